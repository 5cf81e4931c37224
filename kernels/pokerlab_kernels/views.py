"""Write strings as Arrow string views: 16 bytes a string, the short ones inside the view itself.

A view is four uint32: the length, then either up to 12 bytes of text, or 4 bytes, the buffer's number and the offset
in it. Longer strings are copied to a heap, so that the text they came from can be freed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pokerlab_kernels._jit import inner, kernel
from pokerlab_kernels.records import RANKS, SUITS

if TYPE_CHECKING:
    from pokerlab_kernels.records import Array

INLINE = 12
_SEVEN = 7


@inner
def put(views: Array, row: int, place: int, byte: int) -> None:
    """Set one byte of a view's text."""
    views[row, 1 + place // 4] |= np.uint32(byte) << np.uint32(8 * (place % 4))


@kernel()
def span_views(data: Array, starts: Array, lengths: Array, views: Array, heap: Array) -> int:
    """Fill zeroed ``views`` with the spans of ``data``; give the bytes used of ``heap``."""
    used = 0
    for row in range(len(starts)):
        start = starts[row]
        length = lengths[row]
        views[row, 0] = length
        if length > INLINE:
            views[row, 3] = used
            for i in range(length):
                heap[used + i] = data[start + i]
            used += length
            length = 4
        for i in range(length):
            put(views, row, i, data[start + i])
    return used


@inner
def put_seven(views: Array, row: int, cards: int, heap: Array, used: int) -> int:
    """Write seven cards, more than a view holds, to ``heap``; give the bytes used of it."""
    views[row, 0] = 2 * _SEVEN
    views[row, 3] = used
    for i in range(_SEVEN):
        code = ((cards >> (8 * i)) & 255) - 1
        heap[used] = RANKS[code >> 2]
        heap[used + 1] = SUITS[code & 3]
        used += 2
    for i in range(4):
        put(views, row, i, heap[views[row, 3] + i])
    return used


@kernel()
def card_views(packed: Array, views: Array, heap: Array) -> None:
    """Fill zeroed ``views`` with packed cards (see `tokens`) as joined text; ``heap`` gets those of seven cards."""
    used = np.int64(0)
    for row in range(len(packed)):
        if packed[row] >> (8 * (_SEVEN - 1)):
            used = put_seven(views, row, packed[row], heap, used)
            continue
        cards = packed[row]
        length = 0
        while cards:
            code = (cards & 255) - 1
            put(views, row, length, RANKS[code >> 2])
            put(views, row, length + 1, SUITS[code & 3])
            length += 2
            cards >>= 8
        views[row, 0] = length


def text_of(data: np.ndarray, starts: np.ndarray, lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the views, uint32 (n, 4), and the heap, uint8, of spans of ``data``."""
    views = np.zeros((len(starts), 4), np.uint32)
    heap = np.empty(int(lengths[lengths > INLINE].sum()), np.uint8)
    span_views(data, starts, lengths, views, heap)
    return views, heap


def text_of_cards(packed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the views, uint32 (n, 4), and the heap, uint8, of packed cards, seven at most."""
    views = np.zeros((len(packed), 4), np.uint32)
    heap = np.empty(2 * _SEVEN * int((packed >> (8 * (_SEVEN - 1)) != 0).sum()), np.uint8)
    card_views(packed, views, heap)
    return views, heap
