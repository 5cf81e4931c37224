"""Exact results of known hole cards over all boards that can still come, up to what the suits leave open.

A board matters by its ranks alone unless a suit can make a flush. So the 6,175 rank patterns of five cards, each with
the number of boards that have it, stand for all 2,598,960. At most one suit can give flushes, since it takes three
cards of the board; and who has a flush has no full house. So, for each set of ranks that the board can have in such a
suit, the best flush wins all boards with that set, and is taken from those who would have won without flushes; only
where someone holds a full house or four of a kind, and nobody a straight flush, does that hand keep the board.
"""

from __future__ import annotations

from functools import cache
from itertools import combinations, combinations_with_replacement
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pokerlab_kernels import _jit
from pokerlab_kernels._threads import share_out
from pokerlab_kernels.evaluate import card_bit, plain_strength
from pokerlab_kernels.table import SUM_BITS, load

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pokerlab_kernels.table import Table

MAX_PLAYERS = 10
NO_CARD = 255

_RANKS = np.uint64((1 << 13) - 1)
_FULL_HOUSE, _STRAIGHT_FLUSH = 7141, 7453  # the weakest of each
_MOST_BESIDES = 91  # multisets of two cards
# Patterns of boards that a thread counts at a time, and so few that one thread counts all: half a millisecond.
_A_PIECE = 12_000
_SHARED_FROM = 20_000
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


class Joins(NamedTuple):
    """Which multiset a set of ranks makes with a multiset of others, counted from the first of the size of both.

    ``starts[size of the set, size of the others]`` is where those of all sets, and for each of all others, begin.
    """

    multisets: NDArray[np.uint16]
    starts: NDArray[np.int64]


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


@cache
def joins() -> Joins:
    """Find the joined multisets by their sums; where they would hold five cards of a rank, they are any."""
    _, _, sums, starts, _, mask_sums, mask_starts = patterns()
    joined: list[NDArray[np.uint16]] = []
    joined_starts = np.zeros((6, 6), np.int64)
    for in_suit, besides in ((0, 0), (0, 1), (1, 0), (0, 2), (1, 1), (2, 0), (3, 2), (4, 1), (5, 0)):
        wanted = sums[starts[in_suit + besides] : starts[in_suit + besides + 1]]
        order = np.argsort(wanted)
        masks, others = (slice(*where) for where in (mask_starts[in_suit:][:2], starts[besides:][:2]))
        both = mask_sums[masks, None] + sums[others]
        joined_starts[in_suit, besides] = sum(len(found) for found in joined)
        joined.append(order[np.searchsorted(wanted[order], both).ravel() % len(order)].astype(np.uint16))
    made = Joins(np.concatenate(joined), joined_starts)
    for array in made:
        array.flags.writeable = False
    return made


@_jit.kernel()
def count_winners(deals: NDArray[np.int64], n_players: int, out: NDArray[np.int64], row: int) -> None:
    """Add `deals` (2 ** n,), numbered by the set of best players, to row `row` of `out`, by how many they are."""
    for winners in range(1, 1 << n_players):
        if deals[winners]:
            sharers = 0
            for player in range(n_players):
                sharers += winners >> player & 1
            for player in range(n_players):
                if winners >> player & 1:
                    out[row, player, sharers] += deals[winners]


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


@_jit.kernel(inline=True)
def best_of(scores: NDArray[np.int64], n_players: int) -> tuple[np.int64, np.int64]:
    """Give the best score, and the set of players who have it, bit by bit."""
    best, winners = np.int64(0), np.int64(0)
    for player in range(n_players):
        found = scores[player]
        winners = (winners if found <= best else 0) | np.int64(found >= best) << player
        best = max(best, found)
    return best, winners


@_jit.kernel()
def _tally_ranks(
    bases: NDArray[np.uint64],
    n_players: int,
    left: int,
    ways: NDArray[np.int64],
    patterns: Patterns,
    table: Table,
    winners: NDArray[np.uint16],
    deals: NDArray[np.int64],
) -> None:
    """Count deals by their winners as if there were no flushes; note who wins each pattern, and if by a full house."""
    scores = np.zeros(MAX_PLAYERS, np.int64)
    first = patterns.starts[left]
    for pattern in range(first, patterns.starts[left + 1]):
        count = ways_of(ways, patterns.places, pattern)
        winners[pattern - first] = 0
        if not count:
            continue
        for player in range(n_players):
            scores[player] = plain_strength(bases[player] + patterns.sums[pattern], table.offsets, table.strengths)
        best, who = best_of(scores, n_players)
        deals[who] += count
        winners[pattern - first] = who | np.int64(best >= _FULL_HOUSE) << n_players


