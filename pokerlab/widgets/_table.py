"""Hands as a static HTML table: what a saved notebook, or a page without widgets, shows."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from pokerlab.text import cards, money

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pokerlab.wire import Hand

_GAMES = {"holdem": "Hold'em", "omaha4": "Omaha", "omaha5": "Omaha 5"}
_HEAD = ("Time (UTC)", "Game", "Table", "Position", "Cards", "Board", "Net")
_RIGHT = ' style="text-align:right"'


def table(hands: Iterable[Hand], caption: str) -> str:
    """Write hands as an HTML table; every text is escaped."""
    head = "".join(f"<th>{escape(name)}</th>" for name in _HEAD)
    rows = "".join(_row(hand) for hand in hands)
    return f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _row(hand: Hand) -> str:
    hero = hand.hero
    stakes = f"{money(hand.small_blind, hand.unit)} / {money(hand.big_blind, hand.unit)}"
    cells = [
        f"{hand.played_at:%Y-%m-%d %H:%M:%S}",
        f"{_GAMES.get(hand.game, hand.game)} {stakes}",
        hand.tournament_name or hand.pool or hand.table,
        (hero.position if hero else None) or "",
        cards(hero.hole) if hero else "",
        cards(hand.board),
    ]
    net = money(hero.net, hand.unit, sign=True) if hero else ""
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}<td{_RIGHT}>{escape(net)}</td></tr>"
