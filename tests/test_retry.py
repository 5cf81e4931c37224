"""Rejects: counted, warned of where a file has many, and read again after an upgrade."""

from __future__ import annotations

import json
import logging
import os
import sys
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import pokerlab as pk
from pokerlab import _ingest, _sources, cli
from pokerlab.frames import concat


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """Write 40 hands, a few of which have a line that no grammar knows."""
    pk.sample.write(tmp_path / "history", 40, seed=5, game="cash", truth=False)
    path = next((tmp_path / "history").rglob("*.txt"))
    path.write_bytes(path.read_bytes().replace(b" folds", b" folts", 12))
    return path


def upgraded(store: pk.Store) -> None:
    """Make the store one of an older version, which refused hands that this one reads."""
    rejects = store.scan("rejects").collect()
    mended = rejects.with_columns(pl.col("text").str.replace_all("folts", "folds"))
    store.drop_rejects(rejects)
    store.add(_only_rejects(mended))


def _only_rejects(rejects: pl.DataFrame) -> pk.HandFrames:
    return concat([pk.HandFrames.empty(), pk.HandFrames(**{**_ingest.parse(b"").tables(), "rejects": rejects})])


def test_what_is_understood_now_becomes_hands_and_no_reject_stays(damaged: Path, tmp_path: Path) -> None:
    store = pk.Store(tmp_path / "store")
    first = pk.ingest(damaged, store)
    assert first.rejects > 1
    assert pk.retry_rejects(store).rejects == first.rejects
    upgraded(store)
    report = pk.retry_rejects(store)
    assert (report.hands_added, report.rejects, report.rejects_by_rule, report.files) == (first.rejects, 0, {}, 1)
    assert store.counts()["rejects"] == 0
    damaged.write_bytes(damaged.read_bytes().replace(b"folts", b"folds"))
    whole = pk.read_winamax(damaged)
    for table, key in (("hands", ["hand_id"]), ("seats", ["hand_id", "seat"]), ("actions", ["hand_id", "seq"])):
        stored = store.scan(table).sort(key).collect()
        assert_frame_equal(stored, whole.tables()[table].sort(key).select(stored.columns))
    assert store.check().ok
    assert pk.retry_rejects(store).hands_added == 0


def test_what_is_still_not_understood_stays_as_it_is(damaged: Path, tmp_path: Path) -> None:
    store = pk.Store(tmp_path / "store")
    pk.ingest(damaged, store)
    before = store.scan("rejects").sort("offset").collect()
    version = store.version
    report = pk.retry_rejects(store)
    assert (report.hands_added, report.rejects) == (0, before.height)
    assert store.scan("rejects").sort("offset").collect().equals(before)
    assert store.version == version


def test_a_hand_that_came_from_elsewhere_is_no_reject_any_longer(damaged: Path, tmp_path: Path) -> None:
    store = pk.Store(tmp_path / "store")
    pk.ingest(damaged, store)
    mended = tmp_path / "mended.txt"
    mended.write_bytes(damaged.read_bytes().replace(b"folts", b"folds"))
    pk.ingest(mended, store)
    assert store.counts()["rejects"] > 0
    report = pk.retry_rejects(store)
    assert (report.hands_added, report.rejects) == (0, 0)


def test_a_file_that_can_be_read_now_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pk.sample.write(tmp_path / "history", 30, seed=5, truth=False)
    path = next((tmp_path / "history").rglob("*.txt"))
    original = Path.open

    def refuse(self: Path, *args: object, **options: object) -> object:
        if self == path:
            raise PermissionError(13, "Permission denied")
        return original(self, *args, **options)  # type: ignore[call-overload]

    store = pk.Store(tmp_path / "store")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", refuse)
        assert pk.ingest(path, store).rejects_by_rule == {"unreadable": 1}
        assert pk.retry_rejects(store).rejects == 1
    report = pk.retry_rejects(store)
    assert report.hands_added > 0
    assert report.rejects == 0


def test_a_file_that_is_gone_stays_a_reject(tmp_path: Path) -> None:
    path = tmp_path / "utf16.txt"
    path.write_text("Winamax Poker - CashGame", encoding="utf-16")
    store = pk.Store(tmp_path / "store")
    pk.ingest(path, store)
    path.unlink()
    assert pk.retry_rejects(store).rejects_by_rule == {"encoding": 1}


def test_rejects_added_meanwhile_are_kept(damaged: Path, tmp_path: Path) -> None:
    store, other = pk.Store(tmp_path / "store"), pk.Store(tmp_path / "store")
    pk.ingest(damaged, store)
    old = store.scan("rejects").collect()
    other.add(_only_rejects(old.with_columns(source=pl.lit("another.txt"))))
    assert store.drop_rejects(old) == old.height
    assert store.scan("rejects").collect()["source"].unique().to_list() == ["another.txt"]
    assert store.drop_rejects(old) == 0
    # What was taken out may come again.
    assert other.add(_only_rejects(old)).rejects_added == old.height
    assert store.check().ok


def test_a_file_with_many_unknown_lines_is_warned_of(
    damaged: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "pokerlab"):
        report = pk.ingest(damaged, pk.Store(tmp_path / "store"))
    assert len(report.format_changes) == 1
    for part in ("the format may have changed", damaged.name, "folts"):
        assert part in report.format_changes[0]
        assert part in caplog.text
    caplog.clear()
    pk.read_winamax(damaged)
    assert "the format may have changed" in caplog.text


def test_one_unknown_line_in_thousands_is_no_change_of_format(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    pk.sample.write(tmp_path, 300, seed=5, game="fast_fold", truth=False)
    path = max(tmp_path.rglob("*.txt"), key=lambda file: file.stat().st_size)
    data = path.read_bytes().replace(b" folds", b" folts", 1)
    assert data.count(b"\n") > 1 / _sources.UNKNOWN_SHARE
    path.write_bytes(data)
    report = pk.ingest(path, pk.Store(tmp_path / "store"))
    assert (report.rejects, report.format_changes) == (1, ())
    assert "format" not in caplog.text


def test_only_some_of_many_changed_files_are_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(9):
        (tmp_path / f"{number}.txt").write_text(f"Winamax Poker - HoverGame - HandId: #1-{number}-1\n" * 2)
    report = pk.ingest(tmp_path, pk.Store(tmp_path / "store"))
    assert len(report.format_changes) == 9
    assert caplog.text.count("such as") == 5
    assert "in 4 files more" in caplog.text


def call(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr(sys, "argv", ["pokerlab", *map(os.fspath, words)])  # type: ignore[arg-type]
    try:
        cli.main()
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


def test_the_command_line_reads_rejects_again(
    damaged: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pk.Store(tmp_path / "store") as store:
        rejects = pk.ingest(damaged, store).rejects
        assert call(monkeypatch, "import", "--retry-rejects", "--store", tmp_path / "store") == 3
        assert f"{rejects}  unknown_line" in capsys.readouterr().out
        upgraded(store)
    assert call(monkeypatch, "import", "--retry-rejects", "--store", tmp_path / "store", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["hands_added"], told["rejects"]) == (rejects, 0)
    assert call(monkeypatch, "import", damaged, "--retry-rejects") == 2
