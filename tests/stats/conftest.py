"""The mini-hands of the truth table, read by the parser as one history."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

import pokerlab as pk
from tests.stats import mini

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

Row = dict[str, Any]


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


def _cases() -> list[mini.Case]:
    files = sorted((Path(__file__).parent / "truth").glob("*.txt"))
    return [case for file in files for case in mini.read_cases(file.read_text())]


@pytest.fixture(scope="session")
def cases() -> list[mini.Case]:
    return _cases()


@pytest.fixture(scope="session")
def mini_hands(cases: list[mini.Case]) -> pk.HandFrames:
    """Give the frames of all mini-hands, in the order of the cases."""
    texts = [mini.text_of(case.play, number) for number, case in enumerate(cases, 1)]
    frames = pk.read_winamax("".join(texts).encode())
    assert frames.rejects.height == 0, frames.rejects.select("rule", "line", "text").row(0)
    return frames
