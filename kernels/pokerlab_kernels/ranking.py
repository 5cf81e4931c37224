"""The hands of a range in order of strength on a board.

Hands of the same two ranks have the same strength unless they make a flush, so that at most 91 of them are looked up
and sorted for a board, and then spread to the hands that the board leaves possible.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pokerlab_kernels import _jit
from pokerlab_kernels.deals import COMBOS, MASKS
from pokerlab_kernels.evaluate import card_bit, plain_strength
from pokerlab_kernels.table import SUM_BITS, load

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pokerlab_kernels.table import Table

_FEW = 24
_MOST_PAIRS = 91
_RANKS = np.uint64((1 << 13) - 1)
_SUM = np.uint64((1 << SUM_BITS) - 1)
# By pairs of ranks, and so that hands next to each other hold different cards: no sum of a card waits for its last one.
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


def make_room(hands: Hands, others: Hands) -> Room:
    """Make the arrays that sweeping two ranges needs."""
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


def by_ranks(weights: NDArray[np.float64]) -> tuple[NDArray[np.int64], Hands]:
    """Sort the hands of a range (1326,) by their ranks; give their places too."""
    n = int(np.count_nonzero(weights))
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
def rank(
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
