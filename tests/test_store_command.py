"""`pokerlab store`: check, compact, vacuum, for people and for programs."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

import pokerlab as pk
from pokerlab import cli

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Call = Callable[..., int]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Call:
    """Call the command in this process; give its exit code."""

    def run(*words: object) -> int:
        monkeypatch.setattr(sys, "argv", ["pokerlab", "store", *map(str, words)])
        try:
            cli.main()
        except SystemExit as stop:
            return int(stop.code or 0)
        return 0

    return run


@pytest.fixture
def store(tmp_path: Path) -> pk.Store:
    store = pk.Store(tmp_path / "store")
    for seed in range(3):
        store.add(pk.sample.hands(20, seed=seed))
    return store


def test_a_sound_store(store: pk.Store, call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("check", "--store", store.path) == 0
    assert "hands in 9 files, 0 older files beside them\nthe store is sound" in capsys.readouterr().out
    assert call("check", "--store", store.path, "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["ok"], report["problems"], report["files"]) == (True, [], 9)


def test_a_damaged_store_ends_with_a_code_of_its_own(
    store: pk.Store, call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    damaged = next(store.path.glob("kind=seats/*/*.parquet"))
    damaged.write_bytes(b"PAR1")
    assert call("check", "--store", store.path) == 3
    out = capsys.readouterr().out
    assert f"{damaged}: seats: the file cannot be read" in out
    assert "1 problems; `pokerlab import --repair` mends damaged files" in out
    assert call("check", "--store", store.path, "--json") == 3
    assert json.loads(capsys.readouterr().out)["ok"] is False


def test_of_many_problems_some_are_shown(store: pk.Store, call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    for seed in range(3, 11):
        store.add(pk.sample.hands(5, seed=seed))
    for path in store.path.glob("kind=*/*/*.parquet"):
        path.unlink()
    assert call("check", "--store", store.path) == 3
    assert "and 13 problems more; --json has all" in capsys.readouterr().out


def test_compact_and_vacuum(store: pk.Store, call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("compact", "--store", store.path) == 0
    before, after = (int(word) for word in capsys.readouterr().out.split() if word.isdecimal())
    assert before == 9 > after
    assert call("vacuum", "--store", store.path) == 0
    assert capsys.readouterr().out == "0 files deleted\n"
    assert call("vacuum", "--hours", 0, "--store", store.path, "--json") == 0
    assert len(json.loads(capsys.readouterr().out)["deleted"]) == 9
    assert call("compact", "--store", store.path, "--json") == 0
    assert json.loads(capsys.readouterr().out)["files_after"] == after
    assert call("vacuum", "--hours", -1, "--store", store.path) == 2


def test_a_store_that_is_not_there_is_not_made(tmp_path: Path, call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("check", "--store", tmp_path / "none") == 1
    assert "there is no store at" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()
