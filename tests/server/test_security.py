from __future__ import annotations

import asyncio
import http.client
import re
from types import SimpleNamespace

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from pokerlab._lab import Lab
from pokerlab.errors import SettingsError
from pokerlab.server import BackgroundServer, ServerSettings, create_app
from pokerlab.server.security import Guard, origin_pattern

TOKEN = "a-token.of_30~signs-0123456789"
EVIL = ["http://evil.example", "null", "http://localhost.evil.example", "http://127.0.0.1.evil.example", "file://", ""]
OWN = ["http://localhost:8888", "https://127.0.0.1", "http://[::1]:3000", "http://LOCALHOST:1"]
FOREIGN_HOSTS = ["evil.example", "evil.example:8000", "localhost.evil.example", "127.0.0.1:99999999", "a@localhost", ""]
OWN_HOSTS = ["localhost", "localhost:1234", "127.0.0.1:8000", "[::1]", "[::1]:8000", "LocalHost.:80"]


def ask(server, **headers):
    return httpx.get(f"{server.url}/health", headers=headers)


def handshake(server, *, host=None, origin=None, protocols=(), query="", **headers):
    """Send a WebSocket handshake with any headers and give the status of the answer."""
    address = server.url.removeprefix("http://")
    connection = http.client.HTTPConnection(address, timeout=5)
    connection.putrequest("GET", f"/ws{query}", skip_host=True)
    sent = {
        "Host": address if host is None else host,
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
        **({} if origin is None else {"Origin": origin}),
        **({"Sec-WebSocket-Protocol": ", ".join(protocols)} if protocols else {}),
        **headers,
    }
    for name, value in sent.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    try:
        return SimpleNamespace(status=answer.status, headers=answer.headers)
    finally:
        connection.close()


@pytest.mark.parametrize("origin", EVIL)
def test_pages_of_other_origins_reach_neither_feed_nor_routes(shared, origin):
    assert handshake(shared, origin=origin).status == 403
    answer = ask(shared, Origin=origin)
    assert answer.status_code == 403
    assert answer.json()["detail"].startswith(f"pages of {origin!r} may not use")
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("origin", OWN)
def test_pages_of_this_machine_may_use_it(shared, origin):
    assert handshake(shared, origin=origin).status == 101
    assert ask(shared, Origin=origin).headers["access-control-allow-origin"] == origin


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
def test_other_hosts_are_refused_before_the_socket_is_accepted(shared, host):
    assert handshake(shared, host=host).status == 400
    answer = ask(shared, Host=host)
    assert answer.status_code == 400


@pytest.mark.parametrize("host", OWN_HOSTS)
def test_names_of_this_machine_are_served_with_any_port(shared, host):
    assert handshake(shared, host=host).status == 101
    assert ask(shared, Host=host).status_code == 200


def test_named_hosts_and_origins_are_served(start):
    server = start(allowed_hosts=("lab.example.org",), allowed_origins=("https://study.example.org",))
    assert ask(server, Host="Lab.example.org:8000").status_code == 200
    assert handshake(server, origin="https://study.example.org").status == 101
    assert handshake(server, origin="http://lab.example.org:8080").status == 101
    assert handshake(server, origin="http://study.example.org").status == 403


def test_a_named_origin_is_text_and_not_a_pattern():
    pattern = origin_pattern(ServerSettings(allowed_origins=("https://a.example",)))
    assert re.fullmatch(pattern, "https://a.example")
    assert not re.fullmatch(pattern, "https://axexample")


def test_ipv6_loopback_works_under_its_own_name():
    app = create_app(ServerSettings(warm_up=False), lab=Lab(None))
    try:
        server = BackgroundServer(app, host="::1").__enter__()
    except SettingsError:
        pytest.skip("no IPv6 on this machine")
    try:
        assert server.url.startswith("http://[::1]:")
        assert httpx.get(f"{server.url}/health").status_code == 200
        with connect(f"{server.ws_url}/ws", proxy=None) as client:
            assert "connection_ack" in client.recv(timeout=5)
    finally:
        server.__exit__(None, None, None)


