"""Tournaments at one table: levels, antes, blinds that move on, bust-outs, prizes; sit-and-gos and Expressos."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from pokerlab.sample.deal import Deal, Player
from pokerlab.sample.era import era_of
from pokerlab.sample.hand import Hand
from pokerlab.sample.structures import MULTIPLIERS
from pokerlab.sample.summary import Bought, Entry, Result
from pokerlab.sample.text import Played, Venue, euros, plain

if TYPE_CHECKING:
    from random import Random

    from pokerlab.sample.cash import Regular
    from pokerlab.sample.era import Era
    from pokerlab.sample.structures import Price, Structure

_ODD_LEVELS = 0.2
"""How often a client that can print a nonsensical level does so on a player's first hands at a table."""


class Tournament(ABC):
    """One tournament as the hero's client sees it; this class knows the hero's table alone.

    Parameters
    ----------
    number
        Tournament id.
    at
        Unix time of its start.
    """

    def __init__(
        self, structure: Structure, number: int, regulars: list[Regular], hero: Regular, rng: Random, at: int
    ) -> None:
        self.structure, self.rng, self.at, self.started = structure, rng, at + rng.randrange(3, 15), at
        self.regulars, self.hero = regulars, hero
        self.id, self.era = number, era_of(at)
        self.price = rng.choice(structure.prices)
        self.multiplier = rng.choice(MULTIPLIERS) if structure.format == "expresso" else None
        self.entries: list[Entry] = []
        self.joined = at
        self.bounties = 0
        self.over = False

    # The table

    def _open(self, table: str) -> Venue:
        structure = self.structure
        name = f"{structure.name}({self.id})"
        buy_in = header_price(structure, self.price, self.era)
        return Venue(
            structure.format,
            f'Tournament "{structure.name}" buyIn: {buy_in}',
            f"{name}#{table}",
            structure.seats,
            (self.id << 32) + int(table) + 1,
            name,
            tournament_id=str(self.id),
            tournament_name=structure.name,
            variant=structure.variant,
            unit="chip",
            real=structure.opening != "play",
            era=self.era,
        )

    def _sit(self, table: str, players: list[Player], number: int) -> None:
        """Begin at a table, somewhere in the round."""
        self.venue, self.players, self.number = self._open(table), players, number
        self.odd_hands = 3 if self.era.odd_levels and self.rng.random() < _ODD_LEVELS else 0
        self.last_small = self.rng.randrange(1, self.structure.seats + 1)
        self.last_big = self.last_small % self.structure.seats + 1

    def _player(self, seat: int, who: Regular, stack: int) -> Player:
        return Player(seat, *who, stack, bounty=self.price.bounty or None)

    @property
    def me(self) -> Player:
        """The hero, while he has chips."""
        return next(player for player in self.players if player.name == self.hero[0])

    @property
    def level(self) -> int:
        """Number of the level, from 0."""
        return min((self.at - self.started) // self.structure.seconds, len(self.structure.levels) - 1)

    def _after(self, seat: int) -> list[Player]:
        n = self.structure.seats
        return sorted(self.players, key=lambda player: (player.seat - seat - 1) % n)

    # A hand

    def _deal(self) -> tuple[Deal, int]:
        """Move the blinds on by the dead-button rule; with two left the button posts the small one."""
        if sum(not player.away for player in self.players) < 2:
            for player in self.players:
                player.away = 0
        big = next(player for player in self._after(self.last_big) if not player.away)
        button = self._button(big)
        dealt = [player for player in self._after(button) if self._dealt(player, button, big)]
        if len(dealt) < 3:
            return self._heads_up(big)
        places = {player.seat: i for i, player in enumerate(dealt)}
        small = places.get(self.last_big)
        self.last_small, self.last_big = self.last_big, big.seat
        return self._blinds(dealt, small, places[big.seat]), button

    def _heads_up(self, big: Player) -> tuple[Deal, int]:
        small = next(player for player in self._after(big.seat) if player is not big and not player.away)
        self.last_small, self.last_big = small.seat, big.seat
        return self._blinds([big, small], 1, 0), small.seat

    def _blinds(self, dealt: list[Player], small: int | None, big: int) -> Deal:
        return Deal(dealt, small, big, *self.structure.levels[self.level], variant=self.structure.variant)

    def _dealt(self, player: Player, button: int, big: Player) -> bool:
        """Tell who gets cards: nobody who sat down between the button and the blinds."""
        n = self.structure.seats
        between = (player.seat - button) % n < (big.seat - button) % n and player.seat != button
        return not player.away and (not between or player.seat == self.last_big)

    def _button(self, big: Player) -> int:
        """Find the seat that had the small blind, empty or not; one before it where the order would break."""
        n, small = self.structure.seats, self.last_big
        if (self.last_small - small) % n > (big.seat - small) % n > 0:
            return self.last_small
        before = (p.seat for p in reversed(self._after(small)) if p is not big and p.seat != small)
        return next(before, self.last_small)

    def play(self) -> Played:
        """Play the next hand."""
        level = self._printed_level()
        deal, button = self._deal()
        shows_bounty = self.era.bounty_on_seats
        seated = [
            (p.seat, p.name, p.stack, p.bounty if shows_bounty else None)
            for p in sorted(self.players, key=lambda player: player.seat)
        ]
        hand = Hand(deal, self.rng).play()
        played = Played(self.venue, hand, seated, button, self.number, self.at, self.hero[0], level)
        hand.pay()
        self.number += 1
        self.at += 5 + int(len(hand.acts) * (0.8 + 2.4 * self.rng.random()))
        for player in self.players:
            player.away = max(0, player.away - 1)
        self.hand = hand
        self._end_hand({name: stack for _, name, stack, _ in seated})
        return played

    def _printed_level(self) -> str | None:
        if self.odd_hands:
            self.odd_hands -= 1
            return self.era.odd_levels[self.id % len(self.era.odd_levels)] or None
        return str(self.level + self.era.first_level)

    def _bust(self, before: dict[str, int]) -> list[Player]:
        """Send home who has nothing left; of two at once, the larger stack before the hand is the better place."""
        out = sorted((player for player in self.players if not player.stack), key=lambda p: before[p.name])
        self.players = [player for player in self.players if player.stack]
        return out

    @abstractmethod
    def _end_hand(self, before: dict[str, int]) -> None:
        """Settle what a hand changed; ``before`` has everybody's stack before it."""

    # The end

    def _finish(self, rank: int, entrants: int, pool: int, *, late: bool = False, bought: Bought | None = None) -> None:
        """Note how an entry of the hero ended."""
        structure = self.structure
        has_ticket = rank <= structure.tickets
        self.entries.append(
            Entry(
                self.at - self.joined, rank, entrants, pool, self._prize(rank, pool), self.bounties,
                structure.ticket if has_ticket else None, structure.ticket_value if has_ticket else None, late, bought,
            )
        )  # fmt: skip

    @abstractmethod
    def _prize(self, rank: int, pool: int) -> int:
        """Give what a place pays in money."""

    @property
    def result(self) -> Result:
        """Give what the summary tells by now."""
        return Result(
            self.venue, self.structure, self.hero[0], self.price, self.multiplier, self.started,
            1000 + self.id % 4000 if self.structure.day_levels else 0, tuple(self.entries),
        )  # fmt: skip


class SitAndGo(Tournament):
    """A tournament of one table; everybody is dealt in until he is out."""

    def __init__(
        self, structure: Structure, number: int, regulars: list[Regular], hero: Regular, rng: Random, at: int
    ) -> None:
        super().__init__(structure, number, regulars, hero, rng, at)
        who = [hero, *rng.sample(regulars, structure.seats - 1)]
        rng.shuffle(who)
        self._sit("0", [self._player(i + 1, one, structure.stack) for i, one in enumerate(who)], 1)

    @property
    def _pool(self) -> int:
        if self.multiplier is not None:
            return self.multiplier * self.price.total
        return self.price.buy_in * self.structure.seats

    def _end_hand(self, before: dict[str, int]) -> None:
        rank, left = 0, len(self.players)
        for player in self._bust(before):
            if player.name == self.hero[0]:
                rank = left
            left -= 1
        if not rank and (left == 1 or (self.structure.paid_equal and left <= len(self.structure.shares))):
            rank = 1 + sorted(self.players, key=lambda p: -p.stack).index(self.me)
        if rank:
            self.over = True
            self._finish(rank, self.structure.seats, self._pool)

    def _prize(self, rank: int, pool: int) -> int:
        shares = self.structure.shares
        if rank > len(shares):
            return 0
        share = 100 / len(shares) if self.structure.paid_equal else shares[rank - 1]
        return round(pool * share / 100)


def header_price(structure: Structure, price: Price, era: Era) -> str:
    """Print a buy-in as the header of a hand has it."""
    if structure.opening in {"free", "ticket"}:
        return era.free if structure.opening == "free" else era.ticket
    parts: tuple[int, ...] = (price.buy_in + price.bounty, price.fee)
    if price.bounty and era.bounty_in_header:
        parts = (price.buy_in, price.bounty, price.fee)
    money = plain if structure.opening == "play" else euros
    return " + ".join(money(part) for part in parts).replace(".", era.comma)
