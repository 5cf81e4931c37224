"""Kinds of tournaments as data: seats, levels, prices, prizes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pokerlab.sample.variants import HOLDEM, OMAHA4, Variant

Level = tuple[int, int, int]
"""Small blind, big blind, ante."""

_BLINDS = (20, 30, 40, 60, 80, 100, 120, 160, 200, 250, 300, 400, 500, 600, 800, 1000, 1200, 1600, 2000, 3000, 4000)
_MORE = (5000, 6000, 8000, 10000, 12000, 16000, 20000, 25000, 30000, 40000, 50000, 60000, 80000, 100000)
_NO_ANTES = tuple((big // 2, big, 0) for big in (*_BLINDS, *_MORE[:7]))
_LATE_ANTES = tuple((big // 2, big, 0 if big < 100 else big // 10) for big in (*_BLINDS, *_MORE[:5]))
_ANTES = tuple((big // 2, big, big // 8) for big in (*_BLINDS, *_MORE[:5]))
_DEEP = tuple((big // 2, big, big // 8) for big in (*_BLINDS[8:], *_MORE, *(10 * big for big in _MORE)))


@dataclass(frozen=True, slots=True)
class Price:
    """Parts of a buy-in in cents: for the prize pool, on the player's head, for the room."""

    buy_in: int
    fee: int
    bounty: int = 0

    @property
    def total(self) -> int:
        """All that a seat costs."""
        return self.buy_in + self.bounty + self.fee


