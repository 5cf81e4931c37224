"""What can be asked over HTTP: the server itself, stored hands, statistics."""

from __future__ import annotations

import sys
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Annotated, Any

import polars as pl
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from pokerlab.server.problems import ProblemError, quote
from pokerlab.wire import Hand, hands_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    from pokerlab._lab import Lab
    from pokerlab.server.feed import Feed
    from pokerlab.server.settings import ServerSettings
    from pokerlab.stats import Stat
    from pokerlab.store import Snapshot

CONFIDENCE = 0.95
"""Share of the intervals that come with each rate."""

Codes = Annotated[str | None, Query(max_length=2000, description="Codes, such as vpip,pfr,three_bet")]

_NEWEST_FIRST = ["played_at", "hand_id"]


class Health(BaseModel):
    """A sign that the process answers; nothing is read for it."""

    status: str
    version: str
    python: str
    epoch: str
    watcher: str
    kernels_warm: bool


class Study(BaseModel):
    """What a room's rules allow to be shown: finished hands alone, and these as late as this."""

    finished_hands_only: bool
    live_delay_s: float


class Config(BaseModel):
    """What this server serves; folders are told by name, without the path to them."""

    version: str
    history: list[str]
    hands: int
    epoch: str
    heartbeat_seconds: float
    study: Study


class RecentHands(BaseModel):
    """Hands, newest first; ``next`` is what to send as ``before`` for those that follow."""

    hands: list[Hand]
    next: str | None


class Action(BaseModel):
    """One action; columns as in `pokerlab.schema.ACTIONS`."""

    seq: int
    street: str
    seat: int
    player: str
    action: str
    amount: int | None
    to: int | None
    is_all_in: bool | None
    to_call: int | None
    pot_before: int | None
    stack_before: int | None
    n_raises: int | None


class WholeHand(Hand):
    """A stored hand with every action."""

    actions: tuple[Action, ...]


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


class ClientStats(BaseModel):
    """One client of the feed."""

    client_id: str
    client_name: str | None
    connected_at: str
    queued: int
    sent: int


class FeedStats(BaseModel):
    """The feed's clients now and its counts since the start."""

    epoch: str
    seq: str
    connected: int
    accepted_total: int
    cut_slow_total: int
    sent_total: int
    clients: list[ClientStats]


def router() -> APIRouter:
    """Make the routes that do not compute equities."""
    routes = APIRouter()

    @routes.get("/health", tags=["server"])
    async def health(request: Request) -> Health:
        """Tell that the process is alive."""
        lab: Lab = request.app.state.lab
        return Health(
            status="ok",
            version=_version(),
            python=sys.version.split()[0],
            epoch=lab.hub.epoch,
            watcher=lab.status.state,
            kernels_warm=request.app.state.equity.is_warm,
        )

    @routes.get("/api/v1/config", tags=["server"])
    def config(request: Request) -> Config:
        """Tell what is served and how."""
        settings: ServerSettings = request.app.state.settings
        return Config(
            version=_version(),
            history=[_name(folder) for folder in request.app.state.lab.folders],
            hands=_stored(request).counts()["hands"],
            epoch=request.app.state.feed.hub.epoch,
            heartbeat_seconds=settings.heartbeat_seconds,
            study=Study(finished_hands_only=True, live_delay_s=settings.live_delay_s),
        )

    @routes.get("/ws/stats", tags=["live"])
    async def feed_stats(request: Request) -> FeedStats:
        """Count the clients of ``/ws`` and what was sent to them."""
        feed: Feed = request.app.state.feed
        return FeedStats.model_validate(feed.stats())

    @routes.get("/api/v1/hands/recent", tags=["hands"])
    def recent(
        request: Request,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        before: Annotated[str | None, Query(max_length=100, description="A hand_id: only hands older than it")] = None,
    ) -> RecentHands:
        """Give stored hands, newest first."""
        stored = _stored(request)
        hands = stored.scan("hands").select(_NEWEST_FIRST)
        if before is not None:
            hands = hands.filter(_older(hands, before))
        ids = hands.top_k(limit, by=_NEWEST_FIRST).collect().sort(_NEWEST_FIRST, descending=True)["hand_id"].to_list()
        found = {hand.hand_id: hand for hand in hands_of(stored.read(ids))}
        return RecentHands(hands=[found[hand_id] for hand_id in ids], next=ids[-1] if len(ids) == limit else None)

    @routes.get("/api/v1/hands/{hand_id:path}", tags=["hands"])
    def hand(request: Request, hand_id: str) -> WholeHand:
        """Give one stored hand with its seats and actions."""
        frames = _stored(request).read([hand_id])
        if not len(frames):
            raise _unknown_hand(hand_id)
        rows = frames.actions.sort("seq").select(list(Action.model_fields)).iter_rows(named=True)
        return WholeHand(**hands_of(frames)[0].model_dump(), actions=tuple(Action(**row) for row in rows))

    @routes.get("/api/v1/stats/player/{name:path}", tags=["stats"])
    def player_stats(
        request: Request,
        name: str,
        stats: Codes = None,
    ) -> PlayerStats:
        """Give a player's statistics with counts, chances and intervals; the HUD's where none are named."""
        from pokerlab._lab import stored_seats
        from pokerlab.store import aliases

        snapshot = _stored(request)
        person = aliases(snapshot).get(name, name)
        return _player_stats(stored_seats(snapshot), person, _chosen(stats))

    @routes.get("/api/v1/stats/player", tags=["stats"])
    def named_player_stats(
        request: Request, name: Annotated[str, Query(max_length=1000)], stats: Codes = None
    ) -> PlayerStats:
        """Give a player's statistics; for names such as ``..`` that a path cannot carry."""
        return player_stats(request, name, stats)

    return routes


