"""LiveHands in a real JupyterLab: what is written to a file becomes a row, whatever kernel and page are doing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.widgets import feed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Locator

    from tests.browser.driver import Notebook


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """Give a folder with two old hands."""
    folder = tmp_path / "history"
    folder.mkdir()
    feed.append(folder / "nice.txt", 1, 2)
    return folder


def watching(history: Path, options: str = "") -> str:
    return f"import time\nimport pokerlab as pk\nfeed = pk.live({str(history)!r}, replay=2{options})\nfeed"


CONTRAST = """row => {
  const light = color => {
    const [r, g, b] = color.match(/[\\d.]+/g).slice(0, 3).map(v => v / 255)
      .map(v => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const back = light(getComputedStyle(row).backgroundColor);
  return Math.min(...[...row.cells].map(cell => light(getComputedStyle(cell).color))
    .map(text => (Math.max(text, back) + 0.05) / (Math.min(text, back) + 0.05)));
}"""
"""The smallest contrast of a row's texts with its ground, as WCAG 2 defines it."""


def rows(where: Locator) -> Locator:
    return where.locator(".pkl-live tbody tr")


def test_a_finished_hand_becomes_a_row(
    notebook: Callable[..., Notebook], history: Path, picture: Callable[[str], None]
) -> None:
    book = notebook(watching(history), "feed.hands.hands['hand_id'].to_list(), feed.seq, feed.status")
    book.run(0)
    expect(rows(book.output(0))).to_have_count(2)
    feed.append(history / "nice.txt", 3)
    expect(rows(book.output(0))).to_have_count(3)
    newest = rows(book.output(0)).first
    expect(newest).to_contain_text("NL Hold'em 0.01/0.02 €")
    expect(newest).to_contain_text("Nice")
    expect(newest).to_contain_text("SB")
    expect(newest).to_contain_text("A♠K♦")
    expect(newest).to_contain_text("−0.01 €")
    expect(newest.locator("td").first).to_have_text("22:00:03")
    book.run(1)
    expect(book.output(1)).to_contain_text(feed.hand_id(3))
    expect(book.output(1)).to_contain_text("3, 'watching'")
    picture("live")


def test_rows_come_while_a_cell_is_busy(notebook: Callable[..., Notebook], history: Path) -> None:
    book = notebook(watching(history), "time.sleep(20)")
    book.run(0)
    expect(rows(book.output(0))).to_have_count(2)
    book.start(1)
    book.wait_until_busy()
    for number in (3, 4):
        feed.append(history / "nice.txt", number)
        expect(rows(book.output(0))).to_have_count(number, timeout=5000)
    assert book.is_busy
    book.output(0).get_by_role("button", name="Pause").click()
    feed.append(history / "nice.txt", 5)
    expect(book.output(0).locator(".pkl-status")).to_contain_text("1 new", timeout=5000)
    book.output(0).get_by_role("button", name="Resume").click()
    expect(rows(book.output(0))).to_have_count(5)
    book.output(0).get_by_role("searchbox").fill("nothing like this")
    expect(book.output(0).locator(".pkl-live tbody tr:visible")).to_have_count(0)
    assert book.is_busy


def test_a_second_view_shows_the_same_rows(notebook: Callable[..., Notebook], history: Path) -> None:
    book = notebook(watching(history), "feed")
    book.run(0)
    feed.append(history / "nice.txt", 3)
    expect(rows(book.output(0))).to_have_count(3)
    book.run(1)
    expect(rows(book.output(1))).to_have_count(3)
    feed.append(history / "nice.txt", 4)
    for view in (0, 1):
        expect(rows(book.output(view))).to_have_count(4)


def test_a_page_that_is_loaded_again_shows_all_and_goes_on(notebook: Callable[..., Notebook], history: Path) -> None:
    book = notebook(watching(history))
    book.run(0)
    feed.append(history / "nice.txt", 3)
    expect(rows(book.output(0))).to_have_count(3)
    book.command("docmanager:save")
    book.page.wait_for_function("() => !jupyterapp.shell.currentWidget.context.model.dirty")
    book.open()
    expect(rows(book.output(0))).to_have_count(3)
    feed.append(history / "nice.txt", 4)
    expect(rows(book.output(0))).to_have_count(4)


def test_a_hostile_name_is_text_in_the_page_as_in_the_file(notebook: Callable[..., Notebook], history: Path) -> None:
    (history / "nice.txt").write_bytes(feed.text(1).replace(b"bob", feed.HOSTILE.encode()))
    book = notebook(watching(history, ", show_players=True"))
    book.run(0)
    expect(rows(book.output(0))).to_have_count(1)
    expect(rows(book.output(0)).first).to_contain_text(feed.HOSTILE)
    assert book.output(0).locator("img").count() == 0


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_a_row_chosen_by_keyboard_is_readable_and_known_to_the_kernel(
    notebook: Callable[..., Notebook], history: Path, theme: str, picture: Callable[[str], None]
) -> None:
    book = notebook(watching(history), "feed.selected_hand_id")
    book.command("apputils:change-theme", theme=f"JupyterLab {theme}")
    book.run(0)
    live = book.output(0).locator(".pkl-live")
    expect(live).to_have_attribute("data-theme", theme.lower())
    expect(rows(book.output(0))).to_have_count(2)
    rows(book.output(0)).first.focus()
    for key in ("ArrowDown", "Enter"):
        book.page.keyboard.press(key)
    expect(rows(book.output(0)).nth(1)).to_have_attribute("aria-selected", "true")
    assert rows(book.output(0)).nth(1).evaluate(CONTRAST) >= 4.5
    picture(f"live-{theme.lower()}")
    book.run(1)
    expect(book.output(1)).to_contain_text(feed.hand_id(1))


def test_after_a_restart_of_the_kernel_the_cell_can_run_again(
    notebook: Callable[..., Notebook], history: Path, picture: Callable[[str], None]
) -> None:
    book = notebook(watching(history))
    book.run(0)
    feed.append(history / "nice.txt", 3)
    expect(rows(book.output(0))).to_have_count(3)
    book.restart_kernel()
    expect(book.output(0).locator(".pkl-status")).to_contain_text(
        "The kernel was restarted or is gone; run the cell again"
    )
    picture("live-kernel-gone")
    feed.append(history / "nice.txt", 4)
    book.run(0)
    expect(rows(book.output(0))).to_have_count(2)
    feed.append(history / "nice.txt", 5)
    expect(rows(book.output(0))).to_have_count(3)
    expect(rows(book.output(0)).first.locator("td").first).to_have_text("22:00:05")