@pytest.fixture(scope="module")
def locked():
    """Give a server that asks for a token."""
    lab = Lab(None)
    with BackgroundServer(create_app(ServerSettings(token=TOKEN, warm_up=False), lab=lab)) as server:
        yield server


def test_with_a_token_routes_need_it(locked):
    refused = ask(locked)
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")
    assert TOKEN not in refused.text
    assert ask(locked, Authorization=f"Bearer {TOKEN}").status_code == 200


@pytest.mark.parametrize(
    "shown", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer \u00e9".encode()]
)
def test_anything_but_the_token_is_refused(locked, shown):
    assert ask(locked, Authorization=shown).status_code == 401


def test_an_address_cannot_carry_a_token(locked):
    assert httpx.get(f"{locked.url}/health", params={"token": TOKEN}).status_code == 401
    assert handshake(locked, query=f"?token={TOKEN}").status == 401


def test_the_feed_takes_a_token_as_a_header_or_as_a_subprotocol(locked):
    assert handshake(locked).status == 401
    assert handshake(locked, Authorization=f"Bearer {TOKEN}").status == 101
    accepted = handshake(locked, protocols=("pokerlab.v1", f"pokerlab.token.{TOKEN}"))
    assert accepted.status == 101
    assert accepted.headers["Sec-WebSocket-Protocol"] == "pokerlab.v1"
    assert handshake(locked, protocols=("pokerlab.v1", "pokerlab.token.wrong")).status == 401


def test_a_browser_may_ask_first_what_it_may_send(locked):
    headers = {
        "Origin": "http://localhost:8888",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization",
    }
    allowed = httpx.options(f"{locked.url}/health", headers=headers)
    assert allowed.status_code == 200
    assert "authorization" in allowed.headers["access-control-allow-headers"].lower()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "lab.example.org"])
def test_a_host_that_others_can_reach_needs_a_token(host):
    with pytest.raises(SettingsError, match="needs a token: set POKERLAB_TOKEN"):
        ServerSettings.load(host=host)
    assert ServerSettings.load(host=host, token=TOKEN).host == host


async def guarded(local, passed):
    reached = []

    async def app(scope, receive, send):
        reached.append(scope)

    async def nothing(*_):
        return {"type": "http.request"}

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/health",
        "headers": [(b"host", b"localhost")],
        "server": (local, 8000),
    }
    await Guard(app, ServerSettings())(scope, nothing, nothing)
    assert bool(reached) is passed


@pytest.mark.parametrize(("local", "passed"), [("192.168.1.5", False), ("fe80::1", False), ("127.0.0.1", True)])
def test_without_a_token_a_socket_of_another_server_is_refused_too(local, passed):
    """Another program may run the app on a host that the settings do not know."""
    asyncio.run(guarded(local, passed))


def test_a_body_that_is_too_long_is_refused(start):
    server = start(max_body_bytes=1000)
    address = f"{server.url}/api/v1/equity/calculate"
    told = httpx.post(address, content=b"x" * 1001)
    assert (told.status_code, told.headers["content-type"]) == (413, "application/problem+json")

    def pieces():
        for _ in range(20):
            yield b"x" * 100

    counted = httpx.post(address, content=pieces(), headers={"Content-Type": "application/json"})
    assert (counted.status_code, counted.headers["content-type"]) == (413, "application/problem+json")
    assert "1000 bytes" in counted.json()["detail"]


def test_every_answer_carries_the_security_headers(shared):
    for path in ("/health", "/nothing", "/docs", "/ws/stats"):
        headers = httpx.get(shared.url + path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "server" not in headers


def test_refusals_carry_a_problem_that_a_client_can_show(shared, join):
    with pytest.raises(InvalidStatus, match="403") as refused:
        join(shared, origin="http://evil.example")
    assert b"http://evil.example" in refused.value.response.body
