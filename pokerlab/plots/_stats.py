"""A statistic by groups: with intervals, or by two groups as squares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import polars as pl

from pokerlab.errors import SchemaError
from pokerlab.plots._heat import heat
from pokerlab.plots._style import BLUE, QUIET, Picture, around_zero, ink, message, quiet, short
from pokerlab.plots._table import in_order, labelled, told

if TYPE_CHECKING:
    from pokerlab.plots._table import Named, Told

_MOST_ROWS = 60
_MOST_A_SIDE = 20
_ENOUGH = 0.02
"""Groups with a smaller share of the hands do not stretch a scale: a few hands may have won anything."""

_NOTHING = "No hands: there is nothing to draw."


def stat_by(table: pl.DataFrame, stat: Named | str, *, title: str | None = None) -> Picture:
    """Draw a statistic by position, or by any other groups, with its intervals.

    Parameters
    ----------
    table
        What ``stats.report(seats, by=..., stats=..., interval=0.95)`` gives: a row a group.
    stat
        The statistic to draw, or its code.
    title
        Of the picture; the statistic's name unless given.

    Returns
    -------
    altair.LayerChart
        A dot a group with its interval as a line, and at the right the number and the size of the sample. Groups that
        have an order (numbers, dates, positions) are in it, others in that of the table. Of more than 60 groups those
        with the most hands are drawn.

    Raises
    ------
    SchemaError
        A column is missing.

    Examples
    --------
    >>> import polars as pl, pokerlab as pk
    >>> from pokerlab import plots, stats
    >>> seats = pk.sample.hands(300, seed=1).seats
    >>> table = stats.report(seats, by="position", stats=stats.VPIP, interval=0.95, where=pl.col("is_hero"))
    >>> plots.stat_by(table, stats.VPIP).to_dict()["title"]["text"]
    'Voluntarily put money in pot'
    """
    found = told(table, stat)
    heading = found.name if title is None else short(title)
    if found.rows.is_empty():
        return message(_NOTHING, heading)
    most = found.rows.sort("hands", descending=True, maintain_order=True).head(_MOST_ROWS)
    rows = labelled(in_order(most, found.keys), found.keys)
    under = f"Lines: intervals. At the right: the number, and how many {found.sample} it is of"
    if rows.height < found.rows.height:
        under = f"The {rows.height} of {found.rows.height:,} groups with the most hands. {under}"
    beside = [f"{found.written(row['value'])}  of {row['size']:,}" for row in rows.iter_rows(named=True)]
    drawn = rows.select("label", "value", "low", "high", "size", beside=pl.Series(beside))
    return _dots(drawn, found, alt.Title(heading, subtitle=under), _reach(rows, found))


def _dots(rows: pl.DataFrame, found: Told, title: alt.Title, domain: list[float]) -> Picture:
    scale = alt.Scale(domain=domain, clamp=True)
    axis = alt.Axis(format="%") if found.is_rate else alt.Axis()
    labels = alt.Scale(domain=rows["label"].to_list())
    base = alt.Chart(rows).encode(
        y=alt.Y("label:N", title=short(", ".join(found.groups)) or None, scale=labels, axis=alt.Axis(grid=False)),
        tooltip=[*(f"{name}:N" for name in ("label", "beside")), "low:Q", "high:Q"],
    )
    dots = base.mark_circle(color=BLUE, size=70, opacity=1).encode(
        x=alt.X("value:Q", title=found.name, scale=scale, axis=axis)
    )
    lines = base.mark_rule(color=BLUE, strokeWidth=2, opacity=0.55).encode(x=alt.X("low:Q", scale=scale), x2="high:Q")
    text = base.mark_text(color=QUIET, align="left", fontSize=11).encode(x=alt.value(_WIDTH + 10), text="beside:N")
    layers = [lines, dots, text]
    if domain[0] < 0 < domain[1]:
        layers.insert(0, alt.Chart(pl.DataFrame({"value": [0.0]})).mark_rule(color=QUIET).encode(x="value:Q"))
    return quiet(alt.layer(*layers).properties(width=_WIDTH, height=alt.Step(24), title=title))


_WIDTH = 420


def stat_grid(table: pl.DataFrame, stat: Named | str, *, title: str | None = None) -> Picture:
    """Draw a statistic by two groups as squares, such as position and depth of stacks.

    Parameters
    ----------
    table
        What ``stats.report(seats, by=[first, second], stats=..., interval=0.95)`` gives: the first goes down, the
        second across.
    stat
        The statistic to draw, or its code.
    title
        Of the picture; the statistic's name unless given.

    Returns
    -------
    altair.LayerChart
        Squares with the number, half the width of its interval, and the size of its sample. Rates are coloured from
        0 on, other numbers around 0; squares with few hands do not stretch the colours. At most 20 groups a side,
        those with the most hands.

    Raises
    ------
    SchemaError
        A column is missing, or there are not two groups.

    Examples
    --------
    >>> import polars as pl, pokerlab as pk
    >>> from pokerlab import plots, stats
    >>> seats = pk.sample.hands(300, seed=1).seats
    >>> table = stats.report(seats, by=["position", "stack_depth"], stats="bb100", interval=0.95)
    >>> plots.stat_grid(table, stats.BB100).to_dict()["title"]["text"]
    'Big blinds won per 100 hands'
    """
    found = told(table, stat)
    if len(found.groups) != 2:
        msg = f"the frame has the groups {found.groups}; a grid needs two, such as by=['position', 'stack_depth']"
        raise SchemaError(msg)
    heading = found.name if title is None else short(title)
    if found.rows.is_empty():
        return message(_NOTHING, heading)
    down, across = (_side(found.rows, key) for key in found.keys)
    cells = found.rows.join(down, on="g0", nulls_equal=True).join(across, on="g1", nulls_equal=True, suffix="_across")
    domain = _domain(cells, found)
    texts = [_texts(found, row) for row in cells.iter_rows(named=True)]
    cells = cells.select(
        "value", "low", "high", "size", ink=ink(pl.col("value"), domain), down="label", across="label_across",
        text=pl.Series([text for text, _ in texts]), under=pl.Series([under for _, under in texts]),
    )  # fmt: skip
    return _squares(cells, found, heading, domain, down["label"].to_list(), across["label"].to_list())


def _side(rows: pl.DataFrame, key: str) -> pl.DataFrame:
    """Give the groups of one side with their labels, in order."""
    hands = rows.group_by(key, maintain_order=True).agg(pl.col("hands").sum())
    most = hands.sort("hands", descending=True, maintain_order=True).head(_MOST_A_SIDE)
    return labelled(in_order(most, [key]), [key]).select(key, "label")


def _texts(found: Told, row: dict[str, float]) -> tuple[str, str]:
    half = "" if row["high"] is None else f"±{found.written((row['high'] - row['low']) / 2)} "
    return found.written(row["value"]), f"{half}of {row['size']:,}"


def _squares(
    cells: pl.DataFrame, found: Told, heading: str, domain: list[float], down: list[str], across: list[str]
) -> Picture:
    names = [short(group) for group in found.groups]
    axes = [alt.Scale(domain=labels, paddingInner=0.04) for labels in (down, across)]
    base = alt.Chart(cells, width=alt.Step(88), height=alt.Step(40)).encode(
        y=alt.Y("down:N", title=names[0], scale=axes[0]),
        x=alt.X("across:N", title=names[1], scale=axes[1], axis=alt.Axis(labelAngle=0, orient="top")),
    )
    under = f"Below the number: half of its interval, and how many {found.sample} it is of"
    return heat(
        base, "value", domain, title=alt.Title(heading, subtitle=under), legend=short(found.name.split(",")[0]),
        form=".0%" if found.is_rate else ",.3~r",
        texts={"text": (13.0, -6.0), "under": (9.0, 9.0)},
        tooltip=["down:N", "across:N", "value:Q", "low:Q", "high:Q", "size:Q"],
    )  # fmt: skip


def _enough(rows: pl.DataFrame) -> pl.DataFrame:
    """Leave out groups that must not stretch a scale, unless there are no others."""
    known = rows.filter(pl.col("value").is_not_null())
    enough = known.filter(pl.col("hands") >= _ENOUGH * pl.col("hands").sum())
    return enough if enough.height else known


def _reach(rows: pl.DataFrame, found: Told) -> list[float]:
    """Give the ends of the axis: as far as intervals reach."""
    ends = [end for name in ("value", "low", "high") for end in _enough(rows)[name].drop_nulls()]
    return [min([0.0, *ends]), min(max([0.01, *ends]), 1.0) if found.is_rate else max([0.0, *ends]) or 1.0]


def _domain(rows: pl.DataFrame, found: Told) -> list[float]:
    """Give the ends of the scale of colours: around 0 where something is below it."""
    values = _enough(rows)["value"]
    if values.is_empty() or not (values < 0).any():
        return [0.0, max([0.01 if found.is_rate else 0.0, *values.to_list()]) or 1.0]
    return around_zero(values)
