"""A cluster of processes on this machine: the same tables and numbers as without, also where workers are killed."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import pokerlab as pk
from pokerlab import _ingest, cluster, stats
from pokerlab.errors import ClusterError, HistoryError, SchemaError, StatError

distributed = pytest.importorskip("distributed", reason="no distributed, which comes with the extra 'cluster'")

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from distributed import Client

    Bucket = tuple[str, dict[str, str]]

HANDS = 1_200


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("history")
    pk.sample.write(folder / "cash", HANDS // 2, seed=1, truth=False)
    pk.sample.write(folder / "mixed", HANDS // 2, seed=2, truth=False, game="mixed")
    (folder / "cash" / "broken.txt").write_bytes(b'Winamax Poker - CashGame - HandId: "what is this"\n\n')
    return folder


@pytest.fixture(scope="module")
def alone(history: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[pk.Store, pk.IngestReport]:
    """Give a store that one machine has filled, and what it tells."""
    store = pk.Store(tmp_path_factory.mktemp("alone") / "store")
    return store, pk.ingest(history, store)


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """Give a cluster of two processes."""
    local = distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0")
    with local, distributed.Client(local) as client:
        yield client


@pytest.fixture(autouse=True)
def small_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "TASK_BYTES", 100_000)
    monkeypatch.setattr(cluster, "TASK_SEATS", 700)


def assert_same_tables(store: pk.Store, expected: pk.Store) -> None:
    keys = {"hands": ["hand_id"], "seats": ["hand_id", "seat"], "actions": ["hand_id", "seq"]}
    keys |= {"tournaments": ["tournament_id", "hero"], "rejects": ["source", "offset", "rule", "text"]}
    found, right = store.snapshot().frames().tables(), expected.snapshot().frames().tables()
    for kind, frame in right.items():
        assert_frame_equal(found[kind].sort(keys[kind]), frame.sort(keys[kind]))
    assert store.check().problems == ()


def assert_same_told(told: pk.IngestReport, expected: pk.IngestReport) -> None:
    for name in ("files", "hands_added", "duplicates", "rejects", "tournaments", "rejects_by_rule"):
        assert getattr(told, name) == getattr(expected, name), name


def test_a_cluster_imports_what_one_machine_imports(
    client: Client, history: Path, alone: tuple[pk.Store, pk.IngestReport], tmp_path: Path
) -> None:
    store, steps = pk.Store(tmp_path / "store"), []
    told = cluster.ingest(history, store, client, compact=False, progress=lambda *step: steps.append(step))
    assert_same_told(told, alone[1])
    assert_same_tables(store, alone[0])
    assert len(steps) > 4
    assert steps[-1][0] == steps[-1][1] == sum(file.stat().st_size for file in history.rglob("*.txt"))
    files = len(store.snapshot().view.files)
    again = cluster.ingest(history, store, client)
    assert (again.hands_added, again.files_unchanged) == (0, again.files)
    assert len(store.snapshot().view.files) < files
    assert_same_tables(store, alone[0])


KILLED_ONCE = """
import os, pathlib, signal
from pokerlab import _ingest
def lethal(files, store, **options):
    if {before}:
        kill()
    report = honest(files, store, **options)
    if not {before}:
        kill()
    return report
def kill():
    try:
        pathlib.Path({mark!r}).touch(exist_ok=False)
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
honest, _ingest.load = _ingest.load, lethal
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
@pytest.mark.parametrize(
    "before",
    [pytest.param(True, id="before its work", marks=pytest.mark.slow), pytest.param(False, id="before it answered")],
)
def test_a_worker_that_is_killed_neither_loses_nor_doubles_a_hand(
    client: Client, history: Path, alone: tuple[pk.Store, pk.IngestReport], tmp_path: Path, before: bool
) -> None:
    store, mark = pk.Store(tmp_path / "store"), tmp_path / "killed"
    client.run(exec, KILLED_ONCE.format(before=before, mark=str(mark)), {})
    told = cluster.ingest(history, store, client)
    assert mark.exists()
    assert_same_told(told, alone[1])
    assert_same_tables(store, alone[0])


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_worker_that_is_killed_from_outside_is_replaced(
    client: Client, history: Path, alone: tuple[pk.Store, pk.IngestReport], tmp_path: Path
) -> None:
    victims = list(client.run(os.getpid).values())

    def kill(*_: int) -> None:
        if victims:
            os.kill(victims.pop(), signal.SIGKILL)

    store = pk.Store(tmp_path / "store")
    told = cluster.ingest(history, store, client, progress=kill)
    assert not victims
    assert_same_told(told, alone[1])
    assert_same_tables(store, alone[0])


@pytest.fixture(scope="module")
def parts(history: Path, tmp_path_factory: pytest.TempPathFactory) -> pk.Store:
    """Give the same hands in many small files."""
    store = pk.Store(tmp_path_factory.mktemp("parts") / "store", auto_compact=False)
    for file in sorted(history.rglob("*.txt")):
        pk.ingest(file, store)
    return store


