"""The end of the feed: each hand is announced once, now or when its time has come."""

from __future__ import annotations

import time
from queue import SimpleQueue
from typing import TYPE_CHECKING

from pokerlab._lab._patience import patiently
from pokerlab.wire import hands_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from threading import Event

    from pokerlab._lab._hub import Hub
    from pokerlab._lab._old import KnownHands
    from pokerlab._lab._status import StatusBoard
    from pokerlab.store import Store
    from pokerlab.wire import Hand


class Announcer:
    """Announce stored hands to a hub, or hold them back for a while first.

    Of a hand that is held back only the id is kept, however many they are: it is read from the store in its time.

    Parameters
    ----------
    store
        Where the hands are.
    hub, status
        Where they are announced, and counted.
    announced
        The hands that were announced already or are held back.
    delay_s
        Seconds that a finished hand is held back.
    stop
        Set when the feed ends; what is held back then is not announced.
    """

    def __init__(
        self, store: Store, hub: Hub, status: StatusBoard, announced: KnownHands, delay_s: float, stop: Event
    ) -> None:
        self._store = store
        self._hub = hub
        self._status = status
        self._announced = announced
        self._delay = delay_s
        self._stop = stop
        self._held: SimpleQueue[tuple[float, list[str]] | None] = SimpleQueue()

    def announce(self, hands: Sequence[Hand]) -> None:
        """Announce hands that were finished just now, once each, or hold them back together."""
        fresh = self._fresh(hands)
        if self._delay and fresh:
            self._held.put((time.monotonic() + self._delay, [hand.hand_id for hand in fresh]))
            return
        for hand in fresh:
            self._publish(hand)

    def announce_old(self, hands: Sequence[Hand]) -> None:
        """Announce hands that were finished when they were played, each as soon as it is old enough."""
        for hand in self._fresh(hands):
            wait = self._delay - (time.time() - hand.played_at.timestamp())
            if wait > 0:
                self._held.put((time.monotonic() + wait, [hand.hand_id]))
            else:
                self._publish(hand)

    def release(self) -> None:
        """Announce what is held back when its time has come, until the feed ends."""
        while (held := self._held.get()) is not None:
            due, hand_ids = held
            if self._stop.wait(max(due - time.monotonic(), 0)):
                return
            try:
                for hand in self._read(hand_ids):
                    self._publish(hand)
            except Exception as error:
                self._status.fault(f"hands that were held back are not announced: {type(error).__name__}: {error}")

    def close(self) -> None:
        """Let nobody wait in `release` any more."""
        self._held.put(None)

    def _fresh(self, hands: Sequence[Hand]) -> list[Hand]:
        """Leave out what was announced, and count the rest to it; each hand once."""
        once: dict[str, Hand] = {}
        for hand in hands:
            once.setdefault(hand.hand_id, hand)
        fresh = self._announced.without(list(once))
        self._announced.add(fresh)
        return [once[hand_id] for hand_id in fresh]

    def _read(self, hand_ids: list[str]) -> list[Hand]:
        """Read hands back, in the order of their ids; none if the lab is stopped first."""
        trouble = "hands that were held back cannot be read yet"
        frames = patiently(lambda: self._store.read(hand_ids), trouble, self._status, self._stop)
        known = {hand.hand_id: hand for hand in hands_of(frames)} if frames is not None else {}
        return [known[hand_id] for hand_id in hand_ids if hand_id in known]

    def _publish(self, hand: Hand) -> None:
        self._hub.publish(hand)
        self._status.count(hands=1)
