"""Results of tournaments against numbers computed by hand, the simulator's truth, and real files."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from statistics import NormalDist, mean, stdev
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import pokerlab as pk
from pokerlab import schema, stats
from pokerlab.errors import SchemaError, StatError

if TYPE_CHECKING:
    from pathlib import Path

Z = NormalDist().inv_cdf(0.975)
MIDNIGHT = datetime(2024, 6, 30, 22, 30, tzinfo=UTC)  # in Paris it is July


def summary(number: int, prize: int = 0, **changes: Any) -> dict[str, Any]:
    row = {
        "tournament_id": str(number), "name": "SPACE KO", "hero": "ann", "buy_in": 450, "fee": 50, "bounty": 0,
        "currency": "EUR", "entries": 1, "entrants": 100, "prize_pool": 45000, "multiplier": None, "speed": "turbo",
        "type": "normal", "started_at": MIDNIGHT, "rank": 10, "prize": prize, "bounties_won": 0, "ticket": None,
        "cost": 500, "net": prize - 500, "source": "x", "offset": 0,
    }  # fmt: skip
    return row | changes


def frame(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=schema.TOURNAMENTS)


PLAYED = frame(
    summary(1, prize=3000, rank=2),
    summary(2, buy_in=225, bounty=225, bounties_won=700, entries=2, cost=1000, net=-300, rank=50),
    summary(3, ticket="10€", cost=500, net=500, rank=20),
    summary(4, ticket="Super Freeroll 100K Stade 2", net=None, rank=1),
    summary(5, buy_in=None, fee=None, bounty=None, cost=None, net=None, rank=80),
)


def only(rows: pl.DataFrame) -> dict[str, Any]:
    assert rows.height == 1
    return rows.row(0, named=True)


def test_totals_count_what_is_known_and_say_how_much_is_not() -> None:
    row = only(stats.tournament_results(PLAYED, by=()))
    assert (row["tournaments"], row["without_result"], row["entries"]) == (5, 2, 4)
    assert (row["cost"], row["prizes"], row["bounties"], row["tickets"]) == (2000, 3000, 700, 1000)
    assert row["net"] == 2700
    assert row["roi"] == pytest.approx(1.35)
    rest = [2500 - 1.35 * 500, -300 - 1.35 * 1000, 500 - 1.35 * 500]
    error = math.sqrt(3 / 2 * sum(one**2 for one in rest)) / 2000
    assert row["roi_interval"]["low"] == pytest.approx(1.35 - Z * error)
    assert row["roi_interval"]["high"] == pytest.approx(1.35 + Z * error)
    assert (row["itm"], row["itm_chances"]) == (3 / 5, 5)
    assert row["itm_interval"]["low"] < 0.6 < row["itm_interval"]["high"]
    assert row["abi"] == pytest.approx(500)
    assert row["average_rank"] == pytest.approx((2 + 50 + 20 + 1 + 80) / 5)
    assert row["average_finish"] == pytest.approx(1.53 / 5)


def test_a_row_a_tournament_has_its_price_and_the_worth_of_its_ticket() -> None:
    rows = stats.tournaments(PLAYED)
    assert rows["price"].to_list() == [500, 500, 500, 500, None]
    assert rows["tickets"].to_list() == [0, 0, 1000, None, 0]
    assert rows["day"].unique().to_list() == [date(2024, 7, 1)]
    assert stats.tournaments(PLAYED, tz="UTC")["day"].unique().to_list() == [date(2024, 6, 30)]
    known = rows.filter(pl.col("net").is_not_null())
    assert (known["prize"] + known["bounties_won"] + known["tickets"] - known["cost"]).equals(known["net"])


def test_a_bounty_that_old_summaries_hide_in_the_buy_in_is_part_of_the_price() -> None:
    row = only(stats.tournament_results(frame(summary(1, bounty=None, type="knockout"))))
    assert (row["price"], row["abi"]) == (500, 500)


def test_a_place_that_is_not_known_is_no_chance_of_a_prize() -> None:
    row = only(stats.tournament_results(frame(summary(1, rank=None), summary(2, rank=3)), by=()))
    assert (row["itm"], row["itm_chances"], row["average_rank"]) == (0, 1, 3)
    row = only(stats.tournament_results(frame(summary(1, rank=None)), by=()))
    assert (row["itm"], row["itm_chances"], row["itm_interval"]) == (None, 0, None)


def test_freerolls_have_no_return_on_investment() -> None:
    free = summary(1, prize=300, buy_in=0, fee=0, cost=0, net=300)
    row = only(stats.tournament_results(frame(free), by=()))
    assert (row["net"], row["roi"], row["roi_interval"], row["abi"]) == (300, None, None, 0)
    both = only(stats.tournament_results(frame(free, summary(2)), by=()))
    assert both["roi"] == pytest.approx(-200 / 500)


def test_play_money_is_not_added_to_euros() -> None:
    rows = frame(summary(1, prize=800), summary(2, currency="play", prize=100))
    row = only(stats.tournament_results(rows, by=()))
    for name in ("currency", "cost", "net", "roi", "abi"):
        assert row[name] is None, name
    priced = stats.tournament_results(rows)
    assert priced.select("currency", "price", "net").rows() == [("EUR", 500, 300), ("play", 500, -400)]


def test_without_summaries_money_is_null() -> None:
    none = pk.HandFrames.empty()
    assert stats.tournament_results(none).height == 0
    row = only(stats.tournament_results(none, by=()))
    assert {name for name, value in row.items() if value is not None} <= {
        "tournaments", "without_result", "itm_chances"
    }  # fmt: skip
    frames = pk.sample.hands(60, seed=1, game="expresso")
    played = stats.tournaments(frames.tournaments.clear(), seats=frames.seats, hands=frames.hands)
    assert played.height > 1
    assert played["hands"].sum() == frames.seats.filter("is_hero").height
    assert played["format"].unique().to_list() == ["expresso"]
    for name in ("cost", "prize", "tickets", "net", "price", "rank", "multiplier", "complete"):
        assert played[name].null_count() == played.height, name
    row = only(stats.tournament_results(frames.tournaments.clear(), by=(), seats=frames.seats))
    assert (row["tournaments"], row["without_result"], row["net"]) == (played.height, played.height, None)


def test_accounts_conditions_and_groups() -> None:
    rows = frame(summary(1), summary(1, hero="bob", prize=900), summary(2, name="FAST FOOD"))
    assert stats.tournament_results(rows, by="hero")["net"].to_list() == [-1000, 400]
    assert stats.tournament_results(rows, by="hero", player="bob")["hero"].to_list() == ["bob"]
    assert stats.tournament_results(rows, by=["month", "name"])["tournaments"].to_list() == [1, 2]
    assert only(stats.tournament_results(rows, by=(), where=pl.col("name") == "FAST FOOD"))["tournaments"] == 1
    cheap = stats.tournament_results(rows, by=(pl.col("price") < 1000).alias("cheap"))
    assert cheap.select("cheap", "tournaments").rows() == [(True, 3)]


def test_wrong_questions_are_errors_that_say_what_would_be_right() -> None:
    with pytest.raises(SchemaError, match=r"no column 'formt'.*did you mean 'format'"):
        stats.tournament_results(PLAYED, by="formt")
    with pytest.raises(SchemaError, match=r"tournaments frame lacks the columns \['cost'\]"):
        stats.tournaments(PLAYED.drop("cost"))
    with pytest.raises(SchemaError, match=r"seats frame lacks the columns \['stack'\]"):
        stats.tournaments(PLAYED, seats=pk.HandFrames.empty().seats.drop("stack"))
    with pytest.raises(SchemaError, match="a list has no results; give a tournaments frame"):
        stats.tournaments([])  # type: ignore[arg-type]
    with pytest.raises(StatError, match="confidence level"):
        stats.tournament_results(PLAYED, level=2)


def expresso(number: int, multiplier: int, rank: int) -> dict[str, Any]:
    pool = 100 * multiplier
    prize = pool if rank == 1 else 0
    return summary(
        number, prize, name="Expresso", buy_in=93, fee=7, cost=100, net=prize - 100, entrants=3, rank=rank,
        prize_pool=pool, multiplier=float(multiplier),
    )  # fmt: skip


def hand(number: int, count: int, stack: int, net: int, ev_net: float) -> dict[str, Any]:
    """Give the hero's seat in one hand of a tournament."""
    at = int(MIDNIGHT.timestamp()) + 60 * count
    return {
        "hand_id": f"{(number << 32) + 1}-{count}-{at}", "player": "ann", "dealt": True, "is_hero": True,
        "stack": stack, "net": net, "ev_net": ev_net, "unit": "chip",
    }  # fmt: skip


GAMES = frame(expresso(1, 2, 1), expresso(2, 5, 3), expresso(3, 3, 2))
GAME_HANDS = pl.DataFrame(
    [
        hand(1, 10, 800, 700, 250.0),  # in the order of the hand's number, not of its text
        hand(1, 9, 500, 300, 300.0),
        hand(2, 1, 500, -500, 100.0),
        hand(3, 5, 400, -400, -400.0),  # the stack is not the first one: hands are missing
        hand(3, 4, 600, -200, -200.0),
    ],
    schema={name: schema.SEATS[name] for name in hand(1, 1, 1, 1, 1)},
)


def test_expressos_tell_skill_and_luck_apart() -> None:
    row = only(stats.expressos(GAMES, seats=GAME_HANDS))
    assert (row["currency"], row["price"], row["games"], row["complete"]) == ("EUR", 100, 3, 3)
    assert row["chips_game"] == pytest.approx((1000 - 500 - 600) / 3)
    assert row["cev"] == pytest.approx((550 + 100 - 600) / 3)
    assert row["cev_stderr"] == pytest.approx(stdev([550, 100, -600]) / math.sqrt(3))
    assert row["cev_interval"]["high"] == pytest.approx(row["cev"] + Z * row["cev_stderr"])
    assert (row["cost"], row["net"]) == (300, -100)
    assert row["roi"] == pytest.approx(-1 / 3)
    adjusted = [100 + (550 - 1000) * 200 / 1500, -100 + 600 * 500 / 1500, -100]
    assert row["ev_net"] == pytest.approx(sum(adjusted))
    assert row["ev_roi"] == pytest.approx(sum(adjusted) / 300)
    assert row["multiplier"] == pytest.approx(mean([2, 5, 3]))
    assert row["multiplier_stderr"] == pytest.approx(stdev([2, 5, 3]) / math.sqrt(3))
    assert row["multiplier_expected"] == pytest.approx(2.79)
    assert row["multiplier_luck"] == pytest.approx((1000 - 3 * 279) / 3)


