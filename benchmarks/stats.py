"""Statistics of a store of a million hands, beside the same sums in DuckDB and pandas, and what the store costs.

    python benchmarks/stats.py [--store FOLDER] [--hands N] [--repeats N]

The store is made of simulated cash hands, with 300 other players every 10,000 hands, about 20,000 in a million; in
``--store`` it stays for the next run. Each case runs in a process of its own; those of a table take turns, so that
other work on the machine weighs on all of them. Times are medians of warm runs. All engines have the same number of
threads (``POLARS_MAX_THREADS``), and must give the same numbers.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import polars as pl
import stats_peers
from parser import read_all, simulate, without_flags
from polars.testing import assert_frame_equal

import pokerlab as pk
from pokerlab import _ingest, stats
from pokerlab._lab import Lab

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROOT = Path(__file__)
WEEKS, WEEKS_HANDS = timedelta(days=20), 10_000
"""How long, and for how many hands, the same 300 players are met."""

PARSED_HANDS = 20_000
LIVE_HANDS = 100

BY_PLAYER, BY_POSITION = ["player"], ["player", "position"]
OUR_TABLES: Mapping[str, Callable[[pl.LazyFrame], pl.DataFrame]] = {
    "hud": lambda seats: stats.report(seats, BY_PLAYER),
    "all": lambda seats: stats.report(seats, BY_POSITION, stats.ALL),
}
PEERS: Mapping[str, Mapping[str, Callable[[list[Path]], pl.DataFrame]]] = {
    "duckdb": {
        "hud": lambda files: stats_peers.duckdb_report(files, BY_PLAYER, stats.HUD),
        "all": lambda files: stats_peers.duckdb_report(files, BY_POSITION, stats.ALL),
    },
    "pandas": {
        "hud": lambda files: stats_peers.pandas_report(files, BY_PLAYER, stats.HUD),
        "all": lambda files: stats_peers.pandas_report(files, BY_POSITION, stats.ALL),
    },
}


def _registered(store: pk.Store, statistics: list[stats.Stat]) -> pl.DataFrame:
    """Report statistics that are younger than the stored hands: their columns are computed from the actions."""
    for stat in statistics:
        if stat.code not in stats.catalog()["code"]:
            stats.register(stat)
    return stats.report(Lab(store).seats, BY_PLAYER, statistics)


LOOSE = [stat.loose() for stat in stats.FULL]
OTHERS: Mapping[str, Callable[[pk.Store], pl.DataFrame]] = {
    "HUD by player, from Lab.seats": lambda store: stats.report(Lab(store).seats, BY_PLAYER),
    "1 own statistic, by player": lambda store: _registered(store, LOOSE[:1]),
    f"{len(LOOSE)} own statistics, by player": lambda store: _registered(store, LOOSE),
    "results by session": lambda store: stats.results(store.scan("seats"), "session", hands=store.scan("hands")),
    "results by day": lambda store: stats.results(store.scan("seats"), "day", hands=store.scan("hands")),
    "percentiles": lambda store: stats.percentiles(store.scan("seats")),
    "leaks": lambda store: stats.leaks(store.scan("seats"), store.scan("hands")),
    "HUD by pot type": lambda store: stats.report(store.scan("seats"), "pot_type"),
    "HUD by session and player": lambda store: stats.report(store.scan("seats"), "session"),
}
NAMES = {"hud": "HUD by player", "all": "all statistics by player and position"}


def build(folder: Path, hands: int) -> None:
    """Play hands, against other people every few weeks, and import them into a store."""
    with tempfile.TemporaryDirectory() as place, ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        parts = [
            (Path(place, f"{first:09}"), min(WEEKS_HANDS, hands - first)) for first in range(0, hands, WEEKS_HANDS)
        ]
        list(pool.map(_play, *zip(*parts, strict=True), range(len(parts))))
        store = pk.Store(folder, auto_compact=False)
        report = pk.ingest(place, store)
    assert report.hands_added == hands, report
    store.compact()
    store.vacuum(0)


def _play(folder: Path, hands: int, part: int) -> None:
    start = datetime(2018, 1, 1, 20, tzinfo=UTC) + part * WEEKS
    pk.sample.write(folder, hands, seed=part, start=start, truth=False)


def seat_files(store: Path) -> list[Path]:
    return sorted((store / "kind=seats").rglob("*.parquet"))


def work_of(case: str, folder: Path) -> Callable[[], object]:
    """Give what is measured."""
    engine, _, name = case.partition(":")
    if engine == "ours":
        return lambda: OUR_TABLES[name](pk.Store(folder).scan("seats"))
    if engine == "other":
        return lambda: OTHERS[name](pk.Store(folder))
    if engine == "parse":
        texts = [path.read_bytes() for path in sorted(folder.iterdir())]
        return lambda: read_all(texts, 1)
    return lambda: PEERS[engine][name](seat_files(folder))


def serve(case: str, folder: Path) -> None:
    """Do the work once for each line that comes in, and answer with its seconds, CPU seconds and the peak in MiB."""
    work = work_of(case, folder)
    derive = {"parse:with flags": _ingest.derive, "parse:without flags": without_flags}.get(case, _ingest.derive)
    with patch.object(_ingest, "derive", derive):
        for _ in sys.stdin:
            wall, cpu = time.perf_counter(), time.process_time()
            work()
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(json.dumps([wall, cpu, peak]), flush=True)


def measured(cases: list[str], folder: Path, repeats: int) -> dict[str, list[float]]:
    """Let processes, one a case, take turns; give the medians of seconds and CPU seconds, and the peak."""
    running = {
        case: subprocess.Popen(
            [sys.executable, ROOT, "--case", case, "--store", folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        for case in cases
    }
    found: dict[str, list[list[float]]] = {case: [] for case in cases}
    for _ in range(repeats + 1):
        for case, process in running.items():
            assert process.stdin
            assert process.stdout
            process.stdin.write("\n")
            answer = process.stdout.readline()
            if not answer:
                msg = f"the process of {case!r} has ended; its error is above"
                raise RuntimeError(msg)
            found[case].append(json.loads(answer))
    for process in running.values():
        process.communicate()
    return {
        case: [*(statistics.median(column) for column in list(zip(*rows[1:], strict=True))[:2]), rows[-1][2]]
        for case, rows in found.items()
    }


def apart(work: Callable[..., None], *arguments: object) -> None:
    """Call in another process: a process begins with the peak memory of the one that started it."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        pool.submit(work, *arguments).result()


