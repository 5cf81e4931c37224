"""The files of a folder and what of each was delivered; nothing here waits or sleeps."""

from __future__ import annotations

import logging
import os
import stat
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pokerlab.errors import SettingsError
from pokerlab.watch._cut import cut
from pokerlab.watch._tail import CHUNK, Tail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pokerlab.watch._tail import Appended, Key

    Report = Callable[[str, str], None]

_log = logging.getLogger(__name__)

_TAIL = 1 << 18
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
        Compare the folder instead of listening to the operating system. None: where it lies on the network or is
        another system's (NFS, SMB, ``/mnt`` in WSL; see ``pokerlab doctor``), or ``WATCHFILES_FORCE_POLLING`` is set.
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


def key_of(path: Path) -> Key | None:
    """Identify a file whatever its name; None where there is none."""
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_dev, facts.st_ino


@dataclass(slots=True, eq=False)
class _File(Tail):
    """A file and when it last grew."""

    grown_at: float = 0.0


class Folder:
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

    def offsets(self) -> dict[Path, int]:
        """Tell how many bytes of each file are delivered."""
        return {path: file.offset for path, file in self._files.items()}

    def _skip(self, file: _File, known: int | None) -> None:
        """Step over the first ``known`` bytes, or over the last whole hand; one being written is still to come."""
        size = file.stamp[0]
        if known is not None or file.is_tournament_summary:
            file.pass_over(size if known is None else known)
            return
        begin = max(size - _TAIL, file.text_start)
        with file.path.open("rb") as handle:
            handle.seek(begin)
            data = handle.read(size - begin)
        sure, probable = cut(data), cut(data, final=True)
        file.pass_over(begin + probable)
        file.set_mark(data[:probable])
        if probable > sure:
            file.flushed = begin + sure, None

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
        self._by_key = {file.key: file for file in self._files.values() if file.key}

    def _changed(self, path: Path) -> bool:
        file = self._files.get(path)
        if file is None:
            return True
        try:
            facts = path.stat()
        except OSError:
            return True
        return (facts.st_size, facts.st_mtime_ns) != file.stamp or (facts.st_dev, facts.st_ino) != file.key

    def _look(self, path: Path, now: float) -> Iterator[Appended]:
        """Give what is new in a file; its faults are its own, whatever they are."""
        try:
            while (piece := self._take(path, now)) is not None:
                if not piece.data.isspace():
                    yield piece
            self._faults.pop(path, None)
        except FileNotFoundError:
            self._alarms.pop(path, None)
        except Exception as error:
            self._fail(path, error, now)

    def _fail(self, path: Path, error: Exception, now: float) -> None:
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
        piece = file.cut(data) or (file.cut(data, "finished") if now >= quiet_at else None)
        if piece is None and now < quiet_at:
            self._alarms[path] = quiet_at
        return piece

    def _read(self, path: Path, now: float, size: int = CHUNK) -> tuple[_File | None, bytes]:
        """Read what is undelivered, at most ``size`` bytes; the handle is closed before anything is done with it."""
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode) or getattr(facts, "st_file_attributes", 0) & _PLACEHOLDER:
            return None, b""
        with path.open("rb") as handle:
            facts = os.fstat(handle.fileno())
            file = self._known(path, (facts.st_dev, facts.st_ino))
            stamp = facts.st_size, facts.st_mtime_ns
            if stamp != file.stamp:
                file.grown_at = now
            return file, file.read(handle, stamp, size)

    def _known(self, path: Path, key: Key) -> _File:
        """Find what is known of a file by its path, or by its key where it was renamed."""
        file = self._files.get(path)
        if file is not None and file.key == key:
            return file
        moved = self._by_key.get(key)
        if moved is not None and key_of(moved.path) != key:
            if self._files.get(moved.path) is moved:
                del self._files[moved.path]
            moved.path = path
            file = moved
        elif file is not None:
            # Written beside and put in its place, as programs that synchronise do: mostly the old text and some more.
            file = replace(file, key=key, stamp=(-1, -1))
        else:
            file = _File(path, key)
        self._files[path] = self._by_key[key] = file
        return file
