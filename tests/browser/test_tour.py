"""`pokerlab lab` as its user has it: the tour opens, all its cells run, and its last cell fills."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.driver import Notebook, own_folders, wait_for_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Page

WIDTH = "node => node.getBoundingClientRect().width"
JUPYTER = ("--ServerApp.port=0", "--ip=127.0.0.1", "--allow-root", "--LabApp.expose_app_in_browser=True")


@pytest.fixture
def opened(tmp_path: Path, page: Page) -> Iterator[Notebook]:
    """Run `pokerlab lab` and open the tour at the address that JupyterLab gives; end it as a user's Ctrl-C would."""
    with (tmp_path / "lab.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "pokerlab", "lab", str(tmp_path / "notebooks"), "--simulated", "--no-browser"]
            + [f"--jupyter={option}" for option in JUPYTER],
            env=own_folders(tmp_path),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        book = Notebook(page, wait_for_server(tmp_path, process), "00_tour.ipynb")
        book.open()
        yield book
        book.shut_down()
        page.goto("about:blank")  # before its server goes
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
    finally:
        process.terminate()  # not killed: it has a JupyterLab of its own to end
        process.wait(timeout=30)


@pytest.mark.parametrize("theme", ["Light", pytest.param("Dark", marks=pytest.mark.ci)])
def test_the_tour_runs_and_its_live_cell_fills(opened: Notebook, theme: str, picture: Callable[..., None]) -> None:
    page = opened.page
    opened.command("apputils:change-theme", theme=f"JupyterLab {theme}")
    opened.command("application:toggle-left-area")  # room for the table
    opened.run_all()
    assert page.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
    assert page.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.error']").count() == 0
    # An image; or drawn by JupyterLab itself, where Altair is of the version whose specifications it knows.
    expect(page.locator(".jp-RenderedSVG, .jp-OutputArea-output .vega-embed")).to_have_count(1)
    live = page.locator(".pkl-live")
    expect(live).to_have_attribute("data-theme", theme.lower())
    expect(live.locator("tbody tr").nth(4)).to_be_attached()  # the five replayed hands may come one by one
    shown = live.locator("tbody tr").count()
    expect(live.locator("tbody tr").nth(shown)).to_be_attached()
    expect(live.locator(".pkl-status")).to_contain_text("Watching")
    chart = live.locator(".pkl-chart")
    line, whole = (part.evaluate(WIDTH) for part in (chart.locator(".pkl-net"), chart))
    assert line > 0.9 * whole  # on a wide page too
    live.scroll_into_view_if_needed()
    picture(f"tour-{theme.lower()}", page.locator(".jp-Cell", has=live))
