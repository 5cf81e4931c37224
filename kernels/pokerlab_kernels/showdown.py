"""Exact range against range, heads-up, board by board: rank both ranges once, then sweep them in order of strength.

What a hand beats is all weight below it, less the weight of hands that share a card with it; the latter is kept as one
sum for each card.
"""

from __future__ import annotations

from math import comb
from typing import TYPE_CHECKING

import numpy as np

from pokerlab_kernels import _jit
from pokerlab_kernels._threads import share_out
from pokerlab_kernels.boards import complete
from pokerlab_kernels.deals import COMBOS, renamings
from pokerlab_kernels.ranking import by_ranks, make_room, rank
from pokerlab_kernels.table import load

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from pokerlab_kernels.ranking import Hands, Room
    from pokerlab_kernels.table import Table

BLOCK = 16
"""Boards whose sums are added up before others, so that the number of threads never changes a rounding."""

SETUP = 150
"""The work to set up a board, in hands swept past."""

# So much goes into a launch, about 20 ms of one thread.
_A_LAUNCH = 4_000_000
# So much a thread takes at a time, about 100 us; and so little, half a millisecond, one thread does alone.
_A_PIECE = 40_000
_SHARED_FROM = 100_000


@_jit.kernel(counted=False)
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


@_jit.kernel(inline=True)
def _number(order: NDArray[np.uint16]) -> None:
    for place in range(len(order)):
        order[place] = place


@_jit.kernel(counted=False)
def _sweep_boards(
    boards: NDArray[np.uint8],
    counts: NDArray[np.float64],
    hands: Hands,
    others: Hands,
    alike: bool,
    table: Table,
    room: Room,
    out: NDArray[np.float64],
) -> None:
    """Sweep all boards, each into its block's row of `out` (blocks, n, 2)."""
    mine, theirs = room.mine, room.theirs
    for row in range(len(boards)):
        if row % BLOCK == 0:  # Rounding must not depend on the boards of another block.
            _number(room.my_order)
            _number(room.their_order)
        own = out[row // BLOCK]
        n_mine = rank(hands, boards[row], table, room, room.my_order, mine)
        if alike:
            _sweep(mine, n_mine, mine, n_mine, hands, others, counts[row], room.sums, own)
        else:
            n_theirs = rank(others, boards[row], table, room, room.their_order, theirs)
            _sweep(mine, n_mine, theirs, n_theirs, hands, others, counts[row], room.sums, own)


def _sum_over_boards(
    boards: NDArray[np.uint8],
    counts: NDArray[np.float64],
    hands: Hands,
    others: Hands,
    tick: Callable[[float], None],
    threads: int | None,
) -> NDArray[np.float64]:
    alike = np.array_equal(hands.masks, others.masks)
    if len(boards) <= BLOCK:
        whole = np.zeros((1, len(hands.masks), 2))
        _sweep_boards(boards, counts, hands, others, alike, load(), make_room(hands, others), whole)
        tick(1.0)
        return whole[0]
    work = len(hands.masks) + len(others.masks) + SETUP
    step = max(_A_LAUNCH // work // BLOCK, 1) * BLOCK
    if work * len(boards) < _SHARED_FROM:
        threads = 1
    size = max((_A_LAUNCH if threads == 1 else _A_PIECE) // work // BLOCK, 1)
    total = np.zeros((len(hands.masks), 2))
    for start in range(0, len(boards), step):
        launch = range(start, min(start + step, len(boards)))
        out = np.zeros((-(-len(launch) // BLOCK), *total.shape))

        def sweep(piece: int, launch: range = launch, out: NDArray[np.float64] = out) -> None:
            part = launch[piece * size * BLOCK : (piece + 1) * size * BLOCK]
            rows = slice(part.start, part.stop)
            blocks = out[piece * size : (piece + 1) * size]
            _sweep_boards(boards[rows], counts[rows], hands, others, alike, load(), make_room(hands, others), blocks)

        share_out(-(-len(out) // size), sweep, threads)
        total += out.sum(axis=0)
        tick(launch.stop / len(boards))
    return total


@_jit.kernel()
def _finish(
    found: NDArray[np.float64],
    mine: NDArray[np.float64],
    theirs: NDArray[np.float64],
    combos: NDArray[np.uint8],
    own_boards: float,
    met_boards: float,
    out: NDArray[np.float64],
) -> None:
    """Turn what each hand is above and level with into what it beats, ties and meets: `out` (n, 3).

    A hand ties with itself on `own_boards`, and meets each other on `met_boards`.
    """
    weights, numbers = np.zeros(52), np.zeros(52)
    for place in range(len(theirs)):
        if theirs[place]:
            for card in combos[place]:
                weights[card] += theirs[place]
                numbers[card] += 1
    n, all_weights, all_numbers = 0, weights.sum() / 2, numbers.sum() / 2
    for place in range(len(mine)):
        if mine[place]:
            low, high = combos[place]
            below, upto = found[place]
            others = all_numbers - numbers[low] - numbers[high] + (theirs[place] != 0)
            out[n, 0] = below
            out[n, 1] = max(upto - below + theirs[place] * own_boards, 0.0)
            # Rounding must not leave a trace of what shares a card.
            met = all_weights - weights[low] - weights[high] + theirs[place]
            out[n, 2] = met * met_boards if others else 0.0
            n += 1


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
    places, hands = by_ranks(mine)
    found = np.zeros((len(COMBOS), 2))
    found[places] = _sum_over_boards(boards, counts, hands, by_ranks(theirs)[1], tick, threads)
    # A hand on the boards left out is one of its renamings on the boards looked at.
    if len(suits) > 1:
        found = found[renamings()[1][suits]].sum(axis=0) / len(suits)
    free = 52 - len(board) - len(dead)
    out = np.empty((len(places), 3))
    _finish(found, mine, theirs, COMBOS, float(comb(free - 2, left)), float(comb(max(free - 4, 0), left)), out)
    return out
