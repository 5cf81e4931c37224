"""Hand-written mini-hands with what is to be counted of them: what the reference and the statistics must both say."""

from __future__ import annotations

import math
from collections import defaultdict
from statistics import stdev
from typing import TYPE_CHECKING

import pytest

import pokerlab as pk
from pokerlab import stats
from tests.stats import codes, reference
from tests.stats.rows import counts_by_seat, hands_of, means_by_seat, ratios_by_seat
from tests.winamax.hands import DRAW, STUD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.stats.mini import Case
    from tests.stats.rows import OneHand, Row

CENT = 1e-4
"""Means are written with four decimals."""


def test_there_are_many_cases_with_titles_of_their_own(cases: list[Case]) -> None:
    assert len(cases) >= 120
    assert len({case.title for case in cases}) == len(cases)


def test_every_code_is_taken_not_taken_and_impossible_somewhere(cases: list[Case]) -> None:
    kinds = defaultdict(set)
    for case in cases:
        for (_, code), (count, chances) in case.counts.items():
            kinds[code].add("none" if chances == 0 else "taken" if count else "not taken")
    lacking = {code: {"none", "taken", "not taken"} - kinds[code] for code in codes.COUNTED}
    assert {code: kinds for code, kinds in lacking.items() if kinds} == {}
    assert set(kinds) <= set(codes.COUNTED)


def test_every_mean_has_a_case(cases: list[Case]) -> None:
    assert {code for case in cases for _, code in case.means} == {*codes.MEANS, *codes.RATIOS}


def in_turn(cases: list[Case], frames: pk.HandFrames) -> Iterator[tuple[Case, OneHand, dict[str, int]]]:
    for case, one in zip(cases, hands_of(frames), strict=True):
        yield case, one, {seat["player"]: seat["seat"] for seat in one.seats}


def told(case: Case, frames: pk.HandFrames, hand: Row) -> str:
    return f"{case.title}\n{case.play}\nhand {hand['hand_id']}"


def test_the_reference_counts_the_mini_hands_so(cases: list[Case], mini_hands: pk.HandFrames) -> None:
    for case, one, seats in in_turn(cases, mini_hands):
        found = reference.counts_of(*one)
        for (player, code), expected in case.counts.items():
            assert found[seats[player]].get(code, (0, 0)) == expected, (player, code, told(case, mini_hands, one.hand))


def test_the_statistics_count_the_mini_hands_so(cases: list[Case], mini_hands: pk.HandFrames) -> None:
    found = counts_by_seat(mini_hands.seats)
    for case, one, seats in in_turn(cases, mini_hands):
        for (player, code), expected in case.counts.items():
            row = found[one.hand["hand_id"], seats[player]]
            counted = row[f"{code}_count"], row[f"{code}_chances"]
            assert counted == expected, (player, code, told(case, mini_hands, one.hand))


def check_means(cases: list[Case], frames: pk.HandFrames, asked: tuple[str, ...], mean: Callable[..., object]) -> None:
    for case, one, seats in in_turn(cases, frames):
        for (player, code), expected in case.means.items():
            if code in asked:
                value = mean(one, seats[player], code)
                same = value is None if expected is None else math.isclose(value or 0, expected, rel_tol=CENT)
                assert same, (player, code, expected, value, told(case, frames, one.hand))


def test_the_reference_measures_the_mini_hands_so(cases: list[Case], mini_hands: pk.HandFrames) -> None:
    def mean(one: OneHand, seat: int, code: str) -> float | None:
        return reference.means_of(*one).get(seat, {}).get(code)

    def ratio(one: OneHand, seat: int, code: str) -> float | None:
        (row,) = (row for row in one.seats if row["seat"] == seat)
        return reference.ratios_of(row, reference.counts_of(*one)[seat]).get(code)

    check_means(cases, mini_hands, codes.MEANS, mean)
    check_means(cases, mini_hands, codes.RATIOS, ratio)


