"""How many threads a parallel launch may use."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import numba

from pokerlab_kernels import _jit

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def parallel(threads: int | None = None) -> Iterator[None]:
    """Hold the launch lock, with at most `threads` threads for the launches inside."""
    with _jit.launch:
        before = numba.get_num_threads()
        if threads is not None:
            numba.set_num_threads(max(1, min(threads, numba.config.NUMBA_NUM_THREADS)))  # type: ignore[attr-defined]
        try:
            yield
        finally:
            numba.set_num_threads(before)
