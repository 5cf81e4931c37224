"""Weighted ranges, boards and dead cards as they come, against the oracle that looks at each deal: exactly."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import pokerlab as pk
from pokerlab.cards import format_cards
from pokerlab_kernels import solve
from pokerlab_kernels.deals import COMBOS

PLACES = {tuple(pair): place for place, pair in enumerate(COMBOS.tolist())}
WHOLE = 8


def classes_of(ranks):
    """List the hands of each class of some ranks, which no renamed suits change."""
    found = {}
    for low, high in combinations(sorted(4 * rank + suit for rank in ranks for suit in range(4)), 2):
        found.setdefault((low // 4, high // 4, low % 4 == high % 4), []).append((low, high))
    return list(found.values())


@st.composite
def any_cards(draw, players):
    """Draw 10 to 13 cards that can come, ranges of them and of dead ones, and the cards of the board among them."""
    cards = draw(st.permutations(range(52)))
    known = draw(st.sampled_from([0, 3, 4, 5]))
    free = draw(st.integers(2 * players + 5, 13)) if not known else draw(st.integers(12, 20))
    board, dead = cards[:known], cards[free:]
    pool = st.sampled_from(cards[: free + 2])
    hands = st.tuples(pool, pool).filter(lambda pair: pair[0] < pair[1])
    ranges = [draw(st.dictionaries(hands, st.integers(1, WHOLE), max_size=4)) for _ in range(players)]
    for own in ranges:
        # One hand that is possible has the largest weight, so that no weight is scaled.
        own[tuple(sorted(draw(st.permutations(cards[known:free]))[:2]))] = WHOLE
    return ranges, board, dead


@st.composite
def whole_ranks(draw, players):
    """Draw three ranks of which all cards can come before the flop, and classes of them: suits may be renamed."""
    ranks = draw(st.permutations(range(13)))[:3]
    groups = draw(st.permutations(classes_of(ranks)))
    dead = [card for card in range(52) if card // 4 not in ranks]
    ranges = []
    for _ in range(players):
        weights = [WHOLE, *draw(st.lists(st.integers(1, WHOLE), max_size=1))]
        first = draw(st.integers(0, len(groups) - len(weights)))
        held = zip(groups[first:], weights, strict=False)
        ranges.append({pair: weight for group, weight in held for pair in group[:6]})
    return ranges, [], dead


def questions(players):
    return st.one_of(any_cards(players), whole_ranks(players))


def free_hands(weights, known):
    return {pair: weight for pair, weight in weights.items() if not {*pair} & {*known}}


def array_of(weights):
    made = np.zeros(len(COMBOS))
    for pair, weight in weights.items():
        made[PLACES[pair]] = weight
    return made


@settings(max_examples=40, deadline=None)
@given(question=questions(2), threads=st.sampled_from([1, 2]))
def test_equity_of_two_ranges_is_that_of_each_deal(naive, question, threads):
    ranges, board, dead = question
    free = [free_hands(own, board + dead) for own in ranges]
    (_, win, tie, *_), (_, lose, *_) = naive.weighted_tally(free, board, dead)
    players = [pk.Range.from_weights(array_of(own) / WHOLE) for own in ranges]
    cards = {"board": format_cards(board), "dead": format_cards(dead)}
    if not (deals := win + tie + lose):
        return
    found = pk.equity(*players, **cards, method="exact", threads=threads)
    shares = [[won, Fraction(tie, 2) + won, tie] for won in (win, lose)]
    expected = [[float(Fraction(share) / deals) for share in own] for own in shares]
    assert list(map(list, zip(found.win, found.equity, found.tie, strict=True))) == expected
    if all(weight == WHOLE for own in free for weight in own.values()):
        scale = WHOLE**2
        assert (found.win_count, found.deals * scale) == ((win // scale, lose // scale), deals)


@settings(max_examples=40, deadline=None)
@given(question=questions(2))
def test_equity_of_each_hand_is_that_of_each_deal(naive, question):
    ranges, board, dead = question
    mine, theirs = (free_hands(own, board + dead) for own in ranges)
    tallies = {pair: naive.weighted_tally([{pair: 1}, theirs], board, dead) for pair in mine}
    if not any(sum(map(sum, tally)) for tally in tallies.values()):
        return
    players = [pk.Range.from_weights(array_of(own) / WHOLE) for own in ranges]
    found = pk.equity_by_hand(*players, board=format_cards(board), dead=format_cards(dead))
    expected = []
    for pair, weight in sorted(mine.items()):
        (_, win, tie, *_), (_, lose, *_) = tallies[pair]
        deals = win + tie + lose
        shares = [float((win + Fraction(tie, 2)) / deals), win / deals, tie / deals] if deals else [None] * 3
        expected.append((format_cards(pair[::-1]), weight / WHOLE, *shares))
    assert found.rows() == expected


@settings(max_examples=25, deadline=None)
@given(question=questions(3))
def test_totals_of_three_ranges_are_those_of_each_deal(naive, question):
    ranges, board, dead = question
    own = [free_hands(weights, board + dead) for weights in ranges]
    arrays = [array_of(weights) for weights in own]
    totals = solve.exact(arrays, board, dead, 10**6, None, lambda done: None)
    assert totals.tolist() == naive.weighted_tally(own, board, dead)
