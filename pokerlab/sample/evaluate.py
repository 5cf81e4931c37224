"""How good a hand is, the short and obvious way: count ranks, look at suits.

It serves the simulator alone. It is slower than the kernels on purpose: nothing is shared with them, so that either may
be the oracle of the other.
"""

from __future__ import annotations

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
