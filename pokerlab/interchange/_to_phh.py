"""A hand as a Poker Hand History: the fields and the notation of actions of the PHH standard 0.0.2.

PHH has no word for some of what Winamax writes. What a returning player posts dead is an ante of his alone, what he
posts live is a negative blind, which is how PokerKit marks a post that does not move the turn. Facts without a field
are in user-defined ones, ``_winamax_*``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pokerlab.interchange._hand import BOARD_STREETS, DECISIONS, Hand, LeftOutError, euros, money

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pokerkit import HandHistory

VARIANTS = {("holdem", "no_limit"): "NT", ("holdem", "fixed_limit"): "FT", ("omaha4", "pot_limit"): "PO"}
"""The PHH code of each game that is written and read."""

RAISES_TO = "raises to"
"""Begins the commentary of a call that is a raise at Winamax (`Hand.idle_raises`)."""

HOLE_CARDS = {"holdem": 2, "omaha4": 4}
_UNSAFE = re.compile(r"[\x00-\x1f\x7f]|'''")
_ALL_STREETS = ("flop", "turn", "river")


def phh_history(hand: Hand) -> HandHistory:
    """Give a hand as PokerKit's object, which writes it.

    Raises
    ------
    LeftOutError
        PHH cannot express the hand.
    """
    from pokerkit import HandHistory

    facts, unit = hand.facts, hand.facts["unit"]
    variant = _variant(hand)
    players = hand.dealt()
    antes = [_ante(hand, seat) for seat in players]
    blinds = [_blind(hand, seat) for seat in players]
    if len(players) == 2:  # by PHH's rule forced bets are written the other way round heads-up
        antes, blinds = antes[::-1], blinds[::-1]
    fields: dict[str, Any] = {
        "variant": variant,
        "ante_trimming_status": bool(facts["ante"]) and not any(hand.dead(seat["seat"]) for seat in players),
        "antes": [money(amount, unit) for amount in antes],
        "blinds_or_straddles": [money(amount, unit) for amount in blinds],
        "starting_stacks": [money(seat["stack"], unit) for seat in players],
        "actions": list(_actions(hand, players)),
        "finishing_stacks": [money(seat["stack"] + seat["net"], unit) for seat in players],
        "winnings": [money(seat["collected"], unit) for seat in players],
        "seats": [seat["seat"] for seat in players],
        "players": [seat["player"] for seat in players],
    }
    own = _own_fields(hand, players)
    history = HandHistory(**fields, **_stakes(facts), **_context(facts), user_defined_fields=own)
    _check_text(history)
    return history


def _variant(hand: Hand) -> str:
    facts = hand.facts
    variant = VARIANTS.get((facts["game"], facts["limit"]))
    if variant is None:
        msg = f"PHH has no code for {facts['game']} {facts['limit']}, or pokerlab does not write it"
        raise LeftOutError(msg, rule="game")
    if facts["added"]:
        msg = f"the room put {facts['added']} into the pot, for which PHH has no field"
        raise LeftOutError(msg, rule="added")
    return variant


def _stakes(facts: dict[str, Any]) -> dict[str, Any]:
    """Give the fields of the least bets."""
    if facts["limit"] == "fixed_limit":
        return {f"{name}_bet": money(n * facts["big_blind"], facts["unit"]) for n, name in ((1, "small"), (2, "big"))}
    return {"min_bet": money(facts["big_blind"], facts["unit"])}


def _ante(hand: Hand, seat: dict[str, Any]) -> int:
    """Give a player's ante as it should be, of which a short stack pays less, and what he posted dead."""
    paid = hand.total(seat["seat"], "ante")
    return int(hand.facts["ante"] if paid else 0) + hand.dead(seat["seat"])


def _blind(hand: Hand, seat: dict[str, Any]) -> int:
    """Give what a player posts live, as it should be; negative if he posts out of position."""
    full = {"small_blind": hand.facts["small_blind"], "big_blind": hand.facts["big_blind"]}
    rows = [row for row in hand.actions if row["seat"] == seat["seat"]]
    posts = [row for row in rows if row["action"] in {"small_blind", "big_blind", "straddle"}]
    amount: int = sum(full.get(row["action"]) or row["amount"] if row["is_all_in"] else row["amount"] for row in posts)
    late = hand.total(seat["seat"], "dead_blind") - hand.dead(seat["seat"])
    in_place = seat["position"] == "BB" or any(row["action"] in {"small_blind", "straddle"} for row in posts)
    return amount if in_place and not late else -(amount + late)


