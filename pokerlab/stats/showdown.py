"""Who saw which street, went to showdown and won, from columns of ``seats``."""

from __future__ import annotations

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

_DEALT, _WON = pl.col("dealt"), pl.col("won")
_SAW_FLOP, _SHOWDOWN = pl.col("saw_flop"), pl.col("went_to_showdown")
_BET_RIVER, _CALLED_RIVER = pl.col("did_bet_r"), pl.col("did_calls_r") > 0
_TRACKERS = "PokerTracker 4 and Hold'em Manager 3"


def _stat(code: str, could: pl.Expr, did: pl.Expr, name: str, short: str, source: str = "ours") -> Stat:
    return Stat(code, did, could, name=name, short=short, group="showdown", source=source, over="seats")


HANDS = Derived(
    "hands", _DEALT.sum().cast(pl.Int64), name="Hands", short="Hands", group="showdown", meaning="hands dealt in"
)
SAW_F = _stat("saw_f", _DEALT, _SAW_FLOP, "Saw the flop", "Saw F")
SAW_T = _stat("saw_t", _DEALT, pl.col("saw_turn"), "Saw the turn", "Saw T")
SAW_R = _stat("saw_r", _DEALT, pl.col("saw_river"), "Saw the river", "Saw R")
WTSD = _stat("wtsd", _SAW_FLOP, _SHOWDOWN, "Went to showdown when saw flop", "WTSD", _TRACKERS)
WSD = _stat("wsd", _SHOWDOWN, _WON, "Won at showdown", "W$SD", "ours: a returned excess is no win")
WWSF = _stat("wwsf", _SAW_FLOP, _WON, "Won when saw flop", "WWSF", _TRACKERS)
WON_NO_SD = _stat("won_no_sd", _SAW_FLOP, _WON & ~_SHOWDOWN, "Won without showdown when saw flop", "Won no SD")
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
