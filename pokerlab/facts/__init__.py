"""Derived columns: what each player could do and did, from the facts of his decisions.

A statistic of decisions is a `Flag`: a condition for its chance and one for its occurrence. `stat_columns` folds all of
them at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pokerlab import schema
from pokerlab.facts._decisions import ACTION_COLUMNS, SEAT_COLUMNS, Decisions, decisions
from pokerlab.facts._language import condition
from pokerlab.facts.conditions import (
    AFTER_CALLER,
    AFTER_LIMPER,
    AGGRESSOR_BEHIND,
    AGGRESSOR_CHECKED,
    ALWAYS,
    BETS,
    CALLED_A_RAISE,
    CALLED_BEFORE,
    CALLS,
    CAN_RAISE,
    CHECKED_THROUGH,
    CHECKS,
    FACING_CBET,
    FACING_CHECK_RAISE,
    FACING_DONK,
    FACING_MORE_RAISES,
    FACING_ONE_RAISE,
    FACING_SQUEEZE,
    FACING_STEAL,
    FACING_THREE_RAISES,
    FACING_TWO_RAISES,
    FLOP,
    FOLDS,
    GOES_ALL_IN,
    HAS_ACTED,
    HAS_BET,
    HAS_CHECKED,
    IN_BB,
    IN_BTN,
    IN_CO,
    IN_POSITION,
    IN_SB,
    IS_AGGRESSOR,
    IS_PREFLOP_AGGRESSOR,
    LIMPED,
    MADE_FIRST_RAISE,
    MADE_SECOND_RAISE,
    MADE_THE_RAISE,
    MEANINGS,
    MISSER_BEHIND,
    MULTIWAY,
    NEVER,
    OVERBETS,
    PREFLOP,
    RAISES,
    RIVER,
    SINGLE_RAISED_POT,
    STEAL_FROM_BTN,
    STEAL_FROM_CO,
    STEAL_FROM_SB,
    THREE_BET_POT,
    TURN,
    UNRAISED,
    WAS_VOLUNTARY,
    WOULD_CBET,
    Condition,
    fact,
)
from pokerlab.facts.ev import CASES, ev_cases, ev_cases_by_hand, ev_net, with_ev
from pokerlab.facts.flags import Flag, stat_columns
from pokerlab.frames import HandFrames
from pokerlab_kernels.decisions import SIZES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pokerlab.winamax import Parsed

__all__ = [
    "ACTION_COLUMNS",
    "AFTER_CALLER",
    "AFTER_LIMPER",
    "AGGRESSOR_BEHIND",
    "AGGRESSOR_CHECKED",
    "ALWAYS",
    "BETS",
    "CALLED_A_RAISE",
    "CALLED_BEFORE",
    "CALLS",
    "CAN_RAISE",
    "CASES",
    "CHECKED_THROUGH",
    "CHECKS",
    "FACING_CBET",
    "FACING_CHECK_RAISE",
    "FACING_DONK",
    "FACING_MORE_RAISES",
    "FACING_ONE_RAISE",
    "FACING_SQUEEZE",
    "FACING_STEAL",
    "FACING_THREE_RAISES",
    "FACING_TWO_RAISES",
    "FLOP",
    "FOLDS",
    "GOES_ALL_IN",
    "HAS_ACTED",
    "HAS_BET",
    "HAS_CHECKED",
    "IN_BB",
    "IN_BTN",
    "IN_CO",
    "IN_POSITION",
    "IN_SB",
    "IS_AGGRESSOR",
    "IS_PREFLOP_AGGRESSOR",
    "LIMPED",
    "MADE_FIRST_RAISE",
    "MADE_SECOND_RAISE",
    "MADE_THE_RAISE",
    "MEANINGS",
    "MISSER_BEHIND",
    "MULTIWAY",
    "NEVER",
    "OVERBETS",
    "PREFLOP",
    "RAISES",
    "RIVER",
    "SEAT_COLUMNS",
    "SINGLE_RAISED_POT",
    "SIZES",
    "STEAL_FROM_BTN",
    "STEAL_FROM_CO",
    "STEAL_FROM_SB",
    "THREE_BET_POT",
    "TURN",
    "UNRAISED",
    "WAS_VOLUNTARY",
    "WOULD_CBET",
    "Condition",
    "Decisions",
    "Flag",
    "condition",
    "decisions",
    "derive",
    "ev_cases",
    "ev_cases_by_hand",
    "ev_net",
    "fact",
    "seats",
    "stat_columns",
    "with_ev",
]


def derive(parsed: Parsed, flags: Sequence[Flag]) -> HandFrames:
    """Turn what the parser found into frames with all columns of `pokerlab.schema` and those of the flags."""
    return HandFrames(
        hands=parsed.hands,
        seats=seats(parsed, flags),
        actions=parsed.actions,
        tournaments=parsed.tournaments,
        rejects=parsed.rejects,
    )


def seats(parsed: Parsed, flags: Sequence[Flag], *, with_ev: bool = True, with_sizes: bool = True) -> pl.DataFrame:
    """Give the seats with the columns of the flags and sizes; without ``with_ev`` ``ev_net`` is null."""
    ev = pl.Series("ev_net", ev_net(parsed) if with_ev else [None] * parsed.seats.height, pl.Float64)
    frame = parsed.seats.hstack([ev])[schema.SEATS.names()]
    if not flags and not with_sizes:
        return frame
    made = Decisions.of_parsed(parsed)
    return frame.hstack(stat_columns(made, flags) + (made.size_columns() if with_sizes else []))
