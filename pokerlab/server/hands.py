"""Stored hands over HTTP: the newest, page by page, and a single one whole."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from itertools import accumulate
from typing import TYPE_CHECKING, Annotated

import polars as pl
from fastapi import APIRouter, Path, Query
from pydantic import BaseModel

from pokerlab import schema
from pokerlab.frames import HandFrames
from pokerlab.server import cached
from pokerlab.server.cached import Stored  # noqa: TC001 - FastAPI reads it
from pokerlab.server.problems import ProblemError, quote
from pokerlab.server.queries import RecentFilter  # noqa: TC001
from pokerlab.wire import Hand, Seat, hands_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pokerlab.store import Snapshot

HandId = Annotated[str, Path(max_length=1000, examples=["1234567890123-45-1700000000"])]
_FIRST = ["played_at", "hand_id"]
_NEVER = datetime.max.replace(tzinfo=UTC)


class RecentHands(BaseModel):
    """Hands, newest first; ``next`` is what to send as ``before`` for those that follow."""

    hands: list[Hand]
    next: str | None


class Action(BaseModel):
    """One action; columns as in `pokerlab.schema.ACTIONS`."""

    seq: int
    street: str
    seat: int
    player: str
    action: str
    amount: int | None
    to: int | None
    is_all_in: bool | None
    to_call: int | None
    pot_before: int | None
    stack_before: int | None
    n_raises: int | None


class WholeHand(Hand):
    """A stored hand with every action."""

    actions: tuple[Action, ...]


_SENT = {
    "hands": [name for name in Hand.model_fields if name in schema.HANDS],
    "seats": ["hand_id", *Seat.model_fields],
    "actions": list(Action.model_fields),
}
"""The columns of each frame that answers are made of."""


def router() -> APIRouter:
    """Make the routes of hands."""
    routes = APIRouter(prefix="/api/v1/hands", tags=["hands"], responses=cached.ANSWERS)

    @routes.get("/recent")
    def recent(stored: Stored, query: Annotated[RecentFilter, Query()]) -> RecentHands:
        """Give stored hands, newest first."""
        newest = _newest(stored, query)
        ids: list[str] = newest["hand_id"].to_list()
        frames = _frames(stored.around(newest["played_at"]), ids)
        found = {hand.hand_id: hand for hand in hands_of(frames)}
        hands = [found[hand_id] for hand_id in ids]
        return RecentHands(hands=hands, next=ids[-1] if len(ids) == query.limit else None)

    @routes.get("/{hand_id:path}")
    def hand(stored: Stored, hand_id: HandId) -> WholeHand:
        """Give one stored hand with its seats and actions."""
        frames = _frames(stored.holding([hand_id]), [hand_id], "actions")
        if not len(frames):
            raise _unknown(hand_id)
        rows = frames.actions.sort("seq").iter_rows(named=True)
        return WholeHand(**hands_of(frames)[0].model_dump(), actions=tuple(Action(**row) for row in rows))

    return routes


def _frames(parts: Snapshot, ids: list[str], *others: str) -> HandFrames:
    """Read of hands what is sent: a tenth of their columns."""
    hit = pl.col("hand_id").is_in(pl.Series(ids, dtype=pl.String).implode())
    rows = {kind: parts.scan(kind).filter(hit).select(_SENT[kind]) for kind in ("hands", "seats", *others)}
    return replace(HandFrames.empty(), **dict(zip(rows, pl.collect_all(rows.values()), strict=True)))


def _newest(stored: Snapshot, query: RecentFilter) -> pl.DataFrame:
    """Find the hands of one page: their times and ids, newest first."""
    where = [*query.of_hands(), *query.of_both()]
    if query.before is not None:
        where.append(_older(stored, query.before))
    found = pl.DataFrame(schema={name: schema.HANDS[name] for name in _FIRST})
    for segments, last in _from_the_end(stored.during(query.since, query.until), query.limit):
        oldest: datetime = found.select(pl.col("played_at").min()).item()
        if found.height == query.limit and last < oldest:
            break
        hands = stored.scan_segments("hands", segments).filter(*where)
        if query.player is not None:
            seats = stored.scan_segments("seats", segments).filter(pl.col("player") == query.player)
            hands = hands.join(seats.select("hand_id"), on="hand_id", how="semi")
        found = pl.concat([found.lazy(), hands.select(_FIRST)]).top_k(query.limit, by=_FIRST).collect()
    return found.sort(_FIRST, descending=True)


def _from_the_end(stored: Snapshot, rows: int) -> Iterator[tuple[list[str], datetime]]:
    """Give segments, those that end last first, and when the first of these ends.

    At first as few as hold ``rows``, then each time twice as many.
    """
    ends = sorted(((file.last or _NEVER, file.segment, file.rows) for file in stored.view.of("hands")), reverse=True)
    size = bisect_left(list(accumulate(held for *_, held in ends)), rows) + 1
    while ends:
        part, ends = ends[:size], ends[size:]
        yield [segment for _, segment, _ in part], part[0][0]
        size *= 2


def _older(stored: Snapshot, hand_id: str) -> pl.Expr:
    anchor = _frames(stored.holding([hand_id]), [hand_id]).hands
    if anchor.is_empty():
        raise _unknown(hand_id)
    played_at: datetime = anchor["played_at"].item()
    same_time = (pl.col("played_at") == played_at) & (pl.col("hand_id") < hand_id)
    return (pl.col("played_at") < played_at) | same_time


def _unknown(hand_id: str) -> ProblemError:
    return ProblemError(HTTPStatus.NOT_FOUND, f"hand {quote(hand_id)} is not in the store")
