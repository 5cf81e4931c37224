"""All-in adjusted results against a slow oracle: the mean of what everybody would get over all boards to come."""

from __future__ import annotations

from functools import cache
from itertools import chain, combinations
from math import comb
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

import pokerlab as pk
from pokerlab import stats
from pokerlab.cards import parse_cards
from tests.few import GAMES

if TYPE_CHECKING:
    from pathlib import Path

DECISIONS = {"fold", "check", "call", "bet", "raise"}
KNOWN = {"blinds": 0, "preflop": 0, "flop": 3, "turn": 4}
HOLE = {"holdem": 2, "omaha4": 4, "omaha5": 5}
BEFORE_THE_FLOP = 3
"""So many hands of each game that were all-in before the flop are compared: each has a million boards or more."""


@cache
def simulated(game: str) -> pk.HandFrames:
    return pk.sample.hands(500, seed=6, game=game)


@cache
def ways(n: int, k: int) -> np.ndarray:
    flat = np.fromiter(chain.from_iterable(combinations(range(n), k)), np.uint8, comb(n, k) * k)
    return flat.reshape(-1, k)


def strengths(holes: list[list[int]], board: list[int]) -> np.ndarray:
    """Rank each hand on every board that can still come: (players, boards)."""
    gone = {*board, *chain.from_iterable(holes)}
    left = np.array([card for card in range(52) if card not in gone], np.uint8)
    to_come = left[ways(len(left), 5 - len(board))]
    boards = np.hstack([np.tile(np.array(board, np.uint8), (len(to_come), 1)), to_come])
    found = []
    for hole in holes:
        own = np.tile(np.array(hole, np.uint8), (len(boards), 1))
        is_holdem = len(hole) == 2
        found.append(pk.evaluate_many(np.hstack([own, boards])) if is_holdem else pk.evaluate_omaha(own, boards))
    return np.array(found)


def layers(seats: list[dict], dead: dict[int, int], added: int) -> list[tuple[int, list[int]]]:
    """Stack what was put in level by level of those who are still in: amounts, and who may win them."""
    matched = {seat["seat"]: seat["contributed"] - dead.get(seat["seat"], 0) for seat in seats}
    live = [seat["seat"] for seat in seats if seat["went_to_showdown"]]
    found = []
    below = 0
    for level in sorted({matched[seat] for seat in live}):
        amount = sum(min(chips, level) - min(chips, below) for chips in matched.values())
        found.append((amount, [seat for seat in live if matched[seat] >= level]))
        below = level
    over = sum(max(0, chips - below) for chips in matched.values())
    found[-1] = (found[-1][0] + over, found[-1][1])
    found[0] = (found[0][0] + sum(dead.values()) + added, found[0][1])
    return found


def expected(hand: dict, seats: list[dict], actions: list[dict]) -> tuple[str, dict[int, float]]:
    """Give why a hand is adjusted or not, and the adjusted net of each seat."""
    live = [seat for seat in seats if seat["went_to_showdown"]]
    actual = {seat["seat"]: float(seat["net"]) for seat in seats}
    street = [act["street"] for act in actions if act["action"] in DECISIONS or act["street"] == "blinds"][-1]
    behind = [seat for seat in live if seat["contributed"] + seat["returned"] < seat["stack"]]
    if len(live) < 2:
        return "no_showdown", actual
    if street not in KNOWN or len(behind) > 1:
        names = {seat["player"] for seat in live}
        early = any(act["is_all_in"] and act["street"] != "river" and act["player"] in names for act in actions)
        return "betting_open" if early else "no_all_in", actual
    if hand["game"] not in HOLE:
        return "hi_lo", actual
    dead: dict[int, int] = {}
    for act in actions:
        if act["action"] == "dead_blind":
            dead[act["seat"]] = dead.get(act["seat"], 0) + min(act["amount"], hand["small_blind"])
    ranks = strengths([parse_cards(seat["hole"]) for seat in live], parse_cards(hand["board"])[: KNOWN[street]])
    place = {seat["seat"]: row for row, seat in enumerate(live)}
    result = {seat["seat"]: -float(seat["contributed"]) for seat in seats}
    for amount, who in layers(seats, dead, hand["added"]):
        own = ranks[[place[seat] for seat in who]]
        best = own == own.max(axis=0)
        shares = (best / best.sum(axis=0)).mean(axis=1)
        for seat, share in zip(who, shares.tolist(), strict=True):
            result[seat] += share * amount * (hand["pot"] - hand["rake"]) / hand["pot"]
    return "adjusted", result


def by_hand(frame: pl.DataFrame) -> dict[str, list[dict]]:
    parts = frame.partition_by("hand_id", as_dict=True)
    return {key[0]: part.to_dicts() for key, part in parts.items()}


