"""What pictures read from a table of `pokerlab.stats.report`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import polars as pl

from pokerlab.plots._frames import need
from pokerlab.plots._style import labels
from pokerlab.text import plain

_MOST_LETTERS = 80


class Named(Protocol):
    """A statistic of `pokerlab.stats`, as far as a picture knows it."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Told:
    """A statistic by groups.

    Attributes
    ----------
    rows
        A row a group: ``g0``, ``g1``, ... (the groups), ``value``, ``low``, ``high``, ``hands`` and ``size`` (chances
        of a rate, else hands).
    groups
        The names of the groups.
    name
        The statistic's, for people.
    is_rate
        Whether it is a share of chances.
    """

    rows: pl.DataFrame
    groups: list[str]
    name: str
    is_rate: bool

    @property
    def sample(self) -> str:
        return "chances" if self.is_rate else "hands"

    @property
    def keys(self) -> list[str]:
        return [f"g{n}" for n in range(len(self.groups))]

    def written(self, number: float | None) -> str:
        """Write a number of this statistic, or half of an interval of it."""
        if number is None:
            return "–"
        if self.is_rate:
            return f"{100 * number:.1f}%"
        text = f"{number:,.2f}" if abs(number) < 10 else f"{number:,.0f}"
        return text.replace("-", "−")


def told(table: pl.DataFrame, stat: Named | str) -> Told:
    """Read a statistic from a table, whose groups are the columns before ``hands``.

    Raises
    ------
    SchemaError
        A column is missing.
    """
    code = stat if isinstance(stat, str) else stat.code
    giver = f"stats.report(seats, by=..., stats={code!r}, interval=0.95)"
    need(table, giver, ("hands", code))
    groups = table.columns[: table.columns.index("hands")]
    is_rate = f"{code}_chances" in table.columns
    ends: dict[str, pl.Expr] = {end: pl.lit(None, pl.Float64) for end in ("low", "high")}
    if is_rate or f"{code}_stderr" in table.columns:
        need(table, giver, [f"{code}_interval"])
        ends = {end: pl.col(f"{code}_interval").struct.field(end).cast(pl.Float64) for end in ends}
    rows = table.select(
        *(pl.col(group).alias(f"g{n}") for n, group in enumerate(groups)),
        pl.col(code).cast(pl.Float64).alias("value"),
        *(value.alias(end) for end, value in ends.items()),
        pl.col("hands").alias("hands"),
        pl.col(f"{code}_chances" if is_rate else "hands").alias("size"),
    )
    name = code if isinstance(stat, str) else stat.name or code
    return Told(rows, groups, plain(name)[:_MOST_LETTERS], is_rate)


def in_order(rows: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Sort groups that have an order; texts stay in the order of the table."""
    return rows if pl.String in rows.select(keys).dtypes else rows.sort(keys, nulls_last=True)


def labelled(rows: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Add ``label``, a text for each row that is no other's."""
    return rows.with_columns(label=pl.Series(labels(rows.select(keys).get_columns(), rows.height), dtype=pl.String))
