"""The columns that statistics need, added to seats that lack them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pokerlab import facts, schema
from pokerlab.errors import SchemaError, StatError
from pokerlab.stats._catalog import every
from pokerlab.stats.values import AnyStat, Stat
from pokerlab.text import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pokerlab.facts import Flag


def with_stats(seats: pl.DataFrame, actions: pl.DataFrame, stats: Iterable[AnyStat] | None = None) -> pl.DataFrame:
    """Add to seats the columns that statistics need and that are not there, from the actions; nothing is parsed again.

    A column that is there stays as it is, unless it is a ``could_`` or ``did_`` that is null in some rows, as it is
    in hands that a store was given before the statistic existed; then it is computed for all rows. `Lab.seats` does
    the same for a whole store, a part at a time.

    Parameters
    ----------
    seats, actions
        Frames of the same hands; ``seats`` has all seats of each.
    stats
        Statistics, registered or not; None for all that there are.

    Raises
    ------
    SchemaError
        A column of seats or actions is missing that a condition needs, or seats lack somebody who acts.
    StatError
        A statistic is made of a column that belongs to none, or its condition cannot be evaluated.

    Examples
    --------
    >>> import pokerlab as pk
    >>> from pokerlab import stats
    >>> frames = pk.sample.hands(200, seed=1)
    >>> loose = stats.get("three_bet", strict=False)
    >>> seats = stats.with_stats(frames.seats, frames.actions, [loose])
    >>> seats.select(loose.chances).item() >= seats.select(stats.THREE_BET.chances).item()
    True
    """
    for table, frame in (("seats", seats), ("actions", actions)):
        if not isinstance(frame, pl.DataFrame):
            msg = f"{table} is a {type(frame).__name__}; give a DataFrame, or take Lab.seats for what is in a store"
            raise SchemaError(msg)
    chosen = every() if stats is None else tuple(stats)
    lacking = [name for name in stat_columns_of(chosen) if _lacks(seats, name)]
    return seats.with_columns(compute(seats, actions, lacking, chosen))


def stat_columns_of(stats: Iterable[AnyStat]) -> list[str]:
    """List the ``could_``, ``did_`` and ``size_`` columns that the expressions of statistics name."""
    roots = (name for stat in stats for part in _parts(stat) for name in part.meta.root_names())
    return [name for name in dict.fromkeys(roots) if schema.is_stat_column(name)]


def compute(
    seats: pl.DataFrame, actions: pl.DataFrame, names: Iterable[str], own: Iterable[AnyStat]
) -> list[pl.Series]:
    """Compute columns of statistics by their names; those of ``own`` before registered ones."""
    names = list(names)
    if not names:
        return []
    flags, sizes = _flags_of(names, own)
    found = facts.Decisions.of_frames(seats, actions)
    columns = facts.stat_columns(found, flags) + (found.size_columns() if sizes else [])
    return [column for column in columns if column.name in names]


def inputs(names: Iterable[str], own: Iterable[AnyStat]) -> set[str]:
    """Name the columns of seats and actions that are needed to compute columns of statistics."""
    flags, _ = _flags_of(list(names), own)
    parts = [part for flag in flags for part in (flag.could, flag.did) if isinstance(part, pl.Expr)]
    return {*facts.SEAT_COLUMNS, *facts.ACTION_COLUMNS, *(name for part in parts for name in part.meta.root_names())}


def _parts(stat: AnyStat) -> list[pl.Expr]:
    if isinstance(stat, Stat):
        return [stat.could_each, stat.did_each]
    return [stat.value]


def _lacks(seats: pl.DataFrame, name: str) -> bool:
    return name not in seats.columns or (not name.startswith("size_") and seats[name].null_count() > 0)


def _flags_of(names: list[str], own: Iterable[AnyStat]) -> tuple[list[Flag], list[str]]:
    """Give the flags behind columns, and which of the columns are sizes."""
    known = {
        name: flag
        for stat in (*every(), *own)
        if isinstance(stat, Stat) and (flag := stat.flag)
        for name in flag.columns
    }
    sizes = [name for name in names if name.removeprefix("size_") in facts.SIZES]
    wanted = [name for name in names if name not in sizes]
    for name in wanted:
        if name not in known:
            msg = f"{name!r} is the column of no statistic that is known{suggestion(name, known)}"
            raise StatError(msg)
    return list({known[name].code: known[name] for name in wanted}.values()), sizes
