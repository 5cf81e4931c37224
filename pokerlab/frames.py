"""HandFrames: the five frames of hand histories that belong together."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from html import escape
from typing import TYPE_CHECKING

import polars as pl

from pokerlab import schema
from pokerlab._originals import hand_texts
from pokerlab._pseudonyms import Pseudonyms, renamed
from pokerlab.errors import SchemaError

if TYPE_CHECKING:
    from collections.abc import Iterable

KEYED = ("hands", "seats", "actions")
"""The frames with a row, or rows, a hand: those that ``hand_id`` joins."""


_SURROGATE = re.compile("[\ud800-\udfff]")


def _empty(table: str) -> pl.DataFrame:
    return schema.TABLES[table].to_frame()


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class HandFrames:
    """Hands as five Polars frames; the columns are those of `pokerlab.schema`.

    Attributes
    ----------
    hands, seats, actions
        A row a hand, a seat and hand, an action; ``hand_id`` joins them.
    tournaments
        A row a tournament and hero, where a summary was read.
    rejects
        What could not be understood, with file, byte, line, rule and text.
    """

    hands: pl.DataFrame
    seats: pl.DataFrame
    actions: pl.DataFrame
    tournaments: pl.DataFrame
    rejects: pl.DataFrame

    @classmethod
    def empty(cls) -> HandFrames:
        """Frames without a row, but with all columns."""
        return cls(**{table: _empty(table) for table in schema.TABLES})

    def __len__(self) -> int:
        """Return the number of hands."""
        return self.hands.height

    def tables(self) -> dict[str, pl.DataFrame]:
        """Give the frames by their names."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def where(self, *predicates: pl.Expr) -> HandFrames:
        """Keep the hands for which each predicate holds on a row of ``hands``, ``seats`` or ``actions``.

        A predicate is asked of the first of these frames that has all columns it names; several predicates all hold.
        ``tournaments`` and ``rejects`` stay whole.

        Examples
        --------
        >>> import polars as pl, pokerlab as pk
        >>> frames = pk.sample.hands(50, seed=1)
        >>> big = frames.where(pl.col("pot") > 500)
        >>> len(big) <= len(frames)
        True
        """
        keep = self.hands.select("hand_id")
        for predicate in predicates:
            hit = self._home(predicate).filter(predicate).select("hand_id").unique()
            keep = keep.join(hit, on="hand_id", how="semi", maintain_order="left")
        kept = {name: getattr(self, name).join(keep, on="hand_id", how="semi", maintain_order="left") for name in KEYED}
        return HandFrames(**kept, tournaments=self.tournaments, rejects=self.rejects)

    def text(self, hand_ids: Iterable[str] | None = None) -> str:
        """Give the original text of hands, as their files have it; all hands unless some are named.

        Raises
        ------
        SchemaError
            A hand is not in the frames.
        HistoryError
            A file is gone or was changed, or the hands were read from memory or are pseudonymised.

        Examples
        --------
        >>> import pokerlab as pk, tempfile
        >>> folder = tempfile.mkdtemp()
        >>> _ = pk.sample.write(folder, 20, seed=1)
        >>> frames = pk.read_winamax(folder)
        >>> text = frames.text(frames.hands["hand_id"].head(2))
        >>> len(pk.read_winamax(text.encode()))
        2
        """
        named = self.hands["hand_id"] if hand_ids is None else pl.Series("hand_id", hand_ids, pl.String)
        places = named.to_frame().join(self.hands, on="hand_id", how="left", maintain_order="left")
        unknown = places.filter(pl.col("offset").is_null())["hand_id"]
        if unknown.len():
            msg = f"{unknown.len()} hands are not in the frames, such as {unknown[0]!r}"
            raise SchemaError(msg)
        texts: dict[str, bytes] = {}
        for (source,), rows in places.group_by("source", maintain_order=True):
            ids = rows["hand_id"].to_list()
            texts |= dict(zip(ids, hand_texts(str(source), rows.select("hand_id", "offset").iter_rows()), strict=True))
        return "\n\n".join(_decoded(texts[hand_id]) for hand_id in named)

    def pseudonymise(self, key: str | bytes, *, keep_hero: bool = False) -> HandFrames:
        """Give the same hands with other names: of players, of files, and of tournaments whose summary says private.

        The same key gives the same names each time; without the key nobody finds the old name by trying names. Of
        ``rejects``, whose text was not understood, the line, reason and text are left out. Hand ids, times, cards and
        the names of public tables stay: whoever played in one of the hands knows it again, and with it the names.

        Parameters
        ----------
        key
            A secret.
        keep_hero
            Leave the user's own accounts their names.

        Raises
        ------
        SettingsError
            The key is empty.

        Examples
        --------
        >>> import pokerlab as pk
        >>> frames = pk.sample.hands(20, seed=1)
        >>> other = frames.pseudonymise("my secret", keep_hero=True)
        >>> set(other.seats["player"]) & set(frames.seats["player"])
        {'Nina.Blau'}
        """
        return HandFrames(**renamed(self.tables(), Pseudonyms(key, self.heroes() if keep_hero else ())))

    def heroes(self) -> pl.Series:
        """Give the names of the user's accounts, those of hands and of summaries."""
        own = pl.concat([self.hands["heroes"].explode(), self.tournaments["hero"].alias("heroes")])
        return own.drop_nulls().unique().sort()

    def _home(self, predicate: pl.Expr) -> pl.DataFrame:
        names = set(predicate.meta.root_names())
        for table in KEYED:
            frame: pl.DataFrame = getattr(self, table)
            if names <= set(frame.columns):
                return frame
        known = sorted({name for table in KEYED for name in getattr(self, table).columns})
        msg = f"no single frame has all of {sorted(names)}; columns are {known}"
        raise SchemaError(msg)

    def __repr__(self) -> str:
        counts = ", ".join(f"{frame.height:,} {name}" for name, frame in self.tables().items())
        return f"HandFrames({counts})"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(name)}</td><td style='text-align:right'>{frame.height:,}</td></tr>"
            for name, frame in self.tables().items()
        )
        head = self.hands.head(5)._repr_html_()
        return f"<table><thead><tr><th>frame</th><th>rows</th></tr></thead><tbody>{rows}</tbody></table>{head}"


