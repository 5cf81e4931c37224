"""Tournaments with many tables: chips stay in them, ranks are right, entries are told one by one."""

from __future__ import annotations

import re
from random import Random
from typing import TYPE_CHECKING

import polars as pl
import pytest

from pokerlab import sample
from pokerlab.sample.multitable import MultiTable
from pokerlab.sample.names import player_names
from pokerlab.sample.structures import FLIGHTS, FREEROLLS, KNOCKOUTS, REBUYS, TICKETS, TOURNAMENTS
from pokerlab.sample.styles import HERO, STYLES
from pokerlab.sample.truth import together

if TYPE_CHECKING:
    from pathlib import Path

    from pokerlab.sample.structures import Structure

KINDS = [kind for kind in (*TOURNAMENTS, *KNOCKOUTS, *FREEROLLS, *REBUYS, *TICKETS, *FLIGHTS) if kind.field[1]]
AT = 1_650_000_000


def tournament(structure: Structure, seed: int) -> MultiTable:
    rng = Random(seed)
    regulars = [(name, STYLES[0]) for name in player_names(rng, 300, besides="Me")]
    return MultiTable(structure, 400_000_000, regulars, ("Me", HERO), rng, AT)


@pytest.mark.parametrize("structure", KINDS, ids=lambda kind: kind.name)
def test_no_chip_is_lost_and_ranks_are_of_those_who_were_left(structure: Structure) -> None:
    for seed in range(12):
        played = tournament(structure, seed)
        while not played.over:
            left = played.left
            entries = len(played.entries)
            hand = played.play()
            stacks = sum(player.stack for player in played.players)
            if len(played.entries) > entries:
                assert 1 <= played.entries[-1].rank <= left
                assert played.entries[-1].entrants >= left
            if not played.over:
                assert stacks + played.rest_chips == played.chips
                assert (played.rest == 0) == (played.rest_chips == 0)
                assert 2 <= len(played.players) <= structure.seats
            assert len({name for _, name, *_ in hand.seated}) == len({seat for seat, *_ in hand.seated})
        assert played.entries or structure.day_levels


def test_a_winner_has_all_chips_and_his_own_bounty() -> None:
    structure = KNOCKOUTS[2]
    for seed in range(400):
        played = tournament(structure, seed)
        while not played.over:
            played.play()
        if played.entries[-1].rank == 1:
            break
    assert played.entries[-1].rank == 1
    assert played.me.stack == played.count * structure.stack
    assert played.entries[-1].bounties >= structure.prices[0].bounty
    assert played.entries[-1].prize > 0


def test_half_a_bounty_is_paid_and_half_goes_on_the_head_of_the_winner() -> None:
    played = tournament(KNOCKOUTS[0], 1)
    out, winner = played.players[1], played.me
    hand = played.play().hand
    before = {player.name: player.stack for player in played.players} | {out.name: 10, winner.name: 1000}
    heads, mine = winner.bounty or 0, played.bounties
    out.bounty = 301
    hand.settled.collected[:] = [int(p.name == winner.name) for p in hand.deal.players]
    played._pay_bounty(out, before)
    assert (winner.bounty, played.bounties) == (heads + 150, mine + 151)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], sample.Truth]:
    folder = tmp_path_factory.mktemp("many")
    told = [sample.write(folder, 4_000, seed=4, game=game) for game in ("tournament", "knockout", "ticket")]
    files = {path.name: path.read_bytes().decode() for path in folder.iterdir()}
    return files, together([truth for truth in told if truth])


def test_one_file_holds_several_tables_and_entries(many) -> None:
    files, _ = many
    tables = [set(re.findall(r"^Table: '.+\(\d+\)#(\d+)' ", text, re.MULTILINE)) for text in files.values()]
    assert max(map(len, tables)) > 2
    blocks = [text.count("Tournament summary : ") for name, text in files.items() if name.endswith("_summary.txt")]
    assert {1, 2} <= set(blocks)


def test_every_entry_has_its_block_and_its_cost(many) -> None:
    files, truth = many
    again = truth.tournaments.filter(pl.col("entries") > 1)
    assert again.height > 3
    for row in again.iter_rows(named=True):
        blocks = files[row["source"].rsplit("/", 1)[1]].split("\n\n\n")[:-1]
        assert len(blocks) == row["entries"]
        assert row["cost"] == row["entries"] * (row["buy_in"] + row["bounty"] + row["fee"])
        assert all("- Late Registration" in block for block in blocks[:-1])
        assert f"You finished in {row['rank']}" in blocks[-1]


def test_who_moves_to_a_table_may_wait_a_hand(many) -> None:
    _, truth = many
    waiting = truth.seats.filter(~pl.col("dealt"))
    assert waiting.height > 50
    assert waiting.filter(pl.col("player") == "Nina.Blau").height > 0
    assert truth.hands.filter(pl.col("heroes").list.len() == 0).height > 0


def test_tickets_are_won(many) -> None:
    files, truth = many
    tickets = truth.tournaments.filter(pl.col("ticket").is_not_null())
    assert set(tickets["ticket"]) >= {"5€", "Tremplin Winamax Poker Tour"}
    text = "".join(files.values())
    assert "You won Ticket 5€\n" in text
    assert "You won Tremplin Winamax Poker Tour\n" in text
    assert re.search(r"You won \S+€ \+ Bounty \S+€\n", text)
    assert re.search(r"You won Bounty \S+€\n", text)


def test_rebuys_and_add_ons_are_told_and_paid(tmp_path: Path) -> None:
    truth = sample.write(tmp_path, 3_000, seed=2, game="rebuy")
    assert truth is not None
    seen = set()
    for row in truth.tournaments.iter_rows(named=True):
        text = (tmp_path / row["source"]).read_text(encoding="utf-8")
        told = dict(line.split(" : ", 1) for line in text.split("\n") if " : " in line and "Levels" not in line)
        rebuys, addons = int(told["Your rebuys"]), int(told["Your addons"])
        assert row["cost"] == (1 + rebuys + addons) * (row["buy_in"] + row["fee"])
        assert row["entries"] == 1
        assert int(told["Total rebuys"]) >= rebuys
        assert told["Rebuy cost"] == told["Addon cost"] == told["Buy-In"]
        seen.add((rebuys > 0, addons > 0))
    assert len(seen) > 2
