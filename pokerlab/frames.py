"""HandFrames: the five frames of hand histories that belong together."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
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
    try:
        return HandFrames(**{table: _below([part.tables()[table] for part in parts], table) for table in schema.TABLES})
    except pl.exceptions.PolarsError as error:
        msg = f"frames of different columns cannot be put together: {error}"
        raise SchemaError(msg) from error


def _below(frames: list[pl.DataFrame], table: str) -> pl.DataFrame:
    """Put frames below each other; those without a row may lack the columns of statistics."""
    filled = [frame for frame in frames if frame.height]
    if filled:
        return pl.concat(filled, rechunk=False)
    return max(frames, key=lambda frame: frame.width, default=_empty(table))


def merge_copies(frames: HandFrames) -> HandFrames:
    """Keep each hand once, the first copy, with the hole cards and heroes that any copy knows.

    Two accounts of one user at one table write the same hand twice, each with its own cards. Of a tournament that
    several files summarise, the summary with the most entries stays, of those the last.

    Raises
    ------
    SchemaError
        A hand has no seats or no actions, so that copies cannot be told apart.
    """
    frames = replace(frames, tournaments=last_summaries(frames.tournaments))
    first = frames.hands["hand_id"].is_first_distinct()
    if first.all():
        return frames
    copied = frames.hands.filter(~first)["hand_id"].unique()
    seats = _first_copies(frames.seats, first, pl.col("seat") <= pl.col("seat").shift())
    actions = _first_copies(frames.actions, first, pl.col("seq") == 0)
    known = (
        frames.seats.filter(pl.col("hand_id").is_in(copied.implode()))
        .group_by("hand_id", "player")
        .agg(pl.col("hole").drop_nulls().first(), pl.col("is_hero").any(), pl.col("showed").any())
    )
    seats = seats.join(known, on=["hand_id", "player"], how="left", suffix="_any", maintain_order="left").with_columns(
        pl.coalesce(f"{name}_any", name).alias(name) for name in ("hole", "is_hero", "showed")
    )
    heroes = seats.filter("is_hero").group_by("hand_id", maintain_order=True).agg(pl.col("player").alias("heroes_any"))
    hands = frames.hands.filter(first).join(heroes, on="hand_id", how="left", maintain_order="left")
    hands = hands.with_columns(pl.coalesce("heroes_any", "heroes").alias("heroes"))
    return HandFrames(
        hands=hands.select(frames.hands.columns),
        seats=seats.select(frames.seats.columns),
        actions=actions,
        tournaments=frames.tournaments,
        rejects=frames.rejects,
    )


def last_summaries(tournaments: pl.DataFrame) -> pl.DataFrame:
    """Keep of each tournament and hero the summary with the most entries, of those the last."""
    most = pl.col("entries") == pl.col("entries").max().over("tournament_id", "hero")
    return tournaments.filter(most).unique(["tournament_id", "hero"], keep="last", maintain_order=True)


def _first_copies(rows: pl.DataFrame, first: pl.Series, begins: pl.Expr) -> pl.DataFrame:
    """Keep the rows of the hands that ``first`` marks; a hand begins where its id changes or ``begins`` holds."""
    changes = pl.col("hand_id") != pl.col("hand_id").shift()
    hand = rows.select((changes | begins).fill_null(value=True).cum_sum().cast(pl.Int64) - 1).to_series()
    if hand.len() == 0 or hand[-1] != first.len() - 1:
        msg = f"{first.len():,} hands, but {0 if hand.len() == 0 else hand[-1] + 1:,} of them have rows"
        raise SchemaError(msg)
    return rows.filter(first.gather(hand))
