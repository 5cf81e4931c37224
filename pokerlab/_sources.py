"""From what a user names to pieces of text: files found, told apart, and read in bounded memory."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from pokerlab import schema
from pokerlab._bunches import bunches
from pokerlab.errors import HistoryError
from pokerlab.frames import HandFrames
from pokerlab.text import plain
from pokerlab.watch import SIGNATURE, history_folders
from pokerlab.winamax import Piece
from pokerlab.winamax.rejects import REASONS

if TYPE_CHECKING:
    from typing import BinaryIO, Protocol

    from pokerlab.store import FileRow

    class Readable(Protocol):
        """A file, as far as it is read in order."""

        def read(self, size: int, /) -> bytes: ...


PathLike = str | os.PathLike[str]
Source = bytes | bytearray | memoryview | PathLike | Iterable[bytes | PathLike] | None

CHUNK_BYTES = 6_000_000
"""About so many bytes are parsed at once: several files together, or one file."""

LARGE_BYTES = 64_000_000
"""A larger file is read part by part; so much text without a hand's beginning is passed over."""

SHOWN_BYTES = 64_000
"""Of a file that is no history, and of text passed over, so much is kept in ``rejects.text``."""

UNKNOWN_SHARE = 0.001
"""With a larger share of lines that are not known, the format of a file may have changed."""

_UNKNOWN_RULES = ("unknown_line", "header")
HEAD_BYTES = 1024
"""Within so many bytes a history begins; what stands before its first hand is a reject."""

_BORDER = b"\n" + SIGNATURE
NOTHING_THERE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)


@dataclass(frozen=True, slots=True)
class File:
    """Something to read: a path, or bytes, or with both the part of a file that begins at ``offset``.

    Attributes
    ----------
    path, size
        Where it is, and how many bytes are to be read.
    identity, modified_ns
        Device and number of the file, and its time of change.
    is_found
        Whether it was found in a folder: it is a history only if it looks like one.
    data, offset, lines
        The bytes, where they begin, and the line feeds before them.
    passed
        So many bytes from ``offset`` on belong to no hand, and ``data`` has only the first of them.
    entry
        What a ledger is to have of the file once this part, its last one, is stored.
    again
        Where a part that was read before begins and ends.
    is_unchanged
        It was read as it is: there is nothing to parse.
    upto
        No more than so many of its first bytes are to be read, as somebody is writing on; None: all.
    """

    path: Path | None
    size: int
    identity: str = ""
    modified_ns: int = 0
    is_found: bool = False
    data: bytes | None = None
    offset: int = 0
    lines: int = 0
    passed: int = 0
    entry: FileRow | None = None
    again: tuple[int, int] | None = None
    is_unchanged: bool = False
    upto: int | None = None

    @property
    def source(self) -> str:
        """The name in ``hands.source``: one that is no valid text comes from the file system, frames take text only."""
        return "" if self.path is None else os.fsencode(self.path).decode("utf-8", "replace")


def files_of(source: Source) -> Iterator[File]:
    """Give the files that a source names; a folder stands for the histories in it, None for the user's own.

    Raises
    ------
    HistoryError
        A path does not exist or nothing is named, or no history folder was found.
    """
    return histories(listed(source))


def histories(files: Iterable[File]) -> Iterator[File]:
    """Keep the files that were named, and of those found in folders the ones that look like histories."""
    return (file for file in files if not file.is_found or _looks_like_history(file))


def listed(source: Source) -> Iterator[File]:
    """Give all files that a source names and that are in its folders, without opening one.

    Raises
    ------
    HistoryError
        A path does not exist or nothing is named, or no history folder was found.
    """
    if source is None:
        source = history_folders()
        if not source:
            msg = (
                "no Winamax history folder was found on this machine; name one, such as '.../accounts/me/history' "
                "(`pokerlab doctor` tells where it looked)"
            )
            raise HistoryError(msg)
    if isinstance(source, bytes | bytearray | memoryview):
        yield File(None, len(source), data=bytes(source))
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
            yield from listed(item)


