"""Read hand histories: one pass over the bytes, driven by the grammar's table.

The scan goes line by line. A header opens a hand; each line is matched against the templates that may stand in the
section the hand is in; when the hand ends it is replayed by the rules and kept, or taken back and reported as a block.
The text must end with a line feed and be followed by `PADDING` zero bytes, since Numba checks no bounds.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pokerlab_kernels import tokens
from pokerlab_kernels._jit import inner, kernel
from pokerlab_kernels.find import find_shape
from pokerlab_kernels.header import open_hand
from pokerlab_kernels.lines import read_line
from pokerlab_kernels.records import (
    ACTION,
    BLOCK,
    HAND,
    MAX_PLAYERS,
    OUTSIDE,
    PLAYER,
    PREFIX,
    R_ENCODING,
    R_HEADER,
    R_INCOMPLETE,
    R_OK,
    R_STRAY_TEXT,
    R_TRUNCATED,
    SEATS,
    SKIP,
    SUMMARY,
    Array,
    Record,
)
from pokerlab_kernels.replay import replay
from pokerlab_kernels.rounds import close_cards
from pokerlab_kernels.settle import name_positions, outcome, settle
from pokerlab_kernels.summary import check_listed
from pokerlab_kernels.words import starts_with

PADDING = 64
BAD_BYTE = 0x1A
"""Stands where the text was no UTF-8, so that offsets stay; the hand around it is refused."""

_SUMMARY_TITLE = b"Winamax Poker - Tournament summary : "
_MARK = b"\xef\xbb\xbf"


class Scanned(NamedTuple):
    """What a scan wrote: rows of `records.HAND`, ``PLAYER``, ``ACTION`` and ``BLOCK``."""

    hands: np.ndarray
    players: np.ndarray
    actions: np.ndarray
    blocks: np.ndarray


@inner
def line_end(data: Array, pos: int) -> int:
    """Give the place of the next line feed."""
    while data[pos] != 10:
        pos += 1
    return pos


@inner
def new_hand(hand: Record, line: int, seat_row: int, action_row: int) -> None:
    """Clear a hand's record."""
    hand.start = line
    hand.section = SEATS
    hand.seat_row = seat_row
    hand.action_row = action_row
    hand.n_seats = 0
    hand.ante = 0
    hand.added = 0
    hand.board = 0
    hand.n_board = 0
    hand.totals = 0
    hand.boards = 0
    hand.max_seats = 0
    hand.button = 0
    hand.total_pot = 0
    hand.rake = 0
    hand.used = 0
    hand.table_shape = -1
    hand.table_start = line
    hand.table_end = line
    hand.went_to_showdown = False
    hand.last_street = 0
    hand.street = 0
    hand.deepest = 0
    hand.blinds = 0


@inner
def close_hand(hand: Record, last: int, end: int, players: Array, actions: Array, count: int) -> int:
    """Replay a hand whose text is at its end, its last line at ``last``; give the rule that it breaks."""
    hand.end = end
    hand.error_at = hand.start
    if hand.section != SUMMARY or hand.totals != 1:
        hand.error_at = last
        return R_TRUNCATED
    if hand.table_shape < 0 or hand.boards != (hand.n_board > 0):
        return R_INCOMPLETE
    rule = replay(hand, players, actions, hand.action_row, count)
    if rule != R_OK:
        return rule
    hand.error_at = hand.start
    rule = settle(hand, players)
    if rule == R_OK and hand.family:
        rule = close_cards(hand, players)
    if rule == R_OK:
        rule = check_listed(hand, players)
    if rule == R_OK:
        outcome(hand, players)
        name_positions(hand, players)
        if hand.n_players < 2:
            return R_INCOMPLETE
    return rule


