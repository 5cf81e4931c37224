"""Conditions against a truth table: what `&`, `|`, `~` say must be what Python's own operators say."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pokerlab.errors import StatError
from pokerlab.facts import CALLS, PREFLOP, RAISES, Condition, Decisions, Flag, fact, stat_columns
from pokerlab_kernels import records

NAMES = st.sampled_from(records.FACTS)
TREES = st.recursive(
    NAMES,
    lambda inner: st.one_of(st.tuples(st.just("~"), inner), st.tuples(st.sampled_from("&|"), inner, inner)),
    max_leaves=6,
)


def build(tree: object) -> Condition:
    if isinstance(tree, str):
        return fact(tree)
    if tree[0] == "~":
        return ~build(tree[1])
    left, right = build(tree[1]), build(tree[2])
    return left & right if tree[0] == "&" else left | right


def truth(tree: object, facts: set[str]) -> bool:
    if isinstance(tree, str):
        return tree in facts
    if tree[0] == "~":
        return not truth(tree[1], facts)
    left, right = truth(tree[1], facts), truth(tree[2], facts)
    return (left and right) if tree[0] == "&" else (left or right)


def word_of(facts: set[str]) -> int:
    return sum(1 << records.FACTS.index(name) for name in facts)


def columns(words: list[int], seat_rows: list[int], seats: int, flags: list[Flag]) -> dict[str, list[object]]:
    made = Decisions(
        np.array(words, np.int64),
        np.array(seat_rows, np.uint32),
        seats,
        np.empty((0, seats), np.float32),
        pl.DataFrame,
        pl.DataFrame,
    )
    return {column.name: column.to_list() for column in stat_columns(made, flags)}


DECISIONS = st.tuples(st.sampled_from(records.FACTS[:4]), st.sets(st.sampled_from(records.FACTS[4:]))).map(
    lambda pair: {pair[0], *pair[1]}
)


@given(TREES, st.lists(DECISIONS, min_size=1, max_size=8))
def test_a_condition_holds_where_its_logic_holds(tree: object, decisions: list[set[str]]) -> None:
    words = [word_of(facts) for facts in decisions]
    condition = build(tree)
    flags = [Flag("x", condition, condition), Flag("y", condition, condition, counts=True)]
    found = columns(words, list(range(len(words))), len(words), flags)
    expected = [truth(tree, facts) for facts in decisions]
    assert found == {"could_x": expected, "did_x": expected, "could_y": expected, "did_y": expected}
    word = pl.DataFrame({"facts": words})
    assert word.select(condition.expr).to_series().to_list() == expected


def test_only_the_first_chance_decides_where_a_flag_says_once() -> None:
    words = [word_of({"PREFLOP", "CALLS"}), word_of({"PREFLOP", "RAISES"}), 0]
    flags = [Flag("first", PREFLOP, RAISES), Flag("any", PREFLOP, RAISES, once=False), Flag("call", PREFLOP, CALLS)]
    assert columns(words, [1, 1, 0], 2, flags) == {
        "could_first": [False, True],
        "did_first": [False, False],
        "could_any": [False, True],
        "did_any": [False, True],
        "could_call": [False, True],
        "did_call": [False, True],
    }


def test_an_unknown_fact_is_quoted() -> None:
    with pytest.raises(StatError, match="'LUCKY' is not a fact"):
        fact("LUCKY")


def test_a_condition_is_written_with_the_names_of_its_facts() -> None:
    assert (PREFLOP & ~CALLS | RAISES).text() == "PREFLOP & ~CALLS | RAISES"


def test_more_different_words_than_are_remembered_are_folded_rightly() -> None:
    draw = np.random.default_rng(3)
    words = draw.integers(1, 1 << len(records.FACTS), 30_000)
    words = np.concatenate([words, draw.permutation(words), np.zeros(10, np.int64)])
    seat_rows = np.concatenate([draw.integers(0, 5_000, 60_000), np.zeros(10, np.int64)])
    conditions = [build(("|", ("&", one, ("~", two)), three)) for one, two, three in (
        ("PREFLOP", "CALLS", "RIVER"), ("UNRAISED", "FLOP", "BETS"), ("IN_SB", "IN_BB", "IN_CO"))]  # fmt: skip
    flags = [Flag(f"c{n}", one, RAISES, once=False) for n, one in enumerate(conditions)]
    flags += [Flag(f"n{n}", one, RAISES, counts=True) for n, one in enumerate(conditions)]
    found = columns(words.tolist(), seat_rows.tolist(), 5_000, flags)
    for n, condition in enumerate(conditions):
        could = np.any([words & (need | forbid) == need for need, forbid in condition.terms], axis=0) & (words != 0)
        did = could & (words & RAISES.terms[0][0] != 0)
        for kind, rows in (("could", could), ("did", did)):
            counts = np.bincount(seat_rows[rows], minlength=5_000)
            assert found[f"{kind}_n{n}"] == counts.tolist()
            assert found[f"{kind}_c{n}"] == (counts > 0).tolist()
