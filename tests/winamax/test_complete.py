"""Hands that lack something, and hands that go against the rules: refused, never half read."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

import pokerlab as pk
from pokerlab import _ingest

HEAD = (
    "Winamax Poker - CashGame - HandId: #77-{n}-1700000000 - Holdem no limit (0.01€/0.02€) - 2023/11/14 22:13:20 UTC\n"
)
HAND = (
    HEAD
    + """\
Table: 'Nice 05' 5-max (real money) Seat #1 is the button
Seat 1: ann (2€)
Seat 3: bob (1.50€)
Seat 4: cat (4€)
*** ANTE/BLINDS ***
bob posts small blind 0.01€
cat posts big blind 0.02€
Dealt to ann [As Kd]
*** PRE-FLOP ***
ann raises 0.04€ to 0.06€
bob folds
cat calls 0.04€
*** FLOP *** [2c 7h 9s]
cat checks
ann bets 0.10€
cat folds
ann collected 0.23€ from pot
*** SUMMARY ***
Total pot 0.23€ | No rake
Board: [2c 7h 9s]
Seat 1: ann (button) won 0.23€


"""
)


def rules(text: str) -> list[str]:
    frames = _ingest.parse(text.format(n=1).encode())
    assert len(frames) + frames.rejects.height == 1
    return frames.rejects["rule"].to_list()


def test_the_hand_as_it_is_is_read() -> None:
    assert rules(HAND) == []


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("Table: 'Nice 05' 5-max (real money) Seat #1 is the button\n", "", "incomplete"),
        ("*** PRE-FLOP ***\n", "", "post"),
        ("Board: [2c 7h 9s]\n", "", "incomplete"),
        ("Board: [2c 7h 9s]\n", "Board: [2c 7h 9s]\nBoard: [2c 7h 9s]\n", "board"),
        ("bob folds\n", "", "order"),
        ("ann bets 0.10€\ncat folds\n", "ann bets 0.10€\n", "unfinished"),
        ("cat calls 0.04€\n", "", "unfinished"),
        ("Seat 4: cat (4€)", "Seat 4: ann (4€)", "seat"),
        ("[As Kd]", "[As Kd Qd]", "cards"),
        ("[As Kd]", "[As]", "cards"),
        ("[As Kd]", "[As Kd Qd Jd Td 8d 7d]", "cards"),
        ("Total pot 0.23€ | No rake\n", "Total pot 0.23€ | No rake\nTotal pot 0.23€ | No rake\n", "unknown_line"),
        ("-1700000000 -", "-9999999999999999 -", "date"),
    ],
)
def test_what_is_missing_or_against_the_rules_is_refused(old: str, new: str, rule: str) -> None:
    assert old in HAND
    assert rules(HAND.replace(old, new)) == [rule]


def test_the_shortest_texts_write_nowhere_they_should_not() -> None:
    """Three lines each, thousands of them: in a process of its own, since a fault would end it."""
    code = f"""
import pokerlab._ingest as i
text = "".join({HEAD!r}.format(n=n) + "*** SUMMARY ***\\nTotal pot 0€ | No rake\\n\\n" for n in range(5000))
frames = i.parse(text.encode())
print(len(frames), frames.rejects.height)
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout.split() == ["0", "5000"]


def test_nothing_of_a_refused_hand_is_left_in_the_next() -> None:
    first = HAND.format(n=1).replace("5-max", "9-max").replace("cat checks", "cat chocks")
    second = HAND.format(n=2).replace("Table: 'Nice 05' 5-max (real money) Seat #1 is the button\n", "")
    third = HAND.format(n=3)
    frames = _ingest.parse((first + second + third).encode())
    assert frames.rejects["rule"].to_list() == ["unknown_line", "incomplete"]
    assert frames.hands.select("hand_id", "max_seats", "button_seat").rows() == [("77-3-1700000000", 5, 1)]


def test_a_live_blind_may_take_the_last_chips() -> None:
    text = HAND.replace("Seat 4: cat (4€)\n", "Seat 4: cat (4€)\nSeat 5: dan (0.02€)\n").replace(
        "Dealt to", "dan posts big blind 0.02€ out of position and is all-in\nDealt to"
    )
    text = text.replace("0.23€", "0.25€")
    frames = _ingest.parse(text.format(n=1).encode())
    # Dan is all-in and never folds, so somebody must show: the hand is refused for that, not for his blind.
    assert frames.rejects["rule"].to_list() == ["unfinished"]


def test_a_truncated_hand_is_told_where_its_own_file_ends() -> None:
    cut = HAND.format(n=1)[: HAND.format(n=1).index("*** SUMMARY")]
    pieces = [
        _ingest.winamax.Piece("a.txt", cut.encode()),
        _ingest.winamax.Piece("b.txt", b"\xef\xbb\xbf" + HAND.format(n=2).encode()),
    ]
    frames = _ingest.derive(pieces)
    row = frames.rejects.row(0, named=True)
    assert (row["source"], row["rule"], row["line"]) == ("a.txt", "truncated", "ann collected 0.23€ from pot")
    assert row["line_number"] == cut.count("\n")
    assert row["text"].rstrip() == cut.rstrip()
    assert frames.hands["source"].to_list() == ["b.txt"]


def test_a_piece_inside_a_file_does_not_know_its_line_numbers() -> None:
    damaged = HAND.format(n=1).replace("bob folds", "bob fold")
    frames = _ingest.parse(damaged.encode(), source="x", offset=5000)
    assert frames.rejects.select("offset", "line_number", "line").row(0) == (5000, None, "bob fold")


def test_thousands_of_rejects_are_told_in_time_that_grows_with_their_number() -> None:
    badugi = HAND.replace("Holdem no limit", "Badugi fixed limit")
    frames = _ingest.parse("".join(badugi.format(n=n) for n in range(4000)).encode())
    assert frames.rejects.height == 4000
    assert frames.rejects["line_number"].to_list() == [1 + n * badugi.count("\n") for n in range(4000)]


def test_empty_and_filled_frames_go_together() -> None:
    frames = pk.sample.hands(20, seed=1)
    both = pk.concat([pk.HandFrames.empty(), frames, _ingest.parse(b"")])
    assert both.seats.equals(frames.seats)
    assert pk.stats.report(_ingest.parse(b"").seats).height == 0
