"""Results in money and in big blinds, and the depth of stacks."""

from __future__ import annotations

import polars as pl

from pokerlab.stats.values import Derived, Mean

__all__ = [
    "BB100",
    "BLUE_LINE",
    "EFF_BB",
    "EV_BB100",
    "EV_NET",
    "M_RATIO",
    "NET",
    "RED_LINE",
    "SD100",
    "SPR_F",
    "SPR_R",
    "SPR_T",
]

_BIG_BLINDS = pl.when(pl.col("big_blind") > 0).then(pl.col("big_blind").cast(pl.Float64))
_SHOWDOWN = pl.col("went_to_showdown").fill_null(value=False)

NET = Mean("net", pl.col("net"), name="Net won per hand, in minor units", short="Net", meaning="collected less put in")
"""What was collected less what was put in, after rake."""

EV_NET = Mean(
    "ev_net",
    pl.col("ev_net"),
    name="All-in adjusted net per hand, in minor units",
    short="EV",
    source="PokerTracker 4, each pot by itself",
    meaning="net, but all-in pots by equity when betting closed",
)
RED_LINE = Mean(
    "red_line",
    pl.when(_SHOWDOWN).then(0).otherwise(pl.col("net")),
    name="Non-showdown winnings per hand, in minor units",
    short="Red",
    meaning="net of hands without his showdown, folds included; else 0",
)
BLUE_LINE = Mean(
    "blue_line",
    pl.when(_SHOWDOWN).then(pl.col("net")).otherwise(0),
    name="Showdown winnings per hand, in minor units",
    short="Blue",
    meaning="net of hands with his showdown; else 0",
)
BB100 = Mean(
    "bb100",
    pl.col("net") / _BIG_BLINDS,
    scale=100,
    is_money=False,
    name="Big blinds won per 100 hands",
    short="bb/100",
    source="PokerTracker: big blinds, not big bets",
    meaning="net over the hand's big blind",
)
"""100 times the mean of net over the big blind of each hand."""

EV_BB100 = Mean(
    "ev_bb100",
    pl.col("ev_net") / _BIG_BLINDS,
    scale=100,
    is_money=False,
    name="All-in adjusted big blinds won per 100 hands",
    short="EV bb/100",
    source="PokerTracker 4, each pot by itself",
    meaning="all-in adjusted net over the hand's big blind",
)
SD100 = Derived(
    "sd100",
    pl.when("dealt").then(pl.col("net") / _BIG_BLINDS).std() * 10,
    name="Standard deviation of big blinds won per 100 hands",
    short="SD/100",
    group="money",
    meaning="10 times the standard deviation of net over the big blind",
)
EFF_BB = Mean(
    "eff_bb",
    pl.col("effective_bb"),
    is_money=False,
    name="Effective stack in big blinds",
    short="Eff bb",
    meaning="the most that he can win from or lose to one opponent, in big blinds",
)
M_RATIO = Mean(
    "m_ratio",
    pl.col("size_m_ratio"),
    is_money=False,
    name="M: stack over what a round costs",
    short="M",
    source="Magriel, Harrington",
    meaning="stack over the full blinds and antes of a round; a small blind that nobody posts is half the big one",
)


def _spr(street: str, word: str) -> Mean:
    return Mean(
        f"spr_{street}",
        pl.col(f"size_spr_{street}"),
        is_money=False,
        name=f"Stack-to-pot ratio at the start of the {word}",
        short=f"SPR {street.upper()}",
        meaning="effective stack over the pot, of those who can act",
    )


SPR_F, SPR_T, SPR_R = _spr("f", "flop"), _spr("t", "turn"), _spr("r", "river")
