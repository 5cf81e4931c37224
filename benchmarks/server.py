"""Fan-out of the live feed: from publishing a hand to its arrival in each client, against a naive broadcast loop.

Both run on the same uvicorn with the same hands in one process, the clients in another; the peer sends to one client
after the other in a loop, as most examples do. The last rows add a client that never reads.

    python benchmarks/server.py
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

import numpy as np
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from websockets.asyncio.client import connect

from pokerlab._lab import Lab
from pokerlab.server import BackgroundServer, ServerSettings, create_app
from pokerlab.wire import Hand, Seat, dump

HANDS = 200
PAUSE_S = 0.02
PATIENCE_S = 5.0
ROWS = [(1, False), (10, False), (100, False), (10, True)]


def main() -> None:
    columns = ["clients", "deaf", "", "p50 ms", "p99 ms", "max ms", "delivered"]
    print("".join(f"{name:>10}" for name in columns))
    for clients, deaf in ROWS:
        for name, measure in (("loop", measure_loop), ("pokerlab", measure_feed)):
            delays = measure(clients, deaf=deaf)
            p50, p99, most = np.percentile(delays, [50, 99, 100]) if delays.size else [np.nan] * 3
            cells = [f"{p50:.2f}", f"{p99:.2f}", f"{most:.2f}", f"{delays.size / (clients * HANDS):.1%}"]
            print("".join(f"{cell:>10}" for cell in [clients, "yes" if deaf else "no", name, *cells]), flush=True)


def measure_feed(clients: int, *, deaf: bool) -> np.ndarray:
    lab = Lab(None)  # type: ignore[arg-type]  # a feed without a store
    app = create_app(ServerSettings(warm_up=False), lab=lab)
    with BackgroundServer(app) as server:
        return measure(server, lab.hub.publish, clients, deaf=deaf)


def measure_loop(clients: int, *, deaf: bool) -> np.ndarray:
    sockets: set[WebSocket] = set()
    loops: list[asyncio.AbstractEventLoop] = []

    @asynccontextmanager
    async def lifespan(_: FastAPI):
        loops.append(asyncio.get_running_loop())
        yield

    app = FastAPI(lifespan=lifespan)

    @app.websocket("/ws")
    async def feed(ws: WebSocket) -> None:
        await ws.accept()
        await ws.send_text('{"type":"connection_ack"}')
        sockets.add(ws)
        with suppress(WebSocketDisconnect):
            while True:
                await ws.receive_text()
        sockets.discard(ws)

    async def broadcast(text: str) -> None:
        for ws in sockets.copy():
            await ws.send_text(text)

    with BackgroundServer(app) as server:
        return measure(
            server,
            lambda hand: asyncio.run_coroutine_threadsafe(broadcast(dump(hand)), loops[0]),
            clients,
            deaf=deaf,
        )


def measure(server: BackgroundServer, publish, clients: int, *, deaf: bool) -> np.ndarray:
    """Give the milliseconds of every hand that arrived, one value a hand and client."""
    deaf_socket = never_read(server) if deaf else None
    command = [sys.executable, __file__, "clients", f"{server.ws_url}/ws", str(clients)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        pace = threading.Event()
        for number in range(HANDS):
            publish(hand(number, padding=16_000 if deaf else 0))
            pace.wait(PAUSE_S)
        told = json.loads(process.stdout.read())
    if deaf_socket is not None:
        deaf_socket.close()
    return np.array(told) / 1e6


def never_read(server: BackgroundServer) -> socket.socket:
    host, port = server.url.removeprefix("http://").split(":")
    bare = socket.create_connection((host, int(port)))
    bare.sendall(
        f"GET /ws HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    return bare


def hand(number: int, padding: int) -> Hand:
    """Make a six-handed hand of about 2 kB; its table's name says when it was published."""
    seats = tuple(
        Seat(
            seat=seat,
            player=f"player-{os.urandom(4).hex()}",
            dealt=True,
            position=None,
            is_hero=seat == 1,
            stack=200,
            bounty=None,
            hole="AsKd" if seat == 1 else None,
            showed=False,
            contributed=2,
            collected=0,
            net=-2,
            ev_net=-2.0,
            won=False,
        )
        for seat in range(1, 7)
    )
    return Hand(
        hand_id=f"{number}-1-1700000000",
        played_at=datetime.now(UTC),
        format="cash",
        pool=os.urandom(padding).hex(),
        game="holdem",
        limit="no_limit",
        unit="eur_cent",
        table=f"@{time.perf_counter_ns()}@",
        max_seats=6,
        n_players=6,
        button_seat=1,
        small_blind=1,
        big_blind=2,
        ante=0,
        board="Ks7d2c",
        pot=12,
        rake=0,
        tournament_id=None,
        tournament_name=None,
        hero=None,
        seats=seats,
    )


async def clients_main(address: str, count: int) -> list[int]:
    """Read with so many clients and give the nanoseconds that each hand was under way."""
    ready = asyncio.Semaphore(0)
    delays: list[int] = []

    async def read() -> None:
        async with connect(address, proxy=None, compression=None, max_queue=None) as ws:
            await ws.recv()
            ready.release()
            with suppress(TimeoutError):
                for _ in range(HANDS):
                    text = await asyncio.wait_for(ws.recv(), PATIENCE_S)
                    delays.append(time.perf_counter_ns() - int(text.split("@", 2)[1]))

    reading = [asyncio.create_task(read()) for _ in range(count)]
    for _ in range(count):
        await ready.acquire()
    print("ready", flush=True)
    await asyncio.gather(*reading)
    return delays


if __name__ == "__main__":
    if sys.argv[1:2] == ["clients"]:
        print(json.dumps(asyncio.run(clients_main(sys.argv[2], int(sys.argv[3])))))
    else:
        main()
