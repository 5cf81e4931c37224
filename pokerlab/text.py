"""Amounts and cards as people read them, the same in terminal, page and notebook."""

from __future__ import annotations

import difflib
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SUITS = {"c": "♣", "d": "♦", "h": "♥", "s": "♠"}


def plain(text: str) -> str:
    r"""Make hostile text safe for a terminal: control and formatting characters become a visible sign.

    Examples
    --------
    >>> plain("Ev\x1b[31mil")
    'Ev�[31mil'
    """
    return "".join("\ufffd" if unicodedata.category(sign) in {"Cc", "Cf", "Zl", "Zp"} else sign for sign in text)


def money(amount: int | None, unit: str, *, sign: bool = False) -> str:
    """Write an amount of a minor unit as people read it.

    Examples
    --------
    >>> money(-1250, "eur_cent", sign=True), money(1500, "chip")
    ('−12.50 €', '1,500')
    """
    if amount is None:
        return ""
    text = f"{abs(amount):,}" if unit == "chip" else f"{abs(amount) / 100:,.2f}"
    lead = "−" if amount < 0 else "+" if sign and amount > 0 else ""
    return f"{lead}{text}{' €' if unit == 'eur_cent' else ''}"


def cards(text: str | None) -> str:
    """Write joined cards with the signs of their suits.

    Examples
    --------
    >>> cards("AsKd")
    'A♠ K♦'
    """
    packed = text or ""
    return " ".join(packed[n] + _SUITS.get(packed[n + 1], "?") for n in range(0, len(packed) - 1, 2))


def suggestion(name: str, known: Iterable[str]) -> str:
    """Give the end of a message about an unknown name: which known one was meant, or else all of them.

    Examples
    --------
    >>> suggestion("vpi", ["vpip", "pfr"]), suggestion("x", ["vpip", "pfr"])
    ("; did you mean 'vpip'?", '; known are vpip, pfr')
    """
    names = list(known)
    spelt = {spelling.lower(): spelling for spelling in names}
    if close := difflib.get_close_matches(name.lower(), spelt, n=1):
        return f"; did you mean {spelt[close[0]]!r}?"
    return f"; known are {', '.join(names)}"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    r"""Give the lines of a table in Markdown, and an empty one after them.

    Examples
    --------
    >>> list(table(("code",), [("a|b",)]))
    ['| code |', '| --- |', '| a\\|b |', '']
    """
    for row in (head, ("---",) * len(head), *rows):
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
    yield ""
