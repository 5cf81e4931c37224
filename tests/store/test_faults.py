"""Imports of real files that are killed at random moments, run beside others, or meet a full disk."""

from __future__ import annotations

import errno
import json
import os
import random
import subprocess
import sys
import threading
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from polars.testing import assert_frame_equal

from pokerlab import _ingest, sample
from pokerlab.errors import StoreError
from pokerlab.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    import polars as pl

    from pokerlab.frames import HandFrames

HERE = Path(__file__).parent
KEYS = {
    "hands": ["hand_id"],
    "seats": ["hand_id", "seat"],
    "actions": ["hand_id", "seq"],
    "tournaments": ["tournament_id", "hero"],
    "rejects": ["source", "offset"],
}
KILLS, CROWD_S = int(os.environ.get("POKERLAB_KILLS", "4")), float(os.environ.get("POKERLAB_CROWD_S", "4"))
"""So often is an import killed, and so long do writers and readers go on; `.ci/run` asks for more."""

GAMES = ("mixed", "cash", "expresso", "omaha4", "tournament", "fast_fold")


class Histories(NamedTuple):
    """Files of a few hands each, what an undisturbed import of them gives, and that hand by hand."""

    files: list[str]
    frames: HandFrames
    per_hand: pl.DataFrame


@pytest.fixture(scope="module")
def importer() -> Iterator[ModuleType]:
    """Give the module that the other processes run."""
    sys.path.insert(0, str(HERE))
    import importer

    yield importer
    sys.path.remove(str(HERE))


def histories(folder: Path, importer: ModuleType, hands: int, seeds: int) -> Histories:
    for seed in range(seeds):
        sample.write(folder / f"account{seed}", hands // seeds, seed=seed, game=GAMES[seed % len(GAMES)], truth=False)
    (folder / "half.txt").write_bytes(next(folder.rglob("*no-limit.txt")).read_bytes()[:700])
    files = sorted(str(path) for path in folder.rglob("*.txt"))
    store = Store(folder / "undisturbed")
    assert _ingest.ingest(files, store).rejects == 1
    snapshot = store.snapshot()
    return Histories(files, snapshot.frames(), importer.per_hand(snapshot))


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory, importer: ModuleType) -> Histories:
    return histories(tmp_path_factory.mktemp("few"), importer, 720, 12)


@pytest.fixture
def launch(start: Callable[..., subprocess.Popen[str]]) -> Callable[[str], subprocess.Popen[str]]:
    """Give what starts processes that wait for their work."""
    return partial(start, script="importer.py")


def tell(process: subprocess.Popen[str], *work: object) -> None:
    """Wait until a process is ready, and give it its work."""
    assert process.stdout
    assert process.stdin
    line = process.stdout.readline()
    assert line == "ready\n", line or process.communicate()
    process.stdin.write(json.dumps(work) + "\n")
    process.stdin.flush()


def added(process: subprocess.Popen[str]) -> int:
    """Wait for the end of one import, and give the hands that it has added."""
    assert process.stdin
    process.stdin.close()
    process.stdin = None
    out, errors = process.communicate()
    assert process.returncode == 0, errors
    assert out.split()[0] == "added", out
    return int(out.split()[1])


def kill_after(process: subprocess.Popen[str], path: Path, commits: int, seconds: float) -> None:
    """Kill a process so many seconds after its store has so many commits, wherever it is then, if it has not ended."""
    while process.poll() is None and len(list(path.glob("_delta_log/*.json"))) < commits:
        time.sleep(0.002)
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    process.kill()


def assert_same(store: Store, expected: HandFrames) -> None:
    found = store.snapshot().frames()
    for kind, frame in expected.tables().items():
        assert_frame_equal(found.tables()[kind].sort(KEYS[kind]), frame.sort(KEYS[kind]), check_column_order=False)
    assert store.check().problems == ()


class Reader:
    """Looks at a store again and again, in a thread, from the moment that it is there."""

    def __init__(self, path: Path, expected: pl.DataFrame, importer: ModuleType) -> None:
        self.faults: list[str] = []
        self.looks = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, args=(path, expected, importer))

    def __enter__(self) -> Reader:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self, path: Path, expected: pl.DataFrame, importer: ModuleType) -> None:
        try:
            while not self._over.is_set():
                if list(path.glob("_delta_log/*.json")):
                    self.faults += importer.faults(Store(path, auto_compact=False).snapshot(), expected)
                    self.looks += 1
                self._over.wait(0.02)
        except Exception as error:  # a reader must see no error whatever is killed
            self.faults.append(repr(error))


