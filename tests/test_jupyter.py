"""`pokerlab lab` without a browser: what is copied, which hands it is on, and that it leaves nothing behind."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import pokerlab as pk
from pokerlab import jupyter
from pokerlab.errors import HistoryError, PokerlabError
from pokerlab_kernels._jit import user_cache

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]

STAND_IN = """
import json, os, sys, time
from pathlib import Path
kept = {name: value for name, value in os.environ.items() if name.startswith("POKERLAB_")}
Path(os.environ["TOLD"]).write_text(json.dumps({"pid": os.getpid(), "args": sys.argv[1:], **kept}))
while "--end" not in sys.argv:
    time.sleep(0.05)
"""


@pytest.fixture
def stand_in(tmp_path: Path) -> dict[str, str]:
    """Give an environment in which a module that only tells how it was called stands in for JupyterLab."""
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "jupyterlab.py").write_text(STAND_IN)
    paths = [tmp_path / "modules", ROOT, ROOT / "kernels"]
    (tmp_path / "home").mkdir()
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("POKERLAB_")},
        "POKERLAB_CACHE_DIR": str(user_cache()),
        "PYTHONPATH": os.pathsep.join(map(str, paths)),
        "TOLD": str(tmp_path / "told.json"),
        "HOME": str(tmp_path / "home"),
        "TMPDIR": str(tmp_path),
    }


def told(tmp_path: Path) -> dict[str, str]:
    file = tmp_path / "told.json"
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        if file.exists() and file.read_text():
            return dict(json.loads(file.read_text()))
        time.sleep(0.05)
    msg = "JupyterLab was not started"
    raise TimeoutError(msg)


@contextmanager
def lab(environment: dict[str, str], *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run the command; whatever goes wrong, it and its stand-in end."""
    command = [sys.executable, "-m", "pokerlab", "lab", *arguments]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def test_it_ends_with_jupyterlab_and_gives_its_code_back(tmp_path: Path, stand_in: dict[str, str]) -> None:
    with lab(stand_in, str(tmp_path / "books"), "--port", "8123", "--no-browser", "--jupyter=--end") as process:
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "Simulated hands of Nina.Blau: 3,000" in out
    called = told(tmp_path)
    assert {"--ServerApp.port=8123", "--no-browser", "--end"} < set(called["args"])
    assert f"--ServerApp.root_dir={tmp_path / 'books'}" in called["args"]
    assert (tmp_path / "books" / "00_tour.ipynb").exists()
    assert not Path(called["POKERLAB_DEMO_HISTORY"]).exists()
    assert "POKERLAB_STORE" not in called  # the user's own stays the one that pk.open opens


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, pytest.param(signal.SIGHUP, marks=pytest.mark.ci)])
def test_a_signal_ends_jupyterlab_and_removes_what_was_simulated(
    tmp_path: Path, stand_in: dict[str, str], sign: signal.Signals
) -> None:
    with lab(stand_in, str(tmp_path / "books")) as process:
        called = told(tmp_path)
        history = Path(called["POKERLAB_DEMO_HISTORY"])
        before = sum(path.stat().st_size for path in history.glob("*.txt"))
        assert before
        process.send_signal(sign)
        process.communicate(timeout=60)
    assert process.returncode == 0
    with pytest.raises(ProcessLookupError):
        os.kill(int(called["pid"]), 0)
    assert not history.exists()
    assert not list(tmp_path.glob("pokerlab-lab-*"))


def test_own_hands_are_imported_and_left_as_they_are(tmp_path: Path, stand_in: dict[str, str]) -> None:
    history = tmp_path / "mine"
    pk.sample.write(history, 40, seed=2, truth=False)
    before = {path: path.read_bytes() for path in history.glob("*.txt")}
    options = ("--history", str(history), "--store", str(tmp_path / "store"), "--jupyter=--end")
    with lab(stand_in, str(tmp_path / "books"), *options) as process:
        out, _ = process.communicate(timeout=60)
    assert "Your own hands: 40 new" in out
    called = told(tmp_path)
    for name in ("POKERLAB", "POKERLAB_DEMO"):
        assert (called[f"{name}_HISTORY"], called[f"{name}_STORE"]) == (str(history), str(tmp_path / "store"))
    assert pk.Store(tmp_path / "store").counts()["hands"] == 40
    assert before == {path: path.read_bytes() for path in history.glob("*.txt")}


def test_a_store_is_opened_without_a_history(tmp_path: Path, stand_in: dict[str, str]) -> None:
    store = pk.Store(tmp_path / "store")
    store.add(pk.sample.hands(30, seed=1))
    store.close()
    with lab(stand_in, str(tmp_path / "books"), "--store", str(tmp_path / "store"), "--jupyter=--end") as process:
        process.communicate(timeout=60)
    assert process.returncode == 0
    assert told(tmp_path)["POKERLAB_DEMO_STORE"] == str(tmp_path / "store")


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (("--simulated", "--store", "x"), 2, "--simulated takes neither"),
        (("--store", "nowhere"), 1, "there is no store at 'nowhere' and no history on this machine"),
        (("--history", "empty"), 1, "no hands were found in .*empty; name another folder, or try --simulated"),
        (("--history", "a:b"), 1, "'.*a:b' has the sign ':' in it"),
    ],
)
def test_what_cannot_be_opened_is_said(
    tmp_path: Path, stand_in: dict[str, str], options: tuple[str, ...], code: int, message: str
) -> None:
    for name in ("empty", "a:b"):
        (tmp_path / name).mkdir()
    command = [sys.executable, "-m", "pokerlab", "lab", str(tmp_path / "books"), *options]
    done = subprocess.run(command, env=stand_in, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == code
    assert re.search(message, " ".join(done.stderr.split()).replace("│ ", ""))
    assert not (tmp_path / "nowhere").exists()


def test_notebooks_that_are_there_stay_as_they_are(tmp_path: Path) -> None:
    [first, *_] = jupyter.copy_notebooks(tmp_path)
    first.write_text("mine")
    assert jupyter.copy_notebooks(tmp_path) == []
    assert first.read_text() == "mine"


def test_a_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PokerlabError, match=r"cannot be copied to '.*file' \(.*\); name another folder"):
        jupyter.copy_notebooks(tmp_path / "file")


def test_a_history_that_is_missing_is_named_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(HistoryError, match=r"'.*gone' is not a folder"):
        jupyter.run(tmp_path / "books", history=tmp_path / "gone", store=tmp_path / "store")
    assert not (tmp_path / "books").exists()


def test_without_jupyterlab_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jupyter, "find_spec", lambda _: None)
    with pytest.raises(PokerlabError, match=r'pip install "pokerlab\[lab\]"'):
        jupyter.run(tmp_path)
