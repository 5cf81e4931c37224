"""The grammar of Winamax hand histories as a table: one row a line shape.

A row says what the line means, its template, and the sections in which it may stand. ``{player}`` is a name from the
hand's list of seats; the other fields are those of `pokerlab_kernels.tokens`. Trailing blanks are not part of a line.
Shapes, counts and sources: the format notes of the project, drawn from 8,718 real files of 2010 to 2026.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import NamedTuple

import numpy as np

from pokerlab_kernels import records, tokens

BETTING = ("preflop", "flop", "turn", "river")
STUD = ("third", "fourth", "fifth", "sixth", "seventh")
DRAWS = ("draw1", "draw2", "draw3")
ALL_BETTING = (*BETTING, *STUD, "bet1", "bet2", "bet3", "bet4")
_PLAYER = "{player} "
_SEAT_PLAYER = "Seat {int}: {player}{roles} "


@dataclass(frozen=True, slots=True)
class Shape:
    """One line shape.

    Attributes
    ----------
    kind
        What the line says: a name of `pokerlab_kernels.records.KINDS`.
    template
        The line, with fields in braces.
    sections
        Where it may stand: names of `pokerlab_kernels.records.SECTIONS`.
    detail
        A number that the kind gives a meaning: a header's texts and unit, a section's code, whether a total is raked.
    """

    kind: str
    template: str
    sections: tuple[str, ...]
    detail: int = 0

    @property
    def by_player(self) -> bool:
        """Whether the line is found by the player's name it begins with."""
        return self.template.startswith((_PLAYER, _SEAT_PLAYER))

    @property
    def matched(self) -> str:
        """The part of the template that the scan matches: what follows the player's name, or all."""
        return self.template.removeprefix(_PLAYER).removeprefix(_SEAT_PLAYER)


_TAIL = " - HandId: #{id} - {text} ({stakes}) - {stamp} UTC"


def _header(title: str, *, chips: bool = False) -> Shape:
    detail = title.count("{text}") * records.TITLE_TEXTS + (records.TITLE_IN_CHIPS if chips else 0)
    return Shape("header", f"Winamax Poker - {title}{_TAIL}", ("outside",), detail)


def _opens(name: str, template: str, after: tuple[str, ...]) -> Shape:
    """Give the line that begins a section behind one of the sections ``after``."""
    return Shape("section", template, after, records.SECTIONS.index(name))


