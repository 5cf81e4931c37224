"""The widgets as plain anywidgets in marimo, which has neither JupyterLab's widget manager nor its pages."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from pokerlab import _ingest
from tests.widgets import feed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.skipif(find_spec("marimo") is None, reason="needs marimo: pip install marimo")

APP = """
# /// script
# [tool.marimo.display]
# theme = "dark"
# ///
import marimo

app = marimo.App()

@app.cell
def _():
    import marimo as mo
    import pokerlab as pk
    return mo, pk

@app.cell
def _(pk):
    feed = pk.live({history!r}, replay=2)
    feed
    return (feed,)

@app.cell
def _(mo, pk):
    frames = pk.read_winamax({history!r})
    replayer = mo.ui.anywidget(pk.replay(frames.hands["hand_id"][0], frames))
    replayer
    return (replayer,)

@app.cell
def _(mo, pk):
    grid = mo.ui.anywidget(pk.range_grid("AhKh, 22"))
    grid
    return (grid,)

@app.cell
def _(feed, grid, mo, pk, replayer):
    painted = f"{{grid.combos:g}} combinations of {{grid.range}}"
    mo.plain_text(f"Python: step {{replayer.step}}, {{painted}}, hand {{feed.selected_hand_id}}")
    return
"""
START_S = 60.0


@contextmanager
def running(app: Path) -> Iterator[str]:
    """Run an app on a free port of loopback, with settings of its own; give its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["run", str(app), "--headless", "--no-token", "--host", "127.0.0.1", "--port", str(port)]
    places = {name: str(app.parent) for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME")}
    with (app.parent / "marimo.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "marimo", "-y", *words],
            env={**os.environ, **places, "MARIMO_SKIP_UPDATE_CHECK": "1"},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        url = f"http://127.0.0.1:{port}/"
        wait_for(f"{url}health", process)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    limit = time.monotonic() + START_S
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            assert process.poll() is None, "marimo ended before it answered"
            assert time.monotonic() < limit, f"marimo did not answer in {START_S:.0f} s"
            time.sleep(0.1)


def square(grid: Locator, name: str) -> Locator:
    return grid.locator(".pkl-class").get_by_text(name, exact=True)


def test_a_row_comes_a_hand_is_stepped_and_a_painted_range_is_read_in_python(page: Page, tmp_path: Path) -> None:
    _ingest.parse(b"")  # compiled here, loaded there
    history = tmp_path / "history"
    history.mkdir()
    feed.append(history / "nice.txt", 1, 2)
    app = tmp_path / "app.py"
    app.write_text(APP.format(history=str(history)), "utf-8")
    with running(app) as url:
        page.goto(url)
        live, grid, replayer = (page.locator(f".pkl-{name}").last for name in ("live", "range", "replay"))
        rows = live.locator("[role=grid] tbody tr")
        expect(rows).to_have_count(2, timeout=START_S * 1000)
        expect(page.get_by_text("Python: step")).to_contain_text("7 combinations")
        for widget in (live, replayer, grid):
            expect(widget).to_have_attribute("data-theme", "dark")

        feed.append(history / "nice.txt", 3)
        expect(rows).to_have_count(3)
        expect(rows.first).to_contain_text("NL Hold'em Nice")
        expect(live.locator(".pkl-status")).to_contain_text("Watching · 3 hands")
        rows.first.click()
        expect(live.locator(".pkl-replay")).to_contain_text("Hero folds")

        replayer.focus()
        page.keyboard.press("End")
        expect(replayer.locator(".pkl-now")).to_contain_text("bob collects")
        square(grid, "AA").hover()
        page.mouse.down()
        square(grid, "KK").hover()
        page.mouse.up()
        expect(page.get_by_text("Python: step")).to_contain_text(
            f"step 6, 19 combinations of KK+,22,AhKh, hand {feed.hand_id(3)}"
        )
        page.goto("about:blank")
