"""Play a hand's actions again by the rules: check each, and fill in what no line says.

The state is in the records of the hand and its players. Every function gives a rule's code, ``R_OK`` where all is well.
"""

from __future__ import annotations

import numpy as np

from pokerlab_kernels._jit import inner
from pokerlab_kernels.records import (
    ANTE,
    BET,
    BIG_BLIND,
    BRING_IN,
    CALL,
    CHECK,
    DEAD_BLIND,
    DENY,
    DISCARD,
    DRAW1,
    DRAW3,
    DRAW_GAME,
    FOLD,
    PREFLOP,
    R_ALL_IN,
    R_BET,
    R_CALL,
    R_CHECK,
    R_OK,
    R_ORDER,
    R_RAISE,
    R_STACK,
    R_UNFINISHED,
    RIVER,
    SEVENTH,
    SHOW,
    SHOWDOWN,
    STAND_PAT,
    STREET_OF,
    STUD_GAME,
    THIRD,
    Array,
    Record,
)

_PREFLOP_STREET = STREET_OF[PREFLOP]
_THIRD_STREET = STREET_OF[THIRD]
_FIRST_DRAW = STREET_OF[DRAW1]
_SHOWDOWN_STREET = STREET_OF[SHOWDOWN]
_LAST_STREETS = (STREET_OF[RIVER], STREET_OF[SEVENTH], STREET_OF[DRAW3])
_MOST_ACTIONS = 1000
_MOST_RAISES = 100


@inner
def new_street(players: Array, n: int) -> None:
    """Forget what was put in and who acted on the street before."""
    for i in range(n):
        players[i].live = 0
        players[i].acted = False
        players[i].drawn = False


@inner
def post(action: Record, player: Record, level: int, hand: Record) -> tuple[int, int]:
    """Take a blind or ante from the stack; give the rule and the new bet level.

    What a returning player posts out of position beyond the small blind is live, also when one line says it all.
    """
    amount = action.amount
    if amount > player.stack:
        return R_STACK, level
    player.stack -= amount
    player.total += amount
    live = amount
    if action.action == ANTE:
        live = 0
    elif action.action == DEAD_BLIND:
        live = max(0, amount - hand.small_blind)
        player.dead += amount - live
    elif action.action == BIG_BLIND:
        level = max(level, hand.big_blind)
    player.live += live
    action.to = player.live
    return R_OK, max(level, player.live)


@inner
def replay(hand: Record, players: Array, actions: Array, first: int, count: int) -> int:
    """Play the actions; each gets its seq, to, to_call, pot_before, stack_before, and n_raises."""
    n = np.int64(hand.n_seats)
    pot = hand.added
    level = np.int64(0)
    full_raise = hand.big_blind
    n_raises = np.int64(0)
    street = np.int64(0)
    turn = np.int64(-1)
    drew = np.int64(-1)
    over = False
    paid = False
    for k in range(first, first + count):
        action = actions[k]
        player = players[action.player]
        code = action.action
        hand.error_at = action.at
        action.seq = k - first
        action.pot_before = pot
        action.stack_before = player.stack
        if code >= SHOW:
            if player.folded or not player.dealt or (paid and code == SHOW):
                return R_ORDER
            if hand.went_to_showdown and action.street != _SHOWDOWN_STREET:
                return R_ORDER
            over = True
            paid = code != SHOW
        if code >= SHOW or code == DENY:
            continue
        if over:
            return R_ORDER
        if code <= DEAD_BLIND:
            rule, level = post(action, player, level, hand)
            if rule != R_OK:
                return rule
            pot += action.amount
            if action.is_all_in != (player.stack == 0):
                return R_ALL_IN
            continue
        if action.street != street:
            if action.street > _PREFLOP_STREET:
                if street > 0 and not all_answered(players, n, level):
                    return R_UNFINISHED
                new_street(players, n)
                level = 0
                n_raises = 0
                full_raise = hand.big_blind
            else:
                level = max(level, hand.big_blind)
            if action.street != street_after(hand, street):
                return R_UNFINISHED
            street = np.int64(action.street)
            turn = before_first(hand, players, n, street)
            drew = turn
            hand.last_street = street
        if code == DISCARD or code == STAND_PAT:
            if action.player != next_in_turn(players, n, drew, False):
                return R_ORDER
            drew = np.int64(action.player)
        if code >= BRING_IN:
            rule, level = forced_or_drawn(action, player, level, hand)
            if rule != R_OK:
                return rule
            pot += action.amount
            if code == BRING_IN:
                turn = np.int64(action.player)
            continue
        if player.folded or player.stack == 0 or k - first >= _MOST_ACTIONS:
            return R_ORDER
        if turn >= 0 and action.player != next_in_turn(players, n, turn, True):
            return R_ORDER
        if street >= _FIRST_DRAW and not player.drawn:
            return R_ORDER
        turn = np.int64(action.player)
        facing = level - player.live
        to_call = max(0, min(facing, player.stack))
        action.to_call = to_call
        action.n_raises = n_raises
        amount = 0
        if code == FOLD:
            player.folded = True
            player.fold_street = street
        elif code == CHECK:
            if facing > 0:
                return R_CHECK
        elif code == CALL:
            amount = action.amount
            if amount != to_call or amount == 0:
                return R_CALL
        else:
            if code == BET:
                amount = action.amount
                if level > 0:
                    return R_BET
            else:
                amount = action.to - player.live
                if street == _PREFLOP_STREET:
                    amount -= player.dead
                elif street == _THIRD_STREET:
                    amount += player.brought_in
                if level == 0 or player.live + amount <= level or n_raises >= _MOST_RAISES:
                    return R_RAISE
            by = player.live + amount - level
            if by >= full_raise:
                full_raise = by
                for i in range(n):
                    players[i].acted = False
            level = player.live + amount
            n_raises += 1
        if amount > player.stack:
            return R_STACK
        player.acted = True
        player.stack -= amount
        player.live += amount
        player.total += amount
        pot += amount
        action.amount = amount
        action.to = player.live
        if code >= CALL and action.is_all_in != (player.stack == 0):
            # Stud's files leave the words out: the one all-in of a real hand has none.
            if action.is_all_in or hand.family != STUD_GAME:
                return R_ALL_IN
            action.is_all_in = True
    hand.error_at = hand.start
    return R_OK if is_over(hand, players, n, level) else R_UNFINISHED