@dataclass(frozen=True, slots=True)
class Structure:
    """One kind of tournament.

    Attributes
    ----------
    shares
        Shares of the prize pool in per cent, from the first place down; empty where many places are paid.
    paid_equal
        It ends when as many players are left as there are shares (Double or Nothing).
    seconds
        Length of a level.
    mode
        ``"sng"``, or ``"tt"`` for one with a starting time and several tables.
    opening
        Who may play: ``"paid"``, ``"free"``, ``"ticket"`` or ``"play"`` (play money).
    field
        Fewest and most players of a tournament with several tables.
    late_levels
        Levels during which one may still register, or come again ``re_entries`` times.
    rebuys
        While registration is open, who is out buys another stack at once; when it ends, everybody may add one.
    progressive
        Half of a bounty goes on the head of who won it.
    ticket, ticket_value, tickets
        Prize beside money: its text, its worth in cents where the text has it, and how many places win one.
    guaranteed
        Prize pool in cents where the buy-ins make less.
    day_levels
        Levels after which the first day ends, and with it the hero's file.
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
    prices: tuple[Price, ...]
    paid_equal: bool = False
    mode: str = "sng"
    opening: str = "paid"
    variant: Variant = HOLDEM
    field: tuple[int, int] = (0, 0)
    late_levels: int = 0
    re_entries: int = 0
    rebuys: bool = False
    progressive: bool = False
    ticket: str | None = None
    ticket_value: int | None = None
    tickets: int = 0
    guaranteed: int = 0
    day_levels: int | None = None


def _prices(*parts: tuple[int, ...]) -> tuple[Price, ...]:
    return tuple(Price(*part) for part in parts)


DOUBLE_OR_NOTHING = Structure(
    "Double or Nothing", "sit_and_go", 6, 1500, _LATE_ANTES, 180, "doubleornothing", "turbo", (34, 33, 33),
    _prices((46, 4), (92, 8), (184, 16), (465, 35)), paid_equal=True,
)  # fmt: skip

SIT_AND_GOS = (
    DOUBLE_OR_NOTHING,
    Structure(
        "No Limit Hold'em", "sit_and_go", 6, 1500, _LATE_ANTES, 300, "sitngo", "semiturbo", (65, 35),
        _prices((45, 5), (90, 10), (180, 20), (450, 50)),
    ),
    Structure(
        "No Limit Hold'em", "sit_and_go", 10, 1500, _ANTES, 480, "sitngo", "normal", (50, 30, 20),
        _prices((45, 5), (180, 20), (900, 100)),
    ),
    Structure(
        "Sit&Go Duel", "sit_and_go", 2, 1000, _NO_ANTES, 180, "sitngo", "turbo", (100,),
        _prices((97, 3), (195, 5), (485, 15)),
    ),
)  # fmt: skip

NITRO = Structure(
    "Expresso Nitro", "expresso", 3, 300, _NO_ANTES, 60, "sitngo", "turbo", (100,), _prices((93, 7), (186, 14)),
)  # fmt: skip
EXPRESSOS = (
    Structure(
        "Expresso", "expresso", 3, 500, _NO_ANTES, 180, "sitngo", "turbo", (100,),
        _prices((93, 7), (186, 14), (465, 35)),
    ),
    NITRO,
)  # fmt: skip
MULTIPLIERS = (2,) * 50 + (3,) * 22 + (4,) * 19 + (5,) * 5 + (6,) * 2 + (8, 10)
"""How many buy-ins an Expresso pays, each as often as it is listed."""

_MINI = Structure(
    "MiniRoll", "tournament", 6, 5000, _DEEP, 300, "normal", "semiturbo", (), _prices((22, 3), (45, 5)), mode="tt",
    field=(60, 400), late_levels=3, re_entries=2,
)  # fmt: skip
TOURNAMENTS = (
    _MINI,
    replace(_MINI, name="FAST FOOD", seconds=120, speed="turbo", stack=4000, prices=_prices((450, 50), (900, 100))),
    replace(_MINI, name="Deepstack Hold'em", seats=9, stack=10000, speed="normal", prices=_prices((1800, 200))),
    replace(_MINI, name="Déglingos !", seats=8, prices=_prices((1350, 150)), guaranteed=500_000, re_entries=0),
)
OMAHA_TOURNAMENTS = (replace(_MINI, name="KILL'EM ALL 1", variant=OMAHA4, prices=_prices((90, 10), (180, 20))),)
KNOCKOUTS = (
    replace(_MINI, name="SPACE KO", type="knockout", progressive=True, prices=_prices((80, 20, 100), (225, 50, 225))),
    replace(
        _MINI, name="GLADIATOR", type="knockout", progressive=True, prices=_prices((2250, 500, 2250)),
        ticket="Ticket 125€", ticket_value=12500, tickets=3,
    ),
    replace(_MINI, name="Kill The Fish", type="knockout", seats=9, re_entries=0, prices=_prices((225, 50, 225))),
)  # fmt: skip
_STEP = Structure(
    "Super Freeroll Stade 1", "sit_and_go", 10, 1500, _LATE_ANTES, 180, "freeroll100k", "turbo", (),
    _prices((0, 0)), opening="free", ticket="Super Freeroll 100K Stade 2", tickets=1,
)  # fmt: skip
FREEROLLS = (
    replace(
        _MINI, name="Freeroll 150€", opening="free", prices=_prices((0, 0)), guaranteed=15_000, field=(150, 900),
        re_entries=0, late_levels=0,
    ),
    _STEP,
)  # fmt: skip
REBUYS = (replace(_MINI, name="REBUY 0,50€", prices=_prices((45, 5)), re_entries=0, rebuys=True),)
TICKETS = (
    replace(
        _MINI, name="Qualif. Ticket 5€", type="qualifier", speed="turbo", seconds=180, prices=_prices((45, 5)),
        ticket="Ticket 5€", ticket_value=500, tickets=15, re_entries=1,
    ),
    replace(
        _STEP, name="Starting Block Winamax Poker Tour", type="winamaxpokertour", opening="ticket",
        ticket="Tremplin Winamax Poker Tour",
    ),
    replace(
        _MINI, name="Birthday Freeroll", opening="ticket", prices=_prices((0, 0)), guaranteed=10_000, re_entries=0,
    ),
)  # fmt: skip
FLIGHTS = (
    replace(
        _MINI, name="#1 - W SERIES - DAY 1A", type="flight", prices=_prices((4500, 500)), day_levels=9, re_entries=1,
    ),
)  # fmt: skip
PLAY_TOURNAMENTS = (
    replace(_MINI, name="Deepstack Hold'em", opening="play", prices=_prices((450, 50), (900, 100)), re_entries=0),
    replace(SIT_AND_GOS[1], opening="play", prices=_prices((900, 100))),
)
