"""Where players are: only parts of the store that hold a player need to be read, and none that does may be missed."""

from __future__ import annotations

import polars as pl
import pytest

from pokerlab import sample
from pokerlab.server.places import Places
from pokerlab.store import Store


@pytest.fixture
def store(tmp_path):
    """Give a store of several parts, in which players come and go."""
    store = Store(tmp_path / "store")
    for seed in range(6):
        store.add(sample.hands(40, seed=seed))
    return store


def held(snapshot, names):
    """List the parts that hold a player, by looking at each."""
    segments = [file.segment for file in snapshot.view.of("seats")]
    rows = {segment: snapshot.scan_segments("seats", [segment]).select("player").collect() for segment in segments}
    return frozenset(segment for segment in segments if rows[segment]["player"].is_in(list(names)).any())


def questions(snapshot):
    players = snapshot.scan("seats").select(pl.col("player").unique().sort()).collect()["player"].to_list()
    return [*([name] for name in players), players[:3], ["nobody"], []]


def check(places, snapshot):
    asked = questions(snapshot)
    assert [places.of(snapshot, names) for names in asked] == [held(snapshot, names) for names in asked]


def test_a_player_is_found_in_each_part_that_holds_him_and_in_no_other(store):
    found = {len(held(store.snapshot(), names)) for names in questions(store.snapshot())}
    assert {0, 1, 6} <= found  # nobody, somebody who came once, the hero
    check(Places(), store.snapshot())


def test_parts_that_come_are_learned_and_parts_that_go_are_forgotten(store):
    places, before = Places(), store.snapshot()
    check(places, before)
    store.add(sample.hands(40, seed=6))
    check(places, store.snapshot())
    store.compact()
    assert len(store.snapshot().view.of("seats")) < len(before.view.of("seats"))
    check(places, store.snapshot())
    check(places, before)  # who began to answer from an older state ends so


def test_only_new_parts_are_read(store, monkeypatch):
    places, read = Places(), []
    places.of(store.snapshot(), [])
    before = {file.segment for file in store.snapshot().view.of("seats")}
    store.add(sample.hands(40, seed=6))
    snapshot = store.snapshot()
    scan = type(snapshot).scan_segments
    monkeypatch.setattr(type(snapshot), "scan_segments", lambda *a: read.extend(a[2]) or scan(*a))
    places.of(snapshot, ["nobody"])
    assert read
    assert not before.intersection(read)
