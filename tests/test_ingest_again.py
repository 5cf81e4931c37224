"""Imports that are repeated: what was read is not read again, whatever became of the file meanwhile."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import pokerlab as pk
from pokerlab import _ingest, _reading, _sources, winamax
from pokerlab.errors import StoreError
from pokerlab.store import FileRow, Reading, _log

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KEYS = {
    "hands": ["hand_id"],
    "seats": ["hand_id", "seat"],
    "actions": ["hand_id", "seq"],
    "tournaments": ["tournament_id", "hero"],
    "rejects": ["source", "offset"],
}
HANDS = 12


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give the text of some cash hands."""
    folder = tmp_path_factory.mktemp("made")
    pk.sample.write(folder, HANDS, seed=5, game="cash", truth=False)
    return next(folder.rglob("*.txt")).read_bytes()


@pytest.fixture
def path(tmp_path: Path, text: bytes) -> Path:
    """Give a file of these hands, alone in its folder."""
    place = tmp_path / "history" / "hands.txt"
    place.parent.mkdir()
    place.write_bytes(text)
    return place


@pytest.fixture
def store(tmp_path: Path) -> pk.Store:
    return pk.Store(tmp_path / "store")


@contextmanager
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Path]]:
    """Give a list of the files that are opened meanwhile."""
    names: list[Path] = []
    original = Path.open

    def note(self: Path, *args: Any, **options: Any) -> Any:
        names.append(self)
        return original(self, *args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", note)
        yield names


@contextmanager
def parsed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """Give a list of the texts that are parsed meanwhile."""
    texts: list[bytes] = []
    original = _ingest.derive

    def note(pieces: list[winamax.Piece], *args: Any) -> Any:
        texts.extend(piece.data for piece in pieces)
        return original(pieces, *args)

    with monkeypatch.context() as patch:
        patch.setattr(_ingest, "derive", note)
        yield texts


def others(data: bytes) -> bytes:
    """Give the same hands under other ids."""
    return data.replace(b"HandId: #", b"HandId: #9")


def row(store: pk.Store, source: Path) -> dict[str, Any]:
    """Give the newest row of a file in the ledger."""
    rows = store.scan("files").filter(pl.col("source") == str(source)).sort("read_at").collect()
    return rows.row(-1, named=True)


def touch(path: Path) -> None:
    seen = path.stat()
    os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns + 5_000_000_000))


def assert_as_read(store: pk.Store, *sources: Path) -> None:
    """Compare a store with what its files give when they are read at once; blank lines end a reject or not."""
    found, whole = store.snapshot().frames(), pk.read_winamax(sources)
    for kind, frame in whole.tables().items():
        stored = found.tables()[kind]
        if kind == "rejects":
            frame, stored = (each.with_columns(pl.col("text").str.strip_chars()) for each in (frame, stored))
        assert_frame_equal(stored.sort(KEYS[kind]), frame.sort(KEYS[kind]), check_column_order=False)
    assert store.check().problems == ()


