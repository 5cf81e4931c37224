"""Pieces of files on their way from the watchers to the store: what waits is taken together."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import replace
from itertools import pairwise
from threading import Condition
from typing import TYPE_CHECKING

import polars as pl

from pokerlab import watch
from pokerlab._lab._old import source_of
from pokerlab.frames import merge_copies
from pokerlab.watch import Appended

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pokerlab.frames import HandFrames

GROUP_BYTES = 1 << 20
"""About so much text is parsed and stored at once: some 600 hands."""

WAITING_BYTES = 32 << 20
"""With more than this waiting, as where the disk is full, files are read on later."""

_HEADER = re.compile(rb"^" + re.escape(watch.SIGNATURE), re.MULTILINE)


class Waiting:
    """Pieces in the order in which they were found.

    A commit takes as long for one hand as for a hundred, so that whatever came during one is stored by the next.
    """

    def __init__(self) -> None:
        self._pieces: deque[Appended] = deque()
        self._bytes = 0
        self._closed = False
        self._changed = Condition()

    def put(self, piece: Appended) -> None:
        """Add a piece, as soon as there is room for it."""
        with self._changed:
            self._changed.wait_for(lambda: self._bytes < WAITING_BYTES or self._closed)
            self._pieces.append(piece)
            self._bytes += len(piece.data)
            self._changed.notify_all()

    def take(self) -> list[Appended]:
        """Wait for pieces and take those that are there, at most a group; none once this is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._pieces or self._closed)
            group: list[Appended] = []
            size = 0
            while self._pieces and not self._closed and size < GROUP_BYTES:
                group.append(self._pieces.popleft())
                size += len(group[-1].data)
            self._bytes -= size
            self._changed.notify_all()
            return group

    def close(self) -> None:
        """Let nobody wait any more; what is left is not taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()


def parse(group: Sequence[Appended]) -> HandFrames:
    """Parse pieces together, each hand once; what is not understood of a hand that may go on is no reject yet."""
    from pokerlab._ingest import derive
    from pokerlab.winamax import Piece

    frames = derive([Piece(source_of(each.path), each.data, each.offset, each.lines) for each in group])
    if frames.rejects.height:
        open_ends = [
            (source_of(each.path), each.offset)
            for each in group
            if each.may_go_on and not each.data.startswith(watch.TITLE)
        ]
        unsure = pl.DataFrame(open_ends, schema={"source": pl.String, "offset": pl.Int64}, orient="row")
        frames = replace(frames, rejects=frames.rejects.join(unsure, on=["source", "offset"], how="anti"))
    return merge_copies(frames)


def parts_of(group: Sequence[Appended]) -> list[Appended]:
    """Give smaller parts of what fails together: each piece by itself, or each hand of a piece."""
    if len(group) != 1:
        return list(group)
    [piece] = group
    starts = [match.start() for match in _HEADER.finditer(piece.data)]
    lines = piece.lines
    parts = []
    for start, end in pairwise([0, *starts[1:], len(piece.data)]):
        data = piece.data[start:end]
        parts.append(Appended(piece.path, piece.offset + start, data, lines))
        lines = None if lines is None else lines + data.count(b"\n")
    return parts
