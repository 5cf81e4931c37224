"""What the OpenAPI document promises, asked of a running server with what it allows and with what it does not."""

from __future__ import annotations

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import positive_data_acceptance

from pokerlab import sample
from pokerlab._lab import Lab
from pokerlab.server import BackgroundServer, ServerSettings, create_app
from pokerlab.store import Store

schema = schemathesis.openapi.from_dict(create_app(ServerSettings(), lab=Lab(None)).openapi())


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Serve some hands; give the address."""
    store = Store(tmp_path_factory.mktemp("fuzzed") / "store")
    store.add(sample.hands(60, seed=7))
    with BackgroundServer(create_app(ServerSettings(warm_up=False, equity_seconds=0.2), lab=Lab(store))) as server:
        yield server.url


# That a text is a range, or the code of a statistic, is more than a schema can say; a 503 is checked for below.
LEFT_OUT = [positive_data_acceptance, not_a_server_error]


def check(case, address):
    answer = case.call_and_validate(base_url=address, excluded_checks=LEFT_OUT)
    assert answer.status_code < 500 or (answer.status_code == 503 and answer.headers["retry-after"])


@schema.parametrize()
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_no_answer_contradicts_the_document(case, address):
    check(case, address)


@pytest.mark.slow
@schema.parametrize()
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_answer_contradicts_the_document_however_often_it_is_asked(case, address):
    check(case, address)


@pytest.fixture
def described(shared):
    """Give the document itself."""
    return httpx.get(f"{shared.url}/api/v1/openapi.json").json()
