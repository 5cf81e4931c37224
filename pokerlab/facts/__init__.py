"""Derived columns: what each player could do and did, from the facts of his decisions.

A statistic is a `Flag`: a condition for its chance and one for its occurrence. `derive` folds all of them at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from pokerlab import schema
from pokerlab.facts.conditions import (
    AFTER_LIMPER,
    BETS,
    CALLS,
    CAN_RAISE,
    CHECKS,
    FACING_MORE_RAISES,
    FACING_ONE_RAISE,
    FACING_TWO_RAISES,
    FLOP,
    FOLDS,
    IS_ALL_IN,
    MADE_THE_RAISE,
    MEANINGS,
    PREFLOP,
    RAISES,
    RIVER,
    TURN,
    UNRAISED,
    WAS_VOLUNTARY,
    Condition,
    fact,
)
from pokerlab.facts.ev import ev_net
from pokerlab.frames import HandFrames
from pokerlab_kernels import flags as kernel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pokerlab.winamax import Parsed

__all__ = [
    "AFTER_LIMPER",
    "BETS",
    "CALLS",
    "CAN_RAISE",
    "CHECKS",
    "FACING_MORE_RAISES",
    "FACING_ONE_RAISE",
    "FACING_TWO_RAISES",
    "FLOP",
    "FOLDS",
    "IS_ALL_IN",
    "MADE_THE_RAISE",
    "MEANINGS",
    "PREFLOP",
    "RAISES",
    "RIVER",
    "TURN",
    "UNRAISED",
    "WAS_VOLUNTARY",
    "Condition",
    "Flag",
    "derive",
    "ev_net",
    "fact",
    "flag_columns",
    "seats",
]


@dataclass(frozen=True, slots=True)
class Flag:
    """A pair of columns ``could_<code>`` and ``did_<code>`` of ``seats``.

    Attributes
    ----------
    code
        The end of the columns' names.
    could, did
        The decisions that are a chance, and which of these are an occurrence.
    once
        Whether the first chance of a hand decides; otherwise any chance of the hand may be taken.
    """

    code: str
    could: Condition
    did: Condition
    once: bool = True


def _terms(conditions: Sequence[Condition]) -> kernel.Terms:
    terms = [term for condition in conditions for term in condition.terms]
    masks = np.array(terms, np.int64).reshape(-1, 2)
    start = np.cumsum([0, *(len(condition.terms) for condition in conditions)])
    return kernel.Terms(masks[:, 0].copy(), masks[:, 1].copy(), start)


def flag_columns(words: np.ndarray, seat_rows: np.ndarray, seats: int, flags: Sequence[Flag]) -> list[pl.Series]:
    """Give the ``could_`` and ``did_`` columns of all flags, Boolean, a row a seat.

    Parameters
    ----------
    words, seat_rows
        The facts of each action, and the row of its player's seat.
    seats
        Number of rows of ``seats``.
    flags
        What to fold.
    """
    could_terms = _terms([flag.could for flag in flags])
    did_terms = _terms([flag.did for flag in flags])
    once = np.array([flag.once for flag in flags], np.bool_)
    could, did = kernel.fold(words, seat_rows, seats, could_terms, did_terms, once)
    series = []
    for row, flag in enumerate(flags):
        series += [pl.Series(f"could_{flag.code}", could[row]), pl.Series(f"did_{flag.code}", did[row])]
    return series


def derive(parsed: Parsed, flags: Sequence[Flag]) -> HandFrames:
    """Turn what the parser found into frames with all columns of `pokerlab.schema` and those of the flags."""
    return HandFrames(
        hands=parsed.hands,
        seats=seats(parsed, flags),
        actions=parsed.actions,
        tournaments=parsed.tournaments,
        rejects=parsed.rejects,
    )


def seats(parsed: Parsed, flags: Sequence[Flag], *, with_ev: bool = True) -> pl.DataFrame:
    """Give the seats with the flags' columns; without ``with_ev``, and without its equities, ``ev_net`` is null."""
    words = np.ascontiguousarray(parsed.action_records["word"])
    seat_rows = np.ascontiguousarray(parsed.action_records["seat_row"])
    columns = flag_columns(words, seat_rows, parsed.seats.height, flags) if flags else []
    ev = pl.Series("ev_net", ev_net(parsed) if with_ev else [None] * parsed.seats.height, pl.Float64)
    return parsed.seats.hstack([ev])[schema.SEATS.names()].hstack(columns)
