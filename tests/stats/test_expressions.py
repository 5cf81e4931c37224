"""Every property of every statistic: the same in each kind of query, and null where there is nothing to tell."""

from __future__ import annotations

import math
import random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from scipy import stats as scipy_stats

import pokerlab as pk
from pokerlab import facts, schema, stats
from pokerlab.errors import StatError

RATES = [stat for stat in stats.ALL if isinstance(stat, stats.Stat)]
ONE_OF_A_KIND = [stats.VPIP, stats.AFQ_F, stats.WTSD, stats.STEAL_OK, stats.NET, stats.BB100, stats.SPR_F, stats.AF,
                 stats.SD100, stats.FOUR_BET_RANGE, stats.HANDS]  # fmt: skip


def properties(stat: stats.AnyStat) -> list[pl.Expr]:
    """Give everything that a statistic can tell."""
    if isinstance(stat, stats.Stat):
        beta = stat.interval(0.9, method="beta").name.suffix("_beta")
        return [stat.rate, stat.count, stat.chances, stat.interval(), beta, stat.shrunk(0.3)]
    if isinstance(stat, stats.Mean):
        return [stat.mean, stat.total, stat.count, stat.per_100, stat.stderr, stat.interval()]
    return [stat.rate]


@pytest.fixture(scope="module")
def seats() -> pl.DataFrame:
    made = pk.sample.hands(400, seed=5).seats
    return made.with_columns(ev_net=pl.col("net").cast(pl.Float64))


@pytest.mark.parametrize("stat", stats.ALL, ids=lambda stat: stat.code)
def test_eager_lazy_streamed_and_grouped_say_the_same(seats: pl.DataFrame, stat: stats.AnyStat) -> None:
    asked = properties(stat)
    eager = seats.group_by("player").agg(asked).sort("player")
    lazy = seats.lazy().group_by("player").agg(asked).sort("player")
    assert_frame_equal(lazy.collect(), eager)
    assert_frame_equal(lazy.collect(engine="streaming"), eager)
    for player in eager["player"].head(4):
        alone = seats.filter(player=player).select(asked)
        assert_frame_equal(alone, eager.filter(player=player).drop("player"))
    streamed = seats.lazy().select(asked).collect(engine="streaming")
    assert_frame_equal(streamed, seats.select(asked))


@pytest.mark.parametrize("stat", ONE_OF_A_KIND, ids=lambda stat: stat.code)
def test_over_gives_each_row_its_groups_value(seats: pl.DataFrame, stat: stats.AnyStat) -> None:
    asked = properties(stat)
    windows = seats.select("position", *(part.over("position") for part in asked)).unique()
    assert_frame_equal(
        windows.sort("position"), seats.group_by("position").agg(asked).sort("position"), check_row_order=False
    )


def sitting_out(seats: pl.DataFrame) -> pl.DataFrame:
    """Give seats that were not dealt in, as the parser gives them: without chances, and nothing measured."""
    nothing = {pl.Boolean: False, pl.Int16: 0, pl.Float32: None}
    columns = [pl.lit(nothing[kind], kind).alias(name) for name, kind in stats.columns().items()]
    seen = ("dealt", "saw_flop", "saw_turn", "saw_river", "went_to_showdown", "won")
    return seats.with_columns(columns).with_columns(pl.lit(value=False).alias(name) for name in seen)


@pytest.mark.parametrize("stat", stats.ALL, ids=lambda stat: stat.code)
def test_nothing_to_tell_is_null_never_zero_or_nan(seats: pl.DataFrame, stat: stats.AnyStat) -> None:
    for frame in (seats.clear(), sitting_out(seats.head(3))):
        for name, value in frame.select(properties(stat)).row(0, named=True).items():
            if name.endswith(("_count", "_chances", "_total")) or name == "hands":
                assert value == 0, name
            elif name.endswith("_shrunk"):
                assert value == pytest.approx(0.3)
            else:
                assert value is None, name


