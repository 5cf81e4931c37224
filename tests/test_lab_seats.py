"""Seats of a store with all columns of statistics, also of hands that were stored without them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import pokerlab as pk
from pokerlab import facts, schema, stats
from pokerlab._lab import _seats, stored_seats
from pokerlab.errors import StatError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEY = ["hand_id", "seat"]
OWN = stats.Stat("flat", facts.CALLS, facts.FACING_ONE_RAISE & ~facts.WAS_VOLUNTARY, name="Flat call")


@pytest.fixture(scope="module")
def frames() -> pk.HandFrames:
    return pk.sample.hands(500, seed=31)


@pytest.fixture(scope="module")
def store(frames: pk.HandFrames, tmp_path_factory: pytest.TempPathFactory) -> pk.Store:
    """Store hands as three versions of pokerlab did: without statistics, with three, with all."""
    store = pk.Store(tmp_path_factory.mktemp("old") / "store", auto_compact=False)
    few = [name for stat in stats.BASIC for name in stat.flag.columns]
    ids = frames.hands["hand_id"]
    for start, names in ((0, []), (100, few), (300, frames.seats.columns)):
        part = frames.where(pl.col("hand_id").is_in(ids[start : start + (100 if start == 0 else 200)].implode()))
        wanted = list(dict.fromkeys([*schema.SEATS, *names]))
        store.add(replace(part, seats=part.seats.select(wanted)))
    return store


@pytest.fixture
def own() -> Iterator[stats.Stat]:
    stats.register(OWN)
    yield OWN
    stats.unregister(OWN.code)


def test_all_columns_of_all_hands_are_those_of_new_hands(store: pk.Store, frames: pk.HandFrames) -> None:
    assert store.scan("seats").select(pl.col("could_cbet_f").null_count()).collect().item() > 0
    for engine in ("in-memory", "streaming"):
        seats = stored_seats(store.snapshot()).collect(engine=engine)
        assert_frame_equal(seats.sort(KEY).select(frames.seats.columns), frames.seats.sort(KEY))


@pytest.mark.parametrize("stat", [*stats.HUD, stats.STEAL_OK, stats.SPR_F, stats.WSD_AFTER_RIVER_CALL, stats.NET])
def test_a_report_of_the_store_is_that_of_new_hands(
    store: pk.Store, frames: pk.HandFrames, stat: stats.AnyStat
) -> None:
    seats = pk.open(store, history=[]).seats
    assert_frame_equal(stats.report(seats, stats=[stat]), stats.report(frames.seats, stats=[stat]))


@pytest.mark.parametrize("engine", ["in-memory", "streaming"])
def test_a_registered_statistic_is_computed_for_stored_hands(
    store: pk.Store, frames: pk.HandFrames, own: stats.Stat, engine: str
) -> None:
    asked = [own.rate, own.count, own.chances, stats.VPIP.rate]
    new = stats.with_stats(frames.seats, frames.actions, [own])
    seats = pk.open(store, history=[]).seats
    table = seats.group_by("player").agg(asked).sort("player").collect(engine=engine)
    assert table.equals(new.group_by("player").agg(asked).sort("player"))
    player = frames.seats["player"].mode()[0]
    assert (
        seats.filter(player=player).select(asked).collect(engine=engine).equals(new.filter(player=player).select(asked))
    )
    rare = pl.col("did_flat") & (pl.col("position") == "BB")
    assert (
        seats.filter(rare).select(KEY).collect(engine=engine).sort(KEY).equals(new.filter(rare).select(KEY).sort(KEY))
    )


def test_the_newest_definition_holds_whatever_was_stored(tmp_path: Path, frames: pk.HandFrames) -> None:
    stats.register(OWN)
    try:
        store = pk.Store(tmp_path / "store")
        store.add(stored := replace(frames, seats=stats.with_stats(frames.seats, frames.actions, [OWN])))
        other = stats.Stat("flat", facts.FOLDS, facts.FACING_ONE_RAISE)
        stats.register(other, replace=True)
        told = pk.open(store, history=[]).seats.select(OWN.count, OWN.chances).collect()
        true = stats.with_stats(frames.seats, frames.actions, [other]).select(OWN.count, OWN.chances)
    finally:
        stats.unregister("flat")
    assert told.equals(true)
    assert not told.equals(stored.seats.select(OWN.count, OWN.chances))


@pytest.mark.parametrize("few", [0, 1_000_000])
def test_a_query_for_some_seats_is_right_whether_hands_are_looked_up_or_not(
    store: pk.Store, own: stats.Stat, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    whole = pk.open(store, history=[]).seats.collect()
    monkeypatch.setattr(_seats, "_FEW", few)
    seats = pk.open(store, history=[]).seats
    for rows in (pl.col("player") == whole["player"].mode()[0], pl.col("stack") > 1_000, pl.col("player") == "nobody"):
        assert seats.filter(rows).select(*KEY, "did_flat").collect().equals(whole.filter(rows).select(*KEY, "did_flat"))


def test_slices_and_projections_are_those_of_the_whole(store: pk.Store, own: stats.Stat) -> None:
    seats = pk.open(store, history=[]).seats
    whole = seats.collect()
    for ask in (
        lambda frame: frame.head(7).select("player", "did_flat"),
        lambda frame: frame.slice(900, 50).select("did_flat", "hand_id"),
        lambda frame: frame.tail(20).select("could_cbet_f"),
        lambda frame: frame.head(600).filter("could_flat").select(KEY),
        lambda frame: frame.filter("could_flat").head(30).select(KEY),
        lambda frame: frame.select(pl.len()),
        lambda frame: frame.filter(pl.col("player") == "nobody").select("did_flat", "did_vpip"),
    ):
        assert ask(seats).collect().equals(ask(whole))


def test_only_columns_that_a_query_names_are_computed(
    store: pk.Store, own: stats.Stat, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[set[str]] = []
    compute = _seats.compute

    def note(seats: pl.DataFrame, actions: pl.DataFrame, names: set[str], known: tuple[stats.AnyStat, ...]) -> object:
        asked.append(set(names))
        return compute(seats, actions, names, known)

    monkeypatch.setattr(_seats, "compute", note)
    seats = pk.open(store, history=[]).seats
    seats.select("player", "net", "position").collect()
    assert asked == []
    seats.select("did_vpip").collect()
    assert asked == [{"did_vpip"}]
    asked.clear()
    seats.select("did_flat", "did_cbet_f").collect()
    # One of the files has the c-bets; what is registered is taken from none.
    assert {frozenset(names) for names in asked} == {frozenset({"did_flat"}), frozenset({"did_flat", "did_cbet_f"})}


def test_a_store_that_has_all_columns_is_read_as_it_is(
    frames: pk.HandFrames, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = pk.Store(tmp_path / "store")
    store.add(frames)
    monkeypatch.setattr(_seats, "register_io_source", None)
    assert_frame_equal(
        stored_seats(store.snapshot()).collect(), store.scan("seats").collect(), check_column_order=False
    )


def test_many_small_files_are_computed_together(
    frames: pk.HandFrames, tmp_path: Path, own: stats.Stat, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = pk.Store(tmp_path / "store", auto_compact=False)
    ids = frames.hands.sort("played_at")["hand_id"]
    for start in range(0, 60, 5):
        store.add(frames.where(pl.col("hand_id").is_in(ids[start : start + 5].implode())))
    first = frames.where(pl.col("hand_id").is_in(ids[:60].implode()))
    wanted = stats.with_stats(first.seats, first.actions, [own]).select(*KEY, "did_flat").sort(KEY)
    parts: list[int] = []
    compute = _seats.compute

    def note(seats: pl.DataFrame, *rest: object) -> object:
        parts.append(seats.height)
        return compute(seats, *rest)

    monkeypatch.setattr(_seats, "compute", note)
    query = pk.open(store, history=[]).seats.select(*KEY, "did_flat")
    assert query.collect().sort(KEY).equals(wanted)
    assert parts == [wanted.height]
    parts.clear()
    monkeypatch.setattr(_seats, "_PART_ROWS", 100)
    assert query.collect().sort(KEY).equals(wanted)
    assert len(parts) > 2
    assert max(parts) <= 100
    assert query.slice(70, 30).collect().equals(query.collect().slice(70, 30))


def test_an_empty_store_has_the_columns_and_no_rows(tmp_path: Path, own: stats.Stat) -> None:
    seats = pk.open(pk.Store(tmp_path / "store"), history=[]).seats
    assert {"did_flat", "could_vpip", "size_spr_f", "player"} <= set(seats.collect_schema())
    assert stats.report(seats, stats=[own, *stats.HUD]).height == 0


def test_an_expression_that_fails_on_stored_hands_is_told(store: pk.Store) -> None:
    odd = stats.Stat("odd", pl.col("raises"), pl.col("player").str.to_integer() > 3)
    stats.register(odd)
    try:
        with pytest.raises((StatError, pl.exceptions.ComputeError), match="conditions of 'odd' cannot be evaluated"):
            pk.open(store, history=[]).seats.select(odd.rate).collect()
        assert pk.open(store, history=[]).seats.select(stats.VPIP.rate).collect().item() > 0
    finally:
        stats.unregister("odd")
