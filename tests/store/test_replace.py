"""Replacing: hands that are stored already give way to those of the batch, in one step, beside all others."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pokerlab.errors import StoreError
from pokerlab.frames import HandFrames, concat
from pokerlab.store import Store, _compact, _files, _log, _replace

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from types import ModuleType

    Start = Callable[..., subprocess.Popen[str]]


STEP = timedelta(days=3)


def better(frames: HandFrames, mark: int) -> HandFrames:
    """Give the hands as another parser reads them: other text and one action more."""
    last = frames.actions.group_by("hand_id", maintain_order=True).last().select(frames.actions.columns)
    more = last.with_columns(pl.col("seq") + 1)
    return replace(
        frames,
        hands=frames.hands.with_columns(table=pl.lit(f"mark {mark}")),
        seats=frames.seats.with_columns(player=pl.lit(f"mark {mark}")),
        actions=pl.concat([frames.actions, more]).sort("hand_id", "seq"),
    )


def marks(store: Store, factory: ModuleType, hands: int) -> list[int]:
    """Give the mark of each hand, 0 for the first version, after a look at its other rows."""
    found = store.snapshot().frames()
    seats = found.seats.group_by("hand_id").agg(pl.len(), pl.col("player").first())
    rows = found.hands.join(seats, on="hand_id").join(found.actions.group_by("hand_id").len("actions"), on="hand_id")
    assert store.check().problems == ()
    assert (found.hands.height, rows.height, rows["len"].unique().to_list()) == (hands, hands, [3])
    assert rows.filter(
        (pl.col("table").str.starts_with("mark") & (pl.col("player") != pl.col("table")))
        | (pl.col("actions") != factory.ACTIONS_A_HAND + pl.col("table").str.starts_with("mark"))
    ).is_empty()
    by_id = dict(rows.select("hand_id", "table").iter_rows())
    tables = [by_id[factory.hand_id(number)] for number in range(hands)]
    return [int(table[5:]) if table.startswith("mark") else 0 for table in tables]


def test_stored_hands_give_way_and_all_others_stay(store: Store, factory: ModuleType) -> None:
    store.add(factory.make(range(200)))
    before = store.version
    report = store.add(better(factory.make(range(150, 260)), 1), replace=True)
    assert (report.hands_added, report.hands_replaced, report.duplicates) == (60, 50, 0)
    assert report.version == before + 1
    assert marks(store, factory, 260) == [0] * 150 + [1] * 110


def test_without_replace_the_stored_version_stands(store: Store, factory: ModuleType) -> None:
    store.add(factory.make(range(20)))
    report = store.add(better(factory.make(range(20)), 1))
    assert (report.hands_added, report.hands_replaced, report.duplicates) == (0, 0, 20)
    assert marks(store, factory, 20) == [0] * 20


def test_replacing_again_and_by_another_process_changes_nothing_more(store: Store, factory: ModuleType) -> None:
    store.add(factory.make(range(30)))
    for opened in (store, store, Store(store.path)):
        report = opened.add(better(factory.make(range(30)), 1), replace=True)
        assert (report.hands_added, report.hands_replaced) == (0, 30)
    assert marks(store, factory, 30) == [1] * 30
    assert store.add(factory.make(range(30))).duplicates == 30


def test_new_hands_with_replace_are_simply_added(store: Store, factory: ModuleType) -> None:
    report = store.add(concat([factory.make(range(10)), factory.make([3])]), replace=True)
    assert (report.hands_added, report.hands_replaced, report.duplicates) == (10, 0, 1)
    assert store.add(HandFrames.empty(), replace=True).hands_added == 0
    assert marks(store, factory, 10) == [0] * 10


def test_a_hand_that_moves_to_another_month_leaves_the_old_one(store: Store, factory: ModuleType) -> None:
    store.add(factory.make(range(5)))
    frames = factory.make([2])
    later = replace(frames, hands=frames.hands.with_columns(pl.col("played_at").dt.offset_by("3mo")))
    assert store.add(later, replace=True).hands_replaced == 1
    assert marks(store, factory, 5) == [0] * 5
    assert {file.month for file in store.snapshot().view.of("hands")} == {"2024-01", "2024-04"}


def test_the_given_summary_wins_over_one_further_down(store: Store, factory: ModuleType) -> None:
    early, late = (factory.only("tournaments", [factory.summary(1, offset=at, rank=at)]) for at in (10, 90))
    store.add(late)
    assert store.add(early).tournaments_added == 0
    assert store.add(early, replace=True).tournaments_added == 1
    assert store.scan("tournaments").collect()["rank"].to_list() == [10]
    assert store.add(concat([late, early]), replace=True).tournaments_added == 1
    assert store.scan("tournaments").collect()["rank"].to_list() == [90]


def test_new_flags_of_the_better_version_are_null_in_what_is_left(store: Store, factory: ModuleType) -> None:
    store.add(factory.make(range(20)))
    store.add(factory.make(range(5), flags=("did_three_bet", "did_vpip", "could_vpip")), replace=True)
    seats = store.scan("seats").collect()
    assert (seats["did_three_bet"].count(), seats["did_vpip"].count()) == (15, 60)
    assert store.check().ok


def test_what_is_left_of_a_segment_is_cut_up_once(
    store: Store, factory: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_replace, "PIECE_HANDS", 10)
    store.add(factory.make(range(100)))
    read, scan = [], _replace.scan

    def counting(root: object, files: list[_files.DataFile], *rest: object) -> pl.LazyFrame:
        read.extend(file.rows for file in files if file.kind == "hands")
        return scan(root, files, *rest)

    monkeypatch.setattr(_replace, "scan", counting)
    for begin in range(0, 80, 10):
        store.add(better(factory.make(range(begin, begin + 10)), 1), replace=True)
    assert read == [100] + [10] * 7
    assert marks(store, factory, 100) == [1] * 80 + [0] * 20


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.lists(st.integers(0, 30), max_size=12, unique=True), st.booleans()), max_size=6),
    st.booleans(),
)
def test_any_batches_end_as_in_a_dictionary(
    tmp_path_factory: pytest.TempPathFactory, factory: ModuleType, batches: list[tuple[list[int], bool]], tidy: bool
) -> None:
    store = Store(tmp_path_factory.mktemp("replace") / "store", auto_compact=False)
    store.add(factory.make(range(31), step=STEP))
    model = dict.fromkeys(range(31), 0)
    for mark, (numbers, asked) in enumerate(batches, 1):
        report = store.add(better(factory.make(numbers, step=STEP), mark), replace=asked)
        assert report.hands_replaced == (len(numbers) if asked else 0)
        model |= dict.fromkeys(numbers, mark) if asked else {}
        if tidy:
            store.compact()
    assert marks(store, factory, 31) == list(model.values())


@pytest.mark.parametrize("between", ["compact", "replace", "vacuum"])
def test_what_others_did_before_the_lock_is_seen_under_it(
    store: Store, factory: ModuleType, monkeypatch: pytest.MonkeyPatch, between: str
) -> None:
    for n in range(4):
        store.add(factory.make(range(n * 10, n * 10 + 10)))
    other, lock, once = Store(store.path, auto_compact=False), _log.Log.lock, iter([1])

    def late(log: _log.Log) -> object:
        if log is store._log and next(once, None):
            if between == "replace":
                other.add(better(factory.make(range(5, 25)), 2), replace=True)
            else:
                other.compact()
            if between == "vacuum":
                other.vacuum(0)
        return lock(log)

    monkeypatch.setattr(_log.Log, "lock", late)
    report = store.add(better(factory.make(range(15, 45)), 1), replace=True)
    assert (report.hands_added, report.hands_replaced) == (5, 25)
    second = 2 if between == "replace" else 0
    assert marks(store, factory, 45) == [0] * 5 + [second] * 10 + [1] * 30


def test_the_race_doubles_hands_where_a_removed_file_is_not_looked_for(
    store: Store, factory: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Show that the test above can fail: with the state from before the lock, deltalake takes both."""
    store.add(factory.make(range(20)))
    stale, other = store._log.view(), Store(store.path, auto_compact=False)
    publisher, stage = store._publisher, store._publisher._stage
    other.add(better(factory.make(range(10)), 2), replace=True)
    monkeypatch.setattr(publisher, "_stage", lambda tables, staged, _, asked: stage(tables, staged, stale, asked))
    store.add(better(factory.make(range(10)), 1), replace=True)
    assert store.counts()["hands"] == 40
    assert "hands are stored more than once" in " ".join(store.check().problems)


