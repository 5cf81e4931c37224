"""Boards up to suits: each way to complete a board is a renaming of exactly one that is listed."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pytest

from pokerlab_kernels.boards import complete
from pokerlab_kernels.deals import renamings, symmetries


def canonical(cards, suits):
    return min(tuple(sorted(card // 4 * 4 + order[card % 4] for card in cards)) for order in suits)


@pytest.mark.parametrize(
    ("board", "dead"),
    [([0, 17, 34], [51]), ([0, 4, 8], []), ([44, 45, 46, 47], []), ([0, 5, 10], [15, 51]), ([], list(range(36)))],
)
def test_each_board_is_a_renaming_of_one_that_is_listed(board, dead):
    kept = symmetries((), board, dead)
    suits = [tuple(cards[:4].tolist()) for cards in renamings()[0][kept]]
    found, counts = complete(board, dead, renamings()[0][kept])
    assert (found[:, : len(board)] == board).all()
    expected = {}
    for more in combinations(sorted(set(range(52)) - {*board, *dead}), 5 - len(board)):
        name = canonical(more, suits)
        expected[name] = expected.get(name, 0) + 1
    assert {
        canonical(row[len(board) :], suits): count for row, count in zip(found.tolist(), counts.tolist(), strict=True)
    } == expected
    assert len(found) == len(expected)


def test_all_boards_are_134_459_up_to_suits():
    found, counts = complete([], [], renamings()[0])
    assert len(found) == 134_459
    assert counts.sum() == 2_598_960
    assert set(counts.tolist()) == {4.0, 12.0, 24.0}
    assert not np.array_equal(found[0], found[1])


def test_a_whole_board_is_the_only_one():
    found, counts = complete([0, 5, 10, 15, 20], [1], renamings()[0][:1])
    assert (found.tolist(), counts.tolist()) == ([[0, 5, 10, 15, 20]], [1.0])


def test_symmetries_keep_ranges_and_cards():
    every = [tuple(order) for order in permutations(range(4))]
    assert [tuple(cards[:4].tolist()) for cards in renamings()[0]] == every
    assert len(symmetries(())) == 24
    assert len(symmetries((), [0])) == 6
    assert len(symmetries((), [0, 1])) == 4
    assert symmetries((), [0, 5, 10]).tolist() == [0]
    clubs = np.zeros(1326)
    clubs[3] = 1.0
    assert len(symmetries([clubs])) == 6
