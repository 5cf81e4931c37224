"""The hub's numbering under threads, and the lab from files to announcements."""

from __future__ import annotations

import gc
import sys
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from queue import Queue
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from pokerlab import _ingest, stats
from pokerlab._lab import Hub, Lab, Mailbox, open_lab
from pokerlab._lab._announcer import Announcer
from pokerlab._lab._feed import Feed
from pokerlab._lab._old import KnownHands
from pokerlab._lab._pieces import WAITING_BYTES, Waiting
from pokerlab._lab._process import SWITCH_S
from pokerlab.errors import HistoryError, SettingsError, StoreError
from pokerlab.store import Store
from pokerlab.watch import Appended, WatchSettings
from pokerlab.wire import Gap, NewHand, hands_of
from tests.widgets import feed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pokerlab._lab import LabStatus
    from pokerlab.frames import HandFrames
    from pokerlab.winamax import Piece

HAND = feed.hand(0)


def numbers(messages: list[NewHand | Gap]) -> list[int | tuple[int, int]]:
    return [m.seq if isinstance(m, NewHand) else (m.from_seq, m.to_seq) for m in messages]


def filled(count: int, window: int = 1000) -> Hub:
    hub = Hub(window)
    for _ in range(count):
        hub.publish(HAND)
    return hub


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        (None, [11]),
        (0, [(1, 6), 7, 8, 9, 10, 11]),
        (5, [(6, 6), 7, 8, 9, 10, 11]),
        (6, [7, 8, 9, 10, 11]),
        (8, [9, 10, 11]),
        (10, [11]),
        (-3, [(1, 6), 7, 8, 9, 10, 11]),
        (99, [(0, 6), 7, 8, 9, 10, 11]),
    ],
)
def test_a_listener_gets_what_it_lacks_and_a_gap_for_what_is_gone(since: int | None, expected: list[object]) -> None:
    hub, seen = filled(10, window=4), []
    hub.subscribe(seen.append, since=since, epoch=hub.epoch)
    hub.publish(HAND)
    assert numbers(seen) == expected


def test_a_reader_that_stalls_gets_a_gap_and_the_last_hands() -> None:
    hub = filled(3)
    with Mailbox(hub, size=4) as mailbox:
        assert numbers(mailbox.take(0)) == [1, 2, 3]
        assert mailbox.take(0) == []
        for _ in range(10):
            hub.publish(HAND)
        assert numbers(mailbox.take(0)) == [(4, 9), 10, 11, 12, 13]
        hub.publish(HAND)
        assert numbers(mailbox.take(0)) == [14]
    hub.publish(HAND)
    assert mailbox.take(0) == []


def test_a_reader_that_waits_is_woken_by_a_hand() -> None:
    hub = Hub()
    with Mailbox(hub) as mailbox, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(mailbox.take, 30)
        hub.publish(HAND)
        assert numbers(waiting.result(10)) == [1]


def test_a_listener_of_another_epoch_is_told_and_gets_all_that_is_kept() -> None:
    hub, seen = filled(3), []
    hub.subscribe(seen.append, since=2, epoch="another start")
    assert numbers(seen) == [(0, 0), 1, 2, 3]


def test_each_start_has_its_own_epoch() -> None:
    assert len({Hub().epoch for _ in range(100)}) == 100


def test_since_gives_pages_for_those_who_ask() -> None:
    hub = filled(10, window=4)
    assert [message.seq for message in hub.since(0)] == [7, 8, 9, 10]
    assert [message.seq for message in hub.since(7, limit=2)] == [8, 9]
    assert hub.since(10) == []


def test_a_listener_that_fails_stops_neither_the_others_nor_the_publisher(caplog: pytest.LogCaptureFixture) -> None:
    hub, seen = Hub(), []

    def fail(_: object) -> None:
        msg = "out of order"
        raise RuntimeError(msg)

    hub.subscribe(fail)
    hub.subscribe(seen.append)
    assert hub.publish(HAND).seq == 1
    assert numbers(seen) == [1]
    assert "out of order" in caplog.text


def test_a_listener_may_leave_and_send_others_away_from_inside() -> None:
    hub, seen = Hub(), []

    def leave(message: NewHand | Gap) -> None:
        seen.append(message)
        mine.close()
        other.close()

    mine = hub.subscribe(leave)
    other = hub.subscribe(seen.append)
    hub.publish(HAND)
    hub.publish(HAND)
    assert numbers(seen) == [1]


