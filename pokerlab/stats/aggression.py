"""How often a player bets and raises after the flop, counted over all decisions of a hand."""

from __future__ import annotations

from functools import reduce
from operator import add

import polars as pl

from pokerlab.facts import BETS, CALLS, CHECKS, FLOP, FOLDS, RAISES, RIVER, TURN, UNRAISED, Condition
from pokerlab.stats.values import Derived, Stat

__all__ = [
    "AF",
    "AFQ",
    "AFQ_F",
    "AFQ_R",
    "AFQ_T",
    "AF_F",
    "AF_R",
    "AF_T",
    "AGG_PCT",
    "AGG_PCT_F",
    "AGG_PCT_R",
    "AGG_PCT_T",
    "CALLS_F",
    "CALLS_R",
    "CALLS_T",
]

_STREETS = {"f": (FLOP, "flop"), "t": (TURN, "turn"), "r": (RIVER, "river")}
_AFQ = ("afq", "Aggression frequency", "AFq", "PokerTracker: checks are not counted")
_AGG_PCT = ("agg_pct", "Aggression per cent", "Agg%", "Hold'em Manager: checks are counted")


def _counted(street: str, about: tuple[str, str, str, str], could: Condition, did: Condition = BETS | RAISES) -> Stat:
    code, name, short, source = about
    on, word = _STREETS[street]
    return Stat(
        f"{code}_{street}",
        did,
        on & could,
        name=f"{name} on the {word}",
        short=f"{short} {street.upper()}",
        group="aggression",
        source=source,
        counts=True,
    )


def _all_streets(about: tuple[str, str, str, str], parts: tuple[Stat, ...]) -> Derived:
    code, name, short, source = about
    done, possible = _sum(*(part.count for part in parts)), _sum(*(part.chances for part in parts))
    return Derived(
        code,
        pl.when(possible > 0).then(done / possible),
        name=f"{name} after the flop",
        short=short,
        group="aggression",
        source=source,
        meaning=f"{' + '.join(part.code for part in parts)}, occurrences over chances",
    )


def _factor(code: str, where: str, bets: tuple[Stat, ...], calls: tuple[Stat, ...]) -> Derived:
    aggressive, passive = _sum(*(part.count for part in bets)), _sum(*(part.count for part in calls))
    return Derived(
        code,
        pl.when(passive > 0).then(aggressive / passive),
        name=f"Aggression factor {where}",
        short=code.upper().replace("_", " "),
        group="aggression",
        source="PokerTracker; null without a call",
        meaning="bets and raises over calls",
    )


def _sum(*parts: pl.Expr) -> pl.Expr:
    return reduce(add, parts)


AFQ_F, AFQ_T, AFQ_R = (_counted(street, _AFQ, BETS | RAISES | CALLS | FOLDS) for street in _STREETS)
AFQ = _all_streets(_AFQ, (AFQ_F, AFQ_T, AFQ_R))
AGG_PCT_F, AGG_PCT_T, AGG_PCT_R = (
    _counted(street, _AGG_PCT, BETS | RAISES | CALLS | CHECKS | FOLDS) for street in _STREETS
)
AGG_PCT = _all_streets(_AGG_PCT, (AGG_PCT_F, AGG_PCT_T, AGG_PCT_R))
CALLS_F, CALLS_T, CALLS_R = (
    _counted(street, ("calls", "Call of any bet or raise", "Call", "ours"), ~UNRAISED, CALLS) for street in _STREETS
)
AF_F = _factor("af_f", "on the flop", (AFQ_F,), (CALLS_F,))
AF_T = _factor("af_t", "on the turn", (AFQ_T,), (CALLS_T,))
AF_R = _factor("af_r", "on the river", (AFQ_R,), (CALLS_R,))
AF = _factor("af", "after the flop", (AFQ_F, AFQ_T, AFQ_R), (CALLS_F, CALLS_T, CALLS_R))
