"""Exact equity of three ranges, board by board: each hand ranked once, and the widest range never listed.

For each two hands of the narrower ranges, the hands of the widest that lose to the better one, or tie with it, are the
weight below it, or up to it, less that of hands that share a card with the two: the sums of their four cards, and back
what these count twice. Of two cards of different hands there is one hand only, found in a table by both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pokerlab_kernels import _jit
from pokerlab_kernels._threads import share_out
from pokerlab_kernels.evaluate import card_bit, strength
from pokerlab_kernels.table import load

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from pokerlab_kernels.table import Table

    Range = tuple[NDArray[np.uint8], NDArray[np.float64]]
    """The combinations (n, 2) of a range and their weights (n,)."""

_PAIRS_A_LAUNCH = 6_000_000
_PAIRS_A_PIECE = 400_000
_SHARED_FROM = 200_000
_SIXTEEN = np.uint32(16)
_PLACE = np.uint32(0xFFFF)


@_jit.kernel()
def _rank(combos: NDArray[np.uint8], board: NDArray[np.uint8], table: Table, packed: NDArray[np.uint32]) -> int:
    """Put strength << 16 | place of each combination that the board leaves possible into `packed`, sorted."""
    board_key, board_mask = table.starts[7], np.uint64(0)
    for card in board:
        board_key += table.keys[card]
        board_mask |= card_bit(card)
    n = 0
    for place in range(len(combos)):
        mask = card_bit(combos[place, 0]) | card_bit(combos[place, 1])
        if not mask & board_mask:
            key = board_key + table.keys[combos[place, 0]] + table.keys[combos[place, 1]]
            found = strength(key, mask | board_mask, table.offsets, table.strengths, table.flushes)
            packed[n] = np.uint32(found) << _SIXTEEN | np.uint32(place)
            n += 1
    packed[:n].sort()
    return n


@_jit.kernel()
def _sweep_in(
    ranked: NDArray[np.uint32],
    start: int,
    limit: np.uint32,
    combos: NDArray[np.uint8],
    weights: NDArray[np.float64],
    sums: NDArray[np.float64],
    pairs: NDArray[np.float64],
    column: int,
) -> int:
    """Add the hands from `start` on that are numbered below `limit` to the sums; give where the others start."""
    while start < len(ranked) and ranked[start] < limit:
        place = ranked[start] & _PLACE
        first, second, weight = combos[place, 0], combos[place, 1], weights[place]
        sums[52, column] += weight
        sums[first, column] += weight
        sums[second, column] += weight
        pairs[first, second, column] = weight
        pairs[second, first, column] = weight
        start += 1
    return start


@_jit.kernel()
def _meet(
    mine: NDArray[np.uint32],
    theirs: NDArray[np.uint32],
    third: NDArray[np.uint32],
    my_range: Range,
    their_range: Range,
    third_range: Range,
    held: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    """Add the weights in which each hand of mine is best: alone, tied with the third, with theirs, with both.

    `held` (52, 52) is the weight of the third range's hand of two cards.
    """
    combos, weights = my_range
    their_combos, their_weights = their_range
    sums, pairs = np.zeros((53, 2)), np.zeros((52, 52, 2))
    less = np.empty((52, 2))
    below, upto, lower, upper = 0, 0, 0, 0
    for ranked in mine:
        limit = ranked & ~_PLACE
        next_limit = limit + (np.uint32(1) << _SIXTEEN)
        below = _sweep_in(third, below, limit, third_range[0], third_range[1], sums, pairs, 0)
        upto = _sweep_in(third, upto, next_limit, third_range[0], third_range[1], sums, pairs, 1)
        while lower < len(theirs) and theirs[lower] < limit:
            lower += 1
        while upper < len(theirs) and theirs[upper] < next_limit:
            upper += 1
        place = ranked & _PLACE
        one, two = combos[place, 0], combos[place, 1]
        for card in range(52):
            for column in range(2):
                less[card, column] = sums[card, column] - pairs[one, card, column] - pairs[two, card, column]
        # The hand itself ties, so it is among those up to it only.
        base_below = sums[52, 0] - sums[one, 0] - sums[two, 0]
        base_upto = sums[52, 1] - sums[one, 1] - sums[two, 1] + held[one, two]
        alone, tied, tied_two, tied_three = 0.0, 0.0, 0.0, 0.0
        for other in range(upper):
            their_place = theirs[other] & _PLACE
            first, second = their_combos[their_place, 0], their_combos[their_place, 1]
            if first == one or first == two or second == one or second == two:
                continue
            weight, same = their_weights[their_place], held[first, second]
            lost = base_below - less[first, 0] - less[second, 0]
            level = base_upto - less[first, 1] - less[second, 1] + same
            if other < lower:
                alone += weight * (lost + same)
                tied += weight * (level - lost - same)
            else:
                tied_two += weight * lost
                tied_three += weight * (level - lost)
        out[0] += weights[place] * alone
        out[1] += weights[place] * tied
        out[2] += weights[place] * tied_two
        out[3] += weights[place] * tied_three


@_jit.kernel()
def _boards(
    boards: NDArray[np.uint8],
    first: Range,
    second: Range,
    third: Range,
    held: NDArray[np.float64],
    table: Table,
    out: NDArray[np.float64],
) -> None:
    for row in range(len(boards)):
        a, b, c = np.empty(1326, np.uint32), np.empty(1326, np.uint32), np.empty(1326, np.uint32)
        a = a[: _rank(first[0], boards[row], table, a)]
        b = b[: _rank(second[0], boards[row], table, b)]
        c = c[: _rank(third[0], boards[row], table, c)]
        _meet(a, b, c, first, second, third, held, out[row, 0])
        _meet(b, a, c, second, first, third, held, out[row, 1])


def work(sizes: Sequence[int], n_boards: int) -> int:
    """Give how long three ranges of so many hands take, in look-ups of a hand's strength."""
    narrow, middle, wide = sorted(sizes)
    return n_boards * (narrow * middle + 100 * (narrow + middle + wide))


