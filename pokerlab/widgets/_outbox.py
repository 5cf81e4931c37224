"""The outbox of a widget: messages of any thread, sent in order by one, a few times a second."""

from __future__ import annotations

import json
import logging
from collections import deque
from threading import Condition, Thread
from typing import TYPE_CHECKING, Any

from pokerlab.wire import dump

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import BaseModel

_log = logging.getLogger(__name__)

INTERVAL_S = 0.1
BATCH_BYTES = 96 << 10
"""Jupyter servers may cut a connection at a megabyte a second: ten batches of this size stay below."""


class Outbox:
    """Send messages in the order of `put`, the first at once and then at most ten batches a second.

    Parameters
    ----------
    send
        Called by the outbox's own thread with ``{"kind": "hands", "view": ..., "messages": [...]}``.
    """

    def __init__(self, send: Callable[[dict[str, Any]], None]) -> None:
        self._send = send
        self._waiting: deque[tuple[str | None, BaseModel | None]] = deque()
        self._changed = Condition()
        self._closed = False
        self._thread: Thread | None = None

    def put(self, view: str | None, message: BaseModel | None) -> None:
        """Queue a message for one view, or for all where ``view`` is None; never waits for a send.

        None in the place of a message makes sure that the view gets a batch, be it an empty one.
        """
        with self._changed:
            if self._closed:
                return
            self._waiting.append((view, message))
            if self._thread is None:
                self._thread = Thread(target=self._run, name="pokerlab-widget", daemon=True)
                self._thread.start()
            self._changed.notify()

    def close(self) -> None:
        """Send what waits, then end the thread."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closed)
                if not self._waiting:
                    return
            try:
                self._send(self._batch())
            except Exception:
                _log.exception("a batch of messages could not be sent to the page")
            with self._changed:
                self._changed.wait_for(lambda: self._closed, timeout=INTERVAL_S)

    def _batch(self) -> dict[str, Any]:
        """Take the longest run of messages for one reader that fits a batch."""
        view = self._waiting[0][0]
        messages: list[Any] = []
        size = 0
        while self._waiting and self._waiting[0][0] == view:
            message = self._waiting[0][1]
            text = _text(message)
            size += len(text)
            if messages and size > BATCH_BYTES:
                break
            if text:
                messages.append(json.loads(text))
            self._waiting.popleft()
        return {"kind": "hands", "view": view, "messages": messages}


def _text(message: BaseModel | None) -> str:
    try:
        return dump(message) if message else ""
    except Exception:
        _log.exception("a message could not be written for the page")
        return ""
