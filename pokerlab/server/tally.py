"""Sums of a player's chances that are kept: of what was stored before, nothing is counted a second time."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

import polars as pl

from pokerlab._lab import stored_seats
from pokerlab.server.places import Places
from pokerlab.store import aliases

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from pokerlab.server.queries import SeatFilter
    from pokerlab.stats import Stat
    from pokerlab.store import Snapshot

KEPT = 1_000
"""Questions whose sums are kept: a few kB each."""


@dataclass(frozen=True, slots=True)
class Sums:
    """What was counted in some parts of the store.

    Attributes
    ----------
    segments
        The parts. Their files never change: another state of the store has the same part, or has it no more.
    seats, hands
        Rows that were meant, and those in which he was dealt in.
    counted
        Of each statistic the count and the chances.
    """

    segments: frozenset[str] = frozenset()
    seats: int = 0
    hands: int = 0
    counted: tuple[int, ...] = ()


class Tally:
    """Counts statistics of players, in new parts of the store alone where the same was asked before."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, Sums] = OrderedDict()
        self._places = Places()
        self._lock = Lock()

    def sums(self, stored: Snapshot, person: str, chosen: Sequence[Stat], query: SeatFilter) -> Sums:
        """Give the sums over all parts of a state of the store."""
        names = _names(stored, person)
        # Statistics are equal when they are the same object: one that is registered anew is another.
        key = (person, names, tuple(chosen), query.model_dump_json())
        segments = frozenset(file.segment for file in stored.view.of("hands"))
        known = self._known(key, segments)
        if known.segments == segments:
            return known
        new = segments - known.segments
        his = new & self._places.of(stored, names)
        sums = _added(known, _count(stored.part(his), person, chosen, query), new)
        self._keep(key, sums)
        return sums

    def knows(self, stored: Snapshot, person: str) -> bool:
        """Tell whether somebody is in any stored hand."""
        return bool(self._places.of(stored, _names(stored, person)))

    def warm_up(self, stored: Snapshot) -> None:
        """Learn who is where before somebody asks."""
        self._places.of(stored, ())

    def _known(self, key: Hashable, segments: frozenset[str]) -> Sums:
        with self._lock:
            known = self._kept.get(key)
            if known is None or not known.segments <= segments:
                return Sums()
            self._kept.move_to_end(key)
            return known

    def _keep(self, key: Hashable, sums: Sums) -> None:
        with self._lock:
            self._kept[key] = sums
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)


def _names(stored: Snapshot, person: str) -> frozenset[str]:
    """List the names at the table of a person, who is named by the main one."""
    return frozenset({person, *(alias for alias, main in aliases(stored).items() if main == person)})


def _count(stored: Snapshot, person: str, chosen: Sequence[Stat], query: SeatFilter) -> tuple[int, ...]:
    his = stored_seats(stored).filter(pl.col("player") == person)
    row = query.seats(his, stored).select(
        pl.len().alias("seats"),
        pl.col("dealt").sum().alias("hands"),
        *(expr for stat in chosen for expr in (stat.count, stat.chances)),
    )
    sums: tuple[int, ...] = row.collect().row(0)
    return sums


def _added(known: Sums, new: tuple[int, ...], segments: frozenset[str]) -> Sums:
    before = (known.seats, known.hands, *(known.counted or [0] * (len(new) - 2)))
    seats, hands, *counted = (old + more for old, more in zip(before, new, strict=True))
    return Sums(known.segments | segments, seats, hands, tuple(counted))
