"""Strength of five to seven cards: against the oracle, the known counts, and the order of another program."""

from __future__ import annotations

from hashlib import blake2b
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pokerlab as pk
from pokerlab.cards import format_cards, parse_cards
from pokerlab_kernels import table
from pokerlab_kernels.evaluate import evaluate, first_wrong

# Hands of 5 and 7 cards from high card to straight flush: https://en.wikipedia.org/wiki/Poker_probability
FIVE_CARD_COUNTS = [1302540, 1098240, 123552, 54912, 10200, 5108, 3744, 624, 40]
SEVEN_CARD_COUNTS = [23294460, 58627800, 31433400, 6461620, 6180020, 4047644, 3473184, 224848, 41584]
HIGHEST = [1277, 4137, 4995, 5853, 5863, 7140, 7296, 7452, 7462]
# The strengths of all five-card hands in the order of itertools.combinations, as phevaluator 0.6.0 gives them.
DIGEST = "5efcbd1888fe9b1b1220e82c43b49e08"

hands = st.lists(st.integers(0, 51), min_size=5, max_size=7, unique=True)


def strengths(cards):
    out = np.zeros(len(cards), np.uint16)
    evaluate(np.ascontiguousarray(cards, np.uint8), out)
    return out


def count_categories(found):
    return np.bincount(np.searchsorted(HIGHEST, found), minlength=9)


@pytest.fixture(scope="module")
def numbers(naive):
    return naive.numbers()


def test_there_are_7462_classes(numbers):
    assert len(numbers) == 7462


@given(cards=hands)
def test_strength_is_the_number_of_the_best_five(naive, numbers, cards):
    assert strengths([cards])[0] == numbers[naive.hashable(naive.best(cards))]


@given(suit=st.integers(0, 3), ranks=st.sets(st.integers(0, 12), min_size=5, max_size=7), data=st.data())
def test_flushes_agree_with_the_oracle(naive, numbers, suit, ranks, data):
    cards = [4 * rank + suit for rank in ranks]
    free = st.integers(0, 51).filter(lambda card: card not in cards)
    cards += data.draw(st.lists(free, max_size=7 - len(cards), unique=True))
    cards = data.draw(st.permutations(cards))
    assert strengths([cards])[0] == numbers[naive.hashable(naive.best(cards))]


def test_all_five_card_hands_have_the_known_order_and_counts():
    cards = np.fromiter((card for five in combinations(range(52), 5) for card in five), np.uint8).reshape(-1, 5)
    found = strengths(cards)
    assert count_categories(found).tolist() == FIVE_CARD_COUNTS
    assert np.unique(found).tolist() == list(range(1, 7463))
    assert blake2b(found.astype("<u2").tobytes(), digest_size=16).hexdigest() == DIGEST


@pytest.mark.parametrize("size", [6, 7])
def test_more_cards_are_as_strong_as_their_best_five(size):
    cards = np.argsort(np.random.default_rng(5).random((5000, 52)), axis=1)[:, :size]
    fives = [strengths(cards[:, list(places)]) for places in combinations(range(size), 5)]
    np.testing.assert_array_equal(strengths(cards), np.max(fives, axis=0))


def test_parallel_and_serial_give_the_same():
    cards = np.argsort(np.random.default_rng(6).random((30_000, 52)), axis=1)[:, :7]
    parts = np.concatenate([strengths(cards[start : start + 1000]) for start in range(0, len(cards), 1000)])
    np.testing.assert_array_equal(strengths(cards), parts)


NAMES = (
    "high card",
    "pair",
    "two pair",
    "three of a kind",
    "straight",
    "flush",
    "full house",
    "four of a kind",
    "straight flush",
)


@given(cards=hands)
def test_named_category_and_best_five_are_those_of_the_oracle(naive, numbers, cards):
    found = pk.evaluate(format_cards(cards))
    five, best = parse_cards(found.best), naive.best(cards)
    assert len(five) == 5
    assert {*five} <= {*cards}
    assert naive.key(five) == best
    assert found.category == NAMES[best[0]]
    assert found.strength == numbers[naive.hashable(best)]


@given(cards=hands, data=st.data())
def test_keys_of_the_parts_of_a_hand_add_up_to_its_strength(cards, data):
    starts, keys, offsets, packed, flushes = table.load()
    cut = data.draw(st.integers(0, len(cards)))
    parts = [sum(int(keys[card]) for card in part) for part in (cards[:cut], cards[cut:])]
    key = int(starts[len(cards)]) + sum(parts)
    suited = [[card // 4 for card in cards if card % 4 == suit] for suit in range(4)]
    suit = next((suit for suit in range(4) if len(suited[suit]) >= 5), None)
    assert key & int(table.FLUSH) == (0 if suit is None else 8 << (32 + 4 * suit))
    place = key & ((1 << table.SUM_BITS) - 1)
    place = (place + int(offsets[place >> table.COLUMN_BITS])) % (1 << 32)
    looked_up = packed[place] if suit is None else flushes[sum(1 << rank for rank in suited[suit])]
    assert looked_up == strengths([cards])[0]


@pytest.mark.parametrize("size", [5, 6, 7])
@pytest.mark.parametrize("n", [1023, 1024, 1025, 30_000])
def test_every_row_of_many_is_as_strong_as_it_is_alone(size, n):
    some = np.argsort(np.random.default_rng(7).random((500, 52)), axis=1)[:, :size]
    alone = np.array([strengths(row[None])[0] for row in some])
    rows = np.random.default_rng(8).integers(500, size=n)
    np.testing.assert_array_equal(strengths(some[rows]), alone[rows])


@given(st.lists(st.lists(st.integers(0, 255) | st.integers(0, 51), min_size=7, max_size=7), max_size=5))
def test_first_wrong_row_has_a_code_over_51_or_one_twice(rows):
    wrong = [max(row) > 51 or len({*row}) < 7 for row in rows]
    assert first_wrong(np.array(rows, np.uint8).reshape(-1, 7)) == (wrong.index(True) if any(wrong) else -1)


@pytest.mark.parametrize("size", [5, 6, 7, 9, 11])
@pytest.mark.parametrize("n", [1, 30_000])
def test_first_wrong_row_is_found_at_the_ends_and_among_others(size, n):
    good = np.tile(np.arange(size, dtype=np.uint8), (n, 1))
    assert first_wrong(good) == -1
    for wrong_from in {0, n // 2, n - 1}:
        for code in (0, 52, 63, 64, 255):
            cards = good.copy()
            cards[wrong_from:, size - 1] = code
            assert first_wrong(cards) == wrong_from


def test_no_hands_give_no_strengths():
    assert strengths(np.zeros((0, 7), np.uint8)).size == 0


@pytest.mark.slow
def test_all_seven_card_hands_have_the_known_counts():
    pairs = np.array(list(combinations(range(52), 5)), np.uint8)
    counts, n = np.zeros(9, np.int64), 0
    for first, second in combinations(range(52), 2):
        # Hands by their two lowest cards: the other five are all higher, the last ones in the order of combinations.
        part = pairs[np.searchsorted(pairs[:, 0], second, side="right") :]
        hands = np.empty((len(part), 7), np.uint8)
        hands[:, 0], hands[:, 1], hands[:, 2:] = first, second, part
        counts += count_categories(strengths(hands))
        n += len(part)
    assert n == 133_784_560
    assert counts.tolist() == SEVEN_CARD_COUNTS
