"""The demo, shortened: it ends by itself, shows every part, and never touches the user's own files."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import threading
from datetime import UTC, datetime
from queue import Queue
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

import pokerlab as pk
from pokerlab import demo
from pokerlab.errors import HistoryError, SettingsError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the time that a hand takes to benchmarks; that each hand arrives is what counts here."""
    monkeypatch.setattr("pokerlab.demo._story.LIMIT_S", 60.0)


def told(**options: object) -> tuple[bool, str]:
    console = Console(file=io.StringIO(), width=120, highlight=False)
    well = demo.run(console=console, **options)  # type: ignore[arg-type]
    assert isinstance(console.file, io.StringIO)
    return well, console.file.getvalue()


def test_the_demo_shows_import_players_equity_and_live_hands() -> None:
    well, text = told(hands=300, live_hands=3)
    assert well
    assert "300 hands" in text
    assert "Nina.Blau" in text
    assert "82.6366%" in text
    assert text.count("WebSocket") == 3
    assert "3 live hands" in text


def test_own_files_are_copied_and_stay_as_they_are(tmp_path: Path) -> None:
    pk.sample.write(tmp_path / "mine", 60, seed=2, hero="Somebody", truth=False)
    before = {path: path.read_bytes() for path in (tmp_path / "mine").rglob("*.txt")}
    well, text = told(history=tmp_path / "mine", live_hands=1)
    assert well
    assert "60 hands" in text
    assert before == {path: path.read_bytes() for path in (tmp_path / "mine").rglob("*.txt")}


def test_a_folder_that_does_not_exist_is_quoted(tmp_path: Path) -> None:
    with pytest.raises(HistoryError, match=r"'.*gone' is not a folder"):
        demo.run(tmp_path / "gone")


def test_the_notebooks_lab_is_simulated_once_and_goes_on_playing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(demo.PREPARED_STORE, raising=False)
    lab = demo.open(hands=150)
    assert demo.open(hands=150) is lab
    assert (lab.store.counts()["hands"], lab.hero) == (150, "Nina.Blau")
    assert any(thread.name == "pokerlab-table" for thread in threading.enumerate())


def test_the_notebooks_lab_is_what_was_prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared = demo.prepare(tmp_path, hands=50)
    prepared.store.close()
    monkeypatch.setenv(demo.PREPARED_HISTORY, str(tmp_path / "history"))
    monkeypatch.setenv(demo.PREPARED_STORE, str(tmp_path / "store"))
    lab = demo.open()
    assert lab.store.counts()["hands"] == 50
    assert lab.folders == (tmp_path / "history",)


def test_the_environment_names_the_users_own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "history").mkdir()
    monkeypatch.setenv("POKERLAB_HISTORY", str(tmp_path / "history"))
    monkeypatch.setenv("POKERLAB_STORE", str(tmp_path / "store"))
    lab = pk.open()
    assert (lab.folders, lab.store.path) == ((tmp_path / "history",), tmp_path / "store")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_process_that_ends_leaves_the_hands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(demo.PREPARED_STORE, raising=False)
    code = """
import os, sys
from pokerlab import demo
lab = demo.open(hands=50)
child = os.fork()
if child == 0:
    sys.exit(0)
os.waitpid(child, 0)
assert lab.folders[0].is_dir()
"""
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, timeout=120,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_hands_that_were_removed_are_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(demo.PREPARED_STORE, raising=False)
    lab = demo.open(hands=60)
    shutil.rmtree(lab.store.path.parent)
    again = demo.open(hands=60)
    assert again is not lab
    assert again.store.counts()["hands"] == 60


@pytest.mark.parametrize("hands", [0, -3, 2.5, "3", None])
def test_a_number_of_hands_that_is_none_is_refused(hands: object) -> None:
    with pytest.raises(SettingsError, match="is no history; simulate 1 or more"):
        demo.open(hands=hands)  # type: ignore[arg-type]


def test_a_table_does_not_play_in_the_future(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = demo.Table(tmp_path)
    monkeypatch.setattr("pokerlab.demo._table.time.time", lambda: datetime.now(UTC).timestamp() - 5 * 3600)
    latest = time_of(table.deal())
    for _ in range(150):
        played = time_of(table.deal())
        assert played <= datetime.now(UTC).timestamp() - 5 * 3600 + 1
        latest = max(latest, played)
    assert len(list(tmp_path.iterdir())) > 1  # another table opened


def time_of(hand_id: str) -> int:
    return int(hand_id.rpartition("-")[2])


def test_a_table_deals_by_itself_until_it_is_stopped(tmp_path: Path) -> None:
    arrived: Queue[object] = Queue()
    with pk.open(tmp_path / "store", tmp_path) as lab, lab.hub.subscribe(arrived.put):
        table = demo.Table(tmp_path / "history", pause_s=(0.01, 0.02))
        first = table.deal()
        assert arrived.get(timeout=20).hand.hand_id == first  # type: ignore[attr-defined]
        with table:
            for _ in range(3):
                arrived.get(timeout=20)
        assert table._thread is None


@pytest.mark.parametrize("pause_s", [(0.0, 1.0), (3.0, 1.0), (float("nan"), 1.0)])
def test_a_pause_that_is_none_is_refused(tmp_path: Path, pause_s: tuple[float, float]) -> None:
    with pytest.raises(SettingsError, match="is no span of time"):
        demo.Table(tmp_path, pause_s=pause_s)
