"""The command that replays a stored hand: as lines, as JSON, or as a page of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pokerlab.cli._options import Json, StorePath, filled, print_json
from pokerlab.errors import ExportError

Page = Annotated[
    Path | None, typer.Option("--to", help="Page to write, such as hand.html.", show_default="print the steps")
]


def replay(
    hand_id: Annotated[str, typer.Argument(help="Which hand: a hand_id, such as 17735001-812-1700000000.")],
    store: StorePath = None,
    to: Page = None,
    amounts: Annotated[str, typer.Option(help="money or bb.")] = "money",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a file that is there.")] = False,
    as_json: Json = False,
) -> None:
    """Tell a finished hand step by step, or write it as a page that plays it in any browser."""
    from pokerlab.widgets import Replayer, hand_steps

    if amounts not in {"money", "bb"}:
        msg = f"{amounts!r} is not a way to write amounts; known are money, bb"
        raise typer.BadParameter(msg)
    hand = hand_steps(filled(store).store.snapshot().read([hand_id]), hand_id)
    shown = Replayer(hand, amounts=amounts)
    if as_json:
        print_json(hand)
    elif to is None:
        typer.echo("\n".join(shown.lines()))
    elif to.exists() and not overwrite:
        msg = f"{str(to)!r} is there already; choose another name, or say --overwrite"
        raise ExportError(msg)
    else:
        to.write_text(shown.to_html(), "utf-8")
        typer.echo(f"{to}: {len(hand['steps'])} steps")
