"""Every column of the parser against the simulator's truth, which shares no code with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import pokerlab as pk

if TYPE_CHECKING:
    from pathlib import Path

    from pokerlab.sample import Truth

KEYS = {
    "hands": ["hand_id"],
    "seats": ["hand_id", "seat"],
    "actions": ["hand_id", "seq"],
    "tournaments": ["tournament_id", "hero"],
}


@pytest.mark.parametrize("table", KEYS)
def test_every_column_is_the_truth(simulated: tuple[Path, Truth], table: str) -> None:
    folder, truth = simulated
    frames = pk.read_winamax(folder)
    got = getattr(frames, table).sort(KEYS[table])
    expected = getattr(truth, table).sort(KEYS[table])
    assert got.height == expected.height
    assert set(got.columns) == set(expected.columns)
    assert_frame_equal(got.drop("ev_net", strict=False), expected.select(got.columns).drop("ev_net", strict=False))


def test_nothing_of_a_native_history_is_rejected(simulated: tuple[Path, Truth]) -> None:
    folder, _ = simulated
    assert pk.read_winamax(folder).rejects.height == 0


def test_chips_balance_in_every_hand(simulated: tuple[Path, Truth]) -> None:
    folder, _ = simulated
    assert_balanced(pk.read_winamax(folder))


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
