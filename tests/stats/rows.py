"""Frames as rows of single hands, for what looks at them one by one."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from pokerlab import stats
from tests.stats import codes

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    import pokerlab as pk

Row = dict[str, Any]
Key = tuple[str, int]
"""Hand and seat."""


class OneHand(NamedTuple):
    """The rows of one hand."""

    hand: Row
    seats: list[Row]
    actions: list[Row]


def hands_of(frames: pk.HandFrames) -> Iterator[OneHand]:
    """Give the rows hand by hand; those of a hand stand together in each frame."""
    seats, actions = (_by_hand(frame) for frame in (frames.seats, frames.actions))
    for hand in frames.hands.iter_rows(named=True):
        yield OneHand(hand, seats[hand["hand_id"]], actions[hand["hand_id"]])


def _by_hand(frame: pl.DataFrame) -> dict[str, list[Row]]:
    return {key: list(rows) for key, rows in groupby(frame.iter_rows(named=True), key=lambda row: row["hand_id"])}


def counts_by_seat(seats: pl.DataFrame) -> dict[Key, Row]:
    """Ask each statistic of each seat alone: ``<code>_count`` and ``<code>_chances``."""
    counted = [stats.get(code) for code in codes.COUNTED]
    return _by_seat(seats, [value for stat in counted for value in (stat.count, stat.chances)])


def means_by_seat(seats: pl.DataFrame) -> dict[Key, Row]:
    """Ask each mean of each seat alone."""
    return _by_seat(seats, [stats.get(code).mean for code in codes.MEANS])


def ratios_by_seat(seats: pl.DataFrame) -> dict[Key, Row]:
    """Ask each ratio of each seat alone."""
    return _by_seat(seats, [stats.get(code).rate for code in codes.RATIOS])


def _by_seat(seats: pl.DataFrame, values: list[pl.Expr]) -> dict[Key, Row]:
    table = seats.group_by("hand_id", "seat").agg(values)
    return {(row["hand_id"], row["seat"]): row for row in table.iter_rows(named=True)}
