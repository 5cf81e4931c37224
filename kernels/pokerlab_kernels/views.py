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


@inner
def first_bytes(word: np.uint64, count: int) -> np.uint64:
    """Keep the first ``count`` bytes, 1 to 8, of a word."""
    return word & (np.uint64(0xFFFF_FFFF_FFFF_FFFF) >> np.uint64(64 - 8 * count))


@kernel(counted=False)
def span_views(words: Array, starts: Array, lengths: Array, views: Array, heap: Array) -> None:
    """Fill ``views``, zeroed uint64 (n, 2), and ``heap`` with spans of a text.

    ``words[i]`` is the eight bytes of the text from ``i`` on, ``heap[i]`` those of the heap.
    """
    used = np.int64(0)
    half = np.uint64(32)
    for row in range(len(starts)):
        start = starts[row]
        length = lengths[row]
        if length > INLINE:
            views[row, 0] = np.uint64(length) | words[start] << half
            views[row, 1] = np.uint64(used) << half
            for i in range(0, length, 8):
                heap[used + i] = words[start + i]
            used += length
        elif length > 0:
            first = first_bytes(words[start], min(length, 8))
            views[row, 0] = np.uint64(length) | first << half
            views[row, 1] = first >> half
            if length > 8:
                views[row, 1] |= first_bytes(words[start + 8], length - 8) << half


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


def words_of(data: np.ndarray) -> np.ndarray:
    """Give the eight bytes from each place on, as uint64: a view of the same memory."""
    return np.ndarray(len(data) - 7, np.uint64, data, strides=(1,))


def text_of(data: np.ndarray, starts: np.ndarray, lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the views, uint64 (n, 2), and the heap, uint8, of spans of ``data``, which goes on for 16 bytes or more."""
    views = np.zeros((len(starts), 2), np.uint64)
    size = int(lengths[lengths > INLINE].sum())
    heap = np.empty(size + 15, np.uint8)
    span_views(words_of(data), starts, lengths, views, words_of(heap))
    return views, heap[:size]


def text_of_cards(packed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the views, uint32 (n, 4), and the heap, uint8, of packed cards, seven at most."""
    views = np.zeros((len(packed), 4), np.uint32)
    heap = np.empty(2 * _SEVEN * int((packed >> (8 * (_SEVEN - 1)) != 0).sum()), np.uint8)
    card_views(packed, views, heap)
    return views, heap
