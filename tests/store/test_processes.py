"""Several processes on one store: killed ones, writers beside readers, compactors that race."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pokerlab.store import Store, _compact, _log

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path
    from types import ModuleType

    Start = Callable[..., subprocess.Popen[str]]


def ready(*processes: subprocess.Popen[str]) -> None:
    for process in processes:
        assert process.stdout
        line = process.stdout.readline()
        assert line == "ready\n", line or process.communicate()


def go(*processes: subprocess.Popen[str]) -> None:
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()


def ended(process: subprocess.Popen[str]) -> list[str]:
    """Wait until a process ends, and give the lines it has printed."""
    out, errors = process.communicate()
    assert process.returncode == 0, errors
    return out.splitlines()


def assert_whole(store: Store, factory: ModuleType, numbers: range) -> None:
    frames = store.snapshot().frames()
    expected = factory.make(numbers)
    assert_frame_equal(frames.hands.sort("hand_id"), expected.hands.sort("hand_id"))
    assert_frame_equal(frames.seats.sort("hand_id", "seat"), expected.seats.sort("hand_id", "seat"))
    assert_frame_equal(frames.actions.sort("hand_id", "seq"), expected.actions.sort("hand_id", "seq"))
    assert store.check().problems == ()


def kill_and_look(start: Start, path: Path, rng: random.Random, batch: int) -> int:
    """Kill an importer somewhere in its work; what it has acknowledged must be there, and no part of a batch."""
    process = start("add", path, 0, 100_000, batch)
    ready(process)
    assert process.stdout
    acknowledged = 0
    for _ in range(rng.randrange(3)):
        acknowledged = int(process.stdout.readline().split()[1])
    with suppress(subprocess.TimeoutExpired):
        process.wait(rng.uniform(0, 0.15))  # not to synchronise: the kill is to fall into any step of a commit
    process.kill()
    rest = process.communicate()[0].splitlines()
    if rest:
        acknowledged = int(rest[-1].split()[1])
    counts = Store(path, auto_compact=False).counts()
    hands = counts["hands"]
    assert hands % batch == 0
    assert hands >= acknowledged
    assert (counts["seats"], counts["actions"]) == (3 * hands, 4 * hands)
    return hands


@pytest.mark.parametrize("kills", [4, pytest.param(100, marks=pytest.mark.slow)])
def test_a_killed_import_keeps_what_it_acknowledged_and_is_continued(
    tmp_path: Path, factory: ModuleType, start: Start, kills: int
) -> None:
    rng, path, batch = random.Random(kills), tmp_path / "store", 25
    reached = [kill_and_look(start, path, rng, batch) for _ in range(kills)]
    assert reached == sorted(reached)
    until = reached[-1] + 2 * batch
    added = ended(start("add", path, 0, until, batch))
    assert sum(int(line.split()[2]) for line in added[1:]) == 2 * batch
    assert_whole(Store(path, auto_compact=False), factory, range(until))


@pytest.mark.parametrize(
    ("writers", "readers", "hands"), [(2, 2, 240), pytest.param(4, 4, 2_400, marks=pytest.mark.slow)]
)
def test_writers_of_the_same_hands_and_readers_disturb_nobody(
    tmp_path: Path, factory: ModuleType, start: Start, writers: int, readers: int, hands: int
) -> None:
    path, batch = tmp_path / "store", 40
    Store(path)
    watching = [start("watch", path, batch) for _ in range(readers)]
    ready(*watching)
    writing = [start("add", path, 0, hands, batch) for _ in range(writers)]
    added = [int(line.split()[2]) for process in writing for line in ended(process)[1:]]
    assert sum(added) == hands
    go(*watching)
    for process in watching:
        facts = ended(process)
        assert [fact.split()[0] for fact in facts] == ["looks"]
        assert int(facts[0].split()[1]) > 1
    assert_whole(Store(path), factory, range(hands))
    assert ended(start("count", path)) == [str(hands)]


def test_threads_share_one_store(store: Store, factory: ModuleType) -> None:
    def add(first: int) -> int:
        return sum(store.add(factory.make([number])).hands_added for number in range(first, first + 8))

    def look(_: int) -> bool:
        seen = store.sql("SELECT count(DISTINCT hand_id), count(*) FROM seats JOIN hands USING (hand_id)").row(0)
        return seen[1] == 3 * seen[0]

    with ThreadPoolExecutor(4) as pool:
        added, looked = pool.map(add, [0, 4, 8]), pool.map(look, range(4))
        assert sum(added) == 16
        assert all(looked)
    assert_whole(store, factory, range(16))


def test_of_two_racing_compactors_one_gives_way(store: Store, factory: ModuleType, start: Start) -> None:
    for n in range(6):
        store.add(factory.make(range(n * 10, n * 10 + 10)))
    racers = [start("compact", store.path) for _ in range(2)]
    ready(*racers)
    go(*racers)
    assert sorted(line for racer in racers for line in ended(racer)) == ["published 0", "published 1"]
    assert_whole(store, factory, range(60))


def test_the_race_doubles_hands_where_the_check_is_missing(
    store: Store, factory: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Show that the test above can fail: without the look at what is live, deltalake takes both compactions."""
    for n in range(3):
        store.add(factory.make([n]))
    log = store._log
    merges = [_compact.stage_segments(log, log.view(), next(_compact.major(log.view()))) for _ in range(2)]
    monkeypatch.setattr(_compact, "_all_live", lambda *_: True)
    assert all(_compact.publish(log, merge) for merge in merges)
    assert store.counts()["hands"] == 6
    assert "hands are stored more than once" in store.check().problems[0]


