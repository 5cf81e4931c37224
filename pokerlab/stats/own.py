"""A user's own statistics: from a TOML file, and made known to everything that asks for statistics by code."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from pokerlab import schema
from pokerlab.errors import ConditionError, StatError
from pokerlab.facts import condition
from pokerlab.stats._catalog import columns, every, registry
from pokerlab.stats.values import AnyStat, Mean, Stat
from pokerlab.text import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["load", "register", "register_users", "unregister", "users_file"]

VARIABLE = "POKERLAB_STATS"
"""The environment variable that names the user's file of own statistics."""

MOST_BYTES = 200_000
MOST_STATS = 500
MOST_LETTERS = 200
"""Limits of a file: its size, its statistics, the characters of a name."""

_KINDS: Mapping[str, type] = {
    "could": str,
    "did": str,
    "name": str,
    "short": str,
    "group": str,
    "source": str,
    "once": bool,
    "counts": bool,
}
_WORDS = {str: "a text in quotes", bool: "true or false"}


def load(source: str | os.PathLike[str]) -> list[Stat]:
    """Read own statistics from a TOML file, a table each; `pokerlab.stats.register` makes them known.

    A table is named by the statistic's code. It needs ``could`` and ``did``, texts that `pokerlab.facts.condition`
    reads, and may have ``name``, ``short``, ``group``, ``source``, ``once`` and ``counts``, as in `Stat`.

    Parameters
    ----------
    source
        A path, or the text itself, which has more than one line.

    Raises
    ------
    StatError
        The file cannot be read, or a statistic cannot be understood; the file, the key and the token are quoted.

    Examples
    --------
    >>> [flat] = load('''
    ... [flat_btn]
    ... name = "Flat call on the button"
    ... could = "FACING_ONE_RAISE & IN_BTN & ~WAS_VOLUNTARY"
    ... did = "CALLS"
    ... ''')
    >>> flat.code, flat.name
    ('flat_btn', 'Flat call on the button')
    """
    text, where = _read(source)
    try:
        tables = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        msg = f"{where} is not TOML: {error}"
        raise StatError(msg) from error
    if len(tables) > MOST_STATS:
        msg = f"{where} has {len(tables):,} statistics; at most {MOST_STATS} are read"
        raise StatError(msg)
    return [_stat(code, table, where) for code, table in tables.items()]


def register(*stats: AnyStat, replace: bool = False) -> None:
    """Make own statistics known in this process: all of them, or none if one is refused.

    They are then in `catalog`, `get`, reports, the command line and the server. Hands that are read from now on have
    their columns; for stored hands `Lab.seats` computes these when they are asked for, `with_stats` for frames.

    Parameters
    ----------
    *stats
        Statistics, such as those of `load`.
    replace
        Take the place of own statistics of the same codes, as when a cell is run again.

    Raises
    ------
    StatError
        A code that is taken or is the name of something else, or an expression that cannot be computed.

    Examples
    --------
    >>> from pokerlab import stats
    >>> from pokerlab.facts import CALLS, FACING_ONE_RAISE, IN_BTN
    >>> stats.register(stats.Stat("flat_btn", CALLS, FACING_ONE_RAISE & IN_BTN, name="Flat on the button"))
    >>> stats.catalog()["code"].to_list()[-1]
    'flat_btn'
    >>> stats.unregister("flat_btn")
    """
    for stat in stats:
        if not isinstance(stat, AnyStat):
            msg = f"{stat!r} is not a statistic; register a Stat, Mean or Derived"
            raise StatError(msg)
        _try(stat, stats)
    registry.register(*stats, replace=replace)


def unregister(*codes: str) -> None:
    """Forget own statistics; columns that frames have already stay.

    Raises
    ------
    StatError
        A code that is unknown, or pokerlab's own; then none is forgotten.
    """
    registry.unregister(*codes)


