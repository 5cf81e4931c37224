"""The command that computes with cards: equity."""

from __future__ import annotations

from typing import Annotated

import typer

from pokerlab.cli._options import Json, print_json


def equity(
    players: Annotated[list[str], typer.Argument(help="Hole cards or ranges, such as AsAh 'QQ+, AKs'.")],
    board: Annotated[str, typer.Option(help="Board cards, such as Ks7d2c.")] = "",
    dead: Annotated[str, typer.Option(help="Cards that cannot come.")] = "",
    method: Annotated[str, typer.Option(help="auto, exact or monte_carlo.")] = "auto",
    tolerance: Annotated[float, typer.Option(help="Standard error at which sampling stops.")] = 0.001,
    seed: Annotated[int | None, typer.Option(help="Fixes a sampled result.")] = None,
    as_json: Json = False,
) -> None:
    """Compute each player's share of the pot, exactly where that is possible."""
    from pokerlab._equity import equity as compute
    from pokerlab.demo import equity_line

    found = compute(*players, board=board, dead=dead, method=method, tolerance=tolerance, seed=seed)
    if as_json:
        rows = zip(players, found.equity, found.win, found.tie, found.stderr, strict=True)
        names = ("player", "equity", "win", "tie", "stderr")
        print_json(
            {
                "players": [dict(zip(names, row, strict=True)) for row in rows],
                "exact": found.exact,
                "samples": found.samples,
                "seconds": found.seconds,
            }
        )
    else:
        typer.echo(equity_line(found, tuple(players)))