def test_a_compaction_staged_before_a_replacement_is_discarded(store: Store, factory: ModuleType) -> None:
    for n in range(3):
        store.add(factory.make([n]))
    log = Store(store.path)._log
    merge = _compact.stage_segments(log, log.view(), next(_compact.major(log.view())))
    store.add(better(factory.make([1]), 1), replace=True)
    assert not _compact.publish(log, merge)
    assert marks(store, factory, 3) == [0, 1, 0]


FULL = OSError(28, "No space left on device")


@pytest.mark.parametrize("call", range(6))
def test_a_failure_at_any_file_leaves_the_old_version(
    store: Store, factory: ModuleType, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    store.add(factory.make(range(100)))
    before, write, calls = sorted(store.path.rglob("*.parquet")), _files._write, iter(range(100))

    def failing(*arguments: object) -> object:
        if next(calls) == call:
            raise FULL
        return write(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(_files, "_write", failing)
        with pytest.raises(StoreError, match="No space left"):
            store.add(better(factory.make(range(60, 95)), 1), replace=True)
    assert sorted(store.path.rglob("*.parquet")) == before
    assert marks(store, factory, 100) == [0] * 100


def ended(process: subprocess.Popen[str]) -> list[str]:
    out, errors = process.communicate()
    assert process.returncode == 0, errors
    return out.splitlines()


def test_processes_that_replace_add_and_compact_neither_lose_nor_double_a_hand(
    tmp_path: object, factory: ModuleType, start: Start
) -> None:
    store = Store(f"{tmp_path}/store", auto_compact=False)
    store.add(factory.make(range(120)))
    processes = [start("replace", store.path, 0, 120, 30, mark) for mark in (1, 2)]
    processes += [start("add", store.path, 100, 180, 20), start("tidy", store.path, 6)]
    for process in processes:
        ended(process)
    found = marks(store, factory, 180)
    assert set(found[:120]) <= {1, 2}
    assert found[120:] == [0] * 60


def test_a_killed_replacement_is_whole_or_not_at_all(store: Store, factory: ModuleType, start: Start) -> None:
    store.add(factory.make(range(120)))
    for kill_after in range(4):
        process = start("replace", store.path, 0, 120, 30, kill_after + 1)
        assert process.stdout
        done = [process.stdout.readline() for _ in range(kill_after + 1)]
        process.kill()
        process.communicate()
        found = marks(store, factory, 120)
        assert found[: 30 * len(done[1:])] == [kill_after + 1] * (30 * len(done[1:]))
        assert all(len(set(found[begin : begin + 30])) == 1 for begin in range(0, 120, 30))
    ended(start("replace", store.path, 0, 120, 30, 9))
    assert marks(store, factory, 120) == [9] * 120
    snapshot = store.snapshot().frames()
    assert_frame_equal(snapshot.hands.sort("offset").select("offset"), factory.make(range(120)).hands.select("offset"))
