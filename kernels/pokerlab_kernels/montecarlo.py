"""Sampled deals for any ranges and up to ten players, in numbered blocks that each have their own random stream.

Players are drawn in groups whose joint holdings are listed with their weights; a deal in which two groups share a card
is rejected as a whole, which leaves exactly the joint distribution of compatible holdings. Players of any two cards are
dealt from the remaining deck after that: they fit every holding of the others in equally many ways.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import prange

from pokerlab_kernels import _jit
from pokerlab_kernels._threads import parallel
from pokerlab_kernels.deals import COMBOS, MASKS
from pokerlab_kernels.enumerate import MAX_PLAYERS, count_deals
from pokerlab_kernels.evaluate import card_bit, strength
from pokerlab_kernels.table import load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pokerlab_kernels.deals import Rows
    from pokerlab_kernels.table import Table

SAMPLES = 4096
"""Deals in a block."""

_TRIES = 256 * SAMPLES
GAMMA = np.uint64(0x9E3779B97F4A7C15)
_LOW = np.uint64(0xFFFFFFFF)


class Groups(NamedTuple):
    """Joint holdings to draw from: those of group g are rows ``starts[g]`` to ``starts[g + 1]``.

    `first` and `second` (rows, 10) hold card codes at each player's place, `masks` (rows,) their cards; `keep` and
    `other` (rows,) are Walker's alias table, in 2**32ths. `members` (groups, 10) says who is in the group; who is in
    none holds any two cards.
    """

    starts: NDArray[np.int64]
    members: NDArray[np.bool_]
    first: NDArray[np.uint8]
    second: NDArray[np.uint8]
    masks: NDArray[np.uint64]
    keep: NDArray[np.uint64]
    other: NDArray[np.int64]


def alias(weights: NDArray[np.float64]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Split weights into equal parts of at most two rows each: a draw is one place and one comparison."""
    n = len(weights)
    if n and weights.min() == weights.max():
        return np.full(n, 1 << 32, np.uint64), np.arange(n)
    scaled = weights / weights.sum() * n
    keep, other = np.ones(n), np.arange(n)
    small = np.flatnonzero(scaled < 1).tolist()
    large = np.flatnonzero(scaled >= 1).tolist()
    while small and large:
        low, high = small.pop(), large[-1]
        keep[low], other[low] = scaled[low], high
        scaled[high] -= 1 - scaled[low]
        if scaled[high] < 1:
            small.append(large.pop())
    return (keep * 2.0**32).astype(np.uint64), other


def make_groups(groups: Sequence[tuple[Sequence[int], Rows]]) -> Groups:
    """Lay out the holdings of each group of players for the kernel."""
    sizes = [len(rows.weights) for _, rows in groups]
    starts = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]).astype(np.int64)
    members = np.zeros((len(groups), MAX_PLAYERS), np.bool_)
    first = np.zeros((starts[-1], MAX_PLAYERS), np.uint8)
    second, all_masks = first.copy(), np.zeros(starts[-1], np.uint64)
    keep, other = all_masks.copy(), np.zeros(starts[-1], np.int64)
    for number, (players, rows) in enumerate(groups):
        part = slice(starts[number], starts[number + 1])
        members[number, list(players)] = True
        first[part, list(players)] = COMBOS[rows.combos, 0]
        second[part, list(players)] = COMBOS[rows.combos, 1]
        all_masks[part] = np.bitwise_or.reduce(MASKS[rows.combos], axis=1)
        keep[part], other[part] = alias(rows.weights)
        other[part] += starts[number]
    return Groups(starts, members, first, second, all_masks, keep, other)


@_jit.kernel(inline=True)
def mix(state: np.uint64) -> np.uint64:
    """Give the output of splitmix64 for a state."""
    word = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return word ^ (word >> np.uint64(31))


