"""create_app: settings and a lab in, a FastAPI application out."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from fastapi import FastAPI, WebSocket
from starlette.middleware.cors import CORSMiddleware

from pokerlab.server import equity, problems, routes
from pokerlab.server.feed import Feed
from pokerlab.server.security import Guard, origin_pattern
from pokerlab.server.settings import ServerSettings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pokerlab._lab import Lab


def create_app(settings: ServerSettings | None = None, *, lab: Lab | None = None) -> FastAPI:
    """Make the application: REST under ``/api/v1``, the live feed on ``/ws``.

    Parameters
    ----------
    settings
        What to serve and what to refuse; read from the environment where missing.
    lab
        A lab that already runs: its hub and store are served, and it is left running. Without one, the store and
        the history folder of the settings are opened, and the folder is watched while the application runs.

    Raises
    ------
    SettingsError
        The settings make no sense.
    StoreError
        The store cannot be opened.

    Examples
    --------
    >>> from pokerlab.server import create_app
    >>> app = create_app()  # doctest: +SKIP
    """
    settings = settings or ServerSettings.load()
    served = lab or _open(settings)
    app = FastAPI(
        title="pokerlab",
        summary="Your own poker hands, statistics, equity and a live feed.",
        version=routes._version(),
        openapi_url="/api/v1/openapi.json",
        lifespan=_lifespan,
        responses=problems.ANSWERS,
    )
    app.state.settings = settings
    app.state.lab = served
    app.state.owns_lab = lab is None
    app.state.folders = [settings.history] if settings.history else []
    app.state.feed = Feed(served.hub, settings)
    app.state.equity = equity.EquityDesk(settings.equity_jobs, settings.equity_seconds)
    app.include_router(routes.router())
    app.include_router(equity.router())
    app.add_api_websocket_route("/ws", _feed)
    problems.add_handlers(app)
    app.add_middleware(
        CORSMiddleware,
        allow_origin_regex=origin_pattern(settings),
        allow_methods=["GET", "POST"],
        allow_headers=["Authorization", "Content-Type"],
        expose_headers=["Retry-After"],
        max_age=600,
    )
    app.add_middleware(Guard, settings=settings)
    return app


def _open(settings: ServerSettings) -> Lab:
    from pokerlab._lab import open_lab

    return open_lab(store=settings.store, history=settings.history)


async def _feed(socket: WebSocket) -> None:
    feed: Feed = socket.app.state.feed
    await feed.serve(socket)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await app.state.feed.close()
        await app.state.equity.close()
