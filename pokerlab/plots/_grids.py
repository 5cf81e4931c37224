"""The 13x13 grid of the 169 classes of hole cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import polars as pl

from pokerlab.errors import SchemaError
from pokerlab.plots._frames import need
from pokerlab.plots._heat import heat
from pokerlab.plots._style import around_zero, ink, message, per_cent, short
from pokerlab.text import suggestion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pokerlab.plots._style import Picture

_VALUES = {
    "frequency": ("Frequency", ".0%"),
    "share": ("Share of all that was done", ".1%"),
    "hands": ("Hands with a chance", ",d"),
    "did": ("Hands in which it was done", ",d"),
    "net_bb": ("Big blinds won", "+,.1f"),
    "bb100": ("Big blinds won per 100 hands", "+,.0f"),
}
_SIGNED = {"net_bb", "bb100"}


def equity_grid(frame: pl.DataFrame) -> Picture:
    """Draw the equity of the 169 classes as the 13x13 grid, suited hands above the diagonal.

    Parameters
    ----------
    frame
        What `pokerlab.equity_by_class` gives.

    Returns
    -------
    altair.LayerChart
        A square a class, with its name and its equity in per cent; a class without a deal has no colour.

    Raises
    ------
    SchemaError
        A column is missing.

    Examples
    --------
    >>> import pokerlab as pk
    >>> from pokerlab import plots
    >>> len(plots.equity_grid(pk.equity_by_class("QQ+,AK")).to_dict()["layer"])
    4
    """
    cells = need(frame, "pokerlab.equity_by_class", ("hand", "row", "column", "combos", "equity"))
    cells = cells.with_columns(text=per_cent("equity"))
    return _grid(
        cells, "equity", [0, 0.5, 1], title="Equity of each class against the range", legend="Equity", form=".0%",
        text="text", tooltip=["hand:N", "combos:Q", alt.Tooltip("equity:Q", format=".2%")],
    )  # fmt: skip


def range_grid(frame: pl.DataFrame, value: str = "frequency", *, title: str | None = None) -> Picture:
    """Draw which hole cards were seen in a spot as the 13x13 grid, suited hands above the diagonal.

    Parameters
    ----------
    frame
        What `pokerlab.stats.ranges_seen` gives, of one group.
    value
        What colours the squares and is written in them: ``"frequency"``, ``"share"``, ``"hands"``, ``"did"``,
        ``"net_bb"`` or ``"bb100"``.
    title
        Of the picture; it tells the value and the number of hands unless given.

    Returns
    -------
    altair.LayerChart
        A square a class, with its name and value; a class that was not seen has no colour.

    Raises
    ------
    SchemaError
        A column is missing, there is no such value, or the frame has several groups.

    Examples
    --------
    >>> import polars as pl, pokerlab as pk
    >>> from pokerlab import plots, stats
    >>> seen = stats.ranges_seen(pk.sample.hands(500, seed=1).seats, stats.RFI, where=pl.col("is_hero"))
    >>> len(plots.range_grid(seen).to_dict()["layer"])
    4
    """
    if value not in _VALUES:
        msg = f"{value!r} is no value of a grid of ranges{suggestion(value, _VALUES)}"
        raise SchemaError(msg)
    cells = need(frame, "stats.ranges_seen(seats, stat)", ("class", "row", "column", "combos", *_VALUES))
    if cells["class"].n_unique() < cells.height:
        msg = "the frame has several groups; filter on one of them first, a picture is of one grid"
        raise SchemaError(msg)
    legend, form = _VALUES[value]
    hands = int(cells["hands"].sum())
    told = f"{legend}, {hands:,} hands with known cards" if title is None else short(title)
    if not hands:
        return message("No hand with known cards: there is nothing to draw.", told)
    drawn = cells.rename({"class": "hand"}).with_columns(
        pl.when(pl.col("hands") > 0).then(value).alias(value), text=_written(value)
    )
    return _grid(
        drawn, value, _domain(drawn[value], value), title=told, legend=legend, form=form, text="text",
        tooltip=["hand:N", *(alt.Tooltip(f"{name}:Q", title=about, format=form)
                             for name, (about, form) in _VALUES.items())],
    )  # fmt: skip


def _written(value: str) -> pl.Expr:
    """Give the value as it is written in a square; nothing where nothing was seen."""
    number = pl.col(value)
    if value in {"frequency", "share"}:
        text = pl.format("{}%", (number * 100).round(0 if value == "frequency" else 1).cast(pl.Decimal(10, 1)))
        text = text.str.replace(".0%", "%", literal=True)
    elif value in _SIGNED:
        text = pl.format("{}{}", _sign(number.round()), number.round().abs().cast(pl.Int64))
    else:
        text = number.cast(pl.String)
    return pl.when(pl.col("hands") > 0).then(text).fill_null("")


def _sign(number: pl.Expr) -> pl.Expr:
    return pl.when(number > 0).then(pl.lit("+")).when(number < 0).then(pl.lit("−")).otherwise(pl.lit(""))


def _domain(values: pl.Series, value: str) -> list[float]:
    if value in _SIGNED:
        return around_zero(values, 0.95)
    if value == "frequency":
        return [0.0, 1.0]
    most = values.max()
    return [0.0, float(most) if isinstance(most, int | float) and most else 1.0]


def _grid(
    cells: pl.DataFrame, value: str, domain: list[float], *, title: str, legend: str, form: str,
    tooltip: Sequence[object], text: str | None = None,
) -> Picture:  # fmt: skip
    """Draw the classes, with their names and perhaps another text below."""
    base = alt.Chart(cells.with_columns(ink=ink(pl.col(value), domain)), width=520, height=520).encode(
        x=alt.X("column:O", axis=None), y=alt.Y("row:O", axis=None)
    )
    texts = {"hand": (11.0, 0.0)} if text is None else {"hand": (11.0, -6.0), text: (9.0, 8.0)}
    return heat(base, value, domain, title=title, legend=legend, form=form, texts=texts, tooltip=tooltip)
