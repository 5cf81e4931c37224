"""Games other than Hold'em: their streets, their cards, and what of Hold'em they do not have."""

from __future__ import annotations

import pytest

import pokerlab as pk
from pokerlab import _ingest
from pokerlab.winamax import grammar
from tests.winamax.hands import DRAW, OMAHA_HI_LO, STUD


def read(text: str) -> pk.HandFrames:
    frames = _ingest.parse(text.format(n=1).encode())
    assert frames.rejects.select("rule", "line").rows() == []
    return frames


def rejects(text: str) -> list[str]:
    return _ingest.parse(text.format(n=1).encode()).rejects["rule"].to_list()


def test_hi_and_lo_are_added_up_and_nobody_is_all_in_adjusted() -> None:
    frames = read(OMAHA_HI_LO)
    assert frames.hands.select("game", "limit", "pot", "rake").row(0) == ("omaha4_hilo", "pot_limit", 4000, 50)
    assert frames.seats["net"].to_list() == [-25, -25]
    assert frames.seats["ev_net"].to_list() == [-25.0, -25.0]
    assert frames.seats["hole"].to_list() == ["AdTdTs8d", "4d9h7h2s"]
    assert frames.actions.filter(action="collect")["amount"].to_list() == [1975, 1975]


def test_a_high_only_game_has_no_low_pot() -> None:
    assert rejects(OMAHA_HI_LO.replace("Omaha Hi/Lo", "Omaha")) == ["unknown_line"]


@pytest.mark.parametrize("game", [game for game in grammar.GAMES if game.hi_lo and game.cards == 4])
def test_every_spelling_of_omaha_hi_lo_is_read(game: grammar.Game) -> None:
    assert read(OMAHA_HI_LO.replace("Omaha Hi/Lo pot limit", game.text)).hands["game"][0] == game.game


@pytest.mark.parametrize("game", [game for game in grammar.GAMES if game.family == "stud"])
def test_every_spelling_of_a_stud_game_is_read(game: grammar.Game) -> None:
    assert read(STUD.replace("7-Card Stud fixed limit", game.text)).hands["game"][0] == game.game


@pytest.mark.parametrize(
    "names",
    [
        ("3rd STREET", "4th STREET", "5th STREET", "6th STREET", "7th STREET"),
        ("THIRD", "FOURTH", "FIFTH", "SIXTH", "SEVENTH"),
    ],
)
def test_both_spellings_of_stud_streets_are_read(names: tuple[str, ...]) -> None:
    text = STUD
    for old, new in zip(("3rd", "4th", "5th", "6th", "7th"), names, strict=True):
        text = text.replace(f"{old} STREET", new)
    streets = read(text).actions["street"].unique(maintain_order=True).to_list()
    assert streets == ["blinds", "third", "fourth", "showdown"]


def test_a_raise_after_a_bring_in_is_counted_with_it_and_all_ins_need_no_words() -> None:
    actions = read(STUD).actions.filter(player="ann")
    wanted = ["action", "amount", "to", "is_all_in"]
    assert actions.select(wanted).rows()[:4] == [
        ("ante", 100, 0, False),
        ("bring_in", 200, 200, False),
        ("raise", 800, 1000, False),
        ("call", 300, 300, True),
    ]


def test_stud_tells_the_cards_it_knows_in_the_order_of_the_deal() -> None:
    seats = read(STUD).seats
    assert seats["hole"].to_list() == ["4dAc2h5cJsAdTs", "Jh6hKc6d7d2d9s", "Kd3s9h"]
    assert seats["is_hero"].to_list() == [False, False, True]
    assert seats["went_to_showdown"].to_list() == [True, True, False]


