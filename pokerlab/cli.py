"""The command line; one function a command, each a few calls of the library.

Exit codes: 0 all is well; 1 an error, told on stderr; 2 a wrong call; 130 interrupted by Ctrl-C, which is how `lab` and
`serve` are ended while they run, and then 0.
"""

from __future__ import annotations

import json
import logging
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pokerlab import __version__
from pokerlab.errors import HistoryError, PokerlabError, StoreError

if TYPE_CHECKING:
    from pokerlab._lab import Lab

_BREATH_S = 0.25
"""How long a command may wait before it looks whether Ctrl-C was pressed."""

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Study your own online poker play: Winamax hand histories, statistics, equity, a live feed.",
    epilog="Exit codes: 0 well, 1 an error (told on stderr), 2 a wrong call, 130 interrupted.",
)

StorePath = Annotated[
    Path | None, typer.Option("--store", help="Folder of the store.", show_default="POKERLAB_STORE, else your own")
]
HistoryPath = Annotated[
    Path | None,
    typer.Option("--history", help="Folder of hand histories.", show_default="POKERLAB_HISTORY, else found"),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"pokerlab {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Hold the options that stand before a command."""


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, default=str))


def _lab(store: Path | None, history: Path | list[Path] | None = None) -> Lab:
    from pokerlab._lab import open_lab

    return open_lab(store, history=history)


@app.command()
def demo(
    history: Annotated[
        Path | None, typer.Option(help="Your own histories, copied first; without it, simulated.")
    ] = None,
    hands: Annotated[int, typer.Option(min=100, help="Hands to simulate.")] = 5_000,
    seed: Annotated[int, typer.Option(help="Another seed, another history.")] = 0,
) -> None:
    """Simulate or copy a history, import it, study it, and watch it grow; ends by itself."""
    from pokerlab import demo as story

    if not story.run(history, hands=hands, seed=seed):
        raise typer.Exit(1)


@app.command("import")
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
    lab = _lab(store, history=None if folder is None and not retry else [])
    if retry:
        report = retry_rejects(lab.store)
    else:
        places = lab.folders if folder is None else folder
        report = ingest(places, lab.store, progress=sys.stderr.isatty() and not as_json)
    lab.store.close()
    if as_json:
        _print_json(asdict(report))
        return
    typer.echo(
        f"{report.files:,} files: {report.hands_added:,} hands added, {report.duplicates:,} there already, "
        f"{report.tournaments:,} tournaments, {report.rejects:,} rejects, {report.seconds:.1f} s "
        f"({(report.hands_added + report.duplicates) / max(report.seconds, 1e-9):,.0f} hands/s)"
    )
    for rule, count in report.rejects_by_rule.items():
        typer.echo(f"{count:>8,}  {rule}: {REASONS.get(rule, '')}")


@app.command()
def stats(
    store: StorePath = None,
    player: Annotated[list[str] | None, typer.Option(help="Only this player; may be given several times.")] = None,
    min_hands: Annotated[int, typer.Option(min=0, help="Leave out players with fewer hands.")] = 50,
    limit: Annotated[int, typer.Option(min=1, help="Rows at most.")] = 25,
    own: Annotated[
        Path | None,
        typer.Option(help="TOML file of your own statistics, shown too.", show_default="POKERLAB_STATS, not shown"),
    ] = None,
    as_json: Json = False,
) -> None:
    """Print a table of players: VPIP, PFR, 3-bet with intervals and chances, bb/100."""
    import polars as pl

    from pokerlab import stats as statistics
    from pokerlab._lab import default_store
    from pokerlab.demo import player_table, terminal

    place = store or default_store()
    if not place.is_dir():
        msg = f"there is no store at {str(place)!r}; `pokerlab import FOLDER --store {place}` makes one"
        raise StoreError(msg)
    lab = _lab(store, history=[])
    added = statistics.load(own) if own is not None else []
    statistics.register(*added, replace=True)
    if not lab.store.counts()["hands"]:
        msg = f"the store at {str(place)!r} has no hands; `pokerlab import FOLDER --store {place}` adds some"
        raise StoreError(msg)
    seats = lab.seats
    if player:
        seats = seats.filter(pl.col("player").is_in(player))
    if as_json:
        _print_json(
            statistics.report(seats, stats=(*statistics.HUD, *added), min_hands=min_hands).head(limit).to_dicts()
        )
    else:
        terminal().print(player_table(seats, added, limit=limit, min_hands=min_hands, hero=lab.hero))


@app.command()
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
        _print_json(
            {
                "players": [dict(zip(names, row, strict=True)) for row in rows],
                "exact": found.exact,
                "samples": found.samples,
                "seconds": found.seconds,
            }
        )
    else:
        typer.echo(equity_line(found, tuple(players)))


@app.command()
def watch(
    history: HistoryPath = None,
    store: StorePath = None,
    url: Annotated[str | None, typer.Option(help="Follow a server's feed instead of files.")] = None,
    replay: Annotated[int, typer.Option(min=0, help="Print so many of the last hands first.")] = 0,
    as_json: Json = False,
) -> None:
    """Print each finished hand as it comes, until Ctrl-C."""
    from pokerlab.wire import NewHand, dump

    for message in _messages(history, store, url, replay):
        if as_json:
            typer.echo(dump(message))
        elif isinstance(message, NewHand):
            typer.echo(_line(message))
        else:
            typer.echo(f"numbers {message.from_seq} to {message.to_seq} were missed", err=True)


