"""The grammar of Winamax hand histories as a table: one row a line shape.

A row says what the line means, its template, and the sections in which it may stand. ``{player}`` is a name from the
hand's list of seats; the other fields are those of `pokerlab_kernels.tokens`. Trailing blanks are not part of a line.
Shapes, counts and sources: the format notes of the project, drawn from 8,718 real files of 2010 to 2026.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

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


def program(template: str) -> bytes:
    """Turn a template into the bytes that the scan matches: literals as they are, a field as its code."""
    parts = _FIELD.split(template)
    literals, fields = parts[::2], parts[1::2]
    code = literals[0].encode()
    for name, literal in zip(fields, literals[1:], strict=True):
        code += bytes([tokens.FIELDS[name]]) + literal.encode()
    return code + bytes([tokens.END])


@cache
def compiled() -> np.ndarray:
    """Compile the table to the record that drives the scan."""
    grammar = np.zeros(1, records.GRAMMAR)
    table = grammar[0]
    programs = [program(shape.matched) for shape in SHAPES]
    code = b"".join(programs)
    table["programs"][: len(code)] = np.frombuffer(code, np.uint8)
    table["at"][: len(SHAPES)] = np.cumsum([0, *map(len, programs[:-1])])
    table["kind"][: len(SHAPES)] = [records.KINDS.index(shape.kind) for shape in SHAPES]
    table["detail"][: len(SHAPES)] = [shape.detail for shape in SHAPES]
    order: list[int] = []
    for section, name in enumerate(records.SECTIONS):
        for column, by_player in (("plain", False), ("verbs", True)):
            standing = [i for i, s in enumerate(SHAPES) if name in s.sections and s.by_player == by_player]
            for byte in sorted({programs[i][0] for i in standing}):
                shapes = [i for i in standing if programs[i][0] == byte]
                table[column][section, byte] = len(order) << 8 | len(shapes)
                order += shapes
    table["order"][: len(order)] = order
    table["n_games"] = len(GAMES)
    for row, game in enumerate(GAMES):
        text = game.text.encode()
        table["games"][row, : len(text)] = np.frombuffer(text, np.uint8)
        table["fixed_limit"][row] = game.limit == "fixed_limit"
        table["hole_cards"][row] = game.cards
        table["family"][row] = records.FAMILIES.index(game.family)
        table["hi_lo"][row] = game.hi_lo
    return grammar
