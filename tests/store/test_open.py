"""Opening: what is a store, what is not, and what is said about it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import polars as pl
import pytest

from pokerlab import schema
from pokerlab.errors import StoreError
from pokerlab.store import Store, _layout, _log, _place

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType


def test_a_store_is_made_with_its_parents_and_opened_again(tmp_path: Path, factory: ModuleType) -> None:
    path = tmp_path / "new" / "O'Neil 100% #é" / "store"
    Store(path).add(factory.make(range(3), rejects=1))
    again = Store(str(path))
    assert again.counts()["hands"] == again.scan("hands").collect().height == 3
    assert again.sql("SELECT count(*) AS n FROM actions")["n"].item() == 12
    assert again.path == path
    assert str(path) in repr(again)


def test_relative_paths_and_the_home_folder_are_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert Store("here").path == tmp_path / "here"
    assert Store("~/there").path == tmp_path / "there"


def test_a_file_and_a_folder_of_something_else_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(StoreError, match=r"a\.txt is a file; a store is a folder"):
        Store(tmp_path / "a.txt")
    with pytest.raises(StoreError, match=r"is not a store: it holds 'a\.txt' and no _delta_log; choose an empty"):
        Store(tmp_path)
    with pytest.raises(StoreError, match="a store cannot be created there"):
        Store(tmp_path / "a.txt" / "below")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_a_table_of_another_program_is_refused(tmp_path: Path) -> None:
    from deltalake import DeltaTable, Field, Schema
    from deltalake.schema import PrimitiveType

    DeltaTable.create(tmp_path / "t", Schema([Field("a", PrimitiveType("string"))]))
    with pytest.raises(StoreError, match="is a Delta table of another program; choose a new folder"):
        Store(tmp_path / "t")


def test_a_newer_format_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setitem(_log._CONFIGURATION, "pokerlab.format", "3")
        with pytest.raises(StoreError, match="has format 3, this pokerlab reads up to 2; install a newer one: pip "):
            Store(tmp_path / "s")
    with pytest.raises(StoreError, match="has format 3"):
        Store(tmp_path / "s")


def test_a_damaged_log_is_told_with_what_to_do(store: Store) -> None:
    (store.path / "_delta_log" / f"{0:020}.json").write_text("{ not json")
    with pytest.raises(StoreError, match="its log cannot be read; `pokerlab import --repair` mends the store"):
        Store(store.path)


def test_a_creation_that_was_killed_is_finished(tmp_path: Path, factory: ModuleType) -> None:
    (tmp_path / "_delta_log").mkdir()
    (tmp_path / ".DS_Store").touch()
    (tmp_path / _layout.LOCK_NAME).touch()
    assert Store(tmp_path).add(factory.make([1])).hands_added == 1


def test_a_commit_that_was_cut_off_is_not_in_the_way(store: Store, factory: ModuleType) -> None:
    store.add(factory.make([1]))
    (store.path / "_delta_log" / "_commit_0f.json.tmp").write_text('{"add": {"pa')
    (store.path / "kind=hands" / "month=2024-01" / "0f.parquet").write_bytes(b"PAR1 half a file")
    again = Store(store.path)
    assert again.add(factory.make([1, 2])).hands_added == 1
    assert again.scan("hands").collect().height == 2
    assert again.check().ok
    assert any(path.endswith("0f.parquet") for path in again.vacuum(0))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write and read everywhere")
def test_a_folder_without_permission_is_told(store: Store, factory: ModuleType) -> None:
    store.add(factory.make([1]))
    store.path.chmod(0o500)
    with pytest.raises(StoreError, match=r"cannot be written|was not added"):
        Store(store.path).add(factory.make([2]))
    assert Store(store.path).counts()["hands"] == 1
    store.path.chmod(0)
    with pytest.raises(StoreError, match="check its permissions"):
        Store(store.path)
    store.path.chmod(0o700)


def test_a_lock_that_is_never_given_back_ends_in_an_error(
    store: Store, factory: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_place, "LOCK_TIMEOUT_S", 0.05)
    waiting = Store(store.path)
    with store._log.lock(), pytest.raises(StoreError, match="is locked by another process for over"):
        waiting.add(factory.make([1]))
    assert waiting.add(factory.make([1])).hands_added == 1


def test_the_log_is_a_plain_delta_table_for_other_programs(store: Store, factory: ModuleType) -> None:
    store.add(factory.make(range(100), rejects=2))
    table = pl.scan_delta(str(store.path))
    assert table.filter(pl.col("kind") == "seats").select(pl.len()).collect().item() == 300
    bounds = table.filter(pl.col("kind") == "hands").select(pl.col("played_at").max(), pl.col("net").count())
    assert bounds.collect().row(0) == (factory.make([99]).hands["played_at"].item(), 0)
    entry = json.loads((store.path / "_delta_log" / f"{store.version:020}.json").read_text().splitlines()[1])
    assert set(json.loads(entry["add"]["stats"])) <= {"numRecords", "minValues", "maxValues", "nullCount"}


def test_every_column_has_one_type_in_all_tables() -> None:
    columns = _layout.union_schema()
    for table in schema.TABLES.values():
        assert {name: columns[name] for name in table} == dict(_layout.stored_schema(table))


def test_importing_the_store_loads_neither_duckdb_nor_deltalake() -> None:
    code = "import sys, pokerlab.store; assert not {'duckdb', 'deltalake', 'pyarrow'} & set(sys.modules)"
    subprocess.run(
        [sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    )


@pytest.mark.parametrize(
    "name",
    [
        "my %20 store é",
        "a%2eb",
        pytest.param("back\\slash", marks=pytest.mark.skipif(os.name == "nt", reason="separates folders there")),
    ],
)
def test_a_name_that_deltalake_would_take_for_a_url_is_refused_before_anything_is_made(
    tmp_path: Path, name: str
) -> None:
    with pytest.raises(StoreError, match=r"has a backslash, or % and two hex digits, in its name; choose another"):
        Store(tmp_path / name / "store")
    assert list(tmp_path.iterdir()) == []