@pytest.mark.parametrize("stat", stats.ALL, ids=lambda stat: stat.code)
def test_one_hand_has_no_nan_and_no_spread(seats: pl.DataFrame, stat: stats.AnyStat) -> None:
    for row in seats.filter("dealt").head(12).iter_slices(1):
        told = row.select(properties(stat))
        for name, value in told.row(0, named=True).items():
            numbers = value.values() if isinstance(value, dict) else [value]
            assert not any(isinstance(number, float) and not math.isfinite(number) for number in numbers), name
        if isinstance(stat, stats.Mean):
            assert told[f"{stat.code}_stderr"].item() is None


@settings(max_examples=40)
@given(st.data())
@pytest.mark.parametrize("kind", [pl.Boolean, pl.Int16])
def test_rates_of_any_columns_lie_in_their_intervals(kind: type[pl.DataType], data: st.DataObject) -> None:
    """Chances and occurrences of any numbers; a null in a column counts as nothing."""
    most = 1 if kind == pl.Boolean else 9
    could = data.draw(st.lists(st.one_of(st.none(), st.integers(0, most)), max_size=12))
    did = [None if value is None else data.draw(st.integers(0, value)) for value in could]
    stat = stats.VPIP if kind == pl.Boolean else stats.AFQ_F
    frame = pl.DataFrame(
        {f"could_{stat.code}": could, f"did_{stat.code}": did},
        schema={f"could_{stat.code}": pl.Int16, f"did_{stat.code}": pl.Int16},
    ).cast(kind)
    row = frame.select(properties(stat)).row(0, named=True)
    count, n = sum(value or 0 for value in did), sum(value or 0 for value in could)
    assert (row[f"{stat.code}_count"], row[f"{stat.code}_chances"]) == (count, n)
    assert row[stat.code] == (count / n if n else None)
    for name in (f"{stat.code}_interval", f"{stat.code}_interval_beta"):
        if n == 0:
            assert row[name] is None
        else:
            assert 0 <= row[name]["low"] <= count / n + 1e-12
            assert count / n - 1e-12 <= row[name]["high"] <= 1
    assert row[f"{stat.code}_shrunk"] == pytest.approx((count + 15) / (n + 50))


def frame_of(count: int, n: int) -> pl.DataFrame:
    return pl.DataFrame({"could_vpip": [True] * n, "did_vpip": [i < count for i in range(n)]})


@given(st.integers(0, 40), st.integers(0, 40), st.sampled_from([0.5, 0.9, 0.95, 0.999]))
def test_the_beta_interval_is_jeffreys_of_scipy(count: int, misses: int, level: float) -> None:
    n = count + misses
    found = frame_of(count, n).select(stats.VPIP.interval(level, method="beta")).item()
    if n == 0:
        assert found is None
        return
    low, high = scipy_stats.beta.interval(level, count + 0.5, misses + 0.5)
    assert found["low"] == pytest.approx(low if count else 0.0, abs=1e-9)
    assert found["high"] == pytest.approx(high if misses else 1.0, abs=1e-9)


@pytest.mark.parametrize(("count", "n"), [(3, 10), (30, 200), (1, 2)])
def test_the_beta_interval_holds_its_share_of_the_posterior(count: int, n: int) -> None:
    """Draw true rates from an even chance by Jeffreys' prior, play, and keep those that came out as this count."""
    draw = random.Random(7)
    kept: list[float] = []
    while len(kept) < 2_000:
        rate = draw.betavariate(0.5, 0.5)
        if n <= 10:
            hit = sum(draw.random() < rate for _ in range(n)) == count
        else:
            likelihood = rate**count * (1 - rate) ** (n - count)
            best = (count / n) ** count * (1 - count / n) ** (n - count)
            hit = draw.random() * best < likelihood
        if hit:
            kept.append(rate)
    found = frame_of(count, n).select(stats.VPIP.interval(0.9, method="beta")).item()
    below = sum(rate < found["low"] for rate in kept) / len(kept)
    above = sum(rate > found["high"] for rate in kept) / len(kept)
    # Five standard errors of a share of 5 % in 2,000 draws.
    assert below == pytest.approx(0.05, abs=0.025)
    assert above == pytest.approx(0.05, abs=0.025)