def agree(folder: Path) -> None:
    """Assert that all engines give the same tables."""
    for name in NAMES:
        keys = BY_PLAYER if name == "hud" else BY_POSITION
        ours = OUR_TABLES[name](pk.Store(folder).scan("seats"))
        for engine in PEERS.values():
            compare(ours, engine[name](seat_files(folder)), keys)


def compare(ours: pl.DataFrame, theirs: pl.DataFrame, keys: list[str]) -> None:
    """Assert that two engines tell the same."""
    names = [name for name in theirs.columns if name in ours.columns]
    assert set(ours.columns) == set(names), set(ours.columns) ^ set(names)
    first, second = (
        frame.select(pl.col(keys).cast(pl.String), pl.col(sorted({*names} - {*keys})).cast(pl.Float64)).sort(keys)
        for frame in (ours, theirs)
    )
    assert_frame_equal(first, second, rel_tol=1e-4, abs_tol=1e-6)


def tables(folder: Path, repeats: int) -> None:
    """Measure reports, ours and theirs."""
    print(f"{'report':<40} {'engine':<10} {'s':>8} {'CPU s':>8} {'peak MiB':>10}   our time / its")
    for name, what in NAMES.items():
        found = measured([f"{engine}:{name}" for engine in ("ours", *PEERS)], folder, repeats)
        ours = found[f"ours:{name}"]
        for case, (wall, cpu, peak) in found.items():
            engine = case.partition(":")[0]
            ratio = "" if engine == "ours" else f"{ours[0] / wall:.2f} ({ours[1] / cpu:.2f} CPU)"
            print(f"{what:<40} {engine:<10} {wall:>8.2f} {cpu:>8.2f} {peak:>10,.0f}   {ratio}", flush=True)


