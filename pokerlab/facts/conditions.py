"""What can be said of a decision, and conditions made of it with ``&``, ``|`` and ``~``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

import polars as pl

from pokerlab.errors import StatError
from pokerlab.text import suggestion
from pokerlab_kernels import records

if TYPE_CHECKING:
    from collections.abc import Iterable

WORD = "facts"
"""The column of the decisions' words."""

MOST_TERMS = 256
"""How many terms a condition may have once its parentheses are multiplied out."""

MEANINGS = {
    "PREFLOP": "before the flop; also on third street, and before the first draw",
    "FLOP": "on the flop",
    "TURN": "on the turn",
    "RIVER": "on the river",
    "FOLDS": "he folds",
    "CHECKS": "he checks",
    "CALLS": "he calls",
    "BETS": "he makes the first bet of the street",
    "RAISES": "he raises",
    "GOES_ALL_IN": "he is all-in with this action",
    "OVERBETS": "he bets more than the pot",
    "UNRAISED": "no bet or raise on this street yet (before the flop the blinds are none)",
    "FACING_ONE_RAISE": "one raise so far (after the flop: the bet)",
    "FACING_TWO_RAISES": "two raises so far",
    "FACING_THREE_RAISES": "three raises so far",
    "FACING_MORE_RAISES": "four raises or more so far",
    "CAN_RAISE": "he has more than the call, an opponent has chips left to call with, and the betting is open to him",
    "MADE_THE_RAISE": "the last bet or raise of this street is his own",
    "AFTER_CALLER": "somebody called the last bet or raise of this street",
    "MULTIWAY": "three or more had not folded when this street began",
    "WAS_VOLUNTARY": "he has called, bet or raised in this hand before",
    "HAS_ACTED": "he has had a decision on this street before",
    "HAS_CHECKED": "his last decision on this street was a check",
    "MADE_FIRST_RAISE": "he made the first raise before the flop",
    "MADE_SECOND_RAISE": "he made the second raise before the flop, the 3-bet",
    "CALLED_A_RAISE": "he has called a raise before the flop",
    "IN_SB": "he is in the small blind (told before the flop)",
    "IN_BB": "he is in the big blind (told before the flop)",
    "IN_CO": "he is in the cutoff (told before the flop)",
    "IN_BTN": "he is on the button and not in the small blind (told before the flop)",
    "AFTER_LIMPER": "somebody called the big blind and nobody has raised",
    "LIMPED": "his last decision was to call the big blind",
    "FACING_SQUEEZE": "the second raise was a squeeze: another made it behind a raise and its caller, being neither",
    "FACING_STEAL": "the only raise was another's, folded to him in CO, BTN or SB, and nobody called it",
    "STEAL_FROM_CO": "facing a steal from the cutoff",
    "STEAL_FROM_BTN": "facing a steal from the button",
    "STEAL_FROM_SB": "facing a steal from the small blind",
    "IS_PREFLOP_AGGRESSOR": "he made the last raise before the flop (told after it)",
    "IS_AGGRESSOR": "he made the last bet or raise of the street before",
    "CHECKED_THROUGH": "nobody bet on the street before (told on turn and river)",
    "AGGRESSOR_BEHIND": "another made the last bet or raise of the street before, can act, and does so after him",
    "AGGRESSOR_CHECKED": "another made the last bet or raise of the street before, and has checked on this one",
    "MISSER_BEHIND": "the street before was checked through, the aggressor of the one before that acts after him",
    "CALLED_BEFORE": "his last decision on the street before was a call",
    "WOULD_CBET": "a first bet of his is a c-bet: he made the last raise before the flop, and all such bets since",
    "HAS_BET": "he made the first bet of this street",
    "IN_POSITION": "nobody who can act comes after him on this street (told after the flop)",
    "FACING_CBET": "the only bet was a continuation bet of another",
    "FACING_DONK": "the only bet was made by another into the aggressor of the street before, who acts behind",
    "FACING_CHECK_RAISE": "the last raise is the second bet of the street, by another who had checked",
    "SINGLE_RAISED_POT": "there was one raise before the flop (told after it)",
    "THREE_BET_POT": "there were two raises before the flop (told after it)",
}


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on one decision, as terms of which one must hold.

    Attributes
    ----------
    terms
        Pairs of bit masks: facts that must be, facts that must not be.

    Examples
    --------
    >>> from pokerlab.facts import CALLS, PREFLOP
    >>> (PREFLOP & ~CALLS).text()
    'PREFLOP & ~CALLS'
    """

    terms: tuple[tuple[int, int], ...]

    def __and__(self, other: Condition) -> Condition:
        if not isinstance(other, Condition):
            return NotImplemented
        pairs = [(a | c, b | d) for a, b in self.terms for c, d in other.terms]
        return _of_terms(pair for pair in pairs if not pair[0] & pair[1])

    def __or__(self, other: Condition) -> Condition:
        if not isinstance(other, Condition):
            return NotImplemented
        return _of_terms(self.terms + other.terms)

    def __invert__(self) -> Condition:
        result = ALWAYS
        for need, forbid in self.terms:
            bits = range(len(records.FACTS))
            missing = tuple((0, 1 << bit) for bit in bits if need >> bit & 1)
            present = tuple((1 << bit, 0) for bit in bits if forbid >> bit & 1)
            result &= Condition(missing + present)
        return result

    def without(self, other: Condition) -> Condition:
        """Give the condition without asking for the facts of another."""
        mask = reduce(or_, (need for need, _ in other.terms), 0)
        return Condition(tuple(dict.fromkeys((need & ~mask, forbid) for need, forbid in self.terms)))

    @property
    def expr(self) -> pl.Expr:
        """The condition as a Boolean expression on a frame of decisions, see `pokerlab.decisions`."""
        word = pl.col(WORD)
        return pl.any_horizontal((word & 0) != 0, *((word & (need | forbid)) == need for need, forbid in self.terms))

    def text(self) -> str:
        """Write the condition with the names of the facts; `condition` reads it again."""
        return " | ".join(_term_text(need, forbid) for need, forbid in self.terms) or "never"


def _of_terms(terms: Iterable[tuple[int, int]]) -> Condition:
    """Give the condition of these terms, each once."""
    once = tuple(dict.fromkeys(terms))
    if len(once) > MOST_TERMS:
        msg = f"a condition has at most {MOST_TERMS} terms when its parentheses are multiplied out, not {len(once):,}"
        raise StatError(msg)
    return Condition(once)


def _term_text(need: int, forbid: int) -> str:
    names = [name for bit, name in enumerate(records.FACTS) if need >> bit & 1]
    names += [f"~{name}" for bit, name in enumerate(records.FACTS) if forbid >> bit & 1]
    return " & ".join(names) or "always"


def fact(name: str) -> Condition:
    """Give the condition that is one fact.

    Raises
    ------
    StatError
        There is no such fact.
    """
    if name not in records.FACTS:
        msg = f"{name!r} is not a fact of a decision{suggestion(name, records.FACTS)}"
        raise StatError(msg)
    return Condition(((1 << records.FACTS.index(name), 0),))


ALWAYS = Condition(((0, 0),))
"""True of every decision."""

NEVER = Condition(())
"""True of none."""

PREFLOP = fact("PREFLOP")
FLOP = fact("FLOP")
TURN = fact("TURN")
RIVER = fact("RIVER")
FOLDS = fact("FOLDS")
CHECKS = fact("CHECKS")
CALLS = fact("CALLS")
BETS = fact("BETS")
RAISES = fact("RAISES")
GOES_ALL_IN = fact("GOES_ALL_IN")
OVERBETS = fact("OVERBETS")
UNRAISED = fact("UNRAISED")
FACING_ONE_RAISE = fact("FACING_ONE_RAISE")
FACING_TWO_RAISES = fact("FACING_TWO_RAISES")
FACING_THREE_RAISES = fact("FACING_THREE_RAISES")
FACING_MORE_RAISES = fact("FACING_MORE_RAISES")
CAN_RAISE = fact("CAN_RAISE")
MADE_THE_RAISE = fact("MADE_THE_RAISE")
AFTER_CALLER = fact("AFTER_CALLER")
MULTIWAY = fact("MULTIWAY")
WAS_VOLUNTARY = fact("WAS_VOLUNTARY")
HAS_ACTED = fact("HAS_ACTED")
HAS_CHECKED = fact("HAS_CHECKED")
MADE_FIRST_RAISE = fact("MADE_FIRST_RAISE")
MADE_SECOND_RAISE = fact("MADE_SECOND_RAISE")
CALLED_A_RAISE = fact("CALLED_A_RAISE")
IN_SB = fact("IN_SB")
IN_BB = fact("IN_BB")
IN_CO = fact("IN_CO")
IN_BTN = fact("IN_BTN")
AFTER_LIMPER = fact("AFTER_LIMPER")
LIMPED = fact("LIMPED")
FACING_SQUEEZE = fact("FACING_SQUEEZE")
FACING_STEAL = fact("FACING_STEAL")
STEAL_FROM_CO = fact("STEAL_FROM_CO")
STEAL_FROM_BTN = fact("STEAL_FROM_BTN")
STEAL_FROM_SB = fact("STEAL_FROM_SB")
IS_PREFLOP_AGGRESSOR = fact("IS_PREFLOP_AGGRESSOR")
IS_AGGRESSOR = fact("IS_AGGRESSOR")
CHECKED_THROUGH = fact("CHECKED_THROUGH")
AGGRESSOR_BEHIND = fact("AGGRESSOR_BEHIND")
AGGRESSOR_CHECKED = fact("AGGRESSOR_CHECKED")
MISSER_BEHIND = fact("MISSER_BEHIND")
CALLED_BEFORE = fact("CALLED_BEFORE")
WOULD_CBET = fact("WOULD_CBET")
HAS_BET = fact("HAS_BET")
IN_POSITION = fact("IN_POSITION")
FACING_CBET = fact("FACING_CBET")
FACING_DONK = fact("FACING_DONK")
FACING_CHECK_RAISE = fact("FACING_CHECK_RAISE")
SINGLE_RAISED_POT = fact("SINGLE_RAISED_POT")
THREE_BET_POT = fact("THREE_BET_POT")
