"""How equity's benchmarks measure and print."""

from __future__ import annotations

import statistics
import time
from importlib import import_module


def median(call, repeats=7):
    """Give the median seconds of some calls, after one that is not counted: it may compile."""
    call()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def peer(name):
    try:
        return import_module(name)
    except ImportError:
        print(f"{name} is not installed: its rows are left out")
        return None


def row(what, value, unit, other="", ratio=None):
    print(f"{what:52s} {value:12,.3f} {unit:10s} {other:34s} {'' if ratio is None else f'{ratio:,.1f} x'}")
