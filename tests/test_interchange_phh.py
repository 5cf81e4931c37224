"""Poker Hand Histories: what is written PokerKit plays as it was, and what is read back are the same frames."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pokerkit import HandHistory
from polars.testing import assert_frame_equal

import pokerlab as pk
from pokerlab.errors import ExportError, HistoryError
from pokerlab.interchange import LeftOutError, each_hand, phh_history, replay
from tests.few import rest_in_ci

if TYPE_CHECKING:
    from pathlib import Path

GOING = ("cash", "fixed_limit", "omaha4", "play_money", "fast_fold")
"""Games of the simulator of which every hand goes."""

TOURNAMENTS = ("sit_and_go", "double_or_nothing", "expresso_nitro", "tournament", "knockout", "omaha_tournament")

DWAN_IVEY = """
variant = "NT"
ante_trimming_status = true
antes = [500, 500, 500]
blinds_or_straddles = [1000, 2000, 0]
min_bet = 2000
starting_stacks = [1125600, 2000000, 553500]
actions = [
  "d dh p1 Ac2d", "d dh p2 7h6h", "d dh p3 ????",
  "p3 cbr 7000", "p1 cbr 23000", "p2 f", "p3 cc",
  "d db Jc3d5c", "p1 cbr 35000", "p3 cc",
  "d db 4h", "p1 cbr 90000", "p3 f",
]
players = ["Phil", "Tom", "Patrik"]
"""


def round_trip(frames: pk.HandFrames, folder: Path) -> tuple[pk.HandFrames, pk.HandFrames]:
    """Write and read hands; give those that were written, before and after."""
    report = pk.export.phh(frames, folder / "hands.phhs", overwrite=True)
    again = pk.read_phh(report.path)
    gone = report.left_out["hand_id"].implode()
    assert report.written == len(again) == len(frames) - report.left_out.height
    assert again.rejects.height == 0
    return frames.where(~pl.col("hand_id").is_in(gone)), again


def assert_same_hands(before: pk.HandFrames, after: pk.HandFrames) -> None:
    """Compare all columns; the order in which several collect is not PHH's to tell."""
    assert_frame_equal(after.hands.drop("source", "offset"), before.hands.drop("source", "offset"))
    assert_frame_equal(after.seats, before.seats, check_column_order=False)
    key = ["hand_id", "street", "action", "seat", "pot_before", "stack_before"]
    one, two = (frames.actions.drop("seq").sort(key) for frames in (before, after))
    assert_frame_equal(one, two)
    decisions = pl.col("action").is_in(["fold", "check", "call", "bet", "raise"])
    one, two = (frames.actions.filter(decisions).drop("seq") for frames in (before, after))
    assert_frame_equal(one, two)


@pytest.mark.parametrize("game", GOING)
def test_every_hand_of_the_simulator_goes_and_comes_back_with_all_columns(game: str, tmp_path: Path) -> None:
    frames = pk.sample.hands(300, seed=41, game=game)
    before, after = round_trip(frames, tmp_path)
    assert len(after) == 300
    assert_same_hands(before, after)


@pytest.mark.parametrize("game", rest_in_ci(TOURNAMENTS, ("sit_and_go", "knockout", "omaha_tournament")))
def test_of_tournaments_only_hands_with_a_short_big_blind_stay(game: str, tmp_path: Path) -> None:
    frames = pk.sample.hands(300, seed=42, game=game)
    report = pk.export.phh(frames, tmp_path / "a.phhs")
    assert set(report.left_out["rule"]) <= {"short_blind"}
    short = (pl.col("action") == "big_blind") & pl.col("is_all_in") & (pl.col("amount") < pl.col("big_blind"))
    blinds = frames.actions.join(frames.hands.select("hand_id", "big_blind"), on="hand_id").filter(short)
    assert set(report.left_out["hand_id"]) <= set(blinds["hand_id"])
    assert_same_hands(*round_trip(frames, tmp_path))


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000), game=st.sampled_from(GOING))
def test_payoffs_are_equal_whatever_is_dealt(seed: int, game: str) -> None:
    for hand in each_hand(pk.sample.hands(20, seed=seed, game=game)):
        replay(phh_history(hand).dumps(), hand)


@pytest.mark.slow
@pytest.mark.parametrize("game", [*GOING, *TOURNAMENTS])
def test_thousands_of_hands_come_back(game: str, tmp_path: Path) -> None:
    for seed in range(2):
        frames = pk.sample.hands(3_000, seed=seed, game=game)
        before, after = round_trip(frames, tmp_path)
        assert len(after) >= 0.97 * len(frames)
        assert_same_hands(before, after)


