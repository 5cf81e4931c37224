"""Repairing: every damage that a power loss can do, told where the store is opened or read, and mended."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pokerlab import schema
from pokerlab.errors import StoreError
from pokerlab.frames import HandFrames, concat
from pokerlab.store import RepairReport, Store, _log, _mend, _repair

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from pokerlab.store._layout import DataFile

SOURCES = ("a.txt", "b.txt", "c.txt")
HANDS = 30
"""Hands a source; each source is added by itself, with a row in the ledger."""


def of_source(factory: ModuleType, number: int) -> HandFrames:
    """Give the hands of a source, some rejects, and tournaments."""
    frames = factory.make(range(number * HANDS, number * HANDS + HANDS), rejects=number, tournaments=number)
    return replace(frames, hands=frames.hands.with_columns(source=pl.lit(SOURCES[number])))


def ledger(store: Store, number: int) -> None:
    """Note in the ledger that a source was read."""
    from pokerlab.store._files import write_segment

    row = {"source": SOURCES[number], "n_hands": HANDS, "state": "complete", "size": 1}
    frame = pl.DataFrame([row], schema=schema.FILES)
    assert store._log.view()
    assert store._log.commit(write_segment(store._root, "all", {"files": frame}))


@pytest.fixture
def filled(store: Store, factory: ModuleType) -> Store:
    """Give a store of three sources, each in a segment of its own, with a note."""
    for number in range(len(SOURCES)):
        store.add(of_source(factory, number))
        ledger(store, number)
    store.notes.add("worth a look", hand=factory.hand_id(1))
    store.notes.tag("fish", player="Villain")
    return store


def files(store: Store, kind: str, number: int = 0) -> tuple[Path, DataFile]:
    """Give a file of a kind: of hands, seats and actions that of a source."""
    view = Store(store.path).snapshot().view
    file = sorted(view.of("hands"), key=lambda file: file.first)[number]
    found = view.siblings([file.segment], kind)[0] if kind in {"hands", "seats", "actions"} else view.of(kind)[0]
    return store.path / found.path, found


def entry(store: Store, version: int | None = None) -> Path:
    version = Store(store.path).version if version is None else version
    return store.path / "_delta_log" / f"{version:020}.json"


def spoil(path: Path, how: str) -> None:
    """Do to a file what a power loss does."""
    data = path.read_bytes()
    half = len(data) // 2
    if how == "missing":
        path.unlink()
    else:
        path.write_bytes({"empty": b"", "cut": data[:half], "zeros": data[:half] + bytes(len(data) - half)}[how])


def import_again(store: Store, factory: ModuleType, report: RepairReport) -> None:
    """Do what the import does after a repair."""
    for source in report.sources:
        store.add(of_source(factory, SOURCES.index(source)))
        ledger(store, SOURCES.index(source))


def assert_restored(store: Store, factory: ModuleType) -> None:
    """Compare the tables with those of a store to which nothing happened."""
    found, expected = store.snapshot().frames(), concat([of_source(factory, n) for n in range(len(SOURCES))])
    assert store.check().problems == ()
    assert_frame_equal(found.hands.sort("hand_id"), expected.hands.sort("hand_id"))
    assert_frame_equal(found.seats.sort("hand_id", "seat"), expected.seats.sort("hand_id", "seat"))
    assert_frame_equal(found.actions.sort("hand_id", "seq"), expected.actions.sort("hand_id", "seq"))
    assert store.scan("files").collect()["source"].sort().to_list() == list(SOURCES)


def test_a_sound_store_is_left_as_it_is(filled: Store, factory: ModuleType) -> None:
    version, before = filled.version, sorted(filled.path.rglob("*"))
    assert Store.repair(filled.path) == RepairReport((), (), 0)
    assert (filled.version, sorted(filled.path.rglob("*"))) == (version, before)
    assert_restored(filled, factory)


@pytest.mark.parametrize("how", ["missing", "empty", "cut", "zeros"])
@pytest.mark.parametrize("kind", ["hands", "seats", "actions"])
def test_hands_of_a_damaged_segment_are_imported_again(filled: Store, factory: ModuleType, kind: str, how: str) -> None:
    path, file = files(filled, kind, 1)
    spoil(path, how)
    with pytest.raises(StoreError, match="pokerlab import --repair"):
        Store(filled.path).snapshot().frames()
    report = Store.repair(filled.path)
    assert len(report.problems) == 1
    assert report.problems[0].startswith(f"{filled.path / file.path}: {kind}: the file ")
    assert (report.sources, report.files_dropped) == (("b.txt",), 3)
    store = Store(filled.path)
    assert store.check().problems == ()
    assert store.counts()["hands"] == 2 * HANDS
    assert store.scan("files").collect()["source"].sort().to_list() == ["a.txt", "c.txt"]
    import_again(store, factory, report)
    assert_restored(store, factory)
    assert store.notes.frame().height == 2


def test_what_a_compaction_replaced_within_the_day_gives_the_hands_back(filled: Store, factory: ModuleType) -> None:
    filled.compact()
    spoil(files(filled, "seats")[0], "cut")
    report = Store.repair(filled.path)
    assert (report.sources, report.files_dropped) == ((), 3)
    assert f"{len(SOURCES) * HANDS} hands were found in files that no commit named" in report.problems[-1]
    assert_restored(Store(filled.path), factory)


def test_an_older_version_of_a_hand_does_not_come_back_beside_the_new_one(filled: Store, factory: ModuleType) -> None:
    better = of_source(factory, 1)
    better = replace(better, hands=better.hands.head(10).with_columns(table=pl.lit("new")))
    ids = better.hands.select("hand_id")
    parts = {kind: getattr(better, kind).join(ids, on="hand_id", how="semi") for kind in ("seats", "actions")}
    filled.add(replace(better, **parts), replace=True)
    spoil(files(filled, "seats")[0], "cut")
    Store.repair(filled.path)
    store = Store(filled.path)
    assert store.scan("hands").filter(pl.col("table") == "new").collect().height == 10
    assert store.check().problems == ()


def test_a_part_of_a_segment_that_the_log_lacks_is_mended(filled: Store, factory: ModuleType) -> None:
    _, file = files(filled, "actions", 2)
    filled._log.view()
    filled._log.commit([], [file])
    (filled.path / file.path).unlink()
    report = Store.repair(filled.path)
    assert (report.sources, report.files_dropped) == (("c.txt",), 2)
    import_again(Store(filled.path), factory, report)
    assert_restored(Store(filled.path), factory)


def test_without_a_ledger_the_whole_folder_is_asked_for(store: Store, factory: ModuleType) -> None:
    store.add(of_source(factory, 0))
    spoil(files(store, "hands")[0], "missing")
    report = Store.repair(store.path)
    assert report.sources == ()
    assert "not known: import their whole folder again" in report.problems[-1]


@pytest.mark.parametrize("how", ["missing", "cut"])
def test_of_the_other_kinds_what_can_be_read_is_kept(filled: Store, factory: ModuleType, how: str) -> None:
    before = {kind: filled.counts()[kind] for kind in ("rejects", "tournaments")}
    for kind in ("notes", "tournaments", "rejects", "files"):
        spoil(files(filled, kind)[0], how)
    report = Store.repair(filled.path)
    assert (report.files_dropped, len(report.problems)) == (4, 4)
    assert any(
        "notes: the file" in text and "since the newest file that can be read is lost" in text
        for text in report.problems
    )
    assert any("rejects are lost where no other file has them" in text for text in report.problems)
    store = Store(filled.path)
    assert store.check().problems == ()
    assert store.notes.frame()["text"].to_list() == ["worth a look"]
    assert store.counts()["tournaments"] == 1
    assert store.counts()["rejects"] < before["rejects"]
    assert store.scan("files").collect().height == 2
    for number in range(len(SOURCES)):
        store.add(of_source(factory, number))
    assert {kind: store.counts()[kind] for kind in before} == before


@pytest.mark.parametrize("how", ["empty", "cut"])
def test_a_newest_commit_that_cannot_be_read_is_moved_aside_and_its_hands_come_back(
    filled: Store, factory: ModuleType, how: str
) -> None:
    filled.add(concat([factory.make([200])]))
    newest = entry(filled)
    spoil(newest, how)
    with pytest.raises(StoreError, match="its log cannot be read; `pokerlab import --repair` mends the store"):
        Store(filled.path)
    report = Store.repair(filled.path)
    assert f"the commit {newest.name} cannot be read and was moved to {newest.name}.broken-" in report.problems[0]
    assert "1 hands were found in files that no commit named" in report.problems[-1]
    aside = list(newest.parent.glob("*.broken-*"))
    assert len(aside) == 1
    store = Store(filled.path)
    assert store.scan("hands").filter(hand_id=factory.hand_id(200)).collect().height == 1
    assert store.notes.frame().height == 2
    assert store.check().problems == ()
    assert Store.repair(filled.path).problems == ()
    assert store.add(factory.make([200, 201])).hands_added == 1


@pytest.mark.parametrize("how", ["empty", "cut", "missing"])
def test_a_commit_in_the_middle_is_mended_without_losing_those_after_it(
    filled: Store, factory: ModuleType, how: str
) -> None:
    filled.compact()
    lost = filled.version
    filled.add(factory.make([200]))
    filled.add(factory.make([201]))
    spoil(entry(filled, lost), how)
    report = Store.repair(filled.path)
    assert report.problems
    store = Store(filled.path)
    assert store.check().problems == ()
    assert store.counts()["hands"] == len(SOURCES) * HANDS + 2
    assert store.notes.frame().height == 2


def test_hands_that_a_lost_commit_left_twice_are_there_once(filled: Store, factory: ModuleType) -> None:
    version = filled.version
    filled.add(replace(of_source(factory, 0), rejects=of_source(factory, 0).rejects.clear()), replace=True)
    replaced = filled.version
    filled.compact()
    spoil(entry(filled, replaced), "empty")
    assert Store(filled.path).counts()["hands"] != len(SOURCES) * HANDS
    report = Store.repair(filled.path)
    assert version < replaced
    assert "cannot be read and was moved" in report.problems[0]
    store = Store(filled.path)
    assert store.counts()["hands"] == len(SOURCES) * HANDS
    assert store.check().problems == ()


@pytest.mark.parametrize("how", ["cut", "missing", pytest.param("empty", marks=pytest.mark.ci)])
@pytest.mark.parametrize("what", ["checkpoint", "_last_checkpoint"])
def test_a_broken_checkpoint_is_moved_aside(filled: Store, factory: ModuleType, what: str, how: str) -> None:
    for number in range(100, 125):
        filled.add(factory.make([number]))
    before = filled.counts()
    path = next((filled.path / "_delta_log").glob("*checkpoint.parquet" if what == "checkpoint" else what))
    spoil(path, how)
    if what == "checkpoint":
        with pytest.raises(StoreError, match="pokerlab import --repair"):
            Store(filled.path)
    report = Store.repair(filled.path)
    assert "moved to" in " ".join(report.problems) or (what, how) == ("_last_checkpoint", "missing")
    assert Store(filled.path).counts() == before
    assert Store(filled.path).check().problems == ()


@pytest.mark.parametrize("how", ["first", "all", "folder"])
def test_a_log_that_is_lost_is_made_anew_from_the_files(filled: Store, factory: ModuleType, how: str) -> None:
    filled.add(factory.make(range(200, 210), flags=("did_new",)))
    filled.compact()
    log = filled.path / "_delta_log"
    if how == "first":
        entry(filled, 0).write_text("{ not json")
    else:
        for path in log.iterdir():
            path.unlink()
    if how == "folder":
        log.rmdir()
    with pytest.raises(StoreError, match="pokerlab import --repair"):
        Store(filled.path)
    report = Store.repair(filled.path)
    assert "a new one was made" in report.problems[0]
    store = Store(filled.path)
    assert store.check().problems == ()
    assert store.counts()["hands"] == len(SOURCES) * HANDS + 10
    assert "did_new" in store.scan("seats").collect_schema()
    assert store.scan("seats").collect()["did_vpip"].count() == len(SOURCES) * HANDS * 3
    assert store.notes.frame().height == 2
    assert store.counts()["tournaments"] == 2
    assert store.counts()["rejects"] == 2
    for number, source in enumerate(SOURCES):
        assert store.add(of_source(factory, number)).hands_added == 0, source


@pytest.mark.parametrize("step", ["mend", "write", "commit"])
def test_a_repair_that_is_killed_is_finished_by_the_next(
    filled: Store, factory: ModuleType, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    filled.compact()
    spoil(files(filled, "seats")[0], "cut")
    spoil(entry(filled), "empty")

    def ending(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        where: dict[str, tuple[object, str]] = {
            "mend": (_mend, "_write_nothing"),
            "write": (_repair, "Salvage"),
            "commit": (_log.Log, "commit"),
        }
        patch.setattr(*where[step], ending)
        with pytest.raises(KeyboardInterrupt):
            Store.repair(filled.path)
    Store.repair(filled.path)
    assert_restored(Store(filled.path), factory)
    assert Store(filled.path).notes.frame().height == 2
    assert Store.repair(filled.path).problems == ()


def test_what_is_no_store_is_not_repaired(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    for path in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(StoreError, match="is not a store, so there is nothing to repair"):
            Store.repair(path)
    with pytest.raises(StoreError, match="is an object store, which no power loss damages"):
        Store.repair("s3://bucket/hands")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_a_store_of_a_newer_pokerlab_is_not_taken_for_a_damaged_one(store: Store) -> None:
    store._log.set_format(9)
    with pytest.raises(StoreError, match="has format 9"):
        Store.repair(store.path)


def test_a_repair_beside_a_program_without_the_lock_changes_nothing(
    filled: Store, factory: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(files(filled, "seats", 1)[0], "cut")
    monkeypatch.setattr(_log.Log, "commit", lambda *_, **__: None)
    with pytest.raises(StoreError, match="another program changed it during the repair"):
        Store.repair(filled.path)
    assert filled.counts()["hands"] == len(SOURCES) * HANDS


def test_a_vacuum_leaves_what_was_moved_aside(filled: Store, factory: ModuleType) -> None:
    spoil(entry(filled, 0), "cut")
    Store.repair(filled.path)
    Store(filled.path).vacuum(0)
    aside = list(filled.path.glob("_delta_log.broken-*/*.json"))
    assert len(aside) > 3
