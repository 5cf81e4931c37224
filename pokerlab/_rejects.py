"""Rejects of a store, read again: what a newer pokerlab understands becomes hands."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from pokerlab import winamax
from pokerlab._ingest import IngestReport, derive, read_winamax
from pokerlab.frames import HandFrames, concat, merge_copies

if TYPE_CHECKING:
    from pokerlab.store import Store

FILE_RULES = ("unreadable", "encoding", "empty", "not_winamax")
"""Rules by which a whole file is refused: its text is read again from the file, not from the reject."""

BATCH = 20_000
"""So many rejects are read again at once."""


def retry_rejects(store: Store) -> IngestReport:
    """Read again what a store has as rejects, from the text that is kept there, or from files that could not be read.

    What is understood now is added, and is no reject any longer; neither is a hand that the store got from elsewhere
    since. Interrupted at any moment, nothing is lost: hands are added before rejects are taken out.

    Parameters
    ----------
    store
        Where the rejects are; call this after an upgrade.

    Returns
    -------
    IngestReport
        ``files`` are those that rejects came from, ``rejects`` is what is left.

    Raises
    ------
    StoreError
        The store cannot be read or written.

    Examples
    --------
    >>> import pokerlab as pk, tempfile
    >>> retry_rejects(pk.Store(tempfile.mkdtemp())).rejects
    0
    """
    started = time.perf_counter()
    rejects = store.scan("rejects").collect()
    added = tournaments = 0
    for batch in rejects.iter_slices(BATCH):
        settled = batch.filter(_hand_id().is_in(_stored(store, batch).implode()))
        by_text, by_file = _read_text(batch), _read_files(batch)
        for frames, done in (by_text, by_file):
            if done.height:
                unique = merge_copies(frames)
                report = store.add(unique)
                added, tournaments = added + report.hands_added, tournaments + report.tournaments_added
        if (gone := pl.concat([settled, by_text[1], by_file[1]]).unique()).height:
            store.drop_rejects(gone)
    left = store.scan("rejects").group_by("rule").len().sort("len", "rule", descending=[True, False]).collect()
    rules = dict(left.iter_rows())
    return IngestReport(
        files=rejects["source"].n_unique(),
        hands_added=added,
        duplicates=0,
        rejects=sum(rules.values()),
        seconds=time.perf_counter() - started,
        tournaments=tournaments,
        rejects_by_rule=rules,
    )


def _hand_id() -> pl.Expr:
    return pl.col("text").str.extract(r"^Winamax Poker - [^\n]* - HandId: #(\S+) - ")


def _stored(store: Store, batch: pl.DataFrame) -> pl.Series:
    """Give the hands of the rejects that the store has by now."""
    ids = batch.select(_hand_id().alias("hand_id")).drop_nulls().lazy()
    return store.scan("hands").select("hand_id").join(ids, on="hand_id", how="semi").collect()["hand_id"]


def _read_text(batch: pl.DataFrame) -> tuple[HandFrames, pl.DataFrame]:
    """Give the frames of the kept texts that hold a hand or summary now, and the rejects that these were."""
    kept = batch.filter(~_of_file(), pl.col("text") != "")
    # Each text has its row's number for a source, by which its hands are found again.
    pieces = [
        winamax.Piece(str(row), text.encode("utf-8", "replace"), offset, None if number is None else number - 1)
        for row, (text, offset, number) in enumerate(kept.select("text", "offset", "line_number").iter_rows())
    ]
    frames = derive(pieces)
    rows = pl.concat([frames.hands["source"], frames.tournaments["source"]]).unique().cast(pl.UInt32).sort()
    done = rows.cast(pl.String).implode()
    sources = kept["source"]

    def named(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(sources.gather(frame["source"].cast(pl.UInt32)).alias("source"))

    return (
        HandFrames(
            hands=named(frames.hands),
            seats=frames.seats,
            actions=frames.actions,
            tournaments=named(frames.tournaments),
            rejects=named(frames.rejects.filter(pl.col("source").is_in(done))),
        ),
        kept[rows],
    )


def _read_files(batch: pl.DataFrame) -> tuple[HandFrames, pl.DataFrame]:
    """Give the frames of the refused files that can be read now, and the rejects that these were."""
    of_files = batch.filter(_of_file())
    parts: list[HandFrames] = []
    done: list[pl.DataFrame] = []
    for (source,), rows in of_files.group_by("source", maintain_order=True):
        if not Path(str(source)).is_file():
            continue
        frames = read_winamax(str(source))
        same = frames.rejects.filter(_of_file(), pl.col("rule").is_in(rows["rule"].unique().implode()))
        if not same.height:
            parts.append(frames)
            done.append(rows)
    empty = replace(derive([]), rejects=batch.clear())
    return concat([empty, *parts]), pl.concat([batch.clear(), *done])


def _of_file() -> pl.Expr:
    return pl.col("rule").is_in(FILE_RULES) & (pl.col("offset") == 0) & ~pl.col("text").str.contains("HandId: #")
