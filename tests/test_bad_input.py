"""Files that are not what they should be: each is told with its reason, none stops the others."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import pokerlab as pk
from pokerlab import _ingest, _sources
from pokerlab.winamax.rejects import REASONS

if TYPE_CHECKING:
    from pathlib import Path

GOOD_HANDS = 30


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with one good file, whose hands must always come."""
    pk.sample.write(tmp_path, GOOD_HANDS, seed=2, game="cash", truth=False)
    return tmp_path


def good(folder: Path) -> bytes:
    return next(path for path in folder.glob("*.txt") if "real_holdem" in path.name).read_bytes()


def another(data: bytes) -> bytes:
    """Give the same hands under other ids."""
    return data.replace(b"HandId: #", b"HandId: #9")


BINARIES = {
    "png": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
    "zeros": bytes(10_000),
    "random": os.urandom(100_000),
    "database": b"SQLite format 3\x00" + os.urandom(4096),
    "archive": b"PK\x03\x04" + os.urandom(4096),
}


@pytest.mark.parametrize("kind", BINARIES)
def test_a_binary_in_a_folder_is_passed_over_and_by_its_name_told(folder: Path, kind: str) -> None:
    path = folder / f"{kind}.txt"
    path.write_bytes(BINARIES[kind])
    frames = pk.read_winamax(folder)
    assert (len(frames), frames.rejects.height) == (GOOD_HANDS, 0)
    told = pk.read_winamax([path, folder])
    assert len(told) == GOOD_HANDS
    [reject] = told.rejects.rows(named=True)
    assert reject["source"] == str(path)
    assert reject["rule"] in {"not_winamax", "empty"}
    assert reject["reason"] == REASONS[reject["rule"]]
    assert len(reject["text"]) <= _sources.SHOWN_BYTES + 1024


def test_a_title_in_front_of_a_binary_costs_itself_only(folder: Path) -> None:
    data = good(folder)
    (folder / "half.txt").write_bytes(
        b"Winamax Poker - \x00\x01\xff" + os.urandom(50_000).replace(b"\n", b"") + b"\n" + another(data)
    )
    frames = pk.read_winamax(folder)
    assert len(frames) == 2 * GOOD_HANDS
    assert frames.rejects.height >= 1
    assert set(frames.rejects["source"]) == {str(folder / "half.txt")}


@pytest.mark.parametrize("content", [b"", b"\n", b"\r\n\r\n", b"\xef\xbb\xbf", b" " * 500])
def test_an_empty_file_is_told_where_it_is_named(folder: Path, content: bytes) -> None:
    path = folder / "nothing.txt"
    path.write_bytes(content)
    assert len(pk.read_winamax(folder)) == GOOD_HANDS
    reject = pk.read_winamax([path, folder]).rejects.row(0, named=True)
    assert (reject["source"], reject["rule"]) == (str(path), "empty" if content != b"\xef\xbb\xbf" else "not_winamax")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_told_and_not_half_read(folder: Path, encoding: str) -> None:
    path = folder / "wide.txt"
    path.write_text(good(folder).decode(), encoding=encoding)
    frames = pk.read_winamax(folder)
    assert len(frames) == GOOD_HANDS
    [reject] = frames.rejects.rows(named=True)
    assert (reject["source"], reject["rule"]) == (str(path), "encoding")
    assert "UTF-8" in reject["reason"]


def test_hands_of_another_encoding_in_one_file_cost_themselves_only(folder: Path) -> None:
    data = good(folder)
    wide = another(data).decode().encode("cp1252")
    assert wide != another(data)
    (folder / "mixed.txt").write_bytes(data.replace(b"HandId: #", b"HandId: #8") + wide)
    (folder / "windows.txt").write_bytes(data.replace(b"HandId: #", b"HandId: #7").decode().encode("cp1252"))
    frames = pk.read_winamax(folder)
    ids = frames.hands["hand_id"]
    assert ids.str.starts_with("8").sum() == ids.str.starts_with("7").sum() == GOOD_HANDS
    assert set(frames.rejects["rule"]) == {"encoding"}
    assert frames.rejects.height + ids.str.starts_with("9").sum() == GOOD_HANDS


