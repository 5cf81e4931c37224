"""Statistics of the players seen: off unless asked for, right, rare, and silent about hands that are held back."""

from __future__ import annotations

import threading
import time
from itertools import pairwise
from queue import Queue
from typing import TYPE_CHECKING, Any

import comm
import polars as pl
import pytest

import pokerlab as pk
from pokerlab import stats
from pokerlab._lab import open_lab
from pokerlab.errors import StoreError
from pokerlab.widgets import LiveHands, _statistics
from pokerlab.widgets._statistics import MOST_PLAYERS, STATS, Statistics, players
from pokerlab.wire import hands_of
from tests.widgets.test_live import FakeComm

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pokerlab._lab import Lab
    from pokerlab.frames import HandFrames


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    lab = open_lab(tmp_path / "store", tmp_path)
    yield lab
    lab.store.close()


@pytest.fixture(scope="module")
def frames() -> HandFrames:
    return pk.sample.hands(300, seed=4)


def announce(lab: Lab, frames: HandFrames, *, stored: bool = True) -> None:
    if stored:
        lab.store.add(frames)
    for hand in hands_of(frames):
        lab.hub.publish(hand)


def test_rates_are_those_of_the_report(lab: Lab, frames: HandFrames) -> None:
    announce(lab, frames)
    told = players(lab)
    report = stats.report(frames.seats, stats=STATS, interval=0.95).rows_by_key("player", named=True, unique=True)
    assert [row["player"] for row in told["players"]] == sorted(report, key=lambda name: (-report[name]["hands"], name))
    for row in told["players"]:
        expected = report[row["player"]]
        assert row["hands"] == expected["hands"]
        for stat, rate in zip(STATS, row["rates"], strict=True):
            assert (rate["rate"], rate["chances"]) == (expected[stat.code], expected[f"{stat.code}_chances"])
            interval = expected[f"{stat.code}_interval"]
            assert (rate["low"], rate["high"]) == ((interval["low"], interval["high"]) if interval else (None, None))
    assert [head["short"] for head in told["stats"]] == [stat.short for stat in STATS]


def test_players_of_other_hands_of_the_store_are_left_out_but_their_hands_count(lab: Lab, frames: HandFrames) -> None:
    lab.store.add(frames)
    last = frames.hands["hand_id"][-1]
    for hand in hands_of(frames.where(pl.col("hand_id") == last)):
        lab.hub.publish(hand)
    seats = frames.seats.filter(pl.col("hand_id") == last, pl.col("dealt"))
    told = {row["player"]: row["hands"] for row in players(lab)["players"]}
    assert set(told) == set(seats["player"])
    every = dict(frames.seats.filter("dealt").group_by("player").len().iter_rows())
    assert told == {name: every[name] for name in told}
    assert max(told.values()) > 1


def test_the_players_seen_last_are_kept_where_they_are_many(
    lab: Lab, frames: HandFrames, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_statistics, "MOST_PLAYERS", 2)
    announce(lab, frames)
    last = hands_of(frames)[-1]
    seen = [seat.player for seat in last.seats if seat.dealt][:2]
    assert {row["player"] for row in players(lab)["players"]} == set(seen)
    assert MOST_PLAYERS > 2


def test_a_player_with_aliases_is_one(lab: Lab, frames: HandFrames) -> None:
    announce(lab, frames)
    names = [row["player"] for row in players(lab)["players"]]
    lab.notes.alias(names[1], of=names[0])
    told = players(lab)["players"]
    assert names[1] not in [row["player"] for row in told]
    assert len(told) == len(names) - 1


def test_a_hand_that_is_held_back_does_not_count(tmp_path: Path, frames: HandFrames) -> None:
    lab = open_lab(tmp_path / "store", tmp_path, live_delay_s=3600)
    announce(lab, frames)
    assert players(lab)["players"] == []
    assert lab.seats.collect().height > 0
    lab.store.close()


def test_they_come_when_they_are_asked_for_and_not_before(
    lab: Lab, frames: HandFrames, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comm, "create_comm", FakeComm)
    asked: list[bool] = []
    monkeypatch.setattr(_statistics, "players", lambda lab: asked.append(True) or players(lab))
    widget = LiveHands(lab)
    announce(lab, frames)
    assert (widget._statistics._thread, asked, widget.players) == (None, [], {})
    told: Queue[dict[str, Any]] = Queue()
    widget.observe(lambda change: told.put(change["new"]), "players")
    widget.set_state({"show_stats": True})
    assert len(told.get(timeout=20)["players"]) > 2
    widget.close()
    assert asked == [True]


def test_they_are_computed_at_most_once_a_pause_and_hold_nobody_up(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_statistics, "PAUSE_S", 0.2)
    times: list[float] = []
    first, third = threading.Event(), threading.Event()

    def tell(_: dict[str, Any]) -> None:
        times.append(time.monotonic())
        first.set()
        if len(times) == 3:
            third.set()

    computing = Statistics(lab, tell)
    computing.ask()
    assert first.wait(10)
    while not third.is_set():
        computing.ask()
        third.wait(0.001)
    computing.close()
    assert all(later - earlier >= 0.2 for earlier, later in pairwise(times))
    computing.ask()
    assert len(times) == 3


def test_what_goes_wrong_is_told_and_ends_nothing(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_statistics, "PAUSE_S", 0.01)
    told: Queue[dict[str, Any]] = Queue()
    faults = [StoreError("the folder is gone"), OSError("no file")]

    def fail(lab: Lab) -> dict[str, Any]:
        if faults:
            raise faults.pop(0)
        return players(lab)

    monkeypatch.setattr(_statistics, "players", fail)
    computing = Statistics(lab, told.put)
    seen = []
    for _ in range(3):
        computing.ask()
        seen.append(told.get(timeout=10))
    computing.close()
    assert seen[0]["error"] == "the statistics cannot be computed: the folder is gone"
    assert seen[1]["error"] == "the statistics cannot be computed: OSError: no file"
    assert seen[2]["players"] == []