def test_a_listener_that_joins_from_inside_misses_and_doubles_nothing() -> None:
    hub, seen = Hub(), []
    opener = hub.subscribe(lambda _: (opener.close(), hub.subscribe(seen.append, since=0)))
    hub.publish(HAND)
    hub.publish(HAND)
    assert numbers(seen) == [1, 2]


def test_publishing_from_inside_a_listener_is_refused(caplog: pytest.LogCaptureFixture) -> None:
    hub, seen = Hub(), []
    hub.subscribe(lambda _: hub.publish(HAND))
    hub.subscribe(seen.append)
    hub.publish(HAND)
    assert numbers(seen) == [1]
    assert "published from inside a listener" in caplog.text
    assert hub.publish(HAND).seq == 2


def test_a_closed_subscription_is_called_no_more() -> None:
    hub, seen = Hub(), []
    with hub.subscribe(seen.append) as subscription:
        hub.publish(HAND)
    hub.publish(HAND)
    subscription.close()
    assert numbers(seen) == [1]


def test_a_window_that_holds_nothing_is_refused() -> None:
    with pytest.raises(SettingsError, match="window of 0 hands"):
        Hub(window=0)


def test_what_is_published_during_a_replay_comes_after_it() -> None:
    hub, seen = filled(3), []
    publisher = threading.Thread(target=hub.publish, args=(HAND,))

    def listen(message: NewHand | Gap) -> None:
        seen.append(message)
        if len(seen) == 1:
            publisher.start()
            # The publisher has to wait for the replay, so this runs into its time limit.
            publisher.join(0.2)

    hub.subscribe(listen, since=0)
    publisher.join(10)
    assert numbers(seen) == [1, 2, 3, 4]


def test_listeners_that_come_and_go_among_eight_publishers_see_each_number_once(eager_threads: None) -> None:
    hub, total = Hub(window=10_000), 8 * 200
    done = threading.Event()

    def publish(_: int) -> None:
        for _ in range(200):
            hub.publish(HAND)

    def visit(_: int) -> list[int]:
        """Leave and come back with the last number, as a page that is reloaded does."""
        seen: list[int] = []
        while not done.is_set() or len(seen) < total:
            with hub.subscribe(lambda message: seen.append(message.seq), since=len(seen), epoch=hub.epoch):
                done.wait(0.001)
        return seen

    with ThreadPoolExecutor(12) as pool:
        visits = [pool.submit(visit, number) for number in range(4)]
        list(pool.map(publish, range(8)))
        done.set()
        for each in visits:
            assert each.result(timeout=30) == list(range(1, total + 1))


@pytest.fixture(scope="module", autouse=True)
def compiled_parser() -> None:
    """Compile the parser before anything waits for a hand."""
    _ingest.parse(b"")


