"""The end of the feed: each hand is announced once, now or when its time has come."""

from __future__ import annotations

import time
from queue import SimpleQueue
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from threading import Event

    from pokerlab._lab._hub import Hub
    from pokerlab._lab._old import KnownHands
    from pokerlab._lab._status import StatusBoard
    from pokerlab.wire import Hand


class Announcer:
    """Announce hands to a hub, or hold them back for a while first.

    Parameters
    ----------
    hub, status
        Where hands are announced, and counted.
    announced
        The hands that were announced already or are held back.
    delay_s
        Seconds that a finished hand is held back.
    stop
        Set when the feed ends; what is held back then is not announced.
    """

    def __init__(self, hub: Hub, status: StatusBoard, announced: KnownHands, delay_s: float, stop: Event) -> None:
        self._hub = hub
        self._status = status
        self._announced = announced
        self._delay = delay_s
        self._stop = stop
        self._held: SimpleQueue[tuple[float, Hand] | None] = SimpleQueue()

    def announce(self, hands: Sequence[Hand], *, over: bool = False) -> None:
        """Announce hands once each, now or when their time has come; ``over``: they were not finished just now."""
        fresh = set(self._announced.without([hand.hand_id for hand in hands]))
        self._announced.add(fresh)
        for hand in hands:
            if hand.hand_id not in fresh:
                continue
            fresh.remove(hand.hand_id)
            age = time.time() - hand.played_at.timestamp() if over else 0.0
            if age < self._delay:
                self._held.put((time.monotonic() + self._delay - age, hand))
            else:
                self._publish(hand)

    def release(self) -> None:
        """Announce what is held back when its time has come, until the feed ends."""
        while (held := self._held.get()) is not None:
            due, hand = held
            if self._stop.wait(max(due - time.monotonic(), 0)):
                return
            self._publish(hand)

    def close(self) -> None:
        """Let nobody wait in `release` any more."""
        self._held.put(None)

    def _publish(self, hand: Hand) -> None:
        self._hub.publish(hand)
        self._status.count(hands=1)
