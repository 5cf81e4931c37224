"""Say of each decision what its player saw and had done: a word of facts, from arrays of seats and actions.

The arrays may come from the scan of a history or from a store. Rows of a hand are beside each other, seats clockwise,
actions in order. `records.FACTS` names the bits; `pokerlab.facts` gives them their meaning. Games without a flop have
facts for their first round of betting alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pokerlab_kernels._jit import inner, kernel
from pokerlab_kernels.records import (
    BB,
    BET,
    BRING_IN,
    BTN,
    CALL,
    CHECK,
    CO,
    FACTS,
    FOLD,
    MAX_PLAYERS,
    RAISE,
    SB,
    STRADDLE,
    Record,
)
from pokerlab_kernels.sizes import M_RATIO, SIZES, measure_bet, measure_street, round_cost
from pokerlab_kernels.spots import (
    BEFORE_FLOP,
    HAND,
    MIND,
    NOBODY,
    ON_FLOP,
    ON_RIVER,
    ON_THIRD,
    Hands,
    acts_behind,
    begin_hand,
    begin_street,
    bet_or_raise,
    call,
    can_raise,
    in_position,
    note_post,
)

if TYPE_CHECKING:
    from pokerlab_kernels.records import Array

_BIT: dict[str, int] = {name: 1 << bit for bit, name in enumerate(FACTS)}
_F_PREFLOP, _F_FLOP, _F_FOLDS = _BIT["PREFLOP"], _BIT["FLOP"], _BIT["FOLDS"]
_F_UNRAISED, _F_MORE_RAISES = _BIT["UNRAISED"], _BIT["FACING_MORE_RAISES"]
_F_ALL_IN, _F_OVERBETS = _BIT["GOES_ALL_IN"], _BIT["OVERBETS"]
_F_CAN_RAISE, _F_MADE_RAISE = _BIT["CAN_RAISE"], _BIT["MADE_THE_RAISE"]
_F_HAS_ACTED, _F_VOLUNTARY, _F_MULTIWAY = _BIT["HAS_ACTED"], _BIT["WAS_VOLUNTARY"], _BIT["MULTIWAY"]
_F_LIMPER, _F_LIMPED, _F_CALLER = _BIT["AFTER_LIMPER"], _BIT["LIMPED"], _BIT["AFTER_CALLER"]
_F_FIRST_RAISE, _F_SECOND_RAISE = _BIT["MADE_FIRST_RAISE"], _BIT["MADE_SECOND_RAISE"]
_F_CALLED_RAISE, _F_SQUEEZE = _BIT["CALLED_A_RAISE"], _BIT["FACING_SQUEEZE"]
_F_STEAL, _F_STEAL_CO = _BIT["FACING_STEAL"], _BIT["STEAL_FROM_CO"]
_F_STEAL_BTN, _F_STEAL_SB = _BIT["STEAL_FROM_BTN"], _BIT["STEAL_FROM_SB"]
_F_SB, _F_BB, _F_CO, _F_BTN = _BIT["IN_SB"], _BIT["IN_BB"], _BIT["IN_CO"], _BIT["IN_BTN"]
_F_PFA, _F_AGGRESSOR = _BIT["IS_PREFLOP_AGGRESSOR"], _BIT["IS_AGGRESSOR"]
_F_CHECKED_THROUGH, _F_CAN_CBET = _BIT["CHECKED_THROUGH"], _BIT["WOULD_CBET"]
_F_CBET, _F_DONK, _F_CHECK_RAISE = _BIT["FACING_CBET"], _BIT["FACING_DONK"], _BIT["FACING_CHECK_RAISE"]
_F_AGGRESSOR_BEHIND, _F_AGGRESSOR_CHECKED = _BIT["AGGRESSOR_BEHIND"], _BIT["AGGRESSOR_CHECKED"]
_F_MISSER_BEHIND, _F_CALLED_BEFORE = _BIT["MISSER_BEHIND"], _BIT["CALLED_BEFORE"]
_F_IN_POSITION, _F_HAS_CHECKED, _F_HAS_BET = _BIT["IN_POSITION"], _BIT["HAS_CHECKED"], _BIT["HAS_BET"]
_F_SINGLE_RAISED, _F_THREE_BET = _BIT["SINGLE_RAISED_POT"], _BIT["THREE_BET_POT"]


@inner
def facts_of_bets(hand: Record, players: Array, me: int) -> int:
    """Give the facts of the bets on this street, and of his own decisions in it."""
    player = players[me]
    word: int = np.int64(_F_UNRAISED) << hand.n_raises if hand.n_raises < 4 else np.int64(_F_MORE_RAISES)
    if can_raise(hand, players, me):
        word |= _F_CAN_RAISE
    if hand.raiser == me:
        word |= _F_MADE_RAISE
    if hand.callers > 0:
        word |= _F_CALLER
    if hand.live > 2:
        word |= _F_MULTIWAY
    if player.voluntary:
        word |= _F_VOLUNTARY
    if player.last >= 0:
        word |= _F_HAS_ACTED
    if player.last == CHECK:
        word |= _F_HAS_CHECKED
    if player.first_raise:
        word |= _F_FIRST_RAISE
    if player.second_raise:
        word |= _F_SECOND_RAISE
    if player.called_raise:
        word |= _F_CALLED_RAISE
    return word


@inner
def facts_before_flop(hand: Record, players: Array, me: int, position: int) -> int:
    """Give the facts of the first round of betting."""
    word: int = np.int64(_F_PREFLOP)
    if position == SB:
        word |= _F_SB
    elif position == BB:
        word |= _F_BB
    elif position == CO:
        word |= _F_CO
    elif position == BTN:
        word |= _F_BTN
    if hand.n_raises == 0 and hand.limpers > 0:
        word |= _F_LIMPER
    if players[me].limped:
        word |= _F_LIMPED
    if hand.n_raises == 2 and hand.is_squeeze and hand.raiser != me:
        word |= _F_SQUEEZE
    if hand.n_raises == 1 and hand.callers == 0 and hand.steal_from >= 0 and hand.raiser != me:
        word |= _F_STEAL
        if hand.steal_from == CO:
            word |= _F_STEAL_CO
        elif hand.steal_from == BTN:
            word |= _F_STEAL_BTN
        else:
            word |= _F_STEAL_SB
    return word


@inner
def facts_after_flop(hand: Record, players: Array, me: int) -> int:
    """Give the facts of flop, turn and river that earlier streets and the order of acting decide."""
    player = players[me]
    word: int = np.int64(_F_FLOP) << (hand.street - ON_FLOP)
    if hand.pfa == me:
        word |= _F_PFA
    if hand.aggressor == me:
        word |= _F_AGGRESSOR
    elif hand.aggressor == NOBODY:
        if hand.street > ON_FLOP:
            word |= _F_CHECKED_THROUGH
            if acts_behind(players, hand.aggressor_before, me):
                word |= _F_MISSER_BEHIND
    else:
        if players[hand.aggressor].last == CHECK:
            word |= _F_AGGRESSOR_CHECKED
        if acts_behind(players, hand.aggressor, me):
            word |= _F_AGGRESSOR_BEHIND
    if player.last_before == CALL:
        word |= _F_CALLED_BEFORE
    if player.cbet:
        word |= _F_CAN_CBET
    if player.bet_first:
        word |= _F_HAS_BET
    if in_position(hand, players, me):
        word |= _F_IN_POSITION
    if hand.preflop_raises == 1:
        word |= _F_SINGLE_RAISED
    elif hand.preflop_raises == 2:
        word |= _F_THREE_BET
    if hand.raiser != me:
        if hand.n_raises == 1 and hand.is_cbet:
            word |= _F_CBET
        if hand.n_raises == 1 and hand.is_donk:
            word |= _F_DONK
        if hand.is_check_raise:
            word |= _F_CHECK_RAISE
    return word


@inner
def go_through(
    hands: Any,
    first: int,
    rows: tuple[int, int],
    hand: Record,
    players: Array,
    words: Array,
    sizes: Array,
) -> None:
    """Write the words and sizes of a hand's actions."""
    for k in range(rows[0], rows[1]):
        words[k] = 0
        code = np.int64(hands.action[k])
        me = np.int64(hands.place[k])
        player = players[me]
        amount = hands.amount[k]
        if code <= STRADDLE or code == BRING_IN:
            player.stack -= amount
            player.live = hands.to[k]
            hand.level = max(hand.level, player.live)
            note_post(hand, code, amount, hands.is_all_in[k])
            if code == BRING_IN:
                player.closed = True
                hand.street = ON_THIRD
            continue
        if code < FOLD or code > RAISE:
            continue
        street = np.int64(hands.street[k])
        if street != hand.street:
            if street == BEFORE_FLOP:
                hand.street = street
                hand.level = max(hand.level, hand.big_blind)
            else:
                begin_street(hand, players, street)
                if ON_FLOP <= street <= ON_RIVER:
                    measure_street(hand, players, hands.pot_before[k], first, sizes)
        position = np.int64(hands.position[first + me])
        after_flop = ON_FLOP <= street <= ON_RIVER
        if after_flop or street in (BEFORE_FLOP, ON_THIRD):
            word = facts_of_bets(hand, players, me) | (np.int64(_F_FOLDS) << (code - FOLD))
            if after_flop:
                word |= facts_after_flop(hand, players, me)
                if code == BET and amount > hands.pot_before[k]:
                    word |= _F_OVERBETS
                if code >= BET and hands.pot_before[k] > 0:
                    measure_bet(hand, player, first + me, amount, hands.to[k], hands.pot_before[k], sizes)
            else:
                word |= facts_before_flop(hand, players, me, position)
            if hands.is_all_in[k]:
                word |= _F_ALL_IN
            words[k] = word
        player.closed = True
        player.limped = False
        if code == FOLD:
            player.out = True
        elif code == CALL:
            call(hand, player)
        elif code >= BET:
            bet_or_raise(hand, players, me, position, np.int64(hands.to[k]))
            player.closed = True
        if code >= CALL:
            player.voluntary = True
            player.stack -= amount
            player.live = hands.to[k]
        player.last = code


