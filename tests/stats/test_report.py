"""Reports by anything: the same numbers as counting by hand, whatever groups, engine and frame."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import pokerlab as pk
from pokerlab import stats
from pokerlab.errors import SchemaError, SettingsError, StatError, UnitError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def frames() -> pk.HandFrames:
    return pk.sample.hands(900, seed=5, game="mixed")


@pytest.fixture(scope="module")
def seats(frames: pk.HandFrames) -> pl.DataFrame:
    return frames.seats


@pytest.mark.parametrize("by", [*stats.by.GROUPS, "position", "player", ()])
def test_every_group_counts_each_dealt_row_once_in_memory_and_in_pieces(by: Any, seats: pl.DataFrame) -> None:
    eager, lazy = (stats.report(rows, by=by, stats=stats.BASIC) for rows in (seats, seats.lazy()))
    assert eager["hands"].sum() == seats["dealt"].sum()
    assert eager["vpip_chances"].sum() == seats.filter("dealt")["could_vpip"].sum()
    assert_frame_equal(eager, lazy)


def test_all_sets_work_from_a_store(frames: pk.HandFrames, tmp_path: Path) -> None:
    with pk.Store(tmp_path / "store") as store:
        store.add(frames)
        for chosen in stats.SETS.values():
            table = stats.report(store.scan("seats"), by=["player", "position"], stats=chosen)
            assert_frame_equal(table, stats.report(frames.seats, by=["player", "position"], stats=chosen))
    assert {stat.code for stat in stats.SETS["all"]} == set(stats.catalog()["code"])
    assert {stat for part in ("preflop", "flop", "turn", "river", "aggression", "showdown", "money")
            for stat in stats.SETS[part]} == set(stats.ALL)  # fmt: skip


def test_groups_see_the_whole_hand_although_where_leaves_its_rows_out(seats: pl.DataFrame) -> None:
    mine = stats.report(seats, by="pot_type", stats=(), where=pl.col("is_hero"))
    kinds = {row["hand_id"]: row["pot_type"] for row in seats.select("hand_id", stats.by.POT_TYPE).to_dicts()}
    expected = Counter(kinds[hand_id] for hand_id in seats.filter(pl.col("is_hero") & pl.col("dealt"))["hand_id"])
    assert dict(mine.select("pot_type", "hands").iter_rows()) == expected


def test_pot_types_are_those_of_the_actions(frames: pk.HandFrames) -> None:
    raises: dict[str, int] = defaultdict(int)
    entered: set[str] = set()
    for hand_id, action in frames.actions.filter(pl.col("street") == "preflop").select("hand_id", "action").iter_rows():
        raises[hand_id] += action == "raise"
        if action in {"call", "raise"}:
            entered.add(hand_id)
    names = {1: "single-raised", 2: "3-bet"}
    seen = Counter()
    for hand_id, kind in frames.seats.select("hand_id", stats.by.POT_TYPE).unique().iter_rows():
        count = raises[hand_id]
        expected = names.get(count, "4-bet+") if count else "limped" if hand_id in entered else "unopened"
        assert kind == expected, hand_id
        seen[kind] += 1
    assert len(seen) == 5


def test_flop_players_and_numbers_dealt_are_counted(frames: pk.HandFrames) -> None:
    rows = frames.seats.select("hand_id", stats.by.FLOP_PLAYERS, stats.by.N_DEALT).unique()
    dealt = dict(frames.hands.select("hand_id", "n_players").iter_rows())
    saw = Counter(frames.seats.filter("saw_flop")["hand_id"])
    for hand_id, players, n_dealt in rows.iter_rows():
        assert n_dealt == dealt[hand_id]
        assert players == ("multiway" if saw[hand_id] > 2 else "heads-up" if saw[hand_id] else "no flop")


def test_one_seat_of_a_hand_does_not_tell_its_pot(seats: pl.DataFrame) -> None:
    alone = seats.filter("is_hero").select(stats.by.POT_TYPE, stats.by.FLOP_PLAYERS)
    assert alone.null_count().row(0) == (alone.height, alone.height)


def test_stack_depths_have_their_lower_end_and_their_order() -> None:
    depths = pl.DataFrame({"effective_bb": [None, 0.0, 9.99, 10.0, 100.0, 200.0, 5000.0]})
    bands = depths.select(stats.by.STACK_DEPTH)["stack_depth"]
    assert bands.to_list() == [None, "under 10", "under 10", "10-15", "80-120", "200 and more", "200 and more"]
    assert bands.sort(nulls_last=True).to_list()[0] == "under 10"
    with pytest.raises(StatError, match=r"breaks=\[50, 20\] do not go upwards"):
        stats.by.stack_depth([50, 20])


def test_sessions_are_those_of_the_sessions_function(seats: pl.DataFrame) -> None:
    gap = timedelta(minutes=5)
    told = pk.sessions(seats, gap, "UTC").filter("dealt").group_by("player", "session_start").len()
    table = stats.report(seats, by=stats.by.session(gap, "UTC"), stats=())
    assert_frame_equal(
        table.select("player", "session_start", len=pl.col("hands").cast(pl.get_index_type())),
        told, check_row_order=False,
    )  # fmt: skip
    with pytest.raises(SchemaError, match="gap=0:00:00"):
        stats.by.session(timedelta(0))
    with pytest.raises(SchemaError, match="'Mars' is not a time zone"):
        stats.by.day("Mars")


def test_times_are_those_of_the_hands_in_paris(frames: pk.HandFrames) -> None:
    local = frames.hands.select("hand_id", at=pl.col("played_at").dt.convert_time_zone("Europe/Paris"))
    rows = frames.seats.select("hand_id", stats.by.DAY, stats.by.HOUR, stats.by.WEEKDAY, stats.by.MONTH).unique()
    for row in rows.join(local, on="hand_id").iter_rows(named=True):
        assert (row["day"], row["hour"], row["weekday"]) == (row["at"].date(), row["at"].hour, f"{row['at']:%A}")
        assert row["month"] == row["at"].date().replace(day=1)


def test_columns_of_hands_group_and_choose_once_they_are_given(frames: pk.HandFrames) -> None:
    table = stats.report(frames.seats, by="format", stats=(), hands=frames.hands, where=pl.col("n_players") > 2)
    joined = frames.seats.filter("dealt").join(frames.hands.filter(pl.col("n_players") > 2), on="hand_id")
    assert dict(table.select("format", "hands").iter_rows()) == Counter(joined["format"])
    fewer = stats.report(frames.seats, by=(), stats=(), hands=frames.hands.filter(format="cash").lazy())
    cash = frames.hands.filter(format="cash").select("hand_id")
    assert fewer["hands"].item() == frames.seats.filter("dealt").join(cash, on="hand_id", how="semi").height
    with pytest.raises(SchemaError, match="'format', for the group 'format'; it is a column of hands"):
        stats.report(frames.seats, by="format")


def test_against_gives_the_players_row_once_for_each_opponent(seats: pl.DataFrame) -> None:
    pairs = stats.by.against(seats, "position")
    dealt = Counter(seats.filter("dealt")["hand_id"])
    mine = seats.filter(pl.col("is_hero") & pl.col("dealt"))
    assert pairs.height == sum(dealt[hand_id] - 1 for hand_id in mine["hand_id"])
    assert pairs.filter(pl.col("player") == pl.col("opponent")).height == 0
    positions = {(row[0], row[1]): row[2] for row in seats.select("hand_id", "player", "position").iter_rows()}
    for hand_id, opponent, position in pairs.select("hand_id", "opponent", "opponent_position").iter_rows():
        assert positions[hand_id, opponent] == position
    assert_frame_equal(stats.by.against(seats.lazy(), "position").collect(), pairs)
    with pytest.raises(SchemaError, match=r"stats.by.against\(seats\) makes pairs"):
        stats.report(seats, by="opponent")
    with pytest.raises(SchemaError, match=r"need the columns \['hight'\]"):
        stats.by.against(seats, "hight")


def test_a_key_hides_no_column_of_its_name(seats: pl.DataFrame) -> None:
    deep = (pl.col("effective_bb") > 50).alias("effective_bb")
    table = stats.report(seats, by=deep, stats=stats.EFF_BB)
    for is_deep, mean in table.select("effective_bb", "eff_bb").drop_nulls().iter_rows():
        rows = seats.filter(pl.col("dealt") & ((pl.col("effective_bb") > 50) == is_deep))
        assert mean == pytest.approx(rows["effective_bb"].mean())


def test_a_column_of_the_frame_comes_before_a_group_of_its_name(seats: pl.DataFrame) -> None:
    told = pk.sessions(seats)
    table = stats.report(told, by="session", stats=())
    assert table.columns[0] == "session"
    assert dict(table.select("session", "hands").iter_rows()) == Counter(told.filter("dealt")["session"])


def test_what_each_kind_of_statistic_tells(seats: pl.DataFrame) -> None:
    table = stats.report(seats, by=(), stats=["vpip", stats.EFF_BB, "af", stats.VPIP], interval=0.9)
    told = ["vpip", "vpip_chances", "vpip_interval", "eff_bb", "eff_bb_stderr", "eff_bb_interval", "af"]
    assert table.columns == ["hands", *told, "net_total", "bb100", "bb100_stderr"]
    assert table["vpip_interval"].item() == seats.filter("dealt").select(stats.VPIP.interval(0.9)).item()


def test_mixed_money_is_null_or_an_error_as_asked(seats: pl.DataFrame) -> None:
    assert seats["unit"].n_unique() > 1
    assert stats.report(seats, by=(), stats=stats.NET).select("net", "net_stderr", "net_total").row(0) == (None,) * 3
    with pytest.raises(UnitError, match="all rows: hands in chip and eur_cent cannot be added up; group by 'unit'"):
        stats.report(seats, by=(), mixed_units="error")
    table = stats.report(seats, by="unit", mixed_units="error")
    assert table["net_total"].null_count() == 0
    assert "_units" not in table.columns


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"stats": ["vpp"]}, StatError, "'vpp' is not a statistic; did you mean 'vpip'"),
        ({"stats": [3]}, StatError, "3 is not a statistic; give values such as stats.VPIP"),
        ({"by": "positon"}, SchemaError, "'positon', for the group 'positon'; .* did you mean 'position'"),
        ({"by": pl.col("position").alias("hands")}, SchemaError, "a group is named 'hands' like a column"),
        ({"where": pl.col("colour") == "red"}, SchemaError, "'colour', for the condition"),
        ({"interval": 95}, StatError, "95 does not"),
        ({"mixed_units": "raise"}, SettingsError, "mixed_units='raise' is neither 'null' nor 'error'"),
    ],
)
def test_what_makes_no_sense_is_quoted(
    options: dict[str, Any], error: type[Exception], message: str, seats: pl.DataFrame
) -> None:
    with pytest.raises(error, match=message):
        stats.report(seats, **options)


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ("could_cbet_f", r"'could_cbet_f', for the statistic 'cbet_f'; stats.with_stats\(seats, actions\) computes it"),
        ("saw_flop", "'saw_flop', for the statistic 'wtsd'; all seats of pokerlab have it"),
        ("big_blind", "'big_blind', for its columns net_total and bb100"),
    ],
)
def test_a_missing_column_is_named_with_who_needs_it(column: str, message: str, seats: pl.DataFrame) -> None:
    for rows in (seats.drop(column), seats.drop(column).lazy()):
        with pytest.raises(SchemaError, match=message):
            stats.report(rows)


def test_a_column_of_another_type_is_an_error_of_ours(seats: pl.DataFrame) -> None:
    with pytest.raises(SchemaError, match="not of the type that the statistics need"):
        stats.report(seats.with_columns(did_vpip=pl.lit("yes")))


def test_an_empty_frame_gives_an_empty_report_and_one_row_of_all(seats: pl.DataFrame) -> None:
    assert stats.report(seats.clear()).height == 0
    row = stats.report(seats.clear(), by=(), stats="vpip").row(0, named=True)
    assert (row["hands"], row["vpip"], row["bb100"]) == (0, None, None)


@pytest.mark.parametrize("did", [True, False, None])
@pytest.mark.parametrize("code", ["three_bet", "wsd", "afq_f"])
def test_the_hands_of_a_statistic_are_those_it_counts(code: str, did: bool | None, seats: pl.DataFrame) -> None:
    stat = stats.get(code)
    assert isinstance(stat, stats.Stat)
    found = stats.hands(seats, code, did=did, where=pl.col("is_hero"))
    flags = seats.filter(pl.col("is_hero") & pl.col("dealt")).select(
        "hand_id", could=stat.could_each.cast(pl.Boolean), did=stat.did_each.cast(pl.Boolean)
    )
    expected = [row[0] for row in flags.iter_rows() if row[1] and (did is None or row[2] == did)]
    assert found["hand_id"].to_list() == expected
    assert len(expected) > 0
    assert_frame_equal(stats.hands(seats.lazy(), stat, did=did, where=pl.col("is_hero")).collect(), found)


def test_means_and_numbers_of_others_have_no_hands_to_do(seats: pl.DataFrame) -> None:
    assert stats.hands(seats, stats.SPR_F).height == seats.filter("dealt")["size_spr_f"].count()
    with pytest.raises(StatError, match="'net' is a mean that nobody does"):
        stats.hands(seats, "net", did=True)
    with pytest.raises(StatError, match="'af' is made of other statistics"):
        stats.hands(seats, stats.AF)
    with pytest.raises(SchemaError, match="the list of hands needs: 'did_vpip'"):
        stats.hands(seats.drop("did_vpip"), "vpip")


def test_percentiles_rank_the_shrunk_rates_of_those_with_enough_chances() -> None:
    counts = {"ann": (10, 100), "bob": (30, 100), "cid": (30, 100), "dee": (90, 100), "eve": (1, 1)}
    rows = [
        {"player": name, "dealt": True, "could_vpip": True, "did_vpip": n < done}
        for name, (done, chances) in counts.items()
        for n in range(chances)
    ]
    table = stats.percentiles(pl.DataFrame(rows), "vpip", min_chances=50, strength=20)
    everybody = 161 / 401
    assert dict(table.select("player", "percentile").iter_rows()) == {
        "ann": 12.5, "bob": 50.0, "cid": 50.0, "dee": 87.5, "eve": None
    }  # fmt: skip
    assert table["players"].to_list() == [4] * 5
    ann = table.row(0, named=True)
    assert ann["population"] == pytest.approx(everybody)
    assert ann["shrunk"] == pytest.approx((10 + 20 * everybody) / 120)
    with pytest.raises(StatError, match="'af' is no rate"):
        stats.percentiles(pl.DataFrame(rows), "af")
    with pytest.raises(StatError, match="0 is not"):
        stats.percentiles(pl.DataFrame(rows), "vpip", strength=0)


def test_report_of_real_hands_has_rates_of_known_sizes(corpus: Path) -> None:
    frames = pk.read_winamax([corpus / "tracker_poker", corpus / "fpdb_chaz"])
    holdem = frames.hands.filter(game="holdem")
    row = stats.report(frames.seats, by=(), hands=holdem).row(0, named=True)
    assert row["hands"] > 300
    assert 0.15 < row["pfr_chances"] / row["hands"] <= 1
    assert 0.1 < row["pfr"] < row["vpip"] < 0.6
    assert 0.4 < row["wsd"] < 0.6
