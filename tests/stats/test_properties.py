"""What holds of every statistic, whatever was played."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pokerlab as pk
from pokerlab import stats
from tests.stats import codes

if TYPE_CHECKING:
    from pathlib import Path

SEEDS = st.integers(0, 2**31)
GAMES = st.sampled_from(pk.sample.GAMES)
FEW = settings(max_examples=25)


def seats_of(seed: int, game: str, hands: int = 40) -> pl.DataFrame:
    """Write simulated hands and read them, so that all-in equities are there too."""
    with tempfile.TemporaryDirectory() as folder:
        pk.sample.write(folder, hands, seed=seed, game=game)
        return pk.read_winamax(folder).seats


@given(SEEDS, GAMES)
@FEW
def test_red_and_blue_line_add_up_to_net(seed: int, game: str) -> None:
    lines = seats_of(seed, game).group_by("player").agg(stats.get(code).total for code in codes.LINES)
    assert lines.filter(pl.col("red_line_total") + pl.col("blue_line_total") != pl.col("net_total")).height == 0


@given(SEEDS, GAMES)
@FEW
def test_adjusted_results_of_a_hand_add_up_to_the_actual_ones(seed: int, game: str) -> None:
    hands = seats_of(seed, game).group_by("hand_id").agg(pl.sum("ev_net", "net"))
    assert (hands["ev_net"] - hands["net"]).abs().max() <= 1e-6


@given(SEEDS, GAMES)
@FEW
def test_nobody_raises_more_often_than_he_enters(seed: int, game: str) -> None:
    players = seats_of(seed, game).group_by("player").agg(stats.PFR.count, stats.VPIP.count, *rates("pfr", "vpip"))
    assert players.filter(pl.col("pfr_count") > pl.col("vpip_count")).height == 0
    assert players.filter(pl.col("pfr") > pl.col("vpip")).height == 0


def rates(*wanted: str) -> list[pl.Expr]:
    return [stats.get(code).rate for code in wanted]


@given(SEEDS, GAMES)
@FEW
def test_nobody_does_anything_more_often_than_he_could(seed: int, game: str) -> None:
    counted = [stat for stat in stats.ALL if isinstance(stat, stats.Stat)]
    assert {stat.code for stat in counted} >= set(codes.COUNTED)
    values = [value for stat in counted for value in (stat.count, stat.chances, stat.rate)]
    for row in seats_of(seed, game).group_by("player").agg(values).iter_rows(named=True):
        for stat in counted:
            count, chances, rate = row[f"{stat.code}_count"], row[f"{stat.code}_chances"], row[stat.code]
            assert 0 <= count <= chances, (row["player"], stat.code)
            assert (rate is None) if chances == 0 else (0 <= rate <= 1), (row["player"], stat.code)


@given(SEEDS, GAMES)
@FEW
def test_nothing_is_done_without_a_chance_in_any_hand(seed: int, game: str) -> None:
    seats = seats_of(seed, game)
    for code in codes.FLAGS:
        assert seats.filter(pl.col(f"did_{code}") > pl.col(f"could_{code}")).height == 0, code


@given(SEEDS, GAMES)
@FEW
def test_exclusive_answers_share_their_chances(seed: int, game: str) -> None:
    seats = seats_of(seed, game)
    for chance, answers in codes.EXCLUSIVE.items():
        done = pl.sum_horizontal(pl.col(f"did_{code}").cast(pl.Int16) for code in answers)
        assert seats.filter(done > pl.col(f"could_{chance}").cast(pl.Int16)).height == 0, chance


@pytest.fixture(scope="module")
def real_seats(corpus: Path) -> pl.DataFrame:
    """Give the seats of real hands, each with what the text says that it collected."""
    frames = pk.read_winamax(corpus)
    printed = frames.actions.filter(action="collect").group_by("hand_id", "seat").agg(pl.sum("amount").alias("printed"))
    return frames.seats.join(printed, on=["hand_id", "seat"], how="left").with_columns(pl.col("printed").fill_null(0))


def test_who_only_gets_his_excess_back_has_not_won(real_seats: pl.DataFrame) -> None:
    losers = real_seats.filter("went_to_showdown", "saw_flop", pl.col("returned") > 0, printed=pl.col("returned"))
    assert losers.height > 100
    table = losers.select(stats.get("wsd").count, stats.get("wsd").chances, *won_counts("wwsf", "won_no_sd"))
    assert table.row(0, named=True) == {
        "wsd_count": 0,
        "wsd_chances": losers.height,
        "wwsf_count": 0,
        "won_no_sd_count": 0,
    }


def won_counts(*wanted: str) -> list[pl.Expr]:
    return [stats.get(code).count for code in wanted]


def test_who_collects_more_than_his_excess_has_won(real_seats: pl.DataFrame) -> None:
    winners = real_seats.filter("went_to_showdown", "saw_flop", pl.col("printed") > pl.col("returned"))
    assert winners.filter(pl.col("returned") > 0).height > 100
    table = winners.select(*won_counts("wsd", "wwsf", "won_no_sd")).row(0)
    assert table == (winners.height, winners.height, 0)


def test_counting_the_excess_would_inflate_what_is_won_at_showdown(real_seats: pl.DataFrame) -> None:
    shown = real_seats.filter("went_to_showdown")
    true, naive = shown.select(stats.get("wsd").rate, (pl.col("printed") > 0).mean().alias("naive")).row(0)
    assert 0.45 < true < 0.55
    assert naive > true + 0.05


def test_every_contested_flop_has_a_winner(real_seats: pl.DataFrame) -> None:
    flops = real_seats.group_by("hand_id").agg(stats.get("wwsf").count, stats.get("wwsf").chances)
    assert flops.filter((pl.col("wwsf_chances") > 0) & (pl.col("wwsf_count") == 0)).height == 0
