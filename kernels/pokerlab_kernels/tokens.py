"""Match one line of text against one template of the grammar.

A template is a program of bytes: a byte of 32 or more stands for itself, a smaller one is a field. What a field holds
goes to ``found``, a few int64 slots a field, in the order of the template.

==========  =====  =====================================================================================
field       slots  holds
==========  =====  =====================================================================================
``TEXT``    2      start and end of any text up to the *last* place where the following literal stands
``INT``     1      a whole number
``MONEY``   1      an amount in hundredths, with or without ``€``
``CARDS``   2      cards packed 8 bits each as code + 1, first card lowest; and how many
``ALL_IN``  1      1 where the line goes on with `` and is all-in``
``RANK``    0      words that name a poker hand
``STAKES``  4      how many amounts, and the amounts in hundredths, 0 where there is no third
``ID``      3      start and end of ``A-B-C``, and C
``STAMP``   1      ``YYYY/MM/DD HH:MM:SS`` as seconds since 1970
``NAME``    2      start and end of any text up to the *first* place where the following literal stands
``XCARDS``  2      as ``CARDS``; ``X`` is a hidden card, `records.HIDDEN`
==========  =====  =====================================================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pokerlab_kernels import dates
from pokerlab_kernels._jit import inner
from pokerlab_kernels.records import HIDDEN, RANKS, SUITS
from pokerlab_kernels.words import rank_words, starts_with

if TYPE_CHECKING:
    from pokerlab_kernels.records import Array

END, TEXT, INT, MONEY, CARDS, ALL_IN, RANK, STAKES, ID, STAMP, XCARDS, NAME = range(12)
FIELDS = {
    "text": TEXT,
    "int": INT,
    "money": MONEY,
    "cards": CARDS,
    "all_in": ALL_IN,
    "rank": RANK,
    "stakes": STAKES,
    "id": ID,
    "stamp": STAMP,
    "xcards": XCARDS,
    "name": NAME,
}
SLOTS = 16
MAX_DIGITS = 16
MAX_CARDS = 7
NO = -1
_ALL_IN = b" and is all-in"


@inner
def number(data: Array, pos: int, end: int, found: Array, slot: int) -> int:
    """Read digits; give the place behind them, or -1."""
    value = 0
    start = pos
    while pos < end and 48 <= data[pos] <= 57:
        value = value * 10 + (data[pos] - 48)
        pos += 1
    if pos == start or pos - start > MAX_DIGITS + 3:
        return NO
    found[slot] = value
    return pos


@inner
def money(data: Array, pos: int, end: int, found: Array, slot: int) -> int:
    """Read an amount as hundredths; give the place behind it, or -1."""
    start = pos
    pos = number(data, pos, end, found, slot)
    if pos < 0 or pos - start > MAX_DIGITS - 2:
        return NO
    value = found[slot] * 100
    if pos < end and data[pos] == 46:
        decimals = 0
        scale = 10
        pos += 1
        while pos < end and 48 <= data[pos] <= 57:
            value += (data[pos] - 48) * scale
            scale //= 10
            decimals += 1
            pos += 1
        if decimals == 0 or decimals > 2:
            return NO
    if pos + 3 <= end and data[pos] == 0xE2 and data[pos + 1] == 0x82 and data[pos + 2] == 0xAC:
        pos += 3
    found[slot] = value
    return pos


@inner
def card(data: Array, pos: int) -> int:
    """Give the code of the card written at ``pos``, or -1."""
    for rank in range(13):
        if data[pos] == RANKS[rank]:
            for suit in range(4):
                if data[pos + 1] == SUITS[suit]:
                    return 4 * rank + suit
    return NO


@inner
def cards(data: Array, pos: int, end: int, found: Array, slot: int) -> int:
    """Read cards with a blank between them; give the place behind them, or -1."""
    packed = 0
    count = 0
    while pos + 2 <= end and count < MAX_CARDS:
        code = card(data, pos)
        if code < 0:
            return NO
        packed |= (code + 1) << (8 * count)
        count += 1
        pos += 2
        if pos + 2 < end and data[pos] == 32:
            pos += 1
        else:
            break
    found[slot] = packed
    found[slot + 1] = count
    return pos if count else NO


@inner
def xcards(data: Array, pos: int, end: int, found: Array, slot: int) -> int:
    """Read cards of which some are hidden; give the place behind them, or -1."""
    packed = 0
    count = 0
    while pos < end and count < MAX_CARDS:
        hidden = data[pos] == 88
        code = HIDDEN - 1 if hidden else card(data, pos)
        if code < 0:
            return NO
        packed |= (code + 1) << (8 * count)
        count += 1
        pos += 1 if hidden else 2
        if pos + 1 < end and data[pos] == 32:
            pos += 1
        else:
            break
    found[slot] = packed
    found[slot + 1] = count
    return pos if count else NO


@inner
def literal_length(program: Array, at: int) -> int:
    """Count the literal bytes that stand at ``at``."""
    length = 0
    while program[at + length] >= 32:
        length += 1
    return length


@inner
def text(data: Array, pos: int, end: int, program: Array, at: int, found: Array, slot: int) -> int:
    """Take text up to the last place where the literal at ``at`` stands; give the place of the literal, or -1."""
    length = literal_length(program, at)
    place = end - length
    while place >= pos:
        same = 0
        while same < length and data[place + same] == program[at + same]:
            same += 1
        if same == length:
            found[slot] = pos
            found[slot + 1] = place
            return place
        place -= 1
    return NO


@inner
def name(data: Array, pos: int, end: int, program: Array, at: int, found: Array, slot: int) -> int:
    """Take text up to the first place where the literal at ``at`` stands; give the place of the literal, or -1."""
    length = literal_length(program, at)
    for place in range(pos, end - length + 1):
        same = 0
        while same < length and data[place + same] == program[at + same]:
            same += 1
        if same == length:
            found[slot] = pos
            found[slot + 1] = place
            return place
    return NO


@inner
def stakes(data: Array, pos: int, end: int, found: Array, slot: int) -> int:
    """Read two or three amounts with slashes between them; give the place behind them, or -1."""
    found[slot + 3] = 0
    count = 0
    while count < 3:
        pos = money(data, pos, end, found, slot + 1 + count)
        if pos < 0:
            return NO
        count += 1
        if pos < end and data[pos] == 47:
            pos += 1
        else:
            break
    found[slot] = count
    return pos if count > 1 else NO


@inner
def hand_id(data: Array, pos: int, end: int, found: Array, slot: int) -> int:
    """Read ``A-B-C``; give the place behind it, or -1."""
    start = pos
    for part in range(3):
        pos = number(data, pos, end, found, slot + 2)
        if pos < 0:
            return NO
        if part < 2:
            if data[pos] != 45:
                return NO
            pos += 1
    found[slot] = start
    found[slot + 1] = pos
    return pos


@inner
def field(data: Array, pos: int, end: int, program: Array, at: int, found: Array, slot: int) -> tuple[int, int]:
    """Read the field whose code stands at ``at``; give the place behind it and the next slot, or -1."""
    op = program[at]
    if op == MONEY:
        return money(data, pos, end, found, slot), slot + 1
    if op == ALL_IN:
        found[slot] = 0
        if starts_with(data, pos, end, _ALL_IN):
            found[slot] = 1
            pos += len(_ALL_IN)
        return pos, slot + 1
    if op == INT:
        return number(data, pos, end, found, slot), slot + 1
    if op == CARDS:
        return cards(data, pos, end, found, slot), slot + 2
    if op == RANK:
        return rank_words(data, pos, end), slot
    if op == TEXT:
        return text(data, pos, end, program, at + 1, found, slot), slot + 2
    if op == STAKES:
        return stakes(data, pos, end, found, slot), slot + 4
    if op == ID:
        return hand_id(data, pos, end, found, slot), slot + 3
    if op == NAME:
        return name(data, pos, end, program, at + 1, found, slot), slot + 2
    if op == XCARDS:
        return xcards(data, pos, end, found, slot), slot + 2
    return dates.stamp(data, pos, end, found, slot), slot + 1


@inner
def match(data: Array, pos: int, end: int, program: Array, at: int, found: Array) -> bool:
    """Tell whether ``data[pos:end]`` is, to its end, what the program at ``at`` says."""
    slot = np.int64(0)
    while program[at] != END:
        if program[at] >= 32:
            if pos >= end or data[pos] != program[at]:
                return False
            pos += 1
        else:
            pos, slot = field(data, pos, end, program, at, found, slot)
            if pos < 0:
                return False
        at += 1
    return pos == end
