"""The messages that the widget's Comm and the server's WebSocket both speak.

Every message is one JSON object with a field ``type``. Sequence numbers and ids are strings in JSON, because
JavaScript's numbers end at 2**53; in Python a sequence number is an int. Money is an int in the hand's minor ``unit``.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
)

from pokerlab.errors import FeedError

if TYPE_CHECKING:
    from pokerlab.frames import HandFrames

RECENT_URL = "/api/v1/hands/recent"
"""Where the server gives stored hands back: what a `Gap` points to."""

Seq = Annotated[
    int,
    Field(ge=0),
    PlainSerializer(str, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]+$"}, mode="serialization"),
]
"""A sequence number: an int here, a string in JSON; both are accepted."""


class _Plain(BaseModel):
    """Immutable; fields that a newer sender added are ignored."""

    # A field with a default is always written, and its schema says so.
    model_config = ConfigDict(frozen=True, extra="ignore", json_schema_serialization_defaults_required=True)


class Seat(_Plain):
    """One seat of a finished hand; ``hole`` where the cards are the hero's or were shown."""

    seat: int
    player: str
    dealt: bool
    position: str | None
    is_hero: bool
    stack: int
    bounty: int | None
    hole: str | None
    showed: bool
    contributed: int
    collected: int
    net: int
    ev_net: float | None
    won: bool


class Hero(_Plain):
    """The user's own part in a hand: the first of his accounts at the table that was dealt in."""

    player: str
    seat: int
    position: str | None
    stack: int
    hole: str | None
    net: int
    ev_net: float | None
    won: bool


class Hand(_Plain):
    """A finished hand as it is sent; columns and meanings are those of `pokerlab.schema`."""

    hand_id: str
    played_at: AwareDatetime
    format: str
    pool: str | None
    game: str
    limit: str
    unit: str
    table: str
    max_seats: int | None
    n_players: int
    button_seat: int | None
    small_blind: int | None
    big_blind: int | None
    ante: int | None
    board: str | None
    pot: int
    rake: int
    tournament_id: str | None
    tournament_name: str | None
    hero: Hero | None
    seats: tuple[Seat, ...]


class ConnectionAck(_Plain):
    """The first message on a connection: who you are and where the feed stands."""

    type: Literal["connection_ack"] = "connection_ack"
    client_id: str
    epoch: str
    seq: Seq
    heartbeat_seconds: float


class NewHand(_Plain):
    """A finished hand, numbered from 1 without holes within an epoch."""

    type: Literal["new_hand"] = "new_hand"
    epoch: str
    seq: Seq
    hand: Hand


class Heartbeat(_Plain):
    """A sign of life with the last number that was given out."""

    type: Literal["heartbeat"] = "heartbeat"
    seq: Seq
    sent_at: AwareDatetime


class Gap(_Plain):
    """Hands that will not be sent here: the numbers from ``from_seq`` to ``to_seq``, both included.

    ``from_seq`` is 0 where the reader comes from another epoch: then hands before number 1 may be missing too.
    """

    type: Literal["gap"] = "gap"
    from_seq: Seq
    to_seq: Seq
    rest_url: str = RECENT_URL


class Error(_Plain):
    """What went wrong: a short code for programs, a message for people."""

    type: Literal["error"] = "error"
    code: str
    message: str


class Ping(_Plain):
    """All that a client may say: it asks for a `Heartbeat` at once."""

    type: Literal["ping"]


Sent = ConnectionAck | NewHand | Heartbeat | Gap | Error
Message = Annotated[Sent, Field(discriminator="type")]

SENT: tuple[type[BaseModel], ...] = get_args(Sent)
"""All that a server may say."""

_MESSAGE: TypeAdapter[Sent] = TypeAdapter(Message)
_HAND_COLUMNS = [name for name in Hand.model_fields if name not in {"hero", "seats"}]
_SEAT_COLUMNS = list(Seat.model_fields)


def dump(message: BaseModel) -> str:
    """Write a message as compact JSON text.

    Examples
    --------
    >>> dump(Gap(from_seq=1, to_seq=20))
    '{"type":"gap","from_seq":"1","to_seq":"20","rest_url":"/api/v1/hands/recent"}'
    """
    return message.model_dump_json()


def load(text: str | bytes) -> Sent:
    """Read a message back from JSON text.

    Raises
    ------
    FeedError
        The text is no JSON, or no message of this module.

    Examples
    --------
    >>> load('{"type": "gap", "from_seq": "1", "to_seq": "20"}').to_seq
    20
    """
    try:
        return _MESSAGE.validate_json(text)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in fault["loc"]) or "message"
        msg = f"{text[:200]!r} is not a message of the feed: {where}: {fault['msg']}"
        raise FeedError(msg) from error


def hands_of(frames: HandFrames) -> list[Hand]:
    """Turn frames into hands as they are sent, in the order of ``frames.hands``.

    Examples
    --------
    >>> from pokerlab.frames import HandFrames
    >>> hands_of(HandFrames.empty())
    []
    """
    # By seat, so that a hand that a file repeats does not get its seats twice.
    seats: defaultdict[str, dict[int, dict[str, Any]]] = defaultdict(dict)
    for row in frames.seats.select("hand_id", *_SEAT_COLUMNS).iter_rows(named=True):
        seats[row.pop("hand_id")].setdefault(row["seat"], row)
    return [
        _hand(row, [*seats[row["hand_id"]].values()])
        for row in frames.hands.select(_HAND_COLUMNS).iter_rows(named=True)
    ]


def _hand(row: dict[str, Any], seats: list[dict[str, Any]]) -> Hand:
    mine = sorted((seat for seat in seats if seat["is_hero"]), key=lambda seat: not seat["dealt"])
    # Validated whole, at once: seat by seat takes longer than to read them.
    return Hand.model_validate({**row, "hero": mine[0] if mine else None, "seats": seats})
