"""What a statistic is: a value whose properties are Polars expressions on a ``seats`` frame."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Literal

import polars as pl

from pokerlab.errors import StatError
from pokerlab.facts import CAN_RAISE, Condition, Flag

_CODE = re.compile(r"[a-z][a-z0-9_]{0,59}")

Method = Literal["wilson", "beta"]


def z_score(level: float) -> float:
    """Give how many standard errors an interval of a confidence level reaches to each side.

    Raises
    ------
    StatError
        A level outside 0 to 1.
    """
    if not 0 < level < 1:
        msg = f"a confidence level lies between 0 and 1, such as 0.95; {level!r} does not"
        raise StatError(msg)
    return NormalDist().inv_cdf((1 + level) / 2)


def around(middle: pl.Expr, half: pl.Expr) -> pl.Expr:
    """Give an interval as a Struct of ``low`` and ``high``; null where the middle or its half width is."""
    ends = pl.struct((middle - half).alias("low"), (middle + half).alias("high"))
    return pl.when((middle + half).is_not_null()).then(ends)


def _check_code(code: str) -> None:
    if not _CODE.fullmatch(code):
        msg = f"{code!r} is no code of a statistic; it names columns: a letter, then at most 59 of a-z, 0-9 and _"
        raise StatError(msg)


@dataclass(frozen=True, slots=True, eq=False)
class Stat:
    """How often a player did something, out of the times he could.

    Its properties are expressions on ``seats``, eager or lazy, in ``select``, ``group_by().agg`` and ``over``.

    Attributes
    ----------
    code
        The column's name: ``could_<code>`` and ``did_<code>`` in ``seats``, ``<code>`` for the rate.
    did, could
        Which chances are an occurrence, and what is a chance. Of decisions: conditions of `pokerlab.facts`, or Boolean
        expressions on `pokerlab.decisions`. Of seats: Boolean expressions on ``seats``.
    name, short, group
        For people; ``short`` heads a column.
    source
        Whose definition it is.
    once
        Whether the first chance of a hand decides; otherwise any of them.
    counts
        Whether all chances and occurrences of a hand are counted.
    over
        ``"decisions"``, folded to the two columns when hands are read (or by `pokerlab.stats.with_stats`), or
        ``"seats"``, computed from the columns that are there.
    words
        Chance and occurrence in words, for people, where they are expressions.

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
    did: Condition | pl.Expr
    could: Condition | pl.Expr
    name: str = ""
    short: str = ""
    group: str = "own"
    source: str = "ours"
    once: bool = True
    counts: bool = False
    over: Literal["decisions", "seats"] = "decisions"
    words: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        _check_code(self.code)
        for what, part in (("did", self.did), ("could", self.could)):
            allowed = (Condition, pl.Expr) if self.over == "decisions" else (pl.Expr,)
            if not isinstance(part, allowed):
                msg = f"{what} of {self.code!r} over {self.over} is {part!r}; give " + (
                    "a condition of facts or a Polars expression" if self.over == "decisions" else "a Polars expression"
                )
                raise StatError(msg)

    @property
    def flag(self) -> Flag | None:
        """The pair of columns that it needs; none over seats."""
        if self.over == "seats":
            return None
        return Flag(self.code, self.could, self.did, self.once, self.counts)

    @property
    def did_each(self) -> pl.Expr:
        """What was done in each row of ``seats``: Boolean, or the number where it counts."""
        if isinstance(self.did, Condition) or self.over == "decisions":
            return pl.col(f"did_{self.code}")
        return self.could_each & self.did.fill_null(value=False)

    @property
    def could_each(self) -> pl.Expr:
        """What was possible in each row of ``seats``: Boolean, or the number where it counts."""
        if isinstance(self.could, Condition) or self.over == "decisions":
            return pl.col(f"could_{self.code}")
        return self.could.fill_null(value=False)

    @property
    def _count(self) -> pl.Expr:
        return self.did_each.sum().cast(pl.Int64)

    @property
    def _chances(self) -> pl.Expr:
        return self.could_each.sum().cast(pl.Int64)

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

    def interval(self, level: float = 0.95, method: Method = "wilson") -> pl.Expr:
        """Give the confidence interval of the rate, a Struct of ``low`` and ``high``; null where there was no chance.

        Parameters
        ----------
        level
            Share of such intervals that hold the true rate.
        method
            ``"wilson"``: the score interval of Wilson (1927), good for small samples too. ``"beta"``: the central
            credible interval of Jeffreys, from the Beta distribution with half a success and half a failure more.

        Raises
        ------
        StatError
            A level outside 0 to 1, or an unknown method.
        """
        z = z_score(level)
        if method not in ("wilson", "beta"):
            msg = f"{method!r} is not an interval method; known are 'wilson' and 'beta'"
            raise StatError(msg)
        count, n = self._count, self._chances
        ends = _wilson(count, n, z) if method == "wilson" else _beta(count, n, level)
        return pl.when(n > 0).then(ends).alias(f"{self.code}_interval")

    def shrunk(self, prior: float | pl.Expr, strength: float = 50) -> pl.Expr:
        """Give the rate drawn towards a prior, as if ``strength`` more chances had come at the prior's rate.

        Parameters
        ----------
        prior
            A rate, 0 to 1, or an expression that gives one: the rate of a population in the same query, see below.
        strength
            How many chances the prior is worth.

        Raises
        ------
        StatError
            A strength that is not positive, or a prior outside 0 to 1.

        Examples
        --------
        Everybody's rate is put beside each row first, or with ``over`` that of a stake, and is then in the group:

        >>> import polars as pl, pokerlab as pk
        >>> from pokerlab.stats import VPIP
        >>> seats = pk.sample.hands(200, seed=1).seats
        >>> table = (
        ...     seats.with_columns(everybody=VPIP.rate.over("big_blind"))
        ...     .group_by("player", "big_blind")
        ...     .agg(VPIP.rate, VPIP.shrunk(pl.col("everybody").first(), strength=30))
        ... )
        >>> table.columns
        ['player', 'big_blind', 'vpip', 'vpip_shrunk']
        """
        if not strength > 0:
            msg = f"the strength of a prior is a positive number of chances; {strength!r} is not"
            raise StatError(msg)
        if not isinstance(prior, pl.Expr) and not 0 <= prior <= 1:
            msg = f"a prior is a rate, 0 to 1; {prior!r} is not"
            raise StatError(msg)
        return ((self._count + strength * prior) / (self._chances + strength)).alias(f"{self.code}_shrunk")

    def loose(self) -> Stat:
        """Give the laxer statistic ``<code>_loose`` whose chances do not ask whether he could raise.

        So Hold'em Manager and others count. Its columns come from `pokerlab.stats.with_stats`.

        Raises
        ------
        StatError
            Its chances are no condition of facts.
        """
        if not isinstance(self.could, Condition):
            msg = f"{self.code!r} has no chances of facts that could be laxer"
            raise StatError(msg)
        return replace(
            self, code=f"{self.code}_loose", could=self.could.without(CAN_RAISE), name=f"{self.name}, laxer chances"
        )


