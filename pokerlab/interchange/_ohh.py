"""A hand as an Open Hand History object, specification 1.4.7 (hh-specs.handhistory.org).

Amounts of actions are what the action puts into the pot; an uncalled bet is in its action, and not in a pot.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from pokerlab.interchange._hand import BOARD_GAMES, BOARD_STREETS, Hand, LeftOutError, cards_of, euros, money
from pokerlab.interchange._pots import side_pots

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SPEC_VERSION = "1.4.7"
_GAMES = {
    "holdem": "Holdem",
    "omaha4": "Omaha",
    "omaha5": "Omaha",
    "omaha4_hilo": "OmahaHiLo",
    "omaha5_hilo": "OmahaHiLo",
}
_LIMITS = {"no_limit": "NL", "pot_limit": "PL", "fixed_limit": "FL"}
_CURRENCIES = {"eur_cent": "EUR", "play_cent": "XPM", "chip": ""}
"""``XPM`` is play money; chips of a tournament have no currency."""

_ACTIONS = {
    "ante": "Post Ante",
    "small_blind": "Post SB",
    "big_blind": "Post BB",
    "dead_blind": "Post Dead",
    "straddle": "Straddle",
    "fold": "Fold",
    "check": "Check",
    "call": "Call",
    "bet": "Bet",
    "raise": "Raise",
    "show": "Shows Cards",
}
_SPEEDS = {"normal": "Normal", "semiturbo": "Semi-Turbo", "turbo": "Turbo"}
_FLAGS = {"doubleornothing": "DON", "knockout": "Bounty", "qualifier": "Satellite"}


def ohh_object(hand: Hand, tournament: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Give a hand as the object that stands under ``ohh``; decimal amounts are ``Decimal``.

    Parameters
    ----------
    hand
        The hand.
    tournament
        The row of ``tournaments`` of its tournament, if a summary was read.

    Raises
    ------
    LeftOutError
        The format has no words for the hand.
    """
    facts = hand.facts
    if facts["game"] not in BOARD_GAMES:
        msg = f"Open Hand History names the streets of games with a board only, not those of {facts['game']}"
        raise LeftOutError(msg, rule="game")
    unit, ids = facts["unit"], {seat["seat"]: number for number, seat in enumerate(hand.seats)}
    heroes = [ids[seat["seat"]] for seat in hand.seats if seat["is_hero"] and seat["dealt"]]
    fields: dict[str, Any] = {
        "spec_version": SPEC_VERSION,
        "site_name": "Winamax",
        "network_name": "Winamax",
        "internal_version": version("pokerlab"),
        "tournament": unit == "chip",
        "game_number": facts["hand_id"],
        "start_date_utc": facts["played_at"].strftime("%Y-%m-%dT%H:%M:%SZ"),
        "table_name": facts["table"],
        "table_handle": None,
        "table_skin": None,
        "game_type": _GAMES[facts["game"]],
        "bet_limit": {"bet_type": _LIMITS[facts["limit"]], "bet_cap": 0},
        "table_size": facts["max_seats"],
        "currency": _CURRENCIES[unit],
        "dealer_seat": facts["button_seat"],
        "small_blind_amount": None if facts["small_blind"] is None else money(facts["small_blind"], unit),
        "big_blind_amount": money(facts["big_blind"], unit),
        "ante_amount": money(facts["ante"], unit),
        "hero_player_id": heroes[0] if heroes else None,
        "flags": [*(["Fast"] if facts["format"] == "fast_fold" else []), *([] if heroes else ["Observed"])],
        "players": [_player(seat, ids, unit) for seat in hand.seats],
        "rounds": _rounds(hand, ids),
        "pots": _pots(hand, ids),
        "tournament_bounties": [],
    }
    if unit == "chip":
        fields["tournament_info"] = _tournament(hand, tournament)
    return fields


def _player(seat: dict[str, Any], ids: dict[int, int], unit: str) -> dict[str, Any]:
    return {
        "id": ids[seat["seat"]],
        "seat": seat["seat"],
        "name": seat["player"],
        "display": seat["player"],
        "starting_stack": money(seat["stack"], unit),
        "player_bounty": None if seat["bounty"] is None else euros(seat["bounty"]),
        "is_sitting_out": not seat["dealt"],
    }


