"""Hands in the formats that other programs read and write: Poker Hand History (PHH) and Open Hand History (OHH).

Between frames and a format stands one hand at a time, as `Hand`: a row of ``hands`` with its seats and actions.
`pokerlab.export` writes files of them, `read_phh` reads them.
"""

from __future__ import annotations

from pokerlab.interchange._from_phh import need_pokerkit, read_phh
from pokerlab.interchange._hand import Hand, LeftOutError, each_hand
from pokerlab.interchange._ohh import ohh_object
from pokerlab.interchange._replay import replay
from pokerlab.interchange._to_phh import phh_history

__all__ = ["Hand", "LeftOutError", "each_hand", "need_pokerkit", "ohh_object", "phh_history", "read_phh", "replay"]
