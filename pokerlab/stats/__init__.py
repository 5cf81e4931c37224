"""Statistics as Polars expressions: each with its count, its chances and its interval.

Examples
--------
>>> import pokerlab as pk
>>> from pokerlab import stats
>>> seats = pk.sample.hands(300, seed=2).seats
>>> row = seats.select(stats.VPIP.rate, stats.PFR.rate, stats.VPIP.chances).row(0, named=True)
>>> 0 < row["pfr"] <= row["vpip"] < 1
True
"""

from __future__ import annotations

import polars as pl

from pokerlab.errors import StatError
from pokerlab.stats.preflop import PFR, THREE_BET, VPIP
from pokerlab.stats.report import report
from pokerlab.stats.results import BB100, NET
from pokerlab.stats.values import Mean, Stat

__all__ = [
    "ALL",
    "BB100",
    "HUD",
    "NET",
    "PFR",
    "THREE_BET",
    "VPIP",
    "Mean",
    "Stat",
    "catalog",
    "flags",
    "get",
    "report",
]

HUD: tuple[Stat, ...] = (VPIP, PFR, THREE_BET)
"""The statistics that a table of players shows unless told otherwise."""

ALL: tuple[Stat | Mean, ...] = (VPIP, PFR, THREE_BET, NET, BB100)

flags = tuple(stat.flag for stat in ALL if isinstance(stat, Stat))
"""The pairs of columns that hands are given when they are read."""


def get(code: str) -> Stat | Mean:
    """Give a statistic by its code.

    Raises
    ------
    StatError
        There is none of this code.
    """
    for stat in ALL:
        if stat.code == code:
            return stat
    msg = f"{code!r} is not a statistic; known are {', '.join(stat.code for stat in ALL)}"
    raise StatError(msg)


def catalog() -> pl.DataFrame:
    """List all statistics: code, name, group, chance, occurrence, source."""
    rows = [
        {
            "code": stat.code,
            "name": stat.name,
            "group": stat.group,
            "chance": stat.could.text() if isinstance(stat, Stat) else "dealt cards",
            "occurrence": stat.did.text() if isinstance(stat, Stat) else str(stat.value),
            "source": stat.source,
        }
        for stat in ALL
    ]
    return pl.DataFrame(rows)
