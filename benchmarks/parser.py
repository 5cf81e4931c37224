"""Reading hand histories: hands a second from files to frames, memory, one live hand, and other parsers beside it.

    python benchmarks/parser.py [FOLDER] [--hands N] [--peer-hands N] [--repeats N]

Without a folder, simulated cash hands in files of 1,000. Each case runs in a process of its own. Rates are hands a CPU
second (of both threads together) and hands a second of wall time, medians; on a shared machine the first is the one to
compare. Peers: ``pip install pokerkit pokerdf`` and ``pip install pkrhistoryparser --no-deps``, in another environment
than the one you work in; for hhp see `peers.hhp`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import numpy as np
import peers
import polars as pl
from pokerstars import hands_as_text

import pokerlab as pk
from pokerlab import _ingest, facts, winamax
from pokerlab._sources import files_of
from pokerlab.frames import concat, merge_copies

if TYPE_CHECKING:
    from collections.abc import Callable

    from pokerlab.frames import HandFrames

FILE_HANDS = 1000
LIVE_FILE_BYTES = 10_000_000
LIVE_HANDS = 200
OUR_HANDS = 20_000
"""Beside peers pokerlab reads so many hands, of which they read the first: a rate needs more than some milliseconds."""

CASES = {
    "memory 1": "bytes in memory, 1 core, all columns",
    "memory 2": "bytes in memory, 2 cores, all columns",
    "disk 2": "from disk, 2 cores, all columns",
    "no flags 1": "bytes in memory, 1 core, without columns of statistics",
    "no flags 2": "bytes in memory, 2 cores, without columns of statistics",
    "bare 1": "bytes in memory, 1 core, without these and ev_net",
    "read": "read_winamax of the folder",
    "store": "into a store, batch by batch",
}


def simulate(folder: Path, hands: int) -> None:
    """Write simulated cash hands, 1,000 a file."""
    session = pk.sample.Session(folder, seed=1)
    for first in range(0, hands, FILE_HANDS):
        count = min(FILE_HANDS, hands - first)
        (folder / f"{first:09}.txt").write_bytes(b"".join(session.play().data for _ in range(count)))


def read_all(source: object, workers: int) -> HandFrames:
    """Do as `read_winamax`, with so many threads."""
    return merge_copies(concat(part.frames for part in _ingest.parsed(list(files_of(source)), None, workers)))  # type: ignore[arg-type]


def work_of(case: str, folder: Path) -> Callable[[], int]:
    """Give what is measured; it gives the number of hands."""
    what, _, workers = case.rpartition(" ")
    if case == "read":
        return lambda: len(pk.read_winamax(folder))
    if case == "store":
        return lambda: _into_a_store(folder)
    source = folder if what == "disk" else [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()]
    return lambda: len(read_all(source, int(workers)))


def _into_a_store(folder: Path) -> int:
    with tempfile.TemporaryDirectory() as place:
        return _ingest.ingest(folder, pk.Store(place)).hands_added


def without_flags(pieces: list[winamax.Piece], room: object = None) -> pk.HandFrames:
    """Parse, and leave out the columns of statistics."""
    parsed = winamax.parse(pieces, room)  # type: ignore[arg-type]
    seats = facts.seats(parsed, (), with_sizes=False)
    return pk.HandFrames(parsed.hands, seats, parsed.actions, parsed.tournaments, parsed.rejects)


def run_case(case: str, folder: Path, repeats: int) -> None:
    """Measure one case in this process, and print it as JSON."""
    with ExitStack() as stack:
        if case.startswith(("no flags", "bare")):
            stack.enter_context(patch.object(_ingest, "derive", without_flags))
        if case.startswith("bare"):
            stack.enter_context(patch.object(facts, "ev_net", lambda parsed: np.zeros(parsed.seats.height)))
        len(read_all(next(path for path in sorted(folder.rglob("*")) if path.is_file()), 1))
        work = work_of(case, folder)
        wall, cpu = [], []
        for _ in range(repeats):
            started, used = time.perf_counter(), time.process_time()
            hands = work()
            wall.append(time.perf_counter() - started)
            cpu.append(time.process_time() - used)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([hands, statistics.median(wall), statistics.median(cpu), peak]))


def measured(*arguments: str, **environment: str) -> list[float]:
    """Run this file again with ``arguments`` in a process of its own; give what it prints."""
    done = subprocess.run(
        [sys.executable, __file__, *arguments],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return json.loads(done.stdout)


def first_hand() -> None:
    """Print the seconds until a first hand is read: what compiling, or loading what was compiled, takes."""
    hand = pk.sample.Session(".", seed=1).play().data
    started = time.perf_counter()
    winamax.parse([winamax.Piece("", hand)])
    print(json.dumps([time.perf_counter() - started]))


def live(folder: Path) -> list[float]:
    """Append hands one by one to a large file; give the seconds from the end of each write to its frames."""
    session = pk.sample.Session(folder, seed=2)
    path = folder / "live.txt"
    path.write_bytes(b"")
    seconds = []
    with path.open("r+b") as file:
        while file.seek(0, os.SEEK_END) < LIVE_FILE_BYTES:
            file.write(b"".join(session.play().data for _ in range(FILE_HANDS)))
        for _ in range(LIVE_HANDS):
            offset = file.seek(0, os.SEEK_END)
            file.write(session.play().data)
            file.flush()
            started = time.perf_counter()
            with path.open("rb") as reader:
                reader.seek(offset)
                frames = _ingest.parse(reader.read(), source=str(path), offset=offset)
            seconds.append(time.perf_counter() - started)
            assert len(frames) == 1
    path.unlink()
    return seconds


def rate_here(source: bytes) -> float:
    """Give pokerlab's hands a CPU second on one core."""
    hands = len(read_all(source, 1))
    used = []
    for _ in range(9):
        started = time.process_time()
        read_all(source, 1)
        used.append(time.process_time() - started)
    return hands / statistics.median(used)


