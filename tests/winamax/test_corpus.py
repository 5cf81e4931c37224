"""Every real file there is: what is refused, and why; all else balances."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import pokerlab as pk

EDITED_WRAP = "edited (INDEX.tsv): long lines were wrapped"
REJECTS = [
    ("20181006_Nice 05_real_holdem_no-limit.txt", "header", 7, f"{EDITED_WRAP}, the header's too"),
    ("20181006_Nice 05_real_holdem_no-limit.txt", "table", 3, f"{EDITED_WRAP}, the table's too"),
    ("Flop.txt", "board", 1, "edited: the summary's board is another than the flop"),
    ("NoRake.txt", "table", 1, "edited: a seat and a button numbered 0, blinds in the wrong order, a made-up date"),
    ("NLHE-Ticket-MTT-201010.raise.written.as.bet.preflop.txt", "half_chip", 1, "2010: half chips, rounded total"),
    ("NLHE-Ticket-MTT-201010.side.pot.txt", "half_chip", 1, "2010: half chips, rounded total"),
    ("WithSittingOut.txt", "unknown_line", 1, "edited (INDEX.tsv): a seat without a stack"),
]
"""File, rule, number of hands, and the fault that the format notes name."""


@pytest.fixture(scope="module")
def frames(corpus: Path) -> pk.HandFrames:
    return pk.read_winamax(corpus)


def test_only_hands_with_a_known_fault_are_refused(frames: pk.HandFrames) -> None:
    rows = [(Path(source).name, rule) for source, rule in frames.rejects.select("source", "rule").rows()]
    counted = sorted((*row, rows.count(row)) for row in set(rows))
    assert counted == sorted((name, rule, count) for name, rule, count, _ in REJECTS)


def test_every_hand_is_there(frames: pk.HandFrames, corpus: Path) -> None:
    index = pl.read_csv(corpus / "INDEX.tsv", separator="\t", infer_schema_length=None, quote_char=None)
    assert len(frames) + frames.rejects.height == index["hands"].cast(pl.Int64).sum()
    assert len(frames) >= 15_800


def test_every_game_is_there_and_balances(frames: pk.HandFrames) -> None:
    money = ("contributed", "collected", "net", "ev_net")
    sums = frames.seats.group_by("hand_id").agg(pl.sum(*money))
    hands = frames.hands.join(sums, on="hand_id")
    assert set(hands["game"]) == set(pk.schema.GAME.categories)
    wrong = hands.filter(
        (pl.col("contributed") + pl.col("added") != pl.col("pot"))
        | (pl.col("collected") + pl.col("rake") != pl.col("pot"))
        | (pl.col("net") != pl.col("added") - pl.col("rake"))
        | ((pl.col("ev_net") - pl.col("net")).abs() > 1e-6)
    )
    assert wrong.height == 0


def test_games_without_a_flop_have_statistics_of_their_first_round_alone(frames: pk.HandFrames) -> None:
    others = frames.where(pl.col("game").is_in(["stud", "stud_hilo", "razz", "deuce_to_seven"]))
    assert len(others) == 6
    assert others.hands["board"].null_count() == 6
    seats = others.seats
    of_streets = [stat for stat in pk.stats.ALL if isinstance(stat, pk.stats.Stat) and stat.group != "preflop"]
    told = [stat.chances for stat in of_streets if stat.code not in {"saw_f", "saw_t", "saw_r", "wsd"}]
    assert not any(seats.select(told).row(0))
    assert seats.select(pk.stats.VPIP.chances).item() > 0
    assert not seats.select(pl.any_horizontal("saw_flop", "saw_turn", "saw_river").any()).item()
    assert (seats["ev_net"] == seats["net"]).all()
    stud = seats.join(others.hands.filter(game="deuce_to_seven").select("hand_id"), on="hand_id", how="anti")
    assert stud["position"].null_count() == stud.height
