"""Fold the facts of decisions to what each seat could do and did, for any number of statistics at once.

A condition is a list of terms; it holds for a word of facts whose bits under a term's ``care`` are its ``want``, for at
least one term. Columns of one bit a seat are written as Arrow has them, so that nobody copies them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pokerlab_kernels._jit import inner, kernel

if TYPE_CHECKING:
    from pokerlab_kernels.records import Array

SLOTS_LOG2 = 13
"""Words that are remembered, as a power of two: of a million hands' words some 5,000 differ."""

_MIX = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(64 - SLOTS_LOG2)


class Conditions(NamedTuple):
    """Conditions of several statistics: those of statistic ``s`` are the terms ``start[s]`` to ``start[s + 1]``."""

    care: np.ndarray
    want: np.ndarray
    start: np.ndarray


class Memory(NamedTuple):
    """What was found for words seen lately, a slot a word.

    Attributes
    ----------
    word
        int64, whose slot it is; 0 for nobody's.
    length
        int32, how many statistics have a chance.
    found
        int32 (slots, statistics), their numbers, doubled, and one more where the chance is taken.
    """

    word: np.ndarray
    length: np.ndarray
    found: np.ndarray


@inner
def holds(word: int, conditions: Any, s: int) -> bool:
    """Tell whether one of a statistic's terms holds for a word."""
    for term in range(conditions.start[s], conditions.start[s + 1]):
        if word & conditions.care[term] == conditions.want[term]:
            return True
    return False


@inner
def slot_of(word: int, conditions: Any, memory: Any) -> int:
    """Give the slot in which stands what a word means for each statistic; it is worked out where it was forgotten."""
    slot: int = np.int64((np.uint64(word) * _MIX) >> _SHIFT)
    if memory.word[slot] == word:
        return slot
    chances, occurrences = conditions
    length = 0
    for s in range(len(chances.start) - 1):
        if holds(word, chances, s):
            memory.found[slot, length] = 2 * s + holds(word, occurrences, s)
            length += 1
    memory.word[slot] = word
    memory.length[slot] = length
    return slot


@kernel(counted=False)
def fold_bits(
    words: Array, seat_rows: Array, conditions: Any, memory: Any, once: Array, could: Array, did: Array
) -> None:
    """Set the bits of ``could`` and ``did``, uint8 (statistics, bytes), of zeroed arrays.

    ``conditions`` are those of the chances and of the occurrences.
    """
    for row in range(len(words)):
        if words[row] == 0:
            continue
        slot = slot_of(words[row], conditions, memory)
        byte = np.int64(seat_rows[row]) >> 3
        bit = np.uint8(1 << (seat_rows[row] & 7))
        for place in range(memory.length[slot]):
            s = memory.found[slot, place] >> 1
            if once[s] and could[s, byte] & bit:
                continue
            could[s, byte] |= bit
            if memory.found[slot, place] & 1:
                did[s, byte] |= bit


@kernel(counted=False)
def fold_counts(words: Array, seat_rows: Array, conditions: Any, memory: Any, could: Array, did: Array) -> None:
    """Count in ``could`` and ``did``, int16 (statistics, seats), of zeroed arrays."""
    for row in range(len(words)):
        if words[row] == 0:
            continue
        slot = slot_of(words[row], conditions, memory)
        seat = seat_rows[row]
        for place in range(memory.length[slot]):
            s = memory.found[slot, place] >> 1
            could[s, seat] += 1
            did[s, seat] += memory.found[slot, place] & 1


def _memory(statistics: int) -> Memory:
    slots = 1 << SLOTS_LOG2
    return Memory(np.zeros(slots, np.int64), np.zeros(slots, np.int32), np.empty((slots, statistics), np.int32))


def fold(
    words: np.ndarray, seat_rows: np.ndarray, seats: int, chances: Conditions, occurrences: Conditions, once: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Give ``could`` and ``did`` as Arrow's bitmaps, uint8 (statistics, bytes).

    Parameters
    ----------
    words
        int64, the facts of each action, 0 where it is no decision.
    seat_rows
        uint32, whose action it is.
    seats
        Number of seats.
    chances, occurrences
        The conditions of each statistic.
    once
        bool, whether only the first decision that is a chance counts, or every one.
    """
    could = np.zeros((len(once), (seats + 7) // 8), np.uint8)
    did = np.zeros_like(could)
    fold_bits(words, seat_rows, (chances, occurrences), _memory(len(once)), once, could, did)
    return could, did


def count(
    words: np.ndarray, seat_rows: np.ndarray, seats: int, chances: Conditions, occurrences: Conditions
) -> tuple[np.ndarray, np.ndarray]:
    """Give the numbers of chances and of occurrences, int16 (statistics, seats); parameters as for `fold`."""
    could = np.zeros((len(chances.start) - 1, seats), np.int16)
    did = np.zeros_like(could)
    fold_counts(words, seat_rows, (chances, occurrences), _memory(len(could)), could, did)
    return could, did
