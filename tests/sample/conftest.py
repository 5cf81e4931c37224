"""A tiny reader of its own, so that what the simulator writes is not judged by the code that wrote it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

import pytest

from pokerlab import sample

if TYPE_CHECKING:
    from pathlib import Path

HANDS = 300
TEXTS = {
    "Holdem no limit": (2, "no limit"),
    "Holdem fixed limit": (2, "fixed limit"),
    "Omaha pot limit": (4, "pot limit"),
    "5 Card Omaha pot limit": (5, "pot limit"),
    "Omaha Hi/Lo pot limit": (4, "pot limit"),
    "5 Card Omaha Hi/Lo pot limit": (5, "pot limit"),
}
"""Cards and limit of each game."""

ACTION = re.compile(
    r"(?P<verb>posts (?:ante|small blind|big blind)|denies (?:small|big) blind|folds|checks|calls|bets|raises)"
    r"(?: (?P<amount>[\d.]+€?))?(?: to (?P<to>[\d.]+€?))?(?P<late> out of position)?(?P<all_in> and is all-in)?"
)
COLLECTED = re.compile(r"collected (?P<amount>[\d.]+€?) from (?P<label>.+)")
SHOWS = re.compile(r"shows \[(?P<cards>.+)\] \((?P<rank>.+)\)")


def money(text: str, *, chips: bool = False) -> int:
    return int(text) if chips else round(float(text.removesuffix("€")) * 100)


@dataclass(repr=False)
class ReadHand:
    text: str
    hand_id: str
    stakes: list[int]
    button: int
    seats: dict[str, tuple[int, int]]
    game: str
    chips: bool
    bounties: dict[str, int | None] = field(default_factory=dict)
    added: int = 0
    actions: list[tuple[str, str, dict[str, str | None]]] = field(default_factory=list)
    shows: list[tuple[str, str, str, str]] = field(default_factory=list)
    collected: list[tuple[str, str, int, str]] = field(default_factory=list)
    board: list[str] = field(default_factory=list)
    streets: list[str] = field(default_factory=list)
    total: int = 0
    rake: int = 0
    replay: object = None

    def money(self, text: str) -> int:
        return money(text, chips=self.chips)

    @property
    def cards(self) -> int:
        return TEXTS[self.game][0]

    @property
    def limit(self) -> str:
        return TEXTS[self.game][1]

    @property
    def hilo(self) -> bool:
        return "Hi/Lo" in self.game

    @property
    def blinds(self) -> tuple[int, int]:
        """In fixed limit the header tells the bets: the blinds are half the small one, and it."""
        if self.limit == "fixed limit":
            return self.stakes[0] // 2, self.stakes[0]
        return self.stakes[-2], self.stakes[-1]


def _split_name(line: str, names: list[str], pattern: re.Pattern[str]) -> tuple[str, re.Match[str]] | None:
    for name in names:
        if line.startswith(name + " ") and (found := pattern.fullmatch(line[len(name) + 1 :])):
            return name, found
    return None


def read_hand(text: str) -> ReadHand:
    lines = text.splitlines()
    header = re.search(r"HandId: #(\S+) - ([^(]+) \(([^)]+)\) - \d{4}/", lines[0])
    assert header, lines[0]
    button = re.search(r"Seat #(\d+) is the button", lines[1])
    assert button, lines[1]
    split = next(i for i, line in enumerate(lines) if line.startswith("*** ANTE"))
    chips = " level: " in lines[0]
    seats, bounties = {}, {}
    added = 0
    for line in lines[2:split]:
        if line.startswith("Hold-up to Pot: total "):
            added = money(line.rsplit(" ", 1)[1])
            continue
        found = re.fullmatch(r"Seat (\d+): (.+) \(([\d.]+€?)(?:, ([\d.]+€) bounty)?\)", line)
        assert found, line
        seats[found[2]] = (int(found[1]), money(found[3], chips=chips))
        bounties[found[2]] = money(found[4]) if found[4] else None
    stakes = [money(part, chips=chips) for part in header[3].split("/")]
    hand = ReadHand(text, header[1], stakes, int(button[1]), seats, header[2], chips, bounties, added)
    names = sorted(seats, key=len, reverse=True)
    street = "blinds"
    for line in lines[split + 1 :]:
        if line.startswith("*** SUMMARY"):
            break
        if line.startswith("*** "):
            street = line.split("***")[1].strip()
            hand.streets.append(street)
            hand.board = line.split("***")[2].replace("[", " ").replace("]", " ").split() or hand.board
        elif found := _split_name(line, names, ACTION):
            hand.actions.append((street, found[0], found[1].groupdict()))
        elif found := _split_name(line, names, COLLECTED):
            hand.collected.append((street, found[0], hand.money(found[1]["amount"]), found[1]["label"]))
        elif found := _split_name(line, names, SHOWS):
            hand.shows.append((street, found[0], found[1]["cards"], found[1]["rank"]))
        else:
            assert line.startswith("Dealt to "), line
    pot = re.search(r"^Total pot ([\d.]+€?) \| (?:No rake|Rake ([\d.]+€?))$", text, re.MULTILINE)
    assert pot, text
    hand.total, hand.rake = hand.money(pot[1]), hand.money(pot[2] or "0")
    return hand


def naive_strength(cards: list[str], board: list[str] | None = None) -> tuple[int, list[int]]:
    """Value the best of all fives, each by sorting: slow, and nothing like the code under test.

    With a board, two of ``cards`` and three of it count.
    """
    return max(_five(five) for five in fives(cards, board))


def naive_low(cards: list[str], board: list[str]) -> list[int] | None:
    """Give the ranks of the best low, highest first, or None."""
    lows = [sorted({"A2345678".find(card[0]) for card in five}, reverse=True) for five in fives(cards, board)]
    return min((low for low in lows if len(low) == 5 and low[-1] >= 0), default=None)


def fives(cards: list[str], board: list[str] | None) -> list[list[str]]:
    if board is None:
        return [list(five) for five in combinations(cards, 5)]
    return [[*two, *three] for two in combinations(cards, 2) for three in combinations(board, 3)]


def _five(cards: list[str]) -> tuple[int, list[int]]:
    ranks = sorted(("23456789TJQKA".index(card[0]) for card in cards), reverse=True)
    by_count = sorted(ranks, key=lambda rank: (ranks.count(rank), rank), reverse=True)
    shape = sorted((ranks.count(rank) for rank in set(ranks)), reverse=True)
    flush = len({card[1] for card in cards}) == 1
    wheel = ranks == [12, 3, 2, 1, 0]
    straight = len(shape) == 5 and (ranks[0] - ranks[4] == 4 or wheel)
    order = [3, 2, 1, 0, -1] if wheel else by_count
    if straight:
        return (8 if flush else 4), order
    if flush:
        return 5, order
    kinds = [[1, 1, 1, 1, 1], [2, 1, 1, 1], [2, 2, 1], [3, 1, 1], None, None, [3, 2], [4, 1]]
    return kinds.index(shape), order


@pytest.fixture(scope="session")
def strength_of():
    return naive_strength


@pytest.fixture(scope="session")
def low_of():
    return naive_low


@pytest.fixture(scope="session")
def reader():
    return read_hand


@dataclass(repr=False)
class Sample:
    game: str
    folder: Path
    truth: sample.Truth
    files: dict[str, str]
    hands: list[ReadHand]

    @property
    def tournaments(self) -> bool:
        return self.hands[0].chips

    @property
    def one_table(self) -> bool:
        return self.game in {"sit_and_go", "double_or_nothing", "expresso", "expresso_nitro"}


@pytest.fixture(scope="session", params=sample.GAMES)
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """Give a folder of each game with its truth, and the hands as the tiny reader sees them."""
    folder = tmp_path_factory.mktemp(request.param)
    truth = sample.write(folder, HANDS, seed=11, game=request.param)
    assert truth is not None
    files = {path.name: path.read_bytes().decode() for path in sorted(folder.iterdir())}
    texts = [
        text
        for name, content in files.items()
        if not name.endswith("_summary.txt")
        for text in content.split("\n\n\n")[:-1]
    ]
    return Sample(request.param, folder, truth, files, [read_hand(text) for text in texts])
