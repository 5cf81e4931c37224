"""What hands are grouped by: ready expressions on ``seats`` for `pokerlab.stats.report`, or for any Polars query.

`GROUPS` has them by their names, which `report` takes as well: ``by="pot_type"`` is ``by=stats.by.POT_TYPE``. Columns
of ``seats`` need no help: ``by="position"``. Those of ``hands`` come with ``report(..., hands=hands)``, those of
tournaments with `pokerlab.with_tournaments`, opponents with `against`.

`POT_TYPE`, `FLOP_PLAYERS`, `N_DEALT` and `SESSION` look at other rows of the frame. So leave out rows with ``where=``
of the report, which comes after them, and not before.

Examples
--------
>>> import polars as pl, pokerlab as pk
>>> from pokerlab import stats
>>> seats = pk.sample.hands(500, seed=1).seats
>>> table = stats.report(seats, by=["position", stats.by.STACK_DEPTH], where=pl.col("is_hero"))
>>> table.columns[:3]
['position', 'stack_depth', 'hands']
"""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

import polars as pl

from pokerlab._query import GAP, played_at
from pokerlab.errors import SchemaError, StatError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "DAY",
    "FLOP_PLAYERS",
    "GROUPS",
    "HOUR",
    "MONTH",
    "N_DEALT",
    "OPPONENT",
    "POT_TYPE",
    "SESSION",
    "STACK_DEPTH",
    "STAKE",
    "WEEK",
    "WEEKDAY",
    "YEAR",
    "against",
    "day",
    "hour",
    "month",
    "session",
    "stack_depth",
    "week",
    "weekday",
    "year",
]

Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)

PARIS = "Europe/Paris"
BANDS = (10, 15, 20, 40, 80, 120, 200)
"""Where one band of stacks ends and the next begins, in big blinds."""