def beside_peers(hands: int) -> None:
    """Print how many hands peers read a CPU second, and how many times faster pokerlab is on the files they are of."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        pk.sample.write(folder, OUR_HANDS, seed=3, game="sit_and_go", truth=False)
        winamax_text = b"".join(p.read_bytes() for p in sorted(folder.iterdir()) if not p.stem.endswith("_summary"))
    session = pk.sample.Session(".", seed=4)
    cash_text = b"".join(session.play().data for _ in range(OUR_HANDS))
    winamax_texts = re.split("(?=Winamax Poker - )", winamax_text.decode())[1 : hands + 1]
    stars_texts = list(islice(hands_as_text(pk.read_winamax(cash_text)), hands))
    print(f"\n{'beside other parsers, one core':<52} {'read':>13} {'a CPU second':>14} {'pokerlab':>10} {'ratio':>8}")
    for peer, texts, source in (
        (peers.pkrhistoryparser, winamax_texts, winamax_text),
        (peers.pokerkit, stars_texts, cash_text),
        (peers.pokerdf, stars_texts, cash_text),
        (peers.hhp, stars_texts, cash_text),
    ):
        result = peer(texts)
        if result is None:
            print(f"{peer.__name__} is not installed: not measured")
            continue
        ours, theirs = rate_here(source), result.read / result.cpu
        what = (peer.__doc__ or "").partition(",")[0].partition(".")[0]
        name = f"{peer.__name__} {result.version}: {what}"
        count = f"{result.read:,} / {len(texts):,}"
        print(f"{name:<52} {count:>13} {theirs:>14,.0f} {ours:>10,.0f} {ours / theirs:>7,.0f}x")


def report(folder: Path, repeats: int) -> None:
    """Run all cases, and print the table."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files)
    print(f"{len(files):,} files, {size / 1e6:,.0f} MB; medians of {repeats}; {os.cpu_count()} cores, {_processor()}")
    print(f"Python {platform.python_version()}, polars {pl.__version__}, numpy {np.__version__}, {platform.system()}\n")
    print(f"{'case':<52} {'hands':>10} {'a second':>12} {'a CPU second':>14} {'peak MiB':>10}")
    for case, name in CASES.items():
        times = "1" if case in ("read", "store") else str(repeats)
        hands, wall, cpu, peak = measured(str(folder), "--case", case, "--repeats", times)
        print(f"{name:<52} {hands:>10,} {hands / wall:>12,.0f} {hands / cpu:>14,.0f} {peak:>10,.0f}", flush=True)
    with tempfile.TemporaryDirectory() as place:
        (cold,) = measured("--first-hand", POKERLAB_CACHE_DIR=place)
        (warm,) = measured("--first-hand", POKERLAB_CACHE_DIR=place)
        seconds = live(Path(place))
    print(f"\nfirst hand: {cold:.1f} s where nothing is compiled yet, {warm:.2f} s where it is")
    median, most = statistics.median(seconds) * 1000, sorted(seconds)[int(0.99 * len(seconds))] * 1000
    print(f"one hand appended to a file of 10 MB: {median:.1f} ms from its bytes to frames (99 in 100: {most:.1f} ms)")


def _processor() -> str:
    try:
        names = re.findall(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    except OSError:
        names = []
    return names[0] if names else platform.processor() or platform.machine()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, help="history files; simulated hands without one")
    parser.add_argument("--hands", type=int, default=1_000_000)
    parser.add_argument("--peer-hands", type=int, default=2_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--case", choices=list(CASES), help=argparse.SUPPRESS)
    parser.add_argument("--first-hand", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.first_hand:
        first_hand()
    elif given.case:
        run_case(given.case, given.folder, given.repeats)
    else:
        with tempfile.TemporaryDirectory() as place:
            if given.folder is None:
                simulate(Path(place), given.hands)
            report(given.folder or Path(place), given.repeats)
        beside_peers(given.peer_hands)


if __name__ == "__main__":
    main()
