"""Fold the facts of decisions to what each seat could do and did, for any number of statistics at once.

A condition is a list of terms; it holds for a word of facts that has all bits of a term's ``need`` and none of its
``forbid``, for at least one term.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pokerlab_kernels._jit import inner, kernel

if TYPE_CHECKING:
    from pokerlab_kernels.records import Array


class Terms(NamedTuple):
    """Conditions of several statistics: those of statistic ``s`` are ``start[s]`` to ``start[s + 1]``."""

    need: np.ndarray
    forbid: np.ndarray
    start: np.ndarray


@inner
def holds(word: int, need: Array, forbid: Array, first: int, last: int) -> bool:
    """Tell whether one of the terms holds for a word."""
    for term in range(first, last):
        if word & need[term] == need[term] and word & forbid[term] == 0:
            return True
    return False


@kernel()
def fold_words(
    words: Array,
    seat_rows: Array,
    could_terms: tuple[Array, Array, Array],
    did_terms: tuple[Array, Array, Array],
    once: Array,
    could: Array,
    did: Array,
) -> None:
    """Set ``could`` and ``did``, bool (statistics, seats), of zeroed arrays."""
    could_need, could_forbid, could_start = could_terms
    did_need, did_forbid, did_start = did_terms
    for row in range(len(words)):
        word = words[row]
        if word == 0:
            continue
        seat = seat_rows[row]
        for s in range(len(once)):
            if once[s] and could[s, seat]:
                continue
            if holds(word, could_need, could_forbid, could_start[s], could_start[s + 1]):
                could[s, seat] = True
                if holds(word, did_need, did_forbid, did_start[s], did_start[s + 1]):
                    did[s, seat] = True


def fold(
    words: np.ndarray, seat_rows: np.ndarray, seats: int, could_terms: Terms, did_terms: Terms, once: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Give ``could`` and ``did``, bool (statistics, seats).

    Parameters
    ----------
    words
        int64, the facts of each action, 0 where it is no decision.
    seat_rows
        uint32, whose action it is.
    seats
        Number of seats.
    could_terms, did_terms
        The conditions of each statistic.
    once
        bool, whether only the first decision that is a chance counts, or every one.
    """
    could = np.zeros((len(once), seats), np.bool_)
    did = np.zeros_like(could)
    fold_words(words, seat_rows, tuple(could_terms), tuple(did_terms), once, could, did)
    return could, did
