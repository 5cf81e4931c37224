"""Exact tallies of Omaha hands over board patterns, against counting every board."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pokerlab_kernels.deals import mask_of
from pokerlab_kernels.omaha import evaluate
from pokerlab_kernels.omaha_enumerate import tally


def exact(holes, board=(), dead=(), copies=1, threads=None):
    given_holes = np.tile(np.array(holes, np.uint8), (copies, 1, 1))
    boards = np.full((copies, 5), 255, np.uint8)
    boards[:, : len(board)] = board
    out = np.zeros((copies, 10, 11), np.int64)
    tally(given_holes, np.full(copies, len(holes)), boards, mask_of(dead), out, threads)
    assert not out[:, len(holes) :].any()
    return out[:, : len(holes)]


@st.composite
def situations(draw, known):
    size, n = draw(st.integers(4, 6)), draw(st.integers(2, 4))
    # Few suits make flushes, which random cards seldom do.
    suits = draw(st.sampled_from([(0, 1, 2, 3), (0, 1), (2,)]))
    cards = sorted(range(52), key=lambda card: card % 4 not in suits)
    front = draw(st.permutations(cards[:32]))
    cards = [*front, *cards[32:]]
    n_board, n_dead = draw(st.sampled_from(known)), draw(st.integers(0, 3))
    holes = [cards[size * player : size * (player + 1)] for player in range(n)]
    rest = cards[size * n :]
    return holes, rest[:n_board], rest[n_board : n_board + n_dead]


@settings(max_examples=25)
@given(situations([4, 5]))
def test_turn_and_river_agree_with_the_oracle(naive, situation):
    assert exact(*situation)[0].tolist() == naive.tally(*situation)


@pytest.mark.parametrize("size", [4, 5])
def test_flop_of_one_suit_agrees_with_the_oracle(naive, size):
    holes = [[3, 7, 11, 40, 33][:size], [47, 51, 21, 22, 2][:size]]
    dead = [card for card in range(52) if card % 4 in (0, 1) and card not in (40, 33, 21)]
    assert exact(holes, [27, 31, 18], dead)[0].tolist() == naive.tally(holes, [27, 31, 18], dead)


def by_every_board(holes, dead):
    """Count wins and ties of the first of two by ranking both hands on every board."""
    seen = {*dead, *(card for hole in holes for card in hole)}
    boards = np.array(list(combinations([card for card in range(52) if card not in seen], 5)), np.uint8)
    scores = np.empty((2, len(boards)), np.uint16)
    for hole, out in zip(holes, scores, strict=True):
        evaluate(np.tile(np.array(hole, np.uint8), (len(boards), 1)), boards, out)
    return int((scores[0] > scores[1]).sum()), int((scores[0] == scores[1]).sum())


@settings(max_examples=10)
@given(cards=st.permutations(range(52)), size=st.integers(4, 6), n_dead=st.integers(18, 24))
def test_before_the_flop_patterns_count_every_board(cards, size, n_dead):
    holes = [cards[:size], cards[size : 2 * size]]
    dead = cards[2 * size : 2 * size + n_dead]
    found = exact(holes, dead=dead)[0]
    assert (found[0, 1], found[0, 2]) == by_every_board(holes, dead)


@pytest.mark.slow
def test_before_the_flop_patterns_count_every_board_of_the_whole_deck():
    for holes in ([[51, 50, 47, 46], [39, 35, 29, 24]], [[51, 47, 43, 39], [50, 49, 21, 17]]):
        found = exact(holes)[0]
        assert (found[0, 1], found[0, 2]) == by_every_board(holes, [])


def test_rows_on_threads_are_alike():
    holes = [[51, 50, 47, 46], [39, 35, 29, 24], [0, 1, 2, 3]]
    one = exact(holes, [5, 9, 13])
    for threads in (1, 2):
        assert (exact(holes, [5, 9, 13], copies=50, threads=threads) == one).all()
