"""A step of a hand as a drawing that needs no page: for exports, and for notebooks without a kernel.

It shows what ``static/table.js`` draws in a page; a test holds the two to the same texts.
"""

from __future__ import annotations

from html import escape
from typing import Any

from pokerlab.text import money
from pokerlab.widgets._replay_places import CENTRE, FELT, HEIGHT, SEAT_HEIGHT, SEAT_WIDTH, WIDTH

CARD_WIDTH, CARD_HEIGHT = 30, 40
BOARD_SCALE = 1.3
MOST_LETTERS = 14
SIGNS = {"c": "♣", "d": "♦", "h": "♥", "s": "♠"}

_TWO = {"c": "#1f1f1f", "d": "#c62828", "h": "#c62828", "s": "#1f1f1f"}
_FOUR = _TWO | {"c": "#1b6e33", "d": "#1557b0"}
_PALETTES = {
    "light": {"ground": "#ffffff", "text": "#1f1f1f", "soft": "#616161", "felt": "#d7e8dc", "rail": "#8fb39b",
              "seat": "#ffffff", "line": "#bdbdbd", "focus": "#1976d2", "bet": "#8a5300"},
    "dark": {"ground": "#1b1b1b", "text": "#e6e6e6", "soft": "#b0b0b0", "felt": "#1d3527", "rail": "#3d6a4e",
             "seat": "#2a2a2a", "line": "#555555", "focus": "#64b5f6", "bet": "#ffb74d"},
}  # fmt: skip


def amount(value: int, hand: dict[str, Any], amounts: str) -> str:
    """Write an amount as money, or in big blinds with at most two decimals.

    Examples
    --------
    >>> amount(250, {"unit": "eur_cent", "big_blind": 100}, "bb")
    '2.5 bb'
    """
    blind = hand["big_blind"]
    if amounts != "bb" or not blind:
        return money(value, hand["unit"])
    hundredths = (200 * value + blind) // (2 * blind)
    whole = f"{hundredths / 100:,.2f}".rstrip("0").rstrip(".")
    return f"{whole} bb"


def spoken(data: dict[str, Any], step: dict[str, Any], amounts: str) -> str:
    """Tell a step as a sentence: who did what."""
    parts = [data["seats"][step["who"]]["player"]] if step["who"] is not None else []
    parts.append(step["words"])
    if step["amount"] is not None:
        parts.append(amount(step["amount"], data["hand"], amounts))
    if step["told"]:
        parts.append(" ".join(signs(step["told"])))
    return " ".join(parts) + (", all-in" if step["all_in"] else "")


def signs(cards: str) -> list[str]:
    """Write each card with the sign of its suit, an unknown one as ``?``."""
    pairs = [cards[n : n + 2] for n in range(0, len(cards), 2)]
    return [pair[0] + SIGNS[pair[1]] if pair[1] in SIGNS else "?" for pair in pairs]


def pots_text(data: dict[str, Any], step: dict[str, Any], amounts: str) -> str:
    """Name the pots: one, or the main pot and side pots."""
    written = [amount(pot, data["hand"], amounts) for pot in step["pots"]]
    if len(written) < 2:
        return f"Pot {written[0]}" if written else ""
    sides = [f"side pot {n} {pot}" if len(written) > 2 else f"side pot {pot}" for n, pot in enumerate(written[1:], 1)]
    return " · ".join([f"Main pot {written[0]}", *sides])


def table_svg(
    data: dict[str, Any], number: int, *, amounts: str = "money", four_colour: bool = False, theme: str = "light"
) -> str:
    """Draw the table after a step; all texts are escaped."""
    step, colours = data["steps"][number], _PALETTES["dark" if theme == "dark" else "light"]
    inks = _FOUR if four_colour else _TWO
    x, y = CENTRE
    said = spoken(data, step, amounts)
    seats = [_seat(data, step, place, amounts, colours, inks) for place in range(len(data["seats"]))]
    pots = pots_text(data, step, amounts)
    parts = [
        _tag("title", {}, escape(said)),
        _tag("rect", {"width": WIDTH, "height": HEIGHT, "fill": colours["ground"]}),
        _tag("ellipse", {"cx": x, "cy": y, "rx": FELT[0], "ry": FELT[1], "fill": colours["felt"],
                         "stroke": colours["rail"], "stroke-width": 8}),
        _board(step["board"], inks),
        _text(pots, x, y + 45, colours["text"], 15) if pots else "",
        *seats,
        _text(said, x, 22, colours["text"], 15),
    ]  # fmt: skip
    frame = {
        "xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {WIDTH} {HEIGHT}", "role": "img",
        "font-family": "system-ui, sans-serif", "style": "max-width:100%;height:auto", "width": WIDTH,
    }  # fmt: skip
    return _tag("svg", frame, *parts)


