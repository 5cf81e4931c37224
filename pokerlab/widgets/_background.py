"""A thread of a widget's own, which begins with the first work and ends with the widget."""

from __future__ import annotations

from abc import ABC, abstractmethod
from threading import Condition, Thread


class Background(ABC):
    """A thread that waits for work.

    Parameters
    ----------
    name
        What the thread is called.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._changed = Condition()
        self._closed = False
        self._thread: Thread | None = None

    def close(self) -> None:
        """End the thread, after what it is doing."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def _wake(self) -> None:
        """Tell the thread of new work, and start it if this is the first; call this while holding ``_changed``."""
        if self._thread is None:
            self._thread = Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()
        self._changed.notify()

    @abstractmethod
    def _run(self) -> None:
        """Do what there is to do, until this is closed."""
