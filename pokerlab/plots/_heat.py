"""Squares with a colour and text on them: grids of hands, of cards, of groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from pokerlab.plots._style import QUIET, Picture, quiet, scale

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def heat(
    base: alt.Chart,
    value: str,
    domain: Sequence[float],
    *,
    title: Any,
    legend: str,
    form: str,
    texts: Mapping[str, tuple[float, float]],
    tooltip: Sequence[Any],
) -> Picture:
    """Colour squares by a value and write on them; a square without a value has an outline alone.

    Parameters
    ----------
    base
        A chart of cells with their places; their column ``ink`` is the colour of text, see `_style.ink`.
    value, domain
        The column that colours, and the ends of its scale, with the middle where it has two colours.
    title, legend, form
        The picture's title, the legend's, and the format of the legend's numbers.
    texts
        Columns to write, each with the size of the letters and how far below the middle.
    tooltip
        What is shown of a square that is pointed at.
    """
    color = alt.Color(
        f"{value}:Q", title=legend, scale=scale(domain), legend=alt.Legend(format=form, gradientStrokeColor=QUIET)
    )
    outlines = base.mark_rect(filled=False, stroke=QUIET, strokeOpacity=0.3)
    squares = base.mark_rect().encode(color=color, tooltip=list(tooltip))
    written = [
        base.mark_text(fontSize=size, dy=below).encode(text=f"{column}:N", color=alt.Color("ink:N", scale=None))
        for column, (size, below) in texts.items()
    ]
    return quiet(alt.layer(squares, outlines, *written).resolve_scale(color="independent").properties(title=title))