def others(folder: Path, repeats: int) -> None:
    """Measure what has no peer."""
    for case, (wall, cpu, peak) in measured([f"other:{name}" for name in OTHERS], folder, repeats).items():
        print(f"{case.partition(':')[2]:<40} {'ours':<10} {wall:>8.2f} {cpu:>8.2f} {peak:>10,.0f}", flush=True)


def folding(repeats: int) -> None:
    """Measure what all statistics' columns add to the time of reading."""
    with tempfile.TemporaryDirectory() as place:
        simulate(Path(place), PARSED_HANDS)
        found = measured(["parse:with flags", "parse:without flags"], Path(place), repeats)
    (_, with_flags, _), (_, without, _) = found.values()
    print(
        f"\nreading {PARSED_HANDS:,} hands on one core: {without:.3f} CPU s without the statistics' columns, ", end=""
    )
    print(f"{with_flags:.3f} with them: {with_flags / without - 1:.0%} more")


def sizes(folder: Path, hands: int) -> None:
    """Print the bytes a hand of each kind."""
    found = {kind.name[5:]: sum(f.stat().st_size for f in kind.rglob("*.parquet")) for kind in folder.glob("kind=*")}
    parts = ", ".join(f"{kind} {size / hands:.0f}" for kind, size in sorted(found.items()))
    print(f"bytes a hand on disk: {sum(found.values()) / hands:.0f} ({parts})")


def live(folder: Path) -> None:
    """Add single hands, as the live feed does, to a copy of the store."""
    session = pk.sample.Session(".", seed=99)
    with tempfile.TemporaryDirectory(dir=folder.parent) as place:
        copied = Path(place, "store")
        shutil.copytree(folder, copied, copy_function=_link)
        used, cpu = [], []
        with pk.Store(copied) as store:
            store.add(_ingest.parse(session.play().data))
            for _ in range(LIVE_HANDS):
                frames = _ingest.parse(session.play().data)
                started, worked = time.perf_counter(), time.process_time()
                report = store.add(frames)
                used.append((time.perf_counter() - started) * 1000)
                cpu.append((time.process_time() - worked) * 1000)
                assert report.hands_added == 1
    p99 = sorted(used)[math.ceil(0.99 * LIVE_HANDS) - 1]
    print(f"live add of one hand: median {statistics.median(used):.0f} ms, p99 {p99:.0f} ms", end="")
    print(f" (CPU {statistics.median(cpu):.0f} ms)")


def _link(source: str, target: str) -> None:
    """Link data files, which never change, and copy those of the log."""
    (shutil.copy2 if "_delta_log" in source else os.link)(source, target)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--store", type=Path)
    parser.add_argument("--hands", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--case", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.case:
        serve(given.case, given.store)
        return
    with tempfile.TemporaryDirectory() as place:
        folder = given.store or Path(place, "store")
        if not folder.exists():
            apart(build, folder, given.hands)
        counts = pk.Store(folder).counts()
        print(f"{counts['hands']:,} hands, {counts['seats']:,} seats; polars {pl.__version__}, ", end="")
        print(f"Python {platform.python_version()}, {pl.thread_pool_size()} threads; medians of {given.repeats}\n")
        apart(agree, folder)
        tables(folder, given.repeats)
        others(folder, given.repeats)
        folding(given.repeats)
        sizes(folder, counts["hands"])
        live(folder)


if __name__ == "__main__":
    main()
