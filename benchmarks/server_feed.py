"""The live feed as it is used: from the append to a file to every client, clients that idle, clients that never read.

The server, the clients and the writer are three processes; the hands are simulated ones as the room writes them.

    python benchmarks/server_feed.py [append | idle | deaf]
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.request import urlopen

import numpy as np
from server import hand, never_read
from websockets.asyncio.client import connect

import pokerlab as pk
from pokerlab import sample
from pokerlab._lab import Lab
from pokerlab.server import BackgroundServer, ServerSettings, create_app, run

LISTENERS, IDLE, DEAF, READING = 200, 1000, 10, 50
HANDS, PAUSE_S = 100, 0.5
FRAMES, FRAME_PAUSE_S, FRAME_BYTES, ROUNDS = 400, 0.02, 8_000, 3
PATIENCE_S = 10.0
STORED = 2_000


def main(what: list[str]) -> None:
    for name, measure in (("append", append), ("idle", idle), ("deaf", deaf)):
        if not what or name in what:
            measure()


def append() -> None:
    """Measure from the return of the write of a hand's last byte to its arrival, one value a hand and client."""
    with tempfile.TemporaryDirectory() as name:
        history, store = Path(name, "history"), Path(name, "store")
        sample.write(history, STORED, seed=1, truth=False)
        pk.ingest(history, pk.Store(store))  # compiles too, where nothing is in the cache yet
        session, written = sample.Session(history, seed=9), {}
        with child("serve", str(history), str(store)) as server:
            url = line(server)
            while json.load(urlopen(f"{url}/health"))["watcher"] != "watching":
                threading.Event().wait(0.1)
            with child("clients", url.replace("http", "ws"), str(LISTENERS), str(HANDS)) as clients:
                assert line(clients) == "ready"
                for _ in range(HANDS):
                    played = session.play()
                    with played.path.open("ab") as file:
                        file.write(played.data)
                    written[played.hand_id] = time.perf_counter_ns()
                    threading.Event().wait(PAUSE_S)
                arrivals = json.loads(clients.stdout.read())
    delays = [(at - written[hand_id]) / 1e6 for hand_id, at in arrivals]
    show(f"append to {LISTENERS} clients", delays, LISTENERS * HANDS)


def idle() -> None:
    """Measure what so many clients that only hear heartbeats cost the server in memory and processor time."""
    with child("idle-server") as server:
        url, before = line(server), ask(server)
        with child("clients", url.replace("http", "ws"), str(IDLE), "1") as clients:
            assert line(clients) == "ready"
            begun = ask(server)
            threading.Event().wait(30)  # one heartbeat of each
            after = ask(server)
            clients.kill()
    share = (after["cpu"] - begun["cpu"]) / 30
    print(f"{IDLE} idle clients: {after['rss'] - before['rss']:.0f} MiB more than none, {share:.1%} of a core")


def deaf() -> None:
    """Measure clients that read, without and with others that never do; frames cannot be packed."""
    for _ in range(ROUNDS):
        for count in (0, DEAF):
            delays, cut = beside(count)
            show(f"{READING} clients beside {count:2d} that never read ({cut} cut)", delays, READING * FRAMES)


def beside(count: int) -> tuple[list[float], int]:
    lab = Lab(None)  # type: ignore[arg-type]  # a feed without a store
    app = create_app(ServerSettings(warm_up=False), lab=lab)
    with BackgroundServer(app) as server, ExitStack() as others:
        for _ in range(count):
            others.enter_context(never_read(server))
        published = {}
        with child("clients", server.ws_url, str(READING), str(FRAMES)) as clients:
            assert line(clients) == "ready"
            for number in range(FRAMES):
                made = hand(number, padding=FRAME_BYTES)
                published[made.hand_id] = time.perf_counter_ns()
                lab.hub.publish(made)
                threading.Event().wait(FRAME_PAUSE_S)
            arrivals = json.loads(clients.stdout.read())
        cut = app.state.feed.cut
    return [(at - published[hand_id]) / 1e6 for hand_id, at in arrivals], cut


def show(what: str, delays: list[float], expected: int) -> None:
    p50, p99, most = np.percentile(delays, [50, 99, 100])
    share = len(delays) / expected
    print(f"{what:46} p50 {p50:7.2f} ms  p99 {p99:7.2f} ms  max {most:7.2f} ms  delivered {share:.1%}", flush=True)


@contextmanager
def child(*words: str):
    command = [sys.executable, __file__, "child", *words]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def line(process: subprocess.Popen[str]) -> str:
    return process.stdout.readline().strip()


def ask(process: subprocess.Popen[str]) -> dict[str, float]:
    process.stdin.write("\n")
    process.stdin.flush()
    return json.loads(line(process))


def serve(history: str, store: str) -> None:
    run(
        ServerSettings(history=history, store=store, port=0, warm_up=False), on_start=lambda url: print(url, flush=True)
    )


def idle_server() -> None:
    lab = Lab(None)  # type: ignore[arg-type]
    with BackgroundServer(create_app(ServerSettings(warm_up=False), lab=lab)) as server:
        urlopen(f"{server.url}/ws/stats").close()
        print(server.url, flush=True)
        for _ in sys.stdin:
            status = Path("/proc/self/status").read_text()
            rss = int(status.partition("VmRSS:")[2].split()[0]) / 1024
            print(json.dumps({"rss": rss, "cpu": time.process_time()}), flush=True)


def clients(address: str, count: str, hands: str) -> None:
    print(json.dumps(asyncio.run(listen(f"{address}/ws", int(count), int(hands)))))


async def listen(address: str, count: int, hands: int) -> list[tuple[str, int]]:
    """Read with so many clients; give the id of each hand and when it came."""
    ready, arrivals = asyncio.Semaphore(0), []

    async def read() -> None:
        async with connect(address, proxy=None, compression=None, max_queue=None, open_timeout=60) as ws:
            await ws.recv()
            ready.release()
            left = hands
            with suppress(TimeoutError):
                while left:
                    text = await asyncio.wait_for(ws.recv(), 60 if left == hands else PATIENCE_S)
                    now = time.perf_counter_ns()
                    if text.startswith('{"type":"new_hand"'):
                        arrivals.append((text.partition('"hand_id":"')[2].partition('"')[0], now))
                        left -= 1

    reading = [asyncio.create_task(read()) for _ in range(count)]
    for _ in range(count):
        await ready.acquire()
    print("ready", flush=True)
    await asyncio.gather(*reading)
    return arrivals


CHILDREN = {"serve": serve, "idle-server": idle_server, "clients": clients}

if __name__ == "__main__":
    if sys.argv[1:2] == ["child"]:
        CHILDREN[sys.argv[2]](*sys.argv[3:])
    else:
        main(sys.argv[1:])
