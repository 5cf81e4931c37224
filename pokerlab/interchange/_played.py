"""One PHH text to rows: PokerKit plays it, and its operations become the seats and actions that a parser would give."""

from __future__ import annotations

import hashlib
import re
import tomllib
import warnings
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pokerlab import schema
from pokerlab.interchange._table import Play
from pokerlab.interchange._to_phh import HOLE_CARDS, RAISES_TO, VARIANTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from pokerkit import State

GAMES = {code: game for game, code in VARIANTS.items()}
_OWN = "_winamax_"
_RAISE = re.compile(RAISES_TO + r" ([0-9.]+)")
_STREETS = ("preflop", "flop", "turn", "river")


class UnreadableError(ValueError):
    """A hand that cannot be taken; ``rule`` is why, in one word."""

    def __init__(self, reason: str, *, rule: str) -> None:
        super().__init__(reason)
        self.rule = rule


@dataclass(slots=True)
class Rows:
    """Rows of the frames, as they come together."""

    hands: list[dict[str, Any]] = field(default_factory=list)
    seats: list[dict[str, Any]] = field(default_factory=list)
    actions: list[dict[str, Any]] = field(default_factory=list)
    rejects: list[tuple[Any, ...]] = field(default_factory=list)


def rows_of(text: str, *, as_chips: bool) -> tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]:
    """Read and play one hand; give its rows of ``hands``, ``seats`` and ``actions``.

    Raises
    ------
    UnreadableError
        It is no TOML, lacks fields, breaks the rules of its game, or has what frames cannot hold.
    """
    try:
        fields = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        msg = f"this is not TOML: {error}"
        raise UnreadableError(msg, rule="toml") from error
    try:
        return _rows(_Fields(fields, text, as_chips=as_chips))
    except (ValueError, TypeError, KeyError, IndexError, ArithmeticError, AssertionError) as error:
        if isinstance(error, UnreadableError):
            raise
        what = str(error).strip() or type(error).__name__
        msg = f"a field is missing or is not what it should be: {what}"
        raise UnreadableError(msg, rule="fields") from error


class _Fields:
    """The fields of a hand, and how its amounts are counted."""

    def __init__(self, fields: dict[str, Any], text: str, *, as_chips: bool) -> None:
        self.all = fields
        self.text = text
        self.variant = str(fields.get("variant"))
        if self.variant not in GAMES:
            msg = f"variant {self.variant!r} is not read; known are {', '.join(GAMES)}"
            raise UnreadableError(msg, rule="game")
        self.game, self.limit = GAMES[self.variant]
        self.unit, self.scale = self._unit(as_chips)
        self.seats: list[int] = fields.get("seats") or list(range(1, len(fields["starting_stacks"]) + 1))
        self.players: list[str] = fields.get("players") or [f"Player {seat}" for seat in self.seats]
        count = len(fields["starting_stacks"])
        if not (len(set(self.seats)) == len(self.seats) == len(self.players) == count):
            msg = f"seats {self.seats} and players {self.players} must be {count} each"
            raise UnreadableError(msg, rule="seats")
        if not all(isinstance(seat, int) and 1 <= seat <= 127 for seat in self.seats):
            msg = f"seats must be numbers from 1 to 127, not {self.seats}"
            raise UnreadableError(msg, rule="seats")

    def own(self, name: str, default: Any = None) -> Any:
        """Give a field that `pokerlab.export.phh` wrote."""
        return self.all.get(_OWN + name, default)

    def _unit(self, as_chips: bool) -> tuple[str, int]:
        unit, currency = self.own("unit"), self.all.get("currency")
        if unit in schema.UNIT.categories:
            return unit, 1 if unit == "chip" else 100
        if currency == "EUR":
            return "eur_cent", 100
        if currency is not None and not as_chips:
            msg = f"money in {currency}; frames hold euros and chips: say as_chips"
            raise UnreadableError(msg, rule="currency")
        return "chip", 100 if as_chips and _has_decimals(self.all) else 1

    def amount(self, value: object) -> int:
        """Read an amount in minor units."""
        try:
            number = Decimal(str(value).replace(",", "")) * self.scale
        except InvalidOperation as error:
            msg = f"{value!r} is not an amount"
            raise UnreadableError(msg, rule="amount") from error
        if not number.is_finite() or number != int(number):
            msg = f"{value} cannot be counted in whole {self.unit}s"
            raise UnreadableError(msg, rule="amount")
        return int(number)

    def amounts(self, name: str) -> list[int]:
        """Read a field of amounts."""
        return [self.amount(value) for value in self.all[name]]

    def played_at(self) -> datetime | None:
        """Give when the hand began; None without a date."""
        names = [self.all.get(name) for name in ("year", "month", "day")]
        if None in names:
            return None
        clock = self.all.get("time") or time()
        zone = ZoneInfo(self.all["time_zone"]) if self.all.get("time_zone") else UTC
        return datetime.combine(datetime(*names).date(), clock, zone).astimezone(UTC)  # type: ignore[arg-type]

    def hand_id(self) -> str:
        """Give an id that is the same each time the same text is read."""
        if own := self.own("hand_id"):
            return str(own)
        return f"{self.all.get('hand', 'phh')}-{hashlib.sha256(self.text.encode()).hexdigest()[:12]}"


