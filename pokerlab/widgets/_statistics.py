"""What finished hands say of the players seen in them, computed beside the feed and never on its way."""

from __future__ import annotations

import logging
import time
from itertools import islice
from typing import TYPE_CHECKING, Any

import polars as pl

from pokerlab import stats
from pokerlab.errors import PokerlabError
from pokerlab.widgets._background import Background

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pokerlab._lab import Lab

_log = logging.getLogger(__name__)

STATS = (stats.VPIP, stats.PFR, stats.THREE_BET)
MOST_PLAYERS = 60
PAUSE_S = 1.0
_SHARE = 10
"""The thread rests at least so many times as long as it works: a large store makes it slower, not the machine."""


def players(lab: Lab) -> dict[str, Any]:
    """Give the rates of the players of the last hands of the feed, over all hands of the store that were announced.

    Returns
    -------
    dict
        ``stats`` (names) and ``players``: most hands first, ``rates`` in the order of ``stats``.

    Examples
    --------
    >>> import pokerlab as pk, tempfile
    >>> players(pk.open(tempfile.mkdtemp(), history=[]))["players"]
    []
    """
    head = [{"short": stat.short or stat.name, "name": stat.name} for stat in STATS]
    main = lab.aliases
    names = list(islice(dict.fromkeys(main.get(name, name) for name in _seen(lab)), MOST_PLAYERS))
    return {"stats": head, "players": [_told(row) for row in _rates(lab, names)] if names else []}


def _seen(lab: Lab) -> Iterator[str]:
    """Name the players of the hands that the hub keeps, newest first."""
    for message in reversed(lab.hub.since(0)):
        yield from (seat.player for seat in message.hand.seats if seat.dealt)


def _rates(lab: Lab, names: list[str]) -> list[dict[str, Any]]:
    values = [value for stat in STATS for value in (stat.rate, stat.chances, stat.interval(0.95))]
    wanted = pl.col("dealt") & pl.col("player").is_in(names)
    table = lab.announced_seats.filter(wanted).group_by("player").agg(pl.len().alias("hands"), *values)
    return table.sort(["hands", "player"], descending=[True, False]).collect(engine="streaming").to_dicts()


def _told(row: dict[str, Any]) -> dict[str, Any]:
    rates = [
        {
            "rate": row[stat.code],
            "chances": row[f"{stat.code}_chances"],
            **(row[f"{stat.code}_interval"] or {"low": None, "high": None}),
        }
        for stat in STATS
    ]
    return {"player": row["player"], "hands": row["hands"], "rates": rates}


class Statistics(Background):
    """Compute `players` in a thread of its own: at most once a second, however often it is asked.

    Parameters
    ----------
    lab
        Whose store and feed are looked at.
    tell
        Gets each table, in that thread.
    """

    def __init__(self, lab: Lab, tell: Callable[[dict[str, Any]], None]) -> None:
        super().__init__("pokerlab-statistics")
        self._lab = lab
        self._tell = tell
        self._asked = False

    def ask(self) -> None:
        """Ask for a new table; returns at once."""
        with self._changed:
            if self._closed:
                return
            self._asked = True
            self._wake()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._asked or self._closed)
                if self._closed:
                    return
                self._asked = False
            begin = time.monotonic()
            self._tell(self._table())
            took = time.monotonic() - begin
            with self._changed:
                self._changed.wait_for(lambda: self._closed, timeout=max(PAUSE_S, _SHARE * took))

    def _table(self) -> dict[str, Any]:
        try:
            return players(self._lab)
        except PokerlabError as error:
            return {"error": f"the statistics cannot be computed: {error}"}
        except Exception as error:
            _log.exception("the statistics of the players failed")
            return {"error": f"the statistics cannot be computed: {type(error).__name__}: {error}"}
