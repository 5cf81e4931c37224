"""The eighteen traps of Winamax's format, a test or more each, on hands made up for them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

import pokerlab as pk
from pokerlab import _ingest
from tests.winamax.hands import CASH, STUD, TOURNAMENT

if TYPE_CHECKING:
    from pathlib import Path


def read(text: str) -> pk.HandFrames:
    frames = _ingest.parse(text.replace("{n}", "1").encode())
    assert frames.rejects.select("rule", "line").rows() == []
    return frames


def rule(text: str) -> str:
    frames = _ingest.parse(text.replace("{n}", "1").encode())
    assert len(frames) == 0
    return frames.rejects["rule"].item()


def swap(text: str, *pairs: tuple[str, str]) -> str:
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


def player(frames: pk.HandFrames, name: str) -> dict[str, object]:
    return frames.seats.filter(player=name).row(0, named=True)


def test_1_the_total_pot_is_what_is_left_after_rake() -> None:
    hand = read(CASH).hands.row(0, named=True)
    assert (hand["pot"], hand["rake"]) == (13, 1)
    assert rule(swap(CASH, ("Total pot 0.22€", "Total pot 0.23€"))) == "total_pot"


def test_2_an_uncalled_bet_comes_back_inside_what_is_collected() -> None:
    winner = player(read(CASH), "ann")
    assert (winner["contributed"], winner["returned"], winner["collected"], winner["net"]) == (6, 10, 12, 6)


def test_2_an_uncalled_bet_may_come_back_as_a_side_pot() -> None:
    frames = read(TOURNAMENT)
    loser = player(frames, "ann")
    assert (loser["contributed"], loser["returned"], loser["collected"], loser["won"]) == (500, 1000, 0, False)
    assert frames.hands["pot"].item() == 1300


@pytest.mark.parametrize("label", ["main pot", "side pot 1", "pot"])
def test_3_the_names_of_pots_change_nothing(label: str) -> None:
    frames = read(swap(TOURNAMENT, ("from main pot", f"from {label}")))
    assert player(frames, "bob")["collected"] == 1300


DEAD = swap(
    CASH,
    ("Seat 4: cat (4€)\n", "Seat 4: cat (4€)\nSeat 5: dan (3€)\n"),
    ("Dealt to", "dan posts small blind 0.01€ out of position\nDealt to"),
    ("Dealt to", "dan posts big blind 0.02€ out of position\nDealt to"),
    ("ann raises 0.04€ to 0.06€\n", "dan raises 0.04€ to 0.07€\nann calls 0.06€\n"),
    ("cat calls 0.04€\n", "cat folds\n"),
    ("cat checks\nann bets 0.10€\ncat folds", "dan checks\nann bets 0.10€\ndan folds"),
    ("0.22€", "0.25€"),
)
"""Dan comes back: a dead 0.01 and a live 0.02; he raises to 0.07, of which 0.01 is the dead blind."""


def test_4_a_raise_counts_the_raisers_dead_blind() -> None:
    dan = player(read(DEAD), "dan")
    assert (dan["contributed"], dan["net"]) == (7, -7)


def test_4_the_amount_between_raises_and_to_is_not_trusted() -> None:
    assert read(swap(CASH, ("raises 0.04€ to", "raises 0.06€ to"))).seats.equals(read(CASH).seats)


def test_5_a_small_blind_out_of_position_is_dead_and_a_big_blind_is_live() -> None:
    acts = read(DEAD).actions.filter(player="dan").select("action", "amount", "to").rows()
    assert acts[:2] == [("dead_blind", 1, 0), ("big_blind", 2, 2)]


def test_5_one_line_may_be_both_blinds() -> None:
    both = swap(
        DEAD,
        ("dan posts small blind 0.01€ out", "dan posts small blind 0.03€ out"),
        ("dan posts big blind 0.02€ out", "dan posts big blind 0€ out"),
    )
    assert read(both).seats.equals(read(DEAD).seats)


def test_6_three_stakes_begin_with_the_ante_and_limit_stakes_are_bets() -> None:
    stakes = ("small_blind", "big_blind", "ante")
    assert read(TOURNAMENT).hands.select(stakes).row(0) == (40, 80, 10)
    limit = swap(CASH, ("Holdem no limit (0.01€/0.02€)", "Holdem fixed limit (0.02€/0.04€)"))
    assert read(limit).hands.select(stakes).row(0) == (1, 2, 0)
    assert read(STUD).hands.select(stakes).row(0) == (None, 500, 100)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("ann posts ante 10", "ann posts ante 20"),
        ("cat posts small blind 40", "cat posts small blind 30"),
        ("ann posts big blind 80", "ann posts big blind 90"),
        ("(10/40/80)", "(40/80)"),
    ],
)
def test_6_what_is_posted_is_what_the_header_says(old: str, new: str) -> None:
    assert rule(swap(TOURNAMENT, (old, new))) == "post"


def test_7_the_key_is_the_whole_id_and_the_tournament_is_named_by_the_table() -> None:
    hand = read(TOURNAMENT).hands.row(0, named=True)
    assert hand["hand_id"] == f"{(5142226 << 32) + 8}-1-1700000000"
    assert (hand["tournament_id"], hand["tournament_name"]) == ("5142226", "Lundi")
    assert rule(swap(TOURNAMENT, ("(5142226)#007", "(5142226)#008"))) == "table"
    assert rule(swap(TOURNAMENT, ("(5142226)#007", "(5142225)#007"))) == "table"


def test_8_time_is_that_of_the_id_and_before_2012_dates_are_of_paris() -> None:
    old = swap(CASH, ("1700000000", "1300000000"), ("2023/11/14 22:13:20", "2011/03/13 08:06:40"))
    assert read(old).hands["played_at"].item() == datetime(2011, 3, 13, 7, 6, 40, tzinfo=UTC)


@pytest.mark.parametrize("stamp", ["2023/11/14 22:13:21", "2023/01/01 12:00:00"])
def test_8_a_second_apart_or_a_made_up_date_is_not_held_against_a_hand(stamp: str) -> None:
    assert read(swap(CASH, ("2023/11/14 22:13:20", stamp))).hands["played_at"].item().year == 2023


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("2023/11/14 22:13:20", "2023/11/15 22:13:20", "date"),
        ("2023/11/14 22:13:20", "2024/11/14 22:13:20", "date"),
        ("-1700000000", "-1701000000", "date"),
        ("-1700000000", "-170000000", "date"),
        ("2023/11/14", "2023/11/31", "header"),
        ("2023/11/14", "2023/02/29", "header"),
        ("22:13:20", "24:13:20", "header"),
    ],
)
def test_8_a_wrong_digit_in_date_or_id_is_seen(old: str, new: str, why: str) -> None:
    assert rule(swap(CASH, (old, new))) == why


@pytest.mark.parametrize("buy_in", ["0,90€ + 0,10€", "0.90€ + 0.10€", "2,25€ + 2,25€ + 0,50€", "Ticket", "Gratuit"])
def test_9_buy_ins_have_commas_or_points_and_amounts_points_only(buy_in: str) -> None:
    assert read(swap(TOURNAMENT, ("0,90€ + 0,10€", buy_in))).hands["tournament_name"].item() == "Lundi"
    assert rule(swap(CASH, ("bets 0.10€", "bets 0,10€"))) == "unknown_line"


def test_10_play_money_has_no_sign_and_may_be_raked() -> None:
    play = swap(CASH, ("real money", "play money"), ("€", ""))
    assert read(play).hands.select("unit", "rake").row(0) == ("play_cent", 1)
    assert read(CASH).hands["unit"].item() == "eur_cent"
    assert read(TOURNAMENT).hands["unit"].item() == "chip"


@pytest.mark.parametrize("name", ["Dusu\u8618", "Reare\u2303", "Rab\ufffd"])
def test_11_names_may_hold_any_sign_of_unicode(name: str) -> None:
    assert read(swap(CASH, ("bob", name))).seats["player"].to_list() == ["ann", name, "cat"]


@pytest.mark.parametrize("name", ["dani call", "raise.500", "Hg Sil  Kuib", "3411", "ann folds", "-.x", "shows [As"])
def test_12_names_may_be_words_of_actions_and_hold_blanks(name: str) -> None:
    frames = read(swap(CASH, ("bob", name)))
    assert frames.seats["player"].to_list() == ["ann", name, "cat"]
    assert frames.actions.filter(action="fold")["player"].to_list() == [name, "cat"]


def test_13_who_has_no_line_of_his_own_was_not_dealt_in() -> None:
    idle = swap(CASH, ("Seat 4: cat (4€)\n", "Seat 4: cat (4€)\nSeat 5: dan (0€)\n"))
    row = player(read(idle), "dan")
    assert (row["dealt"], row["position"], row["hole"]) == (False, None, None)
    assert read(idle).hands["n_players"].item() == 3


def test_13_a_hand_without_the_hero_is_read() -> None:
    frames = read(swap(CASH, ("Dealt to ann [As Kd]\n", "")))
    assert frames.hands["heroes"].to_list() == [[]]


def test_14_the_button_may_be_an_empty_seat() -> None:
    frames = read(swap(CASH, ("Seat #1 is", "Seat #2 is"), ("ann (button) won", "ann won")))
    assert frames.seats.select("position", "is_button").rows() == [("BTN", False), ("SB", False), ("BB", False)]


def test_14_the_small_blind_may_be_missing_or_denied() -> None:
    for line in ("", "bob denies small blind\n", "dan deny BB 0€\n"):
        text = swap(
            CASH,
            ("bob posts small blind 0.01€\n", line),
            ("0.22€", "0.21€"),
        )
        assert read(text).seats["position"].to_list() == ["CO", "BTN", "BB"]


def test_14_heads_up_the_button_is_the_small_blind() -> None:
    text = swap(
        CASH,
        ("Seat 3: bob (1.50€)\n", ""),
        ("bob posts small blind", "ann posts small blind"),
        ("bob folds\n", ""),
        ("0.22€", "0.21€"),
        ("(button) won", "(small blind) (button) won"),
    )
    assert read(text).seats["position"].to_list() == ["SB", "BB"]


def test_14_a_button_numbered_0_is_none_and_only_stud_has_it() -> None:
    assert read(swap(STUD, ("6-max (real money) ", "6-max (play money) Seat #0 is the button"))).hands[
        "button_seat"
    ].to_list() == [None]
    assert rule(swap(CASH, ("Seat #1 is", "Seat #0 is"))) == "table"


def test_15_trailing_blanks_are_no_part_of_a_line() -> None:
    blanks = "".join(f"{line}  \n" if line else "\n" for line in CASH.splitlines())
    assert read(blanks).seats.equals(read(CASH).seats)


@pytest.mark.parametrize("ends", ["\r\n", " \r\n"])
def test_16_line_ends_and_a_mark_of_order_change_nothing(ends: str) -> None:
    assert read("\ufeff" + CASH.replace("\n", ends)).seats.equals(read(CASH).seats)


def test_16_one_blank_line_ends_a_hand_and_another_hand_may_follow_at_once() -> None:
    text = CASH.format(n=1).rstrip("\n") + "\n" + CASH.format(n=2).rstrip("\n") + "\n\n" + CASH.format(n=3)
    assert len(_ingest.parse(text.encode())) == 3


def test_17_a_file_may_hold_tables_and_entries_mixed_gaps_and_repeats(tmp_path: Path) -> None:
    other = swap(TOURNAMENT, ("#007", "#008"), (str((5142226 << 32) + 8), str((5142226 << 32) + 9)))
    hands = [TOURNAMENT.replace("{n}", "4"), other.replace("{n}", "9"), TOURNAMENT.replace("{n}", "2")]
    (tmp_path / "a.txt").write_text("".join(hands + hands[:2]))
    frames = pk.read_winamax(tmp_path)
    assert (len(frames), frames.rejects.height) == (3, 0)
    assert frames.hands["table"].unique().sort().to_list() == ["Lundi(5142226)#007", "Lundi(5142226)#008"]


@pytest.mark.parametrize("place", ["1st", "2nd", "3rd", "21th", "22th", "383th"])
def test_18_ordinals_of_summaries_are_naive(place: str) -> None:
    text = (
        "Winamax Poker - Tournament summary : Lundi(5142226)\nPlayer : ann\nBuy-In : 0.90€ + 0.10€\n"
        "Registered players : 400\nPrizepool : 360€\nTournament started 2023/11/14 20:00:00 UTC\n"
        f"You played 1h 2min 3s \nYou finished in {place} place\n\n"
    )
    frames = _ingest.parse(text.encode())
    assert frames.rejects.height == 0
    assert frames.tournaments["rank"].to_list() == [int(place[:-2])]
