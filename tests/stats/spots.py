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
    """Who sits where, and with what."""

    hand: Row
    positions: dict[int, str | None]
    stacks: dict[int, int]

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


def spots_of(hand: Row, seats: Iterable[Row], actions: Iterable[Row]) -> list[Spot]:
    """Play the actions of a hand; give its decisions."""
    dealt = [seat for seat in seats if seat["dealt"]]
    table = Table(
        hand, {seat["seat"]: seat["position"] for seat in dealt}, {seat["seat"]: seat["stack"] for seat in dealt}
    )
    left, stack, pot = set(table.stacks), dict(table.stacks), hand["added"]
    live: dict[int, int] = defaultdict(int)
    street, minimum, level = "blinds", hand["big_blind"], 0
    acted: set[int] = set()
    spots: list[Spot] = []
    for action in actions:
        kind, seat, now = action["action"], action["seat"], action["street"]
        if kind in {"show", "collect", "deny"}:
            continue
        now = "preflop" if now == "third" else now
        if now != street and now != "blinds":
            street, acted, minimum, level = now, set(), hand["big_blind"], max(live.values(), default=0)
            if now != "preflop":
                live, level = defaultdict(int), 0
            elif hand["game"] not in STUD:
                level = max(level, hand["big_blind"])
        if kind in DECISIONS:
            others_able = any(stack[other] > 0 for other in left if other != seat)
            can_raise = stack[seat] > level - live[seat] and seat not in acted and others_able
            if street in STREETS and (street == "preflop" or hand["game"] not in NO_BOARD):
                spots.append(
                    Spot(
                        table, tuple(spots), street, seat, kind, action["amount"], action["to"], level, pot,
                        can_raise, frozenset(left), dict(stack),
                    )
                )  # fmt: skip
            if kind == "fold":
                left.discard(seat)
            elif kind in {"bet", "raise"}:
                completes = hand["game"] in STUD and level < hand["big_blind"] <= action["to"]
                if action["to"] - level >= minimum or completes:
                    minimum, acted = action["to"] - (0 if completes else level), set()
            acted.add(seat)
        stack[seat] -= action["amount"]
        pot += action["amount"]
        live[seat] = action["to"]
        level = max(level, live[seat]) if kind in {"bet", "raise", "bring_in"} else level
    return spots
