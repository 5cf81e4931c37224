"""What all pictures share: colours for light and dark pages, and what is said where there is nothing to draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt
import polars as pl

from pokerlab.text import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

QUIET = "#797979"
"""Text: a picture does not know the page around it, and this grey has a contrast of 4.3 on white and on #111111."""

BLUE, ORANGE = "#2c7fb8", "#e07b00"
BEHIND, EVEN, AHEAD = "#b35806", "#f3f0ea", "#2166ac"
"""Ends and middle of a scale of two colours that colour-blind people tell apart too."""

_DARK, _LIGHT = "#111111", "#ffffff"
_TURN = 0.87
"""How far from the middle of a scale white text is easier to read than dark text."""

MOST_LETTERS = 32

Picture = alt.Chart | alt.LayerChart | alt.FacetChart


def quiet(chart: Any) -> Picture:
    """Give a chart no background and grey text, so that it fits a light page and a dark one."""
    told: Picture = (
        chart.configure(background="transparent")
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=QUIET, titleColor=QUIET, gridColor=QUIET, gridOpacity=0.25, domainColor=QUIET, tickColor=QUIET,
            labelLimit=420,
        )
        .configure_legend(labelColor=QUIET, titleColor=QUIET)
        .configure_header(labelColor=QUIET, titleColor=QUIET)
        .configure_title(color=QUIET, subtitleColor=QUIET, anchor="start")
    )  # fmt: skip
    return told


def message(text: str, title: str) -> Picture:
    """Say in the place of a picture why there is none."""
    said = pl.DataFrame({"text": [text]})
    chart = alt.Chart(said, width=480, height=60, title=title)
    return quiet(chart.mark_text(color=QUIET, fontSize=13).encode(text="text:N"))


def scale(domain: Sequence[float]) -> alt.Scale:
    """Give the colours of a domain: of its ends, with an even middle where it has one; beyond them nothing changes."""
    colors = [EVEN, AHEAD] if len(domain) == 2 else [BEHIND, EVEN, AHEAD]
    return alt.Scale(domain=list(domain), range=colors, clamp=True, interpolate="lab")


def ink(value: pl.Expr, domain: Sequence[float]) -> pl.Expr:
    """Give the colour of text on a square of this value; on none that of the page's text."""
    even = domain[0] if len(domain) == 2 else domain[1]
    far = (value - even).abs() / (domain[-1] - even) > _TURN
    on_square = pl.when(far).then(pl.lit(_LIGHT)).otherwise(pl.lit(_DARK))
    return pl.when(value.is_null()).then(pl.lit(QUIET)).otherwise(on_square)


def per_cent(column: str) -> pl.Expr:
    """Write a share as whole per cent; nothing where there is none."""
    return (pl.col(column) * 100).round().cast(pl.Int64).cast(pl.String).fill_null("")


def around_zero(values: pl.Series, share: float = 1.0) -> list[float]:
    """Give a domain with 0 in its middle that holds such a share of the values."""
    far = values.cast(pl.Float64).abs().quantile(share, "higher") or 1.0
    return [-far, 0.0, far]


def short(text: str, most: int = MOST_LETTERS) -> str:
    r"""Cut a text that others wrote, such as a player's name, and show signs that are not to be drawn.

    Examples
    --------
    >>> short("Nina\x07Blau"), len(short("x" * 90))
    ('Nina�Blau', 32)
    """
    shown = plain(text)
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"


def labels(columns: Sequence[pl.Series], height: int, most: int = MOST_LETTERS) -> list[str]:
    """Give a label a row, each another: the values with a dot between them."""
    if not columns:
        return ["all"] * height
    seen: dict[str, int] = {}
    found = []
    for values in zip(*columns, strict=True):
        label = " · ".join("unknown" if value is None else short(str(value), most) for value in values)
        seen[label] = times = seen.get(label, 0) + 1
        found.append(label if times == 1 else f"{label} ({times})")
    return found