@pytest.fixture
def eager_threads() -> Iterator[None]:
    """Let threads interrupt each other a thousand times as often."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(5e-6)
    yield
    sys.setswitchinterval(before)


@pytest.fixture
def history(tmp_path: Path) -> Path:
    folder = tmp_path / "accounts" / "Hero" / "history"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def lab(tmp_path: Path, history: Path) -> Iterator[Lab]:
    settings = WatchSettings(quiet_s=0.3, rescan_s=0.5)
    lab = open_lab(tmp_path / "store", history, settings=settings, catch_up=False)
    yield lab
    lab.stop()
    lab.store.close()


def listen(lab: Lab) -> Queue[NewHand | Gap]:
    heard: Queue[NewHand | Gap] = Queue()
    lab.hub.subscribe(heard.put)
    return heard


def hear(heard: Queue[NewHand | Gap], count: int) -> list[str]:
    return [message.hand.hand_id for message in (heard.get(timeout=10) for _ in range(count)) if message.type != "gap"]


def wait_for(lab: Lab, *states: str) -> LabStatus:
    reached, now = threading.Event(), []

    def look(status: LabStatus) -> None:
        if status.state in states:
            now.append(status)
            reached.set()

    leave = lab.on_status(look)
    look(lab.status)
    assert reached.wait(10)
    leave()
    return now[0]


def test_a_hand_is_announced_after_it_can_be_read_from_the_store(lab: Lab, history: Path) -> None:
    found: Queue[int] = Queue()
    lab.hub.subscribe(
        lambda message: found.put(lab.hands.filter(pl.col("hand_id") == message.hand.hand_id).collect().height)
    )
    with lab:
        feed.append(history / "a.txt", 1)
        assert found.get(timeout=10) == 1


def test_what_was_there_before_the_start_is_not_announced(lab: Lab, history: Path) -> None:
    feed.append(history / "a.txt", 1, 2)
    heard = listen(lab)
    with lab:
        feed.append(history / "a.txt", 3)
        assert hear(heard, 1) == [feed.hand_id(3)]
    assert heard.empty()


def test_a_known_hand_is_announced_to_nobody(lab: Lab, history: Path) -> None:
    lab.store.add(feed.frames([1, 2]))
    heard = listen(lab)
    with lab:
        feed.append(history / "a.txt", 1, 3, 2)
        feed.append(history / "b.txt", 3, 4, 4)
        assert hear(heard, 2) == [feed.hand_id(3), feed.hand_id(4)]
        feed.append(history / "a.txt", 5)
        assert hear(heard, 1) == [feed.hand_id(5)]
    assert heard.empty()
    assert lab.hands.select(pl.len()).collect().item() == 5


def test_a_file_that_is_read_again_announces_only_its_new_hand(lab: Lab, history: Path) -> None:
    path, copy = history / "a.txt", history.parent / "copy"
    heard = listen(lab)
    with lab:
        feed.append(path, 1, 2)
        hear(heard, 2)
        copy.write_bytes(path.read_bytes() + feed.text(3))
        copy.replace(path)
        assert hear(heard, 1) == [feed.hand_id(3)]
    assert heard.empty()


@pytest.fixture
def eager(tmp_path: Path, history: Path) -> Iterator[Lab]:
    """Give a lab that catches up."""
    lab = open_lab(tmp_path / "store", history, settings=WatchSettings(quiet_s=0.3, rescan_s=0.5))
    yield lab
    lab.stop()
    lab.store.close()


def test_what_was_written_while_no_lab_ran_is_stored_and_not_announced(eager: Lab, history: Path) -> None:
    feed.append(history / "a.txt", 1, 2)
    heard, states = listen(eager), []
    eager.on_status(lambda status: states.append(status.state))
    with eager:
        wait_for(eager, "watching")
        assert eager.store.counts()["hands"] == 2
        feed.append(history / "a.txt", 3)
        assert hear(heard, 1) == [feed.hand_id(3)]
    feed.append(history / "a.txt", 4)
    feed.append(history / "b.txt", 5)
    with eager:
        wait_for(eager, "watching")
        assert eager.store.counts()["hands"] == 5
    assert heard.empty()
    assert list(dict.fromkeys(states)) == ["starting", "catching up", "watching", "stopped"]


def test_a_lab_that_does_not_catch_up_leaves_old_hands_alone(lab: Lab, history: Path) -> None:
    feed.append(history / "a.txt", 1, 2)
    with lab:
        wait_for(lab, "watching")
    assert lab.store.counts()["hands"] == 0


def test_a_hand_comes_while_the_lab_still_catches_up(
    eager: Lab, history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed.append(history / "a.txt", 1)
    heard, goes_on, real = listen(eager), threading.Event(), _ingest.load

    def load(*arguments: Any, **options: Any) -> object:
        assert goes_on.wait(10)
        return real(*arguments, **options)

    monkeypatch.setattr(_ingest, "load", load)
    with eager:
        feed.append(history / "a.txt", 2)
        feed.append(history / "b.txt", 3)
        assert sorted(hear(heard, 2)) == [feed.hand_id(2), feed.hand_id(3)]
        assert eager.status.state == "catching up"
        goes_on.set()
        wait_for(eager, "watching")
        # Old hands are known for old wherever they are read again.
        (history / "c.txt").write_bytes(feed.text(1) + feed.text(4))
        assert hear(heard, 1) == [feed.hand_id(4)]
    assert heard.empty()
    assert eager.store.counts()["hands"] == 4


def test_a_hand_in_the_middle_of_which_the_lab_starts_is_the_watchers(eager: Lab, history: Path) -> None:
    text = feed.text(2)
    (history / "a.txt").write_bytes(feed.text(1) + text[:300])
    (history / "b.txt").write_bytes(text[:300].replace(b"#1-2-", b"#1-3-"))
    heard = listen(eager)
    with eager:
        wait_for(eager, "watching")
        for name in ("a.txt", "b.txt"):
            with (history / name).open("ab") as handle:
                handle.write(text[300:])
        hear(heard, 2)
    assert eager.store.counts()["rejects"] == 0
    assert eager.store.counts()["hands"] == 3
    with eager:
        wait_for(eager, "watching")
    assert heard.empty()
    assert eager.store.counts()["rejects"] == 0


def test_an_import_that_fails_is_told_and_watching_goes_on(
    eager: Lab, history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        msg = "disk full"
        raise StoreError(msg)

    monkeypatch.setattr(_ingest, "load", fail)
    heard = listen(eager)
    with eager:
        assert "is not imported: StoreError: disk full" in str(wait_for(eager, "watching").error)
        feed.append(history / "a.txt", 1)
        assert hear(heard, 1) == [feed.hand_id(1)]


def test_a_lab_that_is_stopped_ends_its_import(eager: Lab, history: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    feed.append(history / "a.txt", 1)
    begun, real = threading.Event(), _ingest.load

    def load(*arguments: Any, progress: Callable[[int, int], object], **options: Any) -> object:
        begun.set()
        assert lab_feed._stop.wait(10)
        return real(*arguments, progress=progress, **options)

    monkeypatch.setattr(_ingest, "load", load)
    eager.start()
    lab_feed = eager._feed
    assert lab_feed is not None
    assert begun.wait(10)
    eager.stop()
    assert not [thread for thread in threading.enumerate() if thread.name == "pokerlab-importer"]
    assert eager.store.counts()["hands"] == 0
    assert eager.status.state == "stopped"


def test_hands_that_arrive_together_are_stored_in_one_commit(
    lab: Lab, history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard, real, sizes = listen(lab), lab.store.add, []
    gathered = threading.Event()

    def add(frames: HandFrames) -> object:
        assert gathered.wait(10)
        sizes.append(len(frames))
        return real(frames)

    monkeypatch.setattr(lab.store, "add", add)
    with lab:
        wait_for(lab, "watching")
        for number in range(20):
            feed.append(history / f"{number}.txt", number)
        assert lab._feed is not None
        waiting = lab._feed.waiting
        with waiting._changed:
            waiting._changed.wait_for(lambda: len(waiting._pieces) >= 15, timeout=10)
        gathered.set()
        assert sorted(hear(heard, 20)) == sorted(feed.hand_id(number) for number in range(20))
    assert len(sizes) <= 6
    assert sum(sizes) == 20


def test_two_accounts_at_one_table_are_one_hand_with_both(lab: Lab, history: Path) -> None:
    other = feed.text(1).replace(b"Dealt to Hero [As Kd]", b"Dealt to bob [2h 2c]")
    heard = listen(lab)
    pieces = [Appended(history / "a.txt", 0, feed.text(1)), Appended(history / "b.txt", 0, other)]
    Feed(lab.store, lab.folders, lab.hub, lab._status, lab._known, lab._settings)._take(pieces)
    assert hear(heard, 1) == [feed.hand_id(1)]
    assert heard.empty()
    assert lab.hands.select("heroes").collect().item().to_list() == ["Hero", "bob"]


def test_what_waits_is_bounded_and_ends_with_the_lab() -> None:
    waiting, piece = Waiting(), Appended(Path("a.txt"), 0, bytes(WAITING_BYTES))
    waiting.put(piece)
    blocked = threading.Thread(target=waiting.put, args=(piece,))
    blocked.start()
    assert waiting.take() == [piece]
    blocked.join(10)
    assert waiting.take() == [piece]
    waiting.close()
    assert waiting.take() == []


def test_a_hand_that_another_process_stored_first_is_still_announced(lab: Lab, history: Path) -> None:
    heard = listen(lab)
    with lab:
        wait_for(lab, "watching")
        Store(lab.store.path).add(feed.frames([1, 2]))
        feed.append(history / "a.txt", 1)
        feed.append(history / "b.txt", 2, 3)
        assert sorted(hear(heard, 3)) == [feed.hand_id(number) for number in (1, 2, 3)]
    assert heard.empty()


def test_a_damaged_hand_is_a_reject_and_the_rest_is_announced(lab: Lab, history: Path) -> None:
    heard = listen(lab)
    with lab:
        damaged = feed.text(2).replace(b"Hero folds", b"Hero sings")
        (history / "a.txt").write_bytes(feed.text(1) + damaged + feed.text(3))
        assert hear(heard, 2) == [feed.hand_id(1), feed.hand_id(3)]
        [reject] = lab.store.scan("rejects").collect().to_dicts()
        assert (reject["line"], reject["offset"]) == ("Hero sings", len(feed.text(1)))
    assert lab.status.rejects == 1


def test_a_hand_on_which_the_parser_itself_fails_costs_itself_only(
    lab: Lab, history: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = _ingest.derive

    def derive(pieces: list[Piece]) -> HandFrames:
        if any(b"BAD" in piece.data for piece in pieces):
            msg = "a bad hand"
            raise ValueError(msg)
        return real(pieces)

    monkeypatch.setattr(_ingest, "derive", derive)
    heard = listen(lab)
    with lab:
        bad = feed.text(2).replace(b"Dealt", b"BAD")
        (history / "a.txt").write_bytes(feed.text(1) + bad + feed.text(3))
        assert hear(heard, 2) == [feed.hand_id(1), feed.hand_id(3)]
        feed.append(history / "b.txt", 4)
        assert hear(heard, 1) == [feed.hand_id(4)]
        assert f"a.txt, byte {len(feed.text(1))}: ValueError: a bad hand" in str(lab.status.error)
    assert "a bad hand" in caplog.text


def test_the_history_is_imported_without_a_word_to_listeners(lab: Lab, history: Path) -> None:
    feed.append(history / "a.txt", 1, 2)
    heard = listen(lab)
    assert lab.ingest().hands_added == 2
    assert lab.ingest().files_unchanged == 1
    assert heard.empty()


def test_a_store_that_fails_for_a_moment_loses_no_hand(
    lab: Lab, history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, faults = lab.store.add, iter([StoreError("disk full"), StoreError("disk full")])

    def add(frames: object) -> object:
        if fault := next(faults, None):
            raise fault
        return real(frames)  # type: ignore[arg-type]

    monkeypatch.setattr(lab.store, "add", add)
    heard = listen(lab)
    with lab:
        feed.append(history / "a.txt", 1)
        assert hear(heard, 1) == [feed.hand_id(1)]


def test_a_store_that_fails_for_long_is_reported_and_its_hand_announced_in_the_end(
    lab: Lab, history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pokerlab._lab._patience._PATIENCE_S", 0.01)
    real, faults, errors = lab.store.add, iter(range(9)), []

    def add(frames: HandFrames) -> object:
        if next(faults, None) is not None:
            msg = "disk full"
            raise StoreError(msg)
        errors.append(lab.status.error)
        return real(frames)

    monkeypatch.setattr(lab.store, "add", add)
    heard = listen(lab)
    with lab:
        feed.append(history / "a.txt", 1)
        assert hear(heard, 1) == [feed.hand_id(1)]
    assert "not stored yet: disk full" in errors[0]
    assert lab.status.error is None


def test_stopping_does_not_wait_for_a_store_that_fails(
    lab: Lab, history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = threading.Event()

    def add(_: object) -> None:
        tried.set()
        msg = "disk full"
        raise StoreError(msg)

    monkeypatch.setattr(lab.store, "add", add)
    with lab:
        feed.append(history / "a.txt", 1)
        assert tried.wait(10)
    assert not [thread for thread in threading.enumerate() if thread.name == "pokerlab-watcher"]


def test_a_hand_is_announced_though_the_files_of_the_start_are_gone(lab: Lab, history: Path) -> None:
    lab.store.add(feed.frames([1]))
    heard = listen(lab)
    with lab:
        lab.store.add(feed.frames([2]))
        lab.store.compact()
        assert lab.store.vacuum(0)
        feed.append(history / "a.txt", 1, 2, 3)
        assert hear(heard, 2) == [feed.hand_id(2), feed.hand_id(3)]
    assert heard.empty()


def test_an_import_swallows_no_hand_that_the_watcher_has_yet_to_see(
    lab: Lab, history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed.append(history / "a.txt", 1, 2)
    heard, real = listen(lab), Feed._take
    imported = threading.Event()

    def take(*arguments: Any) -> None:
        assert imported.wait(10)
        real(*arguments)

    monkeypatch.setattr(Feed, "_take", take)
    with lab:
        feed.append(history / "a.txt", 3)
        assert lab.ingest().hands_added == 3
        imported.set()
        assert hear(heard, 1) == [feed.hand_id(3)]
        # What was history at the start stays so, wherever it is read again.
        (history / "b.txt").write_bytes((history / "a.txt").read_bytes() + feed.text(4))
        assert hear(heard, 1) == [feed.hand_id(4)]
    assert heard.empty()


def test_a_lab_that_starts_again_leaves_no_announcer_behind(tmp_path: Path, history: Path) -> None:
    lab = open_lab(tmp_path / "store", history, live_delay_s=60)
    for _ in range(3):
        lab.start()
        lab.stop()
        assert not [thread for thread in threading.enumerate() if thread.name == "pokerlab-announcer"]


def test_starts_and_stops_from_many_threads_leave_one_watcher_or_none(lab: Lab, eager_threads: None) -> None:
    def watchers() -> int:
        return sum(thread.name == "pokerlab-watcher" for thread in threading.enumerate())

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: lab.start(), range(8)))
    assert watchers() == 1
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: lab.start() if number % 2 else lab.stop(), range(40)))
    lab.stop()
    assert watchers() == 0
    assert lab.status.state == "stopped"


def test_the_last_hands_are_replayed_oldest_first_and_not_again(lab: Lab, history: Path) -> None:
    feed.append(history / "a.txt", 1, 2, 5)
    feed.append(history / "b.txt", 3, 4)
    heard = listen(lab)
    lab.start(replay=3)
    feed.append(history / "b.txt", 6, 4)
    assert hear(heard, 4) == [feed.hand_id(number) for number in (3, 4, 5, 6)]
    lab.stop()
    assert heard.empty()


def test_a_delay_holds_the_announcement_back_but_not_the_store(tmp_path: Path, history: Path) -> None:
    lab = open_lab(tmp_path / "store", history, live_delay_s=60)
    heard, stored = listen(lab), threading.Event()
    real = lab.store.add
    lab.store.add = lambda frames: (real(frames), stored.set())[0]  # type: ignore[method-assign]
    with lab:
        feed.append(history / "a.txt", 1)
        assert stored.wait(10)
    assert heard.empty()
    assert lab.hands.collect().height == 1


def test_a_delay_does_not_hold_back_what_was_played_long_ago(tmp_path: Path, history: Path) -> None:
    feed.append(history / "a.txt", 1)
    lab = open_lab(tmp_path / "store", history, live_delay_s=60)
    heard = listen(lab)
    lab.start(replay=1)
    lab.stop()
    assert hear(heard, 1) == [feed.hand_id(1)]


def test_a_short_delay_ends_in_an_announcement(tmp_path: Path, history: Path) -> None:
    lab = open_lab(tmp_path / "store", history, live_delay_s=0.05)
    heard = listen(lab)
    with lab:
        feed.append(history / "a.txt", 1, 2)
        assert hear(heard, 2) == [feed.hand_id(1), feed.hand_id(2)]


def test_of_hands_that_are_held_back_nothing_but_ids_is_kept(lab: Lab) -> None:
    stop = threading.Event()
    announcer = Announcer(lab.store, lab.hub, lab._status, KnownHands(), 3600, stop)
    hands = [feed.hand(number) for number in range(3)]
    kept = [weakref.ref(hand) for hand in hands]
    announcer.announce(hands)
    announcer.announce_old([hand.model_copy(update={"played_at": datetime.now(UTC)}) for hand in hands])
    del hands
    gc.collect()
    assert [each() for each in kept] == [None] * 3
    stop.set()
    announcer.release()
    assert lab.hub.seq == 0


def test_hands_that_were_held_back_are_read_from_the_store_in_their_order(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard, real, faults = listen(lab), lab.store.read, iter([StoreError("the disk is away")])
    told: list[str | None] = []
    lab.on_status(lambda status: told.append(status.error))

    def read(hand_ids: list[str]) -> HandFrames:
        if fault := next(faults, None):
            raise fault
        return real(hand_ids)

    monkeypatch.setattr(lab.store, "read", read)
    frames = feed.frames([1, 2, 3])
    lab.store.add(frames)
    announcer = Announcer(lab.store, lab.hub, lab._status, KnownHands(), 0.05, threading.Event())
    announcer.announce([feed.hand(number) for number in (3, 1, 3, 2)])
    announcer.announce([feed.hand(1)])
    announcer.close()
    announcer.release()
    assert hear(heard, 3) == [feed.hand_id(number) for number in (3, 1, 2)]
    assert heard.empty()
    assert lab.hub.since(0)[1].hand == hands_of(frames)[0]
    assert told == ["hands that were held back cannot be read yet: the disk is away", None, None, None, None]
    assert lab.status.hands == 3


def test_a_lab_says_how_it_is_and_can_start_again(lab: Lab, history: Path) -> None:
    assert lab.status.state == "stopped"
    heard = listen(lab)
    for number in (1, 2):
        lab.start()
        assert lab.start() is lab
        wait_for(lab, "watching")
        feed.append(history / "a.txt", number)
        hear(heard, 1)
        lab.stop()
        lab.stop()
        assert lab.status.state == "stopped"
        assert not [thread for thread in threading.enumerate() if thread.name == "pokerlab-watcher"]
    assert lab.hub.seq == 2


def test_a_listener_may_stop_the_lab(lab: Lab, history: Path) -> None:
    lab.hub.subscribe(lambda _: lab.stop())
    lab.start()
    feed.append(history / "a.txt", 1)
    assert wait_for(lab, "stopped").state == "stopped"


def test_the_hero_is_who_played_most_else_whose_folder_it_is(lab: Lab) -> None:
    assert lab.hero == "Hero"
    lab.store.add(feed.frames([1], heroes=["Other"]))
    assert lab.hero == "Other"
    lab.store.add(feed.frames([2, 3], heroes=["Hero", "Third"]))
    assert lab.hero == "Hero"


def test_the_lab_reads_its_store(lab: Lab) -> None:
    lab.store.add(feed.frames([1, 2]))
    assert [frame.collect().height for frame in (lab.hands, lab.seats, lab.actions, lab.tournaments)] == [2, 4, 6, 0]
    assert lab.sql("SELECT count(*) AS n FROM hands WHERE pot = $pot", pot=3)["n"].item() == 2


MINUTES = 60  # a hand's number counts seconds


def test_the_last_session_begins_after_the_last_long_break(lab: Lab) -> None:
    played = [0, 29 * MINUTES, 60 * MINUTES, 90 * MINUTES, 91 * MINUTES]
    lab.store.add(feed.frames(reversed(played)))
    session = lab.last_session.collect()
    assert session["hand_id"].to_list() == [feed.hand_id(number) for number in played[2:]]
    assert session["player"].unique().to_list() == ["Hero"]
    assert session["session"].unique().to_list() == [2]
    assert stats.report(session).item(0, "hands") == 3


def test_the_last_session_of_two_accounts_is_that_of_those_who_played_at_its_end(lab: Lab) -> None:
    mine, other = feed.frames([0, 40 * MINUTES, 60 * MINUTES]), feed.frames([10 * MINUTES, 50 * MINUTES])
    lab.store.add(mine)
    lab.store.add(replace(other, seats=other.seats.with_columns(pl.col("player").replace("Hero", "Second"))))
    session = lab.last_session.select("player", "hand_id").collect()
    times = [("Hero", 40 * MINUTES), ("Second", 50 * MINUTES), ("Hero", 60 * MINUTES)]
    assert session.rows() == [(player, feed.hand_id(number)) for player, number in times]
    lab.store.add(feed.frames([95 * MINUTES]))
    assert lab.last_session.select("player").collect().to_series().to_list() == ["Hero"]


def test_without_hands_the_last_session_is_empty_and_has_its_columns(lab: Lab) -> None:
    session = lab.last_session.collect()
    assert session.height == 0
    assert session.columns == [*lab.seats.collect_schema(), "played_at", "session", "session_start", "day"]
    assert stats.results(session).height == 0


def test_folders_that_are_not_there_are_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(HistoryError, match="nowhere' is not a folder"):
        open_lab(tmp_path / "store", tmp_path / "nowhere")
    monkeypatch.setattr("pokerlab.watch.history_folders", list)
    with pytest.raises(HistoryError, match="no history folder of Winamax was found"):
        open_lab(tmp_path / "store").start()


def test_a_delay_below_zero_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="live_delay_s=-1 is no time to wait"):
        open_lab(tmp_path / "store", tmp_path, live_delay_s=-1)


def test_an_empty_lab_has_the_columns_of_statistics(tmp_path: Path) -> None:
    lab = open_lab(tmp_path / "store", tmp_path)
    assert stats.report(lab.seats).height == 0


def test_a_lab_that_runs_lets_other_threads_in_sooner(tmp_path: Path) -> None:
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.005)
    with open_lab(tmp_path / "store", tmp_path):
        assert sys.getswitchinterval() == pytest.approx(SWITCH_S)
    sys.setswitchinterval(before)
