"""Say of each decision what its player saw and had done: a word of facts, from arrays of seats and actions.

The arrays may come from the scan of a history or from a store. Rows of a hand are beside each other, seats clockwise,
actions in order. `records.FACTS` names the bits; `pokerlab.facts` gives them their meaning. Games without a flop have
facts for their first round of betting alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pokerlab_kernels._jit import inner, kernel
from pokerlab_kernels.records import (
    ANTE,
    BB,
    BET,
    BIG_BLIND,
    BRING_IN,
    BTN,
    CALL,
    CHECK,
    CO,
    FACTS,
    FLOP,
    FOLD,
    MAX_PLAYERS,
    POSITIONS,
    PREFLOP,
    RAISE,
    SB,
    SMALL_BLIND,
    STRADDLE,
    STREET_OF,
    THIRD,
    TURN,
    Record,
)

if TYPE_CHECKING:
    from pokerlab_kernels.records import Array

SIZES = (
    *("avg_bet_pct_f", "avg_bet_pct_t", "avg_bet_pct_r"),
    *("avg_raise_pct_f", "avg_raise_pct_t", "avg_raise_pct_r"),
    *("spr_f", "spr_t", "spr_r"),
    "m_ratio",
)
"""What is measured of each seat, beside the facts; NaN where there is nothing to measure."""

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

_PREFLOP, _FLOP, _TURN = STREET_OF[PREFLOP], STREET_OF[FLOP], STREET_OF[TURN]
_RIVER, _THIRD = _TURN + 1, STREET_OF[THIRD]
_BET_SIZE, _RAISE_SIZE, _SPR, _M_RATIO = 0, 3, 6, 9
_NOBODY = -1

_MIND = np.dtype(
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

_HAND = np.dtype(
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
    hand.raiser = _NOBODY
    hand.limpers = 0
    hand.callers = 0
    hand.live = 0
    hand.steal_from = _NOBODY
    hand.pfa = _NOBODY
    hand.preflop_raises = 0
    hand.aggressor = _NOBODY
    hand.aggressor_before = _NOBODY
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
        player.last = _NOBODY
        player.last_before = _NOBODY
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
    if hand.street == _PREFLOP:
        hand.pfa = hand.raiser
        hand.preflop_raises = hand.n_raises
    hand.aggressor_before = hand.aggressor
    hand.aggressor = hand.raiser
    hand.street = street
    hand.level = 0
    hand.full_raise = hand.big_blind
    hand.n_raises = 0
    hand.raiser = _NOBODY
    hand.limpers = 0
    hand.callers = 0
    hand.steal_from = _NOBODY
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
        player.last = _NOBODY
        player.limped = False
        player.cbet = i == hand.pfa if street == _FLOP else player.cbet and player.bet_first
        player.bet_first = False
        player.n_raised = 0
        hand.live += not player.out


@inner
def acts_behind(players: Array, other: int, me: int) -> bool:
    """Tell whether another can act, and does so after ``me`` in a round of betting after the flop."""
    if other in (_NOBODY, me):
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
    word: int = np.int64(_F_FLOP) << (hand.street - _FLOP)
    if hand.pfa == me:
        word |= _F_PFA
    if hand.aggressor == me:
        word |= _F_AGGRESSOR
    elif hand.aggressor == _NOBODY:
        if hand.street > _FLOP:
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
def call(hand: Record, player: Record) -> None:
    """Note a call."""
    if hand.n_raises > 0:
        hand.callers += 1
        if hand.street in (_PREFLOP, _THIRD):
            player.called_raise = True
    elif hand.street in (_PREFLOP, _THIRD):
        hand.limpers += 1
        player.limped = True


@inner
def bet_or_raise(hand: Record, players: Array, me: int, position: int, to: int) -> None:
    """Note a bet or raise ``to`` a level, and what it was."""
    player = players[me]
    before_flop = hand.street in (_PREFLOP, _THIRD)
    if before_flop:
        stealing = position in (CO, BTN, SB) and hand.n_raises == 0 and hand.limpers == 0
        hand.steal_from = position if stealing else _NOBODY
        hand.is_squeeze = hand.n_raises == 1 and hand.callers > 0 and hand.raiser != me and not player.called_raise
        player.first_raise = player.first_raise or hand.n_raises == 0
        player.second_raise = player.second_raise or hand.n_raises == 1
    elif hand.n_raises == 0:
        player.bet_first = True
        hand.is_cbet = player.cbet
        hand.is_donk = acts_behind(players, hand.aggressor, me)
    hand.is_check_raise = hand.n_raises == 1 and player.last == CHECK
    by = to - hand.level
    completes = hand.street == _THIRD and hand.level < hand.big_blind
    if by >= hand.full_raise or completes:
        hand.full_raise = max(by, hand.full_raise)
        for i in range(hand.n):
            players[i].closed = False
    hand.level = to
    hand.n_raises += 1
    hand.raiser = me
    hand.callers = 0


@inner
def measure_street(hand: Record, players: Array, pot: int, first: int, sizes: Array) -> None:
    """Write the stack-to-pot ratio of each player who can act at a street's start: the most he can win or lose."""
    row = _SPR + hand.street - _FLOP
    for i in range(hand.n):
        if players[i].out or players[i].stack <= 0:
            continue
        rival = np.int64(0)
        for j in range(hand.n):
            if j != i and not players[j].out:
                rival = max(rival, players[j].stack)
        if rival > 0 and pot > 0:
            sizes[row, first + i] = min(players[i].stack, rival) / pot


@inner
def measure_bet(hand: Record, player: Record, seat: int, amount: int, to: int, pot: int, sizes: Array) -> None:
    """Write the size of a bet or raise after the flop, as a share of the pot; of raises their mean."""
    if hand.n_raises == 0:
        sizes[_BET_SIZE + hand.street - _FLOP, seat] = amount / pot
        return
    row = _RAISE_SIZE + hand.street - _FLOP
    size = (to - hand.level) / (pot + hand.level - player.live)
    if player.n_raised == 0:
        sizes[row, seat] = size
    else:
        sizes[row, seat] += (size - sizes[row, seat]) / (player.n_raised + 1)
    player.n_raised += 1


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


@inner
def round_cost(hand: Record) -> int:
    """Give what a round costs: the full blinds, a missing small one as half the big one, and the antes of all dealt."""
    blinds = hand.small_blind + hand.big_blind if hand.has_blinds else 0
    return blinds + hand.ante * hand.dealt


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
                hand.street = _THIRD
            continue
        if code < FOLD or code > RAISE:
            continue
        street = np.int64(hands.street[k])
        if street != hand.street:
            if street == _PREFLOP:
                hand.street = street
                hand.level = max(hand.level, hand.big_blind)
            else:
                begin_street(hand, players, street)
                if _FLOP <= street <= _RIVER:
                    measure_street(hand, players, hands.pot_before[k], first, sizes)
        position = np.int64(hands.position[first + me])
        after_flop = _FLOP <= street <= _RIVER
        if after_flop or street in (_PREFLOP, _THIRD):
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
                    sizes[_M_RATIO, first + i] = hands.stack[first + i] / cost


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
    mark_hands(hands, np.zeros(1, _HAND), np.zeros(MAX_PLAYERS, _MIND), words, sizes)
    return words, sizes
