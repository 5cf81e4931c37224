"""Omaha: the best hand of exactly two hole cards and three cards of the board.

Keys of cards add up in any parts, so the pairs of a hand and the triples of a board are summed once, and each of their
sums is one look-up. A flush is looked for only where three cards of a suit are on the board; it beats what the ranks
of its five cards are worth alone, so the better of both is the hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import prange

from pokerlab_kernels import _jit
from pokerlab_kernels._threads import parallel
from pokerlab_kernels.evaluate import card_bit, plain_strength
from pokerlab_kernels.table import load

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pokerlab_kernels.table import Table

MAX_PAIRS = 15
"""Pairs of six hole cards."""

MAX_TRIPLES = 10
"""Triples of a full board."""

RANKS = np.uint64((1 << 13) - 1)
_ONE = np.uint64(1)
_PARALLEL_FROM = 2_000


@_jit.inner
def add_pairs(cards: NDArray[np.uint8], keys: NDArray[np.uint64], out: NDArray[np.uint64]) -> int:
    """Write the key of each pair of hole cards; give their number."""
    n = 0
    for one in range(len(cards)):
        for two in range(one):
            out[n] = keys[cards[one]] + keys[cards[two]]
            n += 1
    return n


@_jit.inner
def add_triples(cards: NDArray[np.uint8], start: np.uint64, keys: NDArray[np.uint64], out: NDArray[np.uint64]) -> int:
    """Write the key of each triple of a board, with the start of five-card keys; give their number."""
    n = 0
    for one in range(len(cards)):
        for two in range(one):
            both = start + keys[cards[one]] + keys[cards[two]]
            for three in range(two):
                out[n] = both + keys[cards[three]]
                n += 1
    return n


@_jit.inner
def best_plain(
    pairs: NDArray[np.uint64],
    n_pairs: int,
    triples: NDArray[np.uint64],
    n_triples: int,
    offsets: NDArray[np.uint32],
    strengths: NDArray[np.uint16],
) -> np.uint16:
    """Give the best strength of a pair and a triple, flushes apart."""
    best = np.uint16(0)
    for one in range(n_pairs):
        for two in range(n_triples):
            best = max(best, plain_strength(pairs[one] + triples[two], offsets, strengths))
    return best


@_jit.inner
def best_flush(held: np.uint64, shown: np.uint64, flushes: NDArray[np.uint16]) -> np.uint16:
    """Give the best flush of two ranks held and three ranks shown in one suit, as masks; 0 where there is none."""
    best = np.uint16(0)
    ones = held
    while ones:
        one = ones & (~ones + _ONE)
        ones ^= one
        twos = ones
        while twos:
            two = twos & (~twos + _ONE)
            twos ^= two
            threes = shown
            while threes:
                three = threes & (~threes + _ONE)
                threes ^= three
                fours = threes
                while fours:
                    four = fours & (~fours + _ONE)
                    fours ^= four
                    fives = fours
                    while fives:
                        five = fives & (~fives + _ONE)
                        fives ^= five
                        best = max(best, flushes[one | two | three | four | five])
    return best


@_jit.inner
def flush_suit(mask: np.uint64) -> int:
    """Give 16 times the suit with three or more of a board's cards, or -1."""
    for suit in range(4):
        ranks = mask >> np.uint64(16 * suit) & RANKS
        ranks &= ranks - _ONE if ranks else ranks
        ranks &= ranks - _ONE if ranks else ranks
        if ranks:
            return 16 * suit
    return -1


@_jit.inner
def mask_of_row(cards: NDArray[np.uint8]) -> np.uint64:
    """Give the mask of a row of cards."""
    mask = np.uint64(0)
    for place in range(len(cards)):
        mask |= card_bit(cards[place])
    return mask


@_jit.kernel()
def _fill(holes: NDArray[np.uint8], boards: NDArray[np.uint8], table: Table, out: NDArray[np.uint16]) -> None:
    starts, keys, offsets, strengths, flushes = table
    pairs, triples = np.empty(MAX_PAIRS, np.uint64), np.empty(MAX_TRIPLES, np.uint64)
    for row in range(len(holes)):
        n_pairs = add_pairs(holes[row], keys, pairs)
        n_triples = add_triples(boards[row], starts[5], keys, triples)
        found = best_plain(pairs, n_pairs, triples, n_triples, offsets, strengths)
        board = mask_of_row(boards[row])
        suit = flush_suit(board)
        if suit >= 0:
            shift = np.uint64(suit)
            held = mask_of_row(holes[row]) >> shift & RANKS
            found = max(found, best_flush(held, board >> shift & RANKS, flushes))
        out[row] = found


@_jit.kernel(parallel=True)
def _fill_parallel(holes: NDArray[np.uint8], boards: NDArray[np.uint8], table: Table, out: NDArray[np.uint16]) -> None:
    step = 512
    for block in prange((len(holes) + step - 1) // step):
        part = slice(block * step, (block + 1) * step)
        _fill(holes[part], boards[part], table, out[part])


def evaluate(holes: NDArray[np.uint8], boards: NDArray[np.uint8], out: NDArray[np.uint16]) -> None:
    """Fill `out` (n,) with the strength of each row: `holes` (n, 4..6) on `boards` (n, 3..5), all codes different."""
    if len(holes) < _PARALLEL_FROM:
        _fill(holes, boards, load(), out)
    else:
        with parallel():
            _fill_parallel(holes, boards, load(), out)
