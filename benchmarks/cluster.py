"""Measure what a cluster's size follows from: ``python benchmarks/cluster.py [--hands N] [--workers N]``.

Simulated hands are imported by processes of this machine, then each is stored as often again as ``--times`` says, at
other times, for reports over more of them. Seconds are those of CPUs, as others may use the machine too.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
from distributed import Client, LocalCluster

import pokerlab as pk
from pokerlab import stats
from pokerlab.frames import HandFrames

if TYPE_CHECKING:
    from collections.abc import Callable


def cpu_seconds(client: Client) -> float:
    """Give what the workers, and this process, have used."""
    return sum(client.run(time.process_time).values()) + time.process_time()


def peak_mib() -> float:
    """Give the most memory that this process has had."""
    status = Path("/proc/self/status").read_text().split()
    return int(status[status.index("VmHWM:") + 1]) / 1024


def measure(what: str, hands: int, client: Client, call: Callable[[], object]) -> None:
    """Print the hands a second of one core, and the time on the clock."""
    cpu, clock = cpu_seconds(client), time.perf_counter()
    call()
    clock, cpu = time.perf_counter() - clock, cpu_seconds(client) - cpu
    print(f"{what:40s} {hands / cpu:12,.0f} hands a CPU second {clock:8.2f} s on the clock")


def warm_up() -> None:
    """Compile what reading needs."""
    pk.read_winamax(b"")


def later(frames: HandFrames, nth: int) -> HandFrames:
    """Give the same hands under other ids, some months later."""
    tables = frames.tables()
    for name in ("hands", "seats", "actions"):
        tables[name] = tables[name].with_columns(hand_id=pl.format("{}-{}", pl.lit(nth), "hand_id"))
    tables["hands"] = tables["hands"].with_columns(pl.col("played_at") + timedelta(days=31 * nth))
    tables["rejects"], tables["tournaments"] = tables["rejects"].clear(), tables["tournaments"].clear()
    return HandFrames(**tables)


def sizes(store: pk.Store) -> None:
    """Print bytes a hand on disk."""
    files = store.snapshot().view.files.values()
    hands = store.counts()["hands"]
    parts = {
        kind: sum(file.size for file in files if file.kind == kind) / hands for kind in ("hands", "seats", "actions")
    }
    told = ", ".join(f"{size:.0f} {kind}" for kind, size in parts.items())
    print(f"{'on disk, compacted':40s} {sum(parts.values()):12,.0f} bytes a hand ({told})")


def main() -> None:
    """Run all."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--hands", type=int, default=60_000)
    arguments.add_argument("--times", type=int, default=10)
    arguments.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    given = arguments.parse_args()
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, {given.workers} workers")
    local = LocalCluster(n_workers=given.workers, threads_per_worker=1, dashboard_address=":0")
    with tempfile.TemporaryDirectory() as folder, local, Client(local) as client:
        history, store = Path(folder, "history"), pk.Store(Path(folder, "store"))
        pk.sample.write(history, given.hands, seed=1, truth=False, workers=None)
        text = sum(file.stat().st_size for file in history.rglob("*.txt"))
        print(f"{'text':40s} {text / given.hands:12,.0f} bytes a hand")
        client.run(warm_up)
        measure("import", given.hands, client, lambda: pk.cluster.ingest(history, store, client, compact=False))
        measure(
            "import again, all known",
            given.hands,
            client,
            lambda: pk.cluster.ingest(history, store, client, compact=False),
        )
        measure("compaction", given.hands, client, store.compact)
        sizes(store)
        frames = store.snapshot().frames()
        many = pk.Store(Path(folder, "many"), auto_compact=False)
        for nth in range(given.times):
            many.add(later(frames, nth))
        hands = many.counts()["hands"]
        for name, asked in {"12 of a HUD": stats.HUD, "all": stats.ALL}.items():
            for by in ("position", "player"):
                what = f"report by {by}, {name}, {hands:,} hands"
                measure(what, hands, client, lambda by=by, asked=asked: pk.cluster.report(many, client, by, asked))
        print(f"{'memory, most of a worker':40s} {max(client.run(peak_mib).values()):12,.0f} MiB")


if __name__ == "__main__":
    main()
