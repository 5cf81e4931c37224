"""What is checked before any route sees a request or a WebSocket: host, origin, token, size."""

from __future__ import annotations

import re
from hmac import compare_digest
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders

from pokerlab.server.problems import ProblemError, ProblemResponse, quote
from pokerlab.server.settings import bracketed, is_loopback

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from pokerlab.server.settings import ServerSettings

SUBPROTOCOL = "pokerlab.v1"
"""What a client offers beside its token, and what the server answers."""

TOKEN_PREFIX = "pokerlab.token."  # noqa: S105
"""A browser cannot set headers on a WebSocket: it offers this prefix and the token as a second sub-protocol."""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-site",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
"""What every answer carries, unless its route says otherwise."""

_HOST_HEADER = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[^:\[\]/@\s]+)(:\d{1,5})?", re.IGNORECASE)


def origin_pattern(settings: ServerSettings) -> str:
    """Give the regular expression of the origins whose pages may call the server.

    Examples
    --------
    >>> from pokerlab.server.settings import ServerSettings
    >>> pattern = origin_pattern(ServerSettings())
    >>> bool(re.fullmatch(pattern, "http://[::1]:8888")), bool(re.fullmatch(pattern, "http://localhost.evil.example"))
    (True, False)
    """
    hosts = "|".join(re.escape(name) for name in settings.hosts)
    others = "".join(f"|{re.escape(origin.lower())}" for origin in settings.allowed_origins)
    return rf"(?i:https?://(?:{hosts})(?::\d{{1,5}})?{others})"


class Guard:
    """Refuse, before routes and before ``accept``, what should not reach them.

    - A ``Host`` that is not ours (DNS rebinding). Starlette's own check refuses ``[::1]:8000``, hence this one.
    - An ``Origin`` that is not ours: CORS alone does not stop a foreign page from opening a WebSocket or from posting.
      A request without ``Origin`` comes from a program, not from a page, and passes.
    - A missing or wrong token where one is set, or where the socket can be reached from elsewhere.
    - A body that is longer than the limit.
    """

    def __init__(self, app: ASGIApp, settings: ServerSettings) -> None:
        self._app = app
        self._hosts = frozenset(settings.hosts)
        self._origins = re.compile(origin_pattern(settings))
        self._token = settings.token.get_secret_value().encode() if settings.token else None
        self._max_body = settings.max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check, then pass on."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        if scope["type"] == "http":
            send = _with_headers(send)
        refusal = self._refusal(scope)
        if refusal is not None:
            await deny(scope, receive, send, refusal)
        elif scope["type"] == "http":
            await self._app(scope, _limited(receive, self._max_body), send)
        else:
            await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> ProblemResponse | None:
        headers = Headers(scope=scope)
        return (
            self._check_host(scope, headers)
            or self._check_origin(headers)
            or self._check_token(scope, headers)
            or self._check_length(headers)
        )

    def _check_host(self, scope: Scope, headers: Headers) -> ProblemResponse | None:
        given = headers.getlist("host")
        match = _HOST_HEADER.fullmatch(given[0]) if len(given) == 1 else None
        # An address cannot be rebound to another machine as a name can: the one that was dialled is ours.
        dialled = bracketed(scope["server"][0]) if scope.get("server") else ""
        if match and match["name"].lower().removesuffix(".") in {*self._hosts, dialled}:
            return None
        return ProblemResponse(
            HTTPStatus.BAD_REQUEST,
            f"Host {quote(', '.join(given))} is not served here; if it is yours, name it in POKERLAB_ALLOWED_HOSTS",
        )

    def _check_origin(self, headers: Headers) -> ProblemResponse | None:
        given = headers.getlist("origin")
        if not given or (len(given) == 1 and self._origins.fullmatch(given[0])):
            return None
        return ProblemResponse(
            HTTPStatus.FORBIDDEN,
            f"pages of {quote(', '.join(given))} may not use this server; "
            "if the page is yours, name its origin in POKERLAB_ALLOWED_ORIGINS",
        )

    def _check_token(self, scope: Scope, headers: Headers) -> ProblemResponse | None:
        if self._token is None:
            if _is_local(scope):
                return None
            return ProblemResponse(
                HTTPStatus.FORBIDDEN, "this server has no token and therefore answers on loopback addresses alone"
            )
        if _is_preflight(scope, headers):
            return None
        if compare_digest(_shown_token(scope, headers).encode(), self._token):
            return None
        return ProblemResponse(
            HTTPStatus.UNAUTHORIZED,
            "a token is needed: send 'Authorization: Bearer <token>', or on a WebSocket offer the sub-protocols "
            f"{SUBPROTOCOL!r} and '{TOKEN_PREFIX}<token>'; a token in the address is not read",
            headers={"WWW-Authenticate": 'Bearer realm="pokerlab"'},
        )

    def _check_length(self, headers: Headers) -> ProblemResponse | None:
        length = headers.get("content-length", "0")
        if length.isdecimal() and int(length[:20]) > self._max_body:
            return ProblemResponse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _too_long(self._max_body))
        return None


async def deny(scope: Scope, receive: Receive, send: Send, response: ProblemResponse) -> None:
    """Answer a request, or a WebSocket's handshake before it is accepted, with an error."""
    if scope["type"] == "websocket":
        await receive()
        if "websocket.http.response" not in scope.get("extensions", {}):
            await send({"type": "websocket.close", "code": 1008, "reason": ""})
            return
    await response(scope, receive, send)


def _is_local(scope: Scope) -> bool:
    server = scope.get("server")
    if not server or server[1] is None:
        return True
    name: str = server[0]
    looks_like_address = ":" in name or name.replace(".", "").isdigit()
    return is_loopback(name) or not looks_like_address


def _is_preflight(scope: Scope, headers: Headers) -> bool:
    """Tell whether a browser asks what it may send: it never sends the token with that."""
    return scope["type"] == "http" and scope["method"] == "OPTIONS" and "access-control-request-method" in headers


def _shown_token(scope: Scope, headers: Headers) -> str:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    offers = scope.get("subprotocols", []) if scope["type"] == "websocket" else []
    return next((offer.removeprefix(TOKEN_PREFIX) for offer in offers if offer.startswith(TOKEN_PREFIX)), "")


def _limited(receive: Receive, limit: int) -> Receive:
    """Count a body that comes in pieces without saying its length."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise ProblemError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _too_long(limit))
        return message

    return counted


def _too_long(limit: int) -> str:
    return f"the body is longer than the {limit} bytes that are read"


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending
