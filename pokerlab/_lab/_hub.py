"""The hub: finished hands numbered, announced in one order, and replayed to those who come later."""

from __future__ import annotations

import logging
import secrets
from collections import deque
from contextlib import contextmanager
from itertools import islice
from threading import RLock
from typing import TYPE_CHECKING

from pokerlab.errors import FeedError, SettingsError
from pokerlab.wire import Gap, Hand, NewHand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType
    from typing import Self

    Listener = Callable[[NewHand | Gap], None]

_log = logging.getLogger(__name__)


class Subscription:
    """A listener's place in a `Hub`; a context manager that leaves at its end."""

    def __init__(self, hub: Hub, listener: Listener) -> None:
        self._hub = hub
        self.listener = listener
        self.is_open = True

    def close(self) -> None:
        """Leave the hub: once this returns, the listener is not called again. Closing twice is fine."""
        self._hub._drop(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Window:
    """The last messages of one numbering, and what a newcomer gets of them; it has no lock.

    Attributes
    ----------
    epoch, seq
        Name of the numbering, and its last number.
    """

    def __init__(self, epoch: str, size: int) -> None:
        self.epoch = epoch
        self.seq = 0
        self._recent: deque[NewHand] = deque(maxlen=size)

    @property
    def size(self) -> int:
        """How many messages are kept at most."""
        return self._recent.maxlen or 0

    def add(self, message: NewHand | Gap) -> None:
        """Take the next message."""
        if isinstance(message, NewHand):
            self.seq = message.seq
            self._recent.append(message)
        else:
            self.seq = message.to_seq

    def since(self, seq: int) -> list[NewHand]:
        """Give the kept messages after ``seq``, oldest first."""
        first = self.seq - len(self._recent)
        return list(islice(self._recent, max(seq - first, 0), None))

    def replay(self, since: int, epoch: str | None) -> list[NewHand | Gap]:
        """Give what one who has all up to ``since`` lacks: see `Hub.subscribe`."""
        since = max(since, 0)
        gone = self.seq - len(self._recent)
        if epoch not in {None, self.epoch} or since > self.seq:
            return [Gap(from_seq=0, to_seq=gone), *self._recent]
        gap = [Gap(from_seq=since + 1, to_seq=gone)] if since < gone else []
        return [*gap, *self.since(since)]


class Hub:
    """Number hands and announce each to every listener, in one order without holes.

    Replay and announcement happen under one lock, so a listener that joins at any moment sees each number once.
    Listeners run in the thread that publishes (replay: in the one that subscribes) while that lock is held: they must
    be quick, and must not wait for a lock that others hold while calling the hub. What they raise is logged.

    Parameters
    ----------
    window
        How many of the last hands are kept for listeners that come later.

    Attributes
    ----------
    epoch
        Random name of this hub's numbering; another start has another.

    Raises
    ------
    SettingsError
        ``window`` is below 1.

    Examples
    --------
    >>> hub = Hub(window=100)
    >>> seen = []
    >>> with hub.subscribe(seen.append, since=0):
    ...     hub.seq, seen
    (0, [])
    """

    def __init__(self, window: int = 1000) -> None:
        if window < 1:
            msg = f"a hub's window of {window} hands cannot replay anything; give 1 or more"
            raise SettingsError(msg)
        self.epoch = secrets.token_hex(8)
        self._lock = RLock()
        self._window = Window(self.epoch, window)
        self._subscriptions: list[Subscription] = []
        self._announcing = False

    @property
    def seq(self) -> int:
        """Number of the last hand that was announced; 0 before the first."""
        return self._window.seq

    @property
    def window(self) -> int:
        """How many of the last hands are kept."""
        return self._window.size

    def publish(self, hand: Hand) -> NewHand:
        """Give a hand its number and tell every listener before returning.

        Raises
        ------
        FeedError
            Called by a listener from inside an announcement: others would see the numbers out of order.
        """
        with self._lock:
            if self._announcing:
                msg = f"hand {hand.hand_id} was published from inside a listener; publish it after the listener returns"
                raise FeedError(msg)
            message = NewHand(epoch=self.epoch, seq=self._window.seq + 1, hand=hand)
            self._window.add(message)
            with self._announcement():
                for subscription in self._subscriptions.copy():
                    self._tell(subscription, message)
            return message

    def subscribe(self, listener: Listener, *, since: int | None = None, epoch: str | None = None) -> Subscription:
        """Call ``listener`` with each message after ``since``, first those that are kept, then those to come.

        Parameters
        ----------
        listener
            Gets `NewHand` messages, and a `Gap` first where some are gone.
        since
            The last number that the listener has; 0 for all that is kept, None for what comes from now on.
        epoch
            The epoch in which ``since`` was counted. Where it is another than the hub's, or where ``since`` lies in the
            future, the listener gets a `Gap` that starts at 0 and then all that is kept.
        """
        with self._lock:
            subscription = Subscription(self, listener)
            self._subscriptions.append(subscription)
            with self._announcement():
                for message in [] if since is None else self._window.replay(since, epoch):
                    self._tell(subscription, message)
            return subscription

    def since(self, seq: int, limit: int | None = None) -> list[NewHand]:
        """Give the kept messages after ``seq``, oldest first, at most ``limit``."""
        with self._lock:
            return self._window.since(seq)[:limit]

    @contextmanager
    def _announcement(self) -> Iterator[None]:
        outer, self._announcing = self._announcing, True
        try:
            yield
        finally:
            self._announcing = outer

    def _tell(self, subscription: Subscription, message: NewHand | Gap) -> None:
        if not subscription.is_open:
            return
        try:
            subscription.listener(message)
        except Exception:
            _log.exception("a listener failed on %s %s", message.type, getattr(message, "seq", ""))

    def _drop(self, subscription: Subscription) -> None:
        with self._lock:
            if subscription.is_open:
                subscription.is_open = False
                self._subscriptions.remove(subscription)
