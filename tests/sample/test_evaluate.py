from __future__ import annotations

from collections import Counter
from itertools import combinations, combinations_with_replacement
from math import comb, prod
from random import Random

import pytest

from pokerlab.cards import DECK, parse_cards
from pokerlab.sample.evaluate import low, low_text, omaha, rank_text, strength


def test_category_counts_of_all_five_card_hands_are_the_known_ones() -> None:
    counts: Counter[int] = Counter()
    for ranks in combinations_with_replacement(range(13), 5):
        held = Counter(ranks)
        if max(held.values()) > 4:
            continue
        suits: Counter[int] = Counter()
        cards = []
        for rank in ranks:  # the same rank takes the next suit; five different ranks are kept from being a flush
            cards.append(4 * rank + (suits[rank] if len(held) < 5 else len(cards) % 2))
            suits[rank] += 1
        ways = prod(comb(4, count) for count in held.values())
        if len(held) == 5:
            counts[strength([4 * rank for rank in ranks])[0]] += 4
            ways -= 4
        counts[strength(cards)[0]] += ways
    assert [counts[category] for category in range(9)] == [
        1302540, 1098240, 123552, 54912, 10200, 5108, 3744, 624, 40,
    ]  # fmt: skip


def test_seven_cards_are_ordered_as_their_best_five(strength_of) -> None:
    rng = Random(4)
    hands = [rng.sample(range(52), 7) for _ in range(250)]
    # Straights, flushes and full houses are rare in random cards: take some from a short deck too.
    hands += [rng.sample(range(24, 52), 7) for _ in range(150)]
    mine = [strength(hand) for hand in hands]
    oracle = [strength_of([DECK[card] for card in hand]) for hand in hands]
    for a, b in combinations(range(len(hands)), 2):
        assert (mine[a] > mine[b]) == (oracle[a] > oracle[b])
        assert (mine[a] == mine[b]) == (oracle[a] == oracle[b])
    assert [value[0] for value in mine] == [value[0] for value in oracle]


@pytest.mark.parametrize(
    ("cards", "text"),
    [
        ("As Kd 9c 8h 2s", "High card : Ace"),
        ("Ks Kd 9c 8h 2s", "One pair : Kings"),
        ("5s 5d 9c 8h 2s", "One pair : 5"),
        ("Qs Qd 4c 4h 2s", "Two pairs : Queens and 4"),
        ("Ts Td Jc Jh 2s", "Two pairs : Jacks and Tens"),
        ("7s 7d 7c 8h 2s", "Trips of 7"),
        ("As 2d 3c 4h 5s", "Straight 5 high"),
        ("As Kd Qc Jh Ts", "Straight Ace high"),
        ("As 9s 4s 3s 2s", "Flush Ace high"),
        ("Js Jd Jc 9h 9s", "Full of Jacks and 9"),
        ("9s 9d 9c Th Ts", "Full of 9 and Tens"),
        ("4s 4d 4c 4h 2s", "Quads of 4"),
        ("Qs Js Ts 9s 8s", "Straight flush Queen"),
        ("As Ks Qs Js Ts", "Straight flush Ace"),
        ("7d 7h", "One pair : 7"),
        ("Ad 7h", "High card : Ace"),
    ],
)
def test_rank_texts_are_those_of_winamax(cards: str, text: str) -> None:
    assert rank_text(strength(parse_cards(cards))) == text


def test_third_pair_is_no_more_than_a_kicker() -> None:
    assert strength(parse_cards("AsAd KsKd QsQd 2c")) == (2, (12, 11, 10))
    assert strength(parse_cards("AsAd KsKd QsQd 2c")) > strength(parse_cards("AsAd KsKd Js9d 2c"))


def test_two_trips_are_a_full_house() -> None:
    assert rank_text(strength(parse_cards("9s9d9c 8s8d8c 2h"))) == "Full of 9 and 8"


@pytest.mark.parametrize("count", [4, 5])
def test_omaha_is_the_best_of_two_and_three_cards(count: int, strength_of) -> None:
    rng = Random(count)
    deals = [rng.sample(range(52), count + 5) for _ in range(60)]
    deals += [rng.sample(range(0, 52, 2), count + 5) for _ in range(60)]  # two suits: flushes
    hands = [(deal[:count], deal[count : count + 3 + i % 3]) for i, deal in enumerate(deals)]
    mine = [omaha(*hand) for hand in hands]
    oracle = [strength_of([DECK[card] for card in hole], [DECK[card] for card in board]) for hole, board in hands]
    for a, b in combinations(range(len(hands)), 2):
        assert (mine[a] > mine[b]) == (oracle[a] > oracle[b])
    assert {value[0] for value in mine} >= {1, 2, 3, 4, 5}


def test_four_suited_hole_cards_make_no_flush_with_two_of_the_board() -> None:
    assert omaha(parse_cards("AsKsQs9s"), parse_cards("2s3s7h8dTc"))[0] == 0


def test_omaha_before_the_flop_is_the_best_pair() -> None:
    assert rank_text(omaha(parse_cards("AsKdKc2s"), [])) == "One pair : Kings"


def test_lows_are_ordered_by_their_highest_cards(low_of) -> None:
    rng = Random(8)
    deals = [rng.sample(range(40), 9) for _ in range(200)]  # up to the jack
    mine = [low(deal[:4], deal[4:]) for deal in deals]
    oracle = [low_of([DECK[card] for card in deal[:4]], [DECK[card] for card in deal[4:]]) for deal in deals]
    assert [value is None for value in mine] == [value is None for value in oracle]
    both = [(a, b) for a, b in zip(mine, oracle, strict=True) if a is not None]
    assert len(both) > 50
    for (a, naive_a), (b, naive_b) in combinations(both, 2):
        assert (a < b) == (naive_a < naive_b)


@pytest.mark.parametrize(
    ("hole", "board", "text"),
    [
        ("Ah2cKdKs", "3d4s5hKcQc", "High card : 5"),
        ("Ah2cKdKs", "3d4s8hKcQc", "High card : 8"),
        ("4d9h7h2s", "Ac5s4h5dQc", "High card : 7"),
    ],
)
def test_a_low_is_named_by_its_highest_card(hole: str, board: str, text: str) -> None:
    value = low(parse_cards(hole), parse_cards(board))
    assert value is not None
    assert low_text(value) == text


def test_no_low_without_three_low_cards_on_the_board() -> None:
    assert low(parse_cards("Ah2c3d4s"), parse_cards("5d9sThJcQc")) is None
    assert low(parse_cards("Ah2cKdKs"), parse_cards("Ad2s3hKcQc")) is None, "only three ranks beside his own"
