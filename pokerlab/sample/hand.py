"""One hand of Hold'em or Omaha, played by the rules: posts, betting, boards, showdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pokerlab.sample.deal import Act
from pokerlab.sample.evaluate import low, omaha, strength
from pokerlab.sample.pots import settle
from pokerlab.sample.styles import FOLD, after_flop, before_flop, better, omaha_power, power

if TYPE_CHECKING:
    from random import Random

    from pokerlab.sample.deal import Deal
    from pokerlab.sample.evaluate import Strength
    from pokerlab.sample.pots import Settlement

STREETS = ("preflop", "flop", "turn", "river")
SHOWS_ANYWAY = 0.008
"""How often a winner shows although nobody called him: 331 of 49,279 real hands."""
MAIN_POT_FIRST = 0.37
"""How often the lines of the pots begin with the main one: 1,834 of 4,970 real hands."""
_RAISES = {"preflop": 3, "flop": 4, "turn": 4, "river": 4}
"""Bets and raises of a street in fixed limit; before the flop the big blind is the first bet."""


class Hand:
    """A hand as it is played, and afterwards everything that is known of it."""

    __slots__ = (
        "able", "acted", "acts", "alive", "bet", "board", "dead", "deal", "folded", "holes", "level", "live", "lows",
        "min_raise", "n_raises", "pot", "powers", "printed", "rng", "saw", "settled", "showdown", "shown", "stack",
        "streets", "values", "variant",
    )  # fmt: skip

    def __init__(self, deal: Deal, rng: Random) -> None:
        n = len(deal.players)
        self.deal = deal
        self.rng = rng
        self.variant = deal.variant
        each = self.variant.hole
        cards = draw(rng, each * n + 5)
        self.holes = [tuple(cards[each * i : each * (i + 1)]) for i in range(n)]
        self.board: list[int] = cards[each * n :]
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
        self.lows: dict[int, int] = {}
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
            if dead and live and deal.joins_posts:
                self._post_both(i)
                continue
            if dead:
                self._post(i, "dead_blind", deal.small_blind)
            if live:
                self._post(i, "big_blind", deal.big_blind)

    def _post_both(self, i: int) -> None:
        """Post a dead and a live blind in one, as rooms printed it for a while."""
        deal = self.deal
        self._post(i, "dead_blind", deal.small_blind + deal.big_blind)
        self.dead[i] -= deal.big_blind
        self.live[i] += deal.big_blind
        self.level[i] += deal.big_blind
        self.acts[-1] = self.acts[-1]._replace(to=self.live[i])
        self._post(i, "big_blind", 0)

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
        can_raise = stack > to_call and not self.acted[i] and self.able > 1 and self._below_cap(street)
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

    def _below_cap(self, street: str) -> bool:
        return self.variant.limit != "fixed_limit" or self.n_raises < _RAISES[street]

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
        to = min(self._allowed(wanted, to_call), self.live[i] + before)
        amount = to - self.live[i]
        if to - self.bet >= self.min_raise:
            self.min_raise = to - self.bet
            self.acted = [False] * len(self.acted)
            self.acted[i] = True
        action = "raise" if self.bet else "bet"
        shown_to = to + (self.dead[i] if street == "preflop" else 0)
        # A short stack can raise to less than what a late post has put in, dead blind included.
        top = self.printed if shown_to >= self.printed else self.bet
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

    def _allowed(self, wanted: int, to_call: int) -> int:
        """Bring the amount that a player wants to raise to between what the rules allow."""
        least = self.bet + self.min_raise
        if self.variant.limit == "fixed_limit":
            return least
        if self.variant.limit == "pot_limit":
            wanted = min(wanted, self.bet + self.pot + to_call)
        return max(wanted, least)

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
                style, self.rng, better(self.holes[i]), late=place / (n - 1), players=n, n_raises=self.n_raises,
                limpers=self.live.count(deal.big_blind) - 1, to_call=to_call, bet=self.bet,
                big_blind=deal.big_blind, stack=self.stack[i] + self.live[i],
            )  # fmt: skip
        guess = self.powers[i]
        if guess is None:
            guess = self.powers[i] = self._power(i)
        return after_flop(
            style, self.rng, guess, to_call=to_call, pot=self.pot, bet=self.bet, n_raises=self.n_raises,
            stack=self.stack[i] + self.live[i], rivals=self.alive - 1,
        )  # fmt: skip

    def _power(self, i: int) -> float:
        board = self.board[: self.streets + 1]
        if self.variant.hole == 2:
            return power(self.holes[i], board)
        return omaha_power(self.holes[i], board, low_too=self.variant.hilo)

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
            self.min_raise = self._smallest_bet(street)
            if self.able > 1:
                self._round(street, 0)
        self._finish()
        return self

    def _smallest_bet(self, street: str) -> int:
        double = self.variant.limit == "fixed_limit" and street in {"turn", "river"}
        return self.deal.big_blind * (2 if double else 1)

    def _finish(self) -> None:
        deal = self.deal
        alive = [i for i, gone in enumerate(self.folded) if not gone]
        del self.board[self.streets + 1 if self.streets > 1 else 0 :]
        self.showdown = len(alive) > 1
        if self.showdown:
            self.shown = list(alive)
            self.rng.shuffle(self.shown)  # real files show in no order that the table would explain
        elif self.rng.random() < SHOWS_ANYWAY and not self.variant.hilo:
            self.shown = list(alive)
        self._value()
        self.settled = settle(
            self.level, alive, self.values, [player.seat for player in deal.players], lows=self.lows,
            extra=deal.added + sum(self.dead), rake=deal.rake if self.streets > 1 else None,
        )  # fmt: skip
        street = "showdown" if self.showdown else STREETS[self.streets - 1]
        for i in self.shown:
            self._note(street, i, "show", 0)
            if i in self.lows:
                self._note(street, i, "show", 0)
        payouts = self.settled.payouts
        if len(payouts) > 1 and not self.lows and self.rng.random() < MAIN_POT_FIRST:
            payouts.reverse()
        for line in payouts:
            self._note(street, line.index, "collect", line.amount)

    def _value(self) -> None:
        """Say how good the hands are that are shown."""
        board = self.board
        if self.variant.hole == 2:
            self.values = {i: strength((*self.holes[i], *board)) for i in self.shown}
            return
        self.values = {i: omaha(self.holes[i], board) for i in self.shown}
        if self.variant.hilo and self.showdown:
            found = {i: low(self.holes[i], board) for i in self.shown}
            self.lows = {i: value for i, value in found.items() if value is not None}

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
