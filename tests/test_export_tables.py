"""CSV that no spreadsheet runs, and exports of a whole store."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import duckdb
import polars as pl
import polars.selectors as cs
import pytest
from polars.testing import assert_frame_equal

import pokerlab as pk
from pokerlab.errors import ExportError
from pokerlab.export._tables import _plain

if TYPE_CHECKING:
    from pathlib import Path

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1", "＋1", "－1", "＠x", "'=1", "'", "-", "="]
HARMLESS = ["a", "a=1", "a'b", 'say "x"', "two\nlines", "a,b", "a\0b", " x", "é€😀", "1", "NULL", ""]
DANGER = tuple("=+-@\t\r\n＝＋－＠")


def from_csv(data: bytes, schema: pl.Schema) -> pl.DataFrame:
    """Read what was written, as the docstring tells."""
    read = pl.read_csv(io.BytesIO(data), schema_overrides=schema)
    return read.with_columns(cs.string().str.replace("^'", ""))


@pytest.mark.parametrize("text", [*FORMULAS, *HARMLESS])
def test_every_column_of_text_is_safe_and_comes_back(text: str) -> None:
    given = pl.DataFrame({"player": [text], "heroes": [[text, "b"]], "net": [-5], "ev_net": [-0.5]})
    data = _plain(given.lazy()).collect().write_csv().encode()
    seen = pl.read_csv(io.BytesIO(data), schema_overrides={"player": pl.String, "heroes": pl.String})
    for column in ("player", "heroes"):
        assert not (seen[column][0] or "").startswith(DANGER)
    assert (seen["net"][0], seen["ev_net"][0]) == (-5, -0.5)
    again = from_csv(data, pl.Schema({"player": pl.String, "heroes": pl.String}))
    assert (again["player"][0], again["heroes"][0]) == (text, f"{text}|b")


def test_frames_with_hostile_names_come_back_from_csv(tmp_path: Path) -> None:
    frames = pk.sample.hands(60, seed=1)
    common = frames.seats["player"].unique().sort().to_list()
    names = dict(zip(common, [text for text in (*FORMULAS, *HARMLESS) if text], strict=False))
    seats = frames.seats.with_columns(pl.col("player").replace(names))
    pk.export.csv(pk.HandFrames(**frames.tables() | {"seats": seats}), tmp_path)
    again = from_csv((tmp_path / "seats.csv").read_bytes(), pl.Schema({"bounty": pl.Int64, **text_columns(seats)}))
    assert again["player"].to_list() == seats["player"].to_list()
    assert again["net"].to_list() == seats["net"].to_list()
    assert again["position"].to_list() == seats["position"].cast(pl.String).to_list()


def text_columns(frame: pl.DataFrame) -> dict[str, type[pl.String]]:
    return dict.fromkeys(frame.select(cs.string() | cs.enum()).columns, pl.String)


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> pk.Store:
    store = pk.Store(tmp_path_factory.mktemp("store"), auto_compact=False)
    pk.sample.write(store.path.parent / "history", 300, seed=2, game="mixed", truth=False)
    frames = pk.read_winamax(store.path.parent / "history")
    for half in (frames.hands["hand_id"].head(100), frames.hands["hand_id"].tail(-100)):
        store.add(frames.where(pl.col("hand_id").is_in(half.implode())))
    return store


def test_a_store_is_written_like_its_frames(stored: pk.Store, tmp_path: Path) -> None:
    frames = stored.snapshot().frames()
    for write in (pk.export.csv, pk.export.parquet):
        one, two = write(stored, tmp_path / "store"), write(frames, tmp_path / "frames")
        assert [path.name for path in one] == [path.name for path in two]
        assert all(a.read_bytes() == b.read_bytes() for a, b in zip(one, two, strict=True) if a.suffix == ".csv")
    for path in (tmp_path / "store").glob("*.parquet"):
        assert_frame_equal(pl.read_parquet(path), pl.read_parquet(tmp_path / "frames" / path.name))
    for write in (pk.export.phh, pk.export.ohh):
        one, two = write(stored, tmp_path / "store"), write(frames, tmp_path / "frames")
        assert sorted(one.path.read_text().split("\n\n")) == sorted(two.path.read_text().split("\n\n")) or (
            write is pk.export.phh and one.written == two.written
        )
        assert one.written + one.left_out.height == 300


@pytest.mark.parametrize("as_frames", [False, True])
def test_a_database_file_has_all_tables_in_the_right_types(stored: pk.Store, tmp_path: Path, as_frames: bool) -> None:
    frames = stored.snapshot().frames()
    path = pk.export.duckdb(frames if as_frames else stored, tmp_path)
    assert list(tmp_path.iterdir()) == [path]
    with duckdb.connect(str(path), read_only=True) as database:
        names = {name for (name,) in database.sql("SELECT table_name FROM duckdb_tables()").fetchall()}
        assert names == {*pk.schema.TABLES, "notes"}
        told = {column: kind for column, kind, *_ in database.sql("DESCRIBE hands").fetchall()}
        assert (told["pot"], told["played_at"], told["game"]) == ("BIGINT", "TIMESTAMP WITH TIME ZONE", "VARCHAR")
        assert (told["heroes"], told["n_players"]) == ("VARCHAR[]", "TINYINT")
        for name, frame in frames.tables().items():
            key = [column for column in ("hand_id", "seat", "seq", "tournament_id", "hero") if column in frame.columns]
            read = database.sql(f"SELECT * FROM {name}").pl()
            assert read.height == frame.height
            if key:
                again = pk.schema.enforce(read.sort(key), name)
                assert_frame_equal(again.select(frame.columns), frame.sort(key))


def test_a_database_file_is_written_whole_or_not_at_all(stored: pk.Store, tmp_path: Path) -> None:
    path = tmp_path / "mine.duckdb"
    path.write_bytes(b"mine")
    with pytest.raises(ExportError, match="is there already"):
        pk.export.duckdb(stored, path)
    assert path.read_bytes() == b"mine"
    gone = pk.Store(tmp_path / "store", auto_compact=False)
    gone.add(pk.sample.hands(5, seed=1))
    for file in gone.path.rglob("*.parquet"):
        file.unlink()
    with pytest.raises(pk.PokerlabError, match="cannot be written"):
        pk.export.duckdb(gone, path, overwrite=True)
    assert path.read_bytes() == b"mine"
    assert not list(tmp_path.glob("*.part*"))
    assert pk.export.duckdb(stored, path, overwrite=True) == path
    assert path.read_bytes() != b"mine"
