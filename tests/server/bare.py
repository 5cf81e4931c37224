"""Clients that no library would make: sockets that are never read, frames that no one should send."""

from __future__ import annotations

import socket
from contextlib import ExitStack

import httpx


def stats(server):
    return httpx.get(f"{server.url}/ws/stats").json()


def deaf(server, query=""):
    """Open a WebSocket on a bare socket with a small buffer, which is never read again."""
    host, port = server.url.removeprefix("http://").split(":")
    asks = (
        f"GET /ws{query} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    with ExitStack() as opened:
        bare = opened.enter_context(socket.socket())
        bare.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        bare.connect((host, int(port)))
        bare.sendall(asks.encode())
        if (answer := bare.recv(12, socket.MSG_WAITALL)) != b"HTTP/1.1 101":
            raise ConnectionRefusedError(answer)
        opened.pop_all()
    return bare


def frame(opcode, data=b"", *, fin=True, says=None):
    """Write one frame as a client does, masked with zeros; ``says`` is a length that it only claims."""
    length = len(data) if says is None else says
    size = bytes([0x80 | length]) if length < 126 else b"\xff" + length.to_bytes(8, "big")
    return bytes([(0x80 if fin else 0) | opcode]) + size + bytes(4) + data
