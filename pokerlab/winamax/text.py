"""Files as one stretch of clean bytes for the scan, with the way back to file, byte and line."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

from pokerlab_kernels import history

if TYPE_CHECKING:
    from collections.abc import Sequence

_BAD = bytes([history.BAD_BYTE])
_SURROGATES = range(0xD800, 0xE000)


class Piece(NamedTuple):
    """A file, or new bytes at ``offset`` of one, with ``lines`` line feeds before them where that is known."""

    source: str
    data: bytes
    offset: int = 0
    lines: int | None = None


def as_utf8(data: bytes) -> bytes:
    """Give the bytes as UTF-8; what is none becomes `history.BAD_BYTE`, so that places stay.

    A file whose every byte beyond ASCII is out of place is an old Windows file: cp1252. Surrogates that Winamax makes
    of names such as ``lud912x`` become U+FFFD, which is as long.
    """
    try:
        data.decode()
    except UnicodeDecodeError:
        text = (
            data.decode("utf-8", "surrogatepass") if _only_surrogates(data) else data.decode("utf-8", "surrogateescape")
        )
        wide = {c for c in text if ord(c) > 127}
        if all(0xDC80 <= ord(c) <= 0xDCFF for c in wide) and not _only_surrogates(data):
            return data.decode("cp1252", "replace").encode()
        table = {c: "\ufffd" if _only_surrogates(data) else _BAD.decode() for c in map(ord, wide) if c in _SURROGATES}
        return text.translate(table).encode()
    return data


def _only_surrogates(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


@dataclass(frozen=True)
class Text:
    """Pieces joined for the scan: ``data`` (uint8, padded), ``size``, and where each piece starts."""

    pieces: Sequence[Piece]
    data: np.ndarray
    size: int
    starts: np.ndarray

    @cached_property
    def _line_feeds(self) -> np.ndarray:
        return np.flatnonzero(self.data[: self.size] == ord("\n"))

    @cached_property
    def _continued(self) -> np.ndarray:
        """Count, before each byte, the bytes that are not the first of their character."""
        return np.concatenate([[0], np.cumsum((self.data[: self.size] & 0xC0) == 0x80)])

    @cached_property
    def _recoded(self) -> np.ndarray:
        """Tell for each piece whether it was not UTF-8, so that its places in the text are not its own."""
        lengths = np.diff(np.append(self.starts, self.size)) - 1
        recoded: np.ndarray = lengths != np.array([len(piece.data) for piece in self.pieces], np.int64)
        return recoded

    def piece(self, places: np.ndarray) -> np.ndarray:
        """Give the number of the piece that each place is in."""
        return np.searchsorted(self.starts, places, "right") - 1

    def offsets(self, places: np.ndarray) -> np.ndarray:
        """Give the byte offset in its own file of each place."""
        numbers = self.piece(places)
        starts = self.starts[numbers]
        offsets: np.ndarray = places - starts + np.array([piece.offset for piece in self.pieces], np.int64)[numbers]
        recoded = self._recoded[numbers]
        if recoded.any():
            # In an old Windows file every character was one byte.
            offsets[recoded] -= self._continued[places[recoded]] - self._continued[starts[recoded]]
        return offsets

    def slice(self, start: int, end: int) -> str:
        """Give a stretch of the text as str."""
        return self.data[start:end].tobytes().decode(errors="replace").removeprefix("\ufeff")

    def line(self, place: int) -> tuple[int | None, str]:
        """Give the number in its file, from 1, and the text of the line that a place is in.

        The number is None in a piece that begins at an unknown line of its file.
        """
        number = int(self.piece(np.array([place]))[0])
        feeds = self._line_feeds
        here = int(np.searchsorted(feeds, place))
        first = int(np.searchsorted(feeds, self.starts[number]))
        start = int(feeds[here - 1]) + 1 if here > first else int(self.starts[number])
        end = int(feeds[here]) if here < len(feeds) else self.size
        piece = self.pieces[number]
        before = 0 if piece.offset == 0 else piece.lines
        return None if before is None else before + here - first + 1, self.slice(start, end).rstrip()


def join(pieces: Sequence[Piece]) -> Text:
    """Join pieces with a line feed behind each, and the padding that the scan needs."""
    parts = [piece.data for piece in pieces]
    joined = _joined(parts)
    if not _is_utf8(joined):
        parts = [as_utf8(data) for data in parts]
        joined = _joined(parts)
    ends = np.cumsum([len(data) + 1 for data in parts], dtype=np.int64)
    starts = np.concatenate([np.zeros(1, np.int64), ends])
    return Text(pieces, np.frombuffer(joined, np.uint8), int(starts[-1]), starts[:-1])


def _joined(parts: Sequence[bytes]) -> bytes:
    return b"\n".join([*parts, bytes(history.PADDING)])


def _is_utf8(data: bytes) -> bool:
    """Tell it as ``data.decode()`` would, but without making the text."""
    ends = pa.py_buffer(np.array([0, len(data)], np.int64))
    try:
        pa.Array.from_buffers(pa.large_string(), 1, [None, ends, pa.py_buffer(data)]).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True
