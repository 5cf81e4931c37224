"""Notes, tags and aliases in a store: what is kept, what is refused, and what other work leaves alone."""

from __future__ import annotations

import re
import sys
import tempfile
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pokerlab import schema
from pokerlab.errors import StoreError
from pokerlab.store import Store, _log, aliases
from pokerlab.store._note_rows import joined

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from types import ModuleType

    Start = Callable[..., subprocess.Popen[str]]

KEY = ["about", "subject", "entry", "text"]
HOSTILE = ["O'Neil", "x'); DROP TABLE notes; --", "<b>bold</b>", "nul\x00name", "café ♠", " spaced ", "a\nb", "%", "-1"]


@pytest.fixture
def filled(store: Store, factory: ModuleType) -> Store:
    store.add(factory.make(range(12), rejects=2, tournaments=2))
    return store


def said(store: Store) -> list[tuple[str, str, str, str]]:
    return store.notes.frame().select(KEY).rows()


def test_an_empty_store_has_no_notes_but_their_columns(store: Store) -> None:
    assert store.notes.frame().schema == schema.NOTES
    assert (store.notes.hands("bluff"), store.notes.players("fish"), dict(store.notes.aliases())) == ([], [], {})
    assert store.notes.tags().height == 0
    assert repr(store.notes) == "Notes(0 notes, 0 tags, 0 aliases)"
    assert store.sql("SELECT * FROM notes").columns == list(schema.NOTES)


def test_notes_and_tags_on_hands_and_players(filled: Store, factory: ModuleType) -> None:
    notes, first, second = filled.notes, factory.hand_id(1), factory.hand_id(2)
    assert notes.add("  Too thin.  ", hand=first) == 1
    assert notes.tag("bluff", "river", hand=[first, second]) == 4
    assert notes.tag("fish", player="hero") == 1
    assert said(filled) == [
        ("hand", first, "note", "Too thin."),
        *[("hand", hand, "tag", label) for hand in (first, second) for label in ("bluff", "river")],
        ("player", "hero", "tag", "fish"),
    ]
    assert notes.hands("bluff") == [first, second]
    assert notes.of(hand=first)["text"].to_list() == ["Too thin.", "bluff", "river"]
    assert notes.of(tag="river", hand=second)["subject"].to_list() == [second]
    assert notes.of(tag="fish")["subject"].to_list() == notes.players("fish") == ["hero"]
    assert notes.tags().rows() == [("hand", "bluff", 2), ("hand", "river", 2), ("player", "fish", 1)]
    assert notes.frame().schema == schema.NOTES
    assert (notes.frame()["noted_at"] <= datetime.now(UTC)).all()


def test_what_is_said_twice_is_kept_once_with_its_first_time(filled: Store) -> None:
    notes = filled.notes
    notes.add("loose", player="hero")
    before, version = notes.frame(), filled.version
    assert notes.add(" loose\n", player="hero") == 0
    assert notes.tag("a", "a", player=["hero", "hero"]) == 1
    assert_frame_equal(notes.frame().head(1), before)
    assert filled.version == version + 1


def test_removing_takes_what_is_named_and_no_more(filled: Store, factory: ModuleType) -> None:
    notes, hand = filled.notes, factory.hand_id(3)
    for subject in ({"player": "hero"}, {"hand": hand}):
        notes.add("one", **subject)
        notes.add("two", **subject)
        notes.tag("one", "two", **subject)
    assert notes.remove("one", player="hero") == 1
    assert notes.remove("one", player="hero") == 0
    assert notes.untag(hand=hand) == 2
    assert notes.untag("two", "three", player="hero") == 1
    assert said(filled) == [
        ("player", "hero", "note", "two"),
        ("player", "hero", "tag", "one"),
        ("hand", hand, "note", "one"),
        ("hand", hand, "note", "two"),
    ]
    assert (notes.remove(hand=hand), notes.remove(player="hero"), notes.untag(player="hero")) == (2, 1, 1)
    assert said(filled) == []
    assert filled.check().problems == ()
    assert notes.add("again", player="hero") == 1


def test_accents_have_one_spelling_in_tags_and_stay_apart_in_names(store: Store) -> None:
    composed, apart = "caf\u00e9", "cafe\u0301"
    store.notes.tag(composed, apart, player=[composed, apart])
    assert store.notes.players(apart) == [composed, apart]
    assert store.notes.tags()["tag"].to_list() == [composed]


