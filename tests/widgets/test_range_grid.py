"""RangeGrid without a page: text and weights follow each other, and what a page sends is read with care."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from traitlets import TraitError

import pokerlab as pk
from pokerlab.errors import RangeError
from pokerlab.ranges import classes
from pokerlab.widgets import RangeGrid
from pokerlab.widgets._module import module

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = list(classes())


@pytest.fixture
def grid() -> Iterator[RangeGrid]:
    grid = pk.range_grid("QQ+, AKs@0.5")
    yield grid
    grid.close()


def type_in_page(grid: RangeGrid, text: object) -> None:
    grid._on_message(None, {"kind": "read", "text": text}, [])


def test_a_text_sets_weights_and_what_the_page_shows(grid: RangeGrid) -> None:
    grid.range = "AA, KQo@0.25"
    by_name = dict(zip(NAMES, grid.weights, strict=True))
    assert {name: weight for name, weight in by_name.items() if weight} == {"AA": 1, "KQo": 0.25}
    assert grid.shown == {"range": "AA, KQo@0.25", "weights": grid.weights, "mixed": {}}
    assert grid.combos == 9


def test_weights_set_the_text(grid: RangeGrid) -> None:
    weights = grid.weights.copy()
    weights[NAMES.index("72o")] = 0.3
    weights[NAMES.index("AA")] = 0
    grid.weights = weights
    assert grid.range == "KK-QQ,AKs@0.5,72o@0.3"
    assert pk.Range(grid.range).grid().ravel().tolist() == pytest.approx(weights)


def test_nothing_is_a_range_too(grid: RangeGrid) -> None:
    grid.weights = [0.0] * 169
    assert grid.range == ""
    assert grid.combos == 0
    assert "empty" in grid._repr_html_()
    grid.range = "AA"
    assert grid.combos == 6


def test_weights_of_another_number_or_size_are_refused(grid: RangeGrid) -> None:
    for wrong in ([1.0] * 168, [2.0] * 169):
        with pytest.raises(TraitError):
            grid.weights = wrong
    assert grid.range == "QQ+, AKs@0.5"


def test_a_text_that_is_not_understood_is_refused_with_its_column(grid: RangeGrid) -> None:
    with pytest.raises(RangeError, match="column 5: 'KZ'"):
        grid.range = "AA, KZ"
    assert grid.range == "QQ+, AKs@0.5"
    with pytest.raises(RangeError, match="column 1: 'Ax'"):
        pk.range_grid("Ax")


def test_typed_text_is_read_and_a_fault_is_told_with_token_and_column(grid: RangeGrid) -> None:
    type_in_page(grid, "AA, KZ")
    assert (grid.fault["token"], grid.fault["column"], grid.fault["text"]) == ("KZ", 5, "AA, KZ")
    assert "'KZ' is not understood" in grid.fault["message"]
    assert grid.range == "QQ+, AKs@0.5"
    type_in_page(grid, "15%")
    assert grid.range == "15%"
    assert grid.fault == {}
    assert grid.combos == pk.Range("15%").combos


@pytest.mark.parametrize(
    "content", [None, 7, {}, {"kind": "read"}, {"kind": "read", "text": 3}, {"kind": "x", "text": "AA"}]
)
def test_what_is_no_message_of_the_page_changes_nothing(grid: RangeGrid, content: object) -> None:
    grid._on_message(None, content, [])
    assert (grid.range, grid.fault) == ("QQ+, AKs@0.5", {})


def test_megabytes_are_refused_before_they_are_read(grid: RangeGrid) -> None:
    type_in_page(grid, "AA," * 1_000_000)
    assert "longer than 100,000 letters" in grid.fault["message"]
    assert len(str(grid.fault)) < 110_000


def test_single_suits_are_told_and_stay_when_other_classes_change(grid: RangeGrid) -> None:
    grid.range = "AhKh, AsKs@0.5, QQ"
    assert grid.shown["mixed"] == {"AKs": {"AhKh": 1.0, "AsKs": 0.5}}
    assert grid.weights[NAMES.index("AKs")] == 0.375
    weights = grid.weights.copy()
    weights[NAMES.index("JJ")] = 1
    grid.weights = weights
    assert pk.Range(grid.range) == pk.Range("AhKh, AsKs@0.5, QQ, JJ")
    weights[NAMES.index("AKs")] = 1
    grid.weights = weights
    assert pk.Range(grid.range) == pk.Range("AKs, QQ, JJ")


def test_a_range_is_taken_as_it_is() -> None:
    weights = np.random.default_rng(8).random(1326)
    grid = pk.range_grid(pk.Range.from_weights(weights))
    assert pk.Range(grid.range) == pk.Range.from_weights(weights)
    grid.close()


@settings(max_examples=30)
@given(st.lists(st.sampled_from([0.0, 0.25, 1 / 3, 1.0]), min_size=169, max_size=169).filter(any))
def test_painted_weights_come_back_from_the_text(weights: list[float]) -> None:
    grid = RangeGrid()
    grid.weights = weights
    assert grid.weights == weights
    again = RangeGrid(grid.range)
    assert again.weights == weights
    for each in (grid, again):
        each.close()


def test_the_page_writes_a_range_as_python_does(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs Node.js")
    random = np.random.default_rng(8)
    ranges = [pk.Range(text) for text in ("random", "22+, A2s+, KTs+, T9s-54s, ATo-A8o@0.25", "AhKh, AsKs@0.5, QQ")]
    for odds in (0.02, 0.5, 0.95):
        by_class = random.choice([0.0, 1.0, 1 / 3, 1e-7], (10, 169), p=[1 - odds, odds / 2, odds / 4, odds / 4])
        for weights in by_class[by_class.any(axis=1)]:
            combos = np.zeros(1326)
            for places, weight in zip(classes().values(), weights, strict=True):
                combos[list(places)] = weight
            combos[random.integers(1326, size=3)] = 0.5
            ranges.append(pk.Range.from_weights(combos))
    shown = []
    for each in ranges:
        grid = RangeGrid(each)
        shown.append(grid.shown)
        grid.close()
    (tmp_path / "page.mjs").write_text(module("range_text"), "utf-8")
    (tmp_path / "shown.json").write_text(json.dumps(shown), "utf-8")
    code = """import { written } from "./page.mjs"; import { readFileSync } from "node:fs";
        const shown = JSON.parse(readFileSync("shown.json"));
        console.log(JSON.stringify(shown.map(({ weights, mixed }) => written(weights, mixed))));"""
    done = subprocess.run([node, "--input-type=module", "-e", code], cwd=tmp_path, capture_output=True, text=True)
    assert json.loads(done.stdout or "[]") == [str(each) for each in ranges], done.stderr


def test_a_saved_notebook_keeps_the_grid(grid: RangeGrid) -> None:
    bundle = grid._repr_mimebundle_()
    assert bundle
    assert "20 combinations" in bundle[0]["text/html"]
