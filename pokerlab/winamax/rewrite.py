"""Histories with other names in them: each name is replaced where the grammar has one, and nowhere else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_SEAT = re.compile(r"Seat (\d+): ")
_SECTION = re.compile(r"\*\*\* (ANTE/BLINDS|[A-Z0-9][A-Za-z0-9 -]+) \*\*\*(?::? ?\[.*)?\s*")
_DEALT = "Dealt to "


def hand(text: str, seats: Mapping[int, str], names: Mapping[str, str], title: tuple[str, str] | None = None) -> str:
    r"""Give the text of one hand with other names.

    Parameters
    ----------
    text
        The hand, as the parser accepts it.
    seats
        Who sits where.
    names
        The new name of each player.
    title
        Old and new name of the tournament, where that changes too.

    Examples
    --------
    >>> text = "Winamax Poker - ...\nTable: ...\nSeat 1: Bob (2€)\n*** PRE-FLOP ***\nBob folds\n"
    >>> print(hand(text, {1: "Bob"}, {"Bob": "Zora"}), end="")
    Winamax Poker - ...
    Table: ...
    Seat 1: Zora (2€)
    *** PRE-FLOP ***
    Zora folds
    """
    # Where one name begins as another does, the longer one is meant.
    players = sorted(seats.values(), key=len, reverse=True)
    lines = text.split("\n")
    section = ""
    for number, line in enumerate(lines):
        if found := _SECTION.fullmatch(line):
            section = found[1]
        elif section in {"", "SUMMARY"}:
            lines[number] = _head(line, title) if number < 2 and title else _seat(line, seats, names)
        elif line.startswith(_DEALT) and (told := _player(line[9:], players, names, " [")):
            lines[number] = _DEALT + told
        else:
            lines[number] = _player(line, players, names, " ") or line
    return "\n".join(lines)


def summary(text: str, names: Mapping[str, str], title: tuple[str, str] | None = None) -> str:
    """Give the text of one tournament summary with another player, and another name where ``title`` has one."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if number == 0 and title:
            lines[0] = line.replace(f" : {title[0]}(", f" : {title[1]}(", 1)
        elif line.startswith("Player : "):
            player = line.removeprefix("Player : ").rstrip()
            lines[number] = f"Player : {names[player]}"
    return "\n".join(lines)


def _head(line: str, title: tuple[str, str]) -> str:
    old, new = title
    return line.replace(f'Tournament "{old}" buyIn', f'Tournament "{new}" buyIn', 1).replace(f"'{old}(", f"'{new}(", 1)


def _seat(line: str, seats: Mapping[int, str], names: Mapping[str, str]) -> str:
    found = _SEAT.match(line)
    player = seats.get(int(found[1])) if found else None
    if found is None or player is None or not line.startswith(player + " ", found.end()):
        return line
    return line[: found.end()] + names[player] + line[found.end() + len(player) :]


def _player(line: str, players: list[str], names: Mapping[str, str], behind: str) -> str | None:
    for player in players:
        if line.startswith(player + behind):
            return names[player] + line[len(player) :]
    return None
