"""The range grid in a real JupyterLab: what is painted is read back in Python, and the other way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.axe import serious_faults

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Locator, Page

    from tests.browser.driver import Notebook


def square(grid: Locator, name: str) -> Locator:
    return grid.locator(".pkl-class").get_by_text(name, exact=True)


def drag(page: Page, *squares: Locator) -> None:
    for number, each in enumerate(squares):
        each.hover()
        if number == 0:
            page.mouse.down()
    page.mouse.up()


@pytest.mark.parametrize("theme", ["Light", pytest.param("Dark", marks=pytest.mark.ci)])
def test_a_painted_range_is_read_in_python_and_back(
    notebook: Callable[..., Notebook], theme: str, picture: Callable[..., None], tmp_path: Path
) -> None:
    free = tmp_path / "free"
    book = notebook(
        "import pathlib, time\nimport pokerlab as pk\ngrid = pk.range_grid('AhKh, 22')\ngrid",
        f"while not pathlib.Path({str(free)!r}).exists(): time.sleep(0.05)",
        "pk.Range(grid.range) == pk.Range('QQ+, AhKh, 22, T9s@0.5'), grid.combos, sum(grid.weights)",
        "grid.range = 'JJ, 54s'",
    )
    book.command("apputils:change-theme", theme=f"JupyterLab {theme}")
    book.run(0)
    grid, text = book.output(0).locator(".pkl-range"), book.output(0).get_by_label("Range", exact=True)
    expect(text).to_have_value("AhKh, 22")
    expect(grid).to_contain_text("Of AKs the range has single suits")
    book.start(1)
    book.wait_until_busy()
    drag(book.page, square(grid, "AA"), square(grid, "KK"), square(grid, "QQ"))
    grid.get_by_label("Weight in per cent").fill("50")
    square(grid, "JTs").focus()
    for key in ("ArrowRight", "ArrowLeft", "ArrowDown", "ArrowRight", "Space"):
        book.page.keyboard.press(key)
    expect(text).to_have_value("QQ+,22,T9s@0.5,AhKh")
    assert book.is_busy
    assert serious_faults(book.page, ".pkl-range") == []
    picture(f"range-grid-{theme.lower()}", grid)
    free.touch()
    book.wait_for_cell(1)
    # ipywidgets sends one change at a time: the last strokes follow when the kernel has answered the first, which may
    # be behind a cell that is run at once, but not behind the next.
    book.run(2)
    book.run(2)
    expect(book.output(2)).to_contain_text("(True, 27.0, 4.75)")
    book.run(3)
    expect(text).to_have_value("JJ, 54s")
    expect(square(grid, "54s")).to_have_attribute("aria-selected", "true")
    text.fill("JJ, KZ")
    text.press("Enter")
    expect(grid).to_contain_text("column 5: 'KZ' is not understood")
    text.fill("5%")
    text.press("Enter")
    expect(grid.locator('[aria-selected="true"]')).to_have_count(11)
    expect(square(grid, "77")).to_have_attribute("aria-selected", "true")
