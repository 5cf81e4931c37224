"""Tournament summaries: one block of ``key : value`` lines an entry, in three generations of key order."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

_MONEY = r"\d+(?:\.\d+)?"
_TITLE = re.compile(r"Winamax Poker - Tournament summary : (?P<name>.+)\((?P<id>\d+)\)(?: - Late [Rr]egistration)?")
_LINES = tuple(
    re.compile(pattern)
    for pattern in (
        r"Player : (?P<hero>.+)",
        rf"Buy-In : (?:(?P<buy_in>{_MONEY}€?(?: \+ {_MONEY}€?){{1,2}})|Ticket uniquement)",
        rf"Rebuy cost : (?P<rebuy_cost>{_MONEY}€? \+ {_MONEY}€?)",
        rf"Addon cost : (?P<addon_cost>{_MONEY}€? \+ {_MONEY}€?)",
        r"Your rebuys : (?P<rebuys>\d+)",
        r"Your addons : (?P<addons>\d+)",
        r"Registered players : (?P<entrants>\d+)",
        r"Total (?:rebuys|addons) : \d+",
        r"Mode : (?P<mode>sng|tt)(?:Type : (?P<glued_type>\w+))?",
        r"Type : (?P<type>\w+)",
        r"Speed : (?P<speed>\w+)",
        r"Flight ID : \d+",
        r"(?:Levels : ){1,2}\[.*\]",
        rf"Prizepool : (?P<prize_pool>{_MONEY})€?",
        r"Tournament started (?P<started>\d{4}/\d\d/\d\d \d\d:\d\d:\d\d) UTC",
        r"You played (?:\d+h )?(?:\d+min )?\d+s",
        r"You finished in (?:(?P<rank>\d+)(?:st|nd|rd|th)|\.\.\.) place",
        rf"You won (?P<won>{_MONEY}€?|Bounty {_MONEY}€|(?:Ticket )?{_MONEY}€"
        rf"|{_MONEY}€(?: \+ Ticket {_MONEY}€)?(?: \+ Bounty {_MONEY}€)?)",
        r"You won (?P<named_ticket>[A-Z][A-Za-z].*)",
    )
)


@dataclass(slots=True)
class Entry:
    """What one summary block says, as text; `row` makes a row of ``schema.TOURNAMENTS`` of it."""

    values: dict[str, str] = field(default_factory=dict)
    bad_line: int | None = None


def cents(text: str) -> int:
    """Read ``9.40€`` as 940, exactly."""
    whole, _, decimals = text.strip().removesuffix("€").partition(".")
    return int(whole) * 100 + int(decimals.ljust(2, "0")[:2] or 0)


def read(text: str) -> Entry:
    """Read one block; ``bad_line`` is the first line that is no known key, counted from 0."""
    entry = Entry()
    for number, raw in enumerate(text.splitlines()):
        line = raw.rstrip()
        if not line:
            continue
        found = _TITLE.fullmatch(line) if number == 0 else _match(line)
        if found is None:
            entry.bad_line = number
            return entry
        entry.values.update({key: value for key, value in found.groupdict().items() if value is not None})
    missing = {"id", "hero", "prize_pool", "entrants"} - entry.values.keys()
    if missing:
        entry.bad_line = 0
    return entry


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


def row(entries: list[Entry], source: str, offset: int) -> dict[str, object]:
    """Make one row of the blocks of one tournament and hero, in file order; the last one knows the result."""
    values = entries[-1].values
    paid = _parts(values.get("buy_in"))
    cost = None if paid is None else sum(paid) * len(entries)
    for entry in entries:
        for count, price in (("rebuys", "rebuy_cost"), ("addons", "addon_cost")):
            if cost is not None and int(entry.values.get(count, 0)):
                cost += int(entry.values[count]) * sum(_parts(entry.values.get(price)) or [0])
    won = [_won(entry.values) for entry in entries]
    prize, bounties = sum(w[0] for w in won), sum(w[1] for w in won)
    ticket_values = [w[3] for w in won]
    tickets = [w[2] for w in won if w[2]]
    known = cost is not None and None not in ticket_values
    pool = cents(values["prize_pool"])
    expresso = values["name"].startswith("Expresso") and paid and sum(paid)
    started = values.get("started")
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
        "started_at": datetime.strptime(started, "%Y/%m/%d %H:%M:%S").replace(tzinfo=UTC) if started else None,
        "rank": int(values["rank"]) if "rank" in values else None,
        "prize": prize,
        "bounties_won": bounties,
        "ticket": " + ".join(tickets) or None,
        "cost": cost,
        "net": prize + bounties + sum(v or 0 for v in ticket_values) - (cost or 0) if known else None,
        "source": source,
        "offset": offset,
    }
