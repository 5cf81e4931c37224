"""Open Hand History: the fields of the published schema, and money that adds up to the frames."""

from __future__ import annotations

import json
import re
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import pokerlab as pk
from pokerlab.interchange import each_hand

if TYPE_CHECKING:
    from pathlib import Path

# The fields of Open Hand History 1.4.7, from the pages and change log of hh-specs.handhistory.org; True may be null.
TEXT, WHOLE, NUMBER, YES_NO, CARDS = str, int, (int, Decimal), bool, list
FIELDS: dict[str, dict[str, tuple[Any, bool]]] = {
    "ohh": {
        **dict.fromkeys(("spec_version", "site_name", "network_name", "internal_version"), (TEXT, False)),
        **dict.fromkeys(("game_number", "start_date_utc", "table_name", "game_type", "currency"), (TEXT, False)),
        **dict.fromkeys(("table_handle", "table_skin"), (TEXT, True)),
        **dict.fromkeys(("players", "rounds", "pots", "tournament_bounties", "flags"), (list, False)),
        **dict.fromkeys(("small_blind_amount", "big_blind_amount"), (NUMBER, True)),
        "ante_amount": (NUMBER, False),
        "tournament": (YES_NO, False),
        "bet_limit": (dict, False),
        "table_size": (WHOLE, False),
        "dealer_seat": (WHOLE, False),
        "hero_player_id": (WHOLE, True),
    },
    "bet_limit": {"bet_type": (TEXT, False), "bet_cap": (NUMBER, False)},
    "players": {
        "id": (WHOLE, False),
        "seat": (WHOLE, False),
        "name": (TEXT, False),
        "display": (TEXT, True),
        "starting_stack": (NUMBER, False),
        "player_bounty": (NUMBER, True),
        "is_sitting_out": (YES_NO, False),
    },
    "rounds": {"id": (WHOLE, False), "street": (TEXT, False), "cards": (CARDS, False), "actions": (list, False)},
    "pots": {
        "number": (WHOLE, False),
        "amount": (NUMBER, False),
        "rake": (NUMBER, False),
        "jackpot": (NUMBER, False),
        "player_wins": (list, False),
    },
    "player_wins": {"player_id": (WHOLE, False), "win_amount": (NUMBER, False)},
    "tournament_info": {
        "tournament_number": (TEXT, False),
        "name": (TEXT, False),
        "start_date_utc": (TEXT, True),
        "currency": (TEXT, False),
        **dict.fromkeys(("buyin_amount", "fee_amount", "bounty_fee_amount"), (NUMBER, True)),
        "initial_stack": (WHOLE, True),
        "type": (TEXT, False),
        "flags": (list, False),
        "speed": (dict, True),
    },
}
ACTION = {"action_number": WHOLE, "action": TEXT, "amount": NUMBER, "is_allin": YES_NO}
ACTIONS = {"Dealt Cards", "Mucks Cards", "Shows Cards", "Post Ante", "Post SB", "Post BB", "Straddle", "Post Dead"}
ACTIONS |= {"Post Extra Blind", "Fold", "Check", "Bet", "Raise", "Call", "Add to Pot"}
STREETS = ["Preflop", "Flop", "Turn", "River", "Showdown"]
CARD = re.compile("[2-9TJQKA][cdhs]")
OPTIONS = {
    "game_type": {"Holdem", "Omaha", "OmahaHiLo", "Stud", "StudHiLo", "Draw"},
    "bet_type": {"NL", "PL", "FL"},
    "currency": {"EUR", "XPM", ""},
    "type": {"STT", "MTT", "Normal", "Semi-Turbo", "Turbo"},
}
FLAGS = {"Fast", "Observed", "SNG", "DON", "Bounty", "Lottery", "Satellite"}


def written(frames: pk.HandFrames, folder: Path) -> list[dict[str, Any]]:
    """Write hands, and read the objects of the file with exact numbers."""
    report = pk.export.ohh(frames, folder / "hands.ohh", overwrite=True)
    assert report.written + report.left_out.height == len(frames)
    texts = report.path.read_text(encoding="utf-8").split("\n\n")
    assert texts.pop() == ""
    assert all("\n" not in text for text in texts)
    return [json.loads(text, parse_float=Decimal)["ohh"] for text in texts]


def check_fields(name: str, found: dict[str, Any]) -> None:
    """Compare an object with the table of fields."""
    known = FIELDS[name]
    assert set(found) - {"tournament_info"} == set(known), name
    for field, (kind, nullable) in known.items():
        value = found[field]
        assert isinstance(value, kind) or (nullable and value is None), (name, field, value)
        if field in OPTIONS:
            assert value in OPTIONS[field]
        if field == "flags":
            assert set(value) <= FLAGS


def check_action(action: dict[str, Any], players: set[int]) -> None:
    assert set(action) - {"player_id", "cards"} == set(ACTION)
    assert all(isinstance(action[field], kind) for field, kind in ACTION.items())
    assert action["action"] in ACTIONS
    assert action["amount"] >= 0
    assert action["action"] == "Add to Pot" or action["player_id"] in players
    assert all(CARD.fullmatch(card) for card in action.get("cards", []))


def check_object(found: dict[str, Any]) -> None:
    check_fields("ohh", found)
    check_fields("bet_limit", found["bet_limit"])
    assert ("tournament_info" in found) == found["tournament"]
    if found["tournament"]:
        check_fields("tournament_info", found["tournament_info"])
    players = {player["id"] for player in found["players"]}
    for player in found["players"]:
        check_fields("players", player)
    assert [pot["number"] for pot in found["pots"]] == list(range(len(found["pots"])))
    for pot in found["pots"]:
        check_fields("pots", pot)
        for win in pot["player_wins"]:
            check_fields("player_wins", win)
    streets = [part["street"] for part in found["rounds"]]
    assert streets == [street for street in STREETS if street in streets]
    for number, part in enumerate(found["rounds"]):
        check_fields("rounds", part)
        assert part["id"] == number
        assert [action["action_number"] for action in part["actions"]] == list(range(1, len(part["actions"]) + 1))
        for action in part["actions"]:
            check_action(action, players)
            assert not (part["street"] == "Preflop" and action["action"] == "Bet")
    cards = [card for part in found["rounds"] for card in part["cards"]]
    assert all(CARD.fullmatch(card) for card in cards)


