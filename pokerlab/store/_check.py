"""Invariants of a whole store, segment by segment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from pokerlab.store._batch import REJECT_KEY, TOURNAMENT_KEY
from pokerlab.store._files import scan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pokerlab.store._layout import DataFile, View
    from pokerlab.store._place import Place
    from pokerlab.store._snapshot import Snapshot

_ROW_KEYS = {"seats": "seat", "actions": "seq"}


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What `Store.check` found; ``problems`` is empty where all is well."""

    hands: int
    files: int
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether no problem was found."""
        return not self.problems


def check(snapshot: Snapshot) -> CheckReport:
    """Read the keys of every file and look for what must not be."""
    view, root = snapshot.view, snapshot.root
    problems = [problem for file in view.files.values() for problem in _file_problems(root, file)]
    if not problems:
        problems += [problem for file in view.of("hands") for problem in _segment_problems(root, view, file)]
        problems += _stray_segments(view)
        for kind, key in (("hands", ["hand_id"]), ("rejects", REJECT_KEY), ("tournaments", TOURNAMENT_KEY)):
            problems += _doubled(snapshot, kind, key)
    return CheckReport(snapshot.counts()["hands"], len(view.files), tuple(problems))


def _file_problems(root: Place, file: DataFile) -> Iterator[str]:
    try:
        rows = pl.scan_parquet(root.url(file.path), glob=False, **root.reading).select(pl.len()).collect().item()
    except (OSError, pl.exceptions.PolarsError) as error:
        yield f"{root.url(file.path)} cannot be read: {root.masked(str(error))}"
        return
    if rows != file.rows:
        yield f"{root.url(file.path)} has {rows} rows, the log says {file.rows}"


def _segment_problems(root: Place, view: View, file: DataFile) -> Iterator[str]:
    hands = scan(root, [file], view.schema("hands")).select("hand_id", "played_at").collect()
    if wrong := hands.filter(pl.col("played_at").dt.strftime("%Y-%m") != file.month).height:
        yield f"{root.url(file.path)} has {wrong} hands of another month"
    for kind, key in _ROW_KEYS.items():
        rows = scan(root, view.siblings([file.segment], kind), view.schema(kind)).select("hand_id", key).collect()
        if bare := hands.join(rows, on="hand_id", how="anti").height:
            yield f"{root.url(file.path)}: {bare} hands have no {kind}"
        if stray := rows.join(hands, on="hand_id", how="anti").height:
            yield f"{root.url(file.path)}: {stray} rows of {kind} have no hand"
        if twice := rows.is_duplicated().sum():
            yield f"{root.url(file.path)}: {twice} rows of {kind} share hand and {key}"


def _stray_segments(view: View) -> Iterator[str]:
    known = {file.segment for file in view.of("hands")}
    for kind in _ROW_KEYS:
        for file in view.of(kind):
            if file.segment not in known:
                yield f"{file.path} has no file of hands beside it"


def _doubled(snapshot: Snapshot, kind: str, key: list[str]) -> Iterator[str]:
    counted = snapshot.scan(kind).select(key).group_by(key).len().filter(pl.col("len") > 1)
    found = counted.collect(engine="streaming")
    if found.height:
        yield f"{snapshot.root}: {found.height} {kind} are stored more than once, such as {found.row(0)[:-1]}"
