"""Pictures of equity: against a range, by the next card, by what a range makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import polars as pl

from pokerlab.errors import SchemaError
from pokerlab.plots._frames import need
from pokerlab.plots._heat import heat
from pokerlab.plots._style import BLUE, ORANGE, ink, per_cent, quiet, short

if TYPE_CHECKING:
    from pokerlab.plots._style import Picture

EQUITY = [0.0, 0.5, 1.0]


def equity_distribution(frame: pl.DataFrame, *, names: tuple[str, str] = ("Range 1", "Range 2")) -> Picture:
    """Draw the hot and cold graph: the equity that each share of a range has or exceeds.

    Parameters
    ----------
    frame
        What `pokerlab.equity_distribution` gives.
    names
        What the two ranges are called.

    Returns
    -------
    altair.Chart
        A line a range, from its best hand to its worst.

    Raises
    ------
    SchemaError
        A column is missing.

    Examples
    --------
    >>> import pokerlab as pk
    >>> from pokerlab import plots
    >>> found = pk.equity_distribution("TT+,AK", "22+", board="Ks7d2c")
    >>> plots.equity_distribution(found).to_dict()["encoding"]["y"]["title"]
    'Equity'
    """
    points = need(frame, "pokerlab.equity_distribution", ("player", "hand", "equity", "share"))
    called = [short(name) for name in names]
    points = points.with_columns(range=pl.col("player").replace_strict([0, 1], called, return_dtype=pl.String))
    chart = alt.Chart(points, width=640, height=300, title="Equity of each hand against the other range")
    return quiet(
        chart.mark_line(strokeWidth=1.6, interpolate="step-before").encode(
            x=alt.X("share:Q", title="Share of the range, best hands first", axis=alt.Axis(format="%")),
            y=alt.Y("equity:Q", title="Equity", axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1])),
            color=alt.Color(
                "range:N", title=None, scale=alt.Scale(domain=called, range=[BLUE, ORANGE]),
                legend=alt.Legend(orient="top-right"),
            ),
            tooltip=["range:N", "hand:N", alt.Tooltip("equity:Q", format=".2%"), alt.Tooltip("share:Q", format=".1%")],
        )
    )  # fmt: skip


def next_cards(frame: pl.DataFrame, *, player: int = 0) -> Picture:
    """Draw a player's equity after each card that can come next.

    Parameters
    ----------
    frame
        What `pokerlab.next_card_equity` gives.
    player
        Whose, from 0.

    Returns
    -------
    altair.LayerChart
        A square a card, ranks across and suits down, with the equity in it.

    Raises
    ------
    SchemaError
        A column is missing, or the frame has no such player.

    Examples
    --------
    >>> import pokerlab as pk
    >>> from pokerlab import plots
    >>> found = pk.next_card_equity("AsAh", "KsKh", board="Qs7d2c")
    >>> plots.next_cards(found).to_dict()["title"]
    'Equity of player 1 by the next card'
    """
    names = ("card", "rank", "suit", "player", "equity")
    cells = need(frame, "pokerlab.next_card_equity", names).filter(pl.col("player") == player)
    if cells.is_empty():
        msg = f"the frame has no player {player!r}; players are counted from 0"
        raise SchemaError(msg)
    cells = cells.with_columns(
        label=per_cent("equity"),
        ink=ink(pl.col("equity"), EQUITY),
    )
    base = alt.Chart(cells, width=640, height=200).encode(
        x=alt.X("rank:O", title=None, sort=list("AKQJT98765432"), axis=alt.Axis(labelAngle=0)),
        y=alt.Y("suit:O", title=None, sort=list("shdc")),
    )
    return heat(
        base, "equity", EQUITY, title=f"Equity of player {player + 1} by the next card", legend="Equity", form=".0%",
        texts={"label": (11.0, 0.0)}, tooltip=["card:N", alt.Tooltip("equity:Q", format=".2%")],
    )  # fmt: skip


def categories(frame: pl.DataFrame) -> Picture:
    """Draw how often a range makes each category of hand, street by street.

    Parameters
    ----------
    frame
        What `pokerlab.category_histogram` gives.

    Returns
    -------
    altair.Chart
        Bars a category, one for each street.

    Raises
    ------
    SchemaError
        A column is missing.

    Examples
    --------
    >>> import pokerlab as pk
    >>> from pokerlab import plots
    >>> plots.categories(pk.category_histogram("QQ+,AK", board="Ks7d2c")).to_dict()["encoding"]["x"]["title"]
    'Share of the range'
    """
    bars = need(frame, "pokerlab.category_histogram", ("street", "category", "share")).with_columns(
        pl.col("street", "category").cast(pl.String)
    )
    order = bars["category"].unique(maintain_order=True).to_list()
    streets = bars["street"].unique(maintain_order=True).to_list()
    chart = alt.Chart(bars, width=640, height=360, title="Hands that the range makes")
    return quiet(
        chart.mark_bar().encode(
            x=alt.X("share:Q", title="Share of the range", axis=alt.Axis(format="%")),
            y=alt.Y("category:N", title=None, sort=order),
            yOffset=alt.YOffset("street:N", sort=streets),
            color=alt.Color(
                "street:N", title=None, sort=streets, legend=alt.Legend(orient="top-right"),
                scale=alt.Scale(range=["#74a9cf", "#1f5f9e", "#e07b00"]),
            ),
            tooltip=["street:N", "category:N", alt.Tooltip("share:Q", format=".2%")],
        )
    )  # fmt: skip
