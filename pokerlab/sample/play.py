"""The hero's poker life: which tables he opens on which day, hand after hand, without end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING

from pokerlab.errors import SettingsError
from pokerlab.sample.cash import STAKES, CashTable, Pool
from pokerlab.sample.era import era_of
from pokerlab.sample.multitable import MultiTable
from pokerlab.sample.names import check_name, player_names
from pokerlab.sample.structures import (
    DOUBLE_OR_NOTHING,
    EXPRESSOS,
    FLIGHTS,
    FREEROLLS,
    KNOCKOUTS,
    NITRO,
    OMAHA_TOURNAMENTS,
    PLAY_TOURNAMENTS,
    REBUYS,
    SIT_AND_GOS,
    TICKETS,
    TOURNAMENTS,
)
from pokerlab.sample.styles import HERO, STYLES, WEIGHTS
from pokerlab.sample.text import Venue, hand_text
from pokerlab.sample.tournament import SitAndGo
from pokerlab.sample.variants import FIXED_LIMIT, HOLDEM, OMAHA4, OMAHA4_HILO, OMAHA5, OMAHA5_HILO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pokerlab.sample.cash import Regular, Stakes
    from pokerlab.sample.summary import Result
    from pokerlab.sample.text import Played

CASH = {
    "cash": HOLDEM,
    "fixed_limit": FIXED_LIMIT,
    "omaha4": OMAHA4,
    "omaha5": OMAHA5,
    "omaha4_hilo": OMAHA4_HILO,
    "omaha5_hilo": OMAHA5_HILO,
    "play_money": HOLDEM,
}
"""Games at cash tables."""

POOLS = {"fast_fold": "Go Fast", "hold_up": "HOLD-UP", "escape": "ESCAPE"}
"""Fast-fold games, with their names in headers; the room adds money to some pots of all but the first."""

TOURNAMENT_GAMES = {
    "sit_and_go": SIT_AND_GOS,
    "double_or_nothing": (DOUBLE_OR_NOTHING,),
    "expresso": EXPRESSOS,
    "expresso_nitro": (NITRO,),
    "tournament": TOURNAMENTS,
    "knockout": KNOCKOUTS,
    "rebuy": REBUYS,
    "freeroll": FREEROLLS,
    "ticket": TICKETS,
    "flight": FLIGHTS,
    "omaha_tournament": OMAHA_TOURNAMENTS,
    "play_money_tournament": PLAY_TOURNAMENTS,
}
"""Games played in tournaments, with the structures to choose from."""

GAMES = (*CASH, *POOLS, *TOURNAMENT_GAMES)
"""What can be played."""

MIXES = {"mixed": ("cash", "fast_fold", "hold_up", "sit_and_go", "expresso"), "all": GAMES}
"""Several games in turn: those that most people play, and everything."""

START = datetime(2022, 3, 7, 18, 0, tzinfo=UTC)
"""When the first hand is played unless told otherwise: a Monday evening."""

_TOWNS = (
    "Porto", "Bilbao", "Málaga", "L'Aquila", "Gdynia", "Tampere", "Bergen", "Utrecht", "Aarhus", "Split", "Brno",
    "Cork", "Leeds", "Basel", "Turin", "Quimper", "Ostrava", "Pécs", "Cluj", "Varna", "Izmir", "Oran", "Sfax", "Natal",
)  # fmt: skip
_POOLS = ("Utah", "Ontario", "Bahia", "Kerala")
_REGULARS = 300


@dataclass(frozen=True, slots=True)
class Piece:
    """What the client writes at one time: a hand, and the summary where that ended a tournament.

    Attributes
    ----------
    name
        File name, with the day the table was opened.
    text
        The hand with the two blank lines after it.
    """

    name: str
    text: str
    played: Played
    result: Result | None = None

    @property
    def summary(self) -> tuple[str, str] | None:
        """File name and text of the tournament's summary, if this hand ended an entry."""
        if self.result is None:
            return None
        return self.name.removesuffix(".txt") + "_summary.txt", self.result.text()


@dataclass(frozen=True, slots=True)
class Settings:
    """All that decides which hands are played.

    Attributes
    ----------
    game
        One of `GAMES` or `MIXES`.
    start
        Unix time when play begins.
    """

    seed: int
    game: str
    hero: str
    start: int

    @classmethod
    def of(cls, seed: int, game: str, hero: str, start: datetime | None) -> Settings:
        """Check what a caller asked for; a start without a time zone is UTC.

        Raises
        ------
        SettingsError
            The game or the hero's name cannot be.
        """
        if game not in GAMES and game not in MIXES:
            msg = f"game {game!r} is not simulated; choose one of {[*GAMES, *MIXES]}"
            raise SettingsError(msg)
        start = start or START
        start = start if start.tzinfo else start.replace(tzinfo=UTC)
        return cls(seed, game, check_name(hero), int(start.timestamp()))

    @property
    def games(self) -> tuple[str, ...]:
        """Games that are played."""
        return MIXES.get(self.game, (self.game,))

    def rng(self, purpose: str) -> Random:
        """Give the random numbers for one purpose; a seed of text is hashed the same everywhere."""
        return Random(f"pokerlab {self.seed} {self.game} {purpose}")  # noqa: S311 - play, not secrets


