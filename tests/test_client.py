from __future__ import annotations

import http.server
import itertools
import threading
from contextlib import closing
from datetime import UTC, datetime

import pytest
from websockets.sync.server import serve

from pokerlab._lab import Hub, Lab
from pokerlab.client import follow
from pokerlab.errors import FeedError
from pokerlab.server import BackgroundServer, ServerSettings, create_app
from pokerlab.wire import ConnectionAck, Gap, Hand, NewHand, dump

TOKEN = "a-token.of_30~signs-0123456789"
QUICK = {"retry_s": 0.01, "max_retry_s": 0.05}


def hand(number):
    return Hand(
        hand_id=f"{number}-1-1700000000",
        played_at=datetime.now(UTC),
        format="cash",
        pool=None,
        game="holdem",
        limit="no_limit",
        unit="eur_cent",
        table="Nice 01",
        max_seats=6,
        n_players=2,
        button_seat=1,
        small_blind=1,
        big_blind=2,
        ante=0,
        board=None,
        pot=3,
        rake=0,
        tournament_id=None,
        tournament_name=None,
        hero=None,
        seats=(),
    )


def server_of(hub, port=0, **settings):
    lab = Lab(None)
    lab.hub = hub
    app = create_app(ServerSettings.load(warm_up=False, **settings), lab=lab)
    return BackgroundServer(app, port=port)


def port_of(server):
    return int(server.url.rpartition(":")[2])


def publish(hub, count):
    for _ in range(count):
        hub.publish(hand(hub.seq + 1))


def take(feed, count):
    return list(itertools.islice(feed, count))


def test_hands_come_in_order_from_where_the_reader_stands():
    hub = Hub()
    publish(hub, 3)
    with server_of(hub) as server, closing(follow(server.url, since=1)) as feed:
        assert [message.seq for message in take(feed, 2)] == [2, 3]
        publish(hub, 1)
        assert next(feed) == hub.since(3)[0]


@pytest.mark.parametrize("form", ["{url}", "{url}/", "{url}/ws", "{ws_url}", "{ws_url}/ws/"])
def test_every_spelling_of_the_address_leads_to_the_feed(form):
    hub = Hub()
    publish(hub, 1)
    with server_of(hub) as server:
        address = form.format(url=server.url, ws_url=server.ws_url)
        with closing(follow(address, since=0)) as feed:
            assert next(feed).seq == 1


def test_after_a_lost_connection_nothing_is_missing_or_double():
    hub = Hub()
    publish(hub, 2)
    with server_of(hub) as server:
        feed = follow(server.url, since=0, **QUICK)
        assert [message.seq for message in take(feed, 2)] == [1, 2]
        port = port_of(server)
    publish(hub, 3)
    with server_of(hub, port), closing(feed):
        assert [message.seq for message in take(feed, 3)] == [3, 4, 5]


def test_a_reader_from_now_on_resumes_there_too():
    hub = Hub()
    publish(hub, 7)
    seen = []
    with server_of(hub) as server:
        feed = follow(server.url, **QUICK)
        reader = threading.Thread(target=lambda: seen.extend(take(feed, 3)))
        reader.start()
        pause = threading.Event()
        while not server._app.state.feed.stats()["connected"]:
            pause.wait(0.01)
        publish(hub, 1)
        port = port_of(server)
    publish(hub, 2)
    with server_of(hub, port):
        reader.join(10)
    feed.close()
    assert [message.seq for message in seen] == [8, 9, 10]


def test_what_is_gone_meanwhile_comes_as_a_gap():
    hub = Hub(window=2)
    publish(hub, 1)
    with server_of(hub) as server:
        feed = follow(server.url, since=0, **QUICK)
        assert next(feed).seq == 1
        port = port_of(server)
    publish(hub, 5)
    with server_of(hub, port), closing(feed):
        gap, *hands = take(feed, 3)
    assert isinstance(gap, Gap)
    assert (gap.from_seq, gap.to_seq, [message.seq for message in hands]) == (2, 4, [5, 6])


def test_another_start_of_the_server_is_a_gap_and_then_its_hands():
    first, second = Hub(), Hub()
    publish(first, 3)
    publish(second, 2)
    with server_of(first) as server:
        feed = follow(server.url, since=0, **QUICK)
        take(feed, 3)
        port = port_of(server)
    with server_of(second, port) as server:
        gap, *hands = take(feed, 3)
        assert (gap.type, gap.from_seq) == ("gap", 0)
        assert [(message.epoch, message.seq) for message in hands] == [(second.epoch, 1), (second.epoch, 2)]
    publish(second, 1)
    with server_of(second, port), closing(feed):
        assert next(feed).seq == 3


