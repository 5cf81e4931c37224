"""One hand at a time, out of frames."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pokerlab import schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pokerlab.frames import HandFrames

_AT_ONCE = 5_000
"""So many hands are Python objects at the same time."""

POSTS = ("ante", "small_blind", "big_blind", "dead_blind", "straddle")
DECISIONS = ("fold", "check", "call", "bet", "raise")
BOARD_GAMES = ("holdem", "omaha4", "omaha5", "omaha4_hilo", "omaha5_hilo")
BOARD_STREETS = {"flop": slice(0, 3), "turn": slice(3, 4), "river": slice(4, 5)}
"""The streets that deal board cards, and which cards of the whole board these are."""


class LeftOutError(Exception):
    """A hand that a format cannot express; ``rule`` is why, in one word.

    It is caught where hands are written, and becomes a row of what was left out.
    """

    def __init__(self, reason: str, *, rule: str) -> None:
        super().__init__(reason)
        self.rule = rule
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Hand:
    """One hand.

    Attributes
    ----------
    facts
        Its row of ``hands``.
    seats, actions
        Its rows of ``seats`` (of `pokerlab.schema`, none of statistics) and ``actions``, in order.
    """

    facts: dict[str, Any]
    seats: list[dict[str, Any]]
    actions: list[dict[str, Any]]

    @property
    def hand_id(self) -> str:
        """The id."""
        return str(self.facts["hand_id"])

    def dealt(self) -> list[dict[str, Any]]:
        """Give the seats that were dealt in, in the order in which they act after the flop."""
        seats = [seat for seat in self.seats if seat["dealt"]]
        button = self.facts["button_seat"] or 0
        return [seat for seat in seats if seat["seat"] > button] + [seat for seat in seats if seat["seat"] <= button]

    def standing(self) -> set[int]:
        """Give the seats that did not fold."""
        folded = {row["seat"] for row in self.actions if row["action"] == "fold"}
        return {seat["seat"] for seat in self.seats if seat["dealt"]} - folded

    def stacks(self) -> dict[int, int]:
        """Give what each seat that was dealt in has left when the betting is over, an uncalled bet not yet returned."""
        put_in: dict[int, int] = dict.fromkeys((row["seat"] for row in self.seats), 0)
        for row in self.actions:
            put_in[row["seat"]] += row["amount"] if row["action"] not in ("show", "collect") else 0
        return {seat["seat"]: seat["stack"] - put_in[seat["seat"]] for seat in self.seats if seat["dealt"]}

    def options(self) -> list[int]:
        """Give the seat, if any, that other programs still ask: pre-flop, with everybody else out or all-in.

        He faces nothing and nobody could answer, so that Winamax does not ask him.
        """
        decisions = [row for row in self.actions if row["action"] in DECISIONS]
        stacks, acted = self.stacks(), {row["seat"] for row in decisions}
        able = [seat for seat in self.standing() if stacks[seat]]
        early = bool(decisions) and all(row["street"] == "preflop" for row in decisions)
        if not early or len(able) != 1 or len(self.standing()) == 1 or able[0] in acted:
            return []
        posted = self.total(able[0], *POSTS)
        return able if any(seat["stack"] > posted for seat in self.dealt() if seat["seat"] != able[0]) else []

    def has_short_big_blind(self) -> bool:
        """Tell whether the big blind is all-in for less than a big blind."""
        return any(
            row["action"] == "big_blind" and row["is_all_in"] and row["amount"] < self.facts["big_blind"]
            for row in self.actions
        )

    def idle_raises(self) -> set[int]:
        """Give the ``seq`` of bets and raises that nobody can call, all others being out or all-in for less.

        Winamax takes them and gives the money back; to other programs they are calls.
        """
        stacks = {seat["seat"]: seat["stack"] for seat in self.seats if seat["dealt"]}
        live: dict[int, int] = {}
        street, idle = "blinds", set()
        for row in self.actions:
            if row["street"] != street and row["street"] != "preflop":
                live = {}
            street = row["street"]
            if row["action"] == "fold":
                stacks.pop(row["seat"], None)
            if row["action"] in ("bet", "raise"):
                level = row["to"] - row["amount"] + row["to_call"]
                others = [live.get(seat, 0) + left for seat, left in stacks.items() if seat != row["seat"]]
                idle |= {row["seq"]} if max(others, default=0) <= level else set()
            if row["action"] in (*POSTS, *DECISIONS) and row["seat"] in stacks:
                stacks[row["seat"]] -= row["amount"]
                live[row["seat"]] = row["to"]
        return idle

    def board(self) -> list[str]:
        """Give the cards of the board."""
        return cards_of(self.facts["board"])

    def total(self, seat: int, *actions: str) -> int:
        """Add up what a seat put in by some actions."""
        return sum(row["amount"] for row in self.actions if row["seat"] == seat and row["action"] in actions)

    def dead(self, seat: int) -> int:
        """Give what a returning player posted dead: what is beyond the small blind is live."""
        rows = [row for row in self.actions if row["seat"] == seat and row["action"] == "dead_blind"]
        return sum(row["amount"] - max(0, row["amount"] - (self.facts["small_blind"] or 0)) for row in rows)


def each_hand(frames: HandFrames) -> Iterator[Hand]:
    """Give the hands of frames, in the order of ``hands``."""
    for facts in frames.hands.iter_slices(_AT_ONCE):
        ids = facts.select("hand_id")
        parts = []
        for frame, names in ((frames.seats, schema.SEATS.names()), (frames.actions, schema.ACTIONS.names())):
            rows = frame.select(names).join(ids, on="hand_id", how="semi", maintain_order="left")
            parts.append(rows.rows_by_key("hand_id", named=True))
        for row in facts.select(schema.HANDS.names()).iter_rows(named=True):
            seats, actions = (part.get(row["hand_id"], []) for part in parts)
            yield Hand(row, sorted(seats, key=lambda seat: seat["seat"]), sorted(actions, key=lambda item: item["seq"]))


def cards_of(text: str | None) -> list[str]:
    """Cut joined cards."""
    return [text[i : i + 2] for i in range(0, len(text), 2)] if text else []


def money(amount: int, unit: str) -> Decimal | int:
    """Give an amount as other programs count it: cents as decimal euros, exact to the cent, and chips as they are."""
    return amount if unit == "chip" else euros(amount)


def euros(cents: int) -> Decimal:
    """Give cents as a decimal number of two places."""
    return Decimal(cents).scaleb(-2)