NAMES = [
    "folds",
    "calls 2€",
    "Seat 1: x",
    "Dealt to",
    "*** FLOP ***",
    "raises to",
    "Total pot",
    "a  b",
    "-",
    ".",
    "12",
    "(button)",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_is_a_word_of_the_game_is_a_name(folder: Path, name: str) -> None:
    data = good(folder)
    frames = _ingest.parse(data)
    player = frames.seats.filter(~pl.col("is_hero"))["player"].value_counts(sort=True)["player"][0]
    renamed = _ingest.parse(data.replace(player.encode(), name.encode()))
    kept = renamed.hands["hand_id"]
    # A hand in which the name makes a line mean two things may be refused; it is never read as another hand.
    assert len(renamed) + renamed.rejects.height == len(frames)
    expected = frames.seats.filter(pl.col("hand_id").is_in(kept.implode()))
    named = expected.with_columns(pl.col("player").replace(player, name))
    assert_frame_equal(renamed.seats, named)
    if name not in {"(button)", "*** FLOP ***", "Dealt to", "Seat 1: x", "Total pot"}:
        assert len(renamed) == len(frames)


@pytest.mark.parametrize("surrogate", [b"\xed\xa4\x92", b"\xed\xbf\xbf", b"\xed\xa0\xbd\xed\xb8\x80"])
def test_a_name_with_surrogates_is_read_stored_and_shown(folder: Path, surrogate: bytes) -> None:
    data = good(folder)
    player = _ingest.parse(data).seats.filter(~pl.col("is_hero"))["player"].value_counts(sort=True)["player"][0]
    (folder / "surrogate.txt").write_bytes(another(data).replace(player.encode(), b"lu" + surrogate + b"x"))
    frames = pk.read_winamax(folder)
    assert (len(frames), frames.rejects.height) == (2 * GOOD_HANDS, 0)
    name = "lu" + "\ufffd" * (len(surrogate) // 3) + "x"
    assert name in set(frames.seats["player"])
    store = pk.Store(folder / "store")
    assert store.add(frames).hands_added == 2 * GOOD_HANDS
    assert store.sql("SELECT count(*) AS n FROM seats WHERE player = $name", name=name)["n"].item() > 0
    assert len(pk.read_winamax(frames.text().encode())) == 2 * GOOD_HANDS


def test_folders_that_hold_themselves_by_links_are_read_once(folder: Path) -> None:
    inner = folder / "inner"
    inner.mkdir()
    try:
        (inner / "loop").symlink_to(folder, target_is_directory=True)
        (folder / "self.txt").symlink_to(folder / "self.txt")
        (folder / "gone.txt").symlink_to(folder / "nowhere.txt")
    except OSError:
        pytest.skip("this system makes no links")
    frames = pk.read_winamax(folder)
    assert (len(frames), frames.rejects.height) == (GOOD_HANDS, 0)
    assert len(pk.read_winamax(inner / "loop")) == GOOD_HANDS


def test_a_file_and_a_folder_without_permission_are_told(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir()
    locked = folder / "locked.txt"
    locked.write_bytes(good(folder))
    try:
        locked.chmod(0)
        closed.chmod(0)
        if os.access(locked, os.R_OK):
            pytest.skip("this user may read everything")
        frames = pk.read_winamax(folder)
    finally:
        locked.chmod(0o600)
        closed.chmod(0o700)
    assert len(frames) == GOOD_HANDS
    assert set(frames.rejects["source"]) == {str(locked), str(closed)}
    assert frames.rejects["reason"].str.contains("Permission denied").all()


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take files over 50 kB for large ones."""
    monkeypatch.setattr(_sources, "CHUNK_BYTES", 10_000)
    monkeypatch.setattr(_sources, "LARGE_BYTES", 50_000)
    monkeypatch.setattr(_sources, "SHOWN_BYTES", 2_000)


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("eol", [b"\n", b"\r\n"])
def test_a_large_file_in_parts_is_the_file_as_a_whole(tmp_path: Path, eol: bytes) -> None:
    pk.sample.write(tmp_path / "made", 400, seed=2, game="cash", truth=False)
    hands = b"".join(path.read_bytes() for path in sorted((tmp_path / "made").rglob("*.txt")))
    data = hands.replace(b" folds", b" folts", 3) + b"rubbish\n\n" + another(hands).replace(b" calls", b" colls", 7)
    path = tmp_path / "large.txt"
    path.write_bytes(data.replace(b"\n", eol))
    parts = list(_sources.chunks(_sources.files_of(path)))
    assert len(parts) > 20
    whole = _ingest.parse(path.read_bytes(), source=str(path))
    read = pk.read_winamax(path)
    for table, frame in whole.tables().items():
        assert_frame_equal(read.tables()[table], frame)
    assert pk.ingest(path, pk.Store(tmp_path / "store")).files == 1


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("junk", [b"\x00" * 70_000, b"chat line\n" * 30_000, b"\xff\xfe" * 60_000])
def test_text_without_hands_is_passed_over_and_counted(tmp_path: Path, junk: bytes) -> None:
    pk.sample.write(tmp_path / "made", 60, seed=2, game="cash", truth=False)
    hands = b"".join(path.read_bytes() for path in sorted((tmp_path / "made").rglob("*.txt")))
    path = tmp_path / "large.txt"
    path.write_bytes(hands + junk + b"\n" + another(hands) + junk)
    frames = pk.read_winamax(path)
    assert len(frames) == 120
    passed = frames.rejects.filter(pl.col("reason").str.contains("bytes, which are not kept"))
    assert passed.height >= 1
    assert (passed["rule"] == "stray_text").all()
    whole = _ingest.parse(path.read_bytes(), source=str(path))
    assert_frame_equal(frames.hands, whole.hands)
    assert frames.rejects["text"].str.len_bytes().sum() < len(junk)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="memory is measured by rusage")
@pytest.mark.parametrize("kind", ["zeros", "hands", "a hand and zeros"])
def test_two_gigabytes_need_little_memory(kind: str, tmp_path: Path) -> None:
    pk.sample.write(tmp_path / "made", 2_000, seed=2, game="cash", truth=False)
    hands = b"".join(path.read_bytes() for path in sorted((tmp_path / "made").rglob("*.txt")))
    path = tmp_path / "large.txt"
    size = 2_100_000_000
    with path.open("wb") as file:
        if kind == "hands":
            for _ in range(size // len(hands) + 1):
                file.write(hands)
        else:
            file.write(hands if kind != "zeros" else b"")
            file.truncate(size)
    code = textwrap.dedent("""
        import resource, sys, pokerlab as pk
        store = pk.Store(sys.argv[2])
        pk.ingest(b"", store)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        report = pk.ingest(sys.argv[1], store)
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(report.hands_added, report.duplicates, report.rejects, (after - before) // 1024)
    """)
    done = subprocess.run(
        [sys.executable, "-c", code, str(path), str(tmp_path / "store")],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    added, duplicates, rejects, grown = map(int, done.stdout.split())
    assert added == (0 if kind == "zeros" else 2_000)
    assert (duplicates > 1_000_000) == (kind == "hands")
    assert rejects == (0 if kind == "hands" else 1) or kind == "a hand and zeros"
    assert grown < 1024
