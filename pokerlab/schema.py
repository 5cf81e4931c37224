"""Columns and types of the five frames, and of what a store keeps beside them: the one place where a column is spelled.

Money is ``Int64`` in the hand's minor unit (column ``unit`` of ``hands``: euro cents, cents of play money, or chips).
Cards are joined text (``"AsKd"``). Enums only ever grow at their end, so that stored rows keep their meaning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pokerlab.errors import SchemaError

if TYPE_CHECKING:
    from collections.abc import Mapping

GAME = pl.Enum(
    [
        "holdem",
        "omaha4",
        "omaha5",
        "omaha4_hilo",
        "omaha5_hilo",
        "stud",
        "stud_hilo",
        "razz",
        "deuce_to_seven",
    ]
)
LIMIT = pl.Enum(["no_limit", "pot_limit", "fixed_limit"])
FORMAT = pl.Enum(["cash", "fast_fold", "tournament", "sit_and_go", "expresso"])
UNIT = pl.Enum(["eur_cent", "play_cent", "chip"])
STREET = pl.Enum(
    [
        "blinds",
        "preflop",
        "flop",
        "turn",
        "river",
        "showdown",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "draw1",
        "draw2",
        "draw3",
    ]
)
ACTION = pl.Enum(
    [
        "ante",
        "small_blind",
        "big_blind",
        "dead_blind",
        "straddle",
        "deny",
        "fold",
        "check",
        "call",
        "bet",
        "raise",
        "bring_in",
        "discard",
        "stand_pat",
        "show",
        "collect",
    ]
)
SUBJECT = pl.Enum(["hand", "player"])
ENTRY = pl.Enum(["note", "tag", "alias"])
FILE_STATE = pl.Enum(["complete", "growing", "refused"])
POSITION = pl.Enum(["BTN", "SB", "BB", "UTG", "UTG+1", "UTG+2", "UTG+3", "LJ", "HJ", "CO"])

UTC_TIME = pl.Datetime("us", "UTC")
MONEY = pl.Int64


def _schema(columns: dict[str, pl.DataType | type[pl.DataType]]) -> pl.Schema:
    return pl.Schema(columns)


HANDS = _schema(
    {
        "hand_id": pl.String,
        "played_at": UTC_TIME,
        "format": FORMAT,
        "pool": pl.String,
        "game": GAME,
        "limit": LIMIT,
        "unit": UNIT,
        "table": pl.String,
        "max_seats": pl.Int8,
        "n_players": pl.Int8,
        "button_seat": pl.Int8,
        "small_blind": MONEY,
        "big_blind": MONEY,
        "ante": MONEY,
        "heroes": pl.List(pl.String),
        "board": pl.String,
        "pot": MONEY,
        "rake": MONEY,
        "added": MONEY,
        "tournament_id": pl.String,
        "tournament_name": pl.String,
        "level": pl.String,
        "source": pl.String,
        "offset": pl.Int64,
    }
)
"""One row a hand. Null: ``pool`` outside fast-fold, ``board`` without a flop, tournament columns elsewhere.

``big_blind`` is the unit of stakes: in every fixed-limit game the small bet, in stud too, where nobody posts it; there
``small_blind`` and ``button_seat`` are null. In draw games the street ``preflop`` is the betting before the first draw.
"""

SEATS = _schema(
    {
        "hand_id": pl.String,
        "seat": pl.Int8,
        "player": pl.String,
        "dealt": pl.Boolean,
        "position": POSITION,
        "is_hero": pl.Boolean,
        "is_button": pl.Boolean,
        "stack": MONEY,
        "bounty": MONEY,
        "hole": pl.String,
        "showed": pl.Boolean,
        "contributed": MONEY,
        "returned": MONEY,
        "collected": MONEY,
        "net": MONEY,
        "ev_net": pl.Float64,
        "saw_flop": pl.Boolean,
        "saw_turn": pl.Boolean,
        "saw_river": pl.Boolean,
        "went_to_showdown": pl.Boolean,
        "won": pl.Boolean,
        "effective_bb": pl.Float64,
        "unit": UNIT,
        "big_blind": MONEY,
    }
)
"""One row a seat and hand, before the ``could_``, ``did_`` and ``size_`` columns that the statistics add.

