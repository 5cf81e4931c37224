"""Kernels in processes of their own: threading layers, forks, interrupts, and bounds checked on random input."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

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

ENTRIES = """
import numpy as np
import polars as pl
import pokerlab as pk
from pokerlab._equity import allin_equities

def pots(n, players, size, known, seed=0):
    cards = np.argsort(np.random.default_rng(seed).random((n, 52)), axis=1).astype(np.uint8)
    holes, boards = np.full((n, 10, size), 255, np.uint8), np.full((n, 5), 255, np.uint8)
    holes[:, :players] = cards[:, : players * size].reshape(n, players, size)
    boards[:, :known] = cards[:, players * size : players * size + known]
    return holes, np.full(n, players), boards

def text(cards):
    return pk.cards.format_cards(cards)

def ask_holdem(threads):
    for board in ("", "Ks7d2c", "Ks7d2c4h", "Ks7d2c4h9s"):
        pk.equity_by_hand("QQ+,A5s@0.5", "22+,A2s+", board=board, dead="Qs", threads=threads)
        pk.equity_by_class("TT+,A5s@0.5", board=board, threads=threads)
        pk.equity_by_class("TT+,A5s@0.5", board=board, dead="Qs", threads=threads)
        for players in (["AsAh", "QsQh"], ["AA", "QQ+"], ["random", "random"], ["AsAh", "QsQh", "QdQc", "JJ"]):
            pk.equity(*players, board=board, threads=threads, method="exact")
        for players in (["AA", "22+"], ["AA", "random", "22+@0.5"], ["AsAh", "QsQh"], ["random"] * 10):
            pk.equity(*players, board=board, threads=threads, method="monte_carlo", max_samples=1, dead="Tc")
    pk.equity("AA", "KK", "QQ", threads=threads, method="exact")
    for board in ("Ks7d2c", "Ks7d2c4h", "Ks7d2c4h9s"):
        for three in (["QQ+", "AK,22+@0.5", "A2s+"], ["22+", "A2+", "KTs+"]):
            pk.equity(*three, board=board, threads=threads, method="exact")
        pk.equity_by_hand("AA,7c6c", "KK", "QJs", board=board, threads=threads)
        pk.equity_distribution("TT+,AKs@0.5", "22+,AK", board=board, dead="Ah", threads=threads)
    pk.next_card_equity("AA,AKs", "22+", board="Ks7d2c", threads=threads)
    pk.next_card_equity("AA", "22+", "QJs", board="Ks7d2c4h", threads=threads)
    for n in (1, 40):
        for known in (0, 3, 4, 5):
            allin_equities(*pots(n, 3, 2, known), threads)
    frame = pl.DataFrame({"a": ["AsAh", None], "b": ["KsKh", "2c2d"], "c": ["7c6c", ""], "board": ["", "Ks7d3c"]})
    pk.equity_frame(frame, ["a", "b", "c"], "board", threads=threads)

def ask_rest():
    pk.category_histogram("random", board="Ks7d2c")
    pk.preflop_equity("TT+,AKs@0.5", "22+")
    pk.preflop_table().to_frame()
    pk.preflop_table().by_class()
    pk.evaluate("AhKhQhJhTh2c3d")
    for n in (1, 20_000):
        for size in (5, 6, 7):
            pk.evaluate_many(np.tile(np.arange(size, dtype=np.uint8), (n, 1)))

def ask_omaha(threads):
    for size in (4, 5, 6):
        game, hands = f"omaha{size}", [text(range(start, start + size)) for start in (0, 8, 16)]
        some = f"{hands[1]},{text(range(24, 24 + size))}@0.5"
        for board in ("", "AsKsQd", "AsKsQdJh", "AsKsQdJhTc"):
            for players in (hands, [hands[0], some]):
                pk.equity(*players, board=board, dead="Ac", game=game, threads=threads, method="exact")
            for players in ([hands[0], some, "random"], ["random"] * 3):
                given = {"board": board, "game": game, "threads": threads, "method": "monte_carlo", "max_samples": 1}
                pk.equity(*players, **given)
        for known in (0, 3, 5):
            allin_equities(*pots(3, 3, size, known), threads)
        pk.next_card_equity(hands[0], some, board="AsKsQdJh", game=game, threads=threads)
    pk.equity("2c2d3c3d", "random", board="AsKsQdJhTc", dead="Ac", game="omaha4", method="exact", threads=threads)

