"""The sums of `pokerlab.stats.report` as a practised user of DuckDB or pandas would write them, from the same files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pandas as pd
import polars as pl

from pokerlab import stats

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

AGGRESSION = ("afq_f", "afq_t", "afq_r")
CALLS = ("calls_f", "calls_t", "calls_r")

SEAT_RATES = {
    "steal_ok": ("did_steal", "won AND NOT saw_flop"),
    **{f"xr_{street}_of_checks": (f"did_check_{street}", f"did_xr_{street}") for street in "ftr"},
    "saw_f": ("dealt", "saw_flop"),
    "saw_t": ("dealt", "saw_turn"),
    "saw_r": ("dealt", "saw_river"),
    "wtsd": ("saw_flop", "went_to_showdown"),
    "wsd": ("went_to_showdown", "won"),
    "wwsf": ("saw_flop", "won"),
    "won_no_sd": ("saw_flop", "won AND NOT went_to_showdown"),
    "wtsd_after_river_bet": ("did_bet_r", "went_to_showdown"),
    "wtsd_after_river_call": ("did_calls_r > 0", "went_to_showdown"),
    "wsd_after_river_bet": ("did_bet_r AND went_to_showdown", "won"),
    "wsd_after_river_call": ("did_calls_r > 0 AND went_to_showdown", "won"),
}
"""Chance and occurrence of the rates that are not made of decisions, in SQL."""

AMOUNTS = {
    "net": "net",
    "ev_net": "ev_net",
    "red_line": "CASE WHEN went_to_showdown THEN 0 ELSE net END",
    "blue_line": "CASE WHEN went_to_showdown THEN net ELSE 0 END",
    "bb100": "net / big_blind",
    "ev_bb100": "ev_net / big_blind",
    "eff_bb": "effective_bb",
}
"""Amounts whose mean a report gives, in SQL; others are columns ``size_<code>``."""

MONEY = ("net", "ev_net", "red_line", "blue_line")
PER_100 = ("bb100", "ev_bb100")


def amount(code: str) -> str:
    return AMOUNTS.get(code, f"size_{code}")


def duckdb_report(files: list[Path], keys: list[str], wanted: Sequence[stats.AnyStat]) -> pl.DataFrame:
    """Ask DuckDB for everything in one query; it computes sums that are named twice once."""
    told = {"hands": "count(*)", "net_total": _of_one_unit("sum(net)"), **_mean("bb100")}
    for stat in wanted:
        told |= _rate(stat) if isinstance(stat, stats.Stat) else _other(stat)
    values = ", ".join(f'{sql} AS "{name}"' for name, sql in told.items())
    names = ", ".join(keys)
    with duckdb.connect(config={"threads": pl.thread_pool_size()}) as connection:
        connection.execute("SET enable_progress_bar = false")
        return connection.sql(
            f"SELECT {names}, {values} FROM read_parquet($files) WHERE dealt GROUP BY {names}",
            params={"files": [str(file) for file in files]},
        ).pl()


def _of_one_unit(sql: str) -> str:
    return f"CASE WHEN min(unit) = max(unit) THEN {sql} END"


def _sums(code: str, counts: bool = False) -> tuple[str, str]:
    if code in SEAT_RATES:
        could, did = SEAT_RATES[code]
        return f"count_if({did} AND {could})", f"count_if({could})"
    how = "sum" if counts else "count_if"
    return f"{how}(did_{code})", f"{how}(could_{code})"


def _rate(stat: stats.Stat) -> dict[str, str]:
    did, could = _sums(stat.code, stat.counts)
    return {stat.code: f"{did} / nullif({could}, 0)", f"{stat.code}_chances": could}


def _mean(code: str) -> dict[str, str]:
    value, scale = amount(code), 100 if code in PER_100 else 1
    told = {code: f"avg({value}) * {scale}", f"{code}_stderr": f"stddev_samp({value}) / sqrt(count({value})) * {scale}"}
    return {name: _of_one_unit(sql) if code in MONEY else sql for name, sql in told.items()}


def _other(stat: stats.AnyStat) -> dict[str, str]:
    code = stat.code
    if isinstance(stat, stats.Mean):
        return _mean(code)
    if code == "hands":
        return {}
    if code == "sd100":
        return {code: f"stddev_samp({amount('bb100')}) * 10"}
    if code == "four_bet_range":
        first, second = (_sums(part) for part in ("rfi", "four_bet"))
        return {code: f"({first[0]} / nullif({first[1]}, 0)) * ({second[0]} / nullif({second[1]}, 0))"}
    above, below = quotient(code)
    return {code: f"({_added(above)}) / nullif({_added(below)}, 0)"}


def quotient(code: str) -> tuple[list[str], list[str]]:
    """Name the columns whose sums make an aggression factor, frequency or per cent."""
    kind, _, street = code.rpartition("_") if code[-2:] in ("_f", "_t", "_r") else (code, "", "")
    streets = street or "ftr"
    done = "agg_pct" if kind == "agg_pct" else "afq"
    below = "did_calls" if kind == "af" else f"could_{done}"
    return [f"did_{done}_{s}" for s in streets], [f"{below}_{s}" for s in streets]


def _added(columns: list[str]) -> str:
    return " + ".join(f"sum({column})" for column in columns)


def pandas_report(files: list[Path], keys: list[str], wanted: Sequence[stats.AnyStat]) -> pl.DataFrame:
    """Read the columns that are needed, add them up by group, and divide the sums."""
    frame = pd.concat([pd.read_parquet(file, columns=_columns(keys, wanted)) for file in files], ignore_index=True)
    frame = frame[frame["dealt"]]
    groups = frame.groupby(keys, sort=False, observed=True, dropna=False)
    more = _computed(frame, wanted)
    by = [frame[key] for key in keys]
    flags = [name for name in frame.columns if name.startswith(("did_", "could_"))]
    sums = groups[flags].sum()
    sums = sums.join(more.groupby(by, sort=False, observed=True, dropna=False).sum()) if more.size else sums
    amounts = _amounts(frame, wanted)
    means = amounts.groupby(by, sort=False, observed=True, dropna=False).agg(["mean", "std", "count"])
    one_unit = groups["unit"].nunique() <= 1
    told = {"hands": groups.size(), "net_total": groups["net"].sum().where(one_unit)}
    for stat in wanted:
        if isinstance(stat, stats.Stat):
            chances = sums[f"could_{stat.code}"]
            told |= {stat.code: sums[f"did_{stat.code}"] / chances.where(chances > 0), f"{stat.code}_chances": chances}
        elif isinstance(stat, stats.Derived):
            told |= _derived(stat.code, sums, means)
    for code in amounts.columns:
        scale = 100 if code in PER_100 else 1
        both = {
            code: means[code]["mean"] * scale,
            f"{code}_stderr": means[code]["std"] / means[code]["count"] ** 0.5 * scale,
        }
        told |= {name: value.where(one_unit) if code in MONEY else value for name, value in both.items()}
    return pl.from_pandas(pd.DataFrame(told).reset_index(), nan_to_null=True)


def _columns(keys: list[str], wanted: Sequence[stats.AnyStat]) -> list[str]:
    """Name the columns that a report reads."""
    needed = {*keys, "dealt", "unit", "net", "big_blind"}
    for stat in wanted:
        parts = (stat.did_each, stat.could_each) if isinstance(stat, stats.Stat) else (stat.value,)
        needed |= {name for part in parts for name in part.meta.root_names()}
    return sorted(needed)


def _computed(frame: pd.DataFrame, wanted: Sequence[stats.AnyStat]) -> pd.DataFrame:
    """Give the chances and occurrences that are not columns."""
    found = {}
    for code in (stat.code for stat in wanted if stat.code in SEAT_RATES):
        could, did = (frame.eval(part.replace("AND NOT", "and not").replace("AND", "and")) for part in SEAT_RATES[code])
        found |= {f"could_{code}": could, f"did_{code}": could & did}
    return pd.DataFrame(found, index=frame.index)


def _amounts(frame: pd.DataFrame, wanted: Sequence[stats.AnyStat]) -> pd.DataFrame:
    net, big_blind, shown = frame["net"], frame["big_blind"], frame.get("went_to_showdown")
    found = {}
    for code in ("bb100", *(stat.code for stat in wanted if isinstance(stat, stats.Mean))):
        match code:
            case "net" | "ev_net":
                found[code] = frame[code]
            case "red_line":
                found[code] = net.where(~shown, 0)
            case "blue_line":
                found[code] = net.where(shown, 0)
            case "bb100" | "ev_bb100":
                found[code] = frame["ev_net" if code == "ev_bb100" else "net"] / big_blind
            case "eff_bb":
                found[code] = frame["effective_bb"]
            case _:
                found[code] = frame[f"size_{code}"]
    return pd.DataFrame(found)


def _derived(code: str, sums: pd.DataFrame, means: pd.DataFrame) -> dict[str, pd.Series]:
    if code == "hands":
        return {}
    if code == "sd100":
        return {code: means["bb100"]["std"] * 10}
    if code == "four_bet_range":
        rfi, four_bet = (sums[f"did_{part}"] / sums[f"could_{part}"] for part in ("rfi", "four_bet"))
        return {code: rfi * four_bet}
    above, below = (sums[columns].sum(axis=1) for columns in quotient(code))
    return {code: above / below.where(below > 0)}
