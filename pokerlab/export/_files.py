"""Files that are written whole or not at all, and where the hands for them come from."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from pokerlab import schema
from pokerlab.errors import ExportError
from pokerlab.frames import HandFrames
from pokerlab.store import Store
from pokerlab.store._snapshot import Snapshot

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator

Source = HandFrames | Store | Snapshot
"""What is written: frames in memory, or a store, which is read bit by bit."""

_ROWS_AT_ONCE = 100_000


def folder_of(folder: str | os.PathLike[str]) -> Path:
    """Make a folder to write to."""
    target = Path(folder).expanduser()
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        msg = f"{str(target)!r} cannot be made: {error.strerror}; name a folder to write to"
        raise ExportError(msg) from error
    return target


def file_of(path: str | os.PathLike[str], suffixes: tuple[str, ...], name: str) -> Path:
    """Give the file that ``path`` names by its suffix, or the file ``name`` in it where it names a folder."""
    target = Path(path).expanduser()
    if target.suffix.lower() in suffixes and not target.is_dir():
        folder_of(target.parent)
        return target
    return folder_of(target) / name


def write_whole(path: Path, write: Callable[[Path], object], overwrite: bool) -> Path:
    """Write a file whole or not at all."""
    if path.exists() and not overwrite:
        msg = f"{str(path)!r} is there already; choose another folder, or say overwrite"
        raise ExportError(msg)
    part = path.with_name(path.name + ".part")
    try:
        write(part)
        part.replace(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        msg = f"{str(path)!r} cannot be written: {error}"
        raise ExportError(msg) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return path


def state_of(source: Source) -> HandFrames | Snapshot:
    """Give frames as they are, and of a store its newest state."""
    return source.snapshot() if isinstance(source, Store) else source


def lazy_tables(source: Source) -> dict[str, pl.LazyFrame]:
    """Give each frame that has rows, lazily."""
    state = state_of(source)
    if isinstance(state, HandFrames):
        return {name: frame.lazy() for name, frame in state.tables().items() if frame.height}
    return {name: state.scan(name) for name, rows in state.counts().items() if rows and name in schema.TABLES}


def parts_of(source: Source) -> Iterator[HandFrames]:
    """Give the hands part by part, each with the tournaments of all."""
    state = state_of(source)
    if isinstance(state, HandFrames):
        yield state
        return
    tournaments, rejects = state.scan("tournaments").collect(), schema.REJECTS.to_frame()
    for segments in state.runs(_ROWS_AT_ONCE):
        names = {"seats": schema.SEATS.names(), "actions": schema.ACTIONS.names(), "hands": schema.HANDS.names()}
        read = [state.scan_segments(table, segments).select(columns) for table, columns in names.items()]
        seats, actions, hands = pl.collect_all(read)
        yield HandFrames(hands=hands, seats=seats, actions=actions, tournaments=tournaments, rejects=rejects)
