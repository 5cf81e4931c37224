"""The line of what was won."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import altair as alt
import polars as pl
from polars import selectors as cs

from pokerlab._query import played_at
from pokerlab.errors import SchemaError
from pokerlab.plots._frames import need, unit_of
from pokerlab.plots._style import QUIET, Picture, message, quiet, short
from pokerlab.plots._thin import thin
from pokerlab.text import suggestion

if TYPE_CHECKING:
    from collections.abc import Sequence

LINES: dict[str, tuple[str, str, float, list[int]]] = {
    "net": ("Net", "#0c9464", 2.6, [1, 0]),
    "ev_net": ("All-in EV", "#e07b00", 1.6, [6, 3]),
    "red_line": ("Without showdown", "#d62f5a", 1.3, [1, 0]),
    "blue_line": ("At showdown", "#3b82d6", 1.3, [1, 0]),
}
"""Columns of `stats.lines`: name, colour, width and dashes, so that colour alone does not tell them apart."""

_FEW, _FEW_DAYS = 30, 14
"""So few hands have dots too: a line of one point cannot be seen."""

_PARIS, _BB = "Europe/Paris", "big blinds"

_SHOWDOWN = pl.col("went_to_showdown").fill_null(value=False)
_VALUES = {
    "net": pl.col("net"),
    "ev_net": pl.when(pl.col("ev_net").count() > 0).then(pl.coalesce("ev_net", "net")),
    "red_line": pl.when(_SHOWDOWN).then(0).otherwise(pl.col("net")),
    "blue_line": pl.when(_SHOWDOWN).then(pl.col("net")).otherwise(0),
}


def winnings(
    source: pl.DataFrame | pl.LazyFrame,
    *,
    player: str | None = None,
    lines: Sequence[str] = ("net", "ev_net"),
    over: Literal["hands", "days"] = "hands",
    downswings: pl.DataFrame | None = None,
) -> Picture:
    """Draw what a player has won so far, and what he would have won with all-ins shared by their equity.

    Parameters
    ----------
    source
        What `pokerlab.stats.lines` gives; or seats, a frame with the columns of `pokerlab.schema.SEATS`, in any order:
        hands are drawn in the order of their times.
    player
        Whose seats; None for the hero's own hands, of all his accounts.
    lines
        Which to draw of ``"net"``, ``"ev_net"``, ``"red_line"`` (net of hands without his showdown) and
        ``"blue_line"`` (with it). ``ev_net`` is left out where it is not known of any hand.
    over
        ``"hands"``, or ``"days"`` for a time axis with a point a day (days of ``stats.lines(tz=...)``; of seats those
        of Paris).
    downswings
        What `pokerlab.stats.downswings` gives of the same hands: the largest and the longest of net are shaded, and
        told below the title.

    Returns
    -------
    altair.LayerChart
        The lines in euros, play money or chips, or in big blinds where `stats.lines` was asked for these. Long
        histories are thinned to about four thousand points: of each piece of a line its highest and its lowest, and
        the last in any case.

    Raises
    ------
    UnitError
        Hands of different units: filter on ``unit`` first, or give ``stats.lines(..., in_bb=True)``.
    SchemaError
        A column is missing or holds something else than it should, there is no such line, or the seats have no hand of
        the player.

    Examples
    --------
    >>> import pokerlab as pk
    >>> from pokerlab import plots, stats
    >>> frames = pk.sample.hands(200, seed=3)
    >>> chart = plots.winnings(stats.lines(frames), lines=["net", "red_line", "blue_line"])
    >>> chart.to_dict()["title"]["text"].startswith("Winnings over ")
    True
    """
    for name in lines:
        if name not in LINES:
            msg = f"{name!r} is no line of winnings{suggestion(name, LINES)}"
            raise SchemaError(msg)
    if over not in {"hands", "days"}:
        msg = f"over={over!r} is no axis of winnings; give 'hands' or 'days'"
        raise SchemaError(msg)
    timed = over == "days" or downswings is not None
    history = _of_seats(source.lazy(), player, lines, timed) if _is_seats(source) else _of_lines(source, player, lines)
    so_far = history.so_far
    title = f"Winnings{'' if player is None else f' of {short(player)}'} over {so_far.height:,} hands"
    if so_far.is_empty():
        return message("No hands: there is nothing to draw.", title)
    shown = [name for name in lines if so_far[name].null_count() < so_far.height]
    points = thin(_from_zero(_steps(so_far, over), over), "at", shown)
    bands, told = (None, []) if downswings is None else _bands(downswings, history, over)
    return _drawn(points, bands, over, history.label, alt.Title(title, subtitle=told))


@dataclass(frozen=True, slots=True)
class _History:
    """What was won so far: ``hand``, perhaps ``time``, and the lines in units that people read."""

    so_far: pl.DataFrame
    label: str
    minor: float

    @property
    def in_bb(self) -> bool:
        return self.label == _BB


def _is_seats(source: pl.DataFrame | pl.LazyFrame) -> bool:
    return "dealt" in source.collect_schema().names()


def _of_lines(source: pl.DataFrame | pl.LazyFrame, player: str | None, lines: Sequence[str]) -> _History:
    if player is not None:
        msg = "player= chooses among seats; give stats.lines(seats, player=...) here"
        raise SchemaError(msg)
    names = ("hand", "played_at", "unit", *dict.fromkeys(("net", *lines)))
    frame = need(source.lazy().collect(), "stats.lines(seats)", names)
    if frame.schema["net"].is_float() or frame.is_empty():
        return _history(frame, lines, _BB, 1.0)
    return _history(frame, lines, *unit_of(frame["unit"]))


def _of_seats(seats: pl.LazyFrame, player: str | None, lines: Sequence[str], timed: bool) -> _History:
    whose = pl.col("is_hero") if player is None else pl.col("player") == player
    time = [played_at().dt.convert_time_zone(_PARIS)] if timed else []
    try:
        own = (
            seats.filter(whose & pl.col("dealt"))
            .select("unit", *(_VALUES[name].alias(name) for name in lines), *_played("hand_id"), *time)
            .sort("second", "number")
            .collect()
        )
    except pl.exceptions.ColumnNotFoundError as error:
        msg = f"the seats frame lacks a column that the picture needs: {str(error).splitlines()[0]}"
        raise SchemaError(msg) from error
    if own["unit"].null_count() == own.height:
        msg = "there is no hand of the hero's" if player is None else f"there is no hand of {player!r}"
        msg += " in these seats; read some hands first, or name a player who was dealt in"
        raise SchemaError(msg)
    return _history(own.with_columns(pl.col(name).cum_sum() for name in lines), lines, *unit_of(own["unit"]))


def _history(frame: pl.DataFrame, lines: Sequence[str], label: str, minor: float) -> _History:
    money = [(pl.col(name) / minor).cast(pl.Float64) for name in lines]
    time = ["played_at"] if "played_at" in frame.columns else []
    return _History(frame.select(pl.int_range(1, pl.len() + 1).alias("hand"), *time, *money), label, minor)


def _played(column: str) -> tuple[pl.Expr, pl.Expr]:
    """Read a hand's unix time, and its number at its table, from its id ``A-B-C``."""
    parts = pl.col(column).str.extract_groups(r"^\d+-(\d+)-(\d+)$").struct
    return parts[1].cast(pl.Int64).alias("second"), parts[0].cast(pl.Int64).alias("number")


