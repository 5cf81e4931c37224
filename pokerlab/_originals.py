"""The text of hands as it stands in their files."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from pokerlab.errors import HistoryError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

SIGNATURE = b"Winamax Poker - "
_BLOCK = 1 << 14
_TOTAL = re.compile(rb"\n\*\*\* SUMMARY \*\*\*[^\n]*\s+Total pot ")
_BLANK_LINE = re.compile(rb"\n[ \t\r]*\n")


def hand_texts(source: str, places: Iterable[tuple[str, int]]) -> Iterator[bytes]:
    """Give the bytes of hands of one file, each named by its id and the byte at which it begins.

    Raises
    ------
    HistoryError
        The file is not there, cannot be read, or has something else at that byte now.
    """
    if not source:
        msg = "the hands were read from memory, or their files were not kept: there is no file with their text"
        raise HistoryError(msg)
    try:
        with Path(source).open("rb") as handle:
            for hand_id, offset in places:
                yield _hand(handle, source, hand_id, offset)
    except OSError as error:
        msg = f"the text of the hands is not at hand: {source!r} cannot be read: {error.strerror}"
        raise HistoryError(msg) from error


def _hand(handle: BinaryIO, source: str, hand_id: str, offset: int) -> bytes:
    handle.seek(offset)
    data = b""
    end = None
    while end is None and (block := handle.read(_BLOCK)):
        data += block
        end = _end(data)
    data = data[:end]
    first = data.partition(b"\n")[0]
    if not data.startswith(SIGNATURE) or f"HandId: #{hand_id} ".encode() not in first or not _TOTAL.search(data):
        msg = f"{source!r} has no hand {hand_id} at byte {offset}: the file was changed; import it again"
        raise HistoryError(msg)
    return data.rstrip() + b"\n"


def _end(data: bytes) -> int | None:
    """Tell where the first hand ends: with the blank line behind its summary, or before the next hand."""
    following = data.find(b"\n" + SIGNATURE)
    total = _TOTAL.search(data)
    blank = _BLANK_LINE.search(data, total.end()) if total else None
    ends = [end for end in (following, blank.start() if blank else -1) if end >= 0]
    return min(ends, default=None)
