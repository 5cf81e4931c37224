"""Reading folders and importing them: repeated, interrupted, in any order."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import pokerlab as pk
from pokerlab import _sources
from pokerlab.errors import HistoryError
from pokerlab.frames import merge_copies

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("history")
    pk.sample.write(folder, 900, seed=21, game="mixed")
    return folder


def test_an_import_stores_what_reading_gives(history: Path, tmp_path: Path) -> None:
    store = pk.Store(tmp_path / "store")
    report = pk.ingest(history, store)
    frames = pk.read_winamax(history)
    assert (report.hands_added, report.duplicates, report.rejects) == (len(frames), 0, 0)
    assert report.files == sum(path.is_file() for path in history.rglob("*"))
    stored = store.scan("seats").sort("hand_id", "seat").collect()
    assert_frame_equal(stored.select(frames.seats.columns), frames.seats.sort("hand_id", "seat"))


def test_a_second_import_adds_nothing(history: Path, tmp_path: Path) -> None:
    store = pk.Store(tmp_path / "store")
    first = pk.ingest(history, store)
    second = pk.ingest(history, store)
    assert (second.hands_added, second.duplicates, second.files_unchanged) == (0, 0, first.files)
    assert store.counts()["hands"] == first.hands_added


def test_pieces_give_the_same_frames_as_the_whole(history: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = pk.read_winamax(history)
    monkeypatch.setattr(_sources, "CHUNK_BYTES", 20_000)
    parts = pk.read_winamax(history)
    for table, frame in whole.tables().items():
        assert_frame_equal(frame, parts.tables()[table])


def test_a_hand_of_two_accounts_is_one_hand_with_both_hole_cards(history: Path) -> None:
    frames = pk.read_winamax(history)
    hand_id = frames.hands.filter(pl.col("heroes").list.len() == 1)["hand_id"][0]
    one = frames.where(pl.col("hand_id") == hand_id)
    other_seat = one.seats.filter(~pl.col("is_hero") & pl.col("dealt"))["seat"][0]
    is_other = pl.col("seat") == other_seat
    other = pk.HandFrames(
        hands=one.hands,
        seats=one.seats.with_columns(
            is_hero=is_other,
            hole=pl.when(is_other).then(pl.lit("2c3c")).when(pl.col("is_hero")).then(None).otherwise("hole"),
        ),
        actions=one.actions,
        tournaments=one.tournaments,
        rejects=one.rejects,
    )
    merged = merge_copies(pk.concat([one, other, one]))
    assert len(merged) == 1
    assert merged.actions.equals(one.actions)
    heroes = merged.seats.filter("is_hero")
    assert heroes.height == 2
    assert heroes["hole"].null_count() == 0
    assert merged.hands["heroes"].to_list() == [heroes["player"].to_list()]


def test_progress_is_told_in_bytes_until_all_are_done(history: Path) -> None:
    seen: list[tuple[int, int]] = []
    pk.read_winamax(history, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1][0] == seen[-1][1] == sum(path.stat().st_size for path in history.rglob("*") if path.is_file())


def test_a_file_that_cannot_be_read_is_a_reject(history: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    locked = tmp_path / "locked.txt"
    locked.write_text("Winamax Poker - ")
    original = type(locked).open

    def refuse(path: Path, *args: object, **options: object) -> object:
        if path == locked:
            raise PermissionError(13, "Permission denied")
        return original(path, *args, **options)

    monkeypatch.setattr(type(locked), "open", refuse)
    frames = pk.read_winamax([locked, history])
    assert frames.rejects.select("source", "rule", "reason").rows() == [
        (str(locked), "unreadable", "the file cannot be read: Permission denied")
    ]
    assert len(frames) == 900


def test_an_interrupted_import_leaves_a_store_that_goes_on(history: Path, tmp_path: Path) -> None:
    """Ctrl-C after the first batch: the store opens, has whole batches, and the next import completes it."""
    code = textwrap.dedent("""
        import signal, sys, pokerlab as pk
        from pokerlab import _ingest, _sources
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
        _sources.CHUNK_BYTES, _ingest.BATCH_HANDS = 20_000, 50
        def tell(done, total):
            print(done, flush=True)
            if done > total / 3:
                print("waiting", flush=True)
                import threading
                while True:  # a wait without a time limit may not hear the interrupt
                    threading.Event().wait(0.2)
        try:
            pk.ingest(sys.argv[1], pk.Store(sys.argv[2]), progress=tell)
        except KeyboardInterrupt:
            sys.exit(130)
    """)
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(history), str(tmp_path / "store")],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert child.stdout is not None
    for line in child.stdout:
        if line == "waiting\n":
            child.send_signal(signal.SIGINT)
            break
    assert child.wait(60) == 130
    child.stdout.close()
    store = pk.Store(tmp_path / "store")
    before = store.counts()["hands"]
    assert 0 < before < 900
    assert store.check().ok
    report = pk.ingest(history, store)
    assert report.hands_added == 900 - before
    assert 0 < report.files_unchanged < report.files


def test_a_history_that_does_not_begin_at_its_first_byte_is_found(history: Path, tmp_path: Path) -> None:
    source = max(history.rglob("*real_holdem_no-limit.txt"), key=lambda path: path.stat().st_size)
    data = source.read_bytes()
    (tmp_path / "blank_first.txt").write_bytes(b"\n" + data)
    (tmp_path / "utf16.txt").write_text(data.decode()[:3000], encoding="utf-16")
    (tmp_path / "shopping.txt").write_text("milk, eggs")
    frames = pk.read_winamax(tmp_path)
    assert len(frames) == len(pk.read_winamax(source))
    assert frames.rejects.select("source", "rule").rows() == [(str(tmp_path / "utf16.txt"), "encoding")]


@pytest.mark.parametrize("nothing", ["", "  ", [None]])
def test_naming_nothing_is_an_error_and_not_the_current_folder(nothing: object) -> None:
    with pytest.raises(HistoryError, match="name"):
        pk.read_winamax(nothing)  # type: ignore[arg-type]


def test_frames_can_be_sent_to_another_process(history: Path) -> None:
    frames = pk.read_winamax(history)
    assert frames.seats["position"].null_count()  # a code stands under each null
    for frame in frames.tables().values():
        assert_frame_equal(pickle.loads(pickle.dumps(frame)), frame)
