"""Tournament summaries as the Winamax client writes them: a block for each entry, in the words of its time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pokerlab.sample.era import paris_offset
from pokerlab.sample.text import clock, euros, plain

if TYPE_CHECKING:
    from pokerlab.sample.structures import Price, Structure
    from pokerlab.sample.text import Venue


@dataclass(frozen=True, slots=True)
class Bought:
    """Stacks bought beside the first."""

    rebuys: int
    addons: int
    total_rebuys: int
    total_addons: int


@dataclass(frozen=True, slots=True)
class Entry:
    """How one entry ended: amounts in cents.

    Attributes
    ----------
    late
        Out while registration was open.
    bought
        Rebuys and add-ons of the hero, and of everybody, where there are any.
    entrants, prize_pool
        As they stood then.
    ticket
        What was won beside money, as printed: ``"Ticket 5€"``, or a name.
    ticket_value
        Its worth where it is printed.
    """

    seconds: int
    rank: int
    entrants: int
    prize_pool: int
    prize: int = 0
    bounties: int = 0
    ticket: str | None = None
    ticket_value: int | None = None
    late: bool = False
    bought: Bought | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What the summary of a tournament tells."""

    venue: Venue
    structure: Structure
    hero: str
    price: Price
    multiplier: int | None
    started: int
    flight: int
    entries: tuple[Entry, ...]

    @property
    def is_bare(self) -> bool:
        """Tell whether the summary lacks speed and flight, as those of Expressos did in 2023."""
        return self.structure.format == "expresso" and self.venue.era.bare_expresso

    @property
    def type(self) -> str | None:
        """Type as printed, or None."""
        return None if self.venue.era.keys == "short" else self.structure.type

    @property
    def speed(self) -> str | None:
        """Speed as printed, or None."""
        return None if self.venue.era.keys == "short" or self.is_bare else self.structure.speed

    @property
    def money_parts(self) -> tuple[int, int | None, int] | None:
        """Prize part, bounty (None where it is in the first) and fee; None where the summary tells no amount."""
        price, era = self.price, self.venue.era
        if self.structure.opening == "ticket" and era.keys == "short":
            return None
        if price.bounty and not era.bounty_in_summary:
            return price.buy_in + price.bounty, None, price.fee
        return price.buy_in, price.bounty, price.fee

    def text(self) -> str:
        """Print all blocks of a ``_summary.txt``."""
        return "".join(block_text(self, entry) for entry in self.entries)

    @property
    def cost(self) -> int | None:
        """All that the hero paid, as far as the summary tells."""
        if self.money_parts is None:
            return None
        stacks = len(self.entries) + sum(e.bought.rebuys + e.bought.addons for e in self.entries if e.bought)
        return stacks * self.price.total

    @property
    def offset(self) -> int:
        """Byte of the last block in the file."""
        return sum(len(block_text(self, entry).encode()) for entry in self.entries[:-1])


def block_text(result: Result, entry: Entry) -> str:
    """Print the block of one entry."""
    venue, era = result.venue, result.venue.era
    money = euros if venue.real else plain
    started = result.started + (paris_offset(result.started) if era.paris_clock else 0)
    mine, total = _bought(result, entry)
    keys, pool = _keys(result), [*total, f"Prizepool : {money(entry.prize_pool)}"]
    lines = [
        f"Winamax Poker - Tournament summary : {result.structure.name}({venue.tournament_id})"
        f"{era.late if entry.late else ''}",
        f"Player : {result.hero}",
        f"Buy-In : {_price(result)}",
        *mine,
        f"Registered players : {entry.entrants}",
        *(keys + pool if era.keys == "lines" else pool + keys),
        f"Tournament started {clock(started)}",
        f"You played {duration(entry.seconds)}{'' if result.is_bare else ' '}",
        f"You finished in {ordinal(entry.rank)} place",
    ]
    won = [money(entry.prize)] if entry.prize else []
    won += [entry.ticket] if entry.ticket else []
    won += [f"Bounty {money(entry.bounties)}"] if entry.bounties else []
    if won:
        lines.append(f"You won {' + '.join(won)}")
    return "\n".join(lines) + era.summary_end


def _price(result: Result) -> str:
    parts = result.money_parts
    if parts is None:
        return "Ticket uniquement"
    money = euros if result.venue.real else plain
    return " + ".join(money(part) for number, part in enumerate(parts) if part is not None and (part or number != 1))


def _bought(result: Result, entry: Entry) -> tuple[list[str], list[str]]:
    """Give the lines about stacks that the hero bought, and those about all of them."""
    bought, price = entry.bought, _price(result)
    if bought is None:
        return [], []
    mine = [
        f"Rebuy cost : {price}",
        f"Addon cost : {price}",
        f"Your rebuys : {bought.rebuys}",
        f"Your addons : {bought.addons}",
    ]
    return mine, [f"Total rebuys : {bought.total_rebuys}", f"Total addons : {bought.total_addons}"]


def _keys(result: Result) -> list[str]:
    """Give the lines between the number of players and the time of the start, but for the prize pool."""
    structure, era = result.structure, result.venue.era
    levels = f"Levels : [{_levels(result)}]"
    if era.keys == "short":
        return []
    if era.keys == "glued":
        return [f"Mode : {structure.mode}Type : {structure.type}", f"Speed : {structure.speed}", levels]
    if result.is_bare:
        return [f"Mode : {structure.mode}", f"Type : {structure.type}", levels]
    return [
        f"Mode : {structure.mode}",
        f"Type : {structure.type}",
        f"Speed : {structure.speed}",
        f"Flight ID : {result.flight}",
        f"Levels : {levels}",
    ]


def _levels(result: Result) -> str:
    structure, era = result.structure, result.venue.era
    chips = str if era.keys == "lines" else abbreviated
    joint = "" if era.joins_levels and structure.mode == "sng" else ","
    end = f"{structure.seconds}:{structure.variant.slug}"
    return joint.join(f"{chips(small)}-{chips(big)}:{chips(ante)}:{end}" for small, big, ante in structure.levels)


def abbreviated(chips: int) -> str:
    """Print chips as the levels of summaries did until 2017.

    Examples
    --------
    >>> abbreviated(800), abbreviated(1250), abbreviated(12_500_000)
    ('800', '1,25k', '12,5M')
    """
    for size, sign in ((1_000_000, "M"), (1_000, "k")):
        if chips >= size:
            return f"{chips / size:g}{sign}".replace(".", ",")
    return str(chips)


def ordinal(place: int) -> str:
    """Print a place as Winamax does: ``st``, ``nd``, ``rd`` for the first three only, so ``21th``.

    Examples
    --------
    >>> ordinal(2), ordinal(22)
    ('2nd', '22th')
    """
    return f"{place}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(place, 'th') }"


def duration(seconds: int) -> str:
    """Print a playing time.

    Examples
    --------
    >>> duration(3725), duration(59)
    ('1h 2min 5s', '59s')
    """
    hours, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    words = [f"{hours}h"] if hours else []
    if minutes or hours:
        words.append(f"{minutes}min")
    return " ".join([*words, f"{rest}s"])
