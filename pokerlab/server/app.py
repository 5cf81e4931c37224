"""create_app: settings and a lab in, a FastAPI application out."""

from __future__ import annotations

import asyncio
import logging
import threading
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, WebSocket
from starlette.middleware.cors import CORSMiddleware

from pokerlab.errors import PokerlabError
from pokerlab.server import asyncapi, cached, equity, hands, logs, pages, players, problems, routes
from pokerlab.server.feed import Feed
from pokerlab.server.security import Guard, origin_pattern
from pokerlab.server.settings import ServerSettings
from pokerlab.server.tally import Tally

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.responses import Response

    from pokerlab._lab import Lab

_log = logging.getLogger(__name__)


class _App(FastAPI):
    """FastAPI with the problem documents in its OpenAPI document: they are answers of every route."""

    def openapi(self) -> dict[str, Any]:
        document = super().openapi()
        document["components"]["schemas"] |= problems.SCHEMAS
        return document


def create_app(settings: ServerSettings | None = None, *, lab: Lab | None = None) -> FastAPI:
    """Make the application: REST under ``/api/v1``, the live feed on ``/ws``.

    Parameters
    ----------
    settings
        What to serve and what to refuse; read from the environment where missing.
    lab
        A lab that already runs: its hub and store are served, and it is left running. Without one, the store and
        the history folders of the settings are opened, and the folders are watched while the application runs.

    Raises
    ------
    SettingsError
        The settings make no sense.
    StoreError
        The store cannot be opened.
    HistoryError
        The history folder does not exist.

    Examples
    --------
    >>> import tempfile
    >>> app = create_app(ServerSettings(store=tempfile.mkdtemp(), history=tempfile.mkdtemp()))
    >>> sorted(path for path in app.openapi()["paths"] if "equity" in path)
    ['/api/v1/equity/calculate', '/api/v1/equity/multiway']
    """
    settings = settings or ServerSettings.load()
    served = lab or _open(settings)
    app = _App(
        title="pokerlab",
        summary="Your own poker hands, statistics, equity and a live feed.",
        version=routes._version(),
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        responses=problems.ANSWERS,
    )
    app.state.settings = settings
    app.state.lab = served
    app.state.tally = Tally()
    app.state.watches = lab is None and bool(served.folders)
    app.include_router(routes.router())
    app.include_router(hands.router())
    app.include_router(players.router())
    app.include_router(equity.router())
    app.include_router(asyncapi.router())
    pages.add_pages(app)
    app.add_api_websocket_route("/ws", _feed)
    app.add_route("/ws", _feed_over_http)
    problems.add_handlers(app)
    cached.add_cache(app)
    app.add_middleware(
        CORSMiddleware,
        allow_origin_regex=origin_pattern(settings),
        allow_methods=["GET", "POST"],
        allow_headers=["Authorization", "Content-Type", "If-None-Match"],
        expose_headers=["ETag", "Retry-After"],
        max_age=600,
    )
    app.add_middleware(Guard, settings=settings)
    app.add_middleware(logs.RequestLog)
    return app


def _open(settings: ServerSettings) -> Lab:
    from pokerlab._lab import open_lab

    return open_lab(
        settings.store,
        settings.history or None,
        live_delay_s=settings.live_delay_s,
        catch_up=settings.catch_up,
    )


async def _feed(socket: WebSocket) -> None:
    feed: Feed = socket.app.state.feed
    await feed.serve(socket)


async def _feed_over_http(_: Request) -> Response:
    return problems.ProblemResponse(
        HTTPStatus.UPGRADE_REQUIRED, "/ws speaks WebSocket: connect with ws://", headers={"Upgrade": "websocket"}
    )


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    # Made here, not with the app: they belong to one event loop, and an app may be served again in another.
    settings = app.state.settings
    app.state.feed = Feed(app.state.lab.hub, settings)
    app.state.equity = equity.EquityDesk(settings.equity_jobs, settings.equity_seconds)
    await app.state.feed.open()
    # In a thread of its own: a folder of a hundred thousand files must not keep /health waiting.
    starting = asyncio.create_task(_watch(app.state.lab)) if app.state.watches else None
    if settings.warm_up:
        app.state.equity.warm_up()
        # A daemon: whoever ends the server does not want to wait for the disk.
        threading.Thread(target=_read_ahead, args=[app], name="pokerlab-read-ahead", daemon=True).start()
    try:
        yield
    finally:
        await app.state.feed.close()
        await app.state.equity.close()
        if starting is not None:
            await starting
            await asyncio.to_thread(app.state.lab.stop)


def _read_ahead(app: FastAPI) -> None:
    try:
        app.state.tally.warm_up(app.state.lab.store.snapshot())
    except Exception:
        _log.warning("the players of the store cannot be read yet; whoever asks for one is told why", exc_info=True)


async def _watch(lab: Lab) -> None:
    try:
        await asyncio.to_thread(lab.start)
    except PokerlabError:
        _log.exception("the history folders cannot be watched; stored hands are served all the same")
