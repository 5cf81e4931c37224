"""Pictures of Polars frames, as Altair charts (extra ``plots``).

A chart is shown as an SVG image that Altair's own converter draws, with its specification beside it: Altair's default
would load its drawing code from a server on the internet each time. Importing this module makes that so for all charts
of the process; another renderer than Altair's default is left as it is, and ``altair.renderers.enable(...)`` sets one
at any time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from pokerlab.errors import PokerlabError, SchemaError, UnitError

try:
    import altair as alt
except ImportError as error:
    msg = 'pictures need Altair: pip install "pokerlab[plots]"'
    raise PokerlabError(msg) from error

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["categories", "equity_distribution", "equity_grid", "next_cards", "winnings"]

_MOST_POINTS = 2_000
_COLORS = {"Net": "#1f77b4", "All-in EV": "#e07b00"}
_QUIET = "#8a8a8a"
"""Readable on white and on black, since a picture does not know the page around it."""

_UNITS: Mapping[str, tuple[str, float]] = {
    "eur_cent": ("€", 100.0),
    "play_cent": ("play money", 100.0),
    "chip": ("chips", 1.0),
}


def winnings(seats: pl.DataFrame | pl.LazyFrame, *, player: str | None = None) -> alt.Chart:
    """Draw what a player has won, hand by hand, and what he would have won with all-ins shared by their equity.

    Parameters
    ----------
    seats
        A frame with the columns of `pokerlab.schema.SEATS`, in any order: hands are drawn in the order of their times.
    player
        Whose; None for the hero's own hands, of all his accounts.

    Returns
    -------
    altair.Chart
        Two lines, net and ``ev_net`` (net where that is null) added up, in euros, play money or chips. Of long
        histories evenly spaced hands are drawn, the last always.

    Raises
    ------
    UnitError
        Hands of different units: filter on ``unit`` first.
    SchemaError
        A column is missing or holds something else than `pokerlab.schema.SEATS` says, or there is no hand to draw.

    Examples
    --------
    >>> import pokerlab as pk
    >>> from pokerlab import plots
    >>> seats = pk.sample.hands(200, seed=3).seats
    >>> plots.winnings(seats).to_dict()["encoding"]["x"]["title"]
    'Hands'
    """
    whose = pl.col("is_hero") if player is None else pl.col("player") == player
    try:
        own = (
            seats.lazy()
            .filter(whose & pl.col("dealt"))
            .select("unit", "net", pl.coalesce("ev_net", "net"), *_played("hand_id"))
            .sort("second", "number")
            .collect()
        )
    except pl.exceptions.ColumnNotFoundError as error:
        msg = f"the seats frame lacks a column that the picture needs: {str(error).splitlines()[0]}"
        raise SchemaError(msg) from error
    label, minor = _unit(own, player)
    lines = own.select(
        pl.int_range(1, pl.len() + 1).alias("hands"),
        (pl.col("net").cum_sum() / minor).alias("Net"),
        (pl.col("ev_net").cum_sum() / minor).alias("All-in EV"),
    )
    points = _thin(lines).unpivot(index="hands", variable_name="line", value_name="won")
    chart = alt.Chart(points, width=640, height=300, title=f"Winnings over {own.height:,} hands")
    return _quiet(
        chart.mark_line(strokeWidth=1.6).encode(
            x=alt.X("hands:Q", title="Hands", scale=alt.Scale(nice=False)),
            y=alt.Y("won:Q", title=f"Won, in {label}"),
            color=alt.Color(
                "line:N", title=None, sort=list(_COLORS),
                scale=alt.Scale(domain=list(_COLORS), range=list(_COLORS.values())),
                legend=alt.Legend(orient="top-left"),
            ),
            tooltip=["hands:Q", "line:N", alt.Tooltip("won:Q", format=",.2f")],
        )
    )  # fmt: skip


_HEAT = ["#b2182b", "#f4f1ec", "#2e8b57"]
"""Behind, even, ahead."""


def equity_distribution(frame: pl.DataFrame) -> alt.Chart:
    """Draw the hot and cold graph: the equity that each share of a range has or exceeds.

    Parameters
    ----------
    frame
        What `pokerlab.equity_distribution` gives.

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
    points = _columns(frame, "player", "hand", "equity", "share")
    points = points.with_columns(range=pl.concat_str(pl.lit("Range "), pl.col("player") + 1))
    chart = alt.Chart(points, width=640, height=300, title="Equity of each hand against the other range")
    return _quiet(
        chart.mark_line(strokeWidth=1.6, interpolate="step-before").encode(
            x=alt.X("share:Q", title="Share of the range, best hands first", axis=alt.Axis(format="%")),
            y=alt.Y("equity:Q", title="Equity", axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1])),
            color=alt.Color(
                "range:N", title=None, scale=alt.Scale(range=list(_COLORS.values())),
                legend=alt.Legend(orient="top-right"),
            ),
            tooltip=["range:N", "hand:N", alt.Tooltip("equity:Q", format=".2%"), alt.Tooltip("share:Q", format=".1%")],
        )
    )  # fmt: skip


def equity_grid(frame: pl.DataFrame) -> alt.LayerChart:
    """Draw the equity of the 169 classes as the 13x13 grid, suited hands above the diagonal.

    Parameters
    ----------
    frame
        What `pokerlab.equity_by_class` gives.

    Returns
    -------
    altair.LayerChart
        A square a class, with its name; a class without a deal has no colour.

    Raises
    ------
    SchemaError
        A column is missing.

    Examples
    --------
    >>> import pokerlab as pk
    >>> from pokerlab import plots
    >>> len(plots.equity_grid(pk.equity_by_class("QQ+,AK")).to_dict()["layer"])
    2
    """
    cells = _columns(frame, "hand", "row", "column", "combos", "equity")
    base = alt.Chart(cells, width=480, height=480).encode(x=alt.X("column:O", axis=None), y=alt.Y("row:O", axis=None))
    title = "Equity of each class against the range"
    return _heat(base, title, "hand:N", ["hand:N", "combos:Q", alt.Tooltip("equity:Q", format=".2%")])


