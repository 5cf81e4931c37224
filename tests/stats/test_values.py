"""Statistics as expressions: eager, lazy, grouped, windowed and streamed they say the same."""

from __future__ import annotations

import math
from fractions import Fraction
from statistics import NormalDist

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pokerlab as pk
from pokerlab import stats
from pokerlab.errors import SchemaError, StatError


@pytest.fixture(scope="module")
def seats() -> pl.DataFrame:
    return pk.sample.hands(600, seed=4).seats


def frame(did: list[bool], could: list[bool]) -> pl.DataFrame:
    return pl.DataFrame(
        {"did_vpip": did, "could_vpip": could}, schema={"did_vpip": pl.Boolean, "could_vpip": pl.Boolean}
    )


def test_rate_is_count_over_chances_by_hand(seats: pl.DataFrame) -> None:
    got = {row["player"]: row for row in seats.group_by("player").agg(
        stats.THREE_BET.rate, stats.THREE_BET.count, stats.THREE_BET.chances).to_dicts()}  # fmt: skip
    for player, row in got.items():
        mine = seats.filter(pl.col("player") == player).to_dicts()
        chances = sum(seat["could_three_bet"] for seat in mine)
        count = sum(seat["did_three_bet"] for seat in mine)
        assert (row["three_bet_count"], row["three_bet_chances"]) == (count, chances)
        assert row["three_bet"] == (count / chances if chances else None)


@pytest.mark.parametrize(
    "stat", [stat for stat in stats.ALL if isinstance(stat, stats.Stat)], ids=lambda stat: stat.code
)
def test_all_ways_of_asking_agree(seats: pl.DataFrame, stat: stats.Stat) -> None:
    asked = [stat.rate, stat.count, stat.chances, stat.interval(), stat.shrunk(0.2)]
    eager = seats.group_by("player").agg(asked).sort("player")
    assert eager.equals(seats.lazy().group_by("player").agg(asked).sort("player").collect())
    assert eager.equals(seats.lazy().group_by("player").agg(asked).sort("player").collect(engine="streaming"))
    windows = seats.select("player", stat.rate.over("player"), stat.chances.over("player")).unique().sort("player")
    assert windows.equals(eager.select("player", stat.code, f"{stat.code}_chances"))
    for player, *values in eager.iter_rows():
        alone = seats.filter(pl.col("player") == player).select(asked).row(0)
        assert list(alone) == values


def test_no_chance_is_null_not_zero() -> None:
    row = frame([False], [False]).select(stats.VPIP.rate, stats.VPIP.interval(), stats.VPIP.chances).row(0)
    assert row == (None, None, 0)


@given(st.integers(0, 60), st.integers(1, 60), st.sampled_from([0.8, 0.95, 0.99]))
def test_the_interval_is_wilsons(count: int, extra: int, level: float) -> None:
    n = count + extra
    row = frame([i < count for i in range(n)], [True] * n).select(stats.VPIP.interval(level)).row(0)[0]
    z = NormalDist().inv_cdf((1 + level) / 2)
    for end in (row["low"], row["high"]):
        # Wilson's ends are where the normal test of a share p just rejects: |k/n - p| = z * sqrt(p(1-p)/n).
        assert abs(abs(count / n - end) - z * math.sqrt(max(end * (1 - end), 0) / n)) < 1e-9
    assert 0 <= row["low"] <= Fraction(count, n) <= row["high"] <= 1


def test_pfr_is_never_above_vpip(seats: pl.DataFrame) -> None:
    assert seats.filter(pl.col("did_pfr") & ~pl.col("did_vpip")).height == 0
    assert seats.filter(pl.col("could_pfr") != pl.col("could_vpip")).height == 0


def test_a_level_outside_zero_to_one_is_quoted() -> None:
    with pytest.raises(StatError, match="95 does not"):
        stats.VPIP.interval(95)


def test_an_unknown_code_is_quoted() -> None:
    with pytest.raises(StatError, match="'vpp' is not a statistic; did you mean 'vpip'"):
        stats.get("vpp")


def test_the_catalog_lists_every_statistic_with_its_definition() -> None:
    table = stats.catalog()
    assert table["code"].to_list() == [stat.code for stat in stats.ALL]
    chance = table.filter(code="three_bet")["chance"].item()
    assert chance == "PREFLOP & FACING_ONE_RAISE & CAN_RAISE & ~MADE_THE_RAISE"


def test_money_of_different_units_is_never_added() -> None:
    seats = pl.DataFrame(
        {"unit": ["chip", "eur_cent"], "net": [100, -5], "dealt": [True, True], "big_blind": [20, 2]},
        schema_overrides={"unit": pk.schema.UNIT},
    )
    assert seats.select(stats.NET.total).item() is None
    assert seats.group_by("unit").agg(stats.NET.total)["net_total"].sort().to_list() == [-5, 100]
    assert seats.select(stats.BB100.mean).item() == pytest.approx(100 * (5 - 2.5) / 2)


def test_bb100_and_its_error_are_those_of_the_hands_dealt(seats: pl.DataFrame) -> None:
    hero = seats.filter(pl.col("is_hero") & pl.col("dealt"))
    values = [100 * net / bb for net, bb in hero.select("net", "big_blind").iter_rows()]
    mean = sum(values) / len(values)
    spread = math.sqrt(sum((v - mean) ** 2 for v in values) / (len(values) - 1) / len(values))
    row = seats.filter("is_hero").select(stats.BB100.mean, stats.BB100.stderr, stats.BB100.count).row(0)
    assert row == (pytest.approx(mean), pytest.approx(spread), len(values))


def test_report_orders_by_hands_and_leaves_out_small_groups(seats: pl.DataFrame) -> None:
    table = stats.report(seats, min_hands=50)
    assert table["hands"].is_sorted(descending=True)
    assert table["hands"].min() >= 50
    assert {"player", "hands", "vpip", "vpip_chances", "net_total", "bb100"} <= set(table.columns)
    by_position = stats.report(seats.lazy(), by=["position"], where=pl.col("is_hero"))
    assert by_position["hands"].sum() == seats.filter(pl.col("is_hero") & pl.col("dealt")).height


def test_a_report_names_the_column_it_lacks(seats: pl.DataFrame) -> None:
    with pytest.raises(SchemaError, match=r"lacks a column that the report needs: .*did_vpip"):
        stats.report(seats.drop("did_vpip"))


def test_every_value_of_mixed_money_is_null_and_big_blinds_are_not() -> None:
    seats = pl.DataFrame(
        {"unit": ["chip", "eur_cent"], "net": [100, -5], "dealt": [True, True], "big_blind": [20, 2]},
        schema_overrides={"unit": pk.schema.UNIT},
    )
    assert seats.select(stats.NET.mean, stats.NET.stderr, stats.NET.total).row(0) == (None, None, None)
    assert None not in seats.select(stats.BB100.mean, stats.BB100.stderr).row(0)


def test_groups_of_the_same_size_come_in_one_order(seats: pl.DataFrame) -> None:
    tables = [stats.report(seats, by="hand_id") for _ in range(3)]
    assert tables[0].equals(tables[1])
    assert tables[0].equals(tables[2])
