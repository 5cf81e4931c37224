"""Damaged input: the damage is a row of ``rejects`` with its place, and the rest is read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pokerlab as pk
from pokerlab import _ingest
from pokerlab.errors import HandSyntaxError, HistoryError

if TYPE_CHECKING:
    from pathlib import Path

HAND = """\
Winamax Poker - CashGame - HandId: #1234-7-1700000000 - Holdem no limit (0.01€/0.02€) - 2023/11/14 22:13:20 UTC
Table: 'Nice 05' 5-max (real money) Seat #1 is the button
Seat 1: dani call (2€)
Seat 3: raise.500 (1.50€)
Seat 4: Hg Sil  Kuib (4€)
*** ANTE/BLINDS ***
raise.500 posts small blind 0.01€
Hg Sil  Kuib posts big blind 0.02€
Dealt to dani call [As Kd]
*** PRE-FLOP ***\u0020
dani call raises 0.04€ to 0.06€
raise.500 folds
Hg Sil  Kuib calls 0.04€
*** FLOP *** [2c 7h 9s]
Hg Sil  Kuib checks
dani call bets 0.10€
Hg Sil  Kuib folds
dani call collected 0.23€ from pot
*** SUMMARY ***
Total pot 0.23€ | No rake
Board: [2c 7h 9s]
Seat 1: dani call (button) won 0.23€


