"""Tournaments with many tables, of which the hero sees one at a time: moves, bounties, re-entries, final tables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pokerlab.sample.summary import Bought
from pokerlab.sample.tournament import Tournament

if TYPE_CHECKING:
    from random import Random

    from pokerlab.sample.cash import Regular
    from pokerlab.sample.deal import Player
    from pokerlab.sample.structures import Structure

_PAID = 0.12
"""Share of the entries that win money."""
_BREAKS = 0.025
"""How often the hero's table is broken up after a hand, while there are others."""
_WAITS = 0.3
"""How often somebody who was moved is dealt no cards on his first hand."""
_RE_ENTERS = 0.75
_MOST_REBUYS = 3
_ADDS = 0.6
"""How often somebody adds a stack when the rebuys end."""


class MultiTable(Tournament):
    """A tournament with many tables.

    The hero's table is played. The rest is a number of players with chips, who go out at a rate that grows with the
    level, and who come to the hero's table when it is short. No chip is lost: those of the tables and of the rest are
    always the entries' stacks.
    """

    def __init__(
        self, structure: Structure, number: int, regulars: list[Regular], hero: Regular, rng: Random, at: int
    ) -> None:
        super().__init__(structure, number, regulars, hero, rng, at)
        self.count = rng.randrange(*structure.field)
        self.again = 0
        self.bought = Bought(0, 0, 0, 0) if structure.rebuys else None
        self.adds = structure.rebuys
        self.rest, self.rest_chips = self.count, self.count * structure.stack
        width = 4 if self.count > 300 else 3
        tables = rng.sample(range(100 + self.count), 90)
        self.tables = [f"{table:0{width}}" for table in tables]
        self.strangers: list[Regular] = []
        self._enter()

    @property
    def left(self) -> int:
        """Players with chips, everywhere."""
        return self.rest + len(self.players)

    @property
    def chips(self) -> int:
        """All chips of the tournament."""
        more = self.bought.total_rebuys + self.bought.total_addons if self.bought else 0
        return (self.count + more) * self.structure.stack

    @property
    def is_open(self) -> bool:
        """Tell whether one may still register."""
        return self.level < self.structure.late_levels

    def _enter(self) -> None:
        """Sit the hero down with a new stack."""
        self.count += 1
        self.joined = self.at
        self.bounties = 0
        self._go_to_table(self._player(1, self.hero, self.structure.stack))

    def _go_to_table(self, me: Player) -> None:
        rng, seats = self.rng, self.structure.seats
        me = replace(me, seat=rng.randrange(1, seats + 1))  # the last hand keeps the one who played it
        self._sit(self.tables.pop(), [me], 1 if self.at - self.started < 20 else rng.randrange(2, 90))
        while self.rest and len(self.players) < max(2, seats - rng.randrange(3)):
            self._bring_in(waits=False)
        if len(self.players) > 2 and self.at - self.started > 20 and rng.random() < _WAITS:
            me.away = 1

    # Between the tables

    def _bring_in(self, *, waits: bool) -> None:
        """Move somebody from the other tables to a free seat."""
        rng, seats = self.rng, self.structure.seats
        mean = self.rest_chips / self.rest
        stack = min(max(1, int(mean * (0.3 + 1.4 * rng.random()))), self.rest_chips - self.rest + 1)
        if self.level == 0 and self.rest_chips == self.rest * self.structure.stack:
            stack = self.structure.stack
        stack = self.rest_chips if self.rest == 1 else stack
        self.rest -= 1
        self.rest_chips -= stack
        taken = {player.seat for player in self.players}
        free = [seat for seat in range(1, seats + 1) if seat not in taken]
        player = self._player(rng.choice(free), self._stranger(), stack)
        if player.bounty and self.structure.progressive:
            player.bounty += player.bounty * rng.choice((0, 0, 0, 1, 1, 2, 3, 5)) // 2
        player.away = int(waits and len(self.players) > 2 and rng.random() < _WAITS)
        self.players.append(player)

    def _stranger(self) -> Regular:
        """Name somebody who was not seen in this tournament, as long as there is one."""
        if not self.strangers:
            names = {player.name for player in self.players}
            self.strangers = [one for one in self.regulars if one[0] not in names]
            self.rng.shuffle(self.strangers)
        return self.strangers.pop()

    def _send_away(self, player: Player) -> None:
        self.players.remove(player)
        self.rest += 1
        self.rest_chips += player.stack

    def _balance(self) -> None:
        """Keep the hero's table about as full as the others; bring the last ones together."""
        rng, seats = self.rng, self.structure.seats
        if self.left <= seats:
            while self.rest:
                self._bring_in(waits=True)
            return
        if self.rest > seats and rng.random() < _BREAKS and self.tables:
            me = self.me
            for player in [player for player in self.players if player is not me]:
                self._send_away(player)
            self._go_to_table(me)
            return
        tables = -(-self.left // seats)
        while len(self.players) > -(-self.left // tables):
            self._send_away(rng.choice([player for player in self.players if player.name != self.hero[0]]))
        while len(self.players) < self.left // tables and (len(self.players) < 3 or rng.random() < 0.5):
            self._bring_in(waits=True)

    def _elsewhere(self) -> None:
        """Let time pass at the other tables."""
        rng = self.rng
        if self.is_open and rng.random() < 0.5:
            self.count += 1
            self.rest += 1
            self.rest_chips += self.structure.stack
        if self.bought and self.is_open and rng.random() < 0.4:
            self.rest_chips += self.structure.stack
            self._buy(mine=False, rebuys=1)
        gone = int(self.rest * 0.006 * (1 + 0.35 * self.level) + rng.random())
        self.rest = max(self.rest - gone, min(self.rest, 2))

    # Going out

    def _end_hand(self, before: dict[str, int]) -> None:
        rank = self._send_home(before)
        if rank and self.bought and self.is_open and self.bought.rebuys < _MOST_REBUYS:
            self._rebuy()
        elif rank:
            self._out(rank)
            return
        if self.left == 1:
            self.bounties += self.me.bounty or 0
            self._out(1)
            return
        self._elsewhere()
        if self.adds and not self.is_open:
            self._add_on()
        self._balance()
        days = self.structure.day_levels
        self.over = days is not None and self.level >= days

    def _send_home(self, before: dict[str, int]) -> int:
        """Take from the table who has lost everything; give the hero's place if he is among them, or 0."""
        left, rank = self.left, 0
        for player in self._bust(before):
            self._pay_bounty(player, before)
            if player.name == self.hero[0]:
                rank = left
            left -= 1
        return rank

    def _pay_bounty(self, player: Player, before: dict[str, int]) -> None:
        """Give a head's price to the best winner who covered it: half in cash and half on his own, if progressive."""
        if not player.bounty:
            return
        dealt = zip(self.hand.deal.players, self.hand.settled.collected, strict=True)
        covering = [(won, other.seat, other) for other, won in dealt if before[other.name] >= before[player.name]]
        winner = max(one for one in covering if one[2] is not player)[2]
        on_head = player.bounty // 2 if self.structure.progressive else 0
        winner.bounty = (winner.bounty or 0) + on_head
        if winner.name == self.hero[0]:
            self.bounties += player.bounty - on_head

    # More stacks

    def _buy(self, *, mine: bool, rebuys: int = 0, addons: int = 0) -> None:
        assert self.bought
        had = self.bought
        self.bought = Bought(
            had.rebuys + rebuys * mine, had.addons + addons * mine,
            had.total_rebuys + rebuys, had.total_addons + addons,
        )  # fmt: skip

    def _rebuy(self) -> None:
        """Give the hero, who has lost everything, a new stack on his seat."""
        me = next(player for player in self.hand.deal.players if player.name == self.hero[0])
        self.players.append(replace(me, stack=self.structure.stack))
        self._buy(mine=True, rebuys=1)

    def _add_on(self) -> None:
        """Let everybody buy a last stack, once."""
        self.adds = False
        for player in self.players:
            if self.rng.random() < _ADDS:
                player.stack += self.structure.stack
                self._buy(mine=player.name == self.hero[0], addons=1)
        elsewhere = int(_ADDS * self.rest)
        self.rest_chips += elsewhere * self.structure.stack
        self._buy(mine=False, addons=elsewhere)

    def _out(self, rank: int) -> None:
        """End an entry; the hero may come again while registration is open."""
        structure = self.structure
        late = self.is_open and rank > 1
        pool = max(structure.guaranteed, self.price.buy_in * self.chips // structure.stack)
        if structure.tickets and not structure.shares and not self.price.bounty:
            pool = max(pool, structure.tickets * (structure.ticket_value or 0))
        self._finish(rank, self.count, pool, late=late, bought=self.bought)
        if late and self.again < structure.re_entries and self.rng.random() < _RE_ENTERS and self.rest > 1:
            self.again += 1
            for player in list(self.players):
                self._send_away(player)
            self.at += self.rng.randrange(20, 200)
            self._enter()
        else:
            self.over = True

    def _prize(self, rank: int, pool: int) -> int:
        """Share the pool among an eighth of the field; a tournament for tickets pays no money."""
        structure = self.structure
        paid = max(1, int(self.count * _PAID))
        if rank > paid or (structure.tickets and not self.price.bounty):
            return 0
        weights = [place**-0.9 for place in range(1, paid + 1)]
        return int(pool * weights[rank - 1] / sum(weights))
