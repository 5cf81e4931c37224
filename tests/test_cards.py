"""Cards as text and as codes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pokerlab.cards import DECK, format_cards, parse_cards
from pokerlab.errors import CardError


def test_codes_follow_rank_then_suit():
    assert DECK[0] == "2c"
    assert DECK[51] == "As"
    assert parse_cards("2c2d2h2s3c As") == [0, 1, 2, 3, 4, 51]


@given(codes=st.lists(st.integers(0, 51), unique=True))
def test_text_round_trips(codes):
    text = format_cards(codes)
    assert parse_cards(text) == codes
    assert parse_cards(" ".join(text[start : start + 2] for start in range(0, len(text), 2))) == codes


def test_either_case_is_read():
    assert parse_cards("aS Kd tH") == parse_cards("AsKdTh")


@pytest.mark.parametrize("text", ["A", "Ax", "1s", "AsK", "As,Kd", "10s", "A♠", "Ａs", "As-Kd", "\x00s"])
def test_what_is_not_a_card_is_named(text):
    with pytest.raises(CardError, match="is not a card; cards are a rank of 23456789TJQKA"):
        parse_cards(text)


def test_a_card_that_stands_twice_is_named():
    with pytest.raises(CardError, match="As stands twice in 'AsKdas'"):
        parse_cards("AsKdas")


@given(text=st.text())
def test_any_text_is_cards_or_a_card_error(text):
    try:
        codes = parse_cards(text)
    except CardError:
        return
    assert len(set(codes)) == len(codes)
