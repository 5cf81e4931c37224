"""Two known hands before the flop: wins and ties over all 1,712,304 boards, of every pair of hands, from a table.

A pair matters up to renamed suits and to which hand is the first: 47,008 are left. The table is package data, counted
by `pokerlab_kernels.enumerate`; ``python -m pokerlab_kernels.preflop`` counts it anew, in seconds.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pokerlab_kernels._jit import inner, kernel
from pokerlab_kernels.deals import COMBOS, renamings

if TYPE_CHECKING:
    from numpy.typing import NDArray

DEALS = 1_712_304
PAIRS = 47_008
PATH = Path(__file__).with_name("preflop.npy")

_KEYS = 13**4 * 4**3
"""A key is four ranks, then the suits of the last three cards, by when they first appear; the first card's is 0."""


_PLACES = {tuple(pair[::turn]): place for place, pair in enumerate(COMBOS.tolist()) for turn in (1, -1)}


@inner
def key_of(a: int, b: int, c: int, d: int) -> int:
    """Give the key of four cards in this order."""
    second = 0 if b & 3 == a & 3 else 1
    suits = 1 + second
    if c & 3 == a & 3:
        third = 0
    elif c & 3 == b & 3:
        third = second
    else:
        third = suits
        suits += 1
    if d & 3 == a & 3:
        fourth = 0
    elif d & 3 == b & 3:
        fourth = second
    elif d & 3 == c & 3:
        fourth = third
    else:
        fourth = suits
    ranks = (((a >> 2) * 13 + (b >> 2)) * 13 + (c >> 2)) * 13 + (d >> 2)
    return ((ranks * 4 + second) * 4 + third) * 4 + fourth


@inner
def key_in_order(a: int, b: int, c: int, d: int) -> int:
    """Give the smallest key of a first hand and a second; a hand's higher card comes first, of equals either."""
    if a >> 2 < b >> 2:
        a, b = b, a
    if c >> 2 < d >> 2:
        c, d = d, c
    key = key_of(a, b, c, d)
    if a >> 2 == b >> 2:
        key = min(key, key_of(b, a, c, d))
    if c >> 2 == d >> 2:
        key = min(key, key_of(a, b, d, c))
        if a >> 2 == b >> 2:
            key = min(key, key_of(b, a, d, c))
    return key


@inner
def place_of(a: int, b: int) -> np.int64:
    """Give the place in `COMBOS` of two cards in either order."""
    low, high = np.int64(min(a, b)), np.int64(max(a, b))
    return low * (103 - low) // 2 + high - low - 1


