"""Aggregates made part by part: what to compute of each part's rows, and what to make of all parts' results.

An expression such as ``(sum(a) / count(b)).sqrt()`` is cut at its aggregates. Each part computes these, their results
are put together group by group, and what is left of the expression is computed of them, row by row.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from io import StringIO
from typing import TYPE_CHECKING, Any

import polars as pl
import polars.selectors as cs

from pokerlab.errors import StatError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_Node = Any
_ADDED = {"Sum": "sum", "Count": "sum", "Min": "min", "Max": "max"}
"""Aggregates whose results of parts are put together by one aggregate."""


@dataclass(frozen=True, slots=True, eq=False)
class Combined:
    """Expressions that are computed in three steps.

    Attributes
    ----------
    partial
        Aggregates of the rows of a part.
    together
        Aggregates of the parts' results, of the same form, so that some may be put together before others.
    final
        The expressions themselves, of these, row by row.
    """

    partial: list[pl.Expr] = field(default_factory=list)
    together: list[pl.Expr] = field(default_factory=list)
    final: list[pl.Expr] = field(default_factory=list)

    def finished(self, sums: pl.DataFrame, names: Iterable[str]) -> pl.DataFrame:
        """Compute the expressions for each group, beside its names."""
        counted = sums.with_columns((cs.starts_with("_part") & cs.list()).list.n_unique())
        return counted.select(*names, *self.final)


def split(values: Iterable[pl.Expr]) -> Combined:
    """Cut aggregates so that they can be computed part by part.

    Sums, counts and extremes of integers are the same as of all rows at once. Means, deviations and sums of floats
    are so but for rounding, and depend on the parts and their order alone.

    Raises
    ------
    StatError
        An expression has an aggregate that cannot be made of those of parts, such as a median.
    """
    cut = _Cut()
    for value in values:
        cut.name = value.meta.output_name()
        node = cut.through(_node(value))
        final = _expr(node)
        if set(final.meta.root_names()) - cut.made or not _row_by_row(node):
            cut.refuse()
        cut.combined.final.append(final)
    return cut.combined


def whole_hands(key: pl.Expr) -> bool:
    """Tell whether an expression looks at no rows but those of the same hand, so that parts of whole hands will do.

    Of what only Polars' types would tell, such as functions in Python, it says no.
    """
    node = _node(key)
    if any({"Column": "hand_id"} not in (window["partition_by"] or []) for window in _found(node, "Over")):
        return False
    rest = _without_windows(node)
    # Polars looks at the outermost function alone, where it is of an aggregate that is spread over all rows.
    functions = [{"Function": given} for given in _found(rest, "Function")]
    return not any(_found(rest, "Agg")) and not _has_len(rest) and all(map(_row_by_row, [rest, *functions]))


def _row_by_row(node: _Node) -> bool:
    try:
        return _expr(node).meta.is_row_separable()
    except pl.exceptions.PolarsError:
        return False


class _Cut:
    """Replaces aggregates by columns, the same aggregate by the same column."""

    def __init__(self) -> None:
        self.name = ""
        self.combined = Combined()
        self.made: set[str] = set()
        self._columns: dict[str, pl.Expr] = {}

    def through(self, node: _Node) -> _Node:
        """Give a node without its aggregates."""
        if node == "Len":
            return _node(self._added(pl.len(), "sum"))
        if isinstance(node, dict) and "Agg" in node:
            return _node(self._aggregate(node))
        if isinstance(node, dict):
            return {key: self.through(value) for key, value in node.items()}
        return [self.through(value) for value in node] if isinstance(node, list) else node

    def refuse(self) -> None:
        msg = f"{self.name!r} cannot be made of parts of the hands; ask stats.report, which reads all on one machine"
        raise StatError(msg)

    def _aggregate(self, node: _Node) -> pl.Expr:
        ((kind, given),) = node["Agg"].items()
        if kind in _ADDED:
            return self._added(_expr(node), _ADDED[kind])
        if kind == "NUnique":
            seen = _expr(given).unique().implode()
            return self._column(json.dumps(node), seen, _all_seen)
        if kind == "Mean":
            total, n, _ = self._moments(_expr(given))
            return pl.when(n > 0).then(total / n)
        if kind == "Std":
            _, n, squares = self._moments(_expr(given[0]))
            return pl.when(n > given[1]).then((squares / (n - given[1])).sqrt())
        self.refuse()
        return _expr(node)

    def _moments(self, value: pl.Expr) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
        """Give sum, count and the sum of squared distances to the mean (Chan, Golub and LeVeque 1979)."""
        value = value.cast(pl.Float64)
        n = self._added(value.count(), "sum")
        total = self._added(value.sum(), "sum")
        size = pl.col(n.meta.output_name())
        mean = pl.col(total.meta.output_name()) / size
        overall = pl.col(total.meta.output_name()).sum() / size.sum()
        squares = self._column(
            f"squares {value.meta.serialize(format='json')}",
            value.var(ddof=0) * value.count(),
            lambda part: pl.when(size > 0).then(part + size * (mean - overall) ** 2).sum(),
        )
        return total, n, squares

    def _added(self, aggregate: pl.Expr, how: str) -> pl.Expr:
        return self._column(aggregate.meta.serialize(format="json"), aggregate, lambda part: getattr(part, how)())

    def _column(self, key: str, partial: pl.Expr, together: Any) -> pl.Expr:
        if key not in self._columns:
            name = f"_part{len(self._columns)}"
            self.combined.partial.append(partial.alias(name))
            self.combined.together.append(together(pl.col(name)).alias(name))
            self.made.add(name)
            self._columns[key] = pl.col(name)
        return self._columns[key]


def _all_seen(parts: pl.Expr) -> pl.Expr:
    return parts.explode(empty_as_null=False).unique().implode()


def _found(node: _Node, kind: str) -> Iterator[_Node]:
    """Give what is in all nodes of a kind."""
    if isinstance(node, dict):
        if kind in node:
            yield node[kind]
        for value in node.values():
            yield from _found(value, kind)
    elif isinstance(node, list):
        for value in node:
            yield from _found(value, kind)


def _has_len(node: _Node) -> bool:
    if isinstance(node, dict):
        return any(_has_len(value) for value in node.values())
    return any(map(_has_len, node)) if isinstance(node, list) else node == "Len"


def _without_windows(node: _Node) -> _Node:
    if isinstance(node, dict):
        return {"Column": "hand_id"} if "Over" in node else {k: _without_windows(v) for k, v in node.items()}
    return [_without_windows(value) for value in node] if isinstance(node, list) else node


def _node(expr: pl.Expr) -> _Node:
    return json.loads(expr.meta.serialize(format="json"))


def _expr(node: _Node) -> pl.Expr:
    return pl.Expr.deserialize(StringIO(json.dumps(node)), format="json")