def _messages(history: Path | None, store: Path | None, url: str | None, replay: int) -> Any:
    if url is not None:
        from pokerlab.client import follow

        yield from follow(url, client_name="pokerlab watch")
        return
    lab = _lab(store, history)
    queue: SimpleQueue[Any] = SimpleQueue()
    with lab.hub.subscribe(queue.put):
        lab.start(replay=replay)
        try:
            while True:
                # Polars' handler of Ctrl-C restarts a wait without a time limit, which then never ends.
                with suppress(Empty):
                    yield queue.get(timeout=_BREATH_S)
        finally:
            lab.stop()


def _line(message: Any) -> str:
    from pokerlab import text

    hand = message.hand
    hero = hand.hero
    mine = "" if hero is None else f"{text.cards(hero.hole):<6} {text.money(hero.net, hand.unit, sign=True):>10}"
    return f"{hand.played_at:%Y-%m-%d %H:%M:%S}  {text.plain(hand.table):<24.24} {mine:<18} {text.cards(hand.board)}"


@app.command()
def serve(
    history: HistoryPath = None,
    store: StorePath = None,
    host: Annotated[str | None, typer.Option(help="Address; other than loopback needs POKERLAB_TOKEN.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 takes a free one.")] = None,
) -> None:
    """Serve REST and the live feed on /ws, until Ctrl-C; settings from POKERLAB_* too."""
    from pokerlab.server import ServerSettings, run

    given = {"history": history, "store": store, "host": host, "port": port}
    settings = ServerSettings.load(**{name: value for name, value in given.items() if value is not None})
    run(settings, on_start=lambda url: typer.echo(f"pokerlab serves on {url} (docs: {url}/docs)"))


@app.command()
def lab(
    folder: Annotated[
        Path | None, typer.Argument(help="Where the notebooks are.", show_default="~/pokerlab-notebooks")
    ] = None,
    history: HistoryPath = None,
    store: StorePath = None,
    simulated: Annotated[bool, typer.Option("--simulated", help="Simulated hands, whatever is found.")] = False,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="JupyterLab's port.", show_default="8888")] = None,
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
    jupyter: Annotated[
        list[str] | None,
        typer.Option(help="An argument for JupyterLab, such as --jupyter=--debug; several may be given."),
    ] = None,
) -> None:
    """Open JupyterLab on a copy of the notebooks, with your own hands or simulated ones; Ctrl-C ends it."""
    from pokerlab.jupyter import run

    if simulated and (history is not None or store is not None):
        msg = "--simulated takes neither --history nor --store: its hands are in a temporary folder"
        raise typer.BadParameter(msg)
    code = run(
        folder or _home() / "pokerlab-notebooks",
        history=history,
        store=store,
        simulated=simulated,
        port=port,
        browser=browser,
        options=jupyter or (),
        say=lambda line: typer.echo(line),
    )
    raise typer.Exit(code)


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError as error:
        msg = "this user has no home folder; name a folder for the notebooks: pokerlab lab FOLDER"
        raise PokerlabError(msg) from error


@app.command()
def doctor(as_json: Json = False) -> None:
    """Tell what is found on this machine, and why not; exit code 1 where something is to be done."""
    from pokerlab.doctor import examine

    diagnosis = examine()
    if as_json:
        _print_json(diagnosis.to_dict())
    else:
        for line in diagnosis.lines():
            typer.echo(line)
    if not diagnosis.ok:
        raise typer.Exit(1)


@app.command()
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
        _print_json({"hands": len(frames), "files": [str(path) for path in paths]})
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


@app.command()
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
    from pokerlab._equity import equity as compute

    compute("AsAhKsKh", "QsQhJsJh", game="omaha4")
    compute("AsAhKsKh", "QsQhJsJh,TsThJsJh", game="omaha4", board="2c7d9h")
    compute("AsAhKsKh", "QQJJ", game="omaha4", method="monte_carlo", max_samples=1)


def _warm_history() -> None:
    from pokerlab._ingest import parse

    parse(b"")


def main() -> None:
    """Run the command line; errors of pokerlab are one line on stderr."""
    logging.basicConfig(level=logging.WARNING, format="pokerlab: %(message)s")
    try:
        code = app(standalone_mode=False)
    except PokerlabError as error:
        typer.echo(f"pokerlab: {error}", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except typer.Abort:
        sys.exit(130)
    except SystemExit:
        sys.exit(0)  # click's way to end where whoever read the output has enough
    except OSError as error:
        typer.echo(f"pokerlab: {error}", err=True)
        sys.exit(1)
    except Exception as error:
        if hasattr(error, "show") and hasattr(error, "exit_code"):
            error.show()
            sys.exit(error.exit_code)
        raise
    sys.exit(code if isinstance(code, int) else 0)
