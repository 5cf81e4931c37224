"""The watcher: cutting is tested as the pure function it is, following with real files."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path
from queue import Empty, Queue
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pokerlab.errors import HistoryError, SettingsError
from pokerlab.watch import SIGNATURE, Appended, WatchSettings, cut, follow, history_folders, network_of, recent
from pokerlab.watch._folder import Folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

QUICK = WatchSettings(quiet_s=0.3, rescan_s=0.5)


def hand(number: int, eol: str = "\n", blanks: int = 2, player: str = "Zoé蘘") -> bytes:
    lines = [
        f"Winamax Poker - CashGame - HandId: #1-{number}-1783120288 - Holdem no limit (0.01€/0.02€) - 2026/07/03 UTC",
        "Table: 'Nice' 6-max (real money) Seat #1 is the button",
        f"Seat 1: {player} (2€)",
        "Seat 2: bob (2€)",
        "*** ANTE/BLINDS ***",
        f"{player} posts small blind 0.01€",
        "bob posts big blind 0.02€",
        "*** PRE-FLOP *** ",
        f"{player} folds",
        "bob collected 0.03€ from pot",
        "*** SUMMARY ***",
        "Total pot 0.03€ | No rake",
        "Seat 2: bob (big blind) won 0.03€",
    ]
    return (eol.join(lines) + eol * (1 + blanks)).encode()


SUMMARY = (
    "Winamax Poker - Tournament summary : Nitro(12)\nPlayer : Hero\nBuy-In : 1€ + 0€\nYou finished in 3rd place\n\n"
).encode()


def ids(pieces: list[bytes]) -> list[int]:
    return [int(part.split(b"-")[1]) for piece in pieces for part in piece.split(b"HandId: #")[1:]]


def feed(pieces: list[bytes]) -> tuple[list[bytes], bytes]:
    """Feed pieces as a reader would, and give what was cut off each time, and the rest."""
    rest, cuts = b"", []
    for piece in pieces:
        rest += piece
        size = cut(rest)
        if rest[:size].strip():
            cuts.append(rest[:size].strip())
        rest = rest[size:]
    return cuts, rest


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[bytes], list[int]]:
    hands = [
        hand(number, draw(st.sampled_from(["\n", "\r\n"])), draw(st.integers(1, 3)))
        for number in range(draw(st.integers(1, 5)))
    ]
    borders = draw(st.lists(st.integers(0, sum(map(len, hands)))))
    return hands, borders


@given(histories())
def test_a_history_in_random_pieces_gives_the_hands_of_the_whole(history: tuple[list[bytes], list[int]]) -> None:
    hands, borders = history
    whole = b"".join(hands)
    ends = [0, *sorted(borders), len(whole)]
    cuts, rest = feed([whole[start:end] for start, end in pairwise(ends)])
    assert rest.strip() == b""
    # Splitting at headers is the oracle: every piece is a run of whole hands, in order, none lost or doubled.
    found = [b"Winamax" + part for piece in cuts for part in piece.split(b"Winamax")[1:]]
    assert [part.strip() for part in found] == [one.strip() for one in hands]


def test_byte_by_byte_each_hand_comes_by_itself() -> None:
    whole = hand(1) + hand(2, "\r\n") + hand(3)
    cuts, rest = feed([whole[n : n + 1] for n in range(len(whole))])
    assert [ids([piece]) for piece in cuts] == [[1], [2], [3]]
    assert rest.strip() == b""


def test_a_real_history_byte_by_byte_gives_its_hands(corpus: Path) -> None:
    whole = (corpus / "cardroom_winamax_parser" / "20170107_Nice_real_holdem_no-limit.txt").read_bytes()[:60_000]
    cuts, _ = feed([whole[n : n + 7] for n in range(0, len(whole), 7)])
    begun = whole.split(b"Winamax Poker - ")[1:]
    assert [piece.count(b"Winamax Poker - ") for piece in cuts] == [1] * len(cuts)
    assert len(cuts) >= len(begun) - 1 >= 10
    assert all(b"*** SUMMARY ***" in piece for piece in cuts)


@pytest.mark.parametrize("eol", ["\n", "\r\n"])
def test_a_hand_without_its_blank_line_waits_for_the_quiet(eol: str) -> None:
    data = hand(1, eol, blanks=0)
    assert cut(data) == 0
    assert cut(data, final=True) == len(data)
    assert cut(data + eol.encode()) == len(data + eol.encode())


@pytest.mark.parametrize("marker", ["*** SUMMARY ***", "Total pot", "Seat 2: bob (big"])
def test_a_hand_cut_before_its_summary_is_whole_never_counts(marker: str) -> None:
    data = hand(1)
    unfinished = data[: data.index(marker.encode())]
    assert cut(unfinished, final=True) == 0
    assert cut(hand(0) + unfinished, final=True) == len(hand(0))


def test_a_hand_that_broke_off_goes_with_the_next_header() -> None:
    broken = hand(1)[:200] + b"\n"
    assert cut(broken + hand(2)) == len(broken + hand(2))
    assert cut(broken + hand(2)[:100]) == len(broken)


def test_a_tournament_summary_is_whole_only_after_the_quiet() -> None:
    assert cut(SUMMARY) == 0
    assert cut(SUMMARY, final=True) == len(SUMMARY)


def test_every_hand_of_real_files_comes_once(corpus: Path) -> None:
    folder = Folder(corpus, WatchSettings(), lambda *_: None)
    came = Counter[Path]()
    for now in (0.0, 10.0):
        for piece in folder.turn([corpus], now):
            came[piece.path] += piece.data.count(SIGNATURE)
    there = {path: path.read_bytes().removeprefix(b"\xef\xbb\xbf") for path in corpus.rglob("*") if path.is_file()}
    assert came == {path: data.count(SIGNATURE) for path, data in there.items() if data.startswith(SIGNATURE)}


class Reader:
    """Run `follow` in a thread and hand over what it gives."""

    def __init__(self, folder: Path, settings: WatchSettings = QUICK, **options: object) -> None:
        self.pieces: Queue[Appended] = Queue()
        self.reports: Queue[tuple[str, str]] = Queue()
        self.stop = threading.Event()
        self.iterator = follow(
            folder,
            settings,
            stop=self.stop,
            on_status=lambda state, detail: self.reports.put((state, detail)),
            **options,  # type: ignore[arg-type]
        )
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        for piece in self.iterator:
            self.pieces.put(piece)

    def numbers(self, count: int, timeout: float = 10) -> list[int]:
        """Wait for so many hands and give their numbers."""
        found: list[int] = []
        while len(found) < count:
            found += ids([self.pieces.get(timeout=timeout).data])
        return found

    def wait_for(self, state: str) -> str:
        while (report := self.reports.get(timeout=10))[0] != state:
            pass
        return report[1]

    def nothing_more(self, seconds: float = 0.2) -> bool:
        try:
            return not self.pieces.get(timeout=seconds)
        except Empty:
            return True

    def close(self) -> None:
        self.stop.set()
        self.thread.join(10)
        assert not self.thread.is_alive()


@pytest.fixture
def read(tmp_path: Path) -> Iterator[Callable[..., Reader]]:
    readers: list[Reader] = []

    def start(*args: object, **options: object) -> Reader:
        readers.append(Reader(tmp_path, *args, **options))  # type: ignore[arg-type]
        return readers[-1]

    yield start
    for reader in readers:
        reader.close()


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as handle:
        handle.write(data)


def test_an_appended_hand_comes_with_its_file_and_byte(tmp_path: Path, read: Callable[..., Reader]) -> None:
    path = tmp_path / "20260703_Nice_real_holdem_no-limit.txt"
    path.write_bytes(hand(1))
    reader = read()
    append(path, hand(2))
    piece = reader.pieces.get(timeout=10)
    assert (piece.path, piece.offset, piece.data) == (path, len(hand(1)), hand(2))


def test_what_is_written_between_the_call_and_the_first_next_is_new(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(hand(1))
    pieces = follow(tmp_path, QUICK)
    append(path, hand(2))
    assert ids([next(pieces).data]) == [2]


def test_from_the_beginning_the_history_comes_first(tmp_path: Path, read: Callable[..., Reader]) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(hand(1) + hand(2))
    reader = read(start="beginning")
    assert reader.numbers(2) == [1, 2]
    append(path, hand(3))
    assert reader.numbers(1) == [3]


def test_known_offsets_are_where_a_file_goes_on(tmp_path: Path, read: Callable[..., Reader]) -> None:
    known, unknown = tmp_path / "a.txt", tmp_path / "b.txt"
    known.write_bytes(hand(1) + hand(2))
    unknown.write_bytes(hand(3))
    reader = read(offsets={known: len(hand(1))})
    assert reader.numbers(1) == [2]
    assert reader.nothing_more()


def test_byte_by_byte_with_flushes_a_file_gives_each_hand_once(tmp_path: Path, read: Callable[..., Reader]) -> None:
    reader = read()
    whole = hand(1) + hand(2, "\r\n") + hand(3)
    with (tmp_path / "a.txt").open("wb", buffering=0) as handle:
        for n in range(len(whole)):
            handle.write(whole[n : n + 1])
    assert reader.numbers(3) == [1, 2, 3]
    assert reader.nothing_more(0.5)


def test_thousands_of_appends_to_many_files_lose_and_double_nothing(
    tmp_path: Path, read: Callable[..., Reader]
) -> None:
    reader = read()
    for number in range(2000):
        append(tmp_path / f"table {number % 20}.txt", hand(number))
    found = reader.numbers(2000)
    assert sorted(found) == list(range(2000))
    for table in range(20):
        mine = [number for number in found if number % 20 == table]
        assert mine == sorted(mine)


def test_two_hands_in_one_write_come_together(tmp_path: Path, read: Callable[..., Reader]) -> None:
    reader = read()
    append(tmp_path / "a.txt", hand(1) + hand(2) + hand(3)[:77])
    assert reader.numbers(2) == [1, 2]
    append(tmp_path / "a.txt", hand(3)[77:])
    assert reader.numbers(1) == [3]


def test_a_byte_order_mark_is_not_part_of_a_hand(tmp_path: Path, read: Callable[..., Reader]) -> None:
    reader = read()
    append(tmp_path / "a.txt", b"\xef\xbb\xbf" + hand(1))
    piece = reader.pieces.get(timeout=10)
    assert (piece.offset, piece.data) == (3, hand(1))


def test_a_hand_without_its_blank_line_comes_after_the_quiet(tmp_path: Path, read: Callable[..., Reader]) -> None:
    reader = read()
    append(tmp_path / "a.txt", hand(1, blanks=0))
    assert reader.numbers(1) == [1]
    append(tmp_path / "a.txt", b"\n\n" + hand(2))
    assert reader.numbers(1) == [2]
    assert reader.nothing_more()


def test_a_hand_flushed_too_early_comes_again_whole(tmp_path: Path, read: Callable[..., Reader]) -> None:
    reader = read()
    whole = hand(1)
    early = whole.index(b"Seat 2: bob (big") + 10
    append(tmp_path / "a.txt", whole[:early])
    assert reader.pieces.get(timeout=10).data == whole[:early]
    append(tmp_path / "a.txt", whole[early:])
    piece = reader.pieces.get(timeout=10)
    assert (piece.offset, piece.data) == (0, whole)


def test_a_hand_half_written_at_the_start_is_still_to_come(tmp_path: Path, read: Callable[..., Reader]) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(hand(1) + hand(2)[:200])
    reader = read()
    append(path, hand(2)[200:])
    assert reader.numbers(1) == [2]
    assert reader.nothing_more()


def test_a_truncated_file_is_read_from_its_beginning(tmp_path: Path, read: Callable[..., Reader]) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(hand(1) + hand(2))
    reader = read()
    os.truncate(path, 0)
    append(path, hand(3))
    assert reader.numbers(1) == [3]


@pytest.mark.parametrize("size", [1, 5])
def test_a_replaced_file_is_read_from_its_beginning(tmp_path: Path, read: Callable[..., Reader], size: int) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(hand(1) + hand(2))
    reader = read()
    other = tmp_path / "sync.tmp~"
    other.write_bytes(b"".join(hand(10 + number) for number in range(size)))
    other.replace(path)
    assert reader.numbers(size) == [10 + number for number in range(size)]
    assert reader.nothing_more()


@pytest.mark.parametrize("count", [1, 12])
def test_a_file_that_was_written_anew_with_one_more_hand_gives_that_hand_only(
    tmp_path: Path, read: Callable[..., Reader], count: int
) -> None:
    path, other = tmp_path / "a.txt", tmp_path.parent / f"{tmp_path.name}-copy"
    path.write_bytes(b"".join(hand(number) for number in range(count)))
    reader = read()
    for number in range(count, count + 3):
        other.write_bytes(path.read_bytes() + hand(number))
        begin = path.stat().st_size
        other.replace(path)
        piece = reader.pieces.get(timeout=10)
        assert (piece.offset, piece.data) == (begin, hand(number))
    assert reader.nothing_more()


@pytest.mark.parametrize("in_place", [True, False])
def test_a_file_written_anew_with_another_last_hand_is_read_from_its_beginning(
    tmp_path: Path, read: Callable[..., Reader], in_place: bool
) -> None:
    path, other = tmp_path / "a.txt", tmp_path.parent / f"{tmp_path.name}-copy"
    path.write_bytes(hand(1) + hand(2))
    reader = read()
    reader.wait_for("watching")
    target = path if in_place else other
    target.write_bytes(hand(1) + hand(7) + hand(8))
    target.replace(path)
    assert reader.numbers(3) == [1, 7, 8]


def test_a_file_rewritten_in_place_with_the_same_size_is_read_again(
    tmp_path: Path, read: Callable[..., Reader]
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(hand(1))
    reader = read()
    path.write_bytes(hand(2))
    assert reader.numbers(1) == [2]


def test_a_renamed_file_goes_on_where_it_was(tmp_path: Path, read: Callable[..., Reader]) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(hand(1))
    reader = read()
    append(path, hand(2))
    assert reader.numbers(1) == [2]
    moved = path.rename(tmp_path / "b.txt")
    append(moved, hand(3))
    # A look that had just begun may still bear the old name; the next one cannot.
    assert reader.numbers(1) == [3]
    append(moved, hand(4))
    piece = reader.pieces.get(timeout=10)
    assert (piece.path, ids([piece.data])) == (moved, [4])


def test_a_rotated_file_gives_nothing_twice(tmp_path: Path, read: Callable[..., Reader]) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(hand(1))
    reader = read()
    path.rename(tmp_path / "a.1.txt")
    path.write_bytes(hand(2))
    append(tmp_path / "a.1.txt", hand(3))
    assert sorted(reader.numbers(2)) == [2, 3]
    assert reader.nothing_more(0.6)


def test_new_subfolders_are_followed_and_survive_a_rename(tmp_path: Path, read: Callable[..., Reader]) -> None:
    reader = read()
    folder = tmp_path / "accounts" / "me"
    folder.mkdir(parents=True)
    append(folder / "a.txt", hand(1))
    assert reader.numbers(1) == [1]
    (tmp_path / "accounts").rename(tmp_path / "old")
    append(tmp_path / "old" / "me" / "a.txt", hand(2))
    assert reader.numbers(1) == [2]
    assert reader.nothing_more()


def test_without_recursion_folders_inside_are_left_alone(tmp_path: Path, read: Callable[..., Reader]) -> None:
    reader = read(WatchSettings(quiet_s=0.3, rescan_s=0.3, recursive=False))
    (tmp_path / "inner").mkdir()
    append(tmp_path / "inner" / "a.txt", hand(1))
    append(tmp_path / "b.txt", hand(2))
    assert reader.numbers(1) == [2]
    assert reader.nothing_more(0.5)


def test_files_of_other_programs_are_left_alone(tmp_path: Path, read: Callable[..., Reader]) -> None:
    reader = read(start="beginning")
    append(tmp_path / "stars.txt", b"PokerStars Hand #1, not Winamax Poker - \n*** SUMMARY ***\n\n")
    append(tmp_path / "image.png", os.urandom(5000))
    append(tmp_path / "empty.txt", b"")
    os.mkfifo(tmp_path / "pipe.txt")
    append(tmp_path / "good.txt", hand(1))
    assert reader.numbers(1) == [1]
    assert reader.nothing_more(0.5)


@pytest.mark.parametrize("before", [b"\n\r\n", b"\xef\xbb\xbf\n", "copied by Zoé\n".encode()])
def test_a_file_is_followed_though_its_title_does_not_stand_first(
    tmp_path: Path, read: Callable[..., Reader], before: bytes
) -> None:
    (tmp_path / "old.txt").write_bytes(before + hand(1))
    reader = read()
    append(tmp_path / "old.txt", hand(2))
    append(tmp_path / "new.txt", before + hand(3))
    assert sorted(reader.numbers(2)) == [2, 3]
    assert reader.nothing_more()
    assert ids([piece.data for piece in recent(tmp_path, 3)]) in ([1, 2, 3], [3, 1, 2])


def test_a_file_on_which_the_reading_itself_fails_stops_no_other(
    tmp_path: Path, read: Callable[..., Reader], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Folder._read

    def read_or_fail(self: Folder, path: Path, now: float, **options: int) -> object:
        if path.name == "a.txt":
            msg = "no such luck"
            raise ValueError(msg)
        return real(self, path, now, **options)

    monkeypatch.setattr(Folder, "_read", read_or_fail)
    for name in ("a.txt", "b.txt"):
        append(tmp_path / name, hand(1))
    reader = read(start="beginning")
    assert reader.numbers(1) == [1]
    assert "a.txt: no such luck" in reader.wait_for("unreadable")


def test_an_unreadable_file_stops_no_other_and_comes_once_it_can_be_read(
    tmp_path: Path, read: Callable[..., Reader], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    locked, real_open = threading.Event(), Path.open
    locked.set()

    def refuse(path: Path, *args: object, **options: object) -> object:
        if locked.is_set() and path.name == "locked.txt" and args == ("rb",):
            raise PermissionError(13, "sharing violation", str(path))
        return real_open(path, *args, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)
    reader = read()
    append(tmp_path / "locked.txt", hand(1))
    assert "locked.txt" in reader.wait_for("unreadable")
    append(tmp_path / "free.txt", hand(2))
    assert reader.numbers(1) == [2]
    locked.clear()
    assert reader.numbers(1) == [1]
    assert len([record for record in caplog.records if "cannot read" in record.message]) == 1


def test_a_tournament_summary_comes_whole_each_time_it_changes(tmp_path: Path, read: Callable[..., Reader]) -> None:
    path = tmp_path / "20260703_Nitro(12)_real_holdem_no-limit_summary.txt"
    reader = read()
    append(path, SUMMARY)
    first = reader.pieces.get(timeout=10)
    append(path, SUMMARY)
    second = reader.pieces.get(timeout=10)
    assert (first.offset, first.data) == (0, SUMMARY)
    assert (second.offset, second.data) == (0, SUMMARY + SUMMARY)
    assert reader.nothing_more()


def test_events_that_never_came_are_made_up_for_by_the_rescan(
    tmp_path: Path, read: Callable[..., Reader], monkeypatch: pytest.MonkeyPatch
) -> None:
    import watchfiles

    def deaf(*_: object, stop_event: threading.Event, **__: object) -> Iterator[set[object]]:
        while not stop_event.wait(0.02):
            yield set()

    monkeypatch.setattr(watchfiles, "watch", deaf)
    reader = read()
    reader.wait_for("watching")
    append(tmp_path / "a.txt", hand(1))
    assert reader.numbers(1) == [1]


def test_a_dead_watcher_is_replaced_and_says_so(
    tmp_path: Path,
    read: Callable[..., Reader],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    import watchfiles

    real, deaths = watchfiles.watch, iter(range(1))

    def dies(*args: object, **options: object) -> Iterator[object]:
        for batch in real(*args, **options):  # type: ignore[arg-type]
            yield batch
            if next(deaths, None) is not None:
                msg = "inotify went away"
                raise RuntimeError(msg)

    monkeypatch.setattr(watchfiles, "watch", dies)
    reader = read()
    assert "inotify went away" in reader.wait_for("restarting")
    append(tmp_path / "a.txt", hand(1))
    assert reader.numbers(1) == [1]
    assert reader.wait_for("watching") == str(tmp_path)
    assert "inotify went away" in caplog.text


def test_where_no_watcher_lives_hands_come_all_the_same(
    tmp_path: Path, read: Callable[..., Reader], monkeypatch: pytest.MonkeyPatch
) -> None:
    import watchfiles

    def fails(*_: object, **__: object) -> Iterator[object]:
        msg = "no watches left"
        raise OSError(msg)

    monkeypatch.setattr(watchfiles, "watch", fails)
    reader = read()
    for number in (1, 2):
        append(tmp_path / "a.txt", hand(number))
        assert "no watches left" in reader.wait_for("restarting")
        assert reader.numbers(1) == [number]


def test_a_folder_that_is_removed_and_comes_back_is_followed_again(tmp_path: Path) -> None:
    folder = tmp_path / "history"
    folder.mkdir()
    reader = Reader(folder)
    try:
        reader.wait_for("watching")
        folder.rename(tmp_path / "away")
        reader.wait_for("restarting")
        folder.mkdir()
        append(folder / "a.txt", hand(1))
        assert reader.numbers(1) == [1]
    finally:
        reader.close()


def test_by_polling_hands_come_too(tmp_path: Path, read: Callable[..., Reader]) -> None:
    reader = read(WatchSettings(polling=True, quiet_s=0.3, rescan_s=60))
    reader.wait_for("watching")
    append(tmp_path / "a.txt", hand(1))
    assert reader.numbers(1) == [1]


@pytest.mark.parametrize(
    ("network", "setting", "expected"),
    [(None, None, None), ("nfs4", None, True), ("nfs4", False, False), (None, True, True)],
)
def test_network_folders_are_polled_unless_the_user_decides(
    tmp_path: Path,
    read: Callable[..., Reader],
    monkeypatch: pytest.MonkeyPatch,
    network: str | None,
    setting: bool | None,
    expected: bool | None,
) -> None:
    import watchfiles

    asked: Queue[object] = Queue()

    def watch(*_: object, force_polling: object, stop_event: threading.Event, **__: object) -> Iterator[set[object]]:
        asked.put(force_polling)
        while not stop_event.wait(0.02):
            yield set()

    monkeypatch.setattr(watchfiles, "watch", watch)
    monkeypatch.setattr("pokerlab.watch._follow.network_of", lambda _: network)
    read(WatchSettings(polling=setting))
    assert asked.get(timeout=10) is expected


MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/hands /nas nfs4 rw 0 0
/dev/sdb1 /nas/local ext4 rw 0 0
C:\\134 /mnt/c 9p rw,aname=drvfs 0 0
//box/poker /media/my\\040box cifs rw 0 0
overlay /twice overlay rw 0 0
me@box: /twice fuse.sshfs rw 0 0
a line
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/home/me/history", None),
        ("/nas", "nfs4"),
        ("/nas/me/history", "nfs4"),
        ("/nasty", None),
        ("/nas/local/history", None),
        ("/mnt/c/Users/me", "9p"),
        ("/media/my box/history", "cifs"),
        ("/twice", "fuse.sshfs"),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="paths of Linux")
def test_a_network_folder_is_known_by_its_file_system(folder: str, kind: str | None) -> None:
    assert network_of(Path(folder), MOUNTS) == kind


def test_no_handle_stays_open_between_reads(tmp_path: Path) -> None:
    handles = Path("/proc/self/fd")
    if not handles.is_dir():
        pytest.skip("no /proc to see open files in")
    path = tmp_path / "a.txt"
    pieces = follow(tmp_path, QUICK, start="beginning")
    path.write_bytes(hand(1))
    next(pieces)
    opened = [str(entry.readlink()) for entry in handles.iterdir() if entry.exists()]
    assert str(path) not in opened


def test_stop_ends_the_iteration_promptly(read: Callable[..., Reader]) -> None:
    reader = read()
    reader.wait_for("watching")
    begin = time.monotonic()
    reader.close()
    assert time.monotonic() - begin < 2


def test_a_missing_folder_is_quoted(tmp_path: Path) -> None:
    missing = tmp_path / "no such <folder>"
    with pytest.raises(HistoryError, match="no such <folder>' is not a folder"):
        follow(missing)


def test_settings_that_make_no_sense_are_quoted(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="quiet_s=0 is no time to wait"):
        WatchSettings(quiet_s=0)
    with pytest.raises(SettingsError, match="start='middle' is not understood"):
        follow(tmp_path, start="middle")  # type: ignore[arg-type]


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_mix_of_appends_renames_and_truncations_gives_every_hand(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Drive the folder by hand, with a clock of our own: no thread, no waiting, every order of looks."""
    root = tmp_path_factory.mktemp("mix")
    folder = Folder(root, WatchSettings(), lambda *_: None)
    names, pending, written = ["a.txt", "b.txt", "sub/c.txt"], {}, []
    seen: list[int] = []
    (root / "sub").mkdir()
    now, number = 0.0, 0
    for _ in range(data.draw(st.integers(1, 25))):
        now += data.draw(st.sampled_from([0.01, 1.0, 3.0]))
        path = root / data.draw(st.sampled_from(names))
        step = data.draw(st.sampled_from(["write", "rename", "truncate", "look", "rescan"]))
        if step == "write":
            if not pending.get(path):
                number += 1
                written.append(number)
                pending[path] = hand(number, data.draw(st.sampled_from(["\n", "\r\n"])))
            size = data.draw(st.integers(1, len(pending[path])))
            append(path, pending[path][:size])
            pending[path] = pending[path][size:]
        elif step == "truncate" and path.exists() and not pending.get(path):
            seen += [n for piece in folder.turn([path], now) for n in ids([piece.data])]
            os.truncate(path, 0)
        elif step == "rename" and path.exists():
            target = path.with_name(f"moved {number} {path.name}")
            if not target.exists():
                path.rename(target)
                pending[target] = pending.pop(path, b"")
                names[names.index(str(path.relative_to(root)))] = str(target.relative_to(root))
        seen += [n for p in folder.turn([root if step == "rescan" else path], now) for n in ids([p.data])]
    for path, rest in pending.items():
        append(path, rest)
    for later in (10.0, 20.0):
        seen += [n for piece in folder.turn([root], now + later) for n in ids([piece.data])]
    assert set(seen) == set(written)


