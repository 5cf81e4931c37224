"""Every code of every seat against the plain reference, on simulated hands of every form and on real ones."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import polars as pl
import pytest

import pokerlab as pk
from pokerlab.errors import HistoryError
from tests.stats import codes, reference
from tests.stats.rows import counts_by_seat, hands_of, means_by_seat, ratios_by_seat
from tests.stats.spots import NO_BOARD
from tests.winamax.conftest import FORMS, simulate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EVERY = 5
"""Of the real hands each so many-th is looked at in an ordinary run."""

Difference = tuple[str, int, str, object, object]
"""Hand, seat, code, expected, found."""


def wrong_counts(frames: pk.HandFrames) -> Iterator[Difference]:
    found = counts_by_seat(frames.seats)
    for one in hands_of(frames):
        expected, hand_id = reference.counts_of(*one), one.hand["hand_id"]
        for seat in one.seats:
            row, mine = found[hand_id, seat["seat"]], expected[seat["seat"]]
            for code in codes.COUNTED:
                counted = row[f"{code}_count"], row[f"{code}_chances"]
                if counted != mine.get(code, (0, 0)):
                    yield hand_id, seat["seat"], code, mine.get(code, (0, 0)), counted


def wrong_columns(frames: pk.HandFrames) -> Iterator[Difference]:
    for one in hands_of(frames):
        expected = reference.counts_of(*one)
        for seat in one.seats:
            for code in codes.FLAGS:
                counted = int(seat[f"did_{code}"]), int(seat[f"could_{code}"])
                if counted != expected[seat["seat"]].get(code, (0, 0)):
                    yield one.hand["hand_id"], seat["seat"], code, expected[seat["seat"]].get(code, (0, 0)), counted


def is_same(found: float | None, right: float | None) -> bool:
    return found is right if None in {found, right} else math.isclose(found, right, rel_tol=1e-5)


def wrong_means(frames: pk.HandFrames) -> Iterator[Difference]:
    found = means_by_seat(frames.seats)
    for one in hands_of(frames):
        expected, hand_id = reference.means_of(*one), one.hand["hand_id"]
        for seat in one.seats:
            row, mine = found[hand_id, seat["seat"]], expected.get(seat["seat"], {})
            for code in codes.MEANS:
                if not is_same(row[code], mine.get(code)):
                    yield hand_id, seat["seat"], code, mine.get(code), row[code]
            for code in codes.SIZES:
                if not is_same(seat[f"size_{code}"], mine.get(code)):
                    yield hand_id, seat["seat"], f"size_{code}", mine.get(code), seat[f"size_{code}"]


def wrong_ratios(frames: pk.HandFrames) -> Iterator[Difference]:
    found = ratios_by_seat(frames.seats)
    for one in hands_of(frames):
        expected, hand_id = reference.counts_of(*one), one.hand["hand_id"]
        for seat in one.seats:
            row, mine = found[hand_id, seat["seat"]], reference.ratios_of(seat, expected[seat["seat"]])
            for code in codes.RATIOS:
                if not is_same(row[code], mine.get(code)):
                    yield hand_id, seat["seat"], code, mine.get(code), row[code]


def text_of(frames: pk.HandFrames, hand_id: str) -> str:
    """Give the text of a hand; of one that was never written, its actions."""
    try:
        return frames.text([hand_id])
    except HistoryError:
        actions = frames.actions.filter(hand_id=hand_id).select("street", "seat", "player", "action", "amount", "to")
        return f"{hand_id}\n{actions.write_csv()}"


def assert_same(frames: pk.HandFrames) -> None:
    for wrong in (wrong_columns, wrong_counts, wrong_means, wrong_ratios):
        for hand_id, seat, code, expected, found in wrong(frames):
            told = f"seat {seat}, {code}: expected {expected}, found {found} ({wrong.__name__})"
            pytest.fail(f"{text_of(frames, hand_id)}\n{told}")


@pytest.fixture(params=FORMS)
def form(request: pytest.FixtureRequest) -> str:
    return request.param


def test_simulated_hands_of_each_form_are_counted_alike(form: str, tmp_path: Path) -> None:
    folder, _ = simulate(tmp_path, form, 60)
    assert_same(pk.read_winamax(folder))


@pytest.mark.parametrize("game", pk.sample.GAMES)
def test_simulated_frames_are_counted_alike_without_a_text(game: str) -> None:
    assert_same(pk.sample.hands(40, seed=6, game=game))


@pytest.mark.slow
def test_many_simulated_hands_of_each_form_are_counted_alike(form: str, tmp_path: Path) -> None:
    folder, _ = simulate(tmp_path, form, 620)
    assert_same(pk.read_winamax(folder))


@pytest.fixture(scope="module")
def real(corpus: Path) -> pk.HandFrames:
    return pk.read_winamax(corpus)


def test_real_hands_are_counted_alike(real: pk.HandFrames) -> None:
    some = real.hands.gather_every(EVERY)["hand_id"].implode()
    assert_same(real.where(pl.col("hand_id").is_in(some)))


def test_real_hands_without_a_board_are_counted_alike(real: pk.HandFrames) -> None:
    others = real.where(pl.col("game").is_in(NO_BOARD))
    assert len(others) > 0
    assert_same(others)


@pytest.mark.slow
def test_all_real_hands_are_counted_alike(real: pk.HandFrames) -> None:
    assert_same(real)


def test_flags_are_boolean_and_counts_are_numbers(real: pk.HandFrames) -> None:
    seats = real.seats
    assert {seats.schema[f"{kind}_{code}"] for code in codes.MULTI for kind in ("did", "could")} == {pl.Int16}
    flags = [code for code in codes.FLAGS if code not in codes.MULTI]
    assert {seats.schema[f"{kind}_{code}"] for code in flags for kind in ("did", "could")} == {pl.Boolean}
    assert {seats.schema[f"size_{code}"] for code in codes.SIZES} == {pl.Float32}
