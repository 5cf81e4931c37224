from __future__ import annotations

import threading
import time

import httpx
import pytest

HEAVY = {"players": ["random", "random", "random"], "method": "monte_carlo", "tolerance": 1e-6}


@pytest.fixture(scope="module", autouse=True)
def warm():
    """Compile the kernels first: no time limit is about that."""
    from pokerlab._equity import equity

    equity("AsAh", "KsKh", method="exact")
    equity("AsAh", "KK", "random", method="monte_carlo", tolerance=0.05)


def ask(server, route="calculate", **body):
    return httpx.post(f"{server.url}/api/v1/equity/{route}", json=body, timeout=60)


def test_aces_against_kings_are_counted_to_the_last_board(shared):
    answer = ask(shared, players=["AsAh", "KsKh"], method="exact")
    assert answer.status_code == 200
    found = answer.json()
    assert (found["exact"], found["samples"], found["deals"]) == (True, 0, 1_712_304)
    aces, kings = found["players"]
    assert aces["win"] == pytest.approx(1_410_336 / 1_712_304, abs=1e-12)
    assert aces["tie"] == pytest.approx(9_308 / 1_712_304, abs=1e-12)
    assert aces["equity"] + kings["equity"] == pytest.approx(1, abs=1e-12)
    assert aces["stderr"] == kings["stderr"] == 0


def test_three_players_are_sampled_and_a_seed_fixes_the_answer(shared):
    body = {"players": ["AhAs", "KK+", "random"], "method": "monte_carlo", "tolerance": 0.01, "seed": 7}
    first, second = (ask(shared, "multiway", **body).json() for _ in range(2))
    assert first["players"] == second["players"]
    assert not first["exact"]
    assert sum(player["equity"] for player in first["players"]) == pytest.approx(1)
    assert all(0 < player["stderr"] <= 0.01 for player in first["players"])


@pytest.mark.parametrize(
    ("body", "quoted"),
    [
        ({"players": ["AhAs", "AhKd"]}, "Ah"),
        ({"players": ["AhAs", "KK+x"]}, "KK+x"),
        ({"players": ["AhAs", "ZZ"]}, "ZZ"),
        ({"players": ["AhAs", "KK"], "board": "2c2d"}, "board"),
        ({"players": ["AhAs"]}, "body.players"),
        ({"players": ["AhAs", "KK", "QQ"]}, "body.players"),
        ({"players": "AhAs"}, "body.players"),
        ({"players": ["AhAs", "KK"], "tolerance": 0}, "body.tolerance"),
        ({"players": ["AhAs", "KK"], "seed": -1}, "body.seed"),
        ({"players": ["AhAs", "KK"], "seed": False}, "body.seed"),
        ({"players": ["AhAs", "KK"], "tolerance": "0.1"}, "body.tolerance"),
        ({"players": ["AhAs", "KK"], "game": "snap"}, "body.game"),
        ({"players": ["AhAs", "KK"], "boards": ""}, "body.boards"),
        ({"players": ["AhAs", "K" * 3000]}, "body.players.1"),
    ],
)
def test_a_wrong_question_is_a_problem_that_quotes_it(shared, body, quoted):
    answer = ask(shared, **body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert quoted in answer.text
    assert len(answer.text) < 2000


@pytest.mark.parametrize(
    ("content", "kind", "told"),
    [
        (b"{", "application/json", "not JSON"),
        (b"\xff", "application/json", "the body is not UTF-8: byte 0 is 0xff"),
        (b'{"players": ["\xff"', "application/json", "the body is not UTF-8: byte 14 is 0xff"),
        (b'{"seed": ' + b"9" * 5000 + b"}", "application/json", "4300 digits"),
        (b"", "application/json", "required"),
        (b'{"players": ["AA", "KK"]}', "text/plain", "Content-Type: application/json"),
        (b'{"players": ["AhAs", "\\ud800"]}', "application/json", "unicode"),
        (b"[1]", "application/json", "dictionary"),
        (b"[" * 50_000, "application/json", "nested too deeply"),
    ],
)
def test_what_is_no_question_at_all_is_told(shared, content, kind, told):
    address = f"{shared.url}/api/v1/equity/calculate"
    answer = httpx.post(address, content=content, headers={"Content-Type": kind})
    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert told in answer.json()["detail"]


def test_too_much_work_ends_at_the_time_limit(start):
    server = start(equity_seconds=0.3)
    begun = time.perf_counter()
    answer = ask(server, "multiway", **HEAVY)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "longer than 0.3 s" in answer.json()["detail"]
    assert time.perf_counter() - begun < 5


def test_while_all_workers_are_busy_others_are_sent_away_and_the_rest_goes_on(start, eventually):
    server = start(equity_jobs=1, equity_seconds=1.5)
    answers = []
    heavy = threading.Thread(target=lambda: answers.append(ask(server, "multiway", **HEAVY)))
    heavy.start()
    desk = server._app.state.equity
    eventually(lambda: desk._free == 0)
    begun = time.perf_counter()
    assert httpx.get(f"{server.url}/health").status_code == 200
    assert time.perf_counter() - begun < 1
    refused = ask(server, players=["AsAh", "KsKh"])
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
    heavy.join()
    assert answers[0].status_code == 503
    eventually(lambda: desk._free == 1)
    assert ask(server, players=["AsAh", "KsKh"]).status_code == 200


def test_a_client_that_left_stops_the_work(start, eventually):
    server = start(equity_jobs=1, equity_seconds=60)
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{server.url}/api/v1/equity/multiway", json=HEAVY, timeout=0.3)
    eventually(lambda: server._app.state.equity._free == 1)


def test_a_server_stops_in_the_middle_of_an_equity(start, eventually):
    server = start(equity_seconds=60)
    answers = []
    heavy = threading.Thread(target=lambda: answers.append(ask(server, "multiway", **HEAVY)))
    heavy.start()
    eventually(lambda: server._app.state.equity._free == 1)
    begun = time.perf_counter()
    server.__exit__(None, None, None)
    assert time.perf_counter() - begun < 4
    heavy.join()
    assert answers[0].status_code == 503


def test_the_kernels_are_warm_soon_after_the_start(start, eventually):
    server = start(warm_up=True)
    assert ask(server, players=["AsAh", "KsKh"], board="2c3c4c").status_code == 200
    eventually(lambda: httpx.get(f"{server.url}/health").json()["kernels_warm"], within=60)
