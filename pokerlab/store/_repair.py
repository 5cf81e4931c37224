"""Repairing a store after a power loss: what can be read stays, and the rest is told, to be imported again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from pokerlab import schema
from pokerlab.errors import StoreError
from pokerlab.store._batch import REJECT_KEY
from pokerlab.store._check import MISSING, damage
from pokerlab.store._files import scan, write_segment
from pokerlab.store._layout import HAND_KINDS, KINDS, LOCK_NAME, UNDATED, DataFile, View
from pokerlab.store._ledger import newest
from pokerlab.store._log import Log, told
from pokerlab.store._mend import mend_log
from pokerlab.store._place import Folder
from pokerlab.store._salvage import Salvage, newest_first, orphans

if TYPE_CHECKING:
    from pokerlab.store._place import Place

MARK = "_pokerlab.repairing"
"""A file that is there while a damaged log is mended, until the store is whole: a repair may be killed too."""


@dataclass(frozen=True, slots=True)
class RepairReport:
    """What `Store.repair` found and did.

    Attributes
    ----------
    problems
        A sentence for each thing that was wrong.
    sources
        Hand histories whose hands are no longer all there: import them again. The ledger has forgotten them, so that
        an import of their folder reads them too.
    files_dropped
        Files that were taken out of the store, because they or another part of the same hands could not be read.
    """

    problems: tuple[str, ...]
    sources: tuple[str, ...] = ()
    files_dropped: int = 0


def repair(root: Place) -> RepairReport:
    """Mend the log, then the table; where all is well nothing is changed.

    Raises
    ------
    StoreError
        There is no store in that folder, or it cannot be written.
    """
    if not isinstance(root, Folder):
        msg = f"{root} is an object store, which no power loss damages; `pokerlab store check` tells what is wrong"
        raise StoreError(msg)
    names = root.names()
    if LOCK_NAME not in names and not any(name.startswith("kind=") for name in names):
        msg = f"{root} is not a store, so there is nothing to repair"
        raise StoreError(msg)
    mark = root.path / MARK
    with root.lock(), told(root, "it cannot be repaired"):
        unfinished = mark.exists()
        mark.touch()
        problems = mend_log(root)
        if not problems and not unfinished:
            mark.unlink()
    log = Log(root)
    with log.lock(), told(root, "it cannot be repaired"):
        report = _Repair(log, trusted=not mark.exists()).run()
    mark.unlink(missing_ok=True)
    return RepairReport((*problems, *report.problems), report.sources, report.files_dropped)


class _Repair:
    """The repair of a store whose log can be read; ``trusted`` where the log says what was committed."""

    def __init__(self, log: Log, *, trusted: bool) -> None:
        self._log, self._trusted = log, trusted
        assert isinstance(log.root, Folder)
        self._root = log.root
        self._problems: list[str] = []
        self._add: list[DataFile] = []
        self._remove: list[DataFile] = []

    def run(self) -> RepairReport:
        """Find what is damaged, and bring the table into a state that can be read, in one commit."""
        if not self._trusted:
            self._log.add_columns(self._flags())
        view = self._log.view()
        damaged = self._damaged(view)
        dropped = self._dropped(view, damaged)
        gone = {file.path for file in dropped}
        kept = View(view.version, {p: f for p, f in view.files.items() if p not in gone}, view.flags, view.columns)
        salvage = Salvage(self._root, kept, trusted=self._trusted)
        self._add += salvage.add
        self._remove += [*dropped, *salvage.remove]
        for kind in ("tournaments", "notes", "rejects"):
            if not self._trusted or any(file.kind == kind for file in damaged):
                self._undated(kept, kind)
        sources = self._sources(kept, damaged, dropped, salvage)
        self._forget(kept, sources)
        self._commit()
        if salvage.add:
            rows = sum(file.rows for file in salvage.add if file.kind == "hands")
            self._problems.append(
                f"{rows:,} hands were found in files that no commit named, and are in the store again"
            )
        return RepairReport(tuple(self._problems), tuple(sources), len(dropped))

    def _damaged(self, view: View) -> list[DataFile]:
        found = []
        missing = set(self._root.missing(list(view.files)))
        for path, file in view.files.items():
            if wrong := MISSING if path in missing else damage(self._root, file):
                self._problems.append(f"{self._root.url(path)}: {file.kind}: {wrong}; {_lost(file)}")
                found.append(file)
        for file in _incomplete(view):
            self._problems.append(
                f"{self._root.url(file.path)}: {file.kind}: not all files of its hands; {_lost(file)}"
            )
        return found

    def _dropped(self, view: View, damaged: list[DataFile]) -> list[DataFile]:
        """Give the damaged files, and of a segment all three: hands are whole or not at all."""
        segments = {file.segment for file in [*damaged, *_incomplete(view)] if file.kind in HAND_KINDS}
        whole = [file for kind in HAND_KINDS for file in view.siblings(segments, kind)]
        return [*whole, *(file for file in damaged if file.kind not in HAND_KINDS)]

    def _flags(self) -> dict[str, pl.DataType]:
        """Give the columns of statistics in files of seats, which a new log does not know."""
        flags: dict[str, pl.DataType] = {}
        for file in orphans(self._root, {}, "seats"):
            columns = pl.read_parquet_schema(self._root.path / file.path)
            flags |= {name: kind for name, kind in columns.items() if schema.is_stat_column(name)}
        return flags

    def _undated(self, kept: View, kind: str) -> None:
        """Keep what can be read of a kind: of rejects what any file holds, of the others the newest file."""
        live = kept.of(kind)
        files = newest_first(self._root, [*live, *orphans(self._root, kept.files, kind)], kept.files)
        if kind == "rejects":
            rows = scan(self._root, files, KINDS[kind]).unique(REJECT_KEY, keep="any").collect()
            if files and rows.height != sum(file.rows for file in live):
                self._replace(live, write_segment(self._root, UNDATED, {kind: rows}))
        elif files and live != files[:1]:
            self._replace(live, [file for file in files[:1] if file not in live])
            self._remove = [file for file in self._remove if file != files[0]]

    def _replace(self, old: list[DataFile], new: list[DataFile]) -> None:
        self._remove += old
        self._add += new

    def _sources(self, kept: View, damaged: list[DataFile], dropped: list[DataFile], salvage: Salvage) -> list[str]:
        """Name the histories of hands that are gone: by their own files where these can be read, else by the ledger."""
        gone = [file for file in dropped if file.kind == "hands" and file not in damaged]
        lost = scan(self._root, gone, _OF_FILES).collect().join(salvage.hands, on="hand_id", how="anti")
        sources = set(lost["source"].drop_nulls())
        ledger = newest(scan(self._root, kept.of("files"), KINDS["files"]).collect())
        readable = {file.segment for file in gone}
        unreadable = any(file.kind in HAND_KINDS and file.segment not in readable for file in dropped)
        unknown = unreadable or not self._trusted
        if unknown:
            sources |= set(self._short(ledger, kept, salvage))
        if any(file.kind == "tournaments" for file in damaged):
            sources |= set(ledger.filter(pl.col("n_hands") == 0)["source"])
        if unknown and not ledger.height:
            self._problems.append("which histories hands were lost of is not known: import their whole folder again")
        # A file that was read under another name was not parsed again: its row speaks for the same hands.
        contents = ledger.filter(pl.col("source").is_in(sources))["sha256"].drop_nulls()
        sources |= set(ledger.filter(pl.col("sha256").is_in(contents.implode()))["source"])
        return sorted(sources - {""})

    def _short(self, ledger: pl.DataFrame, kept: View, salvage: Salvage) -> pl.Series:
        """Name the files of which the store has fewer hands than the ledger says."""
        held = [file for file in kept.of("hands") if file not in salvage.remove]
        held += [file for file in salvage.add if file.kind == "hands"]
        counts = scan(self._root, held, _OF_FILES).group_by("source").agg(_held=pl.len()).collect()
        rows = ledger.join(counts, on="source", how="left")
        return rows.filter(pl.col("n_hands") > pl.col("_held").fill_null(0))["source"]

    def _forget(self, kept: View, sources: list[str]) -> None:
        """Take files out of the ledger, so that the next import reads them."""
        files = kept.of("files")
        rows = scan(self._root, files, KINDS["files"]).collect()
        left = rows.filter(~pl.col("source").is_in(sources))
        if left.height < rows.height:
            self._replace(files, write_segment(self._root, UNDATED, {"files": left}))

    def _commit(self) -> None:
        if not self._add and not self._remove:
            return
        if self._log.commit(self._add, self._remove) is None:
            msg = f"{self._root}: another program changed it during the repair; stop that one, then repair again"
            raise StoreError(msg)


_OF_FILES = {"hand_id": pl.String(), "source": pl.String()}


def _incomplete(view: View) -> list[DataFile]:
    """Give the files of hands that have not both others beside them."""
    files = [file for kind in HAND_KINDS for file in view.of(kind)]
    parts = Counter(file.segment for file in files)
    return [file for file in files if parts[file.segment] < len(HAND_KINDS)]


def _lost(file: DataFile) -> str:
    """Tell what the loss of a file means."""
    if file.kind in HAND_KINDS:
        return "its hands are read again from their histories"
    if file.kind == "notes":
        return "what was noted since the newest file that can be read is lost"
    if file.kind == "rejects":
        return f"{file.rows:,} rejects are lost where no other file has them"
    return "it is made anew by the next import"
