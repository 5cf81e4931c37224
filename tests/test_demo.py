"""The demo, shortened: it ends by itself, shows every part, and never touches the user's own files."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

import pokerlab as pk
from pokerlab import demo
from pokerlab.errors import HistoryError

if TYPE_CHECKING:
    from pathlib import Path


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
