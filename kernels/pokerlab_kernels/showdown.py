"""Exact range against range, heads-up, board by board: rank both ranges once, then sweep them in order of strength.

What a hand beats is all weight below it, less the weight of hands that share a card with it; the latter is kept as one
sum for each card. Hands of the same two ranks have the same strength unless they make a flush, so that at most 91 of
them are looked up and sorted for a board, and then spread to the hands that the board leaves possible.
"""

from __future__ import annotations

from math import comb
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import prange

from pokerlab_kernels import _jit
from pokerlab_kernels._threads import parallel
from pokerlab_kernels.boards import complete
from pokerlab_kernels.deals import COMBOS, MASKS, renamings
from pokerlab_kernels.evaluate import card_bit, plain_strength
from pokerlab_kernels.table import SUM_BITS, load

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from pokerlab_kernels.table import Table

BLOCK = 16
"""Boards whose sums are added up before others, so that the number of threads never changes a rounding."""

SETUP = 150
"""The work to set up a board, in hands swept past."""

# So much goes into a launch, about 20 ms of one thread.
_A_LAUNCH = 4_000_000
# So little, half a millisecond, one thread does alone; where all cores are busy, waiting for the other may take 8 ms.
_PARALLEL_FROM = 100_000
_FEW = 24
_RANKS = np.uint64((1 << 13) - 1)


class Hands(NamedTuple):
    """A range by pairs of ranks: `keys` of each, its hands from `starts` on; then what each hand has."""

    keys: NDArray[np.uint64]
    starts: NDArray[np.int64]
    cards: NDArray[np.uint8]
    masks: NDArray[np.uint64]
    weights: NDArray[np.float64]


def _by_ranks(weights: NDArray[np.float64]) -> tuple[NDArray[np.int64], Hands]:
    """Sort the hands of a range (1326,) by their ranks; give their places too."""
    places = np.flatnonzero(weights)
    ranks = (COMBOS[places] >> 2) @ np.array([1, 13])
    order = np.argsort(ranks, kind="stable")
    places, ranks = places[order], ranks[order]
    starts = np.flatnonzero(np.concatenate([[True], ranks[1:] != ranks[:-1], [True]]))
    cards = COMBOS[places]
    keys = load().keys[cards[starts[:-1]]].sum(axis=1, dtype=np.uint64) & np.uint64((1 << SUM_BITS) - 1)
    return places, Hands(keys, starts, cards, MASKS[places], weights[places])


@_jit.kernel()
def _sort(packed: NDArray[np.uint32], n: int, spare: NDArray[np.uint32], counts: NDArray[np.int64]) -> None:
    """Sort the first n numbers by their strength, 13 bits from bit 16 up: a few by insertion, many by counting."""
    if n <= _FEW:
        for place in range(1, n):
            moved, gap = packed[place], place
            while gap and packed[gap - 1] > moved:
                packed[gap] = packed[gap - 1]
                gap -= 1
            packed[gap] = moved
        return
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


@_jit.kernel(inline=True)
def _take_pairs(
    hands: Hands,
    board: NDArray[np.uint8],
    board_key: np.uint64,
    table: Table,
    live: NDArray[np.bool_],
    entries: NDArray[np.uint32],
) -> int:
    """Make an entry of each rank pair; give their number."""
    crowded = False
    for place in range(3):
        same = 0
        for other in range(5):
            same += board[place] >> 2 == board[other] >> 2
        crowded |= same >= 3
    n = 0
    for pair in range(len(hands.keys)):
        # The table knows no five cards of a rank, which a pair without a live hand may make.
        possible = not crowded
        if crowded:
            for place in range(hands.starts[pair], hands.starts[pair + 1]):
                possible |= live[place]
        if possible:
            found = np.uint32(plain_strength(board_key + hands.keys[pair], table.offsets, table.strengths))
            entries[n] = found << np.uint32(16) | np.uint32(pair)
            n += 1
    return n


