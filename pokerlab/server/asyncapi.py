"""The AsyncAPI 3.0 document of the live feed, made from the models of `pokerlab.wire`: what OpenAPI is for REST."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, get_args

from fastapi import APIRouter, Request
from pydantic.json_schema import models_json_schema
from starlette.responses import JSONResponse

from pokerlab.server.feed import CLOSE_CODES, QUERY
from pokerlab.server.security import SUBPROTOCOL, TOKEN_PREFIX
from pokerlab.wire import SENT, ConnectionAck, Error, Gap, Hand, Heartbeat, NewHand, Ping

if TYPE_CHECKING:
    from pydantic import BaseModel

PATH = "/api/v1/asyncapi.json"

_ALL: tuple[type[BaseModel], ...] = (*SENT, Ping)
_EPOCH = "7f3a9c0d1e2b4a5f"
_HAND = """{
"hand_id": "1234567890123-45-1782938000", "played_at": "2026-07-01T20:33:20Z", "format": "cash", "pool": null,
"game": "holdem", "limit": "no_limit", "unit": "eur_cent", "table": "Nice 05", "max_seats": 2, "n_players": 2,
"button_seat": 1, "small_blind": 25, "big_blind": 50, "ante": 0, "board": "Ks7d2c", "pot": 500, "rake": 0,
"tournament_id": null, "tournament_name": null,
"hero": {
  "player": "Nina", "seat": 1, "position": "SB", "stack": 5000, "hole": "AsKd", "net": 250, "ev_net": 250, "won": true
},
"seats": [
  {"seat": 1, "player": "Nina", "dealt": true, "position": "SB", "is_hero": true, "stack": 5000, "bounty": null,
   "hole": "AsKd", "showed": false, "contributed": 250, "collected": 500, "net": 250, "ev_net": 250, "won": true},
  {"seat": 2, "player": "Mark", "dealt": true, "position": "BB", "is_hero": false, "stack": 4200, "bounty": null,
   "hole": null, "showed": false, "contributed": 250, "collected": 0, "net": -250, "ev_net": -250, "won": false}
]}"""
_EXAMPLES = (
    ConnectionAck(client_id="0c9e3a5f1b2d4c6e", epoch=_EPOCH, seq=41, heartbeat_seconds=30.0),
    NewHand(epoch=_EPOCH, seq=42, hand=Hand.model_validate_json(_HAND)),
    Heartbeat(seq=42, sent_at=datetime(2026, 7, 3, 20, 0, 30, tzinfo=UTC)),
    Gap(from_seq=1, to_seq=20),
    Error(code="bad_request", message="since 'abc' is not a sequence number; give the last seq you have, or 0"),
    Ping(type="ping"),
)
_QUERY_MEANINGS = {
    "client_name": "Shown in /ws/stats.",
    "epoch": "The epoch in which since was counted, from connection_ack.",
    "since": "The last seq that the client has: what came after it is sent first. 0 for all that is kept.",
}


def router() -> APIRouter:
    """Make the route that gives the document."""
    routes = APIRouter()

    @routes.get(PATH, include_in_schema=False)
    async def asyncapi(request: Request) -> JSONResponse:
        settings = request.app.state.settings
        secure = request.url.scheme == "https"
        host = request.headers["host"]
        return JSONResponse(document(host, request.app.version, secure=secure, token=settings.token is not None))

    return routes


def document(host: str, version: str, *, secure: bool = False, token: bool = False) -> dict[str, Any]:
    """Describe the feed: address, parameters, messages in both directions, close codes.

    Parameters
    ----------
    host
        Name and port under which the server is reached.
    version
        pokerlab's version.
    secure
        Whether TLS is spoken.
    token
        Whether the server asks for one.

    Examples
    --------
    >>> sorted(document("127.0.0.1:8000", "1.0")["channels"]["feed"]["messages"])
    ['connection_ack', 'error', 'gap', 'heartbeat', 'new_hand', 'ping']
    """
    server = {"host": host, "protocol": "wss" if secure else "ws", "title": "This server"}
    security = {"security": [{"$ref": "#/components/securitySchemes/token"}]} if token else {}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "pokerlab live feed",
            "version": version,
            "description": "Finished hands as they are stored, each once and in order; a lost connection resumes.",
        },
        "defaultContentType": "application/json",
        "servers": {"this": server | security},
        "channels": {"feed": _channel()},
        "operations": _operations(),
        "components": _components(),
    }


def _channel() -> dict[str, Any]:
    codes = "\n".join(f"- {code}: {meaning}" for code, meaning in CLOSE_CODES.items())
    parameters = {
        name: {"type": "string", "pattern": f"^(?:{pattern.pattern})$", "description": _QUERY_MEANINGS[name]}
        for name, pattern in QUERY.items()
    }
    query = {"type": "object", "properties": parameters, "additionalProperties": False}
    return {
        "address": "/ws",
        "title": "The live feed",
        "description": f"The first message is connection_ack. Close codes:\n\n{codes}",
        "messages": {_name(model): {"$ref": f"#/components/messages/{_name(model)}"} for model in _ALL},
        "bindings": {"ws": {"method": "GET", "query": query, "bindingVersion": "0.1.0"}},
    }


def _operations() -> dict[str, Any]:
    feed = {"$ref": "#/channels/feed"}
    reply = {"channel": feed, "messages": _messages(Heartbeat, Error)}
    return {
        "announce": {
            "action": "send",
            "channel": feed,
            "summary": "What the server says.",
            "messages": _messages(*SENT),
        },
        "ask": {
            "action": "receive",
            "channel": feed,
            "summary": "All that a client may say.",
            "messages": _messages(Ping),
            "reply": reply,
        },
    }


def _messages(*models: type[BaseModel]) -> list[dict[str, str]]:
    return [{"$ref": f"#/channels/feed/messages/{_name(model)}"} for model in models]


@cache
def _components() -> dict[str, Any]:
    template = "#/components/schemas/{model}"
    models = [(model, "serialization") for model in _ALL]
    _, schemas = models_json_schema(models, ref_template=template)  # type: ignore[arg-type]
    return {
        "messages": {_name(model): _message(model) for model in _ALL},
        "schemas": schemas["$defs"],
        "securitySchemes": {
            "token": {
                "type": "http",
                "scheme": "bearer",
                "description": f"A browser offers the sub-protocols {SUBPROTOCOL} and {TOKEN_PREFIX}<token> instead.",
            }
        },
    }


def _message(model: type[BaseModel]) -> dict[str, Any]:
    examples = [{"payload": one.model_dump(mode="json")} for one in _EXAMPLES if isinstance(one, model)]
    return {
        "name": _name(model),
        "title": model.__name__,
        "summary": (model.__doc__ or "").partition("\n")[0],
        "payload": {"$ref": f"#/components/schemas/{model.__name__}"},
        **({"examples": examples} if examples else {}),
    }


def _name(model: type[BaseModel]) -> str:
    """Give the text of a message's field ``type``."""
    return str(get_args(model.model_fields["type"].annotation)[0])
