"""A hand's state while its actions are gone through: who may act, who bet last, and what that bet was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pokerlab_kernels._jit import inner
from pokerlab_kernels.records import (
    ANTE,
    BIG_BLIND,
    BTN,
    CHECK,
    CO,
    FLOP,
    POSITIONS,
    PREFLOP,
    RIVER,
    SB,
    SMALL_BLIND,
    STREET_OF,
    THIRD,
    TURN,
    Record,
)

if TYPE_CHECKING:
    from pokerlab_kernels.records import Array

NOBODY = -1
BEFORE_FLOP, ON_FLOP, ON_TURN, ON_RIVER, ON_THIRD = (STREET_OF[name] for name in (PREFLOP, FLOP, TURN, RIVER, THIRD))
"""Streets; the first round of betting is before the flop or on third street."""

MIND = np.dtype(
    [
        ("order", "i1"),
        ("out", "?"),
        ("stack", "i8"),
        ("live", "i8"),
        ("closed", "?"),
        ("voluntary", "?"),
        ("last", "i1"),
        ("last_before", "i1"),
        ("limped", "?"),
        ("bet_first", "?"),
        ("first_raise", "?"),
        ("second_raise", "?"),
        ("called_raise", "?"),
        ("cbet", "?"),
        ("n_raised", "i8"),
    ],
    align=True,
)
"""What is known of a player while his hand is gone through.

``order``: whose turn is first after the flop. ``closed``: the betting is not open to him again. ``last``: his last
decision on this street, -1 for none, and ``last_before`` that on the street before. ``cbet``: he bet as the aggressor
on every street since the flop, or may do so on the flop. ``n_raised``: his raises of this street.
"""

HAND = np.dtype(
    [
        ("street", "i8"),
        ("n", "i8"),
        ("level", "i8"),
        ("full_raise", "i8"),
        ("n_raises", "i8"),
        ("raiser", "i8"),
        ("limpers", "i8"),
        ("callers", "i8"),
        ("live", "i8"),
        ("steal_from", "i8"),
        ("is_squeeze", "?"),
        ("is_cbet", "?"),
        ("is_donk", "?"),
        ("is_check_raise", "?"),
        ("pfa", "i8"),
        ("preflop_raises", "i8"),
        ("aggressor", "i8"),
        ("aggressor_before", "i8"),
        ("dealt", "i8"),
        ("ante", "i8"),
        ("small_blind", "i8"),
        ("has_blinds", "?"),
        ("big_blind", "i8"),
    ],
    align=True,
)
"""What is known of a hand: the bets of this street, who made the last one and what it was, and the streets before.

