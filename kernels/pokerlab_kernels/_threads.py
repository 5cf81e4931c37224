"""Who does the work: threads that help where they are free, and whose turn it is to launch Numba's own."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import cache
from itertools import count
from typing import TYPE_CHECKING

import numba

from pokerlab_kernels import _jit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

_PATIENCE_S = 0.05


class _Process:
    launched = False
    forked = False


_process = _Process()


@contextmanager
def parallel(threads: int | None = None) -> Iterator[None]:
    """Hold the launch lock, with at most `threads` threads for the launches inside.

    One thread needs no lock: the kernels then run as if they were not parallel. So they do in the child of a fork, as
    the threads of the parent are not there any more.
    """
    if threads == 1 or _process.forked:
        with _alone():
            yield
        return
    try:
        # Where Polars handles Ctrl-C, it does not end a wait; so no wait is long, and handlers run between them.
        while not _jit.launch.acquire(timeout=_PATIENCE_S):
            pass
        _process.launched = True
        with _at_most(threads):
            yield
    finally:
        with suppress(RuntimeError):  # not held, as the wait was interrupted
            _jit.launch.release()


@contextmanager
def _alone() -> Iterator[None]:
    before, _jit.own.alone = _jit.own.alone, True
    try:
        yield
    finally:
        _jit.own.alone = before


@contextmanager
def _at_most(threads: int | None) -> Iterator[None]:
    before = numba.get_num_threads()
    if threads is not None:
        numba.set_num_threads(max(1, min(threads, numba.config.NUMBA_NUM_THREADS)))  # type: ignore[attr-defined]
    try:
        yield
    finally:
        numba.set_num_threads(before)


@cache
def _helpers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max(_jit.config.NUMBA_NUM_THREADS - 1, 1), "pokerlab")


def share_out(n: int, work: Callable[[int], None], threads: int | None = None) -> None:
    """Do the pieces of work 0 to n - 1, in any order, with the help of at most `threads` - 1 other threads.

    Each thread takes a piece when it has done its last, and nothing waits for a thread that has not begun: where all
    cores are busy, this one does all. A piece should let go of the GIL and take some 100 us.
    """
    turns = count()

    def take() -> None:
        while (piece := next(turns)) < n:
            work(piece)

    asked: list[Future[None]] = []
    try:
        most = min(_jit.config.NUMBA_NUM_THREADS if threads is None else threads, n) - 1
        with suppress(RuntimeError):  # The interpreter is shutting down.
            asked += (_helpers().submit(take) for _ in range(most))
        take()
    finally:
        turns = count(n)  # After Ctrl-C, what was not begun is left.
        for helper in asked:
            if not helper.cancel():
                helper.result()


def _after_fork() -> None:
    _helpers.cache_clear()
    _jit.launch = threading.RLock()  # a thread that is not there any more may have held it
    _process.forked = _process.launched


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
