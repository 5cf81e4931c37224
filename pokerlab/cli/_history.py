"""Commands that read and write hands: import, export."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from pokerlab.cli._options import Json, StorePath, lab_of, print_json
from pokerlab.errors import HistoryError, StoreError


def import_(
    folder: Annotated[str | None, typer.Argument(help="File or folder of histories.", show_default="found")] = None,
    store: StorePath = None,
    retry: Annotated[
        bool, typer.Option("--retry-rejects", help="Read again what was not understood, after an upgrade.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Read hand histories into the store; what it has already is counted, not doubled."""
    from pokerlab._ingest import ingest
    from pokerlab._rejects import retry_rejects
    from pokerlab.winamax.rejects import REASONS

    if retry and folder is not None:
        msg = f"--retry-rejects reads what the store has kept; leave {folder!r} out"
        raise typer.BadParameter(msg)
    if folder is not None and not (folder.strip() and Path(folder).exists()):
        msg = f"{folder!r} does not exist; name a history file or a folder of them"
        raise HistoryError(msg)
    lab = lab_of(store, history=None if folder is None and not retry else [])
    if retry:
        report = retry_rejects(lab.store)
    else:
        places = lab.folders if folder is None else folder
        report = ingest(places, lab.store, progress=sys.stderr.isatty() and not as_json)
    lab.store.close()
    if as_json:
        print_json(asdict(report))
        return
    typer.echo(
        f"{report.files:,} files: {report.hands_added:,} hands added, {report.duplicates:,} there already, "
        f"{report.tournaments:,} tournaments, {report.rejects:,} rejects, {report.seconds:.1f} s "
        f"({(report.hands_added + report.duplicates) / max(report.seconds, 1e-9):,.0f} hands/s)"
    )
    for rule, count in report.rejects_by_rule.items():
        typer.echo(f"{count:>8,}  {rule}: {REASONS.get(rule, '')}")


def export(
    to: Annotated[Path, typer.Option("--to", help="Folder to write to.")],
    source: Annotated[Path | None, typer.Argument(help="Store, history folder or file.", show_default="store")] = None,
    store: StorePath = None,
    form: Annotated[str, typer.Option("--format", help="csv, parquet or text.")] = "csv",
    pseudonymise: Annotated[bool, typer.Option("--pseudonymise", help="Give players and files other names.")] = False,
    keep_hero: Annotated[bool, typer.Option("--keep-hero", help="Your own accounts keep their names.")] = False,
    key: Annotated[
        str | None,
        typer.Option(help="Secret; the same one gives the same names.", show_default="new", envvar="POKERLAB_KEY"),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files that are there.")] = False,
    as_json: Json = False,
) -> None:
    """Write hands as CSV, Parquet or their original text, on request with other names for everybody."""
    from secrets import token_hex

    from pokerlab import export as writers

    if form not in writers.__all__:
        msg = f"{form!r} is not a format; known are {', '.join(writers.__all__)}"
        raise typer.BadParameter(msg)
    if keep_hero and not pseudonymise:
        msg = "--keep-hero says whose names stay under --pseudonymise; add that"
        raise typer.BadParameter(msg)
    secret = (key or token_hex(32)) if pseudonymise else None
    frames = _exported(source, store)
    if form == "text":
        paths = writers.text(frames, to, key=secret, keep_hero=keep_hero, overwrite=overwrite)
    else:
        write = {"csv": writers.csv, "parquet": writers.parquet}[form]
        renamed = frames if secret is None else frames.pseudonymise(secret, keep_hero=keep_hero)
        paths = write(renamed, to, overwrite=overwrite)
    if as_json:
        print_json({"hands": len(frames), "files": [str(path) for path in paths]})
    else:
        typer.echo(f"{len(frames):,} hands in {len(paths):,} files in {to}")


def _exported(source: Path | None, store: Path | None) -> Any:
    """Read a store, or histories; a folder with a log is a store."""
    from pokerlab._ingest import read_winamax
    from pokerlab._lab import default_store
    from pokerlab.store import Store

    place = source or store or default_store()
    if (place / "_delta_log").is_dir():
        return Store(place).snapshot().frames()
    if source is None:
        msg = f"there is no store at {str(place)!r}; name one, or a folder of histories"
        raise StoreError(msg)
    return read_winamax(place, progress=sys.stderr.isatty())
