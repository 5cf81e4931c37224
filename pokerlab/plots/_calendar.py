"""Days as squares, a year a row."""

from __future__ import annotations

import altair as alt
import polars as pl

from pokerlab.errors import SchemaError, UnitError
from pokerlab.plots._frames import need, unit_of
from pokerlab.plots._style import QUIET, Picture, around_zero, message, quiet, scale

_MOST_YEARS = 10
_DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
_TITLE = "Winnings by day"


def calendar(days: pl.DataFrame, value: str = "net") -> Picture:
    """Draw each day as a square of a calendar, coloured by what was won.

    Parameters
    ----------
    days
        What ``stats.results(seats, by="day")`` gives, of one unit of money.
    value
        ``"net"``, ``"ev_net"``, ``"red_line"`` or ``"blue_line"`` (money), or ``"bb"`` or ``"ev_bb"`` (big blinds).

    Returns
    -------
    altair.FacetChart
        A row a year, of the last ten years with hands; a column a week. Colours reach as far as nine days of ten; what
        was won or lost beyond that has the colour of the end.

    Raises
    ------
    UnitError
        The days are of different units.
    SchemaError
        A column is missing, there is no such value, or a day has several rows.

    Examples
    --------
    >>> import pokerlab as pk
    >>> from pokerlab import plots, stats
    >>> chart = plots.calendar(stats.results(pk.sample.hands(300, seed=2), by="day"))
    >>> chart.to_dict()["title"]["text"]
    'Winnings by day'
    """
    if value not in {"net", "ev_net", "red_line", "blue_line", "bb", "ev_bb"}:
        msg = f"{value!r} is no value of a calendar; give 'net', 'ev_net', 'red_line', 'blue_line', 'bb' or 'ev_bb'"
        raise SchemaError(msg)
    giver = 'stats.results(seats, by="day")'
    played = need(days, giver, dict.fromkeys(("day", "unit", "hands", value))).drop_nulls("day")
    if played.is_empty():
        return message("No hands: there is nothing to draw.", _TITLE)
    label, minor = ("big blinds", 1.0) if value.endswith("bb") else _money(played)
    if played["day"].is_duplicated().any():
        msg = f"a day has several rows; give what {giver} gives, without other groups"
        raise SchemaError(msg)
    cells = _cells(played.select("day", "hands", won=pl.col(value) / minor))
    years = cells["year"].n_unique()
    before = played["day"].dt.year().n_unique() - years
    title = alt.Title(_TITLE, subtitle=[f"The last {years} years with hands"] if before else [])
    return _drawn(cells, label, title)


def _money(played: pl.DataFrame) -> tuple[str, float]:
    """Give the unit of all days; a day of several units has none."""
    if played["unit"].null_count():
        msg = "days have hands of several units; choose one: stats.results(..., where=pl.col('unit') == 'eur_cent')"
        raise UnitError(msg)
    return unit_of(played["unit"])


def _cells(played: pl.DataFrame) -> pl.DataFrame:
    """Give all days of the last years with hands: where they stand, and what was won."""
    day = pl.col("day")
    years = played["day"].dt.year().unique().sort().tail(_MOST_YEARS)
    first, last = (pl.date(int(years[at]), *ends) for at, ends in ((0, (1, 1)), (-1, (12, 31))))
    every = pl.select(pl.date_range(first, last).alias("day")).filter(day.dt.year().is_in(years.implode()))
    start = day.dt.truncate("1y").dt.weekday() - 1
    return every.join(played, on="day", how="left", maintain_order="left").select(
        year=day.dt.year(), week=(day.dt.ordinal_day() - 1 + start) // 7, weekday=day.dt.strftime("%a"),
        date=day.dt.strftime("%A, %Y-%m-%d"),
        month=pl.when(day.dt.day() == 1).then(day.dt.strftime("%b")).otherwise(pl.lit("")),
        hands=pl.col("hands").fill_null(0), won="won",
    )  # fmt: skip


def _drawn(cells: pl.DataFrame, label: str, title: alt.Title) -> Picture:
    color = alt.Color(
        "won:Q", title=f"Won, in {label}", scale=scale(around_zero(cells["won"], 0.9)),
        legend=alt.Legend(orient="bottom", direction="horizontal", gradientLength=240, format=",.4~r", titleLimit=0),
    )  # fmt: skip
    base = alt.Chart(cells, width=alt.Step(13), height=alt.Step(13)).encode(
        x=alt.X("week:O", axis=None),
        y=alt.Y("weekday:N", title=None, scale=alt.Scale(domain=_DAYS),
                axis=alt.Axis(values=["Mon", "Wed", "Fri"], domain=False, ticks=False)),
    )  # fmt: skip
    outlines = base.mark_rect(filled=False, stroke=QUIET, strokeOpacity=0.35, cornerRadius=2)
    squares = base.mark_rect(cornerRadius=2).encode(
        color=color, tooltip=["date:N", alt.Tooltip("won:Q", title=f"Won, in {label}", format=",.2f"), "hands:Q"]
    )
    months = base.mark_text(color=QUIET, align="left", fontSize=10, dx=-5).encode(y=alt.value(-7), text="month:N")
    rows = alt.layer(squares, outlines, months).facet(
        row=alt.Row("year:O", title=None, header=alt.Header(labelAngle=0, labelAlign="left", labelFontSize=12)),
        spacing=22,
    )
    return quiet(rows.properties(title=title))
