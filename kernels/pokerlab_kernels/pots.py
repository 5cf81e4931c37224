"""Main and side pots of hands that were all-in before the river, as arrays for the equity kernels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pokerlab_kernels._jit import inner, kernel
from pokerlab_kernels.records import BLINDS, MAX_PLAYERS, RIVER

if TYPE_CHECKING:
    from pokerlab_kernels.records import Array, Record

NO_CARD = 255
POT = np.dtype(
    [
        ("hand", "i8"),
        ("amount", "i8"),
        ("n_players", "i8"),
        ("n_hole", "i8"),
        ("seat_row", "i8", (MAX_PLAYERS,)),
        ("hole", "u1", (MAX_PLAYERS, 6)),
        ("board", "u1", (5,)),
    ],
    align=True,
)
"""One pot: what is in it, and who may win it with which cards on which board."""

_MOST_HOLE = 6
_BOARD_CARDS = (0, 0, 3, 4)
"""Cards on the board by the street of the last decision: blinds, pre-flop, flop, turn."""


@inner
def all_in_early(hand: Record, players: Array, first: int) -> bool:
    """Tell whether cards were to come, all live cards known, and at most one live player not all-in."""
    if not hand.went_to_showdown or hand.n_board < 5 or hand.last_street >= RIVER - BLINDS:
        return False
    if hand.hi_lo or hand.hole_cards > _MOST_HOLE:
        return False
    live = 0
    behind = 0
    for i in range(first, first + hand.n_seats):
        player = players[i]
        if not player.dealt or player.folded:
            continue
        last = player.hole >> (8 * (hand.hole_cards - 1))
        if last == 0 or last > 255:
            return False
        live += 1
        behind += player.stack > 0
    return live > 1 and behind <= 1


@inner
def next_level(players: Array, first: int, n: int, below: int) -> int:
    """Give the smallest amount over ``below`` that a live player put in to be matched; or ``below``."""
    level = below
    for i in range(first, first + n):
        player = players[i]
        matched = player.contributed - player.dead
        if player.dealt and not player.folded and matched > below and (level == below or matched < level):
            level = matched
    return level


@inner
def fill_pot(pot: Record, hand: Record, players: Array, first: int, below: int, level: int) -> None:
    """Fill in the pot of what was put in between two levels; dead and added money is in the first."""
    amount = hand.added if below == 0 else 0
    n = 0
    for i in range(first, first + hand.n_seats):
        player = players[i]
        matched = player.contributed - player.dead
        amount += min(matched, level) - min(matched, below)
        if below == 0:
            amount += player.dead
        if player.dealt and not player.folded and matched >= level:
            pot.seat_row[n] = i
            for card in range(hand.hole_cards):
                pot.hole[n, card] = ((player.hole >> (8 * card)) & 255) - 1
            n += 1
    pot.amount = amount
    pot.n_players = n
    pot.n_hole = hand.hole_cards
    known = _BOARD_CARDS[hand.last_street]
    for card in range(5):
        pot.board[card] = ((hand.board >> (8 * card)) & 255) - 1 if card < known else NO_CARD


@kernel()
def find_pots(hands: Array, players: Array, pots: Array) -> int:
    """Write the pots of all hands that were all-in early; give their number."""
    count = 0
    for row in range(len(hands)):
        hand = hands[row]
        first = hand.seat_row
        if not all_in_early(hand, players, first):
            continue
        below = np.int64(0)
        level = next_level(players, first, hand.n_seats, below)
        while level > below:
            pots[count].hand = row
            fill_pot(pots[count], hand, players, first, below, level)
            count += 1
            below = level
            level = next_level(players, first, hand.n_seats, below)
    return count


def all_in_pots(hands: np.ndarray, players: np.ndarray) -> np.ndarray:
    """Give the pots, records of `POT`, of the hands in which betting closed before the river by all-ins."""
    pots = np.zeros(len(players) + 1, POT)
    return pots[: find_pots(hands, players, pots)]
