"""Codes and record types that the scan of a history writes: the kernels' side of ``pokerlab.schema``.

A record is a row of a NumPy structured array. Spans are byte offsets into the scanned text; money is in minor units;
cards are packed 8 bits each as code + 1, first card lowest, 0 for none.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
"""An array of a kernel; the docstrings say of what."""

Record = Any
"""One row of a structured array, by reference."""

PREFIX = b"Winamax Poker - "
"""How every hand and every summary begins."""

RANKS = b"23456789TJQKA"
SUITS = b"cdhs"
"""The letters of a card, at the place of their code."""

MAX_PLAYERS = 10
NOBODY = 255

_BOARD_SECTIONS = ("outside", "seats", "blinds", "preflop", "flop", "turn", "river", "showdown", "summary", "skip")
_STUD_SECTIONS = ("third", "fourth", "fifth", "sixth", "seventh")
_DRAW_SECTIONS = ("bet1", "draw1", "bet2", "draw2", "bet3", "draw3", "bet4")
SECTIONS = _BOARD_SECTIONS + _STUD_SECTIONS + _DRAW_SECTIONS
OUTSIDE, SEATS, BLINDS, PREFLOP, FLOP, TURN, RIVER, SHOWDOWN, SUMMARY, SKIP = range(len(_BOARD_SECTIONS))
THIRD, FOURTH, FIFTH, SIXTH, SEVENTH = range(SKIP + 1, SKIP + 6)
BET1, DRAW1, BET2, DRAW2, BET3, DRAW3, BET4 = range(SEVENTH + 1, len(SECTIONS))
"""Where in a file a line stands."""

STREETS = (
    *("blinds", "preflop", "flop", "turn", "river", "showdown"),
    *("third", "fourth", "fifth", "sixth", "seventh", "draw1", "draw2", "draw3"),
)
STREET_OF = (0, 0, 0, 1, 2, 3, 4, 5, 5, 0, 6, 7, 8, 9, 10, 1, 11, 11, 12, 12, 13, 13)
"""The street of each section. A draw and the betting behind it are one street; the betting before it is pre-flop's."""

FAMILIES = ("board", "stud", "draw")
BOARD_GAME, STUD_GAME, DRAW_GAME = range(len(FAMILIES))
"""How a game deals: cards on a board, open cards in turn, or cards to exchange."""

HIDDEN = 53
"""Stands in packed cards for one that the file does not show."""

ACTIONS = (
    "ante",
    "small_blind",
    "big_blind",
    "dead_blind",
    "straddle",
    "deny",
    "fold",
    "check",
    "call",
    "bet",
    "raise",
    "bring_in",
    "discard",
    "stand_pat",
    "show",
    "collect",
)
(
    ANTE,
    SMALL_BLIND,
    BIG_BLIND,
    DEAD_BLIND,
    STRADDLE,
    DENY,
    FOLD,
    CHECK,
    CALL,
    BET,
    RAISE,
    BRING_IN,
    DISCARD,
    STAND_PAT,
    SHOW,
    COLLECT,
) = range(len(ACTIONS))

KINDS = (
    *ACTIONS,
    "live_blind",
    "header",
    "table",
    "seat",
    "bounty_seat",
    "added",
    "section",
    "dealt",
    "total_pot",
    "rounded_pot",
    "board",
    "won",
    "showed_won",
    "showed_lost",
    "folded",
    "mucked",
    "absent",
    "open_cards",
    "blind_raise",
)
(
    LIVE_BLIND,
    HEADER,
    TABLE,
    SEAT,
    BOUNTY_SEAT,
    ADDED,
    SECTION,
    DEALT,
    TOTAL_POT,
    ROUNDED_POT,
    BOARD,
    WON,
    SHOWED_WON,
    SHOWED_LOST,
    FOLDED,
    MUCKED,
    ABSENT,
    OPEN_CARDS,
    BLIND_RAISE,
) = range(len(ACTIONS), len(KINDS))
"""What a line says: an action of a player, or one of the lines around them."""

