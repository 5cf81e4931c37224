"""Cards of games without a board: stud deals open and hidden cards in turn, draw lets cards be exchanged.

In stud a player's ``hole`` grows street by street, hidden cards included, until `close_cards` takes these out. In draw
it is the last hand that the file tells whole. Every function that takes cards gives the rule that they break.
"""

from __future__ import annotations

import numpy as np

from pokerlab_kernels._jit import inner
from pokerlab_kernels.records import (
    DISCARD,
    HIDDEN,
    R_CARDS,
    R_OK,
    STREETS,
    STUD_GAME,
    THIRD,
    Array,
    Record,
)

_THIRD_STREET = STREETS.index("third")
_SEVENTH_STREET = STREETS.index("seventh")
_DRAW_CARDS = 5


@inner
def count_cards(packed: int) -> int:
    """Count packed cards, hidden ones too."""
    count = 0
    while packed:
        count += 1
        packed >>= 8
    return count


@inner
def bits_of(packed: int) -> int:
    """Give the known cards as a set of bits, or -1 where one stands twice."""
    bits: int = np.int64(0)
    while packed:
        code = packed & 255
        if code != HIDDEN:
            bit = np.int64(1) << (code - 1)
            if bits & bit:
                return -1
            bits |= bit
        packed >>= 8
    return bits


@inner
def count_bits(bits: int) -> int:
    """Count the cards of a set."""
    count = 0
    while bits:
        bits &= bits - 1
        count += 1
    return count


@inner
def known_cards(packed: int) -> int:
    """Give packed cards without the hidden ones."""
    known: int = np.int64(0)
    place = np.int64(0)
    while packed:
        if packed & 255 != HIDDEN:
            known |= (packed & 255) << place
            place += 8
        packed >>= 8
    return known


@inner
def agree(before: int, after: int) -> bool:
    """Tell whether cards are those that were known before, in the same places."""
    while before:
        if before & 255 != HIDDEN and before & 255 != after & 255:
            return False
        before >>= 8
        after >>= 8
    return True


@inner
def stud_count(street: int) -> int:
    """Count the cards that a player has on a street: three on third, one more on each that follows."""
    return min(street, _SEVENTH_STREET) - _THIRD_STREET + 3


@inner
def learn(hand: Record, player: Record, packed: int) -> int:
    """Take the cards that a player of stud is now known to have; none may be another's."""
    bits = bits_of(packed)
    before = bits_of(player.hole)
    if bits < 0 or not agree(player.hole, packed):
        return R_CARDS
    fresh = np.uint64(bits & ~before)
    if hand.used & fresh:
        return R_CARDS
    hand.used |= fresh
    player.hole = packed
    return R_OK


@inner
def replace_hand(player: Record, packed: int, count: int) -> int:
    """Take a player's whole hand of a draw game; of the one before only what he discarded may be gone."""
    bits = bits_of(packed)
    if bits < 0 or count != _DRAW_CARDS or count_bits(bits) != _DRAW_CARDS:
        return R_CARDS
    if player.hole and count_bits(bits & bits_of(player.hole)) < _DRAW_CARDS - player.discarded:
        return R_CARDS
    player.hole = packed
    player.discarded = 0
    return R_OK


@inner
def show_cards(hand: Record, player: Record, packed: int) -> int:
    """Take the cards that a player shows."""
    count = count_cards(packed)
    if hand.family != STUD_GAME:
        return replace_hand(player, packed, count)
    if count != stud_count(hand.deepest) or (player.hole and count != count_cards(player.hole)):
        return R_CARDS
    return learn(hand, player, packed)


@inner
def deal_cards(hand: Record, player: Record, found: Array, in_two: bool) -> int:
    """Take a ``Dealt to`` line: cards from ``found[2]``, and with ``in_two`` one more behind those of before."""
    count = found[3]
    packed = found[2]
    if in_two:
        if packed != player.hole or found[5] != 1:
            return R_CARDS
        packed |= found[4] << (8 * count)
        count += 1
    elif player.hole:
        return R_CARDS
    hidden = count - count_bits(bits_of(packed)) if bits_of(packed) >= 0 else 0
    if hand.family == STUD_GAME:
        if count != stud_count(hand.street) or hidden > 3:
            return R_CARDS
        player.is_hero = player.is_hero or (hand.section == THIRD and hidden == 0)
        return learn(hand, player, packed)
    if hidden == 0:
        player.is_hero = True
        return replace_hand(player, packed, count)
    return R_OK if hidden == count == _DRAW_CARDS else R_CARDS


@inner
def exchange(kind: int, found: Array, player: Record) -> int:
    """Take a player's discards, or the hand that he keeps."""
    if kind == DISCARD:
        if found[0] > _DRAW_CARDS:
            return R_CARDS
        player.discarded = min(_DRAW_CARDS, player.discarded + found[0])
        return R_OK
    hidden = found[1] - count_bits(bits_of(found[0]))
    if hidden == found[1] == _DRAW_CARDS:
        return R_OK
    return replace_hand(player, found[0], found[1])


@inner
def close_cards(hand: Record, players: Array) -> int:
    """Check at a hand's end what each player was dealt, and forget the hidden cards.

    Where stud's cards are told at all, a player has as many as his last street deals. In draw, hands that are whole at
    the end share no card; a discarded card may come back to another.
    """
    together = np.int64(0)
    for i in range(hand.n_seats):
        player = players[i]
        if hand.family == STUD_GAME:
            last = player.fold_street if player.folded else hand.deepest
            if player.hole and count_cards(player.hole) != stud_count(last):
                return R_CARDS
            player.hole = known_cards(player.hole)
        elif player.hole and player.discarded == 0 and not player.folded:
            bits = bits_of(player.hole)
            if together & bits:
                return R_CARDS
            together |= bits
    return R_OK
