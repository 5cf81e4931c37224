"""What lies where in a store's folder, and which types its columns have on disk.

A *segment* is what one batch, or one compaction, wrote for one month: up to three files of the same name, one in each
of ``kind=hands``, ``kind=seats`` and ``kind=actions``, which hold exactly the same hands.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from pokerlab import schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

FORMAT_VERSION = 2
"""Version of the folder's format; a store of a greater one is refused."""

PARTITIONS = ["kind", "month"]
LOCK_NAME = "_pokerlab.lock"
HAND_KINDS = ("hands", "seats", "actions")
KINDS: Mapping[str, pl.Schema] = {**schema.TABLES, "notes": schema.NOTES, "files": schema.FILES}
"""All kinds of rows that a store holds."""

UNDATED = "all"
"""The month of rows that have no time (rejects), or too few rows to be split (tournaments)."""

FLAG_TYPES: Mapping[str, pl.DataType] = {"boolean": pl.Boolean(), "short": pl.Int16(), "float": pl.Float32()}
"""Types that a column of a statistic can have, by their Delta names."""


@dataclass(frozen=True, slots=True)
class DataFile:
    """One Parquet file as the log describes it; ``path`` is relative to the store, with forward slashes."""

    path: str
    kind: str
    month: str
    rows: int
    size: int
    first: datetime | None = None
    last: datetime | None = None

    @property
    def segment(self) -> str:
        """Name shared by the files of the same hands."""
        return self.path.rpartition("/")[2].removesuffix(".parquet")


@dataclass(frozen=True, slots=True)
class View:
    """One state of the store: its files, and the flag columns that were added to ``seats``."""

    version: int
    files: Mapping[str, DataFile]
    flags: Mapping[str, pl.DataType]
    columns: frozenset[str] = field(default_factory=frozenset)

    def of(self, kind: str) -> list[DataFile]:
        """List the files of ``kind``, in the order of time."""
        return [file for file in self.files.values() if file.kind == kind]

    def siblings(self, segments: Iterable[str], kind: str) -> list[DataFile]:
        """List the files of ``kind`` that belong to ``segments``."""
        wanted = set(segments)
        return [file for file in self.of(kind) if file.segment in wanted]

    def schema(self, kind: str) -> pl.Schema:
        """Give the columns of ``kind`` as users see them: those of `pokerlab.schema`, then the flags."""
        flags = self.flags if kind == "seats" else {}
        return pl.Schema({**KINDS[kind], **flags})


def stored(kind: pl.DataType) -> pl.DataType:
    """Give the type that a column has on disk: Enums are text there, since their categories grow."""
    return pl.String() if isinstance(kind, pl.Enum) else kind


def stored_schema(columns: Mapping[str, pl.DataType]) -> pl.Schema:
    """Give the types on disk of a frame's columns."""
    return pl.Schema({name: stored(kind) for name, kind in columns.items()})


def union_schema() -> dict[str, pl.DataType]:
    """Give the columns of the Delta table: the partitions, then every column of every kind once."""
    columns: dict[str, pl.DataType] = {name: pl.String() for name in PARTITIONS}
    for kind, table in KINDS.items():
        for name, dtype in stored_schema(table).items():
            if columns.setdefault(name, dtype) != dtype:
                msg = f"column {name!r} is {dtype} in {kind!r} and {columns[name]} elsewhere; one table holds both"
                raise TypeError(msg)
    return columns


def file_path(kind: str, month: str, segment: str) -> str:
    """Give the place of a file, relative to the store."""
    return f"kind={kind}/month={month}/{segment}.parquet"
