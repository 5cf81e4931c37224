"""The notation of mini-hands refuses what the rules do not allow, so that no case says other than it seems to."""

from __future__ import annotations

import pytest

import pokerlab as pk
from tests.stats import mini


def test_a_mini_hand_becomes_the_whole_text_of_a_hand() -> None:
    text = mini.text_of("3max 50bb BB=0.5 ante=0.1 | BTN c, SB c | x, b2, f", 7)
    frames = pk.read_winamax(text.encode())
    assert frames.rejects.height == 0
    assert frames.hands.select("hand_id", "ante", "board").row(0) == ("7-1-1700000000", 20, "2c7h9sJd3c")
    assert frames.seats.select("player", "position", "stack", "net").rows() == [
        ("SB", "SB", 10000, -220),
        ("BB", "BB", 100, 200),
        ("BTN", "BTN", 10000, 20),
    ]
    assert frames.actions["action"].to_list()[:8] == [
        *("ante", "ante", "ante", "small_blind", "big_blind"),
        *("call", "call", "check"),
    ]


@pytest.mark.parametrize(
    ("play", "reason"),
    [
        ("3max 100bb | SB f", "it is the turn of BTN on the PRE-FLOP for 'SB f'"),
        ("3max 100bb | BTN r3, SB c", "it is still the turn of"),
        ("3max 100bb | f, f, f", "it is the turn of nobody"),
        ("2max 100bb | c, x | x, x", "have chips and no TURN"),
        ("3max 100bb | z", "unknown action 'z'"),
        ("3max 100bb straddle=2 | f, f", "unknown option 'straddle=2'"),
    ],
)
def test_what_cannot_be_played_is_refused(play: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        mini.text_of(play, 1)


def test_expectations_that_say_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="not 'vpip'"):
        mini.read_cases("== a title\n2max 100bb | f\nSB: vpip")
    with pytest.raises(ValueError, match="a case begins with '== title'"):
        mini.read_cases("2max 100bb | f\nSB: vpip 0/1")
