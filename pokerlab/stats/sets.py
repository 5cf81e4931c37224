"""Named sets of statistics, for reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pokerlab.stats._catalog import ALL, BASIC, HUD

if TYPE_CHECKING:
    from pokerlab.stats.values import AnyStat

__all__ = ["AGGRESSION", "FLOP", "MONEY", "PREFLOP", "RIVER", "SETS", "SHOWDOWN", "TURN"]


def _of(group: str) -> tuple[AnyStat, ...]:
    return tuple(stat for stat in ALL if stat.group == group)


PREFLOP, FLOP, TURN, RIVER = (_of(group) for group in ("preflop", "flop", "turn", "river"))
AGGRESSION, SHOWDOWN, MONEY = (_of(group) for group in ("aggression", "showdown", "money"))

SETS: dict[str, tuple[AnyStat, ...]] = {
    "basic": BASIC,
    "hud": HUD,
    "preflop": PREFLOP,
    "flop": FLOP,
    "turn": TURN,
    "river": RIVER,
    "aggression": AGGRESSION,
    "showdown": SHOWDOWN,
    "money": MONEY,
    "all": ALL,
}
"""All sets by their names."""
