"""Which hole cards were seen where: the 13x13 grid of the 169 classes, filled from hands."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from pokerlab.cards import DECK
from pokerlab.errors import StatError
from pokerlab.ranges import COMBOS, classes
from pokerlab.stats._columns import check, chosen
from pokerlab.stats.report import collected, keys_of
from pokerlab.stats.values import Stat

if TYPE_CHECKING:
    from pokerlab.stats._columns import AnyFrame, Named
    from pokerlab.stats.report import By
    from pokerlab.stats.values import AnyStat

_HOLDEM = pl.col("position").is_not_null() & (pl.col("hole").str.len_bytes() == 4)
"""Two cards of a game with positions: a stud hand of which two cards are known is none."""

_WON = pl.col("net") / pl.col("big_blind").cast(pl.Float64)


def ranges_seen(
    seats: AnyFrame, stat: Named | None = None, *, where: pl.Expr | None = None, by: By = ()
) -> pl.DataFrame:
    """Count the known hole cards of a spot by their class, ``AA`` to ``22``, hold'em only.

    A player's own cards are known in every hand. Those of others are known where they were shown, which is seldom, and
    more often for some hands than for others: there ``share`` tells what was shown, and ``frequency`` is of shown hands
    alone. So look at your own hands (``where=pl.col("is_hero")``) or at others', not at both at once.

    Parameters
    ----------
    seats
        A frame with the columns of ``schema.SEATS`` and those of the statistic, eager or lazy.
    stat
        A `Stat` or its code: hands are its chances, and did its occurrences, such as `stats.RFI`. None: every hand with
        known cards is one in which it was done, and ``where`` tells the spot.
    where
        Rows to count, such as ``(pl.col("position") == "CO") & pl.col("is_hero")``.
    by
        A grid for each group of these, as for `pokerlab.stats.report`.

    Returns
    -------
    pl.DataFrame
        169 rows a group, in the order of the grid. The groups, then

        - ``class`` (``"AKs"``), ``row`` and ``column`` (0 to 12 from the aces; suited hands above the diagonal),
          ``combos`` (4, 6 or 12);
        - ``hands``, chances with known cards, and ``did``;
        - ``frequency``, did of hands; null where nothing was seen;
        - ``share``, of all that was done in the group; null where nothing was done;
        - ``net_bb``, big blinds won in the hands in which it was done, and ``bb100``, per 100 of these; null where
          there are none.

    Raises
    ------
    SchemaError
        A column is missing.
    StatError
        The statistic is not a `Stat`.

    Examples
    --------
    >>> import polars as pl, pokerlab as pk
    >>> from pokerlab import stats
    >>> seats = pk.sample.hands(2_000, seed=1).seats
    >>> grid = stats.ranges_seen(seats, stats.RFI, where=pl.col("is_hero"))
    >>> grid.height, grid.filter(pl.col("class") == "AA")["frequency"].item()
    (169, 1.0)
    """
    could, did = (pl.lit(True), pl.lit(True)) if stat is None else _flags(chosen(stat))
    keys = keys_of(by, seats)
    check(
        seats,
        {
            **{f"the group {key.meta.output_name()!r}": [key] for key in keys},
            "the condition": [] if where is None else [where],
            "the statistic": [could, did],
            "hole cards and what they won": [_HOLDEM, _WON, pl.col("dealt")],
        },
        what="grid",
    )
    names = [key.meta.output_name() for key in keys]
    rows = seats.lazy().with_columns(_could=could, _did=did, **{f"_key{n}": key for n, key in enumerate(keys)})
    rows = rows.filter(pl.col("dealt"), _HOLDEM, pl.col("_could"), *([] if where is None else [where]))
    known = rows.select(
        "hole", *(pl.col(f"_key{n}").alias(name) for n, name in enumerate(names)), done="_did", won=_WON
    )
    counted = known.join(_holes().lazy(), on="hole").group_by("class", *names).agg(
        hands=pl.len().cast(pl.Int64),
        did=pl.col("done").sum().cast(pl.Int64),
        net_bb=pl.when(pl.col("done").any()).then(pl.col("won").filter("done").sum()),
    )  # fmt: skip
    return _filled(collected(counted), names)


def _flags(stats: list[AnyStat]) -> tuple[pl.Expr, pl.Expr]:
    (stat,) = stats
    if not isinstance(stat, Stat):
        msg = f"{stat.code!r} has no chances; ranges are of Stat values, such as stats.RFI"
        raise StatError(msg)
    could, did = (part.fill_null(0).cast(pl.Boolean) for part in (stat.could_each, stat.did_each))
    return could, did


@cache
def _grid() -> pl.DataFrame:
    """Give the 169 classes in their order."""
    return pl.DataFrame(
        [(name, at // 13, at % 13, len(places)) for at, (name, places) in enumerate(classes().items())],
        schema={"class": pl.String, "row": pl.Int8, "column": pl.Int8, "combos": pl.Int8},
        orient="row",
    )


@cache
def _holes() -> pl.DataFrame:
    """Give the class of each text of two cards, in either order."""
    pairs = [(*COMBOS[place], name) for name, places in classes().items() for place in places]
    texts = [(DECK[one] + DECK[two], DECK[two] + DECK[one], name) for one, two, name in pairs]
    frame = pl.DataFrame(texts, schema=["hole", "turned", "class"], orient="row")
    return pl.concat([frame.select("hole", "class"), frame.select("class", hole="turned").select("hole", "class")])


def _filled(counted: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """Give all 169 rows a group, with what was not seen as none."""
    grid = _grid().with_row_index("_at")
    groups = counted.select(names).unique().sort(names, nulls_last=True).with_row_index("_group") if names else None
    whole = grid if groups is None else groups.join(grid, how="cross")
    joined = whole.join(counted, on=["class", *names], how="left", nulls_equal=True, maintain_order="left")
    done, seen = pl.col("did"), pl.col("hands")
    total = done.sum().over(names) if names else done.sum()
    return joined.with_columns(seen.fill_null(0), done.fill_null(0)).select(
        *names, "class", "row", "column", "combos", "hands", "did",
        frequency=pl.when(seen > 0).then(done / seen),
        share=pl.when(total > 0).then(done / total),
        net_bb="net_bb",
        bb100=pl.when(done > 0).then(100 * pl.col("net_bb") / done),
    )  # fmt: skip
