"""What results are computed from: frames given one by one, or together as `HandFrames`, `LazyHandFrames` or a `Lab`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import polars as pl

from pokerlab import schema
from pokerlab._query import GAP, sessions, with_tournaments
from pokerlab.errors import SchemaError
from pokerlab.text import suggestion

if TYPE_CHECKING:
    from datetime import timedelta

Frame = pl.DataFrame | pl.LazyFrame
Player = str | Sequence[str] | pl.Expr | None
By = str | pl.Expr | Sequence[str | pl.Expr]


class Frames(Protocol):
    """Frames that belong together."""

    @property
    def hands(self) -> Frame: ...
    @property
    def seats(self) -> Frame: ...
    @property
    def tournaments(self) -> Frame: ...


Source = Frames | Frame

_NEEDED = (
    *("hand_id", "player", "dealt", "is_hero", "contributed", "collected", "net", "ev_net"),
    *("went_to_showdown", "unit", "big_blind"),
)
_TOURNAMENT = (
    *("buy_in", "fee", "tournament_bounty", "entrants", "prize_pool", "multiplier"),
    *("entries", "rank", "prize", "bounties_won"),
)
_PRICE = (pl.col("buy_in") + pl.col("tournament_bounty").fill_null(0) + pl.col("fee")).alias("price")

PERIODS = {
    "day": pl.col("day"),
    "week": pl.col("day").dt.truncate("1w").alias("week"),
    "month": pl.col("day").dt.truncate("1mo").alias("month"),
    "year": pl.col("day").dt.truncate("1y").alias("year"),
}
"""Names of periods, each told by its first day."""

_GROUPS: dict[str, list[pl.Expr]] = {
    **{name: [period] for name, period in PERIODS.items()},
    "session": [pl.col(name) for name in ("player", "session", "session_start")],
    "stake": [pl.col("unit"), pl.col("big_blind")],
    "price": [_PRICE],
}


@dataclass(frozen=True, slots=True)
class Given:
    """The frames, lazy; None where one was not given. ``aliases`` has the names in them of players with other names."""

    seats: pl.LazyFrame | None
    hands: pl.LazyFrame | None
    tournaments: pl.LazyFrame | None
    aliases: Mapping[str, str] = field(default_factory=dict)

    def names(self, player: str | Sequence[str]) -> list[str]:
        """Give the names that players have in the frames."""
        return [self.aliases.get(name, name) for name in ([player] if isinstance(player, str) else player)]

    def whose(self, player: Player) -> pl.Expr:
        """Give the rows of seats that count: the hero's, those of named players, or those an expression selects."""
        if player is None:
            return pl.col("is_hero")
        return player if isinstance(player, pl.Expr) else pl.col("player").is_in(self.names(player))


def given(
    source: Source, alone: str, *, seats: Frame | None = None, hands: Frame | None = None,
    tournaments: Frame | None = None,
) -> Given:  # fmt: skip
    """Take frames that come together, or one of name ``alone`` beside the others.

    Raises
    ------
    SchemaError
        The source is neither.
    """
    named = {"seats": seats, "hands": hands, "tournaments": tournaments}
    for name, frame in named.items():
        if frame is not None and not isinstance(frame, Frame):
            msg = f"{name}= is a {type(frame).__name__}; give a Polars frame"
            raise SchemaError(msg)
    if isinstance(source, Frame):
        named[alone] = source
    else:
        try:
            named = {name: getattr(source, name) if frame is None else frame for name, frame in named.items()}
        except AttributeError as error:
            msg = f"a {type(source).__name__} has no results; give a {alone} frame, HandFrames or a Lab"
            raise SchemaError(msg) from error
    lazy = {name: None if frame is None else frame.lazy() for name, frame in named.items()}
    return Given(**lazy, aliases=getattr(source, "aliases", {}))  # a Lab's; other frames have the names at the table


