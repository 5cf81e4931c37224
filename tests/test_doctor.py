"""What is found on a machine, on made-up homes of each system."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

import pokerlab as pk
from pokerlab import cli, doctor
from pokerlab.errors import HistoryError
from pokerlab.watch import history_folders

HERO = "Nina.Blau"
NEW = f"winamax/documents/accounts/{HERO}/history"
OLD = f"Winamax Poker/accounts/{HERO}/history"
PLACES = {
    "windows": f"AppData/Roaming/{NEW}",
    "windows, documents": f"Documents/{OLD}",
    "windows, onedrive": f"OneDrive/Documents/{OLD}",
    "macos": f"Library/Application Support/{NEW}",
    "macos, documents": f"Documents/{OLD}",
    "linux": f".config/{NEW}",
    "wine": f".wine/drive_c/users/nina/AppData/Roaming/{NEW}",
    "wine, documents": f".wine/drive_c/users/nina/Documents/{OLD}",
    "playonlinux": f".PlayOnLinux/wineprefix/Winamax/drive_c/users/nina/AppData/Roaming/{NEW}",
    "bottles": f".local/share/bottles/bottles/poker/drive_c/users/nina/AppData/Roaming/{NEW}",
    "lutris": f"Games/winamax/drive_c/users/nina/AppData/Roaming/{NEW}",
}
VARIABLES = {
    "APPDATA": (f"roaming/{NEW}", "roaming"),
    "XDG_CONFIG_HOME": (f"xdg/{NEW}", "xdg"),
    "OneDrive": (f"cloud/Documents/{OLD}", "cloud"),
    "OneDriveCommercial": (f"OneDrive - Work/Documents/{OLD}", "OneDrive - Work"),
    "WINEPREFIX": (f"prefix/drive_c/users/nina/AppData/Roaming/{NEW}", "prefix"),
}


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the user's own store and variables out of the tests."""
    folder = tmp_path / "data" / "store"
    monkeypatch.setattr(doctor, "default_store", lambda: folder)
    for name in ("POKERLAB_HISTORY", "POKERLAB_STORE"):
        monkeypatch.delenv(name, raising=False)
    return folder


def fill(folder: Path, hands: int = 40) -> int:
    """Write some hands; give the number of files."""
    folder.mkdir(parents=True, exist_ok=True)
    pk.sample.write(folder, hands, seed=3, game="cash", truth=False)
    return sum(path.is_file() for path in folder.rglob("*.txt"))


@pytest.mark.parametrize("system", PLACES)
def test_each_system_has_its_places(system: str, tmp_path: Path) -> None:
    files = fill(tmp_path / "home" / PLACES[system])
    found = doctor.examine(tmp_path / "home", {})
    assert found.origin == "this machine"
    [history] = found.histories
    assert history.path == str(tmp_path / "home" / PLACES[system])
    assert (history.account, history.files, history.problem) == (HERO, files, "")
    assert history.hands == 40
    assert history.last_change is not None
    [place] = [place for place in found.places if place.accounts]
    assert place.found == "1 account"
    assert all(other.found == "does not exist" or "in it" in other.found for other in found.places if other != place)
    assert found.ok
    # Reading without an argument looks at the same places.
    assert [str(folder) for folder in history_folders(tmp_path / "home", {})] == [history.path]


@pytest.mark.parametrize("name", VARIABLES)
def test_the_environment_says_where_folders_were_moved(name: str, tmp_path: Path) -> None:
    inner, value = VARIABLES[name]
    fill(tmp_path / inner)
    found = doctor.examine(tmp_path / "home", {name: str(tmp_path / value)})
    assert [history.path for history in found.histories] == [str(tmp_path / inner)]


def test_a_machine_without_winamax_says_where_it_looked(tmp_path: Path) -> None:
    found = doctor.examine(tmp_path / "home", {})
    assert not found.ok
    assert found.histories == ()
    assert len(found.places) >= 8
    assert {place.found for place in found.places} == {"does not exist"}
    shown = "\n".join(found.lines())
    assert "none. Name one" in shown
    assert ".config/winamax" in shown


def test_a_client_that_saves_no_hands_is_told(tmp_path: Path) -> None:
    (tmp_path / "home/.config/winamax/documents/accounts" / HERO).mkdir(parents=True)
    found = doctor.examine(tmp_path / "home", {})
    assert any("let the client save hands" in place.found for place in found.places)


def test_several_accounts_are_told_apart(tmp_path: Path) -> None:
    for hero in ("ann", "bob"):
        fill(tmp_path / "home" / ".config" / NEW.replace(HERO, hero))
    found = doctor.examine(tmp_path / "home", {})
    assert [history.account for history in found.histories] == ["ann", "bob"]
    assert any(place.found == "2 accounts" for place in found.places)


