from __future__ import annotations

import asyncio
import gc
import os
import random
import socket
import statistics
import threading
import time

import httpx
import pytest
from websockets.asyncio.client import connect as connect_async
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from pokerlab._lab import Hub
from pokerlab.wire import ConnectionAck, Error, Gap, Heartbeat, NewHand, load
from tests.server.bare import deaf, stats


def test_first_message_says_who_and_where(start, join, read, publish):
    hub = Hub()
    publish(hub, 3)
    ack = read(join(start(hub, heartbeat_seconds=12.5), "?client_name=notebook"))
    assert isinstance(ack, ConnectionAck)
    assert (ack.epoch, ack.seq, ack.heartbeat_seconds) == (hub.epoch, 3, 12.5)
    assert ack.client_id


def test_without_since_only_what_comes_is_sent(start, join, read, publish):
    hub = Hub()
    publish(hub, 3)
    client = join(start(hub))
    read(client)
    publish(hub, 2)
    assert [read(client).seq for _ in range(2)] == [4, 5]


def test_numbers_and_ids_are_text_in_json(start, join, publish):
    hub = Hub()
    publish(hub, 1)
    client = join(start(hub), "?since=0")
    client.recv(timeout=5)
    text = client.recv(timeout=5)
    assert '"seq":"1"' in text
    assert '"hand_id":"1-1-1700000000"' in text


def test_since_resumes_behind_the_last_hand(start, join, read, publish):
    hub = Hub()
    publish(hub, 5)
    client = join(start(hub), f"?since=3&epoch={hub.epoch}")
    assert read(client).seq == 5
    assert [read(client).seq for _ in range(2)] == [4, 5]
    publish(hub, 1)
    assert read(client).seq == 6


def test_a_replay_longer_than_the_queue_is_no_fault_of_the_client(start, join, read, publish):
    hub = Hub(window=500)
    publish(hub, 500)
    client = join(start(hub, queue_size=1), "?since=0")
    read(client)
    assert [read(client).seq for _ in range(500)] == list(range(1, 501))


def test_what_left_the_window_is_a_gap(start, join, read, publish):
    hub = Hub(window=3)
    publish(hub, 10)
    client = join(start(hub), f"?since=2&epoch={hub.epoch}")
    read(client)
    gap = read(client)
    assert isinstance(gap, Gap)
    assert (gap.from_seq, gap.to_seq, gap.rest_url) == (3, 7, "/api/v1/hands/recent")
    assert [read(client).seq for _ in range(3)] == [8, 9, 10]


@pytest.mark.parametrize("query", ["?since=2&epoch=another", "?since=99"])
def test_another_epoch_or_the_future_is_a_gap_and_all_that_is_kept(start, join, read, publish, query):
    hub = Hub()
    publish(hub, 2)
    client = join(start(hub), query)
    assert read(client).epoch == hub.epoch
    gap = read(client)
    assert (gap.type, gap.from_seq, gap.to_seq) == ("gap", 0, 0)
    assert [read(client).seq for _ in range(2)] == [1, 2]