def _try(stat: AnyStat, others: Iterable[AnyStat]) -> None:
    """Compute a statistic of no hands, so that what is wrong with it shows now."""
    if isinstance(stat, Stat) and (flag := stat.flag):
        flag.check()
    value = stat.mean if isinstance(stat, Mean) else stat.rate
    seats = pl.DataFrame(schema={**schema.SEATS, **columns((*every(), *others))})
    try:
        seats.select(value)
    except pl.exceptions.PolarsError as error:
        msg = f"{stat.code!r} cannot be computed from seats: {error}"
        raise StatError(msg) from error


def users_file() -> Path | None:
    """Give the user's own file: ``POKERLAB_STATS``, else ``pokerlab/stats.toml`` in the system's configuration folder.

    None where there is no such file.

    Raises
    ------
    StatError
        ``POKERLAB_STATS`` names something that is no file.
    """
    from platformdirs import user_config_path

    if named := os.environ.get(VARIABLE):
        path = Path(named).expanduser().absolute()
        if not path.is_file():
            msg = f"{VARIABLE} names {named!r}, which is no file; set it to a TOML file of own statistics"
            raise StatError(msg)
        return path
    path = user_config_path("pokerlab", appauthor=False) / "stats.toml"
    return path if path.is_file() else None


def register_users() -> None:
    """Register the statistics of the user's own file, if there is one; `pokerlab.open` does so.

    Raises
    ------
    StatError
        The file is wrong, or a code of it is taken.
    """
    if path := users_file():
        try:
            register(*load(path), replace=True)
        except StatError as error:
            msg = str(error) if str(path) in str(error) else f"{str(path)!r}: {error}"
            raise StatError(msg) from error


def _read(source: str | os.PathLike[str]) -> tuple[str, str]:
    """Give the text, and what to call it in messages."""
    if isinstance(source, str) and "\n" in source:
        data, where = source.encode(errors="surrogatepass"), "the text of own statistics"
    else:
        where = repr(str(source))
        try:
            with Path(source).expanduser().open("rb") as file:
                data = file.read(MOST_BYTES + 1)
        except (OSError, ValueError, RuntimeError) as error:
            msg = f"{where}, a file of own statistics, cannot be read: {error}"
            raise StatError(msg) from error
    if len(data) > MOST_BYTES:
        msg = f"{where} has more than {MOST_BYTES:,} bytes; split it"
        raise StatError(msg)
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n"), where
    except UnicodeDecodeError as error:
        msg = f"{where} is not UTF-8: {error}"
        raise StatError(msg) from error


def _stat(code: str, table: Any, where: str) -> Stat:
    if not isinstance(table, dict):
        msg = f"{where}: {code!r} stands outside of a table; write [code_of_the_statistic] above it"
        raise StatError(msg)
    given = {key: _value(code, key, value, where) for key, value in table.items()}
    if missing := [key for key in ("could", "did") if key not in given]:
        msg = f"{where}: [{code}] has no {missing[0]!r}; a statistic needs 'could' and 'did'"
        raise StatError(msg)
    try:
        return Stat(code, **({"name": code, "short": given.get("name", code), "source": "own"} | given))
    except StatError as error:
        msg = f"{where}: {error}"
        raise StatError(msg) from error


def _value(code: str, key: str, value: Any, where: str) -> Any:
    place = f"{where}: {key!r} of [{code}]"
    if key not in _KINDS:
        msg = f"{place} is not a key of a statistic{suggestion(key, _KINDS)}"
        raise StatError(msg)
    kind = _KINDS[key]
    if not isinstance(value, kind):
        msg = f"{place} is {type(value).__name__} {str(value)[:MOST_LETTERS]!r}; give {_WORDS[kind]}"
        raise StatError(msg)
    if key in ("could", "did"):
        try:
            return condition(str(value))
        except ConditionError as error:
            msg = f"{place}: {error}"
            raise ConditionError(msg, error.token, error.column) from None
    if isinstance(value, str) and not (value.isprintable() and len(value) <= MOST_LETTERS):
        msg = f"{place} is {value[:MOST_LETTERS]!r}; give at most {MOST_LETTERS} printable characters"
        raise StatError(msg)
    return value
