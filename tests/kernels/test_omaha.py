"""Omaha hands against the oracle: two of the hole cards with three of the board."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pokerlab as pk
from pokerlab.cards import format_cards, parse_cards
from pokerlab.errors import CardError


@st.composite
def hands(draw):
    """Draw hole cards and a board, often of few suits, so that flushes are made."""
    suits = draw(st.sampled_from([(0, 1, 2, 3), (0, 1), (2,)]))
    cards = draw(st.permutations(range(52)))
    cards.sort(key=lambda card: card % 4 not in suits)
    cards = draw(st.permutations(cards[:26]))
    n_hole, n_board = draw(st.integers(4, 6)), draw(st.integers(3, 5))
    return cards[:n_hole], cards[n_hole : n_hole + n_board]


@pytest.fixture(scope="module")
def numbers(naive):
    return naive.numbers()


@settings(max_examples=300)
@given(hands())
def test_strength_agrees_with_the_oracle(naive, numbers, hand):
    hole, board = hand
    assert pk.evaluate_omaha([hole], [board]).item() == numbers[naive.hashable(naive.best_omaha(hole, board))]


@pytest.mark.parametrize("n_hole", [4, 5, 6])
@pytest.mark.parametrize("n_board", [3, 4, 5])
def test_many_rows_on_threads_are_those_of_five_card_hands(n_hole, n_board):
    from itertools import combinations

    cards = np.argsort(np.random.default_rng(n_hole + n_board).random((3000, 52)), axis=1).astype(np.uint8)
    hole, board = cards[:, :n_hole], cards[:, n_hole : n_hole + n_board]
    expected = np.max(
        [
            pk.evaluate_many(np.hstack([hole[:, two], board[:, three]]))
            for two in combinations(range(n_hole), 2)
            for three in combinations(range(n_board), 3)
        ],
        axis=0,
    )
    assert (pk.evaluate_omaha(hole, board) == expected).all()


@given(hands())
def test_named_best_five_are_two_held_and_three_shown(naive, hand):
    hole, board = hand
    found = pk.evaluate(format_cards(hole), format_cards(board), f"omaha{len(hole)}")
    five = {*parse_cards(found.best)}
    assert (len(five & {*hole}), len(five & {*board})) == (2, 3)
    assert naive.key([*five]) == naive.best_omaha(hole, board)
    assert found.strength == pk.evaluate_omaha([hole], [board]).item()


def test_one_hand_in_words_has_the_strength_of_the_arrays():
    hole, board = "AhKsQdJc9c", "Th9h8h7h2c"
    arrays = pk.evaluate_omaha([pk.cards.parse_cards(hole)], [pk.cards.parse_cards(board)])
    assert pk.evaluate(hole, board, "omaha5").strength == arrays.item()


@pytest.mark.parametrize("n_hole", [4, 5, 6])
def test_strengths_are_written_into_a_given_array(n_hole):
    hole, board, out = [*range(n_hole)], [20, 21, 22], np.zeros(1, np.uint16)
    assert pk.evaluate_omaha([hole], [board], out) is out
    assert out.item() == pk.evaluate(format_cards(hole), format_cards(board), f"omaha{n_hole}").strength


@pytest.mark.parametrize(
    ("hole", "board", "match"),
    [
        ([[0, 1, 2]], [[4, 5, 6]], r"hole of shape \(1, 3\) .* need card codes \(n, 4\), \(n, 5\), \(n, 6\)"),
        ([[0, 1, 2, 3]], [[4, 5]], r"board of shape \(1, 2\)"),
        ([[0, 1, 2, 3]], [[4, 5, 6]] * 2, "hole has 1 rows and board 2"),
        ([[0, 1, 2, 3]], [[4, 5, 3]], r"row 0 is \[0, 1, 2, 3\] on \[4, 5, 3\]: codes are 0 to 51, none twice"),
        ([[0, 1, 2, 256]], [[4, 5, 6]], "row 0 is"),
        ([[0, 1, 2, -1]], [[4, 5, 6]], "row 0 is"),
        ([[0, 1, 2, 3.0]], [[4, 5, 6]], "type float64"),
    ],
)
def test_arrays_that_are_no_hands_are_refused(hole, board, match):
    with pytest.raises(CardError, match=match):
        pk.evaluate_omaha(hole, board)


@pytest.mark.parametrize("out", [np.zeros(2, np.uint16), np.zeros(1), np.zeros((1, 1), np.uint16)])
def test_out_that_does_not_fit_is_refused(out):
    with pytest.raises(CardError, match=r"need a writable, contiguous uint16 array \(1,\)"):
        pk.evaluate_omaha([[0, 1, 2, 3]], [[4, 5, 6]], out)
