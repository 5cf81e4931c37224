"""Who saw which street, went to showdown and won, from columns of ``seats``."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from pokerlab.stats.values import Derived, Stat

__all__ = [
    "HANDS",
    "SAW_F",
    "SAW_R",
    "SAW_T",
    "WON_NO_SD",
    "WSD",
    "WSD_AFTER_RIVER_BET",
    "WSD_AFTER_RIVER_CALL",
    "WTSD",
    "WTSD_AFTER_RIVER_BET",
    "WTSD_AFTER_RIVER_CALL",
    "WWSF",
]


class _Spot(NamedTuple):
    """A condition on ``seats``, and how people say it."""

    expr: pl.Expr
    words: str

    def __and__(self, other: _Spot) -> _Spot:
        return _Spot(self.expr & other.expr, f"{self.words}, and {other.words}")


def _stat(code: str, could: _Spot, did: _Spot, name: str, short: str, source: str = "ours") -> Stat:
    return Stat(
        code,
        did.expr,
        could.expr,
        name=name,
        short=short,
        group="showdown",
        source=source,
        over="seats",
        words=(could.words, did.words),
    )


_DEALT = _Spot(pl.col("dealt"), "dealt cards")
_SAW_FLOP = _Spot(pl.col("saw_flop"), "saw the flop, all-in or not")
_SAW_TURN = _Spot(pl.col("saw_turn"), "saw the turn")
_SAW_RIVER = _Spot(pl.col("saw_river"), "saw the river")
_SHOWDOWN = _Spot(pl.col("went_to_showdown"), "went to showdown")
_NO_SHOWDOWN = _Spot(~pl.col("went_to_showdown"), "no showdown")
_WON = _Spot(pl.col("won"), "won a pot or a part of one")
_BET_RIVER = _Spot(pl.col("did_bet_r"), "bet first on the river")
_CALLED_RIVER = _Spot(pl.col("did_calls_r") > 0, "called on the river")
_TRACKERS = "PokerTracker 4 and Hold'em Manager 3"

HANDS = Derived(
    "hands",
    pl.col("dealt").sum().cast(pl.Int64),
    name="Hands",
    short="Hands",
    group="showdown",
    meaning="hands dealt in",
)
SAW_F = _stat("saw_f", _DEALT, _SAW_FLOP, "Saw the flop", "Saw F")
SAW_T = _stat("saw_t", _DEALT, _SAW_TURN, "Saw the turn", "Saw T")
SAW_R = _stat("saw_r", _DEALT, _SAW_RIVER, "Saw the river", "Saw R")
WTSD = _stat("wtsd", _SAW_FLOP, _SHOWDOWN, "Went to showdown when saw flop", "WTSD", _TRACKERS)
WSD = _stat("wsd", _SHOWDOWN, _WON, "Won at showdown", "W$SD", "ours: a returned excess is no win")
WWSF = _stat("wwsf", _SAW_FLOP, _WON, "Won when saw flop", "WWSF", _TRACKERS)
WON_NO_SD = _stat("won_no_sd", _SAW_FLOP, _WON & _NO_SHOWDOWN, "Won without showdown when saw flop", "Won no SD")
WTSD_AFTER_RIVER_BET = _stat(
    "wtsd_after_river_bet", _BET_RIVER, _SHOWDOWN, "Went to showdown after betting the river", "SD after bet R"
)
WTSD_AFTER_RIVER_CALL = _stat(
    "wtsd_after_river_call", _CALLED_RIVER, _SHOWDOWN, "Went to showdown after calling the river", "SD after call R"
)
WSD_AFTER_RIVER_BET = _stat(
    "wsd_after_river_bet", _BET_RIVER & _SHOWDOWN, _WON, "Won at showdown after betting the river", "W$SD bet R"
)
WSD_AFTER_RIVER_CALL = _stat(
    "wsd_after_river_call", _CALLED_RIVER & _SHOWDOWN, _WON, "Won at showdown after calling the river", "W$SD call R"
)
