"""What each line of a hand means: find its shape in the grammar's table, and take it into the hand's records.

Every function that takes a line gives the rule that it breaks, ``R_OK`` where all is well.
"""

from __future__ import annotations

import numpy as np

from pokerlab_kernels import tokens
from pokerlab_kernels._jit import inner
from pokerlab_kernels.records import (
    ADDED,
    ANTE,
    BIG_BLIND,
    BLINDS,
    BOARD,
    BOUNTY_SEAT,
    CALL,
    COLLECT,
    DEALT,
    DENY,
    FLOP,
    LIVE_BLIND,
    MAX_PLAYERS,
    NO_RESULT,
    PREFIX,
    R_BOARD,
    R_CARDS,
    R_GAME,
    R_HALF_CHIP,
    R_HEADER,
    R_OK,
    R_ROUNDED_TOTAL,
    R_SEAT,
    R_UNKNOWN_LINE,
    R_WON,
    RAISE,
    ROUNDED_POT,
    SEAT,
    SECTION,
    SHOW,
    SHOWDOWN,
    SHOWED_WON,
    SMALL_BLIND,
    SUMMARY,
    TABLE,
    TITLE_IN_CHIPS,
    TITLE_TEXTS,
    TOTAL_POT,
    WON,
    Array,
    Record,
)

_BEFORE_ID = len(b" - HandId: #")
_SEAT_WORD = b"Seat "
_ROLES = (b" (small blind)", b" (big blind)", b" (button)")
LONGEST_NAME = 1000
LAST_UNIX_TIME = 4_000_000_000
"""The year 2096; a larger number in an id is no time."""


@inner
def find_shape(
    grammar: Record, by_player: bool, data: Array, words: Array, pos: int, end: int, section: int, found: Array
) -> int:
    """Give the shape that the text is, or -1; its fields are in ``found``."""
    at = grammar.verbs[section, data[pos]] if by_player else grammar.plain[section, data[pos]]
    return tokens.match(grammar, data, words, pos, end, np.int64(at), found)


@inner
def same_text(data: Array, a: int, b: int, length: int) -> bool:
    """Compare two stretches of the text."""
    for i in range(length):
        if data[a + i] != data[b + i]:
            return False
    return True


