"""Decisions: the fold, check, call, bet or raise of a player, each with a word of facts and the seat that made it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from pokerlab import schema
from pokerlab.errors import SchemaError
from pokerlab.facts.conditions import WORD
from pokerlab_kernels import decisions as kernel
from pokerlab_kernels import records

if TYPE_CHECKING:
    from collections.abc import Callable

    from pokerlab.winamax import Parsed

SEAT_COLUMNS = ("hand_id", "seat", "dealt", "position", "stack", "big_blind")
ACTION_COLUMNS = ("hand_id", "seq", "street", "seat", "action", "amount", "to", "pot_before", "is_all_in")
_NO_SEAT = -1
_UNKNOWN = 255


@dataclass(frozen=True, slots=True, eq=False)
class Decisions:
    """The facts of all actions of some hands.

    Attributes
    ----------
    words
        int64, a row an action; 0 where it is no decision.
    seat_rows
        uint32, a row an action: the row of its player in ``seats``.
    seats
        Number of rows of ``seats``.
    sizes
        float32 (`pokerlab_kernels.decisions.SIZES`, seats), NaN where there is nothing to measure.
    actions_of, seats_of
        Functions that give the frames with these rows.
    """

    words: np.ndarray
    seat_rows: np.ndarray
    seats: int
    sizes: np.ndarray
    actions_of: Callable[[], pl.DataFrame]
    seats_of: Callable[[], pl.DataFrame]

    @classmethod
    def of_parsed(cls, parsed: Parsed) -> Decisions:
        """Take the decisions from what the parser found."""
        hands, seats, actions = parsed.hand_records, parsed.player_rows, parsed.action_rows
        words, sizes = kernel.mark(
            kernel.Hands(
                first_seat=np.append(hands["seat_row"], len(seats["hand"])),
                first_action=np.append(hands["action_row"], len(actions["hand"])),
                dealt=seats["dealt"],
                position=seats["position"],
                stack=seats["start_stack"],
                big_blind=hands["big_blind"][seats["hand"]],
                street=actions["street"],
                action=actions["action"],
                place=actions["player"],
                amount=actions["amount"],
                to=actions["to"],
                pot_before=actions["pot_before"],
                is_all_in=actions["is_all_in"],
            )
        )
        return cls(words, actions["seat_row"], len(seats["hand"]), sizes, lambda: parsed.actions, lambda: parsed.seats)

    @classmethod
    def of_frames(cls, seats: pl.DataFrame, actions: pl.DataFrame) -> Decisions:
        """Take the decisions from frames, of a store for instance.

        Actions of hands that ``seats`` has not are left out; hands without actions have no decision.

        Raises
        ------
        SchemaError
            A column is missing, or ``seats`` lacks the seat of somebody who acts.
        """
        _need(seats, "seats", SEAT_COLUMNS)
        _need(actions, "actions", ACTION_COLUMNS)
        order, first_seat, ids = _hands_of(seats)
        rows, hand = _actions_of(actions, ids)
        chosen = actions if rows is None else actions[rows]
        sorted_seats = seats if order is None else seats.select(SEAT_COLUMNS)[order]
        acting = chosen["seat"].fill_null(_NO_SEAT).to_numpy()
        place = kernel.places(first_seat, sorted_seats["seat"].fill_null(_NO_SEAT).to_numpy(), hand, acting)
        if (place < 0).any():
            msg = f"seats must have all seats of a hand; seat {acting[place < 0][0]} acts in one and is missing"
            raise SchemaError(msg)
        words, sizes = kernel.mark(
            kernel.Hands(
                first_seat=first_seat,
                first_action=_starts(hand, len(ids)),
                dealt=_array(sorted_seats["dealt"], np.bool_),
                position=_codes(sorted_seats["position"], schema.POSITION),
                stack=_array(sorted_seats["stack"], np.int64),
                big_blind=_array(sorted_seats["big_blind"], np.int64),
                street=_codes(chosen["street"], schema.STREET).astype(np.int8),
                action=_codes(chosen["action"], schema.ACTION).astype(np.int8),
                place=place,
                amount=_array(chosen["amount"], np.int64),
                to=_array(chosen["to"], np.int64),
                pot_before=_array(chosen["pot_before"], np.int64),
                is_all_in=_array(chosen["is_all_in"], np.bool_),
            )
        )
        seat_rows = first_seat[hand] + place
        if order is not None:
            seat_rows = order[seat_rows]
            sizes[:, order] = sizes.copy()
        return cls(words, seat_rows.astype(np.uint32), seats.height, sizes, lambda: chosen, lambda: seats)

    @classmethod
    def empty(cls) -> Decisions:
        """Give the decisions of no hands."""
        sizes = np.empty((len(kernel.SIZES), 0), np.float32)
        nothing = np.empty(0, np.int64), np.empty(0, np.uint32)
        return cls(*nothing, 0, sizes, schema.ACTIONS.to_frame, schema.SEATS.to_frame)

    def size_columns(self) -> list[pl.Series]:
        """Give the columns ``size_<code>`` of ``seats``, Float32, null where there is nothing to measure."""
        return [
            pl.Series(f"size_{code}", row, nan_to_null=True) for code, row in zip(kernel.SIZES, self.sizes, strict=True)
        ]

    def frame(self, *needed: pl.Expr) -> pl.DataFrame:
        """Give a row a decision: columns of ``actions`` and ``seats``, ``seat_row``, ``facts`` and a Boolean a fact.

        With expressions, only the columns that these need are there.

        Raises
        ------
        SchemaError
            An expression needs a column that there is not.
        """
        actions, seats = self.actions_of(), self.seats_of()
        facts = {name.lower(): bit for bit, name in enumerate(records.FACTS)}
        more = [name for name in seats.columns if name not in actions.columns and name not in facts]
        known = [*actions.columns, *more, *facts]
        wanted = {name for part in needed for name in part.meta.root_names()} if needed else set(known)
        if missing := sorted(wanted - {*known, WORD, "seat_row"}):
            msg = f"decisions have no column {missing[0]!r}; they have {', '.join(known)}"
            raise SchemaError(msg)
        rows = np.flatnonzero(self.words)
        words, seat_rows = pl.Series(WORD, self.words[rows]), pl.Series("seat_row", self.seat_rows[rows])
        sources = ((actions, actions.columns, pl.Series(rows)), (seats, more, seat_rows))
        chosen = [(frame, [name for name in names if name in wanted], at) for frame, names, at in sources]
        # Polars takes no rows of a frame without columns.
        parts = [frame.select(names)[at] for frame, names, at in chosen if names]
        told = [((words & (1 << bit)) != 0).alias(name) for name, bit in facts.items() if name in wanted]
        return pl.concat([*parts, pl.DataFrame([seat_rows, words, *told])], how="horizontal")


def decisions(seats: pl.DataFrame, actions: pl.DataFrame) -> pl.DataFrame:
    """Give a row a decision, with everything that is known of it.

    Parameters
    ----------
    seats, actions
        Frames of the same hands; ``seats`` has all seats of each.

    Returns
    -------
    pl.DataFrame
        The columns of ``actions``, those of ``seats`` for the one who decides, ``seat_row`` (his row in ``seats``),
        ``facts`` (Int64, a bit a fact) and a Boolean column for each fact, such as ``preflop`` or ``facing_cbet``;
        `pokerlab.facts.MEANINGS` tells what they mean.

    Raises
    ------
    SchemaError
        A column is missing, or ``seats`` lacks the seat of somebody who acts.

    Examples
    --------
    >>> import polars as pl, pokerlab as pk
    >>> frames = pk.sample.hands(200, seed=1)
    >>> made = pk.decisions(frames.seats, frames.actions)
    >>> opens = made.filter("preflop", "unraised", "raises")
    >>> opens.height > 0 and opens["n_raises"].max() == 0
    True
    """
    return Decisions.of_frames(seats, actions).frame()


def _need(frame: pl.DataFrame, table: str, wanted: tuple[str, ...]) -> None:
    missing = [name for name in wanted if name not in frame.columns]
    if missing:
        msg = f"decisions need the columns {missing} of {table}; the frame has {frame.columns}"
        raise SchemaError(msg)


def _hands_of(seats: pl.DataFrame) -> tuple[np.ndarray | None, np.ndarray, pl.Series]:
    """Give the rows of ``seats`` by hand and seat, where each hand's begin and end, and the ids of the hands.

    None stands for all rows as they are, which is how hands are read and stored.
    """
    hand, ids = _runs(seats["hand_id"])
    order = None
    if not _rises(hand, seats["seat"]) or ids.is_duplicated().any():
        order = seats.select(pl.arg_sort_by("hand_id", "seat")).to_series().to_numpy()
        hand, ids = _runs(seats["hand_id"][order])
    return order, _starts(hand, len(ids)), ids


def _actions_of(actions: pl.DataFrame, ids: pl.Series) -> tuple[np.ndarray | None, np.ndarray]:
    """Give the rows of actions of the hands ``ids``, by hand and place in it, and the number of each one's hand.

    None stands for all rows as they are.
    """
    run, own = _runs(actions["hand_id"])
    if len(own) == len(ids) and (own == ids).all():
        hand, rows = run, None
    else:
        # A run is looked up once, and not each of its actions.
        known = pl.DataFrame([ids.alias("id"), pl.Series("hand", np.arange(len(ids)))])
        found = own.to_frame("id").join(known, on="id", how="left", maintain_order="left")["hand"].fill_null(-1)
        hand = found.to_numpy()[run]
        rows = np.flatnonzero(hand >= 0)
        hand = hand[rows]
    seq = actions["seq"] if rows is None else actions["seq"][rows]
    if _rises(hand, seq):
        return rows, hand
    order = np.lexsort((seq.to_numpy(), hand))
    return order if rows is None else rows[order], hand[order]


def _runs(ids: pl.Series) -> tuple[np.ndarray, pl.Series]:
    """Give the number of each row's run of one id, and the id of each run."""
    run = ids.rle_id().to_numpy().astype(np.int64)
    return run, ids[np.flatnonzero(np.diff(run, prepend=-1))]


def _rises(hand: np.ndarray, place: pl.Series) -> bool:
    """Tell whether rows are in the order of hands, and in each in the order of places, which are Int8 or Int16."""
    return bool((np.diff((hand << 16) + place.fill_null(0).to_numpy()) >= 0).all())


def _starts(hand: np.ndarray, hands: int) -> np.ndarray:
    """Give where the rows of each hand begin, and at the end where the last one's end."""
    return np.concatenate([[0], np.cumsum(np.bincount(hand, minlength=hands))])


def _array(column: pl.Series, kind: type[np.generic]) -> np.ndarray:
    return np.ascontiguousarray(column.fill_null(0 if column.dtype.is_numeric() else False).to_numpy(), kind)


def _codes(column: pl.Series, kind: pl.Enum) -> np.ndarray:
    return column.cast(kind).to_physical().cast(pl.UInt8).fill_null(_UNKNOWN).to_numpy()
