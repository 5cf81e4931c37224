"""The command line; one function a command, each a few calls of the library.

Exit codes: 0 all is well; 1 an error, told on stderr; 2 a wrong call; 130 interrupted by Ctrl-C, which is how `lab` and
`serve` are ended while they run, and then 0.
"""

from __future__ import annotations

import logging
import sys
from typing import Annotated

import typer

from pokerlab import __version__
from pokerlab.cli._cards import equity
from pokerlab.cli._history import export, import_
from pokerlab.cli._live import demo, lab, serve, watch
from pokerlab.cli._machine import doctor, warmup
from pokerlab.cli._notes import note
from pokerlab.cli._replay import replay
from pokerlab.cli._results import results
from pokerlab.cli._store import store
from pokerlab.cli._study import leaks, stats
from pokerlab.errors import PokerlabError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Study your own online poker play: Winamax hand histories, statistics, equity, a live feed.",
    epilog="Exit codes: 0 well, 1 an error (told on stderr), 2 a wrong call, 130 interrupted.",
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"pokerlab {__version__}")
        raise typer.Exit


@app.callback()
def _before_a_command(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Hold the options that stand before a command."""


app.command()(demo)
app.command("import")(import_)
for _command in (stats, results, leaks, equity, replay, watch, serve, lab, doctor, export, warmup):
    app.command()(_command)
app.add_typer(note, name="note")
app.add_typer(store, name="store")


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