"""
"""A hand made up for these tests: 0.13 in the pot, 0.10 of a bet nobody called."""


def parse(text: str) -> pk.HandFrames:
    return _ingest.parse(text.encode(), source="made up")


def test_the_undamaged_hand_is_read() -> None:
    frames = parse(HAND)
    assert frames.rejects.height == 0
    hero = frames.seats.row(0, named=True)
    assert (hero["player"], hero["hole"], hero["is_hero"], hero["position"]) == ("dani call", "AsKd", True, "BTN")
    assert (hero["contributed"], hero["returned"], hero["collected"], hero["net"]) == (6, 10, 13, 7)


DAMAGE = {
    "unknown_line": ("raise.500 folds", "raise.500 naps"),
    "header": ("HandId: #1234-7-", "HandId: #1234-x-"),
    "game": ("Holdem no limit", "Badugi no limit"),
    "seat": ("Seat 3: raise", "Seat 1: raise"),
    "order": ("Hg Sil  Kuib checks", "raise.500 checks"),
    "stack": ("raise.500 (1.50€)", "raise.500 (0€)"),
    "check": ("Hg Sil  Kuib calls 0.04€", "Hg Sil  Kuib checks"),
    "call": ("calls 0.04€", "calls 0.03€"),
    "bet": ("dani call raises 0.04€ to 0.06€", "dani call bets 0.06€"),
    "raise": ("raises 0.04€ to 0.06€", "raises 0€ to 0.02€"),
    "all_in": ("bets 0.10€", "bets 0.10€ and is all-in"),
    "cards": ("[2c 7h 9s]", "[2c 7h As]"),
    "board": ("Board: [2c 7h 9s]", "Board: [2c 7h 9d]"),
    "total_pot": ("Total pot 0.23€", "Total pot 0.24€"),
    "collected": ("dani call collected 0.23€ from pot\n", ""),
    "won": ("(button) won 0.23€", "(button) won 0.22€"),
    "truncated": ("*** SUMMARY ***\nTotal pot 0.23€ | No rake\nBoard: [2c 7h 9s]\n", ""),
}


@pytest.mark.parametrize("rule", DAMAGE)
def test_a_damaged_hand_is_refused_by_its_rule_and_the_rest_is_read(rule: str) -> None:
    old, new = DAMAGE[rule]
    assert old in HAND
    damaged = HAND.replace(old, new)
    if rule == "collected":
        damaged = damaged.replace("won 0.23€", "won 0€")
    if rule == "truncated":
        damaged = damaged.replace("Seat 1: dani call (button) won 0.23€\n", "")
    other = HAND.replace("#1234-7-", "#1234-8-")
    frames = parse(damaged + other)
    assert frames.rejects["rule"].to_list() == [rule]
    assert frames.hands["hand_id"].to_list() == ["1234-8-1700000000"]
    row = frames.rejects.row(0, named=True)
    assert row["text"].rstrip() == damaged.rstrip()
    assert (row["source"], row["offset"]) == ("made up", 0)
    assert damaged.splitlines()[row["line_number"] - 1].rstrip() == row["line"]
    assert row["reason"]


def test_text_outside_hands_is_a_reject_too() -> None:
    frames = parse(HAND + "hello\nthere\n\n" + HAND.replace("-7-", "-8-"))
    assert len(frames) == 2
    assert frames.rejects.select("rule", "line", "line_number", "text").row(0) == (
        "stray_text", "hello", HAND.count("\n") + 1, "hello\nthere\n\n",
    )  # fmt: skip


def test_every_byte_is_in_a_hand_or_in_a_reject(cash_file: Path) -> None:
    data = cash_file.read_bytes()
    broken = data.replace(b" folds", b" folts", 3) + b"rubbish at the end"
    frames = _ingest.parse(broken, source="x")
    texts = "".join(frames.rejects["text"])
    rejected = sum(map(len, frames.rejects["text"].str.encode("hex"))) // 2
    kept = [m.start() for m in re.finditer(b"Winamax Poker - ", broken)]
    assert len(frames) + frames.rejects.filter(rule="unknown_line").height == len(kept)
    assert "rubbish at the end" in texts
    assert set(frames.hands["offset"]) | set(frames.rejects["offset"]) >= set(kept)
    assert rejected >= len("rubbish at the end")


def test_a_cut_off_last_hand_is_refused_as_truncated(cash_file: Path) -> None:
    data = cash_file.read_bytes()
    whole = len(_ingest.parse(data))
    cut = data[: data.rindex(b"*** SUMMARY ***")]
    frames = _ingest.parse(cut)
    assert len(frames) == whole - 1
    assert frames.rejects["rule"].to_list() == ["truncated"]


def test_bytes_that_are_no_utf8_cost_one_hand_only() -> None:
    text = (HAND.replace("-7-", "-6-") + HAND + HAND.replace("-7-", "-8-")).encode()
    place = text.index(b"dani call bets", len(HAND.encode()))
    frames = _ingest.parse(text[:place] + b"\xff" + text[place:])
    assert frames.hands["hand_id"].to_list() == ["1234-6-1700000000", "1234-8-1700000000"]
    assert frames.rejects["rule"].to_list() == ["encoding"]


def test_an_old_windows_file_is_read_whole_and_keeps_its_offsets() -> None:
    second = HAND.replace("-7-", "-8-")
    data = (HAND + second).encode("cp1252")
    frames = _ingest.parse(data)
    assert frames.rejects.height == 0
    assert frames.hands["offset"].to_list() == [0, len(HAND.encode("cp1252"))]


def test_surrogates_in_a_name_become_one_sign() -> None:
    name = "lud\ud912x"
    data = HAND.replace("raise.500", name).encode("utf-8", "surrogatepass")
    frames = _ingest.parse(data)
    assert frames.rejects.height == 0
    assert frames.seats["player"][1] == "lud\ufffdx"


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    plain = parse(HAND)
    frames = _ingest.parse(b"\xef\xbb\xbf" + HAND.replace("\n", "\r\n").encode(), source="made up")
    assert frames.seats.equals(plain.seats)
    assert frames.actions.equals(plain.actions)


def test_a_file_of_another_site_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    other, empty, good = tmp_path / "stars.txt", tmp_path / "empty.txt", tmp_path / "good.txt"
    other.write_text("PokerStars Hand #1: Hold'em No Limit\n")
    empty.touch()
    good.write_text(HAND)
    frames = pk.read_winamax([other, empty, good])
    assert len(frames) == 1
    assert frames.rejects.select("source", "rule").rows() == [(str(other), "not_winamax"), (str(empty), "empty")]
    assert len(pk.read_winamax(tmp_path)) == 1


def test_a_path_that_does_not_exist_is_quoted(tmp_path: Path) -> None:
    with pytest.raises(HistoryError, match=r"'.*nowhere' does not exist"):
        pk.read_winamax(tmp_path / "nowhere")


def test_strict_raises_with_the_facts_of_the_reject() -> None:
    with pytest.raises(HandSyntaxError, match=r"line 12 .*no line of this shape.*'raise.500 naps'") as caught:
        pk.read_winamax(HAND.replace("raise.500 folds", "raise.500 naps").encode(), strict=True)
    assert caught.value.rule == "unknown_line"
    assert caught.value.line_number == 12


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_mutation_crashes_or_loses_a_hand(data: st.DataObject) -> None:
    text = bytearray((HAND + HAND.replace("-7-", "-8-")).encode())
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(text) - 1))
        kind = data.draw(st.sampled_from("xid"))
        if kind == "x":
            text[place] = data.draw(st.integers(0, 255))
        elif kind == "i":
            text[place:place] = data.draw(st.binary(max_size=8))
        else:
            del text[place : place + data.draw(st.integers(1, 40))]
    frames = _ingest.parse(bytes(text))
    headers = bytes(text).count(b"Winamax Poker - ")
    assert len(frames) + frames.rejects.height >= min(headers, 1)
    assert len(frames) <= headers
