"""Match one line of text against one template of the grammar.

A template is a chain of steps in the grammar's record: literals of at most eight bytes, and fields. What a field holds
goes to ``found``, a few int64 slots a field, in the order of the template. ``words[i]`` is the eight bytes from ``i``.

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
    from pokerlab_kernels.records import Array, Record

LITERAL, END, TEXT, INT, MONEY, CARDS, ALL_IN, RANK, STAKES, ID, STAMP, XCARDS, NAME = range(13)
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
MAX_SAVED = 8
"""So many places of the text are kept behind the slots of ``found``, to come back to."""
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
def stands(grammar: Record, words: Array, pos: int, end: int, at: int) -> bool:
    """Tell whether the literals from step ``at`` on stand at ``pos``."""
    while grammar.op[at] == LITERAL:
        if words[pos] & grammar.mask[at] != grammar.text[at]:
            return False
        pos += grammar.length[at]
        at = grammar.then[at]
    return pos <= end


@inner
def text(grammar: Record, words: Array, pos: int, end: int, at: int, found: Array, slot: int) -> int:
    """Take text up to the last place where the literals from step ``at`` on stand; give that place, or -1."""
    place = end - 1
    while place >= pos:
        if words[place] & grammar.mask[at] == grammar.text[at] and stands(grammar, words, place, end, at):
            found[slot] = pos
            found[slot + 1] = place
            return place
        place -= 1
    return NO


@inner
def name(grammar: Record, words: Array, pos: int, end: int, at: int, found: Array, slot: int) -> int:
    """Take text up to the first place where the literals from step ``at`` on stand; give that place, or -1."""
    for place in range(pos, end):
        if words[place] & grammar.mask[at] == grammar.text[at] and stands(grammar, words, place, end, at):
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
def field(
    grammar: Record, data: Array, words: Array, pos: int, end: int, at: int, found: Array, slot: int
) -> tuple[int, int]:
    """Read the field of step ``at``; give the place behind it and the next slot, or -1."""
    op = grammar.op[at]
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
        return text(grammar, words, pos, end, np.int64(grammar.then[at]), found, slot), slot + 2
    if op == STAKES:
        return stakes(data, pos, end, found, slot), slot + 4
    if op == ID:
        return hand_id(data, pos, end, found, slot), slot + 3
    if op == NAME:
        return name(grammar, words, pos, end, np.int64(grammar.then[at]), found, slot), slot + 2
    if op == XCARDS:
        return xcards(data, pos, end, found, slot), slot + 2
    return dates.stamp(data, pos, end, found, slot), slot + 1


@inner
def match(grammar: Record, data: Array, words: Array, pos: int, end: int, at: int, found: Array) -> int:
    """Give the shape that ``data[pos:end]`` is, to its end, of those whose steps begin at ``at``; or -1."""
    slot = np.int64(0)
    while at >= 0:
        saves = SLOTS + 2 * np.int64(grammar.saves[at])
        if saves > SLOTS:
            found[saves] = pos
            found[saves + 1] = slot
        op = grammar.op[at]
        good = False
        if op == LITERAL:
            good = words[pos] & grammar.mask[at] == grammar.text[at]
            pos += grammar.length[at]
        elif op != END:
            pos, slot = field(grammar, data, words, pos, end, at, found, slot)
            good = pos >= 0
        elif pos == end:
            return grammar.then[at]
        if good:
            at = np.int64(grammar.then[at])
        else:
            at = np.int64(grammar.otherwise[at])
            if at >= 0:
                saved = SLOTS + 2 * np.int64(grammar.saves[at])
                pos = found[saved]
                slot = found[saved + 1]
    return NO
