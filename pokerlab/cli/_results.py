"""The command ``pokerlab results``: sessions, days, stakes, tournaments of the user's store as tables."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pokerlab.errors import StoreError

if TYPE_CHECKING:
    import polars as pl
    from rich.table import Table

    from pokerlab._lab import Lab

Row = dict[str, Any]
Show = Callable[[Row], str]

_UNITS = {"EUR": "eur_cent", "play": "play_cent"}


def results(
    by: Annotated[
        list[str] | None,
        typer.Option(
            help="session, day, week, month, year, stake, price, a column such as format or position; "
            "several may be given.",
            show_default="day; price of tournaments",
        ),
    ] = None,
    store: Annotated[
        Path | None, typer.Option(help="Folder of the store.", show_default="POKERLAB_STORE, else your own")
    ] = None,
    player: Annotated[
        list[str] | None, typer.Option(help="Whose; several may be given.", show_default="your own accounts")
    ] = None,
    tournaments: Annotated[bool, typer.Option("--tournaments", help="Of tournaments, by their summaries.")] = False,
    tz: Annotated[str, typer.Option(help="Time zone of days.")] = "Europe/Paris",
    limit: Annotated[int, typer.Option(min=1, help="Rows at most, the last ones.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs, money in cents or chips.")] = False,
) -> None:
    """Print what was won, a row a day and unit of money; with --tournaments what they cost and paid."""
    from pokerlab import stats

    lab = _opened(store)
    if tournaments:
        rows = stats.tournament_results(lab, [*(by or ["price"]), "currency"], player=player, tz=tz)
    else:
        rows = stats.results(lab, [*(by or ["day"]), "unit"], player=player, tz=tz)
    lab.store.close()
    rows = rows.tail(limit)
    if as_json:
        import json

        typer.echo(json.dumps(rows.to_dicts(), ensure_ascii=False, default=str))
    else:
        from pokerlab.demo import terminal

        terminal().print(_table(rows, _TOURNAMENTS if tournaments else _HANDS))


def _opened(store: Path | None) -> Lab:
    from pokerlab._lab import default_store, open_lab

    place = store or default_store()
    if not place.is_dir():
        msg = f"there is no store at {str(place)!r}; `pokerlab import FOLDER --store {place}` makes one"
        raise StoreError(msg)
    lab = open_lab(store, history=[])
    if not lab.store.counts()["hands"]:
        msg = f"the store at {str(place)!r} has no hands; `pokerlab import FOLDER --store {place}` adds some"
        raise StoreError(msg)
    return lab


def _table(rows: pl.DataFrame, cells: dict[str, Show]) -> Table:
    """Make the table that terminals show: the groups, then the cells."""
    from rich.table import Table
    from rich.text import Text

    first = next(name for name in rows.columns if name in {"hands", "tournaments"})
    told = {"unit", "currency", "session", *([] if _differs(rows, "player") else ["player"])}
    keys = [name for name in rows.columns[: rows.columns.index(first)] if name not in told]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in keys:
        table.add_column(name.replace("_", " ").capitalize(), no_wrap=True)
    for name in cells:
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows.iter_rows(named=True):
        table.add_row(*(Text(_key(name, row)) for name in keys), *(show(row) for show in cells.values()))
    return table


def _differs(rows: pl.DataFrame, name: str) -> bool:
    return name in rows.columns and rows[name].n_unique() > 1


def _key(name: str, row: Row) -> str:
    from pokerlab import text

    value = row[name]
    if name in {"big_blind", "price"}:
        return _amount(value, row)
    return text.plain(f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value))


def _amount(amount: float | None, row: Row, *, sign: bool = False) -> str:
    from pokerlab import text

    unit = row["unit"] if "unit" in row else _UNITS.get(row["currency"])
    return "-" if amount is None or unit is None else text.money(round(amount), unit, sign=sign)


def _paid(name: str) -> Show:
    return lambda row: _amount(row[name], row)


def _won(name: str) -> Show:
    return lambda row: _amount(row[name], row, sign=True)


def _number(name: str, form: str) -> Show:
    return lambda row: "-" if row[name] is None else format(row[name], form)


def _bb100(row: Row) -> str:
    error = row["bb100_stderr"]
    return f"{row['bb100']:+.1f}" + ("" if error is None else f" ± {error:.0f}")


def _share(name: str) -> Show:
    def show(row: Row) -> str:
        if row[name] is None:
            return "-"
        ends = row[f"{name}_interval"]
        return f"{row[name]:.0%}" + ("" if ends is None else f" [{ends['low']:.0%} to {ends['high']:.0%}]")

    return show


_HANDS: dict[str, Show] = {
    "Hands": _number("hands", ","),
    "Hours": _number("hours", ".1f"),
    "Net": _won("net"),
    "All-in EV": _won("ev_net"),
    "Red": _won("red_line"),
    "Blue": _won("blue_line"),
    "bb/100": _bb100,
    "An hour": _won("hourly"),
}
_TOURNAMENTS: dict[str, Show] = {
    "Played": _number("tournaments", ","),
    "Cost": _paid("cost"),
    "Net": _won("net"),
    "ROI [95%]": _share("roi"),
    "ITM [95%]": _share("itm"),
    "Average buy-in": _paid("abi"),
}
