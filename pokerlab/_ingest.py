"""From files to frames and into the store, on all cores, in bounded memory."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pokerlab import facts, stats, winamax
from pokerlab._sources import File, Source, chunks, files_of, format_changes, pieces_of
from pokerlab.errors import HandSyntaxError
from pokerlab.frames import HandFrames, concat, merge_copies
from pokerlab_kernels.history import Room

if TYPE_CHECKING:
    from pokerlab.store import Store

Progress = bool | Callable[[int, int], object] | None

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
    files, hands_added, duplicates, rejects, tournaments
        Files read, hands that are new in the store, hands that it had already, pieces not understood, tournaments.
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
    for _, frames, found in _read(source, progress, None):
        if strict and frames.rejects.height:
            raise HandSyntaxError(**frames.rejects.row(0, named=True))
        parts.append(frames)
        changes |= found
    _warn(changes)
    return merge_copies(concat(parts))


def ingest(source: Source, store: Store, *, progress: Progress = None, workers: int | None = None) -> IngestReport:
    """Read Winamax histories into a store, batch by batch, in memory that does not grow with their number or size.

    Interrupted at any moment, the store has every batch before that whole, and a new import goes on from there.

    Parameters
    ----------
    source, progress
        As for `read_winamax`.
    store
        Where the hands go; those that it has already are counted as duplicates.
    workers
        Threads that parse; None for one a core.

    Raises
    ------
    HistoryError
        A path does not exist, or no history folder was found.
    StoreError
        The store cannot be written.
    """
    started = time.perf_counter()
    files = added = duplicates = tournaments = 0
    rules: dict[str, int] = {}
    changes: dict[str, str] = {}
    waiting: list[HandFrames] = []

    def put() -> None:
        nonlocal added, duplicates, tournaments
        frames = concat(waiting)
        unique = merge_copies(frames)
        report = store.add(unique)
        added += report.hands_added
        duplicates += report.duplicates + len(frames) - len(unique)
        tournaments += frames.tournaments.height
        for rule, count in frames.rejects.group_by("rule").len().iter_rows():
            rules[rule] = rules.get(rule, 0) + count
        waiting.clear()

    for count, frames, found in _read(source, progress, workers):
        files += count
        changes |= found
        waiting.append(frames)
        if sum(len(part) + part.rejects.height for part in waiting) >= BATCH_HANDS:
            put()
    if waiting:
        put()
    _warn(changes)
    return IngestReport(
        files=files,
        hands_added=added,
        duplicates=duplicates,
        rejects=sum(rules.values()),
        seconds=time.perf_counter() - started,
        tournaments=tournaments,
        rejects_by_rule=dict(sorted(rules.items(), key=lambda item: -item[1])),
        format_changes=tuple(changes.values()),
    )


def _warn(changes: dict[str, str]) -> None:
    for message in list(changes.values())[:_SHOWN_CHANGES]:
        _log.warning("%s", message)
    if len(changes) > _SHOWN_CHANGES:
        _log.warning("the format may have changed in %d files more", len(changes) - _SHOWN_CHANGES)


_Read = tuple[int, HandFrames, dict[str, str]]


def _parse_chunk(chunk: list[File], rooms: _Rooms) -> _Read:
    pieces, refused = pieces_of(chunk)
    frames = derive(pieces, rooms.own)
    changes = format_changes(pieces, frames.rejects)
    return sum(file.offset == 0 for file in chunk), concat([frames, *refused]), changes


class _Rooms(threading.local):
    """Memory of each thread's own, that each of its chunks is scanned into."""

    def __init__(self) -> None:
        self.own = Room()


def _read(source: Source, progress: Progress, workers: int | None) -> Iterator[_Read]:
    """Give of each chunk the number of files, the frames and the warnings, in order, parsed a few chunks ahead."""
    files = list(files_of(source))
    total = sum(file.size for file in files)
    done = 0
    workers = workers or os.cpu_count() or 1
    with ExitStack() as stack:
        tell = stack.enter_context(_bar()) if progress is True else progress or None
        pool = ThreadPoolExecutor(workers, thread_name_prefix="pokerlab-parse")
        stack.callback(pool.shutdown, wait=True, cancel_futures=True)
        rooms = _Rooms()
        ahead: deque[tuple[list[File], Future[_Read]]] = deque()
        todo = chunks(files)
        while True:
            while len(ahead) <= workers and (chunk := next(todo, None)) is not None:
                ahead.append((chunk, pool.submit(_parse_chunk, chunk, rooms)))
            if not ahead:
                return
            chunk, future = ahead.popleft()
            # Polars' handler of Ctrl-C restarts a wait without a time limit, which then never ends.
            while not wait([future], timeout=_BREATH_S).done:
                pass
            result = future.result()
            done += sum(file.size for file in chunk)
            if tell:
                tell(done, total)
            yield result


class _bar:  # noqa: N801
    """A progress bar in terminal or notebook, as a context that gives a function of bytes done and bytes in all."""

    def __enter__(self) -> Callable[[int, int], object]:
        from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn(), transient=False
        )
        self._progress.start()
        task = self._progress.add_task("Reading hands", total=None)

        def tell(done: int, total: int) -> None:
            self._progress.update(task, completed=done, total=total)

        return tell

    def __exit__(self, *_: object) -> None:
        self._progress.stop()