def _steps(so_far: pl.DataFrame, over: str) -> pl.DataFrame:
    """Give the place of each hand on the axis; of a day only its last hand."""
    if over == "hands":
        return so_far.with_columns(at="hand")
    days = so_far.drop_nulls("played_at").with_columns(at=pl.col("played_at").dt.date())
    return days.unique("at", keep="last", maintain_order=True)


def _from_zero(steps: pl.DataFrame, over: str) -> pl.DataFrame:
    """Let the lines begin at 0, before the first hand or on the day before."""
    before = pl.col("at").dt.offset_by("-1d") if over == "days" else pl.col("at") - 1
    return pl.concat([steps.head(1).with_columns(before, (cs.by_name(*LINES, require_all=False) * 0.0)), steps])


def _bands(downswings: pl.DataFrame, history: _History, over: str) -> tuple[pl.DataFrame, list[str]]:
    """Give where downswings of net begin and end on the axis, and what is told of them."""
    names = ("line", "kind", "amount", "hands", "begins", "ends", "recovered")
    falls = need(downswings, "stats.downswings(seats)", names).filter(line="bb" if history.in_bb else "net")
    told = [_fall(row, history) for row in falls.iter_rows(named=True)]
    if len(told) == 2 and len(set(falls.drop("kind").rows())) == 1:
        told = [told[0].replace("Largest", "Largest and longest")]
    zone = history.so_far.schema["played_at"]
    falls = falls.with_columns(pl.col("begins", "ends").cast(zone))
    if over == "days":
        ends = falls.select(start=pl.col("begins").dt.date(), end=pl.col("ends").dt.date().dt.offset_by("1d"))
    else:
        first = history.so_far.select("hand", begins="played_at").unique("begins", keep="first", maintain_order=True)
        ends = falls.join(first, on="begins").select(start=pl.col("hand") - 1, end=pl.col("hand") + pl.col("hands") - 1)
    return ends.unique(maintain_order=True), told


