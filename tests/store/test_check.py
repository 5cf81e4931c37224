"""Checking: every fault that is planted is found, with file, kind and an example; a sound store has none."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
import pytest

import pokerlab as pk
from pokerlab import schema
from pokerlab.frames import HandFrames
from pokerlab.store import Store, _check, _compact, _files, _rules

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType

    Plant = Callable[[pl.DataFrame], pl.DataFrame]

VICTIM = 7
"""The number of the hand at which faults are planted."""


def plant(store: Store, kind: str, change: Plant, *, log: Callable[[_files.DataFile], _files.DataFile] = lambda f: f) -> None:
    """Write a file of the store anew, changed, and put it in the place of the old one under the old name."""
    file = store.snapshot().view.of(kind)[0]
    frame = pl.read_parquet(store.path / file.path, hive_partitioning=False)
    changed = _files._write(store.path, kind, file.month, "00" + file.segment, change(frame))
    (store.path / changed.path).rename(store.path / file.path)
    store._log.commit([log(replace(changed, path=file.path, first=file.first, last=file.last))], [])


def at_victim(factory: ModuleType, **values: object) -> Plant:
    """Set columns in one row of the victim."""

    def change(frame: pl.DataFrame) -> pl.DataFrame:
        row = pl.int_range(pl.len()) == frame["hand_id"].index_of(factory.hand_id(VICTIM))
        columns = [
            pl.when(row).then(pl.lit(value, frame.schema[name])).otherwise(name).alias(name)
            for name, value in values.items()
        ]
        return frame.with_columns(columns)

    return change


@pytest.fixture
def filled(store: Store, factory: ModuleType) -> Store:
    """Give a store of one segment, with all kinds but notes and files."""
    store.add(factory.make(range(30), rejects=3, tournaments=3))
    return store


def problem(store: Store) -> str:
    """Give the one problem of a store, as another process finds it."""
    report = Store(store.path, auto_compact=False).check()
    assert len(report.problems) == 1, report.problems
    assert not report.ok
    return report.problems[0]


ROWS = [
    ("hands", {"format": "cahs"}, "hands: 1 rows have a format that is not known"),
    ("seats", {"position": "XX"}, "seats: 1 rows have a position that is not known"),
    ("actions", {"street": "tern"}, "actions: 1 rows have a street that is not known"),
    ("seats", {"net": 1}, "seats: 1 rows have a net that is not what was collected less what was contributed"),
    ("seats", {"did_vpip": True, "could_vpip": False}, "seats: 1 rows have did_vpip without could_vpip"),
    ("seats", {"saw_turn": True, "saw_flop": False}, "seats: 1 rows have saw_turn without saw_flop"),
    ("hands", {"pot": 8}, "seats: 1 hands have a pot that is not what was contributed and added"),
    ("hands", {"rake": 1}, "seats: 1 hands have a pot that is not what was collected and raked"),
    ("seats", {"ev_net": 7.00001}, "seats: 1 hands have expected winnings whose sum is not that of the winnings"),
    ("hands", {"n_players": 4}, "seats: 1 hands have another number of players than are dealt in"),
    ("seats", {"dealt": False}, "seats: 1 hands have another number of players than are dealt in"),
    ("actions", {"seq": 9}, "actions: 1 hands have a seq that does not count from 0 without holes"),
    ("actions", {"seq": 1}, "actions: 1 hands have a seq that does not count from 0 without holes"),
    ("seats", {"seat": 2}, "seats: 1 hands have a seat twice"),
]


@pytest.mark.parametrize(("kind", "values", "told"), ROWS)
def test_a_wrong_value_is_found(
    filled: Store, factory: ModuleType, kind: str, values: dict[str, object], told: str
) -> None:
    plant(filled, kind, at_victim(factory, **values))
    found = problem(filled)
    said = "hands" if told.partition(" hands have ")[2] or told.startswith("hands") else kind
    path = filled.snapshot().view.of(said)[0].path
    if "pot" in told and kind == "hands":
        found = next(p for p in Store(filled.path).check().problems if told in p)
    assert str(filled.path / path) in found
    assert told in found
    assert found.endswith(f"such as {factory.hand_id(VICTIM)!r}")
