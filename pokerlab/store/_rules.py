"""What holds for every stored row and hand, each rule once; `Store.check` looks for rows that break one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from pokerlab.store._layout import HAND_KINDS, KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

EV_TOLERANCE = 1e-6
"""By so much the expected winnings of a hand's players may differ, added up, from what they won."""

IMPLIED = (
    ("did_pfr", "did_vpip"),
    ("could_pfr", "could_vpip"),
    ("did_rfi", "did_pfr"),
    ("did_three_bet", "did_pfr"),
    ("did_squeeze", "did_three_bet"),
    ("did_four_bet", "did_pfr"),
    ("did_steal", "did_rfi"),
    ("did_limp", "did_vpip"),
    ("did_cc", "did_vpip"),
    ("could_cbet_f", "saw_flop"),
    ("could_bet_t", "saw_turn"),
    ("could_bet_r", "saw_river"),
    ("saw_turn", "saw_flop"),
    ("saw_river", "saw_turn"),
)
"""Columns of seats of which the first is never true without the second."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule on rows of ``kind``; ``broken`` is true where a row breaks it, and null where that cannot be told."""

    kind: str
    says: str
    broken: pl.Expr


def row_rules(kind: str, columns: Mapping[str, pl.DataType], month: str) -> Iterator[Rule]:
    """Give the rules that a row can be held against by itself; ``columns`` are those of the kind, flags included."""
    for name, dtype in columns.items():
        if isinstance(dtype, pl.Enum):
            unknown = ~pl.col(name).is_in(dtype.categories.implode())
            yield Rule(kind, f"rows have a {name} that is not known", unknown)
    if kind == "hands":
        yield Rule(kind, "hands are of another month", pl.col("played_at").dt.strftime("%Y-%m") != month)
    if kind == "seats":
        wrong = pl.col("net") != pl.col("collected") - pl.col("contributed")
        yield Rule(kind, "rows have a net that is not what was collected less what was contributed", wrong)
        yield from _flag_rules(columns)


def _flag_rules(columns: Mapping[str, pl.DataType]) -> Iterator[Rule]:
    pairs = [(name, f"could_{name[4:]}") for name in columns if name.startswith("did_")]
    for did, could in (*pairs, *IMPLIED):
        if did in columns and could in columns and columns[did] == columns[could]:
            more = pl.col(did) > pl.col(could)
            yield Rule("seats", f"rows have {did} without {could}", more)


HAND_RULES = (
    Rule("seats", "hands have no seats", pl.col("n_seats").is_null()),
    Rule("actions", "hands have no actions", pl.col("n_actions").is_null()),
    Rule("seats", "hands have a seat twice", pl.col("seats_apart") != pl.col("n_seats")),
    Rule(
        "actions",
        "hands have a seq that does not count from 0 without holes",
        (pl.col("first_seq") != 0)
        | (pl.col("last_seq") != pl.col("n_actions") - 1)
        | (pl.col("seqs_apart") != pl.col("n_actions")),
    ),
    Rule("seats", "hands have another number of players than are dealt in", pl.col("n_players") != pl.col("dealt")),
    Rule(
        "seats",
        "hands have a pot that is not what was contributed and added",
        pl.col("pot") != pl.col("contributed") + pl.col("added"),
    ),
    Rule(
        "seats",
        "hands have a pot that is not what was collected and raked",
        pl.col("pot") != pl.col("collected") + pl.col("rake"),
    ),
    Rule(
        "seats",
        "hands have expected winnings whose sum is not that of the winnings",
        (pl.col("ev_net") - pl.col("net")).abs() > EV_TOLERANCE,
    ),
)
"""Rules on hands with the sums of their seats and actions, as `hand_sums` gives them."""


def hand_sums(tables: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    """Give the hands, each with what is known of its seats and actions; sums are null where a part is."""
    seats = tables["seats"].group_by("hand_id").agg(
        pl.col("dealt").sum(),
        *(_sum(name) for name in ("contributed", "collected", "net", "ev_net")),
        n_seats=pl.len(),
        seats_apart=pl.col("seat").n_unique(),
    )  # fmt: skip
    actions = tables["actions"].group_by("hand_id").agg(
        n_actions=pl.len(),
        seqs_apart=pl.col("seq").n_unique(),
        first_seq=pl.col("seq").min(),
        last_seq=pl.col("seq").max(),
    )  # fmt: skip
    hands = tables["hands"].select("hand_id", "n_players", "pot", "rake", "added")
    return hands.join(seats, on="hand_id", how="left").join(actions, on="hand_id", how="left")


def _sum(name: str) -> pl.Expr:
    return pl.when(pl.col(name).is_not_null().all()).then(pl.col(name).sum()).alias(name)


def broken(rows: pl.LazyFrame, rules: Iterable[Rule], example: str) -> Iterator[tuple[Rule, int, object]]:
    """Count the rows that break each rule, in one pass; of those that are broken give an ``example`` too."""
    rules = list(rules)
    if not rules:
        return
    counts = rows.select(rule.broken.sum().alias(str(number)) for number, rule in enumerate(rules))
    for rule, count in zip(rules, counts.collect(engine="streaming").row(0), strict=True):
        if count:
            yield rule, count, rows.filter(rule.broken).select(example).head(1).collect(engine="streaming").item()


def example_of(kind: str) -> str:
    """Name the column by which a row of a kind is quoted."""
    return "hand_id" if kind in HAND_KINDS else next(iter(KINDS[kind]))
