"""All-in adjusted results against a slow oracle, which knows pots and boards only from the frames."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING

import polars as pl
import pytest

import pokerlab as pk
from pokerlab.cards import format_cards, parse_cards

if TYPE_CHECKING:
    from pathlib import Path

DECISIONS = ["fold", "check", "call", "bet", "raise"]


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> pk.HandFrames:
    folder = tmp_path_factory.mktemp("allin")
    for seed, game in ((1, "expresso"), (2, "cash"), (3, "sit_and_go")):
        pk.sample.write(folder / game, 1200, seed=seed, game=game, truth=False)
    return pk.read_winamax(folder)


@pytest.fixture(scope="module")
def omaha(tmp_path_factory: pytest.TempPathFactory) -> pk.HandFrames:
    folder = tmp_path_factory.mktemp("omaha")
    for game in ("omaha4", "omaha5", "omaha4_hilo"):
        pk.sample.write(folder / game, 2_000, seed=4, game=game, truth=False)
    return pk.read_winamax(folder)


def strength(hole: str, board: str) -> int:
    if len(hole) == 4:
        return pk.evaluate(hole + board).strength
    return pk.evaluate(hole, board, f"omaha{len(hole) // 2}").strength


def shares(holes: list[str], board: str) -> list[Fraction]:
    """Deal every turn and river."""
    gone = set(parse_cards("".join(holes) + board))
    total = [Fraction(0)] * len(holes)
    deals = list(combinations([c for c in range(52) if c not in gone], 5 - len(board) // 2))
    for rest in deals:
        full = board + format_cards(rest)
        ranks = [strength(hole, full) for hole in holes]
        best = [i for i, rank in enumerate(ranks) if rank == max(ranks)]
        for i in best:
            total[i] += Fraction(1, len(best))
    return [share / len(deals) for share in total]


def expected(seats: list[dict], pot: int, rake: int, added: int, board: str) -> dict[int, float]:
    """Share pots layer by layer, chip by chip level."""
    live = [seat for seat in seats if seat["went_to_showdown"]]
    result = {seat["seat"]: Fraction(-seat["contributed"]) for seat in seats}
    levels = sorted({seat["contributed"] for seat in live})
    below = 0
    for level in levels:
        amount = sum(min(seat["contributed"], level) - min(seat["contributed"], below) for seat in seats)
        if below == 0:
            amount += added
        who = [seat for seat in live if seat["contributed"] >= level]
        for seat, share in zip(who, shares([seat["hole"] for seat in who], board), strict=True):
            result[seat["seat"]] += share * amount * Fraction(pot - rake, pot)
        below = level
    return {seat: float(value) for seat, value in result.items()}


def closing_board(frames: pk.HandFrames) -> pl.DataFrame:
    """Give, for each hand, the street of its last decision and the board of that moment."""
    cards = {"preflop": 0, "flop": 3, "turn": 4, "river": 5}
    last = (
        frames.actions.filter(pl.col("action").cast(pl.String).is_in(DECISIONS))
        .group_by("hand_id", maintain_order=True)
        .agg(pl.col("street").last().cast(pl.String))
    )
    return last.join(frames.hands, on="hand_id").with_columns(
        known=pl.col("board").str.slice(0, 2 * pl.col("street").replace_strict(cards, return_dtype=pl.Int64))
    )


def test_hands_all_in_on_flop_or_turn_are_shared_by_exact_equity(frames: pk.HandFrames) -> None:
    assert_shared_by_equity(frames, closing_board(frames), 12)


@pytest.mark.parametrize("game", ["omaha4", "omaha5"])
def test_omaha_hands_all_in_on_flop_or_turn_are_shared_by_exact_equity(omaha: pk.HandFrames, game: str) -> None:
    assert_shared_by_equity(omaha, closing_board(omaha).filter(pl.col("game") == game), 4)


def test_hands_of_two_halves_keep_their_result(omaha: pk.HandFrames) -> None:
    changed = omaha.seats.filter((pl.col("ev_net") - pl.col("net")).abs() > 1e-6).join(omaha.hands, on="hand_id")
    assert set(changed["game"].cast(pl.String)) == {"omaha4", "omaha5"}
    assert_sums(omaha, fewest=0.001)


def assert_shared_by_equity(frames: pk.HandFrames, hands: pl.DataFrame, wanted: int) -> None:
    closing = hands.filter(pl.col("street").is_in(["flop", "turn"]))
    tested = 0
    for hand in closing.iter_rows(named=True):
        seats = frames.seats.filter(pl.col("hand_id") == hand["hand_id"]).to_dicts()
        dead = frames.actions.filter(pl.col("hand_id") == hand["hand_id"], pl.col("action") == "dead_blind").height
        live = [seat for seat in seats if seat["went_to_showdown"]]
        behind = [seat for seat in live if seat["contributed"] + seat["returned"] < seat["stack"]]
        if len(live) < 2 or len(behind) > 1 or dead:
            continue
        want = expected(seats, hand["pot"], hand["rake"], hand["added"], hand["known"])
        assert {seat["seat"]: seat["ev_net"] for seat in seats} == pytest.approx(want, abs=1e-6)
        tested += 1
        if tested == wanted:
            break
    assert tested == wanted


def test_a_heads_up_all_in_before_the_flop_is_the_equity_of_the_cards(frames: pk.HandFrames) -> None:
    closing = closing_board(frames).filter(pl.col("street") == "preflop", pl.col("board").is_not_null())
    tested = 0
    for hand in closing.iter_rows(named=True):
        seats = frames.seats.filter(pl.col("hand_id") == hand["hand_id"])
        live = seats.filter("went_to_showdown")
        if live.height != 2 or live["contributed"].n_unique() != 1:
            continue
        share = pk.equity(*live["hole"], method="exact").equity[0]
        want = share * (hand["pot"] - hand["rake"]) - live["contributed"][0]
        assert live["ev_net"][0] == pytest.approx(want, abs=1e-6)
        tested += 1
        if tested == 25:
            break
    assert tested == 25


def test_the_adjusted_results_of_a_hand_add_up_to_the_actual_ones(frames: pk.HandFrames) -> None:
    assert_sums(frames)


def test_real_hands_add_up_too(corpus: Path) -> None:
    assert_sums(pk.read_winamax(corpus))


def assert_sums(frames: pk.HandFrames, fewest: float = 0.01) -> None:
    sums = frames.seats.group_by("hand_id").agg(pl.col("ev_net").sum(), pl.col("net").sum())
    assert frames.seats["ev_net"].null_count() == 0
    assert sums.filter((pl.col("ev_net") - pl.col("net")).abs() > 1e-6).height == 0
    changed = frames.seats.filter((pl.col("ev_net") - pl.col("net")).abs() > 1e-6)
    assert fewest < changed["hand_id"].n_unique() / len(frames) < 0.5


def test_a_hand_that_saw_the_river_bet_keeps_its_result(frames: pk.HandFrames) -> None:
    river = closing_board(frames).filter(pl.col("street") == "river")["hand_id"]
    seats = frames.seats.filter(pl.col("hand_id").is_in(river.implode()))
    assert seats.filter(pl.col("ev_net") != pl.col("net")).height == 0
