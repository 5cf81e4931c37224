"""Answers that a client may keep: each is named by the state of the store that it was made of."""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Request, Response
from starlette.exceptions import HTTPException

from pokerlab import stats
from pokerlab.store import Snapshot

if TYPE_CHECKING:
    from fastapi import FastAPI

ANSWERS: dict[int | str, dict[str, Any]] = {
    "304": {"description": "What the client has, as its If-None-Match says, is still so."},
}


class NotModifiedError(HTTPException):
    """The client has the answer already."""

    def __init__(self, headers: dict[str, str]) -> None:
        super().__init__(HTTPStatus.NOT_MODIFIED, headers=headers)


class Registered:
    """Counts how often the registered statistics were others: the rates of one state of the store change with them."""

    def __init__(self) -> None:
        self._seen = stats.every()
        self._changes = 0
        self._lock = Lock()

    def changes(self) -> int:
        """Give the count now."""
        with self._lock:
            now = stats.every()
            if now != self._seen:  # statistics are equal when they are the same object, which is kept here
                self._seen, self._changes = now, self._changes + 1
            return self._changes


def add_cache(app: FastAPI) -> None:
    """Answer 304 without a body."""
    app.state.registered = Registered()
    app.add_exception_handler(NotModifiedError, _not_modified)


def _stored(request: Request, response: Response) -> Snapshot:
    """Give the newest state of the store, unless the client has the answer that would be made of it."""
    state = request.app.state
    snapshot: Snapshot = state.lab.store.snapshot()
    # The epoch: another program may count differently, or serve another store.
    parts = (state.lab.hub.epoch, snapshot.version, state.registered.changes(), request.url.path, request.url.query)
    tag = f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if _is_known(tag, request.headers.getlist("if-none-match")):
        raise NotModifiedError(headers)
    response.headers.update(headers)
    return snapshot


Stored = Annotated[Snapshot, Depends(_stored)]
"""The newest state of the store, for routes whose answers depend on it and their address alone."""


def _is_known(tag: str, given: list[str]) -> bool:
    named = [name.strip().removeprefix("W/") for line in given for name in line.split(",")]
    return tag in named


async def _not_modified(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return Response(status_code=error.status_code, headers=error.headers)
