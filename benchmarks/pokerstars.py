"""Frames of Hold'em hands written as PokerStars tournament text, for parsers that read only that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pokerlab.frames import HandFrames

Row = dict[str, Any]

_VERBS = {"small_blind": "posts small blind", "big_blind": "posts big blind", "call": "calls", "bet": "bets"}
_ROLES = {"BTN": " (button)", "SB": " (small blind)", "BB": " (big blind)"}
_BOARD_CARDS = {"flop": 3, "turn": 4, "river": 5}


def hands_as_text(frames: HandFrames) -> Iterator[str]:
    """Write the hands in which hero was dealt in and no post but the two blinds was made; amounts become chips."""
    seats = frames.seats.partition_by("hand_id", as_dict=True, maintain_order=True)
    actions = frames.actions.partition_by("hand_id", as_dict=True, maintain_order=True)
    for number, hand in enumerate(frames.hands.iter_rows(named=True), 1):
        key = (hand["hand_id"],)
        played = actions[key].to_dicts()
        posts = [action["action"] for action in played if action["street"] == "blinds"]
        sitting = seats[key].to_dicts()
        if posts == ["small_blind", "big_blind"] and any(seat["is_hero"] for seat in sitting):
            yield "\n".join(_lines(number, hand, sitting, played)) + "\n\n\n"


def _lines(number: int, hand: Row, seats: list[Row], actions: list[Row]) -> Iterator[str]:
    blinds = f"{hand['small_blind']}/{hand['big_blind']}"
    stamp = f"{hand['played_at']:%Y/%m/%d %H:%M:%S}"
    yield (
        f"PokerStars Hand #{number}: Tournament #1, $1.00+$0.10 USD Hold'em No Limit - Level I ({blinds})"
        f" - {stamp} CET [{stamp} ET]"
    )
    yield f"Table '1 1' {hand['max_seats']}-max Seat #{hand['button_seat']} is the button"
    yield from (f"Seat {seat['seat']}: {seat['player']} ({seat['stack']} in chips) " for seat in seats)
    street = "blinds"
    level = 0
    for action in actions:
        if action["street"] != street:
            street = action["street"]
            if street == "preflop":
                yield from _dealt(seats)
            else:
                level = 0
                yield from _opens(street, hand["board"])
        if action["action"] != "collect":
            yield _line(action, level, seats)
        level = max(level, action["to"])
    yield from _ends(hand, seats)


def _dealt(seats: list[Row]) -> Iterator[str]:
    yield "*** HOLE CARDS ***"
    yield from (f"Dealt to {seat['player']} [{_cards(seat['hole'])}]" for seat in seats if seat["is_hero"])


def _opens(street: str, board: str) -> Iterator[str]:
    if street == "showdown":
        yield "*** SHOW DOWN ***"
        return
    cards = _cards(board[: 2 * _BOARD_CARDS[street]])
    shown = f"[{cards}]" if street == "flop" else f"[{cards[:-3]}] [{cards[-2:]}]"
    yield f"*** {street.upper()} *** {shown}"


def _line(action: Row, level: int, seats: list[Row]) -> str:
    name, kind = action["player"], action["action"]
    all_in = " and is all-in" if action["is_all_in"] else ""
    if kind == "raise":
        return f"{name}: raises {action['to'] - level} to {action['to']}{all_in}"
    if kind == "show":
        hole = next(seat["hole"] for seat in seats if seat["player"] == name)
        return f"{name}: shows [{_cards(hole)}] (high card Ace)"
    if kind in ("fold", "check"):
        return f"{name}: {kind}s "
    return f"{name}: {_VERBS[kind]} {action['amount']}{all_in}"


def _ends(hand: Row, seats: list[Row]) -> Iterator[str]:
    yield from (f"Uncalled bet ({s['returned']}) returned to {s['player']}" for s in seats if s["returned"])
    yield from (f"{s['player']} collected {s['collected']} from pot" for s in seats if s["collected"])
    yield "*** SUMMARY ***"
    yield f"Total pot {hand['pot']} | Rake {hand['rake']} "
    if hand["board"]:
        yield f"Board [{_cards(hand['board'])}]"
    for seat in seats:
        who = f"Seat {seat['seat']}: {seat['player']}{_ROLES.get(seat['position'], '')}"
        yield f"{who} collected ({seat['collected']})" if seat["collected"] else f"{who} folded before Flop"


def _cards(text: str) -> str:
    return " ".join(text[i : i + 2] for i in range(0, len(text), 2))
