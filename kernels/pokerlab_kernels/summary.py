"""The lines of a hand's summary, each checked against what the hand itself said."""

from __future__ import annotations

import numpy as np

from pokerlab_kernels import tokens
from pokerlab_kernels._jit import inner
from pokerlab_kernels.find import LONGEST_NAME, find_shape, player_at
from pokerlab_kernels.records import (
    BIG_BLIND,
    FOLDED,
    MUCKED,
    R_CARDS,
    R_HALF_CHIP,
    R_LISTED,
    R_OK,
    R_UNKNOWN_LINE,
    R_WON,
    SHOWED_LOST,
    SHOWED_WON,
    SMALL_BLIND,
    SUMMARY,
    WON,
    Array,
    Record,
)
from pokerlab_kernels.words import starts_with

SEAT_WORD = b"Seat "
_SMALL = b" (small blind)"
_BIG = b" (big blind)"
_BUTTON = b" (button)"
_STILL_IN = 0


@inner
def role_fits(data: Array, pos: int, end: int, role: bytes, holds: bool) -> int:
    """Pass over a role that stands at ``pos`` if the player holds it; give the place behind it, -1 if they disagree."""
    stands = starts_with(data, pos, end, role)
    if stands != holds:
        return -1
    return pos + len(role) if stands else pos


@inner
def seat_line(grammar: Record, data: Array, pos: int, end: int, found: Array, hand: Record, players: Array) -> int:
    """Take one ``Seat n:`` line: seat, roles, cards and amount must be those of the hand."""
    pos = tokens.number(data, pos + len(SEAT_WORD), end, found, np.int64(0))
    if pos < 0 or data[pos] != 58 or data[pos + 1] != 32:
        return R_UNKNOWN_LINE
    me = player_at(hand, players, data, pos + 2, end, np.int64(LONGEST_NAME))
    while me >= 0 and players[me].seat != found[0]:
        me = player_at(hand, players, data, pos + 2, end, np.int64(players[me].name_length))
    if me < 0:
        return R_UNKNOWN_LINE
    player = players[me]
    pos = role_fits(data, pos + 2 + player.name_length, end, _SMALL, player.blind == SMALL_BLIND)
    if pos >= 0:
        pos = role_fits(data, pos, end, _BIG, player.blind == BIG_BLIND)
    if pos >= 0:
        pos = role_fits(data, pos, end, _BUTTON, player.seat == hand.button)
    if pos < 0:
        return R_LISTED
    shape = find_shape(grammar, True, data, pos + 1, end, np.int64(SUMMARY), found)
    if shape < 0 or data[pos] != 32:
        return R_UNKNOWN_LINE
    return take_result(grammar.kind[shape], grammar.detail[shape], found, hand, player)


@inner
def take_result(kind: int, detail: int, found: Array, hand: Record, player: Record) -> int:
    """Note what a player's line says; where high and low share the pot he may have a line for each."""
    if player.n_listed > hand.hi_lo:
        return R_LISTED
    player.n_listed += 1
    player.listed_as = kind
    won = 0
    if kind == FOLDED:
        player.listed_street = detail
    elif kind == WON:
        won = found[0]
    elif kind == SHOWED_WON or kind == SHOWED_LOST:
        if found[0] != player.hole:
            return R_CARDS
        if kind == SHOWED_WON:
            won = found[2]
    player.listed_won += won // hand.divisor
    return R_HALF_CHIP if won % hand.divisor else R_OK


@inner
def check_listed(hand: Record, players: Array) -> int:
    """Check at a hand's end that the summary lists who won what, who showed, and on which street others folded."""
    for i in range(hand.n_seats):
        player = players[i]
        if player.listed_won != player.printed:
            return R_WON
        kind = player.listed_as
        if player.n_listed == 0:
            if player.showed:
                return R_LISTED
        elif kind == FOLDED:
            if player.dealt and not player.folded:
                return R_LISTED
            if player.listed_street and player.listed_street != player.fold_street:
                return R_LISTED
        elif player.folded or player.showed != (kind == SHOWED_WON or kind == SHOWED_LOST or kind == MUCKED):
            return R_LISTED
    return R_OK
