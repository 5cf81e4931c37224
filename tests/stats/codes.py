"""Every code that the truth table and the reference must know."""

from __future__ import annotations


def _words(text: str) -> list[str]:
    return text.split()


def _on(streets: str, *codes: str) -> list[str]:
    return [code.replace("*", street) for code in codes for street in streets]


PREFLOP = _words("""
    vpip pfr pfr_pt4 rfi open_limp over_limp limp limp_fold limp_call limp_raise iso bb_check sb_complete cc call_open
    three_bet fold_to_three_bet call_three_bet fold_to_three_bet_any four_bet four_bet_plus cold_four_bet
    fold_to_four_bet call_four_bet five_bet squeeze fold_to_squeeze fold_to_squeeze_as_raiser fold_to_squeeze_as_caller
    steal fold_sb_to_steal fold_bb_to_steal fold_to_steal fold_sb_to_steal_co fold_sb_to_steal_btn fold_bb_to_steal_co
    fold_bb_to_steal_btn fold_bb_to_steal_sb call_steal resteal bvb_raise bvb_limp bvb_fold_bb pf_allin
""")

POSTFLOP = [
    *_on("ftr", "cbet_*", "fold_to_cbet_*", "call_cbet_*", "raise_cbet_*", "donk_*", "fold_to_donk_*"),
    *_words("cbet_f_ip cbet_f_oop cbet_f_srp cbet_f_3bp cbet_f_mw cbet_f_hu delayed_cbet_t bet_vs_missed_cbet_f"),
    *_on("tr", "float_*", "probe_*"),
    *_on("ftr", "xr_*", "xc_*", "xf_*", "check_*", "fold_to_xr_*", "stab_*", "bet_*", "fold_to_bet_*", "call_bet_*"),
    *_on("ftr", "raise_bet_*", "overbet_*"),
]

MULTI = _on("ftr", "afq_*", "agg_pct_*", "calls_*")
"""Counted at every decision: their columns are numbers."""

FLAGS = (*PREFLOP, *POSTFLOP, *MULTI)
"""Codes with columns ``did_`` and ``could_``."""

FROM_SEATS = (
    *("steal_ok", "wtsd", "wsd", "wwsf", "won_no_sd"),
    *_on("ftr", "saw_*", "xr_*_of_checks"),
    *(f"{code}_after_river_{act}" for code in ("wtsd", "wsd") for act in ("bet", "call")),
)
"""Codes that are counted from the columns of a seat."""

COUNTED = (*FLAGS, *FROM_SEATS)
"""All codes with count and chances."""

SIZES = (*_on("ftr", "avg_bet_pct_*", "avg_raise_pct_*", "spr_*"), "m_ratio")
"""Codes with a column ``size_``."""

MEANS = (*SIZES, "net", "bb100", "red_line", "blue_line", "ev_net", "ev_bb100", "eff_bb")
"""All codes with a mean."""

RATIOS = ("hands", *_on("ftr", "af_*"), "af", "afq", "agg_pct")
"""Codes of one number of several counts."""

LINES = ("net", "red_line", "blue_line")

EXCLUSIVE = {
    "limp_fold": ("limp_fold", "limp_call", "limp_raise"),
    "fold_to_three_bet": ("fold_to_three_bet", "call_three_bet", "four_bet"),
    "fold_to_four_bet": ("fold_to_four_bet", "call_four_bet", "five_bet"),
    "fold_to_steal": ("fold_to_steal", "call_steal", "resteal"),
    **{
        f"fold_to_{facing}_{s}": (f"fold_to_{facing}_{s}", f"call_{facing}_{s}", f"raise_{facing}_{s}")
        for facing in ("cbet", "bet")
        for s in "ftr"
    },
    **{f"xf_{s}": (f"xf_{s}", f"xc_{s}", f"xr_{s}") for s in "ftr"},
    "cbet_f": ("cbet_f_ip", "cbet_f_oop"),
}
"""Of the answers to one question at most one is given, and none without the question."""
