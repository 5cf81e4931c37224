"""Statistics of play on flop, turn and river; a line makes those of all its streets."""

from __future__ import annotations

import polars as pl

from pokerlab.facts import (
    AGGRESSOR_BEHIND,
    AGGRESSOR_CHECKED,
    BETS,
    CALLED_BEFORE,
    CALLS,
    CAN_RAISE,
    CHECKED_THROUGH,
    CHECKS,
    FACING_CBET,
    FACING_CHECK_RAISE,
    FACING_DONK,
    FACING_ONE_RAISE,
    FLOP,
    FOLDS,
    HAS_BET,
    HAS_CHECKED,
    IN_POSITION,
    IS_AGGRESSOR,
    IS_PREFLOP_AGGRESSOR,
    MADE_THE_RAISE,
    MISSER_BEHIND,
    MULTIWAY,
    OVERBETS,
    RAISES,
    RIVER,
    SINGLE_RAISED_POT,
    THREE_BET_POT,
    TURN,
    UNRAISED,
    WOULD_CBET,
    Condition,
)
from pokerlab.stats.values import Mean, Stat

__all__ = [
    "AVG_BET_PCT_F",
    "AVG_BET_PCT_R",
    "AVG_BET_PCT_T",
    "AVG_RAISE_PCT_F",
    "AVG_RAISE_PCT_R",
    "AVG_RAISE_PCT_T",
    "BET_F",
    "BET_R",
    "BET_T",
    "BET_VS_MISSED_CBET_F",
    "CALL_BET_F",
    "CALL_BET_R",
    "CALL_BET_T",
    "CALL_CBET_F",
    "CALL_CBET_R",
    "CALL_CBET_T",
    "CBET_F",
    "CBET_F_3BP",
    "CBET_F_HU",
    "CBET_F_IP",
    "CBET_F_MW",
    "CBET_F_OOP",
    "CBET_F_SRP",
    "CBET_R",
    "CBET_T",
    "CHECK_F",
    "CHECK_R",
    "CHECK_T",
    "DELAYED_CBET_T",
    "DONK_F",
    "DONK_R",
    "DONK_T",
    "FLOAT_R",
    "FLOAT_T",
    "FOLD_TO_BET_F",
    "FOLD_TO_BET_R",
    "FOLD_TO_BET_T",
    "FOLD_TO_CBET_F",
    "FOLD_TO_CBET_R",
    "FOLD_TO_CBET_T",
    "FOLD_TO_DONK_F",
    "FOLD_TO_DONK_R",
    "FOLD_TO_DONK_T",
    "FOLD_TO_XR_F",
    "FOLD_TO_XR_R",
    "FOLD_TO_XR_T",
    "OVERBET_F",
    "OVERBET_R",
    "OVERBET_T",
    "PROBE_R",
    "PROBE_T",
    "RAISE_BET_F",
    "RAISE_BET_R",
    "RAISE_BET_T",
    "RAISE_CBET_F",
    "RAISE_CBET_R",
    "RAISE_CBET_T",
    "STAB_F",
    "STAB_R",
    "STAB_T",
    "XC_F",
    "XC_R",
    "XC_T",
    "XF_F",
    "XF_R",
    "XF_T",
    "XR_F",
    "XR_F_OF_CHECKS",
    "XR_R",
    "XR_R_OF_CHECKS",
    "XR_T",
    "XR_T_OF_CHECKS",
]

_STREETS = {"f": (FLOP, "flop"), "t": (TURN, "turn"), "r": (RIVER, "river")}


def _stat(street: str, code: str, could: Condition, did: Condition, name: str, source: str, end: str = "") -> Stat:
    on, word = _STREETS[street]
    return Stat(
        f"{code}_{street}{end}",
        did,
        on & could,
        name=f"{name} on the {word}" if word not in name else name,
        short=f"{name} {street.upper()}",
        group=word,
        source=source,
    )


def _each(
    code: str, could: Condition, did: Condition, name: str, *, streets: str = "ftr", source: str = "ours"
) -> tuple[Stat, ...]:
    """Make a statistic for each of some streets."""
    return tuple(_stat(street, code, could, did, name, source) for street in streets)


def _flop_cbet(end: str, which: Condition, name: str) -> Stat:
    return _stat("f", "cbet", _CBET & which, BETS, name, _PT4, end)


_PT4 = "PokerTracker 4"
_OPEN = UNRAISED & CAN_RAISE
_FACING_BET = FACING_ONE_RAISE & ~MADE_THE_RAISE
_CHECKED_TO_BET = HAS_CHECKED & ~UNRAISED & ~MADE_THE_RAISE
_CBET = WOULD_CBET & _OPEN
_FLOAT = CALLED_BEFORE & AGGRESSOR_CHECKED & IN_POSITION & _OPEN
_MISSED = AGGRESSOR_CHECKED & IN_POSITION & _OPEN

