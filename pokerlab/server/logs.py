"""The log of a server as lines of JSON; above the level ``debug`` no line holds what a request named."""

from __future__ import annotations

import json
import logging
import time
import traceback
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pokerlab.errors import PokerlabError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = logging.getLogger(__name__)

FIELDS = ("method", "route", "status", "ms")
"""What a line about a request says; the route is told as a pattern, since paths hold players' names."""


class RequestLog:
    """Logs each answer at the level ``info``."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and tell of it afterwards."""
        if scope["type"] != "http" or not _log.isEnabledFor(logging.INFO):
            await self._app(scope, receive, send)
            return
        begun, status = time.perf_counter(), 0

        async def sending(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        await self._app(scope, receive, sending)
        route = getattr(scope.get("route"), "path", None)
        told = {"method": scope["method"], "route": route, "status": status}
        _log.info("request", extra={**told, "ms": round((time.perf_counter() - begun) * 1e3, 1)})


class JsonLines(logging.Formatter):
    """One JSON object a line.

    Examples
    --------
    >>> record = logging.LogRecord("pokerlab", logging.INFO, "", 0, "%s hands", (3,), None)
    >>> json.loads(JsonLines().format(record))["event"]
    '3 hands'
    """

    def format(self, record: logging.LogRecord) -> str:
        """Write the line of a record."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **{name: getattr(record, name) for name in FIELDS if hasattr(record, name)},
        }
        if record.exc_info and record.exc_info[1]:
            line |= _told(record.exc_info[1])
        return json.dumps(line)


def configure(level: str) -> None:
    """Write this process's log to standard error as lines of JSON, from ``level`` on."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)


def _told(error: BaseException) -> dict[str, Any]:
    """Tell where an error came from; what it says only where that quotes no request, or all is wanted."""
    frames = traceback.extract_tb(error.__traceback__)
    told: dict[str, Any] = {
        "error": type(error).__name__,
        "trace": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
    if isinstance(error, (PokerlabError, OSError)) or logging.getLogger().isEnabledFor(logging.DEBUG):
        told["says"] = str(error)
    return told
