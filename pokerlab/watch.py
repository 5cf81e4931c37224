"""Follow a folder of hand histories: what was appended, as bytes, cut at whole hands.

`cut` is pure; `_Folder` knows files but neither waits nor sleeps; `follow` adds the operating system's events. Events
only say that a path deserves a look: they come late, doubled or not at all, so a rescan by size and time backs them.
"""

from __future__ import annotations

import logging
import os
import re
import stat
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Literal

from pokerlab.errors import HistoryError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Report = Callable[[str, str], None]
    Key = tuple[int, int]

_log = logging.getLogger(__name__)

SIGNATURE = b"Winamax Poker - "
"""How each hand and each tournament summary begins."""

_TITLE = SIGNATURE + b"Tournament summary :"
_BOM = b"\xef\xbb\xbf"
_SUMMARY = b"\n*** SUMMARY ***"
_BLANK_LINE = re.compile(rb"\n[ \t\r]*\n\s*")
_FINISHED = re.compile(rb"\nTotal pot [^\n]+\n(?:[^\n]*\n)*?Seat \d+:")

_HEAD = 512
_CHUNK = 4 << 20
_TAIL = 1 << 18
_TICK_MS = 100
_PLACEHOLDER = 0x1000 | 0x400000
"""Windows marks files whose content is still in a cloud: offline, recall on data access."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchSettings:
    """How a folder is watched.

    Parameters
    ----------
    step_ms
        Milliseconds without a further event after which a change is looked at; this is the delay that is felt.
    debounce_ms
        Longest time in milliseconds over which events are grouped.
    rescan_s
        Seconds between two looks at the size and time of every file, for events that never came.
    quiet_s
        Seconds without growth after which a last hand without its blank line, or a tournament summary, counts as whole.
    polling
        Compare the folder instead of listening to the operating system, as network folders need; None lets
        watchfiles decide (``WATCHFILES_FORCE_POLLING``, WSL).
    recursive
        Also follow the folders inside.

    Raises
    ------
    SettingsError
        A time is not positive.
    """

    step_ms: int = 20
    debounce_ms: int = 400
    rescan_s: float = 5.0
    quiet_s: float = 2.0
    polling: bool | None = None
    recursive: bool = True

    def __post_init__(self) -> None:
        for name in ("step_ms", "debounce_ms", "rescan_s", "quiet_s"):
            value = getattr(self, name)
            if not value > 0:
                msg = f"{name}={value!r} is no time to wait; give a number above 0"
                raise SettingsError(msg)


@dataclass(frozen=True, slots=True)
class Appended:
    """Whole new hands of one file: ``data`` stands at byte ``offset`` of ``path`` and begins with a header."""

    path: Path
    offset: int
    data: bytes


def cut(data: bytes, *, final: bool = False) -> int:
    r"""Tell how many of the first bytes are whole hands.

    A hand is whole once a blank line follows its summary, or once another hand begins. Nothing is decoded, so a piece
    may end anywhere, also inside a character.

    Parameters
    ----------
    data
        Bytes of a history that start at a hand's border.
    final
        No more is expected for now: accept a last hand whose summary has a pot and a seat though no blank line follows,
        and a tournament summary, which has no end of its own.

    Examples
    --------
    >>> hand = b"Winamax Poker - ...\n*** SUMMARY ***\nTotal pot 3 | No rake\nSeat 1: a won 3\n"
    >>> cut(hand), cut(hand, final=True) == len(hand), cut(hand + b"\n") == len(hand) + 1
    (0, True, True)
    """
    last = data.rfind(b"\n" + SIGNATURE) + 1
    if data.startswith(_TITLE, last):
        return len(data) if final else last
    summary = data.find(_SUMMARY, last)
    if summary < 0:
        return last
    blank = _BLANK_LINE.search(data, summary)
    if blank:
        return blank.end()
    return len(data) if final and _FINISHED.search(data, summary) else last


def follow(
    folder: str | os.PathLike[str],
    settings: WatchSettings | None = None,
    *,
    start: Literal["end", "beginning"] = "end",
    offsets: Mapping[Path, int] | None = None,
    stop: Event | None = None,
    on_status: Report | None = None,
) -> Iterator[Appended]:
    """Give whole new hands of a folder's Winamax files as they are written.

    What is new counts from this call, not from the first ``next``. A file that shrank or was replaced is read again
    from its beginning, so hands can come twice: a store knows them by ``hand_id``. A tournament summary comes whole
    each time it has changed.

    Parameters
    ----------
    folder
        Folder of histories; every file that starts like Winamax text is followed, whatever its name.
    settings
        Delays and polling; `WatchSettings` has the defaults.
    start
        ``"end"`` skips the hands that are there already, ``"beginning"`` gives them first.
    offsets
        Bytes of a file that are known already, where this is better known than by ``start``.
    stop
        Set it to end the iteration within a few hundredths of a second.
    on_status
        Called with ``"watching"``, ``"restarting"`` or ``"unreadable"`` and a sentence.

    Raises
    ------
    HistoryError
        ``folder`` is not a folder.

    Examples
    --------
    >>> for piece in follow("~/history"):  # doctest: +SKIP
    ...     print(piece.path.name, piece.offset, len(piece.data))
    """
    root = Path(folder).expanduser().absolute()
    if not root.is_dir():
        msg = f"{str(folder)!r} is not a folder of hand histories; give the folder named 'history' of your account"
        raise HistoryError(msg)
    if start not in {"end", "beginning"}:
        msg = f"start={start!r} is not understood; it is 'end' or 'beginning'"
        raise SettingsError(msg)
    state = _Folder(root, settings or WatchSettings(), on_status or _ignore)
    if start == "end" or offsets:
        state.skip_history({Path(path).expanduser().absolute(): n for path, n in (offsets or {}).items()}, start)
    return _supervise(state, stop or Event())


def _ignore(state: str, detail: str) -> None:
    """Report to nobody."""


def _supervise(state: _Folder, stop: Event) -> Iterator[Appended]:
    """Keep a watcher running: where it dies, say so, wait a little longer each time, and start another."""
    while not stop.is_set():
        try:
            yield from _watch(state, stop)
        except Exception as error:
            detail = f"the watcher of {state.root} stopped: {type(error).__name__}: {error}"
            _log.warning("%s; starting another", detail)
            state.report("restarting", detail)
            state.failures += state.root.is_dir()
            while not stop.wait(min(0.1 * 2**state.failures, 5)) and not state.root.is_dir():
                pass


def _watch(state: _Folder, stop: Event) -> Iterator[Appended]:
    import watchfiles

    settings = state.settings
    changes = watchfiles.watch(
        state.root,
        watch_filter=None,
        step=settings.step_ms,
        debounce=settings.debounce_ms,
        rust_timeout=_TICK_MS,
        yield_on_timeout=True,
        stop_event=stop,
        force_polling=True if state.failures >= 3 else settings.polling,
        recursive=settings.recursive,
    )
    home = _key(state.root)
    rescan_at: float | None = None
    with closing(changes):
        # The watcher starts with the first batch, empty or not: only then may the files be scanned.
        for batch in changes:
            now = time.monotonic()
            paths = [Path(path) for _, path in batch]
            if rescan_at is None:
                state.report("watching", str(state.root))
            elif now >= rescan_at:
                state.failures = 0
            if rescan_at is None or now >= rescan_at:
                rescan_at = now + settings.rescan_s
                paths = [state.root]
                if _key(state.root) != home:
                    msg = f"the folder {state.root} was removed or replaced"
                    raise OSError(msg)
            for piece in state.turn(paths, now):
                yield piece
                if stop.is_set():
                    return


def _key(path: Path) -> Key | None:
    """Identify a file whatever its name; None where there is none."""
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_dev, facts.st_ino


@dataclass(slots=True, eq=False)
class _File:
    """What is known of a file: ``offset`` bytes are delivered, ``head`` its first bytes when last seen."""

    path: Path
    key: Key
    seen: tuple[int, int] = (-1, -1)
    head: bytes = b""
    offset: int = 0
    grown_at: float = 0.0
    flushed_from: int | None = None

    def meet(self, facts: os.stat_result, head: bytes, now: float) -> None:
        """Take note of what the file looks like now; begin anew where it is not the one that was read."""
        if not head.startswith(self.head) or facts.st_size < self.offset:
            _log.info("%s was truncated or replaced: reading it from its beginning", self.path)
            self.offset, self.flushed_from = 0, None
        self.head = head
        seen = (facts.st_size, facts.st_mtime_ns)
        if seen != self.seen:
            self.seen, self.grown_at = seen, now
            if self.is_tournament_summary:
                self.offset = 0
        self.offset = max(self.offset, self.text_start)

    @property
    def text_start(self) -> int:
        return len(_BOM) if self.head.startswith(_BOM) else 0

    @property
    def is_winamax(self) -> bool:
        return self.head.startswith(SIGNATURE, self.text_start)

    @property
    def is_tournament_summary(self) -> bool:
        return self.head.startswith(_TITLE, self.text_start)

    def continues(self, data: bytes) -> bool:
        """Tell whether ``data`` goes on with a hand that a quiet period flushed too early."""
        text = data.lstrip()
        return bool(text) and not text.startswith(SIGNATURE) and not SIGNATURE.startswith(text)


class _Folder:
    """The files of a folder, and what of each was delivered."""

    def __init__(self, root: Path, settings: WatchSettings, report: Report) -> None:
        self.root = root
        self.settings = settings
        self.report = report
        self.failures = 0
        self._files: dict[Path, _File] = {}
        self._by_key: dict[Key, _File] = {}
        self._alarms: dict[Path, float] = {}
        self._faults: dict[Path, int] = {}
        self._missing: set[Path] = set()

    def skip_history(self, offsets: Mapping[Path, int], start: str) -> None:
        """Count what is there now as delivered, up to the last whole hand."""
        for path in self._walk(self.root):
            if start != "end" and path not in offsets:
                continue
            now = time.monotonic()
            try:
                file, _ = self._read(path, now, size=0)
                if file is not None and file.is_winamax:
                    self._skip(file, offsets.get(path))
                    self._alarms[path] = now + self.settings.quiet_s
            except OSError as error:
                self._fail(path, error, now)

    def _skip(self, file: _File, known: int | None) -> None:
        """Step over the first ``known`` bytes, or over the last whole hand; one being written is still to come."""
        size = file.seen[0]
        if known is not None or file.is_tournament_summary:
            file.offset = size if known is None else known
            return
        begin = max(size - _TAIL, file.text_start)
        with file.path.open("rb") as handle:
            handle.seek(begin)
            data = handle.read(size - begin)
        sure, probable = cut(data), cut(data, final=True)
        file.offset = begin + probable
        if probable > sure:
            file.flushed_from = begin + sure

    def turn(self, paths: list[Path], now: float) -> Iterator[Appended]:
        """Look at ``paths`` (a folder stands for all in it) and at what waits since a while."""
        for path in paths:
            if path == self.root or not path.is_relative_to(self.root):
                yield from self._rescan(now)
            elif path.is_dir():
                for inner in self._walk(path):
                    yield from self._look(inner, now)
            else:
                yield from self._look(path, now)
        for path in [path for path, due in self._alarms.items() if due <= now]:
            yield from self._look(path, now)

    def _walk(self, folder: Path) -> Iterator[Path]:
        for place, folders, names in os.walk(folder, onerror=lambda error: _log.warning("cannot list: %s", error)):
            if not self.settings.recursive:
                folders.clear()
            for name in names:
                yield Path(place, name)

    def _rescan(self, now: float) -> Iterator[Appended]:
        present = set()
        for path in self._walk(self.root):
            present.add(path)
            if self._changed(path):
                yield from self._look(path, now)
        # A file that is gone stays known for one more scan, so that a rename finds it by its key.
        gone = self._files.keys() - present
        for path in gone & self._missing:
            del self._files[path]
        self._missing = gone
        self._by_key = {file.key: file for file in self._files.values()}

    def _changed(self, path: Path) -> bool:
        file = self._files.get(path)
        if file is None:
            return True
        try:
            facts = path.stat()
        except OSError:
            return True
        return (facts.st_size, facts.st_mtime_ns) != file.seen or (facts.st_dev, facts.st_ino) != file.key

    def _look(self, path: Path, now: float) -> Iterator[Appended]:
        """Give what is new in a file; its faults are its own."""
        try:
            while (piece := self._take(path, now)) is not None:
                if not piece.data.isspace():
                    yield piece
            self._faults.pop(path, None)
        except FileNotFoundError:
            self._alarms.pop(path, None)
        except OSError as error:
            self._fail(path, error, now)

    def _fail(self, path: Path, error: OSError, now: float) -> None:
        count = self._faults[path] = self._faults.get(path, 0) + 1
        self._alarms[path] = now + min(0.25 * 2**count, 30)
        if count == 1:
            _log.warning("cannot read %s: %s; trying again", path, error)
            self.report("unreadable", f"cannot read {path}: {error}")

    def _take(self, path: Path, now: float) -> Appended | None:
        file, data = self._read(path, now)
        self._alarms.pop(path, None)
        if file is None or not data:
            return None
        quiet_at = file.grown_at + self.settings.quiet_s
        size = 0 if file.is_tournament_summary else cut(data)
        if not size and (data.isspace() or len(data) == _CHUNK):
            size = len(data)
        flushed = not size and now >= quiet_at
        if flushed:
            size = cut(data, final=True)
        if not size:
            if not flushed:
                self._alarms[path] = quiet_at
            return None
        start, blanks = file.offset, len(data) - len(data.lstrip())
        file.offset += size
        if not data.isspace():
            file.flushed_from = start if flushed else None
        return Appended(path, start + blanks, data[blanks:size]) if blanks < size else Appended(path, start, data)

    def _read(self, path: Path, now: float, size: int = _CHUNK) -> tuple[_File | None, bytes]:
        """Read what is undelivered, at most ``size`` bytes; the handle is closed before anything is done with it."""
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode) or getattr(facts, "st_file_attributes", 0) & _PLACEHOLDER:
            return None, b""
        with path.open("rb") as handle:
            facts = os.fstat(handle.fileno())
            file = self._known(path, (facts.st_dev, facts.st_ino))
            file.meet(facts, handle.read(_HEAD), now)
            if not file.is_winamax:
                return file, b""
            handle.seek(file.offset)
            data = handle.read(size)
            if file.flushed_from is not None and file.continues(data):
                file.offset, file.flushed_from = file.flushed_from, None
                handle.seek(file.offset)
                data = handle.read(size)
        return file, data

    def _known(self, path: Path, key: Key) -> _File:
        """Find what is known of a file by its path, or by its key where it was renamed."""
        file = self._files.get(path)
        if file is not None and file.key == key:
            return file
        moved = self._by_key.get(key)
        if moved is not None and _key(moved.path) != key:
            if self._files.get(moved.path) is moved:
                del self._files[moved.path]
            moved.path = path
            file = moved
        else:
            file = _File(path, key)
        self._files[path] = self._by_key[key] = file
        return file
