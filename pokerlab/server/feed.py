"""The live feed on ``/ws``: one queue, one sender and one receiver a client, so that no client can delay another."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import secrets
from collections import deque
from datetime import UTC, datetime
from http import HTTPStatus
from math import inf
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple

from pydantic import ValidationError
from starlette.websockets import WebSocketDisconnect, WebSocketDisconnected

from pokerlab._lab import Window
from pokerlab.errors import FeedError
from pokerlab.server.problems import ProblemResponse, quote
from pokerlab.server.security import SUBPROTOCOL, deny
from pokerlab.wire import ConnectionAck, Error, Gap, Heartbeat, NewHand, Ping, Sent, dump

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from starlette.websockets import WebSocket

    from pokerlab._lab import Hub, Subscription
    from pokerlab.server.settings import ServerSettings


_log = logging.getLogger(__name__)

GOING_AWAY, POLICY, TRY_LATER = 1001, 1008, 1013
CLOSE_CODES = {
    GOING_AWAY: "the server stops; connect again later, with epoch and since",
    1007: "a text message was not UTF-8",
    POLICY: "the client broke the rules; the reason, and an error message where there is one, say which",
    1009: "a message was too long",
    1011: "no probe was answered for too long",
    TRY_LATER: "the client was too slow; connect again with epoch and since",
}
"""Why a connection ends, by its close code."""

HANG_UP = "pokerlab.hang_up"
"""ASGI extension of `pokerlab.server.serving`: ends a connection whose client reads nothing any more."""

_CLOSE_TIMEOUT_S = 1.0
_FORGIVEN = 10
_CHATTY, _CHATTY_S = 100, 10.0
_TEXTS_KEPT = 1024
_NAME = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]{1,64}")
_EPOCH = re.compile(r"[0-9A-Za-z_-]{1,64}")
_SEQ = re.compile(r"[0-9]{1,19}")
QUERY = {"client_name": _NAME, "epoch": _EPOCH, "since": _SEQ}
"""What an address may say, and how."""


class Farewell(NamedTuple):
    """Why a connection ends, as its close code and reason."""

    code: int
    reason: str


_STOPPED = Farewell(GOING_AWAY, "the server stops")


class Greeting(NamedTuple):
    """What a client says of itself in the address."""

    client_name: str | None
    epoch: str | None
    since: int | None


class Feed:
    """All clients of one hub, and what they did so far.

    The feed listens to the hub once, and keeps in its event loop what it hears: whoever publishes holds the hub's lock
    for as long as the slowest listener takes, and the loop must not wait for that. Everything but `_hear` runs in the
    loop that called `open`.

    Attributes
    ----------
    accepted, cut, sent
        Clients that were let in, clients that were cut for being slow, messages handed to sockets.
    """

    def __init__(self, hub: Hub, settings: ServerSettings) -> None:
        self.hub = hub
        self.settings = settings
        self.accepted = self.cut = self.sent = 0
        self._clients: set[Client] = set()
        self._window = Window(hub.epoch, hub.window)
        self._arrivals: deque[NewHand | Gap] = deque()
        self._woken = False
        self._texts: dict[int, str] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._subscription: Subscription | None = None

    async def open(self) -> None:
        """Listen to the hub, and let clients in from now on."""
        self._subscription = await asyncio.to_thread(self.hub.subscribe, self._hear, since=0)
        self._loop = asyncio.get_running_loop()
        self._distribute()

    async def serve(self, socket: WebSocket) -> None:
        """Hold the conversation with one client until either side ends it."""
        if self._loop is None or len(self._clients) >= self.settings.max_clients:
            await self._turn_away(socket)
            return
        await socket.accept(SUBPROTOCOL if SUBPROTOCOL in socket.scope["subprotocols"] else None)
        try:
            greeting = _greeting(socket.query_params)
        except FeedError as error:
            await _refuse(socket, Error(code="bad_request", message=str(error)))
            return
        client = Client(self, socket, greeting.client_name)
        self._clients.add(client)
        self.accepted += 1
        if self._loop is None:
            client.end(_STOPPED)
        try:
            await client.converse(greeting)
        finally:
            self._clients.discard(client)

    async def close(self) -> None:
        """Part from every client with 1001 and let no other in."""
        self._loop = None
        subscription, self._subscription = self._subscription, None
        if subscription is not None:
            # Not waited for to its end: the hub may be busy with a listener that waits for this very server.
            leaving = Thread(target=subscription.close, name="pokerlab-feed-end", daemon=True)
            leaving.start()
            await asyncio.to_thread(leaving.join, _CLOSE_TIMEOUT_S)
        for client in self._clients.copy():
            client.end(_STOPPED)
        while self._clients:
            await asyncio.wait({client.gone for client in self._clients})

    def stats(self) -> dict[str, Any]:
        """Count clients and messages; sequence numbers are text, as in every message."""
        return {
            "epoch": self.hub.epoch,
            "seq": str(self.hub.seq),
            "connected": len(self._clients),
            "accepted_total": self.accepted,
            "cut_slow_total": self.cut,
            "sent_total": self.sent,
            "clients": [client.describe() for client in sorted(self._clients, key=lambda client: client.connected_at)],
        }

    def join(self, since: int | None, epoch: str | None) -> tuple[int, list[NewHand | Gap]]:
        """Give the last number and what a client lacks; all that is published later is offered to it."""
        # What was published before the client came is known to it, though the loop may not have got to it yet.
        self._distribute()
        return self._window.seq, [] if since is None else self._window.replay(since, epoch)

    def text(self, message: Sent) -> str:
        """Write a message as JSON, a hand once for all clients."""
        if not isinstance(message, NewHand):
            return dump(message)
        text = self._texts.get(message.seq)
        if text is None:
            text = self._texts[message.seq] = dump(message)
            if len(self._texts) > _TEXTS_KEPT:
                del self._texts[next(iter(self._texts))]
        return text

    def _hear(self, message: NewHand | Gap) -> None:
        """Take a message from the hub, in whatever thread publishes, and wake the loop once for all clients."""
        self._arrivals.append(message)
        loop = self._loop
        if loop is not None and not self._woken:
            self._woken = True
            # The server may end just now.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._distribute)

    def _distribute(self) -> None:
        # First the flag, then the queue: what arrives from here on is either seen below or wakes the loop again.
        self._woken = False
        while self._arrivals:
            message = self._arrivals.popleft()
            self._window.add(message)
            for client in self._clients:
                client.hear(message)

    async def _turn_away(self, socket: WebSocket) -> None:
        told = "the server stops"
        if self._loop is not None:
            told = f"{len(self._clients)} clients are connected and more are not taken"
        response = ProblemResponse(HTTPStatus.SERVICE_UNAVAILABLE, told, headers={"Retry-After": "10"})
        await deny(socket.scope, socket.receive, socket.send, response)


class Client:
    """One connection: what waits to be sent to it, and the tasks that send and receive."""

    def __init__(self, feed: Feed, socket: WebSocket, name: str | None) -> None:
        self.client_id = secrets.token_hex(8)
        self.name = name
        self.connected_at = datetime.now(UTC)
        self.loop = asyncio.get_running_loop()
        self.gone: asyncio.Future[None] = self.loop.create_future()
        self._ended: asyncio.Future[Farewell | None] = self.loop.create_future()
        self._feed = feed
        self._socket = socket
        self._queue: asyncio.Queue[Sent] = asyncio.Queue()
        self._listens = False
        self._replayed = 1  # the greeting, which waits in the queue too
        self._seq = 0
        self._sent = 0
        self._beat: asyncio.TimerHandle | None = None

    async def converse(self, greeting: Greeting) -> None:
        """Greet, replay, then send and receive until one side has had enough."""
        settings = self._feed.settings
        # Nothing is awaited between these lines, so the first hand is always the next number.
        seq, replay = self._feed.join(greeting.since, greeting.epoch)
        epoch, beat = self._feed.hub.epoch, settings.heartbeat_seconds
        self._seq = seq
        self._queue.put_nowait(ConnectionAck(client_id=self.client_id, epoch=epoch, seq=seq, heartbeat_seconds=beat))
        self._replayed += len(replay)
        for message in replay:
            self.offer(message)
        self._listens = True
        try:
            self._beat = self.loop.call_later(beat, self._beat_again)
            farewell = await self._first_end()
            self._listens = False
            if farewell is not None:
                await self._part(farewell)
        finally:
            self._listens = False
            if self._beat is not None:
                self._beat.cancel()
            self.gone.set_result(None)

    def hear(self, message: NewHand | Gap) -> None:
        """Take a message that is meant for all."""
        if self._listens:
            self.offer(message)

    def offer(self, message: Sent) -> None:
        """Queue a message, or give the client up where too many wait; what is replayed does not count."""
        if self._queue.qsize() >= self._feed.settings.queue_size + self._replayed:
            self._give_up(f"{self._queue.qsize()} messages waited")
            return
        if isinstance(message, NewHand):
            self._seq = message.seq
        elif isinstance(message, Gap):
            self._seq = message.to_seq
        self._queue.put_nowait(message)

    def end(self, farewell: Farewell) -> None:
        """End the conversation from outside; the first reason counts."""
        if not self._ended.done():
            self._ended.set_result(farewell)

    def describe(self) -> dict[str, Any]:
        """Say who this is and how it keeps up."""
        return {
            "client_id": self.client_id,
            "client_name": self.name,
            "connected_at": self.connected_at.isoformat(),
            "queued": self._queue.qsize(),
            "sent": self._sent,
        }

    def _beat_again(self) -> None:
        self.offer(self._heartbeat())
        self._beat = self.loop.call_later(self._feed.settings.heartbeat_seconds, self._beat_again)

    def _give_up(self, why: str) -> None:
        if not self._ended.done():
            self._feed.cut += 1
            _log.warning("client %s is too slow and was cut: %s", self.client_id, why)
            self.end(Farewell(TRY_LATER, "too slow: reconnect with epoch and since"))

    async def _first_end(self) -> Farewell | None:
        """Send and receive until the first of them, or someone outside, ends it; None: the client has left."""
        tasks = [self.loop.create_task(self._send_all()), self.loop.create_task(self._receive_all())]
        ends: list[asyncio.Future[Farewell | None]] = [*tasks, self._ended]
        try:
            done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            return self._ended.result() if self._ended in done else done.pop().result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _send_all(self) -> Farewell | None:
        while True:
            message = await self._queue.get()
            self._replayed = max(self._replayed - 1, 0)
            try:
                async with asyncio.timeout(self._feed.settings.send_timeout_s):
                    await self._socket.send_text(self._feed.text(message))
            except TimeoutError:
                self._give_up(f"one message took longer than {self._feed.settings.send_timeout_s} s")
                return self._ended.result()
            except (WebSocketDisconnect, WebSocketDisconnected, RuntimeError, OSError):
                return None
            self._sent += 1
            self._feed.sent += 1

    async def _receive_all(self) -> Farewell | None:
        faults, heard_at = 0, deque([-inf] * _CHATTY, maxlen=_CHATTY)
        while faults < _FORGIVEN:
            event = await self._socket.receive()
            if event["type"] == "websocket.disconnect":
                return None
            if self.loop.time() - heard_at[0] < _CHATTY_S:
                return Farewell(POLICY, f"more than {_CHATTY} messages in {_CHATTY_S:g} s")
            heard_at.append(self.loop.time())
            fault = _fault(event)
            faults += fault is not None
            self.offer(Error(code="bad_message", message=fault) if fault else self._heartbeat())
        return Farewell(POLICY, "too many messages that mean nothing")

    def _heartbeat(self) -> Heartbeat:
        # Numbered at its place in the queue: a heartbeat never speaks of a hand that comes behind it.
        return Heartbeat(seq=self._seq, sent_at=datetime.now(UTC))

    async def _part(self, farewell: Farewell) -> None:
        hang_up = self._socket.scope.get("extensions", {}).get(HANG_UP)
        if hang_up is not None:
            hang_up(*farewell)
            return
        # A close frame queues behind what the client does not read: waiting for it must have an end.
        try:
            async with asyncio.timeout(_CLOSE_TIMEOUT_S):
                await self._socket.close(*farewell)
        except (TimeoutError, WebSocketDisconnect, WebSocketDisconnected, RuntimeError, OSError):
            _log.debug("client %s left before it could be told", self.client_id)


def _greeting(query: Mapping[str, str]) -> Greeting:
    unknown = sorted(set(query) - set(QUERY))
    if unknown:
        msg = f"/ws does not know {quote(unknown[0])}; it knows client_name, epoch and since"
        raise FeedError(msg)
    name, epoch, since = (query.get(key) or None for key in ("client_name", "epoch", "since"))
    if name is not None and not _NAME.fullmatch(name):
        msg = f"client_name {quote(name)} must be 1 to 64 characters without control characters"
        raise FeedError(msg)
    if epoch is not None and not _EPOCH.fullmatch(epoch):
        msg = f"epoch {quote(epoch)} is not one that this server gave out; take it from connection_ack"
        raise FeedError(msg)
    if since is not None and not _SEQ.fullmatch(since):
        msg = f"since {quote(since)} is not a sequence number; give the last seq you have, or 0"
        raise FeedError(msg)
    return Greeting(name, epoch, None if since is None else int(since))


def _fault(event: Mapping[str, Any]) -> str | None:
    """Say what is wrong with a client's message; None for ``{"type": "ping"}``, which a heartbeat answers."""
    text = event.get("text")
    if text is None:
        return "a binary frame came; this feed speaks JSON text"
    try:
        Ping.model_validate_json(text)
    except ValidationError as error:
        if error.errors()[0]["type"] == "json_invalid":
            return f"{quote(text)} is not JSON"
        return f'{quote(text)} is not understood; a client may send {{"type": "ping"}} and nothing else'
    return None


async def _refuse(socket: WebSocket, error: Error) -> None:
    try:
        async with asyncio.timeout(_CLOSE_TIMEOUT_S):
            await socket.send_text(dump(error))
            await socket.close(POLICY, error.code)
    except (TimeoutError, WebSocketDisconnect, WebSocketDisconnected, RuntimeError, OSError):
        _log.debug("a client left before it could be told what was wrong: %s", error.message)
