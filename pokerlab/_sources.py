"""From what a user names to pieces of text: files found, told apart, and read in bounded memory."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from pokerlab import schema
from pokerlab.errors import HistoryError
from pokerlab.frames import HandFrames
from pokerlab.text import plain
from pokerlab.watch import SIGNATURE, history_folders
from pokerlab.winamax import Piece
from pokerlab.winamax.rejects import REASONS

if TYPE_CHECKING:
    from typing import BinaryIO

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
_HEAD_BYTES = 1024
"""Within so many bytes a history begins; what stands before its first hand is a reject."""

_BORDER = b"\n" + SIGNATURE


@dataclass(frozen=True, slots=True)
class File:
    """Something to read: a path, or bytes, or with both the part of a large file that begins at ``offset``.

    ``lines`` counts the line feeds before the part; ``passed`` bytes from its beginning on belong to no hand, and
    ``data`` has only the first of them.
    """

    path: Path | None
    size: int
    data: bytes | None = None
    offset: int = 0
    lines: int = 0
    passed: int = 0

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
    if source is None:
        source = history_folders()
        if not source:
            msg = (
                "no Winamax history folder was found on this machine; name one, such as '.../accounts/me/history' "
                "(`pokerlab doctor` tells where it looked)"
            )
            raise HistoryError(msg)
    if isinstance(source, bytes | bytearray | memoryview):
        yield File(None, len(source), bytes(source))
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
            yield from files_of(item)


def _paths(path: Path) -> Iterator[File]:
    if path.is_dir():
        closed: list[OSError] = []
        for folder, _, names in sorted(os.walk(path, onerror=closed.append)):
            for name in sorted(names):
                found = Path(folder, name)
                if _looks_like_history(found):
                    yield File(found, _size(found))
        yield from (File(Path(error.filename), 0) for error in closed)
    elif path.exists():
        yield File(path, _size(path))
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


def chunks(files: Iterable[File]) -> Iterator[list[File]]:
    """Put files together that are parsed at once; a large file comes in parts, read as they are asked for."""
    chunk: list[File] = []
    size = 0
    for file in files:
        for part in _parts(file):
            if chunk and size + part.size > CHUNK_BYTES:
                yield chunk
                chunk, size = [], 0
            chunk.append(part)
            size += part.size
    if chunk:
        yield chunk


def _parts(file: File) -> Iterator[File]:
    if file.path is None or file.size <= LARGE_BYTES:
        yield file
        return
    try:
        with file.path.open("rb") as handle:
            if _kind(handle.read(_HEAD_BYTES)) != "history":
                yield replace(file, size=0)
                return
            handle.seek(0)
            yield from _cut_at_hands(file.path, handle)
    except OSError:
        yield replace(file, size=0)


def _cut_at_hands(path: Path, handle: BinaryIO) -> Iterator[File]:
    """Give the parts of a history: each begins at a hand, and none needs more memory than `LARGE_BYTES`."""
    offset = lines = 0
    rest = b""

    def part(size: int, passed: int = 0) -> File:
        nonlocal offset, lines, rest
        file = File(path, size, rest[:size], offset, lines, passed)
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


def _pass_over(handle: BinaryIO, text: bytes) -> tuple[int, int, bytes]:
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
        try:
            data, rule = _content(file)
        except OSError as error:
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
            data = handle.read(_HEAD_BYTES)
            handle.seek(0)
            data = handle.read(-1 if _kind(data) == "history" else SHOWN_BYTES)
    rule = _kind(data[:_HEAD_BYTES])
    return data, "empty" if rule == "not_winamax" and not data.strip() else rule


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
