"""Notes, tags and aliases: what users write about hands and players."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING

import polars as pl

from pokerlab import schema
from pokerlab.errors import StoreError, quoted
from pokerlab.store import _note_rows as rows_of
from pokerlab.store._log import told

if TYPE_CHECKING:
    from collections.abc import Mapping
    from threading import Lock

    from pokerlab.store._log import Log
    from pokerlab.store._snapshot import Snapshot

Some = str | Iterable[str] | None
"""One hand or player, or several."""

SHOWN = 20
"""Rows that a notebook shows, the newest."""


class Notes:
    """Notes, tags and aliases of a store: `pokerlab.Store.notes`.

    Notes are free text, tags short labels; both stand on hands and on players. An alias makes another name of a player
    the same person: `pokerlab.Lab` shows the main name, the store itself keeps what was written at the table. Notes
    on a player are kept under the name that is given, and told of the person; so they part again with `unalias`.

    Each change is one commit, on top of what other processes have changed. Importing, replacing and compacting hands
    leave all of it as it is. What is said twice is kept once.

    Examples
    --------
    >>> import pokerlab as pk, tempfile
    >>> store = pk.Store(tempfile.mkdtemp())
    >>> frames = pk.sample.hands(50, seed=1)
    >>> _ = store.add(frames)
    >>> hand = frames.hands["hand_id"][0]
    >>> store.notes.add("Folded the best hand.", hand=hand), store.notes.tag("bluff", "river", hand=hand)
    (1, 2)
    >>> store.notes.hands("bluff") == [hand]
    True
    >>> store.notes.alias("NewName", of="OldName")
    1
    >>> store.notes
    Notes(1 note, 2 tags, 1 alias)
    """

    def __init__(self, log: Log, turn: Lock, snapshot: Callable[[], Snapshot]) -> None:
        self._log = log
        self._turn = turn
        self._snapshot = snapshot

    def add(self, text: str, *, hand: Some = None, player: Some = None) -> int:
        """Write a note on a hand or a player, or the same on several; give how many are new.

        Raises
        ------
        StoreError
            The text is blank or over 10,000 signs, or the store lacks the hand: a note on it could not be found again.

        Examples
        --------
        >>> import pokerlab as pk, tempfile
        >>> notes = pk.Store(tempfile.mkdtemp()).notes
        >>> notes.add("Never folds.", player=["Villain", "His friend"])
        2
        """
        return self._add("note", [rows_of.note_text(text)], hand, player)

    def remove(self, text: str | None = None, *, hand: Some = None, player: Some = None) -> int:
        """Take the note of this text away, or all notes, from hands or players; give how many there were.

        Tags and aliases stay. Of a player, the notes under his other names go too.

        Examples
        --------
        >>> import pokerlab as pk, tempfile
        >>> notes = pk.Store(tempfile.mkdtemp()).notes
        >>> notes.add("Never folds.", player="Villain"), notes.remove(player="Villain")
        (1, 1)
        """
        return self._remove("note", [] if text is None else [rows_of.note_text(text)], hand, player)

    def tag(self, *labels: str, hand: Some = None, player: Some = None) -> int:
        """Put labels on a hand or a player, or on several; give how many are new.

        Raises
        ------
        StoreError
            A label is blank, over 60 signs or more than a line, or the store lacks the hand.

        Examples
        --------
        >>> import polars as pl, pokerlab as pk, tempfile
        >>> store = pk.Store(tempfile.mkdtemp())
        >>> _ = store.add(pk.sample.hands(50, seed=1))
        >>> big = store.scan("hands").filter(pl.col("pot") > 500).collect()["hand_id"]
        >>> store.notes.tag("big pot", hand=big) == big.len()
        True
        """
        if not labels:
            msg = "no tag is given; name one or several, such as tag('fish', player='Villain')"
            raise StoreError(msg)
        return self._add("tag", [rows_of.tag_text(label) for label in labels], hand, player)

    def untag(self, *labels: str, hand: Some = None, player: Some = None) -> int:
        """Take labels, or all of them where none is named, from hands or players; give how many there were.

        Of a player, those under his other names go too.

        Examples
        --------
        >>> import pokerlab as pk, tempfile
        >>> notes = pk.Store(tempfile.mkdtemp()).notes
        >>> notes.tag("fish", "tilts", player="Villain"), notes.untag("fish", player="Villain")
        (2, 1)
        """
        return self._remove("tag", [rows_of.tag_text(label) for label in labels], hand, player)

    def alias(self, name: Some, *, of: str) -> int:
        """Make a name, or several, other names of the player ``of``; give how many are new.

        ``of`` may be an alias itself: its main name is meant. Where ``name`` has aliases, they come along.

        Raises
        ------
        StoreError
            The name is another person's alias, or the main name of the same one, which would be a circle.

        Examples
        --------
        >>> import pokerlab as pk, tempfile
        >>> notes = pk.Store(tempfile.mkdtemp()).notes
        >>> notes.alias("Second", of="First"), notes.alias("Third", of="Second")
        (1, 1)
        >>> notes.names("Third")
        ['First', 'Second', 'Third']
        """
        names, person = _listed(name, "player"), rows_of.name_text(of)

        def edit(rows: pl.DataFrame) -> pl.DataFrame:
            mains = rows_of.mains_of(rows)
            for one in names:
                mains = rows_of.joined(mains, one, person)
            return rows_of.with_mains(rows, mains, datetime.now(UTC))

        return self._change(edit)

    def unalias(self, name: Some) -> int:
        """Let aliases be players of their own again; give how many were.

        Raises
        ------
        StoreError
            A name is a main name, whose aliases are to be named instead.

        Examples
        --------
        >>> import pokerlab as pk, tempfile
        >>> notes = pk.Store(tempfile.mkdtemp()).notes
        >>> notes.alias("NewName", of="OldName"), notes.unalias("NewName")
        (1, 1)
        """
        names = _listed(name, "player")

        def edit(rows: pl.DataFrame) -> pl.DataFrame:
            mains = rows_of.mains_of(rows)
            for one in names:
                if others := sorted(alias for alias, main in mains.items() if main == one):
                    msg = f"{quoted(one)} is the main name of {quoted(others)}; unalias these"
                    raise StoreError(msg)
            left = {alias: main for alias, main in mains.items() if alias not in names}
            return rows_of.with_mains(rows, left, datetime.now(UTC))

        return -self._change(edit)

    def frame(self) -> pl.DataFrame:
        """Give all notes, tags and aliases in the order of time; columns of `pokerlab.schema.NOTES`."""
        snapshot = self._snapshot()
        with told(snapshot.root, "its notes cannot be read"):
            return snapshot.scan("notes").collect()

    def of(self, *, hand: Some = None, player: Some = None, tag: str | None = None) -> pl.DataFrame:
        """Give what is written on hands, or on players under any of their names; with ``tag`` the rows of that tag.

        Examples
        --------
        >>> import pokerlab as pk, tempfile
        >>> notes = pk.Store(tempfile.mkdtemp()).notes
        >>> _ = notes.tag("fish", player="OldName"), notes.alias("OldName", of="NewName")
        >>> notes.of(player="NewName")["text"].to_list()
        ['fish', 'NewName']
        """
        found = rows = self.frame()
        if tag is not None:
            found = found.filter(entry="tag", text=rows_of.tag_text(tag))
        if hand is None and player is None:
            return found
        about, subjects = _subjects(hand, player)
        return found.filter(_on(about, subjects, rows_of.mains_of(rows)))

    def hands(self, tag: str) -> list[str]:
        """Give the ids of the hands with a tag, in the order of tagging."""
        return self.of(tag=tag).filter(about="hand")["subject"].to_list()

    def players(self, tag: str) -> list[str]:
        """Give the main names of the players with a tag, in the order of tagging.

        Examples
        --------
        >>> import polars as pl, pokerlab as pk, tempfile
        >>> from pokerlab import stats
        >>> lab = pk.open(tempfile.mkdtemp(), history=[])
        >>> _ = lab.store.add(pk.sample.hands(200, seed=1))
        >>> _ = lab.notes.tag("me", player="Nina.Blau")
        >>> stats.report(lab.seats, where=pl.col("player").is_in(lab.notes.players("me")))["player"].to_list()
        ['Nina.Blau']
        """
        mains, tagged = self.aliases(), self.of(tag=tag).filter(about="player")["subject"]
        return list(dict.fromkeys(mains.get(name, name) for name in tagged))

    def tags(self) -> pl.DataFrame:
        """Count the hands and players of each tag, most first: ``about``, ``tag``, ``count``.

        Examples
        --------
        >>> import pokerlab as pk, tempfile
        >>> notes = pk.Store(tempfile.mkdtemp()).notes
        >>> _ = notes.tag("fish", player=["Villain", "Other"])
        >>> notes.tags().rows()
        [('player', 'fish', 2)]
        """
        rows = self.frame()
        whose = pl.col("subject").replace(rows_of.mains_of(rows))
        subject = pl.when(pl.col("about") == "player").then(whose).otherwise("subject")
        counts = rows.filter(entry="tag").group_by("about", tag="text").agg(subject.n_unique().alias("count"))
        return counts.sort("count", "about", "tag", descending=[True, False, False])

    def aliases(self) -> Mapping[str, str]:
        """Give the main name of each alias."""
        return dict(rows_of.aliases(self._snapshot()))

    def name(self, player: str) -> str:
        """Give the main name of a player, which is the name itself unless it is an alias."""
        return self.aliases().get(player, player)

    def names(self, player: str) -> list[str]:
        """Give all names of a player, the main one first."""
        return _names(player, self.aliases())

    def load(self, frame: pl.DataFrame) -> int:
        """Add what `frame` gave, of this store or another; give how many rows are new.

        Hands need not be in the store yet, so that notes can be there before the hands are imported.

        Raises
        ------
        StoreError
            A row is no note, tag or alias, or an alias contradicts one of this store; then nothing is added.

        Examples
        --------
        >>> import pokerlab as pk, tempfile
        >>> here, there = (pk.Store(tempfile.mkdtemp()).notes for _ in range(2))
        >>> _ = here.tag("fish", player="Villain")
        >>> there.load(here.frame()), there.load(here.frame())
        (1, 0)
        """
        given = rows_of.checked(frame)
        is_alias = pl.col("entry") == "alias"

        def edit(rows: pl.DataFrame) -> pl.DataFrame:
            mains = rows_of.mains_of(rows)
            for name, main in given.filter(is_alias).select("subject", "text").iter_rows():
                mains = rows_of.joined(mains, name, main)
            known = rows_of.with_rows(given.filter(is_alias), rows_of.with_rows(rows, given.filter(~is_alias)))
            return rows_of.with_mains(known, mains, datetime.now(UTC))

        return self._change(edit)

    def __repr__(self) -> str:
        return f"Notes({_counted(self.frame())})"

    def _repr_html_(self) -> str:
        rows = self.frame()
        body = "".join(
            f"<tr><td>{escape(about)}</td><td>{escape(subject)}</td><td>{escape(entry)}</td>"
            f"<td style='text-align:left;white-space:pre-wrap'>{escape(text)}</td><td>{when:%Y-%m-%d %H:%M}</td></tr>"
            for about, subject, entry, text, when in rows.tail(SHOWN).reverse().iter_rows()
        )
        head = "".join(f"<th>{name}</th>" for name in ("about", "subject", "entry", "text", "noted at (UTC)"))
        return f"<p>{_counted(rows)}</p><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def _add(self, entry: str, texts: list[str], hand: Some, player: Some) -> int:
        about, subjects = _subjects(hand, player)
        if about == "hand" and (missing := rows_of.missing_hands(self._snapshot(), subjects)):
            msg = f"hand {quoted(missing[0])} is not in the store; give a hand_id of its hands"
            raise StoreError(msg)
        now = datetime.now(UTC)
        new = [(about, subject, entry, text, now) for subject in subjects for text in texts]
        rows = rows_of.as_stored(pl.DataFrame(new, schema=schema.NOTES, orient="row"))
        return self._change(lambda known: rows_of.with_rows(known, rows))

    def _remove(self, entry: str, texts: list[str], hand: Some, player: Some) -> int:
        about, subjects = _subjects(hand, player)
        meant = (pl.col("entry") == entry) & (pl.col("text").is_in(texts) if texts else True)
        return -self._change(lambda rows: rows.filter(~(meant & _on(about, subjects, rows_of.mains_of(rows)))))

    def _change(self, edit: Callable[[pl.DataFrame], pl.DataFrame]) -> int:
        with self._turn, told(self._log.root, "the notes were not changed"):
            before, after = rows_of.rewrite(self._log, edit)
        return after.height - before.height


def _subjects(hand: Some, player: Some) -> tuple[str, list[str]]:
    if (hand is None) == (player is None):
        msg = "notes are on hands or on players; give either hand= or player="
        raise StoreError(msg)
    return ("player", _listed(player, "player")) if hand is None else ("hand", _listed(hand, "hand"))


def _listed(given: Some, what: str) -> list[str]:
    if not isinstance(given, (str, Iterable)):
        msg = f"{quoted(given)} is not the name of a {what}; give a text, or a list of them"
        raise StoreError(msg)
    return [rows_of.name_text(one, what) for one in ([given] if isinstance(given, str) else given)]


def _on(about: str, subjects: list[str], mains: Mapping[str, str]) -> pl.Expr:
    """Give the rows about these hands, or about these persons."""
    if about == "player":
        subjects = [name for subject in subjects for name in _names(subject, mains)]
    return (pl.col("about") == about) & pl.col("subject").is_in(subjects)


def _names(player: str, mains: Mapping[str, str]) -> list[str]:
    main = mains.get(player, player)
    return [main, *sorted(alias for alias, of in mains.items() if of == main)]


def _counted(rows: pl.DataFrame) -> str:
    counts = {entry: rows.filter(entry=entry).height for entry in schema.ENTRY.categories}
    plural = {"note": "notes", "tag": "tags", "alias": "aliases"}
    return ", ".join(f"{count:,} {entry if count == 1 else plural[entry]}" for entry, count in counts.items())