@_jit.kernel(inline=True)
def _take_flushes(
    hands: Hands,
    board_key: np.uint64,
    board_mask: np.uint64,
    table: Table,
    live: NDArray[np.bool_],
    entries: NDArray[np.uint32],
    n: int,
) -> int:
    """Move each live hand with a flush from its rank pair to an entry of its own, behind `n`; give their number."""
    for suit in range(4):
        shift = np.uint64(16 * suit)
        # A key counts the cards of each suit, from 3.
        on_board = np.int64(board_key >> np.uint64(32 + 4 * suit) & np.uint64(15)) - 3
        if on_board < 3:
            continue
        shared = board_mask >> shift & _RANKS
        for place in range(len(hands.masks)):
            own = hands.masks[place] >> shift & _RANKS
            held = np.int64(own != 0) + np.int64((own & (own - np.uint64(1))) != 0 and own != 0)
            if live[place] and held + on_board >= 5:
                found = np.uint32(table.flushes[own | shared])
                entries[n] = found << np.uint32(16) | np.uint32(len(hands.keys) + place)
                n += 1
                live[place] = False
    return n


@_jit.kernel()
def _rank(
    hands: Hands,
    board: NDArray[np.uint8],
    table: Table,
    entries: NDArray[np.uint32],
    spare: NDArray[np.uint32],
    counts: NDArray[np.int64],
    live: NDArray[np.bool_],
    packed: NDArray[np.uint32],
) -> int:
    """Put strength << 16 | place of each hand that the board leaves into `packed`, sorted; give their number."""
    board_key, board_mask = table.starts[7], np.uint64(0)
    for place in range(5):
        board_key += table.keys[board[place]]
        board_mask |= card_bit(board[place])
    for place in range(len(hands.masks)):
        live[place] = hands.masks[place] & board_mask == 0
    n = _take_pairs(hands, board, board_key, table, live, entries)
    n = _take_flushes(hands, board_key, board_mask, table, live, entries, n)
    _sort(entries, n, spare, counts)
    n_pairs = len(hands.keys)
    found_hands = 0
    for entry in range(n):
        top = entries[entry] & np.uint32(0xFFFF0000)
        pair = np.int64(entries[entry] & np.uint32(0xFFFF))
        if pair >= n_pairs:
            packed[found_hands] = top | np.uint32(pair - n_pairs)
            found_hands += 1
        else:
            for place in range(hands.starts[pair], hands.starts[pair + 1]):
                packed[found_hands] = top | np.uint32(place)
                found_hands += live[place]
    return found_hands