def short(name: str) -> str:
    """Cut a long name to what a seat holds."""
    return name if len(name) <= MOST_LETTERS else f"{name[: MOST_LETTERS - 1]}…"


def _tag(name: str, attributes: dict[str, object], *children: str) -> str:
    given = "".join(f' {key}="{escape(str(value))}"' for key, value in attributes.items())
    return f"<{name}{given}>{''.join(children)}</{name}>"


def _text(text: str, x: float, y: float, fill: str, size: int, **more: object) -> str:
    return _tag("text", {"x": x, "y": y, "fill": fill, "font-size": size, "text-anchor": "middle"} | more, escape(text))


def _card(card: str, x: float, y: float, inks: dict[str, str]) -> str:
    known = card[1] in SIGNS
    frame = {"width": CARD_WIDTH, "height": CARD_HEIGHT, "rx": 4}
    fill = {"fill": "#ffffff", "stroke": "#8a8a8a"} if known else {"fill": "#51719b", "stroke": "#e4e9f0"}
    parts = [_tag("rect", frame | fill)]
    if known:
        parts.append(_text(card[0], CARD_WIDTH / 2, 18, inks[card[1]], 17, **{"font-weight": 600}))
        parts.append(_text(SIGNS[card[1]], CARD_WIDTH / 2, 35, inks[card[1]], 17))
    return _tag("g", {"transform": f"translate({x:g} {y:g})"}, *parts)


def _row(cards: str, step: float, inks: dict[str, str]) -> str:
    """Draw cards beside each other around x = 0, from y = 0 down."""
    pairs = [cards[n : n + 2] for n in range(0, len(cards), 2)]
    left = -(CARD_WIDTH + step * (len(pairs) - 1)) / 2
    return "".join(_card(pair, left + step * n, 0, inks) for n, pair in enumerate(pairs))


def _board(board: str, inks: dict[str, str]) -> str:
    place = f"translate({CENTRE[0]} {CENTRE[1] - 35}) scale({BOARD_SCALE})"
    return _tag("g", {"transform": place}, _row(board, CARD_WIDTH + 4, inks))


def spread(n_cards: int) -> float:
    """Give the distance of hole cards, so that all fit above a seat."""
    return min(CARD_WIDTH + 2, (SEAT_WIDTH - 6 - CARD_WIDTH) / max(n_cards - 1, 1))


def _seat(
    data: dict[str, Any], step: dict[str, Any], place: int, amounts: str, colours: dict[str, str], inks: dict[str, str]
) -> str:
    seat, hand = data["seats"][place], data["hand"]
    acts, live = step["who"] == place, step["live"][place]
    left, top = -SEAT_WIDTH / 2, -SEAT_HEIGHT / 2
    cards = step["cards"][place]
    below = " · ".join(filter(None, [amount(step["stacks"][place], hand, amounts), seat["position"]]))
    box = {"x": left, "y": top, "width": SEAT_WIDTH, "height": SEAT_HEIGHT, "rx": 8, "fill": colours["seat"],
           "stroke": colours["focus"] if acts else colours["line"], "stroke-width": 3 if acts else 1}  # fmt: skip
    parts = [
        _tag("g", {"transform": f"translate(0 {top - 36:g})", "opacity": 1 if live else 0.4},
             _row(cards, spread(len(cards) // 2), inks)),
        _tag("rect", box),
        _tag("g", {"opacity": 1 if live else 0.6}, _tag("title", {}, escape(seat["player"])),
             _text(short(seat["player"]), 0, -4, colours["text"], 14, **{"font-weight": 600}),
             _text(below if seat["dealt"] else "sits out", 0, 14, colours["soft"], 13)),
    ]  # fmt: skip
    if hand["button_seat"] == seat["seat"]:
        parts.append(_button(left, -top, colours))
    if step["equity"][place] is not None:
        parts.append(_text(f"{step['equity'][place]:.1%}", 0, -top + 16, colours["text"], 13, **{"font-weight": 600}))
    drawn = _tag("g", {"transform": f"translate({seat['x']} {seat['y']})"}, *parts)
    bet = step["bets"][place]
    return drawn + (
        _text(amount(bet, hand, amounts), seat["bet_x"], seat["bet_y"] + 5, colours["bet"], 15) if bet else ""
    )


def _button(x: float, y: float, colours: dict[str, str]) -> str:
    disc = {"cx": x, "cy": y, "r": 10, "fill": "#ffffff", "stroke": colours["rail"], "stroke-width": 2}
    return _tag("circle", disc) + _text("D", x, y + 4, "#1f1f1f", 12, **{"font-weight": 700})
