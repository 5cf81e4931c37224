"""The Delta log: which files are live, and the one transaction that changes it."""

from __future__ import annotations

import json
import math
import os
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import polars as pl
from filelock import FileLock, Timeout

from pokerlab import schema
from pokerlab.errors import StoreError
from pokerlab.store._layout import (
    FLAG_TYPES,
    FORMAT_VERSION,
    LOCK_NAME,
    PARTITIONS,
    DataFile,
    View,
    union_schema,
)
from pokerlab.store._migrate import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from deltalake import DeltaTable, Field

LOCK_TIMEOUT_S = 60.0
"""How long a writer waits for the other processes' commits, which take milliseconds each."""

RECENT_S = 600.0
"""Age up to which a state serves to prepare a commit: much less than replaced files are kept."""

_FORMAT_KEY = "pokerlab.format"
_CONFIGURATION = {
    _FORMAT_KEY: str(FORMAT_VERSION),
    "delta.checkpointInterval": "20",
    "delta.dataSkippingNumIndexedCols": "0",
    "delta.dataSkippingStatsColumns": "played_at",
    "delta.logRetentionDuration": "interval 1 days",
}
_DELTA_TYPES: Mapping[pl.DataType, str] = {
    pl.String(): "string",
    pl.Boolean(): "boolean",
    pl.Int8(): "byte",
    pl.Int16(): "short",
    pl.Int32(): "integer",
    pl.Int64(): "long",
    pl.Float32(): "float",
    pl.Float64(): "double",
    pl.Datetime("us", "UTC"): "timestamp",
}


