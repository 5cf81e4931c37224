"""From lists of Omaha hands, board and dead cards to totals, as `solve` does for hold'em."""

from __future__ import annotations

from math import comb
from typing import TYPE_CHECKING

import numpy as np

from pokerlab_kernels.deals import mask_of
from pokerlab_kernels.enumerate import MAX_PLAYERS, NO_CARD
from pokerlab_kernels.launches import shares_of, totals_of
from pokerlab_kernels.omaha_enumerate import tally
from pokerlab_kernels.omaha_hands import BITS, Hands, cards_of, with_any
from pokerlab_kernels.omaha_montecarlo import make_lists, sample
from pokerlab_kernels.solve import until_precise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pokerlab_kernels.launches import Tick, Totals

# Patterns of boards, by cards to come; each is ten triples for every pair of hole cards.
_PATTERNS = {0: 1, 1: 13, 2: 91, 5: 6_175}
# What a row costs beside its look-ups, in patterns.
_FIXED = 10
_LOOKUPS_A_LAUNCH = 10_000_000
_CHUNK = 1 << 22


def exact(
    players: Sequence[Hands | None],
    size: int,
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
    players
        The hands of each, without cards of `board` or `dead`; None is any hand.
    size
        Cards of a hand.
    board, dead
        Card codes.
    rows_limit, work_limit
        Most joint holdings, and most look-ups of a hand's strength.
    tick
        Called between launches with the share that is done; what it raises ends the work.
    threads
        At most so many.
    """
    work_a_row = _lookups(5 - len(board), size, len(players))
    if work_limit is not None:
        rows_limit = min(rows_limit, work_limit // work_a_row)
    blocked = mask_of(board + dead)
    free = 52 - len(board) - len(dead)
    if any(hands is None for hands in players) and comb(free - size * (len(players) - 1), size) > rows_limit:
        return None
    listed = [every_hand(size, blocked) if hands is None else hands for hands in players]
    joint = _join(listed, rows_limit)
    if joint is None:
        return None
    masks, weights = joint
    whole = all((hands.weights == 1).all() for hands in listed)

    def holes_of(part: slice) -> NDArray[np.uint8]:
        own = masks[part]
        return cards_of(own.ravel()).reshape(*own.shape, size)

    step = _LOOKUPS_A_LAUNCH // work_a_row + 1
    weights = weights.astype(np.int64) if whole else weights
    return totals_of(tally, holes_of, len(players), weights, board, dead, step, tick, threads)


def _lookups(to_come: int, size: int, n_players: int) -> int:
    return (_PATTERNS[to_come] + _FIXED) * 10 * comb(size, 2) * n_players


def shares_of_pots(
    holes: NDArray[np.uint8],
    n_players: NDArray[np.int64],
    boards: NDArray[np.uint8],
    dead: NDArray[np.uint64],
    threads: int | None = None,
) -> NDArray[np.float64]:
    """Give each player's exact share of each pot: (n, 10); arguments as for `solve.shares_of_pots`."""

    def pots_a_launch(to_come: int) -> int:
        return _LOOKUPS_A_LAUNCH // _lookups(to_come, holes.shape[2], 2) + 1

    shares = np.zeros((len(holes), MAX_PLAYERS))
    shares[n_players == 1, 0] = 1
    rows = np.flatnonzero(n_players > 1)
    shares[rows] = shares_of(tally, pots_a_launch, rows, holes, n_players, boards, dead, threads)
    return shares


def every_hand(size: int, blocked: np.uint64) -> Hands:
    """List all hands without a blocked card, with weight 1."""
    masks = with_any(np.zeros(1, np.uint64), size, np.flatnonzero(BITS & blocked == 0).tolist())
    return Hands(masks, np.ones(len(masks)))


def _join(players: Sequence[Hands], limit: int) -> tuple[NDArray[np.uint64], NDArray[np.float64]] | None:
    """List all holdings without a shared card: masks (n, players) and weights, or None beyond `limit` rows."""
    masks, used, weights = np.zeros((1, 0), np.uint64), np.zeros(1, np.uint64), np.ones(1)
    for hands in players:
        step = max(1, _CHUNK // max(1, len(hands.masks)))
        lefts, rights, total = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], 0
        for start in range(0, len(used), step):
            left, right = np.nonzero(used[start : start + step, None] & hands.masks == 0)
            total += len(left)
            if total > limit:
                return None
            lefts.append(left + start)
            rights.append(right)
        left, right = np.concatenate(lefts), np.concatenate(rights)
        masks = np.column_stack([masks[left], hands.masks[right]])
        used = used[left] | hands.masks[right]
        weights = weights[left] * hands.weights[right]
    return masks, weights


def sampled(
    players: Sequence[Hands | None],
    size: int,
    board: list[int],
    dead: list[int],
    tolerance: float,
    max_samples: int | None,
    seed: int,
    tick: Tick,
    threads: int | None = None,
) -> NDArray[np.int64] | None:
    """Sample deals until every player's standard error is at most `tolerance`, or `max_samples` are reached.

    A seed gives one result for any number of threads. None where no deal of the first blocks was compatible.
    """
    apart = _apart(players)
    if any(hands is not None and not len(hands.masks) for hands in apart):
        return None
    lists = make_lists(apart, size)
    codes = np.array(board + [NO_CARD] * (5 - len(board)), np.uint8)

    def deal(wave: range) -> NDArray[np.int64]:
        return sample(codes, mask_of(dead), lists, seed, wave, threads)

    return until_precise(deal, len(players), tolerance, max_samples, tick)


def _apart(players: Sequence[Hands | None]) -> list[Hands | None]:
    """Leave out of each list the hands that clash with the only hand of another player: fewer deals are rejected."""
    single = [np.uint64(0) if hands is None or len(hands.masks) > 1 else hands.masks[0] for hands in players]
    apart: list[Hands | None] = []
    for player, hands in enumerate(players):
        others = np.bitwise_or.reduce([np.uint64(0), *(mask for other, mask in enumerate(single) if other != player)])
        apart.append(hands if hands is None else hands.beside(others))
    return apart
