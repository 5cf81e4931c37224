"""How a text of ranges is cut into tokens, weights, groups and exclusions, whatever game its hands are of."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from decimal import Decimal
from typing import Any, NoReturn

from pokerlab.errors import RangeError, quoted

NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
ALL_WORDS = ("RANDOM", "ANY", "*", "XX")
_TOKEN = re.compile(r"[^\s,]+")
_GROUP = re.compile(r"\[(/?)([^\[\]\s,]*)\]")


def _weight(text: str, scale: float) -> float | None:
    if NUMBER.fullmatch(text) is None:
        return None
    # Decimal keeps [12.5] equal to @0.125 and [10] to @0.1.
    weight = float(Decimal(text) / Decimal(scale))
    return weight if 0 <= weight <= 1 else None


class Reader(ABC):
    """Reads one range text from left to right; what its tokens mean is left to the game's own reader."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.group: tuple[str, float, int] | None = None

    @abstractmethod
    def hands(self, text: str) -> Any:
        """Give the hands that a token without weight means, or what is wrong with it as a text."""

    @abstractmethod
    def put(self, found: Any, weight: float) -> None:
        """Give hands a weight, in place of one that they had."""

    @abstractmethod
    def leave_out(self, found: Any) -> None:
        """Note hands that are left out whatever else the text says."""

    def refuse(self, reason: str, token: str, column: int) -> NoReturn:
        """Raise with the token and its column."""
        msg = f"column {column}: {reason}, in range {quoted(self.text)}"
        raise RangeError(msg, token, column)

    def refuse_empty(self, example: str) -> NoReturn:
        """Raise because no hand is left."""
        self.refuse(f"no hand is left; a range needs at least one, such as {example!r} or 'random'", self.text, 1)

    def walk(self) -> None:
        """Read all tokens."""
        for match in _TOKEN.finditer(self.text):
            self._split(match[0], match.start() + 1)
        if self.group is not None:
            tag, _, column = self.group
            self.refuse(f"'[{tag}]' is not closed by '[/{tag}]'", f"[{tag}]", column)

    def _split(self, word: str, column: int) -> None:
        """Cut the group marks off a word, which need no comma around them."""
        end = 0
        for mark in _GROUP.finditer(word):
            self._token(word[end : mark.start()], column + end)
            self._mark(mark, column + mark.start())
            end = mark.end()
        self._token(word[end:], column + end)

    def _mark(self, mark: re.Match[str], column: int) -> None:
        tag = mark[2]
        if mark[1]:
            if self.group is None or self.group[0] != tag:
                self.refuse(f"{quoted(mark[0])} closes a group that was not opened by '[{tag}]'", mark[0], column)
            self.group = None
            return
        weight = _weight(tag, 100)
        if weight is None:
            self.refuse(f"{quoted(mark[0])} is not a weight in per cent from [0] to [100]", mark[0], column)
        if self.group is not None:
            self.refuse(f"{quoted(mark[0])} stands inside the group '[{self.group[0]}]'", mark[0], column)
        self.group = tag, weight, column

    def _token(self, token: str, column: int) -> None:
        if not token:
            return
        hands, sign, written = re.match(r"([^@:]*)([@:]?)(.*)", token, re.DOTALL).groups()  # type: ignore[union-attr]
        exclude = token[0] in "-!"
        named = hands[1:] if exclude else hands
        if not named:
            self.refuse(f"{quoted(token)} names no hand", token, column)
        found = self.hands(named)
        if isinstance(found, str):
            self.refuse(found if named == token else f"{quoted(token)}: {found}", token, column)
        if sign and (exclude or self.group is not None):
            why = "an exclusion has no weight" if exclude else "a token in a group has the weight of the group"
            self.refuse(f"{quoted(token)}: {why}", token, column)
        weight = _weight(written, 1) if sign else self.group[1] if self.group is not None else 1.0
        if weight is None:
            self.refuse(f"{quoted(token)}: {quoted(written)} is not a weight from 0 to 1", token, column)
        if exclude:
            self.leave_out(found)
        else:
            self.put(found, weight)