def test_a_batch_added_while_a_compaction_is_staged_is_kept(store: Store, factory: ModuleType) -> None:
    for n in range(3):
        store.add(factory.make([n]))
    log = store._log
    merge = _compact.stage_segments(log, log.view(), next(_compact.major(log.view())))
    Store(store.path).add(factory.make([3], flags=("did_three_bet",), rejects=1))
    assert _compact.publish(log, merge)
    assert store.scan("seats").collect()["did_three_bet"].count() == 3
    assert store.counts() == {"hands": 4, "seats": 12, "actions": 16, "tournaments": 0, "rejects": 1}
    assert len(store.snapshot().view.of("hands")) == 2
    assert store.check().ok


def test_a_compaction_that_fails_leaves_no_file(
    store: Store, factory: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(3):
        store.add(factory.make([n]))
    before = sorted(store.path.rglob("kind=*/**/*.parquet"))

    def failing(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("pokerlab.store._log.Log.commit", failing)
        with pytest.raises(KeyboardInterrupt):
            store.compact()
    assert sorted(store.path.rglob("kind=*/**/*.parquet")) == before
    assert_whole(store, factory, range(3))


def test_compaction_changes_files_and_nothing_else(store: Store, factory: ModuleType) -> None:
    flags: tuple[str, ...] = ()
    for begin in range(0, 120, 12):
        flags = (*flags, f"did_{begin:03}") if begin > 60 else ("did_vpip", "could_vpip")
        store.add(factory.make(range(begin, begin + 12), flags=flags, rejects=begin // 12, tournaments=begin // 12))
    before, snapshot = store.snapshot().frames(), store.snapshot()
    report = store.compact()
    after = store.snapshot().frames()
    assert report.files_after < report.files_before
    for kind, frame in before.tables().items():
        assert_frame_equal(after.tables()[kind], frame, check_row_order=False)
    assert after.hands["played_at"].is_sorted()
    assert_frame_equal(snapshot.frames().seats, before.seats)
    assert store.compact().files_before == store.compact().files_after
    assert store.add(factory.make(range(120))).hands_added == 0
    assert store.check().ok


def test_live_hands_one_at_a_time_are_compacted_by_themselves(tmp_path: Path, factory: ModuleType) -> None:
    hands = _compact.MINOR_AT + 6
    with Store(tmp_path / "store") as store:
        for n in range(hands):
            store.add(factory.make([n % 70]))
    assert len(store.snapshot().view.of("hands")) < _compact.MINOR_AT
    assert store.scan("hands").select(pl.len()).collect().item() == hands
    assert store.check().ok


def test_vacuum_keeps_what_is_younger_than_a_day(store: Store, factory: ModuleType) -> None:
    for n in range(3):
        store.add(factory.make([n]))
    old = store.snapshot()
    store.compact()
    assert store.vacuum() == []
    assert old.scan("hands").collect().height == 3
    assert len(store.vacuum(0)) == 9
    assert store.scan("hands").collect().height == 3


def test_reads_do_not_wait_for_a_writer_that_waits_for_another_process(
    store: Store, factory: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, waiting = _log.Log.lock, threading.Event()

    def noticed(log: _log.Log) -> AbstractContextManager[None]:
        waiting.set()
        return lock(log)

    monkeypatch.setattr(_log.Log, "lock", noticed)
    with ThreadPoolExecutor(2) as pool:
        with lock(Store(store.path)._log):
            adding = pool.submit(store.add, factory.make([1]))
            assert waiting.wait(30)
            assert pool.submit(store.counts).result(5)["hands"] == 0
            assert not adding.done()
        assert adding.result(30).hands_added == 1
    assert store.counts()["hands"] == 1


def test_a_compaction_whose_files_a_vacuum_took_is_discarded(store: Store, factory: ModuleType) -> None:
    for n in range(3):
        store.add(factory.make([n]))
    log = store._log
    merge = _compact.stage_segments(log, log.view(), next(_compact.major(log.view())))
    assert len(Store(store.path).vacuum(0)) == 3
    assert not _compact.publish(log, merge)
    assert_whole(store, factory, range(3))


INTERRUPTED = """
import pathlib, signal, sys, threading, time
import polars as pl
from pokerlab.store import Store
pl.select(pl.lit(1))
store = Store(sys.argv[1])
store._housekeeping = threading.Thread(target=time.sleep, args=(60,), daemon=True)
store._housekeeping.start()
try:
    print("ready", flush=True)
    store.close()
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to one process")
def test_close_hears_an_interrupt(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", INTERRUPTED, str(tmp_path / "store")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
            process.send_signal(signal.SIGINT)
            assert process.communicate(timeout=20)[0] == "interrupted\n"
        finally:
            process.kill()
