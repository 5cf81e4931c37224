"""Working with a store that may refuse for a while, as where the disk is full."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pokerlab.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from pokerlab._lab._status import StatusBoard

T = TypeVar("T")

_PATIENCE_S = 5.0
"""Longest pause before a store that fails is tried again."""


def patiently(work: Callable[[], T], trouble: str, status: StatusBoard, stop: Event) -> T | None:
    """Do ``work``, however long the store refuses, and tell the ``trouble`` meanwhile; None if the lab stops first."""
    pause, fault = 0.1, None
    while True:
        try:
            done = work()
        except StoreError as error:
            if fault is None:
                fault = f"{trouble}: {error}"
                status.fault(fault)
        else:
            if fault is not None and status.now.error == fault:
                status.set(error=None)
            return done
        if stop.wait(pause):
            return None
        pause = min(2 * pause, _PATIENCE_S)