@pytest.mark.parametrize(
    ("by", "options"),
    [
        ("player", {"min_hands": 30}),
        (["position", "stack_depth"], {"where": pl.col("is_hero")}),
        ("format", {"where": pl.col("limit") == "no_limit"}),
        ((), {"interval": 0.9}),
        (pl.when(pl.col("is_hero")).then("position").alias("mine"), {}),
        (["pot_type", pl.col("played_at").dt.date().alias("date")], {"stats": [stats.get("cbet_f", strict=False)]}),
    ],
    ids=str,
)
def test_a_report_is_that_of_one_machine(client: Client, parts: pk.Store, by: Any, options: dict[str, Any]) -> None:
    found = cluster.report(parts, client, by, **options)
    frames = parts.snapshot().frames()
    seats = stats.with_stats(frames.seats, frames.actions, [*stats.ALL, *options.get("stats", [])])
    expected = stats.report(seats, by, hands=frames.hands, **options)
    whole = pl.selectors.integer() | pl.selectors.string() | pl.selectors.enum()
    assert_frame_equal(found.select(whole), expected.select(whole), check_exact=True)
    assert_frame_equal(found, expected, rel_tol=1e-9)


def test_a_report_has_the_same_bits_whoever_works(
    client: Client, parts: pk.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_FAN_IN", 3)
    many = cluster.report(parts, client, "position", stats.ALL, interval=0.95)
    with distributed.Client(processes=False, n_workers=1, threads_per_worker=3, dashboard_address=":0") as other:
        assert_frame_equal(cluster.report(parts, other, "position", stats.ALL, interval=0.95), many, check_exact=True)


def test_registered_statistics_are_computed_on_workers(client: Client, parts: pk.Store) -> None:
    mine = stats.Stat("mine", did=stats.VPIP.did, could=stats.VPIP.could)
    stats.register(mine)
    try:
        found = cluster.report(parts, client, (), ["mine", "vpip"])
    finally:
        stats.unregister("mine")
    assert found["mine_chances"].item() == found["vpip_chances"].item() > 0
    assert found["mine"].item() == found["vpip"].item()


def test_a_store_without_hands_gives_the_report_of_nothing(client: Client, tmp_path: Path) -> None:
    empty = pk.Store(tmp_path / "store")
    for by in ("player", ()):
        expected = stats.report(pk.open(empty, history=tmp_path).seats, by)
        assert_frame_equal(cluster.report(empty, client, by), expected)
    assert cluster.ingest([], empty, client).hands_added == 0


def test_an_object_store_is_filled_and_read_by_a_cluster(
    client: Client, history: Path, alone: tuple[pk.Store, pk.IngestReport], bucket: Bucket
) -> None:
    store = pk.Store(f"{bucket[0]}/hands", storage_options=bucket[1])
    assert_same_told(cluster.ingest(history, store, client), alone[1])
    assert_same_tables(store, alone[0])
    found = cluster.report(store, client)
    assert_frame_equal(found, stats.report(pk.open(alone[0], history=history).seats), rel_tol=1e-9)


def test_what_a_cluster_cannot_do_is_refused(client: Client, parts: pk.Store) -> None:
    with pytest.raises(StatError, match="'session_start' looks at rows beyond those of its hand"):
        cluster.report(parts, client, "session")
    with pytest.raises(StatError, match="looks at rows beyond"):
        cluster.report(parts, client, where=pl.col("net") > pl.col("net").mean())
    middle = stats.Derived("middle", pl.col("net").median())
    with pytest.raises(StatError, match="'middle' cannot be made of parts of the hands"):
        cluster.report(parts, client, stats=[middle])
    with pytest.raises(SchemaError, match="there is no such column or group"):
        cluster.report(parts, client, "no_such_thing")
    for call in (lambda: cluster.report(parts, "tcp://x"), lambda: cluster.ingest(b"", parts, "tcp://x")):
        with pytest.raises(ClusterError, match=r"client is a str; give a distributed\.Client"):
            call()


def test_files_that_workers_do_not_see_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def blind(*_: object, **__: object) -> None:
        raise HistoryError("'/data/a.txt' does not exist")

    monkeypatch.setattr(_ingest, "load", blind)
    told = r"does not exist \(on the worker inproc.*files have the same paths"
    with (
        distributed.Client(processes=False, n_workers=1, threads_per_worker=1, dashboard_address=":0") as threads,
        pytest.raises(HistoryError, match=told),
    ):
        cluster.ingest(b"text", pk.Store(tmp_path / "store"), threads)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_task_that_kills_every_worker_is_given_up(history: Path, tmp_path: Path) -> None:
    import dask

    lethal = "import os, signal\nfrom pokerlab import _ingest\n"
    lethal += "_ingest.load = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)"
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        distributed.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0") as local,
        distributed.Client(local) as client,
    ):
        client.run(exec, lethal, {})
        with pytest.raises(ClusterError, match="a task ended each worker that tried it, the last one tcp://"):
            cluster.ingest(history, pk.Store(tmp_path / "store"), client)


def test_importing_the_module_loads_no_dask() -> None:
    import subprocess

    code = "import sys, pokerlab.cluster; assert not {'dask', 'distributed'} & set(sys.modules)"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