@pytest.mark.slow
def test_real_hands_go_but_for_those_that_phh_has_no_words_for(corpus: Path, tmp_path: Path) -> None:
    frames = pk.read_winamax(corpus)
    report = pk.export.phh(frames, tmp_path / "a.phhs")
    assert report.written > 0.99 * len(frames)
    assert set(report.by_rule()) <= {"game", "added", "short_blind", "rules", "actions"}
    before, after = round_trip(frames, tmp_path)
    columns = ["hand_id", "seat", "player", "net", "position", "contributed", "returned", "collected"]
    assert_frame_equal(after.seats.select(columns), before.seats.select(columns))


@pytest.mark.parametrize(
    ("column", "change", "rule"),
    [("net", 7, "payoffs"), ("stack", -90_000, "rules"), ("collected", 100, "payoffs")],
)
def test_a_hand_whose_money_pokerkit_sees_otherwise_stays(column: str, change: int, rule: str) -> None:
    frames = pk.sample.hands(1, seed=5)
    winner = frames.seats.filter("won")["seat"][0]
    hand = next(each_hand(frames))
    seat = next(seat for seat in hand.seats if seat["seat"] == winner)
    text = phh_history(hand).dumps()
    if column == "stack":
        seat["stack"] += change
        text = phh_history(hand).dumps()
    else:
        seat["collected"] += change
    with pytest.raises(LeftOutError) as caught:
        replay(text, hand)
    assert caught.value.rule == rule


def test_an_action_that_is_not_the_hands_is_noticed() -> None:
    hand = next(each_hand(pk.sample.hands(1, seed=5)))
    row = next(row for row in hand.actions if row["action"] in {"bet", "raise", "call"})
    text = phh_history(hand).dumps()
    row["amount"] += 1
    row["to"] += 1
    with pytest.raises(LeftOutError, match="PokerKit's decision"):
        replay(text, hand)


def test_what_phh_cannot_express_is_told_by_hand_and_rule(tmp_path: Path) -> None:
    frames = pk.concat([pk.sample.hands(20, seed=1, game="omaha5"), pk.sample.hands(150, seed=1, game="hold_up")])
    report = pk.export.phh(frames, tmp_path)
    rules = report.by_rule()
    assert rules["game"] == 20
    assert rules["added"] == frames.hands.filter(pl.col("added") > 0, game="holdem").height > 0
    assert report.written + report.left_out.height == len(frames)
    assert report.path == tmp_path / "hands.phhs"
    assert "left out: {" in repr(report)


def test_one_hand_is_a_phh_file_and_several_are_not(tmp_path: Path) -> None:
    frames = pk.sample.hands(2, seed=3)
    one = frames.where(pl.col("hand_id") == frames.hands["hand_id"][0])
    report = pk.export.phh(one, tmp_path / "one.phh")
    history = HandHistory.loads(report.path.read_text())
    assert history.hand == one.hands["hand_id"][0]
    assert (history.currency, history.time_zone, history.venue) == ("EUR", "UTC", "Winamax")
    assert len(pk.read_phh(report.path)) == 1
    with pytest.raises(ExportError, match=r"name a \.phhs file"):
        pk.export.phh(frames, tmp_path / "two.phh")
    assert not (tmp_path / "two.phh").exists()
    assert list(tmp_path.iterdir()) == [report.path]


@pytest.mark.parametrize("name", ["O'Neil", "=1+1", "a # b", '"x"', "p1 f", "é€😀", "'a", "a'", r"a\n"])
def test_hostile_names_go_as_they_are(name: str, tmp_path: Path) -> None:
    frames = renamed(pk.sample.hands(5, seed=3), name)
    _, after = round_trip(frames, tmp_path)
    assert name in set(after.seats["player"])
    assert len(after) == 5


@pytest.mark.parametrize("name", ["a\nvenue = 'x", "a\0", "'''"])
def test_a_name_that_would_break_the_file_stays(name: str, tmp_path: Path) -> None:
    frames = renamed(pk.sample.hands(5, seed=3), name)
    report = pk.export.phh(frames, tmp_path, check=False)
    sits = frames.seats.filter(player=name)["hand_id"].n_unique()
    assert report.by_rule() == {"text": sits}


