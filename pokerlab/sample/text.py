"""Hands as the Winamax client writes them, byte for byte."""

from __future__ import annotations

from dataclasses import dataclass
from time import gmtime
from typing import TYPE_CHECKING

from pokerlab.cards import DECK
from pokerlab.sample.era import ERAS, Era, paris_offset
from pokerlab.sample.evaluate import low_text, rank_text
from pokerlab.sample.variants import HOLDEM

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pokerlab.sample.deal import Act, Player
    from pokerlab.sample.hand import Hand
    from pokerlab.sample.variants import Variant

_STREETS = ("preflop", "flop", "turn", "river")


def plain(cents: int) -> str:
    """Print cents of play money: no decimals where the amount is whole.

    Examples
    --------
    >>> plain(200), plain(5), plain(1250)
    ('2', '0.05', '12.50')
    """
    whole, rest = divmod(cents, 100)
    return f"{whole}.{rest:02}" if rest else str(whole)


def euros(cents: int) -> str:
    """Print euro cents as Winamax does.

    Examples
    --------
    >>> euros(200), euros(5), euros(1250)
    ('2€', '0.05€', '12.50€')
    """
    whole, rest = divmod(cents, 100)
    return f"{whole}.{rest:02}€" if rest else f"{whole}€"


MONEY: dict[str, Callable[[int], str]] = {"eur_cent": euros, "play_cent": plain, "chip": str}
"""How amounts of each unit are printed."""


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
        File name without its day, its game and ``.txt``.
    unit
        Unit of stacks and bets, as `pokerlab.schema` spells it.
    real
        Real money, or a tournament that costs or wins some.
    era
        The forms of the client that wrote it.
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
    variant: Variant = HOLDEM
    unit: str = "eur_cent"
    real: bool = True
    era: Era = ERAS[-1]

    @property
    def in_chips(self) -> bool:
        """Tell whether stacks are tournament chips rather than cents."""
        return self.unit == "chip"

    @property
    def file_name(self) -> str:
        """File name without its day and ``.txt``."""
        return f"{self.stem}_{'real' if self.real else 'play'}_{self.variant.file_slug}"


Seated = tuple[int, str, int, int | None]
"""Seat, name, stack, and bounty in cents where the client shows one."""


@dataclass(slots=True)
class Played:
    """A finished hand, where and when it was played, and who sat there.

    Attributes
    ----------
    seated
        Seat, name, stack and bounty before the hand of everybody at the table, dealt in or not, by seat.
    at
        Unix time.
    hero
        Name of the player whose client writes, who may be absent.
    """

    venue: Venue
    hand: Hand
    seated: list[Seated]
    button: int
    number: int
    at: int
    hero: str
    level: str | None = None

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


def _stakes(played: Played, money: Callable[[int], str]) -> str:
    deal = played.hand.deal
    if deal.variant.limit == "fixed_limit":
        return f"{money(deal.big_blind)}/{money(2 * deal.big_blind)}"  # the bets, not the blinds
    stakes = f"{money(deal.small_blind)}/{money(deal.big_blind)}"
    return f"{money(deal.ante)}/{stakes}" if deal.ante else stakes


def _header(played: Played, money: Callable[[int], str]) -> list[str]:
    venue, deal = played.venue, played.hand.deal
    kind = f"{venue.kind} level: {played.level or ''}" if venue.in_chips else venue.kind
    at = played.at + paris_offset(played.at) if venue.era.paris_clock else played.at
    real = "real" if venue.real else "play"
    lines = [
        f"Winamax Poker - {kind} - HandId: #{played.hand_id} - {venue.variant.text} "
        f"({_stakes(played, money)}) - {clock(at)}",
        f"Table: '{venue.table}' {venue.max_seats}-max ({real} money) Seat #{played.button} is the button",
    ]
    lines += [
        f"Seat {seat}: {name} ({money(stack)})"
        if bounty is None
        else f"Seat {seat}: {name} ({money(stack)}, {euros(bounty)} bounty)"
        for seat, name, stack, bounty in played.seated
    ]
    if deal.added:
        lines.append(f"Hold-up to Pot: total {money(deal.added)}")
    lines.append(f"*** ANTE/BLINDS ***{venue.era.blinds_end}")
    denies = {"big": venue.era.denies_big, "small": "denies small blind"}
    lines += [f"{player.name} {denies[blind]}" for player, blind in deal.denies]
    return lines


_POSTS = {"ante": "ante", "small_blind": "small blind", "big_blind": "big blind", "dead_blind": "small blind"}
_VERBS = {"fold": "folds", "check": "checks", "call": "calls ", "bet": "bets "}


def _post_line(act: Act, late: bool, money: Callable[[int], str]) -> str:
    amount = money(act.amount)
    if late:
        return f"{act.player} posts {_POSTS[act.action]} {amount} out of position"
    return f"{act.player} posts {_POSTS[act.action]} {amount}{' and is all-in' if act.is_all_in else ''}"


