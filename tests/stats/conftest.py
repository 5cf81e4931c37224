"""The mini-hands of the truth table, read by the parser as one history."""

from __future__ import annotations

from pathlib import Path

import pytest

import pokerlab as pk
from tests.stats import mini


@pytest.fixture(scope="session")
def cases() -> list[mini.Case]:
    files = sorted((Path(__file__).parent / "truth").glob("*.txt"))
    return [case for file in files for case in mini.read_cases(file.read_text())]


@pytest.fixture(scope="session")
def mini_hands(cases: list[mini.Case]) -> pk.HandFrames:
    """Give the frames of all mini-hands, in the order of the cases."""
    texts = [mini.text_of(case.play, number) for number, case in enumerate(cases, 1)]
    frames = pk.read_winamax("".join(texts).encode())
    assert frames.rejects.height == 0, frames.rejects.select("rule", "line", "text").row(0)
    return frames
