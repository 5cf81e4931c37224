"""Facts that come at query time, since rows that arrive later change them: sessions, days, the tournament's result."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

import polars as pl

from pokerlab import schema
from pokerlab.errors import SchemaError

if TYPE_CHECKING:
    from collections.abc import Sequence

Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)

GAP = timedelta(minutes=30)
"""A longer break between two hands of a player begins another session."""

_OF_TOURNAMENT = ("buy_in", "fee", "bounty", "entrants", "prize_pool", "multiplier")
_OF_HERO = ("entries", "rank", "prize", "bounties_won")


def sessions(seats: Frame, gap: timedelta = GAP, tz: str = "Europe/Paris") -> Frame:
    """Add to each row in which session of its player, and on which day, the hand was played.

    The rows stay as they are, with four columns more: ``played_at``, ``session`` (each player's are counted from 1,
    over all tables), ``session_start`` (when its first hand was played) and ``day`` (of the hand, in ``tz``). What is
    in the frame counts: filter by player or format before.

    Parameters
    ----------
    seats
        A frame with ``hand_id`` and ``player``, eager or lazy; the time is that in the id unless it has ``played_at``.
    gap
        The longest break between two hands of one session.
    tz
        Name of the time zone in which days and ``session_start`` are told.

    Raises
    ------
    SchemaError
        A column is missing, the gap is not positive, or the time zone is not known.

    Examples
    --------
    >>> import polars as pl, pokerlab as pk
    >>> seats = pk.sample.hands(300, seed=1).seats
    >>> mine = pk.sessions(seats.filter("is_hero", unit="eur_cent"))
    >>> results = mine.group_by("session", "session_start").agg(pl.len(), pl.col("net").sum())
    >>> results["len"].sum() == mine.height
    True
    """
    names = _need(seats, ("hand_id", "player"))
    if not gap > timedelta(0):
        msg = f"gap={gap} is no break between sessions; give a positive timedelta, such as timedelta(minutes=30)"
        raise SchemaError(msg)
    try:
        zone = pl.Series([0], dtype=schema.UTC_TIME).dt.convert_time_zone(tz).dtype
    except pl.exceptions.PolarsError as error:
        msg = f"tz={tz!r} is not a time zone; give a name such as 'Europe/Paris' or 'UTC'"
        raise SchemaError(msg) from error
    timed = seats if "played_at" in names else seats.with_columns(played_at())
    begins = (pl.col("played_at").diff() > gap).fill_null(value=True)
    first = pl.when(begins).then("played_at")
    return timed.with_columns(
        session=begins.cum_sum().over("player", order_by="played_at").cast(pl.Int32),
        session_start=first.forward_fill().over("player", order_by="played_at").dt.convert_time_zone(tz).cast(zone),
        day=pl.col("played_at").dt.convert_time_zone(tz).dt.date(),
    )


def with_tournaments(rows: Frame, tournaments: pl.DataFrame | pl.LazyFrame) -> Frame:
    """Add to hands or seats what is known of their tournament; null in cash games, and without a summary.

    All rows of a tournament get ``buy_in``, ``fee``, ``bounty`` (parts of one entry's price), ``entrants``,
    ``prize_pool`` and ``multiplier`` (Expresso). ``entries``, ``rank``, ``prize`` and ``bounties_won`` are a hero's
    own: on seats they stand in his rows alone, on hands they are those of the first of ``heroes``. Seats have a
    ``bounty`` already, the one on the player's head; there the part of the price is ``tournament_bounty``.

    Parameters
    ----------
    rows
        ``hands`` or ``seats``, eager or lazy; the tournament is that in the id unless there is a ``tournament_id``.
    tournaments
        The frame of that name, eager or lazy.

    Raises
    ------
    SchemaError
        A column is missing.

    Examples
    --------
    >>> import polars as pl, pokerlab as pk
    >>> frames = pk.sample.hands(300, seed=1, game="mixed")
    >>> hands = pk.with_tournaments(frames.hands, frames.tournaments)
    >>> hands.filter(format="cash")["buy_in"].null_count() == hands.filter(format="cash").height
    True
    """
    names = _need(rows, ("hand_id",))
    if "player" not in names and "heroes" not in names:
        msg = f"hands with 'heroes' or seats with 'player' have tournaments; the frame has {names}"
        raise SchemaError(msg)
    _need(tournaments, ("tournament_id", "hero", *_OF_TOURNAMENT, *_OF_HERO))
    hero = pl.col("player") if "player" in names else pl.col("heroes").list.first()
    number = pl.col("tournament_id") if "tournament_id" in names else tournament_id()
    known = tournaments.lazy()
    common = known.group_by(_id="tournament_id").agg(pl.col(_OF_TOURNAMENT).drop_nulls().last())
    own = known.unique(["tournament_id", "hero"], keep="last").select("hero", *_OF_HERO, _id="tournament_id")
    clash = {name: f"tournament_{name}" for name in (*_OF_TOURNAMENT, *_OF_HERO) if name in names}
    joined = (
        rows.lazy()
        .with_columns(_id=number, _hero=hero)
        .join(common.rename(clash, strict=False), on="_id", how="left", maintain_order="left")
        .join(own.rename(clash, strict=False), left_on=["_id", "_hero"], right_on=["_id", "hero"], how="left",
              maintain_order="left")
        .drop("_id", "_hero")
    )  # fmt: skip
    return joined if isinstance(rows, pl.LazyFrame) else joined.collect()


def _need(frame: pl.DataFrame | pl.LazyFrame, wanted: Sequence[str]) -> list[str]:
    names = frame.collect_schema().names()
    missing = [name for name in wanted if name not in names]
    if missing:
        msg = f"the frame lacks the columns {missing}; it has {names}"
        raise SchemaError(msg)
    return names


def played_at() -> pl.Expr:
    """Read the time from ids ``A-B-C``: C counts its seconds since 1970."""
    seconds = pl.col("hand_id").str.split("-").list.last().cast(pl.Int64)
    return (seconds * 1_000_000).cast(schema.UTC_TIME).alias("played_at")


def tournament_id() -> pl.Expr:
    """Read the tournament from ids ``A-B-C``: A is ``(tournament << 32) + table + 1``, in cash games smaller."""
    number = pl.col("hand_id").str.split("-").list.first().cast(pl.UInt64) // 2**32
    return pl.when(number > 0).then(number.cast(pl.String)).alias("tournament_id")
