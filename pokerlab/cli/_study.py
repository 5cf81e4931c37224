"""Commands that study stored hands: stats, leaks."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pokerlab.cli._options import Json, StorePath, filled, print_json

if TYPE_CHECKING:
    import polars as pl

    from pokerlab._lab import Lab

_PLAYER_HANDS = 50
_DAY = "%Y-%m-%d"

Players = Annotated[list[str] | None, typer.Option("--player", help="Only this player; may be given several times.")]
Game = Annotated[str | None, typer.Option(help="Only this game, such as holdem.")]
Format = Annotated[str | None, typer.Option("--format", help="Only this format, such as cash or expresso.")]
Rules = Annotated[Path | None, typer.Option(help="TOML file of rules; `--print-rules` shows ours.")]
Since = Annotated[datetime | None, typer.Option(formats=[_DAY], help="Only hands from this day on (Paris time).")]


def stats(
    store: StorePath = None,
    by: Annotated[
        str, typer.Option(help="What to group by, commas between: player, position, stack_depth, month, pot_type, ...")
    ] = "player",
    codes: Annotated[str, typer.Option("--stats", help="Codes of statistics, commas between.")] = "",
    named: Annotated[
        str, typer.Option("--set", help="A set: basic, hud, preflop, flop, ..., all.", show_default="basic, JSON: hud")
    ] = "",
    player: Players = None,
    game: Game = None,
    form: Format = None,
    since: Since = None,
    min_hands: Annotated[
        int | None,
        typer.Option(min=0, help="Leave out groups with fewer hands.", show_default="50 by player, else 0"),
    ] = None,
    intervals: Annotated[
        bool | None, typer.Option(help="Show 95 % intervals.", show_default="in tables, not in JSON")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="Groups at most.")] = 25,
    own: Annotated[
        Path | None,
        typer.Option(help="TOML file of your own statistics, shown too.", show_default="POKERLAB_STATS, not shown"),
    ] = None,
    as_json: Json = False,
) -> None:
    """Print statistics with their chances and intervals, by player or whatever else."""
    from pokerlab import stats as statistics
    from pokerlab._tables import report_table
    from pokerlab.demo import terminal

    groups = _words(by)
    statistics.register_users()
    added = statistics.load(own) if own is not None else []
    statistics.register(*added, replace=True)
    wanted = _chosen(codes, named or ("hud" if as_json else "basic")) + added
    lab = filled(store)
    seats = lab.seats
    player = [lab.notes.name(name) for name in player or ()]
    if "opponent" in groups:
        seats = statistics.by.against(seats, player=_only(player))
    found = statistics.report(
        seats,
        by=groups,
        stats=wanted,
        min_hands=min_hands if min_hands is not None else _PLAYER_HANDS if "player" in groups else 0,
        where=_where(player, since),
        hands=_hands(lab, groups, game, form),
        interval=0.95 if (not as_json if intervals is None else intervals) else None,
    ).head(limit)
    if as_json:
        print_json(found.to_dicts())
    else:
        terminal().print(report_table(found, wanted, bold=lab.hero))


def leaks(
    store: StorePath = None,
    player: Annotated[str | None, typer.Option(help="Whose leaks.", show_default="yours")] = None,
    rules: Rules = None,
    print_rules: Annotated[bool, typer.Option("--print-rules", help="Print the rules, to change them.")] = False,
    level: Annotated[float, typer.Option(help="Share of intervals that hold the true rate.")] = 0.95,
    since: Since = None,
    show_all: Annotated[bool, typer.Option("--all", help="Rules that are kept or unsure, too.")] = False,
    as_json: Json = False,
) -> None:
    """Hold a player's rates against rules, and tell which are surely outside their bands."""
    from pokerlab import stats as statistics
    from pokerlab._tables import leak_table
    from pokerlab.demo import terminal

    if print_rules:
        typer.echo((rules or statistics.LEAK_FILE).read_text("utf-8"))
        return
    held = statistics.leak_rules(rules)
    lab = filled(store)
    seats = lab.seats if since is None else lab.seats.filter(_from(since))
    whose = None if player is None else lab.notes.name(player)
    found = statistics.leaks(seats, lab.hands, whose, rules=held, level=level)
    if as_json:
        print_json(found.to_dicts())
        return
    shown = found.filter(found["chances"] > 0) if show_all else found.filter(verdict="leak")
    if shown.height:
        terminal().print(leak_table(shown))
    sure = {name: found.filter(verdict=name).height for name in ("leak", "fine")}
    typer.echo(
        f"{found.height} rules: {sure['leak']} broken, {sure['fine']} kept, "
        f"{found.height - sum(sure.values())} with too few hands to tell"
    )


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _chosen(codes: str, named: str) -> list[Any]:
    """Give the statistics of a list of codes, else of a set."""
    from pokerlab import stats as statistics
    from pokerlab.text import suggestion

    if codes:
        return [statistics.get(code) for code in _words(codes)]
    if named not in statistics.SETS:
        msg = f"{named!r} is not a set of statistics{suggestion(named, statistics.SETS)}"
        raise typer.BadParameter(msg)
    return list(statistics.every() if named == "all" else statistics.SETS[named])


def _only(player: list[str] | None) -> str | None:
    """Give the one player whose opponents are asked for; None for the hero."""
    if player and len(player) > 1:
        msg = "opponents are those of one player; give --player once"
        raise typer.BadParameter(msg)
    return player[0] if player else None


def _from(since: datetime) -> pl.Expr:
    from pokerlab import stats as statistics

    return since.date() <= statistics.by.DAY


def _where(player: list[str] | None, since: datetime | None) -> pl.Expr | None:
    import polars as pl

    conditions = [pl.col("player").is_in(player)] if player else []
    if since is not None:
        conditions.append(_from(since))
    return pl.all_horizontal(conditions) if conditions else None


def _hands(lab: Lab, groups: list[str], game: str | None, form: str | None) -> pl.LazyFrame | None:
    """Give the hands of a game and format; None where nothing asks for them."""
    import polars as pl

    from pokerlab import schema
    from pokerlab import stats as statistics
    from pokerlab.text import suggestion

    wanted = {"game": (game, schema.GAME), "format": (form, schema.FORMAT)}
    conditions = []
    for name, (value, kind) in wanted.items():
        if value is not None and value not in kind.categories:
            msg = f"{value!r} is not a {name}{suggestion(value, kind.categories)}"
            raise typer.BadParameter(msg)
        conditions += [] if value is None else [pl.col(name) == value]
    of_hands = schema.HANDS.keys() - schema.SEATS.keys() - statistics.by.GROUPS.keys()
    return lab.hands.filter(*conditions) if conditions or of_hands & set(groups) else None
