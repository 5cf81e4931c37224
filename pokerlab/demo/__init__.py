"""A simulated player to try pokerlab on: the story that `pokerlab demo` tells, and what the notebooks open.

Examples
--------
>>> from pokerlab import demo
>>> lab = demo.open(hands=200)
>>> lab.hero
'Nina.Blau'
"""

from pokerlab.demo._open import PREPARED_HISTORY, PREPARED_STORE, prepare
from pokerlab.demo._open import open_ as open  # noqa: A004
from pokerlab.demo._story import equity_line, run, terminal
from pokerlab.demo._table import Table

__all__ = [
    "PREPARED_HISTORY",
    "PREPARED_STORE",
    "Table",
    "equity_line",
    "open",
    "prepare",
    "run",
    "terminal",
]
