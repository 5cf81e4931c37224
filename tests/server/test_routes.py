from __future__ import annotations

import base64
import hashlib
import json
import re
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
        ("/api/v1/stats/player/nobody?game=chess", 422, "query.game.0: Input should be 'holdem'"),
        ("/api/v1/stats/player/nobody?since=yesterday", 422, "2026-01-31T18:30:00Z"),
        ("/api/v1/stats/player/nobody?since=0001-01-01T00:00:00%2B14:00", 422, "query.since: there is no such time"),
        ("/api/v1/stats/player/nobody?since=2026-02-30", 422, "query.since: there is no such time"),
        ("/api/v1/stats/player/nobody?stat=vpip", 422, "query.stat: Extra inputs are not permitted"),
        ("/api/v1/stats/player", 422, "query.name: Field required"),
        ("/api/v1/stats/player/nobody?stats=vpipp", 422, "'vpipp' is not a statistic; did you mean 'vpip'"),
        ("/api/v1/stats/player/nobody?stats=,", 422, "no statistic is named"),
        ("/api/v1/stats/player/nobody?stats=net", 422, "'net' is not a statistic with chances"),
        ("/api/v1/nothing", 404, "there is nothing at '/api/v1/nothing'"),
        ("/ws", 426, "/ws speaks WebSocket"),
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
    for path, operations in document["paths"].items():
        for operation in operations.values():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
            if body:
                assert document["components"]["schemas"][body["$ref"].split("/")[-1]]["examples"], path
    text = json.dumps(document)
    for name in {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}:
        assert name in document["components"]["schemas"]


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_the_pages_for_people_load_nothing_from_elsewhere(server, path):
    answer = get(server, path)
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, "text/html")
    loaded = re.findall(r'(?:src|href)="([^"]+)"', answer.text)
    assets = [address for address in loaded if address != "data:,"]
    assert assets
    for address in assets:
        assert address.startswith("/docs/assets/")
        asset = get(server, address)
        assert (asset.status_code, asset.headers["X-Content-Type-Options"]) == (200, "nosniff")
        assert asset.headers["content-type"].split(";")[0] in {"text/javascript", "text/css"}