def _actions(hand: Hand, players: list[dict[str, Any]]) -> Iterator[str]:
    """Give the actions in PHH's notation."""
    names = {seat["seat"]: f"p{place}" for place, seat in enumerate(players, 1)}
    unit, board = hand.facts["unit"], hand.board()
    unknown = "?" * 2 * HOLE_CARDS[hand.facts["game"]]
    for player in players:
        yield f"d dh {names[player['seat']]} {player['hole'] or unknown}"
    rest, idle = iter(_ALL_STREETS), hand.idle_raises()
    street = "preflop"
    for row in hand.actions:
        if row["action"] not in DECISIONS:
            continue
        while street != row["street"]:
            street = next(rest)
            yield f"d db {_dealt(board, street)}"
        yield f"{names[row['seat']]} {_decision(row, unit, idle=row['seq'] in idle)}"
    for seat in hand.options():
        yield f"{names[seat]} cc"
    standing, stacks = hand.standing(), hand.stacks()
    shows = list(_shows(hand, players, standing, names))
    open_early = len(standing) > 1 and sum(stacks[seat] > 0 for seat in standing) <= 1
    if open_early:
        yield from shows
    for later in rest:
        if len(board) >= BOARD_STREETS[later].stop:
            yield f"d db {_dealt(board, later)}"
    if not open_early:
        yield from shows


def _dealt(board: list[str], street: str) -> str:
    return "".join(board[BOARD_STREETS[street]])


def _decision(row: dict[str, Any], unit: str, *, idle: bool) -> str:
    if idle:
        return f"cc # {RAISES_TO} {money(row['to'], unit)}, which nobody can call"
    match row["action"]:
        case "fold":
            return "f"
        case "check" | "call":
            return "cc"
        case _:
            return f"cbr {money(row['to'], unit)}"


def _shows(hand: Hand, players: list[dict[str, Any]], standing: set[int], names: dict[int, str]) -> Iterator[str]:
    """Give who shows and who mucks; those who show first, in the order of the file."""
    holes = {seat["seat"]: seat["hole"] for seat in players}
    shown = [row["seat"] for row in hand.actions if row["action"] == "show" and holes.get(row["seat"])]
    for seat in dict.fromkeys(shown):
        yield f"{names[seat]} sm {holes[seat]}"
    if len(standing) > 1:
        for seat in sorted(standing.difference(shown)):
            yield f"{names[seat]} sm"


def _context(facts: dict[str, Any]) -> dict[str, Any]:
    """Give the fields that say where and when; time is UTC."""
    when, level = facts["played_at"], facts["level"]
    context = {
        "venue": "Winamax",
        "event": facts["tournament_name"],
        "time": when.time().replace(microsecond=0, tzinfo=None),
        "time_zone": "UTC",
        "day": when.day,
        "month": when.month,
        "year": when.year,
        "hand": facts["hand_id"],
        "level": int(level) if level and re.fullmatch(r"[0-9]{1,9}", level) else None,
        "seat_count": facts["max_seats"],
        "table": facts["table"],
    }
    if facts["unit"] == "eur_cent":
        context |= {"currency": "EUR", "currency_symbol": "€"}
    return context


def _own_fields(hand: Hand, players: list[dict[str, Any]]) -> dict[str, Any]:
    """Give the facts of Winamax that PHH has no field for; those that are null or empty are left out."""
    facts, unit = hand.facts, hand.facts["unit"]
    out = [seat for seat in hand.seats if not seat["dealt"]]
    fields: dict[str, Any] = {
        name: facts[name] for name in ("hand_id", "format", "pool", "unit", "button_seat", "tournament_id", "level")
    }
    fields |= {name: money(facts[name], unit) for name in ("ante", "rake")}
    if facts["small_blind"] is not None:
        fields["small_blind"] = money(facts["small_blind"], unit)
    fields["heroes"] = list(facts["heroes"] or [])
    fields["denying_seats"] = [row["seat"] for row in hand.actions if row["action"] == "deny"]
    if any(hand.dead(seat["seat"]) for seat in players):
        fields["dead_blinds"] = [money(hand.dead(seat["seat"]), unit) for seat in players]
    if any(seat["bounty"] is not None for seat in players):
        fields["bounties"] = [euros(seat["bounty"] or 0) for seat in players]
    fields["sitting_out_seats"] = [seat["seat"] for seat in out]
    fields["sitting_out_players"] = [seat["player"] for seat in out]
    fields["sitting_out_stacks"] = [money(seat["stack"], unit) for seat in out]
    if any(seat["bounty"] is not None for seat in out):
        fields["sitting_out_bounties"] = [euros(seat["bounty"] or 0) for seat in out]
    return {f"_winamax_{name}": value for name, value in fields.items() if value not in (None, [])}


def _check_text(history: HandHistory) -> None:
    """Refuse text that PokerKit's writer, which escapes nothing, cannot write as one string."""
    own = history.user_defined_fields
    texts = [*(history.players or ()), history.table, history.event, own.get("_winamax_level")]
    texts += [*own.get("_winamax_sitting_out_players", []), *own.get("_winamax_heroes", []), own.get("_winamax_pool")]
    for text in texts:
        if isinstance(text, str) and _UNSAFE.search(text):
            msg = f"{text!r} has characters that PokerKit's writer cannot put into a string"
            raise LeftOutError(msg, rule="text")