@pytest.mark.parametrize("kills", [KILLS, pytest.param(200, marks=pytest.mark.slow)])
def test_an_import_killed_at_any_moment_is_finished_by_the_next(
    tmp_path: Path,
    few: Histories,
    importer: ModuleType,
    launch: Callable[[str], subprocess.Popen[str]],
    monkeypatch: pytest.MonkeyPatch,
    kills: int,
) -> None:
    importer.small_batches(monkeypatch.setattr)
    rng, looks, cut = random.Random(kills), 0, []
    waiting, undisturbed = launch("ingest"), launch("ingest")
    tell(undisturbed, str(tmp_path / "undisturbed"), few.files)
    assert added(undisturbed) == few.frames.hands.height
    commits = Store(tmp_path / "undisturbed").version
    for number in range(kills):
        victim, path = waiting, tmp_path / f"store{number}"
        with Reader(path, few.per_hand, importer) as reader:
            tell(victim, str(path), few.files)
            waiting = launch("ingest")
            kill_after(victim, path, rng.randint(0, commits), rng.uniform(0, 0.05))
            assert not victim.communicate()[1]
            cut.append(Store(path).counts()["hands"])
            report = _ingest.ingest(few.files, Store(path))
        assert cut[-1] + report.hands_added == few.frames.hands.height
        assert reader.faults == []
        looks += reader.looks
        assert_same(Store(path), few.frames)
    assert looks >= kills
    assert len(set(cut)) > min(kills // 3, 3), cut  # the kills fell into different moments


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory, importer: ModuleType) -> Histories:
    return histories(tmp_path_factory.mktemp("many"), importer, 12_000, 60)


@pytest.mark.parametrize("seconds", [CROWD_S, pytest.param(60, marks=pytest.mark.slow)])
def test_four_writers_and_four_readers_lose_double_and_disturb_nothing(
    tmp_path: Path, many: Histories, launch: Callable[[str], subprocess.Popen[str]], seconds: int
) -> None:
    path, truth = tmp_path / "store", tmp_path / "truth.parquet"
    many.per_hand.write_parquet(truth)
    Store(path)
    writers = [launch("keep_importing") for _ in range(4)]
    readers = [launch("keep_reading") for _ in range(4)]
    for number, writer in enumerate(writers):
        files = many.files[:]
        random.Random(number // 2).shuffle(files)  # two of the writers have the same order, all have the same files
        tell(writer, str(path), files, 3 + number, seconds)
    for reader in readers:
        tell(reader, str(path), str(truth), seconds)
    hands = sum(added(writer) for writer in writers)
    for reader in readers:
        out, errors = reader.communicate()
        assert reader.returncode == 0, errors
        lines = [line.split() for line in out.splitlines()]
        assert [line[0] for line in lines] == ["looks"], out
        assert int(lines[0][1]) > 1
    assert Store(path).counts()["hands"] == hands > 0
    _ingest.ingest(many.files, Store(path))
    assert_same(Store(path), many.frames)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a folder on a disk of 2 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted by this user: {mounted.stderr.decode().strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.mark.parametrize("taken", [1_000_000, 1_090_000, 1_170_000, 1_240_000])
def test_a_full_disk_is_an_error_that_says_so_and_takes_nothing_away(
    small_disk: Path, few: Histories, importer: ModuleType, monkeypatch: pytest.MonkeyPatch, taken: int
) -> None:
    importer.small_batches(monkeypatch.setattr)
    store, ballast = Store(small_disk / "store"), small_disk / "ballast"
    ballast.write_bytes(bytes(taken))
    with pytest.raises(StoreError, match=rf"{store.path}.*(No space left|os error {errno.ENOSPC})"):
        _ingest.ingest(few.files, store)
    stored = store.counts()["hands"]
    assert 0 < stored < few.frames.hands.height
    assert importer.faults(store.snapshot(), few.per_hand) == []
    assert store.check().problems == ()
    left = {path.relative_to(store.path).as_posix() for path in store.path.rglob("kind=*/**/*.parquet")}
    assert left == {path for version in range(store.version + 1) for path in store.at(version).view.files}
    ballast.unlink()
    assert _ingest.ingest(few.files, store).hands_added + stored == few.frames.hands.height
    assert_same(store, few.frames)
