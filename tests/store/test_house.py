"""Housekeeping: files and the log stay few, and nobody who reads is disturbed."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest

from pokerlab.errors import StoreError
from pokerlab.store import Store, _checkpoint, _compact, _log
from pokerlab.store import _store as store_module

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

DAY = 86_400.0


def checkpoints(store: Store) -> list[int]:
    log = store.path / "_delta_log"
    return sorted(int(path.name[:20]) for path in log.glob("*.checkpoint.parquet"))


def age(folder: Path, days: float) -> None:
    """Let files be as old as if they had been written before."""
    then = time.time() - days * DAY
    for path in folder.rglob("*"):
        if path.is_file():
            os.utime(path, (then, then))


def test_tidy_puts_the_files_of_crowded_months_together(store: Store, factory: ModuleType) -> None:
    for begin in range(0, 60, 10):
        store.add(factory.make(range(begin, begin + 10), rejects=begin // 10))
    store.add(factory.make(range(300, 310)))
    store.tidy()
    view = store.snapshot().view
    assert [file.month for file in view.of("hands")] == ["2024-01", "2024-03"]
    assert len(view.of("rejects")) == 1
    assert store.check().problems == ()
    version = store.version
    store.tidy()
    assert store.version == version


def test_tidy_leaves_a_month_of_few_files_alone(store: Store, factory: ModuleType) -> None:
    for n in range(_compact.FEW):
        store.add(factory.make([n]))
    version = store.version
    store.tidy()
    assert store.version == version


def test_tidy_leaves_segments_as_large_as_a_batch_alone(
    store: Store, factory: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_compact, "SHORT_HANDS", 5)
    for begin in range(0, 60, 10):
        store.add(factory.make(range(begin, begin + 10)))
    version = store.version
    store.tidy()
    assert store.version == version


def test_rejects_one_at_a_time_are_put_together_by_themselves(tmp_path: Path, factory: ModuleType) -> None:
    with Store(tmp_path / "store") as store:
        for n in range(_compact.MINOR_AT + 2):
            store.add(factory.make([n % 4], rejects=n))
    assert len(store.snapshot().view.of("rejects")) < _compact.MINOR_AT
    assert store.counts()["rejects"] == _compact.MINOR_AT + 1


def test_older_checkpoints_and_entries_go_and_states_of_the_last_day_stay(
    store: Store, factory: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_checkpoint, "KEPT_EVERY", 40)
    for n in range(85):
        store.add(factory.make([n]))
    assert checkpoints(store) == [19, 39, 59, 79]
    age(store.path / "_delta_log", 2)
    for n in range(85, 125):
        store.add(factory.make([n]))
    assert checkpoints(store) == [79, 99, 119]
    entries = sorted(path.name for path in (store.path / "_delta_log").glob("*.json"))
    assert int(entries[0][:20]) == 79
    first = store.at(80).counts()["hands"]
    assert [store.at(version).counts()["hands"] for version in (95, 105, 124)] == [first + 15, first + 25, first + 44]
    with pytest.raises(StoreError, match="the state 20 is no longer in its log, which keeps one day"):
        store.at(20)
    assert Store(store.path).check().problems == ()


def test_a_checkpoint_is_on_the_disk_before_what_it_replaces_is_deleted(
    store: Store, factory: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    sync, thin_out = type(store._root).sync, _checkpoint._thin_out

    def noticed(root: object, path: str) -> None:
        done.append(path.partition("/")[2])
        sync(root, path)

    monkeypatch.setattr(type(store._root), "sync", noticed)
    monkeypatch.setattr(_checkpoint, "_thin_out", lambda log: (done.append("thinned"), thin_out(log)))
    for n in range(18):
        store.add(factory.make([n]))
    assert done[-4:] == [f"{19:020}.json", f"{19:020}.checkpoint.parquet", "_last_checkpoint", "thinned"]


def test_a_checkpoint_that_cannot_be_written_does_not_fail_the_commit(
    store: Store, factory: ModuleType, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    for n in range(17):
        store.add(factory.make([n]))
    monkeypatch.setattr(_checkpoint, "_thin_out", full)
    assert store.add(factory.make([17])).version == 19
    assert "no checkpoint of its log was written: [Errno 28] No space left" in caplog.text
    assert Store(store.path).counts()["hands"] == 18


def test_a_reader_of_an_old_state_goes_on_for_a_day(
    store: Store, factory: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    for begin in range(0, 60, 10):
        store.add(factory.make(range(begin, begin + 10)))
    age(store.path, 30)  # what was just replaced may be old
    old, when = store.snapshot(), store.version
    store.tidy()
    assert store.vacuum() == []
    assert old.scan("hands").collect().height == old.frames().hands.height == 60
    assert store.at(when).scan("seats").collect().height == 180
    assert old.sql("SELECT count(*) AS n FROM hands")["n"].item() == 60


def test_a_reader_whose_files_were_vacuumed_early_is_told_what_to_do(store: Store, factory: ModuleType) -> None:
    for n in range(6):
        store.add(factory.make([n]))
    old, when = store.snapshot(), store.version
    store.tidy()
    assert len(store.vacuum(0)) == 18
    for read in (old.frames, lambda: old.read([factory.hand_id(1)])):
        with pytest.raises(StoreError, match=r"replaced files are kept for a day: take a new snapshot"):
            read()
    with pytest.raises(StoreError, match="needs 18 files that vacuum removed"):
        store.at(when)
    with pytest.raises(StoreError, match=r"SQL on .* failed"):
        old.sql("SELECT * FROM hands")
    assert store.scan("hands").collect().height == 6


def test_live_hands_start_a_vacuum_once_an_hour(
    tmp_path: Path, factory: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_compact, "MINOR_AT", 4)
    vacuums, vacuum = [], _log.Log.vacuum
    monkeypatch.setattr(_log.Log, "vacuum", lambda log, hours: (vacuums.append(hours), vacuum(log, hours))[1])
    with Store(tmp_path / "store") as store:
        for n in range(12):
            store.add(factory.make([n], step=timedelta(minutes=1)))
            store.close()
        assert vacuums == [24]
        monkeypatch.setattr(store_module, "VACUUM_EVERY_S", 0.0)
        for n in range(12, 16):
            store.add(factory.make([n], step=timedelta(minutes=1)))
            store.close()
    assert len(vacuums) > 1
    assert store.scan("hands").select(pl.len()).collect().item() == 16
