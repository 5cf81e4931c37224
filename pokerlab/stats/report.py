"""Tables of statistics by player, or by anything else in a ``seats`` frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pokerlab.errors import SchemaError
from pokerlab.stats._catalog import HUD
from pokerlab.stats.money import BB100, NET
from pokerlab.stats.values import AnyStat, Mean, Stat

if TYPE_CHECKING:
    from collections.abc import Sequence


def report(
    seats: pl.DataFrame | pl.LazyFrame,
    by: str | pl.Expr | Sequence[str | pl.Expr] = "player",
    stats: Sequence[AnyStat] = HUD,
    *,
    min_hands: int = 0,
    where: pl.Expr | None = None,
) -> pl.DataFrame:
    """Make a table with a row a group, most hands first, then in the order of the groups.

    Parameters
    ----------
    seats
        A frame with the columns of ``schema.SEATS`` and the flags of the statistics.
    by
        Columns or expressions to group by.
    stats
        Statistics: a `Stat` gives its rate and chances, a `Mean` its mean and standard error, a `Derived` its number.
    min_hands
        Groups with fewer hands are left out.
    where
        Rows to count.

    Returns
    -------
    pl.DataFrame
        The groups, ``hands``, each statistic's rate and chances, ``net_total`` (minor units; null where units differ),
        ``bb100`` and ``bb100_stderr``.

    Raises
    ------
    SchemaError
        A column is missing.
    """
    frame = seats.lazy().filter(pl.col("dealt"))
    if where is not None:
        frame = frame.filter(where)
    keys = [by] if isinstance(by, str | pl.Expr) else list(by)
    values = {value.meta.output_name(): value for stat in stats for value in _values(stat)}
    own = {value.meta.output_name(): value for value in (NET.total, BB100.mean, BB100.stderr)}
    table = frame.group_by(keys).agg(*({"hands": pl.len().cast(pl.Int64).alias("hands")} | values | own).values())
    try:
        found = table.filter(pl.col("hands") >= min_hands).collect()
    except pl.exceptions.ColumnNotFoundError as error:
        msg = f"the seats frame lacks a column that the report needs: {str(error).splitlines()[0]}"
        raise SchemaError(msg) from error
    names = found.columns[: found.columns.index("hands")]
    return found.sort(["hands", *names], descending=[True, *[False] * len(names)], nulls_last=True)


def _values(stat: AnyStat) -> list[pl.Expr]:
    if isinstance(stat, Stat):
        return [stat.rate, stat.chances]
    return [stat.mean, stat.stderr] if isinstance(stat, Mean) else [stat.rate]
