from __future__ import annotations

import json
from urllib.parse import quote

import httpx
import polars as pl
import pytest

from pokerlab import sample, stats
from pokerlab.frames import HandFrames
from pokerlab.server import BackgroundServer, ServerSettings, create_app
from pokerlab.stats import ALL, Stat
from pokerlab.store import Store
from pokerlab.wire import hands_of

HOSTILE = ["a/b?c#d", "<script>alert(1)</script>", "café ♠ & co", "..", "100%", "'; DROP TABLE seats; --", "x" * 500]


@pytest.fixture(scope="module")
def frames() -> HandFrames:
    """Give simulated hands in which some players have names that want to break things."""
    made = sample.hands(190, seed=7)
    regulars = made.seats["player"].value_counts(sort=True)["player"].to_list()
    assert len(regulars) >= len(HOSTILE)
    names = dict(zip(regulars, HOSTILE, strict=False))
    parts = made.tables()
    for table in ("seats", "actions"):
        parts[table] = parts[table].with_columns(pl.col("player").replace(names))
    return HandFrames(**parts)


@pytest.fixture(scope="module")
def store(frames, tmp_path_factory):
    """Give a store of these hands."""
    store = Store(tmp_path_factory.mktemp("served") / "store")
    store.add(frames)
    return store


@pytest.fixture(scope="module")
def server(store):
    """Serve the store, beside an empty history folder."""
    history = store.path.parent / "secret-user" / "accounts" / "hero" / "history"
    history.mkdir(parents=True)
    settings = ServerSettings(store=store.path, history=history, warm_up=False, live_delay_s=2.5)
    with BackgroundServer(create_app(settings)) as server:
        yield server


def get(server, path, **query):
    return httpx.get(server.url + path, params=query or None)


@pytest.fixture(scope="module")
def newest(frames):
    """Give the ids of all hands, newest first, by a plain sort."""
    rows = frames.hands.select("played_at", "hand_id").rows()
    return [hand_id for _, hand_id in sorted(rows, reverse=True)]


def test_health_says_that_the_watcher_runs(server, eventually):
    eventually(lambda: get(server, "/health").json()["watcher"] == "watching", within=60)
    assert get(server, "/health").json()["status"] == "ok"


def test_config_names_folders_without_the_way_to_them(server, frames):
    answer = get(server, "/api/v1/config")
    config = answer.json()
    assert config["history"] == ["hero/history"]
    assert config["hands"] == len(frames)
    assert config["heartbeat_seconds"] == 30
    assert config["study"] == {"finished_hands_only": True, "live_delay_s": 2.5}
    assert "secret-user" not in answer.text


def test_pages_of_recent_hands_give_each_hand_once_newest_first(server, newest):
    seen, before = [], {}
    while True:
        page = get(server, "/api/v1/hands/recent", limit=7, **before).json()
        seen += [hand["hand_id"] for hand in page["hands"]]
        if page["next"] is None:
            break
        before = {"before": page["next"]}
    assert seen == newest


def test_a_hand_over_http_is_the_hand_on_the_feed(server, frames, newest):
    hands = {hand.hand_id: json.loads(hand.model_dump_json()) for hand in hands_of(frames)}
    assert get(server, "/api/v1/hands/recent", limit=200).json()["hands"] == [hands[hand_id] for hand_id in newest]


def test_a_whole_hand_has_its_actions_in_order(server, frames, newest):
    hand = get(server, f"/api/v1/hands/{newest[0]}").json()
    rows = frames.actions.filter(pl.col("hand_id") == newest[0]).drop("hand_id").rows(named=True)
    assert hand["actions"] == sorted(rows, key=lambda row: row["seq"])
    assert hand["hand_id"] == newest[0]
    assert {seat["player"] for seat in hand["seats"]} >= {action["player"] for action in hand["actions"]}


def test_statistics_are_counted_again_by_hand(server, frames):
    for player, rows in frames.seats.group_by("player"):
        name = player[0]
        told = get(server, "/api/v1/stats/player", name=name).json()
        if name != "..":  # clients take this for a way upwards, however it is written
            assert get(server, f"/api/v1/stats/player/{quote(name, safe='')}").json() == told
        assert (told["player"], told["hands"]) == (name, sum(rows["dealt"]))
        for rate in told["stats"]:
            stat = stats.get(rate["code"])
            each = rows.select(could=stat.could_each, did=stat.did_each)
            chances = each.filter("could")["did"].to_list()
            count = sum(chances)
            assert (rate["count"], rate["chances"]) == (count, len(chances))
            if not chances:
                assert (rate["rate"], rate["low"], rate["high"]) == (None, None, None)
            else:
                assert rate["rate"] == pytest.approx(count / len(chances))
                assert 0 <= rate["low"] <= rate["rate"] + 1e-12 <= rate["high"] + 2e-12 <= 1 + 2e-12