def test_chips_of_games_with_missing_hands_do_not_count() -> None:
    missing = GAME_HANDS.filter(pl.col("ev_net") != 300)
    rows = stats.tournaments(GAMES, seats=missing)
    assert rows["complete"].to_list() == [False, True, True]
    row = only(stats.expressos(GAMES, seats=missing))
    assert (row["games"], row["complete"]) == (3, 2)
    assert row["chips_game"] == pytest.approx(-550)
    assert row["ev_net"] == pytest.approx(100 + 100 - 100)
    bare = only(stats.expressos(GAMES))
    assert (bare["complete"], bare["chips_game"], bare["cev"], bare["ev_net"]) == (0, None, None, None)
    assert bare["net"] == -100


def test_an_expresso_entered_for_nothing_tells_nothing_of_its_multiplier() -> None:
    row = only(stats.expressos(frame(expresso(1, 2, 1) | {"buy_in": 0, "fee": 100})))
    assert (row["multiplier"], row["multiplier_expected"], row["multiplier_luck"]) == (2, None, None)


def test_multipliers_are_counted_by_price() -> None:
    found = stats.multipliers(pl.concat([GAMES, frame(expresso(4, 2, 2), summary(5))]))
    assert found.select("price", "multiplier", "games", "share").rows() == [
        (100, 2, 2, 0.5), (100, 3, 1, 0.25), (100, 5, 1, 0.25),
    ]  # fmt: skip