def _has_decimals(fields: dict[str, Any]) -> bool:
    values = [*fields.get("starting_stacks", ()), *fields.get("blinds_or_straddles", ()), *fields.get("antes", ())]
    acts = " ".join(map(str, fields.get("actions", ())))
    return any(isinstance(value, Decimal) for value in values) or bool(re.search(r"cbr \S*\.", acts))


def _rows(fields: _Fields) -> tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]:
    state = _played(fields)
    play = Play(
        seats=fields.seats,
        players=fields.players,
        stacks=fields.amounts("starting_stacks"),
        big_blind=fields.amount(fields.all.get("min_bet", fields.all.get("small_bet"))),
        unit=fields.unit,
    )
    _posts(fields, state, play)
    board = _steps(fields, state, play)
    _results(fields, state, play)
    hand = _hand(fields, play, board)
    seats = play.seat_rows(hand, len(board), fields.own("heroes", []), _bounties(fields, "bounties"))
    seats += _sitting_out(fields, hand)
    return hand, sorted(seats, key=lambda seat: seat["seat"]), play.action_rows(hand, seats)


def _played(fields: _Fields) -> State:
    from pokerkit import CheckingOrCalling, CompletionBettingOrRaisingTo, Folding, HandHistory

    value: Callable[[str], int] = fields.amount
    told = [name for name in fields.all if name in HandHistory.required_field_names[fields.variant]]
    given = {name: _minor(fields, fields.all[name]) for name in told if name not in ("variant", "actions")}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            history = HandHistory(
                variant=fields.variant,
                actions=list(fields.all["actions"]),
                ante_trimming_status=bool(fields.all.get("ante_trimming_status", False)),
                parse_value=value,
                **given,
            )
            *_, state = history
    except (ValueError, AssertionError) as error:
        if isinstance(error, UnreadableError):
            raise
        msg = f"PokerKit does not play it: {error}"
        raise UnreadableError(msg, rule="rules") from error
    decided = sum(
        isinstance(step, (Folding, CheckingOrCalling, CompletionBettingOrRaisingTo)) for step in state.operations
    )
    if decided != sum(bool(re.match(r"\s*p\d+\s+(f|cc|cbr)\b", action)) for action in fields.all["actions"]):
        msg = "decisions are missing: somebody must act who does not"
        raise UnreadableError(msg, rule="rules")
    if state.status:
        msg = "the hand is not over"
        raise UnreadableError(msg, rule="unfinished")
    return state


def _minor(fields: _Fields, value: Any) -> Any:
    return [fields.amount(item) for item in value] if isinstance(value, list) else fields.amount(value)


def _posts(fields: _Fields, state: State, play: Play) -> None:
    """Take antes and blinds; what is written heads-up the other way round PokerKit has put right."""
    dead = [fields.amount(value) for value in fields.own("dead_blinds", [0] * len(play.seats))]
    turned = fields.amounts("blinds_or_straddles")
    nominal = turned[::-1] if len(turned) == 2 else turned
    for seat in fields.own("denying_seats", []):
        play.deny(seat)
    in_turn = [1, 0] if len(nominal) == 2 else play.places()
    for place in play.places():
        play.post(place, "ante", state.get_effective_ante(place) - dead[place])
    play.name_blinds(nominal)
    for place in sorted(in_turn, key=lambda place: nominal[place] < 0 or dead[place] > 0):
        play.post(place, "dead_blind", dead[place])
        play.post_blind(place, nominal[place], state.get_effective_blind_or_straddle(place))


