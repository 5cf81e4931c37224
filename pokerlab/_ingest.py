"""From files to frames and into the store, on all cores, in bounded memory."""

from __future__ import annotations

import dataclasses
import logging
import os
import threading
import time
from collections import Counter, deque
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from itertools import compress
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from pokerlab import facts, stats, winamax
from pokerlab._progress import Progress, told
from pokerlab._reading import Reader, counted, stamps, whole
from pokerlab._sources import (
    File,
    Source,
    chunks,
    files_of,
    format_changes,
    histories,
    listed,
    parts_of,
    pieces_of,
    without_text,
)
from pokerlab.errors import HandSyntaxError
from pokerlab.frames import HandFrames, concat, merge_copies
from pokerlab.store import Reading
from pokerlab_kernels.history import Room

if TYPE_CHECKING:
    from collections.abc import Generator

    from pokerlab.store import FileRow, Store

_log = logging.getLogger(__name__)

BATCH_HANDS = 20_000
"""About so many hands become visible in the store at once."""

_BREATH_S = 0.25
_SHOWN_CHANGES = 5


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an import did.

    Attributes
    ----------
    files
        Histories that were named or found.
    files_unchanged
        Those of them that an earlier import read as they are, so that nothing of them was parsed.
    hands_added, hands_replaced, duplicates
        Hands of the others that are new in the store, that took the place of stored ones, that it had already.
    rejects, tournaments
        Pieces of them that were not understood, and tournaments.
    rejects_by_rule
        How many of the rejects break which rule.
    format_changes
        A warning for each file in which more than one line in a thousand is not known.
    seconds
        Time taken.
    """

    files: int
    hands_added: int
    duplicates: int
    rejects: int
    seconds: float
    tournaments: int = 0
    rejects_by_rule: dict[str, int] = field(default_factory=dict)
    format_changes: tuple[str, ...] = ()
    files_unchanged: int = 0
    hands_replaced: int = 0


def parse(data: bytes, *, source: str = "", offset: int = 0, lines: int | None = None) -> HandFrames:
    """Turn the text of whole hands, or of a whole file, into frames; no file is touched.

    Parameters
    ----------
    data
        Winamax text; several hands are fine.
    source
        What to call it in ``hands.source`` and ``rejects.source``.
    offset
        At which byte of its file ``data`` begins.
    lines
        How many line feeds stand before that, where it is known; without it, a reject has no line number.
    """
    return derive([winamax.Piece(source, data, offset, lines)])


def derive(pieces: list[winamax.Piece], room: Room | None = None) -> HandFrames:
    """Turn pieces of text into frames with all columns; a ``room`` is memory to scan into, again and again."""
    return facts.derive(winamax.parse(pieces, room), stats.flags())


def read_winamax(source: Source = None, *, strict: bool = False, progress: Progress = None) -> HandFrames:
    """Read Winamax histories whole, into memory.

    A hand that stands in several files, also of two accounts at one table, is one hand. What is not understood is in
    ``rejects``, with its place and reason; the rest of its file is read.

    Parameters
    ----------
    source
        Text as bytes, a file, a folder (searched through all its folders, for every file with a Winamax
        title in its first kilobyte), or several of these. None means the history folders found on this machine.
    strict
        Raise on the first piece that is not understood.
    progress
        True for a progress bar, or a function called with bytes done and bytes in all.

    Raises
    ------
    HistoryError
        A path does not exist, or no history folder was found.
    HandSyntaxError
        With ``strict``: a piece was not understood.

    Examples
    --------
    >>> import pokerlab as pk, tempfile
    >>> folder = tempfile.mkdtemp()
    >>> _ = pk.sample.write(folder, 100, seed=1)
    >>> frames = pk.read_winamax(folder)
    >>> len(frames), frames.rejects.height
    (100, 0)
    """
    parts = [derive([])]
    changes: dict[str, str] = {}
    for part in parsed(list(files_of(source)), progress, None):
        if strict and part.frames.rejects.height:
            raise HandSyntaxError(**part.frames.rejects.row(0, named=True))
        parts.append(part.frames)
        changes |= part.changes
    _warn(changes)
    return merge_copies(concat(parts))


def ingest(
    source: Source, store: Store, *, progress: Progress = None, workers: int | None = None, replace: bool = False
) -> IngestReport:
    """Read Winamax histories into a store, batch by batch, in memory that does not grow with their number or size.

    What an import has read, the next one does not read again: files that did not change are not opened, of those that
    grew the new hands are read. Interrupted at any moment, the store has every batch before that whole, and a new
    import goes on from there.

    Parameters
    ----------
    source, progress
        As for `read_winamax`.
    store
        Where the hands go; those that it has already are counted as duplicates.
    workers
        Threads that parse; None for one a core.
    replace
        Read every file again, and put its hands in the place of the stored ones, as after an upgrade of pokerlab.

    Raises
    ------
    HistoryError
        A path does not exist, or no history folder was found.
    StoreError
        The store cannot be written.

    Examples
    --------
    >>> import pokerlab as pk, tempfile
    >>> folder, store = tempfile.mkdtemp(), pk.Store(tempfile.mkdtemp())
    >>> _ = pk.sample.write(folder, 100, seed=1)
    >>> pk.ingest(folder, store).hands_added
    100
    >>> again = pk.ingest(folder, store)
    >>> again.files_unchanged == again.files, again.hands_added
    (True, 0)
    """
    started = time.perf_counter()
    files, unchanged = new_files(source, store, replace=replace)
    report = load(files, store, progress=progress, workers=workers, replace=replace)
    if report.hands_added or report.hands_replaced:
        store.tidy()
    return dataclasses.replace(
        report,
        files=report.files + unchanged,
        files_unchanged=report.files_unchanged + unchanged,
        seconds=time.perf_counter() - started,
    )


def new_files(source: Source, store: Store, *, replace: bool = False) -> tuple[list[File], int]:
    """Give the histories that are to be opened, and how many others the ledger knows as they are."""
    seen = list(listed(source))
    known = store.ledger(winamax.PARSER_VERSION).unchanged(stamps(seen)).to_list()
    changed = [replace or not each for each in known]
    return list(histories(compress(seen, changed))), len(seen) - sum(changed)


def load(
    files: list[File],
    store: Store,
    *,
    progress: Progress = None,
    workers: int | None = None,
    replace: bool = False,
    whole: bool = False,
) -> IngestReport:
    """Read files into a store; the rest is as for `ingest`.

    Parameters
    ----------
    whole
        Read each file from its beginning, whatever the ledger has of it; ``replace`` does so too.
    """
    started = time.perf_counter()
    ledger = store.ledger(winamax.PARSER_VERSION)
    reader = Reader(ledger.about(stamps(files)), whole=whole or replace)
    job = _Import(store, replace=replace)
    try:
        with closing(parsed(files, progress, workers, reader)) as parts:
            for part in parts:
                job.take(part)
        job.finish()
    except KeyboardInterrupt as stop:
        job.close()
        stop.add_note(job.interrupted())
        raise
    finally:
        job.close()
    _warn(job.changes)
    return IngestReport(
        files=len(files),
        files_unchanged=job.counts["unchanged"],
        hands_added=job.counts["added"],
        hands_replaced=job.counts["replaced"],
        duplicates=job.counts["duplicates"],
        rejects=job.rules.total(),
        seconds=time.perf_counter() - started,
        tournaments=job.counts["tournaments"],
        rejects_by_rule=dict(job.rules.most_common()),
        format_changes=tuple(job.changes.values()),
    )


class _Parsed(NamedTuple):
    """What a chunk of files, or a part of a large one, holds."""

    files: list[File]
    frames: HandFrames
    changes: dict[str, str]
    counts: dict[str, tuple[int, int]]


class _Import:
    """Collects what was parsed and stores it batch by batch, in a thread of its own: no interrupt cuts a commit."""

    def __init__(self, store: Store, *, replace: bool) -> None:
        self.counts: Counter[str] = Counter()
        self.rules: Counter[str] = Counter()
        self.changes: dict[str, str] = {}
        self._store, self._replace = store, replace
        self._begun: dict[str, tuple[int, int]] = {}
        self._waiting: list[_Parsed] = []
        self._storing: Future[None] | None = None
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="pokerlab-store")

    def take(self, part: _Parsed) -> None:
        """Add a part to the batch, and store the batch once it is large enough."""
        self._waiting.append(part)
        if sum(len(each.frames) + each.frames.rejects.height for each in self._waiting) >= BATCH_HANDS:
            self._begin()

    def finish(self) -> None:
        """Store what is left."""
        if self._waiting:
            self._begin()
        self._settle()

    def close(self) -> None:
        """Wait for the batch that is being stored, whatever comes of it; nothing else is stored."""
        self._writer.shutdown(wait=True, cancel_futures=True)

    def interrupted(self) -> str:
        """Say how much is in the store."""
        if self._replace:
            return f"interrupted: {self.counts['replaced']:,} hands were replaced; the same import begins anew"
        return f"interrupted: {self.counts['added']:,} new hands are in the store; the same import goes on from there"

    def _begin(self) -> None:
        self._settle()
        batch, self._waiting = self._waiting, []
        self._storing = self._writer.submit(self._put, batch)

    def _settle(self) -> None:
        if self._storing is not None:
            _result(self._storing)

    def _put(self, batch: list[_Parsed]) -> None:
        frames = concat(part.frames for part in batch)
        unique = merge_copies(frames)
        report = self._store.add(unique, replace=self._replace, read=self._reading(batch))
        self.counts.update(
            added=report.hands_added,
            replaced=report.hands_replaced,
            duplicates=report.duplicates + len(frames) - len(unique),
            tournaments=frames.tournaments.height,
            unchanged=sum(file.is_unchanged for part in batch for file in part.files),
        )
        self.rules.update(dict(frames.rejects.group_by("rule").len().iter_rows()))
        for part in batch:
            self.changes |= part.changes

    def _reading(self, batch: list[_Parsed]) -> Reading:
        """Give what the ledger is to have, with all that was counted in a file, also in batches before."""
        rows: list[FileRow] = []
        for part in batch:
            for source, counts in part.counts.items():
                self._begun[source] = _sum(self._begun.get(source, (0, 0)), counts)
            for row in (file.entry for file in part.files if file.entry is not None):
                hands, rejects = _sum(self._begun.pop(row.source, (0, 0)), (row.n_hands, row.n_rejects))
                rows.append(row._replace(n_hands=hands, n_rejects=rejects))
        again = [(file.source, *file.again) for part in batch for file in part.files if file.again is not None]
        return Reading(rows, again)


def _warn(changes: dict[str, str]) -> None:
    for message in list(changes.values())[:_SHOWN_CHANGES]:
        _log.warning("%s", message)
    if len(changes) > _SHOWN_CHANGES:
        _log.warning("the format may have changed in %d files more", len(changes) - _SHOWN_CHANGES)


def _sum(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return one[0] + other[0], one[1] + other[1]


def _parse_chunk(chunk: list[File], rooms: _Rooms, reader: Reader | None) -> _Parsed:
    files = chunk if reader is None else [reader.look(file) for file in chunk]
    pieces, refused = pieces_of(files)
    frames = derive(pieces, rooms.own)
    changes = format_changes(pieces, frames.rejects if reader is None else whole(files, frames.rejects))
    frames = concat([frames, *refused])
    counts = {} if reader is None else counted(files, frames)
    # Their bytes would wait with the frames for the batch to be full.
    return _Parsed([without_text(file) for file in files], frames, changes, counts)


class _Rooms(threading.local):
    """Memory of each thread's own, that each of its chunks is scanned into."""

    def __init__(self) -> None:
        self.own = Room()


