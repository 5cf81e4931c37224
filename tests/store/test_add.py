"""Adding: each hand once, whatever comes twice, and a batch whole or not at all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pokerlab.errors import SchemaError, StoreError
from pokerlab.frames import HandFrames, concat
from pokerlab.store import Store, _files, _known, _log, _place, _publish

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

KEYS = {
    "hands": ["hand_id"],
    "seats": ["hand_id", "seat"],
    "actions": ["hand_id", "seq"],
    "tournaments": ["tournament_id", "hero"],
    "rejects": ["source", "offset"],
}


def assert_holds(store: Store, frames: HandFrames) -> None:
    snapshot = store.snapshot()
    for kind, frame in frames.tables().items():
        assert_frame_equal(snapshot.scan(kind).sort(KEYS[kind]).collect(), frame.sort(KEYS[kind]))


def test_what_is_added_reads_back_with_exactly_the_types_of_the_schema(store: Store, factory: ModuleType) -> None:
    frames = factory.make(range(200), rejects=3, tournaments=4)
    report = store.add(frames)
    assert (report.hands_added, report.duplicates, report.rejects_added, report.tournaments_added) == (200, 0, 3, 4)
    assert_holds(store, frames)
    for kind, frame in frames.tables().items():
        assert store.scan(kind).collect_schema() == frame.schema
    assert store.check().ok


def test_empty_frames_add_nothing_and_have_all_columns(store: Store) -> None:
    version = store.version
    assert store.add(HandFrames.empty()).version == version
    assert_holds(store, HandFrames.empty())


def test_the_same_batch_twice_is_stored_once(store: Store, factory: ModuleType) -> None:
    frames = factory.make(range(50), rejects=2, tournaments=2)
    version = store.add(frames).version
    again = store.add(frames)
    assert (again.hands_added, again.duplicates, again.rejects_added, again.tournaments_added) == (0, 50, 0, 0)
    assert again.version == version == store.version
    assert_holds(store, frames)


def test_another_process_finds_the_same_duplicates(store: Store, factory: ModuleType) -> None:
    frames = factory.make(range(50), rejects=2)
    store.add(frames)
    report = Store(store.path).add(frames)
    assert (report.hands_added, report.duplicates, report.rejects_added) == (0, 50, 0)


def test_a_store_that_was_warmed_up_reads_no_key_again(
    store: Store, factory: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.add(factory.make(range(10)))
    other = Store(store.path)
    other.warm_up()
    monkeypatch.setattr(_known, "scan", None)
    assert other.add(factory.make(range(20, 23))).hands_added == 3


@given(st.lists(st.integers(0, 2**64 - 1)), st.lists(st.integers(0, 2**64 - 1)))
def test_a_union_of_sorted_keys_has_each_once(one: list[int], other: list[int]) -> None:
    arrays = [np.sort(np.array(keys, np.uint64)) for keys in (one, other)]
    assert _known.union(*arrays).tolist() == sorted({*one, *other})


def test_overlapping_batches_add_only_what_is_new(store: Store, factory: ModuleType) -> None:
    store.add(factory.make(range(60)))
    report = store.add(factory.make(range(40, 90)))
    assert (report.hands_added, report.duplicates) == (30, 20)
    assert_holds(store, factory.make(range(90)))


def test_a_hand_twice_in_one_batch_keeps_the_first_copy_whole(store: Store, factory: ModuleType) -> None:
    first = factory.make([1, 2])
    second = factory.make([2, 3])
    longer = second.actions.filter(pl.col("seq") == 3).with_columns(seq=pl.lit(4, pl.Int16))
    second = replace(
        second,
        hands=second.hands.with_columns(table=pl.lit("second")),
        actions=pl.concat([second.actions, longer]).sort("hand_id", "seq"),
    )
    report = store.add(concat([first, second]))
    assert (report.hands_added, report.duplicates) == (3, 1)
    assert store.snapshot().read([factory.hand_id(2)]).actions.height == factory.ACTIONS_A_HAND
    assert store.snapshot().read([factory.hand_id(2)]).hands["table"].item() == "Table 2"
    assert store.check().ok


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.integers(0, 30), max_size=12), max_size=5), st.booleans())
def test_any_split_in_any_order_ends_in_the_same_rows(
    tmp_path_factory: pytest.TempPathFactory, factory: ModuleType, batches: list[list[int]], reopen: bool
) -> None:
    store = Store(tmp_path_factory.mktemp("split") / "store", auto_compact=False)
    for numbers in batches:
        store.add(concat([factory.make([number]) for number in numbers] or [factory.make([])]))
        store = Store(store.path, auto_compact=False) if reopen else store
    expected = factory.make(sorted({number for numbers in batches for number in numbers}))
    assert store.counts() == {kind: frame.height for kind, frame in expected.tables().items()}
    if len(expected):
        assert_holds(store, expected)


def test_of_a_files_summaries_the_lowest_block_stands_whatever_comes_first(store: Store, factory: ModuleType) -> None:
    early, late = (factory.only("tournaments", [factory.summary(1, offset=at, rank=at)]) for at in (10, 90))
    assert store.add(late).tournaments_added == 1
    assert store.add(early).tournaments_added == 0
    assert store.scan("tournaments").collect()["rank"].to_list() == [90]
    assert store.add(concat([late, early])).tournaments_added == 0


def test_a_summary_from_another_file_replaces_the_stored_one(store: Store, factory: ModuleType) -> None:
    store.add(factory.make([], tournaments=3))
    other = [factory.summary(1, source="later.txt", offset=0, entries=2), factory.summary(1, hero="second")]
    assert store.add(factory.only("tournaments", other)).tournaments_added == 2
    stored = store.scan("tournaments").filter(pl.col("tournament_id") == "1").sort("hero").collect()
    assert stored["entries"].to_list() == [2, None]
    assert store.counts()["tournaments"] == 4


def test_a_summary_that_was_replaced_comes_back_when_it_is_added_again(store: Store, factory: ModuleType) -> None:
    one, other = (factory.only("tournaments", [factory.summary(1, source=name)]) for name in ("a.txt", "b.txt"))
    for frames in (one, other, one):
        assert store.add(frames).tournaments_added == 1
    assert store.scan("tournaments").collect()["source"].to_list() == ["a.txt"]


@pytest.mark.parametrize("table", ["seats", "actions"])
def test_a_hand_without_its_rows_is_refused(store: Store, factory: ModuleType, table: str) -> None:
    frames = factory.make(range(3))
    lacking = getattr(frames, table).filter(pl.col("hand_id") != factory.hand_id(1))
    with pytest.raises(SchemaError, match=f"1 hands have no row in {table}, such as '{factory.hand_id(1)}'"):
        store.add(replace(frames, **{table: lacking}))
    with pytest.raises(SchemaError, match=f"{table} has rows of 1 hands that are not in hands"):
        store.add(replace(factory.make([0]), **{table: getattr(factory.make([0, 1]), table)}))
    assert store.counts()["hands"] == 0


def test_a_hand_without_a_time_is_refused(store: Store, factory: ModuleType) -> None:
    frames = factory.make(range(3))
    timeless = frames.hands.with_columns(played_at=pl.lit(None, frames.hands.schema["played_at"]))
    with pytest.raises(SchemaError, match="3 hands have no hand_id or no played_at"):
        store.add(replace(frames, hands=timeless))


def test_new_flags_are_added_and_older_hands_read_null_there(store: Store, factory: ModuleType) -> None:
    store.add(factory.make(range(5)))
    store.add(factory.make(range(5, 8), flags=("did_three_bet", "could_vpip", "did_vpip")))
    store.add(factory.make(range(8, 10), flags=()))
    seats = store.scan("seats").collect()
    assert seats.columns[-3:] == ["did_vpip", "could_vpip", "did_three_bet"]
    assert seats.schema["did_three_bet"] == pl.Boolean
    assert seats["did_three_bet"].count() == 3 * 3
    assert seats["did_vpip"].count() == 3 * 8
    counted = store.sql("SELECT count(did_three_bet) AS three, count(did_vpip) AS vpip FROM seats")
    assert counted.row(0) == (9, 24)
    assert store.check().ok


def test_a_counting_flag_is_int16_and_cannot_change_its_type(store: Store, factory: ModuleType) -> None:
    frames = factory.make(range(2), flags=())
    counting = replace(frames, seats=frames.seats.with_columns(did_bet=pl.lit(2, pl.Int16)))
    store.add(counting)
    assert store.scan("seats").collect().schema["did_bet"] == pl.Int16
    other = factory.make([9], flags=())
    with pytest.raises(StoreError, match=r"'did_bet' is .*short.* in the store and .*boolean"):
        store.add(replace(other, seats=other.seats.with_columns(did_bet=pl.lit(value=True))))
    with pytest.raises(SchemaError, match="'did_bet' of seats is String; could_ and did_ are Boolean, or Int16"):
        store.add(replace(other, seats=other.seats.with_columns(did_bet=pl.lit("x"))))
    assert store.counts()["hands"] == 2


class BrokenError(Exception):
    """A failure that no code expects."""


FULL = OSError(28, "No space left on device")
STEPS = [(_files, "_write", nth) for nth in range(7)] + [
    (_place, "_sync", 2),
    (_publish, "by_month", 0),
    (_log.Log, "lock", 0),
    (_log.Log, "commit", 0),
    (_log.Log, "view", 0),
]


@pytest.mark.parametrize(
    ("where", "name", "call", "error"),
    [(*step, FULL) for step in STEPS]
    + [(*STEPS[nth], error) for nth in (4, 10) for error in (BrokenError(), KeyboardInterrupt())],
)
def test_a_failure_at_any_step_leaves_nothing_behind(
    store: Store,
    factory: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    where: object,
    name: str,
    call: int,
    error: BaseException,
) -> None:
    store.add(factory.make(range(10), rejects=1, tournaments=1))
    before = sorted(store.path.rglob("*.parquet"))
    original, calls = getattr(where, name), iter(range(1_000))

    def failing(*args: object, **options: object) -> object:
        if next(calls) == call:
            raise error
        return original(*args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(where, name, failing)
        with pytest.raises((StoreError, BrokenError, KeyboardInterrupt)):
            store.add(factory.make(range(5, 130), rejects=3, tournaments=3))
    assert_holds(store, factory.make(range(10), rejects=1, tournaments=1))
    if name != "view":
        assert sorted(store.path.rglob("*.parquet")) == before
    assert store.add(factory.make(range(5, 130), rejects=3, tournaments=3)).hands_added == 120
    assert_holds(store, factory.make(range(130), rejects=3, tournaments=3))
    assert store.check().ok


def test_a_failure_to_add_a_column_leaves_nothing_behind(
    store: Store, factory: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.add(factory.make(range(10)))
    before = sorted(store.path.rglob("*.parquet"))

    def failing(*_: object) -> None:
        raise FULL

    with monkeypatch.context() as patch:
        patch.setattr(_log.Log, "add_columns", failing)
        with pytest.raises(StoreError, match="No space left"):
            store.add(factory.make([10], flags=("did_new",)))
    assert sorted(store.path.rglob("*.parquet")) == before
    assert store.add(factory.make([10], flags=("did_new",))).hands_added == 1


@pytest.mark.parametrize("error", [OSError("fsync failed"), KeyboardInterrupt()])
def test_a_failure_after_the_commit_does_not_delete_what_is_visible(
    store: Store, factory: ModuleType, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def failing(*_: object) -> None:
        raise error

    store.add(factory.make([0]))
    with monkeypatch.context() as patch:
        patch.setattr(_place.Folder, "sync", failing)
        with pytest.raises((StoreError, KeyboardInterrupt)):
            store.add(factory.make(range(5)))
    assert_holds(store, factory.make(range(5)))
    assert store.add(factory.make(range(5))).duplicates == 5


def test_a_commit_that_is_reported_as_lost_but_is_in_the_log_counts_once(
    store: Store, factory: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = _log.Log.commit
    monkeypatch.setattr(_log.Log, "commit", lambda *args, **options: commit(*args, **options) and None)
    report = store.add(factory.make(range(5)))
    assert report.hands_added == 5
    assert_holds(store, factory.make(range(5)))


def test_a_commit_of_a_program_without_the_lock_is_met_by_another_try(
    store: Store, factory: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit, rivals = _log.Log.commit, iter([factory.make(range(3)), factory.make(range(2, 6))])

    def late(log: _log.Log, *args: object, **options: object) -> int | None:
        rival = next(rivals, None)
        if rival is not None and log is store._log:
            with monkeypatch.context() as patch:
                patch.setattr(_log.Log, "commit", commit)
                patch.setattr(_place.FileLock, "acquire", lambda *_: None)
                Store(store.path, auto_compact=False).add(rival)
        return commit(log, *args, **options)

    monkeypatch.setattr(_log.Log, "commit", late)
    report = store.add(factory.make(range(10)))
    assert (report.hands_added, report.duplicates) == (4, 6)
    assert_holds(store, factory.make(range(10)))
    assert store.check().ok


def test_staged_files_that_a_vacuum_removed_are_written_again(
    store: Store, factory: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_columns, once = _log.Log.lock, iter([1])

    def lock(log: _log.Log) -> object:
        for path in list(store.path.rglob("*.parquet")) if next(once, None) else []:
            if "_delta_log" not in path.parts:
                path.unlink()
        return add_columns(log)

    monkeypatch.setattr(_log.Log, "lock", lock)
    store.add(factory.make(range(5)))
    assert_holds(store, factory.make(range(5)))


def test_rows_of_a_damaged_file_are_told_by_its_path(store: Store, factory: ModuleType, tmp_path: Path) -> None:
    store.add(factory.make(range(5)))
    damaged = store.path / store.snapshot().view.of("hands")[0].path
    damaged.write_bytes(b"PAR1 nothing of the kind PAR1")
    with pytest.raises(StoreError, match="the batch was not added"):
        Store(store.path).add(factory.make(range(5)))
    with pytest.raises(StoreError, match=r"SQL on .* failed"):
        store.sql("SELECT * FROM hands")
    assert str(damaged) in store.check().problems[0]


def test_flag_names_that_sql_or_delta_would_confuse_are_refused(store: Store, factory: ModuleType) -> None:
    with pytest.raises(SchemaError, match="columns 'did_new' and 'did_NEW' of seats differ by nothing but case"):
        store.add(factory.make([1], flags=("did_new", "did_NEW")))
    for name in ('did_"quoted"', "did_two words", "did_a,b"):
        with pytest.raises(SchemaError, match="is no name for a flag; use letters, digits and _"):
            store.add(factory.make([1], flags=(name,)))
    store.add(factory.make([1], flags=("did_new",)))
    with pytest.raises(StoreError, match="column 'did_NEW' is 'did_new' in the store"):
        store.add(factory.make([2], flags=("did_NEW",)))
    assert store.sql("SELECT did_new FROM seats").height == 3


def test_adding_goes_on_after_compact_and_vacuum_by_the_same_store(store: Store, factory: ModuleType) -> None:
    for n in range(3):
        store.add(factory.make([n], tournaments=n + 1))
    store.compact()
    store.vacuum(0)
    assert store._log.recent().version == store.version
    assert store.add(factory.make(range(5), tournaments=5)).hands_added == 2
    assert store.check().ok


def test_adding_goes_on_after_another_process_vacuumed_what_the_state_needs(store: Store, factory: ModuleType) -> None:
    for n in range(3):
        store.add(factory.make([n], rejects=1, tournaments=1))
    waiting, other = Store(store.path, auto_compact=False), Store(store.path)
    other.compact()
    other.vacuum(0)
    assert waiting.add(factory.make(range(5), rejects=2, tournaments=2)).hands_added == 2
    assert store.check().ok