def test_a_reader_that_was_cut_for_being_slow_loses_nothing():
    hub = Hub(window=20_000)
    with (
        server_of(hub, queue_size=8, send_timeout_s=0.2) as server,
        closing(follow(server.url, since=0, **QUICK)) as feed,
    ):
        publish(hub, 1)
        assert next(feed).seq == 1
        cut = server._app.state.feed
        while not cut.cut:
            publish(hub, 200)
        assert [message.seq for message in take(feed, hub.seq - 1)] == list(range(2, hub.seq + 1))


def test_a_token_opens_the_feed_and_a_wrong_one_ends_it():
    hub = Hub()
    publish(hub, 1)
    with server_of(hub, token=TOKEN) as server:
        with closing(follow(server.url, since=0, token=TOKEN)) as feed:
            assert next(feed).seq == 1
        for token in (None, "wrong"):
            with pytest.raises(FeedError, match=r"refuses \(401\): a token is needed"):
                next(follow(server.url, token=token))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [({"epoch": "a b"}, "refuses: epoch 'a b'"), ({"client_name": "a\nb"}, r"refuses: client_name 'a\\nb'")],
)
def test_what_the_server_does_not_accept_is_told(arguments, told):
    with server_of(Hub()) as server, pytest.raises(FeedError, match=told):
        next(follow(server.url, since=0, **arguments))


@pytest.mark.parametrize(
    "address", ["", "localhost:8000", "ftp://localhost", "http://", "http://localhost:port", "http://[::1"]
)
def test_what_is_no_address_is_refused_at_once(address):
    with pytest.raises(FeedError, match="is no address of a server"):
        follow(address)


def test_a_secret_in_the_address_is_refused_and_not_repeated():
    with pytest.raises(FeedError, match="as arguments") as refused:
        follow(f"http://localhost:8000/ws?token={TOKEN}")
    assert TOKEN not in str(refused.value)


def test_a_negative_since_is_refused_at_once():
    with pytest.raises(FeedError, match="since=-1 is not"):
        follow("http://localhost:8000", since=-1)


def test_a_server_that_is_not_there_is_given_up_after_the_time():
    with server_of(Hub()) as server:
        url = server.url
    with pytest.raises(FeedError, match=r"could not be reached for 0\.1 s"):
        next(follow(url, give_up_after_s=0.1, **QUICK))


@pytest.mark.parametrize(
    ("version", "told"), [("HTTP/1.1", r"refuses \(404\)"), ("HTTP/1.0", "is no server of this feed")]
)
def test_a_server_of_something_else_is_told(version, told):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        protocol_version = version

        def log_message(self, *_):
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as other:
        thread = threading.Thread(target=other.serve_forever)
        thread.start()
        try:
            with pytest.raises(FeedError, match=told):
                next(follow(f"http://127.0.0.1:{other.server_port}"))
        finally:
            other.shutdown()
            thread.join()


def script(*texts, **options):
    """Give a server that sends these messages to whoever comes, whatever they say."""

    def talk(connection):
        for text in texts:
            connection.send(text)
        connection.recv()

    return serve(talk, "127.0.0.1", 0, **options)


def followed(texts, count, process_request=None, **arguments):
    with script(*texts, process_request=process_request) as other:
        thread = threading.Thread(target=other.serve_forever)
        thread.start()
        try:
            with closing(follow(f"ws://127.0.0.1:{other.socket.getsockname()[1]}", **arguments)) as feed:
                return take(feed, count)
        finally:
            other.shutdown()
            thread.join()


def ack(epoch="e", seq=0):
    return dump(ConnectionAck(client_id="c", epoch=epoch, seq=seq, heartbeat_seconds=30))


def new(seq, epoch="e"):
    return dump(NewHand(epoch=epoch, seq=seq, hand=hand(seq)))


@pytest.mark.parametrize("status", [408, 429, 503])
def test_a_server_that_is_busy_is_asked_again(status):
    asked = []

    def busy_at_first(connection, request):
        asked.append(request.path)
        return connection.respond(status, "busy") if len(asked) == 1 else None

    seen = followed([ack(), new(1)], 1, busy_at_first, since=0, **QUICK)
    assert ([message.seq for message in seen], len(asked)) == ([1], 2)


def test_a_hole_that_the_server_does_not_tell_of_is_a_gap_all_the_same():
    seen = followed([ack(), new(1), new(1), new(4)], 3, since=0)
    assert [(message.type, getattr(message, "from_seq", None) or message.seq) for message in seen] == [
        ("new_hand", 1),
        ("gap", 2),
        ("new_hand", 4),
    ]


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        (["hello"], "is not a message of the feed"),
        ([new(1)], "its first message is 'new_hand'"),
        ([ack(), "[]"], "is not a message of the feed"),
    ],
)
def test_what_does_not_speak_the_feeds_language_is_told(texts, told):
    with pytest.raises(FeedError, match=told):
        followed(texts, 1, since=0)
