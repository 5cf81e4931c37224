"""How good a hand is, the short and obvious way: count ranks, look at suits.

It serves the simulator alone. It is slower than the kernels on purpose: nothing is shared with them, so that either may
be the oracle of the other.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations, combinations_with_replacement
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

HIGH_CARD, ONE_PAIR, TWO_PAIRS, TRIPS, STRAIGHT, FLUSH, FULL, QUADS, STRAIGHT_FLUSH = range(9)

Strength = tuple[int, tuple[int, ...]]
"""Category 0 (high card) to 8 (straight flush), then the ranks 0..12 that decide within it; equal strengths split."""

_ONE = ("2", "3", "4", "5", "6", "7", "8", "9", "Ten", "Jack", "Queen", "King", "Ace")
_MANY = ("2", "3", "4", "5", "6", "7", "8", "9", "Tens", "Jacks", "Queens", "Kings", "Aces")


def _straight_high(mask: int) -> int:
    """Highest rank of five in a row in a 13-bit mask of ranks, or -1; the wheel counts as 5 high."""
    wheel = mask << 1 | mask >> 12
    runs = wheel & wheel << 1 & wheel << 2 & wheel << 3 & wheel << 4
    return runs.bit_length() - 2


def _top(mask: int, count: int) -> tuple[int, ...]:
    return tuple(rank for rank in range(12, -1, -1) if mask >> rank & 1)[:count]


def strength(cards: Sequence[int]) -> Strength:
    """Value the best five of two to seven cards (fewer than five: what they are so far).

    Parameters
    ----------
    cards
        Card codes, ``4 * rank + suit``.

    Examples
    --------
    >>> from pokerlab.cards import parse_cards
    >>> strength(parse_cards("AsKs QsJsTs 2c2d"))
    (8, (12,))
    >>> strength(parse_cards("Ah7d 7c")) < strength(parse_cards("Kh7d 7c 7s"))
    True
    """
    counts = [0] * 13
    suits = [0, 0, 0, 0]
    for card in cards:
        counts[card >> 2] += 1
        suits[card & 3] |= 1 << (card >> 2)
    for mask in suits:
        if mask.bit_count() >= 5:
            high = _straight_high(mask)
            if high >= 0:
                return STRAIGHT_FLUSH, (high,)
            flush = _top(mask, 5)
            return FLUSH, flush  # no seven cards hold both a flush and a full house or quads
    ranks = suits[0] | suits[1] | suits[2] | suits[3]
    if ranks.bit_count() == len(cards):
        high = _straight_high(ranks)
        return (STRAIGHT, (high,)) if high >= 0 else (HIGH_CARD, _top(ranks, 5))
    return _grouped(counts, ranks)


def _grouped(counts: list[int], ranks: int) -> Strength:
    """Value cards of which at least two have the same rank, and which hold no flush."""
    pairs = [rank for rank in range(12, -1, -1) if counts[rank] == 2]
    trips = [rank for rank in range(12, -1, -1) if counts[rank] == 3]
    if 4 in counts:
        quad = counts.index(4)
        return QUADS, (quad, *_top(ranks & ~(1 << quad), 1))
    if trips and len(trips) + len(pairs) > 1:
        return FULL, (trips[0], max(trips[1:] + pairs))
    high = _straight_high(ranks)
    if high >= 0:
        return STRAIGHT, (high,)
    if trips:
        return TRIPS, (trips[0], *_top(ranks & ~(1 << trips[0]), 2))
    if len(pairs) > 1:
        return TWO_PAIRS, (pairs[0], pairs[1], *_top(ranks & ~(1 << pairs[0] | 1 << pairs[1]), 1))
    return ONE_PAIR, (pairs[0], *_top(ranks & ~(1 << pairs[0]), 3))


def rank_text(value: Strength) -> str:
    """Name a strength as Winamax prints it.

    Examples
    --------
    >>> rank_text((2, (10, 2, 12)))
    'Two pairs : Queens and 4'
    >>> rank_text((8, (12,)))
    'Straight flush Ace'
    """
    category, ranks = value
    first = ranks[0]
    texts = {
        HIGH_CARD: f"High card : {_ONE[first]}",
        ONE_PAIR: f"One pair : {_MANY[first]}",
        TRIPS: f"Trips of {_MANY[first]}",
        STRAIGHT: f"Straight {_ONE[first]} high",
        FLUSH: f"Flush {_ONE[first]} high",
        QUADS: f"Quads of {_MANY[first]}",
        STRAIGHT_FLUSH: f"Straight flush {_ONE[first]}",
    }
    if category in texts:
        return texts[category]
    opening = "Two pairs :" if category == TWO_PAIRS else "Full of"
    return f"{opening} {_MANY[first]} and {_MANY[ranks[1]]}"


@lru_cache(maxsize=1)
def _fives() -> tuple[dict[int, int], dict[int, int], list[Strength]]:
    """Give the place of five cards among all strengths: by sum of `_WEIGHT`, by mask of a flush; and the strengths."""
    mixed = {
        sum(_WEIGHT[rank] for rank in ranks): strength([4 * rank + i % 4 for i, rank in enumerate(ranks)])
        for ranks in combinations_with_replacement(range(13), 5)
        if ranks[0] != ranks[4]
    }
    suited = {
        sum(1 << rank for rank in ranks): strength([4 * r for r in ranks]) for ranks in combinations(range(13), 5)
    }
    order = sorted({*mixed.values(), *suited.values()})
    place = {value: i for i, value in enumerate(order)}
    return {key: place[v] for key, v in mixed.items()}, {key: place[v] for key, v in suited.items()}, order


_WEIGHT = tuple(5**rank for rank in range(13))


def omaha(hole: Sequence[int], board: Sequence[int]) -> Strength:
    """Value the best five of exactly two hole cards and three of the board; before the flop, the best two.

    Examples
    --------
    >>> from pokerlab.cards import parse_cards
    >>> omaha(parse_cards("As2s3d4d"), parse_cards("Ks7s6s5hAd"))
    (5, (12, 11, 5, 4, 0))
    """
    if not board:
        return max(strength(pair) for pair in combinations(hole, 2))
    mixed, suited, order = _fives()
    pairs = [_WEIGHT[a >> 2] + _WEIGHT[b >> 2] for a, b in combinations(hole, 2)]
    triples = [_WEIGHT[a >> 2] + _WEIGHT[b >> 2] + _WEIGHT[c >> 2] for a, b, c in combinations(board, 3)]
    best = max([mixed[pair + triple] for triple in triples for pair in pairs])
    for suit in range(4):
        common = [1 << (card >> 2) for card in board if card & 3 == suit]
        mine = [1 << (card >> 2) for card in hole if card & 3 == suit]
        if len(common) > 2 and len(mine) > 1:
            masks = [sum(three) | sum(two) for three in combinations(common, 3) for two in combinations(mine, 2)]
            best = max(best, *[suited[mask] for mask in masks])
    return order[best]


def low(hole: Sequence[int], board: Sequence[int]) -> int | None:
    """Value the best low of two hole cards and three of the board: five ranks of eight or less, or None.

    The value is a mask of ranks with the ace as bit 0, so that less is better.

    Examples
    --------
    >>> from pokerlab.cards import parse_cards
    >>> low(parse_cards("4d9h7h2s"), parse_cards("Ac5s4h5dQc")) == 0b1011011
    True
    """
    mine = _low_masks(hole, 2)
    found = [three | two for three in _low_masks(board, 3) for two in mine if not three & two]
    return min(found, default=None)


def _low_masks(cards: Sequence[int], count: int) -> list[int]:
    ranks = {((card >> 2) + 1) % 13 for card in cards}
    return [sum(1 << rank for rank in some) for some in combinations(sorted(ranks), count) if some[-1] < 8]


def low_text(value: int) -> str:
    """Name a low as Winamax prints it: by its highest card.

    Examples
    --------
    >>> low_text(0b1011011)
    'High card : 7'
    """
    return f"High card : {value.bit_length()}"