def _paths(path: Path) -> Iterator[File]:
    if path.is_dir():
        closed: list[OSError] = []
        for folder, _, names in sorted(os.walk(path, onerror=closed.append)):
            for name in sorted(names):
                if (file := _stamped(Path(folder, name), is_found=True)) is not None:
                    yield file
        yield from (File(Path(error.filename), 0) for error in closed)
    elif (file := _stamped(path, is_found=False)) is not None:
        yield file
    else:
        msg = f"{str(path)!r} does not exist; name a history file or a folder of them"
        raise HistoryError(msg)


def history_files(folder: Path) -> Iterator[Path]:
    """Give the files of a folder, and of the folders in it, that look like histories."""
    for file in histories(_paths(folder)):
        if file.path is not None and file.is_found:
            yield file.path


def _stamped(path: Path, *, is_found: bool) -> File | None:
    """Look at a file from outside; None where there is none, or in a folder something that is no file."""
    try:
        seen = path.stat()
    except OSError as error:
        return None if error.errno in NOTHING_THERE else File(path, 0, is_found=is_found)
    except ValueError:
        return None  # a null character stands in its name
    if is_found and not stat.S_ISREG(seen.st_mode):
        return None
    return File(path, seen.st_size, identity_of(seen), seen.st_mtime_ns, is_found)


def identity_of(seen: os.stat_result) -> str:
    """Give what identifies a file whatever its name."""
    return f"{seen.st_dev}-{seen.st_ino}"


def _looks_like_history(file: File) -> bool:
    """Tell by its first bytes; a file that cannot be read counts, so that it is reported and not passed over."""
    if file.path is None:
        return True
    try:
        with file.path.open("rb") as handle:
            return kind_of(handle.read(HEAD_BYTES)) != "not_winamax"
    except OSError as error:
        return error.errno not in NOTHING_THERE and file.path.suffix == ".txt"


def kind_of(head: bytes) -> str:
    """Give what a file is by its first bytes: a ``history``, or the rule by which it is refused."""
    if SIGNATURE in head:
        return "history"
    if any(SIGNATURE.decode().encode(name) in head for name in ("utf-16-le", "utf-16-be")):
        return "encoding"
    return "not_winamax"


def parts_of(file: File) -> Iterator[File]:
    """Give a file as it is, and a large history in parts that are read as they are asked for."""
    if file.path is None or file.size <= LARGE_BYTES:
        yield file
        return
    try:
        with file.path.open("rb") as handle:
            if kind_of(handle.read(HEAD_BYTES)) != "history":
                yield replace(file, size=0)
                return
            handle.seek(0)
            yield from cut_at_hands(file.path, handle)
    except OSError:
        yield replace(file, size=0)


def without_text(file: File) -> File:
    """Let the bytes of a file go."""
    return replace(file, data=None) if file.path is not None else file


def chunks(files: Iterable[File], parts: Callable[[File], Iterator[File]] = parts_of) -> Iterator[list[File]]:
    """Put files together that are parsed at once; a large file comes in ``parts``."""
    return bunches((part for file in files for part in parts(file)), lambda part: part.size, CHUNK_BYTES)


def cut_at_hands(path: Path, handle: Readable, offset: int = 0, lines: int = 0) -> Iterator[File]:
    """Give the parts of a history: each begins at a hand, and none needs more memory than `LARGE_BYTES`.

    ``handle`` stands at byte ``offset``, with ``lines`` line feeds before it.
    """
    rest = b""

    def part(size: int, passed: int = 0) -> File:
        nonlocal offset, lines, rest
        file = File(path, size, data=rest[:size], offset=offset, lines=lines, passed=passed)
        offset, lines, rest = offset + size, lines + rest.count(b"\n", 0, size), rest[size:]
        return file

    while block := handle.read(CHUNK_BYTES):
        rest += block
        if border := rest.rfind(_BORDER) + 1:
            yield part(border)
        elif len(rest) > LARGE_BYTES:
            yield part(SHOWN_BYTES)
            passed, feeds, rest = _pass_over(handle, rest)
            yield part(0, passed)
            offset, lines = offset + passed, lines + feeds
    if rest:
        yield part(len(rest))


