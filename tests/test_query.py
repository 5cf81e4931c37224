"""Sessions, days and tournaments of hands, found at query time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import pokerlab as pk
from pokerlab.errors import SchemaError

if TYPE_CHECKING:
    from pathlib import Path


def seats(*times: datetime, player: str = "ann", table: int = 1) -> pl.DataFrame:
    ids = [f"{table}-{n}-{int(time.timestamp())}" for n, time in enumerate(times)]
    return pl.DataFrame({"hand_id": ids, "player": player})


EVENING = datetime(2024, 3, 30, 21, 50, tzinfo=UTC)


def minutes(*after: float) -> list[datetime]:
    return [EVENING + timedelta(minutes=one) for one in after]


def test_a_break_of_more_than_the_gap_begins_a_session() -> None:
    frame = pk.sessions(seats(*minutes(0, 30, 60.5, 61, 92)))
    assert frame["session"].to_list() == [1, 1, 2, 2, 3]
    assert pk.sessions(seats(*minutes(0, 30, 60.5)), gap=timedelta(hours=1))["session"].to_list() == [1, 1, 1]


def test_players_have_sessions_of_their_own_over_all_tables_in_any_order() -> None:
    one, other = seats(*minutes(0, 20, 100), table=1), seats(*minutes(45, 300), table=2)
    rows = pl.concat([other, one, seats(*minutes(25, 60), player="bob")])
    frame = pk.sessions(rows)
    assert frame.select("hand_id", "player").equals(rows)
    assert frame["session"].to_list() == [1, 3, 1, 1, 2, 1, 2]
    starts = frame.unique(["player", "session"]).sort("player", "session")["session_start"]
    utc = [time.astimezone(UTC) for time in starts]
    assert utc == minutes(0, 100, 300, 25, 60)


def test_days_are_those_of_the_time_zone() -> None:
    rows = seats(*minutes(0, 69, 71, 24 * 60))  # Paris is an hour ahead, and two from 31 March 2024 on
    assert pk.sessions(rows)["day"].to_list() == [date(2024, 3, 30)] * 2 + [date(2024, 3, 31)] * 2
    assert pk.sessions(rows, tz="UTC")["day"].to_list() == [date(2024, 3, 30)] * 3 + [date(2024, 3, 31)]
    assert pk.sessions(rows).schema["session_start"] == pl.Datetime("us", "Europe/Paris")


def test_sessions_of_lazy_frames_are_the_same() -> None:
    rows = pk.sample.hands(400, seed=9, game="mixed").seats
    assert_frame_equal(pk.sessions(rows.lazy()).collect(), pk.sessions(rows))
    assert_frame_equal(pk.sessions(rows.lazy()).collect(engine="streaming"), pk.sessions(rows))
    assert pk.sessions(rows.clear()).height == 0


def test_the_time_in_the_id_is_that_of_the_hand() -> None:
    frames = pk.sample.hands(300, seed=9, game="mixed")
    timed = pk.sessions(frames.seats).select("hand_id", "played_at").unique()
    assert timed.join(frames.hands, on=["hand_id", "played_at"], how="semi").height == len(frames)


@pytest.mark.parametrize(
    ("options", "message"),
    [({"gap": timedelta(0)}, "gap=0:00:00"), ({"tz": "Mars/Base"}, "'Mars/Base' is not a time zone")],
)
def test_senseless_sessions_are_errors(options: dict[str, object], message: str) -> None:
    with pytest.raises(SchemaError, match=message):
        pk.sessions(seats(EVENING), **options)  # type: ignore[arg-type]


def test_a_frame_without_players_is_an_error() -> None:
    with pytest.raises(SchemaError, match="lacks the columns \\['player'\\]"):
        pk.sessions(pl.DataFrame({"hand_id": ["1-1-1"]}))
    with pytest.raises(SchemaError, match="hands with 'heroes' or seats with 'player'"):
        pk.with_tournaments(pl.DataFrame({"hand_id": ["1-1-1"]}), pk.HandFrames.empty().tournaments)


@pytest.fixture(scope="module")
def tournaments() -> pk.HandFrames:
    frames = pk.concat([pk.sample.hands(150, seed=3, game=game) for game in ("expresso", "sit_and_go", "cash")])
    assert frames.tournaments.height > 2
    return frames


def test_hands_get_the_facts_of_their_tournament(tournaments: pk.HandFrames) -> None:
    hands = pk.with_tournaments(tournaments.hands, tournaments.tournaments)
    assert hands.select(tournaments.hands.columns).equals(tournaments.hands)
    for row in tournaments.tournaments.iter_rows(named=True):
        mine = hands.filter(tournament_id=row["tournament_id"])
        assert mine.height > 0
        for name in ("buy_in", "fee", "bounty", "entrants", "multiplier", "entries", "rank", "prize"):
            assert mine[name].unique().to_list() == [row[name]], name
    assert hands.filter(format="cash").select("buy_in", "rank", "multiplier").null_count().row(0) == (150,) * 3


def test_on_seats_results_stand_in_the_rows_of_the_hero_alone(tournaments: pk.HandFrames) -> None:
    rows = pk.with_tournaments(tournaments.seats, tournaments.tournaments)
    assert rows.select(tournaments.seats.columns).equals(tournaments.seats)
    played = rows.filter(pl.col("buy_in").is_not_null())
    assert played.height > 0
    assert played.filter(~pl.col("is_hero"), pl.col("rank").is_not_null() | pl.col("entries").is_not_null()).height == 0
    assert played.filter("is_hero")["entries"].null_count() == 0
    assert rows["tournament_bounty"].null_count() < rows.height
    joined = tournaments.seats.join(tournaments.hands.select("hand_id", "tournament_id"), on="hand_id")
    by_column = pk.with_tournaments(joined, tournaments.tournaments).drop("tournament_id")
    assert_frame_equal(by_column, rows, check_row_order=True)


def test_without_a_summary_all_is_null(tournaments: pk.HandFrames) -> None:
    hands = pk.with_tournaments(tournaments.hands, tournaments.tournaments.clear())
    assert hands["buy_in"].null_count() == hands["rank"].null_count() == hands.height


def test_lazy_frames_are_joined_lazily(tournaments: pk.HandFrames) -> None:
    lazy = pk.with_tournaments(tournaments.seats.lazy(), tournaments.tournaments.lazy())
    assert isinstance(lazy, pl.LazyFrame)
    assert_frame_equal(lazy.collect(), pk.with_tournaments(tournaments.seats, tournaments.tournaments))


def test_two_accounts_at_one_table_have_a_result_each(tournaments: pk.HandFrames) -> None:
    row = tournaments.tournaments.head(1)
    number = row["tournament_id"].item()
    hand_id = tournaments.hands.filter(tournament_id=number)["hand_id"][0]
    hand = tournaments.seats.filter(hand_id=hand_id)
    other = hand.filter(~pl.col("is_hero"))["player"][0]
    both = pl.concat([row, row.with_columns(hero=pl.lit(other), rank=pl.lit(77, pl.Int32))])
    found = pk.with_tournaments(hand, both)
    assert found.height == hand.height
    assert found.filter(player=other)["rank"].item() == 77
    assert found.filter("is_hero")["rank"].item() == row["rank"].item()


def test_in_real_files_ids_name_time_and_tournament(corpus: Path) -> None:
    frames = pk.read_winamax(corpus)
    hands = frames.hands.with_columns(_a=pl.col("hand_id").str.split("-").list.first())
    bare = pk.with_tournaments(hands.select("hand_id", "heroes"), frames.tournaments)
    full = pk.with_tournaments(frames.hands, frames.tournaments)
    assert full["buy_in"].null_count() < full.height
    different = (bare["buy_in"].fill_null(-1) != full["buy_in"].fill_null(-1)).sum()
    assert different == 0
