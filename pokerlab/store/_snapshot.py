"""Reading: all kinds from one state of the store."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl

from pokerlab import schema
from pokerlab._bunches import bunches
from pokerlab._query import played_at
from pokerlab.errors import StoreError
from pokerlab.frames import HandFrames
from pokerlab.store._files import columns_of, restored, scan
from pokerlab.store._layout import HAND_KINDS, KINDS, DataFile, View
from pokerlab.store._log import told
from pokerlab.store._place import folder_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from pokerlab.store._place import Place


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Snapshot:
    """One state of a store, read only: what others add later is not in it.

    Its files stay on disk for at least a day after they were replaced; take a new one for long work.
    """

    root: Place
    view: View

    @property
    def path(self) -> Path:
        """The store's folder; see `Store.path`."""
        return folder_of(self.root)

    @property
    def version(self) -> int:
        """Number of the state, counted from 0 when the store was made."""
        return self.view.version

    def counts(self) -> dict[str, int]:
        """Count the rows of each kind, without opening a file."""
        return {kind: sum(file.rows for file in self.view.of(kind)) for kind in schema.TABLES}

    def scan(self, table: str, *, since: datetime | None = None, until: datetime | None = None) -> pl.LazyFrame:
        """Give a kind as a LazyFrame in the types of `pokerlab.schema`; nothing is read before ``collect``.

        Parameters
        ----------
        table
            ``hands``, ``seats``, ``actions``, ``tournaments``, ``rejects``, ``notes`` or ``files``.
        since, until
            Keep the hands played from ``since`` on and before ``until`` (with time zone), with their seats and actions;
            tournaments by their start. Files outside are not opened.

        Raises
        ------
        StoreError
            The table is unknown, or has no time to ask for.
        """
        if table not in KINDS:
            msg = f"{self.root} has no table {table!r}; it has {', '.join(KINDS)}"
            raise StoreError(msg)
        if since is None and until is None:
            return self._scan(table, self.view.of(table))
        between = _between(since, until, "started_at" if table == "tournaments" else "played_at")
        if table == "tournaments":
            return self._scan(table, self.view.of(table)).filter(between)
        if table not in HAND_KINDS:
            msg = f"{table} have no time to ask for; leave since and until out"
            raise StoreError(msg)
        inside, cut = self._segments(since, until)
        whole = self._scan(table, self.view.siblings(inside, table))
        part = self._scan(table, self.view.siblings(cut, table))
        if not cut:
            return whole
        hands = self._scan("hands", self.view.siblings(cut, "hands")).filter(between)
        return pl.concat([whole, part.join(hands, on="hand_id", how="semi", maintain_order="left")])

    def during(self, since: datetime | None = None, until: datetime | None = None) -> Snapshot:
        """Give the same state with those parts of the hands alone that reach into a time."""
        if since is None and until is None:
            return self
        inside, cut = self._segments(since, until)
        return self.part([*inside, *cut])

    def part(self, segments: Iterable[str]) -> Snapshot:
        """Give the same state with some parts of the hands alone, and all rows of other kinds."""
        wanted, view = set(segments), self.view
        files = {p: file for p, file in view.files.items() if file.kind not in HAND_KINDS or file.segment in wanted}
        return Snapshot(self.root, replace(view, files=files))

    def around(self, times: Iterable[datetime]) -> Snapshot:
        """Give the same state with those parts of the hands alone that may hold a hand of one of some times."""
        files = self.view.of("hands")
        undated = [file.segment for file in files if file.first is None or file.last is None]
        return self.part([*undated, *(file.segment for file in _around(files, times))])

    def scan_segments(self, table: str, segments: Iterable[str]) -> pl.LazyFrame:
        """Give ``hands``, ``seats`` or ``actions`` of some parts as a LazyFrame; a hand is whole in one part."""
        return self._scan(table, self.view.siblings(segments, table))

    def runs(self, seats: int) -> Iterator[list[str]]:
        """Name parts for `scan_segments` in the order of time, neighbours of few rows together: ``seats`` or less."""
        for files in bunches(self.view.of("seats"), lambda file: file.rows, seats):
            yield [file.segment for file in files]

    def seat_columns(self) -> dict[str, frozenset[str]]:
        """Name the columns that the file of seats of each part has, in the order of time; others are null in `scan`."""
        with told(self.root, "its files cannot be read"):
            return {file.segment: columns_of(self.root, file.path) for file in self.view.of("seats")}

    def read(self, hand_ids: Iterable[str]) -> HandFrames:
        """Read single hands, with the tournaments that they belong to; ids that the store lacks are left out.

        Examples
        --------
        >>> import pokerlab as pk, tempfile
        >>> store = pk.Store(tempfile.mkdtemp())
        >>> frames = pk.sample.hands(20, seed=1)
        >>> _ = store.add(frames)
        >>> len(store.snapshot().read(frames.hands["hand_id"].head(2)))
        2
        """
        if isinstance(hand_ids, str):
            msg = f"{hand_ids!r} is one text; give a list of hand ids, such as [{hand_ids!r}]"
            raise StoreError(msg)
        with told(self.root, "hands cannot be read"):
            return self._read(hand_ids)

    def _read(self, hand_ids: Iterable[str]) -> HandFrames:
        wanted = pl.Series(list(hand_ids), dtype=pl.String)
        parts = self._holding(wanted)
        hit = pl.col("hand_id").is_in(wanted.implode())
        hands, *rest = pl.collect_all([parts.scan(kind).filter(hit) for kind in HAND_KINDS])
        known = hands["tournament_id"].drop_nulls().implode()
        tournaments = self.scan("tournaments").filter(pl.col("tournament_id").is_in(known)).collect()
        of_hands = dict(zip(HAND_KINDS, [hands, *rest], strict=True))
        return HandFrames(**of_hands, tournaments=tournaments, rejects=schema.REJECTS.to_frame())

    def holding(self, hand_ids: Iterable[str]) -> Snapshot:
        """Give the same state with those parts of the hands alone that hold some of them."""
        with told(self.root, "hands cannot be read"):
            return self._holding(pl.Series(list(hand_ids), dtype=pl.String).unique())

    def _holding(self, wanted: pl.Series) -> Snapshot:
        files = self.view.of("hands")
        # Most ids tell when they were played; what is not found where it should be is looked for everywhere.
        near = _around(files, _times(wanted))
        segments, found = self._segments_with(near, wanted)
        if found < wanted.n_unique():
            segments |= self._segments_with([file for file in files if file not in near], wanted)[0]
        return self.part(segments)

    def _segments_with(self, files: list[DataFile], wanted: pl.Series) -> tuple[set[str], int]:
        """Name those of some segments that hold hands, and count the hands."""
        ids = scan(self.root, files, self.view.schema("hands"), path_column="_path").select("hand_id", "_path")
        found = ids.filter(pl.col("hand_id").is_in(wanted.implode())).collect()
        paths = set(found["_path"].to_list())
        return {file.segment for file in files if self.root.url(file.path) in paths}, found.height

    def frames(self, *, since: datetime | None = None, until: datetime | None = None) -> HandFrames:
        """Read all kinds into memory, or the hands and tournaments of a time."""
        timed = {kind: self.scan(kind, since=since, until=until) for kind in schema.TABLES if kind != "rejects"}
        names = [*timed, "rejects"]
        with told(self.root, "hands cannot be read"):
            read = pl.collect_all([*timed.values(), self.scan("rejects")])
        return HandFrames(**dict(zip(names, read, strict=True)))

    def is_whole(self) -> bool:
        """Tell whether all files are still on the disk."""
        return not self.root.missing(list(self.view.files))

    def sql(self, query: str, params: Mapping[str, object] | None = None) -> pl.DataFrame:
        """Answer one SQL query; see `Store.sql`."""
        from pokerlab.store._sql import run

        return run(self, query, params or {})

    def _scan(self, table: str, files: list[DataFile]) -> pl.LazyFrame:
        columns = self.view.schema(table)
        return restored(scan(self.root, files, columns), columns)

    def _segments(self, since: datetime | None, until: datetime | None) -> tuple[list[str], list[str]]:
        """Name the segments that lie in a time, and those that reach over its ends."""
        inside, cut = [], []
        for file in self.view.of("hands"):
            first, last = file.first, file.last
            if first is None or last is None:
                cut.append(file.segment)
            elif (until is not None and first >= until) or (since is not None and last < since):
                continue
            elif (since is None or first >= since) and (until is None or last < until):
                inside.append(file.segment)
            else:
                cut.append(file.segment)
        return inside, cut

    def __repr__(self) -> str:
        counts = ", ".join(f"{rows:,} {kind}" for kind, rows in self.counts().items())
        return f"Snapshot({self.root.uri!r}, version {self.version}: {counts})"


