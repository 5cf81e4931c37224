"""What hands can be chosen by over HTTP: columns of `pokerlab.schema`, and times."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import polars as pl
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import core_schema

from pokerlab import schema

if TYPE_CHECKING:
    from pokerlab.store import Snapshot

_LONGEST_NAME = 1000
_TIME = re.compile(r"\d{4}-\d\d-\d\d([Tt]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class OneOf:
    """The text is a category of an Enum; the OpenAPI document lists them."""

    kind: pl.Enum

    def __get_pydantic_core_schema__(self, _source: Any, _handler: Any) -> core_schema.CoreSchema:
        return core_schema.literal_schema(self.kind.categories.to_list())


def _in_utc(given: object) -> datetime:
    if not isinstance(given, str) or not _TIME.fullmatch(given):
        msg = "give a day or a time such as 2026-01-31 or 2026-01-31T18:30:00Z; in an address + is %2B"
        raise ValueError(msg)
    try:
        time = datetime.fromisoformat(given.upper())
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        msg = f"there is no such time in the calendar: {error}"
        raise ValueError(msg) from error


_FORMATS = {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}]}

Time = Annotated[datetime, BeforeValidator(_in_utc), WithJsonSchema(_FORMATS)]
Game = Annotated[str, OneOf(schema.GAME)]
Format = Annotated[str, OneOf(schema.FORMAT)]
Unit = Annotated[str, OneOf(schema.UNIT)]
Position = Annotated[str, OneOf(schema.POSITION)]
Amount = Annotated[int, Field(ge=0, lt=2**63)]
Seats = Annotated[int, Field(ge=2, le=10)]
PlayerName = Annotated[str, Field(min_length=1, max_length=_LONGEST_NAME)]


class HandFilter(BaseModel):
    """Which hands; one that is named twice takes either value, and what is not named is not looked at."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    since: Time | None = Field(None, description="Played at this time or later; UTC where it names no zone.")
    until: Time | None = Field(None, description="Played before this time.")
    game: list[Game] = Field([], max_length=20)
    format: list[Format] = Field([], max_length=20)
    unit: list[Unit] = Field([], max_length=20, description="Of the money: real, play money, chips.")
    big_blind: list[Amount] = Field([], max_length=50, description="The stake, in the smallest part of the unit.")
    max_seats: list[Seats] = Field([], max_length=20, description="Size of the table.")

    def of_hands(self) -> list[pl.Expr]:
        """Give the conditions on ``hands`` that a seat's row cannot tell."""
        wanted = [_among(name, getattr(self, name)) for name in ("game", "format", "max_seats") if getattr(self, name)]
        since = [] if self.since is None else [pl.col("played_at") >= self.since]
        until = [] if self.until is None else [pl.col("played_at") < self.until]
        return wanted + since + until

    def of_both(self) -> list[pl.Expr]:
        """Give the conditions on columns that ``hands`` and ``seats`` share."""
        return [_among(name, getattr(self, name)) for name in ("unit", "big_blind") if getattr(self, name)]

    def hand_ids(self, snapshot: Snapshot) -> pl.LazyFrame:
        """Give the ids of these hands."""
        hands = snapshot.during(self.since, self.until).scan("hands")
        return hands.filter(*self.of_hands(), *self.of_both()).select("hand_id")


class SeatFilter(HandFilter):
    """Which hands of a player."""

    position: list[Position] = Field([], max_length=20)
    stats: str | None = Field(
        None,
        max_length=2000,
        description="Codes such as vpip,pfr,three_bet, or names of sets such as hud or all; the HUD's if left away.",
        examples=["vpip,pfr,three_bet", "all"],
    )

    def seats(self, seats: pl.LazyFrame, snapshot: Snapshot) -> pl.LazyFrame:
        """Give the rows of a player's ``seats`` that are meant."""
        positions = [_among("position", self.position)] if self.position else []
        chosen = seats.filter(*positions, *self.of_both())
        if not self.of_hands():
            return chosen
        return chosen.join(self.hand_ids(snapshot), on="hand_id", how="semi")


class NamedSeatFilter(SeatFilter):
    """A player, and which of his hands."""

    name: PlayerName


class RecentFilter(HandFilter):
    """Which hands, and how many of them."""

    limit: int = Field(50, ge=1, le=200)
    before: str | None = Field(None, max_length=100, description="A hand_id: only hands older than it.")
    player: PlayerName | None = Field(None, description="Only hands in which this name sat at the table.")


def _among(column: str, values: list[Any]) -> pl.Expr:
    return pl.any_horizontal(pl.col(column) == value for value in values)
