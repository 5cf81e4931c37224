"""Which rates of a player lie outside the bands of rules, how surely, and what that may cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from pokerlab.stats._columns import check, parts
from pokerlab.stats.report import collected, with_hands
from pokerlab.stats.rules import Rule, leak_rules
from pokerlab.stats.values import z_score

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pokerlab.stats._columns import AnyFrame

_INTERVAL = pl.Struct({"low": pl.Float64, "high": pl.Float64})
_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "rule": pl.String,
    "form": pl.String,
    "stat": pl.String,
    "rate": pl.Float64,
    "chances": pl.Int64,
    "interval": _INTERVAL,
    "low": pl.Float64,
    "high": pl.Float64,
    "threshold": pl.Float64,
    "direction": pl.Enum(["above", "below"]),
    "verdict": pl.Enum(["leak", "fine"]),
    "cost_bb": pl.Float64,
    "cost_interval": _INTERVAL,
    "hand_ids": pl.List(pl.String),
    "why": pl.String,
    "source": pl.String,
}
_WORTH = pl.coalesce(pl.col("ev_net"), pl.col("net").cast(pl.Float64)) / pl.col("big_blind")
_NEEDED = ("hand_id", "player", "is_hero", "dealt", "position", "net", "ev_net", "big_blind")
_OF_HANDS = ("format", "game", "limit", "n_players")


def leaks(
    seats: AnyFrame,
    hands: AnyFrame,
    player: str | None = None,
    *,
    rules: Iterable[Rule] | None = None,
    level: float = 0.95,
) -> pl.DataFrame:
    """Hold a player's rates against rules: one row a rule, leaks first and the dearest of them first.

    A rule has a verdict only where the sample is large enough: ``"leak"`` where the whole interval of the rate lies
    outside the band, ``"fine"`` where it lies inside. With many rules some intervals miss the true rate: of 40 with a
    level of 0.95 about two do. Take a higher level to be told less, and surer.

    The cost is a hint, no measurement. Take the hands by which the rate is beyond the threshold (for 14 % of 1,000
    chances and a threshold of 12 %, 20 hands), and for each of them the difference between what the player won on
    average in the chances that he did not take and in those that he took (in big blinds; all-ins by their equity where
    that is known). But one takes a chance with better cards than those with which one lets it go. So where a rate is
    too low, the cost is overstated, and where it is too high, understated: the hands that should go are the worst ones.
    The interval is that of the difference alone. Statistics of results (``wsd``, ``wtsd``) are no choices, and have no
    cost.

    Parameters
    ----------
    seats, hands
        The frames of these names, eager or lazy.
    player
        Whose hands; None for the hero's own, of all his accounts.
    rules
        `Rule` values; those of `leak_rules` without.
    level
        Share of intervals that hold the true rate.

    Returns
    -------
    pl.DataFrame
        ``rule``, ``form``, ``stat``, ``rate``, ``chances``, ``interval``, the band ``low`` and ``high``, ``threshold``
        (the end of the band that the rate is beyond) with ``direction``, ``verdict``, ``cost_bb`` (big blinds lost over
        all these hands; negative: won) with ``cost_interval``, ``hand_ids`` (where the rate is too high the hands in
        which it was done, where too low those in which it was not), ``why`` and ``source``.

    Raises
    ------
    SchemaError
        A column is missing.
    StatError
        A rule or the level makes no sense.

    Examples
    --------
    >>> import pokerlab as pk
    >>> from pokerlab import stats
    >>> frames = pk.sample.hands(2_000, seed=1)
    >>> found = stats.leaks(frames.seats, frames.hands)
    >>> found.filter(verdict="leak").select("rule", "rate", "threshold").width
    3
    """
    held = leak_rules() if rules is None else list(rules)
    z = z_score(level)
    rows = with_hands(seats.lazy(), hands.lazy())
    check(
        rows,
        {
            "the hands' form": [pl.col(name) for name in _OF_HANDS],
            "the player's results": [pl.col(name) for name in _NEEDED],
            **{f"the rule {rule.name!r} of {rule.code!r}": [*parts(rule.of), rule.spot] for rule in held},
        },
        what="leak report",
    )
    whose = pl.col("is_hero") if player is None else pl.col("player") == player
    wanted = {name for rule in held for part in (*parts(rule.of), rule.spot) for name in part.meta.root_names()}
    own = collected(rows.filter(whose & pl.col("dealt")).select(sorted(wanted | {*_NEEDED, *_OF_HANDS})))
    found = pl.DataFrame([_held(own.filter(rule.spot), rule, level, z) for rule in held], schema=_SCHEMA)
    return found.sort("verdict", "cost_bb", descending=[False, True], nulls_last=True, maintain_order=True)


def _held(rows: pl.DataFrame, rule: Rule, level: float, z: float) -> dict[str, Any]:
    stat = rule.of
    counted = rows.select(rate=stat.rate, chances=stat.chances, count=stat.count, interval=stat.interval(level))
    told = counted.row(0, named=True)
    count = told.pop("count")
    outside = _outside(told["rate"], rule)
    row = {
        "rule": rule.name,
        "form": rule.form,
        "stat": stat.code,
        **told,
        "low": rule.low,
        "high": rule.high,
        "verdict": _verdict(told["interval"], told["chances"], rule),
        "why": rule.why,
        "source": rule.source,
    }
    if outside is None:
        return row
    direction, threshold = outside
    chances = rows.filter(stat.could_each.cast(pl.Boolean)).select(
        "hand_id", worth=_WORTH, did=stat.did_each.cast(pl.Boolean)
    )
    taken, left = (chances.filter(pl.col("did") == did) for did in (True, False))
    wrong, other = (taken, left) if direction == "above" else (left, taken)
    row |= {"direction": direction, "threshold": threshold, "hand_ids": wrong["hand_id"].to_list()}
    if stat.over == "decisions" and not stat.counts:
        row |= _cost(wrong["worth"], other["worth"], abs(count - threshold * told["chances"]), z)
    return row


def _outside(rate: float | None, rule: Rule) -> tuple[str, float] | None:
    """Give the end of the band that the rate is beyond."""
    if rate is not None and rule.high is not None and rate > rule.high:
        return "above", rule.high
    if rate is not None and rule.low is not None and rate < rule.low:
        return "below", rule.low
    return None


def _verdict(interval: dict[str, float] | None, chances: int, rule: Rule) -> str | None:
    if interval is None or chances < rule.min_chances:
        return None
    low = 0.0 if rule.low is None else rule.low
    high = 1.0 if rule.high is None else rule.high
    if interval["low"] > high or interval["high"] < low:
        return "leak"
    return "fine" if low <= interval["low"] and interval["high"] <= high else None


def _cost(wrong: pl.Series, other: pl.Series, hands: float, z: float) -> dict[str, Any]:
    """Give what so many hands cost: the difference of the means, and its normal interval."""
    one, two = (part.drop_nulls().to_numpy() for part in (wrong, other))
    if min(len(one), len(two)) < 2:
        return {}
    cost = hands * float(two.mean() - one.mean())
    half = z * hands * float(one.var(ddof=1) / len(one) + two.var(ddof=1) / len(two)) ** 0.5
    return {"cost_bb": cost, "cost_interval": {"low": cost - half, "high": cost + half}}