``unit`` and ``big_blind`` are the hand's, for sums and bb/100. ``hole`` is what the text tells at the end: in stud the
known cards in the order they were dealt, in draw the last hand that was told whole. ``position`` is null in stud.
"""

ACTIONS = _schema(
    {
        "hand_id": pl.String,
        "seq": pl.Int16,
        "street": STREET,
        "seat": pl.Int8,
        "player": pl.String,
        "action": ACTION,
        "amount": MONEY,
        "to": MONEY,
        "is_all_in": pl.Boolean,
        "to_call": MONEY,
        "pot_before": MONEY,
        "stack_before": MONEY,
        "n_raises": pl.Int8,
    }
)
"""One row an action, in the order of the file; ``seq`` counts from 0 in each hand."""

TOURNAMENTS = _schema(
    {
        "tournament_id": pl.String,
        "name": pl.String,
        "hero": pl.String,
        "buy_in": MONEY,
        "fee": MONEY,
        "bounty": MONEY,
        "currency": pl.String,
        "entries": pl.Int16,
        "entrants": pl.Int32,
        "prize_pool": MONEY,
        "multiplier": pl.Float64,
        "speed": pl.String,
        "type": pl.String,
        "started_at": UTC_TIME,
        "rank": pl.Int32,
        "prize": MONEY,
        "bounties_won": MONEY,
        "ticket": pl.String,
        "cost": MONEY,
        "net": MONEY,
        "source": pl.String,
        "offset": pl.Int64,
    }
)
"""One row a tournament and hero, from the last summary block that was written."""

REJECTS = _schema(
    {
        "source": pl.String,
        "offset": pl.Int64,
        "line_number": pl.Int64,
        "line": pl.String,
        "rule": pl.String,
        "reason": pl.String,
        "text": pl.String,
    }
)
"""One row a piece of a file that is in no other frame, with the first line that was not understood."""

NOTES = _schema(
    {
        "about": SUBJECT,
        "subject": pl.String,
        "entry": ENTRY,
        "text": pl.String,
        "noted_at": UTC_TIME,
    }
)
"""One row a note, tag or alias of a user's own on a hand or player; ``subject`` is a hand_id, or a player's name."""

FILES = _schema(
    {
        "source": pl.String,
        "identity": pl.String,
        "size": pl.Int64,
        "modified_ns": pl.Int64,
        "head": pl.String,
        "sha256": pl.String,
        "offset": pl.Int64,
        "parser": pl.Int32,
        "state": FILE_STATE,
        "n_hands": pl.Int64,
        "n_rejects": pl.Int64,
        "read_at": UTC_TIME,
    }
)
"""One row a file that was imported: by what it is known again, and up to which byte it was read.

``identity`` names device and file number; ``head`` is a digest of the first kilobyte, ``sha256`` one of all ``size``
bytes. Hands before ``offset`` are whole, and ``n_hands`` and ``n_rejects`` count what stands there; from there on the
file is read again when it has grown. ``state`` is ``complete`` where that is its end, ``growing`` where it ends within
a hand or changed while it was read, ``refused`` where it could not be read or is no history. ``parser`` is
`pokerlab.winamax.PARSER_VERSION` at that time.
"""

TABLES: Mapping[str, pl.Schema] = {
    "hands": HANDS,
    "seats": SEATS,
    "actions": ACTIONS,
    "tournaments": TOURNAMENTS,
    "rejects": REJECTS,
}


def is_stat_column(name: str) -> bool:
    """Tell whether a column of ``seats`` is one that statistics add: a chance, an occurrence, a size."""
    return name.startswith(("could_", "did_", "size_"))


def enforce(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """Bring ``frame`` into the schema of ``table``: order, types, Enums, time zone.

    Columns that other tools change on their way (Enum to String, ``UTC`` to ``Etc/UTC``) come back as they were.
    Columns of statistics (`is_stat_column`) of ``seats`` stay, behind the others.

    Raises
    ------
    SchemaError
        A column is missing, or holds what its type cannot hold.
    """
    schema, given = TABLES[table], frame.schema
    missing = [name for name in schema if name not in given]
    if missing:
        msg = f"a frame for {table!r} lacks the columns {missing}; it has {frame.columns}"
        raise SchemaError(msg)
    flags = [name for name in given if table == "seats" and is_stat_column(name)]
    if list(given) == [*schema, *flags] and all(given[name] == kind for name, kind in schema.items()):
        return frame
    try:
        return frame.select([pl.col(name).cast(kind) for name, kind in schema.items()] + [pl.col(flags)])
    except pl.exceptions.PolarsError as error:
        msg = f"a frame for {table!r} cannot take its schema: {error}"
        raise SchemaError(msg) from error
