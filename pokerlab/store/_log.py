"""The Delta log: which files are live, and the one transaction that changes it."""

from __future__ import annotations

import json
import math
import re
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from pokerlab import schema
from pokerlab.errors import StoreError
from pokerlab.store._checkpoint import checkpoint
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
from pokerlab.store._place import VACUUM_HOURS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from deltalake import DeltaTable, Field, PostCommitHookProperties

    from pokerlab.store._place import Place

RECENT_S = 600.0
"""Age up to which a state serves to prepare a commit: much less than replaced files are kept."""

REPAIR = "`pokerlab import --repair` mends the store from what is left of it and from the hand histories"
"""What to do about damage, as errors say it."""

_FORMAT_KEY = "pokerlab.format"
_CONFIGURATION = {
    _FORMAT_KEY: str(FORMAT_VERSION),
    "delta.checkpointInterval": "20",
    "delta.dataSkippingNumIndexedCols": "0",
    "delta.dataSkippingStatsColumns": "played_at",
    "delta.logRetentionDuration": "interval 1 days",
    "delta.deletedFileRetentionDuration": "interval 1 days",
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

    def __init__(self, root: Place) -> None:
        self.root = root
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
        """Write down that the store has a newer format, with the settings of new stores."""
        from deltalake.exceptions import CommitFailedError

        properties = {**_CONFIGURATION, _FORMAT_KEY: str(version)}
        with told(self.root, "its format cannot be changed"), suppress(CommitFailedError):
            self._table.alter.set_table_properties(
                properties, raise_if_not_exists=False, post_commithook_properties=_no_hooks()
            )
            self._altered()

    @property
    def identity(self) -> str:
        """What no other table has, also not one that is made at the same place later."""
        return str(self._table.metadata().id)

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
        with told(self.root, "its files cannot be listed"):
            gone = self.root.missing(list(view.files))
        if gone:
            msg = f"{self.root}: the state {when!s} needs {len(gone)} files that vacuum removed, the first {gone[0]}"
            raise StoreError(msg)
        return view

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep other writers out, where that is possible; readers never wait."""
        with self.root.lock():
            yield

    def commit(
        self, add: Sequence[DataFile], remove: Sequence[DataFile] = (), *, data_change: bool = True
    ) -> int | None:
        """Publish and withdraw files in one transaction; give its version, None where another commit came first.

        It succeeds only right after the state that was last read. Retries are off: deltalake would not notice that a
        file to be removed is gone already.
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
                post_commithook_properties=_no_hooks(),
            )
        except CommitFailedError:
            return None
        self.root.sync(_entry(version))
        checkpoint(self._table, self.root, version)
        return version

    def add_columns(self, columns: Mapping[str, pl.DataType]) -> bool:
        """Add columns to the table, which read as null in older files; True where that made a new state to look at."""
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
        from deltalake.exceptions import CommitFailedError

        new = [f for f in fields if f.name not in present]
        if new:
            # Another program may add the same ones at the same time; the next look at the log tells.
            with told(self.root, "its columns cannot be changed"), suppress(CommitFailedError):
                self._table.alter.add_columns(new, post_commithook_properties=_no_hooks())
                self._altered()
        return bool(new)

    def _altered(self) -> None:
        """Bring a change of the table itself to the disk, before the commits that build on it."""
        self._table.update_incremental()
        self.root.sync(_entry(self._table.version()))

    def vacuum(self, retention_hours: int) -> list[str]:
        """Delete files that no state of the last ``retention_hours`` needs, orphans of killed writers included."""
        if self.root.remote and retention_hours < VACUUM_HOURS:
            msg = f"{self.root} has no lock, so files of the last hour may yet be committed; give 1 hour or more"
            raise StoreError(msg)
        with told(self.root, "it cannot be vacuumed"):
            self._table.update_incremental()
            return self._table.vacuum(
                retention_hours,
                dry_run=False,
                enforce_retention_duration=False,
                full=True,
                post_commithook_properties=_no_hooks(),
            )

    def _open(self) -> DeltaTable:
        _refuse_foreign(self.root)
        if not _has_log(self.root):
            with told(self.root, "a store cannot be created there"):
                self.root.make()
            with self.lock():
                if not _has_log(self.root):
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


_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
"""deltalake colours its messages, also where nobody sees it."""

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
def told(root: Place, what: str) -> Iterator[None]:
    """Turn what deltalake and the system raise into a StoreError that names the place, and no secret of its options."""
    from deltalake.exceptions import DeltaError

    try:
        yield
    except (DeltaError, pl.exceptions.PolarsError, OSError, ValueError) as error:
        text = _COLOURS.sub("", str(error)) + _advice(error)
        masked = root.masked(text)
        msg = f"{root}: {what}: {masked}"
        raise StoreError(msg) from (error if masked == text else None)


def _advice(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return f"; replaced files are kept for a day: take a new snapshot, and where that fails too, {REPAIR}"
    return f"; if a file is damaged, {REPAIR}" if isinstance(error, pl.exceptions.ComputeError) else ""


def _refuse_foreign(root: Place) -> None:
    with told(root, "it cannot be read; check its permissions"):
        names = root.names()
    if any(name.startswith("kind=") for name in names) and not _has_log(root):
        msg = f"{root} holds files of hands, but its log is gone; {REPAIR}"
        raise StoreError(msg)
    if names and "_delta_log" not in names and names != {LOCK_NAME}:
        msg = f"{root} is not a store: it holds {min(names)!r} and no _delta_log; choose an empty or new folder"
        raise StoreError(msg)


def _refuse_newer(root: Place, table: DeltaTable) -> None:
    version = table.metadata().configuration[_FORMAT_KEY]
    if int(version) > FORMAT_VERSION:
        msg = (
            f"{root} has format {version}, this pokerlab reads up to {FORMAT_VERSION}; "
            "install a newer one: pip install --upgrade pokerlab"
        )
        raise StoreError(msg)


def _has_log(root: Place) -> bool:
    with told(root, "it cannot be read; check its permissions"):
        return root.has_log()


def _load(root: Place) -> DeltaTable:
    from deltalake import DeltaTable

    with told(root, f"its log cannot be read; {REPAIR}"):
        table = DeltaTable(root.uri, storage_options=root.options)
        if root.is_empty(_entry(table.version())):
            msg = f"the newest entry, {_entry(table.version())}, is empty"
            raise ValueError(msg)
        return table


def _create(root: Place) -> None:
    from deltalake import CommitProperties, DeltaTable, Schema
    from deltalake.exceptions import CommitFailedError

    fields = [_field(name, dtype) for name, dtype in union_schema().items()]
    # With retries, deltalake would create the table again over that of another process, without the columns it got.
    with told(root, "a store cannot be created there"), suppress(CommitFailedError):
        DeltaTable.create(
            root.uri,
            Schema(fields),
            "ignore",
            partition_by=PARTITIONS,
            name="pokerlab",
            configuration=_CONFIGURATION,
            storage_options=root.options,
            commit_properties=CommitProperties(max_commit_retries=0),
            raise_if_key_not_exists=False,
        )
        root.sync(_entry(0))


def _no_hooks() -> PostCommitHookProperties:
    """Keep deltalake from writing and deleting parts of the log after a commit; `checkpoint` does."""
    from deltalake import PostCommitHookProperties

    return PostCommitHookProperties(create_checkpoint=False, cleanup_expired_logs=False)


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


def _entry(version: int) -> str:
    """Name the file of a commit, which deltalake leaves unsynced: an acknowledged hand outlives a power loss."""
    return f"_delta_log/{version:020}.json"
