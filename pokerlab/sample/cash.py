"""Cash tables: who sits, comes, goes, tops up, and whose blinds are next; and the fast-fold pools."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pokerlab.sample.deal import Deal, Player
from pokerlab.sample.hand import Hand
from pokerlab.sample.pots import Rake
from pokerlab.sample.text import Played, Venue

if TYPE_CHECKING:
    from random import Random

    from pokerlab.sample.styles import Style
    from pokerlab.sample.text import Seated

Regular = tuple[str, "Style"]
"""Somebody who may sit down: his name and his style."""


@dataclass(frozen=True, slots=True)
class Stakes:
    """Blinds of a cash game in cents, with its rake."""

    small_blind: int
    big_blind: int
    rake: Rake
    ante: int = 0


STAKES = (
    Stakes(1, 2, Rake(60, 100)),
    Stakes(2, 5, Rake(60, 150)),
    Stakes(5, 10, Rake(55, 200)),
    Stakes(10, 25, Rake(55, 250)),
    Stakes(25, 50, Rake(50, 300)),
    Stakes(50, 100, Rake(50, 300)),
    Stakes(100, 200, Rake(45, 300)),
)

DENIES = 0.004
"""How often a player refuses his blind and sits out."""


class CashTable:
    """One cash table, as the hero's client sees it from the moment he sits down.

    Blinds follow the dead-button rule: the big blind moves to the next player who takes it, the small blind stays with
    the seat that had the big one, the button with the seat that had the small one, be they empty or not.
    """

    def __init__(
        self, venue: Venue, stakes: Stakes, regulars: list[Regular], hero: Regular, rng: Random, at: int
    ) -> None:
        self.venue, self.stakes, self.rng, self.at = venue, stakes, rng, at
        self.hero = hero[0]
        self.waiting = rng.sample(regulars, min(len(regulars), 30))
        self.number = rng.randrange(2, 900)
        self.players: dict[int, Player] = {}
        seats = rng.sample(range(1, venue.max_seats + 1), venue.max_seats)
        for seat in seats[: max(2, venue.max_seats - rng.randrange(1, 3))]:
            self._sit(seat, self.waiting.pop(), owes=False)
        free = seats[-1] if seats[-1] not in self.players else min(self.players)
        self._sit(free, hero, owes=venue.max_seats > 2)
        taken = sorted(self.players)
        start = rng.randrange(len(taken))
        self.last_small, self.last_big = taken[start - 1], taken[start]

    def _sit(self, seat: int, who: Regular, *, owes: bool) -> None:
        rng, big = self.rng, self.stakes.big_blind
        stack = 100 * big if rng.random() < 0.5 else int(big * (15 + 100 * rng.random()))
        stay = 1 << 30 if who[0] == self.hero else 8 + int(rng.expovariate(1 / 60))
        self.players[seat] = Player(seat, *who, stack, owes, False, 0, rng.random() < 0.35, stay)

    def _after(self, seat: int) -> list[Player]:
        """Everybody at the table, clockwise from the left of ``seat``."""
        n = self.venue.max_seats
        return sorted(self.players.values(), key=lambda player: (player.seat - seat - 1) % n)

    # Between hands

    def _come_and_go(self) -> None:
        rng, big = self.rng, self.stakes.big_blind
        gone: list[Regular] = []
        for seat, player in list(self.players.items()):
            player.stay -= 1
            mine = player.name == self.hero
            if not mine and (player.stay < 0 or (player.stack == 0 and rng.random() < 0.3)):
                del self.players[seat]
                gone.append((player.name, player.style))
            elif player.away:
                player.away -= 1
                if not player.away and player.stack < 3 * big:
                    player.stack = 100 * big
            elif player.stack < 3 * big:
                if player.stack == 0 and not mine and rng.random() < 0.3:
                    player.away = 1  # still listed, with an empty stack, while he buys in again
                elif player.stack == 0 or rng.random() < 0.5:
                    player.stack = 100 * big
            elif player.stack < 90 * big and rng.random() < 0.08:
                player.stack = 100 * big
            elif rng.random() < 0.004:
                player.away = rng.randrange(1, 9)
        self._fill(0.35)
        while sum(self._ready(player) for player in self.players.values()) < 2:
            self._wake()
        self.waiting += gone

    def _fill(self, eager: float) -> None:
        free = [seat for seat in range(1, self.venue.max_seats + 1) if seat not in self.players]
        if free and self.waiting and self.rng.random() < eager:
            who = self.waiting.pop(self.rng.randrange(len(self.waiting)))
            self._sit(self.rng.choice(free), who, owes=True)

    def _wake(self) -> None:
        """Make one more player ready: no hand can be dealt to fewer than two."""
        for player in self.players.values():
            if not self._ready(player):
                player.away = 0
                player.stack = player.stack or 100 * self.stakes.big_blind
                return
        self._fill(1.0)

    @staticmethod
    def _ready(player: Player) -> bool:
        return player.stack > 0 and not player.away

    # Blinds

    def _take_big(self) -> tuple[Player, list[tuple[Player, str]]]:
        """Move the big blind on; those it passes by owe it."""
        denies: list[tuple[Player, str]] = []
        able = sum(self._ready(player) for player in self.players.values())
        for player in self._after(self.last_big) * 2:
            if not self._ready(player):
                player.owes_big = player.owes_small = True
            elif able > 3 and self.rng.random() < DENIES:
                denies.append((player, "big"))
                player.away, player.owes_big, player.owes_small = self.rng.randrange(1, 7), True, True
                able -= 1
            else:
                return player, denies
        msg = "a hand was started with nobody to post the big blind"
        raise AssertionError(msg)

    def _seat_blinds(self) -> tuple[Deal, int]:
        """Decide who is dealt in, who posts what, and where the button is."""
        big, denies = self._take_big()
        small = self.players.get(self.last_big)
        big.owes_big = big.owes_small = False
        if small is big:
            small = None
        if small is not None and (not self._ready(small) or small.owes_big or small.owes_small):
            small.owes_small = True
            small = None
        elif small is not None and self.rng.random() < DENIES and sum(map(self._ready, self.players.values())) > 3:
            denies.append((small, "small"))
            small.away, small.owes_small = self.rng.randrange(1, 7), True
            small = None
        button = self._button(big)
        dealt = [player for player in self._after(button) if self._dealt(player, button, big)]
        if len(dealt) < 3:
            return self._heads_up(big, dealt)
        late = [(i, p.owes_small, p.owes_big) for i, p in enumerate(dealt) if p.owes_big or p.owes_small]
        for player in dealt:
            player.owes_big = player.owes_small = False
        self.last_small, self.last_big = self.last_big, big.seat
        places = {player.seat: i for i, player in enumerate(dealt)}
        return self._deal(dealt, places[small.seat] if small else None, places[big.seat], late, denies), button

    def _button(self, big: Player) -> int:
        """Find the seat that had the small blind; one before it where the table changed too much for that."""
        n, small = self.venue.max_seats, self.last_big
        if (self.last_small - small) % n > (big.seat - small) % n > 0:
            return self.last_small
        return next((p.seat for p in reversed(self._after(small)) if p is not big and p.seat != small), self.last_small)

    def _dealt(self, player: Player, button: int, big: Player) -> bool:
        if player is big:
            return True
        if not self._ready(player):
            return False
        if not (player.owes_big or player.owes_small):
            return True
        n = self.venue.max_seats
        between = (player.seat - button) % n < (big.seat - button) % n
        return not between and not player.patient and player.stack > 3 * self.stakes.big_blind

    def _heads_up(self, big: Player, dealt: list[Player]) -> tuple[Deal, int]:
        """Deal to two: the button posts the small blind, and what was owed is forgotten."""
        others = [player for player in dealt if player is not big]
        small = others[0] if others else next(p for p in self._after(big.seat) if p is not big and self._ready(p))
        for player in (small, big):
            player.owes_big = player.owes_small = False
        self.last_small, self.last_big = small.seat, big.seat
        return self._deal([big, small], 1, 0, [], []), small.seat

    def _deal(
        self,
        dealt: list[Player],
        small: int | None,
        big: int,
        late: list[tuple[int, bool, bool]],
        denies: list[tuple[Player, str]],
    ) -> Deal:
        stakes = self.stakes
        return Deal(
            dealt, small, big, stakes.small_blind, stakes.big_blind, stakes.ante, late=late, denies=denies,
            rake=stakes.rake, variant=self.venue.variant, joins_posts=self.venue.era.joins_posts,
        )  # fmt: skip

    def play(self) -> Played:
        """Play the next hand."""
        self._come_and_go()
        deal, button = self._seat_blinds()
        seated: list[Seated] = [
            (seat, player.name, player.stack, None) for seat, player in sorted(self.players.items())
        ]
        hand = Hand(deal, self.rng).play()
        played = Played(self.venue, hand, seated, button, self.number, self.at, self.hero)
        hand.pay()
        self.number += 1
        self.at += 8 + int(len(hand.acts) * (0.8 + 2.4 * self.rng.random()))
        return played


class Pool:
    """A fast-fold pool: a new table for every hand, the button always on the last seat.

    With ``hold_up`` the room adds money to some pots.
    """

    def __init__(
        self,
        venue: Venue,
        stakes: Stakes,
        regulars: list[Regular],
        hero: Regular,
        rng: Random,
        at: int,
        *,
        hold_up: bool = False,
    ) -> None:
        self.venue, self.stakes, self.rng, self.at, self.hold_up = venue, stakes, rng, at, hold_up
        self.number = rng.randrange(1_000, 900_000)
        big = stakes.big_blind
        self.hero = Player(0, *hero, 100 * big)
        self.others = [
            Player(0, *who, 100 * big if rng.random() < 0.5 else int(big * (20 + 180 * rng.random())))
            for who in rng.sample(regulars, min(len(regulars), 60))
        ]

    def play(self) -> Played:
        """Play the next hand."""
        rng, stakes = self.rng, self.stakes
        players = [self.hero, *rng.sample(self.others, 5 if rng.random() < 0.96 else rng.randrange(2, 5))]
        rng.shuffle(players)
        for i, player in enumerate(players):
            player.seat = i + 1
            if player.stack < 40 * stakes.big_blind and (not player.stack or rng.random() < 0.3):
                player.stack = 100 * stakes.big_blind
        added = 0
        if self.hold_up and rng.random() < 0.07:
            added = stakes.big_blind * (5, 5, 10, 10, 125)[int(rng.random() * 5)]
        deal = Deal(
            players, 0, 1, stakes.small_blind, stakes.big_blind, added=added, rake=stakes.rake,
            variant=self.venue.variant,
        )  # fmt: skip
        seated: list[Seated] = [(player.seat, player.name, player.stack, None) for player in players]
        hand = Hand(deal, rng).play()
        played = Played(self.venue, hand, seated, len(players), self.number, self.at, self.hero.name)
        hand.pay()
        self.number += rng.randrange(3, 120)
        self.at += 4 + int(rng.random() * 3 * len(hand.acts))
        return played
