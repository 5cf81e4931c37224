"""A player among the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import polars as pl

from pokerlab.errors import SchemaError
from pokerlab.plots._frames import need
from pokerlab.plots._style import ORANGE, QUIET, message, quiet, short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pokerlab.plots._style import Picture

_MOST_TICKS = 3_000
_WIDTH = 420


def percentiles(table: pl.DataFrame, player: str) -> Picture:
    """Draw where a player's rates stand among those of all players.

    Parameters
    ----------
    table
        What `pokerlab.stats.percentiles` gives.
    player
        Whose place is shown.

    Returns
    -------
    altair.LayerChart
        A strip a statistic: a thin line for each player who is compared, a long one for the rate of all together, and
        a dot for the player, all drawn towards the rate of all as the table tells. At the right his percentile, and
        the chances behind it. Of many players evenly spaced ones are drawn, the lowest and the highest always.

    Raises
    ------
    SchemaError
        A column is missing, or the table has no such player.

    Examples
    --------
    >>> import pokerlab as pk
    >>> from pokerlab import plots, stats
    >>> table = stats.percentiles(pk.sample.hands(500, seed=1).seats, min_chances=20)
    >>> plots.percentiles(table, "Nina.Blau").to_dict()["title"]["text"]
    'Nina.Blau among the players met'
    """
    names = ("player", "stat", "rate", "chances", "population", "shrunk", "percentile", "players")
    found = need(table, "stats.percentiles(seats)", names)
    title = f"{short(player)} among the players met"
    if found.is_empty():
        return message("No hands: there is nothing to draw.", title)
    own = found.filter(pl.col("player") == player)
    if own.is_empty():
        msg = f"the table has no player {player!r}"
        raise SchemaError(msg)
    codes = own["stat"].unique(maintain_order=True).to_list()
    others = _spaced(found.filter(pl.col("stat").is_in(codes), pl.col("percentile").is_not_null()), len(codes))
    return quiet(_layers(others, own.with_columns(beside=pl.Series(_beside(own))), codes).properties(
        width=_WIDTH, height=alt.Step(26),
        title=alt.Title(title, subtitle="Dot: his rate. Long line: the rate of all. Thin lines: players. "
                        "At the right: his percentile and his chances"),
    ))  # fmt: skip


def _spaced(others: pl.DataFrame, codes: int) -> pl.DataFrame:
    """Leave out players of each statistic, evenly by their rates, so that no more are drawn than can be seen."""
    most = max(_MOST_TICKS // codes, 2)
    place = pl.int_range(pl.len()).over("stat")
    step = pl.max_horizontal((pl.len().over("stat") - 1) // (most - 1), pl.lit(1))
    kept = (place % step == 0) | (place == pl.len().over("stat") - 1)
    return others.sort("stat", "shrunk").filter(kept)


def _beside(own: pl.DataFrame) -> list[str]:
    return [
        f"{_place(row['percentile'], row['players'])}, {row['chances']:,} chances" for row in own.iter_rows(named=True)
    ]


def _place(percentile: float | None, players: int) -> str:
    if percentile is None:
        return "too few to compare"
    return "nobody to compare with" if players == 1 else f"P{percentile:.0f} of {players:,} players"


def _layers(others: pl.DataFrame, own: pl.DataFrame, codes: Sequence[str]) -> Picture:
    strip = alt.Y("stat:N", title=None, scale=alt.Scale(domain=list(codes)), axis=alt.Axis(grid=False))
    rate = alt.X("shrunk:Q", title="Rate, drawn towards that of all", axis=alt.Axis(format="%"))
    told = ["stat:N", alt.Tooltip("rate:Q", format=".1%"), "chances:Q", alt.Tooltip("percentile:Q", format=".0f")]
    ticks = alt.Chart(others.select("stat", "shrunk")).mark_tick(color=QUIET, opacity=0.45, thickness=1, size=10)
    base = alt.Chart(own.drop("player")).encode(y=strip)
    layers: Picture = alt.layer(
        ticks.encode(x=rate, y=strip),
        base.mark_tick(color=QUIET, thickness=2.5, size=22).encode(x="population:Q"),
        base.mark_circle(color=ORANGE, size=110, opacity=1).encode(x=rate, tooltip=told),
        base.mark_text(color=QUIET, align="left", fontSize=11).encode(x=alt.value(_WIDTH + 10), text="beside:N"),
    )
    return layers