@_jit.kernel()
def _joint_weight(first: Range, second: Range, held: NDArray[np.float64]) -> float:
    """Sum the products of weights of all three ranges over holdings without a shared card."""
    (mine, weights), (theirs, their_weights) = first, second
    sums = held.sum(axis=0)
    whole = sums.sum() / 2
    total = 0.0
    for place in range(len(mine)):
        one, two = mine[place, 0], mine[place, 1]
        less = sums - held[one] - held[two]
        left = whole - sums[one] - sums[two] + held[one, two]
        met = 0.0
        for other in range(len(theirs)):
            a, b = theirs[other, 0], theirs[other, 1]
            if a != one and a != two and b != one and b != two:
                met += their_weights[other] * (left - less[a] - less[b] + held[a, b])
        total += weights[place] * met
    return total


def three_ranges(
    boards: NDArray[np.uint8],
    first: Range,
    second: Range,
    third: Range,
    met: int,
    tick: Callable[[float], None],
    threads: int | None = None,
) -> NDArray[np.float64]:
    """Sum weights over boards and holdings: (3, 4), player by the number of best hands; integers if the weights are.

    Parameters
    ----------
    boards
        (b, 5) card codes: all that can come beside the same cards.
    first, second, third
        Combinations (n, 2), none twice, and their weights (n,), none with a card that all boards have.
    met
        How many of the boards are free of six other cards.
    tick
        Called between launches with the share that is done; what it raises ends the work.
    threads
        At most so many.
    """
    given = (first, second, third)
    order = sorted(range(3), key=lambda player: len(given[player][1]))
    a, b, c = (given[player] for player in order)
    held = np.zeros((52, 52))
    held[c[0][:, 0], c[0][:, 1]] = held[c[0][:, 1], c[0][:, 0]] = c[1]
    work_a_board = work([len(weights) for _, weights in given], 1)
    step = max(1, _PAIRS_A_LAUNCH // work_a_board)
    size = -(-_PAIRS_A_PIECE // work_a_board)
    if work_a_board * len(boards) < _SHARED_FROM:
        threads = 1
    best = np.zeros((2, 4))
    for start in range(0, len(boards), step):
        part = boards[start : start + step]
        out = np.zeros((len(part), 2, 4))

        def meet(piece: int, part: NDArray[np.uint8] = part, out: NDArray[np.float64] = out) -> None:
            rows = slice(piece * size, (piece + 1) * size)
            _boards(part[rows], a, b, c, held, load(), out[rows])

        share_out(-(-len(part) // size), meet, threads)
        best += out.sum(axis=0)
        tick((start + len(part)) / len(boards))
    (a_alone, a_c, a_b, all_three), (b_alone, b_c, _, _) = best.tolist()
    rest = max(_joint_weight(a, b, held) * met - a_alone - b_alone - a_c - a_b - b_c - all_three, 0.0)
    totals = np.zeros((3, 4))
    totals[order[0]] = 0, a_alone, a_c + a_b, all_three
    totals[order[1]] = 0, b_alone, b_c + a_b, all_three
    totals[order[2]] = 0, rest, a_c + b_c, all_three
    return totals
