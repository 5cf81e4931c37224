"""Omaha equity and ranges from words: meanings, exact against sampled, and what is refused."""

from __future__ import annotations

import pickle
from itertools import combinations
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pokerlab as pk
from pokerlab import OmahaRange
from pokerlab.errors import CardError, EquityError, PokerlabError, RangeError


def hands(text, cards=4):
    return {frozenset(hand) for hand in OmahaRange(text, cards).hands.tolist()}


@pytest.mark.parametrize(
    ("text", "combos"),
    [
        ("random", comb(52, 4)),
        ("AAxx", 6 * comb(48, 2) + 4 * 48 + 1),
        ("AA**", 6961),
        ("AAAx", 4 * 48 + 1),
        ("KKQQ", 36),
        ("JT98", 256),
        ("JT98rb", 24),
        ("JT98ds", 36),
        ("JT98ss", 256 - 24 - 36),
        ("$rb", 13**4),
        ("$ds", 6 * comb(13, 2) ** 2),
        ("AAKKds", 6),
        ("AAJTds", 12),
        ("AsAhKQ", 16),
        ("AsAhKdQc", 1),
    ],
)
def test_forms_have_their_number_of_combinations(text, combos):
    assert OmahaRange(text).combos == combos


def test_suits_part_all_hands():
    assert sum(OmahaRange(text).combos for text in ("$ds", "$ss", "$rb")) == comb(52, 4)
    assert len(hands("$ds") | hands("$ss") | hands("$rb")) == comb(52, 4)
    assert OmahaRange("$ds", 5).combos + OmahaRange("$ss", 5).combos == comb(52, 5)


