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
_SUITS_FROM = np.uint64(32)
_BLOCK = 1024
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
def _fill_plain(
    cards: NDArray[np.uint8], size: int, table: Table, out: NDArray[np.uint16], suits: NDArray[np.uint16]
) -> None:
    """Write what each row is worth without flushes, and its counts of suits."""
    starts, keys, offsets, strengths, _ = table
    for row in range(len(cards)):
        key = starts[size]
        for column in range(size):
            key += keys[cards[row, column]]
        suits[row] = key >> _SUITS_FROM
        out[row] = plain_strength(key, offsets, strengths)


@_jit.kernel(inline=True)
def _fill_flushes(
    cards: NDArray[np.uint8],
    suits: NDArray[np.uint16],
    flushes: NDArray[np.uint16],
    out: NDArray[np.uint16],
    rows: NDArray[np.uint16],
) -> None:
    """Write the strength of the rows that have a flush, collected in `rows` first."""
    n = np.uint64(0)  # an index that cannot be negative needs no check for that
    for row in range(len(cards)):
        rows[n] = row
        n += np.uint64((suits[row] & (FLUSH >> _SUITS_FROM)) != 0)
    for place in range(n):
        row = np.int64(rows[place])
        mask = np.uint64(0)
        for column in range(cards.shape[1]):
            mask |= card_bit(cards[row, column])
        shift = suit_of_flush(np.uint64(suits[row]) << _SUITS_FROM)
        out[row] = flushes[(mask >> shift) & _RANKS]


@_jit.kernel()
def _fill(cards: NDArray[np.uint8], table: Table, out: NDArray[np.uint16]) -> None:
    suits, rows = np.empty(_BLOCK, np.uint16), np.empty(_BLOCK, np.uint16)
    for start in range(0, len(cards), _BLOCK):
        part, found = cards[start : start + _BLOCK], out[start : start + _BLOCK]
        # The size is a constant in each branch, so that the loop over a row's cards unrolls: four times as fast.
        if cards.shape[1] == 7:
            _fill_plain(part, 7, table, found, suits)
        elif cards.shape[1] == 6:
            _fill_plain(part, 6, table, found, suits)
        else:
            _fill_plain(part, 5, table, found, suits)
        # A branch for the 3 % of flushes among the look-ups would be foreseen wrongly each time, and stop all of them.
        _fill_flushes(part, suits, table.flushes, found, rows)


@_jit.kernel(parallel=True)
def _fill_parallel(cards: NDArray[np.uint8], table: Table, out: NDArray[np.uint16]) -> None:
    step = 4 * _BLOCK
    for block in prange((len(cards) + step - 1) // step):
        _fill(cards[block * step : (block + 1) * step], table, out[block * step : (block + 1) * step])


@_jit.kernel(inline=True)
def _is_wrong(cards: NDArray[np.uint8], row: int, size: int) -> bool:
    """Say whether a code is over 51 or stands twice: bits that differ have the same sum as union."""
    total = union = codes = np.uint64(0)
    for column in range(size):
        code = np.uint64(cards[row, column])
        bit = np.uint64(1) << (code & np.uint64(63))
        total += bit
        union |= bit
        codes |= code
    return (total != union) | (union >> np.uint64(52) != 0) | (codes > np.uint64(63))


@_jit.kernel()
def _first_wrong(cards: NDArray[np.uint8]) -> int:
    if cards.shape[1] == 7:
        for row in range(len(cards)):
            if _is_wrong(cards, row, 7):
                return row
        return -1
    for row in range(len(cards)):
        if _is_wrong(cards, row, cards.shape[1]):
            return row
    return -1


@_jit.kernel(parallel=True)
def _first_wrong_parallel(cards: NDArray[np.uint8], step: int, found: NDArray[np.int64]) -> None:
    for block in prange(len(found)):
        row = _first_wrong(cards[block * step : (block + 1) * step])
        found[block] = block * step + row if row >= 0 else -1


def first_wrong(cards: NDArray[np.uint8]) -> int:
    """Give the first row with a code over 51 or a card twice, or -1."""
    if len(cards) < _PARALLEL_FROM:
        return int(_first_wrong(cards))
    step = 4 * _BLOCK
    found = np.empty((len(cards) + step - 1) // step, np.int64)
    with parallel():
        _first_wrong_parallel(cards, step, found)
    wrong = found[found >= 0]
    return int(wrong[0]) if wrong.size else -1


def evaluate(cards: NDArray[np.uint8], out: NDArray[np.uint16]) -> None:
    """Fill `out` (n,) with the strength of each row of `cards` (n, 5..7), codes 0..51, all different in a row."""
    if len(cards) < _PARALLEL_FROM:
        _fill(cards, load(), out)
    else:
        with parallel():
            _fill_parallel(cards, load(), out)