def _times(hand_ids: pl.Series) -> list[datetime]:
    """Read the times in ids, where there are any."""
    named = hand_ids.to_frame("hand_id").filter(pl.col("hand_id").str.contains(r"^\d{1,19}-\d{1,9}-\d{1,10}$"))
    times: list[datetime] = named.select(played_at())["played_at"].unique().to_list()
    return times


def _around(files: list[DataFile], times: Iterable[datetime]) -> list[DataFile]:
    """Give the files of hands that reach over a time."""
    ordered = sorted(set(times))

    def reaches(first: datetime, last: datetime) -> bool:
        next_time = bisect_left(ordered, first)
        return next_time < len(ordered) and ordered[next_time] <= last

    return [file for file in files if file.first and file.last and reaches(file.first, file.last)]


def _between(since: datetime | None, until: datetime | None, column: str) -> pl.Expr:
    for when in (since, until):
        if when is not None and not isinstance(when, datetime):
            msg = f"{when!s} is not a datetime; give one with a time zone, such as datetime(2026, 1, 31, tzinfo=UTC)"
            raise StoreError(msg)
        if when is not None and when.tzinfo is None:
            msg = f"{when!s} has no time zone; say which, for instance {when!s}+00:00"
            raise StoreError(msg)
    time, always = pl.col(column), pl.lit(value=True)
    return (time >= since if since else always) & (time < until if until else always)
