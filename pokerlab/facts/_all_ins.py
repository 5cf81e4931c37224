"""Hands as arrays to share their pots by equity, from what the parser found and from stored frames alike."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from pokerlab import schema
from pokerlab._equity import allin_equities
from pokerlab._equity.columns import card_codes
from pokerlab.errors import SchemaError
from pokerlab.facts._decisions import _NO_SEAT, _array, _codes, _hands_of
from pokerlab_kernels import pots as kernel
from pokerlab_kernels import records
from pokerlab_kernels.decisions import places
from pokerlab_kernels.enumerate import MAX_PLAYERS, NO_CARD

if TYPE_CHECKING:
    from collections.abc import Callable

    from pokerlab.winamax import Parsed

HAND_COLUMNS = ("hand_id", "game", "board", "added", "small_blind")
SEAT_COLUMNS = ("hand_id", "seat", "stack", "hole", "contributed", "returned", "collected", "went_to_showdown")
ACTION_COLUMNS = ("hand_id", "seat", "street", "action", "amount", "is_all_in")
_KNOWN_BOARD = np.array([0, 0, 3, 4])
"""Cards on the board by the street of the last decision: blinds, pre-flop, flop, turn."""


@dataclass(frozen=True, slots=True, eq=False)
class AllIns:
    """What is known of some hands to share their pots.

    Attributes
    ----------
    hands
        The arrays of the kernel.
    collected
        int64, a row a seat.
    n_hole
        Cards that a player has, a row a hand.
    holes_of, boards_of
        Functions that give card codes: of rows of seats with so many cards each, and of rows of hands, five each.
    """

    hands: kernel.Hands
    collected: np.ndarray
    n_hole: np.ndarray
    holes_of: Callable[[np.ndarray, int], np.ndarray]
    boards_of: Callable[[np.ndarray], np.ndarray]

    @classmethod
    def of_parsed(cls, parsed: Parsed) -> AllIns:
        """Take them from what the parser found."""
        hands, players, actions = parsed.hand_records, parsed.player_records, parsed.action_rows
        all_in = np.full(len(players), kernel.NEVER, np.int8)
        rows = np.flatnonzero(actions["is_all_in"])
        all_in[actions["seat_row"][rows]] = actions["street"][rows]
        n_hole = hands["hole_cards"].copy()
        holes, boards = players["hole"].copy(), hands["board"].copy()
        last_card = holes >> 8 * (n_hole[players["hand"]] - 1)
        return cls(
            kernel.Hands(
                first_seat=np.append(hands["seat_row"], len(players)),
                last_street=hands["last_street"].copy(),
                family=hands["family"].copy(),
                hi_lo=hands["hi_lo"].copy(),
                added=hands["added"].copy(),
                board_known=hands["n_board"] == 5,
                live=players["went_to_showdown"].copy(),
                known=(last_card > 0) & (last_card < 256),
                behind=players["stack"] > 0,
                all_in_street=all_in,
                contributed=players["contributed"].copy(),
                dead=players["dead"].copy(),
            ),
            players["collected"].copy(),
            n_hole,
            lambda rows, size: _unpack(holes[rows], size),
            lambda rows: _unpack(boards[rows], 5),
        )

    @classmethod
    def of_frames(cls, seats: pl.DataFrame, actions: pl.DataFrame, hands: pl.DataFrame) -> tuple[AllIns, np.ndarray]:
        """Take them from frames, hands by their id; give also the row in ``seats`` of each of their seats."""
        from pokerlab.winamax.grammar import GAMES

        rising, first_seat, hand_ids = _hands_of(seats)
        order = np.arange(seats.height) if rising is None else rising
        seats = seats.select(SEAT_COLUMNS)[order]
        ids = pl.DataFrame([hand_ids.alias("hand_id"), pl.Series("hand", np.arange(len(hand_ids)))])
        told = ids.join(hands.select(HAND_COLUMNS), on="hand_id", how="left", maintain_order="left")
        _refuse_wrong(seats, first_seat, told)
        money = {name: _array(seats[name], np.int64) for name in ("stack", "contributed", "returned", "collected")}
        games = {game.game: game for game in GAMES}
        kinds = [games[name] for name in schema.GAME.categories]
        game = _codes(told["game"], schema.GAME)
        n_hole = np.array([kind.cards for kind in kinds])[game]
        last_street, all_in_street, dead = _played(seats, first_seat, ids, actions, told["small_blind"])
        found = cls(
            kernel.Hands(
                first_seat=first_seat,
                last_street=last_street,
                family=np.array([records.FAMILIES.index(kind.family) for kind in kinds], np.int8)[game],
                hi_lo=np.array([kind.hi_lo for kind in kinds])[game],
                added=_array(told["added"], np.int64),
                board_known=_n_cards(told["board"]) == 5,
                live=_array(seats["went_to_showdown"], np.bool_),
                known=_n_cards(seats["hole"]) == np.repeat(n_hole, np.diff(first_seat)),
                behind=money["stack"] > money["contributed"] + money["returned"],
                all_in_street=all_in_street,
                contributed=money["contributed"],
                dead=dead,
            ),
            money["collected"],
            n_hole,
            partial(_read, seats["hole"]),
            partial(_read, told["board"], size=5),
        )
        return found, order

    def shared(self, threads: int | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Give the adjusted net of each seat, float64 in minor units, and the place in `CASES` of each hand."""
        cases, pots = kernel.all_in_pots(self.hands)
        result = (self.collected - self.hands.contributed).astype(np.float64)
        if not len(pots):
            return result, cases
        hand_of_seat = np.repeat(np.arange(len(cases)), np.diff(self.hands.first_seat))
        adjusted = cases[hand_of_seat] == kernel.ADJUSTED
        result[adjusted] = -self.hands.contributed[adjusted]
        hand, amount = pots["hand"], pots["amount"]
        paid = np.bincount(hand_of_seat, self.collected)[hand]
        part = amount * paid / np.bincount(hand, amount)[hand]
        won = self._shares(pots, threads) * part[:, None]
        wins = np.arange(MAX_PLAYERS) < pots["n_players"][:, None]
        np.add.at(result, pots["seat_row"][wins], won[wins])
        return result, cases

    def _shares(self, pots: np.ndarray, threads: int | None) -> np.ndarray:
        shares = np.zeros((len(pots), MAX_PLAYERS))
        n_hole = self.n_hole[pots["hand"]]
        for size in np.unique(n_hole).tolist():
            rows = np.flatnonzero(n_hole == size)
            own = pots[rows]
            holes = np.full((len(own), MAX_PLAYERS, size), NO_CARD, np.uint8)
            known = np.arange(MAX_PLAYERS) < own["n_known"][:, None]
            holes[known] = self.holes_of(own["seat_row"][known], size)
            boards = self.boards_of(own["hand"])
            boards[np.arange(5) >= _KNOWN_BOARD[self.hands.last_street[own["hand"]], None]] = NO_CARD
            shares[rows] = allin_equities(holes, own["n_players"], boards, threads, n_known=own["n_known"])
        return shares


