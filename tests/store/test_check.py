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


def plant(
    store: Store, kind: str, change: Plant, *, log: Callable[[_files.DataFile], _files.DataFile] = lambda f: f
) -> None:
    """Write a file of the store anew, changed, and put it in the place of the old one under the old name."""
    file = store._log.view().of(kind)[0]
    frame = pl.read_parquet(store.path / file.path, hive_partitioning=False)
    changed = _files._write(store._root, kind, file.month, "00" + file.segment, change(frame))
    (store.path / changed.path).rename(store.path / file.path)
    assert store._log.commit([log(replace(changed, path=file.path, first=file.first, last=file.last))], [])


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
    problems = Store(filled.path).check().problems
    found = next((problem for problem in problems if told in problem), str(problems))
    assert told in found
    assert f"{filled.path}/kind={'hands' if ' hands have ' in told else kind}/month=2024-01/" in found
    assert found.endswith(f"such as {factory.hand_id(VICTIM)!r}")


def test_a_pot_in_chips_of_an_unknown_sum_is_not_judged(filled: Store, factory: ModuleType) -> None:
    plant(filled, "seats", at_victim(factory, ev_net=None, contributed=None, net=None))
    assert Store(filled.path).check().problems == ()


def test_rows_without_hand_and_hands_without_rows_are_found(filled: Store, factory: ModuleType) -> None:
    victim = factory.hand_id(VICTIM)
    plant(filled, "actions", lambda frame: frame.filter(pl.col("hand_id") != victim))
    assert problem(filled).endswith(f"actions: 1 hands have no actions, such as {victim!r}")
    plant(filled, "hands", lambda frame: frame.filter(pl.col("hand_id") != victim))
    assert problem(filled).endswith(f"seats: 3 rows have no hand, such as {victim!r}")
    plant(filled, "seats", lambda frame: frame.filter(pl.col("hand_id") != factory.hand_id(3)))
    told = Store(filled.path).check().problems
    assert told[0].endswith(f"seats: 1 hands have no seats, such as {factory.hand_id(3)!r}")


def test_a_part_of_a_segment_that_is_missing_is_found(filled: Store, factory: ModuleType) -> None:
    view = filled._log.view()
    filled._log.commit([], view.of("seats"))
    assert f"{view.of('hands')[0].path}: seats: no file beside that of the hands, such as" in problem(filled)
    filled._log.view()
    filled._log.commit([], view.of("hands"))
    assert f"{view.of('actions')[0].path}: actions: no file of hands beside it, for hands such as" in problem(filled)


def test_a_hand_in_the_wrong_month_is_found(filled: Store, factory: ModuleType) -> None:
    later = pl.when(pl.col("hand_id") == factory.hand_id(VICTIM)).then(pl.col("played_at").dt.offset_by("2mo"))
    plant(filled, "hands", lambda frame: frame.with_columns(later.otherwise("played_at").alias("played_at")))
    month, times = Store(filled.path).check().problems
    assert month.endswith(f"hands: 1 hands are of another month, such as {factory.hand_id(VICTIM)!r}")
    assert times.endswith(f"such as {factory.hand_id(VICTIM)!r}") or factory.hand_id(0) in times
    assert "the log says 2024-01-01 00:00:00+00:00 to" in times


def test_times_and_rows_that_the_log_tells_wrongly_are_found(filled: Store, factory: ModuleType) -> None:
    plant(filled, "hands", lambda frame: frame, log=lambda file: replace(file, first=file.last))
    assert "hands: played from 2024-01-01 00:00:00+00:00 to" in problem(filled)
    assert problem(filled).endswith(f"such as {factory.hand_id(0)!r}")
    plant(filled, "seats", lambda frame: frame, log=lambda file: replace(file, rows=89))
    assert "seats: the file has 90 rows, the log says 89" in Store(filled.path).check().problems[0]