_WEEKDAYS = pl.Enum(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"])


def stack_depth(breaks: Sequence[float] = BANDS) -> pl.Expr:
    """Give the band of the effective stack, in big blinds: an Enum in the order of depth; a band has its lower end.

    Parameters
    ----------
    breaks
        Where one band ends and the next begins, upwards.

    Raises
    ------
    StatError
        The breaks do not go upwards.

    Examples
    --------
    >>> import polars as pl
    >>> pl.DataFrame({"effective_bb": [19.9, 20.0, None]}).select(stack_depth([20, 50]))["stack_depth"].to_list()
    ['under 20', '20-50', None]
    """
    if not breaks or any(not low < high for low, high in pairwise(breaks)):
        msg = f"breaks={list(breaks)!r} do not go upwards; give at least one, such as [20, 50, 100]"
        raise StatError(msg)
    between = [f"{low:g}-{high:g}" for low, high in pairwise(breaks)]
    labels = [f"under {breaks[0]:g}", *between, f"{breaks[-1]:g} and more"]
    depth, kind = pl.col("effective_bb"), pl.Enum(labels)
    band = pl.lit(labels[-1], kind)
    for at, label in reversed(list(zip(breaks, labels, strict=False))):
        band = pl.when(depth < at).then(pl.lit(label, kind)).otherwise(band)
    return pl.when(depth.is_not_null()).then(band).alias("stack_depth")


def _local(tz: str) -> pl.Expr:
    try:
        pl.Series([0], dtype=pl.Datetime("us", "UTC")).dt.convert_time_zone(tz)
    except pl.exceptions.PolarsError as error:
        msg = f"tz={tz!r} is not a time zone; give a name such as 'Europe/Paris' or 'UTC'"
        raise SchemaError(msg) from error
    return played_at().dt.convert_time_zone(tz)


def day(tz: str = PARIS) -> pl.Expr:
    """Give the day of the hand in a time zone; the time is that in the hand's id."""
    return _local(tz).dt.date().alias("day")


def week(tz: str = PARIS) -> pl.Expr:
    """Give the first day of the hand's week, a Monday."""
    return day(tz).dt.truncate("1w").alias("week")


def month(tz: str = PARIS) -> pl.Expr:
    """Give the first day of the hand's month."""
    return day(tz).dt.truncate("1mo").alias("month")


def year(tz: str = PARIS) -> pl.Expr:
    """Give the first day of the hand's year."""
    return day(tz).dt.truncate("1y").alias("year")


def hour(tz: str = PARIS) -> pl.Expr:
    """Give the hour of the day, 0 to 23."""
    return _local(tz).dt.hour().alias("hour")


def weekday(tz: str = PARIS) -> pl.Expr:
    """Give the day of the week, an Enum from Monday on."""
    return day(tz).dt.strftime("%A").cast(_WEEKDAYS).alias("weekday")


def session(gap: timedelta = GAP, tz: str = PARIS) -> tuple[pl.Expr, pl.Expr]:
    """Give the player and when his session began, as `pokerlab.sessions` tells it.

    Parameters
    ----------
    gap
        The longest break between two hands of one session.
    tz
        Name of the time zone in which the beginning is told.

    Raises
    ------
    SchemaError
        The gap is not positive, or the time zone is not known.
    """
    if not gap > timedelta(0):
        msg = f"gap={gap} is no break between sessions; give a positive timedelta, such as timedelta(minutes=30)"
        raise SchemaError(msg)
    begins = (played_at().diff() > gap).fill_null(value=True)
    first = pl.when(begins).then(_local(tz)).forward_fill().over("player", order_by=played_at())
    return pl.col("player"), first.alias("session_start")


def _of_hand(value: pl.Expr, names: list[str]) -> pl.Expr:
    """Name a number of the whole hand; null where the frame has but one of its seats."""
    number = pl.when(pl.len() > 1).then(value).over("hand_id")
    return number.replace_strict(list(range(len(names))), names, return_dtype=pl.Enum(list(dict.fromkeys(names))))


STACK_DEPTH = stack_depth()
DAY, WEEK, MONTH, YEAR, HOUR, WEEKDAY = day(), week(), month(), year(), hour(), weekday()
SESSION = session()
STAKE = (pl.col("unit"), pl.col("big_blind"))
"""Unit and big blind: two columns."""

N_DEALT = pl.col("dealt").sum().over("hand_id").cast(pl.Int8).alias("n_dealt")
"""How many players were dealt in."""

_LEVELS = ("did_vpip", "did_pfr", "did_three_bet", "did_four_bet_plus")
"""Each of these says that the one before was done, by somebody."""

POT_TYPE = _of_hand(
    pl.max_horizontal(pl.col(name).cast(pl.UInt8) * level for level, name in enumerate(_LEVELS, 1)).max().fill_null(0),
    ["unopened", "limped", "single-raised", "3-bet", "4-bet+"],
).alias("pot_type")
"""The last raise before the flop; null for a hand of which the frame has but one seat."""

FLOP_PLAYERS = _of_hand(pl.col("saw_flop").sum().clip(0, 3), ["no flop", "heads-up", "heads-up", "multiway"]).alias(
    "flop_players"
)
"""Whether two, or three and more, saw the flop; null for a hand of which the frame has but one seat."""

OPPONENT = pl.col("opponent")
"""The other player of a pair, from `against`."""

Group = pl.Expr | tuple[pl.Expr, ...]

GROUPS: dict[str, Group] = {
    "day": DAY,
    "week": WEEK,
    "month": MONTH,
    "year": YEAR,
    "hour": HOUR,
    "weekday": WEEKDAY,
    "session": SESSION,
    "stake": STAKE,
    "stack_depth": STACK_DEPTH,
    "n_dealt": N_DEALT,
    "pot_type": POT_TYPE,
    "flop_players": FLOP_PLAYERS,
}
"""The groups by the names that `pokerlab.stats.report` takes."""


def against(seats: Frame, *columns: str, player: str | None = None) -> Frame:
    """Give a row a hand, player and opponent: the player's row as often as others were dealt in, and whose it is about.

    Parameters
    ----------
    seats
        The seats of whole hands, eager or lazy.
    columns
        What to tell of the opponent besides his name: ``"position"`` comes as ``opponent_position``.
    player
        Whose rows; None for the hero's accounts.

    Raises
    ------
    SchemaError
        A column is missing.

    Examples
    --------
    >>> import polars as pl, pokerlab as pk
    >>> from pokerlab import stats
    >>> pairs = stats.by.against(pk.sample.hands(500, seed=1).seats, "saw_flop")
    >>> table = stats.report(pairs, by="opponent", where=pl.col("saw_flop") & pl.col("opponent_saw_flop"))
    >>> table.columns[:2]
    ['opponent', 'hands']
    """
    names = seats.collect_schema().names()
    missing = [name for name in ("hand_id", "player", "is_hero", "dealt", *columns) if name not in names]
    if missing:
        msg = f"opponents need the columns {missing} of seats; the frame has {names}"
        raise SchemaError(msg)
    whose = pl.col("is_hero") if player is None else pl.col("player") == player
    told = {f"opponent_{name}": pl.col(name) for name in columns}
    rows = seats.lazy()
    others = rows.filter("dealt").select("hand_id", opponent="player", **told)
    pairs = (
        rows.filter(whose & pl.col("dealt"))
        .join(others, on="hand_id", how="inner", maintain_order="left")
        .filter(pl.col("player") != pl.col("opponent"))
    )
    return pairs if isinstance(seats, pl.LazyFrame) else pairs.collect()
