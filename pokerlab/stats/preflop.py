"""Statistics of play before the flop; each is one line of facts."""

from __future__ import annotations

import polars as pl

from pokerlab.facts import (
    AFTER_CALLER,
    AFTER_LIMPER,
    BETS,
    CALLED_A_RAISE,
    CALLS,
    CAN_RAISE,
    CHECKS,
    FACING_MORE_RAISES,
    FACING_ONE_RAISE,
    FACING_SQUEEZE,
    FACING_STEAL,
    FACING_THREE_RAISES,
    FACING_TWO_RAISES,
    FOLDS,
    GOES_ALL_IN,
    HAS_ACTED,
    IN_BB,
    IN_BTN,
    IN_CO,
    IN_SB,
    LIMPED,
    MADE_FIRST_RAISE,
    MADE_SECOND_RAISE,
    MADE_THE_RAISE,
    PREFLOP,
    RAISES,
    STEAL_FROM_BTN,
    STEAL_FROM_CO,
    STEAL_FROM_SB,
    UNRAISED,
    WAS_VOLUNTARY,
    Condition,
)
from pokerlab.stats.values import Derived, Stat

__all__ = [
    "BB_CHECK",
    "BVB_FOLD_BB",
    "BVB_LIMP",
    "BVB_RAISE",
    "CALL_FOUR_BET",
    "CALL_OPEN",
    "CALL_STEAL",
    "CALL_THREE_BET",
    "CC",
    "COLD_FOUR_BET",
    "FIVE_BET",
    "FOLD_BB_TO_STEAL",
    "FOLD_BB_TO_STEAL_BTN",
    "FOLD_BB_TO_STEAL_CO",
    "FOLD_BB_TO_STEAL_SB",
    "FOLD_SB_TO_STEAL",
    "FOLD_SB_TO_STEAL_BTN",
    "FOLD_SB_TO_STEAL_CO",
    "FOLD_TO_FOUR_BET",
    "FOLD_TO_SQUEEZE",
    "FOLD_TO_SQUEEZE_AS_CALLER",
    "FOLD_TO_SQUEEZE_AS_RAISER",
    "FOLD_TO_STEAL",
    "FOLD_TO_THREE_BET",
    "FOLD_TO_THREE_BET_ANY",
    "FOUR_BET",
    "FOUR_BET_PLUS",
    "FOUR_BET_RANGE",
    "ISO",
    "LIMP",
    "LIMP_CALL",
    "LIMP_FOLD",
    "LIMP_RAISE",
    "OPEN_LIMP",
    "OVER_LIMP",
    "PFR",
    "PFR_PT4",
    "PF_ALLIN",
    "RESTEAL",
    "RFI",
    "SB_COMPLETE",
    "SQUEEZE",
    "STEAL",
    "STEAL_OK",
    "THREE_BET",
    "VPIP",
]


def _stat(
    code: str,
    could: Condition,
    did: Condition,
    name: str,
    short: str = "",
    source: str = "ours",
    *,
    once: bool = True,
) -> Stat:
    return Stat(code, did, PREFLOP & could, name=name, short=short or name, group="preflop", source=source, once=once)


_ANY = PREFLOP
_RAISED = ~UNRAISED & ~MADE_THE_RAISE
_FIRST_IN = UNRAISED & ~AFTER_LIMPER & ~IN_BB
_FACING_THREE_BET = FACING_TWO_RAISES & ~MADE_THE_RAISE
_FACING_FOUR_BET = FACING_THREE_RAISES & ~MADE_THE_RAISE
_SQUEEZED = FACING_SQUEEZE & (MADE_FIRST_RAISE | CALLED_A_RAISE)
_STEAL = UNRAISED & ~AFTER_LIMPER & (IN_CO | IN_BTN | IN_SB)
_SB_STOLEN = IN_SB & FACING_STEAL & ~WAS_VOLUNTARY
_BB_STOLEN = IN_BB & FACING_STEAL & ~WAS_VOLUNTARY
_FOLDED_TO_SB = IN_SB & UNRAISED & ~AFTER_LIMPER

VPIP = _stat(
    "vpip",
    _ANY,
    CALLS | BETS | RAISES,
    "Voluntarily put money in pot",
    "VPIP",
    source="PokerTracker 4: hands less walks",
    once=False,
)
"""Called, bet or raised before the flop, of the hands with a decision of his own there; posts are none."""

PFR = _stat(
    "pfr",
    _ANY,
    BETS | RAISES,
    "Pre-flop raise",
    "PFR",
    source="ours: the chances of VPIP, so that PFR is never above it",
    once=False,
)
"""Raised before the flop, of the same hands as `VPIP`."""