SHAPES: tuple[Shape, ...] = (
    _header("CashGame"),
    _header('Go Fast "{text}"'),
    _header('HOLD-UP "{text}"'),
    _header('ESCAPE "{text}"'),
    _header('Tournament "{text}" buyIn: {text} level: {text}', chips=True),
    Shape("table", "Table: '{text}' {int}-max (real money) Seat #{int} is the button", ("seats",), 0),
    Shape("table", "Table: '{text}' {int}-max (play money) Seat #{int} is the button", ("seats",), 1),
    Shape("table", "Table: '{text}' {int}-max (real money)", ("seats",), 2),
    Shape("table", "Table: '{text}' {int}-max (play money)", ("seats",), 3),
    Shape("table", "Table '{text}' {int}-max (real money) Seat #{int} is the button", ("seats",), 0),
    Shape("bounty_seat", "Seat {int}: {text} ({money}, {money} bounty)", ("seats",)),
    Shape("seat", "Seat {int}: {text} ({money})", ("seats",)),
    Shape("added", "Hold-up to Pot: total {money}", ("seats",)),
    _opens("blinds", "*** ANTE/BLINDS ***", ("seats",)),
    Shape("ante", "{player} posts ante {money}{all_in}", ("blinds",)),
    Shape("dead_blind", "{player} posts small blind {money} out of position{all_in}", ("blinds",)),
    Shape("small_blind", "{player} posts small blind {money}{all_in}", ("blinds",)),
    Shape("live_blind", "{player} posts big blind {money} out of position{all_in}", ("blinds",)),
    Shape("big_blind", "{player} posts big blind {money}{all_in}", ("blinds",)),
    Shape("deny", "{player} denies big blind", ("blinds",)),
    Shape("deny", "{player} denies small blind", ("blinds",)),
    Shape("deny", "{player} deny BB 0€", ("blinds",)),
    Shape("absent", "{text} deny BB 0€", ("blinds",)),
    Shape("blind_raise", "{player} raises {money} to {money}", ("blinds",)),
    Shape("dealt", "Dealt to {text} [{cards}]", ("blinds",)),
    _opens("preflop", "*** PRE-FLOP ***", ("blinds",)),
    _opens("flop", "*** FLOP *** [{cards}]", ("preflop",)),
    _opens("flop", "*** FLOP ***: [{cards}]", ("preflop",)),
    _opens("turn", "*** TURN *** [{cards}][{cards}]", ("flop",)),
    _opens("turn", "*** TURN *** [{cards}] [{cards}]", ("flop",)),
    _opens("turn", "*** TURN ***: [{cards}][{cards}]", ("flop",)),
    _opens("turn", "*** TURN ***: [{cards}] [{cards}]", ("flop",)),
    _opens("river", "*** RIVER *** [{cards}][{cards}]", ("turn",)),
    _opens("river", "*** RIVER *** [{cards}] [{cards}]", ("turn",)),
    _opens("river", "*** RIVER ***: [{cards}][{cards}]", ("turn",)),
    _opens("river", "*** RIVER ***: [{cards}] [{cards}]", ("turn",)),
    _opens("third", "*** 3rd STREET ***", ("blinds",)),
    _opens("third", "*** THIRD ***", ("blinds",)),
    _opens("fourth", "*** 4th STREET ***", ("third",)),
    _opens("fourth", "*** FOURTH ***", ("third",)),
    _opens("fifth", "*** 5th STREET ***", ("fourth",)),
    _opens("fifth", "*** FIFTH ***", ("fourth",)),
    _opens("sixth", "*** 6th STREET ***", ("fifth",)),
    _opens("sixth", "*** SIXTH ***", ("fifth",)),
    _opens("seventh", "*** 7th STREET ***", ("sixth",)),
    _opens("seventh", "*** SEVENTH ***", ("sixth",)),
    Shape("open_cards", "Dealt to {name} [{xcards}]", ("third", "bet1"), 1),
    Shape("open_cards", "Dealt to {name} [{xcards}] [{xcards}]", STUD[1:], 2),
    Shape("bring_in", "{player} brings in {money}{all_in}", ("third",)),
    Shape("bring_in", "{player} bring-in {money}{all_in}", ("third",)),
    _opens("bet1", "*** FIRST-BET ***", ("blinds",)),
    _opens("draw1", "*** FIRST-DRAW ***", ("bet1",)),
    _opens("bet2", "*** SECOND-BET ***", ("draw1",)),
    _opens("draw2", "*** SECOND-DRAW ***", ("draw1", "bet2")),
    _opens("bet3", "*** THIRD-BET ***", ("draw2",)),
    _opens("draw3", "*** THIRD-DRAW ***", ("draw2", "bet3")),
    _opens("bet4", "*** FOURTH-BET ***", ("draw3",)),
    Shape("discard", "{player} discard {int} card", DRAWS),
    Shape("discard", "{player} discard {int} cards", DRAWS),
    Shape("stand_pat", "{player} stands pat [{xcards}]", DRAWS),
    Shape("fold", "{player} folds", ALL_BETTING),
    Shape("check", "{player} checks", ALL_BETTING),
    Shape("call", "{player} calls {money}{all_in}", ALL_BETTING),
    Shape("bet", "{player} bets {money}{all_in}", ALL_BETTING),
    Shape("raise", "{player} raises {money} to {money}{all_in}", ALL_BETTING),
    Shape("raise", "{player} raises -{money} to {money}{all_in}", ("third",)),
    _opens("showdown", "*** SHOW DOWN ***", ("river", "seventh", "draw3", "bet4")),
    Shape("show", "{player} shows [{cards}] ({rank})", (*ALL_BETTING, "showdown")),
    Shape("collect", "{player} collected {money} from pot", (*ALL_BETTING, "showdown")),
    Shape("collect", "{player} collected {money} from pot(HI)", (*ALL_BETTING, "showdown"), 1),
    Shape("collect", "{player} collected {money} from pot(LO)", (*ALL_BETTING, "showdown"), 1),
    Shape("collect", "{player} collected {money} from pot (HI)", (*ALL_BETTING, "showdown"), 1),
    Shape("collect", "{player} collected {money} from pot (LO)", (*ALL_BETTING, "showdown"), 1),
    Shape("collect", "{player} collected {money} from main pot", ("showdown",)),
    Shape("collect", "{player} collected {money} from side pot {int}", ("showdown",)),
    _opens("summary", "*** SUMMARY ***", (*ALL_BETTING, "showdown")),
    Shape("total_pot", "Total pot {money} | No rake", ("summary",), 0),
    Shape("total_pot", "Total pot {money} | Rake {money}", ("summary",), 1),
    Shape("rounded_pot", "Total pot {money}k | No rake", ("summary",)),
    Shape("board", "Board: [{cards}]", ("summary",)),
    Shape("showed_won", "Seat {int}: {player}{roles} showed [{cards}] and won {money} with {rank}", ("summary",)),
    Shape("showed_lost", "Seat {int}: {player}{roles} showed [{cards}] and lost with {rank}", ("summary",)),
    Shape("won", "Seat {int}: {player}{roles} won {money}", ("summary",)),
    *(
        Shape("folded", f"Seat {{int}}: {{player}}{{roles}} folded on the {name}", ("summary",), street)
        for street, name in enumerate(("pre-flop", "flop", "turn", "river"), 1)
    ),
    Shape("folded", "Seat {int}: {player}{roles} folded", ("summary",)),
    Shape("mucked", "Seat {int}: {player}{roles} mucked", ("summary",)),
)


