"""Mini-hands: a notation short enough to write by hand, turned into the Winamax text of the whole hand.

::

    == a title, and behind a semicolon who counts otherwise ; fpdb: no chance
    6max 100bb CO=20 | UTG f, HJ r3, CO c, BTN f, SB f, BB f | x, b4, f
    HJ: rfi 1/1, three_bet 0/0; CO: spr_f =2.3

The first field is the table: players dealt in, their stacks in big blinds, other stacks by position; then what is
unusual: ``ante=0.1``; ``game=omaha4`` or ``limit`` (see `GAMES`); ``no-sb`` (its seat is empty); ``late=CO`` (a big
blind out of position), ``dead=CO`` (a small one besides); ``out`` (a player OUT sits there and is not dealt in).

The streets follow; who acts may be left out, since the rules say it, and is checked where it stands. ``f`` fold, ``x``
check, ``c`` call, ``b4`` bet 4 big blinds, ``r3`` raise to 3, ``a`` put in all. The last field may be ``win CO BTN``:
who shares the pot; otherwise the first who is left wins. Streets behind the last are dealt out where two are left.

Expected is count/chances; ``=`` and a number or ``null`` for a mean.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

BB = 200
"""A big blind in cents."""
GAMES = {
    "holdem": ("Holdem no limit", 2),
    "limit": ("Holdem fixed limit", 2),
    "omaha4": ("Omaha pot limit", 4),
}
NAMES = {
    2: "SB BB",
    3: "SB BB BTN",
    4: "SB BB CO BTN",
    5: "SB BB UTG CO BTN",
    6: "SB BB UTG HJ CO BTN",
    7: "SB BB UTG LJ HJ CO BTN",
    8: "SB BB UTG UTG+1 LJ HJ CO BTN",
    9: "SB BB UTG UTG+1 UTG+2 LJ HJ CO BTN",
}
"""Positions in the order of the seats; the last has the button, heads-up the first."""
STREETS = ("PRE-FLOP", "FLOP", "TURN", "RIVER")
BOARD = ("2c", "7h", "9s", "Jd", "3c")
DECK = [rank + suit for rank in "AKQT8654" for suit in "cdhs"]
_EXPECTED = re.compile(r"(\w+) (?:(\d+)/(\d+)|=(null|-?[\d.]+))")


def cents(big_blinds: str) -> int:
    return round(float(big_blinds) * BB)


def euros(amount: int) -> str:
    return f"{amount // 100}€" if amount % 100 == 0 else f"{amount / 100:.2f}€"


@dataclass
class Case:
    """One mini-hand with what is expected of it."""

    title: str
    play: str
    counts: dict[tuple[str, str], tuple[int, int]]
    means: dict[tuple[str, str], float | None]


def read_cases(text: str) -> list[Case]:
    """Read cases, which blank lines part; lines that begin with ``#`` are left out."""
    kept = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    return [_read_case(block.strip()) for block in re.split(r"\n\s*\n", kept) if block.strip()]


def _read_case(block: str) -> Case:
    title, *rest = block.splitlines()
    if not title.startswith("== "):
        msg = f"a case begins with '== title': {title!r}"
        raise ValueError(msg)
    play = " ".join(line for line in rest if not re.match(r"[A-Z]\S*: ", line))
    case = Case(title.removeprefix("== "), play, {}, {})
    for line in rest:
        if line not in play:
            for player in line.split(";"):
                name, _, expected = player.strip().partition(": ")
                _expect(case, name, expected)
    return case


def _expect(case: Case, name: str, expected: str) -> None:
    for item in expected.split(","):
        found = _EXPECTED.fullmatch(item.strip())
        if not found:
            msg = f"{case.title}: expected 'code 0/1' or 'code =0.5', not {item!r}"
            raise ValueError(msg)
        code, count, chances, mean = found.groups()
        if mean is None:
            case.counts[name, code] = int(count), int(chances)
        else:
            case.means[name, code] = None if mean == "null" else float(mean)


