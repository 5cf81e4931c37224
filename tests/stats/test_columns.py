"""Columns that statistics need, added to frames that lack them: equal to those of newly read hands."""

from __future__ import annotations

import polars as pl
import pytest

import pokerlab as pk
from pokerlab import facts, schema, stats
from pokerlab.errors import SchemaError, StatError

STATS = list(stats.columns())


@pytest.fixture(scope="module", params=["cash", "mixed"])
def frames(request: pytest.FixtureRequest) -> pk.HandFrames:
    return pk.sample.hands(300, seed=11, game=request.param)


def test_all_columns_come_back_from_seats_and_actions_alone(frames: pk.HandFrames) -> None:
    bare = frames.seats.select(list(schema.SEATS))
    assert stats.with_stats(bare, frames.actions).select(STATS).equals(frames.seats.select(STATS))


def test_the_order_of_rows_does_not_matter(frames: pk.HandFrames) -> None:
    bare = frames.seats.select(list(schema.SEATS)).sample(fraction=1, shuffle=True, seed=5)
    done = frames.actions.sample(fraction=1, shuffle=True, seed=6)
    found = stats.with_stats(bare, done)
    assert found.select(list(schema.SEATS)).equals(bare)
    key = ["hand_id", "seat"]
    assert found.sort(key).select(*key, *STATS).equals(frames.seats.sort(key).select(*key, *STATS))


def test_actions_of_other_hands_are_passed_over_and_hands_without_actions_have_no_chance(
    frames: pk.HandFrames,
) -> None:
    ids = frames.hands["hand_id"]
    some = frames.where(pl.col("hand_id").is_in(ids[::3].implode()))
    fewer = some.seats.select(list(schema.SEATS))
    assert stats.with_stats(fewer, frames.actions).select(STATS).equals(some.seats.select(STATS))
    without = stats.with_stats(frames.seats.select(list(schema.SEATS)), some.actions)
    others = without.filter(~pl.col("hand_id").is_in(ids[::3].implode()))
    assert not others.select(pl.any_horizontal(pl.col(f"could_{stat.code}") for stat in stats.FULL).any()).item()
    kept = without.filter(pl.col("hand_id").is_in(ids[::3].implode()))
    assert kept.select(STATS).equals(some.seats.select(STATS))


def test_only_what_is_asked_for_and_missing_is_added(frames: pk.HandFrames) -> None:
    bare = frames.seats.select(list(schema.SEATS))
    asked = [stats.WTSD_AFTER_RIVER_CALL, stats.FOUR_BET_RANGE, stats.SPR_F, stats.NET]
    added = stats.with_stats(bare, frames.actions, asked).columns[bare.width :]
    rates = ("rfi", "four_bet")
    assert set(added) == {
        "did_calls_r",
        "size_spr_f",
        *(f"{kind}_{code}" for code in rates for kind in ("could", "did")),
    }
    assert stats.with_stats(bare, frames.actions, [stats.NET, stats.HANDS]).equals(bare)


def test_a_column_that_is_there_stays_unless_hands_lack_it(frames: pk.HandFrames) -> None:
    marked = frames.seats.with_columns(could_vpip=pl.lit(value=True), did_vpip=pl.lit(value=True))
    assert stats.with_stats(marked, frames.actions, [stats.VPIP]).equals(marked)
    half = frames.seats.with_columns(
        pl.when(pl.int_range(pl.len()) % 2 == 0).then(pl.col("could_vpip")), pl.lit(None, pl.Boolean).alias("did_vpip")
    )
    assert stats.with_stats(half, frames.actions, [stats.VPIP]).equals(frames.seats)


def test_laxer_chances_hold_the_strict_ones(frames: pk.HandFrames) -> None:
    loose = [stats.get(stat.code, strict=False) for stat in (stats.THREE_BET, stats.RFI, stats.CBET_F)]
    seats = stats.with_stats(frames.seats, frames.actions, loose)
    for stat in loose:
        strict = stat.code.removesuffix("_loose")
        assert seats.filter(pl.col(f"could_{strict}") & ~pl.col(f"could_{stat.code}")).height == 0
        assert seats.select(stat.chances).item() > 0


def test_a_statistic_made_of_an_unknown_column_is_told(frames: pk.HandFrames) -> None:
    lost = stats.Derived("lost", pl.col("did_three_bett").sum())
    with pytest.raises(
        StatError, match=r"'did_three_bett' is the column of no statistic .* did you mean 'did_three_bet'"
    ):
        stats.with_stats(frames.seats, frames.actions, [lost])
    own = stats.Stat("flat", facts.CALLS, facts.FACING_ONE_RAISE)
    made = stats.Derived("flat_share", own.rate / 2)
    found = stats.with_stats(frames.seats, frames.actions, [own, made])
    assert found.select(made.rate).item() == found.select(own.rate).item() / 2


def test_what_frames_lack_is_named(frames: pk.HandFrames) -> None:
    bare = frames.seats.select(list(schema.SEATS))
    with pytest.raises(SchemaError, match=r"need the columns \['position'\] of seats"):
        stats.with_stats(bare.drop("position"), frames.actions)
    with pytest.raises(SchemaError, match=r"need the columns \['pot_before'\] of actions"):
        stats.with_stats(bare, frames.actions.drop("pot_before"))
    with pytest.raises(SchemaError, match=r"seat \d+ acts in one and is missing"):
        stats.with_stats(bare.filter(~pl.col("is_hero")), frames.actions)
    with pytest.raises(SchemaError, match=r"seats is a LazyFrame; give a DataFrame, or take Lab.seats"):
        stats.with_stats(bare.lazy(), frames.actions)


def test_no_hands_have_all_columns_and_no_rows(frames: pk.HandFrames) -> None:
    none = stats.with_stats(schema.SEATS.to_frame(), schema.ACTIONS.to_frame())
    assert none.height == 0
    assert none.schema == pl.Schema({**schema.SEATS, **stats.columns()})
    no_actions = stats.with_stats(frames.seats.select(list(schema.SEATS)), schema.ACTIONS.to_frame())
    assert no_actions.select(stats.VPIP.rate, stats.VPIP.chances).row(0) == (None, 0)
