"""Made-up frames in the columns of `pokerlab.schema`; the worker processes of the tests import it too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl

from pokerlab import schema
from pokerlab.frames import HandFrames

START = datetime(2024, 1, 1, tzinfo=UTC)
PLAYERS = ["hero", "O'Neil", "x'); DROP TABLE seats; --", "<b>bold</b>", "nul\x00name", "café ♠"]
ACTIONS_A_HAND = 4


def make(
    numbers: range | list[int],
    *,
    step: timedelta = timedelta(hours=7),
    flags: tuple[str, ...] = ("did_vpip", "could_vpip"),
    rejects: int = 0,
    tournaments: int = 0,
) -> HandFrames:
    """Give hands whose every column is a function of their number, so that equal numbers are equal hands."""
    numbers = list(numbers)
    return HandFrames(
        hands=_frame("hands", [_hand(n, step) for n in numbers]),
        seats=_frame("seats", [_seat(n, seat) for n in numbers for seat in (1, 2, 5)], flags),
        actions=_frame("actions", [_action(n, seq) for n in numbers for seq in range(ACTIONS_A_HAND)]),
        tournaments=_frame("tournaments", [summary(n) for n in range(tournaments)]),
        rejects=_frame("rejects", [_reject(n) for n in range(rejects)]),
    )


def hand_id(n: int) -> str:
    return f"{n * 7919 % 104729:06}-{n}-1704067200"


def summary(n: int, **changes: object) -> dict[str, object]:
    row: dict[str, object] = {
        "tournament_id": str(n),
        "name": "Kill The Fish",
        "hero": "hero",
        "buy_in": 450,
        "prize_pool": 5000 + n,
        "multiplier": 2.5,
        "started_at": START + timedelta(days=n),
        "rank": n + 1,
        "source": "summary.txt",
        "offset": n * 100,
    }
    return row | changes


def only(table: str, rows: list[dict[str, object]]) -> HandFrames:
    """Give frames that are empty but for one."""
    return HandFrames(**(HandFrames.empty().tables() | {table: _frame(table, rows)}))


def _frame(table: str, rows: list[dict[str, object]], flags: tuple[str, ...] = ()) -> pl.DataFrame:
    columns = {**schema.TABLES[table], **dict.fromkeys(flags, pl.Boolean())}
    return pl.DataFrame(rows, schema={name: columns[name] for name in columns})


def _hand(n: int, step: timedelta) -> dict[str, object]:
    return {
        "hand_id": hand_id(n),
        "played_at": START + n * step,
        "format": "cash",
        "game": "holdem",
        "limit": "no_limit",
        "unit": "eur_cent",
        "table": f"Table {n % 9}",
        "max_seats": 6,
        "n_players": 3,
        "rake": n % 5000 // 20,
        "added": 0,
        "heroes": ["hero"],
        "board": "As7d2c" if n % 3 else None,
        "pot": n % 5000,
        "source": "file.txt",
        "offset": n,
    }


def _seat(n: int, seat: int) -> dict[str, object]:
    pot = n % 5000
    money = {"contributed": pot if seat == 2 else 0, "collected": pot - pot // 20 if seat == 1 else 0}
    return {
        "hand_id": hand_id(n),
        "seat": seat,
        "player": PLAYERS[(n + seat) % len(PLAYERS)],
        "dealt": True,
        "position": {1: "BTN", 2: "SB", 5: "BB"}[seat],
        **money,
        "net": money["collected"] - money["contributed"],
        "ev_net": float(money["collected"] - money["contributed"]),
        "won": seat == 1,
        "did_vpip": (n + seat) % 4 == 0,
        "could_vpip": True,
        "did_three_bet": n % 2 == 0,
    }


def _action(n: int, seq: int) -> dict[str, object]:
    return {"hand_id": hand_id(n), "seq": seq, "street": "preflop", "seat": 1, "action": "raise", "amount": n % 1000}


def _reject(n: int) -> dict[str, object]:
    return {"source": "bad.txt", "offset": n * 50, "line_number": n, "line": "?", "rule": "seat", "text": f"hand {n}"}
