"""What a statistic is: a value whose properties are Polars expressions on a ``seats`` frame."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import polars as pl

from pokerlab.errors import StatError
from pokerlab.facts import Condition, Flag


def _z(level: float) -> float:
    if not 0 < level < 1:
        msg = f"a confidence level lies between 0 and 1, such as 0.95; {level!r} does not"
        raise StatError(msg)
    return NormalDist().inv_cdf((1 + level) / 2)


@dataclass(frozen=True, slots=True)
class Stat:
    """How often a player did something, out of the times he could.

    Its properties are expressions on ``seats``, eager or lazy, in ``select``, ``group_by().agg`` and ``over``.

    Attributes
    ----------
    code
        The column's name: ``could_<code>`` and ``did_<code>`` in ``seats``, ``<code>`` for the rate.
    could, did
        The decisions that are a chance, and which of these are an occurrence; see `pokerlab.facts`.
    name, short, group
        For people; ``short`` heads a column.
    source
        Whose definition it is.
    once
        Whether the first chance of a hand decides; otherwise any of them.

    Examples
    --------
    >>> import pokerlab as pk
    >>> from pokerlab.stats import VPIP
    >>> seats = pk.sample.hands(200, seed=1).seats
    >>> table = seats.group_by("player").agg(VPIP.rate, VPIP.chances, VPIP.interval(0.95))
    >>> table.columns
    ['player', 'vpip', 'vpip_chances', 'vpip_interval']
    """

    code: str
    did: Condition
    could: Condition
    name: str = ""
    short: str = ""
    group: str = "own"
    source: str = "ours"
    once: bool = True

    @property
    def flag(self) -> Flag:
        """The pair of columns that it needs."""
        return Flag(self.code, self.could, self.did, self.once)

    @property
    def _count(self) -> pl.Expr:
        return pl.col(f"did_{self.code}").sum().cast(pl.Int64)

    @property
    def _chances(self) -> pl.Expr:
        return pl.col(f"could_{self.code}").sum().cast(pl.Int64)

    @property
    def count(self) -> pl.Expr:
        """Times it was done."""
        return self._count.alias(f"{self.code}_count")

    @property
    def chances(self) -> pl.Expr:
        """Times it was possible."""
        return self._chances.alias(f"{self.code}_chances")

    @property
    def rate(self) -> pl.Expr:
        """Share of chances taken, 0 to 1; null where there was no chance."""
        return pl.when(self._chances > 0).then(self._count / self._chances).alias(self.code)

    def interval(self, level: float = 0.95, method: str = "wilson") -> pl.Expr:
        """Give the confidence interval of the rate, a Struct of ``low`` and ``high``; null where there was no chance.

        Parameters
        ----------
        level
            Share of such intervals that hold the true rate.
        method
            ``"wilson"``: the score interval of Wilson (1927), good for small samples too.

        Raises
        ------
        StatError
            A level outside 0 to 1, or an unknown method.
        """
        if method != "wilson":
            msg = f"{method!r} is not an interval method; known is 'wilson'"
            raise StatError(msg)
        z2 = _z(level) ** 2
        n = self._chances
        p = self._count / n
        middle = (p + z2 / (2 * n)) / (1 + z2 / n)
        half = (z2 * (p * (1 - p) / n + z2 / (4 * n * n))).sqrt() / (1 + z2 / n)
        ends = pl.struct((middle - half).clip(0, 1).alias("low"), (middle + half).clip(0, 1).alias("high"))
        return pl.when(n > 0).then(ends).alias(f"{self.code}_interval")

    def shrunk(self, prior: float | pl.Expr, strength: float = 50) -> pl.Expr:
        """Give the rate drawn towards a prior, as if ``strength`` more chances had come at the prior's rate.

        Raises
        ------
        StatError
            A strength that is not positive.
        """
        if strength <= 0:
            msg = f"the strength of a prior is a positive number of chances; {strength!r} is not"
            raise StatError(msg)
        return ((self._count + strength * prior) / (self._chances + strength)).alias(f"{self.code}_shrunk")


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of an amount over the hands in which a player was dealt cards.

    Attributes
    ----------
    code
        The column's name.
    value
        The amount of one hand, an expression on ``seats``.
    scale
        What the mean is multiplied by: 100 for a result per 100 hands.
    is_money
        Whether the amount is money, which is null over hands of different units.
    name, group, source
        For people.
    """

    code: str
    value: pl.Expr
    scale: float = 1.0
    is_money: bool = True
    name: str = ""
    group: str = "money"
    source: str = "ours"

    @property
    def _values(self) -> pl.Expr:
        return self.value.filter(pl.col("dealt"))

    def _of_one_unit(self, value: pl.Expr) -> pl.Expr:
        return pl.when(pl.col("unit").n_unique() <= 1).then(value) if self.is_money else value

    @property
    def total(self) -> pl.Expr:
        """The sum; null where the money is of different units."""
        return self._of_one_unit(self._values.sum()).alias(f"{self.code}_total")

    @property
    def count(self) -> pl.Expr:
        """Hands counted."""
        return self._values.count().cast(pl.Int64).alias(f"{self.code}_count")

    @property
    def mean(self) -> pl.Expr:
        """The mean times the scale; null without a hand, or where the money is of different units."""
        return self._of_one_unit(self._values.mean() * self.scale).alias(self.code)

    @property
    def stderr(self) -> pl.Expr:
        """The standard error of `mean`; null with fewer than two hands."""
        values = self._values
        return self._of_one_unit(values.std() / values.count().sqrt() * self.scale).alias(f"{self.code}_stderr")

    def interval(self, level: float = 0.95) -> pl.Expr:
        """Give the normal confidence interval of `mean`, a Struct of ``low`` and ``high``."""
        z = _z(level)
        low, high = self.mean - z * self.stderr, self.mean + z * self.stderr
        return pl.struct(low.alias("low"), high.alias("high")).alias(f"{self.code}_interval")