@_jit.kernel()
def _move_flushes(
    in_suit: NDArray[np.uint64],
    n_players: int,
    left: int,
    free: np.uint64,
    fewest: int,
    ways: NDArray[np.int64],
    patterns: Patterns,
    joins: Joins,
    flushes: NDArray[np.uint16],
    winners: NDArray[np.uint16],
    deals: NDArray[np.int64],
) -> None:
    """Give the boards with flushes of a suit to their winners, and take them from who won them by ranks.

    `in_suit` are the ranks that each player has in the suit, `free` those that can come, `fewest` how many have to.
    """
    scores = np.zeros(MAX_PLAYERS, np.int64)
    besides = np.empty(_MOST_BESIDES, np.int64)
    for drawn in range(fewest, left + 1):
        others = patterns.starts[left - drawn]
        n_others = patterns.starts[left - drawn + 1] - others
        total = 0
        for other in range(n_others):
            besides[other] = ways_of(ways, patterns.places, others + other)
            total += besides[other]
        joined = joins.starts[drawn, left - drawn]
        for place in range(patterns.mask_starts[drawn], patterns.mask_starts[drawn + 1]):
            mask = patterns.masks[place]
            if not mask & ~free:
                for player in range(n_players):
                    scores[player] = flushes[in_suit[player] | mask]
                best, flushed = best_of(scores, n_players)
                deals[flushed] += total
                keeping = np.int64(best < _STRAIGHT_FLUSH) << n_players
                for other in range(n_others):
                    who = np.int64(winners[joins.multisets[joined + other]])
                    deals[flushed if who & keeping else who] -= besides[other]
            joined += n_others


@_jit.kernel()
def _tally(
    holes: NDArray[np.uint8],
    n_players: NDArray[np.int64],
    boards: NDArray[np.uint8],
    dead: NDArray[np.uint64],
    row: int,
    patterns: Patterns,
    joins: Joins,
    table: Table,
    out: NDArray[np.int64],
) -> None:
    """Count row `row` of `out` (n, 10, 11): deals in which a player is one of exactly k best, at [row, player, k]."""
    n = n_players[row]
    board_key, board_mask, left = table.starts[7], np.uint64(0), 5
    for place in range(5):
        card = boards[row, place]
        if card != NO_CARD:
            board_key += table.keys[card]
            board_mask |= card_bit(card)
            left -= 1
    bases, masks = np.empty(MAX_PLAYERS, np.uint64), np.zeros(MAX_PLAYERS, np.uint64)
    seen = board_mask | dead[row]
    for player in range(n):
        first, second = holes[row, player, 0], holes[row, player, 1]
        bases[player] = board_key + table.keys[first] + table.keys[second]
        masks[player] = board_mask | card_bit(first) | card_bit(second)
        seen |= masks[player]
    unseen = np.zeros(13, np.int64)
    for rank in range(13):
        for suit in range(4):
            unseen[rank] += not seen >> np.uint64(16 * suit + rank) & np.uint64(1)

    ways = np.empty(65, np.int64)
    winners = np.empty(patterns.starts[left + 1] - patterns.starts[left], np.uint16)
    # Sets of winners by a full house or better have one more bit, and are added to the others in the end.
    deals = np.zeros(2 << n, np.int64)
    fill_ways(ways, unseen, patterns.choose)
    _tally_ranks(bases, n, left, ways, patterns, table, winners, deals)

    in_suit = np.zeros(MAX_PLAYERS, np.uint64)
    others = np.empty(13, np.int64)
    for suit in range(4):
        shift = np.uint64(16 * suit)
        free = ~(seen >> shift) & _RANKS
        most = 0
        for player in range(n):
            in_suit[player] = masks[player] >> shift & _RANKS
            suited = 0
            for rank in range(13):
                suited += np.int64(in_suit[player] >> np.uint64(rank) & np.uint64(1))
            most = max(most, suited)
        fewest = max(5 - most, 0)
        if fewest <= left:
            for rank in range(13):
                others[rank] = unseen[rank] - np.int64(free >> np.uint64(rank) & np.uint64(1))
            fill_ways(ways, others, patterns.choose)
            _move_flushes(in_suit, n, left, free, fewest, ways, patterns, joins, table.flushes, winners, deals)
    for who in range(1, 1 << n):
        deals[who] += deals[who | 1 << n]
    count_winners(deals, n, out, row)


@_jit.kernel()
def _tally_rows(
    holes: NDArray[np.uint8],
    n_players: NDArray[np.int64],
    boards: NDArray[np.uint8],
    dead: NDArray[np.uint64],
    patterns: Patterns,
    joins: Joins,
    table: Table,
    out: NDArray[np.int64],
) -> None:
    for row in range(len(holes)):
        _tally(holes, n_players, boards, dead, row, patterns, joins, table, out)


def tally(
    holes: NDArray[np.uint8],
    n_players: NDArray[np.int64],
    boards: NDArray[np.uint8],
    dead: np.uint64 | NDArray[np.uint64],
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
        Mask of cards that cannot come, for each row or for all, bit 16 * suit + rank; none of them is in `holes` or
        `boards`.
    threads
        At most so many; as many as Numba has by default, but one for what takes less than it does to wake another.
    """
    to_come = (boards == NO_CARD).sum(axis=1).max(initial=0)
    first, stop = patterns().starts[to_come : to_come + 2]
    work = 50 + int(stop - first)
    if len(holes) * work < _SHARED_FROM:
        threads = 1
    masks = np.full(len(holes), dead, np.uint64)
    size = len(holes) if threads == 1 else -(-_A_PIECE // work)

    def count(piece: int) -> None:
        part = slice(piece * size, (piece + 1) * size)
        _tally_rows(holes[part], n_players[part], boards[part], masks[part], patterns(), joins(), load(), out[part])

    share_out(-(-len(holes) // max(size, 1)), count, threads)
