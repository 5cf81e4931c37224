"""Fewer points of long lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_POINTS = 4_000


def thin(steps: pl.DataFrame, at: str, lines: Sequence[str]) -> pl.DataFrame:
    """Give a row a point and line: all of a short history, of a long one the extremes of each piece and the last.

    Returns
    -------
    pl.DataFrame
        ``at``, ``line`` (its column), ``won``; about four thousand rows at most.
    """
    pieces = _MOST_POINTS // (2 * max(len(lines), 1)) - 1
    if steps.height <= 2 * pieces:
        return pl.concat([_points(steps, at, name) for name in lines])
    row = pl.int_range(pl.len())
    numbered = steps.with_columns(row.alias("_row"), (row * pieces // pl.len()).alias("_piece"))
    return pl.concat([_points(_extremes(numbered, name), at, name) for name in lines])


def _extremes(numbered: pl.DataFrame, name: str) -> pl.DataFrame:
    value, row = pl.col(name), pl.col("_row")
    ends = numbered.group_by("_piece").agg(low=row.get(value.arg_min()), high=row.get(value.arg_max()))
    kept = pl.concat([ends["low"], ends["high"], pl.Series([0, numbered.height - 1])]).unique().drop_nulls().sort()
    return numbered[kept]


def _points(steps: pl.DataFrame, at: str, name: str) -> pl.DataFrame:
    return steps.select(pl.col(at), pl.lit(name).alias("line"), pl.col(name).alias("won"))
