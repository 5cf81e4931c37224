"""Pictures of Polars frames, as Altair charts (extra ``plots``).

A chart is shown as an SVG image that Altair's own converter draws, with its specification beside it: Altair's default
would load its drawing code from a server on the internet each time. Another renderer that was enabled before this
module is imported is left as it is; ``altair.renderers.enable(...)`` sets one at any time.
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

__all__ = ["winnings"]

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
        A column is missing, or there is no hand to draw.

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


def _played(column: str) -> tuple[pl.Expr, pl.Expr]:
    """Read a hand's unix time, and its number at its table, from its id ``A-B-C``."""
    parts = pl.col(column).str.split("-").list
    return parts.get(2).cast(pl.Int64).alias("second"), parts.get(1).cast(pl.Int64).alias("number")


def _unit(own: pl.DataFrame, player: str | None) -> tuple[str, float]:
    units = own["unit"].unique().drop_nulls().to_list()
    if not units:
        msg = "there is no hand of the hero's" if player is None else f"there is no hand of {player!r}"
        msg += " in these seats; read some hands first, or name a player who was dealt in"
        raise SchemaError(msg)
    if len(units) > 1:
        msg = f"these hands are in {' and '.join(sorted(units))}, which cannot be added up; filter on unit first"
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
        .configure_legend(labelColor=_QUIET)
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
