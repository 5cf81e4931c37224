"""Frames as CSV and Parquet files, row group by row group."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import polars as pl
import polars.selectors as cs

from pokerlab.export._files import folder_of, lazy_tables, write_whole

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from pokerlab.export._files import Source

_FORMULA = r"^['=+\-@\t\r\n＝＋－＠]"
"""How a text begins that a spreadsheet takes for a formula; or with an apostrophe, so that taking one away is safe."""


def csv(source: Source, folder: str | os.PathLike[str], *, overwrite: bool = False) -> list[Path]:
    """Write each frame that has rows as a CSV file, safe to open in a spreadsheet.

    Text that a spreadsheet would take for a formula gets an apostrophe before it, and so does text that begins with
    one: who reads the file takes one apostrophe away. Numbers are as they are. ``heroes`` are joined by ``|``.

    Parameters
    ----------
    source
        What is written: frames, or a store or snapshot of it, whose rows pass through memory bit by bit.
    folder
        Where ``hands.csv``, ``seats.csv`` and so on are written; it is made where there is none.
    overwrite
        Replace files that are there already.

    Raises
    ------
    ExportError
        A file is there already, or cannot be written.

    Examples
    --------
    >>> import pokerlab as pk, tempfile
    >>> [path.name for path in pk.export.csv(pk.sample.hands(20, seed=1), tempfile.mkdtemp())]
    ['hands.csv', 'seats.csv', 'actions.csv']
    """
    target = folder_of(folder)
    return [
        write_whole(target / f"{name}.csv", _plain(frame).sink_csv, overwrite)
        for name, frame in lazy_tables(source).items()
    ]


def parquet(source: Source, folder: str | os.PathLike[str], *, overwrite: bool = False) -> list[Path]:
    """Write each frame that has rows as a Parquet file; Enums are text there.

    Parameters
    ----------
    source, folder, overwrite
        As for `csv`.

    Raises
    ------
    ExportError
        A file is there already, or cannot be written.

    Examples
    --------
    >>> import polars as pl, pokerlab as pk, tempfile
    >>> paths = pk.export.parquet(pk.sample.hands(20, seed=1), tempfile.mkdtemp())
    >>> pl.read_parquet(paths[0]).height
    20
    """
    target = folder_of(folder)
    return [
        write_whole(target / f"{name}.parquet", partial(_sink_parquet, frame), overwrite)
        for name, frame in lazy_tables(source).items()
    ]


def _sink_parquet(frame: pl.LazyFrame, path: Path) -> None:
    frame.with_columns(cs.enum().cast(pl.String)).sink_parquet(path)


def _plain(frame: pl.LazyFrame) -> pl.LazyFrame:
    texts = frame.with_columns(cs.enum().cast(pl.String), cs.by_dtype(pl.List(pl.String)).list.join("|"))
    safe = pl.when(cs.string().str.contains(_FORMULA)).then("'" + cs.string()).otherwise(cs.string())
    return texts.with_columns(safe.name.keep())
