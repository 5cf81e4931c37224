"""Reports as tables for a terminal; what players or files named is made harmless."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from pokerlab import text
from pokerlab.stats import Mean, Stat

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from pokerlab.stats import AnyStat

MOST_COLUMNS = 6
"""With more statistics than that, each has a row of its own."""

_ALWAYS = ("hands", "net_total", "bb100", "bb100_stderr")


def report_table(report: pl.DataFrame, stats: Sequence[AnyStat], *, bold: str | None = None) -> Table:
    """Make the table of what `pokerlab.stats.report` gives.

    Parameters
    ----------
    report
        With intervals (of 95 %) or without.
    stats
        The statistics that it has.
    bold
        The player whose rows stand out.
    """
    groups = report.columns[: report.columns.index("hands")]
    return (_wide if len(stats) <= MOST_COLUMNS else _long)(report, stats, groups, bold)


def leak_table(found: pl.DataFrame) -> Table:
    """Make the table of what `pokerlab.stats.leaks` gives."""
    table = _table(("Rule", "Form", "Statistic"), ("Rate of chances", "Band", "Verdict", "Cost in bb"))
    table.columns[0].no_wrap = False
    for row in found.iter_rows(named=True):
        table.add_row(
            *_texts(
                row["rule"],
                row["form"],
                row["stat"],
                f"{_share(row['rate'])}{_ends(row['interval'])} of {row['chances']:,}",
                _band(row["low"], row["high"]),
                _verdict(row),
                _cost(row["cost_bb"], row["cost_interval"]),
            )
        )
    return table


def _wide(report: pl.DataFrame, stats: Sequence[AnyStat], groups: Sequence[str], bold: str | None) -> Table:
    heads = [_head(stat, report) for stat in stats if stat.code != "hands"]
    table = _table(map(_title, groups), ("Hands", *heads, "bb/100"))
    for row in report.iter_rows(named=True):
        cells = [_cell(row, stat) for stat in stats if stat.code != "hands"]
        table.add_row(
            *_texts(*_groups(row, groups), f"{row['hands']:,}", *cells, _won(row)),
            style=_style(row, bold),
        )
    return table


def _head(stat: AnyStat, report: pl.DataFrame) -> str:
    if isinstance(stat, Mean):
        return stat.short
    level = "[95%] " if f"{stat.code}_interval" in report.columns else ""
    return f"{stat.short} {level}of"


def _long(report: pl.DataFrame, stats: Sequence[AnyStat], groups: Sequence[str], bold: str | None) -> Table:
    table = _table((*map(_title, groups), "Statistic"), ("Value of",))
    for row in report.iter_rows(named=True):
        names = _groups(row, groups)
        for name, cell in (("Hands", f"{row['hands']:,}"), ("bb/100", _won(row))):
            table.add_row(*_texts(*names, name, cell), style=_style(row, bold))
        for stat in stats:
            if stat.code not in _ALWAYS:
                table.add_row(*_texts(*names, stat.name, _cell(row, stat)), style=_style(row, bold))
    return table


def _table(left: Any, right: Any) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in left:
        table.add_column(Text(text.plain(name)), no_wrap=True)
    for name in right:
        table.add_column(Text(name), justify="right", no_wrap=True)
    return table


def _texts(*cells: str) -> list[Text]:
    return [Text(text.plain(cell)) for cell in cells]


def _style(row: dict[str, Any], bold: str | None) -> str:
    return "bold" if bold is not None and row.get("player") == bold else ""


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _groups(row: dict[str, Any], groups: Sequence[str]) -> list[str]:
    return [
        text.money(row[name], row["unit"]) if name == "big_blind" and row.get("unit") else _group(row[name])
        for name in groups
    ]


def _group(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else str(value)


def _cell(row: dict[str, Any], stat: AnyStat) -> str:
    value, ends = row[stat.code], row.get(f"{stat.code}_interval")
    if value is None:
        return "-"
    if isinstance(stat, Stat):
        return f"{_share(value)}{_ends(ends)} {row[f'{stat.code}_chances']:,}"
    if isinstance(stat, Mean):
        error = row[f"{stat.code}_stderr"]
        return f"{value:,.2f}" + ("" if error is None else f" ± {error:,.2f}")
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"


def _won(row: dict[str, Any]) -> str:
    if row["bb100"] is None:
        return "-"
    error = row["bb100_stderr"]
    return f"{row['bb100']:+,.1f}" + ("" if error is None else f" ± {error:,.0f}")


def _share(rate: float | None) -> str:
    return "-" if rate is None else f"{rate:.0%}"


def _ends(interval: dict[str, float] | None) -> str:
    return "" if interval is None else f" [{interval['low'] * 100:.0f}–{interval['high'] * 100:.0f}]"


def _band(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return f"up to {_share(high)}" if low is None else f"{_share(low)} and more"
    return f"{low * 100:.0f}–{high:.0%}"


def _verdict(row: dict[str, Any]) -> str:
    if row["verdict"] == "leak":
        return {"above": "too high", "below": "too low"}[row["direction"]]
    return row["verdict"] or "unsure"


def _cost(cost: float | None, interval: dict[str, float] | None) -> str:
    if cost is None or interval is None:
        return "-"
    return f"{cost:,.0f} [{interval['low']:,.0f} to {interval['high']:,.0f}]"
