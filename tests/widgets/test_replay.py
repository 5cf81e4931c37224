"""A hand step by step: chips are conserved, ends as the frames say, and shows no card that was not known by then."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import pokerlab as pk
from pokerlab.errors import SchemaError
from pokerlab.widgets._replay import STREET_NAMES, hand_steps, replay_states
from pokerlab.widgets._replay_equity import add_equities
from tests.few import GAMES
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
    for hand, seats, actions in rows_of(frames.where(pl.col("hand_id").is_in(sorted(wanted)))):
        check(hand, seats, actions)


def told(frames: HandFrames) -> list[tuple[str, str, int | None]]:
    return [(step["street"], step["action"], step["amount"]) for step in hand_steps(frames, equity=False)["steps"]]


def test_streets_that_were_dealt_without_an_action_are_steps_too() -> None:
    steps = told(read(made_up.TOURNAMENT))
    assert [street for street, action, _ in steps if action == "street"] == ["preflop", "flop", "turn", "river"]


def test_a_bet_that_nobody_called_goes_back_before_the_pot_is_collected() -> None:
    assert told(read(made_up.CASH))[-3:] == [("flop", "uncalled", 10), ("flop", "collect", 12), ("flop", "rake", 1)]
    # The line "collected 1000 from side pot 2" is nothing but the excess: it is told once.
    steps = told(read(made_up.TOURNAMENT))
    assert steps[-1] == ("showdown", "collect", 1300)
    assert ("preflop", "uncalled", 1000) in steps


def test_blinds_stay_in_front_of_the_players_until_the_flop() -> None:
    steps = hand_steps(read(made_up.CASH))["steps"]
    assert [(step["bets"], step["pots"]) for step in steps if step["action"] == "street"] == [
        ([0, 1, 2], []),
        ([0, 0, 0], [13]),
    ]


def test_the_middle_is_cut_into_main_and_side_pots() -> None:
    steps = hand_steps(read(made_up.TOURNAMENT))["steps"]
    assert next(step["pots"] for step in steps if step["street"] == "flop") == [900, 400]


def test_upcards_of_stud_are_seen_where_the_others_stayed_unknown() -> None:
    frames = read(made_up.STUD)
    upcards = pl.when(pl.col("player") == "bob").then(pl.lit("Kc6d7d2d")).otherwise("hole")
    seats = frames.seats.with_columns(hole=upcards)
    hand, _, actions = next(rows_of(frames))
    steps = replay_states(hand, seats.to_dicts(), actions)
    shown = {step["street"]: step["cards"][1] for step in steps}
    assert shown["third"] == "????Kc"
    assert shown["fifth"] == "????Kc6d7d"
    assert shown["seventh"] == shown["showdown"] == "????Kc6d7d2d??"


def test_a_hand_of_a_draw_game_is_seen_from_the_draw_that_made_it() -> None:
    steps = hand_steps(read(made_up.DRAW))["steps"]
    backs = "??" * 5
    assert {step["cards"][0] for step in steps if step["street"] in {"preflop", "draw1", "draw2"}} == {backs}
    third = [step["cards"][0] for step in steps if step["street"] == "draw3"]
    assert third == [backs] + ["2h4d8c7c3s"] * 4


def test_equity_is_exact_on_each_street_and_as_pk_equity_gives_it() -> None:
    steps = hand_steps(read(made_up.TOURNAMENT))["steps"]
    for board in ("", "2c7h9s", "2c7h9s3d"):
        wanted = pk.equity("AcKc", "QhQd", "JhJd", board=board, method="exact").equity
        found = [step["equity"] for step in steps if step["board"] == board and step["street"] != "blinds"]
        assert found
        assert all(each == pytest.approx(wanted, abs=6e-6) for each in found)
    assert steps[-1]["equity"] == [0, 1, 0]


def test_equity_is_only_given_where_two_hands_are_known() -> None:
    steps = hand_steps(read(made_up.CASH))["steps"]
    assert {share for step in steps for share in step["equity"]} == {None}


def test_a_known_hand_that_was_folded_has_no_equity_and_its_cards_cannot_come() -> None:
    frames = read(made_up.TOURNAMENT)
    hand, seats, actions = next(rows_of(frames))
    for row in actions:  # cat folds where he went all-in
        if row["player"] == "cat" and row["action"] == "raise":
            row |= {"action": "fold", "amount": 0, "is_all_in": False}
    steps = replay_states(hand, seats, actions)
    add_equities(steps, "holdem")
    shares = next(step["equity"] for step in steps if step["street"] == "flop")
    wanted = pk.equity("AcKc", "QhQd", board="2c7h9s", dead="JhJd", method="exact").equity
    assert shares == [pytest.approx(wanted[0], abs=6e-6), pytest.approx(wanted[1], abs=6e-6), None]


def test_names_lose_what_would_move_the_text_around_them() -> None:
    frames = pk.sample.hands(1, seed=1)
    renamed = frames.seats.with_columns(player=pl.lit("a\u202eb\x1b"))
    changed = pk.HandFrames(frames.hands, renamed, frames.actions, frames.tournaments, frames.rejects)
    assert {seat["player"] for seat in hand_steps(changed)["seats"]} == {"a\ufffdb\ufffd"}


def test_a_hand_that_is_not_there_is_an_error_with_its_name() -> None:
    frames = pk.sample.hands(2, seed=1)
    with pytest.raises(SchemaError, match="there is no hand 'x-1'"):
        hand_steps(frames, "x-1")
    with pytest.raises(SchemaError, match="2 hands; name the one"):
        hand_steps(frames)
