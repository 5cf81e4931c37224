"""The feed's AsyncAPI document: valid by the official schema, and true of what a real server sends."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest
from jsonschema import Draft7Validator
from websockets.exceptions import ConnectionClosed

from pokerlab import sample, wire
from pokerlab._lab import Hub
from pokerlab.server.asyncapi import document

OFFICIAL = Path(__file__).resolve().parents[2] / "node_modules/@asyncapi/specs/schemas/3.0.0.json"
TOKEN = "a-token.of_30~signs-0123456789"


@pytest.fixture
def served(shared):
    """Give the document as a running server tells it."""
    answer = httpx.get(f"{shared.url}/api/v1/asyncapi.json")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    return answer.json()


def resolve(document, reference):
    assert reference.startswith("#/")
    for part in reference.removeprefix("#/").split("/"):
        document = document[part]
    return document


def references(part):
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"]
        for value in part.values():
            yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def validator(document, name):
    """Give what judges a message of this type by the document alone."""
    payload = document["components"]["messages"][name]["payload"]
    return Draft7Validator(
        {**payload, "components": document["components"]}, format_checker=Draft7Validator.FORMAT_CHECKER
    )


@pytest.mark.parametrize("token", [False, True])
def test_the_official_schema_finds_no_fault(token):
    if not OFFICIAL.is_file():
        pytest.skip("the official schema is one of the JavaScript packages: run `npm ci` first")
    official = json.loads(OFFICIAL.read_text("utf-8"))
    faults = Draft7Validator(official).iter_errors(document("[::1]:8000", "1.0", secure=token, token=token))
    assert [(fault.json_path, fault.message) for fault in faults] == []
    assert next(Draft7Validator(official).iter_errors(document("[::1]:8000", "1.0") | {"channels": []}), None)


def test_every_reference_leads_somewhere(served):
    found = set(references(served))
    assert len(found) > 10
    for reference in found:
        assert resolve(served, reference)


def test_the_server_is_named_as_it_was_called(shared):
    address = shared.url.removeprefix("http://")
    assert httpx.get(f"{shared.url}/api/v1/asyncapi.json").json()["servers"]["this"]["host"] == address
    other = httpx.get(f"{shared.url}/api/v1/asyncapi.json", headers={"Host": "localhost:1234"}).json()
    assert other["servers"]["this"] == {"host": "localhost:1234", "protocol": "ws", "title": "This server"}


def test_a_server_with_a_token_says_that_it_wants_one(start):
    server = start(token=TOKEN)
    assert httpx.get(f"{server.url}/api/v1/asyncapi.json").status_code == 401
    told = httpx.get(f"{server.url}/api/v1/asyncapi.json", headers={"Authorization": f"Bearer {TOKEN}"}).json()
    [scheme] = [resolve(told, one["$ref"]) for one in told["servers"]["this"]["security"]]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    assert TOKEN not in json.dumps(told)


def test_every_message_of_the_protocol_is_described_and_no_other(served):
    channel = served["channels"]["feed"]["messages"]
    types = {"connection_ack", "new_hand", "heartbeat", "gap", "error", "ping"}
    assert set(channel) == set(served["components"]["messages"]) == types
    said = {
        name
        for one in served["operations"].values()
        for name in (ref["$ref"].split("/")[-1] for ref in one["messages"])
    }
    assert said == types


def test_each_message_has_an_example_that_is_one(served):
    for name, message in served["components"]["messages"].items():
        assert message["examples"]
        for example in message["examples"]:
            validator(served, name).validate(example["payload"])
            assert example["payload"]["type"] == name


def test_all_that_a_real_server_says_is_as_described(start, join, publish):
    hub = Hub(window=3)
    for hand in wire.hands_of(sample.hands(40, seed=5)):
        hub.publish(hand)
    server = start(hub, heartbeat_seconds=0.01)
    told = httpx.get(f"{server.url}/api/v1/asyncapi.json").json()
    client, seen = join(server, "?since=1"), set()
    client.send("nonsense")
    while seen != {"connection_ack", "new_hand", "heartbeat", "gap", "error"}:
        message = json.loads(client.recv(timeout=5))
        validator(told, message["type"]).validate(message)
        seen.add(message["type"])


def test_the_document_refuses_what_no_server_says(served):
    gap = {"type": "gap", "from_seq": "1", "to_seq": "2", "rest_url": "/x"}
    assert validator(served, "gap").is_valid(gap)
    for wrong in ({"from_seq": 1}, {"from_seq": "-1"}, {"type": "heartbeat"}):
        assert not validator(served, "gap").is_valid(gap | wrong)
    assert not validator(served, "gap").is_valid({name: value for name, value in gap.items() if name != "type"})


@pytest.mark.parametrize(
    ("query", "accepted"),
    [
        ({"since": "0"}, True),
        ({"client_name": "Zoë 1", "epoch": "a-b_c", "since": "12"}, True),
        ({"since": "-1"}, False),
        ({"since": "1e3"}, False),
        ({"client_name": "a\nb"}, False),
        ({"epoch": "a b"}, False),
        ({"token": "secret"}, False),
    ],
)
def test_what_the_document_says_of_the_address_is_what_the_server_does(shared, join, served, query, accepted):
    schema = served["channels"]["feed"]["bindings"]["ws"]["query"]
    assert Draft7Validator(schema).is_valid(query) is accepted
    client = join(shared, "?" + str(httpx.QueryParams(query)))
    assert (json.loads(client.recv(timeout=5))["type"] == "connection_ack") is accepted


def test_close_codes_are_those_that_are_described(served, start, join):
    client = join(start(max_message_bytes=200))
    client.send("x" * 201)
    with pytest.raises(ConnectionClosed) as closed:
        [client.recv(timeout=5) for _ in range(3)]
    assert f"- {closed.value.rcvd.code}: a message was too long" in served["channels"]["feed"]["description"]