@pytest.mark.parametrize(
    ("do", "message"),
    [
        (lambda notes: notes.add("", player="x"), "'' is no note; give a text that is not blank"),
        (lambda notes: notes.add(" \n", player="x"), "is no note"),
        (lambda notes: notes.add(None, player="x"), "None is no note"),
        (lambda notes: notes.add("n" * 10_001, player="x"), "has 10,001 signs; a note has 10,000 at most"),
        (lambda notes: notes.add("half \ud800", player="x"), r"'half \\ud800' has half a character at 5"),
        (lambda notes: notes.tag("t" * 61, player="x"), "has 61 signs; a tag has 60 at most"),
        (lambda notes: notes.tag("two\nlines", player="x"), "a tag is one short line"),
        (lambda notes: notes.tag(player="x"), "no tag is given"),
        (lambda notes: notes.untag(" ", player="x"), "' ' is no tag"),
        (lambda notes: notes.add("x"), "give either hand= or player="),
        (lambda notes: notes.add("x", hand="1-1-1", player="x"), "give either hand= or player="),
        (lambda notes: notes.add("x", player=""), "'' is not the name of a player"),
        (lambda notes: notes.add("x", player=3), "3 is not the name of a player"),
        (lambda notes: notes.add("x", player=["a", None]), "None is not the name of a player"),
        (lambda notes: notes.add("x", player="p" * 201), "has 201 signs; a player has 200 at most"),
        (lambda notes: notes.add("x", hand="1-2-3"), "hand '1-2-3' is not in the store"),
        (lambda notes: notes.tag("x", hand=["1-2-3"]), "hand '1-2-3' is not in the store"),
        (lambda notes: notes.of(hand="a", player="b"), "give either hand= or player="),
        (lambda notes: notes.alias("A", of="A"), "'A' cannot be an alias of itself"),
        (lambda notes: notes.alias(["A", "B", "A"], of="B"), "'B' cannot be an alias of itself"),
        (lambda notes: notes.alias([3], of="B"), "3 is not the name of a player"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_written(
    filled: Store, do: Callable[[object], object], message: str
) -> None:
    version = filled.version
    with pytest.raises(StoreError, match=message):
        do(filled.notes)
    assert filled.version == version


def test_a_text_pasted_by_mistake_is_not_quoted_whole(store: Store) -> None:
    with pytest.raises(StoreError) as told:
        store.notes.add("x" * 1_000_000, player="x")
    assert len(str(told.value)) < 500


def test_one_hand_too_many_adds_no_tag_at_all(filled: Store, factory: ModuleType) -> None:
    with pytest.raises(StoreError, match="'nowhere'"):
        filled.notes.tag("x", hand=[factory.hand_id(0), "nowhere"])
    assert said(filled) == []


def test_aliases_merge_and_part_with_what_is_said_of_each_name(store: Store) -> None:
    notes = store.notes
    notes.tag("fish", player="Old")
    notes.tag("fish", "tilts", player="New")
    assert notes.alias("Old", of="New") == 1
    assert notes.alias("Old", of="New") == 0
    assert notes.players("fish") == ["New"]
    assert notes.tags().rows() == [("player", "fish", 1), ("player", "tilts", 1)]
    assert notes.of(player="Old").equals(notes.of(player="New"))
    assert (notes.name("Old"), notes.name("New"), notes.name("Else")) == ("New", "New", "Else")
    assert notes.names("Old") == ["New", "Old"]
    assert notes.unalias("Old") == 1
    assert notes.players("fish") == ["Old", "New"]
    assert notes.of(player="Old")["text"].to_list() == ["fish"]
    notes.alias("Old", of="New")
    assert notes.untag("fish", player="New") == 2
    assert notes.unalias(["Old", "never"]) == 1


def test_chains_are_made_flat_and_circles_refused(store: Store) -> None:
    notes = store.notes
    notes.alias("B", of="A")
    notes.alias("C", of="B")
    assert notes.aliases() == {"B": "A", "C": "A"}
    notes.alias("A", of="X")
    assert notes.aliases() == {"B": "X", "C": "X", "A": "X"}
    with pytest.raises(StoreError, match="'X' cannot be an alias of its own alias 'C'; unalias that first"):
        notes.alias("X", of="C")
    with pytest.raises(StoreError, match="'B' is an alias of 'X' already; unalias it first to give it to 'Z'"):
        notes.alias("B", of="Z")
    with pytest.raises(StoreError, match=r"'X' is the main name of \['A', 'B', 'C'\]; unalias these"):
        notes.unalias("X")
    notes.alias(["P", "Q"], of="Z")
    with pytest.raises(StoreError, match="'Q' is an alias of 'Z' already"):
        notes.alias(["free", "Q"], of="X")
    assert notes.names("free") == ["free"]
    notes.unalias("A")
    assert notes.names("X") == ["X", "B", "C"]


NAMES = st.sampled_from([*HOSTILE[:5], "a", "A"])


@given(st.lists(st.tuples(NAMES, NAMES, st.booleans()), max_size=30))
def test_any_order_of_aliases_makes_the_persons_of_a_plain_model(steps: list[tuple[str, str, bool]]) -> None:
    mains: dict[str, str] = {}
    persons: list[list[str]] = []  # each person's names, the main one first
    for name, of, part in steps:
        mine = next((person for person in persons if name in person), [name])
        other = next((person for person in persons if of in person), [of])
        if part:
            if name in mains:
                del mains[name]
                mine.remove(name)
        elif name == of or (mine is other and name == mine[0]) or (mine is not other and name != mine[0]):
            with pytest.raises(StoreError):
                joined(mains, name, of)
        else:
            mains = joined(mains, name, of)
            if mine is not other:
                persons = [person for person in persons if person is not mine and person is not other]
                persons.append(other + mine)
        assert mains == {alias: person[0] for person in persons for alias in person[1:]}


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(st.text(min_size=1, max_size=12) | st.sampled_from(HOSTILE), st.text(max_size=30)), max_size=8)
)
def test_hostile_names_and_texts_come_back_as_they_were(rows: list[tuple[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "store", auto_compact=False)
        expected: dict[tuple[str, str], None] = {}
        for name, text in rows:
            if text.strip():
                store.notes.add(text, player=name)
                expected[name, text.strip()] = None
        told = Store(store.path).notes
        assert told.frame().select("subject", "text").rows() == list(expected)
        for name, _ in rows:
            assert told.of(player=name)["text"].to_list() == [text for who, text in expected if who == name]
            count = "SELECT count(*) AS n FROM notes WHERE subject = $name"
            assert store.sql(count, name=name)["n"].item() == sum(who == name for who, _ in expected)


def test_a_notebook_shows_hostile_notes_as_text(store: Store) -> None:
    store.notes.add("<script>alert(1)</script>", player="<b>bold</b>")
    page = store.notes._repr_html_()
    assert "<script>" not in page
    assert "<b>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "1 note, 0 tags, 0 aliases" in page


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_notes_are_carried_to_another_store(filled: Store, tmp_path: Path, factory: ModuleType, form: str) -> None:
    notes, path = filled.notes, tmp_path / f"notes.{form}"
    notes.add('line one\n"line" two, ♠', hand=factory.hand_id(1))
    for name in HOSTILE:
        notes.tag("fish", player=name)
    notes.alias(HOSTILE[1:], of=HOSTILE[0])
    getattr(notes.frame(), f"write_{form}")(path)
    frame = pl.read_parquet(path) if form == "parquet" else pl.read_csv(path, try_parse_dates=True)
    other = Store(tmp_path / "other", auto_compact=False)
    assert other.notes.load(frame) == notes.frame().height
    assert_frame_equal(other.notes.frame(), notes.frame())
    assert other.notes.load(frame) == 0
    other.add(factory.make(range(12)))
    assert other.notes.hands("fish") == []
    assert other.notes.of(hand=factory.hand_id(1)).height == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda frame: frame.drop("entry"), r"lack the columns \['entry'\]"),
        (lambda frame: frame.with_columns(entry=pl.lit("joke")), "cannot take their types"),
        (lambda frame: frame.with_columns(text=pl.lit(None, pl.String)), "1 of 1 notes lack a value"),
        (lambda frame: frame.with_columns(text=pl.lit("t" * 61)), "61 signs"),
        (lambda frame: frame.with_columns(subject=pl.lit("")), "'' is not the name of a player"),
        (lambda frame: frame.with_columns(entry=pl.lit("alias"), about=pl.lit("hand")), "only players have aliases"),
        (
            lambda frame: frame.with_columns(entry=pl.lit("alias"), text=pl.lit("Other")),
            "is an alias of 'Main' already",
        ),
        (lambda frame: frame.with_columns(entry=pl.lit("alias"), text="subject"), "an alias of itself"),
    ],
)
def test_a_frame_that_holds_no_notes_is_refused_whole(
    store: Store, change: Callable[[pl.DataFrame], pl.DataFrame], message: str
) -> None:
    store.notes.tag("fish", player="Villain")
    frame = store.notes.frame()
    store.notes.alias("Villain", of="Main")
    before = said(store)
    with pytest.raises(StoreError, match=message):
        store.notes.load(change(frame))
    assert said(store) == before


