"""The session as a line of bounded length, so that a page that opens late draws the same as one that was there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel

from pokerlab.wire import Seq  # noqa: TC001  (pydantic reads it)

if TYPE_CHECKING:
    from pokerlab.wire import Hand

MOST_POINTS = 400
"""A line with more loses every second; ``live_chart.js`` does the same."""


class SessionLine(BaseModel):
    """A line: after how many hands, what was won by then, and what all-in adjusted."""

    measure: str
    hands: int
    every: int
    points: list[tuple[int, float, float]]


class SessionState(BaseModel):
    """What the session was when hand ``seq`` was over."""

    type: Literal["session"] = "session"
    seq: Seq
    lines: list[SessionLine]


@dataclass(slots=True)
class _Line:
    hands: int = 0
    every: int = 1
    points: list[tuple[int, float, float]] = field(default_factory=lambda: [(0, 0.0, 0.0)])

    def add(self, net: float, ev: float) -> None:
        _, whole_net, whole_ev = self.points[-1]
        # The last point always is the last hand; it stays where it is one of those that are kept.
        if self.hands % self.every:
            self.points.pop()
        self.hands += 1
        self.points.append((self.hands, whole_net + net, whole_ev + ev))
        if len(self.points) > MOST_POINTS:
            self.every *= 2
            self.points = [point for point in self.points if not point[0] % self.every or point[0] == self.hands]


class Session:
    """The user's net and all-in adjusted net, summed in big blinds and in each unit; whoever calls it holds a lock.

    Examples
    --------
    >>> Session().state().lines
    []
    """

    def __init__(self) -> None:
        self._seq = 0
        self._lines: dict[str, _Line] = {}

    def add(self, seq: int, hand: Hand) -> None:
        """Take the next hand; without the user at the table it has no net."""
        self._seq = seq
        if hand.hero is None:
            return
        net = hand.hero.net
        ev = net if hand.hero.ev_net is None else hand.hero.ev_net
        if hand.big_blind:
            self._lines.setdefault("bb", _Line()).add(net / hand.big_blind, ev / hand.big_blind)
        self._lines.setdefault(hand.unit, _Line()).add(net, ev)

    def state(self) -> SessionState:
        """Give the lines as they are now."""
        lines = [
            SessionLine(
                measure=measure,
                hands=line.hands,
                every=line.every,
                points=[(at, round(net, 4), round(ev, 4)) for at, net, ev in line.points],
            )
            for measure, line in self._lines.items()
        ]
        return SessionState(seq=self._seq, lines=lines)
