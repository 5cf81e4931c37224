"""Other names for players, files and private tournaments: the same for the same key, and nothing of the old in them."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import polars as pl

from pokerlab.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_CONSONANTS = "bcdfghjklmnprstvwz"
_VOWELS = "aeiouy"
_REST = "abcdefghijklmnopqrstuvwxyz0123456789"
_SYLLABLES = 4
_TITLES = {"sit_and_go": "Sit&Go", "expresso": "Expresso"}
_LONGEST = 12
"""Names at Winamax have 3 to 12 characters."""


class Pseudonyms:
    """Names made from a secret: who lacks the key cannot find the old name by trying names.

    Parameters
    ----------
    key
        The secret; the same one gives the same names, in every export.
    keep
        Names that stay.

    Raises
    ------
    SettingsError
        The key is empty.

    Examples
    --------
    >>> names = Pseudonyms("my secret", keep=["me"])
    >>> names.player("me"), names.player("Bob"), names.player("bob")
    ('me', 'Jojeneke6wxr', 'Vuratytiqlud')
    """

    def __init__(self, key: str | bytes, keep: Iterable[str] = ()) -> None:
        secret = key.encode() if isinstance(key, str) else key
        if not secret.strip():
            msg = f"key={key!r} keeps nothing secret; give a text that nobody guesses"
            raise SettingsError(msg)
        self._key = blake2b(secret).digest()
        self._keep = frozenset(keep)

    def player(self, name: str) -> str:
        """Give another name of the same style."""
        if name in self._keep:
            return name
        number = self._number("player", name)
        letters = []
        for letter_set in (_CONSONANTS, _VOWELS) * _SYLLABLES:
            number, place = divmod(number, len(letter_set))
            letters.append(letter_set[place])
        while len(letters) < _LONGEST:
            number, place = divmod(number, len(_REST))
            letters.append(_REST[place])
        return "".join(letters).capitalize()

    def source(self, path: str) -> str:
        """Give another file name; the old one has the account, and often the table, in it."""
        return f"{self._number('source', path):032x}.txt" if path else path

    def tournament(self, name: str, kind: str | None) -> str:
        """Give another name of a private tournament of this format, which hands tell by the name."""
        return f"{_TITLES.get(kind or '', 'Private')} {self._number('tournament', name):032x}"[:20]

    def players(self, names: pl.Series) -> pl.DataFrame:
        """Give a frame of ``old`` and ``new`` names.

        Raises
        ------
        SettingsError
            Two names would become one.
        """
        old = names.drop_nulls().unique().sort()
        frame = pl.DataFrame({"old": old, "new": [self.player(name) for name in old]}, schema=_NAMES)
        if frame["new"].is_duplicated().any():
            msg = "two players would get the same name; choose another key"
            raise SettingsError(msg)
        return frame

    def _number(self, kind: str, text: str) -> int:
        digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16, key=self._key, person=kind.encode())
        return int.from_bytes(digest.digest())


_NAMES = {"old": pl.String, "new": pl.String}


def renamed(tables: Mapping[str, pl.DataFrame], names: Pseudonyms) -> dict[str, pl.DataFrame]:
    """Give the five frames of `pokerlab.HandFrames` with other names."""
    hands, tournaments = tables["hands"], tables["tournaments"]
    heroes = pl.concat([hands["heroes"].explode(), tournaments["hero"]])
    players = names.players(pl.concat([tables["seats"]["player"], tables["actions"]["player"], heroes]))
    sources = _sources([hands["source"], tournaments["source"], tables["rejects"]["source"]], names)
    hidden = private_names(tournaments, hands, names)
    title = _replaced("tournament_id", hidden)
    number = pl.col("table").str.extract(r"(\(\d+\)#\d+)$")
    unknown = [pl.lit(None, pl.String).alias(name) for name in ("line", "reason", "text")]
    return {
        "hands": hands.with_columns(
            pl.col("heroes").list.eval(pl.element().replace_strict(players["old"], players["new"])),
            _replaced("source", sources),
            pl.coalesce(title, "tournament_name").alias("tournament_name"),
            pl.coalesce(title + number, "table").alias("table"),
        ),
        "seats": tables["seats"].with_columns(_replaced("player", players)),
        "actions": tables["actions"].with_columns(_replaced("player", players)),
        "tournaments": tournaments.with_columns(
            _replaced("hero", players), _replaced("source", sources), pl.coalesce(title, "name").alias("name")
        ),
        "rejects": tables["rejects"].with_columns(_replaced("source", sources), *unknown),
    }


def private_names(tournaments: pl.DataFrame, hands: pl.DataFrame, names: Pseudonyms) -> pl.DataFrame:
    """Give the ids of private tournaments as ``old``, their new names as ``new``."""
    private = tournaments.filter(type="private").unique("tournament_id").sort("tournament_id")
    kinds = hands.select("tournament_id", "format").unique("tournament_id")
    known = private.select("tournament_id", "name").join(kinds, on="tournament_id", how="left", maintain_order="left")
    new = [names.tournament(name, kind) for _, name, kind in known.iter_rows()]
    return pl.DataFrame([known["tournament_id"].alias("old"), pl.Series("new", new, pl.String)])


def _sources(columns: list[pl.Series], names: Pseudonyms) -> pl.DataFrame:
    old = pl.concat([column.alias("old") for column in columns]).drop_nulls().unique()
    return pl.DataFrame([old, pl.Series("new", [names.source(path) for path in old], pl.String)])


def _replaced(column: str, names: pl.DataFrame) -> pl.Expr:
    return pl.col(column).replace_strict(names["old"], names["new"], default=None, return_dtype=pl.String)
