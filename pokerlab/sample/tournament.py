"""Sit-and-gos, Expressos among them: levels, antes, bust-outs, payouts, and the summary that the client writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pokerlab.sample.hand import Deal, Hand, Player
from pokerlab.sample.text import Played, Venue, clock, duration, euros, ordinal

if TYPE_CHECKING:
    from random import Random

    from pokerlab.sample.cash import Regular

Level = tuple[int, int, int]
"""Small blind, big blind, ante."""

_BLINDS = (20, 30, 40, 60, 80, 100, 120, 160, 200, 250, 300, 400, 500, 600, 800, 1000, 1200, 1600, 2000, 3000, 4000)
_NO_ANTES = tuple((big // 2, big, 0) for big in (*_BLINDS, 5000, 6000, 8000, 10000, 12000, 16000, 20000))
_LATE_ANTES = tuple(
    (big // 2, big, 0 if big < 100 else big // 10) for big in (*_BLINDS, 5000, 6000, 8000, 10000, 12000)
)
_ANTES = tuple((big // 2, big, big // 8) for big in (*_BLINDS, 5000, 6000, 8000, 10000, 12000))


@dataclass(frozen=True, slots=True)
class Structure:
    """One kind of sit-and-go.

    Attributes
    ----------
    shares
        Shares of the prize pool in per cent, from the first place down.
    paid_equal
        It ends when as many players are left as there are shares (Double or Nothing).
    seconds
        Length of a level.
    """

    name: str
    format: str
    seats: int
    stack: int
    levels: tuple[Level, ...]
    seconds: int
    type: str
    speed: str
    shares: tuple[int, ...]
    buy_ins: tuple[tuple[int, int], ...]
    paid_equal: bool = False


SIT_AND_GOS = (
    Structure(
        "Double or Nothing", "sit_and_go", 6, 1500, _LATE_ANTES, 180, "doubleornothing", "turbo", (34, 33, 33),
        ((46, 4), (92, 8), (184, 16), (465, 35)), paid_equal=True,
    ),
    Structure(
        "No Limit Hold'em", "sit_and_go", 6, 1500, _LATE_ANTES, 300, "sitngo", "semiturbo", (65, 35),
        ((45, 5), (90, 10), (180, 20), (450, 50)),
    ),
    Structure(
        "No Limit Hold'em", "sit_and_go", 10, 1500, _ANTES, 480, "sitngo", "normal", (50, 30, 20),
        ((45, 5), (180, 20), (900, 100)),
    ),
    Structure(
        "Sit&Go Duel", "sit_and_go", 2, 1000, _NO_ANTES, 180, "sitngo", "turbo", (100,), ((97, 3), (195, 5), (485, 15)),
    ),
)  # fmt: skip

EXPRESSOS = (
    Structure(
        "Expresso", "expresso", 3, 500, _NO_ANTES, 180, "sitngo", "turbo", (100,), ((93, 7), (186, 14), (465, 35)),
    ),
    Structure(
        "Expresso Nitro", "expresso", 3, 300, _NO_ANTES, 60, "sitngo", "turbo", (100,), ((93, 7), (186, 14)),
    ),
)  # fmt: skip

_MULTIPLIERS = (2,) * 50 + (3,) * 22 + (4,) * 19 + (5,) * 5 + (6,) * 2 + (8, 10)


@dataclass(frozen=True, slots=True)
class Result:
    """What a summary tells, and what stands in no file: amounts in cents."""

    venue: Venue
    structure: Structure
    hero: str
    buy_in: int
    fee: int
    prize_pool: int
    multiplier: int | None
    started: int
    seconds: int
    rank: int
    prize: int


class Tournament:
    """One sit-and-go at one table; everybody is dealt in until he is out."""

    def __init__(
        self, structure: Structure, number: int, regulars: list[Regular], hero: Regular, rng: Random, at: int
    ) -> None:
        self.structure, self.rng, self.at, self.started = structure, rng, at + rng.randrange(3, 15), at
        self.hero = hero[0]
        self.buy_in, self.fee = rng.choice(structure.buy_ins)
        self.multiplier = rng.choice(_MULTIPLIERS) if structure.format == "expresso" else None
        name = f"{structure.name}({number})"
        self.venue = Venue(
            structure.format,
            f'Tournament "{structure.name}" buyIn: {_plus(self.buy_in, self.fee)}',
            f"{name}#0",
            structure.seats,
            (number << 32) + 1,
            f"{name}_real_holdem_no-limit",
            tournament_id=str(number),
            tournament_name=structure.name,
        )
        who = [hero, *rng.sample(regulars, structure.seats - 1)]
        rng.shuffle(who)
        self.players = [Player(i + 1, *one, structure.stack) for i, one in enumerate(who)]
        self.number = 1
        self.last_small = rng.randrange(1, structure.seats + 1)
        self.last_big = self.last_small % structure.seats + 1
        self.rank = 0

    @property
    def prize_pool(self) -> int:
        """Everything that is paid out, in cents."""
        if self.multiplier is not None:
            return self.multiplier * (self.buy_in + self.fee)
        return self.buy_in * self.structure.seats

    @property
    def over(self) -> bool:
        """Tell whether the hero's file is complete: he is out, or the tournament has ended."""
        return bool(self.rank)

    def _after(self, seat: int) -> list[Player]:
        n = self.structure.seats
        return sorted(self.players, key=lambda player: (player.seat - seat - 1) % n)

    def _deal(self) -> tuple[Deal, int, int]:
        """Move the blinds on by the dead-button rule; with two left the button posts the small one."""
        levels = self.structure.levels
        step = min((self.at - self.started) // self.structure.seconds, len(levels) - 1)
        small_blind, big_blind, ante = levels[step]
        big = self._after(self.last_big)[0]
        if len(self.players) == 2:
            small = next(player for player in self.players if player is not big)
            self.last_small, self.last_big = small.seat, big.seat
            return Deal([big, small], 1, 0, small_blind, big_blind, ante), small.seat, step
        button = self._button(big)
        dealt = self._after(button)
        places = {player.seat: i for i, player in enumerate(dealt)}
        small_place = places.get(self.last_big)
        self.last_small, self.last_big = self.last_big, big.seat
        return Deal(dealt, small_place, places[big.seat], small_blind, big_blind, ante), button, step

    def _button(self, big: Player) -> int:
        """Find the seat that had the small blind, empty or not; one before it where the order would break."""
        n, small = self.structure.seats, self.last_big
        if (self.last_small - small) % n > (big.seat - small) % n > 0:
            return self.last_small
        return next(p.seat for p in reversed(self._after(small)) if p is not big and p.seat != small)

    def play(self) -> Played:
        """Play the next hand."""
        deal, button, step = self._deal()
        seated = [(player.seat, player.name, player.stack) for player in self.players]
        hand = Hand(deal, self.rng).play()
        played = Played(self.venue, hand, seated, button, self.number, self.at, self.hero, str(step + 1))
        hand.pay()
        self.number += 1
        self.at += 5 + int(len(hand.acts) * (0.8 + 2.4 * self.rng.random()))
        self._bust({name: stack for _, name, stack in seated})
        return played

    def _bust(self, before: dict[str, int]) -> None:
        """Send home who has nothing left; of two at once, the larger stack before the hand is the better place."""
        out = sorted((player for player in self.players if not player.stack), key=lambda p: before[p.name])
        for player in out:
            if player.name == self.hero:
                self.rank = len(self.players)
            self.players.remove(player)
        left = len(self.players)
        if not self.rank and (left == 1 or (self.structure.paid_equal and left <= len(self.structure.shares))):
            self.rank = 1 + sorted(self.players, key=lambda p: -p.stack).index(self._mine())

    def _mine(self) -> Player:
        return next(player for player in self.players if player.name == self.hero)

    @property
    def result(self) -> Result:
        """Give what the hero paid, won and when, once he is done."""
        shares = self.structure.shares
        prize = 0
        if self.rank <= len(shares):
            share = 100 / len(shares) if self.structure.paid_equal else shares[self.rank - 1]
            prize = round(self.prize_pool * share / 100)
        return Result(
            self.venue, self.structure, self.hero, self.buy_in, self.fee, self.prize_pool, self.multiplier,
            self.started, self.at - self.started, self.rank, prize,
        )  # fmt: skip


def _plus(*cents: int) -> str:
    """Print a buy-in, which shows two decimals wherever it has any."""
    return " + ".join(euros(amount) for amount in cents)


def summary_text(result: Result) -> str:
    """Print a ``_summary.txt``."""
    structure = result.structure
    levels = ",".join(
        f"{small}-{big}:{ante}:{structure.seconds}:holdem-no-limit" for small, big, ante in structure.levels
    )
    lines = [
        f"Winamax Poker - Tournament summary : {structure.name}({result.venue.tournament_id})",
        f"Player : {result.hero}",
        f"Buy-In : {_plus(result.buy_in, result.fee)}",
        f"Registered players : {structure.seats}",
        "Mode : sng",
        f"Type : {structure.type}",
        f"Speed : {structure.speed}",
        "Flight ID : 0",
        f"Levels : Levels : [{levels}]",
        f"Prizepool : {euros(result.prize_pool)}",
        f"Tournament started {clock(result.started)}",
        f"You played {duration(result.seconds)} ",
        f"You finished in {ordinal(result.rank)} place",
    ]
    if result.prize:
        lines.append(f"You won {euros(result.prize)}")
    return "\n".join([*lines, "", "", ""])
