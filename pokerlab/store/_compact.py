"""Making few large files of many small ones, while others write and read."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from pokerlab._bunches import bunches
from pokerlab.errors import StoreError
from pokerlab.store import _files
from pokerlab.store._batch import REJECT_KEY
from pokerlab.store._layout import HAND_KINDS, UNDATED, DataFile, View
from pokerlab.store._ledger import newest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import polars as pl

    from pokerlab.store._log import Log

SMALL_HANDS = 5_000
"""A segment with fewer hands is small."""

TARGET_HANDS = 200_000
"""Segments are put together up to this size, which takes about 1 GB of memory with 180 flags."""

MINOR_AT = 64
"""Small segments in one month that start a minor compaction by themselves."""

UNDATED_KINDS = ("rejects", "files")
"""Other kinds whose files become many; tournaments and notes are one file, written anew with each change."""

SHORT_HANDS = 10_000
"""A segment with more hands stays as an import wrote it: put together, such ones are read no faster and hardly smaller.

Of 1,000,000 hands 67 segments of up to 20,000 took 0.2 s for a sum over all seats, as six of 200,000 did, and to put
them together took two thirds of the time of their import; of 100,000 hands it saved 1.5 % of the space.
"""

FEW = 4
"""Shorter segments that a month may have after an import: if they were put together each time, hands would be written
too often.
"""

COMMIT_TRIES = 20


@dataclass(frozen=True, slots=True)
class CompactReport:
    """What a compaction did: the files before and after, and merges that another process made unnecessary."""

    files_before: int
    files_after: int
    discarded: int


@dataclass(frozen=True, slots=True)
class Merge:
    """Files that new ones with the same rows are to replace."""

    remove: tuple[DataFile, ...]
    add: tuple[DataFile, ...]


def crowded(view: View) -> bool:
    """Tell whether a month has so many small segments, or another kind so many files, that reading suffers."""
    if any(len(view.of(kind)) >= MINOR_AT for kind in UNDATED_KINDS):
        return True
    small = [file for file in view.of("hands") if file.rows < SMALL_HANDS]
    return any(len(list(files)) >= MINOR_AT for _, files in groupby(small, key=lambda file: file.month))


def minor(view: View) -> Iterator[list[DataFile]]:
    """Choose the small segments of months that have many."""
    for files in _months(view):
        small = [file for file in files if file.rows < SMALL_HANDS]
        if len(small) >= MINOR_AT:
            yield from _bunches(small)


def worn(view: View) -> Iterator[list[DataFile]]:
    """Choose the segments that fall short of a batch, in months that have more than a few of them."""
    for files in _months(view):
        short = [file for file in files if file.rows < SHORT_HANDS]
        if len(short) > FEW:
            yield from _bunches(short)


def major(view: View) -> Iterator[list[DataFile]]:
    """Choose all segments that can be put together."""
    for files in _months(view):
        yield from _bunches(files)


def compact(log: Log, choose: Callable[[View], Iterator[list[DataFile]]]) -> CompactReport:
    """Merge the segments that ``choose`` names, the rejects and the ledger, each merge in a commit of its own."""
    view = log.view()
    before, discarded = len(view.files), 0
    for hands in choose(view):
        discarded += not publish(log, stage_segments(log, view, hands))
    most = 1 if choose is major else FEW if choose is worn else MINOR_AT - 1
    for kind in UNDATED_KINDS:
        files = view.of(kind)
        if len(files) > most:
            discarded += not publish(log, stage_undated(log, kind, files))
    return CompactReport(before, len(log.view().files), discarded)


def stage_segments(log: Log, view: View, hands: list[DataFile]) -> Merge:
    """Write one segment that holds the rows of several of one month."""
    names = [file.segment for file in hands]
    old = {kind: view.siblings(names, kind) for kind in HAND_KINDS}
    frames = {kind: _files.scan(log.root, old[kind], view.schema(kind)).collect() for kind in HAND_KINDS}
    frames["hands"] = frames["hands"].sort("played_at", "hand_id")
    place = frames["hands"].select("hand_id").with_row_index("_place")
    for kind in HAND_KINDS[1:]:
        rows = frames[kind].select("hand_id").with_row_index("_row").join(place, on="hand_id", how="left")
        frames[kind] = frames[kind][rows.sort("_place", "_row")["_row"]]
    new = _files.write_segment(log.root, hands[0].month, frames)
    return Merge(tuple(file for files in old.values() for file in files), tuple(new))


def stage_undated(log: Log, kind: str, files: list[DataFile]) -> Merge:
    """Write one file of all rejects, or of the newest row of each imported file."""
    frame = _files.scan(log.root, files, View(0, {}, {}).schema(kind)).collect()
    if kind == "files":
        frame = newest(frame)
    return Merge(tuple(files), tuple(_files.write_segment(log.root, UNDATED, {kind: frame})))


def drop_rejects(log: Log, gone: pl.DataFrame) -> int:
    """Take rejects out of the store, as their hands are in it now; give how many there were."""
    for _ in log.root.tries(COMMIT_TRIES):
        files = log.view().of("rejects")
        frame = _files.scan(log.root, files, View(0, {}, {}).schema("rejects")).collect()
        kept = frame.join(gone, on=REJECT_KEY, how="anti", nulls_equal=True, maintain_order="left")
        if kept.height == frame.height:
            return 0
        new = _files.write_segment(log.root, UNDATED, {"rejects": kept})
        if publish(log, Merge(tuple(files), tuple(new)), data_change=True):
            return frame.height - kept.height
    msg = f"{log.root}: {COMMIT_TRIES} commits in a row met one of another program; stop that one, then retry"
    raise StoreError(msg)


def publish(log: Log, merge: Merge, *, data_change: bool = False) -> bool:
    """Replace the old files by the new ones; False where another process has replaced one of them before.

    The check stands before each try, as deltalake commits the removal of a file that is gone already, and two
    compactors would double every row. A commit succeeds only right after the state that was checked, lock or none.
    """
    done = False
    try:
        with log.lock():
            for _ in log.root.tries(COMMIT_TRIES):
                live = log.view().files
                done = bool(merge.add) and all(file.path in live for file in merge.add)
                if done or not _all_live(merge, live) or log.root.missing([file.path for file in merge.add]):
                    break
                if log.commit(merge.add, merge.remove, data_change=data_change):
                    done = True
                    break
    finally:
        if not done and not log.root.remote:
            live = log.view().files
            _files.delete(log.root, [file.path for file in merge.add if file.path not in live])
    return done


def _all_live(merge: Merge, live: Mapping[str, DataFile]) -> bool:
    return all(file.path in live for file in merge.remove)


def _months(view: View) -> Iterator[list[DataFile]]:
    for _, files in groupby(view.of("hands"), key=lambda file: file.month):
        yield list(files)


def _bunches(files: list[DataFile]) -> Iterator[list[DataFile]]:
    """Cut a month's segments, in the order of time, into runs of at most the target size; one alone stays as it is."""
    return (bunch for bunch in bunches(files, lambda file: file.rows, TARGET_HANDS) if len(bunch) > 1)
