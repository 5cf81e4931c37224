"""Every column of the parser against the simulator's truth, which shares no code with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import pokerlab as pk
from pokerlab.sample import FLAGS

if TYPE_CHECKING:
    from pathlib import Path

    from pokerlab.sample import Truth

KEYS = {
    "hands": ["hand_id"],
    "seats": ["hand_id", "seat"],
    "actions": ["hand_id", "seq"],
    "tournaments": ["tournament_id", "hero"],
}


NOT_COMPARED = {"ev_net"}
"""The simulator does not know equities."""


def assert_true(folder: Path, truth: Truth) -> pk.HandFrames:
    frames = pk.read_winamax(folder)
    assert frames.rejects.height == 0, frames.rejects.select("rule", "line", "reason").head(3).rows()
    for table, keys in KEYS.items():
        got, expected = getattr(frames, table).sort(keys), getattr(truth, table).sort(keys)
        of_stats = {name for name in got.columns if pk.schema.is_stat_column(name)}
        assert set(got.columns) - of_stats == set(expected.columns) - set(FLAGS)
        known = [name for name in expected.columns if name not in NOT_COMPARED]
        assert_frame_equal(got.select(known), expected.select(known))
    return frames


def test_every_column_is_the_truth(simulated: tuple[Path, Truth]) -> None:
    assert_balanced(assert_true(*simulated))


@pytest.mark.slow
def test_every_column_of_many_hands_is_the_truth(many_simulated: tuple[Path, Truth]) -> None:
    assert_balanced(assert_true(*many_simulated))


def assert_balanced(frames: pk.HandFrames) -> None:
    money = ("contributed", "collected", "net")
    sums = frames.seats.group_by("hand_id").agg(pl.sum(*money))
    hands = frames.hands.join(sums, on="hand_id")
    assert hands.height == len(frames)
    wrong = hands.filter(
        (pl.col("contributed") + pl.col("added") != pl.col("pot"))
        | (pl.col("collected") + pl.col("rake") != pl.col("pot"))
        | (pl.col("net") != pl.col("added") - pl.col("rake"))
    )
    assert wrong.height == 0
    seats = frames.seats
    assert seats.filter(pl.col("net") != pl.col("collected") - pl.col("contributed")).height == 0
    assert seats.filter(pl.col("contributed") > pl.col("stack")).height == 0
    assert seats.filter(pl.min_horizontal("contributed", "returned", "collected") < 0).height == 0
