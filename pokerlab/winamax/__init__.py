"""Winamax hand histories: bytes in, frames of facts out; nothing here touches a file.

The scan itself is in ``pokerlab_kernels.history``, driven by the table in `pokerlab.winamax.grammar`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np
import polars as pl
import pyarrow as pa

from pokerlab import schema
from pokerlab.winamax import columns, grammar, rejects, summaries
from pokerlab.winamax.text import Piece, Text, join
from pokerlab_kernels import dates, fields, history, records

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["PARSER_VERSION", "Parsed", "Piece", "parse"]

PARSER_VERSION = 1
"""Raise it with each change by which a piece that was a reject may be understood: of the grammar, of `summaries`, or of
the scan in `pokerlab_kernels.history`. Imports then read again, by themselves, the files that have rejects.
"""

SIT_AND_GO_TITLES = ("Double or Nothing", "Sit&Go", "Sit & Go", "No Limit Hold'em", "Starting Block", "Super Freeroll")
"""How the names of sit-and-gos begin: a hand's header does not say it, only the summary's ``Mode : sng`` does."""

_PLAYER_FIELDS = (
    *("hand", "seat", "name_start", "name_length", "dealt", "position", "is_hero", "is_button", "showed"),
    *("start_stack", "bounty", "hole", "contributed", "returned", "collected", "effective"),
    *("saw_flop", "saw_turn", "saw_river", "went_to_showdown"),
)
_ACTION_FIELDS = (
    *("hand", "seat_row", "player", "seq", "street", "seat", "action", "is_all_in", "n_raises"),
    *("amount", "to", "to_call", "pot_before", "stack_before"),
)
UTC_SINCE = datetime.fromtimestamp(dates.UTC_SINCE, UTC)
_TITLE = re.compile(
    r'CashGame|(?:Go Fast|HOLD-UP|ESCAPE) "(?P<pool>.+)"|Tournament "(?P<name>.+)" buyIn: .* level: (?P<level>.*)'
)
_Value = TypeVar("_Value")
_TOURNAMENT_TABLE = r"^(?:.*)\((\d+)\)#\d+$"


class _Built(Generic[_Value]):
    """An attribute that is built when first asked for; `functools.cached_property` locks all threads in Python 3.11."""

    def __init__(self, build: Callable[[Any], _Value]) -> None:
        self._build = build
        self.__doc__ = build.__doc__

    def __get__(self, instance: Any, owner: type | None = None) -> _Value:
        value = instance.__dict__[self._build.__name__] = self._build(instance)
        return value


class Parsed:
    """What the scan of some text gave; each frame is built when it is first asked for.

    Attributes
    ----------
    hands, seats, actions, tournaments, rejects
        Frames with the columns of `pokerlab.schema`; ``seats`` still lacks ``ev_net`` and the flags.
    hand_ids
        The column ``hand_id`` of ``hands``.
    hand_records, player_records, action_records
        The scan's rows behind ``hands``, ``seats`` and ``actions``: structured arrays of `pokerlab_kernels.records`.
    """

    def __init__(self, text: Text, scanned: history.Scanned) -> None:
        self._text = text
        self._scanned = scanned
        self.hand_records = scanned.hands
        self.player_records = scanned.players
        self.action_records = scanned.actions

    @property
    def hand_ids(self) -> pl.Series:
        """The ids of the hands, in the order of the text."""
        return self._hands["hand_id"]

    @_Built
    def hands(self) -> pl.DataFrame:
        """One row a hand."""
        heroes = _heroes(self.player_rows, self._hands.height, self._players)
        return self._hands.hstack([heroes])[schema.HANDS.names()]

    @_Built
    def seats(self) -> pl.DataFrame:
        """One row a seat and hand, without ``ev_net`` and the flags."""
        return _seats(self.player_rows, self._scanned.hands["big_blind"], self._hands, self._players)

    @_Built
    def actions(self) -> pl.DataFrame:
        """One row an action."""
        return _actions(self.action_rows, self._hands["hand_id"], self._players)

    @property
    def tournaments(self) -> pl.DataFrame:
        """One row a tournament and hero."""
        return self._summaries[0]

    @_Built
    def rejects(self) -> pl.DataFrame:
        """One row a piece that is in no other frame."""
        return _rejects(self._text, self._scanned.blocks, self._summaries[1])

    @_Built
    def _hands(self) -> pl.DataFrame:
        return _hands(self._text, self._scanned)

    @_Built
    def _players(self) -> pl.Series:
        rows = self.player_rows
        return columns.text("player", self._text.data, rows["name_start"], rows["name_start"] + rows["name_length"])

    @_Built
    def player_rows(self) -> dict[str, np.ndarray]:
        """Give the fields of ``player_records`` that frames need, an array each."""
        return fields.split(self._scanned.players, _PLAYER_FIELDS)

    @_Built
    def action_rows(self) -> dict[str, np.ndarray]:
        """Give the fields of ``action_records`` that frames need, an array each."""
        return fields.split(self._scanned.actions, _ACTION_FIELDS)

    @_Built
    def _summaries(self) -> tuple[pl.DataFrame, list[tuple[int, int, int, str]]]:
        return _summaries(self._text, self._scanned.blocks)


def parse(pieces: Sequence[Piece], room: history.Room | None = None) -> Parsed:
    """Parse files, or new parts of files that begin at a hand.

    Every line is in a hand of the frames, in a tournament summary, or in a row of ``rejects``. Hands are not
    deduplicated. The result does not depend on how many pieces are given at once. With a ``room``, the records of the
    result last until the next call with it; its frames are not concerned.
    """
    text = join(pieces)
    return Parsed(text, history.read(grammar.compiled(), text.data, text.size, text.starts, room))


def _title_facts(titles: pl.Series) -> pl.DataFrame:
    """Give format, pool, tournament name and level of each distinct title."""
    rows = []
    for title in titles.unique().to_list():
        found = _TITLE.fullmatch(title)
        name = found["name"] if found else None
        pool = found["pool"] if found else None
        if pool:
            kind = "fast_fold"
        elif name is None:
            kind = "cash"
        elif name.startswith("Expresso"):
            kind = "expresso"
        else:
            kind = "sit_and_go" if name.startswith(SIT_AND_GO_TITLES) else "tournament"
        level = (found["level"].strip() or None) if found and found["level"] is not None else None
        rows.append((title, kind, pool, name, level))
    kinds: dict[str, pl.DataType | type[pl.DataType]] = {
        "title": pl.String,
        "format": schema.FORMAT,
        "pool": pl.String,
        "tournament_name": pl.String,
        "level": pl.String,
    }
    return pl.DataFrame(rows, schema=kinds, orient="row")


def _hands(text: Text, scanned: history.Scanned) -> pl.DataFrame:
    rows = scanned.hands
    pieces = text.piece(rows["start"])
    games = [game.game for game in grammar.GAMES]
    limits = [game.limit for game in grammar.GAMES]
    play = np.array([shape.detail for shape in grammar.SHAPES])[rows["table_shape"]] & records.TABLE_FOR_PLAY
    unit = np.where(rows["divisor"] == 100, 2, play)
    frame = pl.DataFrame(
        [
            columns.text("hand_id", text.data, rows["id_start"], rows["id_end"]),
            pl.Series("played_at", rows["unix"] * 1_000_000).cast(schema.UTC_TIME),
            columns.text("title", text.data, rows["title_start"], rows["title_end"]),
            columns.lookup("game", rows["game"], games, schema.GAME),
            columns.lookup("limit", rows["game"], limits, schema.LIMIT),
            columns.codes("unit", unit),
            columns.text("table", text.data, rows["table_start"], rows["table_end"]),
            *(columns.numbers(name, rows[name], pl.Int8) for name in ("max_seats", "n_players")),
            columns.numbers("button_seat", rows["button"], pl.Int8, valid=rows["button"] > 0),
            columns.numbers("small_blind", rows["small_blind"], pl.Int64, valid=rows["small_blind"] >= 0),
            *(columns.numbers(name, rows[name], pl.Int64) for name in ("big_blind", "ante")),
            columns.cards("board", rows["board"]),
            *(columns.numbers(name, rows[name], pl.Int64) for name in ("pot", "rake", "added")),
            pl.Series("source", [piece.source for piece in text.pieces], pl.String).gather(pieces),
            pl.Series("offset", text.offsets(rows["start"])),
        ]
    )
    frame = columns.name_codes(frame, {"game": schema.GAME, "limit": schema.LIMIT, "unit": schema.UNIT})
    frame = frame.join(_title_facts(frame["title"]), on="title", how="left", maintain_order="left")
    in_tournament = pl.col("tournament_name").is_not_null()
    number = pl.col("table").str.extract(_TOURNAMENT_TABLE)
    return frame.with_columns(tournament_id=pl.when(in_tournament).then(number))


def _seats(rows: dict[str, np.ndarray], big_blinds: np.ndarray, hands: pl.DataFrame, player: pl.Series) -> pl.DataFrame:
    big_blind = big_blinds[rows["hand"]]
    in_blinds = rows["dealt"] & (big_blind > 0)
    frame = pl.DataFrame(
        [
            columns.take(hands["hand_id"], rows["hand"]),
            columns.numbers("seat", rows["seat"], pl.Int8),
            player,
            columns.numbers("dealt", rows["dealt"], pl.Boolean),
            columns.codes("position", rows["position"]),
            columns.numbers("is_hero", rows["is_hero"], pl.Boolean),
            columns.numbers("is_button", rows["is_button"], pl.Boolean),
            columns.numbers("stack", rows["start_stack"], pl.Int64),
            columns.numbers("bounty", rows["bounty"], pl.Int64, valid=rows["bounty"] >= 0),
            columns.cards("hole", rows["hole"]),
            columns.numbers("showed", rows["showed"], pl.Boolean),
            *(columns.numbers(name, rows[name], pl.Int64) for name in ("contributed", "returned", "collected")),
            columns.numbers("net", rows["collected"] - rows["contributed"], pl.Int64),
            *(
                columns.numbers(name, rows[name], pl.Boolean)
                for name in ("saw_flop", "saw_turn", "saw_river", "went_to_showdown")
            ),
            columns.numbers("won", rows["collected"] > 0, pl.Boolean),
            hands["unit"].gather(rows["hand"]),
            columns.numbers("big_blind", big_blind, pl.Int64),
            columns.numbers("effective_bb", rows["effective"] / np.maximum(big_blind, 1), pl.Float64, valid=in_blinds),
        ]
    )
    return columns.name_codes(frame, {"position": schema.POSITION})


def _actions(rows: dict[str, np.ndarray], hand_id: pl.Series, player: pl.Series) -> pl.DataFrame:
    frame = pl.DataFrame(
        [
            columns.take(hand_id, rows["hand"]),
            columns.numbers("seq", rows["seq"], pl.Int16),
            columns.codes("street", rows["street"]),
            columns.numbers("seat", rows["seat"], pl.Int8),
            columns.take(player, rows["seat_row"]),
            columns.codes("action", rows["action"]),
            columns.numbers("amount", rows["amount"], pl.Int64),
            columns.numbers("to", rows["to"], pl.Int64),
            columns.numbers("is_all_in", rows["is_all_in"], pl.Boolean),
            *(columns.numbers(name, rows[name], pl.Int64) for name in ("to_call", "pot_before", "stack_before")),
            columns.numbers("n_raises", rows["n_raises"], pl.Int8),
        ]
    )
    return columns.name_codes(frame, {"street": schema.STREET, "action": schema.ACTION})


def _heroes(rows: dict[str, np.ndarray], hands: int, player: pl.Series) -> pl.Series:
    """Give the heroes of each hand, in the order of their seats."""
    heroes = np.flatnonzero(rows["is_hero"])
    counts = np.bincount(rows["hand"][heroes], minlength=hands)
    offsets = pa.array(np.concatenate([[0], np.cumsum(counts)]), pa.int64())
    names = player.gather(heroes).to_arrow(compat_level=pl.CompatLevel.oldest())
    return pl.Series("heroes", pl.from_arrow(pa.LargeListArray.from_arrays(offsets, names)), pl.List(pl.String))


def _summaries(text: Text, blocks: np.ndarray) -> tuple[pl.DataFrame, list[tuple[int, int, int, str]]]:
    """Give the tournaments, and the blocks refused as start, end, place of the line and what is wrong."""
    entries = []
    refused = []
    for block in blocks[blocks["rule"] == records.R_OK]:
        start, end = int(block["start"]), int(block["end"])
        content = text.slice(start, end)
        try:
            entry = summaries.read(content)
        except summaries.SummaryError as error:
            before = content.splitlines(keepends=True)[: error.line]
            refused.append((start, end, start + len("".join(before).encode()), str(error)))
        else:
            piece = int(text.piece(np.array([start]))[0])
            entries.append((piece, entry["id"], entry["hero"], start, entry))
    entries.sort(key=lambda item: item[:4])
    rows = []
    for (piece, *_), same in groupby(entries, key=lambda item: item[:3]):
        group = list(same)
        start = group[-1][3]
        offset = int(text.offsets(np.array([start]))[0])
        rows.append((start, summaries.row([item[4] for item in group], text.pieces[piece].source, offset)))
    rows.sort(key=lambda item: item[0])
    return pl.DataFrame([row for _, row in rows], schema=schema.TOURNAMENTS).with_columns(
        _true_utc("started_at")
    ), refused


def _true_utc(column: str) -> pl.Expr:
    """Take what was printed before `UTC_SINCE` for what it is: the local time of Paris under the name of UTC."""
    printed = pl.col(column)
    paris = printed.dt.replace_time_zone("Europe/Paris", ambiguous="earliest", non_existent="null")
    return pl.when(printed < UTC_SINCE).then(paris.dt.convert_time_zone("UTC")).otherwise(printed)


def _rejects(text: Text, blocks: np.ndarray, refused: list[tuple[int, int, int, str]]) -> pl.DataFrame:
    found = []
    for block in blocks[blocks["rule"] != records.R_OK]:
        rule = rejects.rule_name(int(block["rule"]))
        start, end = int(block["start"]), int(block["end"])
        hand_end = start + rejects.hand_end(text.data[start:end].tobytes())
        found.append((start, hand_end, int(block["at"]), rule, rejects.REASONS[rule]))
        if hand_end < end:
            found.append((hand_end, end, hand_end, "stray_text", rejects.REASONS["stray_text"]))
    found += [(start, end, at, "summary", reason) for start, end, at, reason in refused]
    found.sort()
    starts = np.array([item[0] for item in found], np.int64)
    ends = np.append(text.starts[1:], text.size) - 1  # the line feed behind a piece is not its own
    rows = []
    for (start, end, at, rule, reason), piece, offset in zip(
        found, text.piece(starts), text.offsets(starts), strict=True
    ):
        number, line = text.line(at)
        content = text.slice(start, min(end, int(ends[piece])))
        rows.append((text.pieces[piece].source, offset, number, line, rule, reason, content))
    return pl.DataFrame(rows, schema=schema.REJECTS, orient="row")
