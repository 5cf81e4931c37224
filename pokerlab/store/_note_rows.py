"""What may stand in a note, how names become one person, and the one commit that changes the notes."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

import polars as pl

from pokerlab import schema
from pokerlab.errors import StoreError, quoted
from pokerlab.store import _files
from pokerlab.store._compact import COMMIT_TRIES
from pokerlab.store._layout import UNDATED, stored_schema
from pokerlab.store._log import told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from pokerlab.store._layout import DataFile
    from pokerlab.store._log import Log
    from pokerlab.store._place import Place
    from pokerlab.store._snapshot import Snapshot

NOTE_LENGTH, TAG_LENGTH, NAME_LENGTH = 10_000, 60, 200
"""Signs at most of a note, of a tag, and of a player's name or a hand_id."""

KEY = ["about", "subject", "entry", "text"]
"""Rows that are equal in these are one; the first stands."""

Mains = dict[str, str]
"""Of each alias the main name, which is never an alias itself."""


def note_text(text: object) -> str:
    """Give a note as it is stored.

    Raises
    ------
    StoreError
        It is no text, blank, or too long.
    """
    return _bounded(_stripped(text, "note"), "note", NOTE_LENGTH)


def tag_text(label: object) -> str:
    """Give a tag as it is stored and compared: accents have one spelling.

    Raises
    ------
    StoreError
        It is no text, blank, too long, or more than a line.
    """
    text = _bounded(unicodedata.normalize("NFC", _stripped(label, "tag")), "tag", TAG_LENGTH)
    if any(unicodedata.category(sign) in {"Cc", "Zl", "Zp"} for sign in text):
        msg = f"the tag {quoted(text)} has a line break or control character; a tag is one short line"
        raise StoreError(msg)
    return text


def name_text(name: object, what: str = "player") -> str:
    """Give a name or hand_id as it is: players are compared to the letter.

    Raises
    ------
    StoreError
        It is no text, empty, or too long.
    """
    if not isinstance(name, str) or not name:
        msg = f"{quoted(name)} is not the name of a {what}; give a text"
        raise StoreError(msg)
    return _bounded(name, what, NAME_LENGTH)


def joined(mains: Mains, name: str, of: str) -> Mains:
    """Let ``name`` be another name of the person ``of``, with all who were aliases of ``name``.

    Raises
    ------
    StoreError
        It is the person's main name, or another person's alias.
    """
    main = mains.get(of, of)
    if name in {of, main}:
        known = "itself" if name == of else f"its own alias {quoted(of)}; unalias that first to turn them around"
        msg = f"{quoted(name)} cannot be an alias of {known}"
        raise StoreError(msg)
    if (before := mains.get(name, main)) != main:
        msg = f"{quoted(name)} is an alias of {quoted(before)} already; unalias it first to give it to {quoted(main)}"
        raise StoreError(msg)
    return {alias: main if of_whom == name else of_whom for alias, of_whom in mains.items()} | {name: main}


def mains_of(rows: pl.DataFrame) -> Mains:
    """Read the aliases from rows of notes."""
    return dict(rows.filter(pl.col("entry") == "alias").select("subject", "text").iter_rows())


def with_mains(rows: pl.DataFrame, mains: Mains, now: datetime) -> pl.DataFrame:
    """Put aliases in the place of those in ``rows``; those that were there keep their time."""
    is_alias = pl.col("entry") == "alias"
    since = dict(rows.filter(is_alias).select("subject", "noted_at").iter_rows())
    new = [("player", name, "alias", main, since.get(name, now)) for name, main in mains.items()]
    return with_rows(rows.filter(~is_alias), pl.DataFrame(new, schema=rows.schema, orient="row"))


