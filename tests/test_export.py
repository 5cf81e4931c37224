"""Hands as files for others: what is written reads back, and no old name is in it."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import pokerlab as pk
from pokerlab._pseudonyms import Pseudonyms
from pokerlab.errors import ExportError, HistoryError, SchemaError, SettingsError
from pokerlab.winamax import rewrite

KEYS = {"hands": ["hand_id"], "seats": ["hand_id", "seat"], "actions": ["hand_id", "seq"]}
KEYS |= {"tournaments": ["tournament_id", "hero"]}
HOSTILE = ("=HYPERLINK(1)", "folds", "Dealt to", "Seat 3: x", "A calls", "*** FLOP ***")


def write(folder: Path, hands: int = 400, seed: int = 12) -> Path:
    """Write hands of all kinds, with names that are words of the game, and a private tournament."""
    for number, game in enumerate(("mixed", *pk.sample.GAMES)):
        pk.sample.write(folder / game, hands // 4, seed=seed + number, game=game, truth=False)
    players = pk.read_winamax(folder).seats.filter(~pl.col("is_hero"))["player"].value_counts(sort=True)["player"]
    common = [name for name in players if re.fullmatch("[A-Za-z0-9]{6,}", name)]
    for path in folder.rglob("*.txt"):
        data = path.read_bytes()
        for old, new in zip(common, HOSTILE, strict=False):
            data = data.replace(old.encode(), new.encode())
        path.write_bytes(data)
    summary = next(iter(sorted(folder.rglob("*_summary.txt"))))
    summary.write_bytes(re.sub(rb"Type : \w+", b"Type : private", summary.read_bytes()))
    return folder


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> pk.HandFrames:
    frames = pk.read_winamax(write(tmp_path_factory.mktemp("history")))
    assert frames.rejects.height == 0
    assert set(HOSTILE) <= set(frames.seats["player"])
    assert frames.tournaments.filter(type="private").height == 1
    return frames


def texts(frames: pk.HandFrames) -> set[str]:
    """Give every text in the frames."""
    found = set(frames.hands["heroes"].explode().drop_nulls())
    for frame in frames.tables().values():
        for name in frame.columns:
            if frame[name].dtype == pl.String:
                found |= set(frame[name].drop_nulls())
    return found


def test_every_name_becomes_another_and_always_the_same(frames: pk.HandFrames) -> None:
    one, two = frames.pseudonymise("secret"), frames.pseudonymise(b"secret")
    for table, frame in one.tables().items():
        assert_frame_equal(frame, two.tables()[table])
        assert frame.schema == frames.tables()[table].schema
    old, new = set(frames.seats["player"]), set(one.seats["player"])
    assert len(old) == len(new)
    assert not old & texts(one)
    assert all(re.fullmatch(r"[A-Z][a-z]{7}[a-z0-9]{4}", name) for name in new)
    other = frames.pseudonymise("another secret")
    assert not new & set(other.seats["player"])


def test_the_frames_fit_together_as_before(frames: pk.HandFrames) -> None:
    other = frames.pseudonymise("secret")
    by_player = pl.col("net").sum()
    before = frames.seats.group_by("player").agg(by_player)["net"].sort()
    assert other.seats.group_by("player").agg(by_player)["net"].sort().equals(before)
    named = other.actions.join(other.seats, on=["hand_id", "seat"])
    assert (named["player"] == named["player_right"]).all()
    heroes = (
        other.hands.select("hand_id", player=pl.col("heroes").explode()) if False else other.seats.filter("is_hero")
    )
    assert set(other.hands["heroes"].explode().drop_nulls()) == set(heroes["player"])
    assert set(other.tournaments["hero"]) <= set(heroes["player"])


def test_the_hero_may_stay(frames: pk.HandFrames) -> None:
    other = frames.pseudonymise("secret", keep_hero=True)
    assert set(other.seats.filter("is_hero")["player"]) == set(frames.heroes())
    assert set(other.seats["player"]) & set(frames.seats["player"]) == set(frames.heroes())


def test_files_and_private_tournaments_are_not_told(frames: pk.HandFrames) -> None:
    other = frames.pseudonymise("secret")
    private = frames.tournaments.filter(type="private").row(0, named=True)
    assert not set(frames.hands["source"]) & texts(other)
    number = private["tournament_id"]
    hidden = other.hands.filter(tournament_id=number)
    assert hidden.height > 0
    assert private["name"] not in {*hidden["tournament_name"], *other.tournaments.filter(tournament_id=number)["name"]}
    assert not hidden["table"].str.starts_with(f"{private['name']}(").any()
    assert (
        other.hands.filter(tournament_id=number)["table"]
        .str.contains(rf"^(Private|Sit&Go|Expresso) \w+\({number}\)#\d+$")
        .all()
    )
    public = other.hands.filter(format="cash")
    assert public["table"].sort().equals(frames.hands.filter(format="cash")["table"].sort())


def test_rejects_keep_their_place_and_rule_only(tmp_path: Path) -> None:
    pk.sample.write(tmp_path, 30, seed=1, truth=False)
    path = max(tmp_path.rglob("*.txt"), key=lambda file: file.stat().st_size)
    path.write_bytes(path.read_bytes().replace(b" folds", b" folts", 1))
    reject = pk.read_winamax(tmp_path).pseudonymise("secret").rejects.row(0, named=True)
    assert (reject["rule"], reject["line"], reject["reason"], reject["text"]) == ("unknown_line", None, None, None)
    assert reject["line_number"] > 0
    assert str(tmp_path) not in reject["source"]


def test_an_empty_key_is_refused() -> None:
    with pytest.raises(SettingsError, match="keeps nothing secret"):
        pk.HandFrames.empty().pseudonymise(" ")
    assert len(pk.HandFrames.empty().pseudonymise("secret")) == 0


def test_original_text_comes_back(frames: pk.HandFrames) -> None:
    ids = frames.hands["hand_id"].sample(25, seed=1)
    again = pk.read_winamax(frames.text(ids).encode())
    assert again.hands["hand_id"].to_list() == ids.to_list()
    expected = frames.where(pl.col("hand_id").is_in(ids.implode()))
    assert_frame_equal(again.seats.sort(KEYS["seats"]), expected.seats.sort(KEYS["seats"]))
    assert len(pk.read_winamax(frames.text().encode())) == len(frames)


def test_text_that_is_not_there_is_told(frames: pk.HandFrames, tmp_path: Path) -> None:
    with pytest.raises(HistoryError, match="cannot be read"):
        frames.pseudonymise("secret").text()
    with pytest.raises(HistoryError, match="read from memory"):
        pk.read_winamax(frames.text().encode()).text()
    with pytest.raises(SchemaError, match="'7-7-7'"):
        frames.text(["7-7-7"])
    pk.sample.write(tmp_path, 20, seed=1, truth=False)
    own = pk.read_winamax(tmp_path)
    path = Path(own.hands["source"][0])
    path.write_bytes(b"\n" + path.read_bytes())
    with pytest.raises(HistoryError, match="the file was changed"):
        own.text()


def assert_reads_as(found: pk.HandFrames, expected: pk.HandFrames) -> None:
    assert found.rejects.height == 0
    for table, key in KEYS.items():
        one, two = (part.tables()[table].drop("source", "offset", strict=False).sort(key) for part in (found, expected))
        assert_frame_equal(one, two)


@pytest.mark.parametrize("keep_hero", [True, False])
def test_text_with_other_names_reads_as_frames_with_other_names(
    frames: pk.HandFrames, tmp_path: Path, keep_hero: bool
) -> None:
    paths = pk.export.text(frames, tmp_path / "out", key="secret", keep_hero=keep_hero)
    assert len(paths) == len({*frames.hands["source"], *frames.tournaments["source"]})
    assert_reads_as(pk.read_winamax(tmp_path / "out"), frames.pseudonymise("secret", keep_hero=keep_hero))


def test_text_as_it_is_reads_as_the_frames(frames: pk.HandFrames, tmp_path: Path) -> None:
    pk.export.text(frames, tmp_path / "out")
    assert_reads_as(pk.read_winamax(tmp_path / "out"), frames)


@pytest.mark.ci
def test_real_hands_with_other_names_read_as_frames_with_other_names(corpus: Path, tmp_path: Path) -> None:
    frames = pk.read_winamax(corpus)
    pk.export.text(frames, tmp_path / "out", key="secret")
    assert_reads_as(pk.read_winamax(tmp_path / "out"), frames.pseudonymise("secret"))


def test_a_name_that_the_grammar_hides_is_not_replaced_elsewhere() -> None:
    text = (
        "Winamax Poker - a\nTable: 'Bob' 2-max\nSeat 1: Bob (2€)\nSeat 2: Bob x (2€)\n*** PRE-FLOP ***\nBob x folds\n"
    )
    new = rewrite.hand(text, {1: "Bob", 2: "Bob x"}, {"Bob": "One", "Bob x": "Two"})
    assert new.splitlines()[1:] == [
        "Table: 'Bob' 2-max",
        "Seat 1: One (2€)",
        "Seat 2: Two (2€)",
        "*** PRE-FLOP ***",
        "Two folds",
    ]


def test_csv_has_no_formulas_and_all_rows(frames: pk.HandFrames, tmp_path: Path) -> None:
    paths = pk.export.csv(frames, tmp_path)
    assert [path.name for path in paths] == ["hands.csv", "seats.csv", "actions.csv", "tournaments.csv"]
    with (tmp_path / "seats.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == frames.seats.height
    assert "'=HYPERLINK(1)" in {row["player"] for row in rows}
    assert not any(row["player"].startswith(("=", "+", "-", "@")) for row in rows)
    assert [int(row["net"]) for row in rows] == frames.seats["net"].to_list()


def test_parquet_gives_the_frames_back(frames: pk.HandFrames, tmp_path: Path) -> None:
    for path in pk.export.parquet(frames, tmp_path):
        again = pk.schema.enforce(pl.read_parquet(path), path.stem)
        assert_frame_equal(again, frames.tables()[path.stem])


@pytest.mark.parametrize("write", [pk.export.csv, pk.export.parquet, pk.export.text])
def test_files_that_are_there_stay_unless_told_otherwise(frames: pk.HandFrames, tmp_path: Path, write: object) -> None:
    first = write(frames, tmp_path)  # type: ignore[operator]
    first[0].write_bytes(b"mine")
    with pytest.raises(ExportError, match="is there already"):
        write(frames, tmp_path)  # type: ignore[operator]
    assert first[0].read_bytes() == b"mine"
    assert write(frames, tmp_path, overwrite=True) == first  # type: ignore[operator]
    assert first[0].read_bytes() != b"mine"
    assert not list(tmp_path.glob("*.part"))


def test_a_place_that_cannot_be_written_is_named(frames: pk.HandFrames, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportError, match="file"):
        pk.export.csv(frames, tmp_path / "file")


def test_names_that_collide_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    names = Pseudonyms("secret")
    monkeypatch.setattr(names, "player", lambda name: "Same")
    with pytest.raises(SettingsError, match="same name"):
        names.players(pl.Series(["a", "b"]))