RULES = (
    "ok",
    "unknown_line",
    "header",
    "game",
    "seat",
    "order",
    "stack",
    "check",
    "call",
    "bet",
    "raise",
    "all_in",
    "cards",
    "board",
    "total_pot",
    "collected",
    "uncalled",
    "won",
    "half_chip",
    "rounded_total",
    "truncated",
    "stray_text",
    "encoding",
    "incomplete",
    "unfinished",
    "date",
    "table",
    "post",
    "listed",
)
(
    R_OK,
    R_UNKNOWN_LINE,
    R_HEADER,
    R_GAME,
    R_SEAT,
    R_ORDER,
    R_STACK,
    R_CHECK,
    R_CALL,
    R_BET,
    R_RAISE,
    R_ALL_IN,
    R_CARDS,
    R_BOARD,
    R_TOTAL_POT,
    R_COLLECTED,
    R_UNCALLED,
    R_WON,
    R_HALF_CHIP,
    R_ROUNDED_TOTAL,
    R_TRUNCATED,
    R_STRAY_TEXT,
    R_ENCODING,
    R_INCOMPLETE,
    R_UNFINISHED,
    R_DATE,
    R_TABLE,
    R_POST,
    R_LISTED,
) = range(len(RULES))
"""Why a hand was refused; ``pokerlab.winamax.rejects`` has the sentence of each."""

POSITIONS = ("BTN", "SB", "BB", "UTG", "UTG+1", "UTG+2", "UTG+3", "LJ", "HJ", "CO")
BTN, SB, BB, UTG, UTG1, UTG2, UTG3, LJ, HJ, CO = range(len(POSITIONS))

FACTS = (
    *("PREFLOP", "FLOP", "TURN", "RIVER"),
    *("FOLDS", "CHECKS", "CALLS", "BETS", "RAISES", "GOES_ALL_IN", "OVERBETS"),
    *("UNRAISED", "FACING_ONE_RAISE", "FACING_TWO_RAISES", "FACING_THREE_RAISES", "FACING_MORE_RAISES"),
    *("CAN_RAISE", "MADE_THE_RAISE", "AFTER_CALLER", "MULTIWAY", "WAS_VOLUNTARY", "HAS_ACTED", "HAS_CHECKED"),
    *("MADE_FIRST_RAISE", "MADE_SECOND_RAISE", "CALLED_A_RAISE"),
    *("IN_SB", "IN_BB", "IN_CO", "IN_BTN", "AFTER_LIMPER", "LIMPED", "FACING_SQUEEZE"),
    *("FACING_STEAL", "STEAL_FROM_CO", "STEAL_FROM_BTN", "STEAL_FROM_SB"),
    *("IS_PREFLOP_AGGRESSOR", "IS_AGGRESSOR", "CHECKED_THROUGH", "AGGRESSOR_BEHIND", "AGGRESSOR_CHECKED"),
    *("MISSER_BEHIND", "CALLED_BEFORE", "WOULD_CBET", "HAS_BET", "IN_POSITION"),
    *("FACING_CBET", "FACING_DONK", "FACING_CHECK_RAISE", "SINGLE_RAISED_POT", "THREE_BET_POT"),
)
"""What is true of a decision, a bit each in its word; `pokerlab.facts` gives them their meaning."""

HAND = np.dtype(
    [
        ("start", "i8"),
        ("end", "i8"),
        ("title_start", "i8"),
        ("title_end", "i8"),
        ("id_start", "i8"),
        ("id_end", "i8"),
        ("unix", "i8"),
        ("shape", "i2"),
        ("table_shape", "i2"),
        ("game", "i2"),
        ("family", "i1"),
        ("hi_lo", "?"),
        ("name_start", "i8"),
        ("name_end", "i8"),
        ("table_start", "i8"),
        ("table_end", "i8"),
        ("max_seats", "i1"),
        ("button", "i1"),
        ("n_seats", "i1"),
        ("n_players", "i1"),
        ("small_blind", "i8"),
        ("big_blind", "i8"),
        ("ante", "i8"),
        ("board", "i8"),
        ("n_board", "i1"),
        ("added", "i8"),
        ("total_pot", "i8"),
        ("pot", "i8"),
        ("rake", "i8"),
        ("divisor", "i8"),
        ("hole_cards", "i8"),
        ("section", "i1"),
        ("street", "i1"),
        ("deepest", "i1"),
        ("blinds", "i1"),
        ("totals", "i1"),
        ("boards", "i1"),
        ("went_to_showdown", "?"),
        ("last_street", "i1"),
        ("seat_row", "i8"),
        ("action_row", "i8"),
        ("error_at", "i8"),
        ("used", "u8"),
    ],
    align=True,
)
"""One hand, also while it is being read: ``section`` and what follows it is of use only then."""

