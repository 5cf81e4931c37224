"""Reading: consistent states, pushdown, time travel, SQL that only reads."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pokerlab import schema
from pokerlab.errors import StoreError
from pokerlab.store import Store

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType


def fill(store: Store, factory: ModuleType) -> Store:
    """Add three months in several files each."""
    for begin in range(0, 300, 60):
        store.add(factory.make(range(begin, begin + 60), rejects=2, tournaments=3))
    return store


@pytest.fixture
def filled(store: Store, factory: ModuleType) -> Store:
    """Give a store that the test may change."""
    return fill(store, factory)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, factory: ModuleType) -> Store:
    """Give a store with the same rows that tests only read."""
    return fill(Store(tmp_path_factory.mktemp("library") / "store", auto_compact=False), factory)


def spoil(store: Store, *, keep: str) -> int:
    """Overwrite every file but those of one month, so that opening one of them fails."""
    spoilt = [path for path in store.path.rglob("*.parquet") if f"month={keep}" not in path.parts]
    for path in spoilt:
        path.write_bytes(b"not a Parquet file")
    return len(spoilt)


def test_a_snapshot_shows_one_moment_in_all_kinds(filled: Store, factory: ModuleType) -> None:
    snapshot, counts = filled.snapshot(), filled.counts()
    filled.add(factory.make(range(300, 320), rejects=9, tournaments=9))
    assert snapshot.counts() == counts != filled.counts()
    assert {kind: snapshot.scan(kind).select(pl.len()).collect().item() for kind in counts} == counts
    frames = snapshot.frames()
    assert {kind: frame.height for kind, frame in frames.tables().items()} == counts


@pytest.mark.parametrize("table", ["hands", "seats", "actions"])
def test_a_month_is_read_without_opening_other_files(filled: Store, factory: ModuleType, table: str) -> None:
    expected = factory.make(range(300)).where(pl.col("played_at").dt.month() == 2)
    assert spoil(filled, keep="2024-02") > 8
    month = filled.scan(table, since=datetime(2024, 2, 1, tzinfo=UTC), until=datetime(2024, 3, 1, tzinfo=UTC))
    assert_frame_equal(month.collect(), getattr(expected, table), check_row_order=False)


@pytest.mark.parametrize("table", ["hands", "seats", "actions"])
def test_a_time_that_cuts_through_files_is_exact(library: Store, factory: ModuleType, table: str) -> None:
    since, until = factory.START + timedelta(days=9, hours=1), factory.START + timedelta(days=50)
    expected = factory.make(range(300)).where(pl.col("played_at") >= since, pl.col("played_at") < until)
    found = library.scan(table, since=since, until=until).collect()
    assert_frame_equal(found, getattr(expected, table), check_row_order=False)
    assert library.snapshot().frames(since=since, until=until).hands.height == len(expected)
    after = library.scan(table, since=factory.START + timedelta(days=4000)).collect()
    assert after.height == 0
    assert after.schema == getattr(expected, table).schema


def test_times_without_zone_and_tables_without_time_are_refused(library: Store) -> None:
    with pytest.raises(StoreError, match="2024-02-01 00:00:00 has no time zone"):
        library.scan("hands", since=datetime(2024, 2, 1))
    with pytest.raises(StoreError, match="rejects have no time"):
        library.scan("rejects", since=datetime(2024, 2, 1, tzinfo=UTC))
    with pytest.raises(StoreError, match="no table 'players'; it has hands, seats"):
        library.scan("players")


def test_projection_and_filters_reach_the_files(library: Store) -> None:
    wanted = library.scan("seats").filter(pl.col("player") == "hero", pl.col("won")).select("net", "position")
    plan = wanted.explain()
    columns = len(schema.SEATS) + 2
    assert f"PROJECT 4/{columns} COLUMNS" in plan
    scan = plan[plan.index("Parquet SCAN") :]
    assert 'col("player") == "hero"' in scan
    assert 'col("won")' in scan
    assert wanted.collect().schema == {"net": pl.Int64, "position": schema.POSITION}


def test_enums_can_be_filtered_by_their_text(library: Store) -> None:
    assert library.scan("seats").filter(pl.col("position") == "BB").select(pl.len()).collect().item() == 300


def test_one_hand_is_read_from_its_own_files_alone(library: Store, factory: ModuleType) -> None:
    frames = library.snapshot().read([factory.hand_id(130), "unknown"])
    expected = factory.make([130])
    assert_frame_equal(frames.hands, expected.hands)
    assert_frame_equal(frames.seats, expected.seats)
    assert_frame_equal(frames.actions, expected.actions)
    assert library.snapshot().read([]).hands.schema == schema.HANDS


def test_single_hands_open_no_seats_and_actions_but_their_own(filled: Store, factory: ModuleType) -> None:
    snapshot = filled.snapshot()
    played = factory.make([130]).hands["played_at"][0]
    own = {file.segment for file in snapshot.view.of("hands") if file.first <= played <= file.last}
    assert len(own) == 1
    foreign = [file.path for file in snapshot.view.files.values() if file.kind in ("seats", "actions")]
    foreign = [path for path in foreign if not any(segment in path for segment in own)]
    assert len(foreign) > 10
    for path in foreign:
        (filled.path / path).unlink()
    assert_frame_equal(snapshot.read([factory.hand_id(130)]).actions, factory.make([130]).actions)
    with pytest.raises(FileNotFoundError):
        snapshot.scan("seats").collect()


@pytest.mark.parametrize("table", schema.TABLES)
def test_results_are_arrow_tables_as_they_are(library: Store, table: str) -> None:
    """pyarrow, DuckDB and pandas take them through the Arrow PyCapsule interface."""
    import duckdb
    import pandas as pd
    import pyarrow as pa

    frame = library.scan(table).collect()
    taken = pa.table(frame)
    assert taken.num_rows == frame.height
    assert_frame_equal(pl.DataFrame(taken), frame)
    with duckdb.connect() as connection:
        assert connection.from_arrow(taken).aggregate("count(*)").fetchall() == [(frame.height,)]
        assert connection.sql("SELECT count(*) FROM frame").fetchall() == [(frame.height,)]
    flat = frame.drop(pl.selectors.list())  # pyarrow has no way from a list of texts to pandas, Polars has
    assert pd.DataFrame.from_arrow(flat).shape == flat.shape
    assert frame.to_pandas().shape == frame.shape


def test_earlier_versions_and_times_can_be_read(store: Store, factory: ModuleType) -> None:
    versions = [store.add(factory.make(range(n, n + 5))).version for n in (0, 5, 10)]
    assert [store.at(version).counts()["hands"] for version in versions] == [5, 10, 15]
    assert store.at(datetime.now(UTC) + timedelta(hours=1)).counts()["hands"] == 15
    store.compact()
    assert store.at(versions[1]).scan("hands").collect().height == 10
    assert store.at(versions[1]).sql("SELECT count(*) AS n FROM seats")["n"].item() == 30


def test_a_state_that_never_was_or_is_gone_is_told(store: Store, factory: ModuleType) -> None:
    version = [store.add(factory.make([n])).version for n in range(3)][1]
    for when in (99, -1, datetime(2001, 1, 1, tzinfo=UTC)):
        with pytest.raises(StoreError, match=re.escape(f"has no state {when!s}: its versions are 0 to")):
            store.at(when)
    store.compact()
    store.vacuum(0)
    with pytest.raises(StoreError, match=r"the state \d+ needs \d+ files that vacuum removed"):
        store.at(version)
    assert store.check().ok


def test_sql_joins_all_tables_in_the_types_of_the_schema(library: Store) -> None:
    rows = library.sql(
        """SELECT played_at, position, sum(net) AS net, count(*) AS n, avg(ev_net) AS ev
           FROM seats JOIN hands USING (hand_id) JOIN actions USING (hand_id)
           GROUP BY ALL ORDER BY played_at, position"""
    )
    assert rows.schema == {
        "played_at": schema.UTC_TIME,
        "position": pl.String,
        "net": pl.Int64,
        "n": pl.Int64,
        "ev": pl.Float64,
    }
    assert rows["n"].sum() == 300 * 3 * 4
    assert library.sql("SELECT * FROM hands").columns == schema.HANDS.names()
    assert library.sql("SELECT heroes FROM hands LIMIT 1").schema == {"heroes": pl.List(pl.String)}
    assert library.sql("SELECT (SELECT count(*) FROM rejects) + (SELECT count(*) FROM tournaments) AS n").item() == 5


def test_a_sum_beyond_64_bits_stays_exact(library: Store) -> None:
    assert library.sql("SELECT sum(9223372036854775807) AS s FROM range(3)")["s"].item() == 3 * (2**63 - 1)


def test_sql_of_an_empty_store_has_all_columns(store: Store) -> None:
    for table, columns in schema.TABLES.items():
        found = store.sql(f"SELECT * FROM {table}")
        assert found.height == 0
        assert found.columns == columns.names()


def test_hostile_names_are_values(library: Store, factory: ModuleType) -> None:
    for player in factory.PLAYERS:
        expected = factory.make(range(300)).seats.filter(pl.col("player") == player).height
        found = library.sql("SELECT count(*) AS n FROM seats WHERE player = $player", player=player)
        assert found["n"].item() == expected > 0
    names = library.sql("SELECT DISTINCT player FROM seats WHERE player IN $names", names=pl.Series(factory.PLAYERS))
    assert sorted(names["player"]) == sorted(factory.PLAYERS)


def _times(*folders: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for folder in folders for path in folder.rglob("*")}


@pytest.mark.parametrize(
    "query",
    [
        "COPY (SELECT 1) TO '{out}'",
        "COPY (SELECT 1) TO '{own}'",
        "WITH w AS (COPY (SELECT 1 AS a) TO '{own}' (FORMAT parquet)) SELECT * FROM w",
        "SELECT 1; COPY (SELECT 1) TO '{own}'",
        "FROM (WITH w AS (COPY (SELECT 1 AS a) TO '{own}') SELECT * FROM w)",
        "EXPLAIN ANALYZE COPY (SELECT 1) TO '{own}'",
        "SELECT * FROM query('WITH w AS (COPY (SELECT 1) TO ''{own}'') FROM w')",
        "ATTACH '{out}'",
        "CREATE TABLE t (a INT)",
        "DROP VIEW hands",
        "EXPORT DATABASE '{out}'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "PRAGMA enable_profiling",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM read_blob('{own}')",
        "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM '{foreign}'",
        "SELECT (SELECT max(content) FROM read_text('/etc/passwd')) AS x FROM hands",
        "FROM parquet_scan('{foreign}')",
        "SELECT * FROM local_frame",
        "",
        "SELEC 1",
        "SELECT * FROM nowhere",
    ],
)
def test_sql_neither_writes_nor_reads_anything_else(library: Store, tmp_path: Path, query: str) -> None:
    local_frame = pl.DataFrame({"a": [1]})
    own = library.path / library.snapshot().view.of("hands")[0].path
    out, foreign = tmp_path / "out", tmp_path / "foreign.parquet"
    local_frame.write_parquet(foreign)
    before = _times(tmp_path, library.path)
    with pytest.raises(StoreError):
        library.sql(query.format(own=own, out=out, foreign=foreign))
    assert _times(tmp_path, library.path) == before


def test_sql_that_was_serialised_does_not_run(library: Store) -> None:
    import duckdb

    own = library.path / library.snapshot().view.of("hands")[0].path
    evil = f"WITH w AS (COPY (SELECT 1 AS a) TO '{own}') SELECT * FROM w"
    tree = duckdb.connect().execute("SELECT json_serialize_sql($q::VARCHAR)", {"q": evil}).fetchall()[0][0]
    with pytest.raises(StoreError, match=r"not json_execute_serialized_sql\(\)"):
        library.sql("SELECT * FROM json_execute_serialized_sql('" + tree.replace("'", "''") + "')")
    assert library.check().ok


@pytest.mark.parametrize(
    "query",
    [
        "DESCRIBE seats",
        "SHOW TABLES",
        "VALUES (1)",
        "FROM hands LIMIT 3",
        "WITH RECURSIVE t AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM t WHERE x < 3) SELECT * FROM t",
        "SELECT * FROM range(3) UNION ALL SELECT 9",
        "SELECT unnest(heroes) FROM hands LIMIT 1",
        "SELECT hand_id, sum(pot) OVER (ORDER BY played_at) FROM hands QUALIFY row_number() OVER () < 3",
        "SELECT 1 -- with a comment",
    ],
)
def test_everyday_sql_runs(library: Store, query: str) -> None:
    assert library.sql(query).height > 0


def test_sql_takes_a_new_snapshot_when_its_files_are_gone(
    filled: Store, factory: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale, calls = filled.snapshot(), iter(range(9))
    newest = type(filled).snapshot
    filled.compact()
    filled.vacuum(0)
    monkeypatch.setattr(Store, "snapshot", lambda store: newest(store) if next(calls) else stale)
    assert filled.sql("SELECT count(*) AS n FROM hands")["n"].item() == 300


def test_what_is_no_time_no_version_and_no_list_of_ids_is_told(library: Store) -> None:
    with pytest.raises(StoreError, match="2024-02-01 is not a datetime; give one with a time zone"):
        library.scan("hands", since=date(2024, 2, 1))  # type: ignore[arg-type]
    for when in (True, "2024", None):
        with pytest.raises(StoreError, match=f"has no state {when!r}; give a version, such as 3, or a datetime"):
            library.at(when)  # type: ignore[arg-type]
    with pytest.raises(StoreError, match=r"'abc' is one text; give a list of hand ids, such as \['abc'\]"):
        library.read("abc")


def test_a_parameter_of_sql_may_be_called_query(library: Store) -> None:
    assert library.sql("SELECT $query AS n, $self AS m", query=1, self=2).row(0) == (1, 2)


def test_a_result_that_polars_cannot_hold_is_told(library: Store) -> None:
    with pytest.raises(StoreError, match=r"SQL on .* failed: .*\nin the query: SELECT interval 1 day"):
        library.sql("SELECT interval 1 day")


@pytest.mark.parametrize("kind", ["hands", "seats"])
def test_a_file_that_was_cut_off_is_told_where_the_store_reads(filled: Store, factory: ModuleType, kind: str) -> None:
    damaged = filled.path / filled.snapshot().view.of(kind)[0].path
    damaged.write_bytes(damaged.read_bytes()[:100])
    ids = [factory.hand_id(n) for n in range(300)]
    for read in (lambda: filled.read(ids), filled.snapshot().frames, filled.compact):
        with pytest.raises(StoreError, match=r"cannot be read|were not put together"):
            read()
