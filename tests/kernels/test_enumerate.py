"""Exact tallies over board patterns, against counting every board."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pokerlab_kernels.deals import mask_of
from pokerlab_kernels.enumerate import tally
from pokerlab_kernels.evaluate import evaluate


def exact(holes, board=(), dead=(), copies=1):
    given_holes = np.full((copies, 10, 2), 255, np.uint8)
    given_holes[:, : len(holes)] = holes
    boards = np.full((copies, 5), 255, np.uint8)
    boards[:, : len(board)] = board
    out = np.zeros((copies, 10, 11), np.int64)
    tally(given_holes, np.full(copies, len(holes)), boards, mask_of(dead), out)
    assert not out[:, len(holes) :].any()
    return out[:, : len(holes)]


@st.composite
def situations(draw, known, players):
    n = draw(st.integers(*players))
    # Few suits make flushes, which random cards seldom do.
    suits = draw(st.sampled_from([(0, 1, 2, 3), (0, 1), (2,)]))
    cards = draw(st.permutations([4 * rank + suit for rank in range(13) for suit in range(4)]))
    cards.sort(key=lambda card: card % 4 not in suits)
    front = draw(st.permutations(cards[:26]))
    cards = [*front, *cards[26:]]
    board = draw(st.sampled_from(known))
    dead = draw(st.integers(0, 3))
    holes = [cards[2 * player : 2 * player + 2] for player in range(n)]
    rest = cards[2 * n :]
    return holes, rest[:board], rest[board : board + dead]


@settings(max_examples=25, deadline=None)
@given(situations([4, 5], (2, 5)))
def test_turn_and_river_agree_with_the_oracle(naive, situation):
    assert exact(*situation)[0].tolist() == naive.tally(*situation)


def test_flop_agrees_with_the_oracle(naive):
    situation = [[51, 50], [47, 43], [22, 18]], [35, 30, 31], [0]
    assert exact(*situation)[0].tolist() == naive.tally(*situation)


def by_all_boards(holes, board, dead):
    """Count with `evaluate` alone, which other tests prove, board by board."""
    seen = {*board, *dead, *np.ravel(holes).tolist()}
    left = [card for card in range(52) if card not in seen]
    more = np.array(list(combinations(left, 5 - len(board))), np.uint8)
    scores = np.empty((len(holes), len(more)), np.uint16)
    for player, hole in enumerate(holes):
        known = np.tile(np.array([*hole, *board]), (len(more), 1))
        evaluate(np.ascontiguousarray(np.hstack([known, more]), np.uint8), scores[player])
    best = scores == scores.max(axis=0)
    sharers = best.sum(axis=0)
    return [[int((best[player] & (sharers == k)).sum()) for k in range(11)] for player in range(len(holes))]


@settings(max_examples=30, deadline=None)
@given(situations([3, 4, 5], (2, 10)))
def test_any_number_of_players_agrees_with_counting_every_board(situation):
    assert exact(*situation)[0].tolist() == by_all_boards(*situation)


def test_preflop_agrees_with_counting_every_board():
    # Ten dead cards leave 201,376 boards to count.
    situation = [[51, 47], [46, 42], [0, 5]], [], [1, 2, 3, 50, 49, 48, 45, 44, 41, 40, 39, 38, 37, 30]
    assert exact(*situation)[0].tolist() == by_all_boards(*situation)


def test_straight_flushes_full_houses_and_pairs_of_all_ranks_meet_before_the_flop():
    # 7h6h, KhKs, KcQh, 2h2s and 9d8s, with half of the clubs, diamonds and spades gone.
    holes = [[22, 18], [46, 47], [44, 42], [2, 3], [29, 27]]
    dead = [card for card in range(52) if card % 4 != 2 and card not in np.ravel(holes) and card // 4 % 2]
    assert exact(holes, [], dead)[0].tolist() == by_all_boards(holes, [], dead)


def test_rows_of_one_call_do_not_touch_each_other():
    alone = exact([[51, 50], [47, 46]])
    np.testing.assert_array_equal(exact([[51, 50], [47, 46]], copies=3), np.repeat(alone, 3, axis=0))
