"""Players under their main names, where one person has played under several."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping


def by_person(frame: pl.LazyFrame, aliases: Mapping[str, str], column: str) -> pl.LazyFrame:
    """Put main names in the place of aliases in a column of names; without aliases the frame is left as it is."""
    return frame.with_columns(pl.col(column).replace(aliases)) if aliases else frame


def heroes_by_person(hands: pl.LazyFrame, aliases: Mapping[str, str]) -> pl.LazyFrame:
    """Put main names into the lists of heroes, each once."""
    if not aliases:
        return hands
    people = pl.col("heroes").list.eval(pl.element().replace(aliases))
    return hands.with_columns(people.list.unique(maintain_order=True))
