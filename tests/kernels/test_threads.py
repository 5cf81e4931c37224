"""Work shared out to threads: all of it done, by whoever is free, and none left running behind an error."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from pokerlab_kernels import _threads


@pytest.fixture
def pool(monkeypatch):
    """Give the helpers of this test alone, three of them on any machine."""
    monkeypatch.setattr(_threads._jit.config, "NUMBA_NUM_THREADS", 4)
    with ThreadPoolExecutor(3) as made:
        monkeypatch.setattr(_threads, "_helpers", lambda: made)
        yield made


@pytest.mark.parametrize("threads", [None, 1, 2, 9])
@pytest.mark.parametrize("n", [0, 1, 2, 500])
def test_each_piece_is_done_once(pool, n, threads):
    done = []
    _threads.share_out(n, done.append, threads)
    assert sorted(done) == list(range(n))


def test_a_free_thread_helps(pool):
    both = threading.Barrier(2, timeout=10)
    _threads.share_out(2, lambda piece: both.wait(), 2)


def test_nothing_waits_for_threads_that_are_busy(pool):
    busy, end = threading.Barrier(4, timeout=10), threading.Event()
    for _ in range(3):
        pool.submit(lambda: (busy.wait(), end.wait()))
    busy.wait()
    names = set()
    _threads.share_out(50, lambda piece: names.add(threading.current_thread().name))
    end.set()
    assert names == {threading.current_thread().name}


def test_one_thread_asks_no_other(pool, monkeypatch):
    monkeypatch.setattr(pool, "submit", None)
    _threads.share_out(5, lambda piece: None, 1)


def test_an_interrupt_leaves_what_was_not_begun(pool):
    begun = []
    helping = threading.Event()

    def work(piece):
        begun.append(piece)
        if threading.current_thread() is threading.main_thread():
            helping.wait(10)
            raise KeyboardInterrupt
        helping.set()

    with pytest.raises(KeyboardInterrupt):
        _threads.share_out(10**9, work, 2)
    # All have ended: none begins another piece.
    pool.submit(lambda: None).result()
    assert len(begun) < 10**9


def test_an_error_of_another_thread_is_raised(pool):
    both = threading.Barrier(2, timeout=10)

    def work(piece):
        both.wait()
        if threading.current_thread() is not threading.main_thread():
            msg = "no"
            raise ValueError(msg)

    with pytest.raises(ValueError, match="no"):
        _threads.share_out(2, work, 2)


@pytest.mark.skipif(os.name == "nt", reason="there is no fork there")
@pytest.mark.filterwarnings("ignore:.*fork")
def test_a_forked_process_has_helpers_of_its_own():
    _threads.share_out(8, lambda piece: None, 2)
    child = os.fork()
    if not child:
        done = []
        _threads.share_out(100, done.append, 2)
        os._exit(0 if sorted(done) == list(range(100)) else 1)
    assert os.waitpid(child, 0)[1] == 0