@lru_cache(maxsize=4)
def _people(settings: Settings) -> tuple[list[Regular], int, int]:
    """Give the regulars, and the first ids of tables and tournaments."""
    rng = settings.rng("people")
    names = player_names(rng, _REGULARS, besides=settings.hero)
    regulars = [(name, rng.choices(STYLES, WEIGHTS)[0]) for name in names]
    return regulars, rng.randrange(11_000_000, 12_000_000), rng.randrange(350_000_000, 360_000_000)


def calendar(settings: Settings) -> Iterator[tuple[int, int]]:
    """Give the days on which the hero plays, without end: their number, and unix time of their midnight in UTC."""
    rng = settings.rng("calendar")
    day = datetime.fromtimestamp(settings.start, UTC).replace(hour=0, minute=0, second=0)
    number = 0
    while True:
        yield number, int(day.timestamp())
        day += timedelta(days=1 if rng.random() < 0.8 else 2)
        number += 1


class Day:
    """One day of the hero's poker life: tables one after the other, each day with random numbers of its own.

    Nothing of another day has a part in it, so that days can be played in any order and in several processes.
    """

    def __init__(self, settings: Settings, number: int, midnight: int) -> None:
        self.settings, self.midnight = settings, midnight
        self.rng = settings.rng(f"day {number}")
        self.regulars, table_id, tournament_id = _people(settings)
        self.hero = (settings.hero, HERO)
        self.busy: dict[str, int] = {}
        self.table_id = table_id + 600 * number
        self.tournament_id = tournament_id + 4_000 * number

    def pieces(self) -> Iterator[Piece]:
        """Play an evening at several tables, always within one day of UTC and of Paris."""
        start, games = self.settings.start, self.settings.games
        for number in range(self.rng.randrange(2, 9)):
            game = games[self.rng.randrange(len(games))]
            opens = self.midnight + 3600 * (8 + number) + self.rng.randrange(3600)
            opens = max(opens, start + 240 * number)
            closes = self.midnight + 3600 * 21 + 1800
            for piece in self._sitting(game, opens, self.rng.randrange(60, 240)):
                if piece.played.at > closes and (opens > closes or not piece.played.venue.in_chips):
                    break
                yield piece

    def endless(self) -> Iterator[Piece]:
        """Play at one table after the other, without a pause; cash tables and pools never close."""
        at, games = self.settings.start, self.settings.games
        while True:
            for game in games:
                for piece in self._sitting(game, at, 60 if len(games) > 1 else None):
                    yield piece
                    at = piece.played.at + 60

    def _sitting(self, game: str, at: int, hands: int | None) -> Iterator[Piece]:
        """Open one table at unix time ``at`` and play there: so many hands, or one tournament to its end."""
        day = datetime.fromtimestamp(at, UTC).strftime("%Y%m%d")
        if game in TOURNAMENT_GAMES:
            yield from self._tournament(game, day, at)
            return
        play = self._pool(game, at) if game in POOLS else self._cash(game, at)
        count = 0
        while hands is None or count < hands:
            played = play()
            self.busy[played.venue.table] = played.at + 60
            yield Piece(f"{day}_{played.venue.file_name}.txt", hand_text(played), played)
            count += 1

    def _tournament(self, game: str, day: str, at: int) -> Iterator[Piece]:
        self.tournament_id += self.rng.randrange(1, 400)
        structure = self.rng.choice(TOURNAMENT_GAMES[game])
        kind = MultiTable if structure.field[1] else SitAndGo
        tournament = kind(structure, self.tournament_id, self.regulars, self.hero, self.rng, at)
        while not tournament.over:
            entries = len(tournament.entries)
            played = tournament.play()
            result = tournament.result if len(tournament.entries) > entries else None
            yield Piece(f"{day}_{played.venue.file_name}.txt", hand_text(played), played, result)

    def _stakes(self) -> Stakes:
        self.table_id += self.rng.randrange(1, 60)
        return self.rng.choices(STAKES, (10, 20, 25, 20, 12, 8, 5))[0]

    def _cash(self, game: str, at: int) -> Callable[[], Played]:
        rng, variant, real = self.rng, CASH[game], game != "play_money"
        stakes = self._stakes()
        if variant.limit == "fixed_limit":
            stakes = replace(stakes, small_blind=stakes.big_blind // 2)
        if not real and rng.random() < 0.3:
            stakes = replace(stakes, ante=max(1, stakes.small_blind // 2))
        if rng.random() < 0.3:
            stakes = replace(stakes, rake=replace(stakes.rake, in_proportion=True))
        name = f"{rng.choice(_TOWNS)} {rng.randrange(1, 40):02}"
        seats = rng.choices((5, 6, 9, 2), (50, 30, 15, 5))[0]
        unit = "eur_cent" if real else "play_cent"
        venue = Venue(
            "cash", "CashGame", name, seats, self.table_id, name, variant=variant, unit=unit, real=real, era=era_of(at)
        )
        return CashTable(venue, stakes, self.regulars, self.hero, rng, max(at, self.busy.get(name, 0))).play

    def _pool(self, game: str, at: int) -> Callable[[], Played]:
        rng, stakes = self.rng, self._stakes()
        pool = rng.choice(_POOLS)
        venue = Venue("fast_fold", f'{POOLS[game]} "{pool}"', pool, 6, self.table_id, pool, pool=pool, era=era_of(at))
        at = max(at, self.busy.get(pool, 0))  # nobody sits twice in one pool
        return Pool(venue, stakes, self.regulars, self.hero, rng, at, hold_up=game != "fast_fold").play
