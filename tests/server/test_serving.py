from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from pokerlab import sample
from pokerlab._lab import Lab
from pokerlab.errors import FeedError, HistoryError, SettingsError
from pokerlab.server import BackgroundServer, ServerSettings, create_app, run
from pokerlab.wire import load

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys
from pokerlab.server import ServerSettings, run
settings = ServerSettings.load(store=sys.argv[1], history=sys.argv[2], port=0, warm_up=False)
try:
    run(settings, on_start=lambda url: print(url, flush=True))
except KeyboardInterrupt:
    sys.exit(130)
"""


@pytest.fixture
def folders(tmp_path):
    """Give a store's folder and a history folder with some hands in it."""
    history = tmp_path / "history"
    sample.write(history, 20, seed=3, truth=False)
    return tmp_path / "store", history


def append(played):
    with played.path.open("ab") as file:
        file.write(played.data)


def test_a_hand_that_the_room_writes_reaches_socket_and_store(folders, eventually):
    store, history = folders
    settings = ServerSettings(store=store, history=history, warm_up=False)
    with BackgroundServer(create_app(settings)) as server:
        eventually(lambda: httpx.get(f"{server.url}/health").json()["watcher"] == "watching", within=60)
        session = sample.Session(history, seed=8)
        with connect(f"{server.ws_url}/ws", proxy=None) as client:
            assert load(client.recv(timeout=5)).seq == 0
            for _ in range(3):
                played = session.play()
                append(played)
                message = load(client.recv(timeout=60))
                assert message.hand.hand_id == played.hand_id
                stored = httpx.get(f"{server.url}/api/v1/hands/{played.hand_id}").json()
                assert stored["hand_id"] == played.hand_id
                assert [seat["net"] for seat in stored["seats"]] == [seat.net for seat in message.hand.seats]
        watcher = server._app.state.lab
    assert watcher.status.state == "stopped"
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("pokerlab-watcher")]


def test_a_lab_that_was_given_is_left_running(folders):
    from pokerlab.store import Store

    store, history = folders
    with Lab(Store(store), [history]) as lab:
        with BackgroundServer(create_app(ServerSettings(warm_up=False), lab=lab)):
            pass
        assert lab.status.state in {"starting", "catching up", "watching"}


def test_a_history_folder_that_is_none_is_refused(tmp_path):
    with pytest.raises(HistoryError, match="nowhere"):
        create_app(ServerSettings(store=tmp_path / "store", history=tmp_path / "nowhere"))


@pytest.fixture
def process(folders):
    """Give the server as a process of its own, with its address."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "kernels")])}
    command = [sys.executable, "-c", PROGRAM, *map(str, folders)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as child:
        url = child.stdout.readline().strip()
        yield child, url
        child.kill()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM that a program can answer")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM)])
def test_a_signal_ends_the_process_in_order(process, number, code):
    child, url = process
    assert httpx.get(f"{url}/health").status_code == 200
    with connect(f"{url.replace('http', 'ws')}/ws", proxy=None) as client:
        assert load(client.recv(timeout=5)).type == "connection_ack"
        child.send_signal(number)
        with pytest.raises(ConnectionClosed, match="1001"):
            client.recv(timeout=30)
    assert child.wait(30) == code
    assert child.stderr.read() == ""


def test_a_port_that_is_taken_is_told(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        told = rf"cannot listen on 127\.0\.0\.1:{port} \(Address already in use\)"
        with pytest.raises(SettingsError, match=told if sys.platform == "linux" else "cannot listen"):
            run(ServerSettings(store=tmp_path / "store", port=port, warm_up=False))
        with pytest.raises(SettingsError, match="cannot listen"):
            BackgroundServer(create_app(ServerSettings(), lab=Lab(None)), port=port).__enter__()


def test_an_app_that_fails_to_start_is_told():
    from contextlib import asynccontextmanager

    from fastapi import FastAPI

    @asynccontextmanager
    async def lifespan(_):
        msg = "no luck"
        raise RuntimeError(msg)
        yield

    with pytest.raises(FeedError, match="the server did not start"), BackgroundServer(FastAPI(lifespan=lifespan)):
        pass


def test_an_app_can_be_served_again(folders):
    store, history = folders
    app = create_app(ServerSettings(store=store, history=history, warm_up=False))
    for _ in range(2):
        with BackgroundServer(app) as server:
            with connect(f"{server.ws_url}/ws", proxy=None) as client:
                assert load(client.recv(timeout=5)).type == "connection_ack"
            question = {"players": ["AhAs", "KdKc"], "board": "2c7d9h"}
            answer = httpx.post(f"{server.url}/api/v1/equity/calculate", json=question, timeout=60)
            assert answer.json()["exact"]


def test_it_is_started_and_stopped_from_cells_and_twice_is_once():
    server = BackgroundServer(create_app(ServerSettings(warm_up=False), lab=Lab(None)))
    server.stop()
    assert server.start() is server
    first = server.url
    assert server.start().url == first
    assert httpx.get(f"{first}/health").status_code == 200
    server.stop()
    server.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{first}/health")
    server.start()
    assert httpx.get(f"{server.url}/health").status_code == 200
    server.stop()


def test_one_app_can_be_served_after_another_on_the_same_port():
    with BackgroundServer(create_app(ServerSettings(warm_up=False), lab=Lab(None))) as server:
        port = int(server.url.rpartition(":")[2])
        httpx.get(f"{server.url}/health")
    with BackgroundServer(create_app(ServerSettings(warm_up=False), lab=Lab(None)), port=port) as again:
        assert again.url == server.url
        assert httpx.get(f"{again.url}/health").status_code == 200


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT that one process can send to another")
def test_ctrl_c_does_not_wait_for_the_compiler(folders, tmp_path):
    paths = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "kernels")])}
    environment = {**os.environ, **paths, "POKERLAB_CACHE_DIR": str(tmp_path / "empty")}
    command = [sys.executable, "-c", PROGRAM.replace("warm_up=False", "warm_up=True"), *map(str, folders)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as child:
        url = child.stdout.readline().strip()
        assert not httpx.get(f"{url}/health").json()["kernels_warm"]
        child.send_signal(signal.SIGINT)
        try:
            assert child.wait(10) == 130
            assert child.stderr.read() == ""
        finally:
            child.kill()
