"""The hands behind a number."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import polars as pl

from pokerlab.errors import StatError
from pokerlab.stats._columns import check, chosen, parts
from pokerlab.stats.values import Derived, Mean

if TYPE_CHECKING:
    from pokerlab.stats._columns import Named
    from pokerlab.stats.values import AnyStat

Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)


def hands(seats: Frame, stat: Named, *, did: bool | None = None, where: pl.Expr | None = None) -> Frame:
    """Give the hands that a statistic counts: a row each with ``hand_id``, ``seat``, ``player``, as ``seats`` has them.

    Parameters
    ----------
    seats
        A frame with the columns of ``schema.SEATS`` and those of the statistic, eager or lazy.
    stat
        A `Stat`, a `Mean`, or a code.
    did
        True for the occurrences of a `Stat`, False for the chances that were not taken, None for all chances. Of a
        `Mean` all hands that it is taken over.
    where
        Rows to look at, such as ``pl.col("player") == "Nina.Blau"``.

    Raises
    ------
    SchemaError
        A column is missing.
    StatError
        The statistic is not known, is a `Derived`, which has no hands of its own, or is a `Mean` that nobody does.

    Examples
    --------
    >>> import polars as pl, pokerlab as pk
    >>> from pokerlab import stats
    >>> frames = pk.sample.hands(300, seed=1)
    >>> found = stats.hands(frames.seats, stats.THREE_BET, did=True, where=pl.col("is_hero"))
    >>> len(frames.where(pl.col("hand_id").is_in(found["hand_id"].implode()))) == found.height
    True
    """
    (one,) = chosen(stat)
    condition = _condition(one, did)
    names = ("hand_id", "seat", "player", "dealt")
    check(
        seats,
        {
            f"the statistic {one.code!r}": parts(one),
            "naming the hands": [pl.col(name) for name in names],
            "the condition": [] if where is None else [where],
        },
        what="list of hands",
    )
    rows = seats.lazy().filter(pl.col("dealt"), condition)
    found = (rows if where is None else rows.filter(where)).select("hand_id", "seat", "player")
    return found if isinstance(seats, pl.LazyFrame) else found.collect()


def _condition(stat: AnyStat, did: bool | None) -> pl.Expr:
    if isinstance(stat, Derived):
        msg = f"{stat.code!r} is made of other statistics and has no hands of its own; ask for theirs: {stat.meaning}"
        raise StatError(msg)
    if isinstance(stat, Mean):
        if did is not None:
            msg = f"{stat.code!r} is a mean that nobody does or leaves; leave did= out"
            raise StatError(msg)
        return stat.value.is_not_null()
    could, done = _true(stat.could_each), _true(stat.did_each)
    return could if did is None else could & (done if did else ~done)


def _true(flag: pl.Expr) -> pl.Expr:
    """Take a Boolean, or a number of times."""
    return flag.fill_null(0).cast(pl.Boolean)