def test_importing_compacting_and_vacuuming_leave_notes_alone(filled: Store, factory: ModuleType) -> None:
    filled.notes.add("mine", hand=factory.hand_id(1))
    filled.notes.tag("fish", player="hero")
    before, file = filled.notes.frame(), [file.path for file in filled.snapshot().view.of("notes")]
    filled.add(factory.make(range(12), rejects=2, tournaments=2))
    for number in range(12, 20):
        filled.add(factory.make([number], step=timedelta(hours=7)))
    filled.drop_rejects(filled.scan("rejects").collect())
    filled.compact()
    filled.vacuum(0)
    assert_frame_equal(filled.notes.frame(), before)
    assert [one.path for one in filled.snapshot().view.of("notes")] == file
    assert filled.check().problems == ()


def test_each_change_is_one_commit_and_one_small_file(filled: Store) -> None:
    version = filled.version
    for number in range(5):
        filled.notes.add(str(number), player="hero")
    assert filled.version == version + 5
    assert len(filled.snapshot().view.of("notes")) == 1
    assert filled.at(version + 2).scan("notes").collect()["text"].to_list() == ["0", "1"]
    filled.vacuum(0)
    assert len(list((filled.path / "kind=notes").rglob("*.parquet"))) == 1


def test_a_store_made_before_there_were_notes_takes_them(
    tmp_path: Path, factory: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        columns = {
            name: kind for name, kind in _log.union_schema().items() if name not in {"about", "entry", "noted_at"}
        }
        before.setattr(_log, "union_schema", lambda: columns)
        store = Store(tmp_path / "store", auto_compact=False)
    store.add(factory.make(range(3)))
    assert store.notes.frame().height == 0
    assert store.notes.add("first", hand=factory.hand_id(0)) == 1
    assert store.notes.add("second", hand=factory.hand_id(0)) == 1
    assert Store(store.path).notes.frame()["text"].to_list() == ["first", "second"]
    assert store.add(factory.make(range(6))).hands_added == 3


def test_a_commit_that_fails_changes_nothing_and_leaves_no_file(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    filled.notes.add("kept", player="hero")
    files = sorted(filled.path.rglob("*.parquet"))

    def full(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(_log.Log, "commit", full)
        with pytest.raises(StoreError, match=re.escape(f"{filled.path}: the notes were not changed: ") + ".*No space"):
            filled.notes.add("lost", player="hero")
    assert sorted(filled.path.rglob("*.parquet")) == files
    assert filled.notes.add("later", player="hero") == 1
    assert filled.notes.frame()["text"].to_list() == ["kept", "later"]


def test_a_commit_of_another_program_in_between_is_built_upon(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    other, commit = Store(filled.path, auto_compact=False), _log.Log.commit
    tries: list[int] = []

    def beaten(log: _log.Log, *arguments: object, **options: object) -> int | None:
        if not tries:
            tries.append(1)
            assert commit(other._log, [], [])  # a program that takes no lock
        return commit(log, *arguments, **options)

    other._log.view()
    monkeypatch.setattr(_log.Log, "commit", beaten)
    filled.notes.add("mine", player="hero")
    assert filled.notes.frame()["text"].to_list() == ["mine"]
    assert filled.check().problems == ()


def test_threads_of_one_store_lose_nothing(filled: Store) -> None:
    def write(n: int) -> None:
        for k in range(5):
            filled.notes.add(f"{n} {k}", player="hero")

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(filled.notes.frame()["text"]) == sorted(f"{n} {k}" for n in range(4) for k in range(5))


def test_processes_that_write_notes_while_hands_are_added_lose_nothing(
    tmp_path: Path, factory: ModuleType, start: Start
) -> None:
    path, each = tmp_path / "store", 8
    Store(path)
    writers = [start("note", path, first, first + each) for first in (0, each, 2 * each)]
    for writer in writers:
        assert writer.stdout
        assert writer.stdout.readline() == "ready\n"
    importer = start("add", path, 0, 200, 10)
    for writer in writers:
        assert writer.stdin
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for process in (*writers, importer):
        out, errors = process.communicate()
        assert process.returncode == 0, errors
        if process is not importer:
            assert out.splitlines() == ["1"] * each
    store = Store(path, auto_compact=False)
    told = store.notes.frame()
    numbers = range(3 * each)
    assert sorted(told.filter(entry="note")["text"]) == sorted(f"note {n}" for n in numbers)
    assert told.filter(entry="tag").height == 1
    assert store.notes.aliases() == {f"name {n}": "Villain" for n in numbers}
    assert len(store.snapshot().view.of("notes")) == 1
    assert store.counts()["hands"] == 200
    assert store.check().problems == ()


def test_aliases_are_read_once_a_state_and_never_without_notes(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    module = sys.modules["pokerlab.store._note_rows"]
    mains_of = module.mains_of
    monkeypatch.setattr(module, "mains_of", lambda rows: read.append(1) or mains_of(rows))
    assert aliases(filled.snapshot()) == {}
    assert read == []
    filled.notes.alias("B", of="A")
    read.clear()
    assert [aliases(filled.snapshot()) for _ in range(3)] == [{"B": "A"}] * 3
    assert read == [1]
