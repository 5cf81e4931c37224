"""The Replayer widget: where it finds hands, what it tells a page, and what it is without one."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import polars as pl
import pytest
from traitlets import TraitError

import pokerlab as pk
from pokerlab.errors import SchemaError
from pokerlab.widgets import Replayer, hand_steps
from pokerlab.widgets._replay_svg import amount
from tests.widgets import feed
from tests.winamax import hands as made_up

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def frames() -> pk.HandFrames:
    return pk.sample.hands(30, seed=4)


@pytest.fixture
def knockout() -> Iterator[Replayer]:
    hand = pk.read_winamax(made_up.TOURNAMENT.replace("{n}", "1").encode())
    replayer = Replayer(hand_steps(hand))
    yield replayer
    replayer.close()


def test_a_hand_is_found_in_frames_a_store_its_path_and_a_lab(frames: pk.HandFrames, tmp_path: Path) -> None:
    hand_id = frames.hands["hand_id"][7]
    store = pk.Store(tmp_path / "store")
    store.add(frames)
    shown = [
        pk.replay(hand_id, source).hand
        for source in (frames, store, tmp_path / "store", pk.open(tmp_path / "store", history=[]))
    ]
    assert shown[0]["hand"]["hand_id"] == hand_id
    assert all(hand == shown[0] for hand in shown)
    with pytest.raises(SchemaError, match="there is no hand 'x'"):
        pk.replay("x", store)


def test_what_a_page_gets_is_plain_json(knockout: Replayer) -> None:
    assert json.loads(json.dumps(knockout.hand)) == knockout.hand


def test_it_begins_when_the_cards_are_dealt(knockout: Replayer) -> None:
    assert knockout.hand["steps"][knockout.step]["words"] == "Pre-flop"


def test_a_step_beyond_the_hand_is_refused(knockout: Replayer) -> None:
    with pytest.raises(TraitError, match="its last one is 18"):
        knockout.step = 19
    with pytest.raises(IndexError, match="its last one is 18"):
        knockout.to_svg(19)


def test_amounts_are_money_or_big_blinds(knockout: Replayer) -> None:
    assert "raises to 1,490" in knockout.to_svg(9)
    knockout.amounts = "bb"
    assert "raises to 18.63 bb" in knockout.to_svg(9)
    assert "1,490" not in knockout.to_svg(9)


@pytest.mark.parametrize(("value", "wanted"), [(0, "0 bb"), (25, "0.13 bb"), (1_000_000, "5,000 bb"), (250, "1.25 bb")])
def test_big_blinds_are_rounded_half_up(value: int, wanted: str) -> None:
    assert amount(value, {"unit": "chip", "big_blind": 200}, "bb") == wanted


@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
@pytest.mark.parametrize("text", made_up.EVERY_GAME, ids=["cash", "ko", "hi-lo", "stud", "draw"])
def test_each_step_is_a_drawing_with_what_is_seen(text: str, theme: str) -> None:
    hand = hand_steps(pk.read_winamax(text.replace("{n}", "1").encode()))
    replayer = Replayer(hand, theme=theme)
    for number, step in enumerate(hand["steps"]):
        drawing = ET.fromstring(replayer.to_svg(number))
        texts = [node.text for node in drawing.iter("{http://www.w3.org/2000/svg}text")]
        assert {seat["player"] for seat in hand["seats"]} <= set(texts)
        suits = [text for text in texts if text in set("♣♦♥♠")]
        assert len(suits) == len("".join([step["board"], *step["cards"]]).replace("?", "")) // 2
        bets = [amount(bet, hand["hand"], "money") for bet in step["bets"] if bet]
        assert set(bets) <= set(texts)
    replayer.close()


def hostile() -> Replayer:
    frames = feed.frames([1])
    seats = frames.seats.with_columns(player=pl.lit(feed.HOSTILE + "</script><script>alert(1)</script>"))
    return Replayer(hand_steps(pk.HandFrames(frames.hands, seats, frames.actions, frames.tournaments, frames.rejects)))


def test_a_hostile_name_is_text_in_picture_list_and_page() -> None:
    replayer = hostile()
    for written in (replayer._repr_html_(), replayer.to_svg(), replayer.to_html()):
        assert "<img" not in written
        assert "<script>alert" not in written
    assert replayer.to_html().count("</script>") == 2
    ET.fromstring(replayer.to_svg())


def test_an_exported_page_holds_the_hand_and_needs_no_network(knockout: Replayer) -> None:
    page = knockout.to_html()
    data = re.search(r'<script type="application/json" id="hand">(.*?)</script>', page)
    assert data
    assert json.loads(data[1])["data"] == knockout.hand
    assert set(re.findall(r"https?://[^\s\"\'`]+", page)) == {"http://www.w3.org/2000/svg"}


def test_a_saved_notebook_keeps_picture_and_list(knockout: Replayer) -> None:
    bundle = knockout._repr_mimebundle_()
    assert bundle
    html = bundle[0]["text/html"]
    assert html.count("<svg") == 1
    assert "Flop 2♣ 7♥ 9♠ · Main pot 900 · side pot 400 · ann 28.1% · bob 62.1% · cat 9.7%" in html
