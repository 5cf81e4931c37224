"""Hands as Poker Hand History files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pokerlab.errors import ExportError
from pokerlab.export._files import file_of, write_whole
from pokerlab.export._single import write_single
from pokerlab.interchange import Hand, need_pokerkit, phh_history, replay

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from typing import Any

    from pokerlab.export._files import Source
    from pokerlab.export._report import ExportReport


def phh(source: Source, path: str | os.PathLike[str], *, check: bool = True, overwrite: bool = False) -> ExportReport:
    """Write hands as Poker Hand Histories (PHH), the format that PokerKit and research on poker read.

    Hold'em without and with fixed limit and pot-limit Omaha go, tournaments in chips and cash in exact decimal euros.
    PokerKit plays each hand again before it is written: what everybody puts in, and what he wins, must be the same.

    Parameters
    ----------
    source
        Frames, or a store or snapshot, which is read bit by bit.
    path
        A ``.phhs`` file for several hands, a ``.phh`` file for one, or a folder, where ``hands.phhs`` is written.
    check
        Have PokerKit play the hands; without it, hands may be written that PokerKit plays otherwise, or refuses.
    overwrite
        Replace a file that is there already.

    Returns
    -------
    ExportReport
        How many hands were written, and which were left out and why; docs/interchange.md has the rules.

    Raises
    ------
    ExportError
        PokerKit is not installed, the file is there already or cannot be written, or ``.phh`` is asked for several.

    Examples
    --------
    >>> import pokerlab as pk, tempfile
    >>> report = pk.export.phh(pk.sample.hands(20, seed=1), tempfile.mkdtemp())
    >>> report.path.name, report.written, report.left_out.height
    ('hands.phhs', 20, 0)
    """
    need_pokerkit()
    target = file_of(path, (".phh", ".phhs"), "hands.phhs")
    several = target.suffix.lower() == ".phhs"

    def text(hand: Hand, _: Mapping[str, Mapping[str, Any]], number: int) -> str:
        if number > 1 and not several:
            msg = f"a .phh file has one hand, and there are more; name a .phhs file instead of {target.name!r}"
            raise ExportError(msg)
        written = phh_history(hand).dumps()
        if check:
            replay(written, hand)
        return f"[{number}]\n{written}\n\n" if several else f"{written}\n"

    return write_single(source, target, text, write_whole, overwrite=overwrite)
