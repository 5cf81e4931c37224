"""Files as one stretch of clean bytes for the scan, with the way back to file, byte and line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pokerlab_kernels import history

if TYPE_CHECKING:
    from collections.abc import Sequence

_BAD = bytes([history.BAD_BYTE])
_SURROGATES = range(0xD800, 0xE000)


class Piece(NamedTuple):
    """A file, or new bytes at ``offset`` of one."""

    source: str
    data: bytes
    offset: int = 0


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


@dataclass(frozen=True, slots=True)
class Text:
    """Pieces joined for the scan: ``data`` (uint8, padded), ``size``, and where each piece starts."""

    pieces: Sequence[Piece]
    data: np.ndarray
    size: int
    starts: np.ndarray

    def piece(self, places: np.ndarray) -> np.ndarray:
        """Give the number of the piece that each place is in."""
        return np.searchsorted(self.starts, places, "right") - 1

    def offset(self, place: int) -> int:
        """Give the byte offset in its own file of a place in the text."""
        number = int(self.piece(np.array([place]))[0])
        piece = self.pieces[number]
        within = int(place - self.starts[number])
        if self.recoded(number):
            within = len(self._slice(int(self.starts[number]), place).decode(errors="replace"))
        return piece.offset + within

    def recoded(self, number: int) -> bool:
        """Whether the piece was not UTF-8, so that its places are not its file's."""
        end = int(self.starts[number + 1]) if number + 1 < len(self.starts) else self.size
        return end - int(self.starts[number]) - 1 != len(self.pieces[number].data)

    def _slice(self, start: int, end: int) -> bytes:
        return self.data[start:end].tobytes()

    def slice(self, start: int, end: int) -> str:
        """Give a stretch of the text as str."""
        return self._slice(start, end).decode(errors="replace").removeprefix("\ufeff")

    def line(self, place: int) -> tuple[int, str]:
        """Give the number, from 1, and the text of the line that a place is in."""
        number = int(self.piece(np.array([min(place, self.size - 1)]))[0])
        start = int(self.starts[number])
        end = int(self.starts[number + 1]) if number + 1 < len(self.starts) else self.size
        place = min(place, end - 1)
        before = self._slice(start, place)
        rest = self._slice(start + before.rfind(b"\n") + 1, end)
        line = rest[: rest.find(b"\n")] if b"\n" in rest else rest
        return before.count(b"\n") + 1, line.decode(errors="replace").rstrip().removeprefix("\ufeff")


def join(pieces: Sequence[Piece]) -> Text:
    """Join pieces with a line feed behind each, and the padding that the scan needs."""
    parts: list[bytes] = []
    starts: list[int] = []
    size = 0
    for piece in pieces:
        data = as_utf8(piece.data)
        starts.append(size)
        parts += (data, b"\n")
        size += len(data) + 1
    joined = np.frombuffer(b"".join([*parts, bytes(history.PADDING)]), np.uint8)
    return Text(pieces, joined, size, np.array(starts, np.int64))
