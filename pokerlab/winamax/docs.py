"""The page of the format, written from the grammar: ``python -m pokerlab.winamax.docs > docs/format.md``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pokerlab.text import table
from pokerlab.winamax.grammar import GAMES, SHAPES
from pokerlab.winamax.rejects import REASONS
from pokerlab_kernels import records

if TYPE_CHECKING:
    from collections.abc import Iterator

MEANINGS = {
    "header": "begins a hand: format, id, game, stakes, date",
    "table": "table, seats, money, button; stud prints no button",
    "seat": "a player and his stack, dealt in or not",
    "bounty_seat": "the same with the bounty on his head",
    "added": "put into the pot by the room",
    "section": "begins a section",
    "ante": "ante: dead money before the blinds",
    "small_blind": "small blind from its seat",
    "big_blind": "big blind from its seat",
    "dead_blind": "small blind of a returning player: dead; what it has over the small blind is a live big blind",
    "live_blind": "big blind of a returning player: live",
    "blind_raise": "both blinds of a returning player, as two hands of 2014 print them",
    "deny": "does not post, and is not dealt in for it",
    "absent": "the same of a player who has no seat any more: in no frame",
    "dealt": "the hero and his cards",
    "open_cards": "cards of a player as the hero sees them; who has no hidden card at first is the hero",
    "bring_in": "the forced bet of the lowest open card",
    "discard": "exchanges so many cards; none is `stand_pat`",
    "stand_pat": "keeps his hand",
    "fold": "folds",
    "check": "checks",
    "call": "puts in so much more",
    "bet": "puts in so much as the first",
    "raise": "raises to so much on this street, a dead blind counted in, stud's bring-in left out",
    "show": "shows; in a game of high and low once for each",
    "collect": "takes so much out of the pot, the uncalled part of his bet too",
    "total_pot": "what is paid out, after rake",
    "rounded_pot": "a total that cannot be checked: the hand is refused",
    "board": "the whole board again",
    "won": "won without a show",
    "showed_won": "showed and won",
    "showed_lost": "showed and lost",
    "folded": "folded (2010 to 2012)",
    "mucked": "lost, although he showed (2013)",
}
"""What a line of each kind says."""

FIELDS = {
    "player": "a name of the hand's seats, the longest that fits",
    "roles": "` (small blind)`, ` (big blind)`, ` (button)`, as the hand said",
    "text": "any text, up to the last place where the rest of the line fits",
    "name": "any text, up to the first place where the rest of the line fits",
    "int": "a whole number",
    "money": "an amount: two decimals at most after a point, `€` behind it or not",
    "cards": "cards with a blank between them: `As Td`",
    "xcards": "the same, `X` for a hidden card",
    "all_in": "` and is all-in`, exactly where no chips are left; or nothing",
    "rank": "the name of a poker hand, with `HI : ` or `LO : ` before it or not",
    "id": "`A-B-C`; C is the time, A of a tournament its id and table",
    "stakes": "two amounts, or three where there is an ante",
    "stamp": "a date and time that exists",
}
"""What stands for each field of a template."""


def _code(text: str) -> str:
    return f"`{text}`"


def _places(sections: tuple[str, ...]) -> str:
    """Name runs of sections by their ends."""
    codes = sorted(records.SECTIONS.index(name) for name in sections)
    runs: list[list[int]] = []
    for code in codes:
        if runs and code == runs[-1][-1] + 1 and code not in (records.SKIP, records.THIRD, records.BET1):
            runs[-1].append(code)
        else:
            runs.append([code])
    names = records.SECTIONS
    return ", ".join(names[run[0]] if len(run) == 1 else f"{names[run[0]]} to {names[run[-1]]}" for run in runs)


def _streets() -> Iterator[tuple[str, ...]]:
    for code, section in enumerate(records.SECTIONS):
        lines = [_code(s.template) for s in SHAPES if s.kind == "section" and s.detail == code]
        if lines and section != "summary":
            yield section, records.STREETS[records.STREET_OF[code]], ", ".join(lines)


def page() -> str:
    """Write the page as Markdown.

    Examples
    --------
    >>> page().splitlines()[0]
    '# Winamax histories: the lines that pokerlab reads'
    """
    lines = [
        "# Winamax histories: the lines that pokerlab reads",
        "",
        "Written from `pokerlab/winamax/grammar.py` by `python -m pokerlab.winamax.docs > docs/format.md`; a test",
        "compares the two. A line that fits no row, or fits one and contradicts the rest of its hand, costs the hand,",
        "which is then a row of `rejects`. Trailing blanks are no part of a line. Tournament summaries are blocks of",
        "`key : value` lines in any order; `pokerlab/winamax/summaries.py` lists their keys.",
        "",
        "## Games",
        "",
        *table(
            ("header", "game", "limit", "cards", "deals"),
            ((_code(game.text), game.game, game.limit, str(game.cards), game.family) for game in GAMES),
        ),
        "`board` games share cards, `stud` deals open and hidden cards in turn, `draw` lets cards be exchanged.",
        "",
        "## Sections and streets",
        "",
        "Before the first section stand the seats (`seats`), outside of hands only headers (`outside`).",
        "",
        *table(("section", "street in `actions`", "lines"), _streets()),
        "## Lines",
        "",
        *table(
            ("kind", "line", "where", "says"),
            ((s.kind, _code(s.template), _places(s.sections), MEANINGS[s.kind]) for s in SHAPES),
        ),
        "## Fields",
        "",
        *table(("field", "stands for"), ((_code(f"{{{name}}}"), text) for name, text in FIELDS.items())),
        "## Why a piece of text is refused",
        "",
        *table(("rule", "reason"), REASONS.items()),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(page())
