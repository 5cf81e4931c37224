"""Tournament summaries: one block of ``key : value`` lines an entry, in three generations of key order."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from pokerlab.winamax.rejects import REASONS

_MONEY = r"\d{1,12}(?:\.\d{1,2})?"
_TITLE = re.compile(r"Winamax Poker - Tournament summary : (?P<name>.+)\((?P<id>\d+)\)(?: - Late [Rr]egistration)?")
_LINES = tuple(
    re.compile(pattern)
    for pattern in (
        r"Player : (?P<hero>.+)",
        rf"Buy-In : (?:(?P<buy_in>{_MONEY}€?(?: \+ {_MONEY}€?){{1,2}})|Ticket uniquement)",
        rf"Rebuy cost : (?P<rebuy_cost>{_MONEY}€? \+ {_MONEY}€?)",
        rf"Addon cost : (?P<addon_cost>{_MONEY}€? \+ {_MONEY}€?)",
        r"Your rebuys : (?P<rebuys>\d{1,4})",
        r"Your addons : (?P<addons>\d{1,4})",
        r"Registered players : (?P<entrants>\d{1,9})",
        r"Total (?:rebuys|addons) : \d+",
        r"Mode : (?P<mode>sng|tt)(?:Type : (?P<glued_type>\w+))?",
        r"Type : (?P<type>\w+)",
        r"Speed : (?P<speed>\w+)",
        r"Flight ID : \d+",
        r"(?:Levels : ){1,2}\[.*\]",
        rf"Prizepool : (?P<prize_pool>{_MONEY})€?",
        r"Tournament started (?P<started>\d{4}/\d\d/\d\d \d\d:\d\d:\d\d) UTC",
        r"You played (?:\d+h )?(?:\d+min )?\d+s",
        r"You finished in (?:(?P<rank>\d{1,9})(?:st|nd|rd|th)|\.\.\.) place",
        rf"You won (?P<won>{_MONEY}€?|Bounty {_MONEY}€|(?:Ticket )?{_MONEY}€"
        rf"|{_MONEY}€(?: \+ Ticket {_MONEY}€)?(?: \+ Bounty {_MONEY}€)?)",
        r"You won (?P<named_ticket>[A-Z][A-Za-z].*)",
    )
)


class SummaryError(ValueError):
    """A block that is not understood; ``line`` counts from 0."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def cents(text: str) -> int:
    """Read ``9.40€`` as 940, exactly."""
    whole, _, decimals = text.strip().removesuffix("€").partition(".")
    return int(whole) * 100 + int(decimals.ljust(2, "0")[:2] or 0)


def read(text: str) -> dict[str, str]:
    """Read one block; its values are still text.

    Raises
    ------
    SummaryError
        A line is no known key, a key stands twice with another value or is missing, or a time is none.
    """
    values: dict[str, str] = {}
    for number, raw in enumerate(text.splitlines()):
        line = raw.rstrip()
        if not line:
            continue
        found = _TITLE.fullmatch(line) if number == 0 else _match(line)
        if found is None:
            raise SummaryError(number, REASONS["summary"])
        for key, value in found.groupdict().items():
            if value is None:
                continue
            if values.setdefault(key, value) != value:
                msg = f"the tournament summary says {key.replace('_', ' ')} twice: {values[key]!r} and {value!r}"
                raise SummaryError(number, msg)
        if "started" in found.groupdict() and _time(values["started"]) is None:
            msg = f"{values['started']!r} is no time"
            raise SummaryError(number, msg)
    missing = [key for key in ("id", "hero", "prize_pool", "entrants") if key not in values]
    if missing:
        msg = f"the tournament summary lacks {', '.join(missing).replace('_', ' ')}"
        raise SummaryError(0, msg)
    return values


def _time(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y/%m/%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _match(line: str) -> re.Match[str] | None:
    for pattern in _LINES:
        found = pattern.fullmatch(line)
        if found:
            return found
    return None


def _parts(text: str | None) -> list[int] | None:
    return None if text is None else [cents(part) for part in text.split("+")]


def _won(values: dict[str, str]) -> tuple[int, int, str | None, int | None]:
    """Give prize, bounties, ticket text and the ticket's value; the value is None for a ticket without an amount."""
    prize = bounties = 0
    ticket: str | None = None
    ticket_value: int | None = 0
    for part in values["won"].split(" + ") if "won" in values else ():
        kind, _, amount = part.rpartition(" ")
        if kind == "Bounty":
            bounties = cents(amount)
        elif kind == "Ticket":
            ticket, ticket_value = amount, cents(amount)
        else:
            prize = cents(amount)
    if "named_ticket" in values:
        ticket, ticket_value = values["named_ticket"], None
    return prize, bounties, ticket, ticket_value


def _bounty(paid: list[int] | None, kind: str | None) -> int | None:
    """Give the bounty's part of the buy-in; knock-outs before 2022 do not tell it apart."""
    if paid is None:
        return None
    if len(paid) == 3:
        return paid[1]
    return None if kind == "knockout" else 0


def _cost(entries: list[dict[str, str]]) -> int | None:
    """Give what all entries cost together, rebuys and add-ons included; None where a price is not known."""
    paid = _parts(entries[-1].get("buy_in"))
    if paid is None:
        return None
    cost = sum(paid) * len(entries)
    for entry in entries:
        for count, price in (("rebuys", "rebuy_cost"), ("addons", "addon_cost")):
            times = int(entry.get(count, 0))
            each = _parts(entry.get(price))
            if times and each is None:
                return None
            cost += times * sum(each or [])
    return cost


def row(entries: list[dict[str, str]], source: str, offset: int) -> dict[str, object]:
    """Make one row of the blocks of one tournament and hero, in file order; the last one knows the result."""
    values = entries[-1]
    paid = _parts(values.get("buy_in"))
    cost = _cost(entries)
    won = [_won(entry) for entry in entries]
    prize, bounties = sum(w[0] for w in won), sum(w[1] for w in won)
    ticket_values = [w[3] for w in won]
    tickets = [w[2] for w in won if w[2]]
    known = cost is not None and None not in ticket_values
    pool = cents(values["prize_pool"])
    expresso = values["name"].startswith("Expresso") and paid and sum(paid)
    kind = values.get("type") or values.get("glued_type")
    return {
        "tournament_id": values["id"],
        "name": values["name"],
        "hero": values["hero"],
        "buy_in": None if paid is None else paid[0],
        "fee": None if paid is None else paid[-1],
        "bounty": _bounty(paid, kind),
        "currency": "EUR" if "€" in values.get("buy_in", "€") else "play",
        "entries": len(entries),
        "entrants": int(values["entrants"]),
        "prize_pool": pool,
        "multiplier": pool / sum(paid) if expresso and paid else None,
        "speed": values.get("speed"),
        "type": kind,
        "started_at": _time(values["started"]) if "started" in values else None,
        "rank": int(values["rank"]) if "rank" in values else None,
        "prize": prize,
        "bounties_won": bounties,
        "ticket": " + ".join(tickets) or None,
        "cost": cost,
        "net": prize + bounties + sum(v or 0 for v in ticket_values) - (cost or 0) if known else None,
        "source": source,
        "offset": offset,
    }
