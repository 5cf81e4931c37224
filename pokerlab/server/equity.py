"""Equity over HTTP: computed in threads of its own, a few at once, each with an end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from pokerlab.errors import EquityError
from pokerlab.server.problems import ProblemError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pokerlab._equity import Equity

T = TypeVar("T")

_log = logging.getLogger(__name__)

Text = Annotated[str, Field(max_length=2000)]

_LOOK_S = 0.2


class EquityQuestion(BaseModel):
    """Players as hole cards or ranges, and what is known of the deck; meanings as in `pokerlab.equity`."""

    model_config = ConfigDict(
        extra="forbid", strict=True, json_schema_extra={"examples": [{"players": ["AhAs", "KK+"]}]}
    )

    players: Annotated[list[Text], Field(min_length=2, max_length=10)]
    board: Annotated[str, Field(max_length=40)] = ""
    dead: Annotated[str, Field(max_length=200)] = ""
    game: Literal["holdem", "omaha4", "omaha5", "omaha6"] = "holdem"
    method: Literal["auto", "exact", "monte_carlo"] = "auto"
    tolerance: Annotated[float, Field(ge=1e-6, le=0.5)] = 0.001
    seed: Annotated[int | None, Field(ge=0, lt=2**64)] = None


class TwoPlayers(EquityQuestion):
    """The question with exactly two players."""

    players: Annotated[list[Text], Field(min_length=2, max_length=2)]


class ManyPlayers(EquityQuestion):
    """The question with three to ten players."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"players": ["AhAs", "KK+", "random"]}]})

    players: Annotated[list[Text], Field(min_length=3, max_length=10)]


class PlayerEquity(BaseModel):
    """One player's share; ``stderr`` is 0 where the answer is exact."""

    equity: float
    win: float
    tie: float
    stderr: float


class EquityAnswer(BaseModel):
    """The players in the order of the question; ``deals`` were counted or ``samples`` drawn for it."""

    players: list[PlayerEquity]
    exact: bool
    samples: int
    deals: int | None
    seconds: float


class EquityDesk:
    """Threads that compute equities; a request beyond ``jobs`` is sent away at once, one beyond ``seconds`` stopped."""

    def __init__(self, jobs: int, seconds: float) -> None:
        self._free = jobs
        self._seconds = seconds
        self._running: set[threading.Event] = set()
        self._warming: asyncio.Future[None] | None = None
        self.is_warm = False

    def warm_up(self) -> None:
        """Compile the kernels in a thread, or load them; nobody's time runs meanwhile."""
        self._warming = _in_thread(_warm_up)
        self._warming.add_done_callback(self._warmed)

    async def answer(self, question: EquityQuestion, is_gone: Callable[[], Any]) -> Equity:
        """Compute in a thread, until it is done, takes too long, or nobody waits for it any more.

        Raises
        ------
        ProblemError
            503 where all threads are busy or the time is over.
        """
        if self._free == 0:
            told = "all equity workers are busy"
            raise _busy(told, after=1)
        cancel = threading.Event()
        self._free -= 1
        self._running.add(cancel)
        job = _in_thread(partial(_compute, question, cancel))
        job.add_done_callback(lambda done: self._release(done, cancel))
        try:
            if self._warming is not None:
                await asyncio.wait({self._warming})
            found = await self._wait(job, is_gone)
        except EquityError as error:
            if cancel.is_set():
                told = "the server stops"
                raise _busy(told, after=10) from error
            raise
        finally:
            cancel.set()
        self.is_warm = True
        return found

    async def close(self) -> None:
        """Stop what is being computed."""
        for cancel in self._running.copy():
            cancel.set()
        if self._warming is not None:
            self._warming.cancel()

    def _warmed(self, warming: asyncio.Future[None]) -> None:
        self._warming = None
        if not warming.cancelled() and warming.exception() is not None:
            _log.error("the equity kernels could not be compiled", exc_info=warming.exception())
        else:
            self.is_warm = not warming.cancelled()

    async def _wait(self, job: asyncio.Future[Equity], is_gone: Callable[[], Any]) -> Equity:
        loop = asyncio.get_running_loop()
        ends = loop.time() + self._seconds
        while not job.done():
            await asyncio.wait({job}, timeout=min(_LOOK_S, max(ends - loop.time(), 0)))
            if not job.done() and loop.time() >= ends:
                told = f"this equity takes longer than {self._seconds:g} s; narrow the ranges or raise tolerance"
                raise _busy(told, after=30)
            if not job.done() and await is_gone():
                told = "the client has left"
                raise _busy(told, after=1)
        return job.result()

    def _release(self, job: asyncio.Future[Equity], cancel: threading.Event) -> None:
        if not job.cancelled():
            job.exception()  # asked for here, since nobody may wait any more
        self._free += 1
        self._running.discard(cancel)


def router() -> APIRouter:
    """Make the equity routes."""
    routes = APIRouter(prefix="/api/v1/equity", tags=["equity"])

    @routes.post("/calculate")
    async def calculate(request: Request, question: TwoPlayers) -> EquityAnswer:
        """Answer for two players: hands or ranges, exact or sampled."""
        return await _answer(request, question)

    @routes.post("/multiway")
    async def multiway(request: Request, question: ManyPlayers) -> EquityAnswer:
        """Answer for three to ten players."""
        return await _answer(request, question)

    return routes


async def _answer(request: Request, question: EquityQuestion) -> EquityAnswer:
    desk: EquityDesk = request.app.state.equity
    found = await desk.answer(question, request.is_disconnected)
    columns = zip(found.equity, found.win, found.tie, found.stderr, strict=True)
    players = [PlayerEquity(equity=e, win=w, tie=t, stderr=s) for e, w, t, s in columns]
    return EquityAnswer(
        players=players, exact=found.exact, samples=found.samples, deals=found.deals, seconds=found.seconds
    )


def _compute(question: EquityQuestion, cancel: threading.Event) -> Equity:
    from pokerlab._equity import equity

    return equity(
        *question.players,
        board=question.board,
        dead=question.dead,
        game=question.game,
        method=question.method,
        tolerance=question.tolerance,
        seed=question.seed,
        cancel=cancel,
    )


def _warm_up() -> None:
    from pokerlab._equity import warm_up

    warm_up()


def _in_thread(work: Callable[[], T]) -> asyncio.Future[T]:
    """Work in a daemon thread: the threads of an executor are waited for when the process ends, compiler and all."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(done: Callable[[], None]) -> None:
        if not future.done():
            done()

    def run() -> None:
        done: Callable[[], None]
        try:
            done = partial(future.set_result, work())
        except Exception as error:
            done = partial(future.set_exception, error)
        # The loop may be gone when a compiler comes to its end.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, done)

    threading.Thread(target=run, name="pokerlab-equity", daemon=True).start()
    return future


def _busy(why: str, after: int) -> ProblemError:
    return ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, why, headers={"Retry-After": str(after)})
