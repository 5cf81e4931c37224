"""Hands in files that no commit names: those of lost commits, and of states from before a damaged file was written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pokerlab.store._check import damage
from pokerlab.store._files import scan, write_segment
from pokerlab.store._layout import HAND_KINDS, KINDS, DataFile, View, file_path
from pokerlab.store._replace import without

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pokerlab.store._place import Folder

_KEY = {"hand_id": pl.String()}


def orphans(root: Folder, live: Mapping[str, DataFile], kind: str) -> Iterator[DataFile]:
    """Give the files of a kind that no commit names and that can be read to their end."""
    for path in root.data_files():
        kind_of, month, _ = path.split("/")
        if kind_of != f"kind={kind}" or path in live:
            continue
        if file := described(root, path, kind, month.removeprefix("month=")):
            yield file


def described(root: Folder, path: str, kind: str, month: str) -> DataFile | None:
    """Tell of a file what the log would; nothing where it cannot be read."""
    lazy = scan(root, [DataFile(path, kind, month, 0, 0)], KINDS[kind])
    times = [pl.min("played_at").alias("first"), pl.max("played_at").alias("last")] if kind == "hands" else []
    try:
        found = lazy.select(pl.len().alias("rows"), *times).collect(engine="streaming").row(0, named=True)
        size = (root.path / path).stat().st_size
    except (OSError, pl.exceptions.PolarsError):
        return None
    return DataFile(path, kind, month, size=size, **found)


def newest_first(root: Folder, files: Iterable[DataFile], live: Mapping[str, DataFile]) -> list[DataFile]:
    """Sort files by their age; of two of the same age the one that a commit names comes first."""
    ages = {file: ((root.path / file.path).stat().st_mtime_ns, file.path in live) for file in files}
    return sorted(ages, key=lambda file: (ages[file], file.path), reverse=True)


class Salvage:
    """Which segments hold the hands of a store, each hand once: the live ones, then orphans with what these lack.

    Attributes
    ----------
    add, remove
        What a commit is to add and to take away, for this.
    hands
        All hands that there are then, with their files.
    """

    def __init__(self, root: Folder, view: View, *, trusted: bool) -> None:
        self._root, self._view = root, view
        self.add: list[DataFile] = []
        self.remove: list[DataFile] = []
        live = view.of("hands")
        others = newest_first(root, orphans(root, view.files, "hands"), view.files)
        # After a lost commit a hand may be live twice, in an older and a newer file.
        order = [*live, *others] if trusted else newest_first(root, [*live, *others], view.files)
        self._parts = {file: self._segment(file) for file in order}
        while True:
            self.hands = self._held(list(self._parts))
            holding = set(self.hands["_path"].unique())
            bad = [f for f in self._parts if f.path in holding and f.path not in view.files and not self._is_whole(f)]
            if not bad:
                break
            for file in bad:
                del self._parts[file]
        wins = dict(self.hands.group_by("_path").len().iter_rows())
        for file in self._parts:
            self._settle(file, wins.get(file.path, 0))

    def _settle(self, file: DataFile, held: int) -> None:
        """Take a segment that holds hands of its own into the store, or what of it does."""
        is_live = file.path in self._view.files
        if held == file.rows:
            self.add += [] if is_live else self._parts[file]
            return
        self.remove += self._parts[file] if is_live else []
        if held:
            own = self.hands.filter(pl.col("_path") == file.path)
            ids = scan(self._root, [file], _KEY).collect().join(own, on="hand_id", how="anti")
            view = View(0, {part.path: part for part in self._parts[file]}, self._view.flags)
            for part in without(self._root, view, file, ids):
                self.add += write_segment(self._root, file.month, part)

    def _held(self, order: list[DataFile]) -> pl.DataFrame:
        """Give each hand with the first file that has it."""
        rank = pl.DataFrame({"_path": [file.path for file in order]}, schema={"_path": pl.String}).with_row_index(
            "_rank"
        )
        rows = scan(self._root, order, _KEY, path_column="_path").collect()
        names = {self._root.url(file.path): file.path for file in order}
        rows = rows.with_columns(pl.col("_path").replace(names))
        return rows.join(rank, on="_path").sort("_rank").unique("hand_id", keep="first", maintain_order=True)

    def _segment(self, hands: DataFile) -> list[DataFile]:
        """Give the files of a segment, those that can be read."""
        if hands.path in self._view.files:
            return [file for kind in HAND_KINDS for file in self._view.siblings([hands.segment], kind)]
        paths = {kind: file_path(kind, hands.month, hands.segment) for kind in HAND_KINDS[1:]}
        rest = [described(self._root, path, kind, hands.month) for kind, path in paths.items()]
        return [hands, *(file for file in rest if file is not None)]

    def _is_whole(self, hands: DataFile) -> bool:
        """Tell whether a segment that no commit names has everything of its hands."""
        files = self._parts[hands]
        if len(files) < len(HAND_KINDS) or any(damage(self._root, file) for file in files):
            return False
        keys = [scan(self._root, [file], _KEY).unique().collect() for file in files]
        return all(key.height == keys[0].join(key, on="hand_id", how="semi").height == keys[0].height for key in keys)