def test_unknown_methods_and_levels_are_quoted() -> None:
    with pytest.raises(StatError, match="'bayes' is not an interval method; known are 'wilson' and 'beta'"):
        stats.VPIP.interval(method="bayes")
    for level in (0, 1, 95, float("nan")):
        with pytest.raises(StatError, match="lies between 0 and 1"):
            stats.NET.interval(level)


def test_shrinking_towards_everybody_in_the_same_query(seats: pl.DataFrame) -> None:
    table = (
        seats.with_columns(everybody=stats.VPIP.rate)
        .group_by("player")
        .agg(stats.VPIP.count, stats.VPIP.chances, stats.VPIP.shrunk(pl.col("everybody").first(), strength=20))
    )
    prior = seats.select(stats.VPIP.rate).item()
    for row in table.iter_rows(named=True):
        assert row["vpip_shrunk"] == pytest.approx((row["vpip_count"] + 20 * prior) / (row["vpip_chances"] + 20))


def test_shrinking_towards_those_at_the_same_place(seats: pl.DataFrame) -> None:
    table = (
        seats.lazy()
        .with_columns(those=stats.VPIP.rate.over("position"))
        .group_by("player", "position")
        .agg(stats.VPIP.count, stats.VPIP.chances, stats.VPIP.shrunk(pl.col("those").first()))
        .collect()
    )
    prior = dict(seats.group_by("position").agg(stats.VPIP.rate).iter_rows())
    for row in table.iter_rows(named=True):
        if prior[row["position"]] is None:
            assert row["vpip_shrunk"] is None
        else:
            wanted = (row["vpip_count"] + 50 * prior[row["position"]]) / (row["vpip_chances"] + 50)
            assert row["vpip_shrunk"] == pytest.approx(wanted)


@pytest.mark.parametrize(("prior", "strength", "told"), [(1.2, 50, "1.2 is not"), (0.5, 0, "0 is not")])
def test_a_prior_that_is_none_is_quoted(prior: float, strength: float, told: str) -> None:
    with pytest.raises(StatError, match=told):
        stats.VPIP.shrunk(prior, strength)


def test_laxer_chances_leave_one_fact_out() -> None:
    loose = stats.get("three_bet", strict=False)
    assert loose.code == "three_bet_loose"
    assert loose.could.text() == "PREFLOP & FACING_ONE_RAISE & ~MADE_THE_RAISE"
    assert stats.get("net", strict=False) is stats.NET
    with pytest.raises(StatError, match="'wtsd' has no chances of facts"):
        stats.get("wtsd", strict=False)


@pytest.mark.parametrize("code", ["", "VPIP", "3bet", "a b", "é", "x" * 61, "a-b", "class "])
def test_a_code_that_is_no_name_of_a_column_is_quoted(code: str) -> None:
    with pytest.raises(StatError, match="is no code of a statistic"):
        stats.Stat(code, facts.CALLS, facts.PREFLOP)
    with pytest.raises(StatError, match="is no code of a statistic"):
        stats.Mean(code, pl.col("net"))


def test_parts_that_are_no_conditions_are_quoted() -> None:
    with pytest.raises(StatError, match="did of 'x' over decisions is 'RAISES'; give a condition of facts"):
        stats.Stat("x", "RAISES", facts.PREFLOP)
    with pytest.raises(StatError, match=r"could of 'x' over seats is .*; give a Polars expression"):
        stats.Stat("x", pl.col("won"), facts.PREFLOP, over="seats")


def test_big_blinds_of_hands_without_a_big_blind_are_not_infinite() -> None:
    frame = schema.SEATS.to_frame(eager=True).clear(2).with_columns(
        dealt=pl.lit(value=True), net=pl.Series([100, 50]), big_blind=pl.Series([0, 2]), unit=pl.lit("chip"),
        ev_net=pl.Series([100.0, 50.0]),
    )  # fmt: skip
    for stat in (stats.BB100, stats.EV_BB100):
        assert frame.select(stat.mean, stat.count).row(0) == (2_500.0, 1)