def with_rows(rows: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """Add rows of notes that are not there, in the order of time."""
    return pl.concat([rows, new]).unique(KEY, keep="first", maintain_order=True).sort("noted_at", maintain_order=True)


def checked(frame: pl.DataFrame) -> pl.DataFrame:
    """Give rows of notes that come from outside in the columns and types of the store.

    Raises
    ------
    StoreError
        A column is missing, or a row is no note, tag or alias.
    """
    if missing := [name for name in schema.NOTES if name not in frame.columns]:
        msg = f"the notes lack the columns {missing}; take a frame as notes.frame() gives it"
        raise StoreError(msg)
    try:
        rows = frame.select([pl.col(name).cast(kind) for name, kind in schema.NOTES.items()])
    except pl.exceptions.PolarsError as error:
        msg = f"the notes cannot take their types: {error}"
        raise StoreError(msg) from error
    if wrong := rows.select(pl.any_horizontal(pl.all().is_null()).sum()).item():
        msg = f"{wrong} of {rows.height} notes lack a value; each has {', '.join(schema.NOTES)}"
        raise StoreError(msg)
    if odd := rows.filter(pl.col("entry") == "alias", pl.col("about") != "player").height:
        msg = f"{odd} of {rows.height} notes are aliases of hands; only players have aliases"
        raise StoreError(msg)
    write = {"note": note_text, "tag": tag_text, "alias": name_text}
    texts = [write[entry](text) for entry, text in rows.select("entry", "text").iter_rows()]
    for about, subject in rows.select("about", "subject").unique().iter_rows():
        name_text(subject, about)
    return as_stored(rows.with_columns(text=pl.Series(texts, dtype=pl.String)))


def as_stored(rows: pl.DataFrame) -> pl.DataFrame:
    """Give rows the types that they have on disk."""
    return rows.cast(dict(stored_schema(schema.NOTES)))  # type: ignore[arg-type]


def rewrite(log: Log, edit: Callable[[pl.DataFrame], pl.DataFrame]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Change the notes in one commit, from what they are under the lock; give the rows before and after."""
    with log.lock():
        for _ in log.root.tries(COMMIT_TRIES):
            view = log.view()
            if not view.columns.issuperset(schema.NOTES):
                log.add_columns(stored_schema(schema.NOTES))  # the store is older than its notes
                continue
            files = view.of("notes")
            old = _files.scan(log.root, files, schema.NOTES).collect()
            new = edit(old)
            if new.equals(old) or _replaced(log, files, new):
                return old, new
    msg = f"{log.root}: {COMMIT_TRIES} commits in a row met one of another program; stop that one, then retry"
    raise StoreError(msg)


def _replaced(log: Log, files: list[DataFile], rows: pl.DataFrame) -> bool:
    """Put rows in the place of files; False, with nothing left behind, where another program's commit came first."""
    add = _files.write_segment(log.root, UNDATED, {"notes": rows})
    version = None
    try:
        version = log.commit(add, files)
    finally:
        if version is None and not log.root.remote:
            live = log.view().files
            _files.delete(log.root, [file.path for file in add if file.path not in live])
    return version is not None


def aliases(snapshot: Snapshot) -> Mapping[str, str]:
    """Give the main name of each alias; nothing is read where there are no notes.

    Examples
    --------
    >>> import pokerlab as pk, tempfile
    >>> store = pk.Store(tempfile.mkdtemp())
    >>> _ = store.notes.alias("OldName", of="NewName")
    >>> aliases(store.snapshot())
    {'OldName': 'NewName'}
    """
    files = snapshot.view.of("notes")
    if not files:
        return {}
    with told(snapshot.root, "its notes cannot be read"):
        return _aliases(snapshot.root, tuple(files))


@lru_cache(maxsize=16)
def _aliases(root: Place, files: tuple[DataFile, ...]) -> Mains:
    return mains_of(_files.scan(root, files, schema.NOTES).collect())


def missing_hands(snapshot: Snapshot, hand_ids: Iterable[str]) -> list[str]:
    """Name the hands that a state of the store has not."""
    given = pl.LazyFrame({"hand_id": list(hand_ids)}, schema={"hand_id": pl.String})
    known = snapshot.scan("hands").select("hand_id")
    with told(snapshot.root, "its hands cannot be read"):
        return given.join(known, on="hand_id", how="anti", maintain_order="left").collect()["hand_id"].to_list()


def _stripped(text: object, what: str) -> str:
    if not isinstance(text, str) or not text.strip():
        msg = f"{quoted(text)} is no {what}; give a text that is not blank"
        raise StoreError(msg)
    return text.strip()


def _bounded(text: str, what: str, length: int) -> str:
    if len(text) > length:
        msg = f"the {what} {quoted(text)} has {len(text):,} signs; a {what} has {length:,} at most"
        raise StoreError(msg)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        msg = f"the {what} {quoted(text)} has half a character at {error.start}, which no file can hold"
        raise StoreError(msg) from error
    return text
