"""Tables of statistics by player, or by anything else in a ``seats`` frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from pokerlab.errors import SchemaError, SettingsError, UnitError
from pokerlab.stats._catalog import HUD
from pokerlab.stats._columns import check, chosen, parts, values
from pokerlab.stats.by import GROUPS
from pokerlab.stats.money import BB100, NET

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    from pokerlab.stats._columns import AnyFrame, Named

    By = str | pl.Expr | Sequence["By"]

_UNITS = pl.col("unit").cast(pl.String).unique().sort().str.join(" and ").alias("_units")
_OWN = (NET.total, BB100.mean, BB100.stderr)


def report(
    seats: AnyFrame,
    by: By = "player",
    stats: Named | Sequence[Named] = HUD,
    *,
    min_hands: int = 0,
    where: pl.Expr | None = None,
    hands: AnyFrame | None = None,
    interval: float | None = None,
    mixed_units: Literal["null", "error"] = "null",
) -> pl.DataFrame:
    """Make a table with a row a group, most hands first, then in the order of the groups.

    Parameters
    ----------
    seats
        A frame with the columns of ``schema.SEATS`` and those of the statistics, eager or lazy. Lazy frames are read
        in pieces, so that they need not fit into memory.
    by
        What to group by: columns, expressions, names of ``stats.by.GROUPS`` such as ``"stack_depth"`` (where the frame
        has no column of that name), or several of these. ``()`` makes one row of all.
    stats
        Statistics or their codes: a `Stat` gives its rate and chances, a `Mean` its mean and standard error, a
        `Derived` its number.
    min_hands
        Groups with fewer hands are left out.
    where
        Rows to count. What groups look at, such as the other players of a hand, counts all the same.
    hands
        The frame of that name, for groups and conditions on its columns, such as ``"format"``. Seats whose hand is not
        in it do not count.
    interval
        A confidence level such as 0.95: then each `Stat` and `Mean` has its interval too, ``<code>_interval``.
    mixed_units
        What becomes of money where a group has hands of different units: null, or an error.

    Returns
    -------
    pl.DataFrame
        The groups, ``hands``, each statistic's rate and chances, ``net_total`` (minor units; null where units differ),
        ``bb100`` and ``bb100_stderr``.

    Raises
    ------
    SchemaError
        A column is missing or of another type, or a group is named like a column of the result.
    SettingsError
        ``mixed_units`` is neither.
    StatError
        A statistic is not known, or the level makes no sense.
    UnitError
        Units differ, with ``mixed_units="error"``.

    Examples
    --------
    >>> import polars as pl, pokerlab as pk
    >>> from pokerlab import stats
    >>> frames = pk.sample.hands(400, seed=1)
    >>> table = stats.report(frames.seats, by=["player", "pot_type"], stats=[stats.VPIP, "wtsd"], interval=0.95)
    >>> table.columns[:6]
    ['player', 'pot_type', 'hands', 'vpip', 'vpip_chances', 'vpip_interval']
    >>> mine = stats.report(frames.seats, by="format", where=pl.col("is_hero"), hands=frames.hands)
    >>> mine["format"].to_list()
    ['cash']
    """
    if mixed_units not in {"null", "error"}:
        msg = f"mixed_units={mixed_units!r} is neither 'null' nor 'error'"
        raise SettingsError(msg)
    rows = seats.lazy() if hands is None else with_hands(seats.lazy(), hands.lazy())
    asked = ask(rows, by, stats, where=where, interval=interval)
    more = [_UNITS] if mixed_units == "error" else []
    found = collected(asked.grouped(rows, [*asked.values, *more]).filter(pl.col("hands") >= min_hands))
    if mixed_units == "error":
        _refuse_mixed(found, asked.names)
        found = found.drop("_units")
    return asked.in_order(found)


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A report that is asked for.

    Attributes
    ----------
    keys
        What to group by.
    where
        Rows to count.
    values
        What is told of each group, aggregates of its rows.
    """

    keys: list[pl.Expr]
    where: pl.Expr | None
    values: list[pl.Expr]

    @property
    def names(self) -> list[str]:
        """Names of the columns to group by."""
        return [key.meta.output_name() for key in self.keys]

    def grouped(self, rows: pl.LazyFrame, values: Sequence[pl.Expr], *, ordered: bool = False) -> pl.LazyFrame:
        """Group the dealt rows. Keys are computed before rows are left out, under names that hide no column."""
        names = {f"_key{n}": name for n, name in enumerate(self.names)}
        rows = rows.with_columns(**dict(zip(names, self.keys, strict=True)))
        rows = rows.filter("dealt") if self.where is None else rows.filter(pl.col("dealt"), self.where)
        if not names:
            return rows.select(*values)
        keys = (pl.col(column).alias(name) for column, name in names.items())
        return rows.group_by(keys, maintain_order=ordered).agg(*values)

    def in_order(self, found: pl.DataFrame) -> pl.DataFrame:
        """Sort groups: most hands first, then by their names."""
        names = self.names
        return found.sort(["hands", *names], descending=[True, *[False] * len(names)], nulls_last=True)