def parsed(
    files: list[File], progress: Progress, workers: int | None, reader: Reader | None = None
) -> Generator[_Parsed]:
    """Give chunk by chunk what files hold, with a ``reader`` what is new in them; in order, parsed a few ahead."""
    total = sum(file.size for file in files)
    done = hands = 0
    workers = workers or os.cpu_count() or 1
    with ExitStack() as stack:
        tell = stack.enter_context(told(progress))
        pool = ThreadPoolExecutor(workers, thread_name_prefix="pokerlab-parse")
        stack.callback(pool.shutdown, wait=True, cancel_futures=True)
        rooms = _Rooms()
        ahead: deque[tuple[int, Future[_Parsed]]] = deque()
        todo = chunks(files, reader.parts if reader else parts_of)
        while True:
            while len(ahead) <= workers and (chunk := next(todo, None)) is not None:
                ahead.append((sum(file.size for file in chunk), pool.submit(_parse_chunk, chunk, rooms, reader)))
            if not ahead:
                return
            size, future = ahead.popleft()
            result = _result(future)
            done, hands = done + size, hands + len(result.frames)
            tell(done, total, hands)
            yield result


_Value = TypeVar("_Value")


def _result(future: Future[_Value]) -> _Value:
    """Wait for a result; Polars' handler of Ctrl-C restarts a wait without a time limit, which then never ends."""
    while not wait([future], timeout=_BREATH_S).done:
        pass
    return future.result()
