"""All-in adjusted results: what each player would win on average from where the betting closed.

For hands in which cards were still to come, all live cards are known and at most one live player has chips left: each
main and side pot is shared by the exact equity of those who may win it, on the board of that moment; rake is taken from
all pots in proportion. This holds for hold'em and for Omaha without a low half. In all other hands the adjusted result
is the actual one. Folded cards count as unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pokerlab._equity import allin_equities
from pokerlab_kernels import pots as kernel
from pokerlab_kernels.enumerate import MAX_PLAYERS

if TYPE_CHECKING:
    from pokerlab.winamax import Parsed


def ev_net(parsed: Parsed) -> np.ndarray:
    """Give the adjusted net of each seat, float64 in minor units.

    In each hand their sum is the sum of the actual nets.
    """
    hands, players = parsed.hand_records, parsed.player_records
    result: np.ndarray = (players["collected"] - players["contributed"]).astype(np.float64)
    pots = kernel.all_in_pots(hands, players)
    if not len(pots):
        return result
    all_in = np.zeros(len(hands), np.bool_)
    all_in[pots["hand"]] = True
    adjusted = all_in[players["hand"]]
    result[adjusted] = -players["contributed"][adjusted]
    shares = np.zeros((len(pots), MAX_PLAYERS))
    for n_hole in np.unique(pots["n_hole"]).tolist():
        own = np.flatnonzero(pots["n_hole"] == n_hole)
        holes = np.ascontiguousarray(pots["hole"][own, :, :n_hole])
        # Files are read on all cores already: threads of its own would only wait for each other.
        shares[own] = allin_equities(holes, pots["n_players"][own], pots["board"][own], threads=1)
    pot, rake = hands["pot"][pots["hand"]], hands["rake"][pots["hand"]]
    won = shares * (pots["amount"] * (pot - rake) / pot)[:, None]
    wins = np.arange(shares.shape[1]) < pots["n_players"][:, None]
    np.add.at(result, pots["seat_row"][wins], won[wins])
    return result
