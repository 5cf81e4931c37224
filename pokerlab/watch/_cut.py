"""Where whole hands end: bytes in, a number out."""

from __future__ import annotations

import re

SIGNATURE = b"Winamax Poker - "
"""How each hand and each tournament summary begins."""

TITLE = SIGNATURE + b"Tournament summary :"
BOM = b"\xef\xbb\xbf"
_SUMMARY = b"\n*** SUMMARY ***"
_BLANK_LINE = re.compile(rb"\n[ \t\r]*\n\s*")
_FINISHED = re.compile(rb"\nTotal pot [^\n]+\n(?:[^\n]*\n)*?Seat \d+:")


def cut(data: bytes, *, final: bool = False) -> int:
    r"""Tell how many of the first bytes are whole hands.

    A hand is whole once a blank line follows its summary, or once another hand begins. Nothing is decoded, so a piece
    may end anywhere, also inside a character.

    Parameters
    ----------
    data
        Bytes of a history that start at a hand's border.
    final
        No more is expected for now: accept a last hand whose summary has a pot and a seat though no blank line follows,
        and a tournament summary, which has no end of its own.

    Examples
    --------
    >>> hand = b"Winamax Poker - ...\n*** SUMMARY ***\nTotal pot 3 | No rake\nSeat 1: a won 3\n"
    >>> cut(hand), cut(hand, final=True) == len(hand), cut(hand + b"\n") == len(hand) + 1
    (0, True, True)
    """
    last = data.rfind(b"\n" + SIGNATURE) + 1
    if data.startswith(TITLE, last):
        return len(data) if final else last
    summary = data.find(_SUMMARY, last)
    if summary < 0:
        return last
    blank = _BLANK_LINE.search(data, summary)
    if blank:
        return blank.end()
    return len(data) if final and _FINISHED.search(data, summary) else last
