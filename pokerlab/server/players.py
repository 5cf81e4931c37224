"""A player's statistics over HTTP: how often, out of how many chances, how sure."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

import polars as pl
from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel

from pokerlab import stats
from pokerlab.server import cached
from pokerlab.server.cached import Stored  # noqa: TC001 - FastAPI reads it
from pokerlab.server.problems import ProblemError, quote
from pokerlab.server.queries import NamedSeatFilter, SeatFilter  # noqa: TC001
from pokerlab.stats.sets import SETS
from pokerlab.store import aliases

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pokerlab.server.tally import Tally
    from pokerlab.stats import AnyStat, Stat
    from pokerlab.store import Snapshot

CONFIDENCE = 0.95
"""Share of the intervals that come with each rate."""

Name = Annotated[str, Path(max_length=1000, examples=["Villain"], description="As at the table; a slash is %2F.")]

_RATE = stats.Stat("rate", did=pl.lit(value=True), could=pl.lit(value=True))
"""Any statistic, over rows that hold its count (``did_rate``) and its chances (``could_rate``)."""


class Rate(BaseModel):
    """How often, out of how many chances; ``rate`` is null where there was no chance."""

    code: str
    rate: float | None
    count: int
    chances: int
    low: float | None
    high: float | None


class PlayerStats(BaseModel):
    """A player's statistics over the stored hands."""

    player: str
    hands: int
    confidence: float
    stats: list[Rate]


def router() -> APIRouter:
    """Make the routes of statistics."""
    routes = APIRouter(prefix="/api/v1/stats", tags=["stats"], responses=cached.ANSWERS)

    @routes.get("/player/{name:path}")
    def player_stats(
        request: Request, stored: Stored, name: Name, query: Annotated[SeatFilter, Query()]
    ) -> PlayerStats:
        """Give a player's statistics with counts, chances and intervals; the HUD's where none are named."""
        return _stats_of(request.app.state.tally, stored, name, query)

    @routes.get("/player")
    def named_player_stats(request: Request, stored: Stored, query: Annotated[NamedSeatFilter, Query()]) -> PlayerStats:
        """Give a player's statistics; for names such as ``..`` that a path cannot carry."""
        return _stats_of(request.app.state.tally, stored, query.name, query)

    return routes


def _stats_of(tally: Tally, stored: Snapshot, name: str, query: SeatFilter) -> PlayerStats:
    chosen = _chosen(query.stats)
    person = aliases(stored).get(name, name)
    sums = tally.sums(stored, person, chosen, query)
    if not sums.seats and not tally.knows(stored, person):
        raise ProblemError(HTTPStatus.NOT_FOUND, f"player {quote(name)} is in no stored hand")
    return PlayerStats(player=person, hands=sums.hands, confidence=CONFIDENCE, stats=_rates(sums.counted, chosen))


def _chosen(named: str | None) -> list[Stat]:
    if named is None:
        return _with_chances(SETS["hud"])
    names = [name.strip() for name in named.split(",") if name.strip()]
    if not names:
        told = f"no statistic is named in {quote(named)}; leave stats away for the HUD's"
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, told)
    return list(dict.fromkeys(stat for name in names for stat in _named(name)))


def _named(name: str) -> list[Stat]:
    if name == "all":
        return _with_chances(stats.every())
    if name in SETS:
        return _with_chances(SETS[name])
    stat = stats.get(name)
    if not isinstance(stat, stats.Stat):
        told = f"{quote(name)} is not a statistic with chances; leave stats away for the HUD's"
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, told)
    return [stat]


def _with_chances(some: Sequence[AnyStat]) -> list[Stat]:
    return [stat for stat in some if isinstance(stat, stats.Stat)]


def _rates(counted: Sequence[int], chosen: list[Stat]) -> list[Rate]:
    """Compute all rates and intervals at once, as rows of one statistic: as columns they take longer than the sums."""
    rows = pl.DataFrame(
        {
            "code": [stat.code for stat in chosen],
            "did_rate": counted[::2],
            "could_rate": counted[1::2],
        }
    )
    made = rows.group_by("code", maintain_order=True).agg(
        _RATE.rate, _RATE.count.alias("count"), _RATE.chances.alias("chances"), _RATE.interval(CONFIDENCE)
    )
    ends = made.get_column("rate_interval").struct
    return [
        Rate(**row)
        for row in made.select(
            *("code", "rate", "count", "chances"), low=ends.field("low"), high=ends.field("high")
        ).iter_rows(named=True)
    ]
