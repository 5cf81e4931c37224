"""follow: new hands from a server's ``/ws``, across lost connections and restarts."""

from __future__ import annotations

import json
import logging
import random
import time
from contextlib import closing
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit, urlunsplit

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.sync.client import connect

from pokerlab.errors import FeedError
from pokerlab.wire import ConnectionAck, Error, Gap, NewHand, load

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from websockets.sync.client import ClientConnection

_log = logging.getLogger(__name__)

_SCHEMES = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_POLICY = 1008
_MISSED_HEARTBEATS = 2
_OPEN_TIMEOUT_S = 10.0


def follow(
    url: str,
    since: int | None = None,
    *,
    epoch: str | None = None,
    replay: int = 0,
    token: str | None = None,
    client_name: str | None = None,
    retry_s: float = 0.2,
    max_retry_s: float = 30.0,
    give_up_after_s: float | None = None,
) -> Iterator[NewHand | Gap]:
    """Iterate over new hands, each once and in order, and reconnect where the connection is lost.

    What cannot be had any more comes as a `Gap`, in its place; stored hands are then at the gap's ``rest_url``.

    Parameters
    ----------
    url
        The server's address, such as ``http://127.0.0.1:8000``, with or without ``/ws``.
    since, epoch
        The last number you have, and the epoch it was counted in; None starts with the next hand, 0 with all that the
        server keeps. After a lost connection it is resumed where it stopped.
    replay
        Without ``since``: give this many of the last hands first, or a `Gap` for those that the server has no more.
    token
        What the server asks for, sent as a header.
    client_name
        Shown in the server's ``/ws/stats``.
    retry_s, max_retry_s
        Seconds before the first new attempt, doubled up to the second with every one that fails; each wait is drawn
        between half of that and all of it, so that many clients do not return at once.
    give_up_after_s
        Seconds without a connection after which the feed counts as gone; None tries for ever.

    Raises
    ------
    FeedError
        The address is none, the server refuses (token, host, parameters), or it cannot be reached for too long.

    Examples
    --------
    >>> import pokerlab as pk, tempfile
    >>> from pokerlab.server import BackgroundServer, ServerSettings, create_app
    >>> from pokerlab.wire import hands_of
    >>> lab = pk.open(tempfile.mkdtemp(), history=tempfile.mkdtemp())
    >>> with BackgroundServer(create_app(ServerSettings(warm_up=False), lab=lab)) as server:
    ...     with closing(follow(server.url, since=0)) as feed:
    ...         _ = [lab.hub.publish(hand) for hand in hands_of(pk.sample.hands(2, seed=1))]
    ...         [next(feed).seq for _ in range(2)]
    [1, 2]
    """
    if since is not None and since < 0:
        msg = f"since={since} is not a sequence number; give the last one you have, or 0"
        raise FeedError(msg)
    if replay < 0 or (replay and since is not None):
        msg = f"replay={replay} cannot be: it counts the last hands, 0 or more, and goes without since"
        raise FeedError(msg)
    reader = _Reader(_address(url), since, epoch, token, client_name, replay=replay)
    return _follow(reader, retry_s, max_retry_s, give_up_after_s)


def _follow(
    reader: _Reader, retry_s: float, max_retry_s: float, give_up_after_s: float | None
) -> Iterator[NewHand | Gap]:
    wait = retry_s
    lost_at = time.monotonic()
    while True:
        try:
            with closing(reader.messages()) as messages:
                for message in messages:
                    wait, lost_at = retry_s, time.monotonic()
                    if message is not None:
                        yield message
                        lost_at = time.monotonic()
        except (ConnectionClosed, InvalidHandshake, OSError) as error:
            why = _unless_refused(error, reader.address)
        else:
            continue
        if give_up_after_s is not None and time.monotonic() - lost_at > give_up_after_s:
            msg = f"{reader.address} could not be reached for {give_up_after_s:g} s: {why}"
            raise FeedError(msg)
        _log.info("%s: %s; trying again", reader.address, why)
        time.sleep(random.uniform(wait / 2, wait))  # noqa: S311
        wait = min(wait * 2, max_retry_s)


