"""Conditions as text: names of facts with ``&``, ``|``, ``~`` and parentheses, as `Condition.text` writes them."""

from __future__ import annotations

import re
from operator import and_, or_
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from pokerlab.errors import ConditionError, StatError
from pokerlab.facts.conditions import ALWAYS, NEVER, Condition, fact
from pokerlab.text import suggestion
from pokerlab_kernels import records

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_SIGNS = 2_000
MOST_NESTED = 50
"""How much text, and how many parentheses in each other, a condition may be."""

_TOKEN = re.compile(r"\w+|\S")
_CONSTANTS = {"always": ALWAYS, "never": NEVER}
_WORDS = {"AND": "&", "OR": "|", "NOT": "~", "!": "~"}


class _Token(NamedTuple):
    text: str
    column: int


def condition(text: str) -> Condition:
    """Read a condition from text: names of facts, ``always``, ``never``, ``&``, ``|``, ``~`` and parentheses.

    As in Python ``~`` binds more than ``&``, and that more than ``|``. Nothing of the text is executed.

    Parameters
    ----------
    text
        Such as ``"PREFLOP & FACING_ONE_RAISE & ~(IN_SB | IN_BB)"``; `MEANINGS` lists the facts.

    Raises
    ------
    ConditionError
        A token is not understood, or the condition is too large.

    Examples
    --------
    >>> condition("FLOP & ~(CALLS | FOLDS)").text()
    'FLOP & ~FOLDS & ~CALLS'
    """
    if len(text) > MOST_SIGNS:
        msg = f"a condition has at most {MOST_SIGNS:,} characters; this one has {len(text):,}"
        raise ConditionError(msg)
    return _Reader(text).whole()


class _Reader:
    """A recursive descent; what is denied is turned around at once, so that ``~`` never multiplies terms."""

    def __init__(self, text: str) -> None:
        self._tokens = [_Token(found[0], found.start() + 1) for found in _TOKEN.finditer(text)]
        self._end = _Token("", len(text.rstrip()) + 1)
        self._at = 0
        self._depth = 0

    def whole(self) -> Condition:
        read = self._either(denied=False)
        if self._next.text:
            self._refuse("expected & or | here")
        return read

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else self._end

    def _either(self, *, denied: bool) -> Condition:
        return self._chain("|", self._both, denied=denied)

    def _both(self, *, denied: bool) -> Condition:
        return self._chain("&", self._one, denied=denied)

    def _chain(self, sign: str, part: Callable[..., Condition], *, denied: bool) -> Condition:
        """Read parts with a sign between them; denied, ``&`` and ``|`` change places."""
        join = or_ if (sign == "|") != denied else and_
        read = part(denied=denied)
        while self._next.text == sign:
            at = self._next
            self._at += 1
            more = part(denied=denied)
            try:
                read = join(read, more)
            except StatError as error:
                raise ConditionError(str(error), at.text, at.column) from None
        return read

    def _one(self, *, denied: bool) -> Condition:
        while self._next.text == "~":
            self._at += 1
            denied = not denied
        if self._next.text == "(":
            return self._group(denied=denied)
        found = self._name()
        return ~found if denied else found

    def _group(self, *, denied: bool) -> Condition:
        opened = self._next
        self._depth += 1
        if self._depth > MOST_NESTED:
            self._refuse(f"at most {MOST_NESTED} parentheses may be in each other")
        self._at += 1
        read = self._either(denied=denied)
        if self._next.text != ")":
            self._refuse(f"expected &, | or the ) of the ( in column {opened.column}")
        self._at += 1
        self._depth -= 1
        return read

    def _name(self) -> Condition:
        token = self._next
        if token.text in _CONSTANTS:
            found = _CONSTANTS[token.text]
        elif token.text in records.FACTS:
            found = fact(token.text)
        elif re.fullmatch(r"\w+", token.text):
            self._refuse(f"it is not a fact{suggestion(token.text, records.FACTS)}")
        else:
            self._refuse("expected a fact, ~ or ( here")
        self._at += 1
        return found

    def _refuse(self, why: str) -> NoReturn:
        token = self._next
        what = repr(token.text) if token.text else "the end"
        if sign := _WORDS.get(token.text.upper()):
            why = f"write {sign} for it"
        msg = f"{what} in column {token.column} is not understood: {why}"
        raise ConditionError(msg, token.text, token.column)
