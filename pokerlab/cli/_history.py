"""Commands that read and write hands: import, export."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pokerlab.cli._options import Json, StorePath, lab_of, print_json
from pokerlab.errors import HistoryError, StoreError
from pokerlab.text import plain

if TYPE_CHECKING:
    from pokerlab._ingest import IngestReport
    from pokerlab.store import RepairReport


NOT_UNDERSTOOD = 3
NOTHING_FOUND = 4


def import_(
    folder: Annotated[str | None, typer.Argument(help="File or folder of histories.", show_default="found")] = None,
    store: StorePath = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Read every file again; its hands replace the stored ones.")
    ] = False,
    retry: Annotated[
        bool, typer.Option("--retry-rejects", help="Read again what was not understood, after an upgrade.")
    ] = False,
    repair: Annotated[
        bool, typer.Option("--repair", help="Mend the store after a power loss, and read what it has lost again.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Read hand histories into the store: of files that were read before, what is new in them.

    Interrupted at any moment, what is stored stays, and the same command goes on from there.

    Exit codes: 0 all was read, 1 an error, 2 a wrong call, 3 read, but for pieces that were not understood,
    4 no history was found, 130 interrupted.
    """
    if retry and (folder is not None or replace or repair):
        msg = "--retry-rejects reads what the store has kept; name no folder, and neither --replace nor --repair"
        raise typer.BadParameter(msg)
    if folder is not None and not (folder.strip() and Path(folder).expanduser().exists()):
        msg = f"{folder!r} does not exist; name a history file or a folder of them"
        raise HistoryError(msg)
    mended = _mended(store) if repair else None
    report = _imported(folder, store, replace, retry, mended, is_shown=sys.stderr.isatty() and not as_json)
    if as_json:
        print_json(asdict(report) | ({"repair": asdict(mended)} if mended else {}))
    else:
        _summarise(report, mended)
    if not report.files and not retry and not repair:
        typer.echo(f"pokerlab: no Winamax history in {folder or 'the folders found on this machine'}", err=True)
        raise typer.Exit(NOTHING_FOUND)
    if report.rejects:
        raise typer.Exit(NOT_UNDERSTOOD)


def _mended(store: Path | None) -> RepairReport:
    from pokerlab._lab import default_store
    from pokerlab.store import Store

    return Store.repair(store or default_store())


def _imported(
    folder: str | None, store: Path | None, replace: bool, retry: bool, mended: RepairReport | None, *, is_shown: bool
) -> IngestReport:
    from pokerlab._ingest import ingest
    from pokerlab._rejects import retry_rejects

    lab = lab_of(store, history=None if folder is None and not retry and mended is None else [])
    places: list[str | Path] = list(lab.folders) if folder is None else [folder]
    places += [source for source in (mended.sources if mended else ()) if Path(source).exists()]
    with lab.store:
        try:
            return retry_rejects(lab.store) if retry else ingest(places, lab.store, progress=is_shown, replace=replace)
        except KeyboardInterrupt as stop:
            for note in getattr(stop, "__notes__", ()):
                typer.echo(f"pokerlab: {note}", err=True)
            raise


def _summarise(report: IngestReport, mended: RepairReport | None) -> None:
    from pokerlab.winamax.rejects import REASONS

    if mended is not None:
        for problem in mended.problems:
            typer.echo(f"repaired: {plain(problem)}")
        gone = [source for source in mended.sources if not Path(source).exists()]
        typer.echo(
            f"{len(mended.problems):,} problems, {mended.files_dropped:,} files of the store dropped, "
            f"{len(mended.sources):,} histories to be read again, {len(gone):,} of them no longer there"
        )
        for source in gone:
            typer.echo(f"no longer there: {plain(source)}; if it was moved, import the folder where it is now")
    hands = report.hands_added + report.hands_replaced + report.duplicates
    unchanged = f" ({report.files_unchanged:,} unchanged)" if report.files_unchanged else ""
    replaced = f"{report.hands_replaced:,} replaced, " if report.hands_replaced else ""
    typer.echo(
        f"{report.files:,} files{unchanged}: {report.hands_added:,} hands added, {replaced}"
        f"{report.duplicates:,} there already, {report.tournaments:,} tournaments, {report.rejects:,} rejects, "
        f"{report.seconds:.1f} s ({hands / max(report.seconds, 1e-9):,.0f} hands/s)"
    )
    for rule, count in report.rejects_by_rule.items():
        typer.echo(f"{count:>8,}  {rule}: {REASONS.get(rule, '')}")


