"""REST on a store of simulated hands: milliseconds from the request to the last byte of the answer, on loopback.

The server is a process of its own. "Regulars" are the players with the most hands, "anybody" is anyone; "first" asks
for another one each time, "again" for one that was asked for before; "beside" is while equities that take seconds are
computed. CPU is the server's, a request.

    python benchmarks/server_rest.py --hands 1000000
    python benchmarks/server_rest.py --store FOLDER
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import numpy as np
from stats import build

import pokerlab as pk

if TYPE_CHECKING:
    from collections.abc import Callable

REPEATS = 40
HEAVY = {"players": ["random", "random", "random"], "method": "monte_carlo", "tolerance": 1e-6}
PROGRAM = """
import sys
from pokerlab.server import ServerSettings, run
settings = ServerSettings.load(store=sys.argv[1], history=sys.argv[2], port=0)
run(settings, on_start=lambda url: print(url, flush=True))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hands", type=int, default=1_000_000)
    parser.add_argument("--store", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = options.store or made(Path(folder), options.hands)
        names = players(store)
        with server(store, Path(folder)) as (process, client):
            measure(process, client, names)


def made(folder: Path, hands: int) -> Path:
    build(folder / "store", hands)
    return folder / "store"


def players(store: Path) -> list[str]:
    """List all players, those with the most hands first."""
    seats = pk.Store(store).scan("seats").select("player").collect()
    return seats["player"].value_counts(sort=True)["player"].to_list()


@contextmanager
def server(store: Path, folder: Path):
    history = folder / "no-history"
    history.mkdir()
    command = [sys.executable, "-c", PROGRAM, str(store), str(history)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            url = process.stdout.readline().strip()
            with httpx.Client(base_url=url, timeout=60) as client:
                while not client.get("/health").json()["kernels_warm"]:
                    time.sleep(0.1)
                yield process, client
        finally:
            process.terminate()


def measure(process, client, names) -> None:
    print(f"{'':42s}{'p50 ms':>9}{'p99 ms':>9}{'max ms':>9}{'CPU ms':>9}")
    stats = "/api/v1/stats/player"

    def asked(some: list[str], **query: str) -> list[Callable[[], httpx.Response]]:
        return [partial(client.get, stats, params={"name": name, **query}) for name in some]

    anybody = random.Random(1).sample(names, REPEATS + 1)
    hud, every = asked(names[: REPEATS + 1]), asked(names[:11], stats="all")
    row("HUD of a regular, first", process, hud)
    row("HUD of anybody, first", process, asked(anybody))
    row("HUD, again", process, [hud[0]] * REPEATS)
    row("all statistics of a regular, first", process, every)
    row("all statistics of anybody, first", process, asked(anybody, stats="all"))
    row("all statistics, again", process, [every[0]] * REPEATS)
    row("hands/recent, 50", process, [lambda: client.get("/api/v1/hands/recent")] * REPEATS)
    newest = client.get("/api/v1/hands/recent", params={"limit": 1}).json()["hands"][0]["hand_id"]
    row("hands/{hand_id}", process, [lambda: client.get(f"/api/v1/hands/{newest}")] * REPEATS)
    exact = {"players": ["AhAs", "KdKc"], "method": "exact"}
    row("equity/calculate, exact", process, [lambda: client.post("/api/v1/equity/calculate", json=exact)] * REPEATS)
    with heavy(client):
        row("beside: /health", process, [lambda: client.get("/health")] * 5 * REPEATS)
        row("beside: HUD, again", process, [hud[0]] * 5 * REPEATS)
        row("beside: hands/recent", process, [lambda: client.get("/api/v1/hands/recent")] * 5 * REPEATS)


@contextmanager
def heavy(client):
    """Keep one equity under way that ends only at its time limit."""
    stop = threading.Event()

    def ask() -> None:
        with httpx.Client(base_url=client.base_url, timeout=60) as other:
            while not stop.is_set():
                other.post("/api/v1/equity/multiway", json=HEAVY)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def row(what: str, process, calls) -> None:
    """Print a row; the first call is not counted."""
    calls[0]().raise_for_status()
    before, times = cpu(process.pid), []
    for call in calls[1:]:
        begun = time.perf_counter()
        call().raise_for_status()
        times.append((time.perf_counter() - begun) * 1e3)
    used = (cpu(process.pid) - before) * 1e3 / len(times)
    cells = [*np.percentile(times, [50, 99, 100]), used]
    print(f"{what:42s}" + "".join(f"{cell:9.1f}" for cell in cells), flush=True)


def cpu(pid: int) -> float:
    """Give the seconds that a process has used; 0 where the system does not tell as Linux does."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
