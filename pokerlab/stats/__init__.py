"""Statistics as Polars expressions: each with its count, its chances and its interval.

`catalog` lists them all; each is here under its code in capitals. `report` makes tables of them, by what `by` has or by
any other expression; `hands` gives the hands behind a number, `percentiles` a player's place among others, `leaks` the
rates outside the bands of rules, `ranges_seen` grids of hole cards.

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
from pokerlab.stats import by
from pokerlab.stats._catalog import (
    ALL,
    BASIC,
    FULL,
    HUD,
    catalog,
    columns,
    every,
    flags,
    get,
)
from pokerlab.stats._computed import with_stats
from pokerlab.stats.aggression import *  # noqa: F403
from pokerlab.stats.expressos import expressos, multipliers
from pokerlab.stats.hands import hands
from pokerlab.stats.leaks import leaks
from pokerlab.stats.lines import downswings, lines
from pokerlab.stats.money import *  # noqa: F403
from pokerlab.stats.own import load, register, register_users, unregister
from pokerlab.stats.percentiles import percentiles
from pokerlab.stats.postflop import *  # noqa: F403
from pokerlab.stats.preflop import *  # noqa: F403
from pokerlab.stats.ranges_seen import ranges_seen
from pokerlab.stats.report import report
from pokerlab.stats.results import results
from pokerlab.stats.rules import LEAK_FILE, Rule, leak_rules
from pokerlab.stats.sets import AGGRESSION, FLOP, MONEY, PREFLOP, RIVER, SETS, SHOWDOWN, TURN
from pokerlab.stats.showdown import *  # noqa: F403
from pokerlab.stats.tournaments import ITM, tournament_results, tournaments
from pokerlab.stats.values import AnyStat, Derived, Mean, Stat

__all__ = [
    "AGGRESSION",
    "ALL",
    "BASIC",
    "FLOP",
    "FULL",
    "HUD",
    "ITM",
    "LEAK_FILE",
    "MONEY",
    "PREFLOP",
    "RIVER",
    "Rule",
    "SETS",
    "SHOWDOWN",
    "TURN",
    "AnyStat",
    "Derived",
    "Mean",
    "Stat",
    "by",
    "catalog",
    "columns",
    "downswings",
    "ev_cases",
    "ev_cases_by_hand",
    "every",
    "expressos",
    "flags",
    "get",
    "hands",
    "leak_rules",
    "leaks",
    "lines",
    "load",
    "multipliers",
    "percentiles",
    "ranges_seen",
    "register",
    "register_users",
    "report",
    "results",
    "tournament_results",
    "tournaments",
    "unregister",
    "with_ev",
    "with_stats",
    *(stat.code.upper() for stat in ALL),
]