``aggressor`` made the last bet or raise of the street before, ``aggressor_before`` that of the street before that.
``live`` players had not folded when the street began.
"""


class Hands(NamedTuple):
    """Seats and actions of hands, as arrays.

    Attributes
    ----------
    first_seat, first_action
        int64, hands + 1: the rows of hand ``h`` are ``first[h]`` to ``first[h + 1]``.
    dealt, position, stack, big_blind
        Of each seat: bool; uint8 as in `records.POSITIONS`, more where unknown; int64 minor units.
    street, action, place, amount, to, pot_before, is_all_in
        Of each action: int8 as in `records.STREETS` and `records.ACTIONS`; int8, the place of its seat in the hand;
        int64 minor units; bool.
    """

    first_seat: np.ndarray
    first_action: np.ndarray
    dealt: np.ndarray
    position: np.ndarray
    stack: np.ndarray
    big_blind: np.ndarray
    street: np.ndarray
    action: np.ndarray
    place: np.ndarray
    amount: np.ndarray
    to: np.ndarray
    pot_before: np.ndarray
    is_all_in: np.ndarray


@inner
def begin_hand(hand: Record, players: Array, hands: Any, first: int, n: int) -> None:
    """Seat the players of a hand."""
    hand.street = 0
    hand.n = n
    hand.level = 0
    hand.n_raises = 0
    hand.raiser = NOBODY
    hand.limpers = 0
    hand.callers = 0
    hand.live = 0
    hand.steal_from = NOBODY
    hand.pfa = NOBODY
    hand.preflop_raises = 0
    hand.aggressor = NOBODY
    hand.aggressor_before = NOBODY
    hand.ante = 0
    hand.has_blinds = False
    hand.big_blind = hands.big_blind[first]
    hand.small_blind = hand.big_blind // 2
    hand.full_raise = hand.big_blind
    dealt = 0
    for i in range(n):
        dealt += hands.dealt[first + i]
    hand.dealt = dealt
    for i in range(n):
        player = players[i]
        place = np.int64(hands.position[first + i])
        # The blinds act first and the button last; heads-up the small blind is the button.
        player.order = (place + len(POSITIONS) - 1) % len(POSITIONS) if place < len(POSITIONS) else i
        if dealt == 2:
            player.order = place == SB
        player.out = not hands.dealt[first + i]
        player.stack = hands.stack[first + i]
        player.live = 0
        player.closed = False
        player.voluntary = False
        player.last = NOBODY
        player.last_before = NOBODY
        player.limped = False
        player.bet_first = False
        player.first_raise = False
        player.second_raise = False
        player.called_raise = False
        player.cbet = False
        player.n_raised = 0
        hand.live += not player.out


@inner
def begin_street(hand: Record, players: Array, street: int) -> None:
    """Close the bets of the street before and open the next."""
    if hand.street == BEFORE_FLOP:
        hand.pfa = hand.raiser
        hand.preflop_raises = hand.n_raises
    hand.aggressor_before = hand.aggressor
    hand.aggressor = hand.raiser
    hand.street = street
    hand.level = 0
    hand.full_raise = hand.big_blind
    hand.n_raises = 0
    hand.raiser = NOBODY
    hand.limpers = 0
    hand.callers = 0
    hand.steal_from = NOBODY
    hand.is_squeeze = False
    hand.is_cbet = False
    hand.is_donk = False
    hand.is_check_raise = False
    hand.live = 0
    for i in range(hand.n):
        player = players[i]
        player.live = 0
        player.closed = False
        player.last_before = player.last
        player.last = NOBODY
        player.limped = False
        player.cbet = i == hand.pfa if street == ON_FLOP else player.cbet and player.bet_first
        player.bet_first = False
        player.n_raised = 0
        hand.live += not player.out


@inner
def acts_behind(players: Array, other: int, me: int) -> bool:
    """Tell whether another can act, and does so after ``me`` in a round of betting after the flop."""
    if other in (NOBODY, me):
        return False
    player = players[other]
    return not player.out and player.stack > 0 and player.order > players[me].order


@inner
def in_position(hand: Record, players: Array, me: int) -> bool:
    """Tell whether nobody who can act comes after ``me``."""
    for i in range(hand.n):
        if acts_behind(players, i, me):
            return False
    return True


@inner
def can_raise(hand: Record, players: Array, me: int) -> bool:
    """Tell whether he has more than the call, the betting is open to him, and an opponent has chips left."""
    player = players[me]
    if player.closed or player.stack <= hand.level - player.live:
        return False
    for i in range(hand.n):
        if i != me and not players[i].out and players[i].stack > 0:
            return True
    return False


@inner
def call(hand: Record, player: Record) -> None:
    """Note a call."""
    if hand.n_raises > 0:
        hand.callers += 1
        if hand.street in (BEFORE_FLOP, ON_THIRD):
            player.called_raise = True
    elif hand.street in (BEFORE_FLOP, ON_THIRD):
        hand.limpers += 1
        player.limped = True


@inner
def bet_or_raise(hand: Record, players: Array, me: int, position: int, to: int) -> None:
    """Note a bet or raise ``to`` a level, and what it was."""
    player = players[me]
    before_flop = hand.street in (BEFORE_FLOP, ON_THIRD)
    if before_flop:
        stealing = position in (CO, BTN, SB) and hand.n_raises == 0 and hand.limpers == 0
        hand.steal_from = position if stealing else NOBODY
        hand.is_squeeze = hand.n_raises == 1 and hand.callers > 0 and hand.raiser != me and not player.called_raise
        player.first_raise = player.first_raise or hand.n_raises == 0
        player.second_raise = player.second_raise or hand.n_raises == 1
    elif hand.n_raises == 0:
        player.bet_first = True
        hand.is_cbet = player.cbet
        hand.is_donk = acts_behind(players, hand.aggressor, me)
    hand.is_check_raise = hand.n_raises == 1 and player.last == CHECK
    by = to - hand.level
    completes = hand.street == ON_THIRD and hand.level < hand.big_blind
    if by >= hand.full_raise or completes:
        hand.full_raise = max(by, hand.full_raise)
        for i in range(hand.n):
            players[i].closed = False
    hand.level = to
    hand.n_raises += 1
    hand.raiser = me
    hand.callers = 0


@inner
def note_post(hand: Record, code: int, amount: int, is_all_in: bool) -> None:
    """Note the ante and blinds of a round; who is all-in with one may have posted less than it."""
    if code == ANTE:
        hand.ante = max(hand.ante, amount)
    elif code == SMALL_BLIND:
        hand.has_blinds = True
        hand.small_blind = max(hand.small_blind, amount) if is_all_in else amount
    elif code == BIG_BLIND:
        hand.has_blinds = True