@pytest.mark.parametrize("game", GAMES)
def test_every_hand_is_worth_its_mean_over_all_boards(game: str) -> None:
    frames = simulated(game)
    seats, actions = by_hand(frames.seats), by_hand(frames.actions)
    cases = dict(stats.ev_cases_by_hand(frames.seats, frames.actions, frames.hands).rows())
    pots = {key: len({seat["contributed"] for seat in own if seat["went_to_showdown"]}) for key, own in seats.items()}
    preflop = 0
    for hand in sorted(frames.hands.to_dicts(), key=lambda hand: -pots[hand["hand_id"]]):
        key = hand["hand_id"]
        streets = {act["street"] for act in actions[key] if act["action"] in DECISIONS}
        if cases[key] == "adjusted" and streets <= {"preflop"}:
            preflop += 1
            if preflop > BEFORE_THE_FLOP:
                continue
        case, want = expected(hand, seats[key], actions[key])
        assert cases[key] == case
        assert {seat["seat"]: seat["ev_net"] for seat in seats[key]} == pytest.approx(want, abs=1e-6)


def test_the_simulated_hands_have_all_that_makes_pots_hard() -> None:
    frames = pk.concat(map(simulated, pk.sample.GAMES))
    cases = stats.ev_cases_by_hand(frames.seats, frames.actions, frames.hands)
    adjusted = frames.hands.join(cases.filter(case="adjusted"), on="hand_id")
    seats = frames.seats.join(adjusted.select("hand_id"), on="hand_id", how="semi")
    actions = frames.actions.join(adjusted.select("hand_id"), on="hand_id", how="semi")
    live = seats.filter("went_to_showdown").group_by("hand_id").agg(pl.len(), pl.col("contributed").n_unique())
    assert live.filter(pl.col("contributed") > 1).height > 20
    assert live["len"].max() > 3
    assert actions.filter(pl.col("action") == "dead_blind").height > 0
    assert actions.filter("is_all_in", pl.col("street") == "blinds").height > 3
    assert adjusted.filter(pl.col("added") > 0).height > 0
    assert adjusted.filter(pl.col("rake") > 0).height > 20
    assert seats.filter(pl.col("bounty") > 0).height > 20
    assert seats.filter("went_to_showdown", pl.col("collected") > 0).group_by("hand_id").len()["len"].max() > 1
    assert set(adjusted["game"].cast(pl.String)) == set(HOLE)


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> pk.HandFrames:
    folder = tmp_path_factory.mktemp("ev")
    for game in pk.sample.GAMES:
        pk.sample.write(folder / game, 300, seed=8, game=game, truth=False)
    return pk.read_winamax(folder)


def assert_sums(frames: pk.HandFrames, least: float) -> None:
    sums = frames.seats.group_by("hand_id").agg(pl.col("ev_net").sum(), pl.col("net").sum())
    assert frames.seats["ev_net"].null_count() == 0
    assert sums.filter((pl.col("ev_net") - pl.col("net")).abs() > 1e-6).height == 0
    changed = frames.seats.filter((pl.col("ev_net") - pl.col("net")).abs() > 1e-6)
    assert least < changed["hand_id"].n_unique() / len(frames) < 0.5


def assert_alike_from_frames(frames: pk.HandFrames) -> None:
    again = stats.with_ev(frames.seats.drop("ev_net"), frames.actions, frames.hands)
    assert np.abs(again["ev_net"].to_numpy() - frames.seats["ev_net"].to_numpy()).max() < 1e-6


def test_what_the_parser_finds_and_its_frames_give_the_same(read: pk.HandFrames) -> None:
    assert_sums(read, 0.01)
    assert_alike_from_frames(read)


def test_real_hands_add_up_and_are_alike_from_frames(corpus: Path) -> None:
    frames = pk.read_winamax(corpus)
    assert_sums(frames, 0.01)
    assert_alike_from_frames(frames)
    cases = stats.ev_cases(frames.seats, frames.actions, frames.hands)
    assert cases["hands"].sum() == len(frames)
    assert dict(cases.select("case", "hands").rows())["unknown_cards"] == 0


def test_neither_the_order_of_rows_nor_text_for_enums_matters(read: pk.HandFrames) -> None:
    texts = [
        frame.sample(fraction=1, shuffle=True, seed=3).cast({pl.Enum: pl.String})
        for frame in (read.seats, read.actions, read.hands)
    ]
    found = stats.with_ev(*texts)
    assert found["seat"].to_list() == texts[0]["seat"].to_list()
    both = found.join(read.seats, on=["hand_id", "seat"], suffix="_read")
    assert (both["ev_net"] - both["ev_net_read"]).abs().max() < 1e-6
    assert stats.ev_cases(*texts).equals(stats.ev_cases(read.seats, read.actions, read.hands))


def test_every_hand_has_one_case(read: pk.HandFrames) -> None:
    cases = stats.ev_cases_by_hand(read.seats, read.actions, read.hands)
    assert cases["hand_id"].sort().equals(read.hands["hand_id"].sort())
    counts = dict(stats.ev_cases(read.seats, read.actions, read.hands).select("case", "hands").rows())
    assert counts == {case: cases.filter(case=case).height for case in counts}
    kept = read.seats.join(cases.filter(pl.col("case") != "adjusted"), on="hand_id")
    assert (kept["ev_net"] == kept["net"]).all()
    assert min(counts[case] for case in ("adjusted", "no_showdown", "no_all_in", "betting_open", "hi_lo")) > 0