def test_statistics_can_be_chosen(server):
    path = f"/api/v1/stats/player/{quote(HOSTILE[2], safe='')}"
    codes = [stat.code for stat in ALL if isinstance(stat, Stat)]
    chosen = get(server, path, stats=",".join(reversed(codes))).json()["stats"]
    assert [rate["code"] for rate in chosen] == codes[::-1]


def test_a_registered_statistic_is_served_for_hands_that_were_stored_before(server, frames):
    loose = stats.get("three_bet", strict=False)
    stats.register(loose)
    try:
        [rate] = get(server, "/api/v1/stats/player", name=HOSTILE[5], stats=loose.code).json()["stats"]
    finally:
        stats.unregister(loose.code)
    seats = stats.with_stats(frames.seats, frames.actions, [loose]).filter(player=HOSTILE[5])
    assert (rate["count"], rate["chances"]) == seats.select(loose.count, loose.chances).row(0)
    assert rate["chances"] > 0
    gone = get(server, "/api/v1/stats/player", name=HOSTILE[5], stats=loose.code)
    assert gone.status_code == 422


def test_a_player_with_aliases_is_one_person_under_any_name(server, store, frames):
    main, other = HOSTILE[1], HOSTILE[2]
    store.notes.alias(other, of=main)
    try:
        told = get(server, "/api/v1/stats/player", name=other).json()
        assert get(server, "/api/v1/stats/player", name=main).json() == told
    finally:
        store.notes.unalias(other)
    both = frames.seats.filter(pl.col("player").is_in([main, other]) & pl.col("dealt"))
    assert (told["player"], told["hands"]) == (main, both.height)
    assert get(server, "/api/v1/stats/player", name=other).json()["player"] == other


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/api/v1/hands/no-such-hand", 404, "hand 'no-such-hand' is not in the store"),
        ("/api/v1/hands/..%2F..%2Fetc%2Fpasswd", 404, "passwd"),
        ("/api/v1/hands/recent?before=nothing", 404, "hand 'nothing'"),
        ("/api/v1/hands/recent?limit=0", 422, "query.limit"),
        ("/api/v1/hands/recent?limit=many", 422, "query.limit"),
        ("/api/v1/stats/player/nobody", 404, "player 'nobody' is in no stored hand"),
        ("/api/v1/stats/player/nobody?stats=vpipp", 422, "'vpipp' is not a statistic; did you mean 'vpip'"),
        ("/api/v1/stats/player/nobody?stats=,", 422, "no statistic is named"),
        ("/api/v1/stats/player/nobody?stats=net", 422, "'net' is not a statistic with chances"),
        ("/api/v1/nothing", 404, "there is nothing at '/api/v1/nothing'"),
        ("/api/v1/equity/calculate", 405, "GET is not possible at '/api/v1/equity/calculate'"),
    ],
)
def test_what_cannot_be_answered_is_a_problem_that_quotes_it(server, path, status, told):
    answer = get(server, path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    problem = answer.json()
    assert problem["status"] == status
    assert problem["title"]
    assert told in problem["detail"]


def test_the_openapi_document_knows_every_route_and_its_problems(server):
    document = get(server, "/api/v1/openapi.json").json()
    assert set(document["paths"]) == {
        "/health",
        "/api/v1/config",
        "/api/v1/hands/recent",
        "/api/v1/hands/{hand_id}",
        "/api/v1/stats/player/{name}",
        "/api/v1/stats/player",
        "/api/v1/equity/calculate",
        "/api/v1/equity/multiway",
        "/ws/stats",
    }
    text = json.dumps(document)
    for name in {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}:
        assert name in document["components"]["schemas"]


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_the_pages_for_people_are_there(server, path):
    answer = get(server, path)
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, "text/html")


def test_a_store_whose_files_are_gone_is_told_without_its_path(frames, tmp_path, start):
    store = Store(tmp_path / "store")
    store.add(frames)
    served = start(store=store)
    for file in (tmp_path / "store").rglob("*.parquet"):
        file.unlink()
    answer = get(served, "/api/v1/hands/recent")
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert answer.headers["Retry-After"]
    assert str(tmp_path) not in answer.text
