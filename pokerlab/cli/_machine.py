"""Commands about this machine: doctor, warmup."""

from __future__ import annotations

from typing import Annotated

import typer

from pokerlab.cli._options import Json, print_json


def doctor(as_json: Json = False) -> None:
    """Tell what is found on this machine, and why not; exit code 1 where something is to be done."""
    from pokerlab.doctor import examine

    diagnosis = examine()
    if as_json:
        print_json(diagnosis.to_dict())
    else:
        for line in diagnosis.lines():
            typer.echo(line)
    if not diagnosis.ok:
        raise typer.Exit(1)


def warmup(
    what: Annotated[list[str] | None, typer.Argument(help="equity, omaha, history; all without one.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing.")] = False,
) -> None:
    """Compile the kernels now, so that no first call waits for it; later processes load them from the cache."""
    import time

    kinds = {"equity": _warm_equity, "omaha": _warm_omaha, "history": _warm_history}
    for name in what or kinds:
        if name not in kinds:
            msg = f"{name!r} cannot be warmed up; known are {', '.join(kinds)}"
            raise typer.BadParameter(msg)
        started = time.perf_counter()
        kinds[name]()
        if not quiet:
            typer.echo(f"{name}: {time.perf_counter() - started:.1f} s")


def _warm_equity() -> None:
    from pokerlab._equity import warm_up

    warm_up()


def _warm_omaha() -> None:
    from pokerlab._equity import warm_up_omaha

    warm_up_omaha()


def _warm_history() -> None:
    from pokerlab._ingest import parse

    parse(b"")
