"""Reports made of parts are those of all rows at once; what cannot be made of parts is refused."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import pokerlab as pk
from pokerlab import stats
from pokerlab.errors import StatError
from pokerlab.stats._combine import split, whole_hands
from pokerlab.stats.report import ask
from pokerlab.stats.values import Mean
from tests.few import rest_in_ci

SINGLE = [
    stat.code
    for stat in stats.ALL
    if isinstance(stat, Mean) and any(name.startswith("size_") for name in stat.value.meta.root_names())
]


@pytest.fixture(scope="module")
def seats() -> pl.DataFrame:
    return pk.sample.hands(900, seed=5, game="mixed").seats


def parts_of(seats: pl.DataFrame) -> list[pl.LazyFrame]:
    """Cut at hands, one part without a row that is dealt."""
    ids = seats["hand_id"].unique(maintain_order=True).to_list()
    parts = [seats.filter(pl.col("hand_id").is_in(part)).lazy() for part in (ids[:1], ids[1:300], ids[300:])]
    return [*parts, seats.head(0).lazy()]


GROUPS = sorted(set(stats.by.GROUPS) - {"session"})
EVERY = [*rest_in_ci(GROUPS, ("pot_type", "month", "stack_depth")), "player", (), ["player", "pot_type"]]


@pytest.mark.parametrize("by", EVERY)
def test_parts_give_the_same_report_and_whole_numbers_exactly(by: Any, seats: pl.DataFrame) -> None:
    for interval in (None, 0.9):
        expected = stats.report(seats, by=by, stats=stats.ALL, interval=interval)
        asked = ask(seats.lazy(), by, stats.ALL, interval=interval)
        combined = split(asked.values)
        assert all(map(whole_hands, asked.keys))
        sums = pl.concat([asked.grouped(part, combined.partial, ordered=True).collect() for part in parts_of(seats)])
        for _ in range(2):  # sums of parts may be put together in steps
            sums = sums.group_by(asked.names).agg(combined.together) if asked.names else sums.select(combined.together)
        found = asked.in_order(combined.finished(sums, asked.names).cast(dict(expected.schema)))
        whole = pl.selectors.integer() | pl.selectors.by_name(*(stat.code for stat in stats.FULL))
        assert_frame_equal(found.select(whole), expected.select(whole), check_exact=True)
        # Polars adds up Float32 columns in single precision, parts are added up in double precision.
        single = pl.selectors.starts_with(*SINGLE)
        assert_frame_equal(found.select(~single), expected.select(~single), rel_tol=1e-9, abs_tol=1e-9)
        assert_frame_equal(found.select(*SINGLE), expected.select(*SINGLE), rel_tol=1e-4)


def test_deviations_are_exact_where_values_are_large(seats: pl.DataFrame) -> None:
    far = pl.DataFrame({"x": [1e9 + n for n in range(100)]})
    combined = split([pl.col("x").std().alias("sd"), pl.col("x").mean().alias("mean")])
    parts = [far[list(rows)].select(combined.partial) for rows in batched_rows(100, 7)]
    found = combined.finished(pl.concat(parts).select(combined.together), [])
    assert_frame_equal(found, far.select(sd=pl.col("x").std(), mean=pl.col("x").mean()), rel_tol=1e-14)


def batched_rows(n: int, size: int) -> list[range]:
    return [range(first, min(first + size, n)) for first in range(0, n, size)]


@pytest.mark.parametrize(
    "value",
    [
        pl.col("a").median(),
        pl.col("a").first(),
        pl.col("a").product(),
        pl.col("a").var(),
        pl.col("a").any(),
        pl.col("a").null_count() + pl.col("a").sum(),
        pl.col("a").sum() / pl.col("b"),
        pl.col("a").sum().map_batches(lambda values: values, pl.Int64),
    ],
    ids=str,
)
def test_what_sums_of_parts_do_not_tell_is_refused(value: pl.Expr) -> None:
    with pytest.raises(StatError, match="'mine' cannot be made of parts of the hands; ask"):
        split([value.alias("mine")])


@pytest.mark.parametrize(
    ("key", "whole"),
    [
        (pl.col("a").dt.year(), True),
        (pl.col("a").list.len(), True),
        (pl.col("a").max().over("hand_id") == pl.col("a"), True),
        (pl.col("a").rank().over("hand_id", "seat"), True),
        (stats.by.SESSION[1], False),
        (pl.col("a").max() == pl.col("a"), False),
        (pl.col("a").any() & pl.col("a"), False),
        (pl.len() + pl.col("a"), False),
        (pl.col("a").shift(), False),
        (pl.col("a").sum().over("player"), False),
        (pl.col("a").map_batches(lambda values: values, pl.Int64), False),
    ],
    ids=str,
)
def test_groups_that_look_beyond_their_hand_are_told_apart(key: pl.Expr, whole: bool) -> None:
    assert whole_hands(key) is whole
