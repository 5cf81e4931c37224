"""A hand of plain rows, played again: each decision with all that came before it.

Nothing is kept that could be looked up: what a definition asks of a decision is found in the decisions before it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

Row = Mapping[str, Any]

DECISIONS = ("fold", "check", "call", "bet", "raise")
STREETS = ("preflop", "flop", "turn", "river")
BEFORE = {"flop": "preflop", "turn": "flop", "river": "turn"}
STUD = ("stud", "stud_hilo", "razz")
NO_BOARD = (*STUD, "deuce_to_seven")
THIEVES = ("CO", "BTN", "SB")
BLINDS = ("SB", "BB")


@dataclass(frozen=True)
class Table:
    """Who sits where."""

    hand: Row
    positions: dict[int, str | None]

    @property
    def order(self) -> list[int]:
        """Seats in the order in which they act after the flop."""
        button = self.hand["button_seat"] or 0
        return sorted(self.positions, key=lambda seat: (seat <= button, seat))


@dataclass(frozen=True, repr=False, eq=False)
class Spot:
    """One decision, with all that came before it."""

    table: Table
    past: tuple[Spot, ...]
    street: str
    seat: int
    action: str
    amount: int
    to: int
    level: int
    pot: int
    can_raise: bool
    left: frozenset[int]
    chips: Mapping[int, int]

    @property
    def able(self) -> set[int]:
        """Who has not folded and has chips."""
        return {seat for seat in self.left if self.chips[seat] > 0}

    @property
    def is_all_in(self) -> bool:
        return self.amount == self.chips[self.seat]

    @property
    def position(self) -> str | None:
        return self.table.positions[self.seat]

    @property
    def is_aggressive(self) -> bool:
        return self.action in {"bet", "raise"}

    def on(self, street: str) -> list[Spot]:
        return [spot for spot in self.past if spot.street == street]

    def raises_on(self, street: str) -> list[Spot]:
        return [spot for spot in self.on(street) if spot.is_aggressive]

    @cached_property
    def here(self) -> list[Spot]:
        return self.on(self.street)

    @cached_property
    def raises(self) -> list[Spot]:
        """Bets and raises of this street so far."""
        return self.raises_on(self.street)

    @property
    def n(self) -> int:
        return len(self.raises)

    @property
    def faces(self) -> bool:
        return self.n > 0 and self.raises[-1].seat != self.seat

    @cached_property
    def mine(self) -> list[Spot]:
        """His own decisions of this street so far."""
        return [spot for spot in self.here if spot.seat == self.seat]

    @property
    def nothing_voluntary(self) -> bool:
        return not any(spot.action in {"call", "bet", "raise"} for spot in self.mine)

    @property
    def limpers(self) -> list[Spot]:
        return [spot for spot in self.here if spot.action == "call" and spot.n == 0]

    @property
    def callers(self) -> list[Spot]:
        """Who called the last bet or raise of this street."""
        return [spot for spot in self.here if spot.action == "call" and spot.n == self.n > 0]

    @property
    def called_a_raise(self) -> bool:
        return any(spot.action == "call" and spot.n > 0 for spot in self.mine)

    @property
    def unopened(self) -> bool:
        return self.n == 0 and not self.limpers

    def made_raise(self, number: int) -> bool:
        """Whether the first, second, ... bet or raise of this street was his."""
        return self.n >= number and self.raises[number - 1].seat == self.seat

    @property
    def could_steal(self) -> bool:
        return self.unopened and self.position in THIEVES and self.can_raise

    @property
    def could_squeeze(self) -> bool:
        others_called = any(spot.seat != self.seat for spot in self.callers)
        return self.n == 1 and self.faces and others_called and not self.called_a_raise and self.can_raise

    @property
    def thief(self) -> str | None:
        """Position of the only raiser, where he steals from this blind and nobody else is in."""
        if self.position not in BLINDS or self.n != 1 or not self.faces or self.callers or not self.nothing_voluntary:
            return None
        return self.raises[0].position if self.raises[0].could_steal else None

    def aggressor_of(self, street: str) -> int | None:
        raises = self.raises_on(street)
        return raises[-1].seat if raises else None

    def checked_through(self, street: str) -> bool:
        return not self.raises_on(street)

    @property
    def is_after(self) -> dict[int, bool]:
        order = self.table.order
        return {seat: order.index(seat) > order.index(self.seat) for seat in order}

    @property
    def in_position(self) -> bool:
        return not any(self.is_after[seat] for seat in self.able if seat != self.seat)

    def waits_for(self, seat: int | None) -> bool:
        """Whether this is another, who can still act, and acts after him."""
        return seat is not None and seat != self.seat and seat in self.able and self.is_after[seat]

    def has_checked(self, seat: int | None) -> bool:
        return any(spot.seat == seat and spot.action == "check" for spot in self.here)

    @property
    def could_bet(self) -> bool:
        return self.n == 0 and self.can_raise

    def due_to_cbet(self, street: str) -> int | None:
        return self.aggressor_of("preflop") if street == "flop" else self.cbettor(BEFORE[street])

    def cbettor(self, street: str) -> int | None:
        """Who made the c-bet of a street, if anybody did."""
        bets = self.raises_on(street)
        return bets[0].seat if bets and bets[0].seat == self.due_to_cbet(street) else None

    @property
    def could_donk(self) -> bool:
        return self.could_bet and self.waits_for(self.aggressor_of(BEFORE[self.street]))

    @property
    def players_at_start(self) -> int:
        return len((*self.here, self)[0].left)

    @property
    def raised_by(self) -> int:
        return self.to - self.level


class Play:
    """A hand while its actions are played."""

    def __init__(self, hand: Row, seats: Iterable[Row]) -> None:
        dealt = [seat for seat in seats if seat["dealt"]]
        self.hand = hand
        self.table = Table(hand, {seat["seat"]: seat["position"] for seat in dealt})
        self.chips = {seat["seat"]: seat["stack"] for seat in dealt}
        self.left = set(self.chips)
        self.pot = hand["added"]
        self.street = "blinds"
        self.live: dict[int, int] = defaultdict(int)
        self.level = 0
        self.full_raise = hand["big_blind"]
        self.acted: set[int] = set()
        self.spots: list[Spot] = []

    def begin_street(self, street: str) -> None:
        """Begin a street; blinds are bets of the first one."""
        self.street, self.acted, self.full_raise = street, set(), self.hand["big_blind"]
        if street != "preflop":
            self.live, self.level = defaultdict(int), 0
        elif self.hand["game"] not in STUD:
            self.level = max([self.hand["big_blind"], *self.live.values()])

    def spot(self, action: Row) -> Spot:
        seat = action["seat"]
        others_able = any(self.chips[other] > 0 for other in self.left if other != seat)
        has_more = self.chips[seat] > self.level - self.live[seat]
        return Spot(
            table=self.table,
            past=tuple(self.spots),
            street=self.street,
            seat=seat,
            action=action["action"],
            amount=action["amount"],
            to=action["to"],
            level=self.level,
            pot=self.pot,
            can_raise=has_more and others_able and seat not in self.acted,
            left=frozenset(self.left),
            chips=dict(self.chips),
        )

    def decide(self, action: Row) -> None:
        """Note the decision, and to whom it opens the betting again."""
        if self.street in STREETS and (self.street == "preflop" or self.hand["game"] not in NO_BOARD):
            self.spots.append(self.spot(action))
        if action["action"] == "fold":
            self.left.discard(action["seat"])
        elif action["action"] in {"bet", "raise"}:
            by = action["to"] - self.level
            # In stud the first raise completes the bring-in to the small bet, and is a full bet.
            completes = self.hand["game"] in STUD and self.level < self.hand["big_blind"] <= action["to"]
            if by >= self.full_raise or completes:
                self.full_raise, self.acted = action["to"] if completes else by, set()
        self.acted.add(action["seat"])

    def pay(self, action: Row) -> None:
        seat = action["seat"]
        self.chips[seat] -= action["amount"]
        self.pot += action["amount"]
        self.live[seat] = action["to"]
        if action["action"] in {"bet", "raise", "bring_in"}:
            self.level = max(self.level, action["to"])


def spots_of(hand: Row, seats: Iterable[Row], actions: Iterable[Row]) -> list[Spot]:
    """Play the actions of a hand; give its decisions."""
    play = Play(hand, seats)
    for action in actions:
        if action["action"] in {"show", "collect", "deny"}:
            continue
        street = "preflop" if action["street"] == "third" else action["street"]
        if street != play.street:
            play.begin_street(street)
        if action["action"] in DECISIONS:
            play.decide(action)
        play.pay(action)
    return play.spots
