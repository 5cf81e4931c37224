"""From files to frames and into the store, on all cores, in bounded memory."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from pokerlab import facts, schema, stats, winamax
from pokerlab.errors import HandSyntaxError, HistoryError
from pokerlab.frames import HandFrames, concat, merge_copies
from pokerlab.watch import SIGNATURE, history_folders
from pokerlab.winamax.rejects import REASONS
from pokerlab_kernels.history import Room

if TYPE_CHECKING:
    from pokerlab.store import Store

PathLike = str | os.PathLike[str]
Source = bytes | bytearray | memoryview | PathLike | Iterable[bytes | PathLike] | None
Progress = bool | Callable[[int, int], object] | None

CHUNK_BYTES = 6_000_000
"""About so many bytes are parsed at once; several files together, or one larger file."""

BATCH_HANDS = 20_000
"""About so many hands become visible in the store at once."""

_HEAD_BYTES = 1024
"""Within so many bytes a history begins; what stands before its first hand is a reject."""

_BREATH_S = 0.25


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an import did.

    Attributes
    ----------
    files, hands_added, duplicates, rejects, tournaments
        Files read, hands that are new in the store, hands that it had already, pieces not understood, tournaments.
    rejects_by_rule
        How many of the rejects break which rule.
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


def parse(data: bytes, *, source: str = "", offset: int = 0) -> HandFrames:
    """Turn the text of whole hands, or of a whole file, into frames; no file is touched.

    Parameters
    ----------
    data
        Winamax text; several hands are fine.
    source
        What to call it in ``hands.source`` and ``rejects.source``.
    offset
        At which byte of its file ``data`` begins.
    """
    return _derive([winamax.Piece(source, data, offset)])


def _derive(pieces: list[winamax.Piece], room: Room | None = None) -> HandFrames:
    return facts.derive(winamax.parse(pieces, room), stats.flags)


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
    parts = [_derive([])]
    for _, frames in _read(source, progress, None):
        if strict and frames.rejects.height:
            raise HandSyntaxError(**frames.rejects.row(0, named=True))
        parts.append(frames)
    return merge_copies(concat(parts))


def ingest(source: Source, store: Store, *, progress: Progress = None, workers: int | None = None) -> IngestReport:
    """Read Winamax histories into a store, batch by batch; memory grows with the largest file, not with their number.

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

    for count, frames in _read(source, progress, workers):
        files += count
        waiting.append(frames)
        if sum(map(len, waiting)) >= BATCH_HANDS:
            put()
    if waiting:
        put()
    return IngestReport(
        files=files,
        hands_added=added,
        duplicates=duplicates,
        rejects=sum(rules.values()),
        seconds=time.perf_counter() - started,
        tournaments=tournaments,
        rejects_by_rule=dict(sorted(rules.items(), key=lambda item: -item[1])),
    )


@dataclass(frozen=True, slots=True)
class _File:
    """Something to read: a path with its size, or bytes."""

    path: Path | None
    size: int
    data: bytes = b""


def _sources(source: Source) -> Iterator[_File]:
    if source is None:
        folders = history_folders()
        if not folders:
            msg = "no Winamax history folder was found on this machine; name one, such as '.../accounts/me/history'"
            raise HistoryError(msg)
        source = folders
    if isinstance(source, bytes | bytearray | memoryview):
        yield _File(None, len(source), bytes(source))
    elif isinstance(source, str | os.PathLike):
        if not str(source).strip():
            msg = f"{source!r} names no file; name a history file or a folder of them"
            raise HistoryError(msg)
        yield from _paths(Path(source).expanduser())
    else:
        for item in source:
            if item is None:
                msg = "None stands among the sources; name files or folders"
                raise HistoryError(msg)
            yield from _sources(item)


def _paths(path: Path) -> Iterator[_File]:
    if path.is_dir():
        closed: list[OSError] = []
        for folder, _, names in sorted(os.walk(path, onerror=closed.append)):
            for name in sorted(names):
                found = Path(folder, name)
                if _looks_like_history(found):
                    yield _File(found, _size(found))
        yield from (_File(Path(error.filename), 0) for error in closed)
    elif path.exists():
        yield _File(path, _size(path))
    else:
        msg = f"{str(path)!r} does not exist; name a history file or a folder of them"
        raise HistoryError(msg)


