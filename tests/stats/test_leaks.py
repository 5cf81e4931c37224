"""Leaks: a verdict only where the sample decides, a cost that is what it says, rules that a user can write."""

from __future__ import annotations

from statistics import NormalDist, mean, variance
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import pokerlab as pk
from pokerlab import stats
from pokerlab.errors import SchemaError, StatError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def frames() -> pk.HandFrames:
    return pk.concat([pk.sample.hands(900, seed=6), pk.sample.hands(300, seed=7, game="expresso")])


def rule(**changes: Any) -> stats.Rule:
    return stats.Rule(**{"name": "r", "stat": "vpip", "form": "six_max", "high": 0.2, "min_chances": 10, **changes})


def hands_of(did: int, chances: int, *, net: tuple[int, int] = (0, 0)) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Make a hero's seats who did something in the first of his hands, with what he won there and elsewhere."""
    ids = [f"1-{n}-1" for n in range(chances)]
    seats = pl.DataFrame(
        {
            "hand_id": ids,
            "player": "Hero",
            "position": "BTN",
            "is_hero": True,
            "dealt": True,
            "could_vpip": True,
            "did_vpip": [n < did for n in range(chances)],
            "net": [net[n >= did] + 10 * (n % 2) for n in range(chances)],
            "ev_net": None,
            "big_blind": 10,
        },
        schema_overrides={"ev_net": pl.Float64},
    )
    hands = pl.DataFrame({"hand_id": ids, "format": "cash", "game": "holdem", "limit": "no_limit", "n_players": 6})
    return seats, hands


@pytest.mark.parametrize(
    ("did", "chances", "band", "verdict", "direction"),
    [
        (300, 1000, {"low": 0.1, "high": 0.2}, "leak", "above"),
        (50, 1000, {"low": 0.1, "high": 0.2}, "leak", "below"),
        (150, 1000, {"low": 0.1, "high": 0.2}, "fine", None),
        (205, 1000, {"low": 0.1, "high": 0.2}, None, "above"),
        (195, 1000, {"low": 0.1, "high": 0.2}, None, None),
        (9, 9, {"low": 0.1, "high": 0.2}, None, "above"),
        (300, 1000, {"low": None, "high": 0.2}, "leak", "above"),
        (300, 1000, {"low": 0.2, "high": None}, "fine", None),
    ],
)
def test_a_verdict_needs_the_whole_interval_on_one_side(
    did: int, chances: int, band: dict[str, Any], verdict: str | None, direction: str | None
) -> None:
    row = stats.leaks(*hands_of(did, chances), rules=[rule(**band)]).row(0, named=True)
    assert (row["verdict"], row["direction"], row["chances"]) == (verdict, direction, chances)
    assert row["interval"]["low"] < did / chances <= row["interval"]["high"]
    assert row["threshold"] == (None if direction is None else band["high" if direction == "above" else "low"])


@pytest.mark.parametrize(("did", "band"), [(300, {"high": 0.2}), (50, {"low": 0.1, "high": None})])
def test_the_cost_is_the_difference_of_means_for_the_hands_beyond_the_threshold(did: int, band: dict[str, Any]) -> None:
    seats, hands = hands_of(did, 1000, net=(-40, -10))
    row = stats.leaks(seats, hands, rules=[rule(**band)]).row(0, named=True)
    worth = [net / 10 for net in seats["net"]]
    taken, left = worth[:did], worth[did:]
    beyond = did - 200 if did == 300 else 100 - did
    each = mean(left) - mean(taken) if did == 300 else mean(taken) - mean(left)
    assert row["cost_bb"] == pytest.approx(beyond * each)
    half = NormalDist().inv_cdf(0.975) * beyond * (variance(taken) / len(taken) + variance(left) / len(left)) ** 0.5
    assert row["cost_interval"]["high"] - row["cost_bb"] == pytest.approx(half)
    assert row["hand_ids"] == (seats["hand_id"].to_list()[:did] if did == 300 else seats["hand_id"].to_list()[did:])


def test_the_cost_takes_all_ins_by_their_equity_where_that_is_known() -> None:
    seats, hands = hands_of(300, 1000, net=(-40, -10))
    even = seats.with_columns(ev_net=pl.lit(-10.0))
    assert stats.leaks(even, hands, rules=[rule()])["cost_bb"].item() == 0


def test_the_rules_that_come_along_hold_for_every_form_and_statistic(frames: pk.HandFrames) -> None:
    rules = stats.leak_rules()
    found = stats.leaks(frames.seats, frames.hands)
    assert found.height == len(rules)
    assert set(found["form"]) == {"six_max", "full_ring", "heads_up", "expresso"}
    assert found.filter(form="expresso")["chances"].max() > 0
    assert found["why"].null_count() == found["source"].null_count() == 0
    places = {"leak": 0, "fine": 1, None: 2}
    order = [places[verdict] for verdict in found["verdict"]]
    assert order == sorted(order)
    assert_frame_equal(found, stats.leaks(frames.seats.lazy(), frames.hands.lazy()))


