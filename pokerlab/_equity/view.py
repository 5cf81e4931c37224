"""An equity as a table with bars, for notebooks: what is won, shared and lost, and how sure that is."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pokerlab._equity.shares import Equity

_WIDTH, _HEIGHT = 240, 18
_WIN, _TIE = "#3b82c4", "#9a9a9a"
"""Both have a contrast of 3 with a white page and with a dark one; what is lost is left empty."""

_Z = 1.96
_HEAD = ("Player", "Equity", "Win", "Tie", "Lose", "")
_CELL = "text-align:{};padding:2px 8px;white-space:nowrap"


def table(equity: Equity) -> str:
    """Write an equity as HTML that carries its own style and follows the page's text colour; names are escaped."""
    head = "".join(f'<th scope="col" style="{_CELL.format("left" if not n else "right")}">{name}</th>'
                   for n, name in enumerate(_HEAD))  # fmt: skip
    rows = "".join(_row(equity, player) for player in range(len(equity.players)))
    return (
        f"<table><caption>{_how(equity)}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        f'<div style="font-size:0.9em">{_key()}</div>'
    )


def _how(equity: Equity) -> str:
    if equity.deals is not None:
        how = f"exact over {equity.deals:,} deals"
    elif equity.exact:
        how = "exact"
    else:
        how = f"{equity.samples:,} samples, standard error {max(equity.stderr):.3%}; ± is the 95 % interval"
    return f"{how}, {equity.seconds:.3g} s"


def _row(equity: Equity, player: int) -> str:
    share, win, tie = equity.equity[player], equity.win[player], equity.tie[player]
    error = _Z * equity.stderr[player]
    lose = max(1 - win - tie, 0.0)
    name = equity.players[player]
    told = f"{share:.2%}" + ("" if equity.exact else f" ± {error:.2%}")
    shown = name if len(name) <= 60 else f"{name[:59]}…"
    cells = "".join(f'<td style="{_CELL.format("right")}">{text}</td>' for text in _texts(told, win, tie, lose))
    label = escape(f"{shown}: equity {told}, wins {win:.2%}, ties {tie:.2%}, loses {lose:.2%}")
    first = f'<th scope="row" title="{escape(name)}" style="{_CELL.format("left")}">{escape(shown)}</th>'
    return f"<tr>{first}{cells}<td>{_bar(share, win, tie, None if equity.exact else error, label)}</td></tr>"


def _texts(told: str, win: float, tie: float, lose: float) -> list[str]:
    return [f'<span style="font-weight:bold">{told}</span>', f"{win:.2%}", f"{tie:.2%}", f"{lose:.2%}"]


def _bar(share: float, win: float, tie: float, error: float | None, label: str) -> str:
    """Draw won, shared and lost deals one behind the other, a mark at the equity, and its error as a whisker."""
    won, tied = win * _WIDTH, tie * _WIDTH
    at = share * _WIDTH
    whisker = ""
    if error is not None:
        low, high = max(share - error, 0) * _WIDTH, min(share + error, 1) * _WIDTH
        ends = "".join(f"M{x:.2f} 5V13" for x in (low, high))
        whisker = f'<path d="M{low:.2f} 9H{high:.2f}{ends}" stroke="currentColor" stroke-width="1.5" fill="none"/>'
    size = f'width="{_WIDTH}" height="{_HEIGHT}" viewBox="-1 0 {_WIDTH + 2} {_HEIGHT}"'
    return (
        f'<svg role="img" aria-label="{label}" {size}>'
        f'<rect x="0" y="3" width="{won:.2f}" height="12" fill="{_WIN}"/>'
        f'<rect x="{won:.2f}" y="3" width="{tied:.2f}" height="12" fill="{_TIE}"/>'
        f'<rect x="0" y="3" width="{_WIDTH}" height="12" fill="none" stroke="currentColor" stroke-opacity="0.6"/>'
        f'<path d="M{at:.2f} 0V18" stroke="currentColor" stroke-width="2"/>{whisker}</svg>'
    )


def _key() -> str:
    def square(fill: str) -> str:
        return (
            '<svg aria-hidden="true" width="10" height="10"><rect x="0.5" y="0.5" width="9" height="9" '
            f'fill="{fill}" stroke="currentColor"/></svg>'
        )

    return f"{square(_WIN)} win {square(_TIE)} tie {square('none')} lose; the line is the equity"