class _Reader:
    """Where a client stands in the feed, and one connection after another from there."""

    def __init__(
        self,
        address: str,
        since: int | None,
        epoch: str | None,
        token: str | None,
        client_name: str | None,
        *,
        replay: int,
    ) -> None:
        self.address = address
        self._since = since
        self._epoch = epoch
        self._name = client_name
        self._replay = replay
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def messages(self) -> Generator[NewHand | Gap | None]:
        """Read one connection until it is lost; None stands for a sign of life that is neither hand nor gap.

        It ends by itself where the server had to be asked for its last number first: the next one resumes from there.
        """
        with self._connect() as connection:
            ack = self._greeted(connection)
            if self._replay:
                self._replay = 0
                return
            patience = ack.heartbeat_seconds * (_MISSED_HEARTBEATS + 1) + 1
            while True:
                message = load(connection.recv(timeout=patience))
                if isinstance(message, Error):
                    msg = f"{self.address} sent an error: {message.message}"
                    raise FeedError(msg)
                if isinstance(message, NewHand):
                    yield from self._in_order(message)
                elif isinstance(message, Gap):
                    self._epoch, self._since = ack.epoch, message.to_seq
                    yield message
                else:
                    yield None

    def _connect(self) -> ClientConnection:
        given = {"client_name": self._name, "epoch": self._epoch, "since": self._since}
        query = urlencode({key: value for key, value in given.items() if value is not None})
        local = urlsplit(self.address).hostname in _LOOPBACK
        return connect(
            f"{self.address}?{query}" if query else self.address,
            additional_headers=self._headers,
            compression=None,
            open_timeout=_OPEN_TIMEOUT_S,
            close_timeout=1.0,
            proxy=None if local else True,
        )

    def _greeted(self, connection: ClientConnection) -> ConnectionAck:
        message = load(connection.recv(timeout=_OPEN_TIMEOUT_S))
        if isinstance(message, Error):
            msg = f"{self.address} refuses: {message.message}"
            raise FeedError(msg)
        if not isinstance(message, ConnectionAck):
            msg = f"{self.address} does not speak this feed: its first message is {message.type!r}"
            raise FeedError(msg)
        if self._since is None:
            self._epoch, self._since = message.epoch, max(message.seq - self._replay, 0)
        elif self._epoch is None:
            self._epoch = message.epoch
        return message

    def _in_order(self, message: NewHand) -> Iterator[NewHand | Gap]:
        expected = (self._since or 0) + 1
        same = message.epoch == self._epoch
        if same and message.seq < expected:
            return
        if same and message.seq > expected:
            yield Gap(from_seq=expected, to_seq=message.seq - 1)
        self._epoch, self._since = message.epoch, message.seq
        yield message


def _address(url: str) -> str:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        msg = f"{url!r} is no address of a server ({error}); give one such as 'http://127.0.0.1:8000'"
        raise FeedError(msg) from error
    if parts.scheme not in _SCHEMES or not parts.hostname:
        msg = f"{url!r} is no address of a server; give one such as 'http://127.0.0.1:8000'"
        raise FeedError(msg)
    if parts.query or parts.fragment or parts.username or parts.password:
        msg = "the address holds more than host and path; give token, since and client_name as arguments"
        raise FeedError(msg)
    path = parts.path.rstrip("/")
    return urlunsplit((_SCHEMES[parts.scheme], parts.netloc, path if path.endswith("/ws") else f"{path}/ws", "", ""))


def _unless_refused(error: Exception, address: str) -> str:
    """Say why a connection was lost, or raise where another attempt would end the same way."""
    if isinstance(error, InvalidStatus) and error.response.status_code < 500 and not _is_busy(error):
        msg = f"{address} refuses ({error.response.status_code}): {_detail(error.response.body)}"
        raise FeedError(msg) from error
    if isinstance(error, InvalidHandshake) and not _may_pass(error):
        msg = f"{address} is no server of this feed: {error}"
        raise FeedError(msg) from error
    if isinstance(error, ConnectionClosed) and error.rcvd is not None and error.rcvd.code == _POLICY:
        msg = f"{address} refuses: {error.rcvd.reason or 'no reason given'}"
        raise FeedError(msg) from error
    return str(error) or type(error).__name__


def _is_busy(error: InvalidStatus) -> bool:
    return error.response.status_code in (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)


def _may_pass(error: InvalidHandshake) -> bool:
    """Tell a server that is starting, stopping or full from one that will never do."""
    return isinstance(error, InvalidStatus) or isinstance(error.__cause__, (EOFError, OSError))


def _detail(body: bytes | bytearray | None) -> str:
    try:
        return str(json.loads(body or b"")["detail"])
    except (ValueError, KeyError, TypeError):
        return bytes(body or b"no reason given")[:200].decode("utf-8", "replace")
