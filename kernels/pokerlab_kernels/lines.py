"""What each line of a hand means: find its shape in the grammar's table, and take it into the hand's records.

Every function that takes a line gives the rule that it breaks, ``R_OK`` where all is well.
"""

from __future__ import annotations

import numpy as np

from pokerlab_kernels import rounds
from pokerlab_kernels._jit import inner
from pokerlab_kernels.find import LONGEST_NAME, find_any, find_shape, player_at, player_named
from pokerlab_kernels.header import take_table
from pokerlab_kernels.records import (
    ABSENT,
    ADDED,
    ANTE,
    BET1,
    BIG_BLIND,
    BLIND_RAISE,
    BLINDS,
    BOARD,
    BOARD_GAME,
    BOUNTY_SEAT,
    CALL,
    COLLECT,
    DEAD_BLIND,
    DEALT,
    DENY,
    DISCARD,
    DRAW_GAME,
    FLOP,
    LIVE_BLIND,
    MAX_PLAYERS,
    OPEN_CARDS,
    PREFLOP,
    R_BOARD,
    R_CARDS,
    R_HALF_CHIP,
    R_INCOMPLETE,
    R_OK,
    R_POST,
    R_ROUNDED_TOTAL,
    R_SEAT,
    R_UNKNOWN_LINE,
    RAISE,
    RIVER,
    ROUNDED_POT,
    SEAT,
    SECTION,
    SHOW,
    SHOWDOWN,
    SMALL_BLIND,
    STAND_PAT,
    STREET_OF,
    STUD_GAME,
    SUMMARY,
    TABLE,
    THIRD,
    TOTAL_POT,
    Array,
    Record,
)
from pokerlab_kernels.summary import SEAT_WORD, seat_line
from pokerlab_kernels.words import starts_with


@inner
def use_cards(hand: Record, packed: int) -> bool:
    """Mark cards as dealt; tell whether none of them was before."""
    fresh = True
    while packed:
        if packed & 255:
            bit = np.uint64(1) << np.uint64((packed & 255) - 1)
            fresh = fresh and (hand.used & bit) == 0
            hand.used |= bit
        packed >>= 8
    return fresh


@inner
def set_hole(hand: Record, player: Record, packed: int) -> int:
    """Give a player his cards, as many as the game deals; said twice they must be the same."""
    if hand.family:
        return rounds.show_cards(hand, player, packed)
    if player.hole == 0:
        if packed >> (8 * hand.hole_cards) or packed >> (8 * (hand.hole_cards - 1)) == 0:
            return R_CARDS
        if not use_cards(hand, packed):
            return R_CARDS
        player.hole = packed
    elif player.hole != packed:
        return R_CARDS
    return R_OK


@inner
def add_seat(kind: int, found: Array, hand: Record, players: Array, hand_row: int, data: Array) -> int:
    """Take one line of the list of seats."""
    n = hand.n_seats
    seat = found[0]
    if hand.table_shape < 0:
        return R_INCOMPLETE
    if n >= MAX_PLAYERS or seat < 1 or seat > hand.max_seats or (n and seat <= players[n - 1].seat):
        return R_SEAT
    if player_named(hand, players, data, found[1], found[2]) >= 0:
        return R_SEAT
    if found[3] % hand.divisor:
        return R_HALF_CHIP
    player = players[n]
    player.hand = hand_row
    player.seat = seat
    player.name_start = found[1]
    player.name_length = found[2] - found[1]
    player.start_stack = found[3] // hand.divisor
    player.stack = player.start_stack
    player.bounty = found[4] if kind == BOUNTY_SEAT else -1
    if player.name_length == 0:
        return R_SEAT
    player.dealt = False
    player.is_hero = False
    player.showed = False
    player.folded = False
    player.acted = False
    player.fold_street = 0
    player.blind = -1
    player.drawn = False
    player.discarded = 0
    player.n_shows = 0
    player.n_listed = 0
    player.listed_as = 0
    player.listed_street = 0
    player.listed_won = 0
    player.brought_in = 0
    player.dead_posts = 0
    player.hole = 0
    player.live = 0
    player.dead = 0
    player.total = 0
    player.printed = 0
    player.effective = 0
    player.saw_flop = False
    player.saw_turn = False
    player.saw_river = False
    player.went_to_showdown = False
    hand.n_seats = n + 1
    return R_OK