def test_a_page_may_run_the_scripts_that_are_in_it_and_no_others(server):
    answer = get(server, "/docs")
    [script] = re.findall(r"<script>(.*?)</script>", answer.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    rules = dict(rule.split(" ", 1) for rule in answer.headers["Content-Security-Policy"].split("; "))
    assert rules["script-src"] == f"'self' 'sha256-{digest}'"
    assert rules["default-src"] == "'self'"


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/hands/recent?limit=3",
        "/api/v1/stats/player?name=..",
        "/api/v1/stats/player/a%2Fb%3Fc%23d?stats=vpip",
        "newest",
    ],
)
def test_what_a_client_has_already_is_not_sent_again(server, newest, path):
    path = f"/api/v1/hands/{newest[0]}" if path == "newest" else path
    first = get(server, path)
    tag = first.headers["ETag"]
    assert first.headers["Cache-Control"] == "private, no-cache"
    for known in (tag, f"W/{tag}", f'"another", {tag}'):
        again = httpx.get(server.url + path, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert httpx.get(server.url + path, headers={"If-None-Match": '"another"'}).json() == first.json()


def test_a_tag_ends_with_the_state_of_the_store_the_query_and_the_statistics(server, store):
    def tag(path="/api/v1/hands/recent"):
        return get(server, path).headers["ETag"]

    tags = [tag(), tag("/api/v1/hands/recent?limit=3"), tag("/api/v1/stats/player?name=..")]
    assert tag() == tags[0]
    store.notes.tag("seen", player="..")
    tags.append(tag())
    loose = stats.get("three_bet", strict=False)
    stats.register(loose)
    tags.append(tag())
    stats.unregister(loose.code)
    tags.append(tag())
    assert len(set(tags)) == len(tags)


@pytest.fixture(scope="module")
def regular(frames):
    """Give the player with the most hands, and his rows with the columns of their hands."""
    name = frames.seats["player"].mode().sort()[0]
    return name, frames.seats.filter(player=name).join(frames.hands.drop("unit", "big_blind"), on="hand_id")


def test_filters_of_statistics_are_those_of_frames(server, frames, regular):
    name, rows = regular
    middle = rows["played_at"].sort()[rows.height // 2]
    blind, seats = rows["big_blind"][0], rows["max_seats"][0]
    asked = [
        ({"since": middle.isoformat()}, pl.col("played_at") >= middle),
        ({"until": f"{middle:%Y-%m-%dT%H:%M:%SZ}"}, pl.col("played_at") < middle),
        ({"since": "1999-01-01", "until": "2000-01-01"}, pl.lit(value=False)),
        ({"game": "holdem"}, pl.col("game") == "holdem"),
        ({"game": ["razz", "omaha4"]}, pl.col("game").is_in(["razz", "omaha4"])),
        ({"format": "cash", "unit": "eur_cent"}, (pl.col("format") == "cash") & (pl.col("unit") == "eur_cent")),
        ({"big_blind": [blind, blind + 1]}, pl.col("big_blind").is_in([blind, blind + 1])),
        ({"position": ["BTN", "SB"]}, pl.col("position").is_in(["BTN", "SB"])),
        ({"max_seats": seats, "position": "BB"}, (pl.col("max_seats") == seats) & (pl.col("position") == "BB")),
    ]
    for query, where in asked:
        told = get(server, "/api/v1/stats/player", name=name, stats="vpip", **query).json()
        vpip = rows.filter(where).select(stats.VPIP.count, stats.VPIP.chances).row(0)
        assert (told["stats"][0]["count"], told["stats"][0]["chances"]) == vpip, query
        assert told["hands"] == rows.filter(where)["dealt"].sum(), query


def test_filters_of_hands_are_those_of_frames(server, frames, newest, regular):
    name, rows = regular
    middle = rows["played_at"].sort()[rows.height // 2]
    hands = dict(frames.hands.select("hand_id", "played_at").rows())
    told = get(server, "/api/v1/hands/recent", limit=200, player=name, since=middle.isoformat()).json()["hands"]
    mine = set(rows["hand_id"])
    assert [hand["hand_id"] for hand in told] == [id_ for id_ in newest if id_ in mine and hands[id_] >= middle]
    assert get(server, "/api/v1/hands/recent", game="razz").json() == {"hands": [], "next": None}


def test_sets_of_statistics_have_names(server):
    def codes(named):
        answer = get(server, "/api/v1/stats/player", name="..", stats=named)
        return [rate["code"] for rate in answer.json()["stats"]]

    assert codes("all") == [stat.code for stat in stats.every() if isinstance(stat, Stat)]
    assert codes("vpip,hud,vpip") == ["vpip", *(code for code in codes("hud") if code != "vpip")]


def test_hands_that_come_later_are_counted_beside_those_that_were(frames, start, tmp_path):
    store = Store(tmp_path / "store")
    name = frames.seats["player"].mode().sort()[0]
    ids = frames.hands.sort("played_at")["hand_id"]
    server = start(store=store)
    for number in (50, 51, 120, 190):
        parts = {table: rows.filter(pl.col("hand_id").is_in(ids.head(number).implode())) if "hand_id" in rows else rows
                 for table, rows in frames.tables().items()}  # fmt: skip
        store.add(HandFrames(**parts))
        if number == 120:
            store.compact()
        told = get(server, "/api/v1/stats/player", name=name, stats="vpip").json()
        mine = parts["seats"].filter(player=name)
        assert told["hands"] == mine["dealt"].sum()
        assert told["stats"][0]["chances"] == mine.select(stats.VPIP.chances).item()


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
