"""The progress of an import, as users see it."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import nbformat
import pytest
import rich
from nbclient import NotebookClient
from rich.console import Console

import pokerlab as pk

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("history")
    pk.sample.write(folder, 60, seed=8, truth=False)
    return folder


def test_a_terminal_shows_bytes_and_hands_a_second(history: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Console(file=io.StringIO(), force_terminal=True, width=120)
    monkeypatch.setattr(rich, "_console", screen)
    pk.read_winamax(history, progress=True)
    assert isinstance(screen.file, io.StringIO)
    shown = re.sub(r"\x1b\[[\d;?]*[a-zA-Z]", "", screen.file.getvalue())
    assert re.search(r"Reading hands ━+ ([\d.]+)/\1 .B [\d,]+ hands/s", shown), shown


def test_a_notebook_shows_one_bar_that_is_full_at_the_end(history: Path, tmp_path: Path) -> None:
    code = (
        f"import pokerlab as pk\n_ = pk.ingest({str(history)!r}, pk.Store({str(tmp_path / 'store')!r}), progress=True)"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    [output] = notebook.cells[0].outputs
    size = sum(path.stat().st_size for path in history.rglob("*.txt"))
    assert f'<progress value="{size}" max="{size}">' in output["data"]["text/html"]
    assert re.search(r"60 hands, [\d,]+ hands/s$", output["data"]["text/plain"])
