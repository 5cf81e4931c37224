"""Pictures of Polars frames, as Altair charts (extra ``plots``).

Each takes a frame as a function of pokerlab gives it: those of `pokerlab.stats` (`winnings`, `stat_by`, `stat_grid`,
`range_grid`, `calendar`, `percentiles`, `leaks`) and of equity (`equity_grid`, `equity_distribution`, `next_cards`,
`categories`). A frame without rows gives a picture that says so.

A chart is shown as an SVG image that Altair's own converter draws, with its specification beside it: Altair's default
would load its drawing code from a server on the internet each time. Importing this module makes that so for all charts
of the process; another renderer than Altair's default is left as it is, and ``altair.renderers.enable(...)`` sets one
at any time. Pictures have no background, and colours that are legible on a light page and on a dark one.
"""

from __future__ import annotations

from pokerlab.errors import PokerlabError

try:
    import altair as _  # noqa: F401
except ImportError as error:
    msg = 'pictures need Altair: pip install "pokerlab[plots]"'
    raise PokerlabError(msg) from error

from pokerlab.plots import _show
from pokerlab.plots._calendar import calendar
from pokerlab.plots._equity import categories, equity_distribution, next_cards
from pokerlab.plots._grids import equity_grid, range_grid
from pokerlab.plots._leaks import leaks
from pokerlab.plots._percentiles import percentiles
from pokerlab.plots._stats import stat_by, stat_grid
from pokerlab.plots._style import Picture
from pokerlab.plots._winnings import winnings

__all__ = [
    "Picture",
    "calendar",
    "categories",
    "equity_distribution",
    "equity_grid",
    "leaks",
    "next_cards",
    "percentiles",
    "range_grid",
    "stat_by",
    "stat_grid",
    "winnings",
]

_show.enable()
