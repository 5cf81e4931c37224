"""The last hands that a folder holds already."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING

from pokerlab.watch._cut import BOM, SIGNATURE, cut
from pokerlab.watch._tail import HEAD, Appended, title_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_log = logging.getLogger(__name__)

_TAIL = 1 << 20


def recent(folder: str | os.PathLike[str], count: int) -> list[Appended]:
    """Give pieces that hold the last hands of a folder: at least ``count`` where there are so many, newest file first.

    Of each file only the last megabyte is read.

    Examples
    --------
    >>> recent("~/history", 0)
    []
    """
    root = Path(folder).expanduser().absolute()
    files = sorted(_files(root), reverse=True) if count > 0 else []
    pieces: list[Appended] = []
    hands = 0
    for _, path in files:
        if hands >= count:
            break
        try:
            piece = _tail(path)
        except OSError as error:
            _log.warning("cannot read %s: %s", path, error)
            continue
        if piece.data:
            pieces.append(piece)
            hands += piece.data.count(SIGNATURE)
    return pieces


def _files(root: Path) -> Iterator[tuple[float, Path]]:
    for place, _, names in os.walk(root):
        for path in (Path(place, name) for name in names):
            try:
                if path.is_file():
                    yield path.stat().st_mtime, path
            except OSError:
                continue


def _tail(path: Path) -> Appended:
    with path.open("rb") as handle:
        if title_of(handle.read(HEAD)) != SIGNATURE:
            return Appended(path, 0, b"")
        size = handle.seek(0, os.SEEK_END)
        begin = max(size - _TAIL, 0)
        handle.seek(begin)
        data = handle.read(size - begin)
    text = len(BOM) if data.startswith(BOM) else 0
    first = text if data.startswith(SIGNATURE, text) else data.find(b"\n" + SIGNATURE) + 1
    end = cut(data, final=True)
    return Appended(path, begin + first, data[first:end])
