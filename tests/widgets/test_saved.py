"""What a saved notebook shows of the widget where no kernel runs: a table of the hands so far."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import nbformat
from nbclient import NotebookClient
from nbconvert import HTMLExporter

from tests.widgets import feed

if TYPE_CHECKING:
    from pathlib import Path


def test_an_exported_page_has_the_hands_as_a_table(tmp_path: Path) -> None:
    feed.append(tmp_path / "nice.txt", 1, 2, 3)
    cell = f"import pokerlab as pk\nfeed = pk.live({str(tmp_path)!r}, replay=2)\nfeed"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)])
    NotebookClient(notebook, timeout=120, kernel_name="python3", store_widget_state=False).execute()
    html, _ = HTMLExporter().from_notebook_node(notebook)
    assert "2 hands; run the cell to see more" in html
    assert re.sub(r"<[^>]*>", "", html).count("A♠K♦") == 2
    assert html.index("20:00:03") < html.index("20:00:02")