@dataclass(frozen=True, slots=True)
class Game:
    """One spelling of a game in a header, how many cards it deals to a player at most, and how it deals them."""

    text: str
    game: str
    limit: str
    cards: int
    family: str = "board"

    @property
    def hi_lo(self) -> bool:
        """Whether the best high and the best low hand share the pot."""
        return self.game.endswith("_hilo")


GAMES: tuple[Game, ...] = (
    Game("Holdem no limit", "holdem", "no_limit", cards=2),
    Game("Holdem fixed limit", "holdem", "fixed_limit", cards=2),
    Game("Holdem pot limit", "holdem", "pot_limit", cards=2),
    Game("Omaha pot limit", "omaha4", "pot_limit", cards=4),
    Game("5 Card Omaha pot limit", "omaha5", "pot_limit", cards=5),
    Game("Omaha5 pot limit", "omaha5", "pot_limit", cards=5),
    Game("5 Card Omaha Hi/Lo pot limit", "omaha5_hilo", "pot_limit", cards=5),
    Game("Omaha Hi/Lo pot limit", "omaha4_hilo", "pot_limit", cards=4),
    Game("Omaha8 pot limit", "omaha4_hilo", "pot_limit", cards=4),
    Game("7-Card Stud fixed limit", "stud", "fixed_limit", cards=7, family="stud"),
    Game("7stud fixed limit", "stud", "fixed_limit", cards=7, family="stud"),
    Game("7-Card Stud Hi/Lo fixed limit", "stud_hilo", "fixed_limit", cards=7, family="stud"),
    Game("Razz fixed limit", "razz", "fixed_limit", cards=7, family="stud"),
    Game("2-7 Triple Draw fixed limit", "deuce_to_seven", "fixed_limit", cards=5, family="draw"),
    Game("Lowball27 fixed limit", "deuce_to_seven", "fixed_limit", cards=5, family="draw"),
)
"""Games as headers spell them; others are rejected by rule ``game``.

``5 Card Omaha Hi/Lo`` stands for a high-only game in some files of 2016: what a header says is what counts here.
"""

_FIELD = re.compile(r"\{(\w+)\}")
_WORD = 8
"""The scan compares so many bytes of a literal at once."""

_UP_TO_LITERAL = ("text", "name")


class Step(NamedTuple):
    """One step of a template: a code of `pokerlab_kernels.tokens`, and the bytes of a literal, at most eight.

    A text or a name goes up to the literal behind it, so its step carries all of that.
    """

    op: int
    text: bytes = b""


