"""Statistics as Polars expressions: each with its count, its chances and its interval.

`catalog` lists them all; each is here under its code in capitals.

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

from pokerlab.facts import ev_cases, ev_cases_by_hand, with_ev
from pokerlab.stats._catalog import ALL, BASIC, FULL, HUD, catalog, columns, flags, get
from pokerlab.stats.aggression import *  # noqa: F403
from pokerlab.stats.money import *  # noqa: F403
from pokerlab.stats.postflop import *  # noqa: F403
from pokerlab.stats.preflop import *  # noqa: F403
from pokerlab.stats.report import report
from pokerlab.stats.showdown import *  # noqa: F403
from pokerlab.stats.values import AnyStat, Derived, Mean, Stat

__all__ = [
    "ALL",
    "BASIC",
    "FULL",
    "HUD",
    "AnyStat",
    "Derived",
    "Mean",
    "Stat",
    "catalog",
    "columns",
    "ev_cases",
    "ev_cases_by_hand",
    "flags",
    "get",
    "report",
    "with_ev",
    *(stat.code.upper() for stat in ALL),
]