@_jit.kernel()
def _sweep(
    mine: NDArray[np.uint32],
    n_mine: int,
    theirs: NDArray[np.uint32],
    n_theirs: int,
    hands: Hands,
    others: Hands,
    count: float,
    sums: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    """Add to `out` (n, 2) the weight of others below each hand, and up to it, `count` times."""
    sums[:] = 0
    total, mark, end = 0.0, 0, 0
    low = np.uint32(0xFFFF)
    half = np.uint32(16)
    while end < n_mine:
        start, found = end, mine[end] >> half
        while mark < n_theirs and theirs[mark] >> half < found:
            other = theirs[mark] & low
            total += others.weights[other]
            sums[others.cards[other, 0]] += others.weights[other]
            sums[others.cards[other, 1]] += others.weights[other]
            mark += 1
        while end < n_mine and mine[end] >> half == found:
            own = mine[end] & low
            out[own, 0] += count * (total - sums[hands.cards[own, 0]] - sums[hands.cards[own, 1]])
            end += 1
        while mark < n_theirs and theirs[mark] >> half == found:
            other = theirs[mark] & low
            total += others.weights[other]
            sums[others.cards[other, 0]] += others.weights[other]
            sums[others.cards[other, 1]] += others.weights[other]
            mark += 1
        for place in range(start, end):
            own = mine[place] & low
            out[own, 1] += count * (total - sums[hands.cards[own, 0]] - sums[hands.cards[own, 1]])


@_jit.kernel()
def _block(
    boards: NDArray[np.uint8],
    counts: NDArray[np.float64],
    hands: Hands,
    others: Hands,
    alike: bool,
    table: Table,
    out: NDArray[np.float64],
) -> None:
    longest = max(len(hands.masks), len(others.masks))
    entries, spare = np.empty(longest + 91, np.uint32), np.empty(longest + 91, np.uint32)
    mine, theirs = np.empty(longest + 1, np.uint32), np.empty(longest + 1, np.uint32)
    digits, live, sums = np.empty(128, np.int64), np.empty(longest, np.bool_), np.empty(52, np.float64)
    for row in range(len(boards)):
        n_mine = _rank(hands, boards[row], table, entries, spare, digits, live, mine)
        if alike:
            _sweep(mine, n_mine, mine, n_mine, hands, others, counts[row], sums, out)
        else:
            n_theirs = _rank(others, boards[row], table, entries, spare, digits, live, theirs)
            _sweep(mine, n_mine, theirs, n_theirs, hands, others, counts[row], sums, out)


@_jit.kernel()
def _blocks(
    boards: NDArray[np.uint8],
    counts: NDArray[np.float64],
    hands: Hands,
    others: Hands,
    alike: bool,
    table: Table,
    out: NDArray[np.float64],
) -> None:
    for block in range(len(out)):
        rows = slice(block * BLOCK, (block + 1) * BLOCK)
        _block(boards[rows], counts[rows], hands, others, alike, table, out[block])


@_jit.kernel(parallel=True)
def _blocks_parallel(
    boards: NDArray[np.uint8],
    counts: NDArray[np.float64],
    hands: Hands,
    others: Hands,
    alike: bool,
    table: Table,
    out: NDArray[np.float64],
) -> None:
    for block in prange(len(out)):
        rows = slice(block * BLOCK, (block + 1) * BLOCK)
        _block(boards[rows], counts[rows], hands, others, alike, table, out[block])


def _sum_over_boards(
    boards: NDArray[np.uint8],
    counts: NDArray[np.float64],
    hands: Hands,
    others: Hands,
    tick: Callable[[float], None],
    threads: int | None,
) -> NDArray[np.float64]:
    alike = np.array_equal(hands.masks, others.masks)
    work = len(hands.masks) + len(others.masks) + SETUP
    step = max(_A_LAUNCH // work // BLOCK, 1) * BLOCK
    total = np.zeros((len(hands.masks), 2))
    for start in range(0, len(boards), step):
        part = slice(start, min(start + step, len(boards)))
        out = np.zeros((-(-(part.stop - start) // BLOCK), len(hands.masks), 2))
        if threads == 1 or work * (part.stop - start) < _PARALLEL_FROM:
            _blocks(boards[part], counts[part], hands, others, alike, load(), out)
        else:
            with parallel(threads):
                _blocks_parallel(boards[part], counts[part], hands, others, alike, load(), out)
        # One after the other, as the rounding must not depend on how many there are.
        for block in out:
            total += block
        tick(part.stop / len(boards))
    return total


def _met(mine: NDArray[np.int64], theirs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum the weights of hands that share no card with each of mine; exactly 0 where there are none."""
    sums = []
    for weights in (theirs, (theirs > 0).astype(np.float64)):
        by_card = np.bincount(COMBOS.ravel(), np.repeat(weights, 2), 52)
        sums.append(weights.sum() - by_card[COMBOS[mine]].sum(axis=1) + weights[mine])
    return np.where(np.rint(sums[1]) == 0, 0.0, sums[0])


def showdown(
    mine: NDArray[np.float64],
    theirs: NDArray[np.float64],
    board: list[int],
    dead: list[int],
    suits: NDArray[np.int64],
    tick: Callable[[float], None],
    threads: int | None = None,
) -> NDArray[np.float64]:
    """Sum over boards what each hand beats, ties and meets of the other range: (n, 3) weights.

    Parameters
    ----------
    mine, theirs
        (1326,) weights, 0 where a hand holds a card of `board` or `dead`; `n` hands of mine are above 0.
    board, dead
        Card codes.
    suits
        Places in `renamings` under which nothing of all this changes, the identity first: only one of the boards that
        they turn into one another is looked at.
    tick
        Called between launches with the share that is done; what it raises ends the work.
    threads
        At most so many.
    """
    left = 5 - len(board)
    boards, counts = complete(board, dead, renamings()[0][suits])
    places, hands = _by_ranks(mine)
    found = np.zeros((len(COMBOS), 2))
    found[places] = _sum_over_boards(boards, counts, hands, _by_ranks(theirs)[1], tick, threads)
    # A hand on the boards left out is one of its renamings on the boards looked at.
    if len(suits) > 1:
        found = found[renamings()[1][suits]].sum(axis=0) / len(suits)
    own = np.flatnonzero(mine)
    below, upto = found[own].T
    free = 52 - len(board) - len(dead)
    tie = upto - below + theirs[own] * comb(free - 2, left)
    return np.column_stack([below, np.maximum(tie, 0), _met(own, theirs) * comb(max(free - 4, 0), left)])
