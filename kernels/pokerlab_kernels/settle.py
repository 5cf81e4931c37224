"""Settle a hand that was replayed: totals, the uncalled excess, who saw what, and the names of positions."""

from __future__ import annotations

import numpy as np

from pokerlab_kernels._jit import inner
from pokerlab_kernels.records import (
    BB,
    BIG_BLIND,
    BLINDS,
    BTN,
    CO,
    FLOP,
    HJ,
    LJ,
    NOBODY,
    R_COLLECTED,
    R_OK,
    R_TOTAL_POT,
    R_UNCALLED,
    RIVER,
    SB,
    SMALL_BLIND,
    STUD_GAME,
    TURN,
    UTG,
    UTG3,
    Array,
    Record,
)

_FLOP_STREET = FLOP - BLINDS
_TURN_STREET = TURN - BLINDS
_RIVER_STREET = RIVER - BLINDS


@inner
def settle(hand: Record, players: Array) -> int:
    """Check the totals, and take the uncalled excess out of what was put in and collected.

    The excess is what one player put in over the second most; dead blinds are in the pot and matched by nobody.
    """
    n = np.int64(hand.n_seats)
    total = hand.added
    printed = 0
    most = 0
    second = 0
    owner = -1
    for i in range(n):
        player = players[i]
        total += player.total
        printed += player.printed
        matched = player.total - player.dead
        if matched > most:
            second = most
            most = matched
            owner = i
        elif matched > second:
            second = matched
    if total != hand.total_pot + hand.rake:
        return R_TOTAL_POT
    if printed != hand.total_pot:
        return R_COLLECTED
    returned = most - second
    hand.pot = total - returned
    for i in range(n):
        player = players[i]
        player.returned = returned if i == owner else 0
        player.contributed = player.total - player.returned
        player.collected = player.printed - player.returned
        if player.collected < 0:
            return R_UNCALLED
    return R_OK


@inner
def outcome(hand: Record, players: Array) -> None:
    """Fill in which streets each player saw, and the stack that he could win or lose."""
    n = np.int64(hand.n_seats)
    for i in range(n):
        player = players[i]
        if not player.dealt:
            continue
        last = player.fold_street if player.folded else _RIVER_STREET + 1
        player.saw_flop = hand.n_board >= 3 and last >= _FLOP_STREET
        player.saw_turn = hand.n_board >= 4 and last >= _TURN_STREET
        player.saw_river = hand.n_board >= 5 and last >= _RIVER_STREET
        player.went_to_showdown = hand.went_to_showdown and not player.folded
        largest = 0
        for j in range(n):
            if j != i and players[j].dealt:
                largest = max(largest, players[j].start_stack)
        player.effective = min(player.start_stack, largest)


@inner
def poster(players: Array, n: int, blind: int) -> int:
    """Give who posted a blind from its own seat, or -1."""
    for i in range(n):
        if players[i].blind == blind:
            return i
    return -1


@inner
def next_dealt(players: Array, n: int, i: int) -> int:
    """Give the next dealt player clockwise; seats are in rising order."""
    for step in range(1, n + 1):
        j = (i + step) % n
        if players[j].dealt:
            return j
    return i


@inner
def seat_after(players: Array, n: int, seat: int) -> int:
    """Give the first dealt player clockwise of a seat, empty or not."""
    for i in range(n):
        if players[i].dealt and players[i].seat > seat:
            return i
    return next_dealt(players, n, n - 1)


@inner
def name_early(place: int, others: int) -> int:
    """Name the seat ``place`` steps before the button, of ``others`` that have no blind."""
    if place == 0:
        return BTN
    if place == 1:
        return CO
    if place == others - 1:
        return UTG
    if place == 2:
        return HJ
    if place == 3:
        return LJ
    return min(UTG3, UTG + others - 1 - place)


@inner
def name_positions(hand: Record, players: Array) -> None:
    """Name the seats by who posted, so that a dead button or a missing small blind names nobody wrongly."""
    n = np.int64(hand.n_seats)
    dealt = 0
    for i in range(n):
        players[i].position = NOBODY
        players[i].is_button = players[i].seat == hand.button
        if players[i].dealt:
            dealt += 1
    hand.n_players = dealt
    if dealt < 2 or hand.family == STUD_GAME:
        return
    small = poster(players, n, SMALL_BLIND)
    big = poster(players, n, BIG_BLIND)
    if big < 0:
        big = next_dealt(players, n, small) if small >= 0 else seat_after(players, n, hand.button)
    players[big].position = BB
    others = dealt - 1
    if small >= 0 and small != big:
        players[small].position = SB
        others -= 1
    i = np.int64(big)
    place = others - 1
    while place >= 0:
        i = next_dealt(players, n, i)
        if i == small:
            continue
        players[i].position = name_early(place, others)
        place -= 1