@inner
def is_over(hand: Record, players: Array, n: int, level: int) -> bool:
    """Tell whether a hand ends where it may: one is left on the last street, or all streets are dealt and all show."""
    live: int = np.int64(0)
    can_act: int = np.int64(0)
    for i in range(n):
        if players[i].dealt and not players[i].folded:
            live += 1
            can_act += players[i].stack > 0
            if hand.went_to_showdown and not players[i].showed:
                return False
    if not hand.went_to_showdown:
        return live == 1 and hand.deepest == hand.last_street
    if live < 2 or hand.deepest != _LAST_STREETS[hand.family] or not all_answered(players, n, level):
        return False
    return can_act < 2 or hand.last_street == hand.deepest


@inner
def street_after(hand: Record, street: int) -> int:
    """Give the street that follows."""
    if street == 0:
        return _THIRD_STREET if hand.family == STUD_GAME else _PREFLOP_STREET
    if street == _PREFLOP_STREET and hand.family == DRAW_GAME:
        return _FIRST_DRAW
    return street + 1


@inner
def before_first(hand: Record, players: Array, n: int, street: int) -> int:
    """Give the player after whom the first of a street acts; -1 where the cards or nobody decide.

    Pre-flop it is the big blind, later the button. In stud the open cards say who begins.
    """
    if hand.family == STUD_GAME:
        return -1
    if street == _PREFLOP_STREET:
        for i in range(n):
            if players[i].blind == BIG_BLIND:
                return i
        return -1
    last = n - 1
    for i in range(n):
        if players[i].seat <= hand.button:
            last = i
    return last


@inner
def next_in_turn(players: Array, n: int, turn: int, to_bet: bool) -> int:
    """Give the next player clockwise who has cards and, to bet, chips; or -1."""
    for step in range(1, n + 1):
        i = (turn + step) % n
        if players[i].dealt and not players[i].folded and (players[i].stack > 0 or not to_bet):
            return i
    return -1


@inner
def forced_or_drawn(action: Record, player: Record, level: int, hand: Record) -> tuple[int, int]:
    """Take the bring-in of stud, or a draw, of which each player has one a street; give the rule and the bet level."""
    if player.folded:
        return R_ORDER, level
    if action.action != BRING_IN:
        rule = R_ORDER if player.drawn else R_OK
        player.drawn = True
        action.to = player.live
        return rule, level
    if level > 0:
        return R_BET, level
    amount = action.amount
    if amount > player.stack or amount == 0 or amount > hand.big_blind:
        return R_STACK, level
    player.stack -= amount
    player.live += amount
    player.total += amount
    player.brought_in = amount
    player.acted = True
    action.to = player.live
    if action.is_all_in and player.stack > 0:
        return R_ALL_IN, level
    action.is_all_in = player.stack == 0
    return R_OK, player.live


@inner
def all_answered(players: Array, n: int, level: int) -> bool:
    """Tell whether all live players with chips have acted, and put in as much as any other live one, at most the level.

    A player need not act who is the only one with chips left, and faces nothing.
    """
    can_act: int = np.int64(0)
    most = np.int64(0)
    second = np.int64(0)
    for i in range(n):
        if players[i].dealt and not players[i].folded:
            can_act += players[i].stack > 0
            second = max(second, min(most, players[i].live))
            most = max(most, players[i].live)
    for i in range(n):
        if not players[i].dealt or players[i].folded or players[i].stack == 0:
            continue
        if can_act > 1 and not players[i].acted:
            return False
        asked = second if players[i].live == most else most
        if players[i].live < min(asked, level):
            return False
    return True