def program(template: str) -> list[Step]:
    """Turn a template into the steps that match it, one behind the other."""
    parts = _FIELD.split(template)
    steps = _words(parts[0])
    for name, literal in zip(parts[1::2], parts[2::2], strict=True):
        steps += [Step(tokens.FIELDS[name], literal.encode() if name in _UP_TO_LITERAL else b""), *_words(literal)]
    return [*steps, Step(tokens.END)]


def _words(literal: str) -> list[Step]:
    data = literal.encode()
    return [Step(tokens.LITERAL, data[start : start + _WORD]) for start in range(0, len(data), _WORD)]


_Program = tuple[list[Step], int]
"""The steps of a shape that are still to be laid down, and its number."""


class _Steps:
    """Writes the steps of shapes into the table; shapes beside each other share the steps in which they begin."""

    def __init__(self, table: np.void) -> None:
        self.table = table
        self.count = 0
        self._laid: dict[tuple[int, ...], int] = {}

    def lay(self, shapes: tuple[int, ...]) -> int:
        """Lay down shapes that are tried in this order; give the first step."""
        if shapes not in self._laid:
            self._laid[shapes] = self._choice([(program(SHAPES[i].matched), i) for i in shapes], tokens.NO, 0)
        return self._laid[shapes]

    def _choice(self, programs: list[_Program], otherwise: int, depth: int) -> int:
        groups = [list(group) for _, group in groupby(programs, key=lambda item: item[0][0])]
        depth += len(groups) > 1
        for group in reversed(groups):
            otherwise = self._shared(group, otherwise, depth, saves=depth if len(groups) > 1 else 0)
        return otherwise

    def _shared(self, group: list[_Program], otherwise: int, depth: int, saves: int) -> int:
        (step, *_), shape = group[0]
        last = step.op == tokens.END
        then = shape if last else self._choice([(steps[1:], i) for steps, i in group], otherwise, depth)
        row, self.count = self.count, self.count + 1
        literal = step.text if step.op == tokens.LITERAL else b""
        fields = {"op": step.op, "length": len(literal), "saves": saves, "then": then, "otherwise": otherwise}
        for name, value in fields.items():
            self.table[name][row] = value
        self.table["text"][row] = int.from_bytes(literal.ljust(_WORD, b"\0"), sys.byteorder)
        self.table["mask"][row] = int.from_bytes((b"\xff" * len(literal)).ljust(_WORD, b"\0"), sys.byteorder)
        return row


def _first_byte(shape: Shape) -> int:
    """Give the byte that a shape begins with; for one that begins with a field, the field's code."""
    step = program(shape.matched)[0]
    return step.text[0] if step.op == tokens.LITERAL else step.op


@cache
def compiled() -> np.ndarray:
    """Compile the table to the record that drives the scan."""
    grammar = np.zeros(1, records.GRAMMAR)
    table = grammar[0]
    table["kind"][: len(SHAPES)] = [records.KINDS.index(shape.kind) for shape in SHAPES]
    table["detail"][: len(SHAPES)] = [shape.detail for shape in SHAPES]
    steps = _Steps(table)
    for column, by_player in (("plain", False), ("verbs", True)):
        table[column][:] = tokens.NO
        for section, name in enumerate(records.SECTIONS):
            standing = [i for i, s in enumerate(SHAPES) if name in s.sections and s.by_player == by_player]
            first = {i: _first_byte(SHAPES[i]) for i in standing}
            for byte in sorted(set(first.values())):
                table[column][section, byte] = steps.lay(tuple(i for i in standing if first[i] == byte))
    table["n_games"] = len(GAMES)
    for row, game in enumerate(GAMES):
        text = game.text.encode()
        table["games"][row, : len(text)] = np.frombuffer(text, np.uint8)
        table["fixed_limit"][row] = game.limit == "fixed_limit"
        table["hole_cards"][row] = game.cards
        table["family"][row] = records.FAMILIES.index(game.family)
        table["hi_lo"][row] = game.hi_lo
    return grammar
