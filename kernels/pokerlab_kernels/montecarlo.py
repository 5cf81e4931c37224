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
from pokerlab_kernels.enumerate import MAX_PLAYERS, count_winners
from pokerlab_kernels.evaluate import plain_strength, strength
from pokerlab_kernels.table import FLUSH, load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pokerlab_kernels.deals import Rows
    from pokerlab_kernels.table import Table

SAMPLES = 4096
"""Deals in a block."""

BATCH, ATTEMPTS = 512, 256
"""Deals that are made together, so that their arrays stay in the first cache, and attempts to draw their holdings."""

_TRIES = 8 * SAMPLES
_PIECES = 4
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
    aliases: NDArray[np.uint64]


class Work(NamedTuple):
    """A batch of deals in the making.

    `words` are random, `halves` the same in 32 bits. Of attempts to draw holdings: `rows` (groups, attempts) that were
    drawn, `held` all their cards, `clashes` those held twice, `kept` the attempts without. Of deals: `combos` (10,
    deals) the holding of each player, `used` the cards that cannot come any more, `keys` and `masks` of the board,
    `board` the places in the deck of one part of it, `waiting` deals for which something has to be done.
    """

    words: NDArray[np.uint64]
    halves: NDArray[np.uint32]
    rows: NDArray[np.uint32]
    held: NDArray[np.uint64]
    clashes: NDArray[np.uint64]
    kept: NDArray[np.uint16]
    combos: NDArray[np.uint16]
    used: NDArray[np.uint64]
    keys: NDArray[np.uint64]
    masks: NDArray[np.uint64]
    board: NDArray[np.uint16]
    waiting: NDArray[np.uint16]


class Deck(NamedTuple):
    """What is known of a deal: the cards that can come, and the key and mask of the board that has.

    `keys` and `bits` are of the cards that can come, `combo_keys` (1326,) and `combo_masks` of all hands.
    """

    keys: NDArray[np.uint64]
    bits: NDArray[np.uint64]
    pairs: NDArray[np.uint16]
    pair_masks: NDArray[np.uint64]
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
    keep, other = np.ones(n), np.arange(n)
    _level(weights / weights.sum() * n, keep, other, np.empty(n, np.int64), np.empty(n, np.int64))
    return (keep * 2.0**32).astype(np.uint64), other


@_jit.kernel(counted=False)
def _level(
    scaled: NDArray[np.float64],
    keep: NDArray[np.float64],
    other: NDArray[np.int64],
    small: NDArray[np.int64],
    large: NDArray[np.int64],
) -> None:
    """Fill up each part that is below 1 from one that is above."""
    n_small, n_large = 0, 0
    for place in range(len(scaled)):
        if scaled[place] < 1:
            small[n_small] = place
            n_small += 1
        else:
            large[n_large] = place
            n_large += 1
    while n_small and n_large:
        low, high = small[n_small - 1], large[n_large - 1]
        n_small -= 1
        keep[low], other[low] = scaled[low], high
        scaled[high] -= 1 - scaled[low]
        if scaled[high] < 1:
            small[n_small] = high
            n_small, n_large = n_small + 1, n_large - 1


def make_groups(groups: Sequence[tuple[Sequence[int], Rows]], n_players: int) -> Groups:
    """Lay out the holdings of each group of players for the kernel."""
    starts = np.cumsum([0, *(len(rows.weights) for _, rows in groups)])
    listed = [player for players, _ in groups for player in players]
    players = np.array(listed + [player for player in range(n_players) if player not in listed])
    ends = np.cumsum([0, *(len(players) for players, _ in groups)])
    combos = np.zeros((starts[-1], MAX_PLAYERS), np.uint16)
    masks, aliases = np.zeros(starts[-1], np.uint64), np.zeros(starts[-1], np.uint64)
    for number, (members, rows) in enumerate(groups):
        part = slice(starts[number], starts[number + 1])
        combos[part, : len(members)] = rows.combos
        masks[part] = np.bitwise_or.reduce(MASKS[rows.combos], axis=1)
        keep, other = alias(rows.weights)
        aliases[part] = np.minimum(keep, _LOW) << _HALF | other.astype(np.uint64)
    return Groups(starts, players, ends, combos, masks, aliases)


