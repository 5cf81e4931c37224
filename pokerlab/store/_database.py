"""A snapshot as one DuckDB database file, in which DuckDB copies the store's own files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pokerlab import schema
from pokerlab.errors import StoreError
from pokerlab.store import _sql
from pokerlab.store._files import scan

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from pokerlab.store._snapshot import Snapshot

TABLES = (*schema.TABLES, "notes")
_MEMORY = "512MB"
"""What DuckDB may hold of the rows on their way; more goes to disk beside the file."""


def write_database(snapshot: Snapshot, path: Path) -> None:
    """Write the tables of a snapshot into a new database file.

    Raises
    ------
    StoreError
        DuckDB cannot write the file, or read one of the store's.
    """
    import duckdb

    try:
        with duckdb.connect(str(path), config={"memory_limit": _MEMORY}) as database:
            database.execute("SET TimeZone = 'UTC'")
            database.execute("SET enable_progress_bar = false")
            for kind in TABLES:
                _copy(database, snapshot, kind)
    except duckdb.Error as error:
        msg = f"{snapshot.root} cannot be written as {path.name}: {snapshot.root.masked(str(error))}"
        raise StoreError(msg) from error


def _copy(database: DuckDBPyConnection, snapshot: Snapshot, kind: str) -> None:
    files, columns = snapshot.view.of(kind), snapshot.view.schema(kind)
    if snapshot.root.remote:
        database.register("_rows", scan(snapshot.root, files, columns))
        database.execute(f"CREATE TABLE {kind} AS FROM _rows")
        database.unregister("_rows")
    else:
        view = _sql._view(kind, columns, [snapshot.root.url(file.path) for file in files])
        database.execute(view.replace("CREATE VIEW", "CREATE TABLE", 1))
