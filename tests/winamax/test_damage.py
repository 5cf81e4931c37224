"""Damage to any line, and random damage with bounds checked: refused, or without consequence."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise

import pytest

import pokerlab as pk
from pokerlab import _ingest
from tests.winamax.hands import CASH, DRAW, EVERY_GAME, STUD, TOURNAMENT

FREE_ORDER = ("posts ante", "shows [", "collected ")
"""Lines of these kinds stand in any order among each other."""


def read(lines: list[str]) -> pk.HandFrames:
    return _ingest.parse("\n".join([*lines, "", "", ""]).encode())


def same(frames: pk.HandFrames, others: pk.HandFrames) -> bool:
    return (
        frames.hands.drop("offset").equals(others.hands.drop("offset"))
        and frames.seats.equals(others.seats)
        and frames.actions.equals(others.actions)
    )


def lines_of(text: str) -> list[str]:
    return text.replace("{n}", "1").rstrip("\n").split("\n")


@pytest.mark.parametrize("text", EVERY_GAME, ids=["cash", "ko", "hi-lo", "stud", "draw"])
def test_a_hand_that_lacks_a_line_is_refused_or_says_the_same(text: str) -> None:
    lines = lines_of(text)
    whole = read(lines)
    seen = []
    for i, line in enumerate(lines):
        frames = read(lines[:i] + lines[i + 1 :])
        if len(frames) and not same(frames, whole):
            seen.append(line)
    # A hand without the hero's cards is a true one; of two shows of one player each is enough.
    assert all(line.startswith(("Dealt to ", "bob shows [4d 9h 7h 2s]")) for line in seen)


@pytest.mark.parametrize("text", [CASH, TOURNAMENT, STUD, DRAW], ids=["cash", "ko", "stud", "draw"])
def test_a_hand_with_a_line_twice_is_refused_or_says_the_same(text: str) -> None:
    lines = lines_of(text)
    whole = read(lines)
    for i in range(len(lines)):
        frames = read(lines[: i + 1] + lines[i:])
        assert len(frames) == 0 or same(frames, whole), lines[i]


@pytest.mark.parametrize("text", EVERY_GAME, ids=["cash", "ko", "hi-lo", "stud", "draw"])
def test_a_hand_with_two_lines_swapped_is_refused_or_says_the_same(text: str) -> None:
    lines = lines_of(text)
    whole = read(lines)
    for i, pair in enumerate(pairwise(lines)):
        frames = read([*lines[:i], *reversed(pair), *lines[i + 2 :]])
        free = any(all(kind in line for line in pair) for kind in FREE_ORDER)
        assert len(frames) == 0 or free or same(frames, whole), pair


def fuzz(examples: int, seed: int) -> None:
    """Run in a process of its own: bounds are checked by code compiled for it, and a fault would end it."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "NUMBA_BOUNDSCHECK": "1"}
    command = [sys.executable, "-m", "tests.winamax.damage", str(examples), str(seed)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.ci
def test_random_damage_reads_nothing_past_the_end_and_leaves_the_neighbours_alone() -> None:
    fuzz(250, seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 6))
def test_much_random_damage_reads_nothing_past_the_end_and_leaves_the_neighbours_alone(seed: int) -> None:
    fuzz(10_000, seed)
