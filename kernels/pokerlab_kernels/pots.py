"""Main and side pots of hands that were all-in before the last card, and why other hands keep their result."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pokerlab_kernels._jit import inner, kernel
from pokerlab_kernels.records import BOARD_GAME, DRAW3, MAX_PLAYERS, RIVER, SEVENTH, STREET_OF

if TYPE_CHECKING:
    from pokerlab_kernels.records import Array, Record

CASES = ("adjusted", "no_showdown", "no_all_in", "betting_open", "hi_lo", "stud_or_draw", "unknown_cards")
ADJUSTED, NO_SHOWDOWN, NO_ALL_IN, BETTING_OPEN, HI_LO, STUD_OR_DRAW, UNKNOWN_CARDS = range(len(CASES))
"""Whether the pots of a hand can be shared by equity; if not, why. The first that holds of the last six."""

POT = np.dtype(
    [("hand", "i8"), ("amount", "i8"), ("n_players", "i8"), ("n_known", "i8"), ("seat_row", "i8", (MAX_PLAYERS,))],
    align=True,
)
"""One pot: what is in it, who may win it, and behind these in ``seat_row`` the other live players."""

_LAST_STREETS = (STREET_OF[RIVER], STREET_OF[SEVENTH], STREET_OF[DRAW3])
NEVER = 127


class Hands(NamedTuple):
    """Hands and their seats, which are in the order of the hands.

    Of each hand: where its seats begin (one more: where the last end), the street of its last decision, its family of
    games, whether high and low share the pot, what the room put in, whether all its board is known. Of each seat:
    whether it came to showdown, whether its cards are known and chips are left behind; the street on which it went
    all-in, or `NEVER`; what it put in, and how much of that nobody had to match.
    """

    first_seat: Array
    last_street: Array
    family: Array
    hi_lo: Array
    added: Array
    board_known: Array
    live: Array
    known: Array
    behind: Array
    all_in_street: Array
    contributed: Array
    dead: Array


@inner
def case_of(hands: Hands, row: int) -> int:
    """Tell whether cards were to come when at most one live player had chips left, and all live cards are known."""
    last = _LAST_STREETS[hands.family[row]]
    known = hands.board_known[row]
    early = False
    live = 0
    behind = 0
    for i in range(hands.first_seat[row], hands.first_seat[row + 1]):
        if hands.live[i]:
            live += 1
            behind += hands.behind[i]
            known &= hands.known[i]
            early |= hands.all_in_street[i] < last
    if live < 2:
        return NO_SHOWDOWN
    if behind > 1 or hands.last_street[row] >= last:
        return BETTING_OPEN if early else NO_ALL_IN
    if hands.family[row] != BOARD_GAME:
        return STUD_OR_DRAW
    if hands.hi_lo[row]:
        return HI_LO
    return ADJUSTED if known else UNKNOWN_CARDS


@inner
def next_level(hands: Hands, row: int, below: int) -> int:
    """Give the smallest amount over ``below`` that a live player put in to be matched; or ``below``."""
    level = below
    for i in range(hands.first_seat[row], hands.first_seat[row + 1]):
        matched = hands.contributed[i] - hands.dead[i]
        if hands.live[i] and matched > below and (level == below or matched < level):
            level = matched
    return level


@inner
def fill_pot(pot: Record, hands: Hands, row: int, below: int, level: int, top: bool) -> None:
    """Fill in the pot of what was put in between two levels.

    Dead and added money is in the first; in the last is also what folded players put in over all live ones.
    """
    amount = hands.added[row] if below == 0 else 0
    n = 0
    for i in range(hands.first_seat[row], hands.first_seat[row + 1]):
        matched = hands.contributed[i] - hands.dead[i]
        amount += (matched if top else min(matched, level)) - min(matched, below)
        if below == 0:
            amount += hands.dead[i]
        if hands.live[i] and matched >= level:
            pot.seat_row[n] = i
            n += 1
    pot.hand = row
    pot.amount = amount
    pot.n_players = n
    for i in range(hands.first_seat[row], hands.first_seat[row + 1]):
        if hands.live[i] and hands.contributed[i] - hands.dead[i] < level:
            pot.seat_row[n] = i
            n += 1
    pot.n_known = n


@kernel()
def find_pots(hands: Hands, cases: Array, pots: Array) -> int:
    """Write the case of all hands and the pots of those that can be adjusted; give the number of pots."""
    count = 0
    for row in range(len(cases)):
        cases[row] = case_of(hands, row)
        if cases[row] != ADJUSTED:
            continue
        below = np.int64(0)
        level = next_level(hands, row, below)
        top = False
        while not top:
            above = next_level(hands, row, level)
            top = above == level
            fill_pot(pots[count], hands, row, below, level, top)
            count += 1
            below = level
            level = above
    return count


def all_in_pots(hands: Hands) -> tuple[np.ndarray, np.ndarray]:
    """Give the place in `CASES` of each hand, int8, and the pots to be shared by equity, records of `POT`."""
    cases = np.empty(len(hands.last_street), np.int8)
    pots = np.zeros(np.count_nonzero(hands.live), POT)
    return cases, pots[: find_pots(hands, cases, pots)]
