"""The grammar of ranges: what each form means, what is refused and where, and that text round-trips."""

from __future__ import annotations

import copy
import pickle
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pokerlab.cards import parse_cards
from pokerlab.errors import RangeError
from pokerlab.ranges import BY_EQUITY, Range, classes

PAIRS = list(combinations(range(52), 2))


def hands(text):
    """Give the hands of a range as sets of card codes."""
    return {frozenset(PAIRS[place]) for place in np.flatnonzero(Range(text).weights)}


def same(one, other):
    return (Range(one).weights == Range(other).weights).all()


@pytest.mark.parametrize(
    ("text", "combos"),
    [
        ("AA", 6),
        ("AKs", 4),
        ("AKo", 12),
        ("AK", 16),
        ("AhKh", 1),
        ("random", 1326),
        ("TT+", 30),
        ("22+", 78),
        ("A2s+", 48),
        ("QQ+, AKs, KQo", 34),
        ("77-55", 18),
        ("T9s-54s", 24),
    ],
)
def test_forms_have_their_number_of_combinations(text, combos):
    assert Range(text).combos == combos


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("AK", "AKs,AKo"),
        ("KAs", "AKs"),
        ("aks", "AKs"),
        ("qq+", "QQ,KK,AA"),
        ("TT+", "TT,JJ,QQ,KK,AA"),
        ("AT+", "AT,AJ,AQ,AK"),
        ("A5s+", "A5s,A6s,A7s,A8s,A9s,ATs,AJs,AQs,AKs"),
        ("54s+", "54s"),
        ("53s+", "53s,54s"),
        ("A5s-A2s", "A5s,A4s,A3s,A2s"),
        ("A2s-A5s", "A5s,A4s,A3s,A2s"),
        ("ATs-A7s", "ATs,A9s,A8s,A7s"),
        ("55-77", "77,66,55"),
        ("T9s-76s", "T9s,98s,87s,76s"),
        ("QTo-97o", "QTo,J9o,T8o,97o"),
        ("AK-AQ", "AK,AQ"),
        ("AhKx", "AhKc,AhKd,AhKh,AhKs"),
        ("KhAh", "AhKh"),
        ("AxKh", "AcKh,AdKh,AhKh,AsKh"),
        ("5%-15%@0.5", "15%@0.5,5%@0"),
        ("20%,!5%", "5%-20%"),
        ("*,!22+", "xx,-22+"),
        ("AKs-32s", "AKs,KQs,QJs,JTs,T9s,98s,87s,76s,65s,54s,43s,32s"),
        ("[50]AA[/50]KK[20]QQ[/20]", "AA@.5 KK QQ@.2"),
        ("[0]AA[/0]KK", "KK"),
        ("AA\u00a0KK\u3000QQ\r\nJJ", "JJ+"),
        ("any", "random"),
        ("*", "random"),
        ("xx", "random"),
        ("XxXx", "random"),
        ("100%", "random"),
        ("AA KK\nQQ\t,JJ,,", "JJ+"),
        ("AKs:0.5", "AKs@0.5"),
        ("AKs@.5", "AKs@0.50"),
        ("[50]AKs,AQs[/50]", "AKs@0.5,AQs@0.5"),
        ("[12.5]AKs[/12.5]KQs", "AKs@0.125,KQs"),
        ("[10]AKs AQs[/10],[20]KQs[/20]", "AKs@0.1,AQs@0.1,KQs@0.2"),
        ("AA@0.5,AA", "AA"),
        ("AA,AA@0.5", "AA@0.5"),
        ("AK,AKs@0.25", "AKo,AKs@0.25"),
        ("QQ+,-KK", "QQ,AA"),
        ("-KK,QQ+", "QQ,AA"),
        ("!KK,QQ+", "QQ,AA"),
        ("TT+,-JJ+", "TT"),
        ("A5s-A2s,-A4s-A3s", "A5s,A2s"),
        ("AA,-AhAs", "AcAd,AcAh,AcAs,AdAh,AdAs"),
        ("AA,KK@0", "AA"),
    ],
)
def test_form_means_what_the_longer_text_says(text, meaning):
    assert same(text, meaning)


def test_any_rank_pattern_takes_every_other_card_of_the_suit():
    ace = parse_cards("Ah")[0]
    assert hands("AhXh") == {frozenset((ace, 4 * rank + 2)) for rank in range(12)}
    assert len(hands("AhXx")) == 51


