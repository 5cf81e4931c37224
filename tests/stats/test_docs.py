"""The page of statistics: it is what is defined, and its examples are those that are counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from pokerlab import stats
from pokerlab.facts import CALLS, MEANINGS, PREFLOP
from pokerlab.stats import docs

ROOT = Path(__file__).resolve().parents[2]
TRUTH = ROOT / "tests" / "stats" / "truth"


def test_the_page_is_written_from_the_catalog() -> None:
    committed = (ROOT / "docs" / "statistics.md").read_text("utf-8")
    assert committed == docs.page(TRUTH), "run: python -m pokerlab.stats.docs tests/stats/truth > docs/statistics.md"


def test_every_statistic_and_fact_is_on_the_page_once() -> None:
    lines = docs.page(TRUTH).split("\n")
    for code in [*(stat.code for stat in stats.ALL), *MEANINGS]:
        assert sum(line.startswith(f"| `{code}` |") for line in lines) == 1, code


def test_every_statistic_but_two_has_an_example_in_which_it_is_done() -> None:
    known = docs.examples(TRUTH)
    shown = {example.code for example in known if example.rank < 2}
    assert {stat.code for stat in stats.ALL} - shown == {"four_bet_range", "sd100"}


def test_chances_and_occurrences_are_in_words_or_facts() -> None:
    for row in stats.catalog().iter_rows(named=True):
        assert "col(" not in row["chance"] + row["occurrence"], row["code"]


def test_own_statistics_are_not_on_the_page() -> None:
    before = docs.page(TRUTH)
    stats.register(stats.Stat("mine", CALLS, PREFLOP))
    try:
        assert docs.page(TRUTH) == before
    finally:
        stats.unregister("mine")


@pytest.mark.parametrize(
    ("text", "code", "counted"),
    [
        ("BB: vpip 0/1, pfr 1/2", "pfr", "1/2"),
        ("CO: spr_f =2.3; BB: net =-200", "net", "=-200"),
        ("BB: af =null", "af", "=null"),
    ],
)
def test_what_is_expected_of_a_hand_is_read(tmp_path: Path, text: str, code: str, counted: str) -> None:
    (tmp_path / "one.txt").write_text(f"# remark\n\n== a title\n2max | f\n{text}\n")
    found = {example.code: example for example in docs.examples(tmp_path)}
    assert (found[code].play, found[code].counted) == ("2max | f", counted)