@kernel(counted=False)
def mark_hands(hands: Any, state: Array, players: Array, words: Array, sizes: Array) -> None:
    """Write the word of each action, 0 where it is no decision, and the sizes of each seat."""
    hand = state[0]
    for row in range(len(hands.first_seat) - 1):
        first = hands.first_seat[row]
        n = hands.first_seat[row + 1] - first
        if n < 1 or n > MAX_PLAYERS:
            continue
        begin_hand(hand, players, hands, first, n)
        rows = hands.first_action[row], hands.first_action[row + 1]
        go_through(hands, first, rows, hand, players, words, sizes)
        cost = round_cost(hand)
        if cost > 0:
            for i in range(n):
                if hands.dealt[first + i]:
                    sizes[M_RATIO, first + i] = hands.stack[first + i] / cost


@kernel(counted=False)
def find_places(first_seat: Array, seat: Array, hand: Array, acting: Array, place: Array) -> None:
    """Write which seat of its hand acts, counted from 0; -1 where there is none of that number."""
    for row in range(len(hand)):
        place[row] = -1
        first = first_seat[hand[row]]
        for k in range(first, min(first + 127, first_seat[hand[row] + 1])):
            if seat[k] == acting[row] and acting[row] >= 0:
                place[row] = k - first
                break


def places(first_seat: np.ndarray, seat: np.ndarray, hand: np.ndarray, acting: np.ndarray) -> np.ndarray:
    """Give the place in its hand of each seat that acts, int8; -1 where the hand has no seat of its number."""
    place = np.empty(len(hand), np.int8)
    find_places(first_seat, seat.astype(np.int8), hand, acting.astype(np.int8), place)
    return place


def mark(hands: Hands) -> tuple[np.ndarray, np.ndarray]:
    """Give the word of each action, int64, and the sizes of each seat, float32 (`SIZES`, seats)."""
    words = np.zeros(len(hands.action), np.int64)
    sizes = np.full((len(SIZES), len(hands.stack)), np.nan, np.float32)
    mark_hands(hands, np.zeros(1, HAND), np.zeros(MAX_PLAYERS, MIND), words, sizes)
    return words, sizes
