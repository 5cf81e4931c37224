"""Writing a batch: files first, then the lock, the newest log, what is still new, and one transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pokerlab.errors import StoreError
from pokerlab.store import _files
from pokerlab.store._batch import (
    REJECT_KEY,
    AddReport,
    by_month,
    keep_hands,
    newer_tournaments,
    with_tournaments,
)
from pokerlab.store._known import Known
from pokerlab.store._layout import HAND_KINDS, KINDS, UNDATED, DataFile, View, stored
from pokerlab.store._ledger import superseded
from pokerlab.store._log import Log, told
from pokerlab.store._replace import without

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import polars as pl

    from pokerlab.store._place import Place

COMMIT_TRIES = 20
"""Commits lost to programs that do not take the lock, before a writer gives up."""

GROUPS = ("hands", "rejects", "tournaments", "files")
"""What is written, and written anew when another process was faster, independently of the rest."""


@dataclass(slots=True)
class _Group:
    """New rows of one group, the files that hold them, and the keys in each."""

    rows: int
    keys: list[tuple[DataFile, pl.DataFrame]] = field(default_factory=list)
    add: list[DataFile] = field(default_factory=list)
    remove: list[DataFile] = field(default_factory=list)

    @property
    def replaced(self) -> int:
        """How many of the new hands take the place of stored ones."""
        removed, added = (sum(f.rows for f in files if f.kind == "hands") for files in (self.remove, self.add))
        return removed + self.rows - added


class Publisher:
    """Adds batches to the store of ``log``; one thread at a time."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._hands = Known(log.root, "hands", ["hand_id"])
        self._rejects = Known(log.root, "rejects", REJECT_KEY)

    def warm_up(self) -> None:
        """Learn which hands are stored."""
        self._hands.warm_up(self._log.view().of("hands"))

    def add(self, tables: Mapping[str, pl.DataFrame], given: int, *, replace: bool = False) -> AddReport:
        """Publish what is new in ``tables``, as `_batch.prepare` gives them; ``given`` hands were in the batch.

        With ``replace`` all its hands and tournaments are new, and take the place of the stored ones.
        """
        staged: dict[str, _Group] = {}
        try:
            with told(self._log.root, "the batch was not added"):
                version = self._publish(tables, staged, replace)
        except BaseException:
            self._abandon(staged)
            raise
        hands, replaced = staged["hands"].rows, staged["hands"].replaced
        return AddReport(
            hands_added=hands - replaced,
            hands_replaced=replaced,
            duplicates=given - hands,
            rejects_added=staged["rejects"].rows,
            tournaments_added=staged["tournaments"].rows,
            version=version,
        )

    def _publish(self, tables: Mapping[str, pl.DataFrame], staged: dict[str, _Group], replace: bool) -> int:
        # Hands never leave the store, but rejects, summaries and files do: what is known of them must not be old.
        leaving = replace or any(tables[name].height for name in ("rejects", "tournaments", "again"))
        view = self._log.view() if leaving else self._log.recent()
        try:
            self._stage(tables, staged, view, replace)
        except FileNotFoundError:
            # Somebody vacuumed with a shorter retention than that state is old.
            view = self._log.view()
            self._stage(tables, staged, view, replace)
        if not any(group.rows or group.remove for group in staged.values()):
            return view.version
        with self._log.lock():
            for _ in self._log.root.tries(COMMIT_TRIES):
                view = self._log.view()
                if columns := _missing_columns(view, tables):
                    self._log.add_columns(columns)
                    continue  # that was a commit, before which others may have come
                if any(file.path in view.files for group in staged.values() for file in group.add):
                    return view.version  # a commit that was reported as failed is in the log after all
                self._stage(tables, staged, view, replace)
                add = [file for group in staged.values() for file in group.add]
                remove = [file for group in staged.values() for file in group.remove]
                if not add and not remove:
                    return view.version
                if version := self._log.commit(add, remove):
                    self._learn(staged)
                    return version
        msg = f"{self._log.root}: {COMMIT_TRIES} commits in a row met one of another program; stop that one, then retry"
        raise StoreError(msg)

    def _stage(self, tables: Mapping[str, pl.DataFrame], staged: dict[str, _Group], view: View, replace: bool) -> None:
        """Bring the staged files up to a state; under the lock they are mostly right already.

        Files that are to be removed are those of this state: deltalake commits the removal of one that is gone already.
        """
        for name in GROUPS:
            group = staged.get(name)
            rows, remove = self._new_rows(name, tables, view, replace)
            height = rows[name].height
            complete = not self._log.root.missing([file.path for file in group.add]) if group else False
            if group and complete and group.rows == height and group.remove == remove:
                continue
            if group:
                _files.delete(self._log.root, [file.path for file in group.add])
            staged[name] = _Group(height)
            if height or "kept" in rows:
                staged[name].remove = remove
                self._write(name, rows, view, staged[name])

    def _new_rows(
        self, name: str, tables: Mapping[str, pl.DataFrame], view: View, replace: bool
    ) -> tuple[dict[str, pl.DataFrame], list[DataFile]]:
        """Give the rows of one group that are to be written, and the files that they make needless."""
        live = view.of(name)
        if name == "hands" and replace:
            names = [file.segment for file in self._hands.holders(tables[name], live)]
            remove = [file for kind in HAND_KINDS for file in view.siblings(names, kind)]
            return {kind: tables[kind] for kind in HAND_KINDS}, remove
        if name == "hands":
            return keep_hands(tables, ~self._hands.mask(tables[name], live)), []
        if name == "rejects":
            kept = self._kept_rejects(tables, live)
            return {name: tables[name].filter(~self._rejects.mask(tables[name], live)), **kept}, live if kept else []
        if name == "files" or not tables[name].height:
            return {name: tables[name]}, []
        return {name: newer_tournaments(self._stored(name, live), tables[name], replace=replace)}, live

    def _write(self, name: str, rows: Mapping[str, pl.DataFrame], view: View, group: _Group) -> None:
        root = self._log.root
        if name == "hands":
            for month, part in _parts(root, view, rows, group.remove):
                written = _files.write_segment(root, month, part)
                group.add += written
                group.keys.append((written[0], part["hands"].select("hand_id")))
            return
        frame = rows[name]
        if name == "tournaments":
            frame = with_tournaments(self._stored(name, view.of(name)), frame)
        elif "kept" in rows:
            frame = rows["kept"].vstack(frame)
        group.add += _files.write_segment(root, UNDATED, {name: frame})
        group.keys = [(file, frame) for file in group.add] if name == "rejects" else []

    def _learn(self, staged: Mapping[str, _Group]) -> None:
        for known, name in ((self._hands, "hands"), (self._rejects, "rejects")):
            for file, keys in staged[name].keys:
                known.learn(file, keys)

    def _kept_rejects(self, tables: Mapping[str, pl.DataFrame], live: list[DataFile]) -> dict[str, pl.DataFrame]:
        """Give the stored rejects without those that a new reading of their place no longer has, if there are any."""
        if not tables["again"].height:
            return {}
        stored = self._stored("rejects", live)
        outdated = superseded(stored, tables["again"], tables["rejects"])
        kept = stored.join(outdated, on=REJECT_KEY, how="anti", nulls_equal=True, maintain_order="left")
        return {"kept": kept} if outdated.height else {}

    def _stored(self, name: str, live: list[DataFile]) -> pl.DataFrame:
        columns = KINDS[name]
        return _files.restored(_files.scan(self._log.root, live, columns), columns).collect()

    def _abandon(self, staged: Mapping[str, _Group]) -> None:
        """Delete files that were not published; where that is uncertain they stay, and vacuum finds them."""
        if self._log.root.remote:
            return  # a commit that was not acknowledged may yet arrive
        written = [file.path for group in staged.values() for file in group.add]
        try:
            live = self._log.view().files
        except Exception:
            return  # the first error is the one to tell
        _files.delete(self._log.root, [path for path in written if path not in live])


def _parts(
    root: Place, view: View, rows: Mapping[str, pl.DataFrame], removed: list[DataFile]
) -> Iterator[tuple[str, dict[str, pl.DataFrame]]]:
    """Cut hands into their months, and give what is left of the segments that they were in."""
    yield from by_month(rows)
    for file in removed:
        if file.kind == "hands":
            for piece in without(root, view, file, rows["hands"]):
                yield file.month, piece


def _missing_columns(view: View, tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataType]:
    """Give the columns that the store has not, or has as another type."""
    schemas = [frame.schema for kind, frame in tables.items() if kind in KINDS]
    new = {name: stored(kind) for given in schemas for name, kind in given.items() if name not in view.columns}
    flags = {name: kind for name, kind in tables["seats"].schema.items() if view.flags.get(name, kind) != kind}
    return new | flags