def ask_rest_of_omaha():
    for size in (4, 5, 6):
        for known in (3, 4, 5):
            for n in (1, 20_000):
                cards = np.tile(np.arange(size + known, dtype=np.uint8), (n, 1))
                pk.evaluate_omaha(cards[:, :size], cards[:, size:])
    pk.evaluate("AhKsQdJc", board="Th9h8h7h2c", game="omaha4")
    pk.category_histogram("AAKK", board="Qs7d2c4h", game="omaha4")
"""

BOUNDS = """
import numpy as np
import pytest
from pokerlab_kernels import _jit, omaha, omaha_enumerate, solve
from pokerlab_kernels.deals import COMBOS, MASKS, mask_of
from pokerlab_kernels.evaluate import evaluate

_jit.own.alone = True  # an error in a thread of Numba's own would be lost
rng = np.random.default_rng(3)
for n in (1, 20_000):
    # What no caller may ask: it shows that bounds are checked here, in kernels that are parallel elsewhere too.
    with pytest.raises(IndexError):
        evaluate(np.full((n, 7), 60, np.uint8), np.zeros(n, np.uint16))
for known in (3, 4, 5):
    for size in (4, 5, 6):
        cards = np.argsort(rng.random((25_000, 52)), axis=1).astype(np.uint8)
        holes, boards = (np.ascontiguousarray(part) for part in (cards[:, :size], cards[:, size : size + known]))
        for n in (500, 25_000):
            out = np.zeros(n, np.uint16)
            omaha.evaluate(holes[:n], boards[:n], out)
            assert 1 <= out.min() <= out.max() <= 7462
for size in (4, 5, 6):
    for known in (0, 3, 4, 5):
        for players in range(2, 40 // size):
            # Few suits make flushes, which random cards seldom do.
            deck = np.argsort(rng.random((8, 52)) + (np.arange(52) % 4 > 1) * rng.integers(0, 2, (8, 1)), axis=1)
            holes, boards = np.full((8, 10, size), 255, np.uint8), np.full((8, 5), 255, np.uint8)
            holes[:, :players] = deck[:, : players * size].reshape(8, players, size)
            boards[:, :known] = deck[:, 45 : 45 + known]
            out = np.zeros((8, 10, 11), np.int64)
            omaha_enumerate.tally(holes, np.full(8, players), boards, mask_of([]), out, None)
            assert (out[:, :players, 1:].sum(axis=1) % np.arange(1, 11) == 0).all()
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
ask_holdem(1)
ask_omaha(1)
ask_rest()
ask_rest_of_omaha()
"""


MODULES = {"workqueue": "workqueue", "omp": "omppool", "tbb": "tbbpool"}


def loads(layer):
    """Whether Numba can load a threading layer in a process with the libraries of this environment."""
    command = [sys.executable, "-c", f"import numba.np.ufunc.{MODULES[layer]}"]
    return not subprocess.run(command, env=environment(**LIBRARIES), capture_output=True, check=False).returncode


def needs(layer):
    if not loads(layer):
        pytest.skip(f"the library of Numba's threading layer {layer} is not installed")


# The wheel of TBB puts its library beside Python's, where the loader does not look in a virtual environment.
LIBRARIES = {
    "LD_LIBRARY_PATH": os.pathsep.join(filter(None, [str(Path(sys.prefix, "lib")), os.environ.get("LD_LIBRARY_PATH")]))
}


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
    needs(layer)
    run(THREADS, tmp_path, layer, NUMBA_THREADING_LAYER=layer, NUMBA_NUM_THREADS="2", **LIBRARIES)


@pytest.mark.skipif(os.name == "nt", reason="there is no fork there")
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("layer", ["workqueue", "omp"])
def test_forked_processes_may_use_kernels_that_their_parent_used(tmp_path, layer):
    needs(layer)
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
    run(ENTRIES + BOUNDS, tmp_path, NUMBA_BOUNDSCHECK="1")


WARM = """
for threads in (None, 1, 2):
    ask_holdem(threads)
    ask_omaha(threads)
ask_rest()
ask_rest_of_omaha()
"""


@pytest.mark.slow
def test_after_warmup_no_first_call_compiles(tmp_path):
    cache = {"POKERLAB_CACHE_DIR": str(tmp_path / "cache")}
    subprocess.run(
        [sys.executable, "-m", "pokerlab", "warmup", "--quiet", "equity", "omaha"], env=environment(**cache), check=True
    )
    warm = {str(path) for path in (tmp_path / "cache").rglob("*.nbc")}
    run(ENTRIES + WARM, tmp_path, **cache)
    assert warm
    assert {str(path) for path in (tmp_path / "cache").rglob("*.nbc")} == warm
