"""Results of hands against numbers computed by hand, and against a plain Python reading of each hand."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from statistics import NormalDist, mean, stdev
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import pokerlab as pk
from pokerlab import schema, stats
from pokerlab.errors import SchemaError, StatError, UnitError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

EVENING = datetime(2024, 3, 30, 21, 0, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")


def seat(minute: float, net: int, number: int = 1, **changes: Any) -> dict[str, Any]:
    """Give the hero's seat in a hand that is played some minutes after `EVENING`."""
    at = int((EVENING + timedelta(minutes=minute)).timestamp())
    row = {
        "hand_id": f"7-{number}-{at}", "player": "ann", "dealt": True, "is_hero": True, "contributed": max(0, -net),
        "collected": max(0, net), "net": net, "ev_net": float(net), "went_to_showdown": False, "unit": "eur_cent",
        "big_blind": 10,
    }  # fmt: skip
    return row | changes


def seats(rows: Iterable[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema={name: schema.SEATS[name] for name in seat(0, 0)})


HANDS = [
    seat(0, 50, 1, went_to_showdown=True),
    seat(10, -20, 2, ev_net=-5.0),
    seat(30, 5, 3, big_blind=20),
    seat(100, -100, 4, went_to_showdown=True),
    seat(106, 0, 5),
]


def only(rows: pl.DataFrame) -> dict[str, Any]:
    assert rows.height == 1
    return rows.row(0, named=True)


def test_a_row_a_session_has_what_was_won_in_it() -> None:
    found = stats.results(seats(HANDS))
    assert found.select("player", "session", "hands", "sessions").rows() == [("ann", 1, 3, 1), ("ann", 2, 2, 1)]
    assert found["session_start"].to_list() == [EVENING, EVENING + timedelta(minutes=100)]
    assert found["net"].to_list() == [35, -100]
    assert found["red_line"].to_list() == [-15, 0]
    assert found["blue_line"].to_list() == [50, -100]
    assert found["ev_net"].to_list() == [50.0, -100.0]
    assert found["bb"].to_list() == pytest.approx([5 - 2 + 0.25, -10])
    assert found["ev_bb"].to_list() == pytest.approx([5 - 0.5 + 0.25, -10])
    assert found["hours"].to_list() == pytest.approx([0.5, 0.1])
    assert found["hands_h"].to_list() == pytest.approx([6, 20])
    assert found["hourly"].to_list() == pytest.approx([70, -1000])
    assert found["bb_hour"].to_list() == pytest.approx([6.5, -100])


def test_win_rate_has_its_error_interval_and_risks() -> None:
    row = only(stats.results(seats(HANDS), by=(), level=0.9, next_hands=200))
    in_bb = [5.0, -2.0, 0.25, -10.0, 0.0]
    n, rate, spread = 5, mean(in_bb), stdev(in_bb)
    error = 100 * spread / math.sqrt(n)
    assert row["bb100"] == pytest.approx(100 * rate)
    assert row["bb100_stderr"] == pytest.approx(error)
    assert row["sd100"] == pytest.approx(10 * spread)
    z = NormalDist().inv_cdf(0.95)
    ends = row["bb100_interval"]
    assert (ends["low"], ends["high"]) == pytest.approx((100 * rate - z * error, 100 * rate + z * error))
    ev = [5.0, -0.5, 0.25, -10.0, 0.0]
    assert row["ev_bb100"] == pytest.approx(100 * mean(ev))
    assert row["ev_bb100_stderr"] == pytest.approx(100 * stdev(ev) / math.sqrt(n))
    assert row["p_losing"] == pytest.approx(NormalDist(100 * rate, error).cdf(0))
    to_come = NormalDist(200 * rate, math.sqrt(200 * spread**2 + (200 * spread) ** 2 / n))
    assert row["p_loss_next"] == pytest.approx(to_come.cdf(0))


def test_days_weeks_and_months_are_those_of_the_time_zone() -> None:
    late = datetime(2024, 12, 29, 22, 50, tzinfo=UTC)  # a Sunday; in Paris Monday begins ten minutes later
    rows = seats(seat((late - EVENING).total_seconds() / 60 + after, 1, n) for n, after in enumerate((0, 20, 3 * 1440)))
    assert stats.results(rows, by="day")["day"].to_list() == [date(2024, 12, 29), date(2024, 12, 30), date(2025, 1, 1)]
    assert stats.results(rows, by="day", tz="UTC").height == 2
    weeks = stats.results(rows, by="week")
    assert weeks.select("week", "hands").rows() == [(date(2024, 12, 23), 1), (date(2024, 12, 30), 2)]
    assert stats.results(rows, by="month")["month"].to_list() == [date(2024, 12, 1), date(2025, 1, 1)]
    assert stats.results(rows, by="year")["hands"].to_list() == [2, 1]


def test_when_clocks_change_a_session_is_as_long_as_it_was() -> None:
    spring = datetime(2024, 3, 31, 0, 30, tzinfo=UTC)  # 01:30 in Paris; at 01:00 UTC clocks go from 02:00 to 03:00
    autumn = datetime(2024, 10, 27, 0, 30, tzinfo=UTC)  # 02:30 in Paris; half an hour later it is 02:00 again
    for night in (spring, autumn):
        start = (night - EVENING).total_seconds() / 60
        row = only(stats.results(seats(seat(start + 20 * n, 10, n) for n in range(4)), by=["day", "session"]))
        assert row["hours"] == pytest.approx(1)
        assert row["day"] == night.date()
        assert row["last_hand"].astimezone(UTC) == night + timedelta(hours=1)
        assert row["session_start"].astimezone(UTC) == night


def test_an_hour_at_two_stakes_at_once_counts_once() -> None:
    rows = seats([seat(0, 1, 1), seat(10, 1, 2), seat(15, 1, 3, big_blind=50), seat(25, 1, 4)])
    found = stats.results(rows, by="stake")
    assert found.select("unit", "big_blind", "hands").rows() == [("eur_cent", 10, 3), ("eur_cent", 50, 1)]
    assert (found["hours"] * 60).to_list() == pytest.approx([20, 5])


def test_money_of_different_units_is_never_added_up() -> None:
    rows = seats([*HANDS, seat(110, 700, 6, unit="play_cent"), seat(111, 900, 7, unit="chip", big_blind=100)])
    row = only(stats.results(rows, by=()))
    for name in ("unit", "net", "red_line", "blue_line", "ev_net", "hourly"):
        assert row[name] is None, name
    assert row["bb"] == pytest.approx(-6.75 + 70 + 9)
    by_unit = stats.results(rows, by="unit")
    assert by_unit.select("unit", "net").rows() == [("eur_cent", -65), ("play_cent", 700), ("chip", 900)]
    with pytest.raises(UnitError, match="chip and eur_cent and play_cent"):
        stats.lines(rows)
    assert stats.lines(rows, in_bb=True)["net"][-1] == pytest.approx(-6.75 + 70 + 9)
    assert set(stats.downswings(rows)["line"]) == {"bb", "ev_bb"}


def test_one_hand_has_a_result_but_no_spread_and_no_time() -> None:
    row = only(stats.results(seats([seat(0, -30)])))
    assert (row["hands"], row["net"], row["hours"], row["bb100"]) == (1, -30, 0.0, -300.0)
    for name in ("hands_h", "hourly", "bb_hour", "bb100_stderr", "sd100", "p_losing", "p_loss_next"):
        assert row[name] is None, name
    swing = only(stats.downswings(seats([seat(0, -30)])).filter(line="net", kind="largest"))
    assert (swing["amount"], swing["hands"], swing["recovered"]) == (30, 1, False)
    assert stats.downswings(seats([seat(0, 30)])).is_empty()


def test_hands_that_are_all_the_same_have_no_risk_rather_than_not_a_number() -> None:
    row = only(stats.results(seats(seat(n, 0, n) for n in range(3)), by=()))
    assert (row["bb100"], row["bb100_stderr"]) == (0, 0)
    assert row["p_losing"] is None
    assert row["p_loss_next"] is None


def test_empty_frames_give_empty_results_of_the_same_columns() -> None:
    none, some = pk.HandFrames.empty(), pk.sample.hands(30, seed=1)
    for by in ("session", "day", "stake", "price", "format"):
        assert stats.results(none, by=by).height == 0
        assert stats.results(none, by=by).schema == stats.results(some, by=by).schema, by
    row = only(stats.results(none, by=()))
    assert {name for name, value in row.items() if value is not None} <= {
        "hands",
        "sessions",
        "hours",
        "bb100_interval",
    }
    assert stats.lines(none).schema == stats.lines(some).schema
    assert stats.downswings(none).height == 0


def test_without_equities_there_is_no_ev_rather_than_a_wrong_one() -> None:
    row = only(stats.results(seats(hand | {"ev_net": None} for hand in HANDS), by=()))
    for name in ("ev_net", "ev_bb", "ev_bb100", "ev_bb100_stderr"):
        assert row[name] is None, name
    assert stats.lines(seats(hand | {"ev_net": None} for hand in HANDS))["ev_net"].null_count() == 5
    partly = only(stats.results(seats([seat(0, 10), seat(1, 20, 2, ev_net=None)]), by=()))
    assert partly["ev_net"] == 30


def test_the_hero_is_meant_unless_others_are_named() -> None:
    rows = seats([*HANDS, seat(1, 40, 1, player="bob", is_hero=False), seat(2, 9, 2, player="cat", is_hero=False)])
    assert stats.results(rows, by="player")["player"].to_list() == ["ann"]
    assert stats.results(rows, by="player", player="bob")["net"].to_list() == [40]
    assert stats.results(rows, by="player", player=["bob", "cat"])["net"].to_list() == [40, 9]
    assert stats.results(rows, by="player", player=~pl.col("is_hero"))["net"].to_list() == [40, 9]
    assert stats.results(rows, by="player", player="nobody").height == 0


def test_seats_that_were_not_dealt_in_do_not_count() -> None:
    rows = seats([*HANDS, seat(107, 0, 6, dealt=False)])
    assert only(stats.results(rows, by=()))["hands"] == len(HANDS)
    assert stats.lines(rows).height == len(HANDS)


def test_a_condition_leaves_sessions_as_they_were() -> None:
    found = stats.results(seats(HANDS), where=pl.col("net") < 0)
    assert found.select("session", "hands").rows() == [(1, 1), (2, 1)]


def test_rake_by_three_methods() -> None:
    mine = seat(0, -40, contributed=40, collected=0)
    won = seat(0, 50, contributed=40, collected=90, player="bob", is_hero=False)
    other = seat(0, -20, contributed=20, collected=0, player="cat", is_hero=False)
    hands = pl.DataFrame({"hand_id": [mine["hand_id"]], "pot": [100], "added": [0], "rake": [10], "n_players": [4]})
    rows = seats([mine, won, other])
    found = stats.results(rows, by="player", player=pl.lit(value=True), hands=hands)
    assert found["rake_contributed"].to_list() == pytest.approx([4, 4, 2])
    assert found["rake_dealt"].to_list() == pytest.approx([2.5] * 3)
    assert found["rake_winner"].to_list() == pytest.approx([0, 10, 0])
    assert stats.results(rows, by="player")["rake_dealt"].to_list() == [None]


@pytest.mark.parametrize("game", ["cash", "hold_up", "fast_fold", "play_money", "expresso"])
def test_the_rake_of_all_players_is_that_of_the_hands(game: str) -> None:
    frames = pk.sample.hands(300, seed=5, game=game)
    row = only(stats.results(frames, by=(), player=pl.lit(value=True)))
    assert row["rake_contributed"] == pytest.approx(frames.hands["rake"].sum())
    assert row["rake_dealt"] == pytest.approx(frames.hands["rake"].sum())
    assert row["rake_winner"] == pytest.approx(frames.hands["rake"].sum())


def test_groups_by_columns_of_hands_and_by_price_need_these_frames() -> None:
    frames = pk.concat([pk.sample.hands(100, seed=3, game=game) for game in ("cash", "expresso")])
    found = stats.results(frames, by="format")
    assert found["hands"].sum() == frames.seats["is_hero"].sum()
    assert_frame_equal(found, stats.results(frames.seats, by="format", hands=frames.hands))
    priced = stats.results(frames.seats, by="price", hands=frames.hands, tournaments=frames.tournaments)
    prices = frames.tournaments.select(pl.col("buy_in") + pl.col("fee")).to_series().unique().to_list()
    assert priced["price"].drop_nulls().to_list() == sorted(prices)
    with pytest.raises(SchemaError, match="'format' is a column of hands; give them too, as hands="):
        stats.results(frames.seats, by="format")
    with pytest.raises(SchemaError, match="as tournaments="):
        stats.results(frames.seats, by="price")
    with pytest.raises(SchemaError, match=r"'postion'.*did you mean 'position'"):
        stats.results(frames, by="postion")
    with pytest.raises(SchemaError, match="named 'net' like a column of the result"):
        stats.results(frames, by=pl.col("seat").alias("net"))


def test_wrong_questions_are_errors_that_say_what_would_be_right() -> None:
    rows = seats(HANDS)
    with pytest.raises(SchemaError, match=r"seats frame lacks the columns \['ev_net'\]"):
        stats.results(rows.drop("ev_net"))
    with pytest.raises(SchemaError, match="a dict has no results; give a seats frame, HandFrames or a Lab"):
        stats.results({})  # type: ignore[arg-type]
    with pytest.raises(SchemaError, match="hands= is a str; give a Polars frame"):
        stats.results(rows, hands="hands")  # type: ignore[arg-type]
    with pytest.raises(SchemaError, match="'Mars/Base' is not a time zone"):
        stats.results(rows, tz="Mars/Base")
    with pytest.raises(StatError, match="next_hands=0"):
        stats.results(rows, next_hands=0)
    with pytest.raises(StatError, match="confidence level"):
        stats.results(rows, level=95)


def test_lazy_frames_and_a_lab_give_the_same(tmp_path: Path) -> None:
    frames = pk.sample.hands(200, seed=4, game="mixed")
    eager = stats.results(frames, by=["format", "day"])
    lazy = stats.results(frames.seats.lazy(), by=["format", "day"], hands=frames.hands.lazy())
    assert_frame_equal(eager, lazy)
    with pk.Store(tmp_path / "store") as store:
        store.add(frames)
    lab = pk.open(tmp_path / "store", history=[])
    pk.sample.write(tmp_path / "files", 200, seed=4, game="mixed", truth=False)
    scanned = stats.results(pk.scan_winamax(tmp_path / "files"), by=["format", "day"])
    assert scanned.select("format", "day", "net", "hours").equals(eager.select("format", "day", "net", "hours"))
    assert_frame_equal(stats.results(lab, by=["format", "day"]), eager)
    assert_frame_equal(stats.lines(lab, in_bb=True), stats.lines(frames, in_bb=True))


def test_lines_are_in_the_order_of_time_and_of_the_table() -> None:
    second = [seat(0, 5, 10), seat(0, 7, 9), seat(-1, 1, 11)]
    assert stats.lines(seats(second)).select("hand", "net").rows() == [(1, 1), (2, 8), (3, 13)]


@pytest.mark.parametrize(
    ("nets", "largest", "longest"),
    [
        ([10, -4, -3, 9, -5, -4, 20], (9, 3, 2, True), (9, 3, 2, True)),
        ([-1, 0, 0, 0, 1, 5, -4, 4], (4, 2, 1, True), (1, 5, 1, True)),
        ([3, -5, 1, -2], (6, 3, 3, False), (6, 3, 3, False)),
        ([0, 0, -2, 2, -2], (2, 2, 1, True), (2, 2, 1, True)),
    ],
)
def test_downswings_by_hand(nets: list[int], largest: tuple[object, ...], longest: tuple[object, ...]) -> None:
    found = stats.downswings(seats(seat(n, net, n) for n, net in enumerate(nets))).filter(line="net")
    told = found.select("amount", "hands", "hands_down", "recovered").rows()
    assert dict(zip(found["kind"], told, strict=True)) == {"largest": largest, "longest": longest}


# A plain reading of each hand, which shares nothing with the library.


def plain_sessions(hands: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for hand in sorted(hands, key=lambda hand: int(hand["hand_id"].split("-")[2])):
        at = int(hand["hand_id"].split("-")[2])
        if not found or at - found[-1]["last"] > 1800:
            found.append({"first": at, "net": 0, "red_line": 0, "blue_line": 0, "bb": [], "hands": 0})
        one = found[-1]
        one["last"] = at
        one["hands"] += 1
        one["net"] += hand["net"]
        one["blue_line" if hand["went_to_showdown"] else "red_line"] += hand["net"]
        one["bb"].append(hand["net"] / hand["big_blind"])
    return found


def check_sessions(rows: pl.DataFrame) -> None:
    told = plain_sessions(rows.to_dicts())
    found = stats.results(rows)
    assert found.height == len(told)
    for row, one in zip(found.iter_rows(named=True), told, strict=True):
        for name in ("net", "red_line", "blue_line", "hands"):
            assert row[name] == one[name], name
        assert row["first_hand"] == datetime.fromtimestamp(one["first"], PARIS)
        assert row["last_hand"] == datetime.fromtimestamp(one["last"], PARIS)
        assert row["hours"] == pytest.approx((one["last"] - one["first"]) / 3600)
        assert row["bb100"] == pytest.approx(100 * mean(one["bb"]), abs=1e-9)
        if len(one["bb"]) > 1:
            assert row["sd100"] == pytest.approx(10 * stdev(one["bb"]), abs=1e-9)


def plain_downswings(values: list[float]) -> list[tuple[float, int]]:
    """Give amount and hands of each, in order."""
    found: list[list[float]] = []
    line = top = 0.0
    under = False
    for value in values:
        line += value
        if line < top - 1e-6:
            if not under:
                found.append([0, 0])
            under = True
            found[-1] = [max(found[-1][0], top - line), found[-1][1] + 1]
        else:
            if under:
                found[-1][1] += 1
            under, top = False, max(top, line)
    return [(amount, int(hands)) for amount, hands in found]


def check_downswings(rows: pl.DataFrame) -> None:
    in_time = sorted(rows.to_dicts(), key=lambda hand: [int(part) for part in hand["hand_id"].split("-")[:0:-1]])
    found = stats.downswings(rows)
    for line, values in {
        "net": [hand["net"] for hand in in_time],
        "bb": [hand["net"] / hand["big_blind"] for hand in in_time],
        "ev_net": [hand["ev_net"] for hand in in_time],
    }.items():
        told = plain_downswings(values)
        mine = {row["kind"]: row for row in found.filter(line=line).iter_rows(named=True)}
        assert bool(told) == bool(mine)
        if told:
            assert mine["largest"]["amount"] == pytest.approx(max(amount for amount, _ in told))
            assert mine["longest"]["hands"] == max(hands for _, hands in told)


one_hand = st.tuples(
    st.integers(0, 90), st.integers(-500, 500) | st.just(0), st.booleans(), st.sampled_from([2, 10, 25]),
    st.floats(-500, 500),
)  # fmt: skip


@given(st.lists(one_hand, max_size=60))
def test_sessions_and_downswings_are_those_of_a_plain_reading(drawn: list[tuple[int, int, bool, int, float]]) -> None:
    minute, rows = 0, []
    for number, (gap, net, showdown, blind, ev) in enumerate(drawn):
        minute += gap
        rows.append(seat(minute, net, number, went_to_showdown=showdown, big_blind=blind, ev_net=round(ev, 2)))
    check_sessions(seats(rows))
    check_downswings(seats(rows))
    found = stats.results(seats(rows), by=["stake", "day"])
    assert (found["red_line"] + found["blue_line"]).to_list() == found["net"].to_list()
    assert found["hours"].sum() == pytest.approx(stats.results(seats(rows))["hours"].sum())


@pytest.mark.parametrize("seed", range(3))
def test_simulated_sessions_and_downswings_are_those_of_a_plain_reading(seed: int) -> None:
    rows = pk.sample.hands(1500, seed=seed).seats.filter("is_hero").with_columns(ev_net=pl.col("net").cast(pl.Float64))
    check_sessions(rows)
    check_downswings(rows)


@pytest.mark.slow
@pytest.mark.parametrize("game", ["mixed", "all"])
def test_long_histories_are_those_of_a_plain_reading(game: str, tmp_path: Path) -> None:
    pk.sample.write(tmp_path, 20_000, seed=11, game=game, truth=False)
    own = pk.read_winamax(tmp_path).seats.filter("is_hero")
    for (_,), rows in own.group_by("unit"):
        check_sessions(rows)
        check_downswings(rows)


def test_real_hands_are_added_up_without_loss(corpus: Path) -> None:
    frames = pk.read_winamax(corpus / "nitrovariance")
    found = stats.results(frames, by=["player", "unit", "format"])
    own = frames.seats.filter(pl.col("is_hero") & pl.col("dealt"))
    assert found["hands"].sum() == own.height > 0
    told = own.group_by("player").agg(pl.col("net").sum()).sort("player")
    assert found.group_by("player").agg(pl.col("net").sum()).sort("player").equals(told)
    assert (found["red_line"] + found["blue_line"]).equals(found["net"])
    assert found["ev_net"].null_count() == 0
