"""Rates against the bands in which they should lie."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from pokerlab.plots._frames import need
from pokerlab.plots._style import BLUE, ORANGE, QUIET, Picture, labels, message, quiet

_TITLE = "Rates against the bands of rules"
_UNSURE = "Not sure yet"
_VERDICTS = {"leak": "Leak", "fine": "Fine"}
_COLORS = {"Leak": ORANGE, "Fine": BLUE, _UNSURE: QUIET}
_WIDTH = 380
_MOST_ROWS = 60
_LETTERS = 60


def leaks(found: pl.DataFrame) -> Picture:
    """Draw the rates of a leak report with their intervals, against the bands of their rules.

    Parameters
    ----------
    found
        What `pokerlab.stats.leaks` gives.

    Returns
    -------
    altair.LayerChart
        A row a rule with a chance, in the order of the frame: its band, the rate as a dot with its interval, and at the
        right the rate, its chances, and what a leak may have cost. At most 60 rows.

    Raises
    ------
    SchemaError
        A column is missing.

    Examples
    --------
    >>> import pokerlab as pk
    >>> from pokerlab import plots, stats
    >>> frames = pk.sample.hands(500, seed=1)
    >>> plots.leaks(stats.leaks(frames.seats, frames.hands)).to_dict()["title"]
    'Rates against the bands of rules'
    """
    names = ("rule", "form", "rate", "chances", "interval", "low", "high", "verdict", "cost_bb")
    rules = need(found, "stats.leaks(seats, hands)", names).filter(pl.col("chances") > 0).head(_MOST_ROWS)
    if rules.is_empty():
        return message("No chance of any rule: there is nothing to draw.", _TITLE)
    columns = ["rule", "form"] if rules["form"].n_unique() > 1 else ["rule"]
    ends = pl.col("interval").struct
    rows = rules.select(
        "rate", "chances", begins=pl.col("low").fill_null(0.0), ends=pl.col("high").fill_null(1.0),
        least=ends.field("low"), most=ends.field("high"),
        verdict=pl.col("verdict").cast(pl.String).replace_strict(_VERDICTS, default=_UNSURE),
        label=pl.Series(labels(rules.select(columns).get_columns(), rules.height, _LETTERS)),
        beside=pl.Series([_beside(row) for row in rules.iter_rows(named=True)]),
    )  # fmt: skip
    return _drawn(rows)


def _beside(row: dict[str, Any]) -> str:
    told = f"{100 * row['rate']:.1f}% of {row['chances']:,}"
    cost = row["cost_bb"]
    return told if row["verdict"] != "leak" or cost is None else f"{told}, cost {cost:,.0f} bb".replace("-", "−")


def _drawn(rows: pl.DataFrame) -> Picture:
    shown = [*rows["most"], *(end for end in rows["ends"] if end < 1)]
    reach = min(1.0, max(shown) + 0.05)
    rows = rows.with_columns(pl.col("ends").clip(upper_bound=reach))
    across = alt.Scale(domain=[0, reach], nice=False, clamp=True)
    verdict = alt.Color(
        "verdict:N", title=None, legend=alt.Legend(orient="top"),
        scale=alt.Scale(domain=[*_COLORS], range=[*_COLORS.values()]),
    )  # fmt: skip
    base = alt.Chart(rows).encode(
        y=alt.Y("label:N", title=None, scale=alt.Scale(domain=rows["label"].to_list()), axis=alt.Axis(grid=False)),
    )
    axis = alt.Axis(format="%")
    layers = [
        base.mark_bar(color=QUIET, opacity=0.25, height=16).encode(
            x=alt.X("begins:Q", title="Rate; grey: the band of the rule", scale=across, axis=axis), x2="ends:Q"
        ),
        base.mark_rule(strokeWidth=2).encode(x=alt.X("least:Q", scale=across), x2="most:Q", color=verdict),
        base.mark_circle(size=70, opacity=1).encode(
            x=alt.X("rate:Q", scale=across), color=verdict,
            tooltip=["label:N", alt.Tooltip("rate:Q", format=".1%"), "chances:Q", "verdict:N"],
        ),
        base.mark_text(color=QUIET, align="left", fontSize=11).encode(x=alt.value(_WIDTH + 10), text="beside:N"),
    ]  # fmt: skip
    return quiet(alt.layer(*layers).properties(width=_WIDTH, height=alt.Step(24), title=_TITLE))
