"""Clients that no library would make: sockets that are never read, frames that no one should send."""

from __future__ import annotations

import socket

import httpx


def stats(server):
    return httpx.get(f"{server.url}/ws/stats").json()


def deaf(server, query=""):
    """Open a WebSocket on a bare socket with a small buffer, which is never read again."""
    bare = socket.socket()
    bare.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    host, port = server.url.removeprefix("http://").split(":")
    bare.connect((host, int(port)))
    bare.sendall(
        f"GET /ws{query} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    assert bare.recv(12) == b"HTTP/1.1 101"
    return bare


def frame(opcode, data=b"", *, fin=True, says=None):
    """Write one frame as a client does, masked with zeros; ``says`` is a length that it only claims."""
    length = len(data) if says is None else says
    size = bytes([0x80 | length]) if length < 126 else b"\xff" + length.to_bytes(8, "big")
    return bytes([(0x80 if fin else 0) | opcode]) + size + bytes(4) + data
