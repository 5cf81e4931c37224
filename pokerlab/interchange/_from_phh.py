"""Poker Hand Histories as frames: Hold'em and Omaha of any room, played by PokerKit, with all columns of statistics."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from pokerlab import facts, schema, stats
from pokerlab.errors import ExportError, HistoryError
from pokerlab.frames import HandFrames, concat, merge_copies
from pokerlab.interchange._played import Rows, UnreadableError, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator

Source = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]

SUFFIXES = (".phh", ".phhs")
_AT_ONCE = 5_000
_TABLE = re.compile(r"^\[[^\[\]\n]+\][ \t]*$", re.MULTILINE)


def read_phh(source: Source, *, as_chips: bool = False) -> HandFrames:
    """Read Poker Hand Histories (PHH) whole, into memory; PokerKit plays each hand, which checks it.

    Fields that `pokerlab.export.phh` wrote come back as they were; of other rooms' hands ``hand_id`` is their ``hand``
    field and a digest of the text, ``format`` is cash unless there is an ``event``, and what PHH does not say is null.
    Where a file tells ``finishing_stacks`` or ``winnings``, these count, and the difference is the rake.

    Parameters
    ----------
    source
        A file (``.phh`` has one hand, ``.phhs`` several), a folder (searched through all its folders), or several.
    as_chips
        Take amounts that are not euros for chips, in hundredths where they have decimals; otherwise such hands are
        rejects.

    Returns
    -------
    HandFrames
        ``rejects`` has the hands that are not understood, with file, byte, line, rule and reason. A hand without a
        date has no ``played_at``; it cannot go into a store.

    Raises
    ------
    HistoryError
        A path does not exist or cannot be read.
    ExportError
        PokerKit is not installed.

    Examples
    --------
    >>> import pokerlab as pk, tempfile
    >>> path = tempfile.mkdtemp() + "/hands.phhs"
    >>> frames = pk.sample.hands(20, seed=1)
    >>> pk.export.phh(frames, path).written
    20
    >>> again = pk.read_phh(path)
    >>> again.seats["net"].equals(frames.seats["net"])
    True
    """
    need_pokerkit()
    parts = [_frames(Rows())]
    rows = Rows()
    for path in _files(source):
        for piece in _pieces(path):
            _read(piece, rows, as_chips=as_chips)
            if len(rows.hands) >= _AT_ONCE:
                parts.append(_frames(rows))
                rows = Rows()
    parts.append(_frames(rows))
    return merge_copies(concat(parts))


def need_pokerkit() -> None:
    """Tell how to install PokerKit where it is missing.

    Raises
    ------
    ExportError
        It is.
    """
    try:
        import pokerkit  # noqa: F401
    except ImportError as error:
        msg = 'PHH needs PokerKit: pip install "pokerlab[interop]"'
        raise ExportError(msg) from error


@dataclass(frozen=True, slots=True)
class _Piece:
    """The text of one hand, and where it stands."""

    source: str
    text: str
    offset: int
    line: int


def _files(source: Source) -> Iterator[Path]:
    given = [source] if isinstance(source, (str, os.PathLike)) else list(source)
    for place in map(Path, given):
        path = place.expanduser()
        if path.is_dir():
            yield from sorted(file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())
        elif path.exists():
            yield path
        else:
            msg = f"{str(place)!r} does not exist; name a .phh or .phhs file, or a folder of them"
            raise HistoryError(msg)


def _pieces(path: Path) -> Iterator[_Piece]:
    """Cut a file at its table headers, so that one hand that is not TOML leaves the others alone."""
    try:
        text = path.read_bytes().decode("utf-8-sig", errors="replace").replace("\r\n", "\n")
    except OSError as error:
        msg = f"{str(path)!r} cannot be read: {error.strerror}"
        raise HistoryError(msg) from error
    heads = [*_TABLE.finditer(text)]
    starts = [(head.end(), head.start()) for head in heads] if heads else [(0, 0)]
    ends = [*(start for _, start in starts[1:]), len(text)]
    offset = line = seen = 0
    for (start, head), end in zip(starts, ends, strict=True):
        offset += len(text[seen:head].encode())
        line += text.count("\n", seen, head)
        seen = head
        yield _Piece(str(path), text[start:end].strip(), offset, line + 1)


def _read(piece: _Piece, rows: Rows, *, as_chips: bool) -> None:
    try:
        hand, seats, actions = rows_of(piece.text, as_chips=as_chips)
    except UnreadableError as error:
        first = piece.text.split("\n", 1)[0]
        rows.rejects.append((piece.source, piece.offset, piece.line, first, error.rule, str(error), piece.text))
        return
    rows.hands.append({**hand, "source": piece.source, "offset": piece.offset})
    rows.seats.extend(seats)
    rows.actions.extend(actions)


def _frames(rows: Rows) -> HandFrames:
    """Build frames, and from these everything that is derived: adjusted results and the columns of statistics."""
    hands = pl.DataFrame(rows.hands, schema=schema.HANDS)
    seats = pl.DataFrame(rows.seats, schema=schema.SEATS)
    actions = pl.DataFrame(rows.actions, schema=schema.ACTIONS)
    made = facts.Decisions.of_frames(seats, actions) if seats.height else facts.Decisions.empty()
    columns: list[Any] = facts.stat_columns(made, stats.flags()) + made.size_columns()
    if seats.height:
        seats = facts.with_ev(seats, actions, hands)
    return HandFrames(
        hands=hands,
        seats=seats.hstack(columns),
        actions=actions,
        tournaments=schema.TOURNAMENTS.to_frame(),
        rejects=pl.DataFrame(rows.rejects, schema=schema.REJECTS, orient="row"),
    )