@given(data=st.data(), cards=st.sampled_from([4, 5]))
def test_a_pattern_of_ranks_is_what_its_ranks_say(data, cards):
    pattern = data.draw(st.lists(st.sampled_from("AKQT2xx"), min_size=cards, max_size=cards))
    fixed = [pk.cards.RANKS.index(rank) for rank in pattern if rank != "x"]
    deck = data.draw(st.permutations(range(52)))
    fitting, other = sorted({*deck[:cards]}), sorted({*deck[-cards:]})
    try:
        found = OmahaRange("".join(pattern), cards)
    except RangeError:
        assert max(map(fixed.count, fixed)) > 4
        return
    listed = {frozenset(hand) for hand in found.hands.tolist()} if len(fixed) > 2 else None
    for hand in (fitting, other):
        ranks = [card // 4 for card in hand]
        fits = all(ranks.count(rank) >= fixed.count(rank) for rank in fixed)
        if listed is not None:
            assert (frozenset(hand) in listed) == fits
    if len(fixed) > 2:
        assert len(listed) == found.combos
        for hand in list(listed)[:20]:
            assert all([card // 4 for card in hand].count(rank) >= fixed.count(rank) for rank in fixed)


def test_suited_card_of_any_rank():
    ace = pk.cards.parse_cards("As")[0]
    found = hands("Asxsxx")
    spades = [card for card in range(52) if card % 4 == 3 and card != ace]
    assert found == {
        frozenset((ace, *rest))
        for rest in combinations([card for card in range(52) if card != ace], 3)
        if {*rest} & {*spades}
    }


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("aaXX", "AAxx"),
        ("AAJT$ds", "AAJTds"),
        ("KsKhQQ", "QQKhKs"),
        ("xxxx", "random"),
        ("****", "any"),
        ("xxxxds", "$ds"),
        ("AAxx:0.5", "AAxx@.5"),
        ("[50]AAKK,KKQQ[/50]", "AAKK@0.5 KKQQ@0.5"),
        ("AAxx@0.5,AAxx", "AAxx"),
        ("AAKK,random", "random"),
        ("AAxx,-AAAx", "AAxx,!AAAx"),
        ("$ds,-$ds,AAKKss", "AAKKss"),
        ("AAKK,AAKKds@0,AAKKss@0", "AAKKrb"),
    ],
)
def test_form_means_what_the_other_text_says(text, meaning):
    one, other = OmahaRange(text), OmahaRange(meaning)
    assert one == other
    assert hash(one) == hash(other)


def test_the_last_weight_wins_and_the_rest_keeps_its_own():
    found = OmahaRange("random@0.5, AAKK, KKQQ@0.25, -AsAhKsKh")
    weights = {frozenset(hand): weight for hand, weight in zip(found.hands.tolist(), found.weights, strict=True)}
    code = pk.cards.parse_cards
    assert weights[frozenset(code("AcAdKcKd"))] == 1
    assert weights[frozenset(code("KcKdQcQd"))] == 0.25
    assert weights[frozenset(code("2c3d4h5s"))] == 0.5
    assert frozenset(code("AsAhKsKh")) not in weights
    assert len(weights) == comb(52, 4) - 1


@pytest.mark.parametrize(
    ("text", "token", "column"),
    [
        ("AA", "AA", 1),
        ("AAxx, AAKKQ", "AAKKQ", 7),
        ("AAAAA", "AAAAA", 1),
        ("AsAsKK", "AsAsKK", 1),
        ("AAxxes", "AAxxes", 1),
        ("KKQQ,15%", "15%", 6),
        ("KK+", "KK+", 1),
        ("AAxx@2", "AAxx@2", 1),
        ("AAxx@nan", "AAxx@nan", 1),
        ("AAxx@-1", "AAxx@-1", 1),
        ("[50]AAxx", "[50]", 1),
        ("A♠A♥xx", "A♠A♥xx", 1),
        ("ＡＡxx", "ＡＡxx", 1),
        ("$", "$", 1),
        ("", "", 1),
        ("AAxx,-AAxx", "AAxx,-AAxx", 1),
        ("AAxx,-random", "AAxx,-random", 1),
        ("random@0", "random@0", 1),
        ("AAss", "AAss", 1),
    ],
)
def test_what_is_not_understood_is_named_with_its_column(text, token, column):
    with pytest.raises(RangeError, match=f"column {column}: ") as caught:
        OmahaRange(text)
    assert (caught.value.token, caught.value.column) == (token, column)


def test_five_cards_are_never_of_four_suits_alone():
    with pytest.raises(RangeError, match="'AKQJTrb' is no hand of 5 cards from one deck"):
        OmahaRange("AKQJTrb", 5)


@pytest.mark.parametrize(("text", "cards"), [(None, 4), (b"AAxx", 4), ("AAxx", 3), ("AAxx", "4"), ("AAxx", 4.0)])
def test_what_is_no_text_or_no_size_is_no_range(text, cards):
    with pytest.raises(RangeError):
        OmahaRange(text, cards)


@given(text=st.text(alphabet="AKT2xs*dbr$+-@:.5%[]/, !１é♠", max_size=14) | st.text(max_size=12))
def test_any_text_is_a_range_or_a_range_error(text):
    try:
        found = OmahaRange(text)
    except RangeError as error:
        caught = error
    else:
        assert found.combos > 0
        assert OmahaRange(str(found)) == found
        return
    assert text[caught.column - 1 :].startswith(caught.token)
    assert caught.token == text or repr(caught.token) in str(caught)


def test_a_copy_is_equal():
    made = OmahaRange("AAKKx@0.5", 5)
    again = pickle.loads(pickle.dumps(made))
    assert (again, hash(again), repr(again)) == (made, hash(made), "OmahaRange('AAKKx@0.5', cards=5)")


def test_exact_hands_have_integer_counts():
    found = pk.equity("AsAhKsKh", "JdTd9c8c", game="omaha4")
    assert found.exact
    assert found.deals == comb(44, 5)
    assert sum(found.win_count) + found.tie_count[0] == found.deals


@pytest.mark.parametrize(("game", "size"), [("omaha4", 4), ("omaha5", 5), ("omaha6", 6)])
def test_sampling_agrees_with_exact(game, size):
    cards = np.random.default_rng(size).permutation(52).tolist()
    players = [pk.cards.format_cards(cards[size * player : size * (player + 1)]) for player in range(3)]
    dead = pk.cards.format_cards(cards[-2:])
    expected = pk.equity(*players, dead=dead, game=game)
    sampled = pk.equity(*players, dead=dead, game=game, method="monte_carlo", seed=3)
    assert expected.exact
    for share, exact, error in zip(sampled.equity, expected.equity, sampled.stderr, strict=True):
        assert abs(share - exact) <= 4 * error


def test_weighted_ranges_are_sampled_as_they_are_counted():
    players = ("AAKKds@0.5, AAQQds, JT98rb@0.25", "KKQQ, AAKK@0.3", "JT98ds")
    expected = pk.equity(*players, board="Ks7d2c4h", game="omaha4", method="exact")
    sampled = pk.equity(*players, board="Ks7d2c4h", game="omaha4", method="monte_carlo", seed=5, tolerance=0.0005)
    for share, exact, error in zip(sampled.equity, expected.equity, sampled.stderr, strict=True):
        assert abs(share - exact) <= 4 * error


def test_any_hand_is_counted_and_sampled_alike():
    given = {"board": "Ac7d2h9s3c", "game": "omaha4"}
    expected = pk.equity("AsAhKsKh", "random", **given)
    listed = pk.equity("AsAhKsKh", "$ds,$ss,$rb", **given)
    sampled = pk.equity("AsAhKsKh", "random", method="monte_carlo", seed=1, **given)
    assert expected.win_count == listed.win_count
    assert expected.deals == comb(43, 4)
    assert abs(sampled.equity[0] - expected.equity[0]) <= 4 * sampled.stderr[0]


def test_weights_count_by_their_ratio():
    one, other = (
        pk.equity(OmahaRange(f"AAKKds@{weight}"), "JT98ds", board="Ks7d2c4h", game="omaha4") for weight in (1, 0.5)
    )
    assert one.equity == other.equity


def test_seed_fixes_the_result_for_any_number_of_threads():
    one, two = (
        pk.equity("AAxx", "KKxx", game="omaha4", seed=7, tolerance=0.005, threads=threads) for threads in (1, 2)
    )
    assert (one.equity, one.samples) == (two.equity, two.samples)
    assert not one.exact


def test_sampling_reports_and_is_cancelled():
    seen = []
    pk.equity("AAxx", "KKxx", game="omaha4", seed=7, tolerance=0.002, progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1
    with pytest.raises(EquityError, match="equity was cancelled"):
        pk.equity("AAxx", "KKxx", game="omaha4", cancel=lambda: True)


@pytest.mark.parametrize(
    ("players", "options", "error", "match"),
    [
        (["AsAhKsKh", "JdTd9c8c"], {"game": "omaha"}, EquityError, "'omaha' is not a game; games are holdem, omaha4"),
        (["AsAhKsKh", "JdTd9c"], {}, EquityError, "'JdTd9c' holds 3 cards; an omaha4 hand has 4"),
        (["AsAhKsKh", "JdTd9c9c"], {}, CardError, "9c stands twice"),
        (["AsAhKsKh", "AA"], {}, RangeError, "'AA' names 2 cards where a hand has 4"),
        (["AsAhKsKh", "AsTd9c8c"], {}, EquityError, "no deal gives all players a hand"),
        (["AAxx", "AAxx", "AAxx"], {}, EquityError, "no deal gives all players a hand"),
        (["AAxx", "AAxx", "AAxx"], {"method": "exact", "board": "AsKs2c4d5h"}, EquityError, "no deal gives all"),
        (["AsAhQsQh", "KKxx"], {"board": "KdKcKs"}, EquityError, "'KKxx' has no hand left beside board"),
        (["AsAhKsKh", pk.Range("KK")], {}, EquityError, "is not a player; .* an OmahaRange, of 4 cards"),
        (["AsAhKsKh", OmahaRange("AAxxx", 5)], {}, EquityError, "has hands of 5 cards; omaha4 hands have 4"),
        (["AsAh", OmahaRange("AAxx")], {"game": "holdem"}, EquityError, "is not a player"),
        (["random"] * 8, {"game": "omaha6"}, EquityError, "leave too few for 8 players and the board"),
        (["$ds", "$ss"], {"method": "exact"}, EquityError, "more than 4,000,000 joint holdings"),
    ],
)
def test_what_cannot_be_is_refused(players, options, error, match):
    with pytest.raises(error, match=match):
        pk.equity(*players, **({"game": "omaha4"} | options))


cards_of_any_kind = st.lists(st.sampled_from(pk.cards.DECK), max_size=7).map("".join)


@given(
    texts=st.lists(st.text(max_size=10) | cards_of_any_kind | st.sampled_from(["AA", "AAxx", "$ds"]), max_size=12),
    board=st.text(max_size=8) | cards_of_any_kind,
    dead=st.text(max_size=4) | cards_of_any_kind,
    game=st.sampled_from(["holdem", "omaha4", "omaha5", "omaha6"]) | st.text(max_size=6),
)
def test_any_text_is_a_result_or_an_error_of_the_library(texts, board, dead, game):
    try:
        found = pk.equity(*texts, board=board, dead=dead, game=game, tolerance=0.05, max_samples=4096)
    except PokerlabError:
        return
    assert sum(found.equity) == pytest.approx(1)
    known = pk.cards.parse_cards(board)
    assert len(known) in (0, 3, 4, 5)
    assert not {*known} & {*pk.cards.parse_cards(dead)}
