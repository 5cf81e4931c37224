"""What several commands share: options, and how they open the store and print."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pokerlab.errors import StoreError

if TYPE_CHECKING:
    from pokerlab._lab import Lab

StorePath = Annotated[
    Path | None, typer.Option("--store", help="Folder of the store.", show_default="POKERLAB_STORE, else your own")
]
HistoryPath = Annotated[
    Path | None,
    typer.Option("--history", help="Folder of hand histories.", show_default="POKERLAB_HISTORY, else found"),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def print_json(value: object) -> None:
    """Print a value for programs."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=str))


def lab_of(store: Path | None, history: Path | list[Path] | None = None) -> Lab:
    """Open the store, and the histories that are named or found."""
    from pokerlab._lab import open_lab

    return open_lab(store, history=history)


def existing(store: Path | None) -> Lab:
    """Open a store that is there, and make none.

    Raises
    ------
    StoreError
        There is no store.
    """
    from pokerlab._lab import default_store

    place = store or default_store()
    if not place.is_dir():
        msg = f"there is no store at {str(place)!r}; `pokerlab import FOLDER --store {place}` makes one"
        raise StoreError(msg)
    return lab_of(store, history=[])


def filled(store: Path | None) -> Lab:
    """Open a store that has hands, and make none.

    Raises
    ------
    StoreError
        There is no store, or no hand in it.
    """
    lab = existing(store)
    if not lab.store.counts()["hands"]:
        place = lab.store.path
        msg = f"the store at {str(place)!r} has no hands; `pokerlab import FOLDER --store {place}` adds some"
        raise StoreError(msg)
    return lab
