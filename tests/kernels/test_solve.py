"""Ranges to totals: exact ways against the pairwise oracle, sampling against exact."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pokerlab_kernels import solve
from pokerlab_kernels.deals import COMBOS, MASKS, join, mask_of, merge_suits, symmetries
from pokerlab_kernels.showdown import showdown

SHARES = np.array([0, *(1 / k for k in range(1, 11))])
PLACES = {tuple(pair): place for place, pair in enumerate(COMBOS.tolist())}


def array_of(weights, blocked=()):
    ranged = np.zeros(len(COMBOS))
    for pair, weight in weights.items():
        ranged[PLACES[tuple(sorted(pair))]] = weight
    return np.where(MASKS & mask_of(blocked), 0.0, ranged)


def exact(ranges, board=(), dead=(), rows_limit=10**6, threads=None):
    blocked = [*board, *dead]
    arrays = [array_of(weights, blocked) for weights in ranges]
    return solve.exact(arrays, list(board), list(dead), rows_limit, None, lambda done: None, threads)


@st.composite
def questions(draw, boards, players):
    cards = draw(st.permutations(range(52)))
    board, dead = cards[: draw(st.sampled_from(boards))], cards[5 : 5 + draw(st.integers(0, 2))]
    # Few cards, so that hands clash and repeat.
    pool = st.sampled_from(cards[3:20])
    pairs = st.tuples(pool, pool).filter(lambda pair: pair[0] < pair[1])
    weights = st.dictionaries(pairs, st.integers(1, 9), min_size=1, max_size=5)
    return draw(st.lists(weights, min_size=players[0], max_size=players[1])), board, dead


@settings(max_examples=40, deadline=None)
@given(questions([5, 5, 4], (2, 2)))
def test_weighted_ranges_heads_up_agree_with_the_pairwise_oracle(naive, question):
    ranges, board, dead = question
    totals = exact(ranges, board, dead)
    assert totals.tolist() == naive.weighted_tally(ranges, board, dead)


@settings(max_examples=15, deadline=None)
@given(questions([5], (3, 4)))
def test_weighted_ranges_of_several_players_agree_with_the_oracle(naive, question):
    ranges, board, dead = question
    assert exact(ranges, board, dead).tolist() == naive.weighted_tally(ranges, board, dead)


@settings(max_examples=20, deadline=None)
@given(questions([3, 4], (2, 2)))
def test_sweeping_boards_agrees_with_enumerating_holdings(question):
    ranges, board, dead = question
    arrays = [array_of(weights, [*board, *dead]) for weights in ranges]
    rows = merge_suits(join(arrays, mask_of([*board, *dead]), 10**6), board, dead)
    enumerated = solve._enumerated(rows.combos, rows.weights, board, dead, lambda done: None, None)
    assert exact(ranges, board, dead).tolist() == enumerated.tolist()


@pytest.mark.parametrize("board", [[44, 45, 46], [0, 1, 2], [0, 1, 2, 3], [3, 19, 35], [3, 19, 35, 51]])
def test_sweeping_wide_ranges_agrees_with_each_hand_alone(board):
    whole = [np.where(MASKS & mask_of(board), 0.0, 1.0) for _ in range(2)]
    found = solve.each_hand(whole, board, [], lambda done: None)
    places = np.flatnonzero(whole[0])
    for row in np.random.default_rng(1).choice(len(places), 4, replace=False).tolist():
        rows = join([np.eye(1326)[places[row]], whole[1]], mask_of(board), 10**6)
        totals = solve._enumerated(rows.combos, rows.weights, board, [], lambda done: None, None)
        assert found[row].tolist() == [totals[0, 1], totals[0, 2], totals[:, 1].sum() + totals[0, 2]]


def test_sweeping_all_boards_before_the_flop_agrees_with_the_table():
    pairs = {(4 * rank + one, 4 * rank + two): 3 for rank in (7, 12) for one in range(4) for two in range(one + 1, 4)}
    # Clubs differ, so that six of the 24 ways to rename suits are left.
    suited = {
        (4 * low + suit, 4 * high + suit): 1 + (suit == 0) for low, high in ((5, 6), (10, 12)) for suit in range(4)
    }
    ranges = [array_of(pairs | suited), array_of(suited | {(0, 12): 5})]
    suits = symmetries(ranges)
    assert len(suits) == 6
    swept = showdown(*ranges, [], [], suits, lambda done: None)
    assert swept.tolist() == solve.each_hand(ranges, [], [], lambda done: None).tolist()


@settings(max_examples=10, deadline=None)
@given(questions([0], (2, 2)))
def test_the_table_before_the_flop_agrees_with_enumerating_holdings(question):
    arrays = [array_of(weights) for weights in question[0]]
    rows = merge_suits(join(arrays, mask_of([]), 10**6))
    enumerated = solve._enumerated(rows.combos, rows.weights, [], [], lambda done: None, None)
    assert exact(question[0]).tolist() == enumerated.tolist()


@settings(max_examples=30, deadline=None)
@given(questions([3, 4, 5], (3, 3)))
def test_sweeping_boards_for_three_ranges_agrees_with_enumerating_holdings(question):
    ranges, board, dead = question
    arrays = [array_of(weights, [*board, *dead]) for weights in ranges]
    rows = join(arrays, mask_of([*board, *dead]), 10**6)
    enumerated = solve._enumerated(rows.combos, rows.weights, board, dead, lambda done: None, None)
    if all(weights.any() for weights in arrays):
        assert solve._swept_three(arrays, board, dead, lambda done: None, None).tolist() == enumerated.tolist()


@settings(max_examples=25, deadline=None)
@given(questions([5], (3, 3)))
def test_three_weighted_ranges_on_a_river_agree_with_the_oracle(naive, question):
    ranges, board, dead = question
    arrays = [array_of(weights, [*board, *dead]) for weights in ranges]
    if all(weights.any() for weights in arrays):
        swept = solve._swept_three(arrays, board, dead, lambda done: None, None)
        assert swept.tolist() == naive.weighted_tally(ranges, board, dead)


def test_threads_do_not_change_a_rounding_for_three_ranges():
    rng = np.random.default_rng(2)
    ranges = [
        {tuple(pair): weight for pair, weight in zip(COMBOS[:300].tolist(), rng.random(300), strict=True)}
        for _ in range(3)
    ]
    one, two = (exact(ranges, [51, 50, 49, 40], threads=threads) for threads in (1, 2))
    assert one.tolist() == two.tolist()
    assert one.dtype == np.float64


def test_ranges_of_weight_one_are_counted_in_integers():
    aces, kings = {(48, 49): 1, (50, 51): 1}, {(44, 45): 1}
    assert exact([aces, kings], [0, 5, 10]).dtype == np.int64
    assert exact([aces, kings]).dtype == np.int64
    assert exact([aces, {(44, 45): 0.5}]).dtype == np.float64


def test_threads_do_not_change_a_rounding():
    rng = np.random.default_rng(1)
    ranges = [
        {tuple(pair): weight for pair, weight in zip(COMBOS.tolist(), rng.random(1326), strict=True)} for _ in range(2)
    ]
    one, two = (exact(ranges, [0, 13, 26], threads=threads) for threads in (1, 2))
    assert one.tolist() == two.tolist()


def test_merging_suits_keeps_the_weight_and_the_result():
    aces = {(48 + one, 48 + two): 1 for one in range(4) for two in range(one + 1, 4)}
    kings = {(44 + one, 44 + two): 3 for one in range(4) for two in range(one + 1, 4)}
    rows = join([array_of(aces), array_of(kings)], np.uint64(0), 1000)
    merged = merge_suits(rows)
    assert len(rows.weights) == 36
    assert sorted(merged.weights.tolist()) == [18.0, 18.0, 72.0]
    whole = solve._enumerated(rows.combos, rows.weights, [], [], lambda done: None, None)
    np.testing.assert_array_equal(exact([aces, kings]), whole)


def test_fixed_cards_limit_which_suits_are_merged():
    rows = join([array_of({(48, 49): 1, (50, 51): 1, (48, 50): 1}), array_of({(0, 1): 1})], np.uint64(0), 1000)
    assert len(merge_suits(rows, [4], [8]).weights) == 3
    assert len(merge_suits(rows, [4, 5, 6, 7]).weights) == 3
    assert len(merge_suits(rows, [44, 45]).weights) == 3


def sampled(ranges, board=(), dead=(), tolerance=0.002, max_samples=None, seed=1, threads=None):
    arrays = [array_of(weights, [*board, *dead]) for weights in ranges]
    return solve.sampled(arrays, list(board), list(dead), tolerance, max_samples, seed, lambda done: None, threads)


def shares_of(totals):
    shares = totals @ SHARES
    return shares / shares.sum()


CLASHING = [
    {(48, 49): 1.0, (47, 51): 0.3, (40, 44): 0.1},
    {(48, 50): 0.2, (44, 45): 1.0, (46, 47): 0.5},
    {(44, 51): 1.0, (20, 24): 0.05, (49, 50): 0.7},
]


@pytest.mark.parametrize("group_rows", [0, 2_000])
def test_sampling_has_the_joint_distribution_of_compatible_holdings(monkeypatch, group_rows):
    monkeypatch.setattr(solve, "_GROUP_ROWS", group_rows)
    expected = shares_of(exact(CLASHING, [0, 13, 26]))
    totals = sampled(CLASHING, [0, 13, 26], tolerance=0.001)
    error = solve.standard_errors(totals)
    assert (error <= 0.001).all()
    assert (np.abs(shares_of(totals) - expected) <= 4 * error).all()


def test_any_two_cards_are_dealt_from_what_others_leave():
    anything = {tuple(pair): 0.5 for pair in COMBOS.tolist()}
    aces = {(48, 49): 1.0, (50, 51): 1.0, (0, 5): 0.5}
    expected = shares_of(exact([aces, anything], [7, 11, 30]))
    totals = sampled([aces, anything], [7, 11, 30], tolerance=0.001)
    assert (np.abs(shares_of(totals) - expected) <= 4 * solve.standard_errors(totals)).all()


def test_a_seed_fixes_the_result_for_any_number_of_threads():
    one, two, other = (sampled(CLASHING, threads=threads, seed=seed) for threads, seed in ((1, 5), (2, 5), (2, 6)))
    assert one.tolist() == two.tolist()
    assert one.tolist() != other.tolist()


def test_stated_standard_errors_are_the_observed_spread():
    expected = shares_of(exact(CLASHING, [0, 13, 26, 38]))[0]
    scores = []
    for seed in range(200):
        totals = sampled(CLASHING, [0, 13, 26, 38], tolerance=0, max_samples=16_384, seed=seed)
        scores.append((shares_of(totals)[0] - expected) / solve.standard_errors(totals)[0])
    inside = [np.mean(np.abs(scores) <= width) for width in (1, 2)]
    # 0.683 and 0.954, give or take three standard errors of a share of 200.
    assert 0.58 <= inside[0] <= 0.79
    assert 0.905 <= inside[1] <= 1
    assert np.abs(scores).max() <= 4


ANY_TWO = dict.fromkeys(PLACES, 1.0)
TEN_HANDS = [{(5 * player, 5 * player + 2): 1.0} for player in range(10)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("ranges", "board"),
    [
        (CLASHING, [0, 13, 26]),
        (CLASHING[:2], []),
        ([CLASHING[0], ANY_TWO, CLASHING[1]], [0, 13, 26, 38]),
        (TEN_HANDS, []),
    ],
)
@pytest.mark.parametrize("group_rows", [0, 2_000])
def test_stopping_at_the_tolerance_states_the_spread_of_200_seeds(monkeypatch, ranges, board, group_rows):
    monkeypatch.setattr(solve, "_GROUP_ROWS", group_rows)
    expected = shares_of(exact(ranges, board))
    found = [sampled(ranges, board, tolerance=0.003, seed=seed) for seed in range(200)]
    errors = np.array([solve.standard_errors(totals) for totals in found])
    off = np.array([shares_of(totals) for totals in found]) - expected
    assert (errors <= 0.003).all()
    scores = off / errors
    # Give or take four standard errors of a share, a mean and a spread of 200.
    assert (np.abs((np.abs(scores) <= 1).mean(axis=0) - 0.683) <= 0.132).all()
    assert (np.abs((np.abs(scores) <= 2).mean(axis=0) - 0.954) <= 0.06).all()
    assert (np.abs(scores.mean(axis=0)) <= 4 / np.sqrt(200)).all()
    assert (np.abs(scores.std(axis=0) - 1) <= 4 / np.sqrt(400)).all()
    assert np.abs(scores).max() <= 4.5


def test_no_error_is_stated_from_a_few_deals_of_holdings_that_clash_almost_always(monkeypatch):
    monkeypatch.setattr(solve, "_GROUP_ROWS", 0)
    # Two players hold the same card unless one of them has the pair of weight 0.02: in one try of 500.
    rare = [dict.fromkeys([(0, card) for card in range(1, 21)], 1.0) | {(48, 49): 0.02} for _ in range(2)]
    totals = sampled(rare, [26, 27, 28], tolerance=0.5)
    assert (totals @ SHARES).sum() >= 4 * 4096


def test_holdings_that_always_clash_give_none_instead_of_hanging(monkeypatch):
    monkeypatch.setattr(solve, "_GROUP_ROWS", 0)
    same = {(48, 49): 1.0}
    assert sampled([same, same]) is None