PFR_PT4 = _stat(
    "pfr_pt4",
    CAN_RAISE | HAS_ACTED,
    BETS | RAISES,
    "Pre-flop raise of the hands in which it was possible",
    "PFR (PT4)",
    source="PokerTracker 4: acted twice, or once and could raise",
    once=False,
)
RFI = _stat("rfi", _FIRST_IN & CAN_RAISE, RAISES, "Raise first in", "RFI")
OPEN_LIMP = _stat("open_limp", _FIRST_IN & CAN_RAISE, CALLS, "Open limp")
OVER_LIMP = _stat("over_limp", UNRAISED & AFTER_LIMPER & ~IN_BB, CALLS, "Over-limp")
LIMP = _stat("limp", UNRAISED & ~IN_BB, CALLS, "Limp")
LIMP_FOLD = _stat(
    "limp_fold", LIMPED & _RAISED, FOLDS, "Limp-fold", "", source="PokerTracker 4: raises of all sizes alike"
)
LIMP_CALL = _stat("limp_call", LIMPED & _RAISED, CALLS, "Limp-call")
LIMP_RAISE = _stat("limp_raise", LIMPED & _RAISED & CAN_RAISE, RAISES, "Limp-raise")
ISO = _stat("iso", UNRAISED & AFTER_LIMPER & CAN_RAISE, RAISES, "Isolation raise", "Iso")
BB_CHECK = _stat("bb_check", IN_BB & UNRAISED & AFTER_LIMPER, CHECKS, "Big blind checks its option", "BB check")
SB_COMPLETE = _stat("sb_complete", IN_SB & UNRAISED, CALLS, "Small blind completes", "SB complete")
CC = _stat(
    "cc", _RAISED & ~WAS_VOLUNTARY & ~IN_SB & ~IN_BB, CALLS, "Cold call", "CC", source="ours: the blinds have no chance"
)
CALL_OPEN = _stat(
    "call_open", FACING_ONE_RAISE & ~MADE_THE_RAISE & ~WAS_VOLUNTARY, CALLS, "Call an open raise", "Call open"
)

THREE_BET = _stat(
    "three_bet",
    FACING_ONE_RAISE & CAN_RAISE & ~MADE_THE_RAISE,
    RAISES,
    "3-bet",
    "",
    source="PokerTracker 4: given that he had a chance",
)
"""Raised the first raise, of the hands in which he faced exactly one raise of another and could raise."""

FOLD_TO_THREE_BET = _stat(
    "fold_to_three_bet",
    _FACING_THREE_BET & MADE_FIRST_RAISE,
    FOLDS,
    "Fold to 3-bet after raising",
    "F3B",
    source="fpdb: who raised first",
)
FOLD_TO_THREE_BET_ANY = _stat(
    "fold_to_three_bet_any",
    _FACING_THREE_BET,
    FOLDS,
    "Fold to 3-bet, whatever he did before",
    "F3B any",
    source="PokerTracker 4",
)
CALL_THREE_BET = _stat(
    "call_three_bet", _FACING_THREE_BET & MADE_FIRST_RAISE, CALLS, "Call a 3-bet after raising", "C3B"
)
FOUR_BET = _stat(
    "four_bet",
    _FACING_THREE_BET & MADE_FIRST_RAISE & CAN_RAISE,
    RAISES,
    "4-bet after raising",
    "4-bet",
    source="fpdb: who raised first",
)
FOUR_BET_PLUS = _stat(
    "four_bet_plus",
    (FACING_TWO_RAISES | FACING_THREE_RAISES | FACING_MORE_RAISES) & ~MADE_THE_RAISE & CAN_RAISE,
    RAISES,
    "4-bet or more, whatever he did before",
    "4-bet+",
    source="PokerTracker 4",
)
COLD_FOUR_BET = _stat("cold_four_bet", FACING_TWO_RAISES & ~WAS_VOLUNTARY & CAN_RAISE, RAISES, "Cold 4-bet", "Cold 4B")
FOLD_TO_FOUR_BET = _stat(
    "fold_to_four_bet", _FACING_FOUR_BET & MADE_SECOND_RAISE, FOLDS, "Fold to 4-bet after 3-betting", "F4B"
)
CALL_FOUR_BET = _stat(
    "call_four_bet", _FACING_FOUR_BET & MADE_SECOND_RAISE, CALLS, "Call a 4-bet after 3-betting", "C4B"
)
FIVE_BET = _stat("five_bet", _FACING_FOUR_BET & MADE_SECOND_RAISE & CAN_RAISE, RAISES, "5-bet after 3-betting", "5-bet")
FOUR_BET_RANGE = Derived(
    "four_bet_range",
    RFI.rate * FOUR_BET.rate,
    name="4-bet range",
    short="4B range",
    group="preflop",
    meaning="share of hands that he raises first in and then 4-bets: rfi times four_bet",
)

