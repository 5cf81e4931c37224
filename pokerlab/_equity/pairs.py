"""Two hands before the flop, from the table that the kernels made: any question is a look-up or a sum of them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from pokerlab._equity.players import known_hands
from pokerlab._equity.shares import equity
from pokerlab.cards import DECK
from pokerlab.errors import EquityError, quoted
from pokerlab.ranges import classes
from pokerlab_kernels import preflop

if TYPE_CHECKING:
    from pokerlab._equity.shares import Equity
    from pokerlab.ranges import Range


def preflop_equity(a: str | Range, b: str | Range) -> Equity:
    """Give the exact equity of two hands or ranges before the flop.

    Parameters
    ----------
    a, b
        Hole cards, range text or a `Range`.

    Raises
    ------
    CardError, RangeError
        A text is not understood.
    EquityError
        No deal gives both a hand.

    Examples
    --------
    >>> preflop_equity("AKs", "QQ")
    Equity(AKs: 46.05%, QQ: 53.95%; exact)
    """
    return equity(a, b, method="exact")


class PreflopTable:
    """All 47,008 pairs of hands before the flop, up to the names of suits and to which hand is the first.

    Examples
    --------
    >>> table = preflop_table()
    >>> len(table), table["AsAh", "KsKh"]
    (47008, (1410336, 9308, 292660))
    """

    deals = preflop.DEALS
    """Boards that can come for each pair: 1,712,304."""

    def __len__(self) -> int:
        return preflop.PAIRS

    def __getitem__(self, hands: tuple[str, str]) -> tuple[int, int, int]:
        """Give the deals that the first of two hands wins, ties and loses."""
        known = known_hands(hands, []) if isinstance(hands, tuple) and len(hands) == 2 else None
        if known is None:
            msg = f"{quoted(hands)} is not two hands of different cards; ask such as table['AsAh', 'KsKh']"
            raise EquityError(msg)
        win, tie = preflop.one_pair(*known[0], *known[1])
        return win, tie, self.deals - win - tie

    def to_frame(self) -> pl.DataFrame:
        """Give one row a pair: ``hand``, ``other``; ``win``, ``tie``, ``lose`` in deals; ``equity`` of the hand."""
        deck = np.array(DECK)
        hand, other = (
            np.strings.add(deck[cards[:, 0]], deck[cards[:, 1]]) for cards in preflop.pairs()[1].swapaxes(0, 1)
        )
        win, tie = preflop.load().astype(np.int64).T
        lose = self.deals - win - tie
        share = (win + tie / 2) / self.deals
        return pl.DataFrame({"hand": hand, "other": other, "win": win, "tie": tie, "lose": lose, "equity": share})

    def by_class(self) -> pl.DataFrame:
        """Give one row for each two of the 169 classes: ``hand``, ``other`` and the ``equity`` of the hand.

        Examples
        --------
        >>> preflop_table().by_class().filter(hand="AA", other="KK")["equity"].round(4).to_list()
        [0.8195]
        """
        names = list(classes())
        member = np.zeros((len(names), 1326))
        for row, places in enumerate(classes().values()):
            member[row, list(places)] = 1
        win, tie = preflop.grid()
        met = member @ (tie >= 0).astype(np.float64) @ member.T * self.deals
        share = member @ (win + np.maximum(tie, 0) / 2) @ member.T / met
        return pl.DataFrame(
            {"hand": np.repeat(names, len(names)), "other": names * len(names), "equity": share.ravel()}
        )

    def __repr__(self) -> str:
        return f"PreflopTable({len(self):,} pairs of hands)"


@cache
def preflop_table() -> PreflopTable:
    """Give the table of all pairs of hands before the flop.

    Examples
    --------
    >>> preflop_table().to_frame().shape
    (47008, 6)
    """
    return PreflopTable()
