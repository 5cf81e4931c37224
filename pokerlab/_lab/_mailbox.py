"""A reader's end of the hub that cannot overflow."""

from __future__ import annotations

from threading import Condition
from typing import TYPE_CHECKING

from pokerlab._lab._hub import Window

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from pokerlab._lab._hub import Hub
    from pokerlab.wire import Gap, NewHand


class Mailbox:
    """What a reader has yet to take of a hub: the last hands, with a `Gap` in the place of those before them.

    It begins with all that the hub keeps. Whoever publishes never waits for the reader, however slow he is. A context
    manager that leaves the hub at its end.

    Parameters
    ----------
    hub
        A hub.
    size
        How many hands are kept at most; None for as many as the hub keeps.

    Examples
    --------
    >>> import pokerlab as pk
    >>> from pokerlab._lab import Hub
    >>> from pokerlab.wire import hands_of
    >>> hub = Hub()
    >>> with Mailbox(hub, size=2) as mailbox:
    ...     sent = [hub.publish(hand) for hand in hands_of(pk.sample.hands(3, seed=1))]
    ...     [message.type for message in mailbox.take(0)]
    ['gap', 'new_hand', 'new_hand']
    """

    def __init__(self, hub: Hub, size: int | None = None) -> None:
        self._window = Window(hub.epoch, hub.window if size is None else size)
        self._taken = 0
        self._changed = Condition()
        self._subscription = hub.subscribe(self._put, since=0)

    def take(self, timeout: float) -> list[NewHand | Gap]:
        """Wait so many seconds at most for messages, and take all that are there, oldest first."""
        with self._changed:
            self._changed.wait_for(lambda: self._window.seq > self._taken, timeout)
            messages = self._window.replay(self._taken, None)
            self._taken = self._window.seq
            return messages

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._subscription.close()

    def _put(self, message: NewHand | Gap) -> None:
        with self._changed:
            self._window.add(message)
            self._changed.notify_all()
