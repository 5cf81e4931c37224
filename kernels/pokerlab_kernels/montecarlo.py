"""Sampled deals for any ranges and up to ten players, in numbered blocks that each have their own random stream.

Players are drawn in groups whose joint holdings are listed with their weights; a deal in which two groups share a card
is rejected as a whole, which leaves exactly the joint distribution of compatible holdings. Players of any two cards are
dealt from the remaining deck after that: they fit every holding of the others in equally many ways.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pokerlab_kernels import _jit
from pokerlab_kernels._threads import share_out
from pokerlab_kernels.deals import COMBOS, MASKS, mask_of
from pokerlab_kernels.enumerate import MAX_PLAYERS, best_of, count_winners
from pokerlab_kernels.evaluate import strength
from pokerlab_kernels.table import load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pokerlab_kernels.deals import Rows
    from pokerlab_kernels.table import Table

SAMPLES = 4096
"""Deals in a block."""

_TRIES = 8 * SAMPLES
GAMMA = np.uint64(0x9E3779B97F4A7C15)
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


class Groups(NamedTuple):
    """Joint holdings to draw from: those of group g are rows ``starts[g]`` to ``starts[g + 1]``.

    The players of group g are ``players[ends[g] : ends[g + 1]]``; those after the last group hold any two cards.
    `combos` (rows, 10) gives the holding of each of them, as places in `COMBOS`, `masks` (rows,) all their cards;
    `keep` and `other` (rows,) are Walker's alias table, in 2**32ths.
    """

    starts: NDArray[np.int64]
    players: NDArray[np.int64]
    ends: NDArray[np.int64]
    combos: NDArray[np.uint16]
    masks: NDArray[np.uint64]
    keep: NDArray[np.uint64]
    other: NDArray[np.int64]


class Deck(NamedTuple):
    """What is known of a deal: the cards that can come, and the key and mask of the board that has.

    `keys` and `bits` are of the cards that can come, `combo_keys` (1326,) and `combo_masks` of all hands.
    """

    keys: NDArray[np.uint64]
    bits: NDArray[np.uint64]
    combo_keys: NDArray[np.uint64]
    combo_masks: NDArray[np.uint64]
    board_key: np.uint64
    board_mask: np.uint64
    to_come: int


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


def make_groups(groups: Sequence[tuple[Sequence[int], Rows]], n_players: int) -> Groups:
    """Lay out the holdings of each group of players for the kernel."""
    starts = np.cumsum([0, *(len(rows.weights) for _, rows in groups)])
    listed = [player for players, _ in groups for player in players]
    players = np.array(listed + [player for player in range(n_players) if player not in listed])
    ends = np.cumsum([0, *(len(players) for players, _ in groups)])
    combos = np.zeros((starts[-1], MAX_PLAYERS), np.uint16)
    masks, keep, other = (np.zeros(starts[-1], dtype) for dtype in (np.uint64, np.uint64, np.int64))
    for number, (members, rows) in enumerate(groups):
        part = slice(starts[number], starts[number + 1])
        combos[part, : len(members)] = rows.combos
        masks[part] = np.bitwise_or.reduce(MASKS[rows.combos], axis=1)
        keep[part], other[part] = alias(rows.weights)
        other[part] += starts[number]
    return Groups(starts, players, ends, combos, masks, keep, other)


def make_deck(board: Sequence[int], dead: Sequence[int]) -> Deck:
    """Put together what the kernel needs to know of the cards."""
    starts, keys = load().starts, load().keys
    left = [card for card in range(52) if card not in board and card not in dead]
    return Deck(
        keys[left],
        np.array([mask_of([card]) for card in left]),
        keys[COMBOS].sum(axis=1, dtype=np.uint64),
        MASKS,
        starts[7] + keys[list(board)].sum(dtype=np.uint64),
        mask_of(board),
        5 - len(board),
    )


@_jit.kernel(inline=True)
def mix(state: np.uint64) -> np.uint64:
    """Give the output of splitmix64 for a state."""
    word = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return word ^ (word >> np.uint64(31))


@_jit.kernel(inline=True)
def _draw(
    groups: Groups, deck: Deck, state: np.uint64, keys: NDArray[np.uint64], masks: NDArray[np.uint64]
) -> tuple[np.uint64, np.uint64]:
    """Draw the holdings of all groups; give the new state and the cards they hold, 0 where two groups clash."""
    used = np.uint64(0)
    for group in range(len(groups.starts) - 1):
        state += GAMMA
        word = mix(state)
        first = groups.starts[group]
        size = np.uint64(groups.starts[group + 1] - first)
        place = first + np.int64((word >> _HALF) * size >> _HALF)
        if word & _LOW >= groups.keep[place]:
            place = groups.other[place]
        if used & groups.masks[place]:
            return state, np.uint64(0)
        used |= groups.masks[place]
        for member in range(groups.ends[group], groups.ends[group + 1]):
            combo = groups.combos[place, member - groups.ends[group]]
            keys[groups.players[member]] = deck.combo_keys[combo]
            masks[groups.players[member]] = deck.combo_masks[combo]
    return state, used


@_jit.kernel(inline=True)
def _deal(deck: Deck, wanted: int, used: np.uint64, state: np.uint64, dealt: NDArray[np.int64]) -> np.uint64:
    """Put places in the deck of so many cards that are not used into `dealt`, perhaps one more; give the new state.

    A card that is used is overwritten by the next: there is no branch to mispredict but the one at the end.
    """
    size, count = np.uint64(len(deck.bits)), 0
    while count < wanted:
        state += GAMMA
        word = mix(state)
        for draw in (word >> _HALF, word & _LOW):
            place = np.int64(draw * size >> _HALF)
            dealt[count] = place
            count += (used & deck.bits[place]) == 0
            used |= deck.bits[place]
    return state


@_jit.kernel()
def _block(
    n: int, deck: Deck, groups: Groups, seed: int, number: int, table: Table, out: NDArray[np.int64], row: int
) -> None:
    drawn = groups.players[groups.ends[-1] :]
    wanted = deck.to_come + 2 * len(drawn)
    keys, masks = np.zeros(MAX_PLAYERS, np.uint64), np.zeros(MAX_PLAYERS, np.uint64)
    scores = np.zeros(MAX_PLAYERS, np.int64)
    dealt = np.zeros(5 + 2 * MAX_PLAYERS + 1, np.int64)
    deals = np.zeros(1 << n, np.int64)
    state = mix(mix(np.uint64(seed)) + np.uint64(number) * GAMMA)
    samples, tries = 0, 0
    while samples < SAMPLES and tries < _TRIES:
        tries += 1
        state, used = _draw(groups, deck, state, keys, masks)
        if groups.ends[-1] and not used:
            continue
        samples += 1
        state = _deal(deck, wanted, used, state, dealt)
        key, mask = deck.board_key, deck.board_mask
        for place in dealt[: deck.to_come]:
            key += deck.keys[place]
            mask |= deck.bits[place]
        for place in range(len(drawn)):
            one, two = dealt[deck.to_come + 2 * place], dealt[deck.to_come + 2 * place + 1]
            keys[drawn[place]] = deck.keys[one] + deck.keys[two]
            masks[drawn[place]] = deck.bits[one] | deck.bits[two]
        for player in range(n):
            scores[player] = strength(
                key + keys[player], mask | masks[player], table.offsets, table.strengths, table.flushes
            )
        deals[best_of(scores, n)[1]] += 1
    count_winners(deals, n, out, row)


def sample(
    n_players: int, deck: Deck, groups: Groups, seed: int, blocks: range, threads: int | None = None
) -> NDArray[np.int64]:
    """Deal the numbered blocks: (blocks, 10, 11), deals in which a player is one of k best, at [block, player, k].

    A block holds `SAMPLES` deals, or fewer where holdings of different groups clash seven times of eight.

    Parameters
    ----------
    seed
        0 to 2**63 - 1; with the block's number it fixes the deals.
    threads
        At most so many.
    """
    out = np.zeros((len(blocks), MAX_PLAYERS, MAX_PLAYERS + 1), np.int64)

    def deal(row: int) -> None:
        _block(n_players, deck, groups, seed, blocks[row], load(), out, row)

    share_out(len(blocks), deal, threads)
    return out