def export(
    to: Annotated[Path, typer.Option("--to", help="Folder to write to, or the file of duckdb, phh and ohh.")],
    source: Annotated[Path | None, typer.Argument(help="Store, history folder or file.", show_default="store")] = None,
    store: StorePath = None,
    form: Annotated[str, typer.Option("--format", help="csv, parquet, duckdb, phh, ohh or text.")] = "csv",
    pseudonymise: Annotated[bool, typer.Option("--pseudonymise", help="Give players and files other names.")] = False,
    keep_hero: Annotated[bool, typer.Option("--keep-hero", help="Your own accounts keep their names.")] = False,
    key: Annotated[
        str | None,
        typer.Option(help="Secret; the same one gives the same names.", show_default="new", envvar="POKERLAB_KEY"),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files that are there.")] = False,
    as_json: Json = False,
) -> None:
    """Write hands as CSV, Parquet, DuckDB, PHH, Open Hand History or their text, on request with other names."""
    from secrets import token_hex

    from pokerlab import export as writers
    from pokerlab.store import Snapshot

    if form not in writers.__all__:
        msg = f"{form!r} is not a format; known are {', '.join(writers.__all__)}"
        raise typer.BadParameter(msg)
    if keep_hero and not pseudonymise:
        msg = "--keep-hero says whose names stay under --pseudonymise; add that"
        raise typer.BadParameter(msg)
    secret = (key or token_hex(32)) if pseudonymise else None
    hands = _exported(source, store)
    if isinstance(hands, Snapshot) and (form == "text" or secret):
        hands = hands.frames()
    if form == "text":
        written = writers.text(hands, to, key=secret, keep_hero=keep_hero, overwrite=overwrite)
    else:
        renamed = hands if secret is None else hands.pseudonymise(secret, keep_hero=keep_hero)
        written = getattr(writers, form)(renamed, to, overwrite=overwrite)
    count = hands.counts()["hands"] if isinstance(hands, Snapshot) else len(hands)
    _tell(written, count, to, as_json=as_json)


def _tell(written: Any, count: int, to: Path, *, as_json: bool) -> None:
    """Tell what was written: a report of single hands, a file, or several."""
    left_out = getattr(written, "left_out", None)
    paths = written if isinstance(written, list) else [getattr(written, "path", written)]
    hands = count if left_out is None else written.written
    if as_json:
        told = {} if left_out is None else {"left_out": left_out.to_dicts()}
        print_json({"hands": hands, "files": [str(path) for path in paths], **told})
        return
    typer.echo(f"{hands:,} hands in {len(paths):,} files in {to}")
    if left_out is not None and left_out.height:
        typer.echo(f"{left_out.height:,} hands left out, which the format cannot express; --json names them")
        for rule, rows in left_out.group_by("rule", maintain_order=True):
            typer.echo(f"{rows.height:>8,}  {rule[0]}: {plain(rows['reason'][0])}")


def _exported(source: Path | None, store: Path | None) -> Any:
    """Read a store's state, or histories; a folder with a log is a store."""
    from pokerlab._ingest import read_winamax
    from pokerlab._lab import default_store
    from pokerlab.store import Store

    place = source or store or default_store()
    if (place / "_delta_log").is_dir():
        return Store(place).snapshot()
    if source is None:
        msg = f"there is no store at {str(place)!r}; name one, or a folder of histories"
        raise StoreError(msg)
    return read_winamax(place, progress=sys.stderr.isatty())