@kernel()
def list_pairs(keys: NDArray[np.int64], cards: NDArray[np.uint8]) -> int:
    """Write the key and the four cards of every pair, keys rising; give how many there are."""
    count = 0
    for key in range(_KEYS):
        ranks = key >> 6
        a = (ranks // 2197) * 4
        b = (ranks // 169 % 13) * 4 + (key >> 4 & 3)
        c = (ranks // 13 % 13) * 4 + (key >> 2 & 3)
        d = (ranks % 13) * 4 + (key & 3)
        if a == b or a == c or a == d or b == c or b == d or c == d:
            continue
        if min(key_in_order(a, b, c, d), key_in_order(c, d, a, b)) == key:
            keys[count] = key
            cards[count, 0, 0] = a
            cards[count, 0, 1] = b
            cards[count, 1, 0] = c
            cards[count, 1, 1] = d
            count += 1
    return count


@kernel()
def look_up(
    holes: NDArray[np.uint8], keys: NDArray[np.int64], table: NDArray[np.int32], out: NDArray[np.int64]
) -> None:
    """Fill ``out`` (n, 2) with wins of the first player and ties."""
    for row in range(len(holes)):
        a = np.int64(holes[row, 0, 0])
        b = np.int64(holes[row, 0, 1])
        c = np.int64(holes[row, 1, 0])
        d = np.int64(holes[row, 1, 1])
        key = key_in_order(a, b, c, d)
        turned = key_in_order(c, d, a, b)
        place = np.searchsorted(keys, min(key, turned))
        win = np.int64(table[place, 0])
        tie = np.int64(table[place, 1])
        out[row, 0] = DEALS - win - tie if turned < key else win
        out[row, 1] = tie


@kernel()
def _spread(
    cards: NDArray[np.uint8], table: NDArray[np.int32], renamed: NDArray[np.int64], out: NDArray[np.int32]
) -> None:
    """Write each pair of hands to all places of ``out`` (2, 1326, 1326) that renamed suits and turned hands give it."""
    for row in range(len(cards)):
        first, second = place_of(cards[row, 0, 0], cards[row, 0, 1]), place_of(cards[row, 1, 0], cards[row, 1, 1])
        win, tie = table[row, 0], table[row, 1]
        for suits in range(len(renamed)):
            one, other = renamed[suits, first], renamed[suits, second]
            out[0, one, other] = win
            out[0, other, one] = DEALS - win - tie
            out[1, one, other] = tie
            out[1, other, one] = tie


@kernel()
def _sum_up(
    own: NDArray[np.int64],
    other: NDArray[np.int64],
    weights: NDArray[np.float64],
    grid: NDArray[np.int32],
    out: NDArray[np.float64],
) -> None:
    """Fill ``out`` (n, 3): what each hand of ``own`` beats, ties and meets of ``other``, in deals by weight."""
    for row in range(len(own)):
        win, tie, met = 0.0, 0.0, 0.0
        mine = own[row]
        for column in range(len(other)):
            theirs = other[column]
            weight = weights[column]
            found = grid[1, mine, theirs]
            win += weight * grid[0, mine, theirs]
            tie += weight * max(found, 0)
            met += weight * (found >= 0)
        out[row, 0] = win
        out[row, 1] = tie
        out[row, 2] = met * DEALS


@cache
def pairs() -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Give the keys (47008,), rising, and the cards (47008, 2, 2) of every pair of hands."""
    keys, cards = np.empty(PAIRS, np.int64), np.empty((PAIRS, 2, 2), np.uint8)
    list_pairs(keys, cards)
    for array in (keys, cards):
        array.flags.writeable = False
    return keys, cards


@cache
def load() -> NDArray[np.int32]:
    """Give the table (47008, 2): deals that the first hand of each of `pairs` wins, and ties."""
    table: NDArray[np.int32] = np.load(PATH)
    table.flags.writeable = False
    return table


def wins_and_ties(holes: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Give for each two hands (n, 2, 2), of four different cards, the deals that the first wins, and ties: (n, 2)."""
    out = np.empty((len(holes), 2), np.int64)
    look_up(np.ascontiguousarray(holes), pairs()[0], load(), out)
    return out


@cache
def grid() -> NDArray[np.int32]:
    """Spread the table to (2, 1326, 1326), places as in `COMBOS`: deals that the row's hand wins, and ties.

    Two hands that share a card win 0 and tie -1. It takes 14 MB, once a process.
    """
    out = np.zeros((2, len(COMBOS), len(COMBOS)), np.int32)
    out[1] = -1
    _spread(pairs()[1], load(), renamings()[1], out)
    out.flags.writeable = False
    return out


def one_pair(a: int, b: int, c: int, d: int) -> tuple[int, int]:
    """Give the deals that the hand of the first two cards wins against that of the last two, and ties."""
    win, tie = grid()[:, _PLACES[a, b], _PLACES[c, d]].tolist()
    return win, tie


def sum_up(own: NDArray[np.int64], other: NDArray[np.int64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum the table over a range: deals that each hand beats, ties and meets of it, by weight: (n, 3).

    Parameters
    ----------
    own
        (n,) places in `COMBOS`.
    other, weights
        (m,) places in `COMBOS` of the other range, and their weights.
    """
    out = np.empty((len(own), 3))
    _sum_up(own, other, weights, grid(), out)
    return out


def build(rows: NDArray[np.int64] | None = None) -> NDArray[np.int32]:
    """Count the table, or some of its rows."""
    from pokerlab_kernels.enumerate import MAX_PLAYERS, NO_CARD, tally

    cards = pairs()[1] if rows is None else pairs()[1][rows]
    holes = np.full((len(cards), MAX_PLAYERS, 2), NO_CARD, np.uint8)
    holes[:, :2] = cards
    out = np.zeros((len(cards), MAX_PLAYERS, MAX_PLAYERS + 1), np.int64)
    tally(holes, np.full(len(cards), 2), np.full((len(cards), 5), NO_CARD, np.uint8), np.uint64(0), out)
    return out[:, 0, 1:3].astype(np.int32)


if __name__ == "__main__":
    np.save(PATH, build())
