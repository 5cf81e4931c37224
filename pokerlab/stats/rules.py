"""Rules of the leak report: data that a user can read, change and write."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import polars as pl

from pokerlab import schema
from pokerlab.errors import StatError
from pokerlab.stats._catalog import get
from pokerlab.stats.values import Stat
from pokerlab.text import suggestion

if TYPE_CHECKING:
    import os

_CASH = pl.col("format").is_in(["cash", "fast_fold"])
_PLAYERS = pl.col("n_players")

FORMS: dict[str, pl.Expr] = {
    "six_max": _CASH & _PLAYERS.is_between(4, 6),
    "full_ring": _CASH & (_PLAYERS >= 7),
    "heads_up": _CASH & (_PLAYERS == 2),
    "expresso": pl.col("format") == "expresso",
}
"""Which hands a form of the game has, by columns of ``hands``; all of no-limit hold'em."""

NO_LIMIT = (pl.col("game") == "holdem") & (pl.col("limit") == "no_limit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A band in which a rate should lie.

    Attributes
    ----------
    name
        What is wrong outside of it, for people.
    stat
        A `Stat`, or its code.
    form
        The form of the game that it holds for, one of `FORMS`.
    low, high
        The ends of the band, 0 to 1; None where there is none.
    why
        The reason, in a sentence.
    min_chances
        With fewer chances nothing is said.
    positions
        Where it holds; everywhere without one.
    where
        A further condition on ``seats`` and ``hands``, in Python only.
    source
        Whose thresholds these are.

    Examples
    --------
    >>> Rule(name="Limps", stat="open_limp", form="six_max", high=0.05).code
    'open_limp'
    """

    name: str
    stat: Stat | str
    form: str
    low: float | None = None
    high: float | None = None
    why: str = ""
    min_chances: int = 100
    positions: tuple[str, ...] = ()
    where: pl.Expr | None = None
    source: str = "ours"

    def __post_init__(self) -> None:
        _ = self.of
        self._check()

    @property
    def of(self) -> Stat:
        """The statistic."""
        stat = get(self.stat) if isinstance(self.stat, str) else self.stat
        if not isinstance(stat, Stat):
            self._refuse(f"{self.stat!r} has no chances; a rule needs a Stat, such as 'vpip'")
        return stat

    @property
    def code(self) -> str:
        """The code of the statistic."""
        return self.of.code

    @property
    def spot(self) -> pl.Expr:
        """The rows of ``seats`` with columns of ``hands`` that it looks at."""
        spot = NO_LIMIT & FORMS[self.form]
        if self.positions:
            spot = spot & pl.col("position").is_in(list(self.positions))
        return spot if self.where is None else spot & self.where

    def _check(self) -> None:
        ends = [end for end in (self.low, self.high) if end is not None]
        known = schema.POSITION.categories.to_list()
        wrong = [position for position in self.positions if position not in known]
        if not ends or any(not 0 <= end <= 1 for end in ends) or ends != sorted(ends):
            self._refuse(f"low={self.low} and high={self.high} are no band of rates between 0 and 1")
        if self.form not in FORMS:
            self._refuse(f"{self.form!r} is no form of the game{suggestion(self.form, FORMS)}")
        if wrong:
            self._refuse(f"{wrong[0]!r} is no position{suggestion(wrong[0], known)}")
        if self.min_chances < 1:
            self._refuse(f"min_chances={self.min_chances} is no number of chances; give 1 or more")

    def _refuse(self, reason: str) -> NoReturn:
        msg = f"rule {self.name!r}: {reason}"
        raise StatError(msg)


def leak_rules(path: str | os.PathLike[str] | None = None) -> list[Rule]:
    """Read rules from a TOML file: a table ``[[rule]]`` each, with the fields of `Rule`.

    Parameters
    ----------
    path
        The file; pokerlab's own rules without one. ``stats.LEAK_FILE`` is the path of these, to copy and change.

    Raises
    ------
    StatError
        The file cannot be read, or a rule is not understood.

    Examples
    --------
    >>> from pokerlab import stats
    >>> sorted({rule.form for rule in stats.leak_rules()})
    ['expresso', 'full_ring', 'heads_up', 'six_max']
    """
    place = LEAK_FILE if path is None else Path(path)
    try:
        table = tomllib.loads(place.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        msg = f"{str(place)!r} cannot be read as rules: {error}"
        raise StatError(msg) from error
    rules = table.pop("rule", None)
    if table or not isinstance(rules, list) or not rules:
        found = f"it has {', '.join(map(repr, table)) or 'no rule'}"
        msg = f"{str(place)!r}: rules are tables [[rule]] and nothing else; {found}"
        raise StatError(msg)
    return [_rule(place, number, fields_) for number, fields_ in enumerate(rules, 1)]


LEAK_FILE = Path(__file__).with_name("leaks.toml")
"""The file of pokerlab's own rules."""

_KINDS: dict[str, type | tuple[type, ...]] = {
    "name": str,
    "stat": str,
    "form": str,
    "low": (int, float),
    "high": (int, float),
    "why": str,
    "min_chances": int,
    "positions": list,
    "source": str,
}
_NEEDED = ("name", "stat", "form")


def _rule(place: Path, number: int, given: Any) -> Rule:
    where = f"{str(place)!r}, rule {number}"
    if not isinstance(given, dict):
        msg = f"{where}: {given!r} is not a table [[rule]]"
        raise StatError(msg)
    for name, value in given.items():
        if name not in _KINDS:
            msg = f"{where}: {name!r} is no field of a rule{suggestion(name, _KINDS)}"
            raise StatError(msg)
        if not isinstance(value, _KINDS[name]) or isinstance(value, bool):
            msg = f"{where}: {name} = {value!r} is of the wrong kind"
            raise StatError(msg)
    for name in _NEEDED:
        if name not in given:
            msg = f"{where}: {name!r} is missing"
            raise StatError(msg)
    try:
        return Rule(**{**given, "positions": tuple(map(str, given.get("positions", ())))})
    except StatError as error:
        msg = f"{where}: {error}"
        raise StatError(msg) from error