def _steps(fields: _Fields, state: State, play: Play) -> list[str]:
    """Take the decisions, cards and shows; give the board."""
    from pokerkit import (
        BoardDealing,
        CheckingOrCalling,
        CompletionBettingOrRaisingTo,
        Folding,
        HoleCardsShowingOrMucking,
        HoleDealing,
    )

    board: list[str] = []
    for step in state.operations:
        match step:
            case HoleDealing():
                play.learn(step.player_index, [repr(card) for card in step.cards])
            case BoardDealing():
                board += [repr(card) for card in step.cards]
                play.next_street({3: "flop", 4: "turn", 5: "river"}[len(board)])
            case Folding():
                play.fold(step.player_index)
            case CheckingOrCalling():
                found = _RAISE.search(step.commentary or "")
                if found:
                    play.bet(step.player_index, fields.amount(found[1]))
                else:
                    play.check_or_call(step.player_index, step.amount)
            case CompletionBettingOrRaisingTo():
                play.bet(step.player_index, step.amount)
            case HoleCardsShowingOrMucking() if len(cards := [repr(card) for card in step.hole_cards]):
                if len(cards) == HOLE_CARDS[fields.game] and not any("?" in card for card in cards):
                    play.show(step.player_index, cards)
    return board


def _results(fields: _Fields, state: State, play: Play) -> None:
    """Take who collected what: as the file tells it, else as PokerKit plays it."""
    play.close()
    if fields.all.get("finishing_stacks"):
        nets = [after - before for after, before in zip(fields.amounts("finishing_stacks"), play.stacks, strict=True)]
        collected = [net + put for net, put in zip(nets, play.contributed(), strict=True)]
    elif fields.all.get("winnings"):
        collected = fields.amounts("winnings")
    else:
        collected = [payoff + put for payoff, put in zip(state.payoffs, play.contributed(), strict=True)]
    if len(collected) != len(play.seats) or min(collected) < 0 or not 0 <= sum(collected) <= play.pot():
        msg = f"{collected} cannot be won of a pot of {play.pot()}"
        raise UnreadableError(msg, rule="results")
    play.collect(collected)


def _hand(fields: _Fields, play: Play, board: list[str]) -> dict[str, Any]:
    event = fields.all.get("event")
    tournament = event is not None and fields.own("unit") in (None, "chip")
    small, ante = fields.own("small_blind"), fields.own("ante")
    level = fields.own("level", fields.all.get("level"))
    return {
        "hand_id": fields.hand_id(),
        "played_at": fields.played_at(),
        "format": fields.own("format", "tournament" if tournament else "cash"),
        "pool": fields.own("pool"),
        "game": fields.game,
        "limit": fields.limit,
        "unit": fields.unit,
        "table": str(fields.all.get("table", "")),
        "max_seats": fields.all.get("seat_count") or max(fields.seats),
        "n_players": len(fields.seats),
        "button_seat": fields.own("button_seat", fields.seats[-1]),
        "small_blind": play.small_blind if small is None else fields.amount(small),
        "big_blind": play.big_blind,
        "ante": max(fields.amounts("antes")) if ante is None else fields.amount(ante),
        "heroes": fields.own("heroes", []),
        "board": "".join(board) or None,
        "pot": play.pot(),
        "rake": play.pot() - sum(play.collected),
        "added": 0,
        "tournament_id": fields.own("tournament_id"),
        "tournament_name": event if tournament else None,
        "level": None if level is None else str(level),
    }


def _bounties(fields: _Fields, name: str) -> list[int | None]:
    told = fields.own(name)
    return [int(Decimal(str(value)) * 100) for value in told] if told else []


def _sitting_out(fields: _Fields, hand: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the rows of those who were not dealt in."""
    seats, players, stacks = (fields.own(f"sitting_out_{name}", []) for name in ("seats", "players", "stacks"))
    bounties = _bounties(fields, "sitting_out_bounties") or [None] * len(seats)
    return [
        Play.seat_out(hand, seat, player, fields.amount(stack), bounty)
        for seat, player, stack, bounty in zip(seats, players, stacks, bounties, strict=True)
    ]
