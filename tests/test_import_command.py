"""The command ``pokerlab import`` as a user calls it: what it tells, how it ends, and after an interrupt."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

import pokerlab as pk
from pokerlab import cli

if TYPE_CHECKING:
    from pathlib import Path

HANDS = 300


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("history")
    pk.sample.write(folder, HANDS, seed=8, game="mixed", truth=False)
    return folder


@pytest.fixture(scope="module")
def many_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a session with three hands a file."""
    folder = tmp_path_factory.mktemp("many")
    session = pk.sample.Session(folder, seed=4)
    for number in range(HANDS // 3):
        (folder / f"{number:03}.txt").write_bytes(b"".join(session.play().data for _ in range(3)))
    return folder


def call(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    """Call the command line in this process; give its exit code."""
    monkeypatch.setattr(sys, "argv", ["pokerlab", *map(str, words)])
    try:
        cli.main()
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_the_exit_code_tells_how_it_went(
    history: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store = ("--store", tmp_path / "store")
    empty, half = tmp_path / "empty", tmp_path / "half.txt"
    empty.mkdir()
    half.write_bytes(next(history.rglob("*no-limit.txt")).read_bytes()[:400])
    assert call(monkeypatch, "import", history, *store) == 0
    assert call(monkeypatch, "import", tmp_path / "nowhere", *store) == 1
    assert call(monkeypatch, "import", "--wrong", *store) == 2
    assert call(monkeypatch, "import", half, *store) == 3
    assert call(monkeypatch, "import", half, *store) == 0  # nothing in it is new
    assert call(monkeypatch, "import", empty, *store) == 4
    assert f"no Winamax history in {empty}" in capsys.readouterr().err
    assert call(monkeypatch, "import", "--help") == 0
    shown = " ".join(capsys.readouterr().out.split())
    for code in ("0 all was read", "1 an error", "2 a wrong call", "3 read, but", "4 no history", "130 interrupted"):
        assert code in shown


def test_the_summary_tells_files_hands_and_rejects(
    history: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store = ("--store", tmp_path / "store")
    assert call(monkeypatch, "import", history, *store, "--json") == 0
    first = told(capsys)
    assert (first["hands_added"], first["files_unchanged"]) == (HANDS, 0)
    assert call(monkeypatch, "import", history, *store) == 0
    assert f"{first['files']} files ({first['files']} unchanged): 0 hands added, 0 there already" in (
        capsys.readouterr().out
    )
    assert call(monkeypatch, "import", history, *store, "--replace") == 0
    assert f"0 hands added, {HANDS} replaced, 0 there already" in capsys.readouterr().out


def test_repair_reads_what_a_power_loss_took(
    history: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "store"
    assert call(monkeypatch, "import", history, "--store", path) == 0
    before = pk.Store(path).snapshot().frames().seats.sort("hand_id", "seat")
    for kind in ("seats", "actions"):
        next(path.rglob(f"kind={kind}/**/*.parquet")).write_bytes(b"")
    capsys.readouterr()
    assert call(monkeypatch, "import", "--repair", "--store", path, "--json") == 0
    report = told(capsys)
    assert len(report["repair"]["problems"]) >= 2
    assert report["repair"]["sources"]
    assert report["hands_added"] > 0
    store = pk.Store(path)
    assert store.snapshot().frames().seats.sort("hand_id", "seat").equals(before)
    assert store.check().problems == ()
    assert call(monkeypatch, "import", "--repair", "--store", path) == 0
    assert "0 problems, 0 files of the store dropped, 0 histories to be read again" in capsys.readouterr().out
    assert call(monkeypatch, "import", "--repair", "--store", tmp_path / "nowhere") == 1


def test_repair_finds_the_hands_of_a_file_that_was_moved(
    history: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path, old, new = tmp_path / "store", tmp_path / "old.txt", tmp_path / "new.txt"
    old.write_bytes(next(history.rglob("*no-limit.txt")).read_bytes())
    assert call(monkeypatch, "import", old, "--store", path) == 0
    hands = pk.Store(path).counts()["hands"]
    old.rename(new)
    assert call(monkeypatch, "import", new, "--store", path, "--json") == 0
    next(path.rglob("kind=seats/**/*.parquet")).unlink()
    capsys.readouterr()
    assert call(monkeypatch, "import", "--repair", "--store", path) == 0
    shown = capsys.readouterr().out
    assert "2 histories to be read again, 1 of them no longer there" in shown
    assert f"no longer there: {old}" in shown
    assert pk.Store(path).counts()["hands"] == hands


SMALL_BATCHES = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
import pokerlab as pk
from pokerlab import _ingest, _sources, cli
_ingest.BATCH_HANDS, _sources.CHUNK_BYTES = 3, 3_000
add = pk.Store.add
def noted(*args, **options):
    report = add(*args, **options)
    sys.stdout.write("stored\\n")
    sys.stdout.flush()
    return report
pk.Store.add = noted
cli.main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
@pytest.mark.parametrize("batches", [0, 6])
def test_an_interrupt_keeps_what_is_stored_and_the_same_command_goes_on(
    many_files: Path, tmp_path: Path, batches: int
) -> None:
    path = tmp_path / "store"
    words = ["import", str(many_files), "--store", str(path)]

    def start(*program: str) -> subprocess.Popen[str]:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, *program, *words]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)

    with start("-c", SMALL_BATCHES) as child:
        try:
            assert child.stdout
            for _ in range(batches + 1):
                assert child.stdout.readline() == "stored\n"
            child.send_signal(signal.SIGINT)
            _, errors = child.communicate(timeout=60)
        finally:
            child.kill()
    assert child.returncode == 130, errors
    said = re.search(r"interrupted: (\d+) new hands are in the store; the same import goes on", errors)
    assert said, errors
    assert "Traceback" not in errors
    store = pk.Store(path)
    stored = store.counts()["hands"]
    assert int(said[1]) == stored
    assert 0 < stored < HANDS
    assert store.check().problems == ()
    with start("-m", "pokerlab") as child:
        out, errors = child.communicate(timeout=120)
    assert child.returncode == 0, errors
    assert f"{HANDS - stored} hands added" in out
    assert pk.Store(path).counts()["hands"] == HANDS
