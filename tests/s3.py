"""An S3 server on loopback, one request at a time; prints its port, and ends when its input does."""

from __future__ import annotations

import logging
import sys
import threading
from typing import TYPE_CHECKING, Any

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

if TYPE_CHECKING:
    from collections.abc import Callable

logging.getLogger("werkzeug").setLevel(logging.ERROR)
_moto = DomainDispatcherApplication(create_backend_app)
_turn = threading.Lock()


def answer(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
    """Answer in turn: moto looks whether an object is there and puts it in two steps, S3 does it in one."""
    with _turn:
        return list(_moto(environ, start))


if __name__ == "__main__":
    server = make_server("127.0.0.1", 0, answer, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    sys.stdin.read()