@inner
def take_post(kind: int, action: Record, hand: Record, player: Record) -> int:
    """Check an ante or blind against the header: less only if it is all a player has, more only if it is two in one.

    Antes come first, then the small blind, then the big one.

    Who posts out of position on one line for both blinds may have a second line, with nothing or with a small blind:
    that is dead too.
    """
    posted_out = player.dead_posts > 0
    if kind == SMALL_BLIND and posted_out:
        action.action = kind = DEAD_BLIND
    if kind == DEAD_BLIND or kind == BLIND_RAISE:
        player.dead_posts += 1
    asked = hand.ante
    if kind == ANTE:
        if hand.blinds:
            return R_POST
    else:
        if hand.family == STUD_GAME:
            return R_POST
        asked = hand.big_blind if kind == BIG_BLIND or kind == LIVE_BLIND else hand.small_blind
    if kind == SMALL_BLIND or kind == BIG_BLIND:
        if player.blind >= 0 or hand.blinds >> kind:
            return R_POST
        player.blind = kind
        hand.blinds |= 1 << kind
    amount = action.amount
    fits = amount == asked or (amount < asked and action.is_all_in)
    if kind == DEAD_BLIND or kind == BLIND_RAISE:
        fits = fits or amount == hand.small_blind + hand.big_blind
    if kind == LIVE_BLIND:
        fits = fits or (amount == 0 and posted_out)
    return R_OK if fits else R_POST


@inner
def add_action(
    kind: int, found: Array, hand: Record, players: Array, me: int, actions: Array, row: int, line: int
) -> int:
    """Write down an action as printed; the replay does the rest."""
    player = players[me]
    action = actions[row]
    action.at = line
    action.player = me
    action.seat = player.seat
    action.street = hand.street
    action.action = BIG_BLIND if kind == LIVE_BLIND else DEAD_BLIND if kind == BLIND_RAISE else kind
    action.is_all_in = False
    action.n_raises = 0
    action.to_call = 0
    action.amount = 0
    action.to = 0
    divisor = hand.divisor
    if kind != DENY:
        player.dealt = True
    if kind == SHOW:
        player.showed = True
        player.n_shows += 1
        return set_hole(hand, player, found[0]) if player.n_shows <= 1 + hand.hi_lo else R_UNKNOWN_LINE
    if kind == COLLECT:
        player.printed += found[0] // divisor
        action.amount = found[0] // divisor
        return R_HALF_CHIP if found[0] % divisor else R_OK
    if kind == RAISE:
        action.to = found[1] // divisor
        action.is_all_in = found[2] == 1
        return R_HALF_CHIP if found[1] % divisor else R_OK
    if kind == DISCARD or kind == STAND_PAT:
        if kind == DISCARD and found[0] == 0:
            action.action = STAND_PAT
        return rounds.exchange(kind, found, player)
    if kind == BLIND_RAISE:
        found[0] = found[1]
        found[1] = 0
    if ANTE <= kind < DENY or kind >= CALL:
        action.amount = found[0] // divisor
        action.is_all_in = found[1] == 1
        if found[0] % divisor:
            return R_HALF_CHIP
        if kind < DENY or kind >= LIVE_BLIND:
            return take_post(kind, action, hand, player)
    return R_OK


@inner
def family_of(section: int, hand: Record) -> int:
    """Give the family of games that a section belongs to; those that all have count as this hand's."""
    if section >= BET1:
        return DRAW_GAME
    if section >= THIRD:
        return STUD_GAME
    return BOARD_GAME if PREFLOP <= section <= RIVER else hand.family


