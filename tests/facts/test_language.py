"""Conditions as text: what is written is read again, what is wrong is quoted, and no text makes it hang."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pokerlab.errors import ConditionError, StatError
from pokerlab.facts import ALWAYS, FLOP, NEVER, Condition, condition, fact
from pokerlab_kernels import records

TREES = st.recursive(
    st.sampled_from((*records.FACTS, "always", "never")),
    lambda inner: st.one_of(st.tuples(st.just("~"), inner), st.tuples(st.sampled_from("&|"), inner, inner)),
    max_leaves=8,
)
WORDS = st.integers(0, 2 ** len(records.FACTS) - 1)


def written(tree: object) -> str:
    """Write a tree with all the parentheses that there can be."""
    if isinstance(tree, str):
        return tree
    if tree[0] == "~":
        return f"~({written(tree[1])})"
    return f"({written(tree[1])}){tree[0]}({written(tree[2])})"


def truth(tree: object, word: int) -> bool:
    if isinstance(tree, str):
        return tree == "always" or (tree != "never" and bool(word >> records.FACTS.index(tree) & 1))
    if tree[0] == "~":
        return not truth(tree[1], word)
    left, right = truth(tree[1], word), truth(tree[2], word)
    return (left and right) if tree[0] == "&" else (left or right)


def holds(read: Condition, word: int) -> bool:
    return any(word & (need | forbid) == need for need, forbid in read.terms)


@given(TREES, st.lists(WORDS, min_size=5, max_size=20))
def test_text_means_what_its_logic_says(tree: object, words: list[int]) -> None:
    read = condition(written(tree))
    again = condition(read.text())
    for word in words:
        assert holds(read, word) == holds(again, word) == truth(tree, word)


@given(st.lists(st.tuples(st.sampled_from(records.FACTS), st.booleans()), min_size=1, max_size=6), st.data())
def test_tilde_binds_more_than_and_and_that_more_than_or(parts: list[tuple[str, bool]], data: st.DataObject) -> None:
    signs = [data.draw(st.sampled_from("&|")) for _ in parts[1:]]
    text = " ".join(
        f"{sign} {'~' if denied else ''}{name}" for sign, (name, denied) in zip(["", *signs], parts, strict=True)
    )
    word = data.draw(WORDS)
    python = text.replace("~", " not ").replace("&", " and ").replace("|", " or ")
    facts = {name: bool(word >> bit & 1) for bit, name in enumerate(records.FACTS)}
    assert holds(condition(text), word) == eval(python, {"__builtins__": {}}, facts)


def test_always_and_never_are_all_decisions_and_none() -> None:
    assert condition("always") == ALWAYS == condition("~never")
    assert condition("never") == NEVER == condition("FLOP & ~FLOP")
    assert condition(NEVER.text()) == NEVER
    assert condition("~~~ FLOP") == ~FLOP


@pytest.mark.parametrize(
    ("text", "token", "column", "why"),
    [
        ("", "", 1, "the end in column 1 .* expected a fact"),
        ("FLOP & ", "", 7, "the end in column 7 .* expected a fact"),
        ("FLOP & preflop", "preflop", 8, "not a fact; did you mean 'PREFLOP'"),
        ("FLOP & CAN_RISE", "CAN_RISE", 8, "did you mean 'CAN_RAISE'"),
        ("FLOP and TURN", "and", 6, "write & for it"),
        ("not FLOP", "not", 1, "write ~ for it"),
        ("FLOP && TURN", "&", 7, "expected a fact"),
        ("FLOP TURN", "TURN", 6, "expected & or |"),
        ("FLOP)", ")", 5, "expected & or |"),
        ("(FLOP | (TURN)", "", 15, r"the \) of the \( in column 1"),
        ("__import__('os').system('true')", "__import__", 1, "not a fact"),
        ("FLOP; TURN", ";", 5, "expected & or |"),
        ("FLOP & 'TURN'", "'", 8, "expected a fact"),
        ("(" * 51 + "FLOP" + ")" * 51, "(", 51, "at most 50 parentheses"),
    ],
)
def test_what_is_wrong_is_quoted_with_its_column(text: str, token: str, column: int, why: str) -> None:
    with pytest.raises(ConditionError, match=why) as caught:
        condition(text)
    assert (caught.value.token, caught.value.column) == (token, column)


@given(st.text("()~&| \n\t" + "FLOPTURN_ands\u0000é♠", max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    refused = 1
    try:
        condition(text)
    except ConditionError as error:
        refused = error.column
    assert 0 < refused <= len(text) + 1


def test_a_condition_that_multiplies_out_to_many_terms_is_refused_where_it_grows_too_large() -> None:
    halves = list(zip(records.FACTS[::2], records.FACTS[1::2], strict=True))
    pairs = [f"({one} | {two})" for one, two in halves]
    assert len(condition(" & ".join(pairs[:8])).terms) == 256
    with pytest.raises(ConditionError, match="at most 256 terms") as caught:
        condition(" & ".join(pairs))
    assert caught.value.token == "&"
    with pytest.raises(ConditionError, match="at most 256 terms"):
        condition("~(" + " | ".join(pair.replace("|", "&") for pair in pairs) + ")")
    with pytest.raises(StatError, match="at most 256 terms"):
        ~condition(
            " | ".join(f"{one} & {two}" for one, two in zip(records.FACTS[::2], records.FACTS[1::2], strict=True))
        )


def test_text_has_a_limit() -> None:
    assert condition("~" * 1_996 + "FLOP") == FLOP
    with pytest.raises(ConditionError, match="at most 2,000 characters; this one has 2,001"):
        condition("~" * 1_997 + "FLOP")


def test_the_worst_texts_of_the_allowed_length_come_to_an_end() -> None:
    pairs = " & ".join(f"({one}|{two})" for one, two in zip(records.FACTS[::2], records.FACTS[1::2], strict=True))
    assert condition("~(" * 50 + "|".join(["FLOP&TURN"] * 150) + ")" * 50).terms == condition("FLOP & TURN").terms
    assert condition("FLOP|" * 399 + "FLOP") == FLOP
    for text in (pairs[:1_900], "(" * 2_000, "~" * 2_000, "FLOP|" * 399):
        with pytest.raises(ConditionError):
            condition(text)


def test_every_fact_is_a_condition_of_its_bit() -> None:
    for bit, name in enumerate(records.FACTS):
        assert condition(name) == fact(name)
        assert holds(condition(name), int(np.int64(1) << bit))