def check_money(found: dict[str, Any], hand: Any) -> None:
    """Compare pots, rake, wins and what everybody put in with the frames, to the cent."""
    unit = 1 if hand.facts["unit"] == "chip" else 100
    assert sum(pot["amount"] for pot in found["pots"]) * unit == hand.facts["pot"]
    assert sum(pot["rake"] for pot in found["pots"]) * unit == hand.facts["rake"]
    wins: Counter[int] = Counter()
    for pot in found["pots"]:
        assert pot["rake"] >= 0
        assert pot["amount"] == pot["rake"] + sum(win["win_amount"] for win in pot["player_wins"])
        for win in pot["player_wins"]:
            wins[win["player_id"]] += win["win_amount"] * unit
    put_in: Counter[int] = Counter()
    for action in (action for part in found["rounds"] for action in part["actions"]):
        put_in[action.get("player_id", -1)] += action["amount"] * unit
    for player, seat in zip(found["players"], hand.seats, strict=True):
        assert wins[player["id"]] == seat["collected"]
        assert put_in[player["id"]] == seat["contributed"] + seat["returned"]
        assert player["starting_stack"] * unit == seat["stack"]
    assert put_in[-1] == hand.facts["added"]


@pytest.mark.parametrize("game", pk.sample.GAMES)
def test_objects_have_the_published_fields_and_the_money_of_the_frames(game: str, tmp_path: Path) -> None:
    frames = pk.sample.hands(200, seed=7, game=game)
    hands = {hand.hand_id: hand for hand in each_hand(frames)}
    objects = written(frames, tmp_path)
    assert len(objects) == 200
    for found in objects:
        check_object(found)
        check_money(found, hands[found["game_number"]])


@pytest.mark.slow
def test_real_hands_have_the_published_fields_and_the_money_of_the_frames(corpus: Path, tmp_path: Path) -> None:
    frames = pk.read_winamax(corpus)
    hands = {hand.hand_id: hand for hand in each_hand(frames)}
    objects = written(frames, tmp_path)
    assert len(objects) > 0.999 * len(frames)
    for found in objects:
        check_object(found)
        check_money(found, hands[found["game_number"]])


def test_side_pots_are_those_that_the_all_ins_cut(tmp_path: Path) -> None:
    frames = pk.sample.hands(1_500, seed=3, game="tournament")
    several = [found for found in written(frames, tmp_path) if len(found["pots"]) > 1]
    assert several
    hands = {hand.hand_id: hand for hand in each_hand(frames)}
    for found in several:
        hand = hands[found["game_number"]]
        put_in = {seat["seat"]: seat["contributed"] for seat in hand.seats}
        least = min(put_in[seat] for seat in hand.standing())
        assert found["pots"][0]["amount"] == sum(min(amount, least) for amount in put_in.values())


def test_a_tournament_tells_what_its_summary_told(tmp_path: Path) -> None:
    pk.sample.write(tmp_path / "history", 400, seed=4, game="knockout", truth=False)
    frames = pk.read_winamax(tmp_path / "history")
    row = frames.tournaments.row(0, named=True)
    found = [
        item
        for item in written(frames, tmp_path)
        if item["tournament_info"]["tournament_number"] == row["tournament_id"]
    ]
    info = found[0]["tournament_info"]
    assert info["buyin_amount"] * 100 == row["buy_in"]
    assert info["fee_amount"] * 100 == row["fee"]
    assert info["start_date_utc"] == row["started_at"].strftime("%Y-%m-%dT%H:%M:%SZ")
    assert (found[0]["currency"], info["currency"]) == ("", "EUR")
    assert any(player["player_bounty"] for player in found[0]["players"])


def test_a_tournament_for_play_money_is_in_play_money(tmp_path: Path) -> None:
    pk.sample.write(tmp_path / "history", 200, seed=4, game="play_money_tournament", truth=False)
    frames = pk.read_winamax(tmp_path / "history")
    told = set(frames.tournaments["tournament_id"])
    infos = [found["tournament_info"] for found in written(frames, tmp_path)]
    assert told
    assert {info["currency"] for info in infos if info["tournament_number"] in told} == {"XPM"}


def test_the_hero_is_named_and_only_his_cards_are_dealt_open(tmp_path: Path) -> None:
    frames = pk.sample.hands(100, seed=1)
    heroes = set(frames.heroes())
    for found in written(frames, tmp_path):
        names = {player["id"]: player["name"] for player in found["players"]}
        dealt = [action for action in found["rounds"][0]["actions"] if action["action"] == "Dealt Cards"]
        assert {names[action["player_id"]] for action in dealt if "cards" in action} <= heroes
        assert (names.get(found["hero_player_id"]) in heroes) == ("Observed" not in found["flags"])


def test_stud_and_draw_are_left_out_and_told(tmp_path: Path) -> None:
    frames = pk.sample.hands(3, seed=1)
    other = frames.hands.with_columns(game=pl.lit("razz").cast(pk.schema.GAME))
    report = pk.export.ohh(pk.HandFrames(**frames.tables() | {"hands": other}), tmp_path)
    assert (report.written, report.by_rule()) == (0, {"game": 3})
    assert "razz" in report.left_out["reason"][0]
