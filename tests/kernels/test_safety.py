"""Kernels in processes of their own: two threads at once under workqueue, and bounds checked on random input."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

THREADS = """
from threading import Thread
import numba
import pokerlab as pk

def work():
    for seed in range(20):
        found.append(pk.equity("AsAh", "KsKh", method="monte_carlo", seed=seed, tolerance=0.01).equity)

found = []
threads = [Thread(target=work) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert numba.threading_layer() == "workqueue", numba.threading_layer()
assert len(found) == 40 and len(set(found)) == 20
"""

BOUNDS = """
import numpy as np
from pokerlab_kernels import solve
from pokerlab_kernels.deals import COMBOS, MASKS, mask_of
from pokerlab_kernels.evaluate import evaluate

rng = np.random.default_rng(3)
for size in (5, 6, 7):
    cards = np.argsort(rng.random((25_000, 52)), axis=1)[:, :size].astype(np.uint8)
    for n in (500, 25_000):
        out = np.zeros(n, np.uint16)
        evaluate(np.ascontiguousarray(cards[:n]), out)
        assert 1 <= out.min() <= out.max() <= 7462
for known in (0, 3, 4, 5) * 3:
    cards = rng.permutation(52).tolist()
    board, dead = cards[:known], cards[5:7]
    for players, width in ((2, 200), (2, 1), (3, 6), (10, 1)):
        free = np.flatnonzero(MASKS & mask_of(board + dead) == 0)
        ranges = np.zeros((players, 1326))
        for row in ranges:
            row[rng.choice(free, width, replace=False)] = rng.random(width)
        if width == 1:
            pairs = np.sort(np.array(cards[7 : 7 + 2 * players]).reshape(-1, 2), axis=1)
            ranges[:] = (COMBOS == pairs[:, None]).all(axis=2)
        if known or width < 200:
            solve.exact(list(ranges), board, dead, 10**6, None, lambda done: None)
        ranges[-1][free] = 1
        solve.sampled(list(ranges), board, dead, 0, 4096, 1, lambda done: None)
"""


def run(code, tmp_path, **settings):
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)} | settings
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_two_threads_at_once_do_not_abort_the_process_under_workqueue(tmp_path):
    run(THREADS, tmp_path, NUMBA_THREADING_LAYER="workqueue")


@pytest.mark.slow
def test_no_kernel_reads_outside_an_array(tmp_path):
    run(BOUNDS, tmp_path, NUMBA_BOUNDSCHECK="1")
