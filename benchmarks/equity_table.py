"""The earlier design beside ours: an entry for each of 133,784,560 hands of seven cards, at its combinatorial index.

It is built into a temporary file and deleted at the end. A hand's index needs its cards in order, so both are shown:
hands that happen to be sorted, and hands as they come. Strengths of both ways are compared before they are timed.
"""

from __future__ import annotations

import tempfile
import time
from math import comb
from pathlib import Path

import numba
import numpy as np
from timing import median, row

from pokerlab_kernels.evaluate import card_bit, evaluate, strength
from pokerlab_kernels.table import load

HANDS = 133_784_560
CHOOSE = np.array([[comb(card, place + 1) for card in range(52)] for place in range(7)], np.uint32)
"""Cards c0 < ... < c6 have the index that is the sum of CHOOSE[place, card]."""


@numba.njit(nogil=True, error_model="numpy", parallel=True)
def fill(deck, choose, table, out):
    """Write the strength of all hands of the lowest cards of a deck, in the order of their index."""
    starts, keys, offsets, strengths, flushes = table
    for two in numba.prange(deck * deck):
        f, g = two % deck, two // deck
        place = np.int64(choose[6, g]) + np.int64(choose[5, f])
        for e in range(4, f if f < g else 0):
            for d in range(3, e):
                for c in range(2, d):
                    key = starts[7] + keys[g] + keys[f] + keys[e] + keys[d] + keys[c]
                    mask = card_bit(g) | card_bit(f) | card_bit(e) | card_bit(d) | card_bit(c)
                    for b in range(1, c):
                        for a in range(b):
                            cards = mask | card_bit(a) | card_bit(b)
                            out[place] = strength(key + keys[a] + keys[b], cards, offsets, strengths, flushes)
                            place += 1


@numba.njit(nogil=True, error_model="numpy", parallel=True)
def look_up(cards, choose, table, out):
    """Look up hands whose cards are in order."""
    for hand in numba.prange(len(cards)):
        index = np.uint32(0)
        for place in range(7):
            index += choose[place, cards[hand, place]]
        out[hand] = table[index]


@numba.njit(nogil=True, error_model="numpy", parallel=True)
def sort_and_look_up(cards, choose, table, out):
    """Look up hands in any order, by the shortest sorting network for seven."""
    for hand in numba.prange(len(cards)):
        a, b, c, d = cards[hand, 0], cards[hand, 1], cards[hand, 2], cards[hand, 3]
        e, f, g = cards[hand, 4], cards[hand, 5], cards[hand, 6]
        a, g, c, d, e, f = min(a, g), max(a, g), min(c, d), max(c, d), min(e, f), max(e, f)
        a, c, b, e, d, g = min(a, c), max(a, c), min(b, e), max(b, e), min(d, g), max(d, g)
        a, b, c, f, d, e = min(a, b), max(a, b), min(c, f), max(c, f), min(d, e), max(d, e)
        b, c, e, g = min(b, c), max(b, c), min(e, g), max(e, g)
        c, d, e, f = min(c, d), max(c, d), min(e, f), max(e, f)
        b, c, d, e, f, g = min(b, c), max(b, c), min(d, e), max(d, e), min(f, g), max(f, g)
        index = choose[0, a] + choose[1, b] + choose[2, c] + choose[3, d]
        out[hand] = table[index + choose[4, e] + choose[5, f] + choose[6, g]]


def random_hands(n, step=50_000):
    rng = np.random.default_rng(1)
    parts = [np.argsort(rng.random((step, 52)), axis=1)[:, :7].astype(np.uint8) for _ in range(n // step)]
    return np.vstack(parts)


def table():
    with tempfile.NamedTemporaryFile(suffix=".bin") as file:
        entries = np.memmap(file.name, np.uint16, "w+", shape=HANDS)
        fill(7, CHOOSE, load(), entries)  # compiles
        start = time.perf_counter()
        fill(52, CHOOSE, load(), entries)
        entries.flush()
        row("earlier design: table of all hands, built and written", time.perf_counter() - start, "s")
        row("earlier design: its size", Path(file.name).stat().st_size / 1e6, "MB")
        row("ours: its size", sum(array.nbytes for array in load()) / 1e6, "MB")
        compare(entries)


def compare(entries):
    hands = random_hands(2_000_000)
    ordered = np.sort(hands, axis=1)
    by_index = ordered[np.lexsort(ordered.T)]  # by the highest card, then the next: as the entries are
    out, expected = np.empty(len(hands), np.uint16), np.empty(len(hands), np.uint16)
    for name, cards, ways in (
        ("as they come", hands, (sort_and_look_up,)),
        ("each sorted before", ordered, (look_up, sort_and_look_up)),
        ("in order of index", by_index, (look_up,)),
    ):
        for way in ways:
            evaluate(cards, expected)
            way(cards, CHOOSE, entries, out)
            assert (out == expected).all()
            both(f"hands {name}, {way.__name__}", cards, way, entries, out)


def both(what, cards, way, entries, out):
    for threads in (1, min(2, numba.config.NUMBA_NUM_THREADS)):
        numba.set_num_threads(threads)
        ours = len(cards) / median(lambda: evaluate(cards, out)) / 1e6
        theirs = len(cards) / median(lambda: way(cards, CHOOSE, entries, out)) / 1e6
        row(f"{what}, {threads} threads", ours, "M/s", f"the large table {theirs:.0f} M/s", ours / theirs)
    numba.set_num_threads(numba.config.NUMBA_NUM_THREADS)
