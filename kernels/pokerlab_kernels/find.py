"""Find what a line is: its shape in the grammar's table, and the player whose name it begins with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pokerlab_kernels import tokens
from pokerlab_kernels._jit import inner

if TYPE_CHECKING:
    from pokerlab_kernels.records import Array, Record

LONGEST_NAME = 1000


@inner
def find_shape(grammar: Record, by_player: bool, data: Array, pos: int, end: int, section: int, found: Array) -> int:
    """Give the shape that the text is, or -1; its fields are in ``found``."""
    first = grammar.verbs[section, data[pos]] if by_player else grammar.plain[section, data[pos]]
    for place in range(first >> 8, (first >> 8) + (first & 255)):
        shape = grammar.order[place]
        if tokens.match(data, pos, end, grammar.programs, grammar.at[shape], found):
            return shape
    return -1


@inner
def find_any(grammar: Record, data: Array, pos: int, end: int, section: int, found: Array) -> int:
    """Give the shape, of those that begin with any text, that the text is, or -1."""
    first = grammar.plain[section, tokens.TEXT]
    for place in range(first >> 8, (first >> 8) + (first & 255)):
        shape = grammar.order[place]
        if tokens.match(data, pos, end, grammar.programs, grammar.at[shape], found):
            return shape
    return -1


@inner
def same_text(data: Array, a: int, b: int, length: int) -> bool:
    """Compare two stretches of the text."""
    for i in range(length):
        if data[a + i] != data[b + i]:
            return False
    return True


@inner
def player_at(hand: Record, players: Array, data: Array, pos: int, end: int, below: int) -> int:
    """Give the player with the longest name, shorter than ``below``, that stands at ``pos`` before a blank; or -1."""
    best = -1
    longest = 0
    for i in range(hand.n_seats):
        length = np.int64(players[i].name_length)
        if (
            longest < length < below
            and pos + length < end
            and data[pos + length] == 32
            and same_text(data, pos, players[i].name_start, length)
        ):
            best = i
            longest = length
    return best


@inner
def player_named(hand: Record, players: Array, data: Array, start: int, end: int) -> int:
    """Give the player whose name is exactly this text, or -1."""
    for i in range(hand.n_seats):
        if players[i].name_length == end - start and same_text(data, start, players[i].name_start, end - start):
            return i
    return -1