def test_keys_that_are_stored_twice_are_found_in_every_kind(
    filled: Store, factory: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_check, "KEYS_AT_ONCE", 7)
    view, tables = filled._log.view(), factory.make([VICTIM], rejects=1, tournaments=1).tables()
    again = _files.write_segment(
        filled._root, "2024-01", {kind: tables[kind] for kind in ("hands", "seats", "actions")}
    )
    note = {"about": "hand", "subject": "x", "entry": "note", "text": "?", "noted_at": factory.START}
    others = {kind: tables[kind] for kind in ("rejects", "tournaments")} | {
        "notes": pl.DataFrame([note, note], schema=schema.NOTES),
        "files": pl.DataFrame([{"source": "a.txt"}] * 2, schema=schema.FILES),
    }
    for kind, frame in others.items():
        again += _files.write_segment(filled._root, "all", {kind: frame})
    assert filled._log.commit(again)
    told = Store(filled.path).check().problems
    assert [text.split(": ")[1] for text in told] == ["hands", "rejects", "tournaments", "notes", "files"]
    assert all("are stored more than once, such as" in text for text in told)
    assert told[0].endswith(f"hands: 1 hands are stored more than once, such as {factory.hand_id(VICTIM)!r}")
    assert str(filled.path / "kind=rejects") in told[1]
    assert view.version + 1 == Store(filled.path).version


@pytest.mark.parametrize("kind", ["hands", "seats", "rejects", "tournaments"])
@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "zeros"])
def test_a_damaged_file_is_found_and_does_not_hide_other_faults(
    filled: Store, factory: ModuleType, kind: str, damage: str
) -> None:
    filled.add(factory.make(range(300, 310)))
    file = next(file for file in filled.snapshot().view.of(kind) if file.month != "2024-04")
    spoil(filled.path / file.path, damage)
    plant_at = filled._log.view().of("hands")[-1]
    frame = pl.read_parquet(filled.path / plant_at.path, hive_partitioning=False).with_columns(
        rake=pl.lit(-9, pl.Int64)
    )
    frame.write_parquet(filled.path / plant_at.path, compression="zstd", compression_level=3, statistics=False)
    filled._log.commit([replace(plant_at, size=(filled.path / plant_at.path).stat().st_size)])
    told = Store(filled.path).check().problems
    assert told[0].startswith(f"{filled.path / file.path}: {kind}: the file ")
    assert "collected and raked" in " ".join(told)


def spoil(path: Path, damage: str) -> None:
    """Do to a file what a power loss does."""
    if damage == "missing":
        path.unlink()
        return
    data = path.read_bytes()
    kept = {
        "empty": b"",
        "cut": data[: len(data) // 2],
        "zeros": data[:4] + bytes(len(data) // 2) + data[4 + len(data) // 2 :],
    }
    path.write_bytes(kept[damage])


def test_orphans_are_counted_and_are_no_problem(filled: Store, factory: ModuleType) -> None:
    filled.add(factory.make(range(30, 40)))
    assert filled.check().orphans == 0
    filled.compact()
    (filled.path / "kind=hands" / "month=2024-01" / "0f.parquet").write_bytes(b"PAR1 half a file")
    report = filled.check()
    assert (report.ok, report.hands, report.orphans) == (True, 40, 7)
    filled.vacuum(0)
    assert filled.check().orphans == 0


def test_hands_of_every_game_and_of_the_simulator_break_no_rule(store: Store) -> None:
    for seed in range(3):
        store.add(pk.sample.hands(300, seed=seed))
    assert store.check().problems == ()


def test_real_hands_break_no_rule(store: Store, corpus: Path) -> None:
    frames = pk.read_winamax(corpus / "fpdb_chaz")
    assert len(frames) > 100
    store.add(frames)
    store.add(HandFrames.empty())
    assert store.check().problems == ()


def test_every_rule_names_columns_that_exist_and_statistics_that_are_known() -> None:
    columns = pk.sample.hands(5, seed=1).seats.columns
    assert {name for pair in _rules.IMPLIED for name in pair} <= set(columns)


def test_a_store_of_compacted_and_replaced_parts_is_sound(store: Store, factory: ModuleType) -> None:
    for begin in range(0, 60, 20):
        store.add(factory.make(range(begin, begin + 20)))
    store.compact()
    store.add(factory.make(range(30, 50)), replace=True)
    assert list(_compact.major(store.snapshot().view))
    assert store.check().problems == ()
