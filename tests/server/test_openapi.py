"""What the OpenAPI document promises, asked of a running server with what it allows and with what it does not."""

from __future__ import annotations

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error

from pokerlab import sample
from pokerlab.server import BackgroundServer, ServerSettings, create_app
from pokerlab.store import Store


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    """Serve some hands, and read the document from the server."""
    store = Store(tmp_path_factory.mktemp("fuzzed") / "store")
    store.add(sample.hands(60, seed=7))
    options = ServerSettings(store=store.path, history=[], warm_up=False, equity_seconds=0.2)
    with BackgroundServer(create_app(options)) as server:
        yield schemathesis.openapi.from_url(f"{server.url}/api/v1/openapi.json")


schema = schemathesis.pytest.from_fixture("document")


def check(case):
    answer = case.call_and_validate(excluded_checks=[not_a_server_error])
    # Not an error: the server says that it is busy, and when to ask again.
    assert answer.status_code < 500 or (answer.status_code == 503 and answer.headers["retry-after"])


@schema.parametrize()
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_no_answer_contradicts_the_document(case):
    check(case)


@pytest.mark.slow
@schema.parametrize()
@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_answer_contradicts_the_document_however_often_it_is_asked(case):
    check(case)


@pytest.fixture
def described(shared):
    """Give the document itself."""
    return httpx.get(f"{shared.url}/api/v1/openapi.json").json()
