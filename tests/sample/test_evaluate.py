from __future__ import annotations

from collections import Counter
from itertools import combinations, combinations_with_replacement
from math import comb, prod
from random import Random

import pytest

from pokerlab.cards import DECK, parse_cards
from pokerlab.sample.evaluate import rank_text, strength


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