def test_weights_are_in_the_order_of_combinations():
    weights = Range("AsAh@0.25").weights
    assert weights.shape == (1326,)
    assert weights[PAIRS.index((50, 51))] == 0.25
    assert weights.sum() == 0.25
    assert not weights.flags.writeable


def test_share_takes_whole_classes_until_the_next_would_exceed_it():
    assert same("1%", "KK+")
    assert Range("15%").combos <= 0.15 * 1326
    taken = [name for name in BY_EQUITY if Range("15%").weights[classes()[name][0]]]
    assert taken == list(BY_EQUITY[: len(taken)])
    following = len(classes()[BY_EQUITY[len(taken)]])
    assert Range("15%").combos + following > 0.15 * 1326


def test_share_that_a_class_fills_exactly_takes_it():
    share = 100 * sum(len(classes()[name]) for name in BY_EQUITY[:8]) / 1326
    assert Range(f"{share!r}%").combos == sum(len(classes()[name]) for name in BY_EQUITY[:8])


def test_share_from_to_is_the_difference():
    difference = np.maximum(Range("15%").weights - Range("5%").weights, 0)
    assert (Range("5%-15%").weights == difference).all()
    assert same("15%-5%", "5%-15%")


def test_order_names_each_class_once():
    assert sorted(BY_EQUITY) == sorted(classes())


@pytest.mark.parametrize(
    ("text", "token", "column"),
    [
        ("AA, KKs", "KKs", 5),
        ("AA,foo", "foo", 4),
        ("AA\nKK Q", "Q", 7),
        ("AKs+x", "AKs+x", 1),
        ("AA++", "AA++", 1),
        ("AKs-QJo", "AKs-QJo", 1),
        ("AKs-QTs", "AKs-QTs", 1),
        ("AA-AKs", "AA-AKs", 1),
        ("AhAh", "AhAh", 1),
        ("AKs@1.5", "AKs@1.5", 1),
        ("AKs@-1", "AKs@-1", 1),
        ("AKs@nan", "AKs@nan", 1),
        ("AKs@inf", "AKs@inf", 1),
        ("AKs@1e-3", "AKs@1e-3", 1),
        ("AKs@", "AKs@", 1),
        ("AKs@0.5@0.5", "AKs@0.5@0.5", 1),
        ("AKs@０.5", "AKs@０.5", 1),
        ("ＡＫs", "ＡＫs", 1),
        ("A♠K♠", "A♠K♠", 1),
        ("101%", "101%", 1),
        ("-5%", "-5%", 1),
        ("0.1%", "0.1%", 1),
        ("KK,0%", "0%", 4),
        ("%", "%", 1),
        ("[50]AKs", "[50]", 1),
        ("AKs[/50]", "[/50]", 4),
        ("[50]AKs[/40]", "[/40]", 8),
        ("[50]AA[20]KK[/20][/50]", "[20]", 7),
        ("[150]AA[/150]", "[150]", 1),
        ("[x]AA[/x]", "[x]", 1),
        ("[50]AKs@0.5[/50]", "AKs@0.5", 5),
        ("AA,-KK@0.5", "-KK@0.5", 4),
        ("AA,-", "-", 4),
        ("AA,!", "!", 4),
        ("AA,!!KK", "!!KK", 4),
        ("AA,-KKs", "-KKs", 4),
        ("AA @0.5", "@0.5", 4),
        ("AA,15", "15", 4),
        ("5-15%", "5-15%", 1),
        ("5%-5%", "5%-5%", 1),
        ("AhKs+", "AhKs+", 1),
        ("AhK", "AhK", 1),
        ("32s-A2s", "32s-A2s", 1),
        ("AKs@50%", "AKs@50%", 1),
        ("[ 50]AA[/50]", "[", 1),
        ("AA\u2013KK", "AA\u2013KK", 1),
        ("KK,AA\u200b", "AA\u200b", 4),
        ("\ufeffAA", "\ufeffAA", 1),
        ("AA\x00", "AA\x00", 1),
        ("10h9h", "10h9h", 1),
        ("AA,[AKQ]h", "[AKQ]", 4),
        ("", "", 1),
        (" , ", " , ", 1),
        ("AA,-AA", "AA,-AA", 1),
        ("AA@0", "AA@0", 1),
    ],
)
def test_what_is_not_understood_is_named_with_its_column(text, token, column):
    with pytest.raises(RangeError, match=f"column {column}: ") as caught:
        Range(text)
    assert (caught.value.token, caught.value.column) == (token, column)