def _stored(request: Request) -> Snapshot:
    snapshot: Snapshot = request.app.state.lab.store.snapshot()
    return snapshot


def _name(folder: Path) -> str:
    """Name a folder without the way to it; Winamax's own by their account, since all are called history."""
    owner = f"{folder.parent.name}/" if folder.parent.parent.name == "accounts" else ""
    return f"{owner}{folder.name}"


def _version() -> str:
    try:
        return version("pokerlab")
    except PackageNotFoundError:
        return "unknown"


def _older(hands: pl.LazyFrame, hand_id: str) -> pl.Expr:
    anchor = hands.filter(pl.col("hand_id") == hand_id).select("played_at").collect()
    if anchor.is_empty():
        raise _unknown_hand(hand_id)
    played_at: datetime = anchor.item(0, 0)
    same_time = (pl.col("played_at") == played_at) & (pl.col("hand_id") < hand_id)
    return (pl.col("played_at") < played_at) | same_time


def _unknown_hand(hand_id: str) -> ProblemError:
    return ProblemError(HTTPStatus.NOT_FOUND, f"hand {quote(hand_id)} is not in the store")


def _chosen(codes: str | None) -> Sequence[Stat]:
    from pokerlab import stats

    if codes is None:
        return [stat for stat in stats.HUD if isinstance(stat, stats.Stat)]
    names = dict.fromkeys(code.strip() for code in codes.split(",") if code.strip())
    chosen = [stats.get(name) for name in names]
    wrong = [name for name, stat in zip(names, chosen, strict=True) if not isinstance(stat, stats.Stat)]
    if wrong or not chosen:
        told = f"{quote(wrong[0])} is not a statistic with chances" if wrong else "no statistic is named"
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, f"{told}; leave stats away for the HUD's")
    return [stat for stat in chosen if isinstance(stat, stats.Stat)]


def _player_stats(seats: pl.LazyFrame, name: str, chosen: Iterable[Stat]) -> PlayerStats:
    chosen = list(chosen)
    row = (
        seats.filter(pl.col("player") == name)
        .select(
            pl.len().alias("seats"),
            pl.col("dealt").sum().alias("hands"),
            *(expr for stat in chosen for expr in (stat.rate, stat.count, stat.chances, stat.interval(CONFIDENCE))),
        )
        .collect()
        .row(0, named=True)
    )
    if row["seats"] == 0:
        raise ProblemError(HTTPStatus.NOT_FOUND, f"player {quote(name)} is in no stored hand")
    return PlayerStats(
        player=name, hands=row["hands"], confidence=CONFIDENCE, stats=[_rate(row, stat.code) for stat in chosen]
    )


def _rate(row: dict[str, Any], code: str) -> Rate:
    interval = row[f"{code}_interval"] or {"low": None, "high": None}
    return Rate(
        code=code,
        rate=row[code],
        count=row[f"{code}_count"],
        chances=row[f"{code}_chances"],
        low=interval["low"],
        high=interval["high"],
    )
