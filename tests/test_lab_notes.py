"""Aliases and tags where hands are studied: the lab's frames, statistics, results."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import pokerlab as pk
from pokerlab import facts, schema, stats
from pokerlab._lab import _seats

if TYPE_CHECKING:
    from collections.abc import Callable

    from pokerlab._lab import Lab

KEY = ["hand_id", "seat"]
HERO, MAIN = "Nina.Blau", "<b>Nina ♠</b>"
OWN = stats.Stat("flat", facts.CALLS, facts.FACING_ONE_RAISE & ~facts.WAS_VOLUNTARY, name="Flat call")


@pytest.fixture(scope="module")
def frames() -> pk.HandFrames:
    return pk.concat([pk.sample.hands(250, seed=5, game=game) for game in ("cash", "expresso")])


@pytest.fixture(scope="module")
def opponents(frames: pk.HandFrames) -> list[str]:
    counts = frames.seats.filter(pl.col("player") != HERO).group_by("player").len().sort("len", "player")
    return counts["player"].tail(4).to_list()


@pytest.fixture(scope="module")
def lab(frames: pk.HandFrames, opponents: list[str], tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """Store hands with all columns and hands with none, and two persons with several names."""
    store = pk.Store(tmp_path_factory.mktemp("notes") / "store", auto_compact=False)
    first = frames.hands["hand_id"].head(200).implode()
    store.add(frames.where(pl.col("hand_id").is_in(first)))
    store.add(
        replace(bare := frames.where(~pl.col("hand_id").is_in(first)), seats=bare.seats.select(list(schema.SEATS)))
    )
    store.notes.alias(HERO, of=MAIN)
    store.notes.alias(opponents[1:], of=opponents[0])
    return pk.open(store, history=[])


@pytest.fixture(scope="module")
def seats(frames: pk.HandFrames, lab: Lab) -> pl.DataFrame:
    """Give the seats as they must be: computed from the names at the table, then renamed."""
    return renamed(frames.seats, lab, "player").sort(KEY)


def renamed(frame: pl.DataFrame, lab: Lab, column: str) -> pl.DataFrame:
    return frame.with_columns(pl.Series(column, [lab.aliases.get(name, name) for name in frame[column]]))


@pytest.mark.parametrize("engine", ["streaming", pytest.param("in-memory", marks=pytest.mark.ci)])
def test_all_frames_have_main_names_and_else_what_was_stored(
    lab: Lab, frames: pk.HandFrames, seats: pl.DataFrame, engine: str
) -> None:
    assert_frame_equal(lab.seats.collect(engine=engine).sort(KEY).select(seats.columns), seats)
    actions = lab.actions.collect(engine=engine).sort("hand_id", "seq")
    assert_frame_equal(actions, renamed(frames.actions, lab, "player").sort("hand_id", "seq"))
    tournaments = lab.tournaments.collect(engine=engine).sort("tournament_id")
    assert_frame_equal(tournaments, renamed(frames.tournaments, lab, "hero").sort("tournament_id"))
    hands = lab.hands.collect(engine=engine).sort("hand_id")
    assert_frame_equal(hands.drop("heroes"), frames.hands.drop("heroes").sort("hand_id"))
    assert hands["heroes"].explode().drop_nulls().unique().to_list() == [MAIN]
    assert hands["heroes"].list.len().equals(frames.hands.sort("hand_id")["heroes"].list.len())
    assert lab.hands.collect_schema() == lab.store.scan("hands").collect_schema()


def test_the_names_at_the_table_stay_in_the_store(lab: Lab, frames: pk.HandFrames) -> None:
    raw = frames.seats["player"].value_counts().sort("player")
    assert lab.store.scan("seats").collect()["player"].value_counts().sort("player").equals(raw)
    assert lab.sql("SELECT player, count(*) AS count FROM seats GROUP BY 1 ORDER BY 1").rows() == raw.rows()
    assert set(lab.store.scan("hands").collect()["heroes"].explode().drop_nulls()) == {HERO}


def test_the_hero_has_his_main_name(lab: Lab) -> None:
    assert lab.hero == MAIN


@pytest.mark.parametrize(
    "ask",
    [
        lambda frame: frame.filter(pl.col("player") == MAIN),
        lambda frame: frame.filter(pl.col("player") == HERO),
        lambda frame: frame.filter(pl.col("player") == MAIN, pl.col("did_vpip")).select("net", "did_pfr"),
        lambda frame: frame.filter((pl.col("player") == MAIN) | (pl.col("position") == "BB")).select("player", "stack"),
        lambda frame: frame.filter(pl.col("player").is_null() | (pl.col("player") != MAIN)).select("did_vpip"),
        lambda frame: frame.filter(pl.col("player").str.contains("Nina")).select("seat", "could_cbet_f"),
        lambda frame: frame.filter("is_hero").select("player"),
        lambda frame: frame.group_by("player").agg(stats.VPIP.rate, pl.len()).sort("player"),
        lambda frame: frame.select(pl.col("net").sum()),
    ],
)
def test_any_query_answers_as_on_renamed_seats(
    lab: Lab, seats: pl.DataFrame, ask: Callable[[pl.LazyFrame], pl.LazyFrame]
) -> None:
    told, true = ask(lab.seats).collect(), ask(seats.lazy()).collect()
    assert_frame_equal(told.select(true.columns), true, check_row_order=False)


def test_slices_are_those_of_the_whole(lab: Lab) -> None:
    whole = lab.seats.select(*KEY, "player", "did_vpip").collect()
    for start, length in ((0, 7), (600, 300), (len(whole) - 5, 5)):
        part = lab.seats.slice(start, length).select(*KEY, "player", "did_vpip").collect()
        assert part.equals(whole.slice(start, length))
    few = lab.seats.head(500).filter(pl.col("player") == MAIN).select("net").collect()
    assert few.height == whole.head(500).filter(player=MAIN).height


def test_registered_statistics_of_a_person_are_the_sums_of_his_names(lab: Lab, frames: pk.HandFrames) -> None:
    stats.register(OWN)
    try:
        told = lab.seats.filter(player=MAIN).select(OWN.count, OWN.chances).collect()
        true = stats.with_stats(frames.seats, frames.actions, [OWN]).filter(player=HERO).select(OWN.count, OWN.chances)
    finally:
        stats.unregister("flat")
    assert told.equals(true)
    assert told["flat_chances"].item() > 0


def test_a_report_has_one_row_a_person(lab: Lab, frames: pk.HandFrames, opponents: list[str]) -> None:
    names = stats.report(lab.seats, stats=stats.HUD)["player"].to_list()
    assert not {HERO, *opponents[1:]} & set(names)
    one = stats.report(lab.seats, stats=stats.HUD, where=pl.col("player") == opponents[0])
    raw = frames.seats.filter(pl.col("player").is_in(opponents)).with_columns(player=pl.lit(opponents[0]))
    assert_frame_equal(one, stats.report(raw, stats=stats.HUD))


@pytest.mark.parametrize("name", [HERO, MAIN])
def test_results_of_a_person_are_found_by_any_of_his_names(lab: Lab, frames: pk.HandFrames, name: str) -> None:
    assert_frame_equal(stats.results(lab, ["unit"], player=name), stats.results(frames, ["unit"], player=HERO))
    assert_frame_equal(stats.results(lab, ["unit"], player=[name]), stats.results(lab, ["unit"]))
    told = stats.tournament_results(lab, ["price", "currency"], player=name)
    assert_frame_equal(told, stats.tournament_results(frames, ["price", "currency"], player=HERO))
    assert told["tournaments"].sum() > 0
    down = stats.downswings(lab, player=name).select(pl.exclude("begins", "lowest", "ends"))
    assert_frame_equal(down, stats.downswings(frames, player=HERO).select(down.columns))


def test_two_accounts_at_one_table_are_one_person_in_the_list_of_heroes(tmp_path: Path) -> None:
    frames = pk.sample.hands(20, seed=5)
    hands = frames.hands.with_columns(heroes=pl.Series([["A", "B"], ["B"], []] + [None] * 17, dtype=pl.List(pl.String)))
    lab = pk.open(pk.Store(tmp_path / "store", auto_compact=False), history=[])
    lab.store.add(replace(frames, hands=hands))
    lab.notes.alias("B", of="A")
    told = frames.hands.select("hand_id").join(lab.hands.collect(), on="hand_id", how="left", maintain_order="left")
    assert told["heroes"].to_list() == [["A"], ["A"], []] + [None] * 17
    assert lab.hero == "A"


def test_hands_by_tag(lab: Lab, frames: pk.HandFrames) -> None:
    ids = frames.hands["hand_id"].gather_every(70)
    lab.notes.tag("bluff", hand=ids)
    assert lab.tagged("bluff").collect()["hand_id"].sort().equals(ids.sort())
    assert lab.tagged("bluff").collect_schema() == lab.hands.collect_schema()
    assert lab.tagged("never").collect().height == 0
    told = stats.report(lab.seats, hands=lab.tagged("bluff"), where=pl.col("is_hero"))
    mine = frames.seats.filter(pl.col("is_hero") & pl.col("dealt"), pl.col("hand_id").is_in(ids.implode()))
    assert told["hands"].sum() == mine.height
    lab.notes.untag("bluff", hand=ids)


def test_players_by_a_tag_on_any_of_their_names(lab: Lab, opponents: list[str]) -> None:
    lab.notes.tag("fish", player=opponents[1])
    assert lab.notes.players("fish") == [opponents[0]]
    lab.notes.untag("fish", player=opponents[0])
    assert lab.notes.players("fish") == []


def test_without_aliases_the_frames_are_those_of_the_store(
    frames: pk.HandFrames, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = pk.open(pk.Store(tmp_path / "store", auto_compact=False), history=[])
    lab.store.add(frames)
    lab.notes.add("a note is no alias", player=HERO)
    monkeypatch.setattr(_seats, "register_io_source", None)
    for table in ("hands", "actions", "tournaments"):
        assert getattr(lab, table).explain() == lab.store.scan(table).explain()
    assert lab.seats.collect().height == frames.seats.height


def test_the_examples_of_the_page_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (Path(__file__).resolve().parents[1] / "docs" / "notes.md").read_text()
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert len(blocks) == 5
    for block in blocks:
        exec(compile(block, "notes.md", "exec"), names)
    lab = names["lab"]
    assert lab.notes.hands("bluff") == [names["hand"]]
    assert lab.notes.players("fish") == ["FAFIM"]
    assert pk.Store("another-store").notes.frame().equals(lab.notes.frame())


def test_the_join_of_the_page_tells_persons_as_the_lab_does(lab: Lab) -> None:
    page = (Path(__file__).resolve().parents[1] / "docs" / "notes.md").read_text()
    (query,) = re.findall(r'lab\.sql\("""(.*?)"""\)', page, re.DOTALL)
    true = lab.seats.group_by(person="player").len("hands").collect()
    assert sorted(lab.sql(query).rows()) == sorted(true.rows())
