"""Exact results of known Omaha hands over all boards that can still come, up to what the suits leave open.

As for hold'em (see `enumerate`), patterns of ranks stand for all boards; the boards with three or more cards of a suit
are then counted out of that result and in with their flush. What the ranks of such a board are worth to each player is
known by then: it is kept at the place where the table of strengths has the ranks of the board.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from pokerlab_kernels import _jit
from pokerlab_kernels._threads import share_out
from pokerlab_kernels.enumerate import MAX_PLAYERS, NO_CARD, count_deals, fill_ways, patterns, ways_of
from pokerlab_kernels.evaluate import card_bit
from pokerlab_kernels.omaha import (
    MAX_PAIRS,
    MAX_TRIPLES,
    RANKS,
    add_pairs,
    add_triples,
    best_flush,
    best_plain,
    mask_of_row,
)
from pokerlab_kernels.table import COLUMN_BITS, SUM_BITS, load

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pokerlab_kernels.enumerate import Patterns
    from pokerlab_kernels.table import Table

_SUM = np.uint64((1 << SUM_BITS) - 1)
_COLUMN_BITS = np.uint64(COLUMN_BITS)
_BLOCK = 8


@cache
def _ranks_of_patterns() -> NDArray[np.uint8]:
    """List the cards of each pattern, as clubs: (n, 5), padded with 0."""
    places = patterns().places
    cards = np.zeros((len(places), 5), np.uint8)
    for row, own in enumerate(places.tolist()):
        ranks = [place // 5 for place in own for _ in range(place % 5)]
        cards[row, : len(ranks)] = [4 * rank for rank in ranks]
    cards.flags.writeable = False
    return cards


@_jit.inner
def _place(key: np.uint64, offsets: NDArray[np.uint32]) -> np.uint32:
    """Give the place of five ranks in the table of strengths, which no other five ranks have."""
    low = key & _SUM
    return np.uint32(low + offsets[low >> _COLUMN_BITS])


@_jit.kernel()
def _tally(
    holes: NDArray[np.uint8],
    board: NDArray[np.uint8],
    dead: np.uint64,
    patterns: Patterns,
    ranks: NDArray[np.uint8],
    table: Table,
    known: NDArray[np.uint16],
    out: NDArray[np.int64],
    row: int,
) -> None:
    """Count row `row` of `out`; `known` (players, places) is room for the strength of boards without a flush."""
    choose, places, sums, starts, masks, mask_sums, mask_starts = patterns
    table_starts, keys, offsets, strengths, flushes = table
    n = len(holes)

    five = np.zeros(5, np.uint8)
    n_known, base, shown = 0, table_starts[5], np.uint64(0)
    for place in range(5):
        if board[place] != NO_CARD:
            five[n_known] = board[place]
            base += keys[board[place]]
            shown |= card_bit(board[place])
            n_known += 1
    left = 5 - n_known
    pairs, triples = np.empty((n, MAX_PAIRS), np.uint64), np.empty(MAX_TRIPLES, np.uint64)
    held = np.empty(n, np.uint64)
    seen = shown | dead
    n_pairs = 0
    for player in range(n):
        n_pairs = add_pairs(holes[player], keys, pairs[player])
        held[player] = mask_of_row(holes[player])
        seen |= held[player]
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
            for place in range(left):
                five[n_known + place] = ranks[pattern, place]
            n_triples = add_triples(five, table_starts[5], keys, triples)
            place = _place(base + sums[pattern], offsets)
            for player in range(n):
                plain[player] = best_plain(pairs[player], n_pairs, triples, n_triples, offsets, strengths)
                known[player, place] = plain[player]
            count_deals(plain, n, deals, out, row)

    scores = np.zeros(MAX_PLAYERS, np.uint16)
    made = np.zeros(n, np.uint16)
    others = np.empty(13, np.int64)
    for suit in range(4):
        shift = np.uint64(16 * suit)
        free = ~(seen >> shift) & RANKS
        fewest = 3
        for rank in range(13):
            fewest -= np.int64(shown >> (shift + np.uint64(rank)) & np.uint64(1))
            others[rank] = unseen[rank] - np.int64(free >> np.uint64(rank) & np.uint64(1))
        fill_ways(ways, others, choose)
        for drawn in range(max(fewest, 0), left + 1):
            for place in range(mask_starts[drawn], mask_starts[drawn + 1]):
                mask = masks[place]
                if mask & ~free:
                    continue
                flush = False
                for player in range(n):
                    made[player] = best_flush(held[player] >> shift & RANKS, shown >> shift & RANKS | mask, flushes)
                    flush |= made[player] > 0
                if not flush:
                    continue
                for pattern in range(starts[left - drawn], starts[left - drawn + 1]):
                    deals = ways_of(ways, places, pattern)
                    if deals:
                        at = _place(base + mask_sums[place] + sums[pattern], offsets)
                        for player in range(n):
                            plain[player] = known[player, at]
                            scores[player] = max(made[player], plain[player])
                        count_deals(plain, n, -deals, out, row)
                        count_deals(scores, n, deals, out, row)


@_jit.kernel()
def _tally_each(
    holes: NDArray[np.uint8],
    n_players: NDArray[np.int64],
    boards: NDArray[np.uint8],
    dead: NDArray[np.uint64],
    patterns: Patterns,
    ranks: NDArray[np.uint8],
    table: Table,
    out: NDArray[np.int64],
) -> None:
    known = np.empty((holes.shape[1], len(table[3])), np.uint16)
    for row in range(len(holes)):
        _tally(holes[row, : n_players[row]], boards[row], dead[row], patterns, ranks, table, known, out, row)


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
        (n, players, 4), (n, players, 5) or (n, players, 6) card codes; only the first `n_players` of each row are read.
    n_players
        (n,) 2 to 10.
    boards
        (n, 5) card codes, 255 where the card is still to come; all cards of a row differ.
    dead
        Mask of cards that cannot come, for each row or for all, bit 16 * suit + rank; none of them is in `holes` or
        `boards`.
    threads
        At most so many.
    """
    masks = np.full(len(holes), dead, np.uint64)

    def count(piece: int) -> None:
        part = slice(piece * _BLOCK, (piece + 1) * _BLOCK)
        given = (holes[part], n_players[part], boards[part], masks[part], patterns(), _ranks_of_patterns(), load())
        _tally_each(*given, out[part])

    share_out(-(-len(holes) // _BLOCK), count, threads)
