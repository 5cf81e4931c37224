"""What can be said of a decision, and conditions made of it with ``&``, ``|`` and ``~``."""

from __future__ import annotations

from dataclasses import dataclass

from pokerlab.errors import StatError
from pokerlab_kernels import records

MEANINGS = {
    "PREFLOP": "before the flop",
    "FLOP": "on the flop",
    "TURN": "on the turn",
    "RIVER": "on the river",
    "FOLDS": "he folds",
    "CHECKS": "he checks",
    "CALLS": "he calls",
    "BETS": "he makes the first bet of the street",
    "RAISES": "he raises",
    "UNRAISED": "no bet or raise on this street yet (before the flop the blinds are none)",
    "FACING_ONE_RAISE": "one raise so far (after the flop: the bet)",
    "FACING_TWO_RAISES": "two raises so far",
    "FACING_MORE_RAISES": "three raises or more so far",
    "CAN_RAISE": "he has more than the call, an opponent has chips left to call with, and the betting is open to him",
    "MADE_THE_RAISE": "the last bet or raise of this street is his own",
    "WAS_VOLUNTARY": "he has called, bet or raised in this hand before",
    "AFTER_LIMPER": "somebody called the big blind and nobody has raised",
    "IS_ALL_IN": "he is all-in with this action",
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
        pairs = [(a | c, b | d) for a, b in self.terms for c, d in other.terms]
        return Condition(tuple(dict.fromkeys(pair for pair in pairs if not pair[0] & pair[1])))

    def __or__(self, other: Condition) -> Condition:
        return Condition(tuple(dict.fromkeys(self.terms + other.terms)))

    def __invert__(self) -> Condition:
        result = Condition(((0, 0),))
        for need, forbid in self.terms:
            bits = range(len(records.FACTS))
            missing = tuple((0, 1 << bit) for bit in bits if need >> bit & 1)
            present = tuple((1 << bit, 0) for bit in bits if forbid >> bit & 1)
            result &= Condition(missing + present)
        return result

    def text(self) -> str:
        """Write the condition with the names of the facts."""
        return " | ".join(_term_text(need, forbid) for need, forbid in self.terms) or "never"


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
        msg = f"{name!r} is not a fact of a decision; facts are {', '.join(records.FACTS)}"
        raise StatError(msg)
    return Condition(((1 << records.FACTS.index(name), 0),))


PREFLOP = fact("PREFLOP")
FLOP = fact("FLOP")
TURN = fact("TURN")
RIVER = fact("RIVER")
FOLDS = fact("FOLDS")
CHECKS = fact("CHECKS")
CALLS = fact("CALLS")
BETS = fact("BETS")
RAISES = fact("RAISES")
UNRAISED = fact("UNRAISED")
FACING_ONE_RAISE = fact("FACING_ONE_RAISE")
FACING_TWO_RAISES = fact("FACING_TWO_RAISES")
FACING_MORE_RAISES = fact("FACING_MORE_RAISES")
CAN_RAISE = fact("CAN_RAISE")
MADE_THE_RAISE = fact("MADE_THE_RAISE")
WAS_VOLUNTARY = fact("WAS_VOLUNTARY")
AFTER_LIMPER = fact("AFTER_LIMPER")
IS_ALL_IN = fact("IS_ALL_IN")
