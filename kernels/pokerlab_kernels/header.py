"""A hand's header and table: who plays what, where and when, and whether the two lines agree."""

from __future__ import annotations

import numpy as np

from pokerlab_kernels import dates, tokens
from pokerlab_kernels._jit import inner
from pokerlab_kernels.find import same_text
from pokerlab_kernels.records import (
    MAX_PLAYERS,
    PREFIX,
    R_DATE,
    R_GAME,
    R_HALF_CHIP,
    R_OK,
    R_TABLE,
    R_UNKNOWN_LINE,
    STUD_GAME,
    TABLE_WITHOUT_BUTTON,
    TITLE_IN_CHIPS,
    TITLE_TEXTS,
    Array,
    Record,
)
from pokerlab_kernels.words import after

_BEFORE_ID = len(b" - HandId: #")


@inner
def game_named(grammar: Record, data: Array, start: int, end: int) -> int:
    """Give the row of the game with exactly this name, or -1."""
    for game in range(grammar.n_games):
        i = 0
        while start + i < end and data[start + i] == grammar.games[game, i]:
            i += 1
        if start + i == end and grammar.games[game, i] == 0:
            return game
    return -1


@inner
def open_hand(grammar: Record, data: Array, shape: int, found: Array, hand: Record) -> int:
    """Start a hand from its header line."""
    detail = grammar.detail[shape]
    divisor = 100 if detail & TITLE_IN_CHIPS else 1
    slot = 2 * (detail // TITLE_TEXTS)
    hand.shape = shape
    hand.divisor = divisor
    hand.title_start = hand.start + len(PREFIX)
    hand.title_end = found[slot] - _BEFORE_ID
    hand.id_start = found[slot]
    hand.id_end = found[slot + 1]
    hand.unix = found[slot + 2]
    hand.game = game_named(grammar, data, found[slot + 3], found[slot + 4])
    if hand.game < 0:
        return R_GAME
    hand.hole_cards = grammar.hole_cards[hand.game]
    hand.family = grammar.family[hand.game]
    hand.hi_lo = grammar.hi_lo[hand.game] == 1
    hand.name_start = found[0] if slot else 0
    hand.name_end = found[1] if slot else 0
    if not dates.agree(found[slot + 9], hand.unix):
        return R_DATE
    amounts = slot + 6
    if found[slot + 5] == 3:
        hand.ante = found[amounts] // divisor
        amounts += 1
    small = found[amounts]
    big = found[amounts + 1]
    if grammar.fixed_limit[hand.game]:
        big = small
        small = big // 2
    if hand.family == STUD_GAME:
        small = -divisor
    hand.small_blind = small // divisor
    hand.big_blind = big // divisor
    if found[slot + 6] % divisor or small % divisor or big % divisor:
        return R_HALF_CHIP
    return R_OK


@inner
def table_fits(data: Array, start: int, end: int, found: Array, hand: Record, in_chips: bool) -> bool:
    """Tell whether the table's name repeats the header: a pool's name, or a tournament's name, id and table number.

    A tournament's hand id begins with ``(tournament id << 32) + table number + 1``.
    """
    length = hand.name_end - hand.name_start
    if length == 0:
        return True
    if end - start < length or not same_text(data, start, hand.name_start, length):
        return False
    if not in_chips:
        return start + length == end
    tokens.number(data, hand.id_start, hand.id_end, found, np.int64(0))
    pos = after(data, start + length, end, b"(")
    if pos >= 0:
        pos = tokens.number(data, pos, end, found, np.int64(1))
    pos = after(data, pos, end, b")#")
    if pos >= 0:
        pos = tokens.number(data, pos, end, found, np.int64(2))
    return pos == end and found[0] == (found[1] << 32) + found[2] + 1


@inner
def take_table(grammar: Record, shape: int, found: Array, hand: Record, data: Array) -> int:
    """Take the table's line, the first behind the header; only stud names no button."""
    if hand.table_shape >= 0 or hand.n_seats > 0:
        return R_UNKNOWN_LINE
    hand.table_shape = shape
    hand.table_start = found[0]
    hand.table_end = found[1]
    hand.max_seats = min(found[2], 127)
    without = grammar.detail[shape] & TABLE_WITHOUT_BUTTON
    hand.button = 0 if without else min(found[3], 127)
    if hand.max_seats < 2 or hand.max_seats > MAX_PLAYERS or hand.button > MAX_PLAYERS:
        return R_TABLE
    if (hand.button == 0) != (hand.family == STUD_GAME):
        return R_TABLE
    in_chips = grammar.detail[hand.shape] & TITLE_IN_CHIPS
    return R_OK if table_fits(data, hand.table_start, hand.table_end, found, hand, in_chips) else R_TABLE