def _fall(row: dict[str, Any], history: _History) -> str:
    amount = f"{row['amount'] / history.minor:,.{0 if history.in_bb else 2}f} {history.label}"
    end = "" if row["recovered"] else ", not won back"
    return f"{row['kind'].capitalize()} downswing (shaded): {amount} over {row['hands']:,} hands{end}"


def _drawn(points: pl.DataFrame, bands: pl.DataFrame | None, over: str, label: str, title: alt.Title) -> Picture:
    shown = [LINES[name][0] for name in points["line"].unique(maintain_order=True)]
    points = points.with_columns(pl.col("line").replace_strict({name: about[0] for name, about in LINES.items()}))
    legend = alt.Legend(orient="top", symbolType="stroke", symbolStrokeWidth=2.5, values=shown)
    axis = (
        alt.X("at:T", title="Day", axis=alt.Axis(**_ticks(points["at"])))
        if over == "days"
        else alt.X("at:Q", title="Hands", scale=alt.Scale(nice=False), axis=alt.Axis(format=",d", tickMinStep=1))
    )

    def each(channel: Any, part: int, **more: Any) -> Any:
        scale = alt.Scale(
            domain=[about[0] for about in LINES.values()], range=[about[part] for about in LINES.values()]
        )
        return channel("line:N", title=None, scale=scale, **more)

    base = alt.Chart(points).encode(
        x=axis,
        y=alt.Y("won:Q", title=f"Won, in {label}"),
        color=each(alt.Color, 1, legend=legend),
        tooltip=["at:T" if over == "days" else "at:Q", "line:N", alt.Tooltip("won:Q", format=",.2f")],
    )
    drawn = base.mark_line(strokeJoin="round").encode(
        strokeWidth=each(alt.StrokeWidth, 2, legend=None), strokeDash=each(alt.StrokeDash, 3, legend=legend)
    )
    dots = [base.mark_circle(size=28, opacity=1)] if points["at"].n_unique() <= _FEW else []
    zero = alt.Chart(pl.DataFrame({"won": [0.0]})).mark_rule(color=QUIET, strokeWidth=1).encode(y="won:Q")
    layers = [zero, drawn, *dots] if bands is None or bands.is_empty() else [_shade(bands, over), zero, drawn, *dots]
    return quiet(alt.layer(*layers).properties(width=680, height=320, title=title))


def _ticks(days: pl.Series) -> dict[str, Any]:
    """Keep hours off an axis of few days."""
    return {"tickCount": alt.TimeIntervalStep(interval="day", step=1)} if days.n_unique() <= _FEW_DAYS else {}


def _shade(bands: pl.DataFrame, over: str) -> alt.Chart:
    kind = "T" if over == "days" else "Q"
    base: alt.Chart = alt.Chart(bands).mark_rect(color=QUIET, opacity=0.18)
    return base.encode(x=f"start:{kind}", x2="end")
