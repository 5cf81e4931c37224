"""LiveHands on a fake comm: what pages get, in which order, how often, and what stays without a page."""

from __future__ import annotations

import gc
import json
import re
import sys
import tempfile
import threading
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from queue import Queue
from typing import TYPE_CHECKING, Any

import comm
import pytest
from comm.base_comm import BaseComm
from traitlets import TraitError

import pokerlab as pk
from pokerlab import _ingest
from pokerlab._lab import open_lab
from pokerlab.errors import HistoryError
from pokerlab.watch import WatchSettings
from pokerlab.widgets import LiveHands, live
from pokerlab.widgets._outbox import BATCH_BYTES, MOST_WAITING, Outbox
from pokerlab.widgets._session import MOST_POINTS
from pokerlab.wire import Error
from tests.widgets import feed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pokerlab._lab import Lab

QUICK = WatchSettings(quiet_s=0.3, rescan_s=0.5)


class FakeComm(BaseComm):
    """The kernel's end of a page: keeps the traits it was told and hands custom messages to those who listen."""

    latest: FakeComm

    def publish_msg(self, msg_type: str, data: Any = None, **_: Any) -> None:
        if msg_type == "comm_open":
            FakeComm.latest = self
            self.state: dict[str, Any] = data["state"]
            self.sent: Queue[tuple[float, dict[str, Any]]] = Queue()
            self.listeners: list[Callable[[dict[str, Any]], None]] = []
        elif data and data.get("method") == "update":
            self.state.update(data["state"])
        elif data and data.get("method") == "custom":
            content = json.loads(json.dumps(data["content"]))
            self.sent.put((time.monotonic(), content))
            for listener in self.listeners.copy():
                listener(content)

    def receive(self, content: object) -> None:
        self.handle_msg({"content": {"data": {"method": "custom", "content": content}}, "buffers": []})


class View:
    """A view as `live.js` is one, but strict: a number that does not follow is an error once it was answered."""

    def __init__(self, page: FakeComm, name: str) -> None:
        self.page, self.name = page, name
        snapshot = page.state["snapshot"]
        self.epoch, self.last = snapshot["epoch"], int(snapshot["seq"])
        self.first = self.last + 1 - len(snapshot["messages"])
        self.older: list[int] = []
        self.session: dict[str, Any] = snapshot["session"]
        self.seen = [int(message["seq"]) for message in snapshot["messages"]]
        self.gaps: list[tuple[int, int]] = []
        self.faults: list[str] = []
        self.answered = False
        page.listeners.append(self.take)
        page.receive(
            {"kind": "ready", "view": name, "epoch": self.epoch, "seq": str(self.last), "first": str(self.first)}
        )

    def take(self, batch: dict[str, Any]) -> None:
        if batch["view"] not in {None, self.name}:
            return
        self.answered |= batch["view"] == self.name
        for message in batch["messages"]:
            if message["type"] == "gap":
                self.gaps.append((int(message["from_seq"]), int(message["to_seq"])))
                self.last = int(message["to_seq"])
            elif message["type"] == "error":
                self.faults.append(message["message"])
            elif message["type"] == "session":
                self.session = message
            elif int(message["seq"]) == self.first - 1 and batch["view"] == self.name:
                self.first -= 1
                self.older.append(self.first)
            elif int(message["seq"]) == self.last + 1:
                self.last += 1
                self.seen.append(self.last)
            elif self.answered and int(message["seq"]) > self.last:
                self.faults.append(f"{message['seq']} came after {self.last}")

    def close(self) -> None:
        self.page.listeners.remove(self.take)


@pytest.fixture(scope="module", autouse=True)
def compiled_parser() -> None:
    """Compile the parser before anything waits for a hand."""
    _ingest.parse(b"")


@pytest.fixture(autouse=True)
def fake_comm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comm, "create_comm", FakeComm)


@pytest.fixture
def eager_threads() -> Iterator[None]:
    """Let threads interrupt each other a thousand times as often."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(5e-6)
    yield
    sys.setswitchinterval(before)


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    lab = open_lab(tmp_path / "store", tmp_path)
    yield lab
    lab.store.close()


@pytest.fixture
def widget(lab: Lab) -> Iterator[LiveHands]:
    widget = LiveHands(lab)
    yield widget
    widget.close()


def page_of(_: LiveHands) -> FakeComm:
    return FakeComm.latest


def batches(page: FakeComm, until: Callable[[dict[str, Any]], bool]) -> list[tuple[float, dict[str, Any]]]:
    found = [page.sent.get(timeout=10)]
    while not until(found[-1][1]):
        found.append(page.sent.get(timeout=10))
    return found


def ends_with(number: int) -> Callable[[dict[str, Any]], bool]:
    """Tell the batch that holds a hand's number last."""
    return lambda batch: [m["seq"] for m in batch["messages"] if m["type"] == "new_hand"][-1:] == [str(number)]