def _wilson(count: pl.Expr, n: pl.Expr, z: float) -> pl.Expr:
    z2 = z * z
    p = count / n
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = (z2 * (p * (1 - p) / n + z2 / (4 * n * n))).sqrt() / (1 + z2 / n)
    # With no success, or no failure, an end is the rate itself, but for rounding.
    return pl.struct((middle - half).clip(0, p).alias("low"), (middle + half).clip(p, 1).alias("high"))


def _beta(count: pl.Expr, n: pl.Expr, level: float) -> pl.Expr:
    ends = pl.struct(count.alias("k"), n.alias("n"))
    kind = pl.Struct({"low": pl.Float64, "high": pl.Float64})
    return ends.map_batches(lambda pairs: _jeffreys(pairs, level), kind, is_elementwise=True)


def _jeffreys(pairs: pl.Series, level: float) -> pl.Series:
    from scipy.special import betaincinv

    k, n = (pairs.struct.field(name).to_numpy() for name in ("k", "n"))
    low, high = (betaincinv(k + 0.5, n - k + 0.5, end) for end in ((1 - level) / 2, (1 + level) / 2))
    # With no success, or no failure, the interval is one-sided (Brown, Cai and DasGupta 2001).
    low[k == 0], high[k == n] = 0.0, 1.0
    return pl.DataFrame({"low": low, "high": high}).to_struct(pairs.name)


@dataclass(frozen=True, slots=True, eq=False)
class Mean:
    """The mean of an amount over the hands in which a player was dealt cards.

    Attributes
    ----------
    code
        The column's name.
    value
        The amount of one hand, an expression on ``seats``; hands where it is null do not count.
    scale
        What the mean is multiplied by: 100 for a result per 100 hands.
    is_money
        Whether the amount is money, which is null over hands of different units.
    name, short, group, source
        For people.
    meaning
        What the amount is, in words.
    """

    code: str
    value: pl.Expr
    scale: float = 1.0
    is_money: bool = True
    name: str = ""
    short: str = ""
    group: str = "money"
    source: str = "ours"
    meaning: str = ""

    def __post_init__(self) -> None:
        _check_code(self.code)

    @property
    def _values(self) -> pl.Expr:
        # Not filter(): Polars would then gather each group's rows instead of adding up as it reads.
        return pl.when("dealt").then(self.value)

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
    def per_100(self) -> pl.Expr:
        """The mean of 100 hands, whatever the scale."""
        return self._of_one_unit(self._values.mean() * 100).alias(f"{self.code}_per_100")

    @property
    def stderr(self) -> pl.Expr:
        """The standard error of `mean`; null with fewer than two hands."""
        values = self._values
        return self._of_one_unit(values.std() / values.count().sqrt() * self.scale).alias(f"{self.code}_stderr")

    def interval(self, level: float = 0.95) -> pl.Expr:
        """Give the normal confidence interval of `mean`, a Struct of ``low`` and ``high``; null where `stderr` is."""
        return around(self.mean, z_score(level) * self.stderr).alias(f"{self.code}_interval")


@dataclass(frozen=True, slots=True, eq=False)
class Derived:
    """A number made of others' sums, such as the aggression factor: it has no chances of its own.

    Attributes
    ----------
    code
        The column's name.
    value
        An expression on ``seats`` that aggregates, null where the number is not defined.
    name, short, group, source
        For people.
    meaning
        How it is made, in words.
    """

    code: str
    value: pl.Expr
    name: str = ""
    short: str = ""
    group: str = "own"
    source: str = "ours"
    meaning: str = ""

    def __post_init__(self) -> None:
        _check_code(self.code)

    @property
    def rate(self) -> pl.Expr:
        """The number."""
        return self.value.alias(self.code)


AnyStat = Stat | Mean | Derived