@kernel(counted=False)
def scan(
    grammars: Array,
    data: Array,
    size: int,
    starts: Array,
    bad_bytes: Array,
    hands: Array,
    players: Array,
    actions: Array,
    blocks: Array,
    counts: Array,
    found: Array,
    seats: Array,
) -> None:
    """Scan ``data[:size]``, made of files that begin at ``starts``; ``counts`` gets the rows of each output.

    ``found`` and ``seats`` are room for the fields of a line and the players of a hand.
    """
    grammar = grammars[0]
    n_hands = np.int64(0)
    n_players = np.int64(0)
    n_actions = np.int64(0)
    n_blocks = np.int64(0)
    file = np.int64(0)
    open_ = False
    skipping = OUTSIDE
    rule = R_OK
    error_at = np.int64(0)
    block_start = np.int64(0)
    done = np.int64(0)
    pos = np.int64(0)
    bad_next = np.int64(0)
    last = np.int64(0)
    while pos <= size:
        begin = pos
        at_file = begin == size or (file < len(starts) and begin >= starts[file])
        line = begin
        if begin < size and starts_with(data, begin, size, _MARK):
            line += len(_MARK)
        end = line_end(data, line) if begin < size else begin
        file += at_file
        pos = end + 1
        bad = bad_next < len(bad_bytes) and bad_bytes[bad_next] < pos
        while bad_next < len(bad_bytes) and bad_bytes[bad_next] < pos:
            bad_next += 1
        while end > line and (data[end - 1] == 32 or data[end - 1] == 13):
            end -= 1
        blank = end == line
        header = not blank and starts_with(data, line, end, PREFIX)
        hand = hands[n_hands]
        if open_ and (at_file or header or (blank and hand.section == SUMMARY and hand.totals > 0)):
            rule = close_hand(hand, last, begin, seats, actions, done)
            if rule == R_OK:
                for i in range(hand.n_seats):
                    players[n_players + i] = seats[i]
                for k in range(n_actions, n_actions + done):
                    actions[k].hand = n_hands
                    actions[k].seat_row = n_players + actions[k].player
                n_players += hand.n_seats
                n_actions += done
                n_hands += 1
            else:
                skipping = SKIP
                block_start = hand.start
                error_at = hand.error_at
            open_ = False
        if skipping != OUTSIDE and (at_file or header):
            blocks[n_blocks].start = block_start
            blocks[n_blocks].end = begin
            blocks[n_blocks].at = error_at
            blocks[n_blocks].rule = rule
            n_blocks += 1
            skipping = OUTSIDE
        if blank:
            continue
        last = line
        if header:
            block_start = begin
            error_at = line
            skipping = SKIP
            rule = R_OK
            done = 0
            if not starts_with(data, line, end, _SUMMARY_TITLE):
                hand = hands[n_hands]
                new_hand(hand, line, n_players, n_actions)
                shape = find_shape(grammar, False, data, line, end, np.int64(OUTSIDE), found)
                if shape < 0:
                    rule = R_HEADER
                else:
                    rule = open_hand(grammar, data, shape, found, hand)
                if rule == R_OK:
                    open_ = True
                    skipping = OUTSIDE
        elif open_:
            rule, wrote = read_line(grammar, data, line, end, found, hand, n_hands, seats, actions, n_actions + done)
            done += wrote
            if rule != R_OK:
                open_ = False
                skipping = SKIP
                block_start = hand.start
                error_at = line
        elif skipping == OUTSIDE:
            skipping = SKIP
            rule = R_STRAY_TEXT
            block_start = begin
            error_at = line
        if bad and (open_ or rule == R_OK or error_at == line):
            if open_:
                block_start = hand.start
            open_ = False
            skipping = SKIP
            rule = R_ENCODING
            error_at = line
    counts[0] = n_hands
    counts[1] = n_players
    counts[2] = n_actions
    counts[3] = n_blocks


@kernel()
def count_lines(data: Array, size: int) -> int:
    """Count the line feeds."""
    lines = 0
    for i in range(size):
        lines += data[i] == 10
    return lines


def read(grammar: np.ndarray, data: np.ndarray, size: int, starts: np.ndarray) -> Scanned:
    """Scan text made of one or more files.

    Parameters
    ----------
    grammar
        One record of type `GRAMMAR`.
    data
        uint8, the text, its last byte a line feed, and `PADDING` zero bytes more.
    size
        Bytes of text, without the padding.
    starts
        int64, where each file begins in the text, in rising order.
    """
    bad_bytes = np.flatnonzero(data[:size] == BAD_BYTE)
    lines = int(count_lines(data, size)) + len(starts) + 1
    # A hand that is kept has eight lines at least: header, table, two seats, two sections, the summary and its total.
    hands = np.zeros(lines // 8 + 2, HAND)
    players = np.empty(lines + MAX_PLAYERS, PLAYER)
    actions = np.empty(lines, ACTION)
    blocks = np.empty(lines + 1, BLOCK)
    counts = np.zeros(4, np.int64)
    found = np.zeros(tokens.SLOTS, np.int64)
    seats = np.zeros(MAX_PLAYERS, PLAYER)
    scan(grammar, data, size, starts, bad_bytes, hands, players, actions, blocks, counts, found, seats)
    return Scanned(hands[: counts[0]], players[: counts[1]], actions[: counts[2]], blocks[: counts[3]])