def test_an_unchanged_folder_is_not_opened(path: Path, store: pk.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    pk.ingest(path.parent, store)
    version = store.version
    with opened(monkeypatch) as names:
        report = pk.ingest(path.parent, store)
    assert path not in names
    assert (report.files, report.files_unchanged, report.hands_added, report.duplicates) == (1, 1, 0, 0)
    assert store.version == version


def test_the_ledger_says_what_was_read(path: Path, store: pk.Store, text: bytes) -> None:
    path.write_bytes(text.replace(b" folds", b" folts", 1))
    pk.ingest(path.parent, store)
    entry, seen = row(store, path), path.stat()
    assert (entry["size"], entry["modified_ns"], entry["offset"]) == (seen.st_size, seen.st_mtime_ns, seen.st_size)
    assert (entry["state"], entry["n_hands"], entry["n_rejects"]) == ("complete", HANDS - 1, 1)
    assert entry["parser"] == winamax.PARSER_VERSION
    assert store.sql("SELECT count(*) AS n FROM files")["n"].item() == 1


@pytest.mark.parametrize("change", ["touched", "renamed", "copied", "written anew"])
def test_a_file_of_known_content_is_not_parsed(
    path: Path, store: pk.Store, text: bytes, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    pk.ingest(path.parent, store)
    now = path if change in {"touched", "written anew"} else path.with_name("other.txt")
    if change == "touched":
        touch(path)
    elif change == "renamed":
        path.rename(now)
    elif change == "copied":
        shutil.copy(path, now)
    else:
        path.unlink()
        path.with_name("new").write_bytes(text)
        path.with_name("new").rename(path)
        touch(path)
    with parsed(monkeypatch) as texts:
        report = pk.ingest(path.parent, store)
    assert texts == []
    assert report.files_unchanged == report.files == (2 if change == "copied" else 1)
    assert row(store, now)["modified_ns"] == now.stat().st_mtime_ns
    with opened(monkeypatch) as names:
        pk.ingest(path.parent, store)
    assert now not in names


def test_of_a_file_that_grew_the_new_hands_are_read(
    path: Path, store: pk.Store, text: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    pk.ingest(path.parent, store)
    path.write_bytes(text + others(text))
    with parsed(monkeypatch) as texts:
        report = pk.ingest(path.parent, store)
    assert texts == [others(text)]
    assert (report.hands_added, report.duplicates, report.files_unchanged) == (HANDS, 0, 0)
    assert row(store, path)["n_hands"] == 2 * HANDS
    assert_as_read(store, path)


def test_the_hand_that_a_growing_file_ends_in_is_a_reject_until_it_is_whole(
    path: Path, store: pk.Store, text: bytes
) -> None:
    begin = text.rindex(b"Winamax Poker - ")
    path.write_bytes(text[: begin + 400])
    first = pk.ingest(path.parent, store)
    assert (first.hands_added, first.rejects) == (HANDS - 1, 1)
    assert (row(store, path)["state"], row(store, path)["offset"]) == ("growing", begin)
    assert (row(store, path)["n_hands"], row(store, path)["n_rejects"]) == (HANDS - 1, 0)
    assert pk.ingest(path.parent, store).files_unchanged == 1
    path.write_bytes(text)
    second = pk.ingest(path.parent, store)
    assert (second.hands_added, second.duplicates, second.rejects) == (1, 0, 0)
    assert store.counts()["rejects"] == 0
    assert (row(store, path)["state"], row(store, path)["n_hands"]) == ("complete", HANDS)
    assert_as_read(store, path)


def forms(text: bytes) -> dict[str, bytes]:
    cut = text[: text.index(b"\n\n\n", 2_500) + 3]
    return {
        "hands": cut,
        "windows": cut.replace(b"\n", b"\r\n"),
        "byte order mark": b"\xef\xbb\xbf" + cut,
        "not ended": cut.rstrip(),
        "refused": cut.replace(b" folds", b" folts", 2),
        "stray text": cut + b"one\ntwo\n\n\nthree\n" + others(cut),
        "cp1252": cut.decode().encode("cp1252", "replace"),
        "both encodings": cut + others(cut).decode().encode("cp1252", "replace"),
    }


FORMS = ["hands", "windows", "byte order mark", "not ended", "refused", "stray text", "cp1252", "both encodings"]


@pytest.mark.parametrize(
    "step", [409, pytest.param(211, marks=pytest.mark.ci), pytest.param(17, marks=pytest.mark.slow)]
)
@pytest.mark.parametrize("form", FORMS)
def test_a_file_that_grows_byte_by_byte_gives_what_the_whole_gives(
    path: Path, store: pk.Store, text: bytes, form: str, step: int
) -> None:
    data = forms(text)[form]
    for size in [*range(0, len(data), step), len(data)]:
        path.write_bytes(data[:size])
        touch(path)
        pk.ingest(path.parent, store)
    assert_as_read(store, path)


@pytest.mark.parametrize("change", ["truncated", "replaced", "rewritten in the middle", "cut and appended to"])
def test_a_file_that_is_another_now_is_read_from_its_beginning(
    path: Path, store: pk.Store, text: bytes, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    pk.ingest(path.parent, store)
    half = text[: text.index(b"\n\n\n", len(text) // 2) + 3]
    now = {
        "truncated": half,
        "replaced": others(text),
        "rewritten in the middle": half + others(text),
        "cut and appended to": text[:1100] + others(text) + text,
    }[change]
    path.write_bytes(now)
    touch(path)
    with parsed(monkeypatch) as texts:
        pk.ingest(path.parent, store)
    assert texts == [now]
    both = pk.read_winamax([text, path])
    assert store.scan("hands").select("hand_id").collect()["hand_id"].sort().equals(both.hands["hand_id"].sort())
    assert store.check().problems == ()


def test_the_rejects_of_a_file_that_was_replaced_are_kept(path: Path, store: pk.Store, text: bytes) -> None:
    path.write_bytes(text.replace(b" folds", b" folts", 1))
    pk.ingest(path, store)
    kept = store.scan("rejects").collect()
    path.write_bytes(others(text))
    pk.ingest(path, store)
    assert store.scan("rejects").collect().equals(kept)


def test_a_summary_that_grew_is_read_whole(tmp_path: Path, store: pk.Store) -> None:
    pk.sample.write(tmp_path / "made", 40, seed=3, game="expresso", truth=False)
    summary = next((tmp_path / "made").rglob("*_summary.txt"))
    data = summary.read_bytes()
    path = tmp_path / "history" / summary.name
    path.parent.mkdir()
    path.write_bytes(data)
    pk.ingest(path.parent, store)
    assert row(store, path)["state"] == "complete"
    path.write_bytes(data + b"\n" + data)
    pk.ingest(path.parent, store)
    assert store.scan("tournaments").collect()["entries"].to_list() == [2]
    assert_as_read(store, path)


def test_files_with_rejects_of_an_older_parser_are_read_again_by_themselves(
    path: Path, store: pk.Store, text: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = path.with_name("good.txt")
    good.write_bytes(others(text))
    path.write_bytes(text.replace(b" folds", b" folts", 3))
    refused = pk.ingest(path.parent, store).rejects
    assert refused
    original = _ingest.derive

    def newer(pieces: list[winamax.Piece], *args: Any) -> Any:
        return original([piece._replace(data=piece.data.replace(b"folts", b"folds")) for piece in pieces], *args)

    monkeypatch.setattr(_ingest, "derive", newer)
    assert pk.ingest(path.parent, store).files_unchanged == 2
    later = winamax.PARSER_VERSION + 1
    for module in (_reading, winamax):
        monkeypatch.setattr(module, "PARSER_VERSION", later)
    report = pk.ingest(path.parent, store)
    assert (report.files_unchanged, report.hands_added, report.duplicates) == (1, refused, HANDS - refused)
    assert (store.counts()["rejects"], row(store, path)["n_rejects"]) == (0, 0)
    assert pk.ingest(path.parent, store).files_unchanged == 2


def test_replace_reads_every_file_again(path: Path, store: pk.Store) -> None:
    pk.ingest(path.parent, store)
    report = pk.ingest(path.parent, store, replace=True)
    assert (report.files_unchanged, report.hands_added, report.hands_replaced) == (0, 0, HANDS)
    assert_as_read(store, path)
    assert pk.ingest(path.parent, store).files_unchanged == 1


def changing(monkeypatch: pytest.MonkeyPatch, change: Callable[[], object]) -> None:
    """Let a file be changed after it was read and before it is closed, once."""
    original, todo = _reading.text_of, [change]

    def read(handle: Any) -> bytes:
        data = original(handle)
        if todo:
            todo.pop()()
        return data

    monkeypatch.setattr(_reading, "text_of", read)


@pytest.mark.parametrize("change", ["appended", "truncated", "written anew", "replaced", "removed"])
def test_a_file_that_changes_while_it_is_read_is_looked_at_again(
    path: Path, store: pk.Store, text: bytes, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    def do() -> None:
        if change == "appended":
            path.write_bytes(text + others(text))
        elif change == "truncated":
            path.write_bytes(text[: len(text) // 2])
        elif change == "written anew":
            path.write_bytes(others(text))
        elif change == "replaced":
            path.with_name("new").write_bytes(others(text))
            path.with_name("new").replace(path)
        else:
            path.unlink()

    changing(monkeypatch, do)
    assert pk.ingest(path.parent, store).hands_added == HANDS
    if change in {"appended", "truncated", "written anew"}:
        assert row(store, path)["state"] == "growing"
    report = pk.ingest(path.parent, store)
    assert report.files_unchanged == 0
    assert report.hands_added == (HANDS if change in {"appended", "written anew", "replaced"} else 0)
    assert store.check().problems == ()


def test_a_file_that_vanishes_before_it_is_read_is_passed_over(
    path: Path, store: pk.Store, text: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = path.with_name("gone.txt")
    gone.write_bytes(others(text))
    original = _ingest.histories

    def vanish(files: Any) -> Any:
        found = list(original(files))
        gone.unlink()
        return found

    monkeypatch.setattr(_ingest, "histories", vanish)
    report = pk.ingest(path.parent, store)
    assert (report.hands_added, report.rejects) == (HANDS, 0)
    assert store.scan("files").collect()["source"].to_list() == [str(path)]


def test_a_file_that_cannot_be_read_is_tried_each_time_and_its_reject_goes(
    path: Path, store: pk.Store, text: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = Path.open

    def refuse(self: Path, *args: Any, **options: Any) -> Any:
        if self == path:
            raise PermissionError(13, "Permission denied")
        return original(self, *args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", refuse)
        assert pk.ingest(path.parent, store).rejects_by_rule == {"unreadable": 1}
        version = store.version
        assert pk.ingest(path.parent, store).rejects_by_rule == {"unreadable": 1}
        assert store.version == version
    assert pk.ingest(path.parent, store).hands_added == HANDS
    assert store.counts()["rejects"] == 0


def test_a_folder_without_permission_is_a_reject_and_the_others_are_read(
    path: Path, store: pk.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed, original = path.parent / "closed", os.scandir
    closed.mkdir()

    def refuse(place: Any) -> Any:
        if Path(place) == closed:
            raise PermissionError(13, "Permission denied", str(closed))
        return original(place)

    monkeypatch.setattr(os, "scandir", refuse)
    for added in (HANDS, 0):
        report = pk.ingest(path.parent, store)
        assert (report.hands_added, report.rejects_by_rule) == (added, {"unreadable": 1})
    assert store.scan("rejects").collect()["source"].to_list() == [str(closed)]


def test_a_file_that_is_no_history_is_read_once(path: Path, store: pk.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_text("milk, eggs")
    assert pk.ingest(path, store).rejects_by_rule == {"not_winamax": 1}
    with opened(monkeypatch) as names:
        assert pk.ingest(path, store).files_unchanged == 1
    assert path not in names


def test_what_was_seen_live_is_counted_as_there_already(path: Path, store: pk.Store, text: bytes) -> None:
    store.add(_ingest.parse(text, source=str(path)))
    report = pk.ingest(path.parent, store)
    assert (report.hands_added, report.duplicates) == (0, HANDS)
    assert pk.ingest(path.parent, store).files_unchanged == 1


def test_no_file_is_in_the_ledger_before_its_hands_are_stored(
    path: Path, store: pk.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(_log.Log, "commit", fail)
        with pytest.raises(StoreError, match="No space left"):
            pk.ingest(path.parent, store)
    assert store.scan("files").collect().height == 0
    assert pk.ingest(path.parent, store).hands_added == HANDS


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take files over 6 kB for large ones, that are read in parts."""
    monkeypatch.setattr(_sources, "CHUNK_BYTES", 3_000)
    monkeypatch.setattr(_sources, "LARGE_BYTES", 6_000)
    monkeypatch.setattr(_sources, "SHOWN_BYTES", 1_000)
    monkeypatch.setattr(_ingest, "BATCH_HANDS", 3)


@pytest.mark.usefixtures("small_parts")
def test_a_large_file_is_known_again_and_read_on(
    path: Path, store: pk.Store, text: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged = text.replace(b" folds", b" folts", 2)
    assert len(damaged) > _sources.LARGE_BYTES
    begin = damaged.rindex(b"Winamax Poker - ")
    path.write_bytes(damaged[: begin + 300])
    pk.ingest(path.parent, store)
    entry = row(store, path)
    assert (entry["state"], entry["offset"]) == ("growing", begin)
    assert entry["n_hands"] + entry["n_rejects"] == HANDS - 1
    now = damaged + others(text)
    path.write_bytes(now)
    seen: list[tuple[int, int]] = []
    with parsed(monkeypatch) as texts:
        pk.ingest(path.parent, store, progress=lambda done, total: seen.append((done, total)))
    assert b"".join(texts) == now[begin:]
    assert seen[-1] == (len(now), len(now))
    assert (row(store, path)["state"], row(store, path)["offset"]) == ("complete", len(now))
    assert_as_read(store, path)
    other = path.rename(path.with_name("other.txt"))
    with parsed(monkeypatch) as texts:
        assert pk.ingest(path.parent, store).files_unchanged == 1
    assert texts == []
    assert row(store, other)["state"] == "complete"
    other.write_bytes(others(now))
    assert pk.ingest(path.parent, store).hands_added == HANDS
    report = pk.ingest(path.parent, store, replace=True)
    assert (report.hands_added, report.files_unchanged) == (0, 0)


@pytest.mark.usefixtures("small_parts")
def test_the_rejects_of_a_large_file_that_is_read_again_stay(path: Path, store: pk.Store, text: bytes) -> None:
    path.write_bytes(text.replace(b" folds", b" folts"))
    first = pk.ingest(path, store)
    assert first.rejects > 3
    assert pk.ingest(path, store, replace=True).rejects == first.rejects
    assert_as_read(store, path)


@pytest.mark.usefixtures("small_parts")
def test_a_large_file_that_changes_while_it_is_read_is_looked_at_again(
    path: Path, store: pk.Store, text: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    original, todo = _reading.cut_at_hands, [others(text)]

    def cut(*args: Any) -> Any:
        for part in original(*args):
            yield part
            if todo:
                with path.open("ab") as handle:
                    handle.write(todo.pop())

    monkeypatch.setattr(_reading, "cut_at_hands", cut)
    pk.ingest(path, store)
    assert (row(store, path)["state"], row(store, path)["sha256"]) == ("growing", None)
    assert pk.ingest(path, store).files_unchanged == 0
    assert pk.ingest(path, store).files_unchanged == 1
    assert_as_read(store, path)


IMPORT = """
import sys, pokerlab as pk
from pokerlab import _ingest, _sources
_ingest.BATCH_HANDS, _sources.CHUNK_BYTES = 30, 20_000
store = pk.Store(sys.argv[2])
_ingest.parse(b"Winamax Poker")
print("ready", flush=True)
sys.stdin.readline()
report = pk.ingest(sys.argv[1], store)
print(report.files, report.files_unchanged, report.hands_added, report.duplicates, report.rejects)
"""


def test_two_imports_of_one_folder_at_once_add_up(tmp_path: Path) -> None:
    folder, place = tmp_path / "history", tmp_path / "store"
    pk.sample.write(folder, 600, seed=7, game="mixed", truth=False)
    (folder / "half.txt").write_bytes(next(folder.rglob("*no-limit.txt")).read_bytes()[:700])
    pk.Store(place)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", IMPORT, str(folder), str(place)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
        )
        for _ in range(2)
    ]  # fmt: skip
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    told = []
    for process in processes:
        out, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
        told.append([int(word) for word in out.split()])
    assert sum(report[2] for report in told) == 600
    alone = pk.ingest(folder, pk.Store(tmp_path / "alone"))
    for files, unchanged, added, duplicates, rejects in told:
        assert (files, unchanged, rejects) == (alone.files, 0, alone.rejects)
        assert added + duplicates == alone.hands_added + alone.duplicates
    store = pk.Store(place)
    assert_as_read(store, folder)
    assert store.scan("files").collect()["source"].n_unique() == alone.files
    assert pk.ingest(folder, store).files_unchanged == alone.files


def test_compaction_keeps_the_newest_row_of_each_file(path: Path, store: pk.Store, text: bytes) -> None:
    for size in (4_000, 6_000, len(text)):
        path.write_bytes(text[:size])
        pk.ingest(path, store)
    assert store.scan("files").collect().height == 3
    newest = row(store, path)
    store.compact()
    assert store.scan("files").collect().rows(named=True) == [newest]
    assert pk.ingest(path, store).files_unchanged == 1


def test_a_frame_of_a_ledger_is_of_its_schema(path: Path, store: pk.Store) -> None:
    pk.ingest(path, store)
    assert store.scan("files").collect().schema == pk.schema.FILES


def test_only_what_reading_gives_is_trusted_of_an_old_row(path: Path, store: pk.Store, text: bytes) -> None:
    """A row that came late, of a state that the file had before, costs reading and nothing else."""
    path.write_bytes(text[:4_000])
    pk.ingest(path, store)
    old = store.scan("files").collect()
    path.write_bytes(text)
    pk.ingest(path, store)
    newest = row(store, path)["read_at"]
    late = [FileRow(*values)._replace(read_at=newest + timedelta(hours=1)) for values in old.iter_rows()]
    store.add(pk.HandFrames.empty(), read=Reading(late))
    report = pk.ingest(path, store)
    assert (report.files_unchanged, report.hands_added) == (0, 0)
    assert_as_read(store, path)
