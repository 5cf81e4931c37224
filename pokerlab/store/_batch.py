"""A batch before it is written: checked, each hand once, in the order of the files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from pokerlab import schema
from pokerlab.errors import SchemaError
from pokerlab.store._layout import FLAG_TYPES, HAND_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pokerlab.frames import HandFrames

REJECT_KEY = ["source", "offset", "rule", "text"]
TOURNAMENT_KEY = ["tournament_id", "hero"]

_FEW_HANDS = 100
"""Up to so many hands a set is faster than a join: of what a live hand takes, much is the calls to Polars."""


@dataclass(frozen=True, slots=True)
class AddReport:
    """What one `Store.add` did.

    Attributes
    ----------
    hands_added
        Hands that the store did not have.
    hands_replaced
        Hands that it had and that those of the batch took the place of, as ``replace=True`` asks.
    duplicates
        Other hands of the batch that it had, or that came twice in the batch.
    rejects_added, tournaments_added
        Rejects that it did not have; tournaments that are new or that a later summary changed.
    version
        State of the store that shows all of this.
    """

    hands_added: int
    duplicates: int
    rejects_added: int
    tournaments_added: int
    version: int
    hands_replaced: int = 0


def prepare(frames: HandFrames) -> dict[str, pl.DataFrame]:
    """Check the frames and bring them into the order of the store, each hand and reject once, the first one wins.

    Raises
    ------
    SchemaError
        A hand without id, time, seats or actions, rows of a hand that is not in ``hands``, or a flag of a wrong type.
    """
    tables = {kind: schema.enforce(frame, kind) for kind, frame in frames.tables().items()}
    _check_flags(tables["seats"])
    hands = tables["hands"]
    if nulls := max(hands["hand_id"].null_count(), hands["played_at"].null_count()):
        msg = f"{nulls} hands have no hand_id or no played_at, which name and place a hand"
        raise SchemaError(msg)
    _check_whole(tables)
    if hands["hand_id"].is_duplicated().any():
        tables["hands"] = hands.unique("hand_id", keep="first", maintain_order=True)
        for kind, key in (("seats", "seat"), ("actions", "seq")):
            tables[kind] = _first_copy(tables[kind], key)
    if tables["rejects"].height:
        tables["rejects"] = tables["rejects"].unique(REJECT_KEY, keep="first", maintain_order=True)
    return _sorted(tables) if tables["hands"].height > 1 else tables  # a live hand is in order


def by_month(tables: Mapping[str, pl.DataFrame]) -> Iterator[tuple[str, dict[str, pl.DataFrame]]]:
    """Cut sorted frames of hands into their months (UTC)."""
    times = tables["hands"]["played_at"]
    if f"{times[0]:%Y-%m}" == f"{times[-1]:%Y-%m}":
        yield f"{times[0]:%Y-%m}", {kind: tables[kind] for kind in HAND_KINDS}
        return
    months = tables["hands"].select("hand_id", month=pl.col("played_at").dt.strftime("%Y-%m"))
    names = months["month"].unique(maintain_order=True).to_list()
    of_rows = {kind: _months_of(tables[kind], months) for kind in HAND_KINDS}
    start = dict.fromkeys(HAND_KINDS, 0)
    for name in names:
        part = {}
        for kind in HAND_KINDS:
            length = int((of_rows[kind] == name).sum())
            part[kind] = tables[kind].slice(start[kind], length)
            start[kind] += length
        yield name, part


def keep_hands(tables: Mapping[str, pl.DataFrame], keep: pl.Series) -> dict[str, pl.DataFrame]:
    """Keep the hands where ``keep`` is true, with their seats and actions."""
    hands = tables["hands"]
    if keep.all():
        return {kind: tables[kind] for kind in HAND_KINDS}
    hands = hands.filter(keep)
    rest = {kind: tables[kind].join(hands, on="hand_id", how="semi", maintain_order="left") for kind in HAND_KINDS[1:]}
    return {"hands": hands, **rest}


def newer_tournaments(stored: pl.DataFrame, given: pl.DataFrame, *, replace: bool = False) -> pl.DataFrame:
    """Give the rows of ``given`` that replace, or stand beside, the stored ones.

    Of one file the block further down wins, whatever the order in which they come; of two files, the one added later.
    With ``replace`` the given rows win over the stored ones.
    """
    same_file = [*TOURNAMENT_KEY, "source"]
    last = given.with_row_index("_row").filter(pl.col("offset") == pl.col("offset").max().over(same_file))
    known = stored.select(*same_file, _known="offset")
    last = last.join(known, on=same_file, how="left", nulls_equal=True)
    outdated = pl.lit(value=not replace) & (pl.col("offset") < pl.col("_known"))
    last = last.filter(~outdated.fill_null(value=False)).sort("_row")
    winners = last.unique(TOURNAMENT_KEY, keep="last", maintain_order=True).select(stored.columns)
    return winners.join(stored, on=stored.columns, how="anti", nulls_equal=True, maintain_order="left")


def with_tournaments(stored: pl.DataFrame, newer: pl.DataFrame) -> pl.DataFrame:
    """Put newer rows in the place of those of the same tournament and hero."""
    kept = stored.join(newer, on=TOURNAMENT_KEY, how="anti", nulls_equal=True)
    return pl.concat([kept, newer]).sort("started_at", *TOURNAMENT_KEY)


def _check_flags(seats: pl.DataFrame) -> None:
    spelt: dict[str, str] = {}
    for name, dtype in seats.schema.items():
        if (other := spelt.setdefault(name.lower(), name)) != name:
            msg = f"columns {other!r} and {name!r} of seats differ by nothing but case; SQL and Delta take them for one"
            raise SchemaError(msg)
        if schema.is_stat_column(name) and not name.isidentifier():
            msg = f"column {name!r} of seats is no name for a flag; use letters, digits and _"
            raise SchemaError(msg)
        if schema.is_stat_column(name) and dtype not in FLAG_TYPES.values():
            kinds = "could_ and did_ are Boolean, or Int16 where they count, and size_ is Float32"
            msg = f"column {name!r} of seats is {dtype}; {kinds}"
            raise SchemaError(msg)


def _check_whole(tables: Mapping[str, pl.DataFrame]) -> None:
    hands = tables["hands"].select("hand_id")
    ids = set(hands["hand_id"]) if hands.height <= _FEW_HANDS else None
    for kind in HAND_KINDS[1:]:
        if ids is not None and set(tables[kind]["hand_id"]) == ids:
            continue
        rows = tables[kind].select("hand_id").unique()
        stray, bare = rows.join(hands, on="hand_id", how="anti"), hands.join(rows, on="hand_id", how="anti")
        if stray.height:
            msg = f"{kind} has rows of {stray.height} hands that are not in hands, such as {stray.item(0, 0)!r}"
            raise SchemaError(msg)
        if bare.height:
            msg = f"{bare.height} hands have no row in {kind}, such as {bare.item(0, 0)!r}"
            raise SchemaError(msg)


def _first_copy(frame: pl.DataFrame, key: str) -> pl.DataFrame:
    """Keep a hand's rows up to where its keys begin again: a second copy may be longer than the first."""
    nth = pl.int_range(pl.len()).over("hand_id", key)
    return frame.filter(nth.cum_max().over("hand_id") == 0)


def _sorted(tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    hands = tables["hands"] = tables["hands"].sort("played_at", "hand_id")
    place = hands.select("hand_id").with_row_index("_place")
    for kind in HAND_KINDS[1:]:
        places = tables[kind].select("hand_id").join(place, on="hand_id", how="left", maintain_order="left")["_place"]
        if not places.is_sorted():
            rows = places.to_frame().with_row_index("_row")
            tables[kind] = tables[kind][rows.sort("_place", "_row")["_row"]]
    return tables


def _months_of(frame: pl.DataFrame, months: pl.DataFrame) -> pl.Series:
    return frame.select("hand_id").join(months, on="hand_id", how="left", maintain_order="left")["month"]