SQUEEZE = _stat(
    "squeeze",
    FACING_ONE_RAISE & AFTER_CALLER & ~MADE_THE_RAISE & ~CALLED_A_RAISE & CAN_RAISE,
    RAISES,
    "Squeeze",
    "",
    source="fpdb: callers of the raise; limpers are none",
)
FOLD_TO_SQUEEZE = _stat("fold_to_squeeze", _SQUEEZED, FOLDS, "Fold to squeeze", "F Sqz")
FOLD_TO_SQUEEZE_AS_RAISER = _stat(
    "fold_to_squeeze_as_raiser", _SQUEEZED & MADE_FIRST_RAISE, FOLDS, "Fold to squeeze as the raiser", "F Sqz R"
)
FOLD_TO_SQUEEZE_AS_CALLER = _stat(
    "fold_to_squeeze_as_caller", _SQUEEZED & ~MADE_FIRST_RAISE, FOLDS, "Fold to squeeze as a caller", "F Sqz C"
)

STEAL = _stat(
    "steal",
    _STEAL & CAN_RAISE,
    RAISES,
    "Attempt to steal the blinds",
    "Steal",
    source="PokerTracker 4: opened by raising from CO, BTN or SB",
)
STEAL_OK = Stat(
    "steal_ok",
    pl.col("won") & ~pl.col("saw_flop"),
    pl.col("did_steal"),
    name="Steal that all others folded to",
    short="Steal ok",
    group="preflop",
    over="seats",
    words=("stole", "won, and saw no flop"),
)
FOLD_SB_TO_STEAL = _stat(
    "fold_sb_to_steal",
    _SB_STOLEN,
    FOLDS,
    "Small blind folds to steal",
    "FSB steal",
    source="PokerTracker 4: nobody else involved",
)
FOLD_SB_TO_STEAL_CO = _stat(
    "fold_sb_to_steal_co", _SB_STOLEN & STEAL_FROM_CO, FOLDS, "Small blind folds to steal of the cutoff", "FSB v CO"
)
FOLD_SB_TO_STEAL_BTN = _stat(
    "fold_sb_to_steal_btn", _SB_STOLEN & STEAL_FROM_BTN, FOLDS, "Small blind folds to steal of the button", "FSB v BTN"
)
FOLD_BB_TO_STEAL = _stat(
    "fold_bb_to_steal",
    _BB_STOLEN,
    FOLDS,
    "Big blind folds to steal",
    "FBB steal",
    source="PokerTracker 4: nobody else involved",
)
FOLD_BB_TO_STEAL_CO = _stat(
    "fold_bb_to_steal_co", _BB_STOLEN & STEAL_FROM_CO, FOLDS, "Big blind folds to steal of the cutoff", "FBB v CO"
)
FOLD_BB_TO_STEAL_BTN = _stat(
    "fold_bb_to_steal_btn", _BB_STOLEN & STEAL_FROM_BTN, FOLDS, "Big blind folds to steal of the button", "FBB v BTN"
)
FOLD_BB_TO_STEAL_SB = _stat(
    "fold_bb_to_steal_sb", _BB_STOLEN & STEAL_FROM_SB, FOLDS, "Big blind folds to steal of the small blind", "FBB v SB"
)
FOLD_TO_STEAL = _stat(
    "fold_to_steal",
    _SB_STOLEN | _BB_STOLEN,
    FOLDS,
    "Fold a blind to steal",
    "F steal",
    source="PokerTracker 4: nobody else involved",
)
CALL_STEAL = _stat("call_steal", _SB_STOLEN | _BB_STOLEN, CALLS, "Call a steal from a blind", "C steal")
RESTEAL = _stat("resteal", (_SB_STOLEN | _BB_STOLEN) & CAN_RAISE, RAISES, "3-bet a steal from a blind", "Resteal")

BVB_RAISE = _stat("bvb_raise", _FOLDED_TO_SB & CAN_RAISE, RAISES, "Small blind raises, folded to", "BvB raise")
BVB_LIMP = _stat("bvb_limp", _FOLDED_TO_SB, CALLS, "Small blind limps, folded to", "BvB limp")
BVB_FOLD_BB = _stat(
    "bvb_fold_bb",
    _BB_STOLEN & STEAL_FROM_SB,
    FOLDS,
    "Big blind folds to a raise of the small blind, folded to him",
    "BvB fold",
)
PF_ALLIN = _stat("pf_allin", CAN_RAISE, GOES_ALL_IN, "All-in before the flop", "PF all-in", once=False)
