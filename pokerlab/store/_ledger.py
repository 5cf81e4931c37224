"""The ledger: which files were imported, up to which byte, and by what they are known again.

A row is written in the commit of the last of its file's hands. It is never trusted by its time alone: a file is passed
over only where it is what the row says, so that an old row costs reading and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from pokerlab import schema
from pokerlab.store._batch import REJECT_KEY
from pokerlab.store._log import told

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from pokerlab.store._snapshot import Snapshot

AGAIN = pl.Schema({"source": pl.String, "start": pl.Int64, "end": pl.Int64})
"""Parts of files that were read before: their rejects are now those of the batch, and no others."""

STAMP = ["source", "identity", "size", "modified_ns"]
"""What a look at a folder tells of a file; where it is the same as in its row, the file is not opened."""


class FileRow(NamedTuple):
    """A row of `pokerlab.schema.FILES`."""

    source: str
    identity: str
    size: int
    modified_ns: int
    head: str | None
    sha256: str | None
    offset: int
    parser: int
    state: str
    n_hands: int
    n_rejects: int
    read_at: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """What an import has read, to be stored with its hands: rows of files, and parts that were read again."""

    rows: Sequence[FileRow] = ()
    again: Sequence[tuple[str, int, int]] = ()

    def tables(self) -> dict[str, pl.DataFrame]:
        """Give both as frames, by the names under which they are published."""
        return {
            "files": pl.DataFrame(self.rows, schema=schema.FILES, orient="row"),
            "again": pl.DataFrame(self.again, schema=AGAIN, orient="row"),
        }


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger has about some files: the row of each source, and rows of the same content by size and digest."""

    rows: dict[str, FileRow]
    contents: dict[tuple[int, str], FileRow]

    def may_hold(self, file: FileRow) -> bool:
        """Tell by size and head whether a file may have a content that was read."""
        return any((row.size, row.head) == (file.size, file.head) for row in self.contents.values())


class Ledger:
    """The newest row of each file that a state of the store has.

    Parameters
    ----------
    snapshot
        The state.
    parser
        Version of the parser; a file with rejects that an older one left is not known.
    """

    def __init__(self, snapshot: Snapshot, parser: int) -> None:
        with told(snapshot.root, "its ledger of files cannot be read"):
            self._rows = newest(snapshot.scan("files").collect())
        has_no_reject = (pl.col("n_rejects") == 0) & (pl.col("state") == "complete")
        self._settled = self._rows.filter((pl.col("parser") >= parser) | has_no_reject)

    def unchanged(self, files: pl.DataFrame) -> pl.Series:
        """Tell for each row of ``files``, which has the columns of `STAMP`, whether it was read as it is."""
        rows = files.with_row_index("_row").join(self._settled.select(STAMP), on=STAMP, how="semi")["_row"]
        return pl.int_range(files.height, eager=True).is_in(rows.implode())

    def about(self, files: pl.DataFrame) -> Known:
        """Give the rows of files of these names, and those whose content may be that of one of them."""
        rows = self._rows.join(files, on="source", how="semi")
        alike = self._settled.filter(pl.col("state") != "refused").join(files, on="size", how="semi")
        named = {row.source: row for row in _rows(rows)}
        return Known(named, {(row.size, row.sha256): row for row in _rows(alike) if row.sha256})


def newest(rows: pl.DataFrame) -> pl.DataFrame:
    """Keep the newest row of each file."""
    return rows.sort("read_at").unique("source", keep="last", maintain_order=True).sort("source")


def superseded(stored: pl.DataFrame, again: pl.DataFrame, given: pl.DataFrame) -> pl.DataFrame:
    """Give the stored rejects in parts that were read again, where the new reading does not have them."""
    numbered = stored.with_row_index("_row")
    inside = numbered.join(again, on="source").filter(pl.col("offset").is_between("start", "end", closed="left"))
    gone = numbered.join(inside, on="_row", how="semi")
    return gone.drop("_row").join(given, on=REJECT_KEY, how="anti", nulls_equal=True)


def _rows(frame: pl.DataFrame) -> Iterable[FileRow]:
    return map(FileRow._make, frame.select(schema.FILES.names()).iter_rows())
