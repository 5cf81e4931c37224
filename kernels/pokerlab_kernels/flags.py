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

STREET_BITS = 4
"""The lowest bits of a word say on which street the decision is; one of them is set."""


class Conditions(NamedTuple):
    """Conditions of several statistics: those of statistic ``s`` are the terms ``start[s]`` to ``start[s + 1]``."""

    care: np.ndarray
    want: np.ndarray
    start: np.ndarray


@inner
def holds(word: int, conditions: Any, s: int) -> bool:
    """Tell whether one of a statistic's terms holds for a word."""
    for term in range(conditions.start[s], conditions.start[s + 1]):
        if word & conditions.care[term] == conditions.want[term]:
            return True
    return False


@kernel(counted=False)
def fold_bits(
    words: Array, seat_rows: Array, conditions: Any, once: Array, by_street: Array, could: Array, did: Array
) -> None:
    """Set the bits of ``could`` and ``did``, uint8 (statistics, bytes), of zeroed arrays.

    ``conditions`` are those of the chances and of the occurrences; ``by_street[t]`` lists the statistics that may
    have a chance on street ``t``, ended by -1.
    """
    chances, occurrences = conditions
    for row in range(len(words)):
        word = words[row]
        if word == 0:
            continue
        street = 0
        while street < STREET_BITS - 1 and not word >> street & 1:
            street += 1
        byte = np.int64(seat_rows[row]) >> 3
        bit = np.uint8(1 << (seat_rows[row] & 7))
        for place in range(by_street.shape[1]):
            s = by_street[street, place]
            if s < 0:
                break
            if once[s] and could[s, byte] & bit:
                continue
            if holds(word, chances, s):
                could[s, byte] |= bit
                if holds(word, occurrences, s):
                    did[s, byte] |= bit


@kernel(counted=False)
def fold_counts(words: Array, seat_rows: Array, conditions: Any, could: Array, did: Array) -> None:
    """Count in ``could`` and ``did``, int16 (statistics, seats), of zeroed arrays."""
    chances, occurrences = conditions
    for row in range(len(words)):
        word = words[row]
        if word == 0:
            continue
        seat = seat_rows[row]
        for s in range(len(could)):
            if holds(word, chances, s):
                could[s, seat] += 1
                did[s, seat] += holds(word, occurrences, s)


def _streets(chances: Conditions) -> np.ndarray:
    """List the statistics that may have a chance on each street, ended by -1."""
    statistics = len(chances.start) - 1
    table = np.full((STREET_BITS, statistics + 1), -1, np.int64)
    for street in range(STREET_BITS):
        bits = 1 << street
        possible = (bits & chances.care) == (chances.want & ((1 << STREET_BITS) - 1))
        own = [s for s in range(statistics) if possible[chances.start[s] : chances.start[s + 1]].any()]
        table[street, : len(own)] = own
    return table


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
    fold_bits(words, seat_rows, (chances, occurrences), once, _streets(chances), could, did)
    return could, did


def count(
    words: np.ndarray, seat_rows: np.ndarray, seats: int, chances: Conditions, occurrences: Conditions
) -> tuple[np.ndarray, np.ndarray]:
    """Give the numbers of chances and of occurrences, int16 (statistics, seats); parameters as for `fold`."""
    could = np.zeros((len(chances.start) - 1, seats), np.int16)
    did = np.zeros_like(could)
    fold_counts(words, seat_rows, (chances, occurrences), could, did)
    return could, did