def test_fifty_clients_that_join_while_four_threads_publish_see_each_hand_once_in_order(start, make_hand):
    hub, hands, clients = Hub(window=10_000), 400, 50
    server = start(hub, heartbeat_seconds=3600)  # a heartbeat has a number too, and a slow machine's time for one
    lag = random.Random(5)
    begin = threading.Barrier(5)

    def work():
        begin.wait()
        for _ in range(hands // 4):
            hub.publish(make_hand(1))
            time.sleep(0.001)

    async def watch(number):
        await asyncio.sleep(lag.random() * 0.3)
        query = "?since=0" if number % 2 else ""
        async with connect_async(f"{server.ws_url}/ws{query}", proxy=None, compression=None, max_queue=None) as ws:
            ack = load(await ws.recv())
            seen = [0 if number % 2 else ack.seq]
            while seen[-1] < hands:
                seen.append(load(await asyncio.wait_for(ws.recv(), 20)).seq)
            return seen

    async def watch_all():
        watching = [asyncio.create_task(watch(number)) for number in range(clients)]
        await asyncio.to_thread(begin.wait)
        return await asyncio.gather(*watching)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for seen in asyncio.run(watch_all()):
        assert seen == list(range(seen[0], hands + 1))
    for thread in threads:
        thread.join()
    assert hub.seq == hands


def test_a_hand_that_comes_between_opening_and_subscription_is_sent(start, join, read, make_hand):
    class Busy(Hub):
        def subscribe(self, *arguments, **options):
            self.publish(make_hand(self.seq + 1))
            return super().subscribe(*arguments, **options)

    client = join(start(Busy()), "?since=0")
    assert [read(client).seq for _ in range(2)] == [1, 1]


def test_a_listener_that_calls_the_server_gets_its_answers(start, join, read, publish):
    hub = Hub()
    server, seen = start(hub), []

    def call(_):
        seen.append(httpx.get(f"{server.url}/health", timeout=5).status_code)
        with connect(f"{server.ws_url}/ws", proxy=None, close_timeout=5) as client:
            seen.append(load(client.recv(timeout=5)).type)

    with hub.subscribe(call):
        publish(hub, 1)
    assert seen == [200, "connection_ack"]


def test_a_server_stops_though_a_listener_holds_the_hub(start, publish, eventually):
    hub, inside, go_on = Hub(), threading.Event(), threading.Event()
    server = start(hub)
    with hub.subscribe(lambda _: (inside.set(), go_on.wait(30))):
        thread = threading.Thread(target=publish, args=(hub, 1))
        thread.start()
        assert inside.wait(5)
        server.__exit__(None, None, None)
        assert not go_on.is_set()
        go_on.set()
        thread.join(10)
    eventually(lambda: not hub._subscriptions)


def test_heartbeats_come_and_never_speak_of_a_hand_that_was_not_sent(start, join, read, publish):
    hub = Hub()
    client = join(start(hub, heartbeat_seconds=0.001, queue_size=100_000))
    last = read(client).seq
    thread = threading.Thread(target=publish, args=(hub, 3000))
    thread.start()
    beats = 0
    while last < 3000 or not beats:
        message = read(client)
        if isinstance(message, Heartbeat):
            assert message.seq == last
            beats += 1
        else:
            assert message.seq == last + 1
            last = message.seq
    thread.join()


def test_a_hand_is_sent_at_once(start, join, read, publish):
    hub = Hub()
    client = join(start(hub))
    read(client)
    delays = []
    for _ in range(21):
        begun = time.perf_counter()
        publish(hub, 1)
        read(client)
        delays.append(time.perf_counter() - begun)
    # A loop that is not woken goes on with its next tick, 0.1 s later.
    assert statistics.median(delays) < 0.05


def test_a_ping_is_answered_with_a_heartbeat(shared, join, read):
    client = join(shared)
    read(client)
    client.send('{"type": "ping"}')
    assert isinstance(read(client), Heartbeat)


def test_a_client_that_stops_reading_is_cut_and_delays_no_other(start, join, read, publish, eventually):
    hub = Hub()
    server = start(hub, queue_size=64, send_timeout_s=5)
    with deaf(server):
        healthy = join(server)
        read(healthy)
        eventually(lambda: stats(server)["connected"] == 2)
        delays = []
        for _ in range(3000):
            begun = time.perf_counter()
            publish(hub, 1, table=os.urandom(2048).hex())
            assert read(healthy).seq == hub.seq
            delays.append(time.perf_counter() - begun)
            if len(delays) % 100 == 0 and stats(server)["cut_slow_total"]:
                break
        eventually(lambda: stats(server)["cut_slow_total"] == 1)
        eventually(lambda: stats(server)["connected"] == 1)
        # Far from the 5 s for which a single message to the deaf client would be waited for.
        assert max(delays) < 2
        publish(hub, 1)
        assert read(healthy).seq == hub.seq


@pytest.mark.parametrize(
    "limits", [{"queue_size": 16, "send_timeout_s": 60}, {"queue_size": 100_000, "send_timeout_s": 0.2}]
)
def test_a_slow_client_that_reads_on_finds_the_close_code(start, publish, eventually, limits):
    hub = Hub()
    server = start(hub, **limits)
    with deaf(server) as bare:
        for _ in range(200):
            publish(hub, 50, table=os.urandom(2048).hex())
            if stats(server)["cut_slow_total"]:
                break
        eventually(lambda: stats(server)["connected"] == 0)
        bare.settimeout(5)
        data = b""
        while piece := bare.recv(1 << 16):
            data += piece
    assert data[-50:].rpartition(b"\x88")[2][1:3] == (1013).to_bytes(2, "big")


def test_a_client_that_leaves_is_forgotten_before_the_next_hand(start, join, read, eventually):
    hub = Hub()
    server = start(hub)
    client = join(server, "?client_name=quiet")
    read(client)
    assert stats(server)["clients"][0]["client_name"] == "quiet"
    client.close()
    eventually(lambda: stats(server)["connected"] == 0)
    with deaf(server) as bare:
        eventually(lambda: stats(server)["connected"] == 1)
        bare.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")  # end with a reset
    eventually(lambda: stats(server)["connected"] == 0)
    assert len(hub._subscriptions) == 1


@pytest.mark.parametrize(
    ("sent", "quoted"),
    [("hello", "'hello'"), (b"\x00", "binary"), ('{"type": "sudo"}', "sudo"), ("[" * 9000, "not JSON"), ("", "''")],
)
def test_garbage_is_answered_with_an_error_and_the_feed_goes_on(start, join, read, publish, sent, quoted):
    hub = Hub()
    client = join(start(hub))
    read(client)
    client.send(sent)
    error = read(client)
    assert isinstance(error, Error)
    assert quoted in error.message
    assert len(error.message) < 400
    publish(hub, 1)
    assert isinstance(read(client), NewHand)


def close_code(client):
    try:
        while True:
            client.recv(timeout=5)
    except ConnectionClosed as closed:
        return closed.rcvd.code


def test_a_flood_of_garbage_ends_the_connection(shared, join):
    client = join(shared)
    for number in range(10):
        client.send(f"garbage {number}")
    assert close_code(client) == 1008


def test_a_message_that_is_too_long_ends_the_connection(start, join):
    client = join(start(max_message_bytes=1000))
    client.send("x" * 1001)
    assert close_code(client) == 1009


def test_text_that_is_not_utf8_ends_the_connection(shared, join):
    client = join(shared)
    client.send(b"\xff\xfe", text=True)
    assert close_code(client) == 1007


@pytest.mark.parametrize(
    ("query", "quoted"),
    [
        ("?since=abc", "'abc'"),
        ("?since=-1", "'-1'"),
        ("?since=1e3", "'1e3'"),
        ("?since=99999999999999999999", "sequence number"),
        ("?epoch=%00", "epoch"),
        ("?epoch=" + "a" * 65, "epoch"),
        ("?client_name=a%0Ab", "client_name"),
        ("?client_name=" + "n" * 65, "client_name"),
        ("?token=secret", "'token'"),
    ],
)
def test_a_wrong_address_is_told_before_the_connection_ends(shared, join, read, query, quoted):
    client = join(shared, query)
    error = read(client)
    assert (error.type, error.code) == ("error", "bad_request")
    assert quoted in error.message
    assert close_code(client) == 1008


def test_more_clients_than_allowed_are_sent_away(start, join, read):
    server = start(max_clients=1)
    read(join(server))
    with pytest.raises(InvalidStatus, match="503") as refused:
        join(server)
    assert refused.value.response.headers["Retry-After"]
    assert "more are not taken" in refused.value.response.body.decode()


def test_a_server_that_stops_says_so_and_leaves_nothing_behind(start, join, read, eventually):
    hub = Hub()
    before = set(threading.enumerate())
    server = start(hub)
    clients = [join(server) for _ in range(5)]
    for client in clients:
        read(client)
    with deaf(server):
        eventually(lambda: stats(server)["connected"] == 6)
        begun = time.perf_counter()
        server.__exit__(None, None, None)
        assert time.perf_counter() - begun < 3
    assert [close_code(client) for client in clients] == [1001] * 5
    assert not hub._subscriptions
    assert not {thread for thread in threading.enumerate() if thread.name.startswith("pokerlab")} - before
    gc.collect()  # an unclosed socket or an unfinished task would warn, which is an error here


def test_a_stuck_client_cannot_hold_the_server_up(start, publish, eventually):
    hub = Hub()
    server = start(hub, queue_size=100_000, send_timeout_s=60)
    with deaf(server):
        eventually(lambda: stats(server)["connected"] == 1)
        publish(hub, 3000, table=os.urandom(2048).hex())
        eventually(lambda: stats(server)["clients"][0]["queued"] > 0)
        begun = time.perf_counter()
        server.__exit__(None, None, None)
        assert time.perf_counter() - begun < 3
    assert not hub._subscriptions