def next_cards(frame: pl.DataFrame, *, player: int = 0) -> alt.LayerChart:
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
    cells = _columns(frame, "card", "rank", "suit", "player", "equity").filter(pl.col("player") == player)
    if cells.is_empty():
        msg = f"the frame has no player {player!r}; players are counted from 0"
        raise SchemaError(msg)
    cells = cells.with_columns(label=(pl.col("equity") * 100).round().cast(pl.Int64))
    base = alt.Chart(cells, width=640, height=200).encode(
        x=alt.X("rank:O", title=None, sort=list("AKQJT98765432"), axis=alt.Axis(labelAngle=0)),
        y=alt.Y("suit:O", title=None, sort=list("shdc")),
    )
    title = f"Equity of player {player + 1} by the next card"
    return _heat(base, title, "label:Q", ["card:N", alt.Tooltip("equity:Q", format=".2%")])


def categories(frame: pl.DataFrame) -> alt.Chart:
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
    bars = _columns(frame, "street", "category", "share").with_columns(pl.col("street", "category").cast(pl.String))
    order = bars["category"].unique(maintain_order=True).to_list()
    streets = bars["street"].unique(maintain_order=True).to_list()
    chart = alt.Chart(bars, width=640, height=360, title="Hands that the range makes")
    return _quiet(
        chart.mark_bar().encode(
            x=alt.X("share:Q", title="Share of the range", axis=alt.Axis(format="%")),
            y=alt.Y("category:N", title=None, sort=order),
            yOffset=alt.YOffset("street:N", sort=streets),
            color=alt.Color(
                "street:N", title=None, sort=streets, legend=alt.Legend(orient="top-right"),
                scale=alt.Scale(range=["#9ecae1", "#1f77b4", "#e07b00"]),
            ),
            tooltip=["street:N", "category:N", alt.Tooltip("share:Q", format=".2%")],
        )
    )  # fmt: skip


def _heat(base: alt.Chart, title: str, text: str, tooltip: list[Any]) -> alt.LayerChart:
    """Colour squares by equity and write on them."""
    scale = alt.Scale(domain=[0, 0.5, 1], range=_HEAT)
    squares = base.mark_rect().encode(
        color=alt.Color("equity:Q", title="Equity", scale=scale, legend=alt.Legend(format="%")), tooltip=tooltip
    )
    layers: Any = squares + base.mark_text(fontSize=11, color="#333333").encode(text=text)
    quiet: Any = _quiet(layers.properties(title=title))
    chart: alt.LayerChart = quiet
    return chart


def _columns(frame: pl.DataFrame, *names: str) -> pl.DataFrame:
    missing = [name for name in names if name not in frame.columns]
    if missing:
        msg = f"the frame lacks the column {missing[0]!r} that the picture needs; it has {', '.join(frame.columns)}"
        raise SchemaError(msg)
    return frame.select(names)


def _played(column: str) -> tuple[pl.Expr, pl.Expr]:
    """Read a hand's unix time, and its number at its table, from its id ``A-B-C``."""
    parts = pl.col(column).str.extract_groups(r"^\d+-(\d+)-(\d+)$").struct
    return parts[1].cast(pl.Int64).alias("second"), parts[0].cast(pl.Int64).alias("number")


def _unit(own: pl.DataFrame, player: str | None) -> tuple[str, float]:
    units = own["unit"].unique().drop_nulls().to_list()
    if not units:
        msg = "there is no hand of the hero's" if player is None else f"there is no hand of {player!r}"
        msg += " in these seats; read some hands first, or name a player who was dealt in"
        raise SchemaError(msg)
    if len(units) > 1:
        msg = f"these hands are in {' and '.join(sorted(units))}, which cannot be added up; filter on unit first"
        raise UnitError(msg)
    if units[0] not in _UNITS:
        msg = f"{units[0]!r} is no unit of money; known are {', '.join(_UNITS)}"
        raise UnitError(msg)
    return _UNITS[units[0]]


def _thin(lines: pl.DataFrame) -> pl.DataFrame:
    """Keep evenly spaced rows, the last always."""
    step = -(-lines.height // _MOST_POINTS)
    return lines.filter(((pl.col("hands") - lines.height) % step) == 0)


def _quiet(chart: alt.Chart) -> alt.Chart:
    """Give a chart no background and grey text, so that it fits a light page and a dark one."""
    quiet: alt.Chart = (
        chart.configure(background="transparent")
        .configure_view(stroke=None)
        .configure_axis(labelColor=_QUIET, titleColor=_QUIET, gridColor=_QUIET, gridOpacity=0.25, domainColor=_QUIET)
        .configure_legend(labelColor=_QUIET, titleColor=_QUIET)
        .configure_title(color=_QUIET, anchor="start")
    )
    return quiet


def _as_svg(spec: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Show a chart without network: an image for all, the specification for programs that draw it themselves."""
    import vl_convert

    own = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
    known = vl_convert.get_vegalite_versions()
    return {
        "image/svg+xml": vl_convert.vegalite_to_svg(spec, vl_version=own if own in known else known[-1]),
        f"application/vnd.vegalite.{alt.SCHEMA_VERSION.split('.')[0]}+json": spec,
        "text/plain": "<Altair chart>",
    }


alt.renderers.register("pokerlab", _as_svg)
if alt.renderers.active in {"", "default"}:
    alt.renderers.enable("pokerlab")
