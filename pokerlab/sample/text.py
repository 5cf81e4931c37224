"""Hands and tournament summaries as the Winamax client writes them, byte for byte."""

from __future__ import annotations

from dataclasses import dataclass
from time import gmtime
from typing import TYPE_CHECKING

from pokerlab.cards import DECK
from pokerlab.sample.evaluate import rank_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pokerlab.sample.hand import Act, Hand, Player

_STREETS = ("preflop", "flop", "turn", "river")


def euros(cents: int) -> str:
    """Print euro cents as Winamax does: no decimals where the amount is whole.

    Examples
    --------
    >>> euros(200), euros(5), euros(1250)
    ('2€', '0.05€', '12.50€')
    """
    whole, rest = divmod(cents, 100)
    return f"{whole}.{rest:02}€" if rest else f"{whole}€"


@dataclass(frozen=True, slots=True)
class Venue:
    """Where hands are played: what all hands of a table or tournament have in common.

    Attributes
    ----------
    kind
        Header between ``Winamax Poker - `` and `` - HandId``, without a tournament's level.
    table
        Table name as printed between quotes.
    number
        First part of the hand id.
    stem
        File name without its day and ``.txt``.
    """

    format: str
    kind: str
    table: str
    max_seats: int
    number: int
    stem: str
    pool: str | None = None
    tournament_id: str | None = None
    tournament_name: str | None = None

    @property
    def in_chips(self) -> bool:
        """Tell whether stacks are tournament chips rather than cents."""
        return self.tournament_id is not None


@dataclass(slots=True)
class Played:
    """A finished hand, where and when it was played, and who sat there.

    Attributes
    ----------
    seated
        Seat, name and stack before the hand of everybody at the table, dealt in or not, by seat.
    at
        Unix time.
    hero
        Name of the player whose client writes, who may be absent.
    """

    venue: Venue
    hand: Hand
    seated: list[tuple[int, str, int]]
    button: int
    number: int
    at: int
    hero: str
    level: str = ""

    @property
    def hand_id(self) -> str:
        """All that stands after ``#`` in ``HandId: #``."""
        return f"{self.venue.number}-{self.number}-{self.at}"


def _cards(codes: Iterable[int]) -> str:
    return " ".join([DECK[code] for code in codes])


def clock(at: int) -> str:
    """Print a unix time as Winamax does, in UTC."""
    year, month, day, hour, minute, second, *_ = gmtime(at)
    return f"{year}/{month:02}/{day:02} {hour:02}:{minute:02}:{second:02} UTC"


def _header(played: Played) -> list[str]:
    venue, deal = played.venue, played.hand.deal
    money = str if venue.in_chips else euros
    stakes = f"{money(deal.small_blind)}/{money(deal.big_blind)}"
    if deal.ante:
        stakes = f"{money(deal.ante)}/{stakes}"
    kind = f"{venue.kind} level: {played.level}" if venue.in_chips else venue.kind
    lines = [
        f"Winamax Poker - {kind} - HandId: #{played.hand_id} - Holdem no limit ({stakes}) - {clock(played.at)}",
        f"Table: '{venue.table}' {venue.max_seats}-max (real money) Seat #{played.button} is the button",
    ]
    lines += [f"Seat {seat}: {name} ({money(stack)})" for seat, name, stack in played.seated]
    if deal.added:
        lines.append(f"Hold-up to Pot: total {money(deal.added)}")
    lines.append("*** ANTE/BLINDS ***")
    lines += [f"{player.name} denies {blind} blind" for player, blind in deal.denies]
    return lines


_POSTS = {"ante": "ante", "small_blind": "small blind", "big_blind": "big blind", "dead_blind": "small blind"}
_VERBS = {"fold": "folds", "check": "checks", "call": "calls ", "bet": "bets "}


def _post_line(act: Act, late: bool, chips: bool) -> str:
    amount = str(act.amount) if chips else euros(act.amount)
    if late:
        return f"{act.player} posts {_POSTS[act.action]} {amount} out of position"
    return f"{act.player} posts {_POSTS[act.action]} {amount}{' and is all-in' if act.is_all_in else ''}"


