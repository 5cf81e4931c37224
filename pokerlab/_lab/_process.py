"""What a lab that starts does to its process, so that hands come soon."""

from __future__ import annotations

import sys
from functools import cache
from threading import Thread

SWITCH_S = 0.0005
"""Python lets a thread that computes run so long before another gets its turn. Its own 5 ms add up to half a second for
a hand, which needs a hundred turns on its way, while a notebook's cell computes."""


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
