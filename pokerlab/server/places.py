"""Which parts of the store a player is in: most players are in few of them, and the others need not be read."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Collection

    from pokerlab.store import Snapshot

_SCHEMA = {"player": pl.String, "segment": pl.String}


class Places:
    """Remembers the players of each part of the store. Parts never change: of another state only new ones are read."""

    def __init__(self) -> None:
        self._known = pl.DataFrame(schema=_SCHEMA)
        self._read: frozenset[str] = frozenset()
        self._lock = Lock()

    def of(self, stored: Snapshot, names: Collection[str]) -> frozenset[str]:
        """Name the parts of a state of the store that hold a seat of a player, who may have several names."""
        segments = frozenset(file.segment for file in stored.view.of("seats"))
        known = self._up_to_date(stored, segments)
        return segments.intersection(known.filter(pl.col("player").is_in(list(names)))["segment"])

    def _up_to_date(self, stored: Snapshot, segments: frozenset[str]) -> pl.DataFrame:
        with self._lock:
            if new := segments - self._read:
                # Who asks about an older state meanwhile reads the parts again that are in no newer one.
                kept = self._known.filter(pl.col("segment").is_in(list(segments)))
                self._known = pl.concat([kept, *_players(stored, sorted(new))])
                self._read = segments
            return self._known


def _players(stored: Snapshot, segments: list[str]) -> list[pl.DataFrame]:
    found = [
        stored.scan_segments("seats", [segment]).select(pl.col("player").unique(), pl.lit(segment).alias("segment"))
        for segment in segments
    ]
    return pl.collect_all(found)
