"""Hands as Open Hand History files."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pokerlab.export._files import file_of, write_whole
from pokerlab.export._single import write_single
from pokerlab.interchange import Hand, ohh_object

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from pokerlab.export._files import Source
    from pokerlab.export._report import ExportReport


def ohh(source: Source, path: str | os.PathLike[str], *, overwrite: bool = False) -> ExportReport:
    """Write hands as Open Hand History (OHH) 1.4.7, JSON that trackers read, one object a hand.

    Amounts are decimal numbers, exact to the cent; objects are a line each, with an empty line between.

    Parameters
    ----------
    source
        Frames, or a store or snapshot, which is read bit by bit.
    path
        A ``.ohh`` file, or a folder, where ``hands.ohh`` is written.
    overwrite
        Replace a file that is there already.

    Returns
    -------
    ExportReport
        How many hands were written, and which were left out and why: stud and draw games.

    Raises
    ------
    ExportError
        The file is there already, or cannot be written.

    Examples
    --------
    >>> import pokerlab as pk, tempfile
    >>> report = pk.export.ohh(pk.sample.hands(20, seed=1), tempfile.mkdtemp())
    >>> report.path.name, report.written
    ('hands.ohh', 20)
    """
    target = file_of(path, (".ohh",), "hands.ohh")

    def text(hand: Hand, tournaments: Mapping[str, Mapping[str, Any]], _: int) -> str:
        told = ohh_object(hand, tournaments.get(hand.facts["tournament_id"] or ""))
        return json.dumps({"ohh": told}, ensure_ascii=False, default=_number) + "\n\n"

    return write_single(source, target, text, write_whole, overwrite=overwrite)


def _number(value: object) -> float:
    """Write a decimal as a JSON number: the shortest form of the nearest double is the decimal itself, to 15 digits."""
    if isinstance(value, Decimal):
        return float(value)
    msg = f"{value!r} has no place in Open Hand History"
    raise TypeError(msg)