def test_stud_has_no_blinds_button_position_or_board() -> None:
    frames = read(STUD)
    row = frames.hands.row(0, named=True)
    assert (row["small_blind"], row["big_blind"], row["ante"]) == (None, 500, 100)
    assert (row["button_seat"], row["board"]) == (None, None)
    assert frames.seats["position"].null_count() == 3
    assert frames.seats.select(pk.stats.VPIP.chances, pk.stats.STEAL.chances, pk.stats.AFQ.rate).row(0) == (3, 0, None)


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("Dealt to bob [X X Kc] [6d]", "Dealt to bob [X X Kd] [6d]", "cards"),
        ("Dealt to bob [X X Kc] [6d]", "Dealt to bob [X X Kc] [9h]", "cards"),
        ("Dealt to bob [X X Kc] [6d]\n", "", "cards"),
        ("Dealt to ann [X X 2h 5c Js Ad] [X]\n", "", "cards"),
        ("ann shows [4d Ac 2h", "ann shows [4d Ac 2c", "cards"),
        ("ann shows [4d Ac", "ann shows [Jh Ac", "cards"),
        ("*** 5th STREET ***\n", "", "cards"),
        ("ann brings in 2€\n", "", "raise"),
        ("ann brings in 2€", "ann brings in 6€", "stack"),
        ("ann brings in 2€", "ann brings in 2€\nann brings in 2€", "bet"),
        ("ann posts ante 1€", "ann posts small blind 1€", "post"),
        ("6-max (real money)", "6-max (real money) Seat #2 is the button", "table"),
        ("7-Card Stud", "Holdem", "table"),
        ("cat folds\n", "", "order"),
        ("bob bets 3€\nann calls 3€\n", "", "unfinished"),
        ("*** 3rd STREET ***", "*** PRE-FLOP ***", "unknown_line"),
    ],
)
def test_damage_to_stud_is_seen(old: str, new: str, rule: str) -> None:
    assert old in STUD
    assert rejects(STUD.replace(old, new)) == [rule]


def test_a_draw_and_the_betting_behind_it_are_one_street() -> None:
    frames = read(DRAW)
    acts = frames.actions.filter(player="ann").select("street", "action").rows()
    assert acts == [
        ("blinds", "big_blind"),
        ("preflop", "call"),
        ("draw1", "discard"),
        ("draw1", "check"),
        ("draw2", "stand_pat"),
        ("draw2", "check"),
        ("draw2", "call"),
        ("draw3", "discard"),
        ("draw3", "bet"),
        ("showdown", "show"),
        ("showdown", "collect"),
    ]
    assert frames.actions.filter(player="bob", street="draw3")["action"].to_list() == ["stand_pat", "call"]


def test_draw_tells_the_last_whole_hand_positions_and_statistics_of_the_first_round() -> None:
    seats = read(DRAW).seats
    assert seats["hole"].to_list() == ["2h4d8c7c3s", "9h4h5s3h2d"]
    assert seats["position"].to_list() == ["BB", "SB"]
    assert seats.select(pk.stats.VPIP.chances, pk.stats.CBET_F.chances, pk.stats.AFQ.rate).row(0) == (2, 0, None)


def test_a_hand_thrown_away_is_the_last_that_was_told() -> None:
    cut = DRAW[: DRAW.index("*** SECOND-BET")] + (
        "*** SECOND-BET ***\nann checks\nbob bets 5€\nann folds\nbob collected 23€ from pot\n"
        "*** SUMMARY ***\nTotal pot 23€ | Rake 2€\nSeat 4: bob (small blind) (button) won 23€\n\n"
    )
    assert read(cut).seats["hole"].to_list() == ["2hTd8c7c8s", None]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("ann stands pat [2h Td 8c 7c 3s]", "ann stands pat [2h Td 8c 6c 3s]", "cards"),
        ("ann stands pat [2h Td 8c 7c 3s]", "ann stands pat [2h Td 8c 7c X]", "cards"),
        ("bob discard 2 cards\n", "", "order"),
        ("bob discard 0 card", "bob discard 0 card\nbob discard 0 card", "order"),
        ("bob discard 2 cards", "bob discard 6 cards", "cards"),
        ("bob shows [9h", "bob shows [8c", "cards"),
        ("ann checks\nbob checks\n", "", "unfinished"),
        ("*** SECOND-DRAW ***\n", "", "unknown_line"),
        ("*** FIRST-BET ***", "*** 3rd STREET ***", "unknown_line"),
    ],
)
def test_damage_to_draw_is_seen(old: str, new: str, rule: str) -> None:
    assert old in DRAW
    assert rejects(DRAW.replace(old, new, 1)) == [rule]
