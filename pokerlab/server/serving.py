"""The app on uvicorn: for a process of its own, or in a thread beside a notebook, a demo or a test."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import threading
from typing import TYPE_CHECKING, Any, cast

import uvicorn
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState

from pokerlab.errors import FeedError, SettingsError
from pokerlab.server.app import create_app
from pokerlab.server.connection import Connection
from pokerlab.server.feed import HANG_UP, POLICY
from pokerlab.server.settings import ServerSettings, bracketed

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

    from fastapi import FastAPI
    from uvicorn._types import ASGISendEvent

_LINGER_S = 5.0
"""How long a connection that was ended may take to hand over what is left, before it is dropped."""

_LISTEN_S = 0.25
"""How often a wait looks whether Ctrl-C was pressed."""

_TALK, _TALK_PER_S = 16_384, 1024
"""Bytes that a client may send at once, beside one message of the greatest size, and how many more with each second."""

_PATIENCE_S = 1.0
"""How long a server that stops waits for clients to answer its close frame."""


class _Connection(WebSocketsSansIOProtocol):
    """A WebSocket that ends even where the client reads nothing, and that no client can flood.

    uvicorn waits for the write buffer to drain before it sends a close frame, and again before it closes the socket:
    for a client that stopped reading, for ever. It parses all that a read brought before anything else runs: a quarter
    of a megabyte of tiny frames keeps every other client waiting.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._most = self._may_say = float(_TALK + self.config.ws_max_size)
        self._heard_at = self.loop.time()

    def data_received(self, data: bytes) -> None:
        now = self.loop.time()
        self._may_say = min(self._may_say + (now - self._heard_at) * _TALK_PER_S, self._most)
        self._heard_at = now
        taken, self._may_say = data[: int(self._may_say)], max(self._may_say - len(data), 0)
        super().data_received(taken)
        if len(taken) < len(data):
            self._silence()

    async def run_asgi(self) -> None:
        extensions = cast("dict[str, object]", self.scope["extensions"])
        extensions[HANG_UP] = self._hang_up
        try:
            await super().run_asgi()
        finally:
            self._drop_later()

    async def send(self, message: ASGISendEvent) -> None:
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body", False):
            self.handshake_complete = True  # a refusal completes it too; uvicorn would log an error

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self._drop_later()

    def _hang_up(self, code: int, reason: str) -> None:
        """Put a close frame behind what the client has not read yet; it has a few seconds to read that far."""
        with contextlib.suppress(InvalidState):
            self.conn.send_close(code, reason)
            self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True

    def _silence(self) -> None:
        """End a connection that brings more than a client of this feed can have to say."""
        if self.close_sent or self.transport.is_closing():
            return
        if not self.handshake_complete:
            self.transport.abort()
            return
        self.conn.fail(POLICY, "too much was sent")
        self.handle_parser_exception()

    def _drop_later(self) -> None:
        self.loop.call_later(_LINGER_S, self.transport.abort)