def test_the_token_is_quoted_and_long_texts_are_cut():
    for text in ("AA,-", "AA,!!KK", "AA,-KKs", "AA,KKs"):
        with pytest.raises(RangeError) as caught:
            Range(text)
        assert repr(caught.value.token) in str(caught.value)
    with pytest.raises(RangeError) as caught:
        Range("AA," * 100_000 + "foo")
    assert caught.value.column == 300_001
    assert len(str(caught.value)) < 500


grammar = st.text(alphabet="AKQJT92xhso+-@:.5%[]/, !*\uff11\u00e9", max_size=12)


@settings(max_examples=500)
@given(text=grammar | st.text(max_size=12))
def test_any_text_is_a_range_or_an_error_that_quotes_its_token(text):
    try:
        made = Range(text)
    except RangeError as error:
        caught = error
    else:
        assert ((made.weights >= 0) & (made.weights <= 1)).all()
        assert made.weights.any()
        assert Range(str(made)) == made
        return
    assert text[caught.column - 1 :].startswith(caught.token)
    assert caught.token == text or repr(caught.token) in str(caught)


class_texts = st.sampled_from(
    [*BY_EQUITY, "QQ+", "A5s-A2s", "KTo+", "15%", "AhKh", "JsTd", "Ts9x", "random", "54s-98s"]
)
weight_texts = st.floats(0, 1).filter(bool).map(lambda weight: f"@{weight:.20f}") | st.just("")


@given(parts=st.lists(st.tuples(class_texts, weight_texts), min_size=1, max_size=8))
def test_text_of_a_range_gives_the_same_weights(parts):
    try:
        made = Range(",".join(hand + weight for hand, weight in parts))
    except RangeError:
        return  # All weights rounded to zero.
    assert Range(str(made)) == made
    assert hash(Range(str(made))) == hash(made)


@given(seed=st.integers(0, 2**32), share=st.floats(0.001, 1))
def test_text_of_any_weights_gives_the_same_weights(seed, share):
    rng = np.random.default_rng(seed)
    weights = rng.random(1326) * (rng.random(1326) < share)
    weights[0] = 5e-324
    made = Range.from_weights(weights)
    assert Range(str(made)) == made


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("AA,KK,QQ,AKs,AQs", "QQ+,AQs+"),
        ("A5s,A4s,A3s", "A5s-A3s"),
        ("random", "random"),
        ("AKs@0.5,AhKd", "AKs@0.5,AhKd"),
        ("AK", "AKs,AKo"),
    ],
)
def test_text_is_short(text, short):
    assert str(Range(text)) == short
    assert repr(Range(text)) == f"Range({short!r})"


def test_grid_has_suited_hands_above_the_diagonal():
    grid = Range("AA,AKs@0.5,AhKd").grid()
    assert grid.shape == (13, 13)
    assert grid[0, 0] == 1
    assert grid[0, 1] == 0.5
    assert grid[1, 0] == pytest.approx(1 / 12)
    assert grid.sum() == pytest.approx(1.5 + 1 / 12)


def test_html_names_every_class_once():
    html = Range("AKs@0.5")._repr_html_()
    assert html.count("<td") == 169
    assert all(f">{name}</td>" in html for name in classes())
    assert 'title="AKs: 0.5"' in html


@pytest.mark.parametrize(
    "weights", [np.ones(1325), np.zeros(1326), np.full(1326, np.nan), np.full(1326, 1.5), np.full(1326, -0.5)]
)
def test_weights_that_are_no_range_are_refused(weights):
    with pytest.raises(RangeError, match="a range needs 1326 weights from 0 to 1, not all 0"):
        Range.from_weights(weights)


def test_weights_given_are_copied():
    weights = np.ones(1326)
    made = Range.from_weights(weights)
    weights[:] = 0
    assert made.combos == 1326


@pytest.mark.parametrize("copied", [copy.deepcopy, copy.copy, lambda made: pickle.loads(pickle.dumps(made))])
def test_a_copy_is_equal_and_cannot_be_written_to(copied):
    made = Range("AKs@0.5, QQ+")
    again = copied(made)
    assert (again, hash(again)) == (made, hash(made))
    assert not again.weights.flags.writeable


def test_ranges_that_are_equal_have_one_hash_whatever_the_sign_of_zero():
    weights = Range("AA").weights
    made = Range.from_weights(np.where(weights, weights, -0.0))
    assert made == Range("AA")
    assert hash(made) == hash(Range("AA"))


@pytest.mark.parametrize("text", [None, 5, b"AA"])
def test_what_is_no_text_is_no_range(text):
    with pytest.raises(RangeError, match="is not a text; write a range such as"):
        Range(text)