def _act_line(act: Act, chips: bool) -> str:
    verb = act.action
    if verb in {"fold", "check"}:
        return f"{act.player} {_VERBS[verb]}"
    end = " and is all-in" if act.is_all_in else ""
    if verb == "raise":
        by, to = (act.raised_by, act.raised_to) if chips else (euros(act.raised_by), euros(act.raised_to))
        return f"{act.player} raises {by} to {to}{end}"
    return f"{act.player} {_VERBS[verb]}{act.amount if chips else euros(act.amount)}{end}"


def _street_line(street: str, board: list[int]) -> str:
    if street == "preflop":
        return "*** PRE-FLOP *** "
    if street == "flop":
        return f"*** FLOP *** [{_cards(board[:3])}]"
    seen = 3 if street == "turn" else 4
    return f"*** {street.upper()} *** [{_cards(board[:seen])}][{DECK[board[seen]]}]"


def _body(played: Played) -> list[str]:
    hand, chips = played.hand, played.venue.in_chips
    places = {player.name: i for i, player in enumerate(hand.deal.players)}
    late = {hand.deal.players[i].name for i, _, _ in hand.deal.late}
    labels = {hand.deal.players[line.index].name: line.label for line in hand.settled.payouts}
    lines: list[str] = []
    acts = iter(hand.acts)
    act = next(acts, None)
    while act is not None and act.street == "blinds":
        if act.action != "deny":
            lines.append(_post_line(act, act.player in late, chips))
        act = next(acts, None)
    if played.hero in places:
        lines.append(f"Dealt to {played.hero} [{_cards(hand.holes[places[played.hero]])}]")
    streets = _STREETS[: hand.streets] + (("showdown",) if hand.showdown else ())
    for street in streets:
        lines.append("*** SHOW DOWN ***" if street == "showdown" else _street_line(street, hand.board))
        while act is not None and act.street == street:
            if act.action == "show":
                i = places[act.player]
                lines.append(f"{act.player} shows [{_cards(hand.holes[i])}] ({rank_text(hand.values[i])})")
            elif act.action == "collect":
                amount = act.amount if chips else euros(act.amount)
                lines.append(f"{act.player} collected {amount} from {labels[act.player]}")
            else:
                lines.append(_act_line(act, chips))
            act = next(acts, None)
    return lines


def _roles(played: Played, i: int, player: Player) -> str:
    deal = played.hand.deal
    role = " (small blind)" if i == deal.small else " (big blind)" if i == deal.big else ""
    return f"{role} (button)" if player.seat == played.button else role


def _summary(played: Played) -> list[str]:
    hand = played.hand
    money = str if played.venue.in_chips else euros
    won = {line.index: line.amount for line in hand.settled.payouts}
    rake = f"Rake {money(hand.settled.rake)}" if hand.settled.rake else "No rake"
    lines = ["*** SUMMARY ***", f"Total pot {money(sum(won.values()))} | {rake}"]
    if hand.board:
        lines.append(f"Board: [{_cards(hand.board)}]")
    players = hand.deal.players
    for i in sorted({*won, *hand.shown}, key=lambda i: players[i].seat):
        line = f"Seat {players[i].seat}: {players[i].name}{_roles(played, i, players[i])} "
        if i in hand.values:
            line += f"showed [{_cards(hand.holes[i])}] and "
            rank = f"with {rank_text(hand.values[i])}"
            line += f"won {money(won[i])} {rank}" if i in won else f"lost {rank}"
        else:
            line += f"won {money(won[i])}"
        lines.append(line)
    return lines


def hand_text(played: Played) -> str:
    """Print one hand, with the two blank lines that follow it."""
    return "\n".join([*_header(played), *_body(played), *_summary(played), "", "", ""])


def ordinal(place: int) -> str:
    """Print a place as Winamax does: ``st``, ``nd``, ``rd`` for the first three only, so ``21th``.

    Examples
    --------
    >>> ordinal(2), ordinal(22)
    ('2nd', '22th')
    """
    return f"{place}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(place, 'th') }"


def duration(seconds: int) -> str:
    """Print a playing time.

    Examples
    --------
    >>> duration(3725), duration(59)
    ('1h 2min 5s', '59s')
    """
    hours, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    words = [f"{hours}h"] if hours else []
    if minutes or hours:
        words.append(f"{minutes}min")
    return " ".join([*words, f"{rest}s"])
