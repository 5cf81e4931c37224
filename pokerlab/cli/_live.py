"""Commands that run for a while: demo, watch, serve, lab."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from pokerlab.cli._options import HistoryPath, Json, StorePath, lab_of
from pokerlab.errors import PokerlabError

_BREATH_S = 0.25
"""How long a command may wait before it looks whether Ctrl-C was pressed."""


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


def watch(
    history: HistoryPath = None,
    store: StorePath = None,
    url: Annotated[
        str | None, typer.Option(help="Follow a server's feed instead of files; its token in POKERLAB_TOKEN.")
    ] = None,
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

        token = os.environ.get("POKERLAB_TOKEN")
        yield from follow(url, replay=replay, token=token, client_name="pokerlab watch")
        return
    from pokerlab._lab import Mailbox

    lab = lab_of(store, history)
    # A reader that stalls, such as a pager, misses hands in the end; they are in the store.
    with Mailbox(lab.hub, size=max(replay, lab.hub.window)) as mailbox:
        lab.start(replay=replay)
        try:
            while True:
                # Polars' handler of Ctrl-C restarts a wait without a time limit, which then never ends.
                yield from mailbox.take(timeout=_BREATH_S)
        finally:
            lab.stop()


def _line(message: Any) -> str:
    from pokerlab import text

    hand = message.hand
    hero = hand.hero
    mine = "" if hero is None else f"{text.cards(hero.hole):<6} {text.money(hero.net, hand.unit, sign=True):>10}"
    return f"{hand.played_at:%Y-%m-%d %H:%M:%S}  {text.plain(hand.table):<24.24} {mine:<18} {text.cards(hand.board)}"


def serve(
    history: HistoryPath = None,
    store: StorePath = None,
    host: Annotated[str | None, typer.Option(help="Address; other than loopback needs POKERLAB_TOKEN.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 takes a free one.")] = None,
) -> None:
    """Serve REST and the live feed on /ws, until Ctrl-C; settings from POKERLAB_* too."""
    from pokerlab.server import ServerSettings, logs, run

    given = {"history": history, "store": store, "host": host, "port": port}
    settings = ServerSettings.load(**{name: value for name, value in given.items() if value is not None})
    logs.configure(settings.log_level)
    run(settings, on_start=lambda url: typer.echo(f"pokerlab serves on {url} (docs: {url}/docs)"))


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
