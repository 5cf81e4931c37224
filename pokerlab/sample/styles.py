"""Players as data: a style is one row of numbers, and one function turns numbers and cards into a decision."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from random import Random
from typing import TYPE_CHECKING

from pokerlab.sample.evaluate import FLUSH, FULL, ONE_PAIR, TWO_PAIRS, low, omaha, strength

if TYPE_CHECKING:
    from collections.abc import Sequence

FOLD, PASSIVE = -1, 0
"""Answers of a policy besides an amount to raise to: give up, or check or call."""


@dataclass(frozen=True, slots=True)
class Style:
    """How somebody plays; shares are fractions of all starting hands or of chances.

    Attributes
    ----------
    vpip, pfr, three_bet
        Shares of hands he plays, opens and re-raises, averaged over the positions.
    bets
        How often he bets a hand worth it, and half of it for raises.
    bluffs
        How often he bets nothing.
    sticky
        How much less than the price asks he needs to call.
    """

    name: str
    vpip: float
    pfr: float
    three_bet: float
    bets: float
    bluffs: float
    sticky: float


STYLES = (
    Style("nit", 0.19, 0.16, 0.035, 0.55, 0.06, -0.06),
    Style("tag", 0.24, 0.21, 0.070, 0.70, 0.16, 0.00),
    Style("lag", 0.32, 0.28, 0.105, 0.78, 0.26, 0.04),
    Style("regular", 0.27, 0.22, 0.080, 0.66, 0.18, 0.02),
    Style("limper", 0.34, 0.08, 0.030, 0.40, 0.08, 0.06),
    Style("calling_station", 0.52, 0.08, 0.020, 0.35, 0.05, 0.20),
    Style("maniac", 0.56, 0.48, 0.170, 0.85, 0.42, 0.14),
)
"""The styles of the players; `WEIGHTS` says how many there are of each."""

WEIGHTS = (16, 28, 14, 24, 10, 5, 3)

HERO = Style("hero", 0.24, 0.22, 0.080, 0.70, 0.18, 0.02)


def _class_score(high: int, low: int, suited: bool) -> float:
    """Rough worth of a starting hand: high cards, pairs, suits and connection (after Chen)."""
    values = (1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0, 7.0, 8.0, 10.0)
    if high == low:
        return max(5.0, 2 * values[high])
    gap = high - low - 1
    score = values[high] + 0.15 * low + (2.0 if suited else 0.0) - (0, 1, 2, 4, 5)[min(gap, 4)]
    return score + (1.0 if gap <= 1 and high < 10 else 0.0)


def _percentiles() -> list[float]:
    """Share of hands that are better, for the pair of cards ``52 * a + b``."""
    scored = sorted(
        (-_class_score(max(a >> 2, b >> 2), min(a >> 2, b >> 2), a & 3 == b & 3), max(a, b), min(a, b))
        for a in range(52)
        for b in range(a)
    )
    table = [0.0] * (52 * 52)
    for place, (_, a, b) in enumerate(scored):
        table[52 * a + b] = table[52 * b + a] = place / len(scored)
    return table


BETTER = _percentiles()
"""``BETTER[52 * a + b]``: share of the 1,326 starting hands that the simulator holds to be better than a and b."""


_SCORES = [_class_score(max(a, b) >> 2, min(a, b) >> 2, a & 3 == b & 3) for a in range(52) for b in range(52)]


def _omaha_score(hole: Sequence[int]) -> float:
    """Rough worth of a starting hand of Omaha: its two-card hands, the best of them most."""
    scores = sorted([_SCORES[52 * a + b] for a, b in combinations(hole, 2)], reverse=True)
    return scores[0] + 0.7 * scores[1] + 0.4 * scores[2] + 0.2 * sum(scores[3:])


@lru_cache(maxsize=2)
def _omaha_scores(count: int) -> list[float]:
    rng = Random(count)  # noqa: S311 - a yardstick that must be the same everywhere
    return sorted(-_omaha_score(rng.sample(range(52), count)) for _ in range(2000))


def better(hole: tuple[int, ...]) -> float:
    """Give the share of starting hands that are better: exact for two cards, guessed from a sample for more."""
    if len(hole) == 2:
        return BETTER[52 * hole[0] + hole[1]]
    scores = _omaha_scores(len(hole))
    return bisect_left(scores, -_omaha_score(hole)) / len(scores)


def before_flop(
    style: Style,
    rng: Random,
    behind: float,
    *,
    late: float,
    players: int,
    n_raises: int,
    limpers: int,
    to_call: int,
    bet: int,
    big_blind: int,
    stack: int,
) -> int:
    """Choose before the flop: `FOLD`, `PASSIVE` or the amount to raise to.

    Parameters
    ----------
    behind
        What `better` says of his cards.
    late
        Place in the order of action, 0 for the first to act to 1 for the last.
    players
        Players dealt in; short tables are played looser.
    stack
        Chips behind, plus those already in on this street.
    """
    worth = behind * (0.8 + 0.4 * rng.random())
    loose = (0.6 + 0.75 * late) * (1.0, 1.0, 3.6, 2.4, 1.5, 1.15)[min(players, 5)] if players < 6 else 0.6 + 0.75 * late
    short = stack < 14 * big_blind
    if n_raises == 0:
        if worth < style.pfr * loose * (1.4 if short else 1.0):
            open_to = int(big_blind * (2.0 + rng.random() + limpers))
            return stack if short and rng.random() < 0.6 else open_to
        return PASSIVE if worth < style.vpip * loose * (1.2 if to_call < big_blind else 1.0) else FOLD
    price = to_call / (stack + 1)
    if n_raises == 1:
        if worth < style.three_bet * (1.8 if short else 1.0):
            return stack if short else int(bet * (2.6 + rng.random()))
        return (
            PASSIVE
            if worth < style.vpip * (0.66 - (0.3 if short else 0.5) * price) * loose + style.sticky * 0.2
            else FOLD
        )
    if worth < style.three_bet * 0.35:
        return stack if n_raises > 2 or short else int(bet * (2.2 + 0.5 * rng.random()))
    return PASSIVE if worth < style.vpip * (0.36 - 0.15 * price) + style.sticky * 0.1 else FOLD


def power(hole: tuple[int, ...], board: Sequence[int]) -> float:
    """Guess how a hand stands after the flop, from 0 (nothing) to 1 (nothing beats it)."""
    category, ranks = strength((*hole, *board))
    tops = sorted((card >> 2 for card in board), reverse=True)
    mine = (hole[0] >> 2, hole[1] >> 2)
    if category > TWO_PAIRS:
        return 0.93 if strength(board)[0] < category else 0.45
    if category == TWO_PAIRS:
        return 0.82 if mine[0] in ranks[:2] and mine[1] in ranks[:2] else 0.55
    guess = 0.06 + 0.01 * max(mine)
    if category == ONE_PAIR and ranks[0] in mine:
        above = sum(rank > ranks[0] for rank in tops)
        guess = (0.74, 0.55, 0.44, 0.38, 0.34, 0.34)[above]
    if len(board) < 5:
        suits = [card & 3 for card in (*hole, *board)]
        if suits.count(suits[0]) == 4 or suits.count(suits[1]) == 4:
            guess += 0.22
    return guess


_OMAHA_POWER = (0.08, 0.20, 0.44, 0.60, 0.78, 0.84, 0.93, 0.97, 0.99)
"""What a hand of each category is worth after the flop."""


def omaha_power(hole: tuple[int, ...], board: Sequence[int], *, low_too: bool) -> float:
    """Guess how a hand of Omaha stands after the flop, from 0 to 1; with ``low_too`` a low is worth something."""
    category, _ = omaha(hole, board)
    guess = _OMAHA_POWER[category]
    common = [card & 3 for card in board]
    suit = max(common, key=common.count)
    if category < FLUSH and common.count(suit) > 2:
        guess -= 0.22
    elif len(board) < 5 and common.count(suit) == 2 and sum(card & 3 == suit for card in hole) > 1:
        guess += 0.20
    if category < FULL and len({card >> 2 for card in board}) < len(board):
        guess -= 0.12
    if low_too and low(hole, board) is not None:
        guess += 0.25
    return min(max(guess, 0.02), 0.99)


def after_flop(
    style: Style, rng: Random, guess: float, *, to_call: int, pot: int, bet: int, n_raises: int, stack: int, rivals: int
) -> int:
    """Choose after the flop: `FOLD`, `PASSIVE` or the amount to bet or raise to.

    Parameters
    ----------
    guess
        What `power` said.
    pot
        Everything put in so far.
    stack
        Chips behind, plus those already in on this street.
    rivals
        Opponents still in.
    """
    chance = rng.random()
    guess += 0.16 * (rng.random() - 0.5)
    if to_call == 0:
        worth_it = guess > 0.40 + 0.07 * rivals
        if chance < (style.bets if worth_it else style.bluffs / rivals):
            size = int(pot * (0.33, 0.5, 0.66, 0.8, 1.0)[int(rng.random() * 5)])
            return stack if size > 0.55 * stack else max(size, 1)
        return PASSIVE
    price = to_call / (pot + to_call)
    if (guess > 0.72 + 0.05 * n_raises and chance < style.bets * 0.8) or chance < style.bluffs * 0.1:
        size = int(bet * (2.4 + rng.random()))
        return stack if size > 0.45 * stack else size
    return PASSIVE if guess + style.sticky > 0.20 + 0.72 * price + 0.04 * n_raises else FOLD
