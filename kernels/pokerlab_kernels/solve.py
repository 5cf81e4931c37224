"""From ranges, board and dead cards to totals: chooses between the exact ways, and stops sampling.

Totals are (players, 11): the weight of deals in which the player is one of exactly k best, at [player, k].
"""

from __future__ import annotations

from itertools import combinations
from math import comb, prod
from typing import TYPE_CHECKING

import numpy as np

from pokerlab_kernels import preflop, threeway
from pokerlab_kernels.deals import COMBOS, MASKS, Rows, join, mask_of, merge_suits, symmetries
from pokerlab_kernels.enumerate import MAX_PLAYERS, NO_CARD, tally
from pokerlab_kernels.launches import SHARES, shares_of, totals_of
from pokerlab_kernels.montecarlo import SAMPLES, make_deck, make_groups, sample
from pokerlab_kernels.showdown import SETUP, showdown
from pokerlab_kernels.weights import measure

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from pokerlab_kernels.launches import Tick, Totals

# Look-ups for each player of one row, by cards to come: what it takes, in look-ups of a hand's strength.
_LOOKUPS = {0: 30, 1: 50, 2: 200, 5: 15_000}
# A look-up takes as long as to sweep past so many hands, as measured.
_LOOKUP = 1.4
_LOOKUPS_A_LAUNCH = 5_000_000
# Wider groups reject fewer deals, but their lists outgrow the cache and take longer to make.
_GROUP_ROWS = 2_000
# Blocks sampled before tolerance and cancel are looked at; fixed, so that threads do not change the result.
_WAVE = 16
_FEWEST_BLOCKS = 4
# Fewer deals than this say little of their own spread.
_FEWEST_DEALS = _FEWEST_BLOCKS * SAMPLES
# Blocks without a single deal, each of many tries, after which there is taken to be none.
_HOPELESS_BLOCKS = 512
_FLOP = 3


def exact(
    ranges: Sequence[NDArray[np.float64]],
    board: list[int],
    dead: list[int],
    rows_limit: int,
    work_limit: int | None,
    tick: Tick,
    threads: int | None = None,
) -> Totals | None:
    """Count all deals; integers where all weights are 1, None beyond a limit.

    Parameters
    ----------
    ranges
        (1326,) weights of each player, 0 where a hand holds a card of `board` or `dead`.
    board, dead
        Card codes.
    rows_limit, work_limit
        Most joint holdings, and most look-ups of a hand's strength.
    tick
        Called between launches with the share that is done; what it raises ends the work.
    threads
        At most so many.
    """
    sizes, wholes = zip(*map(measure, ranges), strict=True)
    whole = all(wholes)
    if len(ranges) == 2 and (not (board or dead) or _sweeping_is_less(ranges, sizes, board, dead, work_limit)):
        totals = _heads_up(ranges, board, dead, tick, threads)
        return np.rint(totals).astype(np.int64) if whole else totals
    work_a_row = _LOOKUPS[5 - len(board)] * len(ranges)
    if len(ranges) == 3 and len(board) >= 3:
        work = threeway.work(sizes, comb(52 - len(board) - len(dead), 5 - len(board)))
        if work < prod(sizes) * work_a_row:
            if work_limit is not None and work > work_limit:
                return None
            totals = _swept_three(ranges, board, dead, tick, threads)
            return np.rint(totals).astype(np.int64) if whole else totals
    if work_limit is not None:
        # There are 24 ways to rename suits, so merging leaves at least a 24th of the rows.
        rows_limit = min(rows_limit, 24 * work_limit // work_a_row)
    rows = join(ranges, mask_of(board + dead), rows_limit)
    if rows is None:
        return None
    tick(0.0)
    rows = merge_suits(rows, board, dead)
    tick(0.0)
    if work_limit is not None and len(rows.weights) * work_a_row > work_limit:
        return None
    weights = rows.weights.astype(np.int64) if whole else rows.weights
    return _enumerated(rows.combos, weights, board, dead, tick, threads)


def _sweeping_is_less(
    ranges: Sequence[NDArray[np.float64]],
    sizes: Sequence[int],
    board: list[int],
    dead: list[int],
    work_limit: int | None,
) -> bool:
    """Whether sweeping all boards is less work than to count them for each two hands, and within the limit."""
    n, m = sizes
    boards = comb(52 - len(board) - len(dead), 5 - len(board))
    work = boards * (n + m + SETUP) / _LOOKUP
    # Suits shorten both ways alike.
    if work >= n * m * _LOOKUPS[5 - len(board)]:
        return False
    return work_limit is None or work <= work_limit or work <= work_limit * len(symmetries(ranges, board, dead))


def _enumerated(
    combos: NDArray[np.int64], weights: Totals, board: list[int], dead: list[int], tick: Tick, threads: int | None
) -> Totals:
    n_players = combos.shape[1]
    step = _LOOKUPS_A_LAUNCH // (_LOOKUPS[5 - len(board)] * n_players) + 1

    def holes_of(part: slice) -> NDArray[np.uint8]:
        holes = np.full((part.stop - part.start, MAX_PLAYERS, 2), NO_CARD, np.uint8)
        holes[:, :n_players] = COMBOS[combos[part]]
        return holes

    return totals_of(tally, holes_of, n_players, weights, board, dead, step, tick, threads)


def of_hands(hands: list[list[int]], board: list[int], dead: list[int], threads: int | None) -> NDArray[np.int64]:
    """Count all deals of known hands, without the lists that ranges need."""
    holes = np.full((1, MAX_PLAYERS, 2), NO_CARD, np.uint8)
    holes[0, : len(hands)] = hands
    boards = np.array([board + [NO_CARD] * (5 - len(board))], np.uint8)
    out = np.zeros((1, MAX_PLAYERS, MAX_PLAYERS + 1), np.int64)
    tally(holes, np.array([len(hands)]), boards, mask_of(dead), out, threads)
    return out[0, : len(hands)]


def first_wrong_pot(
    holes: NDArray[np.uint8], n_players: NDArray[np.int64], n_known: NDArray[np.int64], boards: NDArray[np.uint8]
) -> int:
    """Give the first pot with a wrong number of players or board cards, or a card that is none or there twice, or -1.

    Shapes are as for `tally`, with any number of hole cards; ``n_known`` (n,) are the players and others.
    """
    size = holes.shape[2]
    held = np.arange(MAX_PLAYERS) < n_known[:, None]
    cards = np.hstack([np.where(held[:, :, None], holes, NO_CARD).reshape(-1, size * MAX_PLAYERS), boards])
    # A cast alone would turn a wrong code of another type into a right one, or into one outside of the table.
    codes = ((cards >= 0) & (cards <= 51) & (cards == np.floor(cards))) | (cards == NO_CARD)
    unknown = cards == NO_CARD
    known = 5 - unknown[:, -5:].sum(axis=1)
    ordered = np.sort(cards, axis=1)
    wrong = ((ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] != NO_CARD)).any(axis=1)
    wrong |= ~codes.all(axis=1) | (unknown[:, :-5].sum(axis=1) != size * (MAX_PLAYERS - n_known))
    wrong |= (n_players < 1) | (n_known < n_players) | (n_known > MAX_PLAYERS) | (known == 1) | (known == 2)
    return int(wrong.argmax()) if wrong.any() else -1


