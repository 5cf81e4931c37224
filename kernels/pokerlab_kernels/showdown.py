"""Exact range against range, heads-up, board by board: rank both ranges once, then sweep them in order of strength.

What a hand beats is all weight below it, less the weight of hands that share a card with it; the latter is kept as one
sum for each card. Hands of the same two ranks have the same strength unless they make a flush, so that at most 91 of
them are looked up and sorted for a board, and then spread to the hands that the board leaves possible.
"""

from __future__ import annotations

from math import comb
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pokerlab_kernels import _jit
from pokerlab_kernels._threads import share_out
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
# So much a thread takes at a time, about 100 us; and so little, half a millisecond, one thread does alone.
_A_PIECE = 30_000
_SHARED_FROM = 100_000
_FEW = 24
_MOST_PAIRS = 91
_RANKS = np.uint64((1 << 13) - 1)
_SUM = np.uint64((1 << SUM_BITS) - 1)
# By pairs of ranks. Hands next to each other then hold different cards, so that no sum of a card waits for its last one.
_ORDER = np.lexsort([COMBOS[:, 0] % 4 ^ COMBOS[:, 1] % 4, COMBOS[:, 0] // 4, COMBOS[:, 1] // 4])


class Hands(NamedTuple):
    """A range by pairs of ranks: `keys` of each, its hands from `starts` on; then what each hand has."""

    keys: NDArray[np.uint64]
    starts: NDArray[np.int64]
    cards: NDArray[np.uint8]
    masks: NDArray[np.uint64]
    weights: NDArray[np.float64]


class Room(NamedTuple):
    """Arrays that a thread works in, board after board; counting references to them would take longer than a board."""

    entries: NDArray[np.uint32]
    spare: NDArray[np.uint32]
    counts: NDArray[np.int64]
    live: NDArray[np.bool_]
    mine: NDArray[np.uint32]
    theirs: NDArray[np.uint32]
    my_order: NDArray[np.uint16]
    their_order: NDArray[np.uint16]
    sums: NDArray[np.float64]


def _make_room(hands: Hands, others: Hands) -> Room:
    longest = max(len(hands.masks), len(others.masks))
    return Room(
        np.empty(longest + _MOST_PAIRS, np.uint32),
        np.empty(longest + _MOST_PAIRS, np.uint32),
        np.empty(128, np.int64),
        np.empty(longest, np.bool_),
        np.empty(longest + 1, np.uint32),
        np.empty(longest + 1, np.uint32),
        np.empty(len(hands.keys), np.uint16),
        np.empty(len(others.keys), np.uint16),
        np.empty(52),
    )


@_jit.kernel(counted=False)
def _gather(
    weights: NDArray[np.float64],
    order: NDArray[np.int64],
    combos: NDArray[np.uint8],
    masks: NDArray[np.uint64],
    table: Table,
    hands: Hands,
    places: NDArray[np.int64],
) -> int:
    """Fill in the hands of a range in `order`, and their places; give the number of pairs of ranks."""
    n, pairs, last = 0, 0, -1
    for place in order:
        if weights[place]:
            low, high = combos[place]
            ranks = (high >> 2) * 13 + (low >> 2)
            if ranks != last:
                hands.keys[pairs] = (table.keys[low] + table.keys[high]) & _SUM
                hands.starts[pairs] = n
                pairs, last = pairs + 1, ranks
            hands.cards[n, 0], hands.cards[n, 1] = low, high
            hands.masks[n], hands.weights[n] = masks[place], weights[place]
            places[n] = place
            n += 1
    hands.starts[pairs] = n
    return pairs


def _by_ranks(weights: NDArray[np.float64]) -> tuple[NDArray[np.int64], Hands]:
    """Sort the hands of a range (1326,) by their ranks; give their places too."""
    n = np.count_nonzero(weights)
    most = min(n, _MOST_PAIRS)
    hands = Hands(
        np.empty(most, np.uint64),
        np.empty(most + 1, np.int64),
        np.empty((n, 2), np.uint8),
        np.empty(n, np.uint64),
        np.empty(n),
    )
    places = np.empty(n, np.int64)
    pairs = _gather(weights, _ORDER, COMBOS, MASKS, load(), hands, places)
    return places, hands._replace(keys=hands.keys[:pairs], starts=hands.starts[: pairs + 1])


@_jit.kernel(counted=False)
def _sort(
    packed: NDArray[np.uint32], n: int, in_order: int, spare: NDArray[np.uint32], counts: NDArray[np.int64]
) -> None:
    """Sort the first n numbers by their strength, 13 bits from bit 16 up, by counting; by insertion if few move far."""
    if n - in_order <= _FEW:
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
    order: NDArray[np.uint16],
    entries: NDArray[np.uint32],
) -> int:
    """Make an entry of each rank pair, in a given order; give their number."""
    crowded = False
    for place in range(3):
        same = 0
        for other in range(5):
            same += board[place] >> 2 == board[other] >> 2
        crowded |= same >= 3
    n = 0
    for turn in range(len(hands.keys)):
        pair = order[turn]
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


@_jit.kernel(counted=False)
def _rank(
    hands: Hands,
    board: NDArray[np.uint8],
    table: Table,
    room: Room,
    order: NDArray[np.uint16],
    packed: NDArray[np.uint32],
) -> int:
    """Put strength << 16 | place of each hand that the board leaves into `packed`, sorted; give their number.

    `order` is that of the rank pairs on the last board, and then on this one: with a card changed it is much the same.
    """
    entries, live = room.entries, room.live
    board_key, board_mask = table.starts[7], np.uint64(0)
    for place in range(5):
        board_key += table.keys[board[place]]
        board_mask |= card_bit(board[place])
    for place in range(len(hands.masks)):
        live[place] = hands.masks[place] & board_mask == 0
    n_pairs = _take_pairs(hands, board, board_key, table, live, order, entries)
    n = _take_flushes(hands, board_key, board_mask, table, live, entries, n_pairs)
    _sort(entries, n, n_pairs, room.spare, room.counts)
    keep_order = n_pairs == len(order)
    n_pairs, found_hands = 0, 0
    for entry in range(n):
        top = entries[entry] & np.uint32(0xFFFF0000)
        pair = np.int64(entries[entry] & np.uint32(0xFFFF))
        if pair >= len(order):
            packed[found_hands] = top | np.uint32(pair - len(order))
            found_hands += 1
        else:
            if keep_order:
                order[n_pairs] = pair
                n_pairs += 1
            for place in range(hands.starts[pair], hands.starts[pair + 1]):
                packed[found_hands] = top | np.uint32(place)
                found_hands += live[place]
    return found_hands


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
        n_mine = _rank(hands, boards[row], table, room, room.my_order, mine)
        if alike:
            _sweep(mine, n_mine, mine, n_mine, hands, others, counts[row], room.sums, own)
        else:
            n_theirs = _rank(others, boards[row], table, room, room.their_order, theirs)
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
            _sweep_boards(boards[rows], counts[rows], hands, others, alike, load(), _make_room(hands, others), blocks)

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
    places, hands = _by_ranks(mine)
    found = np.zeros((len(COMBOS), 2))
    found[places] = _sum_over_boards(boards, counts, hands, _by_ranks(theirs)[1], tick, threads)
    # A hand on the boards left out is one of its renamings on the boards looked at.
    if len(suits) > 1:
        found = found[renamings()[1][suits]].sum(axis=0) / len(suits)
    free = 52 - len(board) - len(dead)
    out = np.empty((len(places), 3))
    _finish(found, mine, theirs, COMBOS, float(comb(free - 2, left)), float(comb(max(free - 4, 0), left)), out)
    return out
