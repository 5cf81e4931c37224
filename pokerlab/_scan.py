"""Histories as LazyFrames: only the frames and columns that a query needs are built, chunk by chunk."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from polars.io.plugins import register_io_source

from pokerlab import facts, schema, stats, winamax
from pokerlab._sources import File, Source, chunks, files_of, pieces_of
from pokerlab.frames import last_summaries
from pokerlab.watch import TITLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pokerlab.stats import AnyStat


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class LazyHandFrames:
    """Hands as five LazyFrames, with the columns of `pokerlab.HandFrames`.

    Attributes
    ----------
    hands, seats, actions, tournaments, rejects
        As in `pokerlab.HandFrames`; the files are read anew by each ``collect``.
    """

    hands: pl.LazyFrame
    seats: pl.LazyFrame
    actions: pl.LazyFrame
    tournaments: pl.LazyFrame
    rejects: pl.LazyFrame

    def tables(self) -> dict[str, pl.LazyFrame]:
        """Give the frames by their names."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def __repr__(self) -> str:
        return f"LazyHandFrames({', '.join(self.tables())})"


def scan_winamax(source: Source = None) -> LazyHandFrames:
    """Give Winamax histories as LazyFrames: nothing is read before ``collect``, and then what the query needs.

    Of the five frames only those that are asked for are built, and of ``seats`` only the flags and all-in equities that
    the query names; reading ends when ``head`` has its rows. It goes chunk by chunk, so that memory stays small where
    the query allows. A scan takes one core, `pokerlab.read_winamax` all.

    The rows are those of `pokerlab.read_winamax`, but for one thing: of a hand that comes twice, the first copy is
    given as it is, since the second may be files away. The hole cards that only another account's copy has are missing.

    Parameters
    ----------
    source
        As for `pokerlab.read_winamax`. Which files there are is looked up by each ``collect``.

    Raises
    ------
    HistoryError
        Nothing is named. A path that does not exist is told by ``collect``, as a ``ComputeError`` of Polars.

    Examples
    --------
    >>> import polars as pl, pokerlab as pk, tempfile
    >>> folder = tempfile.mkdtemp()
    >>> _ = pk.sample.write(folder, 100, seed=1)
    >>> lazy = pk.scan_winamax(folder)
    >>> lazy.hands.filter(pl.col("rake") > 0).select(pl.col("rake").sum()).collect().item() > 0
    True
    >>> lazy.seats.head(3).collect().height
    3
    """
    again, known = _again(source), stats.every()
    frames = {
        table: register_io_source(partial(_read, again, known, table), schema=_schema(table, known))
        for table in schema.TABLES
    }
    return LazyHandFrames(**frames)


def _again(source: Source) -> Source:
    """Keep what an iterator gives, since each collect asks for it again."""
    if source is None or isinstance(source, (bytes, bytearray, memoryview, str, os.PathLike)):
        return source
    return list(source)


def _schema(table: str, known: tuple[AnyStat, ...]) -> pl.Schema:
    return pl.Schema({**schema.TABLES[table], **(stats.columns(known) if table == "seats" else {})})


def _read(
    source: Source,
    known: tuple[AnyStat, ...],
    table: str,
    columns: list[str] | None,
    predicate: pl.Expr | None,
    n_rows: int | None,
    _size: int | None,
) -> Iterator[pl.DataFrame]:
    """Answer Polars: the first ``n_rows`` of the source, of these what the predicate keeps, of this the columns."""
    files = list(files_of(source))
    names = columns if columns is not None else list(_schema(table, known))
    wanted = set(names) | set(predicate.meta.root_names() if predicate is not None else ())
    batches = _summaries(files) if table == "tournaments" else _batches(files, table, wanted, known)
    for batch in batches:
        rows = batch if n_rows is None else batch.head(n_rows)
        yield (rows if predicate is None else rows.filter(predicate)).select(names)
        if n_rows is not None and (n_rows := n_rows - rows.height) <= 0:
            return


def _batches(files: list[File], table: str, wanted: set[str], known: tuple[AnyStat, ...]) -> Iterator[pl.DataFrame]:
    """Give a table chunk by chunk, each hand once."""
    seen: set[int] = set()
    # No threads of our own: those of Polars wait for this generator, and may also be the ones that drop it.
    for chunk in chunks(files):
        frame, ids, hand = _build(table, wanted, known, chunk)
        numbers = ids.hash().to_list()
        first = {number: row for row, number in reversed(list(enumerate(numbers)))}
        is_new = np.array([number not in seen and first[number] == row for row, number in enumerate(numbers)], bool)
        seen.update(numbers)
        yield frame if hand is None or is_new.all() else frame.filter(is_new[hand])


def _build(
    table: str, wanted: set[str], known: tuple[AnyStat, ...], chunk: list[File]
) -> tuple[pl.DataFrame, pl.Series, np.ndarray | None]:
    """Give a table of some files, the ids of their hands, and which of these each row belongs to."""
    pieces, refused = pieces_of(chunk)
    parsed = winamax.parse(pieces)
    if table == "hands":
        return parsed.hands, parsed.hand_ids, np.arange(len(parsed.hand_records))
    if table == "actions":
        return parsed.actions, parsed.hand_ids, parsed.action_records["hand"]
    if table == "seats":
        flags = [flag for flag in stats.flags(known) if wanted.intersection(flag.columns)]
        sizes = any(name.startswith("size_") for name in wanted)
        frame = facts.seats(parsed, flags, with_ev="ev_net" in wanted, with_sizes=sizes)
        return frame, parsed.hand_ids, parsed.player_records["hand"]
    return pl.concat([parsed.rejects, *(part.rejects for part in refused)]), parsed.hand_ids, None


def _summaries(files: list[File]) -> Iterator[pl.DataFrame]:
    """Give the tournaments in one batch, as the summary that counts may be in the last file."""
    parts = [_build_summaries(chunk) for chunk in chunks(files)]
    yield last_summaries(pl.concat([schema.TOURNAMENTS.to_frame(), *parts]))


def _build_summaries(chunk: list[File]) -> pl.DataFrame:
    pieces, _ = pieces_of(chunk)
    return winamax.parse([piece for piece in pieces if TITLE in piece.data]).tournaments
