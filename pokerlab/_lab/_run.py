"""One run of a lab, and what it needs compiled."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from functools import cache
from queue import SimpleQueue
from threading import Event, Thread, main_thread
from typing import TYPE_CHECKING

from pokerlab._lab._pieces import Waiting

if TYPE_CHECKING:
    from pathlib import Path

    from pokerlab.wire import Hand


SWITCH_S = 0.0005
"""Python lets a thread that computes run so long before another gets its turn. Its own 5 ms add up to half a second for
a hand, which needs a hundred turns on its way, while a notebook's cell computes."""


class Stopped(Exception):  # noqa: N818  (it ends an import, and is no error)
    """The lab was stopped in the middle of an import."""


@dataclass(slots=True, eq=False)
class Run:
    """One start of a lab, with all that ends with it.

    Attributes
    ----------
    stop
        Set at the end.
    begun
        Set once a watcher has told how it is, and at the end.
    is_behind
        Whether hands from before the start may be missing in the store.
    waiting
        New pieces of files, not stored yet.
    held
        Hands that are held back, each with the time when it is announced.
    skipped
        How many bytes of each file were history at the start.
    threads
        What works for the lab meanwhile.
    """

    stop: Event = field(default_factory=Event)
    begun: Event = field(default_factory=Event)
    is_behind: bool = False
    waiting: Waiting = field(default_factory=Waiting)
    held: SimpleQueue[tuple[float, Hand] | None] = field(default_factory=SimpleQueue)
    skipped: dict[Path, int] = field(default_factory=dict)
    threads: list[Thread] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        """Whether the lab was stopped, or the process ends without having stopped it."""
        return self.stop.is_set() or not main_thread().is_alive()

    def check(self, *_: object) -> None:
        """End an import that calls this with its progress, once the run is over."""
        if self.is_over:
            raise Stopped


@cache
def warm_up() -> Thread:
    """Load the compiled parser in a thread, once a process, so that the first hand does not wait for it."""
    from pokerlab._ingest import parse

    # A daemon: whoever ends the process does not want to wait for a compiler.
    thread = Thread(target=parse, args=(b"",), name="pokerlab-warmup", daemon=True)
    thread.start()
    return thread


def take_turns_quickly() -> None:
    """Shorten the interpreter's switch interval, so that hands also come while a cell computes."""
    sys.setswitchinterval(min(sys.getswitchinterval(), SWITCH_S))
