"""Exact range against range, heads-up, board by board: rank both ranges once, then sweep them in order of strength.

What a hand beats is all weight below it, less the weight of hands that share a card with it; the latter is kept as one
sum for each card. Hands that share both cards are the hand itself, which only ever ties.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import prange

from pokerlab_kernels import _jit
from pokerlab_kernels._threads import parallel
from pokerlab_kernels.evaluate import card_bit, strength
from pokerlab_kernels.table import load

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from pokerlab_kernels.table import Table

BLOCK = 16
"""Boards whose sums are added up before others, so that the number of threads never changes a rounding."""

_LAUNCH = 16


@_jit.kernel()
def _sort(packed: NDArray[np.uint32], n: int, spare: NDArray[np.uint32], counts: NDArray[np.int64]) -> None:
    """Sort the first n numbers by their strength, 13 bits from bit 16 up, in two passes of counting."""
    for turn in range(2):
        source, target = (packed, spare) if turn == 0 else (spare, packed)
        shift = np.uint32(16 + 7 * turn)
        counts[:] = 0
        for place in range(n):
            counts[source[place] >> shift & np.uint32(127)] += 1
        total = 0
        for digit in range(128):
            total, counts[digit] = total + counts[digit], total
        for place in range(n):
            digit = source[place] >> shift & np.uint32(127)
            target[counts[digit]] = source[place]
            counts[digit] += 1


@_jit.kernel()
def _rank(
    combos: NDArray[np.uint8],
    board: NDArray[np.uint8],
    table: Table,
    packed: NDArray[np.uint32],
    spare: NDArray[np.uint32],
    counts: NDArray[np.int64],
) -> int:
    """Put strength << 16 | place of each combination that the board leaves possible into `packed`, sorted."""
    starts, keys, offsets, strengths, flushes = table
    board_key, board_mask = starts[7], np.uint64(0)
    for place in range(5):
        board_key += keys[board[place]]
        board_mask |= card_bit(board[place])
    n = 0
    for place in range(len(combos)):
        mask = card_bit(combos[place, 0]) | card_bit(combos[place, 1])
        if not mask & board_mask:
            key = board_key + keys[combos[place, 0]] + keys[combos[place, 1]]
            found = strength(key, mask | board_mask, offsets, strengths, flushes)
            packed[n] = np.uint32(found) << np.uint32(16) | np.uint32(place)
            n += 1
    _sort(packed, n, spare, counts)
    return n


@_jit.kernel(inline=True)
def _add(sums: NDArray[np.float64], combos: NDArray[np.uint8], weights: NDArray[np.float64], place: int) -> None:
    sums[52] += weights[place]
    sums[combos[place, 0]] += weights[place]
    sums[combos[place, 1]] += weights[place]


@_jit.kernel()
def _sweep(
    mine: NDArray[np.uint32],
    n_mine: int,
    theirs: NDArray[np.uint32],
    n_theirs: int,
    combos: NDArray[np.uint8],
    same: NDArray[np.float64],
    other_combos: NDArray[np.uint8],
    other_weights: NDArray[np.float64],
    sums: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    below, upto, whole = sums
    sums[:] = 0
    for place in range(n_theirs):
        _add(whole, other_combos, other_weights, theirs[place] & np.uint32(0xFFFF))
    lower, upper = 0, 0
    for place in range(n_mine):
        found = mine[place] >> np.uint32(16)
        while lower < n_theirs and theirs[lower] >> np.uint32(16) < found:
            _add(below, other_combos, other_weights, theirs[lower] & np.uint32(0xFFFF))
            lower += 1
        while upper < n_theirs and theirs[upper] >> np.uint32(16) <= found:
            _add(upto, other_combos, other_weights, theirs[upper] & np.uint32(0xFFFF))
            upper += 1
        own = mine[place] & np.uint32(0xFFFF)
        first, second = combos[own, 0], combos[own, 1]
        win = below[52] - below[first] - below[second]
        out[own, 0] += win
        out[own, 1] += upto[52] - upto[first] - upto[second] + same[own] - win
        out[own, 2] += whole[52] - whole[first] - whole[second] + same[own]


@_jit.kernel(parallel=True)
def _blocks(
    boards: NDArray[np.uint8],
    combos: NDArray[np.uint8],
    same: NDArray[np.float64],
    other_combos: NDArray[np.uint8],
    other_weights: NDArray[np.float64],
    table: Table,
    out: NDArray[np.float64],
) -> None:
    for block in prange(len(out)):
        mine = np.empty(len(combos), np.uint32)
        theirs = np.empty(len(other_combos), np.uint32)
        spare = np.empty(max(len(combos), len(other_combos)), np.uint32)
        counts = np.empty(128, np.int64)
        sums = np.empty((3, 53), np.float64)
        for row in range(block * BLOCK, min((block + 1) * BLOCK, len(boards))):
            n_mine = _rank(combos, boards[row], table, mine, spare, counts)
            n_theirs = _rank(other_combos, boards[row], table, theirs, spare, counts)
            _sweep(mine, n_mine, theirs, n_theirs, combos, same, other_combos, other_weights, sums, out[block])


def showdown(
    boards: NDArray[np.uint8],
    combos: NDArray[np.uint8],
    same: NDArray[np.float64],
    other_combos: NDArray[np.uint8],
    other_weights: NDArray[np.float64],
    tick: Callable[[float], None],
    threads: int | None = None,
) -> NDArray[np.float64]:
    """Sum over boards what each hand beats, ties and meets of the other range: (n, 3) weights.

    Parameters
    ----------
    boards
        (b, 5) card codes; a hand that shares a card with a board meets nothing there.
    combos
        (n, 2) hands, none twice.
    same
        (n,) weight of the identical hand in the other range, 0 where it is not in there.
    other_combos, other_weights
        (m, 2) and (m,) the other range.
    tick
        Called between launches with the share that is done; what it raises ends the work.
    threads
        At most so many.
    """
    total = np.zeros((len(combos), 3))
    for start in range(0, len(boards), BLOCK * _LAUNCH):
        part = boards[start : start + BLOCK * _LAUNCH]
        out = np.zeros(((len(part) + BLOCK - 1) // BLOCK, len(combos), 3))
        with parallel(threads):
            _blocks(part, combos, same, other_combos, other_weights, load(), out)
        for block in out:
            total += block
        tick((start + len(part)) / len(boards))
    return total