def history_files(folder: Path) -> Iterator[Path]:
    """Give the files of a folder, and of the folders in it, that look like histories."""
    for file in _paths(folder):
        if file.path is not None and file.path.is_file():
            yield file.path


def _looks_like_history(path: Path) -> bool:
    """Tell by its first bytes; a file that cannot be read counts, so that it is reported and not passed over."""
    if not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            return _kind(file.read(_HEAD_BYTES)) != "not_winamax"
    except OSError:
        return path.suffix == ".txt"


def _kind(head: bytes) -> str:
    """Give what a file is by its first bytes: a ``history``, or the rule by which it is refused."""
    if SIGNATURE in head:
        return "history"
    if any(SIGNATURE.decode().encode(name) in head for name in ("utf-16-le", "utf-16-be")):
        return "encoding"
    return "not_winamax"


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _chunks(files: Iterable[_File]) -> Iterator[list[_File]]:
    chunk: list[_File] = []
    size = 0
    for file in files:
        if chunk and size + file.size > CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
        chunk.append(file)
        size += file.size
    if chunk:
        yield chunk


def _refused(source: str, rule: str, reason: str, data: bytes) -> HandFrames:
    text = data.decode(errors="replace")
    row = {
        "source": source,
        "offset": 0,
        "line_number": 1,
        "line": text.partition("\n")[0][:500],
        "rule": rule,
        "reason": reason,
        "text": text,
    }
    return replace(HandFrames.empty(), rejects=pl.DataFrame([row], schema=schema.REJECTS))


class _Rooms(threading.local):
    """Memory of each thread's own, that each of its chunks is scanned into."""

    def __init__(self) -> None:
        self.own = Room()


def _parse_chunk(chunk: list[_File], rooms: _Rooms) -> HandFrames:
    pieces = []
    refused = []
    for file in chunk:
        # A name that is no valid text comes from the file system; frames take text only.
        source = "" if file.path is None else os.fsencode(file.path).decode("utf-8", "replace")
        try:
            data = file.data if file.path is None else file.path.read_bytes()
        except OSError as error:
            refused.append(_refused(source, "unreadable", f"{REASONS['unreadable']}: {error.strerror}", b""))
            continue
        rule = _kind(data[:_HEAD_BYTES]) if data.strip() else "empty"
        if rule == "history":
            pieces.append(winamax.Piece(source, data))
        else:
            refused.append(_refused(source, rule, REASONS[rule], data))
    return concat([_derive(pieces, rooms.own), *refused])


def _read(source: Source, progress: Progress, workers: int | None) -> Iterator[tuple[int, HandFrames]]:
    """Give the number of files and the frames of each chunk, in order, parsed by threads a few chunks ahead."""
    files = list(_sources(source))
    total = sum(file.size for file in files)
    done = 0
    workers = workers or os.cpu_count() or 1
    with ExitStack() as stack:
        tell = stack.enter_context(_bar()) if progress is True else progress or None
        pool = ThreadPoolExecutor(workers, thread_name_prefix="pokerlab-parse")
        stack.callback(pool.shutdown, wait=True, cancel_futures=True)
        rooms = _Rooms()
        ahead: deque[tuple[list[_File], Future[HandFrames]]] = deque()
        chunks = _chunks(files)
        while True:
            while len(ahead) <= workers and (chunk := next(chunks, None)) is not None:
                ahead.append((chunk, pool.submit(_parse_chunk, chunk, rooms)))
            if not ahead:
                return
            chunk, future = ahead.popleft()
            # Polars' handler of Ctrl-C restarts a wait without a time limit, which then never ends.
            while not wait([future], timeout=_BREATH_S).done:
                pass
            frames = future.result()
            done += sum(file.size for file in chunk)
            if tell:
                tell(done, total)
            yield len(chunk), frames


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