@inner
def player_at(hand: Record, players: Array, data: Array, words: Array, pos: int, end: int, below: int) -> int:
    """Give the player with the longest name, shorter than ``below``, that stands at ``pos`` before a blank; or -1."""
    best = -1
    longest = 0
    here = words[pos]
    for i in range(hand.n_seats):
        length = np.int64(players[i].name_length)
        differ = here ^ words[players[i].name_start]
        if length < 8:
            differ <<= np.uint64(64 - 8 * length)
        if (
            differ == 0
            and longest < length < below
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
    if hand.game < 0 or grammar.hole_cards[hand.game] == 0:
        return R_GAME
    hand.hole_cards = grammar.hole_cards[hand.game]
    if hand.unix > LAST_UNIX_TIME:
        return R_HEADER
    amounts = slot + 6
    if found[slot + 5] == 3:
        hand.ante = found[amounts] // divisor
        amounts += 1
    small = found[amounts]
    big = found[amounts + 1]
    if grammar.fixed_limit[hand.game]:
        big = small
        small = big // 2
    hand.small_blind = small // divisor
    hand.big_blind = big // divisor
    if found[slot + 6] % divisor or small % divisor or big % divisor:
        return R_HALF_CHIP
    return R_OK


@inner
def add_seat(kind: int, found: Array, hand: Record, players: Array, hand_row: int, data: Array) -> int:
    """Take one line of the list of seats."""
    n = hand.n_seats
    seat = found[0]
    if n >= MAX_PLAYERS or seat < 1 or seat > 127 or (n and seat <= players[n - 1].seat):
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
    player.voluntary = False
    player.fold_street = 0
    player.blind = -1
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
def add_action(
    kind: int, found: Array, hand: Record, players: Array, me: int, actions: Array, row: int, line: int
) -> int:
    """Write down an action as printed; the replay does the rest."""
    player = players[me]
    action = actions[row]
    action.at = line
    action.player = me
    action.seat = player.seat
    action.street = hand.section - BLINDS
    action.action = BIG_BLIND if kind == LIVE_BLIND else kind
    action.is_all_in = False
    action.n_raises = 0
    action.to_call = 0
    action.amount = 0
    action.to = 0
    action.word = 0
    divisor = hand.divisor
    if kind != DENY:
        player.dealt = True
    if kind == SHOW:
        player.showed = True
        return set_hole(hand, player, found[0])
    if kind == COLLECT:
        player.printed += found[0] // divisor
        action.amount = found[0] // divisor
        return R_HALF_CHIP if found[0] % divisor else R_OK
    if kind == RAISE:
        action.to = found[1] // divisor
        action.is_all_in = found[2] == 1
        return R_HALF_CHIP if found[1] % divisor else R_OK
    if ANTE <= kind < DENY or kind >= CALL:
        action.amount = found[0] // divisor
        action.is_all_in = found[1] == 1
        if kind == SMALL_BLIND or kind == BIG_BLIND:
            player.blind = kind
        return R_HALF_CHIP if found[0] % divisor else R_OK
    return R_OK


@inner
def enter_section(section: int, found: Array, hand: Record) -> int:
    """Go on to the next section; the board must grow by the cards that the street deals."""
    if section <= hand.section:
        return R_UNKNOWN_LINE
    hand.section = section
    hand.visited |= 1 << section
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
def summary_seat(
    grammar: Record, data: Array, words: Array, pos: int, end: int, found: Array, hand: Record, players: Array
) -> int:
    """Check one ``Seat n:`` line of the summary against what the hand said."""
    pos = tokens.number(data, pos + len(_SEAT_WORD), end, found, np.int64(0))
    if pos < 0 or data[pos] != 58 or data[pos + 1] != 32:
        return R_UNKNOWN_LINE
    me = player_at(hand, players, data, words, pos + 2, end, np.int64(LONGEST_NAME))
    while me >= 0 and players[me].seat != found[0]:
        me = player_at(hand, players, data, words, pos + 2, end, np.int64(players[me].name_length))
    if me < 0:
        return R_UNKNOWN_LINE
    player = players[me]
    pos += 2 + player.name_length
    for role in _ROLES:
        if tokens.starts_with(data, pos, end, role):
            pos += len(role)
    shape = find_shape(grammar, True, data, words, pos + 1, end, np.int64(SUMMARY), found)
    if shape < 0 or data[pos] != 32:
        return R_UNKNOWN_LINE
    kind = grammar.kind[shape]
    if kind == NO_RESULT:
        return R_OK
    won = 0
    if kind == WON:
        won = found[0]
    else:
        rule = set_hole(hand, player, found[0])
        if rule != R_OK:
            return rule
        player.showed = True
        if kind == SHOWED_WON:
            won = found[2]
    if won % hand.divisor:
        return R_HALF_CHIP
    return R_OK if won // hand.divisor == player.printed else R_WON


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
        if me < 0:
            return R_UNKNOWN_LINE
        players[me].dealt = True
        players[me].is_hero = True
        return set_hole(hand, players[me], found[2])
    if kind == SEAT or kind == BOUNTY_SEAT:
        return add_seat(kind, found, hand, players, hand_row, data)
    if kind == TABLE:
        hand.table_shape = shape
        hand.table_start = found[0]
        hand.table_end = found[1]
        hand.max_seats = min(found[2], 127)
        hand.button = min(found[3], 127)
        return R_OK
    if kind == ADDED:
        hand.added += found[0] // divisor
        return R_HALF_CHIP if found[0] % divisor else R_OK
    if kind == TOTAL_POT:
        if hand.totals:
            return R_UNKNOWN_LINE
        hand.totals = 1
        hand.total_pot = found[0] // divisor
        hand.rake = found[1] // divisor if grammar.detail[shape] else 0
        return R_HALF_CHIP if found[0] % divisor else R_OK
    if kind == ROUNDED_POT:
        return R_ROUNDED_TOTAL
    if kind == BOARD:
        if hand.boards or found[0] != hand.board:
            return R_BOARD
        hand.boards = 1
        return R_OK
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
    if BLINDS <= section <= SHOWDOWN:
        below = np.int64(LONGEST_NAME)
        me = player_at(hand, players, data, words, line, end, below)
        while me >= 0:
            below = np.int64(players[me].name_length)
            shape = find_shape(grammar, True, data, words, line + below + 1, end, section, found)
            if shape >= 0:
                return add_action(grammar.kind[shape], found, hand, players, me, actions, row, line), 1
            me = player_at(hand, players, data, words, line, end, below)
    elif section == SUMMARY and tokens.starts_with(data, line, end, _SEAT_WORD):
        return summary_seat(grammar, data, words, line, end, found, hand, players), 0
    shape = find_shape(grammar, False, data, words, line, end, section, found)
    if shape < 0:
        return R_UNKNOWN_LINE, 0
    return plain_line(grammar, shape, found, hand, players, hand_row, data), 0
