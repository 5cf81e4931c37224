"""Cards as text and as codes: ``code = 4 * rank + suit``, rank 0..12 for 2..A, suit 0..3 for c, d, h, s."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pokerlab.errors import CardError, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

RANKS = "23456789TJQKA"
SUITS = "cdhs"
DECK = tuple(rank + suit for rank in RANKS for suit in SUITS)
"""The 52 cards as text, at the place of their code."""

_CODES = {card: code for code, card in enumerate(DECK)}


def parse_cards(text: str) -> list[int]:
    """Turn card text into codes; blanks are allowed between cards.

    Parameters
    ----------
    text
        Cards such as ``"AsKd"`` or ``"As Kd"``; rank in either case, suit in lower case or upper case.

    Raises
    ------
    CardError
        A card is not understood or stands twice; the text quotes it with its column.

    Examples
    --------
    >>> parse_cards("2c As")
    [0, 51]
    """
    if not isinstance(text, str):
        msg = f"{quoted(text)} is not a text of cards, such as 'AsKd'"
        raise CardError(msg)
    packed = "".join(text.split())
    codes: list[int] = []
    for start in range(0, len(packed), 2):
        word = packed[start : start + 2]
        code = _CODES.get(word[:1].upper() + word[1:].lower())
        if code is None:
            why = f"is not a card; cards are a rank of {RANKS} and a suit of {SUITS}, such as 'As'"
            msg = f"column {_column(text, start)}: {word!r} in {quoted(text)} {why}"
            raise CardError(msg)
        if code in codes:
            msg = f"column {_column(text, start)}: {DECK[code]} stands twice in {quoted(text)}"
            raise CardError(msg)
        codes.append(code)
    return codes


def _column(text: str, place: int) -> int:
    """Count from 1 where the sign stands that is at `place` without blanks."""
    return [column for column, sign in enumerate(text, start=1) if not sign.isspace()][place]


def format_cards(codes: Iterable[int]) -> str:
    """Turn codes into joined card text.

    Examples
    --------
    >>> format_cards([51, 0])
    'As2c'
    """
    return "".join(DECK[code] for code in codes)