def renamed(frames: pk.HandFrames, name: str) -> pk.HandFrames:
    """Give one player another name."""
    old = frames.seats.filter("dealt", ~pl.col("is_hero"))["player"][0]
    new = pl.col("player").replace(old, name)
    return pk.HandFrames(**frames.tables() | {k: frames.tables()[k].with_columns(new) for k in ("seats", "actions")})


def test_a_hand_of_another_room_has_all_columns(tmp_path: Path) -> None:
    path = tmp_path / "hand.phh"
    path.write_text(DWAN_IVEY + "year = 2009\nmonth = 11\nday = 18\ntime = 20:30:00\ntime_zone = 'Europe/Paris'\n")
    frames = pk.read_phh(path)
    assert frames.rejects.height == 0
    assert frames.seats.columns == pk.sample.hands(1).seats.columns or set(frames.seats.columns) == set(
        pk.sample.hands(1).seats.columns
    )
    hand = frames.hands.row(0, named=True)
    assert (hand["unit"], hand["format"], hand["pot"], hand["rake"]) == (
        "chip",
        "cash",
        23_000 * 2 + 35_000 * 2 + 3_500,
        0,
    )
    assert hand["played_at"] == datetime(2009, 11, 18, 19, 30, tzinfo=UTC)
    seats = {row["player"]: row for row in frames.seats.iter_rows(named=True)}
    assert [seats[name]["position"] for name in ("Phil", "Tom", "Patrik")] == ["SB", "BB", "BTN"]
    assert [seats[name]["net"] for name in ("Phil", "Tom", "Patrik")] == [61_000, -2_500, -58_500]
    assert (seats["Patrik"]["did_vpip"], seats["Patrik"]["hole"], seats["Tom"]["hole"]) == (True, None, "7h6h")
    assert re.fullmatch(r"phh-[0-9a-f]{12}", hand["hand_id"])
    assert pk.read_phh(path).hands["hand_id"][0] == hand["hand_id"]
    pk.Store(tmp_path / "store").add(frames)


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('"NT"', '"FB"', "game"),
        ('"NT"', "NT", "toml"),
        ('"p3 f"', '"p3 f", "p1 f"', "rules"),
        ('"p2 f", ', "", "rules"),
        ("p1 cbr 23000", "p1 cbr 8000", "rules"),
        ("[1000, 2000, 0]", "[1000, 2000.5, 0]", "amount"),
        ("553500", "inf", "amount"),
        ("min_bet = 2000", "", "fields"),
        ('"Tom", ', "", "seats"),
        ('"p3 f",', "", "unfinished"),
        ("min_bet", "finishing_stacks = [1, 2, 3]\nmin_bet", "results"),
        ("min_bet", 'currency = "USD"\nmin_bet', "currency"),
    ],
)
def test_what_is_wrong_is_a_reject_and_the_rest_is_read(tmp_path: Path, old: str, new: str, rule: str) -> None:
    path = tmp_path / "hands.phhs"
    path.write_text(f"[1]\n{DWAN_IVEY.replace(old, new)}\n[2]\n{DWAN_IVEY}\n")
    frames = pk.read_phh(tmp_path)
    assert (len(frames), frames.rejects["rule"].to_list()) == (1, [rule])
    reject = frames.rejects.row(0, named=True)
    assert (reject["source"], reject["offset"], reject["line_number"]) == (str(path), 0, 1)
    assert reject["reason"]


def test_the_place_of_a_hand_is_that_of_its_header(tmp_path: Path) -> None:
    path = tmp_path / "hands.phhs"
    path.write_text(f"[1]\n{DWAN_IVEY}\n[2]\n{DWAN_IVEY.replace('Tom', 'Tim')}")
    frames = pk.read_phh(path)
    data = path.read_bytes()
    assert [data[offset : offset + 3] for offset in frames.hands["offset"]] == [b"[1]", b"[2]"]


def test_money_of_other_currencies_can_be_taken_for_chips(tmp_path: Path) -> None:
    path = tmp_path / "hand.phh"
    path.write_text(DWAN_IVEY.replace("[500, 500, 500]", "[500.25, 500.25, 500.25]") + 'currency = "USD"\n')
    frames = pk.read_phh(path, as_chips=True)
    assert frames.hands["big_blind"][0] == 200_000
    assert frames.actions.filter(action="ante")["amount"].to_list() == [50_025] * 3


def test_a_place_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(HistoryError, match="nowhere"):
        pk.read_phh(tmp_path / "nowhere")
    assert len(pk.read_phh(tmp_path)) == 0
    assert set(pk.read_phh([]).seats.columns) == set(pk.sample.hands(1).seats.columns)
