"""The outbox of a widget: messages of any thread, sent in order by one, a few times a second."""

from __future__ import annotations

import json
import logging
from collections import deque
from typing import TYPE_CHECKING, Any

from pokerlab.widgets._background import Background
from pokerlab.wire import dump

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import BaseModel

_log = logging.getLogger(__name__)

INTERVAL_S = 0.1
BATCH_BYTES = 192 << 10
"""A burst of thousands of hands is over in seconds, and no batch holds a page up for long. Jupyter servers limit the
bytes of printed output only, and all messages to a thousand a second."""
MOST_WAITING = 10_000
"""What is older goes first where a page cannot keep up: a view sees that numbers are missing, and asks for them."""


class Outbox(Background):
    """Send messages in the order of `put`, the first at once and then at most ten batches a second.

    What waits when this is closed is sent too.

    Parameters
    ----------
    send
        Called by the outbox's own thread with ``{"kind": "hands", "view": ..., "messages": [...]}``.
    """

    def __init__(self, send: Callable[[dict[str, Any]], None]) -> None:
        super().__init__("pokerlab-widget")
        self._send = send
        self._waiting: deque[tuple[str | None, BaseModel]] = deque(maxlen=MOST_WAITING)

    def put(self, view: str | None, message: BaseModel) -> None:
        """Queue a message for one view, or for all where ``view`` is None; never waits for a send."""
        with self._changed:
            if self._closed:
                return
            self._waiting.append((view, message))
            self._wake()

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
        with self._changed:
            view = self._waiting[0][0]
        messages: list[Any] = []
        room = BATCH_BYTES
        while (text := self._next(view, room if messages else None)) is not None:
            room -= len(text)
            if text:
                messages.append(json.loads(text))
        return {"kind": "hands", "view": view, "messages": messages}

    def _next(self, view: str | None, room: int | None) -> str | None:
        """Take the next message as text, if it is for this view and not larger than the room."""
        with self._changed:
            if not self._waiting or self._waiting[0][0] != view:
                return None
            text = _text(self._waiting[0][1])
            if room is not None and len(text) > room:
                return None
            self._waiting.popleft()
            return text


def _text(message: BaseModel) -> str:
    try:
        return dump(message)
    except Exception:
        _log.exception("a message could not be written for the page")
        return ""
