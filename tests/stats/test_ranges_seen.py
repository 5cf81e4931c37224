"""Grids of hole cards: each class counts its hands once, in its place of the grid."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import pokerlab as pk
from pokerlab import stats
from pokerlab.cards import DECK, RANKS
from pokerlab.errors import SchemaError, StatError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def seats() -> pl.DataFrame:
    return pk.sample.hands(900, seed=5).seats


def name_of(hole: str) -> str:
    (high, suit), (low, other) = sorted((hole[:2], hole[2:]), key=lambda card: -RANKS.index(card[0]))
    return high + low + ("" if high == low else "s" if suit == other else "o")


def all_hands(*, turned: bool) -> pl.DataFrame:
    """Give each of the 1326 hands once, one written in this order, the next in the other."""
    holes = ["".join(reversed(pair)) if turned else "".join(pair) for pair in combinations(DECK, 2)]
    return pl.DataFrame(
        {"hole": holes, "dealt": True, "position": "BTN", "net": 5, "big_blind": 10, "could_rfi": True, "did_rfi": True}
    )


@pytest.mark.parametrize("turned", [False, True])
def test_all_hands_are_four_six_or_twelve_a_class_in_its_place(turned: bool) -> None:
    grid = stats.ranges_seen(all_hands(turned=turned), stats.RFI)
    assert grid["hands"].to_list() == grid["did"].to_list() == grid["combos"].to_list()
    assert grid["hands"].sum() == 1326
    names = {(row, column): name for name, row, column in grid.select("class", "row", "column").iter_rows()}
    assert (names[0, 0], names[0, 1], names[1, 0], names[12, 12]) == ("AA", "AKs", "AKo", "22")
    assert grid["net_bb"].to_list() == [combos * 0.5 for combos in grid["combos"]]
    assert set(grid["bb100"]) == {50.0}
    assert grid["share"].sum() == pytest.approx(1)


def test_the_grid_of_a_spot_is_what_counting_gives(seats: pl.DataFrame) -> None:
    grid = stats.ranges_seen(seats, "rfi", where=pl.col("is_hero"))
    rows = [row for row in seats.filter(pl.col("is_hero") & pl.col("could_rfi")).iter_rows(named=True) if row["hole"]]
    seen = Counter(name_of(row["hole"]) for row in rows)
    done = Counter(name_of(row["hole"]) for row in rows if row["did_rfi"])
    won: Counter[str] = Counter()
    for row in rows:
        won[name_of(row["hole"])] += row["did_rfi"] * row["net"] / row["big_blind"]
    assert grid.height == 169
    for cell in grid.iter_rows(named=True):
        name = cell["class"]
        assert (cell["hands"], cell["did"]) == (seen[name], done[name])
        assert cell["frequency"] == (done[name] / seen[name] if seen[name] else None)
        assert cell["net_bb"] == (pytest.approx(won[name]) if done[name] else None)
    assert grid["frequency"].null_count() > 0
    assert_frame_equal(stats.ranges_seen(seats.lazy(), "rfi", where=pl.col("is_hero")), grid)


def test_a_grid_for_each_group(seats: pl.DataFrame) -> None:
    grids = stats.ranges_seen(seats, stats.RFI, by="position", where=pl.col("is_hero"))
    assert grids.height == 169 * grids["position"].n_unique()
    for (position,), grid in grids.group_by("position"):
        alone = stats.ranges_seen(seats, stats.RFI, where=pl.col("is_hero") & (pl.col("position") == position))
        assert_frame_equal(grid.drop("position"), alone)


def test_without_a_statistic_the_condition_is_the_spot(seats: pl.DataFrame) -> None:
    shown = pl.col("showed") & ~pl.col("is_hero")
    grid = stats.ranges_seen(seats, where=shown)
    assert grid["did"].sum() == grid["hands"].sum() == seats.filter(shown & pl.col("hole").is_not_null()).height > 0


def test_other_games_and_unknown_cards_are_not_counted() -> None:
    holes = ["AsKs", None, "AsKsQsJs", "XxYy", "AsAs"]
    rows = all_hands(turned=False).head(5).with_columns(hole=pl.Series(holes, dtype=pl.String))
    assert stats.ranges_seen(rows, stats.RFI)["hands"].sum() == 1
    stud = rows.with_columns(position=pl.lit(None, pl.String))
    assert stats.ranges_seen(stud, stats.RFI)["hands"].sum() == 0


def test_what_has_no_chances_or_columns_has_no_grid(seats: pl.DataFrame) -> None:
    with pytest.raises(StatError, match="'af' has no chances; ranges are of Stat values"):
        stats.ranges_seen(seats, stats.AF)
    with pytest.raises(SchemaError, match="the grid needs: 'could_rfi'"):
        stats.ranges_seen(seats.drop("could_rfi"), stats.RFI)
    with pytest.raises(SchemaError, match="'hole', for hole cards and what they won"):
        stats.ranges_seen(seats.drop("hole"))


def test_every_known_hand_of_real_files_has_its_class(corpus: Path) -> None:
    frames = pk.read_winamax(corpus / "tracker_poker")
    known = frames.seats.filter(pl.col("dealt") & pl.col("hole").is_not_null()).join(
        frames.hands.filter(game="holdem"), on="hand_id", how="semi"
    )
    assert stats.ranges_seen(known)["hands"].sum() == known.height > 100