@_jit.kernel()
def _block(
    n: int,
    board: NDArray[np.uint8],
    dead: np.uint64,
    groups: Groups,
    seed: int,
    number: int,
    table: Table,
    out: NDArray[np.int64],
    row: int,
) -> None:
    starts, members, first, second, masks, keep, other = groups
    table_starts, keys, offsets, strengths, flushes = table
    n_groups = len(members)
    board_key, board_mask, left = table_starts[7], np.uint64(0), 5
    for place in range(5):
        if board[place] != 255:
            board_key += keys[board[place]]
            board_mask |= card_bit(board[place])
            left -= 1
    drawn = np.ones(MAX_PLAYERS, np.bool_)
    for group in range(n_groups):
        for player in range(n):
            if members[group, player]:
                drawn[player] = False
    hole_keys = np.zeros(MAX_PLAYERS, np.uint64)
    hole_masks = np.zeros(MAX_PLAYERS, np.uint64)
    scores = np.zeros(MAX_PLAYERS, np.uint16)
    picked = np.zeros(MAX_PLAYERS, np.int64)

    state = mix(mix(np.uint64(seed)) + np.uint64(number) * GAMMA)
    bits, n_bits = np.uint64(0), 0
    samples, tries = 0, 0
    while samples < SAMPLES and tries < _TRIES:
        tries += 1
        used = board_mask | dead
        for group in range(n_groups):
            state += GAMMA
            word = mix(state)
            size = np.uint64(starts[group + 1] - starts[group])
            place = starts[group] + np.int64((word >> np.uint64(32)) * size >> np.uint64(32))
            if word & _LOW >= keep[place]:
                place = other[place]
            if used & masks[place]:
                used = np.uint64(0)
                break
            used |= masks[place]
            picked[group] = place
        if n_groups and not used:
            continue
        samples += 1
        for group in range(n_groups):
            place = picked[group]
            for player in range(n):
                if members[group, player]:
                    one, two = first[place, player], second[place, player]
                    hole_keys[player] = keys[one] + keys[two]
                    hole_masks[player] = card_bit(one) | card_bit(two)
        for player in range(n):
            if drawn[player]:
                hole_keys[player] = np.uint64(0)
                hole_masks[player] = np.uint64(0)
        # Six bits at a time are a card or are thrown away, which leaves every free card equally likely.
        key, mask = board_key, board_mask
        player, wanted = -1, left
        while True:
            if wanted == 0:
                player += 1
                while player < n and not drawn[player]:
                    player += 1
                if player >= n:
                    break
                wanted = 2
            if n_bits == 0:
                state += GAMMA
                bits, n_bits = mix(state), 10
            card = np.int64(bits & np.uint64(63))
            bits >>= np.uint64(6)
            n_bits -= 1
            if card < 52 and not used & card_bit(card):
                used |= card_bit(card)
                wanted -= 1
                if player < 0:
                    key += keys[card]
                    mask |= card_bit(card)
                else:
                    hole_keys[player] += keys[card]
                    hole_masks[player] |= card_bit(card)
        for player in range(n):
            scores[player] = strength(key + hole_keys[player], mask | hole_masks[player], offsets, strengths, flushes)
        count_deals(scores, n, 1, out, row)


@_jit.kernel(parallel=True)
def _blocks(
    n: int,
    board: NDArray[np.uint8],
    dead: np.uint64,
    groups: Groups,
    seed: int,
    number: int,
    table: Table,
    out: NDArray[np.int64],
) -> None:
    for row in prange(len(out)):
        _block(n, board, dead, groups, seed, number + np.int64(row), table, out, row)


def sample(
    n_players: int,
    board: NDArray[np.uint8],
    dead: np.uint64,
    groups: Groups,
    seed: int,
    blocks: range,
    threads: int | None = None,
) -> NDArray[np.int64]:
    """Deal the numbered blocks: (blocks, 10, 11), deals in which a player is one of k best, at [block, player, k].

    A block holds `SAMPLES` deals, or fewer where holdings of different groups clash almost always.

    Parameters
    ----------
    board
        (5,) card codes, 255 where the card is still to come.
    dead
        Mask of cards that cannot come.
    seed
        0 to 2**63 - 1; with the block's number it fixes the deals.
    threads
        At most so many.
    """
    out = np.zeros((len(blocks), MAX_PLAYERS, MAX_PLAYERS + 1), np.int64)
    with parallel(threads):
        _blocks(n_players, board, dead, groups, seed, blocks.start, load(), out)
    return out
