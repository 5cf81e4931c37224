"""The table of two hands before the flop: what it holds, and that every way to ask gives the same."""

from __future__ import annotations

import hashlib
from itertools import permutations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pokerlab.cards import parse_cards
from pokerlab_kernels import preflop
from pokerlab_kernels.deals import COMBOS, MASKS

SHA256 = "9116624515f4c77bb4b7124334fcc1a6143121078d577d8ab007709c8bf761e8"

four_cards = st.lists(st.integers(0, 51), min_size=4, max_size=4, unique=True)


def ask(*hands: tuple[list[int], list[int]]) -> list[list[int]]:
    return preflop.wins_and_ties(np.array(hands, np.uint8)).tolist()


def test_the_file_is_the_one_that_was_counted() -> None:
    assert hashlib.sha256(preflop.PATH.read_bytes()).hexdigest() == SHA256
    assert preflop.PATH.stat().st_size < 400_000


def test_a_random_sample_counts_to_the_same_again() -> None:
    rows = np.random.default_rng().choice(preflop.PAIRS, 100, replace=False)
    assert preflop.build(rows).tolist() == preflop.load()[rows].tolist(), rows


def test_the_47_008_are_all_812_175_pairs_of_hands_up_to_suits() -> None:
    cards = preflop.pairs()[1].astype(np.int64)
    renamed = []
    for suits in permutations(range(4)):
        hands = np.sort(cards // 4 * 4 + np.array(suits)[cards % 4], axis=2)
        numbers = np.sort(hands[:, :, 0] * 52 + hands[:, :, 1], axis=1)
        renamed.append(numbers[:, 0] * 52**2 + numbers[:, 1])
    assert len(np.unique(renamed)) == 1326 * 1225 // 2
    assert len(np.unique(np.min(renamed, axis=0))) == len(cards) == preflop.PAIRS


def test_aces_beat_kings_as_often_as_everybody_knows() -> None:
    found = ask((parse_cards("AsAh"), parse_cards("KsKh")), (parse_cards("7c2d"), parse_cards("2c7d")))
    assert found[0] == [1_410_336, 9_308]
    assert found[1][0] * 2 + found[1][1] == preflop.DEALS


@given(four_cards, st.permutations(range(4)))
def test_renamed_suits_and_turned_hands_give_the_same(cards: list[int], suits: list[int]) -> None:
    a, b, c, d = cards
    e, f, g, h = (card // 4 * 4 + suits[card % 4] for card in cards)
    plain, turned_cards, other_suits, turned = ask(
        ([a, b], [c, d]), ([b, a], [d, c]), ([e, f], [g, h]), ([c, d], [a, b])
    )
    assert plain == turned_cards == other_suits
    assert turned == [preflop.DEALS - sum(plain), plain[1]]


@given(four_cards)
def test_the_grid_holds_the_same_as_each_look_up(cards: list[int]) -> None:
    a, b, c, d = cards
    assert [list(preflop.one_pair(*cards))] == ask(([a, b], [c, d]))


def test_the_grid_marks_hands_that_share_a_card() -> None:
    win, tie = preflop.grid()
    shared = (MASKS[:, None] & MASKS) != 0
    np.testing.assert_array_equal(tie == -1, shared)
    assert not win[shared].any()
    assert (np.where(shared, preflop.DEALS, win + win.T + tie) == preflop.DEALS).all()


def test_sums_over_a_range_leave_out_hands_that_share_a_card() -> None:
    aces, other = [[48, 49], [48, 50]], [[49, 51], [0, 5], [44, 45]]
    weights = np.array([1.0, 0.5, 0.25])
    own, theirs = ([COMBOS.tolist().index(hand) for hand in hands] for hands in (aces, other))
    found = preflop.sum_up(np.array(own), np.array(theirs), weights)
    for (win, tie, met), hand in zip(found.tolist(), aces, strict=True):
        asked = [
            (ask((hand, hers))[0], weight) for hers, weight in zip(other, weights, strict=True) if not {*hand} & {*hers}
        ]
        assert win == sum(weight * counts[0] for counts, weight in asked)
        assert tie == sum(weight * counts[1] for counts, weight in asked)
        assert met == preflop.DEALS * sum(weight for _, weight in asked)