def masks_beyond(
    holes: NDArray[np.uint8], n_players: NDArray[np.int64], n_known: NDArray[np.int64]
) -> NDArray[np.uint64]:
    """Give the mask of the cards of those who are known beyond the players: (n,)."""
    place = np.arange(MAX_PLAYERS)
    beyond = (place >= n_players[:, None]) & (place < n_known[:, None])
    masks = np.zeros(len(holes), np.uint64)
    rows, hands = np.nonzero(beyond)
    for card in holes[rows, hands].T.astype(np.uint64):
        np.bitwise_or.at(masks, rows, np.uint64(1) << (16 * (card % 4) + card // 4))
    return masks


def shares_of_pots(
    holes: NDArray[np.uint8],
    n_players: NDArray[np.int64],
    boards: NDArray[np.uint8],
    dead: NDArray[np.uint64],
    threads: int | None = None,
) -> NDArray[np.float64]:
    """Give each player's exact share of each pot: (n, 10); shapes as for `tally`, ``dead`` (n,) a mask a pot."""
    shares = np.zeros((len(holes), MAX_PLAYERS))
    shares[n_players == 1, 0] = 1
    is_listed = (n_players == 2) & (boards == NO_CARD).all(axis=1) & (dead == 0)
    listed = np.flatnonzero(is_listed)
    win, tie = preflop.wins_and_ties(holes[listed, :2]).T
    shares[listed, 0] = (win + tie / 2) / preflop.DEALS
    shares[listed, 1] = 1 - shares[listed, 0]
    rows = np.flatnonzero((n_players > 1) & ~is_listed)
    shares[rows] = shares_of(tally, _pots_a_launch, rows, holes, n_players, boards, dead, threads)
    return shares


def _pots_a_launch(to_come: int) -> int:
    return _LOOKUPS_A_LAUNCH // (_LOOKUPS[to_come] * 2) + 1


def each_hand(
    ranges: Sequence[NDArray[np.float64]], board: list[int], dead: list[int], tick: Tick, threads: int | None = None
) -> NDArray[np.float64]:
    """Give what each hand of the first range beats, ties and meets of the second, in deals by weight: (n, 3).

    Hands are those above weight 0 in their order; arguments are as for `exact`.
    """
    mine, theirs = ranges
    if board or dead:
        # With one card to come, finding boards that are alike takes longer than to sweep them.
        suits = symmetries(ranges, board, dead) if len(board) <= _FLOP else np.zeros(1, np.int64)
        return showdown(mine, theirs, board, dead, suits, tick, threads)
    found = preflop.sum_up(np.flatnonzero(mine), np.flatnonzero(theirs), theirs[theirs != 0])
    tick(1.0)
    return found


def _heads_up(
    ranges: Sequence[NDArray[np.float64]], board: list[int], dead: list[int], tick: Tick, threads: int | None
) -> NDArray[np.float64]:
    win, tie, whole = (ranges[0][ranges[0] != 0] @ each_hand(ranges, board, dead, tick, threads)).tolist()
    rest = [0.0] * (MAX_PLAYERS - 2)
    return np.array([[0.0, win, tie, *rest], [0.0, whole - win - tie, tie, *rest]])


def _swept_three(
    ranges: Sequence[NDArray[np.float64]], board: list[int], dead: list[int], tick: Tick, threads: int | None
) -> NDArray[np.float64]:
    first, second, third = (
        (COMBOS[held], weights[held]) for weights, held in zip(ranges, map(np.flatnonzero, ranges), strict=True)
    )
    met = comb(52 - len(board) - len(dead) - 6, 5 - len(board))
    totals = np.zeros((3, MAX_PLAYERS + 1))
    totals[:, :4] = threeway.three_ranges(boards_from(board, dead), first, second, third, met, tick, threads)
    return totals


def boards_from(board: list[int], dead: list[int]) -> NDArray[np.uint8]:
    """List all ways to complete a board: (n, 5)."""
    left = [card for card in range(52) if card not in board and card not in dead]
    return np.array([[*board, *more] for more in combinations(left, 5 - len(board))], np.uint8)


def _is_any_two(weights: NDArray[np.float64], blocked: np.uint64) -> bool:
    free = weights[MASKS & blocked == 0]
    return bool((free == free[0]).all())


def _group(ranges: Sequence[NDArray[np.float64]], blocked: np.uint64) -> list[tuple[list[int], Rows]]:
    """Join players, the narrowest ranges first, for as long as the list of their joint holdings stays short."""
    listed = [player for player, weights in enumerate(ranges) if not _is_any_two(weights, blocked)]
    groups: list[tuple[list[int], Rows]] = []
    for player in sorted(listed, key=lambda player: int(np.count_nonzero(ranges[player]))):
        members = [*groups[-1][0], player] if groups else [player]
        joint = join([ranges[member] for member in members], blocked, _GROUP_ROWS) if groups else None
        if joint is not None and joint.weights.any():
            groups[-1] = members, joint
        elif (alone := join([ranges[player]], blocked, len(COMBOS))) is not None:
            groups.append(([player], alone))
    return groups


def standard_errors(totals: Totals) -> NDArray[np.float64]:
    """Give the standard error of each player's mean share from sampled totals (..., players, 11); inf without a deal.

    Deals are independent of each other, so the spread of their shares is that of the mean, times the root of their
    number.
    """
    shares, squares = totals @ SHARES, totals @ SHARES**2
    n = shares.sum(axis=-1, keepdims=True)
    some = np.maximum(n, 1)
    spread = np.maximum(squares / some - (shares / some) ** 2, 0)
    return np.where(n > 0, np.sqrt(spread / np.maximum(n - 1, 1)), np.inf)


def sampled(
    ranges: Sequence[NDArray[np.float64]],
    board: list[int],
    dead: list[int],
    tolerance: float,
    max_samples: int | None,
    seed: int,
    tick: Tick,
    threads: int | None = None,
) -> NDArray[np.int64] | None:
    """Sample deals until every player's standard error is at most `tolerance`, or `max_samples` are reached.

    A seed gives one result for any number of threads. None where the first blocks found no deal.
    """
    groups = make_groups(_group(ranges, mask_of(board + dead)), len(ranges))
    deck = make_deck(board, dead)

    def deal(wave: range) -> NDArray[np.int64]:
        return sample(len(ranges), deck, groups, seed, wave, threads)

    return until_precise(deal, len(ranges), tolerance, max_samples, tick)


def until_precise(
    deal: Callable[[range], NDArray[np.int64]], n_players: int, tolerance: float, max_samples: int | None, tick: Tick
) -> NDArray[np.int64] | None:
    """Add up numbered blocks of deals, in their order, until they are precise enough; None if the first have no deal.

    `deal` gives the counts (blocks, 10, 11) of the blocks of a range.
    """
    most = np.inf if max_samples is None else max_samples
    totals = np.zeros((n_players, MAX_PLAYERS + 1), np.int64)
    first = 0
    while True:
        wave = range(first, first + min(_WAVE, max(_FEWEST_BLOCKS, first)))
        running = totals + deal(wave)[:, :n_players].cumsum(axis=0)
        n = (running @ SHARES).sum(axis=1).round()
        errors = standard_errors(running).max(axis=1)
        enough = ((errors <= tolerance) & (n >= _FEWEST_DEALS)) | (n >= most)
        if enough.any():
            tick(1.0)
            return running[enough.argmax()]
        first, totals = wave.stop, running[-1]
        if not n[-1] and first >= _HOPELESS_BLOCKS:
            return None
        tick(_share_done(float(errors[-1]), float(n[-1]), tolerance, most))


def _share_done(error: float, n: float, tolerance: float, most: float) -> float:
    by_error = min(tolerance / error, 1.0) ** 2 if error else 1.0
    return max(min(by_error, n / _FEWEST_DEALS), n / most)
