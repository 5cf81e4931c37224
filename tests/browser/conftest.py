"""The bench for tests in a real JupyterLab, driven in Debian's Chromium by Playwright.

Every test gets a page whose console must stay free of errors. `notebook` makes a notebook of the given cells and opens
it; see `tests.browser.driver` for what can be done with it. With ``POKERLAB_SCREENSHOTS=FOLDER`` pictures are kept.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest

from pokerlab import _ingest
from tests.browser.driver import Jupyter, Notebook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Locator, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--force-color-profile=srgb",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the tests of this folder, saying why, where there is no browser."""
    if CHROMIUM is None:
        missing = pytest.mark.skip(reason="needs Chromium: apt-get install chromium")
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(missing)


@pytest.fixture(scope="session")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jupyter]:
    """Start a JupyterLab with folders of its own, so that nobody's settings matter."""
    _ingest.parse(b"")  # compiled here once, loaded by the kernels
    with Jupyter(tmp_path_factory.mktemp("jupyter")) as server:
        yield server


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start a browser; while it lives no other event loop can run in this thread, so it ends with its module."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=15_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Give a page; an error in its console, or one that nobody caught, fails the test."""
    context = browser.new_context(
        viewport={"width": 1200, "height": 900},
        device_scale_factor=1.5 if os.environ.get("POKERLAB_SCREENSHOTS") else 1,
        locale="en-GB",
        timezone_id="Europe/Paris",
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert faults == []


@pytest.fixture
def notebook(jupyter: Jupyter, page: Page, tmp_path: Path) -> Iterator[Callable[..., Notebook]]:
    """Give a function that makes a notebook of code cells and opens it; its kernel ends with the test."""
    opened: list[Notebook] = []

    def make(*cells: str) -> Notebook:
        content = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        )
        path = jupyter.folder / f"{tmp_path.name}-{len(opened)}.ipynb"
        nbformat.write(content, path)
        opened.append(Notebook(page, jupyter.url, path.name))
        opened[-1].open()
        return opened[-1]

    yield make
    for each in opened:
        each.shut_down()


@pytest.fixture
def picture(page: Page) -> Callable[..., None]:
    """Give a function that keeps a screenshot of the page or of a part, where a folder for them is named."""

    def take(name: str, part: Locator | None = None) -> None:
        folder = os.environ.get("POKERLAB_SCREENSHOTS")
        if folder:
            (page if part is None else part).screenshot(path=Path(folder) / f"{name}.png")

    return take