def test_an_empty_history_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "home" / PLACES["linux"]).mkdir(parents=True)
    found = doctor.examine(tmp_path / "home", {})
    assert [history.problem for history in found.histories] == ["no history file in it yet"]
    assert not found.ok


def test_what_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "home" / PLACES["linux"]
    fill(folder)
    locked = next(folder.rglob("*.txt"))
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != locked and access(path, mode))
    found = doctor.examine(tmp_path / "home", {})
    assert "1 files or folders cannot be read" in found.histories[0].problem
    assert locked.name in found.histories[0].problem


def test_a_folder_that_cannot_be_listed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = tmp_path / "home" / ".config"
    base.mkdir(parents=True)
    original = Path.iterdir

    def refuse(self: Path) -> object:
        if self == base:
            raise PermissionError(13, "Permission denied")
        return original(self)

    monkeypatch.setattr(Path, "iterdir", refuse)
    found = doctor.examine(tmp_path / "home", {})
    assert "cannot be read: Permission denied" in {place.found for place in found.places}


def test_folders_in_the_environment_come_first(tmp_path: Path) -> None:
    fill(tmp_path / "home" / PLACES["linux"])
    fill(tmp_path / "mine")
    found = doctor.examine(tmp_path / "home", {"POKERLAB_HISTORY": str(tmp_path / "mine")})
    assert (found.origin, found.ok) == ("POKERLAB_HISTORY", True)
    assert [history.path for history in found.histories] == [str(tmp_path / "mine")]
    assert [place.found for place in found.places] == ["is read"]


def test_a_folder_in_the_environment_that_is_gone_is_told(tmp_path: Path) -> None:
    fill(tmp_path / "mine")
    given = os.pathsep.join([str(tmp_path / "mine"), str(tmp_path / "gone")])
    found = doctor.examine(tmp_path, {"POKERLAB_HISTORY": given})
    assert not found.ok
    assert [place.found for place in found.places] == ["is read", "does not exist"]
    assert str(tmp_path / "gone") in found.checks[0].detail


def test_the_store_is_checked(tmp_path: Path, store: Path) -> None:
    def told() -> doctor.Check:
        return next(check for check in doctor.examine(tmp_path, {}).checks if check.name == "store")

    assert told().ok is None
    with pk.Store(store) as opened:
        opened.add(pk.sample.hands(30, seed=1))
    assert told().ok is True
    assert "30 hands" in told().detail
    next(store.rglob("kind=seats/**/*.parquet")).unlink()
    assert told().ok is False
    assert "seats: the file is missing" in told().detail


def test_a_cache_that_does_not_last_is_told_unless_it_was_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("POKERLAB_CACHE_DIR", raising=False)
    assert doctor._kernel_cache(tmp_path).ok is False
    assert "POKERLAB_CACHE_DIR" in doctor._kernel_cache(tmp_path).detail
    monkeypatch.setenv("POKERLAB_CACHE_DIR", str(tmp_path))
    assert doctor._kernel_cache(tmp_path).ok


def test_libraries_and_threads_are_named(tmp_path: Path) -> None:
    checks = {check.name: check for check in doctor.examine(tmp_path, {}).checks}
    assert "polars 2" in checks["libraries"].detail
    assert checks["threads"].ok
    assert any(layer in checks["threads"].detail for layer in ("omp", "tbb", "workqueue"))


def test_a_history_on_the_network_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / PLACES["linux"]
    fill(folder)
    monkeypatch.setattr("pokerlab.watch.network_of", lambda path: "cifs" if path == folder else None)
    diagnosis = doctor.examine(tmp_path, {})
    [check] = [check for check in diagnosis.checks if check.name == "network folder"]
    assert f"{folder} is on cifs" in check.detail
    assert check.ok is None
    assert diagnosis.ok


def test_reading_without_an_argument_reads_what_the_doctor_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    for name in (*VARIABLES, "OneDriveConsumer"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(HistoryError, match="pokerlab doctor"):
        pk.read_winamax()
    fill(tmp_path / "home" / PLACES["macos"], 25)
    fill(tmp_path / "home" / PLACES["wine"].replace(HERO, "bob"), 25)
    frames = pk.read_winamax()
    assert frames.hands["source"].n_unique() == 1  # both accounts have the same simulated hands
    assert len(frames) == 25
    assert pk.scan_winamax().hands.collect().equals(frames.hands)


def call(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["pokerlab", *words])
    try:
        cli.main()
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


def test_the_command_tells_by_its_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(doctor, "_kernel_cache", lambda folder: doctor.Check("kernel cache", ok=True, detail="fine"))
    assert call(monkeypatch, "doctor") == 1
    assert "none. Name one" in capsys.readouterr().out
    fill(tmp_path / "home" / PLACES["linux"])
    assert call(monkeypatch, "doctor", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is True
    assert told["histories"][0]["account"] == HERO