def _played(
    seats: pl.DataFrame, first_seat: np.ndarray, ids: pl.DataFrame, actions: pl.DataFrame, small_blind: pl.Series
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give each hand's street of the last decision, and each seat's street of all-in and what of it nobody matched."""
    made = actions.select(ACTION_COLUMNS).join(ids, on="hand_id", how="inner")
    hand, action = made["hand"].to_numpy(), _codes(made["action"], schema.ACTION)
    without = np.bincount(hand, minlength=ids.height) == 0
    if without.any():
        msg = f"actions lacks the hand {ids['hand_id'][int(without.argmax())]!r}, which seats has"
        raise SchemaError(msg)
    acting = made["seat"].fill_null(_NO_SEAT).to_numpy()
    place = places(first_seat, seats["seat"].fill_null(_NO_SEAT).to_numpy(), hand, acting)
    if (place < 0).any():
        msg = f"seats must have all seats of a hand; seat {acting[place < 0][0]} acts in one and is missing"
        raise SchemaError(msg)
    row = first_seat[hand] + place
    street = _codes(made["street"], schema.STREET).astype(np.int8)
    last_street = np.zeros(ids.height, np.int8)
    decides = (action >= records.FOLD) & (action < records.SHOW)
    np.maximum.at(last_street, hand[decides], street[decides])
    all_in_street = np.full(seats.height, kernel.NEVER, np.int8)
    goes = _array(made["is_all_in"], np.bool_)
    all_in_street[row[goes]] = street[goes]
    # What a returning player posts out of position beyond the small blind is live.
    dead = np.zeros(seats.height, np.int64)
    posts = np.flatnonzero(action == records.DEAD_BLIND)
    unmatched = np.minimum(_array(made["amount"], np.int64), _array(small_blind, np.int64)[hand])
    np.add.at(dead, row[posts], unmatched[posts])
    return last_street, all_in_street, dead


def _refuse_wrong(seats: pl.DataFrame, first_seat: np.ndarray, hands: pl.DataFrame) -> None:
    if hands.height != len(first_seat) - 1:
        msg = f"hands has the hand {hands['hand_id'][hands['hand_id'].is_duplicated().arg_true()[0]]!r} twice"
        raise SchemaError(msg)
    if hands["game"].null_count():
        missing = hands.filter(pl.col("game").is_null())["hand_id"][0]
        msg = f"hands lacks the hand {missing!r}, which seats has, or its game"
        raise SchemaError(msg)
    seat, ids = seats["seat"].to_numpy(), seats["hand_id"]
    same = seat[1:] == seat[:-1]
    same[first_seat[1:-1] - 1] = False
    if same.any():
        row = int(same.argmax())
        msg = f"seats has seat {seat[row]} of the hand {ids[row]!r} twice"
        raise SchemaError(msg)


def _n_cards(texts: pl.Series) -> np.ndarray:
    return _array(texts.str.len_bytes(), np.int64) // 2


def _unpack(packed: np.ndarray, size: int) -> np.ndarray:
    """Give the codes of packed cards (see `pokerlab_kernels.tokens`): (n, size)."""
    codes: np.ndarray = ((packed[:, None] >> 8 * np.arange(size) & 255) - 1).astype(np.uint8)
    return codes


def _read(texts: pl.Series, rows: np.ndarray, size: int) -> np.ndarray:
    """Give the codes of card texts: (n, size)."""
    return card_codes(texts[rows].to_frame(), texts.name, (size,))
