"""What is measured of a seat beside facts: the sizes of bets and raises, and how deep stacks are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pokerlab_kernels._jit import inner
from pokerlab_kernels.spots import ON_FLOP

if TYPE_CHECKING:
    from pokerlab_kernels.records import Array, Record

SIZES = (
    *("avg_bet_pct_f", "avg_bet_pct_t", "avg_bet_pct_r"),
    *("avg_raise_pct_f", "avg_raise_pct_t", "avg_raise_pct_r"),
    *("spr_f", "spr_t", "spr_r"),
    "m_ratio",
)
"""What is measured of each seat, beside the facts; NaN where there is nothing to measure."""

_BET_SIZE, _RAISE_SIZE, _SPR, M_RATIO = 0, 3, 6, 9


@inner
def measure_street(hand: Record, players: Array, pot: int, first: int, sizes: Array) -> None:
    """Write the stack-to-pot ratio of each player who can act at a street's start: the most he can win or lose."""
    row = _SPR + hand.street - ON_FLOP
    for i in range(hand.n):
        if players[i].out or players[i].stack <= 0:
            continue
        rival = np.int64(0)
        for j in range(hand.n):
            if j != i and not players[j].out:
                rival = max(rival, players[j].stack)
        if rival > 0 and pot > 0:
            sizes[row, first + i] = min(players[i].stack, rival) / pot


@inner
def measure_bet(hand: Record, player: Record, seat: int, amount: int, to: int, pot: int, sizes: Array) -> None:
    """Write the size of a bet or raise after the flop, as a share of the pot; of raises their mean."""
    if hand.n_raises == 0:
        sizes[_BET_SIZE + hand.street - ON_FLOP, seat] = amount / pot
        return
    row = _RAISE_SIZE + hand.street - ON_FLOP
    size = (to - hand.level) / (pot + hand.level - player.live)
    if player.n_raised == 0:
        sizes[row, seat] = size
    else:
        sizes[row, seat] += (size - sizes[row, seat]) / (player.n_raised + 1)
    player.n_raised += 1


@inner
def round_cost(hand: Record) -> int:
    """Give what a round costs: the full blinds, a missing small one as half the big one, and the antes of all dealt."""
    blinds = hand.small_blind + hand.big_blind if hand.has_blinds else 0
    return blinds + hand.ante * hand.dealt