def test_the_statistics_measure_the_mini_hands_so(cases: list[Case], mini_hands: pk.HandFrames) -> None:
    for asked, found in (
        (codes.MEANS, means_by_seat(mini_hands.seats)),
        (codes.RATIOS, ratios_by_seat(mini_hands.seats)),
    ):
        check_means(
            cases, mini_hands, asked, lambda one, seat, code, found=found: found[one.hand["hand_id"], seat][code]
        )


def test_numbers_of_many_hands_are_those_of_the_reference(mini_hands: pk.HandFrames) -> None:
    made = [stats.get(code).rate for code in ("rfi", "four_bet", "four_bet_range", "sd100", "hands")]
    found = {row["player"]: row for row in mini_hands.seats.group_by("player").agg(made).iter_rows(named=True)}
    counts: dict[str, list[reference.Counts]] = defaultdict(list)
    nets: dict[str, list[float]] = defaultdict(list)
    for one in hands_of(mini_hands):
        of_seat = reference.counts_of(*one)
        for seat in one.seats:
            counts[seat["player"]].append(of_seat[seat["seat"]])
            if seat["dealt"]:
                nets[seat["player"]].append(seat["net"] / one.hand["big_blind"])

    def rate(player: str, code: str) -> float:
        pairs = [mine.get(code, (0, 0)) for mine in counts[player]]
        return sum(count for count, _ in pairs) / sum(chances for _, chances in pairs)

    for player in ("UTG", "HJ", "CO", "BTN"):
        row = found[player]
        assert row["hands"] == len(nets[player])
        assert row["four_bet_range"] == pytest.approx(rate(player, "rfi") * rate(player, "four_bet"))
        assert row["sd100"] == pytest.approx(10 * stdev(nets[player]))
    assert 0 < found["UTG"]["four_bet_range"] < found["UTG"]["rfi"]
    assert found["BB"]["four_bet_range"] is None
    assert found["OUT"]["sd100"] is None


OF_STUD = {
    "ann": {"vpip": (1, 1), "pfr": (1, 1), "rfi": (0, 0), "three_bet": (1, 1), "cc": (0, 1), "limp": (0, 0)},
    "bob": {
        "vpip": (1, 1),
        "pfr": (1, 1),
        "rfi": (1, 1),
        "call_three_bet": (1, 1),
        "four_bet": (0, 1),
        "steal": (0, 0),
    },
    "cat": {"vpip": (0, 1), "pfr": (0, 1), "three_bet": (0, 1), "cc": (0, 1), "rfi": (0, 0), "fold_to_steal": (0, 0)},
}
"""Bob completes ann's bring-in, which is no decision of hers; she raises, he calls. Later streets count for nothing."""
OF_DRAW = {
    "ann": {"vpip": (1, 1), "pfr": (0, 1), "call_steal": (1, 1), "three_bet": (0, 1), "bvb_fold_bb": (0, 1)},
    "bob": {"vpip": (1, 1), "pfr": (1, 1), "rfi": (1, 1), "steal": (1, 1), "bvb_raise": (1, 1), "pf_allin": (0, 1)},
}
"""Bob raises on the button before the first draw, and ann calls. The betting behind the draws counts for nothing."""
OF_LATER_STREETS = (*codes.POSTFLOP, *codes.MULTI, "wtsd", "wwsf", "won_no_sd")


@pytest.mark.parametrize(("text", "truth"), [(STUD, OF_STUD), (DRAW, OF_DRAW)], ids=["stud", "draw"])
def test_games_without_a_flop_have_the_statistics_of_the_first_betting(
    text: str, truth: dict[str, dict[str, tuple[int, int]]]
) -> None:
    frames = pk.read_winamax(text.replace("{n}", "1").encode())
    found = counts_by_seat(frames.seats)
    (one,) = hands_of(frames)
    expected = reference.counts_of(*one)
    for seat in one.seats:
        row, mine = found[one.hand["hand_id"], seat["seat"]], expected[seat["seat"]]
        for code, right in (truth[seat["player"]] | dict.fromkeys(OF_LATER_STREETS, (0, 0))).items():
            assert mine.get(code, (0, 0)) == right, (seat["player"], code)
            assert (row[f"{code}_count"], row[f"{code}_chances"]) == right, (seat["player"], code)
