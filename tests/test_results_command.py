"""The command ``pokerlab results`` as a user calls it."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

import pokerlab as pk
from pokerlab import cli, stats

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl


@pytest.fixture(scope="module")
def frames() -> pk.HandFrames:
    return pk.concat([pk.sample.hands(150, seed=4, game=game) for game in ("cash", "expresso")])


@pytest.fixture(scope="module")
def store(frames: pk.HandFrames, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data") / "store"
    with pk.Store(folder) as opened:
        opened.add(frames)
    return folder


def call(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    """Call the command line in this process; give its exit code."""
    monkeypatch.setattr(sys, "argv", ["pokerlab", "results", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def same(rows: list[dict[str, object]], table: pl.DataFrame) -> bool:
    """Tell whether the columns are the same, and what is no sum of fractions."""
    whole = [name for name, kind in table.schema.items() if not kind.is_float() and not kind.is_nested()]
    told = json.loads(json.dumps(table.select(whole).to_dicts(), default=str))
    return (
        bool(rows) and list(rows[0]) == table.columns and [{name: row[name] for name in whole} for row in rows] == told
    )


def test_results_are_those_of_the_library(
    store: Path, frames: pk.HandFrames, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "--store", store, "--json") == 0
    assert same(json.loads(capsys.readouterr().out), stats.results(frames, by=["day", "unit"]))
    assert call(monkeypatch, "--store", store, "--json", "--by", "format", "--player", "nobody") == 0
    assert json.loads(capsys.readouterr().out) == []
    assert call(monkeypatch, "--store", store, "--json", "--tournaments") == 0
    assert same(json.loads(capsys.readouterr().out), stats.tournament_results(frames))


def test_tables_show_money_as_people_read_it(
    store: Path, frames: pk.HandFrames, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "--store", store, "--by", "format", "--by", "session") == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split()[:4] == ["Format", "Session", "start", "Hands"]
    assert len(rows) == stats.results(frames, by=["format", "session", "unit"]).height
    assert any("€" in row for row in rows)
    assert call(monkeypatch, "--store", store, "--tournaments", "--by", "name", "--limit", 1) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert "ROI [95%]" in head
    assert len(rows) == 1


def test_what_cannot_be_answered_is_one_line_on_stderr(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "--store", store, "--by", "formt") == 1
    assert "did you mean 'format'" in capsys.readouterr().err
    assert call(monkeypatch, "--store", tmp_path / "none") == 1
    assert "there is no store" in capsys.readouterr().err
    with pk.Store(tmp_path / "empty"):
        pass
    assert call(monkeypatch, "--store", tmp_path / "empty") == 1
    assert "has no hands" in capsys.readouterr().err
    assert call(monkeypatch, "--store", store, "--limit", 0) == 2
