"""Sampled Omaha deals, in numbered blocks that each have their own random stream.

Each player's hand is drawn from his list by weight; a deal in which two players share a card is rejected as a whole,
which leaves exactly the joint distribution of compatible hands. Players of any hand are dealt from the remaining deck
after that: they fit every holding of the others in equally many ways.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pokerlab_kernels import _jit
from pokerlab_kernels._threads import share_out
from pokerlab_kernels.enumerate import MAX_PLAYERS, NO_CARD, count_deals
from pokerlab_kernels.evaluate import card_bit
from pokerlab_kernels.montecarlo import GAMMA, alias, mix
from pokerlab_kernels.omaha import (
    MAX_PAIRS,
    MAX_TRIPLES,
    RANKS,
    add_pairs,
    add_triples,
    best_flush,
    best_plain,
    flush_suit,
    mask_of_row,
)
from pokerlab_kernels.table import load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pokerlab_kernels.omaha_hands import Hands
    from pokerlab_kernels.table import Table

SAMPLES = 1024
"""Deals in a block: the best of 15 pairs and 10 triples takes longer than two cards of hold'em."""

_TRIES = 64 * SAMPLES  # a launch that finds no deal takes some 30 ms
_LOW = np.uint64(0xFFFFFFFF)


class Lists(NamedTuple):
    """Hands to draw from: those of player p are rows ``starts[p]`` to ``starts[p + 1]``; none means any hand.

    `keep` and `other` are Walker's alias table, in 2**32ths.
    """

    starts: NDArray[np.int64]
    cards: NDArray[np.uint8]
    masks: NDArray[np.uint64]
    keep: NDArray[np.uint64]
    other: NDArray[np.int64]


def make_lists(players: Sequence[Hands | None], size: int) -> Lists:
    """Lay out each player's hands for the kernel; None is any hand."""
    starts = np.cumsum([0, *(0 if hands is None else len(hands.masks) for hands in players)], dtype=np.int64)
    listed = [(start, hands) for start, hands in zip(starts.tolist(), players, strict=False) if hands is not None]
    tables = [(start, alias(hands.weights)) for start, hands in listed]
    return Lists(
        starts,
        np.concatenate([np.zeros((0, size), np.uint8), *(hands.cards() for _, hands in listed)]),
        np.concatenate([np.zeros(0, np.uint64), *(hands.masks for _, hands in listed)]),
        np.concatenate([np.zeros(0, np.uint64), *(keep for _, (keep, _) in tables)]),
        np.concatenate([np.zeros(0, np.int64), *(other + start for start, (_, other) in tables)]),
    )


@_jit.kernel()
def _block(
    board: NDArray[np.uint8],
    dead: np.uint64,
    lists: Lists,
    seed: int,
    number: int,
    table: Table,
    out: NDArray[np.int64],
    row: int,
) -> None:
    starts, listed, masks, keep, other = lists
    table_starts, keys, offsets, strengths, flushes = table
    n, size = len(starts) - 1, listed.shape[1]
    known = dead
    n_known = 0
    five = np.zeros(5, np.uint8)
    for place in range(5):
        if board[place] != NO_CARD:
            five[n_known] = board[place]
            known |= card_bit(board[place])
            n_known += 1
    holes = np.zeros((n, size), np.uint8)
    pairs, triples = np.empty(MAX_PAIRS, np.uint64), np.empty(MAX_TRIPLES, np.uint64)
    scores = np.zeros(MAX_PLAYERS, np.uint16)

    state = mix(mix(np.uint64(seed)) + np.uint64(number) * GAMMA)
    bits, n_bits = np.uint64(0), 0
    samples, tries = 0, 0
    while samples < SAMPLES and tries < _TRIES:
        tries += 1
        used = known
        clash = False
        for player in range(n):
            rows = np.uint64(starts[player + 1] - starts[player])
            if rows:
                state += GAMMA
                word = mix(state)
                place = starts[player] + np.int64((word >> np.uint64(32)) * rows >> np.uint64(32))
                if word & _LOW >= keep[place]:
                    place = other[place]
                if used & masks[place]:
                    clash = True
                    break
                used |= masks[place]
                holes[player] = listed[place]
        if clash:
            continue
        samples += 1
        # Six bits at a time are a card or are thrown away, which leaves every free card equally likely.
        for player in range(-1, n):
            if player >= 0 and starts[player + 1] > starts[player]:
                continue
            place, stop = (n_known, 5) if player < 0 else (0, size)
            while place < stop:
                if n_bits == 0:
                    state += GAMMA
                    bits, n_bits = mix(state), 10
                card = np.int64(bits & np.uint64(63))
                bits >>= np.uint64(6)
                n_bits -= 1
                if card < 52 and not used & card_bit(card):
                    used |= card_bit(card)
                    if player < 0:
                        five[place] = card
                    else:
                        holes[player, place] = card
                    place += 1
        n_triples = add_triples(five, table_starts[5], keys, triples)
        shown = mask_of_row(five)
        suit = flush_suit(shown)
        for player in range(n):
            n_pairs = add_pairs(holes[player], keys, pairs)
            score = best_plain(pairs, n_pairs, triples, n_triples, offsets, strengths)
            if suit >= 0:
                held = mask_of_row(holes[player]) >> np.uint64(suit) & RANKS
                score = max(score, best_flush(held, shown >> np.uint64(suit) & RANKS, flushes))
            scores[player] = score
        count_deals(scores, n, 1, out, row)


def sample(
    board: NDArray[np.uint8], dead: np.uint64, lists: Lists, seed: int, blocks: range, threads: int | None = None
) -> NDArray[np.int64]:
    """Deal the numbered blocks: (blocks, 10, 11), deals in which a player is one of k best, at [block, player, k].

    A block holds `SAMPLES` deals, or fewer where hands of different players clash almost always.

    Parameters
    ----------
    board
        (5,) card codes, 255 where the card is still to come.
    dead
        Mask of cards that cannot come.
    lists
        The hands of each player.
    seed
        0 to 2**63 - 1; with the block's number it fixes the deals.
    threads
        At most so many.
    """
    out = np.zeros((len(blocks), MAX_PLAYERS, MAX_PLAYERS + 1), np.int64)

    def deal(row: int) -> None:
        _block(board, dead, lists, seed, blocks[row], load(), out, row)

    share_out(len(blocks), deal, threads)
    return out