class _Server(uvicorn.Server):
    """uvicorn that says when it accepts, and that parts from the feed's clients before it closes their sockets."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._tell_started = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._tell_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        state = getattr(self.config.app, "state", None)
        for part in ("feed", "equity"):
            closing = getattr(state, part, None)
            if closing is not None:
                await closing.close()
        await self._last_words()
        await super().shutdown(sockets)

    async def _last_words(self) -> None:
        """Give clients a moment to answer the close frame, then drop those who have not."""
        ends = asyncio.get_running_loop().time() + _PATIENCE_S
        while talking := [one for one in self.server_state.connections if isinstance(one, _Connection)]:
            if asyncio.get_running_loop().time() > ends:
                for connection in talking:
                    connection.transport.abort()
                return
            await asyncio.sleep(0.01)


def run(settings: ServerSettings | None = None, *, on_start: Callable[[str], None] | None = None) -> None:
    """Serve until Ctrl-C or SIGTERM.

    Parameters
    ----------
    settings
        What to serve and where; read from the environment where missing.
    on_start
        Called with the server's address once it accepts connections.

    Raises
    ------
    SettingsError
        The settings make no sense, or the port is taken.
    StoreError, HistoryError
        The store cannot be opened; the history folder does not exist.
    """
    settings = settings or ServerSettings.load()
    app = create_app(settings)
    with _listen(settings.host, settings.port) as listener:
        url = _url(listener)
        _Server(_config(app), lambda: on_start(url) if on_start else None).run([listener])


class BackgroundServer:
    """The app on a real uvicorn in a thread: a context manager, or `start` and `stop` in cells of a notebook.

    Parameters
    ----------
    app
        What `create_app` made.
    host, port
        Where to listen; port 0 takes a free one.

    Attributes
    ----------
    url, ws_url
        Addresses without a path, such as ``http://127.0.0.1:40123`` and ``ws://127.0.0.1:40123``.

    Raises
    ------
    FeedError
        The app did not start.
    SettingsError
        The port is taken, or the host is none of this machine.

    Examples
    --------
    >>> import pokerlab as pk, tempfile
    >>> from urllib.request import urlopen
    >>> lab = pk.open(tempfile.mkdtemp(), history=tempfile.mkdtemp())
    >>> with BackgroundServer(create_app(ServerSettings(warm_up=False), lab=lab)) as server:
    ...     urlopen(f"{server.url}/health").status
    200
    """

    def __init__(self, app: FastAPI, host: str = "127.0.0.1", port: int = 0) -> None:
        self._app = app
        self._host = host
        self._port = port
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._thread: threading.Thread | None = None
        self.url = self.ws_url = ""

    def start(self) -> Self:
        """Listen, and return once connections are accepted; a server that runs is left as it is."""
        if self._thread is not None:
            return self
        self._ready.clear()
        self._failure = None
        self._listener = _listen(self._host, self._port)
        self.url = _url(self._listener)
        self.ws_url = self.url.replace("http", "ws", 1)
        self._server = _Server(_config(self._app), self._ready.set)
        self._thread = threading.Thread(target=self._run, name="pokerlab-server", daemon=True)
        self._thread.start()
        # A wait without limit is deaf to Ctrl-C: polars installs a handler of SIGINT that restarts system calls.
        while not self._ready.wait(_LISTEN_S):
            pass
        if self._failure is not None:
            self.stop()
            msg = f"the server did not start: {self._failure!r}; the log says more"
            raise FeedError(msg) from self._failure
        return self

    def stop(self) -> None:
        """Part from all clients, and return once the port is free. May be called twice."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._server.should_exit = True
            while thread.is_alive():
                thread.join(_LISTEN_S)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self) -> None:
        try:
            self._server.run([self._listener])
        except BaseException as error:  # uvicorn raises SystemExit; whoever waits must hear of anything
            self._failure = error
        finally:
            self._listener.close()
            self._ready.set()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host.strip("[]"), port), family=family, backlog=2048)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
        msg = f"cannot listen on {bracketed(host)}:{port} ({why}); is another server running there?"
        raise SettingsError(msg) from error


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://{bracketed(host)}:{port}"


def _config(app: FastAPI) -> uvicorn.Config:
    settings: ServerSettings = getattr(app.state, "settings", None) or ServerSettings()
    return uvicorn.Config(
        app,
        http=Connection.within(settings.request_seconds),
        ws=_Connection,
        ws_max_size=settings.max_message_bytes,
        ws_ping_interval=settings.dead_after_s,
        ws_ping_timeout=settings.dead_after_s,
        # Nothing is gained by packing on loopback, and every client would cost a window of memory.
        ws_per_message_deflate=False,
        lifespan="on",
        log_config=None,
        log_level="warning",
        access_log=False,  # addresses hold players' names
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=5,
    )
