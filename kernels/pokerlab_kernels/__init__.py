"""Numba kernels of pokerlab: arrays in, integer counts out; no names, no files, no errors."""
