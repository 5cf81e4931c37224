"""Columns of what each seat could do and did, folded from decisions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pyarrow as pa

from pokerlab.errors import StatError
from pokerlab.facts._decisions import Decisions
from pokerlab.facts.conditions import Condition
from pokerlab_kernels import flags as kernel

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, eq=False)
class Flag:
    """A pair of columns ``could_<code>`` and ``did_<code>`` of ``seats``.

    Attributes
    ----------
    code
        The end of the columns' names.
    could, did
        The decisions that are a chance, and which of these are an occurrence: conditions of facts, or Boolean
        expressions on the columns of `pokerlab.decisions`.
    once
        Whether the first chance of a hand decides; otherwise any chance of the hand may be taken.
    counts
        Whether all chances and occurrences of a hand are counted, as Int16 instead of Boolean.
    """

    code: str
    could: Condition | pl.Expr
    did: Condition | pl.Expr
    once: bool = True
    counts: bool = False

    @property
    def columns(self) -> tuple[str, str]:
        """The names of the pair."""
        return f"could_{self.code}", f"did_{self.code}"

    def check(self) -> None:
        """Evaluate the conditions on no decisions.

        Raises
        ------
        SchemaError
            An expression names a column that decisions have not.
        StatError
            An expression cannot be evaluated, or gives something else than true and false.
        """
        if not (isinstance(self.could, Condition) and isinstance(self.did, Condition)):
            _evaluate(Decisions.empty(), self)


def stat_columns(decisions: Decisions, flags: Sequence[Flag]) -> list[pl.Series]:
    """Give the ``could_`` and ``did_`` columns of all flags, in their order, a row a seat."""
    of_facts = [flag for flag in flags if isinstance(flag.could, Condition) and isinstance(flag.did, Condition)]
    found = _fold(decisions, [flag for flag in of_facts if not flag.counts])
    found |= _count(decisions, [flag for flag in of_facts if flag.counts])
    for flag in flags:
        if flag not in of_facts:
            found |= _evaluate(decisions, flag)
    return [found[name] for flag in flags for name in flag.columns]


def _conditions(conditions: Sequence[Condition]) -> kernel.Conditions:
    terms = np.array([term for condition in conditions for term in condition.terms], np.int64).reshape(-1, 2)
    start = np.cumsum([0, *(len(condition.terms) for condition in conditions)])
    return kernel.Conditions(terms[:, 0] | terms[:, 1], terms[:, 0].copy(), start)


def _both(flags: Sequence[Flag]) -> tuple[kernel.Conditions, kernel.Conditions]:
    could = [flag.could for flag in flags if isinstance(flag.could, Condition)]
    did = [flag.did for flag in flags if isinstance(flag.did, Condition)]
    return _conditions(could), _conditions(did)


def _fold(decisions: Decisions, flags: Sequence[Flag]) -> dict[str, pl.Series]:
    once = np.array([flag.once for flag in flags], np.bool_)
    could, did = kernel.fold(decisions.words, decisions.seat_rows, decisions.seats, *_both(flags), once)
    return {
        name: _bits(name, bits[row], decisions.seats)
        for row, flag in enumerate(flags)
        for name, bits in zip(flag.columns, (could, did), strict=True)
    }


def _bits(name: str, bits: np.ndarray, rows: int) -> pl.Series:
    return pl.Series(name, pl.from_arrow(pa.Array.from_buffers(pa.bool_(), rows, [None, pa.py_buffer(bits)])))


def _count(decisions: Decisions, flags: Sequence[Flag]) -> dict[str, pl.Series]:
    if not flags:
        return {}
    could, did = kernel.count(decisions.words, decisions.seat_rows, decisions.seats, *_both(flags))
    return {
        name: pl.Series(name, counts[row])
        for row, flag in enumerate(flags)
        for name, counts in zip(flag.columns, (could, did), strict=True)
    }


def _evaluate(decisions: Decisions, flag: Flag) -> dict[str, pl.Series]:
    """Fold a flag whose conditions are expressions, with Polars."""
    could, did = (part.expr if isinstance(part, Condition) else part for part in (flag.could, flag.did))
    try:
        told = decisions.frame(could, did).select("seat_row", could=could, did=did)
    except pl.exceptions.PolarsError as error:
        msg = f"the conditions of {flag.code!r} cannot be evaluated: {error}"
        raise StatError(msg) from error
    for name in ("could", "did"):
        if told[name].dtype != pl.Boolean:
            msg = f"{name} of {flag.code!r} gives {told[name].dtype}; a condition is true or false"
            raise StatError(msg)
    # A null is no chance and no occurrence: a fact that is not known is not true.
    chances = told.fill_null(value=False).filter("could")
    happened = pl.col("did").sum() if flag.counts else pl.col("did").first() if flag.once else pl.col("did").any()
    taken = chances.group_by("seat_row", maintain_order=True).agg(could=pl.len(), did=happened)
    kind = np.int16 if flag.counts else np.bool_
    columns: dict[str, np.ndarray] = {name: np.zeros(decisions.seats, kind) for name in flag.columns}
    for column, part in zip(columns.values(), ("could", "did"), strict=True):
        column[taken["seat_row"].to_numpy()] = taken[part].to_numpy()
    return {name: pl.Series(name, column) for name, column in columns.items()}
