"""The words by which a history names a poker hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pokerlab_kernels._jit import inner

if TYPE_CHECKING:
    from pokerlab_kernels.records import Array

NO = -1
SPELLED = (b"Ace", b"King", b"Queen", b"Jack", b"Ten")
PAIRED = (b"Two pairs : ", b"Full of ")
"""How hands begin that name two ranks, with ``and`` between them."""
HIGH = (b"Straight ", b"Flush ")
"""How hands begin that end with ``high``; a straight flush does not."""
SINGLE = (b"High card : ", b"high card : ", b"One pair : ", b"Trips of ", b"Quads of ", b"Straight flush ")
HALVES = (b"HI : ", b"LO : ")
"""Before the words, in the summary of a game in which high and low share the pot."""
_AND = b" and "
_HIGH = b" high"


@inner
def starts_with(data: Array, pos: int, end: int, word: bytes) -> bool:
    """Tell whether ``word`` stands at ``pos``."""
    if pos + len(word) > end:
        return False
    for i in range(len(word)):
        if data[pos + i] != word[i]:
            return False
    return True


@inner
def after(data: Array, pos: int, end: int, word: bytes) -> int:
    """Give the place behind ``word``, or -1 where it does not stand at ``pos``."""
    return pos + len(word) if pos >= 0 and starts_with(data, pos, end, word) else NO


@inner
def rank_name(data: Array, pos: int, end: int) -> int:
    """Read ``9``, ``Ten`` or ``Tens``; give the place behind it, or -1."""
    if pos < 0 or pos >= end:
        return NO
    if 50 <= data[pos] <= 57:
        return pos + 1
    for name in SPELLED:
        if starts_with(data, pos, end, name):
            pos += len(name)
            return pos + 1 if pos < end and data[pos] == 115 else pos
    return NO


@inner
def rank_words(data: Array, pos: int, end: int) -> int:
    """Read the name of a hand, such as ``Full of Kings and 9``; give the place behind it, or -1."""
    for half in HALVES:
        if starts_with(data, pos, end, half):
            pos += len(half)
            break
    for begin in PAIRED:
        if starts_with(data, pos, end, begin):
            first = rank_name(data, pos + len(begin), end)
            return rank_name(data, after(data, first, end, _AND), end)
    for begin in SINGLE:
        if starts_with(data, pos, end, begin):
            return rank_name(data, pos + len(begin), end)
    for begin in HIGH:
        if starts_with(data, pos, end, begin):
            return after(data, rank_name(data, pos + len(begin), end), end, _HIGH)
    return NO