FORMS = ("sit_and_go", "expresso", "tournament", "knockout", "rebuy", "freeroll", "ticket", "play_money_tournament")


@pytest.mark.parametrize("game", FORMS)
def test_results_of_files_are_those_that_the_simulator_knows(game: str, tmp_path: Path) -> None:
    truth = pk.sample.write(tmp_path, 700, seed=2, game=game)
    assert truth is not None
    frames = pk.read_winamax(tmp_path)
    rows = stats.tournaments(frames)
    told = {row["tournament_id"]: row for row in truth.tournaments.iter_rows(named=True)}
    assert len(told) > 0
    for row in rows.iter_rows(named=True):
        known = told.pop(row["tournament_id"], None)
        if known is None:
            assert row["net"] is None
            continue
        for name in ("entries", "cost", "prize", "bounties_won", "net", "rank", "entrants", "multiplier"):
            assert row[name] == known[name], name
    assert not told
    assert_frame_equal(rows.drop("ev_chips", "ev_net"), stats.tournaments(truth.to_frames()).drop("ev_chips", "ev_net"))
    total = only(stats.tournament_results(frames, by=()))
    paid = truth.tournaments.filter(pl.col("net").is_not_null())
    assert total["net"] == (paid["net"].sum() if paid.height else None)
    assert total["without_result"] == rows.height - paid.height


def test_chips_of_simulated_expressos_agree_with_their_places(tmp_path: Path) -> None:
    pk.sample.write(tmp_path, 1500, seed=6, game="expresso")
    rows = stats.tournaments(pk.read_winamax(tmp_path)).filter(pl.col("net").is_not_null())
    assert rows.height > 50
    assert rows["complete"].all()
    assert ((rows["rank"] == 1) == (rows["chips"] > 0)).all()
    assert (rows["ev_chips"] != rows["chips"]).any()
    lost = rows.filter(pl.col("rank") > 1)
    per_chip = lost["prize_pool"] / (3 * -lost["chips"])
    adjusted = lost["net"] + (lost["ev_chips"] - lost["chips"]) * per_chip
    assert lost["ev_net"].to_list() == pytest.approx(adjusted.to_list())


def test_real_summaries(corpus: Path) -> None:
    frames = pk.read_winamax(corpus / "nitrovariance")
    rows = stats.tournaments(frames)
    assert rows.filter(pl.col("net").is_not_null())["net"].sum() == frames.tournaments["net"].sum()
    games = rows.filter(pl.col("complete"))
    assert games.height > 100
    assert ((games["rank"] == 1) == (games["chips"] > 0)).all()
    for row in stats.expressos(frames).filter(pl.col("games") > 50).iter_rows(named=True):
        assert abs(row["multiplier"] - row["multiplier_expected"]) < 5 * row["multiplier_stderr"]
        assert row["chips_game"] == pytest.approx(games.filter(price=row["price"])["chips"].mean())


def test_real_tickets_and_bounties_are_in_euros(corpus: Path) -> None:
    rows = stats.tournaments(pk.read_winamax(corpus)).filter(pl.col("net").is_not_null())
    paid = rows["prize"] + rows["bounties_won"] + rows["tickets"] - rows["cost"]
    assert paid.equals(rows["net"])
    assert rows["tickets"].sum() > 0
    assert rows["bounties_won"].sum() > 0
