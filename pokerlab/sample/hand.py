"""One hand of No-Limit Hold'em, played by the rules: posts, betting, boards, showdown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from pokerlab.sample.evaluate import strength
from pokerlab.sample.pots import Rake, settle
from pokerlab.sample.styles import FOLD, after_flop, before_flop, power

if TYPE_CHECKING:
    from random import Random

    from pokerlab.sample.evaluate import Strength
    from pokerlab.sample.pots import Settlement
    from pokerlab.sample.styles import Style

STREETS = ("preflop", "flop", "turn", "river")
SHOWS_ANYWAY = 0.008
"""How often a winner shows although nobody called him: 331 of 49,279 real hands."""


@dataclass(slots=True)
class Player:
    """Somebody in a seat.

    Attributes
    ----------
    owes_big, owes_small
        Blinds that passed him while he was away; a newcomer owes the big one.
    away
        Hands he still sits out.
    patient
        He waits for the big blind instead of posting.
    stay
        Hands until he leaves the table.
    """

    seat: int
    name: str
    style: Style
    stack: int
    owes_big: bool = False
    owes_small: bool = False
    away: int = 0
    patient: bool = False
    stay: int = 1 << 30


class Act(NamedTuple):
    """One action with what the player saw when he took it; the fields of `pokerlab.schema.ACTIONS`, and three more.

    Attributes
    ----------
    amount
        Chips this action put in (for ``collect``: as printed).
    to
        His live chips on this street afterwards: blinds count before the flop, antes and dead blinds do not.
    to_call
        What he had to put in to stay, at most his stack; 0 where nothing was asked (posts, shows, collecting).
    pot_before
        All chips put in by then, antes, dead blinds and money of the room included.
    n_raises
        Raises on this street by then, after the flop the bet is the first; 0 where nothing was asked.
    can_raise
        A raise was open to him.
    raised_by, raised_to
        X and Y of ``raises X to Y``: Y has the dead blind in it.
    """

    street: str
    seat: int
    player: str
    action: str
    amount: int = 0
    to: int = 0
    is_all_in: bool = False
    to_call: int = 0
    pot_before: int = 0
    stack_before: int = 0
    n_raises: int = 0
    can_raise: bool = False
    raised_by: int = 0
    raised_to: int = 0


@dataclass(slots=True)
class Deal:
    """What is settled before the cards are dealt.

    Attributes
    ----------
    players
        Those dealt in, clockwise from the left of the button.
    small, big
        Places in ``players`` of the blinds; ``small`` is None with a dead small blind.
    late
        Posts out of position: place in ``players``, dead small blind?, live big blind?
    denies
        Players not dealt in who refused a blind, and which: ``"small"`` or ``"big"``.
    added
        Money that the room puts in.
    """

    players: list[Player]
    small: int | None
    big: int
    small_blind: int
    big_blind: int
    ante: int = 0
    late: list[tuple[int, bool, bool]] = field(default_factory=list)
    denies: list[tuple[Player, str]] = field(default_factory=list)
    added: int = 0
    rake: Rake = field(default_factory=Rake)


class Hand:
    """A hand as it is played, and afterwards everything that is known of it."""

    __slots__ = (
        "able", "acted", "acts", "alive", "bet", "board", "dead", "deal", "folded", "holes", "level", "live",
        "min_raise", "n_raises", "pot", "powers", "printed", "rng", "saw", "settled", "showdown", "shown", "stack",
        "streets", "values",
    )  # fmt: skip

    def __init__(self, deal: Deal, rng: Random) -> None:
        n = len(deal.players)
        self.deal = deal
        self.rng = rng
        cards = draw(rng, 2 * n + 5)
        self.holes = [(cards[2 * i], cards[2 * i + 1]) for i in range(n)]
        self.board: list[int] = cards[2 * n :]
        self.stack = [player.stack for player in deal.players]
        self.live = [0] * n
        self.level = [0] * n
        self.dead = [0] * n
        self.folded = [False] * n
        self.acted = [False] * n
        self.powers: list[float | None] = [None] * n
        self.pot = deal.added
        self.bet = self.min_raise = deal.big_blind
        self.n_raises = 0
        self.printed = 0
        self.alive = n
        self.able = n
        self.acts: list[Act] = []
        self.streets = 1
        self.saw: list[list[bool]] = []
        self.showdown = False
        self.shown: list[int] = []
        self.values: dict[int, Strength] = {}
        self.settled: Settlement

    # Posts

    def _post(self, i: int, action: str, amount: int) -> None:
        player = self.deal.players[i]
        before = self.stack[i]
        amount = min(amount, before)
        self.stack[i] -= amount
        if action == "dead_blind":
            self.dead[i] += amount
        else:
            self.level[i] += amount
            if action != "ante":
                self.live[i] += amount
        all_in = before == amount
        if all_in and before:
            self.able -= 1
        self.printed = max(self.printed, self.live[i] + self.dead[i])
        self.acts.append(
            Act("blinds", player.seat, player.name, action, amount, self.live[i], all_in, 0, self.pot, before)
        )
        self.pot += amount

    def _posts(self) -> None:
        deal = self.deal
        for player, _ in deal.denies:
            self.acts.append(
                Act("blinds", player.seat, player.name, "deny", pot_before=self.pot, stack_before=player.stack)
            )
        if deal.ante:
            for i in range(len(deal.players)):
                self._post(i, "ante", deal.ante)
        if deal.small is not None:
            self._post(deal.small, "small_blind", deal.small_blind)
        self._post(deal.big, "big_blind", deal.big_blind)
        for i, dead, live in deal.late:
            if dead:
                self._post(i, "dead_blind", deal.small_blind)
            if live:
                self._post(i, "big_blind", deal.big_blind)

    # Betting

    def _settled_alone(self, i: int) -> bool:
        """Tell whether ``i`` is the only one with chips left and nobody has put in more than he."""
        if self.able > 1:
            return False
        live, folded = self.live, self.folded
        return live[i] >= max(live[j] for j in range(len(live)) if j != i and not folded[j])

    def _round(self, street: str, first: int) -> None:
        stack, folded = self.stack, self.folded
        n = len(stack)
        waiting = self.able
        i = first
        while waiting > 0 and self.alive > 1:
            if stack[i] and not folded[i]:
                if self._settled_alone(i):
                    return
                waiting -= 1
                if self._act(street, i):
                    waiting = self.able - (1 if stack[i] else 0)
            i = i + 1 if i + 1 < n else 0

    def _act(self, street: str, i: int) -> bool:
        """Let player ``i`` act; True where he bet or raised."""
        stack = self.stack[i]
        asked = self.bet - self.live[i]
        to_call = min(stack, asked)
        can_raise = stack > to_call and not self.acted[i] and self.able > 1
        choice = self._choose(street, i, to_call)
        self.acted[i] = True
        if choice == FOLD and to_call:
            self._fold(street, i, to_call, can_raise)
            return False
        if choice > self.live[i] + to_call and can_raise:
            self._raise(street, i, choice, to_call)
            return True
        self._passive(street, i, to_call, can_raise)
        return False

    def _fold(self, street: str, i: int, to_call: int, can_raise: bool) -> None:
        player = self.deal.players[i]
        self.folded[i] = True
        self.alive -= 1
        self.able -= 1
        self.acts.append(
            Act(
                street, player.seat, player.name, "fold", 0, self.live[i], False,
                to_call, self.pot, self.stack[i], self.n_raises, can_raise,
            )
        )  # fmt: skip

    def _passive(self, street: str, i: int, to_call: int, can_raise: bool) -> None:
        player = self.deal.players[i]
        before, pot = self.stack[i], self.pot
        self._put(i, to_call)
        self.acts.append(
            Act(
                street, player.seat, player.name, "call" if to_call else "check", to_call, self.live[i],
                before == to_call, to_call, pot, before, self.n_raises, can_raise,
            )
        )  # fmt: skip

    def _raise(self, street: str, i: int, wanted: int, to_call: int) -> None:
        player = self.deal.players[i]
        before, pot = self.stack[i], self.pot
        to = min(max(wanted, self.bet + self.min_raise), self.live[i] + before)
        amount = to - self.live[i]
        if to - self.bet >= self.min_raise:
            self.min_raise = to - self.bet
            self.acted = [False] * len(self.acted)
            self.acted[i] = True
        action = "raise" if self.bet else "bet"
        top, shown_to = self.printed, to + (self.dead[i] if street == "preflop" else 0)
        self._put(i, amount)
        self.bet = to
        self.acts.append(
            Act(
                street, player.seat, player.name, action, amount, to, before == amount,
                to_call, pot, before, self.n_raises, True, shown_to - top, shown_to,
            )
        )  # fmt: skip
        self.printed = shown_to
        self.n_raises += 1

    def _put(self, i: int, amount: int) -> None:
        self.stack[i] -= amount
        self.live[i] += amount
        self.level[i] += amount
        self.pot += amount
        if amount and not self.stack[i]:
            self.able -= 1

    def _choose(self, street: str, i: int, to_call: int) -> int:
        style, deal = self.deal.players[i].style, self.deal
        if street == "preflop":
            n = len(self.stack)
            place = (i - deal.big - 1) % n
            return before_flop(
                style, self.rng, self.holes[i], late=place / (n - 1), players=n, n_raises=self.n_raises,
                limpers=self.live.count(deal.big_blind) - 1, to_call=to_call, bet=self.bet,
                big_blind=deal.big_blind, stack=self.stack[i] + self.live[i],
            )  # fmt: skip
        guess = self.powers[i]
        if guess is None:
            guess = self.powers[i] = power(self.holes[i], self.board[: self.streets + 1])
        return after_flop(
            style, self.rng, guess, to_call=to_call, pot=self.pot, bet=self.bet, n_raises=self.n_raises,
            stack=self.stack[i] + self.live[i], rivals=self.alive - 1,
        )  # fmt: skip

    # Course of the hand

    def play(self) -> Hand:
        """Play the hand to its end."""
        n = len(self.stack)
        self._posts()
        self._round("preflop", (self.deal.big + 1) % n)
        for street in STREETS[1:]:
            if self.alive < 2:
                break
            self.streets += 1
            self.saw.append([not gone for gone in self.folded])
            self.live = [0] * n
            self.acted = [False] * n
            self.powers = [None] * n
            self.bet = self.n_raises = self.printed = 0
            self.min_raise = self.deal.big_blind
            if self.able > 1:
                self._round(street, 0)
        self._finish()
        return self

    def _finish(self) -> None:
        deal = self.deal
        alive = [i for i, gone in enumerate(self.folded) if not gone]
        del self.board[self.streets + 1 if self.streets > 1 else 0 :]
        self.showdown = len(alive) > 1
        if self.showdown:
            self.shown = list(alive)
            self.rng.shuffle(self.shown)  # real files show in no order that the table would explain
        elif self.rng.random() < SHOWS_ANYWAY:
            self.shown = list(alive)
        self.values = {i: strength((*self.holes[i], *self.board)) for i in self.shown}
        self.settled = settle(
            self.level, alive, self.values, [player.seat for player in deal.players],
            extra=deal.added + sum(self.dead), rake=deal.rake if self.streets > 1 else None,
        )  # fmt: skip
        street = "showdown" if self.showdown else STREETS[self.streets - 1]
        for i in self.shown:
            self._note(street, i, "show", 0)
        for line in self.settled.payouts:
            self._note(street, line.index, "collect", line.amount)

    def _note(self, street: str, i: int, action: str, amount: int) -> None:
        player = self.deal.players[i]
        act = Act(street, player.seat, player.name, action, amount, pot_before=self.pot, stack_before=self.stack[i])
        self.acts.append(act)

    def pay(self) -> None:
        """Give the players their chips as they stand after the hand."""
        for i, player in enumerate(self.deal.players):
            player.stack = self.stack[i] + self.settled.returned[i] + self.settled.collected[i]


def draw(rng: Random, count: int) -> list[int]:
    """Deal ``count`` different cards from a fresh deck, as codes."""
    deck = list(range(52))
    random = rng.random
    for i in range(count):
        j = i + int(random() * (52 - i))
        deck[i], deck[j] = deck[j], deck[i]
    return deck[:count]