CBET_F, CBET_T, CBET_R = _each("cbet", _CBET, BETS, "C-bet", source=_PT4)
CBET_F_IP = _flop_cbet("_ip", IN_POSITION, "C-bet on the flop in position")
CBET_F_OOP = _flop_cbet("_oop", ~IN_POSITION, "C-bet on the flop out of position")
CBET_F_SRP = _flop_cbet("_srp", SINGLE_RAISED_POT, "C-bet on the flop, single-raised pot")
CBET_F_3BP = _flop_cbet("_3bp", THREE_BET_POT, "C-bet on the flop, 3-bet pot")
CBET_F_MW = _flop_cbet("_mw", MULTIWAY, "C-bet on the flop, multiway")
CBET_F_HU = _flop_cbet("_hu", ~MULTIWAY, "C-bet on the flop, heads-up")
DELAYED_CBET_T = _stat(
    "t", "delayed_cbet", IS_PREFLOP_AGGRESSOR & CHECKED_THROUGH & _OPEN, BETS, "Delayed c-bet", "ours"
)
FOLD_TO_CBET_F, FOLD_TO_CBET_T, FOLD_TO_CBET_R = _each("fold_to_cbet", FACING_CBET, FOLDS, "Fold to c-bet", source=_PT4)
CALL_CBET_F, CALL_CBET_T, CALL_CBET_R = _each("call_cbet", FACING_CBET, CALLS, "Call a c-bet", source=_PT4)
RAISE_CBET_F, RAISE_CBET_T, RAISE_CBET_R = _each(
    "raise_cbet", FACING_CBET & CAN_RAISE, RAISES, "Raise a c-bet", source=_PT4
)

DONK_F, DONK_T, DONK_R = _each("donk", AGGRESSOR_BEHIND & _OPEN, BETS, "Donk bet", source=_PT4)
FOLD_TO_DONK_F, FOLD_TO_DONK_T, FOLD_TO_DONK_R = _each(
    "fold_to_donk", FACING_DONK & IS_AGGRESSOR, FOLDS, "Fold to donk bet", source=_PT4
)
FLOAT_T, FLOAT_R = _each("float", _FLOAT, BETS, "Float bet", streets="tr", source=_PT4)
PROBE_T, PROBE_R = _each("probe", MISSER_BEHIND & _OPEN, BETS, "Probe bet", streets="tr")
BET_VS_MISSED_CBET_F = _stat("f", "bet_vs_missed_cbet", _MISSED, BETS, "Bet against a missed c-bet", "ours")
STAB_F, STAB_T, STAB_R = _each("stab", IN_POSITION & _OPEN, BETS, "Stab when checked to")

CHECK_F, CHECK_T, CHECK_R = _each("check", UNRAISED, CHECKS, "Check")
XR_F, XR_T, XR_R = _each("xr", _CHECKED_TO_BET & CAN_RAISE, RAISES, "Check-raise")
XC_F, XC_T, XC_R = _each("xc", _CHECKED_TO_BET, CALLS, "Check-call")
XF_F, XF_T, XF_R = _each("xf", _CHECKED_TO_BET, FOLDS, "Check-fold")
FOLD_TO_XR_F, FOLD_TO_XR_T, FOLD_TO_XR_R = _each(
    "fold_to_xr", HAS_BET & FACING_CHECK_RAISE, FOLDS, "Fold to check-raise"
)


def _of_checks(street: str) -> Stat:
    return Stat(
        f"xr_{street}_of_checks",
        pl.col(f"did_xr_{street}"),
        pl.col(f"did_check_{street}"),
        name=f"Check-raise on the {_STREETS[street][1]}, of all checks",
        short=f"X-R/X {street.upper()}",
        group=_STREETS[street][1],
        over="seats",
        words=(f"checked on the {_STREETS[street][1]}", "check-raised there"),
    )


XR_F_OF_CHECKS, XR_T_OF_CHECKS, XR_R_OF_CHECKS = map(_of_checks, "ftr")

BET_F, BET_T, BET_R = _each("bet", _OPEN, BETS, "Bet")
FOLD_TO_BET_F, FOLD_TO_BET_T, FOLD_TO_BET_R = _each("fold_to_bet", _FACING_BET, FOLDS, "Fold to a bet")
CALL_BET_F, CALL_BET_T, CALL_BET_R = _each("call_bet", _FACING_BET, CALLS, "Call a bet")
RAISE_BET_F, RAISE_BET_T, RAISE_BET_R = _each("raise_bet", _FACING_BET & CAN_RAISE, RAISES, "Raise a bet")
OVERBET_F, OVERBET_T, OVERBET_R = _each("overbet", BETS, OVERBETS, "Over-bet, of his bets")


def _size(street: str, code: str, name: str, meaning: str) -> Mean:
    return Mean(
        f"{code}_{street}",
        pl.col(f"size_{code}_{street}"),
        is_money=False,
        name=f"{name} on the {_STREETS[street][1]}",
        short=f"{name} {street.upper()}",
        group=_STREETS[street][1],
        source="ours: a raise of the pot is 1, as a bet of the pot is",
        meaning=meaning,
    )


def _sizes(code: str, name: str, meaning: str) -> tuple[Mean, ...]:
    return tuple(_size(street, code, name, meaning) for street in _STREETS)


AVG_BET_PCT_F, AVG_BET_PCT_T, AVG_BET_PCT_R = _sizes(
    "avg_bet_pct", "Mean bet in pots", "amount of his bet over the pot before it"
)
AVG_RAISE_PCT_F, AVG_RAISE_PCT_T, AVG_RAISE_PCT_R = _sizes(
    "avg_raise_pct", "Mean raise in pots", "what he raises by over the pot after his call; of a hand's raises the mean"
)
