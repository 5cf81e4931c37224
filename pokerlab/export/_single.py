"""Writing hand by hand: what a format cannot express is left out and told, never dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from pokerlab.export._files import parts_of
from pokerlab.export._report import LEFT_OUT, ExportReport
from pokerlab.interchange import Hand, LeftOutError, each_hand

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from pokerlab.export._files import Source

    Text = Callable[[Hand, Mapping[str, Mapping[str, Any]], int], str]


def write_single(
    source: Source, path: Path, text: Text, write_whole: Callable[..., object], *, overwrite: bool
) -> ExportReport:
    """Write the text of each hand into one file.

    Parameters
    ----------
    source, path
        What is written, and where to.
    text
        Gives the text of a hand, from it, the summaries by tournament and the number it would have in the file;
        raises `LeftOutError`.
    write_whole
        Writes a file whole or not at all.
    overwrite
        Replace the file if it is there.
    """
    left_out: list[tuple[str, str, str]] = []
    written = 0

    def write(part: Path) -> None:
        nonlocal written
        with part.open("w", encoding="utf-8", newline="\n") as file:
            for frames in parts_of(source):
                known = {row["tournament_id"]: row for row in frames.tournaments.iter_rows(named=True)}
                for hand in each_hand(frames):
                    try:
                        file.write(text(hand, known, written + 1))
                        written += 1
                    except LeftOutError as error:
                        left_out.append((hand.hand_id, error.rule, error.reason))

    write_whole(path, write, overwrite)
    return ExportReport(path, written, pl.DataFrame(left_out, schema=LEFT_OUT, orient="row"))
