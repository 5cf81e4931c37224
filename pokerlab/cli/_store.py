"""Commands on the store itself: check, compact, vacuum."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from pokerlab.cli._options import Json, StorePath, existing, print_json

store = typer.Typer(no_args_is_help=True, help="Check the store, put its files together, delete old ones.")

SHOWN = 20
"""Problems that are printed; JSON has all."""


@store.command(epilog="Exit codes: 0 sound, 3 problems found, 1 an error, 2 a wrong call.")
def check(place: StorePath = None, as_json: Json = False) -> None:
    """Read the whole store and look for what must not be: damaged files, doubled hands, sums that do not add up."""
    report = existing(place).store.check()
    if as_json:
        print_json({**asdict(report), "ok": report.ok})
    else:
        for problem in report.problems[:SHOWN]:
            typer.echo(problem)
        if (more := len(report.problems) - SHOWN) > 0:
            typer.echo(f"and {more:,} problems more; --json has all")
        typer.echo(f"{report.hands:,} hands in {report.files:,} files, {report.orphans:,} older files beside them")
        problems = f"{len(report.problems):,} problems; `pokerlab import --repair` mends damaged files"
        typer.echo("the store is sound" if report.ok else problems)
    if not report.ok:
        raise typer.Exit(3)


@store.command()
def compact(place: StorePath = None, as_json: Json = False) -> None:
    """Put small files together, month by month; others may read and write meanwhile."""
    report = existing(place).store.compact()
    if as_json:
        print_json(asdict(report))
        return
    typer.echo(f"{report.files_before:,} files before, {report.files_after:,} after")


@store.command()
def vacuum(
    place: StorePath = None,
    hours: Annotated[
        int, typer.Option(min=0, help="Keep what was replaced within so many hours: readers may still use it.")
    ] = 24,
    as_json: Json = False,
) -> None:
    """Delete files that no state of the last hours needs."""
    deleted = existing(place).store.vacuum(hours)
    if as_json:
        print_json({"deleted": deleted})
        return
    typer.echo(f"{len(deleted):,} files deleted")
