"""Which columns a question needs, and what to say where one is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pokerlab import schema
from pokerlab.errors import SchemaError, StatError
from pokerlab.stats._catalog import get
from pokerlab.stats.by import GROUPS
from pokerlab.stats.values import AnyStat, Derived, Mean, Stat
from pokerlab.text import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    AnyFrame = pl.DataFrame | pl.LazyFrame
    Named = AnyStat | str


def chosen(stats: Named | Sequence[Named]) -> list[AnyStat]:
    """Give statistics that are named by value or by code, each once.

    Raises
    ------
    StatError
        Something is neither.
    """
    found: dict[str, AnyStat] = {}
    for one in [stats] if isinstance(stats, str | AnyStat) else stats:
        stat = get(one) if isinstance(one, str) else one
        if not isinstance(stat, AnyStat):
            msg = f"{one!r} is not a statistic; give values such as stats.VPIP, or codes such as 'vpip'"
            raise StatError(msg)
        found[stat.code] = stat
    return list(found.values())


def values(stat: AnyStat, interval: float | None = None) -> list[pl.Expr]:
    """Give what a report tells of a statistic."""
    if isinstance(stat, Derived):
        return [stat.rate]
    told = [stat.rate, stat.chances] if isinstance(stat, Stat) else [stat.mean, stat.stderr]
    return told if interval is None else [*told, stat.interval(interval)]


def parts(stat: AnyStat) -> list[pl.Expr]:
    """Give the expressions whose columns a statistic needs."""
    if isinstance(stat, Stat):
        return [stat.did_each, stat.could_each]
    needed = [stat.value, pl.col("dealt")]
    return [*needed, pl.col("unit")] if isinstance(stat, Mean) and stat.is_money else needed


def check(frame: AnyFrame, needed: dict[str, Iterable[pl.Expr]], *, what: str = "report") -> list[str]:
    """Give the names of the frame's columns, when it has those of all expressions.

    Parameters
    ----------
    frame
        Seats.
    needed
        Expressions by who needs them, in words.
    what
        What is made of the frame.

    Raises
    ------
    SchemaError
        One is missing; the message says who needs it and where it comes from.
    """
    names = frame.collect_schema().names()
    for who, expressions in needed.items():
        roots = {name for expression in expressions for name in expression.meta.root_names()}
        for name in sorted(roots.difference(names)):
            msg = f"the frame lacks a column that the {what} needs: {name!r}, for {who}; {_origin(name, names)}"
            raise SchemaError(msg)
    return names


def _origin(name: str, names: Sequence[str]) -> str:
    if schema.is_stat_column(name):
        return "stats.with_stats(seats, actions) computes it from the actions"
    if name in schema.SEATS:
        return f"all seats of pokerlab have it, but this frame has {len(names)} columns without it"
    if name in schema.HANDS:
        return "it is a column of hands: give them too, as hands=..."
    if name.startswith("opponent"):
        return "stats.by.against(seats) makes pairs of player and opponent"
    if name in {"session", "session_start"}:
        return "pokerlab.sessions(seats) adds it"
    if name in schema.TOURNAMENTS:
        return "pokerlab.with_tournaments(seats, tournaments) adds it"
    known = [*GROUPS, *(column for column in names if not schema.is_stat_column(column))]
    return f"there is no such column or group{suggestion(name, known)}"
