"""Kernels in processes of their own: threading layers, forks, interrupts, and bounds checked on random input."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

THREADS = """
import sys
from concurrent.futures import ThreadPoolExecutor
import numba
import numpy as np
import pokerlab as pk
from pokerlab._equity import allin_equities

def work(seed):
    sampled = pk.equity("AsAh", "KsKh", "22+", method="monte_carlo", seed=seed, tolerance=0.01, threads=1 + seed % 2)
    swept = pk.equity("22+", "A2+", "KTs+", board="Ks7d2c4h", method="exact")
    assert (pk.evaluate_many(sevens) == 49).all()  # in Numba's own threads
    return sampled.equity, swept.win_count, allin_equities(holes, n_players, boards).tolist()

sevens = np.tile(np.array([0, 5, 10, 15, 21, 26, 31], np.uint8), (25_000, 1))
holes = np.full((40, 10, 2), 255, np.uint8)
holes[:, :3] = np.arange(6).reshape(3, 2)
n_players, boards = np.full(40, 3), np.full((40, 5), 255, np.uint8)
boards[:, :4] = 20, 25, 30, 35
with ThreadPoolExecutor(4) as pool:
    found = list(pool.map(work, range(24)))
assert numba.threading_layer() == sys.argv[1], numba.threading_layer()
assert len({equity for equity, _, _ in found}) == 24
assert all(rest == found[0][1:] for _, *rest in map(list, found) for rest in [tuple(rest)])
"""

PROCESSES = """
import multiprocessing
import sys
import pokerlab as pk

def work(seed):
    return pk.equity("22+", "A2+", "K2+", method="monte_carlo", seed=seed, tolerance=0.01, threads=2).equity

if __name__ == "__main__":
    expected = [work(seed) for seed in range(4)]
    with multiprocessing.get_context(sys.argv[1]).Pool(2) as pool:
        assert pool.map(work, range(4)) == expected
"""

INTERRUPTS = """
import sys
import threading
import time
import polars  # which handles SIGINT in its own way
import pokerlab as pk

def progress(done):
    if done and not told:
        told.append(done)
        print("working", flush=True)

def crowd():
    pk.equity("random", "random", method="monte_carlo", tolerance=1e-6, cancel=stop)

calls = {
    "sampled": lambda: pk.equity("22+", "A2+", "random", method="monte_carlo", tolerance=1e-6, progress=progress),
    "swept": lambda: pk.equity("random", "random", "random", board="2c7dKs", method="exact", progress=progress),
    "enumerated": lambda: pk.equity("99+", "A2+", "55+", method="exact", progress=progress),
}
stop = threading.Event()
others = [threading.Thread(target=crowd, daemon=True) for _ in range(int(sys.argv[2]))]
for other in others:
    other.start()
for _ in range(5):
    told = []
    try:
        calls[sys.argv[1]]()
    except KeyboardInterrupt:
        print(time.monotonic(), flush=True)
stop.set()
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


MODULES = {"workqueue": "workqueue", "omp": "omppool", "tbb": "tbbpool"}


def environment(**settings):
    return os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)} | settings


def run(code, tmp_path, *arguments, **settings):
    script = tmp_path / "script.py"  # a file, as spawned processes import it
    script.write_text(code)
    command = [sys.executable, str(script), *arguments]
    done = subprocess.run(command, env=environment(**settings), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("layer", ["workqueue", "omp", "tbb"])
def test_a_pool_of_threads_may_use_all_kernels_under_any_layer(tmp_path, layer):
    pytest.importorskip(f"numba.np.ufunc.{MODULES[layer]}", exc_type=ImportError)
    run(THREADS, tmp_path, layer, NUMBA_THREADING_LAYER=layer, NUMBA_NUM_THREADS="2")


@pytest.mark.skipif(os.name == "nt", reason="there is no fork there")
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("layer", ["workqueue", "omp"])
def test_forked_processes_may_use_kernels_that_their_parent_used(tmp_path, layer):
    pytest.importorskip(f"numba.np.ufunc.{MODULES[layer]}", exc_type=ImportError)
    run(PROCESSES, tmp_path, "fork", NUMBA_THREADING_LAYER=layer)


def test_spawned_processes_may_use_kernels(tmp_path):
    run(PROCESSES, tmp_path, "spawn")


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is no signal to another process there")
@pytest.mark.parametrize(("what", "others"), [("sampled", 0), ("sampled", 2), ("swept", 0), ("enumerated", 0)])
def test_ctrl_c_ends_work_at_once(what, others):
    command = [sys.executable, "-c", INTERRUPTS, what, str(others)]
    delays = []
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True) as process:
        for _ in range(5):
            assert process.stdout.readline() == "working\n"
            sent = time.monotonic()
            process.send_signal(signal.SIGINT)
            delays.append(float(process.stdout.readline()) - sent)
    assert process.returncode == 0
    # The fastest of five: a busy machine delays some of them.
    assert min(delays) < 0.1


@pytest.mark.slow
def test_no_kernel_reads_outside_an_array(tmp_path):
    run(BOUNDS, tmp_path, NUMBA_BOUNDSCHECK="1")


WARM = """
import numpy as np
import pokerlab as pk
from pokerlab._equity import allin_equities

holes = np.full((40, 10, 2), 255, np.uint8)
holes[:, :3] = np.arange(6).reshape(3, 2)
for known in (0, 3):
    boards = np.full((40, 5), 255, np.uint8)
    boards[:, :known] = np.arange(20, 20 + known)
    for n in (1, 40):
        allin_equities(holes[:n], np.full(n, 3), boards[:n])
for threads in (None, 1, 2):
    for players in (["AsAh", "KsKh"], ["AA", "QQ+"], ["AA", "KK,QQ", "22+"], ["AsAh", "KsKh", "QsQh", "JJ"]):
        for board in ("2c7d9h", "2c7d9h3s", "2c7d9h3s4s"):
            pk.equity(*players, board=board, threads=threads, method="exact")
        pk.equity(*players, threads=threads, method="monte_carlo", max_samples=1)
    pk.equity("AsAh", "KsKh", "QsQh", "JJ", threads=threads)
pk.evaluate("AhKhQhJhTh2c3d")
pk.evaluate_many(holes[:1, 0:3].reshape(1, 6))
"""


@pytest.mark.slow
def test_after_warmup_no_first_call_compiles(tmp_path):
    cache = {"POKERLAB_CACHE_DIR": str(tmp_path / "cache")}
    subprocess.run(
        [sys.executable, "-m", "pokerlab", "warmup", "--quiet", "equity"], env=environment(**cache), check=True
    )
    warm = {str(path) for path in (tmp_path / "cache").rglob("*.nbc")}
    run(WARM, tmp_path, **cache)
    assert warm
    assert {str(path) for path in (tmp_path / "cache").rglob("*.nbc")} == warm
