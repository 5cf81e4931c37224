"""Statistics of play before the flop; each is one line of facts."""

from __future__ import annotations

from pokerlab.facts import BETS, CALLS, CAN_RAISE, FACING_ONE_RAISE, MADE_THE_RAISE, PREFLOP, RAISES
from pokerlab.stats.values import Stat

VPIP = Stat(
    "vpip",
    could=PREFLOP,
    did=CALLS | BETS | RAISES,
    once=False,
    name="Voluntarily put money in pot",
    short="VPIP",
    group="preflop",
    source="PokerTracker 4: hands less walks",
)
"""Called, bet or raised before the flop, of the hands with a decision of his own there; posts are none."""

PFR = Stat(
    "pfr",
    could=PREFLOP,
    did=RAISES,
    once=False,
    name="Pre-flop raise",
    short="PFR",
    group="preflop",
    source="ours: the chances of VPIP, so that PFR is never above it",
)
"""Raised before the flop, of the same hands as `VPIP`."""

THREE_BET = Stat(
    "three_bet",
    could=PREFLOP & FACING_ONE_RAISE & CAN_RAISE & ~MADE_THE_RAISE,
    did=RAISES,
    name="3-bet",
    short="3-bet",
    group="preflop",
    source="PokerTracker 4: given that he had a chance",
)
"""Raised the first raise, of the hands in which he faced exactly one raise of another and could raise."""
