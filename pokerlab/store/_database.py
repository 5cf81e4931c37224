"""A snapshot as one DuckDB database file, in which DuckDB copies the store's own files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pokerlab import schema
from pokerlab.errors import StoreError
from pokerlab.store import _sql

if TYPE_CHECKING:
    from pathlib import Path

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
                files = [str(snapshot.path / file.path) for file in snapshot.view.of(kind)]
                view = _sql._view(kind, snapshot.view.schema(kind), files)
                database.execute(view.replace("CREATE VIEW", "CREATE TABLE", 1))
    except duckdb.Error as error:
        msg = f"{snapshot.path} cannot be written as {path.name}: {error}"
        raise StoreError(msg) from error
