"""The replayer in a real JupyterLab and as a page of its own: by keys and clicks, also while the kernel is busy."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

import pokerlab as pk
from pokerlab.widgets import Replayer, hand_steps
from tests.browser.axe import serious_faults
from tests.winamax import hands as made_up

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.browser.driver import Notebook

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("theme", ["Light", pytest.param("Dark", marks=pytest.mark.ci)])
def test_a_hand_is_stepped_by_keys_and_clicks(
    notebook: Callable[..., Notebook], theme: str, picture: Callable[..., None], tmp_path: Path
) -> None:
    file, free = tmp_path / "hand.txt", tmp_path / "free"
    file.write_text(made_up.TOURNAMENT.replace("{n}", "1"), "utf-8")
    book = notebook(
        f"import pathlib, time\nimport pokerlab as pk\nframes = pk.read_winamax({str(file)!r})\n"
        "replayer = pk.replay(frames.hands['hand_id'][0], frames, amounts='bb')\nreplayer",
        f"while not pathlib.Path({str(free)!r}).exists(): time.sleep(0.05)",
        "replayer.step, replayer.amounts, replayer.four_colour",
    )
    book.command("apputils:change-theme", theme=f"JupyterLab {theme}")
    book.run(0)
    shown = book.output(0).locator(".pkl-replay")
    expect(shown).to_have_attribute("data-theme", theme.lower())
    now = shown.locator(".pkl-now")
    expect(now).to_have_text("Pre-flop ")
    book.start(1)
    book.wait_until_busy()
    shown.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft"):
        book.page.keyboard.press(key)
    expect(now).to_contain_text("cat raises to 3.63 bb, all-in")
    shown.get_by_role("button", name="bb: amounts in big blinds").click()
    expect(now).to_contain_text("cat raises to 290")
    shown.get_by_role("button", name="Four colours").click()
    shown.get_by_role("button", name="Turn", exact=True).click()
    expect(shown.locator(".pkl-board .pkl-card")).to_have_count(4)
    expect(shown.locator(".pkl-pot")).to_have_text("Main pot 900 · side pot 400")
    assert book.is_busy
    assert serious_faults(book.page, ".pkl-replay") == []
    picture(f"replayer-{theme.lower()}", shown)
    shown.locator("li button").last.click()
    expect(now).to_contain_text("bob collects 1,300")
    free.touch()
    book.wait_for_cell(1)
    book.run(2)  # see test_range_grid
    book.run(2)
    expect(book.output(2)).to_contain_text("(18, 'money', True)")


@pytest.mark.parametrize("text", made_up.EVERY_GAME, ids=["cash", "ko", "hi-lo", "stud", "draw"])
def test_an_exported_page_plays_and_draws_what_the_picture_shows(page: Page, tmp_path: Path, text: str) -> None:
    replayer = Replayer(hand_steps(pk.read_winamax(text.replace("{n}", "1").encode())), amounts="bb")
    file = tmp_path / "hand.html"
    file.write_text(replayer.to_html(), "utf-8")
    page.goto(file.as_uri())
    page.locator(".pkl-replay").focus()
    page.keyboard.press("Home")
    for number in range(len(replayer.hand["steps"])):
        drawn = page.locator("svg.pkl-table text").all_text_contents()
        picture = [node.text for node in ET.fromstring(replayer.to_svg(number)).iter(f"{SVG}text")]
        assert sorted(drawn) == sorted(str(text) for text in picture[:-1])  # the last is the caption
        page.keyboard.press("ArrowRight")
    assert serious_faults(page, "main") == []
    replayer.close()
