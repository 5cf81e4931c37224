"""All statistics: by code, as a table, and in named sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pokerlab.facts import SIZES, Condition
from pokerlab.stats import aggression, money, postflop, preflop, showdown
from pokerlab.stats._registry import Registry
from pokerlab.stats.values import AnyStat, Mean, Stat

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType

    from pokerlab.facts import Flag


def _of(module: ModuleType) -> list[AnyStat]:
    """Give a module's statistics, in the order in which it defines them."""
    return [value for value in vars(module).values() if isinstance(value, AnyStat)]


ALL: tuple[AnyStat, ...] = tuple(
    stat for module in (preflop, postflop, aggression, showdown, money) for stat in _of(module)
)
"""Every statistic that pokerlab defines."""

BASIC: tuple[Stat, ...] = (preflop.VPIP, preflop.PFR, preflop.THREE_BET)
"""The three that everybody knows."""

HUD: tuple[AnyStat, ...] = (
    *BASIC,
    *(preflop.FOLD_TO_THREE_BET, preflop.STEAL, preflop.FOLD_TO_STEAL),
    *(postflop.CBET_F, postflop.FOLD_TO_CBET_F),
    *(aggression.AF, showdown.WTSD, showdown.WSD, showdown.WWSF),
)
"""The statistics that a table of players shows unless told otherwise."""

FULL = tuple(stat for stat in ALL if isinstance(stat, Stat) and stat.over == "decisions" and not stat.counts)
"""Every rate of decisions."""

registry = Registry(ALL)


def every() -> tuple[AnyStat, ...]:
    """Give all statistics: pokerlab's, then those that were registered."""
    return registry.stats


def flags(stats: Iterable[AnyStat] | None = None) -> tuple[Flag, ...]:
    """Give the pairs of columns that statistics add to hands when they are read; of all unless some are given."""
    chosen = every() if stats is None else stats
    return tuple(flag for stat in chosen if isinstance(stat, Stat) and (flag := stat.flag))


def columns(stats: Iterable[AnyStat] | None = None) -> dict[str, pl.DataType]:
    """Give the columns that statistics add to ``seats``, and their types; sizes are among them in any case."""
    kinds = {name: pl.Int16() if flag.counts else pl.Boolean() for flag in flags(stats) for name in flag.columns}
    return {**kinds, **{f"size_{code}": pl.Float32() for code in SIZES}}


def get(code: str, *, strict: bool = True) -> AnyStat:
    """Give a statistic by its code.

    Parameters
    ----------
    code
        Its code, as `catalog` lists it.
    strict
        Whether a chance to raise asks that he could raise; see `Stat.loose`.

    Raises
    ------
    StatError
        There is none of this code.
    """
    found = registry.get(code)
    return found if strict or not isinstance(found, Stat) else found.loose()


def catalog() -> pl.DataFrame:
    """List all statistics, registered ones last: code, name, group, chance, occurrence, source."""
    return pl.DataFrame([_row(stat) for stat in every()])


def _row(stat: AnyStat) -> dict[str, str]:
    chance, occurrence = "", ""
    if isinstance(stat, Stat):
        chance, occurrence = _text(stat.could), _text(stat.did)
    else:
        chance, occurrence = "dealt cards" if isinstance(stat, Mean) else "", stat.meaning
    return {
        "code": stat.code,
        "name": stat.name,
        "group": stat.group,
        "chance": chance,
        "occurrence": occurrence,
        "source": stat.source,
    }


def _text(part: Condition | pl.Expr) -> str:
    return part.text() if isinstance(part, Condition) else str(part)