@dataclass
class Game:
    """A hand while it is played."""

    names: list[str]
    stack: dict[str, int]
    button: str
    ante: int = 0
    game: str = "holdem"
    is_out: bool = False
    late: list[str] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)
    live: dict[str, int] = field(default_factory=dict)
    put_in: dict[str, int] = field(default_factory=dict)
    folded: set[str] = field(default_factory=set)
    due: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.live = dict.fromkeys(self.names, 0)
        self.put_in = dict.fromkeys(self.names, 0)
        self.start = dict(self.stack)
        self.seats = {name: seat for seat, name in enumerate(self.names, 1)}

    @property
    def left(self) -> list[str]:
        return [name for name in self.names if name not in self.folded]

    @property
    def level(self) -> int:
        return max(self.live.values())

    def pay(self, name: str, amount: int, *, live: bool = True) -> str:
        """Put in an amount; give the words that follow it."""
        self.stack[name] -= amount
        self.put_in[name] += amount
        self.live[name] += amount if live else 0
        return " and is all-in" if self.stack[name] == 0 else ""

    def say(self, line: str) -> None:
        self.lines.append(line)

    def from_seat(self, first: str) -> list[str]:
        at = self.names.index(first)
        return self.names[at:] + self.names[:at]


def _open_table(words: str) -> Game:
    """Read the first field of a hand."""
    size, stack, *options = words.split()
    names = NAMES[int(size.removesuffix("max"))].split()
    stacks = dict.fromkeys(names, cents(stack.removesuffix("bb")))
    game = Game(names, stacks, names[0] if len(names) == 2 else names[-1])
    for option in options:
        key, _, value = option.partition("=")
        if key in game.stack:
            game.stack[key] = game.start[key] = cents(value)
        elif key == "ante":
            game.ante = cents(value)
        elif key == "game":
            game.game = value
        elif key == "no-sb":
            game.names.remove("SB")
        elif key == "out":
            game.is_out = True
        elif key in {"late", "dead"}:
            getattr(game, key).append(value)
        else:
            msg = f"unknown option {option!r}"
            raise ValueError(msg)
    return game