PLAYER = np.dtype(
    [
        ("hand", "u4"),
        ("name_start", "i8"),
        ("name_length", "i4"),
        ("seat", "i1"),
        ("position", "u1"),
        ("dealt", "?"),
        ("is_hero", "?"),
        ("is_button", "?"),
        ("showed", "?"),
        ("folded", "?"),
        ("acted", "?"),
        ("fold_street", "i1"),
        ("blind", "i1"),
        ("drawn", "?"),
        ("discarded", "i1"),
        ("n_shows", "i1"),
        ("n_listed", "i1"),
        ("listed_as", "i1"),
        ("listed_street", "i1"),
        ("dead_posts", "i1"),
        ("listed_won", "i8"),
        ("brought_in", "i8"),
        ("start_stack", "i8"),
        ("stack", "i8"),
        ("bounty", "i8"),
        ("hole", "i8"),
        ("live", "i8"),
        ("dead", "i8"),
        ("total", "i8"),
        ("contributed", "i8"),
        ("returned", "i8"),
        ("printed", "i8"),
        ("collected", "i8"),
        ("effective", "i8"),
        ("saw_flop", "?"),
        ("saw_turn", "?"),
        ("saw_river", "?"),
        ("went_to_showdown", "?"),
    ],
    align=True,
)
"""One seat of a hand: what its lines said and what the replay made of it."""

ACTION = np.dtype(
    [
        ("hand", "u4"),
        ("seat_row", "u4"),
        ("at", "i8"),
        ("street", "i1"),
        ("action", "i1"),
        ("player", "i1"),
        ("seat", "i1"),
        ("is_all_in", "?"),
        ("n_raises", "i1"),
        ("seq", "i2"),
        ("amount", "i8"),
        ("to", "i8"),
        ("to_call", "i8"),
        ("pot_before", "i8"),
        ("stack_before", "i8"),
    ],
    align=True,
)
"""One action; before the replay ``amount`` and ``to`` are as printed."""

BLOCK = np.dtype([("start", "i8"), ("end", "i8"), ("at", "i8"), ("rule", "i2")], align=True)
"""A piece of text that is no hand in the frames: a reject, or with rule ``ok`` a tournament summary."""

TITLE_IN_CHIPS = 1
TITLE_TEXTS = 8
"""Header shapes: ``detail`` is the number of texts before the hand's id times this, plus `TITLE_IN_CHIPS`."""
TABLE_FOR_PLAY = 1
TABLE_WITHOUT_BUTTON = 2
"""Table shapes: ``detail`` is the sum of these."""
MAX_SHAPES = 128
MAX_STEPS = 2048
MAX_GAMES = 32
GRAMMAR = np.dtype(
    [
        ("text", "u8", (MAX_STEPS,)),
        ("mask", "u8", (MAX_STEPS,)),
        ("then", "i2", (MAX_STEPS,)),
        ("otherwise", "i2", (MAX_STEPS,)),
        ("op", "i1", (MAX_STEPS,)),
        ("length", "i1", (MAX_STEPS,)),
        ("saves", "i1", (MAX_STEPS,)),
        ("kind", "i8", (MAX_SHAPES,)),
        ("detail", "i8", (MAX_SHAPES,)),
        ("plain", "i2", (len(SECTIONS), 256)),
        ("verbs", "i2", (len(SECTIONS), 256)),
        ("games", "u1", (MAX_GAMES, 48)),
        ("fixed_limit", "i8", (MAX_GAMES,)),
        ("hole_cards", "i8", (MAX_GAMES,)),
        ("family", "i8", (MAX_GAMES,)),
        ("hi_lo", "i8", (MAX_GAMES,)),
        ("n_games", "i8"),
    ],
    align=True,
)
"""The table of line shapes, one record that `pokerlab.winamax.grammar` fills.

A template is a chain of steps, as `pokerlab_kernels.tokens` tells: what a step does (``op``; a literal's ``length``,
``text`` and ``mask``, eight bytes at once), the step after it (``then``; behind the last the shape), and where to go on
if it fails (``otherwise``, -1 for nowhere). Templates that begin alike share these steps; where they part, each way
``saves`` the place in the text under a number above 0. The steps for a section and a first byte ``b`` (after the
player's name, in ``verbs``) begin at ``plain[section, b]`` or ``verbs[section, b]``; -1 where nothing may stand.
``games`` holds the names of games, a row each, padded with zeros; ``fixed_limit`` tells their betting,
``hole_cards`` how many each player is dealt at most, ``family`` how, ``hi_lo`` whether high and low share the pot.
"""
