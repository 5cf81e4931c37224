"""A hand step by step: chips are conserved, ends as the frames say, and shows no card that was not known by then."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

import pokerlab as pk
from pokerlab.errors import SchemaError
from pokerlab.sample import GAMES
from pokerlab.widgets._replay import STREET_NAMES, hand_steps, replay_states
from tests.winamax import hands as made_up

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pokerlab.frames import HandFrames

    Row = dict[str, Any]


def read(text: str) -> HandFrames:
    frames = pk.read_winamax(text.replace("{n}", "1").encode())
    assert len(frames) == 1
    return frames


def rows_of(frames: HandFrames) -> Iterator[tuple[Row, list[Row], list[Row]]]:
    seats = frames.seats.partition_by("hand_id", as_dict=True)
    actions = frames.actions.partition_by("hand_id", as_dict=True)
    for hand in frames.hands.to_dicts():
        key = (hand["hand_id"],)
        yield hand, seats[key].sort("seat").to_dicts(), actions[key].sort("seq").to_dicts()


def check(hand: Row, seats: list[Row], actions: list[Row]) -> list[Row]:
    """Hold the steps of a hand to what the frames say."""
    steps = replay_states(hand, seats, actions)
    chips = sum(row["stack"] for row in seats) + hand["added"]
    taken = [hand["rake"] if step["action"] == "rake" else 0 for step in steps]
    unposted = [hand["added"] if step["action"] == "start" else 0 for step in steps]
    for step, rake in zip(steps, taken, strict=True):
        assert sum(step["stacks"]) + sum(step["bets"]) + sum(step["pots"]) + rake == chips, (hand["hand_id"], step)
        assert min(step["stacks"] + step["bets"] + step["pots"]) >= 0, (hand["hand_id"], step)
    assert steps[0]["pots"] == [pot for pot in unposted[:1] if pot]
    assert steps[-1]["stacks"] == [row["stack"] + row["net"] for row in seats], hand["hand_id"]
    assert steps[-1]["pots"] == []
    assert steps[-1]["bets"] == [0] * len(seats)
    assert max(sum(step["pots"]) + sum(step["bets"]) for step in steps) >= hand["pot"]
    told = [step for step in steps if step["action"] not in {"start", "street", "uncalled", "rake"}]
    amounts = [row["action"] for row in actions if row["action"] != "collect"]
    assert [step["action"] for step in told if step["action"] != "collect"] == amounts
    check_cards(hand, seats, steps)
    return steps


def check_cards(hand: Row, seats: list[Row], steps: list[Row]) -> None:
    board = hand["board"] or ""
    assert all(board.startswith(step["board"]) for step in steps)
    assert steps[-1]["board"] == board
    for before, step in pairwise(steps):
        assert len(before["board"]) <= len(step["board"])
        for live, was in zip(step["live"], before["live"], strict=True):
            assert was or not live
    for step in steps:
        for row, cards in zip(seats, step["cards"], strict=True):
            known = cards.replace("?", "")
            assert known in (row["hole"] or ""), (hand["hand_id"], step)
            assert not cards or row["dealt"]
        seen = [step["board"], *step["cards"]]
        known = [text[n : n + 2] for text in seen for n in range(0, len(text), 2) if text[n] != "?"]
        assert len(known) == len(set(known)), (hand["hand_id"], step)


@pytest.mark.parametrize("game", GAMES)
def test_chips_are_conserved_and_every_simulated_hand_ends_as_it_did(game: str) -> None:
    frames = pk.sample.hands(300, seed=8, game=game)
    streets: set[str] = set()
    for hand, seats, actions in rows_of(frames):
        streets |= {step["street"] for step in check(hand, seats, actions)}
    assert streets <= set(STREET_NAMES)
    assert {"blinds", "preflop", "flop"} <= streets


@pytest.mark.parametrize("text", made_up.EVERY_GAME, ids=["cash", "ko", "hi-lo", "stud", "draw"])
def test_a_hand_of_every_family_of_games_can_be_replayed(text: str) -> None:
    for hand, seats, actions in rows_of(read(text)):
        check(hand, seats, actions)


def test_real_hands_end_as_they_did(corpus: Path) -> None:
    frames = pk.read_winamax(corpus)
    rare = frames.hands.filter(~frames.hands["game"].is_in(["holdem"]) | (frames.hands["added"] > 0))["hand_id"]
    wanted = set(frames.hands["hand_id"].sample(3000, seed=8)) | set(rare)
    for hand, seats, actions in rows_of(frames.where(pk.frames.pl.col("hand_id").is_in(sorted(wanted)))):
        check(hand, seats, actions)