def _act_line(act: Act, money: Callable[[int], str]) -> str:
    verb = act.action
    if verb in {"fold", "check"}:
        return f"{act.player} {_VERBS[verb]}"
    end = " and is all-in" if act.is_all_in else ""
    if verb == "raise":
        return f"{act.player} raises {money(act.raised_by)} to {money(act.raised_to)}{end}"
    return f"{act.player} {_VERBS[verb]}{money(act.amount)}{end}"


def _street_line(street: str, board: list[int]) -> str:
    if street == "preflop":
        return "*** PRE-FLOP *** "
    if street == "flop":
        return f"*** FLOP *** [{_cards(board[:3])}]"
    seen = 3 if street == "turn" else 4
    return f"*** {street.upper()} *** [{_cards(board[:seen])}][{DECK[board[seen]]}]"


def _body(played: Played, money: Callable[[int], str]) -> list[str]:
    hand = played.hand
    places = {player.name: i for i, player in enumerate(hand.deal.players)}
    late = {hand.deal.players[i].name for i, _, _ in hand.deal.late}
    posts = [act for act in hand.acts if act.street == "blinds" and act.action != "deny"]
    lines = [_post_line(act, act.player in late and act.action != "ante", money) for act in posts]
    if played.hero in places:
        lines.append(f"Dealt to {played.hero} [{_cards(hand.holes[places[played.hero]])}]")
    results = _results(hand, places, money)
    acts = iter(hand.acts)
    act = next((act for act in acts if act.street != "blinds"), None)
    for street in _STREETS[: hand.streets] + (("showdown",) if hand.showdown else ()):
        lines.append("*** SHOW DOWN ***" if street == "showdown" else _street_line(street, hand.board))
        while act is not None and act.street == street:
            lines.append(next(results) if act.action in {"show", "collect"} else _act_line(act, money))
            act = next(acts, None)
    return lines


def _results(hand: Hand, places: dict[str, int], money: Callable[[int], str]) -> Iterator[str]:
    """Give the lines of shows, then those of collects."""
    for name in dict.fromkeys(act.player for act in hand.acts if act.action == "show"):
        i = places[name]
        yield f"{name} shows [{_cards(hand.holes[i])}] ({rank_text(hand.values[i])})"
        if i in hand.lows:
            yield f"{name} shows [{_cards(hand.holes[i])}] ({low_text(hand.lows[i])})"
    for line in hand.settled.payouts:
        yield f"{hand.deal.players[line.index].name} collected {money(line.amount)} from {line.label}"


def _roles(played: Played, i: int, player: Player) -> str:
    deal = played.hand.deal
    role = " (small blind)" if i == deal.small else " (big blind)" if i == deal.big else ""
    return f"{role} (button)" if player.seat == played.button else role


def _summary(played: Played, money: Callable[[int], str]) -> list[str]:
    hand = played.hand
    settled = hand.settled
    rake = f"Rake {money(settled.rake)}" if settled.rake else "No rake"
    lines = ["*** SUMMARY ***", f"Total pot {money(sum(line.amount for line in settled.payouts))} | {rake}"]
    if hand.board:
        lines.append(f"Board: [{_cards(hand.board)}]")
    players = hand.deal.players
    ends = _ends(hand, money, mucks=played.venue.era.mucks)
    if played.venue.era.lists_folds:
        ends.update(_folds(hand))
    for i in sorted(ends, key=lambda i: players[i].seat):
        start = f"Seat {players[i].seat}: {players[i].name}{_roles(played, i, players[i])} "
        lines += [start + end for end in ends[i]]
    return lines


def _ends(hand: Hand, money: Callable[[int], str], *, mucks: bool) -> dict[int, list[str]]:
    """Say of everybody who won or showed how his hand ended: one line, or one each for high and low."""
    won: dict[int, dict[str, int]] = {}
    for line in hand.settled.payouts:
        won.setdefault(line.index, {})["LO" if line.half == "LO" else "HI"] = line.amount
    ends: dict[int, list[str]] = {}
    for i in {*won, *hand.shown}:
        got = won.get(i, {})
        if i not in hand.values:
            ends[i] = [f"won {money(got['HI'])}"]
            continue
        if mucks and not got:
            ends[i] = ["mucked"]
            continue
        high = rank_text(hand.values[i])
        texts = {"HI": f"HI : {high}" if hand.variant.hilo else high}
        if i in hand.lows:
            texts["LO"] = f"LO : {low_text(hand.lows[i])}"
        start = f"showed [{_cards(hand.holes[i])}] and "
        ends[i] = [
            f"{start}won {money(got[half])} with {text}" if half in got else f"{start}lost with {text}"
            for half, text in texts.items()
        ]
    return ends


def _folds(hand: Hand) -> dict[int, list[str]]:
    places = {player.name: i for i, player in enumerate(hand.deal.players)}
    streets = {"preflop": "pre-flop"}
    return {
        places[act.player]: [f"folded on the {streets.get(act.street, act.street)}"]
        for act in hand.acts
        if act.action == "fold"
    }


def hand_text(played: Played) -> str:
    """Print one hand, with the two blank lines that follow it."""
    money = MONEY[played.venue.unit]
    return "\n".join([*_header(played, money), *_body(played, money), *_summary(played, money), "", "", ""])
