"""Clients that send a little now and then, nothing at all, far too much, or read nothing: on bare sockets."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import suppress

import httpx
import pytest

HEAD = b"HTTP/1.1\r\nHost: localhost\r\n"
QUESTION = b"POST /api/v1/equity/calculate " + HEAD + b"Content-Type: application/json\r\n"


@pytest.fixture
def dial(start):
    """Give a dialler of bare sockets to a server that waits half a second for a request."""
    server = start(request_seconds=0.5)
    host, port = server.url.removeprefix("http://").split(":")
    dialled = []

    def dial(*sent):
        bare = socket.create_connection((host, int(port)), timeout=10)
        dialled.append(bare)
        for part in sent:
            bare.sendall(part)
        return bare

    yield dial
    for bare in dialled:
        bare.close()


def rest(bare):
    """Read until the server hangs up; give the status and the problem of the last answer."""
    got = b""
    try:
        while piece := bare.recv(65536):
            got += piece
    except ConnectionResetError:  # it closed while more was under way
        pass
    head, _, body = got[got.rindex(b"HTTP/1.1 ") :].partition(b"\r\n\r\n")
    assert b"nosniff" in head
    assert b"application/problem+json" in head
    return int(head.split()[1]), json.loads(body)


def test_headers_that_never_end_are_not_waited_for(dial):
    bare, stop = dial(b"GET /health " + HEAD), threading.Event()

    def drip():
        while not stop.wait(0.05):
            try:
                bare.sendall(b"X-More: 1\r\n")
            except OSError:
                return

    dripping = threading.Thread(target=drip)
    dripping.start()
    status, problem = rest(bare)
    stop.set()
    dripping.join()
    assert (status, problem["status"]) == (408, 408)
    assert "within 0.5 s" in problem["detail"]


@pytest.mark.parametrize("sent", [b"", b"GET", b"GET /health " + HEAD])
def test_a_socket_that_falls_silent_is_closed(dial, sent):
    assert rest(dial(sent))[0] == 408


def test_a_second_request_that_never_ends_is_not_waited_for(dial):
    bare = dial(b"GET /health " + HEAD + b"\r\n")
    assert bare.recv(65536).startswith(b"HTTP/1.1 200")
    bare.sendall(b"GET /health HTTP/1.1\r\nHo")
    assert rest(bare)[0] == 408


@pytest.mark.parametrize("length", [b"Content-Length: 100\r\n\r\n{", b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"])
def test_a_body_that_never_ends_is_not_waited_for(dial, length):
    assert rest(dial(QUESTION + length))[0] == 408


def test_what_takes_longer_to_answer_than_to_ask_is_answered(start):
    server = start(request_seconds=0.5, equity_seconds=1.5)
    question = {"players": ["random"] * 3, "method": "monte_carlo", "tolerance": 1e-6}
    answer = httpx.post(f"{server.url}/api/v1/equity/multiway", json=question, timeout=60)
    assert answer.status_code == 503
    assert "longer than 1.5 s" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (QUESTION + b"Content-Length: 10000000\r\n\r\n" + b"x" * 100_000, 413),
        (QUESTION + b"Transfer-Encoding: chunked\r\n\r\n" + b"2710\r\n" + b"x" * 10_000 + b"\r\n", 408),
        (QUESTION + b"Transfer-Encoding: chunked\r\n\r\n" + (b"2710\r\n" + b"x" * 10_000 + b"\r\n") * 20, 413),
        (QUESTION + b"Transfer-Encoding: chunked\r\n\r\nno number\r\n", 400),
        (QUESTION + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n{", 400),
        (b"\x16\x03\x01\x02\x00 this is TLS\r\n\r\n", 400),
        (b"GET /" + b"x" * 100_000 + b" " + HEAD, 400),
        (b"GET /health " + HEAD + b"X: " + b"x" * 100_000, 400),
        (b"GET /health " + HEAD + b"Host: evil.example\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\n\r\n", 400),
    ],
)
def test_too_much_or_no_http_at_all_is_a_problem_document(dial, sent, status):
    bare = dial()
    with suppress(BrokenPipeError, ConnectionResetError):  # it may hang up in the middle
        bare.sendall(sent)
    told, problem = rest(bare)
    assert (told, problem["status"]) == (status, status)


def test_many_that_fall_silent_do_not_keep_others_waiting(dial):
    sockets = [dial(b"GET /health " + HEAD) for _ in range(200)]
    port = sockets[0].getpeername()[1]
    assert httpx.get(f"http://localhost:{port}/health", timeout=30).status_code == 200
    assert {rest(bare)[0] for bare in sockets} == {408}
