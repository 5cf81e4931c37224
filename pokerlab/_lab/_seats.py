"""Stored seats with the columns of all statistics, also of those that are younger than the stored hands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

import polars as pl
from polars.io.plugins import register_io_source

from pokerlab import stats
from pokerlab._bunches import bunches
from pokerlab._lab._people import by_person
from pokerlab.stats._computed import compute, inputs
from pokerlab.store import aliases

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pokerlab.stats import AnyStat
    from pokerlab.store import Snapshot


_PART_ROWS = 500_000
"""About so many seats are in memory at once; a segment is not cut."""

_FEW = 20
"""Of so many seats one may be wanted, for its hand to be looked up before columns are computed."""


def stored_seats(snapshot: Snapshot, known: tuple[AnyStat, ...] | None = None) -> pl.LazyFrame:
    """Give the stored seats with the columns of all statistics that are known now, unless others are given.

    Columns that a file lacks are computed from its actions, file by file, when a query names them. Those of registered
    statistics always are: their definition may have changed since the hands were stored. A player who has aliases has
    his main name.
    """
    reader = _Reader.of(snapshot, stats.every() if known is None else known)
    runs = groupby(reader.stored, key=lambda segment: bool(reader.aliases or reader.lacking(segment, reader.schema)))
    frames = [reader.scan(list(segments)) if changes else reader.plain(list(segments)) for changes, segments in runs]
    return pl.concat(frames or [pl.LazyFrame(schema=reader.schema)])


@dataclass(frozen=True, slots=True, eq=False)
class _Reader:
    """Seats of a snapshot, of which some columns are computed.

    Attributes
    ----------
    snapshot
        What is stored.
    stored, rows
        Of each segment, in the order of time, the columns that it has, and its rows.
    known
        The statistics.
    computable
        The columns of theirs.
    registered
        Those of these that a user defined, which are never taken from a file.
    schema
        The columns to give, with their types.
    aliases
        Main names of players, which stand in what is given; statistics are computed from the names at the table.
    """

    snapshot: Snapshot
    stored: Mapping[str, frozenset[str]]
    rows: Mapping[str, int]
    known: tuple[AnyStat, ...]
    computable: frozenset[str]
    registered: frozenset[str]
    schema: pl.Schema
    aliases: Mapping[str, str]

    @classmethod
    def of(cls, snapshot: Snapshot, known: tuple[AnyStat, ...]) -> _Reader:
        """Make a reader of columns of statistics."""
        columns = stats.columns(known)
        own = stats.columns([stat for stat in known if stat not in stats.ALL])
        registered = frozenset(own).difference(stats.columns(stats.ALL))
        kinds = {**snapshot.scan("seats").collect_schema(), **columns}
        rows = {file.segment: file.rows for file in snapshot.view.of("seats")}
        given = pl.Schema(kinds)
        return cls(
            snapshot, snapshot.seat_columns(), rows, known, frozenset(columns), registered, given, aliases(snapshot)
        )

    def lacking(self, segment: str, wanted: Iterable[str]) -> frozenset[str]:
        """Name the wanted columns that must be computed for a segment."""
        return self.computable.intersection(wanted) - (self.stored[segment] - self.registered)

    def plain(self, segments: list[str]) -> pl.LazyFrame:
        """Give segments that have all columns, as they are."""
        return self.snapshot.scan_segments("seats", segments).select(list(self.schema))

    def scan(self, segments: list[str]) -> pl.LazyFrame:
        """Give segments that lack columns, which a query may name or not, or in which players have aliases."""
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
        for part, lacking in self._parts(segments, asked.union(names)):
            hits = None if predicate is None or n_rows is not None or lacking & asked else predicate
            rows = self._read(part, asked.union(names), lacking, hits)
            if "player" in asked.union(names):
                rows = self._people(rows, hits)
            rows = rows if n_rows is None else rows.head(n_rows)
            yield (rows if predicate is None else rows.filter(predicate)).select(names).collect()
            if n_rows is not None and (n_rows := n_rows - sum(self.rows[segment] for segment in part)) <= 0:
                return

    def _people(self, seats: pl.LazyFrame, hits: pl.Expr | None) -> pl.LazyFrame:
        """Put main names in; rows that ``hits`` cannot keep fall out before, as the files are read."""
        if self.aliases and hits is not None and "player" in hits.meta.root_names():
            seats = seats.filter(hits | pl.col("player").is_in(list(self.aliases)))
        return by_person(seats, self.aliases, "player")

    def _parts(self, segments: list[str], wanted: set[str]) -> Iterator[tuple[list[str], frozenset[str]]]:
        """Put small neighbours that lack the same together, as live hands make many."""
        for lacking, alike in groupby(segments, key=lambda segment: self.lacking(segment, wanted)):
            for part in bunches(alike, self.rows.__getitem__, _PART_ROWS):
                yield part, lacking

    def _read(self, part: list[str], wanted: set[str], lacking: frozenset[str], hits: pl.Expr | None) -> pl.LazyFrame:
        """Read segments, and compute what they lack; of the hands in which ``hits`` is true of a seat, if given."""
        seats, actions = (self.snapshot.scan_segments(table, part) for table in ("seats", "actions"))
        if not lacking:
            return seats
        if hits is not None:
            hands = self._people(seats, hits).filter(hits).select("hand_id").collect()
            # To look up each row's hand takes longer than to compute all, unless they are few.
            if hands.height * _FEW < sum(self.rows[segment] for segment in part):
                seats, actions = (
                    frame.join(hands.lazy(), on="hand_id", how="semi", maintain_order="left")
                    for frame in (seats, actions)
                )
        needed = inputs(lacking, self.known)
        of_seats = [name for name in seats.collect_schema() if name in (wanted | needed) - lacking]
        of_actions = [name for name in actions.collect_schema() if name in needed]
        rows, done = pl.collect_all([seats.select(of_seats), actions.select(of_actions)])
        return rows.lazy().with_columns(compute(rows, done, lacking, self.known))