def _decoded(text: bytes) -> str:
    """Read text as the parser does: half a pair of UTF-16, which Winamax can write, becomes U+FFFD."""
    try:
        return _SURROGATE.sub("\ufffd", text.decode("utf-8", "surrogatepass"))
    except UnicodeDecodeError:
        return text.decode("cp1252", "replace")


def concat(parts: Iterable[HandFrames]) -> HandFrames:
    """Put frames below each other; nothing is deduplicated, the order stays.

    Raises
    ------
    SchemaError
        The parts do not have the same columns.
    """
    parts = list(parts)
    try:
        return HandFrames(**{table: _below([part.tables()[table] for part in parts], table) for table in schema.TABLES})
    except pl.exceptions.PolarsError as error:
        msg = f"frames of different columns cannot be put together: {error}"
        raise SchemaError(msg) from error


def _below(frames: list[pl.DataFrame], table: str) -> pl.DataFrame:
    """Put frames below each other; those without a row may lack the columns of statistics."""
    filled = [frame for frame in frames if frame.height]
    if filled:
        return pl.concat(filled, rechunk=False)
    return max(frames, key=lambda frame: frame.width, default=_empty(table))


def merge_copies(frames: HandFrames) -> HandFrames:
    """Keep each hand once, the first copy, with the hole cards and heroes that any copy knows.

    Two accounts of one user at one table write the same hand twice, each with its own cards. Of a tournament that
    several files summarise, the summary with the most entries stays, of those the last.

    Raises
    ------
    SchemaError
        A hand has no seats or no actions, so that copies cannot be told apart.
    """
    frames = replace(frames, tournaments=last_summaries(frames.tournaments))
    first = frames.hands["hand_id"].is_first_distinct()
    if first.all():
        return frames
    copied = frames.hands.filter(~first)["hand_id"].unique()
    seats = _first_copies(frames.seats, first, pl.col("seat") <= pl.col("seat").shift())
    actions = _first_copies(frames.actions, first, pl.col("seq") == 0)
    known = (
        frames.seats.filter(pl.col("hand_id").is_in(copied.implode()))
        .group_by("hand_id", "player")
        .agg(pl.col("hole").drop_nulls().first(), pl.col("is_hero").any(), pl.col("showed").any())
    )
    seats = seats.join(known, on=["hand_id", "player"], how="left", suffix="_any", maintain_order="left").with_columns(
        pl.coalesce(f"{name}_any", name).alias(name) for name in ("hole", "is_hero", "showed")
    )
    heroes = seats.filter("is_hero").group_by("hand_id", maintain_order=True).agg(pl.col("player").alias("heroes_any"))
    hands = frames.hands.filter(first).join(heroes, on="hand_id", how="left", maintain_order="left")
    hands = hands.with_columns(pl.coalesce("heroes_any", "heroes").alias("heroes"))
    return HandFrames(
        hands=hands.select(frames.hands.columns),
        seats=seats.select(frames.seats.columns),
        actions=actions,
        tournaments=frames.tournaments,
        rejects=frames.rejects,
    )


def last_summaries(tournaments: pl.DataFrame) -> pl.DataFrame:
    """Keep of each tournament and hero the summary with the most entries, of those the last."""
    most = pl.col("entries") == pl.col("entries").max().over("tournament_id", "hero")
    return tournaments.filter(most).unique(["tournament_id", "hero"], keep="last", maintain_order=True)


def _first_copies(rows: pl.DataFrame, first: pl.Series, begins: pl.Expr) -> pl.DataFrame:
    """Keep the rows of the hands that ``first`` marks; a hand begins where its id changes or ``begins`` holds."""
    changes = pl.col("hand_id") != pl.col("hand_id").shift()
    hand = rows.select((changes | begins).fill_null(value=True).cum_sum().cast(pl.Int64) - 1).to_series()
    if hand.len() == 0 or hand[-1] != first.len() - 1:
        msg = f"{first.len():,} hands, but {0 if hand.len() == 0 else hand[-1] + 1:,} of them have rows"
        raise SchemaError(msg)
    return rows.filter(first.gather(hand))