def test_a_rule_looks_at_its_form_position_and_player_alone(frames: pk.HandFrames) -> None:
    row = stats.leaks(frames.seats, frames.hands, rules=[rule(positions=("BTN", "CO"))]).row(0, named=True)
    mine = frames.seats.filter(pl.col("is_hero") & pl.col("dealt")).join(frames.hands, on="hand_id")
    cash = mine.filter(pl.col("format").is_in(["cash", "fast_fold"]) & pl.col("n_players").is_between(4, 6))
    chances = cash.filter(pl.col("position").is_in(["BTN", "CO"]))["could_vpip"].sum()
    assert row["chances"] == chances > 0
    deep = rule(where=pl.col("effective_bb") > 1e9)
    assert stats.leaks(frames.seats, frames.hands, rules=[deep])["chances"].item() == 0
    other = frames.seats.filter(~pl.col("is_hero"))["player"].mode().sort()[0]
    assert stats.leaks(frames.seats, frames.hands, other, rules=[rule()])["chances"].item() > 0


def test_results_of_showdowns_are_no_choices_and_have_no_cost(frames: pk.HandFrames) -> None:
    row = stats.leaks(frames.seats, frames.hands, rules=[rule(stat=stats.WSD, high=0.01)]).row(0, named=True)
    assert row["direction"] == "above"
    assert (row["cost_bb"], row["cost_interval"]) == (None, None)


def test_no_hand_is_no_verdict(frames: pk.HandFrames) -> None:
    found = stats.leaks(frames.seats.clear(), frames.hands.clear())
    assert found["rate"].null_count() == found["verdict"].null_count() == found.height > 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"stat": "vpp"}, "'vpp' is not a statistic; did you mean 'vpip'"),
        ({"stat": "af"}, "rule 'r': 'af' has no chances"),
        ({"form": "nine_max"}, "'nine_max' is no form of the game; did you mean 'six_max'"),
        ({"low": 0.5}, "low=0.5 and high=0.2 are no band"),
        ({"high": None}, "low=None and high=None are no band"),
        ({"high": 20}, "high=20 are no band"),
        ({"positions": ("BTTN",)}, "'BTTN' is no position; did you mean 'BTN'"),
        ({"min_chances": 0}, "min_chances=0 is no number"),
    ],
)
def test_a_rule_that_makes_no_sense_is_quoted(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(StatError, match=message):
        rule(**changes)


def test_a_missing_column_names_the_rule(frames: pk.HandFrames) -> None:
    with pytest.raises(SchemaError, match=r"'could_vpip', for the rule 'r' of 'vpip'; stats\.with_stats"):
        stats.leaks(frames.seats.drop("could_vpip"), frames.hands, rules=[rule()])
    with pytest.raises(SchemaError, match="'limit', for the hands' form"):
        stats.leaks(frames.seats, frames.hands.drop("limit"), rules=[rule()])
    with pytest.raises(StatError, match="95 does not"):
        stats.leaks(frames.seats, frames.hands, level=95)


def test_rules_are_read_from_a_file_that_a_user_writes(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        '[[rule]]\nname = "Limps"\nstat = "open_limp"\nform = "six_max"\nhigh = 0\n'
        'positions = ["CO"]\nmin_chances = 7\n'
    )
    (mine,) = stats.leak_rules(path)
    assert (mine.name, mine.code, mine.high, mine.positions, mine.min_chances) == ("Limps", "open_limp", 0, ("CO",), 7)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "rules are tables"),
        ("rule = 3", "rules are tables"),
        ("rule = [3]", "rule 1: 3 is not a table"),
        ("colour = 'red'\n[[rule]]\n", "it has 'colour'"),
        ("[[rule]]\nnam = 'x'", "rule 1: 'nam' is no field of a rule; did you mean 'name'"),
        ("[[rule]]\nname = 'x'\nstat = 'vpip'", "rule 1: 'form' is missing"),
        ("[[rule]]\nname = 'x'\nstat = 'vpip'\nform = 'six_max'\nhigh = '20 %'", "high = '20 %' is of the wrong kind"),
        ("[[rule]]\nname = 'x'\nstat = 'vpip'\nform = 'six_max'\nhigh = nan", "no band of rates"),
        ("[[rule]]\nname = 'x'\nstat = 'vpip'\nform = 'six_max'\nhigh = true", "high = True is of the wrong kind"),
        ("[[rule]]\nname = 'x'\nstat = 'vpi'\nform = 'six_max'\nhigh = 0.1", "rule 1: 'vpi' is not a statistic"),
        ("[[rule", "cannot be read as rules"),
    ],
)
def test_a_file_that_is_not_understood_is_named_with_the_rule(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(text)
    with pytest.raises(StatError, match=message) as caught:
        stats.leak_rules(path)
    assert "rules.toml" in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StatError, match=r"gone\.toml' cannot be read as rules"):
        stats.leak_rules(tmp_path / "gone.toml")