def own_rows(frames: Given, player: Player, *, gap: timedelta = GAP, tz: str = "Europe/Paris") -> pl.LazyFrame:
    """Give a row a hand and player, with session and day, and with the columns of its hand where these were given."""
    if frames.seats is None:
        msg = "results of hands need a seats frame"
        raise SchemaError(msg)
    names = need(frames.seats, "seats", _NEEDED)
    rows = frames.seats.filter(frames.whose(player) & pl.col("dealt"))
    if frames.hands is not None:
        new = [name for name in need(frames.hands, "hands", ("hand_id",)) if name not in names]
        rows = rows.join(frames.hands.select("hand_id", *new), on="hand_id", maintain_order="left")
    return sessions(rows, gap, tz)


def grouped(rows: pl.LazyFrame, by: By, frames: Given, where: pl.Expr | None) -> tuple[pl.LazyFrame, list[pl.Expr]]:
    """Give the rows with what the groups and the condition need, and the groups.

    Raises
    ------
    SchemaError
        A column that is named is in no frame that was given.
    """
    keys = keys_of(by, _GROUPS)
    wanted = {name for part in (*keys, *([] if where is None else [where])) for name in part.meta.root_names()}
    known = set(rows.collect_schema().names())
    if wanted - known and frames.tournaments is not None:
        rows = with_tournaments(rows, frames.tournaments)
        known |= set(rows.collect_schema().names())
    for name in sorted(wanted - known):
        raise SchemaError(_unknown(name, known))
    return rows if where is None else rows.filter(where), keys


def keys_of(by: By, groups: dict[str, list[pl.Expr]]) -> list[pl.Expr]:
    """Give the expressions of groups: those that have a name of their own, columns, expressions."""
    found: list[pl.Expr] = []
    for part in [by] if isinstance(by, str | pl.Expr) else by:
        found += [part] if isinstance(part, pl.Expr) else groups.get(part, [pl.col(part)])
    return list({key.meta.output_name(): key for key in found}.values())


def check_names(keys: Sequence[pl.Expr], values: Sequence[pl.Expr]) -> list[pl.Expr]:
    """Leave out values that are groups themselves, which ``unit`` may be.

    Raises
    ------
    SchemaError
        Another group has the name of a column of the result.
    """
    names = {key.meta.output_name() for key in keys}
    clash = sorted((names & {value.meta.output_name() for value in values}) - {"unit", "currency"})
    if clash:
        msg = f"a group is named {clash[0]!r} like a column of the result; give it another name with .alias(...)"
        raise SchemaError(msg)
    return [value for value in values if value.meta.output_name() not in names]


def in_time() -> list[pl.Expr]:
    """Give what sorts hands by time, and within a second by their number at the table, from ids ``A-B-C``."""
    number = pl.col("hand_id").str.split("-").list.get(1, null_on_oob=True).cast(pl.Int64, strict=False)
    return [pl.col("played_at"), number, pl.col("hand_id")]


def need(frame: pl.LazyFrame, what: str, wanted: Sequence[str]) -> list[str]:
    """Give the names of the columns.

    Raises
    ------
    SchemaError
        A wanted one is missing.
    """
    names = frame.collect_schema().names()
    missing = [name for name in wanted if name not in names]
    if missing:
        msg = f"the {what} frame lacks the columns {missing}; it has {names}"
        raise SchemaError(msg)
    return names


def _unknown(name: str, known: set[str]) -> str:
    if name in schema.HANDS and "n_players" not in known:
        return f"{name!r} is a column of hands; give them too, as hands=..."
    if name in _TOURNAMENT and "entrants" not in known:
        return f"{name!r} comes from tournament summaries; give them too, as tournaments=..."
    names = {column for column in known | set(_GROUPS) if not (schema.is_stat_column(column) or column[0] == "_")}
    return f"there is no column {name!r} to group or filter by{suggestion(name, sorted(names))}"
