"""What the server tells of itself."""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from pydantic import BaseModel

if TYPE_CHECKING:
    from pathlib import Path

    from pokerlab._lab import Lab
    from pokerlab.server.feed import Feed
    from pokerlab.server.settings import ServerSettings


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
    """Make the routes about the server."""
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
            hands=request.app.state.lab.store.snapshot().counts()["hands"],
            epoch=request.app.state.feed.hub.epoch,
            heartbeat_seconds=settings.heartbeat_seconds,
            study=Study(finished_hands_only=True, live_delay_s=settings.live_delay_s),
        )

    @routes.get("/ws/stats", tags=["live"])
    async def feed_stats(request: Request) -> FeedStats:
        """Count the clients of ``/ws`` and what was sent to them."""
        feed: Feed = request.app.state.feed
        return FeedStats.model_validate(feed.stats())

    return routes


def _name(folder: Path) -> str:
    """Name a folder without the way to it; Winamax's own by their account, since all are called history."""
    owner = f"{folder.parent.name}/" if folder.parent.parent.name == "accounts" else ""
    return f"{owner}{folder.name}"


def _version() -> str:
    try:
        return version("pokerlab")
    except PackageNotFoundError:
        return "unknown"
