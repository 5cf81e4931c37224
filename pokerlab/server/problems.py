"""Errors as RFC 9457 problem documents that quote what was wrong and tell nothing about the machine."""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi.exceptions import RequestValidationError
from polars.exceptions import PolarsError
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.exceptions import HTTPException
from starlette.responses import Response

from pokerlab.errors import CardError, EquityError, PokerlabError, RangeError, StatError, UnitError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fastapi import FastAPI
    from starlette.requests import Request

_log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
_QUOTED = 200
_CALLER_IS_WRONG = (CardError, RangeError, EquityError, StatError, UnitError)


class Fault(BaseModel):
    """One part of a request that was wrong."""

    where: str
    problem: str
    given: str | None = None


class Problem(BaseModel):
    """An error answer (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[Fault] = []


class ProblemError(HTTPException):
    """An error that a route answers on purpose; ``detail`` is for the reader."""


class ProblemResponse(Response):
    """A `Problem` as an HTTP answer."""

    media_type = MEDIA_TYPE

    def __init__(
        self, status: int, detail: str, *, headers: Mapping[str, str] | None = None, errors: Sequence[Fault] = ()
    ) -> None:
        problem = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, errors=list(errors))
        # ASCII: a quoted text may hold half a surrogate pair, which UTF-8 cannot write.
        body = json.dumps(problem.model_dump(exclude_defaults=False), separators=(",", ":"))
        super().__init__(body.encode("ascii"), status_code=status, headers=headers)


_AS_PROBLEM = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}

ANSWERS: dict[int | str, dict[str, Any]] = {
    "4XX": {"description": "The request cannot be answered; the problem says why.", "content": _AS_PROBLEM},
    "503": {"description": "Not now; the header Retry-After says when to ask again.", "content": _AS_PROBLEM},
}


_, _DEFINITIONS = models_json_schema([(Problem, "serialization")], ref_template="#/components/schemas/{model}")
SCHEMAS: dict[str, Any] = _DEFINITIONS["$defs"]
"""What `ANSWERS` refers to, for the OpenAPI document."""


def add_handlers(app: FastAPI) -> None:
    """Answer every error of ``app`` with a problem document."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    for own in (PokerlabError, PolarsError, OSError):
        app.add_exception_handler(own, _own)
    app.add_exception_handler(Exception, _unforeseen)


def quote(value: object) -> str:
    """Quote what came from outside, short enough for an answer.

    Examples
    --------
    >>> quote("AhAx")
    "'AhAx'"
    """
    text = repr(value)
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return ProblemResponse(error.status_code, _detail(request, error), headers=error.headers)


def _detail(request: Request, error: HTTPException) -> str:
    """Say in pokerlab's words what the frameworks raise by themselves."""
    if isinstance(error, ProblemError):
        return error.detail
    if error.status_code == HTTPStatus.NOT_FOUND:
        return f"there is nothing at {quote(request.url.path)}; /api/v1/openapi.json lists what there is"
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return f"{request.method} is not possible at {quote(request.url.path)}"
    if error.status_code == HTTPStatus.BAD_REQUEST and error.__cause__:
        return _unreadable(error.__cause__)
    return error.detail


def _unreadable(cause: BaseException) -> str:
    """Say why FastAPI could not read a body as JSON, where it was not the JSON's fault alone."""
    if isinstance(cause, UnicodeDecodeError):
        return f"the body is not UTF-8: byte {cause.start} is {cause.object[cause.start]:#04x}"
    if isinstance(cause, RecursionError):
        return "the body is nested too deeply"
    return f"the body cannot be read: {str(cause).partition(';')[0]}"


async def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = [_fault(part) for part in error.errors()[:20]]
    detail = "; ".join(f"{fault.where}: {fault.problem}" for fault in faults)
    return ProblemResponse(HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors=faults)


def _fault(part: Mapping[str, Any]) -> Fault:
    where = ".".join(str(step) for step in part["loc"])
    if part["type"] == "json_invalid":
        return Fault(where=where, problem=f"this is not JSON: {part.get('ctx', {}).get('error', part['msg'])}")
    if where == "body" and isinstance(part.get("input"), bytes):
        return Fault(where=where, problem="it is not read without the header 'Content-Type: application/json'")
    given = None if part["type"] == "missing" else quote(part.get("input"))
    return Fault(where=where, problem=part["msg"].removeprefix("Value error, "), given=given)


async def _own(_: Request, error: Exception) -> Response:
    if isinstance(error, _CALLER_IS_WRONG):
        return ProblemResponse(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
    _log.error("a request failed", exc_info=error)
    return ProblemResponse(
        HTTPStatus.SERVICE_UNAVAILABLE,
        f"the stored hands cannot be read now ({type(error).__name__}); the server's log says why",
        headers={"Retry-After": "5"},
    )


async def _unforeseen(_: Request, error: Exception) -> Response:
    return ProblemResponse(
        HTTPStatus.INTERNAL_SERVER_ERROR, f"an error in the server ({type(error).__name__}); its log says more"
    )