def _rounds(hand: Hand, ids: dict[int, int]) -> list[dict[str, Any]]:
    """Give the rounds; a board that is dealt after all are all-in has rounds without actions."""
    board = hand.board()
    rounds: list[dict[str, Any]] = []
    for street in ("preflop", *BOARD_STREETS, "showdown"):
        cards = board[BOARD_STREETS[street]] if street in BOARD_STREETS else []
        actions = list(_actions(hand, street, ids))
        if actions or cards:
            numbered = [{"action_number": number, **action} for number, action in enumerate(actions, 1)]
            rounds.append({"id": len(rounds), "street": street.capitalize(), "cards": cards, "actions": numbered})
    return rounds


def _actions(hand: Hand, street: str, ids: dict[int, int]) -> Iterator[dict[str, Any]]:
    unit, holes = hand.facts["unit"], {seat["seat"]: cards_of(seat["hole"]) for seat in hand.seats}
    if street == "preflop":
        if hand.facts["added"]:
            yield {"action": "Add to Pot", "amount": money(hand.facts["added"], unit), "is_allin": False}
        yield from _told(hand, ("blinds",), ids, holes)
        for seat in hand.dealt():
            cards = {"cards": holes[seat["seat"]]} if seat["is_hero"] and seat["hole"] else {}
            yield {
                "player_id": ids[seat["seat"]],
                "action": "Dealt Cards",
                "amount": money(0, unit),
                "is_allin": False,
                **cards,
            }
    shown_early = ("preflop", "flop", "turn", "river") if street == "showdown" else ()
    yield from _told(hand, (street, *shown_early), ids, holes, shows=street == "showdown")
    if street == "showdown" and len(hand.standing()) > 1:
        shown = {row["seat"] for row in hand.actions if row["action"] == "show"}
        for place in sorted(hand.standing() - shown):
            yield {"player_id": ids[place], "action": "Mucks Cards", "amount": money(0, unit), "is_allin": False}


def _told(
    hand: Hand, streets: tuple[str, ...], ids: dict[int, int], holes: dict[int, list[str]], *, shows: bool = False
) -> Iterator[dict[str, Any]]:
    """Give the actions of some streets: shows, or all others."""
    for row in hand.actions:
        if row["street"] in streets and row["action"] in _ACTIONS and (row["action"] == "show") == shows:
            yield {
                "player_id": ids[row["seat"]],
                "action": _ACTIONS[row["action"]],
                "amount": money(row["amount"], hand.facts["unit"]),
                "is_allin": row["is_all_in"],
                **({"cards": holes[row["seat"]]} if shows else {}),
            }


def _pots(hand: Hand, ids: dict[int, int]) -> list[dict[str, Any]]:
    unit = hand.facts["unit"]
    return [
        {
            "number": number,
            "amount": money(pot.amount, unit),
            "rake": money(pot.rake, unit),
            "jackpot": money(0, unit),
            "player_wins": [
                {"player_id": ids[seat], "win_amount": money(amount, unit)} for seat, amount in pot.wins.items()
            ],
        }
        for number, pot in enumerate(side_pots(hand))
    ]


def _tournament(hand: Hand, summary: Mapping[str, Any] | None) -> dict[str, Any]:
    """Give what is known of a tournament; without its summary, buy-in and start are null."""
    told, facts = summary or {}, hand.facts
    kind, speed = told.get("type"), told.get("speed")
    single = facts["format"] in ("sit_and_go", "expresso")
    flags = [*(["SNG"] if single else []), *(["Lottery"] if facts["format"] == "expresso" else [])]
    flags += [_FLAGS[kind]] if kind in _FLAGS else []
    started = told.get("started_at")
    return {
        "tournament_number": facts["tournament_id"],
        "name": facts["tournament_name"],
        "start_date_utc": started.strftime("%Y-%m-%dT%H:%M:%SZ") if started else None,
        "currency": "XPM" if told.get("currency") == "play" else "EUR",
        "buyin_amount": _euros(told.get("buy_in")),
        "fee_amount": _euros(told.get("fee")),
        "bounty_fee_amount": _euros(told.get("bounty")),
        "initial_stack": None,
        "type": "STT" if single else "MTT",
        "flags": flags,
        "speed": {"type": _SPEEDS.get(speed or "", "Normal"), "round_time": None},
    }


def _euros(cents: int | None) -> Any:
    return None if cents is None else euros(cents)
