"""Invariants of a whole store: file by file, segment by segment, and in parts where all keys have to be compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from pokerlab.store._batch import REJECT_KEY, TOURNAMENT_KEY
from pokerlab.store._files import scan
from pokerlab.store._layout import HAND_KINDS, KINDS, DataFile, View
from pokerlab.store._rules import HAND_RULES, broken, example_of, hand_sums, row_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pokerlab.store._place import Place
    from pokerlab.store._snapshot import Snapshot

KEYS = {
    "hands": ["hand_id"],
    "rejects": REJECT_KEY,
    "tournaments": TOURNAMENT_KEY,
    "notes": list(KINDS["notes"]),
    "files": list(KINDS["files"]),
}
"""What is in a store once; a hand's seats and actions are looked at with the hand."""

MISSING = "the file is missing"

KEYS_AT_ONCE = 5_000_000
"""So many keys are compared in memory at a time."""


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What `Store.check` found; ``problems`` is empty where all is well.

    Attributes
    ----------
    hands, files
        What was looked at.
    problems
        A sentence each, with the file, the kind of rows and an example.
    orphans
        Parquet files that the newest state does not name: those of earlier states, which are kept for a day, and what
        killed writers left. They do no harm; `Store.vacuum` deletes them when they are old enough.
    """

    hands: int
    files: int
    problems: tuple[str, ...]
    orphans: int = 0

    @property
    def ok(self) -> bool:
        """Whether no problem was found."""
        return not self.problems


def check(snapshot: Snapshot) -> CheckReport:
    """Read every file, and look for what must not be; a part that cannot be read does not hide the others' faults."""
    view, root = snapshot.view, snapshot.root
    missing = set(root.missing(list(view.files)))
    damages = dict.fromkeys(missing, MISSING)
    damages |= {path: told for path, file in view.files.items() if path not in missing and (told := damage(root, file))}
    unread = {view.files[path].segment for path in damages}
    readable = {path: file for path, file in view.files.items() if file.segment not in unread}
    whole = View(view.version, readable, view.flags, view.columns)
    problems = [f"{root.url(path)}: {view.files[path].kind}: {found}" for path, found in damages.items()]
    for file in whole.files.values():
        problems += _row_problems(root, whole, file)
        if file.kind == "hands":
            problems += _hand_problems(root, whole, file)
    problems += _stray_segments(root, whole)
    for kind, key in KEYS.items():
        problems += _doubled(root, whole, kind, key)
    orphans = sum(path not in view.files for path in root.data_files())
    return CheckReport(snapshot.counts()["hands"], len(view.files), tuple(problems), orphans)


def damage(root: Place, file: DataFile) -> str:
    """Tell what is wrong with a file, which is read to its end; nothing where it is as the log says."""
    lazy = pl.scan_parquet(root.url(file.path), glob=False, hive_partitioning=False, **root.reading)
    try:
        rows = sum(batch.height for batch in lazy.collect_batches())
    except FileNotFoundError:
        return MISSING
    except (OSError, pl.exceptions.PolarsError) as error:
        return f"the file cannot be read: {root.masked(str(error))}"
    return "" if rows == file.rows else f"the file has {rows:,} rows, the log says {file.rows:,}"


def _row_problems(root: Place, view: View, file: DataFile) -> Iterator[str]:
    columns = view.schema(file.kind)
    rows, example = scan(root, [file], columns), example_of(file.kind)
    for rule, count, row in broken(rows, row_rules(file.kind, columns, file.month), example):
        yield f"{root.url(file.path)}: {rule.kind}: {count:,} {rule.says}, such as {row!r}"


def _hand_problems(root: Place, view: View, file: DataFile) -> Iterator[str]:
    """Look at a segment's hands together with their seats and actions."""
    place = root.url(file.path)
    files = {kind: view.siblings([file.segment], kind) for kind in HAND_KINDS}
    if lacking := [kind for kind in HAND_KINDS if not files[kind]]:
        example = scan(root, [file], view.schema("hands")).select("hand_id").head(1).collect().item()
        yield f"{place}: {' and '.join(lacking)}: no file beside that of the hands, such as {example!r}"
        return
    tables = {kind: scan(root, files[kind], view.schema(kind)) for kind in HAND_KINDS}
    for rule, count, hand in broken(hand_sums(tables), HAND_RULES, "hand_id"):
        yield f"{place}: {rule.kind}: {count:,} {rule.says}, such as {hand!r}"
    for kind in HAND_KINDS[1:]:
        stray = tables[kind].select("hand_id").join(tables["hands"], on="hand_id", how="anti")
        found = stray.select(pl.len(), pl.first("hand_id")).collect(engine="streaming")
        if found["len"].item():
            yield f"{place}: {kind}: {found.item(0, 0):,} rows have no hand, such as {found.item(0, 1)!r}"
    yield from _time_problems(place, tables["hands"], file)


def _time_problems(place: str, hands: pl.LazyFrame, file: DataFile) -> Iterator[str]:
    bounds = hands.select(first=pl.col("played_at").min(), last=pl.col("played_at").max()).collect(engine="streaming")
    if (file.first, file.last) not in {bounds.row(0), (None, None)}:
        first, last = bounds.row(0)
        ends = hands.filter(pl.col("played_at").is_in([first, last])).select("hand_id").head(1).collect().item()
        told = f"the log says {file.first} to {file.last}"
        yield f"{place}: hands: played from {first} to {last}, {told}, such as {ends!r}"


def _stray_segments(root: Place, view: View) -> Iterator[str]:
    known = {file.segment for file in view.of("hands")}
    for kind in HAND_KINDS[1:]:
        for file in view.of(kind):
            if file.segment not in known:
                example = scan(root, [file], view.schema(kind)).select("hand_id").head(1).collect().item()
                yield f"{root.url(file.path)}: {kind}: no file of hands beside it, for hands such as {example!r}"


def _doubled(root: Place, view: View, kind: str, key: list[str]) -> Iterator[str]:
    """Look for keys that are stored more than once, a share of all keys at a time."""
    files = view.of(kind)
    columns = {name: KINDS[kind][name] for name in key}
    shares = 1 + sum(file.rows for file in files) // KEYS_AT_ONCE
    for share in range(shares):
        rows = scan(root, files, columns, path_column="_path")
        mine = rows.filter(pl.struct(key).hash() % shares == share)
        counted = mine.group_by(key).agg(pl.len(), pl.first("_path")).filter(pl.col("len") > 1)
        if (found := counted.collect(engine="streaming")).height:
            path, row = found["_path"][0], found.select(key).row(0)
            example = row[0] if len(row) == 1 else row
            yield f"{path}: {kind}: {found.height:,} {kind} are stored more than once, such as {example!r}"
