"""Exact results of known hole cards over all boards that can still come, up to what the suits leave open.

A board matters by its ranks alone unless a suit can make a flush. So the 6,175 rank patterns of five cards, each with
the number of boards that have it, stand for all 2,598,960; then, for each suit, the boards that do give someone five
cards of it are counted out of the rank result and in with their flush. At most one suit can, since it takes three
cards of the board.
"""

from __future__ import annotations

from functools import cache
from itertools import combinations, combinations_with_replacement
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import prange

from pokerlab_kernels import _jit
from pokerlab_kernels._threads import parallel
from pokerlab_kernels.evaluate import card_bit, plain_strength
from pokerlab_kernels.table import SUM_BITS, load

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pokerlab_kernels.table import Table

MAX_PLAYERS = 10
NO_CARD = 255

_RANKS = np.uint64((1 << 13) - 1)
_CHOOSE = np.array([[1, 0, 0, 0, 0], [1, 1, 0, 0, 0], [1, 2, 1, 0, 0], [1, 3, 3, 1, 0], [1, 4, 6, 4, 1]], np.int64)


class Patterns(NamedTuple):
    """What 0 to 5 more cards can be: as multisets of ranks, and as sets of ranks in one suit.

    `places` (n, 5) gives for each rank in a multiset 5 * rank + count, padded with 0 (no deuce: one way to choose);
    `sums` its part of the key; `starts` where the multisets of each size begin. `masks`, `mask_sums` and `mask_starts`
    are the same for rank masks.
    """

    choose: NDArray[np.int64]
    places: NDArray[np.uint8]
    sums: NDArray[np.uint64]
    starts: NDArray[np.int64]
    masks: NDArray[np.uint64]
    mask_sums: NDArray[np.uint64]
    mask_starts: NDArray[np.int64]


@cache
def patterns() -> Patterns:
    """Make the one shared list of patterns; some milliseconds."""
    rank_sums = (load().keys[::4] & np.uint64((1 << SUM_BITS) - 1)).tolist()
    places, sums, starts, masks, mask_sums, mask_starts = [], [], [0], [], [], [0]
    for size in range(6):
        for ranks in combinations_with_replacement(range(13), size):
            counts = {rank: ranks.count(rank) for rank in ranks}
            if max(counts.values(), default=0) <= 4:
                row = [5 * rank + count for rank, count in counts.items()]
                places.append(row + [0] * (5 - len(row)))
                sums.append(sum(rank_sums[rank] for rank in ranks))
        for ranks in combinations(range(13), size):
            masks.append(sum(1 << rank for rank in ranks))
            mask_sums.append(sum(rank_sums[rank] for rank in ranks))
        starts.append(len(places))
        mask_starts.append(len(masks))
    made = Patterns(
        _CHOOSE.copy(),
        np.array(places, np.uint8),
        np.array(sums, np.uint64),
        np.array(starts, np.int64),
        np.array(masks, np.uint64),
        np.array(mask_sums, np.uint64),
        np.array(mask_starts, np.int64),
    )
    for array in made:
        array.flags.writeable = False
    return made


@_jit.kernel(inline=True)
def count_deals(scores: NDArray[np.uint16], n_players: int, deals: int, out: NDArray[np.int64], row: int) -> None:
    """Count `deals` for each player whose score is the best, by how many share it; inlined, which halves the time."""
    if n_players == 2:
        first, second = scores[0], scores[1]
        out[row, 0, 1] += deals * (first > second)
        out[row, 1, 1] += deals * (first < second)
        out[row, 0, 2] += deals * (first == second)
        out[row, 1, 2] += deals * (first == second)
        return
    best, sharers = scores[0], 1
    for player in range(1, n_players):
        if scores[player] > best:
            best, sharers = scores[player], 1
        elif scores[player] == best:
            sharers += 1
    for player in range(n_players):
        if scores[player] == best:
            out[row, player, sharers] += deals


@_jit.kernel(inline=True)
def fill_ways(ways: NDArray[np.int64], unseen: NDArray[np.int64], choose: NDArray[np.int64]) -> None:
    """Fill in how many ways there are to draw 0 to 4 of the unseen cards of each rank."""
    for rank in range(13):
        for count in range(5):
            ways[5 * rank + count] = choose[unseen[rank], count]


@_jit.kernel(inline=True)
def ways_of(ways: NDArray[np.int64], places: NDArray[np.uint8], pattern: int) -> np.int64:
    """Give the number of deals of a pattern."""
    return (
        ways[places[pattern, 0]]
        * ways[places[pattern, 1]]
        * ways[places[pattern, 2]]
        * ways[places[pattern, 3]]
        * ways[places[pattern, 4]]
    )


