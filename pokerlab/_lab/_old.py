"""Hands that a lab knows: by a number each, not by their files, which may go."""

from __future__ import annotations

import os
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from pokerlab.store._known import union

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray


class KnownHands:
    """The ids of hands, 8 bytes each.

    With 64 bits an id, one new hand in ten million million is taken for one of a million known ones.
    """

    def __init__(self) -> None:
        self._keys: NDArray[np.uint64] = np.empty(0, np.uint64)
        self._learning = Lock()

    def learn(self, hands: pl.LazyFrame) -> None:
        """Take the hands of a frame with a column ``hand_id``."""
        new = np.sort(_keys(hands))
        with self._learning:
            self._keys = union(self._keys, new)

    def add(self, hand_ids: Iterable[str]) -> None:
        """Take some hands that are not known; the known ones are not sorted anew."""
        new = np.sort(_hashes(list(hand_ids)))
        with self._learning:
            self._keys = np.insert(self._keys, np.searchsorted(self._keys, new), new)

    def learn_skipped(self, hands: pl.LazyFrame, skipped: Mapping[Path, int]) -> None:
        """Take the hands that stand in the first bytes of their files; ``skipped`` says how many those are."""
        ends = {"source": [source_of(path) for path in skipped], "_end": list(skipped.values())}
        placed = hands.select("hand_id", "source", "offset").join(
            pl.LazyFrame(ends, schema={"source": pl.String, "_end": pl.Int64}), on="source"
        )
        self.learn(placed.filter(pl.col("offset") < pl.col("_end")))

    def without(self, hand_ids: list[str]) -> list[str]:
        """Leave the known ones out."""
        known = self._keys  # another thread may learn meanwhile
        if not known.size:
            return hand_ids
        keys = _hashes(hand_ids)
        nearest = np.minimum(np.searchsorted(known, keys), known.size - 1)
        is_new = (known[nearest] != keys).tolist()
        return [hand_id for hand_id, new in zip(hand_ids, is_new, strict=True) if new]


def source_of(path: Path) -> str:
    """Write a path as ``hands.source`` has it: a name that is no valid text comes from the file system."""
    return os.fsencode(path).decode("utf-8", "replace")


def _hashes(hand_ids: list[str]) -> NDArray[np.uint64]:
    return pl.Series(hand_ids, dtype=pl.String).hash().to_numpy()


def _keys(hands: pl.LazyFrame) -> NDArray[np.uint64]:
    return hands.select(pl.col("hand_id").hash()).collect()["hand_id"].to_numpy()
