"""HandFrames: the five frames of hand histories that belong together."""

from __future__ import annotations

from dataclasses import dataclass, fields
from html import escape
from typing import TYPE_CHECKING

import polars as pl

from pokerlab import schema
from pokerlab.errors import SchemaError

if TYPE_CHECKING:
    from collections.abc import Iterable

KEYED = ("hands", "seats", "actions")
"""The frames with a row, or rows, a hand: those that ``hand_id`` joins."""


def _empty(table: str) -> pl.DataFrame:
    return schema.TABLES[table].to_frame()


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class HandFrames:
    """Hands as five Polars frames; the columns are those of `pokerlab.schema`.

    Attributes
    ----------
    hands, seats, actions
        A row a hand, a seat and hand, an action; ``hand_id`` joins them.
    tournaments
        A row a tournament and hero, where a summary was read.
    rejects
        What could not be understood, with file, byte, line, rule and text.
    """

    hands: pl.DataFrame
    seats: pl.DataFrame
    actions: pl.DataFrame
    tournaments: pl.DataFrame
    rejects: pl.DataFrame

    @classmethod
    def empty(cls) -> HandFrames:
        """Frames without a row, but with all columns."""
        return cls(**{table: _empty(table) for table in schema.TABLES})

    def __len__(self) -> int:
        """Return the number of hands."""
        return self.hands.height

    def tables(self) -> dict[str, pl.DataFrame]:
        """Give the frames by their names."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def where(self, *predicates: pl.Expr) -> HandFrames:
        """Keep the hands for which each predicate holds on a row of ``hands``, ``seats`` or ``actions``.

        A predicate is asked of the first of these frames that has all columns it names; several predicates all hold.
        ``tournaments`` and ``rejects`` stay whole.

        Examples
        --------
        >>> import polars as pl, pokerlab as pk
        >>> frames = pk.sample.hands(50, seed=1)
        >>> big = frames.where(pl.col("pot") > 500)
        >>> len(big) <= len(frames)
        True
        """
        keep = self.hands.select("hand_id")
        for predicate in predicates:
            hit = self._home(predicate).filter(predicate).select("hand_id").unique()
            keep = keep.join(hit, on="hand_id", how="semi", maintain_order="left")
        kept = {name: getattr(self, name).join(keep, on="hand_id", how="semi", maintain_order="left") for name in KEYED}
        return HandFrames(**kept, tournaments=self.tournaments, rejects=self.rejects)

    def _home(self, predicate: pl.Expr) -> pl.DataFrame:
        names = set(predicate.meta.root_names())
        for table in KEYED:
            frame: pl.DataFrame = getattr(self, table)
            if names <= set(frame.columns):
                return frame
        known = sorted({name for table in KEYED for name in getattr(self, table).columns})
        msg = f"no single frame has all of {sorted(names)}; columns are {known}"
        raise SchemaError(msg)

    def __repr__(self) -> str:
        counts = ", ".join(f"{frame.height:,} {name}" for name, frame in self.tables().items())
        return f"HandFrames({counts})"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(name)}</td><td style='text-align:right'>{frame.height:,}</td></tr>"
            for name, frame in self.tables().items()
        )
        head = self.hands.head(5)._repr_html_()
        return f"<table><thead><tr><th>frame</th><th>rows</th></tr></thead><tbody>{rows}</tbody></table>{head}"


def concat(parts: Iterable[HandFrames]) -> HandFrames:
    """Put frames below each other; nothing is deduplicated, the order stays.

    Raises
    ------
    SchemaError
        The parts do not have the same columns.
    """
    parts = list(parts)
    if not parts:
        return HandFrames.empty()
    try:
        return HandFrames(
            **{table: pl.concat([part.tables()[table] for part in parts], rechunk=False) for table in schema.TABLES}
        )
    except pl.exceptions.PolarsError as error:
        msg = f"frames of different columns cannot be put together: {error}"
        raise SchemaError(msg) from error
