"""Everything as one DuckDB database file, written by DuckDB itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import polars.selectors as cs

from pokerlab import schema
from pokerlab.errors import ExportError
from pokerlab.export._files import file_of, state_of, write_whole
from pokerlab.frames import HandFrames
from pokerlab.store._database import write_database

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from pokerlab.export._files import Source


def duckdb(source: Source, path: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
    """Write one DuckDB database file with the tables hands, seats, actions, tournaments, rejects and notes.

    Money is BIGINT in minor units, times are TIMESTAMPTZ, Enums are text. From a store DuckDB reads the Parquet files
    itself, so that memory does not grow with the number of hands.

    Parameters
    ----------
    source
        Frames, or a store or snapshot of it.
    path
        A ``.duckdb`` or ``.db`` file, or a folder, where ``pokerlab.duckdb`` is written.
    overwrite
        Replace a file that is there already.

    Raises
    ------
    ExportError
        The file is there already, or cannot be written.

    Examples
    --------
    >>> import duckdb, pokerlab as pk, tempfile
    >>> path = pk.export.duckdb(pk.sample.hands(20, seed=1), tempfile.mkdtemp())
    >>> with duckdb.connect(str(path), read_only=True) as database:
    ...     database.sql("SELECT count(*) FROM hands").fetchall()
    [(20,)]
    """
    state = state_of(source)
    target = file_of(path, (".duckdb", ".db"), "pokerlab.duckdb")

    def write(part: Path) -> None:
        part.unlink(missing_ok=True)
        if isinstance(state, HandFrames):
            _write_frames(state, part)
        else:
            write_database(state, part)

    return write_whole(target, write, overwrite)


def _write_frames(frames: HandFrames, path: Path) -> None:
    import duckdb as engine

    tables = {**frames.tables(), "notes": schema.NOTES.to_frame()}
    try:
        with engine.connect(str(path)) as database:
            database.execute("SET TimeZone = 'UTC'")
            for name, frame in tables.items():
                database.register("given", frame.with_columns(cs.enum().cast(pl.String)).to_arrow())
                database.execute(f"CREATE TABLE {name} AS SELECT * FROM given")  # noqa: S608
                database.unregister("given")
    except engine.Error as error:
        msg = f"{str(path)!r} cannot be written: {error}"
        raise ExportError(msg) from error
