"""What a picture asks of its frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pokerlab.errors import SchemaError, UnitError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import polars as pl

_UNITS: Mapping[str, tuple[str, float]] = {
    "eur_cent": ("€", 100.0),
    "play_cent": ("play money", 100.0),
    "chip": ("chips", 1.0),
}


def need(frame: pl.DataFrame, giver: str, names: Iterable[str]) -> pl.DataFrame:
    """Give these columns of a frame.

    Raises
    ------
    SchemaError
        One is missing; the message says which function gives such a frame.
    """
    wanted = list(names)
    missing = [name for name in wanted if name not in frame.columns]
    if missing:
        has = ", ".join(frame.columns) or "none"
        msg = f"the frame lacks the column {missing[0]!r} that the picture needs; it has {has}; give what {giver} gives"
        raise SchemaError(msg)
    return frame.select(wanted)


def unit_of(units: pl.Series) -> tuple[str, float]:
    """Give the name of the unit of money and how many minor units it has.

    Raises
    ------
    UnitError
        There are several, or an unknown one.
    """
    names = units.unique().drop_nulls().to_list()
    if len(names) > 1:
        msg = f"these hands are in {' and '.join(sorted(names))}, which cannot be added up; filter on unit first"
        raise UnitError(msg)
    if names[0] not in _UNITS:
        msg = f"{names[0]!r} is no unit of money; known are {', '.join(_UNITS)}"
        raise UnitError(msg)
    return _UNITS[names[0]]
