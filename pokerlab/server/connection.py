"""An HTTP connection that sends at once, and waits only so long for a request or for an answer to be read."""

from __future__ import annotations

import socket
from http import HTTPStatus
from typing import TYPE_CHECKING

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from pokerlab.server.problems import ProblemResponse
from pokerlab.server.security import HEADERS

if TYPE_CHECKING:
    import asyncio
    from typing import Any, ClassVar


class Connection(H11Protocol):
    """uvicorn's connection, which sets no limit for clients that send or read a little now and then.

    Attributes
    ----------
    request_seconds
        How long a request, headers and body, may take to arrive; after that the connection is closed.
    """

    request_seconds: ClassVar[float]
    _ends: asyncio.TimerHandle | None = None
    _drop: asyncio.TimerHandle | None = None

    @classmethod
    def within(cls, seconds: float) -> type[Connection]:
        """Give the class with a limit: uvicorn makes its connections by itself."""
        return type(cls.__name__, (cls,), {"request_seconds": seconds})

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for a request."""
        super().connection_made(transport)
        # asyncio sets this for sockets alone that were made with the number of the protocol. Without it the body waits
        # until the client has acknowledged the headers, which takes it 40 ms.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._expect()

    def data_received(self, data: bytes) -> None:
        """Take what came, and see whether more must come."""
        super().data_received(data)
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._stop_waiting()
        _cancel(self._drop)
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Drop a client that does not read on."""
        super().pause_writing()
        self._drop = self.loop.call_later(self.request_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """Keep a client that reads again."""
        super().resume_writing()
        _cancel(self._drop)

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP as every other error."""
        self._answer(HTTPStatus.BAD_REQUEST, f"no HTTP that can be read, or headers that are too long: {msg}")

    def _expect(self) -> None:
        """Let time run while a request is under way; what is idle between two is uvicorn's own business."""
        if self._is_whole() or self.transport.is_closing():
            self._stop_waiting()
        elif self._ends is None:
            self._ends = self.loop.call_later(self.request_seconds, self._give_up)

    def _is_whole(self) -> bool:
        is_web_socket = self.transport.get_protocol() is not self
        return is_web_socket or self.conn.their_state not in {h11.IDLE, h11.SEND_BODY}

    def _stop_waiting(self) -> None:
        _cancel(self._ends)
        self._ends = None

    def _give_up(self) -> None:
        self._ends = None
        told = f"the request did not arrive whole within {self.request_seconds:g} s"
        self._answer(HTTPStatus.REQUEST_TIMEOUT, told)

    def _answer(self, status: HTTPStatus, told: str) -> None:
        """Answer in the place of the app, where nothing has been answered yet, and close."""
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            problem = ProblemResponse(status, told, headers={**HEADERS, "Connection": "close"})
            answer = h11.Response(status_code=status, headers=problem.raw_headers, reason=status.phrase.encode())
            for event in (answer, h11.Data(data=bytes(problem.body)), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        if self.cycle is not None:  # the app, if it has begun, hears that nobody listens any more
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.close()


def _cancel(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
