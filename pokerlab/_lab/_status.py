"""How the live feed is, told to whoever wants to know."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LabStatus:
    """How the live feed is.

    Attributes
    ----------
    state
        ``"stopped"``, ``"starting"``, ``"catching up"`` (watching, while older hands are imported), ``"watching"`` or
        ``"restarting"`` (the watcher died, another is being started).
    error
        The last thing that went wrong, as a sentence; None where nothing did.
    hands, rejects
        Hands announced, and pieces of files that were not understood, since `Lab.start`.
    """

    state: str = "stopped"
    error: str | None = None
    hands: int = 0
    rejects: int = 0


class StatusBoard:
    """The status just now, and those who are told of each change.

    Attributes
    ----------
    now
        The status.
    """

    def __init__(self) -> None:
        self.now = LabStatus()
        self._listeners: list[Callable[[LabStatus], None]] = []
        self._lock = Lock()

    def listen(self, listener: Callable[[LabStatus], None]) -> Callable[[], None]:
        """Call ``listener`` at each change, in the thread that changes it; give back what ends this."""
        with self._lock:
            self._listeners.append(listener)

        def leave() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return leave

    def set(self, **changes: Any) -> None:
        """Change some of it."""
        self._change(lambda _: changes)

    def count(self, *, hands: int = 0, rejects: int = 0) -> None:
        """Add to the counters."""
        self._change(lambda now: {"hands": now.hands + hands, "rejects": now.rejects + rejects})

    def fault(self, error: str) -> None:
        """Tell what went wrong; called where the exception is handled, which is logged too."""
        _log.exception("%s", error)
        self.set(error=error)

    def _change(self, changes: Callable[[LabStatus], dict[str, Any]]) -> None:
        with self._lock:
            self.now = status = replace(self.now, **changes(self.now))
            listeners = self._listeners.copy()
        for listener in listeners:
            try:
                listener(status)
            except Exception:
                _log.exception("a listener failed on the status %s", status)