@_jit.kernel()
def _tally(
    holes: NDArray[np.uint8],
    n_players: NDArray[np.int64],
    boards: NDArray[np.uint8],
    dead: np.uint64,
    row: int,
    patterns: Patterns,
    table: Table,
    out: NDArray[np.int64],
) -> None:
    """Count row `row` of `out` (n, 10, 11): deals in which a player is one of exactly k best, at [row, player, k]."""
    choose, places, sums, starts, masks, mask_sums, mask_starts = patterns
    table_starts, keys, offsets, strengths, flushes = table
    n = n_players[row]

    board_key, board_mask, left = table_starts[7], np.uint64(0), 5
    for place in range(5):
        card = boards[row, place]
        if card != NO_CARD:
            board_key += keys[card]
            board_mask |= card_bit(card)
            left -= 1
    bases = np.empty(MAX_PLAYERS, np.uint64)
    hole_masks = np.zeros(MAX_PLAYERS, np.uint64)
    seen = board_mask | dead
    for player in range(n):
        first, second = holes[row, player, 0], holes[row, player, 1]
        bases[player] = board_key + keys[first] + keys[second]
        hole_masks[player] = card_bit(first) | card_bit(second)
        seen |= hole_masks[player]
    unseen = np.zeros(13, np.int64)
    for rank in range(13):
        for suit in range(4):
            unseen[rank] += not seen >> np.uint64(16 * suit + rank) & np.uint64(1)

    ways = np.empty(65, np.int64)
    plain = np.zeros(MAX_PLAYERS, np.uint16)
    fill_ways(ways, unseen, choose)
    for pattern in range(starts[left], starts[left + 1]):
        deals = ways_of(ways, places, pattern)
        if deals:
            for player in range(n):
                plain[player] = plain_strength(bases[player] + sums[pattern], offsets, strengths)
            count_deals(plain, n, deals, out, row)

    scores = np.zeros(MAX_PLAYERS, np.uint16)
    suited = np.zeros(MAX_PLAYERS, np.int64)
    ranks_in_suit = np.zeros(MAX_PLAYERS, np.uint64)
    made = np.zeros(MAX_PLAYERS, np.uint16)
    moved = np.zeros(MAX_PLAYERS, np.uint64)
    others = np.empty(13, np.int64)
    for suit in range(4):
        shift = np.uint64(16 * suit)
        free = ~(seen >> shift) & _RANKS
        most = 0
        for player in range(n):
            ranks_in_suit[player] = (board_mask | hole_masks[player]) >> shift & _RANKS
            suited[player] = 0
            for rank in range(13):
                suited[player] += np.int64(ranks_in_suit[player] >> np.uint64(rank) & np.uint64(1))
            most = max(most, suited[player])
        fewest = max(5 - most, 0)
        if fewest > left:
            continue
        for rank in range(13):
            others[rank] = unseen[rank] - np.int64(free >> np.uint64(rank) & np.uint64(1))
        fill_ways(ways, others, choose)
        for drawn in range(fewest, left + 1):
            for place in range(mask_starts[drawn], mask_starts[drawn + 1]):
                mask = masks[place]
                if mask & ~free:
                    continue
                for player in range(n):
                    flush = suited[player] + drawn >= 5
                    made[player] = flushes[ranks_in_suit[player] | mask] if flush else 0
                    moved[player] = bases[player] + mask_sums[place]
                for pattern in range(starts[left - drawn], starts[left - drawn + 1]):
                    deals = ways_of(ways, places, pattern)
                    if deals:
                        for player in range(n):
                            plain[player] = plain_strength(moved[player] + sums[pattern], offsets, strengths)
                            scores[player] = made[player] or plain[player]
                        count_deals(plain, n, -deals, out, row)
                        count_deals(scores, n, deals, out, row)


@_jit.kernel()
def _tally_each(
    holes: NDArray[np.uint8],
    n_players: NDArray[np.int64],
    boards: NDArray[np.uint8],
    dead: np.uint64,
    patterns: Patterns,
    table: Table,
    out: NDArray[np.int64],
) -> None:
    for row in range(len(holes)):
        _tally(holes, n_players, boards, dead, row, patterns, table, out)


@_jit.kernel(parallel=True)
def _tally_rows(
    holes: NDArray[np.uint8],
    n_players: NDArray[np.int64],
    boards: NDArray[np.uint8],
    dead: np.uint64,
    patterns: Patterns,
    table: Table,
    out: NDArray[np.int64],
) -> None:
    for row in prange(len(holes)):
        _tally(holes, n_players, boards, dead, row, patterns, table, out)


def tally(
    holes: NDArray[np.uint8],
    n_players: NDArray[np.int64],
    boards: NDArray[np.uint8],
    dead: np.uint64,
    out: NDArray[np.int64],
    threads: int | None = None,
) -> None:
    """Add to `out` (n, 10, 11) the deals in which a player is one of exactly k best, at [row, player, k].

    Parameters
    ----------
    holes
        (n, 10, 2) card codes; only the first `n_players` of each row are read.
    n_players
        (n,) 2 to 10.
    boards
        (n, 5) card codes, 255 where the card is still to come; all cards of a row differ.
    dead
        Mask of cards that cannot come, bit 16 * suit + rank, none of them in `holes` or `boards`.
    threads
        At most so many; all that Numba has by default. With 1, nothing waits for another launch.
    """
    if len(holes) == 1 or threads == 1:
        _tally_each(holes, n_players, boards, dead, patterns(), load(), out)
    elif len(holes):
        with parallel(threads):
            _tally_rows(holes, n_players, boards, dead, patterns(), load(), out)
