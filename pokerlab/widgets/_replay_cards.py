"""Which cards of a hand are seen at which step: of stud the upcards, of draw games those that are known by then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    Row = dict[str, Any]

_BOARD = ("preflop", "flop", "turn", "river")
_STUD = ("third", "fourth", "fifth", "sixth", "seventh")
_DRAW = ("preflop", "draw1", "draw2", "draw3")
STREETS = dict.fromkeys(("holdem", "omaha4", "omaha5", "omaha4_hilo", "omaha5_hilo"), _BOARD) | {
    "stud": _STUD, "stud_hilo": _STUD, "razz": _STUD, "deuce_to_seven": _DRAW,
}  # fmt: skip
"""Streets of betting of each game, in their order."""

BOARDS = {"blinds": 0, "preflop": 0, "flop": 3, "turn": 4, "river": 5}
"""Cards on the board of a street."""

HOLE_CARDS = {"holdem": 2, "omaha4": 4, "omaha5": 5, "omaha4_hilo": 4, "omaha5_hilo": 5, "deuce_to_seven": 5}

BACK = "??"
"""A card that nobody knows, in the place of rank and suit."""


class Hands:
    """The players' cards as the text tells them, from the first street to the last.

    Parameters
    ----------
    game
        As `pokerlab.schema.GAME` spells it.
    seats, actions
        Rows of one hand.
    """

    def __init__(self, game: str, seats: Sequence[Row], actions: Sequence[Row]) -> None:
        self._streets = STREETS[game]
        self._stud = self._streets is _STUD
        self._size = HOLE_CARDS.get(game, 0)
        self._seats = seats
        self._last = [self._last_street(row["seat"], actions) for row in seats]
        draws = self._streets is _DRAW
        self._told = [_told_between(row, actions) if draws else (-1, len(actions)) for row in seats]
        self._index = -1

    def see(self, index: int) -> None:
        """Go on to the action at this place."""
        self._index = index

    def shown(self, street: str, live: Sequence[bool]) -> list[str]:
        """Give the cards of each seat, unknown ones as `BACK`; none before the deal, or where unknown ones folded."""
        if street == "blinds":
            return [""] * len(self._seats)
        return [
            self._of(place, row, street) if row["dealt"] and (live[place] or row["hole"]) else ""
            for place, row in enumerate(self._seats)
        ]

    def _of(self, place: int, row: Row, street: str) -> str:
        hole = row["hole"] or ""
        if self._stud:
            return _upcards(hole, self._last[place], self._streets.index(self._now(street, place)) + 3)
        first, behind = self._told[place]
        known = hole if first <= self._index < behind else ""
        return known + BACK * (self._size - len(known) // 2)

    def _now(self, street: str, place: int) -> str:
        """Give the street up to which a player has cards."""
        n = self._streets.index(street) + 3 if street in self._streets else 7
        return self._streets[min(n, self._last[place]) - 3]

    def _last_street(self, seat: int, actions: Sequence[Row]) -> int:
        """Give how many cards a player of stud was dealt until he folded or the hand ended."""
        if not self._stud:
            return self._size
        if any(row["street"] == "showdown" for row in actions) and not _folded(seat, actions):
            return 7
        ends = [row for row in actions if row["seat"] == seat and row["action"] == "fold"] or list(actions[-1:])
        street = ends[-1]["street"] if ends else "third"
        return self._streets.index(street) + 3 if street in self._streets else 3


def _folded(seat: int, actions: Sequence[Row]) -> bool:
    return any(row["seat"] == seat and row["action"] == "fold" for row in actions)


def _upcards(hole: str, dealt: int, now: int) -> str:
    """Give the first cards of a stud hand, of which the text tells all, or only those that lay open."""
    known = [hole[n : n + 2] for n in range(0, len(hole), 2)]
    if len(known) == dealt:
        return "".join(known[:now])
    up = known[: min(now, 6) - 2]
    down = 2 + (now == 7)
    return BACK * 2 + "".join(up) + BACK * (now - len(up) - down) + BACK * (down - 2)


def _told_between(row: Row, actions: Sequence[Row]) -> tuple[int, int]:
    """Give the actions between which a hand of a draw game was the one that is known.

    What is known is the hand that was shown; of the hero who showed none, the one he stood pat with, or was dealt.
    """
    mine = [(n, act["action"]) for n, act in enumerate(actions) if act["seat"] == row["seat"]]
    pats = [n for n, action in mine if action == "stand_pat"]
    told = len(actions) if row["showed"] else pats[-1] if pats else -1
    discards = [n for n, action in mine if action == "discard"]
    before = [n for n in discards if n <= told]
    after = [n for n in discards if n > told]
    return (before[-1] if before else -1), (after[0] if after else len(actions))
