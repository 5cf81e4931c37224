"""The client behind connections that break at any byte, and beside a server that is killed."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from pokerlab import client
from pokerlab._lab import Hub, Lab
from pokerlab.client import follow
from pokerlab.errors import FeedError
from pokerlab.server import BackgroundServer, ServerSettings, create_app
from pokerlab.wire import Gap, NewHand, hands_of

ROOT = Path(__file__).resolve().parents[1]
QUICK = {"retry_s": 0.01, "max_retry_s": 0.05}
TOKEN = "a-token.of_30~signs-0123456789"
PROGRAM = """
import sys
from pokerlab import sample
from pokerlab._lab import Lab
from pokerlab.server import BackgroundServer, ServerSettings, create_app
from pokerlab.wire import hands_of

port, seed, count = map(int, sys.argv[1:])
lab = Lab(None)
with BackgroundServer(create_app(ServerSettings(warm_up=False), lab=lab), port=port) as server:
    print(server.url, lab.hub.epoch, flush=True)
    hands = iter(hands_of(sample.hands(count, seed=seed)))
    for line in sys.stdin:
        for _ in range(int(line)):
            lab.hub.publish(next(hands))
"""


@pytest.fixture(scope="module")
def hands():
    from pokerlab import sample

    return hands_of(sample.hands(400, seed=11))


def server_of(hub, port=0, **settings):
    lab = Lab(None)
    lab.hub = hub
    return BackgroundServer(create_app(ServerSettings.load(warm_up=False, **settings), lab=lab), port=port)


@contextmanager
def behind(hub, seed, *ends, most, **settings):
    """Give a `Proxy` before a server of the hub."""
    with server_of(hub, **settings) as server, Proxy(int(server.url.rpartition(":")[2]), seed, ends, most) as proxy:
        yield proxy


def take(feed, count):
    return list(itertools.islice(feed, count))


class Proxy:
    """A way to a server on which every connection ends badly, after a random number of bytes from the server.

    It ends by a close, by a reset, or by silence, in which the proxy keeps the socket open and passes nothing on.
    """

    def __init__(self, port, seed, ends, most):
        self._target, self._random, self._ends, self._most = port, random.Random(seed), ends, most
        self.broken = 0
        self._passing = []

    def __enter__(self):
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    async def _run(self):
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self._ready.set()
        await self._stop.wait()
        server.close()
        for task in self._passing:
            task.cancel()
        await asyncio.gather(*self._passing, return_exceptions=True)

    def _accept(self, reader, writer):
        self._passing.append(asyncio.create_task(self._pass_on(reader, writer)))

    async def _pass_on(self, reader, writer):
        there, back = await asyncio.open_connection("127.0.0.1", self._target)
        asking = asyncio.create_task(self._pipe(reader, back))
        end, left = self._random.choice(self._ends), self._random.randrange(self._most)
        try:
            while left and (data := await there.read(min(left, 4096))):
                writer.write(data)
                await writer.drain()
                left -= len(data)
            self.broken += 1
            if end == "silence":
                await asyncio.Event().wait()
            if end == "reset":
                writer.transport.abort()
        except OSError:
            pass
        finally:
            asking.cancel()
            back.transport.abort()
            writer.close()

    async def _pipe(self, reader, writer):
        with suppress(OSError):
            while data := await reader.read(4096):
                writer.write(data)
                await writer.drain()


@pytest.mark.parametrize("seed", range(4))
def test_connections_that_break_at_any_byte_cost_no_hand_and_double_none(hands, seed):
    hub = Hub()
    for hand in hands[:50]:
        hub.publish(hand)
    with behind(hub, seed, "close", "reset", most=20_000) as proxy:
        with closing(follow(proxy.url, since=0, **QUICK)) as feed:
            seen = []
            for hand in hands[50:]:
                hub.publish(hand)
                seen.append(next(feed))
            seen += take(feed, 50)
        assert proxy.broken > 10
    assert [message.seq for message in seen] == list(range(1, 401))
    assert [message.hand for message in seen] == hands


@pytest.mark.ci
def test_a_connection_that_falls_silent_is_given_up_and_replaced(hands, monkeypatch):
    monkeypatch.setattr(client, "_OPEN_TIMEOUT_S", 0.5)
    hub = Hub()
    for hand in hands[:60]:
        hub.publish(hand)
    with behind(hub, 7, "silence", most=60_000, heartbeat_seconds=0.05) as proxy:
        with closing(follow(proxy.url, since=0, **QUICK)) as feed:
            assert [message.seq for message in take(feed, 60)] == list(range(1, 61))
        assert proxy.broken > 1


def test_what_left_the_window_while_the_connection_was_broken_is_told_as_a_gap(hands):
    hub = Hub(window=5)
    reached = 0
    with behind(hub, 3, "reset", most=8_000) as proxy, closing(follow(proxy.url, since=0, **QUICK)) as feed:
        while reached < len(hands):
            for hand in hands[hub.seq : hub.seq + 40]:
                hub.publish(hand)
            while reached < hub.seq:
                message = next(feed)
                first, last = (message.from_seq, message.to_seq) if isinstance(message, Gap) else (message.seq,) * 2
                assert first == reached + 1
                reached = last


@contextmanager
def program(port=0, seed=1):
    """Run a server in a process of its own, which publishes as many hands as it is told to."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "kernels")])}
    command = [sys.executable, "-c", PROGRAM, str(port), str(seed), "100"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as child:
        try:
            child.url, child.epoch = child.stdout.readline().split()
            yield child
        finally:
            child.kill()


def publish(child, count):
    child.stdin.write(f"{count}\n")
    child.stdin.flush()


def test_a_server_that_is_killed_and_started_again_is_followed_with_a_gap_between(hands):
    with program() as first:
        feed = follow(first.url, since=0, **QUICK)
        publish(first, 30)
        before = take(feed, 30)
        first.kill()
        first.wait()
    with program(int(first.url.rpartition(":")[2]), seed=2) as second, closing(feed):
        publish(second, 20)
        gap, *after = take(feed, 21)
        publish(second, 1)
        after.append(next(feed))
    assert [(message.epoch, message.seq) for message in before] == [(first.epoch, seq) for seq in range(1, 31)]
    assert (gap.type, gap.from_seq, gap.to_seq) == ("gap", 0, 0)
    assert [(message.epoch, message.seq) for message in after] == [(second.epoch, seq) for seq in range(1, 22)]


def test_waits_between_attempts_double_up_to_the_longest_and_are_drawn_from_their_upper_half(monkeypatch):
    waits = []

    def sleep(seconds):
        waits.append(seconds)
        if len(waits) == 8:
            raise KeyboardInterrupt

    monkeypatch.setattr(client.time, "sleep", sleep)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(KeyboardInterrupt):
        next(follow(f"http://127.0.0.1:{port}", retry_s=0.5, max_retry_s=10))
    for wait, longest in zip(waits, [0.5, 1, 2, 4, 8, 10, 10, 10], strict=True):
        assert longest / 2 <= wait <= longest
    assert len({wait / longest for wait, longest in zip(waits[-3:], [10, 10, 10], strict=True)}) == 3


@pytest.mark.parametrize(("replay", "first"), [(2, 6), (7, 1), (100, 1)])
def test_the_last_hands_come_first_where_they_are_wanted(hands, replay, first):
    hub = Hub()
    for hand in hands[:7]:
        hub.publish(hand)
    with server_of(hub) as server, closing(follow(server.url, replay=replay)) as feed:
        assert [message.seq for message in take(feed, 8 - first)] == list(range(first, 8))
        hub.publish(hands[7])
        assert next(feed).seq == 8


def test_last_hands_that_the_server_has_no_more_are_a_gap(hands):
    hub = Hub(window=2)
    for hand in hands[:7]:
        hub.publish(hand)
    with server_of(hub) as server, closing(follow(server.url, replay=4)) as feed:
        gap, *rest = take(feed, 3)
        assert (gap.from_seq, gap.to_seq, [message.seq for message in rest]) == (4, 5, [6, 7])


@pytest.mark.parametrize("arguments", [{"replay": -1}, {"replay": 3, "since": 0}])
def test_a_replay_that_cannot_be_is_refused_at_once(arguments):
    with pytest.raises(FeedError, match=f"replay={arguments['replay']} cannot be"):
        follow("http://localhost:8000", **arguments)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT that one process can send to another")
def test_watch_prints_a_servers_hands_until_it_is_interrupted(hands):
    hub = Hub()
    for hand in hands[:5]:
        hub.publish(hand)
    with server_of(hub, token=TOKEN) as server:
        words = ["watch", "--url", server.url, "--json", "--replay", "2"]
        code = (
            f"import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); sys.argv[1:] = {words!r}\n"
        )
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "POKERLAB_TOKEN": TOKEN}
        command = [sys.executable, "-c", code + "from pokerlab.cli import main; main()"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as child:
            told = [json.loads(child.stdout.readline()) for _ in range(2)]
            hub.publish(hands[5])
            told.append(json.loads(child.stdout.readline()))
            child.send_signal(signal.SIGINT)
            assert child.wait(30) == 130
    assert [message["seq"] for message in told] == ["4", "5", "6"]
    assert all(NewHand.model_validate(message) for message in told)
