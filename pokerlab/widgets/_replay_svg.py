"""A step of a hand as a drawing that needs no page: for exports, and for notebooks without a kernel.

It shows what ``static/table.js`` draws in a page; a test holds the two to the same texts.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from pokerlab.text import money
from pokerlab.widgets._replay_places import CENTRE, FELT, HEIGHT, SEAT_HEIGHT, SEAT_WIDTH, WIDTH

if TYPE_CHECKING:
    from collections.abc import Mapping

CARD_WIDTH, CARD_HEIGHT = 30, 40
BOARD_SCALE = 1.3
MOST_LETTERS = 14
STUD = frozenset({"stud", "stud_hilo", "razz"})
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
    return _Drawing(data, data["steps"][number], amounts, _FOUR if four_colour else _TWO, _PALETTES[theme]).drawn()


@dataclass(frozen=True, slots=True)
class _Drawing:
    """One step, and how it is to look."""

    data: dict[str, Any]
    step: dict[str, Any]
    amounts: str
    inks: dict[str, str]
    colours: dict[str, str]

    def drawn(self) -> str:
        x, y = CENTRE
        said = spoken(self.data, self.step, self.amounts)
        felt = {"cx": x, "cy": y, "rx": FELT[0], "ry": FELT[1], "fill": self.colours["felt"],
                "stroke": self.colours["rail"], "stroke-width": 8}  # fmt: skip
        frame = {
            "xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {WIDTH} {HEIGHT}", "role": "img", "width": WIDTH,
            "font-family": "system-ui, sans-serif", "style": "max-width:100%;height:auto",
        }  # fmt: skip
        places = range(len(self.data["seats"]))
        board = f"translate({x} {y - 35}) scale({BOARD_SCALE})"
        return _tag(
            "svg",
            frame,
            _tag("title", {}, escape(said)),
            _tag("rect", {"width": WIDTH, "height": HEIGHT, "fill": self.colours["ground"]}),
            _tag("ellipse", felt),
            _tag("g", {"transform": board}, self._cards(self.step["board"], CARD_WIDTH + 4)),
            self._text(pots_text(self.data, self.step, self.amounts), x, y + 45),
            *map(self._seat, places),
            *map(self._bet, places),
            self._text(said, x, HEIGHT - 10),
        )

    def _seat(self, place: int) -> str:
        seat = self.data["seats"][place]
        live, acts = self.step["live"][place], self.step["who"] == place
        left, top = -SEAT_WIDTH / 2, -SEAT_HEIGHT / 2
        box = {
            "x": left, "y": top, "width": SEAT_WIDTH, "height": SEAT_HEIGHT, "rx": 8, "fill": self.colours["seat"],
            "stroke": self.colours["focus" if acts else "line"], "stroke-width": 3 if acts else 1,
        }  # fmt: skip
        cards = self.step["cards"][place]
        apart = min(CARD_WIDTH + 2, (SEAT_WIDTH - 6 - CARD_WIDTH) / max(len(cards) // 2 - 1, 1))
        hole = {"transform": f"translate(0 {top - 42:g})", "opacity": 1 if live else 0.4}
        name = {"fill": self.colours["text" if live else "soft"], "font-weight": 600 if live else 400}
        return _tag(
            "g",
            {"transform": f"translate({seat['x']} {seat['y']})"},
            _tag("title", {}, escape(seat["player"])),
            _tag("g", hole, self._cards(cards, apart, stud=self.data["hand"]["game"] in STUD)),
            _tag("rect", box),
            self._text(short(seat["player"]), 0, -4, 14, **name),
            self._text(self._behind(place), 0, 14, 13, fill=self.colours["soft"]),
            self._dealer(left, -top) if self.data["hand"]["button_seat"] == seat["seat"] else "",
            self._share(place, -top),
        )

    def _behind(self, place: int) -> str:
        seat, stack = self.data["seats"][place], self.step["stacks"][place]
        if not seat["dealt"]:
            return "sits out"
        behind = "all-in" if self.step["live"][place] and not stack else self._amount(stack)
        return " · ".join(filter(None, [behind, seat["position"]]))

    def _share(self, place: int, y: float) -> str:
        share = self.step["equity"][place]
        if share is None:
            return ""
        pill = {"x": -29, "y": y + 2, "width": 58, "height": 18, "rx": 9, "fill": self.colours["ground"],
                "stroke": self.colours["line"]}  # fmt: skip
        return _tag("rect", pill) + self._text(f"{share:.1%}", 0, y + 16, 13, **{"font-weight": 600})

    def _dealer(self, x: float, y: float) -> str:
        disc = {"cx": x, "cy": y, "r": 10, "fill": "#ffffff", "stroke": self.colours["rail"], "stroke-width": 2}
        return _tag("circle", disc) + self._text("D", x, y + 4, 12, fill="#1f1f1f", **{"font-weight": 700})

    def _bet(self, place: int) -> str:
        seat, bet = self.data["seats"][place], self.step["bets"][place]
        return self._text(self._amount(bet), seat["bet_x"], seat["bet_y"] + 5, fill=self.colours["bet"]) if bet else ""

    def _cards(self, cards: str, apart: float, *, stud: bool = False) -> str:
        """Draw cards beside each other around x = 0, from y = 0 down; of stud the upcards stand out."""
        pairs = [cards[n : n + 2] for n in range(0, len(cards), 2)]
        left = -(CARD_WIDTH + apart * (len(pairs) - 1)) / 2
        up = range(2, 6) if stud else ()
        return "".join(self._card(pair, left + apart * n, -9 if n in up else 0) for n, pair in enumerate(pairs))

    def _card(self, card: str, x: float, y: float) -> str:
        place = {"transform": f"translate({x:g} {y:g})"}
        frame = {"width": CARD_WIDTH, "height": CARD_HEIGHT, "rx": 4}
        if card[1] not in SIGNS:
            return _tag("g", place, _tag("rect", frame | {"fill": "#51719b", "stroke": "#e4e9f0"}))
        ink = {"fill": self.inks[card[1]], "font-weight": 600}
        return _tag(
            "g",
            place,
            _tag("rect", frame | {"fill": "#ffffff", "stroke": "#8a8a8a"}),
            self._text(card[0], CARD_WIDTH / 2, 18, 17, **ink),
            self._text(SIGNS[card[1]], CARD_WIDTH / 2, 35, 17, **ink),
        )

    def _amount(self, value: int) -> str:
        return amount(value, self.data["hand"], self.amounts)

    def _text(self, text: str, x: float, y: float, size: int = 15, **more: object) -> str:
        given = {"x": x, "y": y, "fill": self.colours["text"], "font-size": size, "text-anchor": "middle"}
        return _tag("text", given | more, escape(text)) if text else ""


def short(name: str) -> str:
    """Cut a long name to what a seat holds."""
    return name if len(name) <= MOST_LETTERS else f"{name[: MOST_LETTERS - 1]}…"


def _tag(name: str, attributes: Mapping[str, object], *children: str) -> str:
    given = "".join(f' {key}="{escape(str(value))}"' for key, value in attributes.items())
    return f"<{name}{given}>{''.join(children)}</{name}>"
