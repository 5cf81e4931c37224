"""Reading hand histories: hands a second from files to frames, beside another parser of Winamax files.

Run with ``python benchmarks/parser.py [FOLDER]``; without a folder, simulated hands. The peer is pkrhistoryparser
(``pip install pkrhistoryparser --no-deps``), which gives a dict a hand, of tournaments only: no statistics, no checks.
"""

from __future__ import annotations

import contextlib
import re
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pokerlab as pk
from pokerlab import _ingest

if TYPE_CHECKING:
    from collections.abc import Callable

HANDS = 40_000
PEER_HANDS = 2_000
REPEATS = 5


def timed(work: Callable[[], object]) -> float:
    """Give the median seconds of some runs, after one that warms up."""
    work()
    seconds = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def peer() -> Callable[[str], dict] | None:
    try:
        from pkrhistoryparser.history_parsers.abstract import AbstractHandHistoryParser
    except ImportError:
        return None
    Parser = type("Parser", (AbstractHandHistoryParser,), {})  # noqa: N806
    Parser.__abstractmethods__ = frozenset()
    return Parser().parse_hand


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        if len(sys.argv) > 1:
            folder = Path(sys.argv[1])
        else:
            folder = Path(scratch)
            pk.sample.write(folder, HANDS, seed=1, game="mixed", truth=False)
        frames = pk.read_winamax(folder)
        hands = len(frames)
        files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        size = sum(path.stat().st_size for path in files)
        print(f"{hands:,} hands, {len(files):,} files, {size / 1e6:.1f} MB; medians of {REPEATS}\n")
        rows = []
        for workers in (1, 2):
            seconds = timed(lambda w=workers: [None for _ in _ingest._read(folder, None, w)])
            rows.append((f"pokerlab, files to frames, {workers} thread{'s' * (workers > 1)}", hands / seconds))
        one = max(files, key=lambda path: path.stat().st_size).read_bytes()
        first = one[: one.index(b"\n\n\n") + 3]
        single = timed(lambda: _ingest.parse(first))
        parse_hand = peer()
        if parse_hand is not None:
            texts = re.split(r"(?=Winamax Poker - )", b"".join(p.read_bytes() for p in files).decode(errors="replace"))
            texts = [text for text in texts if text.startswith('Winamax Poker - Tournament "')][:PEER_HANDS]
            read = 0
            for text in texts:
                try:
                    parse_hand(text)
                    read += 1
                except Exception:  # what the peer cannot read does not count
                    continue
            seconds = timed(lambda: [_quietly(parse_hand, text) for text in texts])
            rows.append(
                (f"pkrhistoryparser, text to dicts ({len(texts) - read} of {len(texts)} failed)", read / seconds)
            )
        best = rows[0][1]
        for name, rate in rows:
            print(f"{name:<58} {rate:>10,.0f} hands/s   {rate / best:>6.3f}")
        print(f"\none hand alone: {single * 1000:.1f} ms; peak memory {_peak_mb():,.0f} MB")
        if parse_hand is None:
            print("pkrhistoryparser is not installed: no peer in this run")


def _quietly(work: Callable[[str], object], text: str) -> None:
    with contextlib.suppress(Exception):
        work(text)


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
