"""Stores of an older format: brought to this one when they are opened, once, whatever happens meanwhile."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from pokerlab.errors import StoreError
from pokerlab.store import Store, _files, _layout, _log, _migrate, _place
from pokerlab.store._place import place_of

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType

FORMAT_1 = {
    "string": "kind month hand_id format pool game limit unit table board tournament_id tournament_name level source "
    "player position hole street action name hero currency speed type ticket line rule reason text",
    "timestamp": "played_at started_at",
    "byte": "max_seats n_players button_seat seat n_raises",
    "short": "seq entries",
    "integer": "entrants rank",
    "long": "small_blind big_blind ante pot rake added offset stack bounty contributed returned collected net amount "
    "to to_call pot_before stack_before buy_in fee prize_pool prize bounties_won cost line_number",
    "double": "ev_net effective_bb multiplier",
    "boolean": "dealt is_hero is_button showed saw_flop saw_turn saw_river went_to_showdown won is_all_in did_vpip "
    "could_vpip",
}
"""The columns of the first format, as its stores have them on the disk."""

CONFIGURATION = {
    "pokerlab.format": "1",
    "delta.checkpointInterval": "20",
    "delta.dataSkippingNumIndexedCols": "0",
    "delta.dataSkippingStatsColumns": "played_at",
    "delta.logRetentionDuration": "interval 1 days",
}
NEW_COLUMNS = {"about", "subject", "entry", "noted_at", "identity", "sha256", "parser", "state", "read_at"}


def old_store(root: Path, factory: ModuleType) -> Path:
    """Make a store as the first format had it, with ten hands, two rejects and a tournament."""
    from deltalake import DeltaTable, Schema
    from deltalake.schema import ArrayType, Field, PrimitiveType
    from deltalake.transaction import AddAction

    fields = [Field(name, PrimitiveType(kind)) for kind, names in FORMAT_1.items() for name in names.split()]
    fields.append(Field("heroes", ArrayType(PrimitiveType("string"), contains_null=True)))
    configuration, partitions = CONFIGURATION, ["kind", "month"]
    DeltaTable.create(
        root, Schema(fields), partition_by=partitions, configuration=configuration, raise_if_key_not_exists=False
    )
    table = DeltaTable(root)
    tables = factory.make(range(10), rejects=2, tournaments=1).tables()
    hands = {kind: tables[kind] for kind in _layout.HAND_KINDS}
    files = _files.write_segment(place_of(root), "2024-01", hands)
    for kind in ("rejects", "tournaments"):
        files += _files.write_segment(place_of(root), "all", {kind: tables[kind]})
    adds = [
        AddAction(
            file.path, file.size, {"kind": file.kind, "month": file.month}, 1, True, f'{{"numRecords":{file.rows}}}'
        )
        for file in files
    ]
    table.create_write_transaction(adds, "append", table.schema(), partitions)
    return root


def columns(store: Store) -> frozenset[str]:
    return store.snapshot().view.columns


def test_a_store_of_the_first_format_is_brought_to_this_one(tmp_path: Path, factory: ModuleType) -> None:
    store = Store(old_store(tmp_path / "store", factory))
    assert store._log.format == Store(store.path)._log.format == _layout.FORMAT_VERSION == 2
    assert columns(store) >= NEW_COLUMNS
    assert store.counts()["hands"] == store.scan("hands").collect().height == 10
    assert store.scan("notes").collect().height == store.scan("files").collect().height == 0
    assert store.sql("SELECT count(*) AS n FROM rejects")["n"].item() == 2
    assert store.add(factory.make(range(12), rejects=3, tournaments=1)).hands_added == 2


def test_a_migrated_store_is_left_alone(tmp_path: Path, factory: ModuleType) -> None:
    version = Store(old_store(tmp_path / "store", factory)).version
    assert Store(tmp_path / "store").version == version == 3
    assert Store(tmp_path / "new").version == 0


@pytest.mark.parametrize("step", ["add_columns", "set_format"])
@pytest.mark.parametrize("after", [False, True])
def test_a_migration_that_ends_at_any_moment_is_finished_by_the_next(
    tmp_path: Path, factory: ModuleType, monkeypatch: pytest.MonkeyPatch, step: str, after: bool
) -> None:
    path, original = old_store(tmp_path / "store", factory), getattr(_log.Log, step)

    def ending(*arguments: object) -> None:
        if after:
            original(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(_log.Log, step, ending)
        with pytest.raises(KeyboardInterrupt):
            Store(path)
    store = Store(path)
    assert (store._log.format, store.version, store.counts()["hands"]) == (2, 3, 10)
    assert columns(store) >= NEW_COLUMNS


def test_several_processes_migrate_a_store_once(
    tmp_path: Path, factory: ModuleType, start: Callable[..., subprocess.Popen[str]]
) -> None:
    path = old_store(tmp_path / "store", factory)
    processes = [start("count", path) for _ in range(4)]
    for process in processes:
        out, errors = process.communicate()
        assert (process.returncode, out.strip()) == (0, "10"), errors
    assert Store(path).version == 3


def test_a_store_that_cannot_be_written_is_read_in_its_old_format(
    tmp_path: Path, factory: ModuleType, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path = old_store(tmp_path / "store", factory)

    def refuse(*_: object) -> None:
        raise PermissionError(30, "Read-only file system")

    with monkeypatch.context() as patch, caplog.at_level(logging.WARNING):
        patch.setattr(_place.FileLock, "acquire", refuse)
        store = Store(path)
        assert "has format 1 and cannot be written" in caplog.text
        assert store.scan("seats").collect().height == 30
        assert store.scan("notes").collect().height == 0
        assert store.sql("SELECT count(*) AS n FROM files")["n"].item() == 0
        with pytest.raises(StoreError, match="cannot be written"):
            store.add(factory.make([11]))
    assert Store(path)._log.format == 2


def test_a_migration_that_fails_is_told(tmp_path: Path, factory: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    path = old_store(tmp_path / "store", factory)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(_place.Folder, "sync", full)
    with pytest.raises(StoreError, match=r"its columns cannot be changed: .*No space left"):
        Store(path)


def test_an_open_store_notices_that_a_newer_pokerlab_took_it(store: Store, factory: ModuleType) -> None:
    store.add(factory.make([1]))
    Store(store.path)._log.set_format(3)
    for use in (store.snapshot, lambda: store.add(factory.make([2]))):
        with pytest.raises(StoreError, match="has format 3, this pokerlab reads up to 2"):
            use()


def test_there_is_a_step_from_every_format() -> None:
    assert list(_migrate.STEPS) == list(range(1, _layout.FORMAT_VERSION))
