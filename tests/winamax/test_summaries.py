"""Tournament summaries: entries, money, and blocks that are refused with what is wrong in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import pokerlab as pk
from pokerlab import _ingest

if TYPE_CHECKING:
    from pathlib import Path

BLOCK = """\
Winamax Poker - Tournament summary : SPACE KO(123456)
Player : ann
Buy-In : 2.25€ + 2.25€ + 0.50€
Registered players : 1200
Mode : tt
Type : knockout
Speed : normal
Flight ID : 0
Levels : Levels : [100-200:25:2100:holdem-no-limit,125-250:30:420:holdem-no-limit]
Prizepool : 5400€
Tournament started 2023/07/08 11:30:00 UTC
You played 20min 52s
You finished in 737th place

"""
WON = BLOCK.replace("in 737th place", "in 7th place\nYou won 213.79€ + Bounty 69€")


def test_two_entries_are_one_tournament_with_the_cost_of_both() -> None:
    row = _ingest.parse((BLOCK + WON).encode(), source="s").tournaments.row(0, named=True)
    assert (row["entries"], row["rank"], row["cost"]) == (2, 7, 1000)
    assert (row["buy_in"], row["bounty"], row["fee"]) == (225, 225, 50)
    assert (row["prize"], row["bounties_won"], row["net"]) == (21379, 6900, 21379 + 6900 - 1000)


def test_a_copy_of_a_summary_counts_once(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(WON)
    (tmp_path / "c.txt").write_text(BLOCK + WON)
    frames = pk.read_winamax(tmp_path)
    assert frames.tournaments.select("entries", "cost").rows() == [(2, 1000)]


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("2023/07/08", "2023/13/45", "Tournament started 2023/13/45 11:30:00 UTC", "is no time"),
        ("5400€", "9" * 25 + "€", f"Prizepool : {'9' * 25}€", "is not understood"),
        ("5400€", "20.999€", "Prizepool : 20.999€", "is not understood"),
        ("1200", "9999999999", "Registered players : 9999999999", "is not understood"),
        ("Player : ann", "Player : ann\nPlayer : bob", "Player : bob", "says hero twice: 'ann' and 'bob'"),
        ("Registered players : 1200\n", "", "Winamax Poker - Tournament summary : SPACE KO(123456)", "lacks entrants"),
        ("Speed : normal", "Mood : normal", "Mood : normal", "is not understood"),
    ],
)
def test_a_wrong_line_costs_its_block_only(old: str, new: str, line: str, reason: str) -> None:
    other = BLOCK.replace("123456", "99")
    frames = _ingest.parse((BLOCK.replace(old, new) + other).encode(), source="s")
    assert frames.tournaments["tournament_id"].to_list() == ["99"]
    row = frames.rejects.row(0, named=True)
    assert (row["rule"], row["line"]) == ("summary", line)
    assert reason in row["reason"]


def test_a_ticket_without_an_amount_leaves_the_net_open() -> None:
    named = BLOCK.replace("in 737th place", "in 1st place\nYou won Tremplin Winamax Poker Tour")
    row = _ingest.parse(named.encode()).tournaments.row(0, named=True)
    assert (row["ticket"], row["net"], row["cost"]) == ("Tremplin Winamax Poker Tour", None, 500)
    printed = BLOCK.replace("in 737th place", "in 1st place\nYou won Ticket 10€")
    assert _ingest.parse(printed.encode()).tournaments.row(0, named=True)["net"] == 1000 - 500