def _post(game: Game) -> None:
    for name in game.names if game.ante else ():
        amount = min(game.ante, game.stack[name])
        game.say(f"{name} posts ante {euros(amount)}{game.pay(name, amount, live=False)}")
    for name, blind, full in (("SB", "small blind", BB // 2), ("BB", "big blind", BB)):
        amount = min(full, game.stack[name])
        if amount and name in game.names:
            game.say(f"{name} posts {blind} {euros(amount)}{game.pay(name, amount)}")
    for name in game.dead:
        game.say(f"{name} posts small blind {euros(BB // 2)} out of position{game.pay(name, BB // 2, live=False)}")
    for name in game.late + game.dead:
        game.say(f"{name} posts big blind {euros(BB)} out of position{game.pay(name, BB)}")


def _act(game: Game, name: str, move: str, dead: int, level: int) -> bool:
    """Do one action; tell whether it is a bet or raise."""
    facing = level - game.live[name]
    verb, size = move[0], move[1:]
    if verb == "a":
        total = game.live[name] + game.stack[name]
        verb, size = ("c", "") if total <= level else ("r" if level else "b", str(total / BB))
    if verb == "f":
        game.folded.add(name)
        game.say(f"{name} folds")
    elif verb == "x":
        game.say(f"{name} checks")
    elif verb == "c":
        amount = min(facing, game.stack[name])
        game.say(f"{name} calls {euros(amount)}{game.pay(name, amount)}")
    elif verb == "b":
        game.say(f"{name} bets {euros(cents(size))}{game.pay(name, cents(size))}")
    elif verb == "r":
        total = cents(size)
        suffix = game.pay(name, total - game.live[name])
        game.say(f"{name} raises {euros(total - level)} to {euros(total + dead)}{suffix}")
    else:
        msg = f"unknown action {move!r}"
        raise ValueError(msg)
    return verb in "br"


def _bet_round(game: Game, street: str, moves: str) -> None:
    """Play one street: whose turn it is, is checked."""
    if street != "PRE-FLOP":
        game.live = dict.fromkeys(game.names, 0)
    begin = [*game.from_seat(game.button)[1:], game.button]
    if street == "PRE-FLOP":
        begin = [*game.from_seat("BB")[1:], "BB"]
    due = [name for name in begin if name not in game.folded and game.stack[name]]
    for word in moves.split(","):
        move = word.split()
        while due and (due[0] in game.folded or not game.stack[due[0]]):
            due.pop(0)
        name = due.pop(0) if due and len(game.left) > 1 else "nobody"
        if name == "nobody" or (len(move) == 2 and move[0] != name):
            msg = f"it is the turn of {name} on the {street} for {word.strip()!r}: {moves}"
            raise ValueError(msg)
        level = max(game.level, BB) if street == "PRE-FLOP" else game.level
        dead = BB // 2 if name in game.dead and street == "PRE-FLOP" else 0
        if _act(game, name, move[-1], dead, level):
            after = game.from_seat(name)[1:]
            due = [other for other in after if other not in game.folded]
    waiting = [name for name in due if name not in game.folded and game.stack[name] and game.live[name] < game.level]
    if waiting and len(game.left) > 1:
        msg = f"it is still the turn of {waiting} on the {street}: {moves}"
        raise ValueError(msg)


def _board(street: int) -> str:
    cards = BOARD[: street + 2]
    return f" [{' '.join(cards)}]" if street == 1 else f" [{' '.join(cards[:-1])}][{cards[-1]}]"


def _pay_out(game: Game, winners: list[str]) -> dict[str, int]:
    """Share each layer of the pot among the winners who put in as much; the uncalled excess goes back to its owner."""
    due = {name: game.put_in[name] - (BB // 2 if name in game.dead else 0) for name in game.names}
    won: dict[str, int] = {}
    below, dead = 0, len(game.dead) * (BB // 2)
    for layer in sorted({amount for amount in due.values() if amount}):
        amount = dead + sum(min(put_in, layer) - min(put_in, below) for put_in in due.values())
        eligible = [name for name in game.left if due[name] >= layer]
        sharers = [name for name in winners if name in eligible] or eligible[:1]
        share, odd = divmod(amount, len(sharers))
        for name in sharers:
            won[name] = won.get(name, 0) + share + (odd if name == sharers[0] else 0)
        below, dead = layer, 0
    return won


def _finish(game: Game, winners: list[str], shown: int) -> None:
    """Tell the showdown, if there is one, and the summary."""
    showdown = len(game.left) > 1
    won = _pay_out(game, winners or game.left[:1])
    _, hole = GAMES[game.game]
    deck = iter(DECK)
    cards = {name: " ".join(next(deck) for _ in range(hole)) for name in game.left}
    if showdown:
        game.say("*** SHOW DOWN ***")
        for name in game.left:
            game.say(f"{name} shows [{cards[name]}] (High card : Ace)")
    for name, amount in won.items():
        game.say(f"{name} collected {euros(amount)} from pot")
    game.say("*** SUMMARY ***")
    game.say(f"Total pot {euros(sum(won.values()))} | No rake")
    if shown:
        game.say(f"Board: [{' '.join(BOARD[: shown + 2])}]")
    for name in game.names:
        seat, roles = game.seats[name], {"SB": " (small blind)", "BB": " (big blind)"}.get(name, "")
        roles += " (button)" if name == game.button else ""
        if name in game.left and showdown:
            result = f"won {euros(won[name])} with" if name in won else "lost with"
            game.say(f"Seat {seat}: {name}{roles} showed [{cards[name]}] and {result} High card : Ace")
        elif name in won:
            game.say(f"Seat {seat}: {name}{roles} won {euros(won[name])}")


def text_of(play: str, number: int) -> str:
    """Give the Winamax text of a mini-hand."""
    table, *streets = (part.strip() for part in play.split("|"))
    winners = streets.pop().split()[1:] if streets[-1].startswith("win ") else []
    game = _open_table(table)
    if "ante" in table:
        stakes = f"{euros(game.ante)}/{euros(BB // 2)}/{euros(BB)}"
    else:
        stakes = f"{euros(BB)}/{euros(2 * BB)}" if game.game == "limit" else f"{euros(BB // 2)}/{euros(BB)}"
    game.say(
        f"Winamax Poker - CashGame - HandId: #{number}-1-1700000000 - {GAMES[game.game][0]} ({stakes}) - "
        "2023/11/14 22:13:20 UTC"
    )
    size = len(game.seats) + game.is_out
    game.say(f"Table: 'Truth' {size}-max (real money) Seat #{game.seats[game.button]} is the button")
    for name in game.names:
        game.say(f"Seat {game.seats[name]}: {name} ({euros(game.start[name])})")
    if game.is_out:
        game.say(f"Seat {size}: OUT ({euros(100 * BB)})")
    game.say("*** ANTE/BLINDS ***")
    _post(game)
    for number_of_street, moves in enumerate(streets):
        name = STREETS[number_of_street]
        game.say(f"*** {name} ***{_board(number_of_street) if number_of_street else ' '}")
        _bet_round(game, name, moves)
    shown = len(streets) - 1
    if len(game.left) > 1:
        if len(streets) < len(STREETS) and sum(game.stack[name] > 0 for name in game.left) > 1:
            msg = f"{game.left} have chips and no {STREETS[len(streets)]}: {play}"
            raise ValueError(msg)
        for street in range(len(streets), 4):
            game.say(f"*** {STREETS[street]} ***{_board(street)}")
        shown = 3
    _finish(game, winners, shown)
    return "\n".join(game.lines) + "\n\n\n"
