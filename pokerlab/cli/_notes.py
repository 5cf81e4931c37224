"""The command ``pokerlab note``: notes, tags and aliases of hands and players."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pokerlab.cli._options import Json, StorePath, existing, print_json

if TYPE_CHECKING:
    import polars as pl
    from rich.table import Table

note = typer.Typer(no_args_is_help=True, help="Write notes and tags on hands and players; tell who has several names.")

Hands = Annotated[list[str] | None, typer.Option("--hand", help="Id of a hand; may be given several times.")]
Players = Annotated[list[str] | None, typer.Option("--player", help="A player; may be given several times.")]
Labels = Annotated[list[str], typer.Argument(help="Short labels, such as fish or bluff.")]


@note.command()
def add(
    text: Annotated[str, typer.Argument(help="The note.")],
    hand: Hands = None,
    player: Players = None,
    store: StorePath = None,
    as_json: Json = False,
) -> None:
    """Write a note on hands or players."""
    _tell(existing(store).notes.add(text, hand=hand, player=player), "notes added", as_json)


@note.command()
def remove(
    text: Annotated[str | None, typer.Argument(help="The note.", show_default="all notes")] = None,
    hand: Hands = None,
    player: Players = None,
    store: StorePath = None,
    as_json: Json = False,
) -> None:
    """Take a note, or all notes, from hands or players; tags stay."""
    _tell(existing(store).notes.remove(text, hand=hand, player=player), "notes removed", as_json)


@note.command()
def tag(
    labels: Labels, hand: Hands = None, player: Players = None, store: StorePath = None, as_json: Json = False
) -> None:
    """Put tags on hands or players."""
    _tell(existing(store).notes.tag(*labels, hand=hand, player=player), "tags added", as_json)


@note.command()
def untag(
    labels: Annotated[list[str] | None, typer.Argument(help="The tags.", show_default="all tags")] = None,
    hand: Hands = None,
    player: Players = None,
    store: StorePath = None,
    as_json: Json = False,
) -> None:
    """Take tags, or all tags, from hands or players."""
    _tell(existing(store).notes.untag(*labels or (), hand=hand, player=player), "tags removed", as_json)


@note.command()
def alias(
    names: Annotated[list[str], typer.Argument(help="Other names of the player.")],
    of: Annotated[str, typer.Option(help="The player, whose name is shown.")],
    store: StorePath = None,
    as_json: Json = False,
) -> None:
    """Make several names one player: statistics and results show him under the name of --of."""
    _tell(existing(store).notes.alias(names, of=of), "aliases added", as_json)


@note.command()
def unalias(
    names: Annotated[list[str], typer.Argument(help="The aliases.")], store: StorePath = None, as_json: Json = False
) -> None:
    """Let aliases be players of their own again."""
    _tell(existing(store).notes.unalias(names), "aliases removed", as_json)


@note.command("list")
def list_(
    hand: Hands = None,
    player: Players = None,
    tag: Annotated[str | None, typer.Option(help="Only this tag.")] = None,
    store: StorePath = None,
    as_json: Json = False,
) -> None:
    """Print notes, tags and aliases in the order of time: all, or those of hands or players, or of a tag."""
    rows = existing(store).notes.of(hand=hand, player=player, tag=tag)
    if as_json:
        print_json(rows.to_dicts())
        return
    from pokerlab.demo import terminal

    terminal().print(_table(rows))


def _tell(count: int, what: str, as_json: bool) -> None:
    if as_json:
        print_json({what.replace(" ", "_"): count})
    else:
        typer.echo(f"{count:,} {what}")


def _table(rows: pl.DataFrame) -> Table:
    from rich.table import Table
    from rich.text import Text

    from pokerlab import text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("Noted at (UTC)", "About", "Whom", "Entry", "Text"):
        table.add_column(name, no_wrap=name != "Text", overflow="fold")
    for row in rows.iter_rows(named=True):
        cells = (f"{row['noted_at']:%Y-%m-%d %H:%M}", row["about"], row["subject"], row["entry"])
        table.add_row(*(Text(text.plain(cell)) for cell in cells), Text(_lines(row["text"])))
    return table


def _lines(note: str) -> str:
    """Make a note harmless, but keep its lines."""
    from pokerlab import text

    return "\n".join(text.plain(line) for line in note.splitlines())