class Log:
    """The log of the store in ``root``; one per process and thread, or guarded by a lock of its owner."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._lock = FileLock(root / LOCK_NAME, timeout=LOCK_TIMEOUT_S)
        self._table = self._open()
        self._known: dict[str, DataFile] = {}
        self._last = self._view_of(self._table)
        self._read_at = time.monotonic()
        migrate(self)

    @property
    def format(self) -> int:
        """Version of the folder's format."""
        return int(self._table.metadata().configuration[_FORMAT_KEY])

    def set_format(self, version: int) -> None:
        """Write down that the store has a newer format."""
        with self._altering():
            self._table.alter.set_table_properties({_FORMAT_KEY: str(version)}, raise_if_not_exists=False)

    def view(self) -> View:
        """Read what other processes have committed, and give the newest state."""
        with told(self.root, "its log cannot be read"):
            self._table.update_incremental()
            if self._table.version() != self._last.version:
                _refuse_newer(self.root, self._table)
                self._last = self._view_of(self._table)
        self._read_at = time.monotonic()
        return self._last

    def recent(self) -> View:
        """Give a state that may lack the newest commits, but whose files are still there; it costs nothing."""
        return self._last if time.monotonic() < self._read_at + RECENT_S else self.view()

    def outdate(self) -> None:
        """Let `recent` read anew, as files of the state that it knows may be gone."""
        self._read_at = -math.inf

    def view_at(self, when: int | datetime) -> View:
        """Give the state of a version, or of a time (the last commit until then)."""
        if isinstance(when, bool) or not isinstance(when, (int, datetime)):
            msg = f"{self.root} has no state {when!r}; give a version, such as 3, or a datetime"
            raise StoreError(msg)
        table = _load(self.root)
        newest, created = table.version(), table.metadata().created_time
        early = isinstance(when, datetime) and when.timestamp() * 1000 < created
        if early or (isinstance(when, int) and not 0 <= when <= newest):
            since = datetime.fromtimestamp(created / 1000, UTC)
            msg = f"{self.root} has no state {when!s}: its versions are 0 to {newest}, the first of {since:%F %T} UTC"
            raise StoreError(msg)
        with told(self.root, f"the state {when!s} is no longer in its log, which keeps one day"):
            table.load_as_version(when)
            view = self._view_of(table)
        if gone := [path for path in view.files if not (self.root / path).exists()]:
            msg = f"{self.root}: the state {when!s} needs {len(gone)} files that vacuum removed, the first {gone[0]}"
            raise StoreError(msg)
        return view

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep other writers out; readers never wait."""
        try:
            self._lock.acquire()
        except Timeout as error:
            msg = f"{self.root} is locked by another process for over {LOCK_TIMEOUT_S:.0f} s; end that one, then retry"
            raise StoreError(msg) from error
        except OSError as error:
            msg = f"{self.root} cannot be written: {error}; check its permissions and the free space"
            raise StoreError(msg) from error
        try:
            yield
        finally:
            self._lock.release()

    def commit(
        self, add: Sequence[DataFile], remove: Sequence[DataFile] = (), *, data_change: bool = True
    ) -> int | None:
        """Publish and withdraw files in one transaction; give its version, None where another commit came first.

        Retries are off: deltalake would not notice that a file to be removed is gone already.
        """
        from deltalake import CommitProperties
        from deltalake.exceptions import CommitFailedError
        from deltalake.transaction import RemoveAction

        now = int(time.time() * 1000)
        removals = [
            RemoveAction(file.path, data_change, now, file.size, {"kind": file.kind, "month": file.month})
            for file in remove
        ]
        additions = [_add_action(file, now, data_change=data_change) for file in add]
        version = self._table.version() + 1
        try:
            self._table.create_write_transaction(
                [*additions, *removals],
                "append",
                self._table.schema(),
                PARTITIONS,
                commit_properties=CommitProperties(max_commit_retries=0),
            )
        except CommitFailedError:
            return None
        _sync_entry(self.root, version)
        return version

    def add_columns(self, columns: Mapping[str, pl.DataType]) -> None:
        """Add columns to the table; files written before read as null there."""
        present = {field.name: field for field in self._table.schema().fields}
        fields = [_field(name, dtype) for name, dtype in columns.items()]
        if wrong := [f for f in fields if f.name in present and present[f.name].type != f.type]:
            old = present[wrong[0].name].type
            msg = f"{self.root}: column {wrong[0].name!r} is {old} in the store and {wrong[0].type} in the new rows"
            raise StoreError(msg)
        spelt = {name.lower(): name for name in present}
        if other := [f.name for f in fields if spelt.get(f.name.lower(), f.name) != f.name]:
            old_name = spelt[other[0].lower()]
            msg = f"{self.root}: column {other[0]!r} is {old_name!r} in the store; names differ by more than their case"
            raise StoreError(msg)
        if new := [f for f in fields if f.name not in present]:
            with self._altering():
                self._table.alter.add_columns(new)

    @contextmanager
    def _altering(self) -> Iterator[None]:
        """Commit a change of the table itself, and bring it to the disk before the commits that build on it."""
        with told(self.root, "its columns cannot be changed"):
            yield
            self._table.update_incremental()
            _sync_entry(self.root, self._table.version())

    def vacuum(self, retention_hours: int) -> list[str]:
        """Delete files that no state of the last ``retention_hours`` needs, orphans of killed writers included."""
        with told(self.root, "it cannot be vacuumed"):
            self._table.update_incremental()
            return self._table.vacuum(retention_hours, dry_run=False, enforce_retention_duration=False, full=True)

    def _open(self) -> DeltaTable:
        _refuse_foreign(self.root)
        if not _is_table(self.root):
            with told(self.root, "a store cannot be created there"):
                self.root.mkdir(parents=True, exist_ok=True)
            with self.lock():
                if not _is_table(self.root):
                    _create(self.root)
        table = _load(self.root)
        version = table.metadata().configuration.get(_FORMAT_KEY, "")
        if not version.isdigit():
            msg = f"{self.root} is a Delta table of another program; choose a new folder for the store"
            raise StoreError(msg)
        _refuse_newer(self.root, table)
        return table

    def _view_of(self, table: DeltaTable) -> View:
        actions = pl.DataFrame(table.get_add_actions(flatten=True))
        names = {name: field for name, field in _ACTION_COLUMNS.items() if name in actions.columns}
        paths, known = actions["path"].to_list(), self._known
        new = [row for row, path in enumerate(paths) if path not in known]
        for values in actions.select(list(names))[new].iter_rows():
            file = DataFile(**dict(zip(names.values(), values, strict=True)))
            known[file.path] = file
        files = [known[path] for path in paths]
        files.sort(key=lambda file: (file.month, file.first or _NEVER, file.path))
        fields = {field.name: field.type for field in table.schema().fields}
        flags = {name: FLAG_TYPES[kind.type] for name, kind in fields.items() if schema.is_stat_column(name)}
        return View(table.version(), {file.path: file for file in files}, flags, frozenset(fields))


_NEVER = datetime.min.replace(tzinfo=UTC)
_ACTION_COLUMNS = {
    "path": "path",
    "partition.kind": "kind",
    "partition.month": "month",
    "num_records": "rows",
    "size_bytes": "size",
    "min.played_at": "first",
    "max.played_at": "last",
}


@contextmanager
def told(root: Path, what: str) -> Iterator[None]:
    """Turn what deltalake and the system raise into a StoreError that names the folder."""
    from deltalake.exceptions import DeltaError

    try:
        yield
    except (DeltaError, pl.exceptions.PolarsError, OSError, ValueError) as error:
        msg = f"{root}: {what}: {error}"
        raise StoreError(msg) from error


def _refuse_foreign(root: Path) -> None:
    if unquote(str(root)) != str(root) or (os.name != "nt" and "\\" in str(root)):
        # deltalake 1.6 takes a path for a URL in one place and not in another: it writes here and reads there.
        msg = f"{root} has a backslash, or % and two hex digits, in its name; choose another folder for the store"
        raise StoreError(msg)
    if root.exists() and not root.is_dir():
        msg = f"{root} is a file; a store is a folder"
        raise StoreError(msg)
    with told(root, "the folder cannot be read; check its permissions"):
        names = {entry.name for entry in root.iterdir() if entry.name[0] != "."} if root.exists() else set()
    if names and "_delta_log" not in names and names != {LOCK_NAME}:
        msg = f"{root} is not a store: it holds {min(names)!r} and no _delta_log; choose an empty or new folder"
        raise StoreError(msg)


def _refuse_newer(root: Path, table: DeltaTable) -> None:
    version = table.metadata().configuration[_FORMAT_KEY]
    if int(version) > FORMAT_VERSION:
        msg = (
            f"{root} has format {version}, this pokerlab reads up to {FORMAT_VERSION}; "
            "install a newer one: pip install --upgrade pokerlab"
        )
        raise StoreError(msg)


def _is_table(root: Path) -> bool:
    log = root / "_delta_log"
    return log.is_dir() and any(entry.suffix in {".json", ".parquet"} for entry in log.iterdir())


def _load(root: Path) -> DeltaTable:
    from deltalake import DeltaTable

    advice = "its log cannot be read; restore _delta_log from a backup, or import the hand files into a new store"
    with told(root, advice):
        return DeltaTable(root)


def _create(root: Path) -> None:
    from deltalake import DeltaTable, Schema

    fields = [_field(name, dtype) for name, dtype in union_schema().items()]
    with told(root, "a store cannot be created there"):
        DeltaTable.create(
            root,
            Schema(fields),
            partition_by=PARTITIONS,
            name="pokerlab",
            configuration=_CONFIGURATION,
            raise_if_key_not_exists=False,
        )
    _sync_entry(root, 0)


def _field(name: str, dtype: pl.DataType) -> Field:
    from deltalake.schema import ArrayType, Field, PrimitiveType

    if isinstance(dtype, pl.List):
        return Field(name, ArrayType(PrimitiveType(_DELTA_TYPES[_instance(dtype.inner)]), contains_null=True))
    return Field(name, PrimitiveType(_DELTA_TYPES[dtype]))


def _instance(dtype: Any) -> pl.DataType:
    made: pl.DataType = dtype() if isinstance(dtype, type) else dtype
    return made


def _add_action(file: DataFile, now: int, *, data_change: bool) -> Any:
    from deltalake.transaction import AddAction

    stats: dict[str, Any] = {"numRecords": file.rows}
    if file.first is not None and file.last is not None:
        stats["minValues"] = {"played_at": _stamp(file.first)}
        stats["maxValues"] = {"played_at": _stamp(file.last)}
        stats["nullCount"] = {"played_at": 0}
    partition = {"kind": file.kind, "month": file.month}
    return AddAction(file.path, file.size, partition, now, data_change, json.dumps(stats))


def _stamp(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _sync_entry(root: Path, version: int) -> None:
    """Bring a commit to the disk, which deltalake leaves to the system: an acknowledged hand outlives a power loss."""
    entry = root / "_delta_log" / f"{version:020}.json"
    for path in (entry, entry.parent):
        sync(path)


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    if path.is_dir() and os.name == "nt":
        return  # Windows cannot open a folder
    handle = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
