"""Damage histories at random and hold the parser to what it promises: run by test_damage.py, bounds checked."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import polars as pl
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

import pokerlab as pk
from pokerlab import _ingest
from tests.winamax.hands import CASH, EVERY_GAME, TOURNAMENT

MARK = "Winamax Poker - "
WORDS = (
    " folds",
    "€",
    "[As]",
    "*** FLOP *** [2c 7h 9s]",
    "Seat 1: ",
    "\x00",
    "\x1a",
    "\ufeff",
    "\r",
    "X X",
    "99999999999",
)


def simulated() -> list[str]:
    """Give hands of every game that the simulator plays, a file's first twenty each."""
    hands = []
    with tempfile.TemporaryDirectory() as folder:
        for game in pk.sample.GAMES:
            pk.sample.write(Path(folder, game), 40, seed=3, game=game, truth=False)
        for path in sorted(Path(folder).rglob("*.txt")):
            texts = path.read_text().split(MARK)[1:21]
            hands += [MARK + text for text in texts if not text.startswith("Tournament summary")]
    return hands


FIRST, LAST = CASH.replace("{n}", "1"), TOURNAMENT.replace("{n}", "2")
VICTIMS = [hand.replace("{n}", "3") for hand in EVERY_GAME] + simulated()


def damaged(draw: st.DrawFn, data: bytes) -> bytes:
    """Remove, double or swap lines, or change, cut or insert bytes."""
    kind = draw(st.sampled_from(("remove", "double", "swap", "byte", "cut", "insert")))
    if kind in ("remove", "double", "swap"):
        lines = data.split(b"\n")
        i, j = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
        if kind == "remove":
            del lines[i]
        elif kind == "double":
            lines.insert(j, lines[i])
        else:
            lines[i], lines[j] = lines[j], lines[i]
        return b"\n".join(lines)
    start = draw(st.integers(0, len(data)))
    if kind == "byte":
        return data[:start] + bytes([draw(st.integers(0, 255))]) + data[start + 1 :]
    if kind == "cut":
        return data[:start] + data[start + draw(st.integers(1, 60)) :]
    added = draw(st.sampled_from(WORDS).map(str.encode) | st.binary(min_size=1, max_size=8))
    return data[:start] + added + data[start:]


@st.composite
def victims(draw: st.DrawFn) -> bytes:
    """Give a hand with one to three damages."""
    data = draw(st.sampled_from(VICTIMS)).encode()
    for _ in range(draw(st.integers(1, 3))):
        data = damaged(draw, data)
    return data


def assert_invariants(frames: pk.HandFrames) -> None:
    """Every accepted hand balances and is whole."""
    sums = frames.seats.group_by("hand_id").agg(pl.sum("contributed", "collected", "net", "ev_net", "dealt"))
    hands = frames.hands.join(sums, on="hand_id", how="left")
    right = hands.select(
        (pl.col("contributed") + pl.col("added") == pl.col("pot"))
        & (pl.col("collected") + pl.col("rake") == pl.col("pot"))
        & (pl.col("net") == pl.col("collected") - pl.col("contributed"))
        & ((pl.col("ev_net") - pl.col("net")).abs() < 1e-6)
        & (pl.col("n_players") == pl.col("dealt"))
        & (pl.col("n_players") >= 2)
    ).to_series()
    assert right.all()
    seats, actions = frames.seats, frames.actions
    assert (seats["contributed"] <= seats["stack"]).all()
    assert seats.filter(pl.min_horizontal("contributed", "returned", "collected") < 0).height == 0
    assert actions.filter(pl.min_horizontal("amount", "to", "to_call", "pot_before", "stack_before") < 0).height == 0


def rows(frames: pk.HandFrames, place: int) -> list[tuple[object, ...]]:
    """Give all that the frames say of the hand that begins at a byte."""
    ids = frames.hands.filter(offset=place).select("hand_id")
    if ids.height != 1:
        return []
    parts = [frames.hands.filter(offset=place).drop("offset")]
    parts += [table.join(ids, on="hand_id") for table in (frames.seats, frames.actions)]
    return [row for part in parts for row in part.rows()]


ALONE = [rows(_ingest.parse(hand.encode()), 0) for hand in (FIRST, LAST)]


def check(victim: bytes) -> None:
    """The hands before and behind are read as if alone, and nothing is lost."""
    text = FIRST.encode() + victim + b"\n\n\n" + LAST.encode()
    frames = _ingest.parse(text)
    assert rows(frames, 0) == ALONE[0]
    assert rows(frames, len(text) - len(LAST.encode())) == ALONE[1]
    assert_invariants(frames)
    if victim.strip():
        assert len(frames) + frames.rejects.height + frames.tournaments.height > 2


def main(examples: int, start: int) -> None:
    """Try so many damaged hands."""
    limits = settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    seed(start)(limits(given(victims())(check)))()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
