"""Clients that send too much, and peers that are gone without a word: they end, and no one else feels it."""

from __future__ import annotations

from contextlib import suppress

import pytest
from websockets.exceptions import ConnectionClosed

from pokerlab._lab import Hub
from pokerlab.wire import Heartbeat
from tests.server.bare import deaf, frame, stats

CONTINUED, TEXT, BINARY, PING, PONG = 0x0, 0x1, 0x2, 0x9, 0xA
PING_MESSAGE = '{"type": "ping"}'


@pytest.mark.parametrize(
    "flood",
    [
        frame(PING) * 200_000,
        frame(PONG, b"unsolicited") * 100_000,
        frame(TEXT, b"x") * 200_000,
        frame(TEXT, PING_MESSAGE.encode()) * 50_000,
        frame(BINARY, bytes(100)) * 10_000,
        frame(TEXT, b"x", fin=False) + frame(CONTINUED, fin=False) * 200_000,
        frame(BINARY, bytes(1_000_000)),
    ],
    ids=["pings", "pongs", "texts", "ping messages", "binary", "a message without end", "a huge frame"],
)
def test_a_flood_ends_its_own_connection_and_no_other(start, join, read, publish, eventually, flood):
    hub = Hub()
    server = start(hub)
    healthy = join(server)
    read(healthy)
    with deaf(server) as bare:
        bare.settimeout(10)
        with suppress(OSError):  # the server closes the socket in the middle of it
            bare.sendall(flood)
        eventually(lambda: stats(server)["connected"] == 1)
    publish(hub, 3)
    assert [read(healthy).seq for _ in range(3)] == [1, 2, 3]
    assert stats(server)["cut_slow_total"] == 0


def test_more_pings_than_anyone_needs_end_the_connection_with_the_reason(shared, join, read):
    client = join(shared)
    read(client)
    for _ in range(101):
        client.send(PING_MESSAGE)
    for _ in range(100):
        assert isinstance(read(client), Heartbeat)
    with pytest.raises(ConnectionClosed) as closed:
        read(client)
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1008, "more than 100 messages in 10 s")


def test_a_frame_that_only_claims_to_be_huge_is_not_waited_for(shared, eventually):
    with deaf(shared) as bare:
        bare.settimeout(5)
        bare.sendall(frame(TEXT, b"", says=2**62))
        received = b""
        while piece := bare.recv(4096):
            received += piece
    assert (1009).to_bytes(2, "big") in received


def test_a_peer_that_answers_no_probe_is_dropped_though_nothing_is_sent(start, join, read, publish, eventually):
    hub = Hub()
    server = start(hub, dead_after_s=0.2)
    healthy = join(server)
    read(healthy)
    with deaf(server):
        eventually(lambda: stats(server)["connected"] == 2)
        eventually(lambda: stats(server)["connected"] == 1)
    publish(hub, 1)
    assert read(healthy).seq == 1
    assert stats(server)["cut_slow_total"] == 0