@inner
def enter_section(section: int, found: Array, hand: Record) -> int:
    """Go on to the next section; the board must grow by the cards that the street deals."""
    if family_of(section, hand) != hand.family:
        return R_UNKNOWN_LINE
    hand.section = section
    hand.street = STREET_OF[section]
    if section != SHOWDOWN and section != SUMMARY:
        hand.deepest = hand.street
    if section == SHOWDOWN:
        hand.went_to_showdown = True
    elif FLOP <= section < SHOWDOWN:
        dealt = section - FLOP + 3
        board = found[0]
        count = found[1]
        if section > FLOP:
            if board != hand.board or found[3] != 1:
                return R_BOARD
            board |= found[2] << (8 * count)
            count += 1
        if count != dealt or count != hand.n_board + (3 if section == FLOP else 1):
            return R_BOARD
        if not use_cards(hand, board ^ hand.board):
            return R_CARDS
        hand.board = board
        hand.n_board = count
    return R_OK


@inner
def plain_line(
    grammar: Record, shape: int, found: Array, hand: Record, players: Array, hand_row: int, data: Array
) -> int:
    """Take a line that does not begin with a player's name."""
    kind = grammar.kind[shape]
    divisor = hand.divisor
    if kind == SECTION:
        return enter_section(grammar.detail[shape], found, hand)
    if kind == DEALT:
        me = player_named(hand, players, data, found[0], found[1])
        if me < 0 or hand.family or players[me].is_hero:
            return R_UNKNOWN_LINE
        players[me].dealt = True
        players[me].is_hero = True
        return set_hole(hand, players[me], found[2])
    if kind == OPEN_CARDS:
        me = player_named(hand, players, data, found[0], found[1])
        return R_UNKNOWN_LINE if me < 0 else rounds.deal_cards(hand, players[me], found, grammar.detail[shape] == 2)
    if kind == SEAT or kind == BOUNTY_SEAT:
        return add_seat(kind, found, hand, players, hand_row, data)
    if kind == TABLE:
        return take_table(grammar, shape, found, hand, data)
    if kind == ADDED:
        if hand.added:
            return R_UNKNOWN_LINE
        hand.added = found[0] // divisor
        return R_HALF_CHIP if found[0] % divisor else R_OK
    if kind == TOTAL_POT:
        if hand.totals:
            return R_UNKNOWN_LINE
        hand.totals = 1
        hand.total_pot = found[0] // divisor
        hand.rake = found[1] // divisor if grammar.detail[shape] else 0
        halves = found[0] % divisor or (grammar.detail[shape] and found[1] % divisor)
        return R_HALF_CHIP if halves else R_OK
    if kind == ROUNDED_POT:
        return R_ROUNDED_TOTAL
    if kind == BOARD:
        if hand.boards or found[0] != hand.board:
            return R_BOARD
        hand.boards = 1
        return R_OK
    if kind == ABSENT:
        return R_OK if player_named(hand, players, data, found[0], found[1]) < 0 else R_UNKNOWN_LINE
    return R_UNKNOWN_LINE


@inner
def read_line(
    grammar: Record,
    data: Array,
    words: Array,
    line: int,
    end: int,
    found: Array,
    hand: Record,
    hand_row: int,
    players: Array,
    actions: Array,
    row: int,
) -> tuple[int, int]:
    """Take one line inside a hand; give the rule that it breaks and the number of actions it wrote."""
    section = np.int64(hand.section)
    if BLINDS <= section <= SHOWDOWN or section >= THIRD:
        below = np.int64(LONGEST_NAME)
        me = player_at(hand, players, data, words, line, end, below)
        while me >= 0:
            below = np.int64(players[me].name_length)
            shape = find_shape(grammar, True, data, words, line + below + 1, end, section, found)
            if shape >= 0:
                if grammar.kind[shape] == COLLECT and grammar.detail[shape] and not hand.hi_lo:
                    return R_UNKNOWN_LINE, 1
                return add_action(grammar.kind[shape], found, hand, players, me, actions, row, line), 1
            me = player_at(hand, players, data, words, line, end, below)
    elif section == SUMMARY and starts_with(data, line, end, SEAT_WORD):
        return seat_line(grammar, data, words, line, end, found, hand, players), 0
    shape = find_shape(grammar, False, data, words, line, end, section, found)
    if shape < 0:
        shape = find_any(grammar, data, words, line, end, section, found)
    if shape < 0:
        return R_UNKNOWN_LINE, 0
    return plain_line(grammar, shape, found, hand, players, hand_row, data), 0
