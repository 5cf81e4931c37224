"""Histories as LazyFrames: the rows of reading at once, and no more work than the query needs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import pokerlab as pk
from pokerlab import _sources, facts, winamax
from pokerlab.errors import HistoryError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write 600 hands of all kinds, a second copy of one file, and a damaged hand."""
    folder = tmp_path_factory.mktemp("history")
    pk.sample.write(folder, 600, seed=31, game="mixed")
    largest = max(folder.rglob("*no-limit.txt"), key=lambda path: path.stat().st_size)
    (folder / "copy.txt").write_bytes(largest.read_bytes() * 2)
    (folder / "damaged.txt").write_bytes(
        largest.read_bytes().replace(b"1-17", b"2-17").replace(b" folds", b" folts", 1)
    )
    return folder


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_sources, "CHUNK_BYTES", 20_000)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count how often each frame, each flag's columns and the all-in equities are built, and chunks are scanned."""
    counter: Counter[str] = Counter()

    def count(module: object, name: str) -> None:
        original = getattr(module, name)

        def counted(*args: object, **options: object) -> object:
            counter[name] += 1
            return original(*args, **options)

        monkeypatch.setattr(module, name, counted)

    for name in ("_seats", "_actions", "_rejects", "_summaries", "parse"):
        count(winamax, name)
    for name in ("ev_net", "stat_columns"):
        count(facts, name)
    return counter


@pytest.mark.parametrize("table", pk.schema.TABLES)
@pytest.mark.usefixtures("small_chunks")
def test_lazy_is_eager(history: Path, table: str) -> None:
    lazy = pk.scan_winamax(history).tables()[table]
    eager = pk.read_winamax(history).tables()[table]
    assert eager.height > 0
    assert lazy.collect_schema() == eager.schema
    assert_frame_equal(lazy.collect(), eager)
    assert_frame_equal(lazy.collect(engine="streaming"), eager)


@pytest.mark.usefixtures("small_chunks")
def test_queries_give_what_they_give_on_the_frame(history: Path) -> None:
    lazy, eager = pk.scan_winamax(history), pk.read_winamax(history)
    for query in (
        lambda seats: seats.filter(pl.col("won"), pl.col("position") == "BB").select("player", "net", "hand_id"),
        lambda seats: seats.head(700).filter(pl.col("net") > 0).select("did_vpip"),
        lambda seats: seats.filter(pl.col("net") > 0).head(70).select("seat"),
        lambda seats: seats.slice(50, 33),
        lambda seats: seats.group_by("player").agg(pk.stats.VPIP.rate, pk.stats.BB100.mean).sort("player"),
        lambda seats: seats.select(pl.len()),
        lambda seats: seats.filter(pl.col("ev_net") != pl.col("net")).select("player"),
        lambda seats: seats.head(0),
    ):
        assert_frame_equal(query(lazy.seats).collect(), query(eager.seats))
    joined = lazy.actions.join(lazy.hands.select("hand_id", "rake"), on="hand_id", maintain_order="left").select("rake")
    assert joined.collect().height == eager.actions.height


def test_only_what_is_asked_for_is_built(history: Path, calls: Counter[str]) -> None:
    lazy = pk.scan_winamax(history)
    assert calls == Counter()
    lazy.hands.select("hand_id", "pot").collect()
    assert set(calls) == {"parse"}
    calls.clear()
    lazy.actions.collect()
    assert set(calls) == {"parse", "_actions"}
    calls.clear()
    lazy.seats.select("player", "net").collect()
    assert set(calls) == {"parse", "_seats"}
    calls.clear()
    lazy.seats.filter(pl.col("could_vpip")).select("net").collect()
    assert set(calls) == {"parse", "_seats", "stat_columns"}
    calls.clear()
    lazy.seats.select("ev_net").collect()
    assert set(calls) == {"parse", "_seats", "ev_net"}
    calls.clear()
    lazy.tournaments.collect()
    assert set(calls) == {"parse", "_summaries"}


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize(
    "limited", [lambda hands: hands.head(5), lambda hands: hands.filter(pl.col("pot") > 0).head(5)]
)
def test_reading_ends_when_there_are_enough_rows(history: Path, calls: Counter[str], limited: object) -> None:
    pk.scan_winamax(history).hands.collect()
    everything = calls["parse"]
    calls.clear()
    assert limited(pk.scan_winamax(history).hands).collect().height == 5  # type: ignore[operator]
    assert 0 < calls["parse"] < everything / 2


def test_a_scan_sees_what_was_written_since(history: Path, tmp_path: Path) -> None:
    hands = pk.scan_winamax([tmp_path]).hands.select(pl.len())
    assert hands.collect().item() == 0
    for path in history.glob("*.txt"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    assert hands.collect().item() > 0


def test_an_iterator_may_be_collected_twice(history: Path) -> None:
    lazy = pk.scan_winamax(path for path in [history])
    assert lazy.hands.collect().height == lazy.hands.collect().height > 0


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises((HistoryError, pl.exceptions.ComputeError), match="nowhere' does not exist"):
        pk.scan_winamax(tmp_path / "nowhere").hands.collect()


def test_text_in_memory_can_be_scanned(history: Path) -> None:
    data = (history / "copy.txt").read_bytes()
    lazy = pk.scan_winamax(data)
    assert_frame_equal(lazy.actions.collect(), pk.read_winamax(data).actions)