def ask(
    rows: pl.LazyFrame,
    by: By,
    stats: Named | Sequence[Named],
    *,
    where: pl.Expr | None = None,
    interval: float | None = None,
) -> Asked:
    """Turn names into expressions, and check that the rows have their columns; see `report`."""
    wanted, keys = chosen(stats), keys_of(by, rows)
    check(
        rows,
        {
            **{f"the group {key.meta.output_name()!r}": [key] for key in keys},
            "the condition": [] if where is None else [where],
            **{f"the statistic {stat.code!r}": parts(stat) for stat in wanted},
            "its columns net_total and bb100": [*_OWN, pl.col("dealt")],
        },
    )
    told = {"hands": pl.len().cast(pl.Int64).alias("hands")}
    told |= {value.meta.output_name(): value for stat in wanted for value in values(stat, interval)}
    told |= {value.meta.output_name(): value for value in _OWN}
    asked = Asked(keys, where, list(told.values()))
    for name in asked.names:
        if name in told:
            msg = f"a group is named {name!r} like a column of the report; give it another name with .alias(...)"
            raise SchemaError(msg)
    return asked


def keys_of(by: By, frame: AnyFrame) -> list[pl.Expr]:
    """Give the expressions to group a frame by, each name once."""
    keys = _flat(by, set(frame.collect_schema().names()))
    return list({key.meta.output_name(): key for key in keys}.values())


def _flat(by: By, columns: set[str]) -> list[pl.Expr]:
    if isinstance(by, pl.Expr):
        return [by]
    if isinstance(by, str):
        found = pl.col(by) if by in columns else GROUPS.get(by, pl.col(by))
        return [found] if isinstance(found, pl.Expr) else list(found)
    return [key for part in by for key in _flat(part, columns)]


def with_hands(rows: pl.LazyFrame, hands: pl.LazyFrame) -> pl.LazyFrame:
    """Add the columns that hands have and seats have not; rows without their hand are left out."""
    names = rows.collect_schema().names()
    more = [name for name in hands.collect_schema().names() if name not in names]
    return rows.join(hands.select("hand_id", *more), on="hand_id", how="inner", maintain_order="left")


def collected(table: pl.LazyFrame, engine: Literal["streaming", "in-memory"] = "streaming") -> pl.DataFrame:
    """Compute a table of seats.

    Raises
    ------
    SchemaError
        A column is not of the type that the statistics need.
    """
    try:
        return table.collect(engine=engine)
    except (pl.exceptions.InvalidOperationError, pl.exceptions.SchemaError, pl.exceptions.ComputeError) as error:
        msg = f"a column of the frame is not of the type that the statistics need: {str(error).splitlines()[0]}"
        raise SchemaError(msg) from error


def _refuse_mixed(found: pl.DataFrame, names: Sequence[str]) -> None:
    mixed = found.filter(pl.col("_units").str.contains(" and "))
    if mixed.height:
        row = mixed.row(0, named=True)
        which = ", ".join(f"{name}={row[name]!r}" for name in names) or "all rows"
        msg = f"{which}: hands in {row['_units']} cannot be added up; group by 'unit' too, or filter on it with where="
        raise UnitError(msg)
