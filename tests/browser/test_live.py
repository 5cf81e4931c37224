"""LiveHands in a real JupyterLab: what is written to a file becomes a row, whatever kernel and page are doing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

import pokerlab as pk
from tests.browser.axe import serious_faults
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
    return where.locator(".pkl-live [role=grid] tbody tr")


def test_a_finished_hand_becomes_a_row(
    notebook: Callable[..., Notebook], history: Path, picture: Callable[..., None]
) -> None:
    book = notebook(watching(history), "feed.hands.hands['hand_id'].to_list(), feed.seq, feed.status")
    book.run(0)
    expect(rows(book.output(0))).to_have_count(2)
    feed.append(history / "nice.txt", 3)
    expect(rows(book.output(0))).to_have_count(3)
    newest = rows(book.output(0)).first
    expect(newest).to_contain_text("NL Hold'em Nice")
    expect(newest).to_contain_text("0.01/0.02 €")
    expect(newest).to_contain_text("SB")
    expect(newest).to_contain_text("A♠K♦")
    expect(newest).to_contain_text("−0.5 bb")
    expect(newest.get_by_title("−0.01 €")).to_have_count(2)  # net and EV
    expect(newest.locator("td").first).to_have_text("22:00:03")
    book.run(1)
    expect(book.output(1)).to_contain_text(feed.hand_id(3))
    expect(book.output(1)).to_contain_text("3, 'watching'")
    picture("live")


@pytest.mark.parametrize(
    "work", ["while True: sum(range(10_000))", pytest.param("time.sleep(3600)", marks=pytest.mark.ci)]
)
def test_rows_come_while_a_cell_is_busy(notebook: Callable[..., Notebook], history: Path, work: str) -> None:
    book = notebook(watching(history), work)
    book.run(0)
    expect(rows(book.output(0))).to_have_count(2)
    book.start(1)
    book.wait_until_busy()
    for number in (3, 4):
        feed.append(history / "nice.txt", number)
        expect(rows(book.output(0))).to_have_count(number)
    book.output(0).get_by_role("button", name="Pause").click()
    feed.append(history / "nice.txt", 5)
    expect(book.output(0).locator(".pkl-status")).to_contain_text("1 new")
    book.output(0).get_by_role("button", name="Resume").click()
    expect(rows(book.output(0))).to_have_count(5)
    book.output(0).get_by_role("searchbox").fill("nothing like this")
    expect(book.output(0).locator(".pkl-live [role=grid] tbody tr:visible")).to_have_count(0)
    book.output(0).get_by_role("searchbox").fill("")
    book.output(0).get_by_role("button", name="Time").click()
    expect(rows(book.output(0)).first).to_have_attribute("data-hand", feed.hand_id(1))
    expect(book.output(0).get_by_role("columnheader", name="Time")).to_have_attribute("aria-sort", "ascending")
    expect(book.output(0).locator(".pkl-told")).to_have_text("5 hands played · Net −2.5 bb · EV −2.5 bb")
    rows(book.output(0)).first.click()
    expect(book.output(0).get_by_label("Replay")).to_contain_text("Waiting for the kernel")
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
        expect(book.output(view).locator(".pkl-told")).to_have_text("4 hands played · Net −2.0 bb · EV −2.0 bb")


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
    expect(book.output(0).locator(".pkl-told")).to_have_text("4 hands played · Net −2.0 bb · EV −2.0 bb")


def test_a_hostile_name_is_text_in_the_page_as_in_the_file(notebook: Callable[..., Notebook], history: Path) -> None:
    (history / "nice.txt").write_bytes(feed.text(1).replace(b"bob", feed.HOSTILE.encode()))
    book = notebook(watching(history, ", show_players=True, show_stats=True"))
    book.run(0)
    expect(rows(book.output(0))).to_have_count(1)
    expect(rows(book.output(0)).first).to_contain_text(feed.HOSTILE)
    expect(book.output(0).get_by_role("rowheader", name=feed.HOSTILE)).to_be_visible()
    rows(book.output(0)).first.click()
    expect(book.output(0).locator(".pkl-replay")).to_contain_text(feed.HOSTILE)
    assert book.output(0).locator("img").count() == 0


@pytest.mark.parametrize("theme", ["Light", pytest.param("Dark", marks=pytest.mark.ci)])
def test_a_row_chosen_by_keyboard_is_readable_and_known_to_the_kernel(
    notebook: Callable[..., Notebook], history: Path, theme: str, picture: Callable[..., None]
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
    expect(live.locator(".pkl-replay")).to_have_attribute("data-theme", theme.lower())
    assert rows(book.output(0)).nth(1).evaluate(CONTRAST) >= 4.5
    book.run(1)
    expect(book.output(1)).to_contain_text(feed.hand_id(1))


@pytest.mark.parametrize("theme", ["Light", pytest.param("Dark", marks=pytest.mark.ci)])
def test_an_evening_of_hands_is_drawn_with_its_line_and_its_players(
    notebook: Callable[..., Notebook], history: Path, theme: str, picture: Callable[..., None]
) -> None:
    pk.sample.write(history / "evening", hands=250, seed=5)
    cell = f"import pokerlab as pk\nfeed = pk.live({str(history / 'evening')!r}, replay=250)\nfeed"
    book = notebook(cell, "feed.show_stats, feed.four_colour, len(feed.players['players'])")
    book.command("apputils:change-theme", theme=f"JupyterLab {theme}")
    book.run(0)
    live = book.output(0).locator(".pkl-live")
    expect(rows(book.output(0))).to_have_count(250)
    expect(live.locator(".pkl-told")).to_contain_text("247 hands played")  # in three the hero had no seat
    for name in ("Four colours", "Statistics"):
        live.get_by_role("button", name=name).click()
    expect(live.get_by_role("row", name="Player Hands VPIP PFR 3-bet")).to_be_visible()
    live.get_by_role("button", name="Net").click()
    nets = rows(book.output(0)).locator("td:nth-child(8)")
    top = [float(text.rstrip("b ").replace("−", "-").replace(",", "")) for text in nets.all_inner_texts()[:20]]
    assert top == sorted(top, reverse=True)
    assert top[0] > 0
    picture(f"live-{theme.lower()}", live)
    rows(book.output(0)).first.click()
    replay = live.locator(".pkl-replay")
    expect(replay).to_have_attribute("data-four-colour", "true")
    replay.scroll_into_view_if_needed()
    picture(f"live-replay-{theme.lower()}", replay)
    book.run(1)
    expect(book.output(1)).to_contain_text("(True, True, ")
    assert serious_faults(book.page, ".pkl-live") == []


def test_after_a_restart_of_the_kernel_the_cell_can_run_again(
    notebook: Callable[..., Notebook], history: Path, picture: Callable[..., None]
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
