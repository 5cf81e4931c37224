"""An importer, or a reader, in a process of its own: ``python importer.py JOB``; what it is to do comes line by line.

Batches are small, so that an import has many commits in which it can be killed.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "kernels")]

import polars as pl  # noqa: E402

from pokerlab import _ingest, _sources  # noqa: E402
from pokerlab.store import Store  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable


def say(*facts: object) -> None:
    sys.stdout.write(" ".join(map(str, facts)) + "\n")
    sys.stdout.flush()


def small_batches(put: Callable[[object, str, int], None] = setattr) -> None:
    put(_ingest, "BATCH_HANDS", 30)
    put(_sources, "CHUNK_BYTES", 20_000)


def ingest() -> None:
    """Wait for a store and files, import them into it."""
    small_batches()
    _ingest.parse(b"Winamax Poker")  # load the kernels
    say("ready")
    for line in sys.stdin:
        path, sources = json.loads(line)
        report = _ingest.ingest(sources, Store(path))
        say("added", report.hands_added)


def keep_importing() -> None:
    """Import the files of a list over and over, some at a time, until the given seconds are over."""
    small_batches()
    _ingest.parse(b"Winamax Poker")
    say("ready")
    path, files, some, seconds = json.loads(sys.stdin.readline())
    end, added, passes = time.monotonic() + seconds, 0, 0
    with Store(path) as store:
        while time.monotonic() < end:
            at = passes * some % len(files)
            added += _ingest.ingest(files[at : at + some], store).hands_added
            passes += 1
    say("added", added, passes)


def keep_reading() -> None:
    """Look at the store until the given seconds are over, and tell what was not whole or doubled."""
    say("ready")
    path, truth, seconds = json.loads(sys.stdin.readline())
    end, looks, most = time.monotonic() + seconds, 0, 0
    expected = pl.read_parquet(truth)
    store = Store(path, auto_compact=False)
    while time.monotonic() < end:
        snapshot = store.snapshot()
        for fault in faults(snapshot, expected):
            say("fault", fault)
        looks, most = looks + 1, max(most, snapshot.counts()["hands"])
    say("looks", looks, most)


def per_hand(snapshot: object) -> pl.DataFrame:
    """Give each hand with its file, and with how many seats and actions it has."""
    hands, seats, actions = (snapshot.scan(kind) for kind in ("hands", "seats", "actions"))  # type: ignore[attr-defined]
    return (
        hands.select("hand_id", "source")
        .join(seats.group_by("hand_id").agg(seats=pl.len()), on="hand_id", how="full", coalesce=True)
        .join(actions.group_by("hand_id").agg(actions=pl.len()), on="hand_id", how="full", coalesce=True)
        .collect()
    )


def faults(snapshot: object, expected: pl.DataFrame) -> list[str]:
    """Name what a reader must never see: a hand twice, in part, or without the others of its file."""
    seen = per_hand(snapshot)
    version = snapshot.version  # type: ignore[attr-defined]
    found = []
    if twice := seen["hand_id"].is_duplicated().sum():
        found.append(f"version {version} has {twice} hands twice")
    if (partial := seen.join(expected, on=expected.columns, how="anti")).height:
        found.append(f"version {version} has {partial.height} hands in part, such as {partial.row(0)}")
    missing = expected.join(seen, on="source", how="semi").height - seen.height
    if missing:
        found.append(f"version {version} lacks {missing} hands of files that it has")
    return found


if __name__ == "__main__":
    {"ingest": ingest, "keep_importing": keep_importing, "keep_reading": keep_reading}[sys.argv[1]]()
