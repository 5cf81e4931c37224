"""Names of the players: mostly harmless, some as awkward as real ones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pokerlab.errors import SettingsError

if TYPE_CHECKING:
    from random import Random

AWKWARD = (
    "raise.500",
    "dani call",
    "dani",
    "Jo  Bluff",
    "70707",
    ".nightowl",
    "-Oscar-",
    "_Zed_",
    "SB posts 2",
    "FOLDS ALOT",
    "Mr all-in",
    "Tom & Jeri",
    "checks 10",
    "AK lost 72",
    "Bets 99",
    ". .  .",
    "Marlau⌃",
)
"""Names with verbs, amounts, double blanks, another name in them, or the code point that Winamax makes of ``u2303``."""

_STARTS = ("ba", "bel", "bo", "cha", "cor", "da", "del", "el", "fa", "gri", "ha", "jo", "ka", "lo", "ma", "mi", "no")
_MIDDLES = ("ba", "cho", "di", "fi", "ga", "ko", "la", "li", "me", "mo", "na", "ni", "po", "ra", "ri", "sa", "ta", "zo")
_ENDS = ("", "n", "s", "r", "x", "t", "k", "m")
_LEGAL = re.compile(r"[^\s()\[\]'\":](?:[^()\[\]'\":\t\r\n]{1,10})[^\s()\[\]'\":]")


def check_name(name: str) -> str:
    """Return ``name`` where Winamax could have given it.

    Raises
    ------
    SettingsError
        It has not 3 to 12 characters, or has quotes, brackets, colons, or blanks at an end.
    """
    if not _LEGAL.fullmatch(name):
        msg = f"{name!r} is no player name: 3 to 12 characters, no quotes, brackets or colons, no blank at either end"
        raise SettingsError(msg)
    return name


def _plain(rng: Random) -> str:
    name = rng.choice(_STARTS) + rng.choice(_MIDDLES) + rng.choice(_ENDS)
    if rng.random() < 0.4:
        name += rng.choice(("_", " ", ".", "")) + rng.choice(_STARTS)
    if rng.random() < 0.5:
        name += str(rng.randrange(1, 100 if rng.random() < 0.7 else 10_000))
    shape = rng.random()
    if shape < 0.25:
        name = name.capitalize()
    elif shape < 0.40:
        name = name.upper()
    return name[:12].rstrip()


def player_names(rng: Random, count: int, *, besides: str) -> list[str]:
    """Make ``count`` different names, the awkward ones first; ``besides`` is taken."""
    names = dict.fromkeys(name for name in AWKWARD if name != besides)
    while len(names) < count:
        name = _plain(rng)
        if len(name) >= 3 and name != besides:
            names[name] = None
    return list(names)[:count]
