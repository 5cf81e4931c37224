"""What truly happened, as frames: written from the simulator's own state, never from the text.

Where `pokerlab.schema` leaves a choice, the truth chooses so, and the parser is held to it:

- ``hole`` and ``is_hero`` are what the file tells: cards of the hero (who has a ``Dealt to`` line) and of who showed;
  ``heroes`` is empty where the hero sits out. ``showed`` is True for voluntary shows too.
- A seat that was not dealt in has dealt = False, null position, hole and effective_bb, zeros and False otherwise.
- ``is_button`` marks the button's seat whoever sits there; with a dead button no seat has it.
- ``position`` counts the players who hold no blind: the last of them to act is BTN, whatever the button's seat. Late
  posts change nothing. Heads-up the button is SB.
- ``returned`` is what one player put in (antes and bets of the whole hand, dead blinds apart) above the second most,
  folded players included. ``contributed`` and ``collected`` exclude it; ``won`` is collected > 0.
- ``pot`` is the contested pot with its rake: sum(contributed) + added == pot == sum(collected) + rake.
- Actions: see `pokerlab.sample.deal.Act`. ``to`` of ante, dead blind, fold and check is what stands live so far, of
  deny, show and collect 0. ``amount`` of collect is as printed, with the excess. Shows and collects without a showdown
  are on the street where the hand ended and keep its n_raises; on the street ``showdown`` it is 0. ``is_all_in``
  is what the text says: posts, calls, bets and raises that left nothing.
- ``ev_net`` is null: the simulator does not know equities. ``source`` is the path as written, ``offset`` the byte of
  the hand's header in it.
- ``bounty`` of a seat is in euro cents, and null where the client shows none. ``level`` is null where it printed none.
  In fixed limit ``small_blind`` and ``big_blind`` are the blinds, which the header does not tell. Where high and low
  are told apart, a player has two rows of ``show`` if he has a low, and one of ``collect`` for each half he won.
- Tournaments without a summary (cut off at the end of the sample) have no row. Of several entries ``rank``, ``prize``,
  ``ticket``, ``entrants`` and ``prize_pool`` are the last one's; ``bounties_won`` and ``cost`` are of all, rebuys and
  add-ons included. What the summary does not tell is null: ``bounty`` where it is in the buy-in, all prices of
  ``Ticket uniquement``, ``speed`` and ``type`` of old ones, ``net`` with a ticket of unknown worth. ``ticket`` is what
  stands behind ``Ticket``, or the name of what was won. ``multiplier`` is null but for Expressos.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl

from pokerlab import schema
from pokerlab.cards import format_cards
from pokerlab.frames import HandFrames

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pokerlab.sample.deal import Act, Deal
    from pokerlab.sample.summary import Result
    from pokerlab.sample.text import Played

FLAGS = ("did_vpip", "could_vpip", "did_pfr", "could_pfr", "did_three_bet", "could_three_bet")
"""Columns of ``seats`` behind those of the schema."""

_SEATS = pl.Schema({**schema.SEATS, **dict.fromkeys(FLAGS, pl.Boolean())})
_SCHEMAS = {**schema.TABLES, "seats": _SEATS}
_EARLY = ("UTG", "UTG+1", "UTG+2", "UTG+3")
_LATE = ("LJ", "HJ", "CO", "BTN")
_FLUSH_EVERY = 5_000

Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Truth:
    """What the simulator knows of the hands it wrote.

    Attributes
    ----------
    hands, seats, actions, tournaments
        Frames with the columns of `pokerlab.schema`; ``seats`` has `FLAGS` behind them, and ``ev_net`` is null.
    """

    hands: pl.DataFrame
    seats: pl.DataFrame
    actions: pl.DataFrame
    tournaments: pl.DataFrame

    def to_frames(self) -> HandFrames:
        """Give the truth as `HandFrames` without rejects."""
        rejects = schema.REJECTS.to_frame()
        return HandFrames(self.hands, self.seats, self.actions, self.tournaments, rejects)


def positions(deal: Deal) -> list[str]:
    """Name the position of each player dealt in."""
    n = len(deal.players)
    blinds = {deal.big: "BB"}
    if deal.small is not None:
        blinds[deal.small] = "SB"
    rest = [place for place in ((deal.big + 1 + i) % n for i in range(n)) if place not in blinds]
    late = (0, 1, 2, 2, 3)[len(rest)] if len(rest) < 5 else 4
    names = [*_EARLY[: len(rest) - late], *_LATE[4 - late :]]
    named = {**blinds, **dict(zip(rest, names, strict=True))}
    return [named[i] for i in range(n)]


def _preflop_flags(acts: Sequence[Act]) -> dict[str, tuple[bool, ...]]:
    """Give `FLAGS` of everybody who had a decision before the flop."""
    flags: dict[str, list[bool]] = {}
    for act in acts:
        if act.street != "preflop" or act.action in {"show", "collect"}:
            continue
        mine = flags.setdefault(act.player, [False, True, False, True, False, False])
        raised = act.action == "raise"
        mine[0] |= raised or act.action == "call"
        mine[2] |= raised
        if act.n_raises == 1 and act.can_raise and not mine[5]:
            mine[4], mine[5] = raised, True
    return {player: tuple(mine) for player, mine in flags.items()}


def _hand_row(played: Played, source: str, offset: int) -> Row:
    venue, hand = played.venue, played.hand
    deal, settled = hand.deal, hand.settled
    dealt = any(player.name == played.hero for player in deal.players)
    return (
        played.hand_id, datetime.fromtimestamp(played.at, UTC), venue.format, venue.pool, venue.variant.game,
        venue.variant.limit, venue.unit, venue.table, venue.max_seats, len(deal.players), played.button,
        deal.small_blind, deal.big_blind, deal.ante, [played.hero] if dealt else [],
        format_cards(hand.board) if hand.board else None, settled.pot, settled.rake, deal.added,
        venue.tournament_id, venue.tournament_name, played.level, source, offset,
    )  # fmt: skip


def _seat_rows(played: Played) -> list[Row]:
    hand, hand_id = played.hand, played.hand_id
    deal, settled = hand.deal, hand.settled
    names = positions(deal)
    flags = _preflop_flags(hand.acts)
    saw = [*hand.saw, *[[False] * len(names)] * (3 - len(hand.saw))]
    places = {player.seat: i for i, player in enumerate(deal.players)}
    stacks = {seat: stack for seat, _, stack, _ in played.seated}
    stakes = (played.venue.unit, deal.big_blind)
    rows: list[Row] = []
    for seat, player, stack, bounty in played.seated:
        button = seat == played.button
        if seat not in places:
            rows.append(
                (
                    hand_id, seat, player, False, None, False, button, stack, bounty, None, False, 0, 0, 0, 0, None,
                    False, False, False, False, False, None, *stakes, *[False] * len(FLAGS),
                )
            )  # fmt: skip
            continue
        i = places[seat]
        shown, mine = i in hand.shown, player == played.hero
        returned, collected = settled.returned[i], settled.collected[i]
        put_in = hand.level[i] + hand.dead[i] - returned
        rival = max(stacks[other] for other in places if other != seat)
        rows.append(
            (
                hand_id, seat, player, True, names[i], mine, button, stack, bounty,
                format_cards(hand.holes[i]) if shown or mine else None, shown,
                put_in, returned, collected, collected - put_in, None, saw[0][i], saw[1][i], saw[2][i],
                hand.showdown and shown, collected > 0, min(stack, rival) / deal.big_blind,
                *stakes, *flags.get(player, (False,) * len(FLAGS)),
            )
        )  # fmt: skip
    return rows


def _tournament_row(result: Result, source: str) -> Row:
    structure, venue, last = result.structure, result.venue, result.entries[-1]
    buy_in, bounty, fee = result.money_parts or (None, None, None)
    cost = result.cost
    bounties = sum(entry.bounties for entry in result.entries)
    unknown = cost is None or (last.ticket is not None and last.ticket_value is None)
    net = None if unknown else last.prize + bounties + (last.ticket_value or 0) - (cost or 0)
    ticket = None if last.ticket is None else last.ticket.removeprefix("Ticket ")
    multiplier = None if result.multiplier is None else float(result.multiplier)
    return (
        venue.tournament_id, structure.name, result.hero, buy_in, fee, bounty, "EUR" if venue.real else "play",
        len(result.entries), last.entrants, last.prize_pool, multiplier, result.speed, result.type,
        datetime.fromtimestamp(result.started, UTC), last.rank, last.prize, bounties, ticket, cost, net,
        source, result.offset,
    )  # fmt: skip


class Witness:
    """Collects the truth hand by hand."""

    def __init__(self) -> None:
        self._rows: dict[str, list[Row]] = {table: [] for table in _SCHEMAS if table != "rejects"}
        self._frames: dict[str, list[pl.DataFrame]] = {table: [_SCHEMAS[table].to_frame()] for table in self._rows}
        self._tournaments: dict[str, Row] = {}

    def saw(self, played: Played, source: str, offset: int) -> None:
        """Note one hand, written at byte ``offset`` of ``source``."""
        rows, hand_id = self._rows, played.hand_id
        rows["hands"].append(_hand_row(played, source, offset))
        rows["seats"] += _seat_rows(played)
        rows["actions"] += [(hand_id, seq, *act[:11]) for seq, act in enumerate(played.hand.acts)]
        if len(rows["hands"]) >= _FLUSH_EVERY:
            self._flush()

    def finished(self, result: Result, source: str) -> None:
        """Note how an entry of a tournament ended, whose summary is ``source``; a later one takes its place."""
        self._tournaments[result.venue.tournament_id or ""] = _tournament_row(result, source)

    def _flush(self) -> None:
        for table, rows in self._rows.items():
            if rows:
                self._frames[table].append(pl.DataFrame(rows, schema=_SCHEMAS[table], orient="row"))
                rows.clear()

    def tell(self) -> Truth:
        """Give everything seen; nothing more is to be seen then."""
        self._rows["tournaments"] = list(self._tournaments.values())
        self._flush()
        return Truth(**{table: pl.concat(frames) for table, frames in self._frames.items()})


def together(told: Sequence[Truth]) -> Truth:
    """Put truths behind each other."""
    if not told:
        return Witness().tell()
    return Truth(
        **{table: pl.concat([getattr(truth, table) for truth in told]) for table in schema.TABLES if table != "rejects"}
    )