def _pass_over(handle: Readable, text: bytes) -> tuple[int, int, bytes]:
    """Read on to where a hand begins; give the bytes and line feeds before it, and what was read from there on."""
    passed = feeds = 0
    while True:
        border = text.find(_BORDER) + 1
        block = b"" if border else handle.read(CHUNK_BYTES)
        # The beginning of a hand may lie on both sides of what was read.
        size = border or max(len(text) - len(_BORDER), 0) if border or block else len(text)
        passed, feeds, text = passed + size, feeds + text.count(b"\n", 0, size), text[size:] + block
        if not block:
            return passed, feeds, text


def pieces_of(chunk: list[File]) -> tuple[list[Piece], list[HandFrames]]:
    """Read a chunk's files; those that are no histories, or cannot be read, are rejects."""
    pieces = []
    refused = []
    for file in chunk:
        if file.is_unchanged:
            continue
        try:
            data, rule = _content(file)
        except OSError as error:
            if file.is_found and error.errno in NOTHING_THERE:
                continue  # it was there when the folder was listed
            refused.append(_refused(file, "unreadable", f"{REASONS['unreadable']}: {error.strerror}", b""))
            continue
        if rule == "history":
            pieces.append(Piece(file.source, data, file.offset, file.lines))
        elif file.passed:
            reason = f"{REASONS[rule]}: {file.passed:,} bytes, which are not kept"
            refused.append(_refused(file, rule, reason, b""))
        else:
            refused.append(_refused(file, rule, REASONS[rule], data[:SHOWN_BYTES]))
    return pieces, refused


def _content(file: File) -> tuple[bytes, str]:
    """Give the bytes and what they are: a ``history``, or the rule by which they are refused."""
    if file.passed:
        return b"", "stray_text"
    if file.offset:
        return file.data or b"", "history"
    if file.data is not None:
        data = file.data
    elif file.path is not None:
        with file.path.open("rb") as handle:
            data = text_of(handle)
    rule = kind_of(data[:HEAD_BYTES])
    return data, "empty" if rule == "not_winamax" and not data.strip() else rule


def text_of(handle: BinaryIO) -> bytes:
    """Read a history whole, and of another file as much as is shown."""
    data = handle.read(HEAD_BYTES)
    handle.seek(0)
    return handle.read(-1 if kind_of(data) == "history" else SHOWN_BYTES)


def _refused(file: File, rule: str, reason: str, data: bytes) -> HandFrames:
    text = data.decode(errors="replace")
    row = {
        "source": file.source,
        "offset": file.offset,
        "line_number": file.lines + 1,
        "line": text.partition("\n")[0][:500],
        "rule": rule,
        "reason": reason,
        "text": text,
    }
    return replace(HandFrames.empty(), rejects=pl.DataFrame([row], schema=schema.REJECTS))


def format_changes(pieces: list[Piece], rejects: pl.DataFrame) -> dict[str, str]:
    """Name the files with too many lines that are not known, each with a warning."""
    unknown = rejects.filter(pl.col("rule").is_in(_UNKNOWN_RULES), pl.col("source") != "")
    if not unknown.height:
        return {}
    lines: dict[str, int] = {}
    for piece in pieces:
        lines[piece.source] = lines.get(piece.source, 0) + piece.data.count(b"\n") + 1
    found = {}
    for source, count, line in unknown.group_by("source", maintain_order=True).agg(
        pl.len(), pl.col("line").first()
    ).iter_rows():  # fmt: skip
        if count > UNKNOWN_SHARE * lines[source]:
            found[source] = (
                f"the format may have changed: {plain(source)} has {count:,} hands with an unknown line in "
                f"{lines[source]:,} lines, such as {plain(line)!r}"
            )
    return found
