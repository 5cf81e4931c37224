"""Made-up hands for the tests of the live parts: as text, and as frames that stand in the store already."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import polars as pl

from pokerlab import schema
from pokerlab.frames import HandFrames
from pokerlab.wire import Hand, hands_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


START = datetime(2024, 7, 3, 20, tzinfo=UTC)
HOSTILE = "<img src=x onerror=alert(1)>"


def hand_id(number: int) -> str:
    return f"1-{number}-{int(START.timestamp()) + number}"


def text(number: int) -> bytes:
    """Write a hand as Winamax does; the hero folds his small blind."""
    at = START + timedelta(seconds=number)
    lines = [
        f"Winamax Poker - CashGame - HandId: #{hand_id(number)} - Holdem no limit (0.01€/0.02€)"
        f" - {at:%Y/%m/%d %H:%M:%S} UTC",
        "Table: 'Nice' 6-max (real money) Seat #1 is the button",
        "Seat 1: Hero (2€)",
        "Seat 2: bob (2€)",
        "*** ANTE/BLINDS ***",
        "Hero posts small blind 0.01€",
        "bob posts big blind 0.02€",
        "Dealt to Hero [As Kd]",
        "*** PRE-FLOP *** ",
        "Hero folds",
        "bob collected 0.03€ from pot",
        "*** SUMMARY ***",
        "Total pot 0.03€ | No rake",
        "Seat 2: bob (big blind) won 0.03€",
    ]
    return ("\n".join(lines) + "\n\n\n").encode()


def frames(numbers: Iterable[int], source: str = "a.txt", **changes: object) -> HandFrames:
    """Give the frames of such hands, with columns of `hands` changed."""
    numbers = list(numbers)
    hands = [_hand(number) | {"source": source} | changes for number in numbers]
    seats = [_seat(number, hero) for number in numbers for hero in (True, False)]
    actions = [_action(number, seq) for number in numbers for seq in range(3)]
    empty = HandFrames.empty()
    return HandFrames(
        hands=_frame(hands, "hands"),
        seats=_frame(seats, "seats"),
        actions=_frame(actions, "actions"),
        tournaments=empty.tournaments,
        rejects=empty.rejects,
    )


def hand(number: int) -> Hand:
    return hands_of(frames([number]))[0]


def append(path: Path, *numbers: int) -> None:
    with path.open("ab") as handle:
        handle.write(b"".join(text(number) for number in numbers))


def _frame(rows: list[dict[str, object]], table: str) -> pl.DataFrame:
    kinds = schema.TABLES[table]
    return pl.DataFrame([dict.fromkeys(kinds) | row for row in rows], schema=kinds)


def _hand(number: int) -> dict[str, object]:
    return {
        "hand_id": hand_id(number),
        "played_at": START + timedelta(seconds=number),
        "format": "cash",
        "game": "holdem",
        "limit": "no_limit",
        "unit": "eur_cent",
        "table": HOSTILE,
        "max_seats": 6,
        "n_players": 2,
        "button_seat": 1,
        "small_blind": 1,
        "big_blind": 2,
        "ante": 0,
        "heroes": ["Hero"],
        "board": "Ks7d2c",
        "pot": 3,
        "rake": 0,
        "added": 0,
        "offset": number,
    }


def _seat(number: int, hero: bool) -> dict[str, object]:
    return {
        "hand_id": hand_id(number),
        "seat": 1 if hero else 2,
        "player": "Hero" if hero else "bob",
        "dealt": True,
        "position": "SB" if hero else "BB",
        "is_hero": hero,
        "is_button": hero,
        "stack": 200,
        "hole": "AsKd" if hero else None,
        "showed": False,
        "contributed": 1 if hero else 2,
        "returned": 0,
        "collected": 0 if hero else 3,
        "net": -1 if hero else 1,
        "ev_net": None,
        "saw_flop": False,
        "saw_turn": False,
        "saw_river": False,
        "went_to_showdown": False,
        "won": not hero,
    }


def _action(number: int, seq: int) -> dict[str, object]:
    action = ("small_blind", "big_blind", "fold")[seq]
    return {
        "hand_id": hand_id(number),
        "seq": seq,
        "street": "preflop" if seq == 2 else "blinds",
        "seat": 2 if seq == 1 else 1,
        "player": "bob" if seq == 1 else "Hero",
        "action": action,
        "amount": (1, 2, 0)[seq],
        "to": (1, 2, 1)[seq],
        "is_all_in": False,
    }


HAND = hand(0)