def make_deck(board: Sequence[int], dead: Sequence[int]) -> Deck:
    """Put together what the kernel needs to know of the cards."""
    starts, keys = load().starts, load().keys
    left = [card for card in range(52) if card not in board and card not in dead]
    pairs = np.flatnonzero(MASKS & mask_of([*board, *dead]) == 0).astype(np.uint16)
    return Deck(
        keys[left],
        np.array([mask_of([card]) for card in left]),
        pairs,
        MASKS[pairs],
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


@_jit.inner
def _fill(words: NDArray[np.uint64], n: int, state: np.uint64) -> np.uint64:
    """Fill in n random words; give the new state."""
    for place in range(n):
        words[place] = mix(state + np.uint64(place + 1) * GAMMA)
    return state + np.uint64(n) * GAMMA


@_jit.inner
def _draw_rows(
    aliases: NDArray[np.uint64],
    masks: NDArray[np.uint64],
    words: NDArray[np.uint64],
    rows: NDArray[np.uint32],
    held: NDArray[np.uint64],
    clashes: NDArray[np.uint64],
) -> None:
    """Draw a row for each attempt; note the cards it holds, and those of them that were used before."""
    size = np.uint64(len(masks))
    for attempt in range(ATTEMPTS):
        word = words[attempt]
        place = (word >> _HALF) * size >> _HALF
        alias = aliases[place]
        row = place if word & _LOW < alias >> _HALF else alias & _LOW
        rows[attempt] = row
        mask = masks[row]
        clashes[attempt] |= held[attempt] & mask
        held[attempt] |= mask


@_jit.inner
def _keep_fitting(
    held: NDArray[np.uint64], clashes: NDArray[np.uint64], kept: NDArray[np.uint16], used: NDArray[np.uint64]
) -> np.int64:
    """List the attempts without a clash, and the cards that each of them holds; give their number."""
    found = np.uint64(0)
    for attempt in range(ATTEMPTS):
        kept[found] = attempt
        used[found] = held[attempt]
        found += np.uint64(clashes[attempt] == 0)
    return np.int64(found)


@_jit.inner
def _draw_groups(groups: Groups, deals: int, state: np.uint64, work: Work) -> tuple[np.uint64, np.int64]:
    """Draw joint holdings many times, and put those that fit after the deals that there are; give the new state."""
    work.held[:] = 0
    work.clashes[:] = 0
    for group in range(len(groups.starts) - 1):
        state = _fill(work.words, ATTEMPTS, state)
        part = slice(groups.starts[group], groups.starts[group + 1])
        _draw_rows(groups.aliases[part], groups.masks[part], work.words, work.rows[group], work.held, work.clashes)
    found = _keep_fitting(work.held, work.clashes, work.kept, work.used[deals:])
    for group in range(len(groups.starts) - 1):
        for member in range(groups.ends[group], groups.ends[group + 1]):
            column, combos = member - groups.ends[group], work.combos[groups.players[member], deals:]
            for deal in range(found):
                row = groups.starts[group] + np.int64(work.rows[group, work.kept[deal]])
                combos[deal] = groups.combos[row, column]
    return state, deals + found


@_jit.inner
def _draw_cards(
    masks: NDArray[np.uint64], deals: int, state: np.uint64, places: NDArray[np.uint16], work: Work
) -> np.uint64:
    """Draw for each deal one of `masks` that has no used card, and count its cards as used; give the new state.

    Those that clash draw again in the next round: a branch for each would be foreseen wrongly too often.
    """
    size = np.uint64(len(masks))
    for deal in range(deals):
        work.waiting[deal] = deal
    left = np.uint64(deals)
    while left:
        state = _fill(work.words, (left + 1) // 2, state)
        again = np.uint64(0)
        for turn in range(left):
            deal = np.uint64(work.waiting[turn])
            place = np.uint64(work.halves[turn]) * size >> _HALF
            mask = masks[place]
            clash = (work.used[deal] & mask) != 0
            places[deal] = place
            work.used[deal] |= np.uint64(0) if clash else mask
            work.waiting[again] = deal
            again += np.uint64(clash)
        left = again
    return state


@_jit.inner
def _draw_rest(n: int, deck: Deck, groups: Groups, deals: int, state: np.uint64, work: Work) -> np.uint64:
    for member in range(groups.ends[-1], n):
        held = work.combos[groups.players[member]]
        state = _draw_cards(deck.pair_masks, deals, state, held, work)
        for deal in range(deals):
            held[deal] = deck.pairs[held[deal]]
    for deal in range(deals):
        work.keys[deal] = deck.board_key
        work.masks[deal] = deck.board_mask
    for part in range((deck.to_come + 1) // 2):
        places = work.board
        if 2 * part + 1 < deck.to_come:
            state = _draw_cards(deck.pair_masks, deals, state, places, work)
            for deal in range(deals):
                combo = deck.pairs[places[deal]]
                work.keys[deal] += deck.combo_keys[combo]
                work.masks[deal] |= deck.combo_masks[combo]
        else:
            state = _draw_cards(deck.bits, deals, state, places, work)
            for deal in range(deals):
                work.keys[deal] += deck.keys[places[deal]]
                work.masks[deal] |= deck.bits[places[deal]]
    return state


@_jit.inner
def _count(n: int, deck: Deck, deals: int, work: Work, table: Table, counts: NDArray[np.int64]) -> None:
    """Count the winners of each deal, after all others those of deals with a flush."""
    flushes = np.uint64(0)
    for deal in range(deals):
        board = work.keys[deal]
        any_flush, best, winners = np.uint64(0), np.int64(0), np.int64(0)
        for player in range(n):
            key = board + deck.combo_keys[work.combos[player, deal]]
            any_flush |= key
            found = np.int64(plain_strength(key, table.offsets, table.strengths))
            winners = (winners if found <= best else 0) | np.int64(found >= best) << player
            best = max(best, found)
        flushed = np.uint64((any_flush & FLUSH) != 0)
        work.waiting[flushes] = deal
        flushes += flushed
        counts[winners] += np.int64(1) - np.int64(flushed)
    for turn in range(flushes):
        deal = work.waiting[turn]
        best, winners = np.int64(0), np.int64(0)
        for player in range(n):
            combo = work.combos[player, deal]
            found = np.int64(
                strength(
                    work.keys[deal] + deck.combo_keys[combo],
                    work.masks[deal] | deck.combo_masks[combo],
                    table.offsets,
                    table.strengths,
                    table.flushes,
                )
            )
            winners = (winners if found <= best else 0) | np.int64(found >= best) << player
            best = max(best, found)
        counts[winners] += 1


@_jit.inner
def _block(
    n: int, deck: Deck, groups: Groups, state: np.uint64, table: Table, work: Work, counts: NDArray[np.int64]
) -> None:
    samples, tries = 0, 0
    while samples < SAMPLES and tries < _TRIES:
        deals, wanted = 0, min(BATCH, SAMPLES - samples)
        while deals < wanted and tries < _TRIES:
            tries += ATTEMPTS
            state, deals = _draw_groups(groups, deals, state, work)
        deals = min(deals, SAMPLES - samples)
        state = _draw_rest(n, deck, groups, deals, state, work)
        _count(n, deck, deals, work, table, counts)
        samples += deals


@_jit.kernel()
def _blocks(n: int, deck: Deck, groups: Groups, seed: int, number: int, table: Table, out: NDArray[np.int64]) -> None:
    """Deal the blocks from `number` on, one for each row of `out`."""
    words, most = np.empty(BATCH + ATTEMPTS, np.uint64), BATCH + ATTEMPTS
    work = Work(
        words,
        words.view(np.uint32),
        np.empty((len(groups.starts) - 1, ATTEMPTS), np.uint32),
        np.empty(ATTEMPTS, np.uint64),
        np.empty(ATTEMPTS, np.uint64),
        np.empty(ATTEMPTS, np.uint16),
        np.empty((MAX_PLAYERS, most), np.uint16),
        np.empty(most, np.uint64),
        np.empty(most, np.uint64),
        np.empty(most, np.uint64),
        np.empty(most, np.uint16),
        np.empty(most, np.uint16),
    )
    for row in range(len(out)):
        counts = np.zeros(1 << n, np.int64)
        state = mix(mix(np.uint64(seed)) + np.uint64(number + row) * GAMMA)
        _block(n, deck, groups, state, table, work, counts)
        count_winners(counts, n, out, row)


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

    step = max(1, len(blocks) // _PIECES)

    def deal(piece: int) -> None:
        first = piece * step
        _blocks(n_players, deck, groups, seed, blocks[first], load(), out[first : first + step])

    share_out(-(-len(blocks) // step), deal, threads)
    return out
