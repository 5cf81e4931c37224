"""Stored seats with the columns of all statistics, also of those that are younger than the stored hands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

import polars as pl
from polars.io.plugins import register_io_source

from pokerlab import stats
from pokerlab.stats._columns import compute, inputs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pokerlab.stats import AnyStat
    from pokerlab.store import Snapshot


def stored_seats(snapshot: Snapshot) -> pl.LazyFrame:
    """Give the stored seats with the columns of all statistics that are known now.

    Columns that a file lacks are computed from its actions, file by file, when a query names them. Those of registered
    statistics always are: their definition may have changed since the hands were stored.
    """
    reader = _Reader.of(snapshot)
    segments = groupby(snapshot.segments(), key=lambda segment: bool(reader.lacking(segment, reader.schema)))
    frames = [reader.scan(list(names)) if lacks else reader.plain(list(names)) for lacks, names in segments]
    return pl.concat(frames or [pl.LazyFrame(schema=reader.schema)])


@dataclass(frozen=True, slots=True, eq=False)
class _Reader:
    """Seats of a snapshot, of which some columns are computed.

    Attributes
    ----------
    snapshot
        What is stored.
    known
        The statistics.
    computable
        The columns of theirs.
    registered
        Those of these that a user defined, which are never taken from a file.
    schema
        The columns to give, with their types.
    """

    snapshot: Snapshot
    known: tuple[AnyStat, ...]
    computable: frozenset[str]
    registered: frozenset[str]
    schema: pl.Schema

    @classmethod
    def of(cls, snapshot: Snapshot) -> _Reader:
        """Make a reader of the statistics that are known now."""
        known = stats.every()
        columns = stats.columns(known)
        own = stats.columns([stat for stat in known if stat not in stats.ALL])
        registered = frozenset(own).difference(stats.columns(stats.ALL))
        kinds = {**snapshot.scan("seats").collect_schema(), **columns}
        return cls(snapshot, known, frozenset(columns), registered, pl.Schema(kinds))

    def lacking(self, segment: str, wanted: Iterable[str]) -> frozenset[str]:
        """Name the wanted columns that must be computed for a segment."""
        return self.computable.intersection(wanted) - (self.snapshot.seat_columns(segment) - self.registered)

    def plain(self, segments: list[str]) -> pl.LazyFrame:
        """Give segments that have all columns."""
        return self.snapshot.scan_segments("seats", segments).select(list(self.schema))

    def scan(self, segments: list[str]) -> pl.LazyFrame:
        """Give segments that lack columns, which a query may name or not."""
        return register_io_source(partial(self._batches, segments), schema=self.schema)

    def _batches(
        self,
        segments: list[str],
        columns: list[str] | None,
        predicate: pl.Expr | None,
        n_rows: int | None,
        _size: int | None,
    ) -> Iterator[pl.DataFrame]:
        """Answer Polars: the first ``n_rows`` of the source, of these what the predicate keeps, of this the columns."""
        names = list(self.schema) if columns is None else columns
        asked = set(predicate.meta.root_names()) if predicate is not None else set()
        for segment in segments:
            lacking = self.lacking(segment, asked.union(names))
            hits = None if predicate is None or n_rows is not None or lacking & asked else predicate
            rows = self._read(segment, asked.union(names), lacking, hits)
            part = rows if n_rows is None else rows.head(n_rows)
            yield (part if predicate is None else part.filter(predicate)).select(names).collect()
            if n_rows is not None and (n_rows := n_rows - self.snapshot.rows("seats", segment)) <= 0:
                return

    def _read(self, segment: str, wanted: set[str], lacking: frozenset[str], hits: pl.Expr | None) -> pl.LazyFrame:
        """Read a segment, and compute what it lacks; of the hands in which ``hits`` is true of a seat, if given."""
        seats, actions = (self.snapshot.scan_segments(table, [segment]) for table in ("seats", "actions"))
        if not lacking:
            return seats
        if hits is not None:
            hands = seats.filter(hits).select("hand_id").unique()
            seats, actions = (
                frame.join(hands, on="hand_id", how="semi", maintain_order="left") for frame in (seats, actions)
            )
        needed = inputs(lacking, self.known)
        of_seats = [name for name in seats.collect_schema() if name in (wanted | needed) - lacking]
        of_actions = [name for name in actions.collect_schema() if name in needed]
        rows, done = pl.collect_all([seats.select(of_seats), actions.select(of_actions)])
        return rows.lazy().with_columns(compute(rows, done, lacking, self.known))
