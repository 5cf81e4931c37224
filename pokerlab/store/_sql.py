"""SQL over a snapshot: DuckDB in memory, which may read the store's files and nothing else, and write nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl

from pokerlab.errors import StoreError
from pokerlab.store._files import scan
from pokerlab.store._layout import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from duckdb import DuckDBPyConnection

    from pokerlab.store._snapshot import Snapshot

READING_NODES = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"})
"""Parts of a query that only read; DuckDB 2 takes INSERT, DELETE and COPY TO inside of WITH."""

TABLE_FUNCTIONS = frozenset({"range", "generate_series", "unnest"})
"""Table functions that touch nothing outside; others read files, or run SQL that was not looked at."""

_TYPES: Mapping[pl.DataType, str] = {
    pl.String(): "VARCHAR",
    pl.Boolean(): "BOOLEAN",
    pl.Int8(): "TINYINT",
    pl.Int16(): "SMALLINT",
    pl.Int32(): "INTEGER",
    pl.Int64(): "BIGINT",
    pl.Float32(): "FLOAT",
    pl.Float64(): "DOUBLE",
    pl.Datetime("us", "UTC"): "TIMESTAMPTZ",
    pl.List(pl.String()): "VARCHAR[]",
}


def run(snapshot: Snapshot, query: str, params: Mapping[str, object]) -> pl.DataFrame:
    """Answer one SELECT over the snapshot's tables.

    Raises
    ------
    StoreError
        The query is wrong, does more than read, or a file of the store cannot be read.
    """
    import duckdb

    connection = duckdb.connect(":memory:", config={"python_enable_replacements": False, "temp_directory": ""})
    try:
        _check(connection, query)
        _open(connection, snapshot)
        given = {name: _plain(value) for name, value in params.items()}
        result: pl.DataFrame = connection.sql(query, params=given or None).pl()
    except (duckdb.Error, pl.exceptions.PolarsError) as error:
        text = str(error)
        masked = snapshot.root.masked(text)
        msg = f"SQL on {snapshot.root} failed: {masked}\nin the query: {query}"
        raise StoreError(msg) from (error if masked == text else None)
    finally:
        connection.close()
    return _tidy(result)


def _check(connection: DuckDBPyConnection, query: str) -> None:
    """Refuse what is not one reading query."""
    statements = connection.extract_statements(query)
    kinds = [statement.type.name for statement in statements]
    if kinds != ["SELECT"]:
        msg = f"a store answers one SELECT at a time, this is {' and '.join(kinds) or 'empty'}: {query}"
        raise StoreError(msg)
    text = connection.execute("SELECT json_serialize_sql($query::VARCHAR)", {"query": query}).fetchall()[0][0]
    tree = json.loads(text)
    if tree["error"]:
        msg = f"a store answers SELECT only, not ({tree.get('error_message')}): {query}"
        raise StoreError(msg)
    for node in _nodes(tree):
        kind = str(node.get("type"))
        if kind.endswith("_NODE") and kind not in READING_NODES:
            msg = f"a store is read only, the query holds a {kind.removesuffix('_NODE')}: {query}"
            raise StoreError(msg)
        if kind == "TABLE_FUNCTION" and (name := node["function"]["function_name"]) not in TABLE_FUNCTIONS:
            msg = f"a store reads its own tables only, not {name}(); known are {', '.join(sorted(TABLE_FUNCTIONS))}"
            raise StoreError(msg)


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    stack = [tree]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            yield item
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)


def _open(connection: DuckDBPyConnection, snapshot: Snapshot) -> None:
    """Make the tables, then close every other way out."""
    connection.execute("SET TimeZone = 'UTC'")
    if snapshot.root.remote:
        _close(connection, [])
        for kind in KINDS:
            # DuckDB's own way to an object store is an extension, which it would load from the network.
            connection.register(kind, scan(snapshot.root, snapshot.view.of(kind), snapshot.view.schema(kind)))
        return
    paths = {kind: [snapshot.root.url(file.path) for file in snapshot.view.of(kind)] for kind in KINDS}
    _close(connection, [path for files in paths.values() for path in files])
    for kind, files in paths.items():
        connection.execute(_view(kind, snapshot.view.schema(kind), files))


def _close(connection: DuckDBPyConnection, paths: list[str]) -> None:
    connection.execute(f"SET allowed_paths = {_list(paths)}")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _view(kind: str, columns: pl.Schema, files: list[str]) -> str:
    names = ", ".join(map(_quoted, columns))
    nulls = ", ".join(f"NULL::{_sql_type(dtype)} AS {_quoted(name)}" for name, dtype in columns.items())
    empty = f"SELECT {nulls} WHERE false"
    if not files:
        return f"CREATE VIEW {kind} AS {empty}"
    rows = f"SELECT * FROM read_parquet({_list(files)}, union_by_name = true, hive_partitioning = false)"  # noqa: S608
    return f"CREATE VIEW {kind} AS SELECT {names} FROM ({rows} UNION ALL BY NAME {empty})"  # noqa: S608


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _sql_type(dtype: pl.DataType) -> str:
    return "VARCHAR" if isinstance(dtype, pl.Enum) else _TYPES[dtype]


def _list(paths: list[str]) -> str:
    return "[" + ", ".join("'" + path.replace("'", "''") + "'" for path in paths) + "]"


def _plain(value: object) -> object:
    return value.to_list() if isinstance(value, pl.Series) else value


def _tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Undo what DuckDB does to types: sums of integers become Decimal there, and a zone may be called Etc/UTC."""
    tidy: list[pl.Expr] = []
    for name, dtype in frame.schema.items():
        if isinstance(dtype, pl.Datetime) and dtype.time_zone:
            tidy.append(pl.col(name).dt.convert_time_zone("UTC"))
        elif isinstance(dtype, pl.Decimal) and dtype.scale == 0 and frame[name].abs().le(2**63 - 1).all():
            tidy.append(pl.col(name).cast(pl.Int64))
    return frame.with_columns(tidy)
