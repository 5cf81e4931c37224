"""Strength of many hands of 5, 6 or 7 cards at once, from the shared table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import prange

from pokerlab_kernels import _jit
from pokerlab_kernels._threads import parallel
from pokerlab_kernels.table import COLUMN_BITS, FLUSH, SUM_BITS, load

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pokerlab_kernels.table import Table

_SUM = np.uint64((1 << SUM_BITS) - 1)
_COLUMN_BITS = np.uint64(COLUMN_BITS)
_RANKS = np.uint64((1 << 13) - 1)
_PARALLEL_FROM = 20_000


@_jit.kernel(inline=True)
def plain_strength(key: np.uint64, offsets: NDArray[np.uint32], strengths: NDArray[np.uint16]) -> np.uint16:
    """Look up a hand without a flush by its key."""
    place = key & _SUM
    return strengths[np.uint32(place + offsets[place >> _COLUMN_BITS])]


@_jit.kernel(inline=True)
def suit_of_flush(key: np.uint64) -> np.uint64:
    """Give 16 times the suit that has five cards, for a key with a bit of FLUSH."""
    flush = key & FLUSH
    half = np.uint64((flush & np.uint64(0x8800 << 32)) != 0) << np.uint64(5)
    return half + (np.uint64((flush & np.uint64(0x8080 << 32)) != 0) << np.uint64(4))


@_jit.kernel(inline=True)
def strength(
    key: np.uint64,
    mask: np.uint64,
    offsets: NDArray[np.uint32],
    strengths: NDArray[np.uint16],
    flushes: NDArray[np.uint16],
) -> np.uint16:
    """Look up a hand by its key and its mask of cards, bit 16 * suit + rank; both add up over parts of a hand."""
    if key & FLUSH:
        return flushes[(mask >> suit_of_flush(key)) & _RANKS]
    return plain_strength(key, offsets, strengths)


@_jit.kernel(inline=True)
def card_bit(card: int) -> np.uint64:
    """Give a card's bit in a mask of cards."""
    return np.uint64(1) << np.uint64((card & 3) * 16 + (card >> 2))


@_jit.kernel(inline=True)
def _row_strength(
    cards: NDArray[np.uint8],
    row: int,
    size: int,
    start: np.uint64,
    keys: NDArray[np.uint64],
    offsets: NDArray[np.uint32],
    strengths: NDArray[np.uint16],
    flushes: NDArray[np.uint16],
) -> np.uint16:
    key = start
    for column in range(size):
        key += keys[cards[row, column]]
    if key & FLUSH:
        mask = np.uint64(0)
        for column in range(size):
            mask |= card_bit(cards[row, column])
        return flushes[(mask >> suit_of_flush(key)) & _RANKS]
    return plain_strength(key, offsets, strengths)


@_jit.kernel()
def _fill(cards: NDArray[np.uint8], table: Table, out: NDArray[np.uint16]) -> None:
    starts, keys, offsets, strengths, flushes = table
    # The size is a constant in each branch, so that the loop over a row's cards unrolls: four times as fast.
    if cards.shape[1] == 7:
        for row in range(len(cards)):
            out[row] = _row_strength(cards, row, 7, starts[7], keys, offsets, strengths, flushes)
    elif cards.shape[1] == 6:
        for row in range(len(cards)):
            out[row] = _row_strength(cards, row, 6, starts[6], keys, offsets, strengths, flushes)
    else:
        for row in range(len(cards)):
            out[row] = _row_strength(cards, row, 5, starts[5], keys, offsets, strengths, flushes)


@_jit.kernel(parallel=True)
def _fill_parallel(cards: NDArray[np.uint8], table: Table, out: NDArray[np.uint16]) -> None:
    step = 4096
    for block in prange((len(cards) + step - 1) // step):
        _fill(cards[block * step : (block + 1) * step], table, out[block * step : (block + 1) * step])


@_jit.kernel()
def first_wrong(cards: NDArray[np.uint8]) -> int:
    """Give the first row with a code over 51 or a card twice, or -1."""
    for row in range(len(cards)):
        seen = np.uint64(0)
        for column in range(cards.shape[1]):
            bit = card_bit(cards[row, column])
            if cards[row, column] > 51 or seen & bit:
                return row
            seen |= bit
    return -1


def evaluate(cards: NDArray[np.uint8], out: NDArray[np.uint16]) -> None:
    """Fill `out` (n,) with the strength of each row of `cards` (n, 5..7), codes 0..51, all different in a row."""
    if len(cards) < _PARALLEL_FROM:
        _fill(cards, load(), out)
    else:
        with parallel():
            _fill_parallel(cards, load(), out)
