"""Parquet files of the store: written whole, synced, and only then named in a commit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TYPE_CHECKING
from uuid import uuid4

import polars as pl
import polars.selectors as cs

from pokerlab.store._layout import DataFile, file_path, stored_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pokerlab.store._place import Place

SMALL_ROWS = 5_000
"""Below this, Parquet statistics would be a large part of the file and save no reading."""


def write_segment(root: Place, month: str, frames: Mapping[str, pl.DataFrame]) -> list[DataFile]:
    """Write the frames that hold the same hands, or one other kind, as files of one name; empty frames have none."""
    segment = uuid4().hex
    filled = {kind: frame for kind, frame in frames.items() if frame.height}
    try:
        # Each waits for the disk, which takes longer than to write: one after the other, a live hand is late.
        with ThreadPoolExecutor(max(len(filled), 1), thread_name_prefix="pokerlab-files") as pool:
            return list(pool.map(lambda kind: _write(root, kind, month, segment, filled[kind]), filled))
    except BaseException:
        delete(root, [file_path(kind, month, segment) for kind in frames])
        raise


def _write(root: Place, kind: str, month: str, segment: str, frame: pl.DataFrame) -> DataFile:
    path = file_path(kind, month, segment)
    plain = frame.with_columns(cs.enum().cast(pl.String))
    large = frame.height >= SMALL_ROWS
    size = root.write(path, plain, compression="zstd", compression_level=3, statistics=large)
    first, last = (frame["played_at"].min(), frame["played_at"].max()) if kind == "hands" else (None, None)
    return DataFile(path, kind, month, frame.height, size, first, last)  # type: ignore[arg-type]


def delete(root: Place, paths: Iterable[str]) -> None:
    """Remove files that no commit names; one that stays is an orphan, which vacuum removes."""
    root.delete(paths)


def scan(root: Place, files: Sequence[DataFile], columns: Mapping[str, pl.DataType], **options: str) -> pl.LazyFrame:
    """Read files of one kind as the types on disk; columns that an older file lacks are null."""
    disk = stored_schema(columns)
    if not files:
        extra = {name: pl.String() for name in options.values()}
        return pl.LazyFrame(schema={**disk, **extra})
    return pl.scan_parquet(
        [root.url(file.path) for file in files],
        glob=False,
        hive_partitioning=False,
        schema=disk,
        missing_columns="insert",
        extra_columns="ignore",
        include_file_paths=options.get("path_column"),
        **root.reading,
    )


@lru_cache(maxsize=10_000)
def columns_of(root: Place, path: str) -> frozenset[str]:
    """Name the columns of a file; files never change once they are written."""
    return frozenset(pl.scan_parquet(root.url(path), glob=False, **root.reading).collect_schema())


def restored(frame: pl.LazyFrame, columns: Mapping[str, pl.DataType]) -> pl.LazyFrame:
    """Give the columns their types of `pokerlab.schema` back, lazily: filters on others reach the files."""
    return frame.with_columns([pl.col(name).cast(kind) for name, kind in columns.items() if isinstance(kind, pl.Enum)])
