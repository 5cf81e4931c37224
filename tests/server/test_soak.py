"""Many clients over a longer time: they come, go, stall and are killed, and the server is afterwards what it was.

Some seconds in plain pytest, as many as ``POKERLAB_SOAK_S`` says, ten minutes among the slow tests. The server is a
process of its own, so that its memory, sockets and tasks are its own too.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from pokerlab.client import follow
from pokerlab.wire import NewHand
from tests.server.bare import deaf, frame

ROOT = Path(__file__).resolve().parents[2]
SECONDS = float(os.environ.get("POKERLAB_SOAK_S", "12"))
HEALTHY, VISITORS, BURST, PAUSE_S = 8, 24, 10, 0.1
TEXTS_AND_WINDOW = 1100
"""Hands after which the server keeps no more than before."""

PROGRAM = """
import asyncio, gc, json, os, sys, threading
from pokerlab import sample
from pokerlab._lab import Lab
from pokerlab.server import BackgroundServer, ServerSettings, create_app
from pokerlab.wire import hands_of

def figures(feed):
    gc.collect()
    return {
        "rss_mib": int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20,
        "tasks": len(asyncio.all_tasks(feed._loop)),
        "sockets": sum("socket" in opened(fd) for fd in os.listdir("/proc/self/fd")),
        "threads": threading.active_count(),
        "connected": len(feed._clients),
        "accepted": feed.accepted,
        "cut": feed.cut,
        "seq": feed.hub.seq,
    }

def opened(fd):
    try:
        return os.readlink(f"/proc/self/fd/{fd}")
    except FileNotFoundError:  # closed by the server's thread since the folder was listed
        return ""

lab, hands = Lab(None), hands_of(sample.hands(200, seed=4))
settings = ServerSettings(warm_up=False, queue_size=64, send_timeout_s=1, heartbeat_seconds=1, dead_after_s=5)
app = create_app(settings, lab=lab)
with BackgroundServer(app) as server:
    print(server.url, flush=True)
    for line in sys.stdin:
        for _ in range(int(line)):
            # What cannot be packed: the kernel's buffers must fill as they do for real hands.
            hand = hands[lab.hub.seq % len(hands)]
            lab.hub.publish(hand.model_copy(update={"pool": os.urandom(1024).hex()}))
        print(json.dumps(figures(app.state.feed)), flush=True)
"""


class Server:
    """The server's process: its address, and its figures after so many more hands."""

    def __enter__(self):
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "kernels")])}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self._child = subprocess.Popen([sys.executable, "-c", PROGRAM], env=environment, **pipes)
        self.url = self._child.stdout.readline().strip()
        return self

    def __exit__(self, *_):
        self._child.stdin.close()
        with self._child, self._child.stdout:
            assert self._child.wait(30) == 0

    def publish(self, count):
        self._child.stdin.write(f"{count}\n")
        self._child.stdin.flush()
        return json.loads(self._child.stdout.readline())

    def alone(self, before):
        """Give the figures once nothing of any client is left, or what is left after a while."""
        ends, pause = time.monotonic() + 20, threading.Event()
        while is_left(before, figures := self.publish(0)) and time.monotonic() < ends:
            pause.wait(0.1)
        return figures


def is_left(before, after):
    return [what for what in ("tasks", "sockets", "threads", "connected") if after[what] > before[what]]


def healthy(server, seen, until):
    """Follow the feed with the project's own client until a number that comes at the end."""
    with closing(follow(server.url, since=0, retry_s=0.05, max_retry_s=0.5)) as feed:
        for message in feed:
            seen.append(message)
            if until and getattr(message, "seq", 0) >= until[0]:
                return


async def visit(server, lag, kind):
    """Be one client that does not behave."""
    if kind == "stalls":
        with await asyncio.to_thread(deaf, server, "?since=0"):
            await asyncio.sleep(lag.uniform(0.5, 3))
    elif kind == "floods":
        with await asyncio.to_thread(deaf, server) as bare:
            bare.settimeout(2)
            with suppress(OSError):
                await asyncio.to_thread(bare.sendall, frame(0x9) * 20_000)
    else:
        address = server.url.replace("http", "ws", 1) + f"/ws?since={lag.randrange(2000)}"
        async with connect(address, proxy=None, compression=None, max_queue=None, close_timeout=1) as socket:
            for _ in range(lag.randrange(50)):
                await asyncio.wait_for(socket.recv(), 2)
            if kind == "babbles":
                await socket.send(lag.choice(["nonsense", b"\0", '{"type": "ping"}', "x" * 20_000]))
            if kind == "is killed":
                socket.transport.abort()


async def visits(server, ends, seed):
    lag, counts = random.Random(seed), Counter()
    while time.monotonic() < ends:
        kind = lag.choice(["leaves", "is killed", "babbles", "stalls", "floods"])
        with suppress(ConnectionClosed, OSError, TimeoutError):
            await visit(server, lag, kind)
        counts[kind] += 1
    return counts


async def soak(server, seconds):
    """Publish while visitors come and go; give who came, and the last number."""
    ends = time.monotonic() + seconds
    async with asyncio.TaskGroup() as group:
        coming = [group.create_task(visits(server, ends, seed)) for seed in range(VISITORS)]
        seq = 0
        while time.monotonic() < ends:
            seq = (await asyncio.to_thread(server.publish, BURST))["seq"]
            await asyncio.sleep(PAUSE_S)
    return sum((each.result() for each in coming), Counter()), seq


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the figures are those of Linux")
@pytest.mark.parametrize("seconds", [SECONDS, pytest.param(600.0, marks=pytest.mark.slow)])
def test_a_server_is_after_all_its_clients_what_it_was_before(seconds, capsys):
    with Server() as server:
        untouched = server.publish(TEXTS_AND_WINDOW)
        asyncio.run(soak(server, 3))
        before = server.alone(untouched)
        seen, until = [[] for _ in range(HEALTHY)], []
        threads = [threading.Thread(target=healthy, args=(server, each, until), daemon=True) for each in seen]
        for thread in threads:
            thread.start()
        counts, last = asyncio.run(soak(server, seconds))
        until.append(last + 1)
        server.publish(1)
        for thread in threads:
            thread.join(30)
        after = server.alone(untouched)
    with capsys.disabled():
        print(f"\n{seconds:g} s, {dict(counts)}, {after['seq']} hands\nbefore {before}\nafter  {after}")  # noqa: T201
    for messages in seen:
        hands = [message.seq for message in messages if isinstance(message, NewHand)]
        assert hands == list(range(hands[0], after["seq"] + 1))
        assert sum(not isinstance(message, NewHand) for message in messages) <= 1  # what was gone before they came
    assert min(counts.values()) > 0
    assert after["cut"] > before["cut"]
    assert not is_left(untouched, after)
    assert after["rss_mib"] < before["rss_mib"] + 16
