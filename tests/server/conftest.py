"""A real server on a free port, with a hub to publish into."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from websockets.sync.client import ClientConnection, connect

from pokerlab._lab import Hub, Lab
from pokerlab.server import BackgroundServer, ServerSettings, create_app
from pokerlab.wire import Hand, load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def make_hand() -> Callable[..., Hand]:
    """Give a maker of hands; its argument is the number in the id."""

    def make(number: int, table: str = "Nice 01") -> Hand:
        return Hand(
            hand_id=f"{number}-1-1700000000",
            played_at=datetime.now(UTC),
            format="cash",
            pool=None,
            game="holdem",
            limit="no_limit",
            unit="eur_cent",
            table=table,
            max_seats=6,
            n_players=2,
            button_seat=1,
            small_blind=1,
            big_blind=2,
            ante=0,
            board=None,
            pot=3,
            rake=0,
            tournament_id=None,
            tournament_name=None,
            hero=None,
            seats=(),
        )

    return make


@pytest.fixture
def publish(make_hand: Callable[..., Hand]) -> Callable[..., None]:
    """Give a publisher of so many hands."""

    def publish(hub: Hub, count: int, **details: Any) -> None:
        for _ in range(count):
            hub.publish(make_hand(hub.seq + 1, **details))

    return publish


@pytest.fixture
def start() -> Iterator[Callable[..., BackgroundServer]]:
    """Give a starter of servers; what it started ends with the test."""
    with ExitStack() as stack:

        def start(hub: Hub | None = None, store: object = None, **settings: Any) -> BackgroundServer:
            lab = Lab(store)  # type: ignore[arg-type]  # the feed's tests have none
            lab.hub = hub or lab.hub
            return stack.enter_context(
                BackgroundServer(create_app(ServerSettings.load(**{"warm_up": False} | settings), lab=lab))
            )

        yield start


@pytest.fixture(scope="session")
def shared() -> Iterator[BackgroundServer]:
    """Give one server with default settings, for tests that leave no trace in it."""
    with BackgroundServer(create_app(ServerSettings(warm_up=False), lab=Lab(None))) as server:  # type: ignore[arg-type]
        yield server


@pytest.fixture
def join() -> Iterator[Callable[..., ClientConnection]]:
    """Give a starter of WebSocket clients; what it started ends with the test."""
    with ExitStack() as stack:

        def join(server: BackgroundServer, query: str = "", **options: Any) -> ClientConnection:
            address = f"{server.ws_url}/ws{query}"
            return stack.enter_context(connect(address, proxy=None, compression=None, close_timeout=1, **options))

        yield join


@pytest.fixture
def read() -> Callable[[ClientConnection], Any]:
    """Give a reader of one message that does not wait for ever."""
    return lambda socket: load(socket.recv(timeout=5))


@pytest.fixture
def eventually() -> Callable[..., None]:
    """Give a wait until something is so, with an end."""

    def eventually(is_so: Callable[[], object], within: float = 5.0) -> None:
        ends = time.monotonic() + within
        pause = threading.Event()
        while not is_so():
            assert time.monotonic() < ends, f"not so after {within} s"
            pause.wait(0.01)

    return eventually