@pytest.mark.usefixtures("eager_threads")
def test_eight_publishers_and_views_that_come_and_go_lose_and_double_nothing(widget: LiveHands, lab: Lab) -> None:
    page, total = page_of(widget), 8 * 100
    views, visited = [View(page, "first")], []
    published = threading.Event()

    def publish(_: int) -> None:
        for _ in range(100):
            lab.hub.publish(feed.HAND)

    def visit(worker: int) -> None:
        while not published.is_set():
            view = View(page, f"visit-{worker}-{len(visited)}")
            visited.append(view)
            published.wait(0.02)
            view.close()

    with ThreadPoolExecutor(11) as pool:
        visits = [pool.submit(visit, worker) for worker in range(3)]
        list(pool.map(publish, range(8)))
        published.set()
        for each in visits:
            each.result(timeout=10)
    views.append(View(page, "last"))
    widget._outbox.close()
    for view in views:
        assert view.seen == list(range(1, total + 1))
    for view in views + visited:
        assert view.faults == []
        assert view.seen == list(range(1, view.last + 1))


def test_a_hand_that_comes_during_a_replay_reaches_the_view(
    widget: LiveHands, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, put = page_of(widget), widget._outbox.put
    page.state["snapshot"] = widget.get_state()["snapshot"]
    for _ in range(3):
        lab.hub.publish(feed.HAND)
    publisher = threading.Thread(target=lab.hub.publish, args=(feed.HAND,))

    def put_slowly(view: str | None, message: Any) -> None:
        put(view, message)
        if view is not None and publisher.ident is None:
            publisher.start()
            # The publisher has to wait for the replay, so this runs into its time limit.
            publisher.join(0.2)

    monkeypatch.setattr(widget._outbox, "put", put_slowly)
    view = View(page, "v1")
    publisher.join(10)
    widget._outbox.close()
    assert (view.seen, view.faults) == ([1, 2, 3, 4], [])


def test_a_view_is_answered_though_there_is_nothing_to_tell(widget: LiveHands) -> None:
    page = page_of(widget)
    page.receive({"kind": "ready", "view": "v1", "epoch": None, "seq": 0})
    session = {"type": "session", "seq": "0", "lines": []}
    assert page.sent.get(timeout=10)[1] == {"kind": "hands", "view": "v1", "messages": [session]}


def test_the_snapshot_of_a_late_page_holds_the_last_hands(lab: Lab) -> None:
    for number in range(80):
        lab.hub.publish(feed.hand(number))
    widget = LiveHands(lab)
    snapshot = page_of(widget).state["snapshot"]
    assert [int(message["seq"]) for message in snapshot["messages"]] == list(range(31, 81))
    assert snapshot["messages"][-1] == json.loads(lab.hub.since(79)[0].model_dump_json())
    assert (snapshot["seq"], snapshot["epoch"]) == ("80", lab.hub.epoch)
    widget.close()


def test_a_page_that_is_reloaded_gets_the_state_of_now(widget: LiveHands, lab: Lab) -> None:
    lab.hub.publish(feed.hand(1))
    state = widget.get_state()
    assert (state["seq"], state["snapshot"]["seq"]) == ("1", "1")


def test_a_view_of_another_epoch_gets_a_gap_and_then_all(widget: LiveHands, lab: Lab) -> None:
    lab.hub.publish(feed.hand(1))
    page = page_of(widget)
    page.receive({"kind": "ready", "view": "v1", "epoch": "before the restart", "seq": "9"})
    # The outbox's thread may take the gap before the hand behind it is queued: one batch or two.
    told = [(batch["view"], message) for _, batch in batches(page, ends_with(1)) for message in batch["messages"]]
    assert [(view, message["type"]) for view, message in told[:2]] == [("v1", "gap"), ("v1", "new_hand")]
    assert told[0][1]["from_seq"] == "0"


def test_a_view_that_opens_late_gets_the_rows_and_the_session_of_one_that_was_there(lab: Lab) -> None:
    widget = LiveHands(lab, max_rows=70)
    page = page_of(widget)
    early = View(page, "early")
    for number in range(80):
        lab.hub.publish(feed.hand(number))
    batches(page, ends_with(80))
    page.state["snapshot"] = widget.get_state()["snapshot"]
    late = View(page, "late")
    widget._outbox.close()
    assert (late.seen, late.older) == (list(range(31, 81)), list(range(30, 10, -1)))
    assert (early.faults, late.faults) == ([], [])
    [blinds, cents] = late.session["lines"]
    assert (blinds["measure"], blinds["hands"], blinds["points"][-1]) == ("bb", 80, [80, -40.0, -40.0])
    assert (cents["measure"], cents["points"][-1]) == ("eur_cent", [80, -80.0, -80.0])
    widget.close()


@pytest.mark.usefixtures("eager_threads")
def test_a_session_that_is_told_holds_just_the_hands_before_it(widget: LiveHands, lab: Lab) -> None:
    page = page_of(widget)
    View(page, "first")
    publisher = threading.Thread(target=lambda: [lab.hub.publish(feed.HAND) for _ in range(150)])
    publisher.start()
    for number in range(50):
        page.receive({"kind": "ready", "view": f"v{number}", "epoch": lab.hub.epoch, "seq": "0"})
    publisher.join()
    widget._outbox.close()
    told, last = 0, 0
    while not page.sent.empty():
        for message in page.sent.get()[1]["messages"]:
            if message["type"] == "new_hand":
                last = max(last, int(message["seq"]))
            elif message["type"] == "session":
                told += 1
                assert int(message["seq"]) == last
                assert [line["hands"] for line in message["lines"]] in ([], [last, last])
    assert told == 51


def test_nothing_is_sent_before_a_view_asks(widget: LiveHands, lab: Lab) -> None:
    for number in range(5):
        lab.hub.publish(feed.hand(number))
    widget._outbox.close()
    assert page_of(widget).sent.empty()
    assert widget.seq == 5


def test_a_burst_goes_out_in_few_batches_of_bounded_size(widget: LiveHands, lab: Lab) -> None:
    page = page_of(widget)
    View(page, "v1")
    begin = time.monotonic()
    for _ in range(600):
        lab.hub.publish(feed.HAND)
    sent = batches(page, ends_with(600))
    times = [at for at, _ in sent]
    assert len(sent) <= 10 * (times[-1] - begin) + 2
    assert all(later - earlier > 0.09 for earlier, later in pairwise(times))
    assert max(len(json.dumps(batch["messages"], separators=(",", ":"))) for _, batch in sent) < BATCH_BYTES * 1.1


def test_fifty_thousand_hands_leave_no_more_in_the_widget_than_fifteen_thousand(lab: Lab) -> None:
    widget = LiveHands(lab)
    View(page_of(widget), "v1").close()
    goes_on = threading.Event()
    widget._outbox._send = lambda _: goes_on.wait(60)  # a page that takes nothing, so that all that can wait waits

    def publish(count: int) -> int:
        for _ in range(count):
            lab.hub.publish(feed.HAND)
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        early, late = publish(15_000), publish(35_000)
    finally:
        tracemalloc.stop()
        goes_on.set()
    # Of each hand a reference to its id is kept, for `hands`; lists grow in steps of an eighth.
    assert late - early < 35_000 * 8 * 9 / 8 + 200_000
    assert len(widget._hand_ids) == 50_000
    assert all(len(line.points) <= MOST_POINTS for line in widget._session.state().lines)
    widget._outbox._waiting.clear()
    widget.close()


def test_a_page_that_cannot_keep_up_misses_the_oldest_and_asks_for_them(lab: Lab) -> None:
    sent: list[dict[str, Any]] = []
    blocked, goes_on = threading.Event(), threading.Event()

    def send(batch: dict[str, Any]) -> None:
        blocked.set()
        goes_on.wait(10)
        sent.append(batch)

    outbox = Outbox(send)
    outbox.put(None, Error(code="0", message=""))
    blocked.wait(10)
    for number in range(1, MOST_WAITING + 6):
        outbox.put(None, Error(code=str(number), message=""))
    goes_on.set()
    outbox.close()
    codes = [int(message["code"]) for batch in sent for message in batch["messages"]]
    assert codes == [0, *range(6, MOST_WAITING + 6)]


@pytest.mark.parametrize(
    "content",
    [
        None,
        "ready",
        {"kind": "ready"},
        {"kind": "ready", "view": "v1", "seq": "x"},
        {"kind": "ready", "view": "v1", "seq": -1},
        {"kind": "ready", "view": "<b>", "seq": "1"},
        {"kind": "ready", "view": "v1", "seq": "1", "epoch": 5},
        {"kind": "ready", "view": "v1", "seq": "1", "first": "x"},
        {"kind": "launch", "view": "v1", "seq": "1"},
        {"kind": "replay", "view": "<b>", "hand_id": "1-1-1"},
        {"kind": "replay", "view": "v1", "hand_id": 5},
    ],
)
def test_what_a_page_should_not_send_is_answered_with_an_error(widget: LiveHands, content: object) -> None:
    page = page_of(widget)
    page.receive(content)
    [message] = page.sent.get(timeout=10)[1]["messages"]
    assert (message["type"], message["code"]) == ("error", "bad_message")
    assert "is not understood" in message["message"]


def test_traits_go_both_ways_and_numbers_are_text_in_the_page(widget: LiveHands, lab: Lab) -> None:
    page = page_of(widget)
    widget.theme, widget.max_rows, widget.four_colour = "dark", 50, True
    assert (page.state["theme"], page.state["max_rows"], page.state["seq"]) == ("dark", 50, "0")
    assert (page.state["four_colour"], page.state["show_chart"], page.state["show_stats"]) == (True, True, False)
    widget.set_state({"paused": True, "selected_hand_id": "1-2-3"})
    assert (widget.paused, widget.selected_hand_id) == (True, "1-2-3")
    seen: Queue[int] = Queue()
    widget.observe(lambda change: seen.put(change["new"]), "seq")
    lab.hub.publish(feed.hand(1))
    assert seen.get(timeout=10) == 1


def test_a_hand_is_given_whole_to_the_view_that_asks_for_it(widget: LiveHands, lab: Lab) -> None:
    lab.store.add(feed.frames([1, 2]))
    lab.hub.publish(feed.hand(1))
    page = page_of(widget)
    page.receive({"kind": "replay", "view": "v1", "hand_id": feed.hand_id(1)})
    told = page.sent.get(timeout=10)[1]
    assert (told["kind"], told["view"], told["hand_id"], told["error"]) == ("replay", "v1", feed.hand_id(1), None)
    assert told["hand"]["hand"]["hand_id"] == feed.hand_id(1)
    assert [seat["player"] for seat in told["hand"]["seats"]] == ["Hero", "bob"]
    words = [step["action"] for step in told["hand"]["steps"]]
    assert [word for word in words if word in {"small_blind", "big_blind", "fold"}] == [
        "small_blind",
        "big_blind",
        "fold",
    ]


def test_a_hand_that_was_not_announced_is_not_given(widget: LiveHands, lab: Lab) -> None:
    lab.store.add(feed.frames([1, 2]))
    page = page_of(widget)
    page.receive({"kind": "replay", "view": "v1", "hand_id": feed.hand_id(2)})
    told = page.sent.get(timeout=10)[1]
    assert told["hand"] is None
    assert told["error"] == f"hand {feed.hand_id(2)!r} was not announced here"


def test_the_status_of_the_lab_is_that_of_the_widget(widget: LiveHands, lab: Lab) -> None:
    lab._status.set(state="restarting", error="inotify went away")
    assert (widget.status, widget.error) == ("restarting", "inotify went away")
    assert page_of(widget).state["error"] == "inotify went away"


def test_a_callback_gets_each_hand_and_its_fault_is_its_own(
    widget: LiveHands, lab: Lab, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[dict[str, Any]] = []

    def fail(_: object) -> None:
        msg = "no such column"
        raise KeyError(msg)

    widget.on_hand(fail)
    leave = widget.on_hand(told.append)
    lab.hub.publish(feed.hand(1))
    leave()
    leave()
    lab.hub.publish(feed.hand(2))
    assert [(hand["seq"], hand["hand_id"], hand["hero"]["net"]) for hand in told] == [(1, feed.hand_id(1), -1)]
    assert caplog.text.count("no such column") == 2
    assert widget.seq == 2


def test_a_page_that_cannot_be_reached_stops_no_other_message(caplog: pytest.LogCaptureFixture) -> None:
    sent: list[dict[str, Any]] = []

    def send(batch: dict[str, Any]) -> None:
        if not sent and "gone" not in caplog.text:
            msg = "the page is gone"
            raise OSError(msg)
        sent.append(batch)

    outbox = Outbox(send)
    outbox.put("a", Error(code="x", message="1"))
    outbox.put("b", Error(code="x", message="2"))
    outbox.close()
    outbox.put("b", Error(code="x", message="too late"))
    assert [(batch["view"], len(batch["messages"])) for batch in sent] == [("b", 1)]
    assert "the page is gone" in caplog.text


def test_the_static_table_is_escaped_and_newest_first(widget: LiveHands, lab: Lab) -> None:
    lab.hub.publish(feed.hand(1))
    lab.hub.publish(feed.hand(2))
    bundle = widget._repr_mimebundle_()
    assert bundle is not None
    html = bundle[0]["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in bundle[0]
    assert feed.HOSTILE not in html
    assert html.count("&lt;img src=x onerror=alert(1)&gt;") == 2
    assert html.index("20:00:02") < html.index("20:00:01")
    assert re.sub(r"<[^>]*>", "", html).count("A♠K♦") == 2
    assert 'title="−0.01 €"' in html
    assert "−0.5 bb" in html
    assert "2 hands" in html


def test_live_shows_what_is_appended_and_keeps_its_frames_after_the_end(tmp_path: Path) -> None:
    feed.append(tmp_path / "a.txt", 1, 2)
    widget = pk.live(tmp_path, replay=1, settings=QUICK)
    store = widget._lab.store.path
    arrived: Queue[dict[str, Any]] = Queue()
    widget.on_hand(arrived.put)
    feed.append(tmp_path / "a.txt", 3)
    hand = arrived.get(timeout=10)
    assert (hand["hand_id"], hand["seq"]) == (feed.hand_id(3), 2)
    assert widget.hands.hands["hand_id"].to_list() == [feed.hand_id(2), feed.hand_id(3)]
    assert widget.hands.seats.height == 4
    widget.close()
    widget.close()
    assert (widget.status, len(widget.hands), store.exists()) == ("stopped", 2, False)


def test_a_store_that_is_named_is_kept(tmp_path: Path) -> None:
    (tmp_path / "history").mkdir()
    widget = live(tmp_path / "history", store=tmp_path / "store", settings=QUICK)
    arrived: Queue[dict[str, Any]] = Queue()
    widget.on_hand(arrived.put)
    feed.append(tmp_path / "history" / "a.txt", 1)
    arrived.get(timeout=10)
    widget.close()
    assert pk.Store(tmp_path / "store").scan("hands").collect().height == 1


def test_a_lab_shows_itself_and_goes_on_when_the_widget_is_closed(tmp_path: Path) -> None:
    (tmp_path / "history").mkdir()
    lab = open_lab(tmp_path / "store", tmp_path / "history", settings=QUICK)
    widget = lab.live(max_rows=10)
    widget.close()
    heard: Queue[object] = Queue()
    lab.hub.subscribe(heard.put)
    feed.append(tmp_path / "history" / "a.txt", 1)
    assert heard.get(timeout=10)
    lab.stop()


def test_a_folder_that_is_missing_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(HistoryError, match="missing' is not a folder"):
        live(tmp_path / "missing")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("wrong", [{"theme": "blue"}, {"max_rows": 0}])
def test_traits_that_make_no_sense_are_refused(tmp_path: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(TraitError, match=next(iter(wrong))):
        live(tmp_path, **wrong)


def test_closing_goes_on_where_a_step_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    widget = live(tmp_path)
    lab, passing = widget._lab, widget._lab.store.path

    def fail() -> None:
        msg = "the store cannot be read"
        raise OSError(msg)

    widget._closing[widget._closing.index(widget._keep)] = fail
    with pytest.raises(OSError, match="cannot be read"):
        widget.close()
    assert lab.status.state == "stopped"
    assert not passing.exists()
    assert not lab.hub._subscriptions
    assert widget.comm is None


def test_a_message_that_cannot_be_written_does_not_end_the_outbox(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from pokerlab.widgets import _outbox

    real, sent = _outbox.dump, Queue()

    def dump(message: Error) -> str:
        if message.code == "bad":
            msg = "cannot be text"
            raise ValueError(msg)
        return real(message)

    monkeypatch.setattr(_outbox, "dump", dump)
    outbox = Outbox(sent.put)
    outbox.put("a", Error(code="bad", message=""))
    outbox.put("b", Error(code="good", message=""))
    assert [sent.get(timeout=5)["view"] for _ in range(2)] == ["a", "b"]
    outbox.close()
    assert "cannot be text" in caplog.text
