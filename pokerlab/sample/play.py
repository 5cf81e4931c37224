"""The hero's poker life: which tables he opens on which day, hand after hand, without end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from pokerlab.errors import SettingsError
from pokerlab.sample.cash import STAKES, CashTable, Pool
from pokerlab.sample.names import check_name, player_names
from pokerlab.sample.styles import HERO, STYLES, WEIGHTS
from pokerlab.sample.text import Venue, hand_text
from pokerlab.sample.tournament import EXPRESSOS, SIT_AND_GOS, Tournament, summary_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pokerlab.sample.text import Played
    from pokerlab.sample.tournament import Result

GAMES = ("cash", "fast_fold", "hold_up", "sit_and_go", "expresso")
"""What can be played; ``"mixed"`` is all of them in turn."""

START = datetime(2022, 3, 7, 18, 0, tzinfo=UTC)
"""When the first hand is played unless told otherwise: a Monday evening."""

_TOWNS = (
    "Porto", "Bilbao", "Málaga", "L'Aquila", "Gdynia", "Tampere", "Bergen", "Utrecht", "Aarhus", "Split", "Brno",
    "Cork", "Leeds", "Basel", "Turin", "Quimper", "Ostrava", "Pécs", "Cluj", "Varna", "Izmir", "Oran", "Sfax", "Natal",
)  # fmt: skip
_POOLS = ("Utah", "Ontario", "Bahia", "Kerala")
_REGULARS = 300
_SUMMARY_DELAY_S = 20


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
        """File name and text of the tournament's summary, if this hand ended it."""
        if self.result is None:
            return None
        return self.name.removesuffix(".txt") + "_summary.txt", summary_text(self.result)


class Life:
    """Everything that a seed fixes: the regulars, the ids, the order of days and tables.

    Parameters
    ----------
    game
        One of `GAMES`, or ``"mixed"``.
    start
        When play begins; without a time zone it is UTC.

    Raises
    ------
    SettingsError
        The game or the hero's name cannot be.
    """

    def __init__(self, *, seed: int, game: str, hero: str, start: datetime | None) -> None:
        if game != "mixed" and game not in GAMES:
            msg = f"game {game!r} is not simulated; choose one of {[*GAMES, 'mixed']}"
            raise SettingsError(msg)
        start = start or START
        start = start if start.tzinfo else start.replace(tzinfo=UTC)
        self.rng = Random(f"pokerlab {seed} {game}")  # noqa: S311 - play, not secrets; a str seed is hashed the same everywhere
        self.games = GAMES if game == "mixed" else (game,)
        self.hero = (check_name(hero), HERO)
        names = player_names(self.rng, _REGULARS, besides=hero)
        self.regulars = [(name, self.rng.choices(STYLES, WEIGHTS)[0]) for name in names]
        self.start = int(start.timestamp())
        self.busy: dict[str, int] = {}
        self.table_id = self.rng.randrange(11_000_000, 12_000_000)
        self.tournament_id = self.rng.randrange(350_000_000, 360_000_000)

    def endless(self) -> Iterator[Piece]:
        """Play at one table after the other, without a pause; cash tables and pools never close."""
        at = self.start
        while True:
            for game in self.games:
                for piece in self._sitting(game, at, 60 if len(self.games) > 1 else None):
                    yield piece
                    at = piece.played.at + 60

    def days(self) -> Iterator[Piece]:
        """Play evening after evening, several tables each, always within one day of UTC and of Paris."""
        day = datetime.fromtimestamp(self.start, UTC).replace(hour=0, minute=0, second=0)
        while True:
            for number in range(self.rng.randrange(2, 9)):
                game = self.games[self.rng.randrange(len(self.games))]
                opens = int(day.timestamp()) + 3600 * (8 + number) + self.rng.randrange(3600)
                opens = max(opens, self.start + 240 * number)
                closes = int(day.timestamp()) + 3600 * 21 + 1800
                for piece in self._sitting(game, opens, self.rng.randrange(60, 240)):
                    if piece.played.at > closes and (opens > closes or not piece.played.venue.in_chips):
                        break
                    yield piece
            day += timedelta(days=1 if self.rng.random() < 0.8 else 2)

    def _sitting(self, game: str, at: int, hands: int | None) -> Iterator[Piece]:
        """Open one table at unix time ``at`` and play there: so many hands, or one tournament to its end."""
        day = datetime.fromtimestamp(at, UTC).strftime("%Y%m%d")
        if game in {"sit_and_go", "expresso"}:
            yield from self._tournament(game, day, at)
            return
        play = self._open(game, at)
        count = 0
        while hands is None or count < hands:
            played = play()
            self.busy[played.venue.table] = played.at + 60
            yield Piece(f"{day}_{played.venue.stem}.txt", hand_text(played), played)
            count += 1

    def _tournament(self, game: str, day: str, at: int) -> Iterator[Piece]:
        self.tournament_id += self.rng.randrange(1, 400)
        structure = self.rng.choice(EXPRESSOS if game == "expresso" else SIT_AND_GOS)
        tournament = Tournament(structure, self.tournament_id, self.regulars, self.hero, self.rng, at)
        while not tournament.over:
            played = tournament.play()
            result = tournament.result if tournament.over else None
            yield Piece(f"{day}_{played.venue.stem}.txt", hand_text(played), played, result)

    def _open(self, game: str, at: int) -> Callable[[], Played]:
        rng = self.rng
        self.table_id += rng.randrange(1, 60)
        stakes = rng.choices(STAKES, (10, 20, 25, 20, 12, 8, 5))[0]
        if game == "cash":
            name = f"{rng.choice(_TOWNS)} {rng.randrange(1, 40):02}"
            seats = rng.choices((5, 6, 9, 2), (50, 30, 15, 5))[0]
            venue = Venue("cash", "CashGame", name, seats, self.table_id, f"{name}_real_holdem_no-limit")
            return CashTable(venue, stakes, self.regulars, self.hero, rng, max(at, self.busy.get(name, 0))).play
        pool = rng.choice(_POOLS)
        kind = f'{"HOLD-UP" if game == "hold_up" else "Go Fast"} "{pool}"'
        venue = Venue("fast_fold", kind, pool, 6, self.table_id, f"{pool}_real_holdem_no-limit", pool=pool)
        at = max(at, self.busy.get(pool, 0))  # nobody sits twice in one pool
        return Pool(venue, stakes, self.regulars, self.hero, rng, at, hold_up=game == "hold_up").play
