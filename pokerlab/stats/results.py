"""Results in money and in big blinds."""

from __future__ import annotations

import polars as pl

from pokerlab.stats.values import Mean

NET = Mean("net", pl.col("net"), name="Net won per hand, in minor units")
"""What was collected less what was put in, after rake."""

BB100 = Mean(
    "bb100",
    pl.col("net") / pl.col("big_blind").cast(pl.Float64),
    scale=100,
    is_money=False,
    name="Big blinds won per 100 hands",
    source="PokerTracker: big blinds, not big bets",
)
"""100 times the mean of net over the big blind of each hand."""
