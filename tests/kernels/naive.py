"""The oracle: poker by sorting and counting, one hand at a time, written from the rules and sharing no code."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from itertools import combinations, combinations_with_replacement, product


def key(five):
    """Give a tuple that is greater for a better hand of five cards, code = 4 * rank + suit."""
    ranks = sorted((card // 4 for card in five), reverse=True)
    groups = sorted(Counter(ranks).items(), key=lambda item: (item[1], item[0]), reverse=True)
    counts, kickers = [count for _, count in groups], [rank for rank, _ in groups]
    flush = len({card % 4 for card in five}) == 1
    straight = len(kickers) == 5 and ranks[0] - ranks[4] == 4
    if kickers == [12, 3, 2, 1, 0]:
        straight, kickers = True, [3]
    if straight and flush:
        return 8, kickers[:1]
    if counts == [4, 1]:
        return 7, kickers
    if counts == [3, 2]:
        return 6, kickers
    if flush:
        return 5, kickers
    if straight:
        return 4, kickers[:1]
    return {(3, 1, 1): 3, (2, 2, 1): 2, (2, 1, 1, 1): 1, (1, 1, 1, 1, 1): 0}[tuple(counts)], kickers


def best(cards):
    """Give the key of the best five of some cards."""
    return _best(frozenset(cards))


@lru_cache(100_000)
def _best(cards):
    return max(key(five) for five in combinations(cards, 5))


def best_omaha(hole, board):
    """Give the key of the best two hole cards with three of the board."""
    return max(key([*two, *three]) for two in combinations(hole, 2) for three in combinations(board, 3))


def hashable(found):
    """Make a key that a dict takes."""
    return found[0], tuple(found[1])


def numbers():
    """Number the classes of all hands of five cards from 1, the worst, to 7462."""
    keys = set()
    for ranks in combinations_with_replacement(range(13), 5):
        if max(Counter(ranks).values()) <= 4:
            # Equal ranks take the suits in turn; one card of another suit spoils a flush.
            cards = [4 * rank + ranks[:place].count(rank) for place, rank in enumerate(ranks)]
            if len(set(ranks)) == 5:
                keys.add(hashable(key(cards)))
                cards[0] += 1
            keys.add(hashable(key(cards)))
    return {found: number for number, found in enumerate(sorted(keys), start=1)}


def tally(holes, board=(), dead=()):
    """Count over all boards how often each player is one of exactly k best: [player][k]; four cards play Omaha."""
    seen = {*board, *dead, *(card for hole in holes for card in hole)}
    counts = [[0] * 11 for _ in holes]
    for more in combinations([card for card in range(52) if card not in seen], 5 - len(board)):
        keys = [best([*hole, *board, *more]) if len(hole) == 2 else best_omaha(hole, [*board, *more]) for hole in holes]
        winners = [player for player, found in enumerate(keys) if found == max(keys)]
        for player in winners:
            counts[player][len(winners)] += 1
    return counts


def weighted_tally(ranges, board=(), dead=()):
    """Sum `tally` over holdings without a shared card, times the product of weights; ranges map pairs to weights."""
    known = {*board, *dead}
    totals = [[0] * 11 for _ in ranges]
    for holding in product(*(weights.items() for weights in ranges)):
        cards = [card for hand, _ in holding for card in hand]
        if len({*cards, *known}) < len(cards) + len(known):
            continue
        weight = 1
        for _, one in holding:
            weight *= one
        for total, counts in zip(totals, tally([hand for hand, _ in holding], board, dead), strict=True):
            for k, count in enumerate(counts):
                total[k] += weight * count
    return totals
