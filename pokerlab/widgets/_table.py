"""Hands as a static HTML table: what a saved notebook, or a page without widgets, shows."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from pokerlab.text import cards, money

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pokerlab.wire import Hand

_GAMES = {"holdem": "Hold'em", "omaha4": "Omaha", "omaha5": "Omaha 5"}
_HEAD = ("Time (UTC)", "Game", "Stakes", "Table", "Position", "Cards", "Board", "Net", "EV")
_RIGHT = "text-align:right"
# An exported page has no style of ours, and may be dark: a card brings its own ground along.
_CARD = "display:inline-block;margin-right:2px;padding:0 3px;border:1px solid #9e9e9e;border-radius:3px;background:#fff"
_INKS = {"♥": "#c62828", "♦": "#c62828"}


def table(hands: Iterable[Hand], caption: str) -> str:
    """Write hands as an HTML table; every text is escaped."""
    head = "".join(f"<th>{escape(name)}</th>" for name in _HEAD)
    rows = "".join(_row(hand) for hand in hands)
    return f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _row(hand: Hand) -> str:
    hero = hand.hero
    stakes = [money(blind, hand.unit) for blind in (hand.small_blind, hand.big_blind) if blind is not None]
    texts = [
        f"{hand.played_at:%Y-%m-%d %H:%M:%S}",
        _GAMES.get(hand.game, hand.game),
        " / ".join(stakes),
        hand.tournament_name or hand.pool or hand.table,
        (hero.position if hero else None) or "",
    ]
    cells = [*(f"<td>{escape(text)}</td>" for text in texts)]
    cells += [f"<td>{_cards(drawn)}</td>" for drawn in (hero.hole if hero else None, hand.board)]
    cells += [_amount(hand, won) for won in ((hero.net, hero.ev_net) if hero else (None, None))]
    return f"<tr>{''.join(cells)}</tr>"


def _cards(joined: str | None) -> str:
    return "".join(
        f'<span style="{_CARD};color:{_INKS.get(card[-1], "#1f1f1f")}">{escape(card)}</span>'
        for card in cards(joined).split()
    )


def _amount(hand: Hand, won: float | None) -> str:
    """Write a cell in big blinds with the money as its tooltip; where there are none, in money."""
    if won is None:
        return "<td></td>"
    printed = money(round(won), hand.unit, sign=True)
    text = _signed(won / hand.big_blind) if hand.big_blind else printed
    return f'<td style="{_RIGHT}" title="{escape(printed)}">{escape(text)}</td>'


def _signed(size: float) -> str:
    rounded = round(size, 1)
    return f"{'−' if rounded < 0 else '+' if rounded > 0 else ''}{abs(rounded):,.1f} bb"
