"""A store in an object store: the same as in a folder, without a lock. The server is moto's."""

from __future__ import annotations

import logging
import pickle
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import pokerlab as pk
from pokerlab import stats
from pokerlab.errors import StoreError
from pokerlab.store import Store, _compact, _log, _place

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from types import ModuleType

    Bucket = tuple[str, dict[str, str]]
    Start = Callable[..., subprocess.Popen[str]]

SECRETS = ("an-access-key", "a-secret-key")


def opened(bucket: Bucket, path: str = "hands") -> Store:
    return Store(f"{bucket[0]}/{path}", storage_options=bucket[1], auto_compact=False)


@pytest.fixture
def remote(bucket: Bucket) -> Store:
    return opened(bucket)


def assert_same_rows(one: Store, other: Store) -> None:
    given, expected = one.snapshot().frames().tables(), other.snapshot().frames().tables()
    for kind, frame in expected.items():
        assert_frame_equal(given[kind], frame, check_row_order=False)


def test_all_that_a_folder_does_an_object_store_does(remote: Store, store: Store, factory: ModuleType) -> None:
    for begin in range(0, 300, 60):
        flags = ("did_vpip", f"could_{begin}")
        batch = factory.make(range(begin, begin + 70), flags=flags, rejects=begin // 60, tournaments=begin // 60)
        assert remote.add(batch) == store.add(batch)
    assert remote.counts() == store.counts()
    assert_same_rows(remote, store)
    assert remote.compact() == store.compact()
    assert_same_rows(remote, store)
    ids = [factory.hand_id(n) for n in (3, 130, 999)]
    assert_frame_equal(remote.read(ids).seats, store.read(ids).seats)
    assert remote.snapshot().seat_columns().values()
    rows = remote.snapshot().frames().rejects.head(2)
    assert (remote.drop_rejects(rows), remote.counts()) == (store.drop_rejects(rows), store.counts())
    assert remote.at(3).counts() == store.at(3).counts()
    assert remote.vacuum() == []
    assert remote.check().problems == ()
    assert repr(remote.snapshot()).startswith(f"Snapshot('{remote.uri}', version ")


def test_a_month_is_read_without_the_files_of_others(
    remote: Store, bucket: Bucket, factory: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote.add(factory.make(range(300)))
    snapshot = remote.snapshot()
    remote._root.delete([path for path in snapshot.view.files if "month=2024-02" not in path])
    since, until = (factory.START.replace(month=month) for month in (2, 3))
    expected = factory.make(range(300)).where(pl.col("played_at").dt.month() == 2)
    assert_frame_equal(snapshot.scan("hands", since=since, until=until).collect(), expected.hands)
    with pytest.raises(FileNotFoundError):
        snapshot.scan("hands").collect()
    assert not snapshot.is_whole()
    with pytest.raises(StoreError, match=r"the state \d+ needs 6 files that vacuum removed"):
        remote.at(remote.version)
    assert "the file is missing" in remote.check().problems[0]


def test_sql_reads_the_tables_and_nothing_else(remote: Store, factory: ModuleType, tmp_path: Path) -> None:
    remote.add(factory.make(range(30)))
    query = "SELECT position, sum(net) AS net FROM seats JOIN hands USING (hand_id) WHERE player = $who GROUP BY ALL"
    local = Store(tmp_path / "store")
    local.add(factory.make(range(30)))
    assert_frame_equal(remote.sql(query, who="hero"), local.sql(query, who="hero"), check_row_order=False)
    assert remote.sql("SELECT * FROM notes").columns == pk.schema.NOTES.names()
    (tmp_path / "a.csv").write_text("a\n1\n")
    for outside in (f"FROM read_csv('{tmp_path}/a.csv')", f"FROM '{tmp_path}/a.csv'", f"FROM '{remote.uri}/x.parquet'"):
        with pytest.raises(StoreError, match=r"reads its own tables only|SQL on s3://.* failed"):
            remote.sql(outside)


def test_two_processes_that_write_the_same_hands_store_each_once(
    bucket: Bucket, factory: ModuleType, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in bucket[1].items():
        monkeypatch.setenv(name, value)
    path = f"{bucket[0]}/hands"
    writing = [start("add", path, 0, 160, 40) for _ in range(3)]
    added = 0
    for process in writing:
        out, errors = process.communicate()
        assert process.returncode == 0, errors
        added += sum(int(line.split()[2]) for line in out.splitlines()[1:])
    assert added == 160
    store = Store(path, auto_compact=False)
    assert_frame_equal(
        store.scan("seats").sort("hand_id", "seat").collect(), factory.make(range(160)).seats.sort("hand_id", "seat")
    )
    assert store.check().problems == ()


def test_a_batch_is_looked_at_again_where_others_came_before_its_new_columns(
    bucket: Bucket, factory: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, rival, add_columns = opened(bucket), opened(bucket), _log.Log.add_columns

    def late(log: _log.Log, columns: dict[str, pl.DataType]) -> bool:
        monkeypatch.setattr(_log.Log, "add_columns", add_columns)
        rival.add(factory.make(range(6), flags=("did_other", "did_new")))
        return log.add_columns(columns)

    monkeypatch.setattr(_log.Log, "add_columns", late)
    report = store.add(factory.make(range(10), flags=("did_new",)))
    assert (report.hands_added, report.duplicates) == (4, 6)
    assert store.counts()["hands"] == 10
    assert {"did_other", "did_new"} <= set(store.scan("seats").collect_schema())
    assert store.check().problems == ()


def test_a_compactor_that_is_overtaken_after_its_check_gives_way(
    bucket: Bucket, factory: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a lock the commit itself is what tells: it must come right after the state that was checked."""
    slow, fast = opened(bucket), opened(bucket)
    for n in range(3):
        slow.add(factory.make([n]))
    log, live = slow._log, _compact._all_live
    merge = _compact.stage_segments(log, log.view(), next(_compact.major(log.view())))
    checks = []

    def overtaken(*given: object) -> bool:
        monkeypatch.setattr(_compact, "_all_live", live)
        found = live(*given)
        checks.append(found)
        assert fast.compact().discarded == 0
        return found

    monkeypatch.setattr(_compact, "_all_live", overtaken)
    assert not _compact.publish(log, merge)
    assert checks == [True]
    assert slow.counts()["hands"] == 3
    assert slow.check().problems == ()


def test_of_two_racing_compactors_in_processes_one_gives_way(
    bucket: Bucket, factory: ModuleType, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in bucket[1].items():
        monkeypatch.setenv(name, value)
    store = opened(bucket)
    for n in range(3):
        store.add(factory.make(range(n * 10, n * 10 + 10)))
    racers = [start("compact", store.uri) for _ in range(2)]
    for racer in racers:
        assert racer.stdout
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin
        racer.stdin.write("go\n")
        racer.stdin.flush()
    assert sorted(racer.communicate()[0] for racer in racers) == ["published 0\n", "published 1\n"]
    assert store.counts()["hands"] == 30
    assert store.check().problems == ()


def test_a_table_is_made_once_where_two_open_it_for_the_first_time(
    bucket: Bucket, factory: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = _log._create

    def late(place: _place.Place) -> None:
        monkeypatch.setattr(_log, "_create", create)
        opened(bucket).add(factory.make(range(3), flags=("did_new",)))
        create(place)

    monkeypatch.setattr(_log, "_create", late)
    assert "did_new" in opened(bucket).scan("seats").collect_schema()


@pytest.mark.parametrize("arrives", [True, False])
def test_files_of_a_commit_that_may_yet_arrive_stay(
    remote: Store, bucket: Bucket, factory: ModuleType, monkeypatch: pytest.MonkeyPatch, arrives: bool
) -> None:
    commit, unsaid = _log.Log.commit, []

    def silent(log: _log.Log, add: list[object], *args: object, **options: object) -> int | None:
        unsaid.append(add)
        if arrives:
            commit(log, add, *args, **options)
        raise OSError("the connection was reset")

    with monkeypatch.context() as patch:
        patch.setattr(_log.Log, "commit", silent)
        with pytest.raises(StoreError, match="the batch was not added: the connection was reset"):
            remote.add(factory.make(range(5)))
    assert remote._root.missing([file.path for file in unsaid[0]]) == []
    assert remote.counts()["hands"] == (5 if arrives else 0)
    assert remote.add(factory.make(range(5))).hands_added == (0 if arrives else 5)
    assert remote.check().problems == ()


def test_vacuum_removes_what_is_old_and_refuses_what_may_be_in_use(
    remote: Store, factory: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(3):
        remote.add(factory.make([n]))
    old = remote.snapshot()
    remote.compact()
    with pytest.raises(StoreError, match="has no lock, so files of the last hour may yet be committed"):
        remote.vacuum(0)
    monkeypatch.setattr(_log, "VACUUM_HOURS", 0)
    assert len(remote.vacuum(0)) == 9
    assert not old.is_whole()
    assert remote.scan("hands").collect().height == 3


def test_a_hundred_files_are_looked_for_in_one_listing(remote: Store, factory: ModuleType) -> None:
    remote.add(factory.make(range(1500)))
    paths = list(remote.snapshot().view.files)
    assert len(paths) > _place._FEW
    assert remote._root.missing([*paths, "kind=hands/none.parquet"]) == ["kind=hands/none.parquet"]


def test_secrets_are_in_no_message(
    bucket: Bucket, factory: ModuleType, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = opened(bucket)
    store.add(factory.make([1]))

    def leak(*_: object) -> None:
        raise OSError(f"cannot sign with {bucket[1]['AWS_SECRET_ACCESS_KEY']} of {bucket[1]['AWS_ACCESS_KEY_ID']}")

    told = [repr(store), repr(store.snapshot()), str(store._root), repr(store._root)]
    monkeypatch.setattr(_log.Log, "commit", leak)
    with (
        caplog.at_level(logging.DEBUG),
        pytest.raises(StoreError, match=r"cannot sign with \*\*\* of \*\*\*") as caught,
    ):
        store.add(factory.make([2]))
    told += traceback.format_exception(caught.value)
    away = bucket[1] | {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "max_retries": "0"}
    with pytest.raises(StoreError, match="it cannot be read") as unreachable:
        Store(f"{bucket[0]}/hands", storage_options=away)
    told += traceback.format_exception(unreachable.value)
    with pytest.raises(StoreError, match="the address of a store holds no user or key") as caught:
        Store("s3://a-secret-key@bucket/hands")
    text = "\n".join([*told, str(caught.value), *(record.getMessage() for record in caplog.records)])
    assert not [secret for secret in SECRETS if secret in text]
    assert "\x1b" not in str(unreachable.value)


def test_a_store_goes_to_other_processes_with_its_options(remote: Store, factory: ModuleType) -> None:
    remote.add(factory.make([1]))
    assert pickle.loads(pickle.dumps(remote)).counts() == remote.counts()


@pytest.mark.parametrize(
    ("path", "options", "told"),
    [
        ("s3://", None, "'s3://' is no address of a store; give s3://, gs:// or az:// and a bucket"),
        ("ftp://host/hands", None, "'ftp://host/hands' is no address of a store"),
        ("s3://bucket/a%20b", None, "is no address of a store"),
        ("s3://bucket/../other", None, "is no address of a store"),
        ("s3://bucket//hands", None, "is no address of a store"),
        (Path("s3://bucket/hands").absolute(), None, "was a URL before it became a Path"),
        (Path("s3://bucket/hands"), None, "was a URL before it became a Path; give the text itself"),
        ("hands", {"AWS_REGION": "x"}, "storage_options are for object stores, such as s3://bucket/hands; 'hands'"),
        ("s3://bucket/hands", {"AWS_ALLOW_HTTP": True}, "the storage option 'AWS_ALLOW_HTTP' is a bool"),
        ("s3://bucket/hands", "secret", "storage_options is a str; give a dict"),
    ],
)
def test_places_that_make_no_sense_are_refused(path: str, options: object, told: str) -> None:
    with pytest.raises(StoreError) as caught:
        Store(path, storage_options=options)  # type: ignore[arg-type]
    assert told in str(caught.value)


def test_a_bucket_that_holds_something_else_or_is_not_there_is_told(remote: Store, bucket: Bucket) -> None:
    with pytest.raises(StoreError, match="is not a store: it holds 'hands' and no _delta_log"):
        Store(bucket[0], storage_options=bucket[1])
    with pytest.raises(StoreError, match="s3://no-such-bucket/hands: it cannot be read"):
        Store("s3://no-such-bucket/hands", storage_options=bucket[1])
    with pytest.raises(StoreError, match="is no folder of this machine; its uri names it"):
        _ = remote.path


def test_a_lab_imports_into_an_object_store_and_reads_statistics_from_it(remote: Store, tmp_path: Path) -> None:
    pk.sample.write(tmp_path / "history", 300, seed=1)
    lab = pk.open(remote, history=tmp_path / "history")
    assert lab.ingest().hands_added == 300
    again = pk.ingest(tmp_path / "history", remote)
    assert again.files_unchanged == again.files
    local = Store(tmp_path / "store")
    pk.ingest(tmp_path / "history", local)
    assert_frame_equal(stats.report(lab.seats), stats.report(pk.open(local, history=tmp_path).seats))