def test_recent_gives_the_last_hands_of_the_newest_files(tmp_path: Path) -> None:
    for number, name in enumerate(["old.txt", "new.txt"]):
        path = tmp_path / name
        path.write_bytes(b"\xef\xbb\xbf" + hand(10 * number) + hand(10 * number + 1) + hand(99)[:150])
        os.utime(path, (number, number))
    (tmp_path / "x_summary.txt").write_bytes(SUMMARY)
    assert [(piece.path.name, piece.offset, ids([piece.data])) for piece in recent(tmp_path, 2)] == [
        ("new.txt", 3, [10, 11])
    ]
    assert ids([piece.data for piece in recent(tmp_path, 100)]) == [10, 11, 0, 1]


@pytest.mark.parametrize(
    "place",
    [
        ".config/winamax/documents/accounts/me/history",
        "AppData/Roaming/winamax/documents/accounts/me/history",
        "Library/Application Support/winamax/documents/accounts/me/history",
        "Documents/Winamax Poker/accounts/me/history",
        ".wine/drive_c/users/me/AppData/Roaming/winamax/documents/accounts/me/history",
    ],
)
def test_the_history_folder_of_each_system_is_found(tmp_path: Path, place: str) -> None:
    (tmp_path / place).mkdir(parents=True)
    assert history_folders(tmp_path, {}) == [tmp_path / place]
    assert history_folders(tmp_path / "nobody", {"APPDATA": str(tmp_path / "AppData/Roaming")}) == (
        [tmp_path / place] if place.startswith("AppData") else []
    )


def test_folders_that_the_environment_names_are_taken(tmp_path: Path) -> None:
    names = ("one", "two")
    for name in names:
        (tmp_path / name).mkdir()
    named = os.pathsep.join(str(tmp_path / name) for name in names)
    assert history_folders(tmp_path, {"POKERLAB_HISTORY": named}) == [tmp_path / name for name in names]
    with pytest.raises(HistoryError, match=r"POKERLAB_HISTORY names '.*gone', which is no folder"):
        history_folders(tmp_path, {"POKERLAB_HISTORY": str(tmp_path / "gone")})
