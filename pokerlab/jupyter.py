"""`pokerlab lab`: JupyterLab on a copy of the notebooks, with hands to look at."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import ExitStack, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from pokerlab import demo
from pokerlab._lab import default_store, open_lab
from pokerlab.errors import PokerlabError
from pokerlab.watch import history_folders

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pokerlab._lab import Lab

FIRST = "00_tour.ipynb"
"""The notebook that is opened."""

_PACKAGED = Path(__file__).parent / "notebooks"
_IN_REPOSITORY = Path(__file__).parents[1] / "notebooks"
_GRACE_S = 10.0
_BREATH_S = 0.25

_QUIET = (
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
)
"""JupyterLab asks nobody for news or updates."""


def run(
    folder: Path,
    *,
    history: Path | None = None,
    store: Path | None = None,
    simulated: bool = False,
    port: int | None = None,
    browser: bool = True,
    options: Sequence[str] = (),
    say: Callable[[str], object] = print,
) -> int:
    """Open JupyterLab and wait for its end; give its exit code.

    Parameters
    ----------
    folder
        Where the notebooks are copied to; what stands there already is left as it is.
    history, store
        Your own folder of histories, and the store that it is imported into. None: what is found on this machine (and
        your own store); where nothing is found, hands are simulated.
    simulated
        Simulate hands in any case. They are in a temporary folder, and a table goes on playing while JupyterLab runs.
    port, browser
        JupyterLab's port, and whether to open a browser.
    options
        More arguments for JupyterLab, as they are.
    say
        Gets each line that tells what is going on.

    Raises
    ------
    PokerlabError
        JupyterLab is not installed, or the notebooks cannot be copied.
    HistoryError
        ``history`` is no folder.
    """
    _check_installed()
    with _terminable(), ExitStack() as stack:
        lab = _own(history, store) if not simulated else None
        if lab is None:
            lab = _simulated(stack, say)
        else:
            _import(lab, say)
        lab.store.close()
        new = copy_notebooks(folder)
        say(f"Notebooks: {folder}" + (f" ({len(new)} new)" if new else ""))
        environment = {
            **os.environ,
            "POKERLAB_HISTORY": os.pathsep.join(map(str, lab.folders)),
            "POKERLAB_STORE": str(lab.store.path),
        }
        warm_up = subprocess.Popen([sys.executable, "-m", "pokerlab", "warmup", "--quiet"])
        stack.callback(_end, warm_up)
        return _serve([*_command(folder, port, browser), *options], environment)


def _check_installed() -> None:
    if find_spec("jupyterlab") is None:
        msg = 'JupyterLab is not installed beside pokerlab: pip install "pokerlab[lab]"'
        raise PokerlabError(msg)


def _own(history: Path | None, store: Path | None) -> Lab | None:
    """Open the user's own hands; None where none are named or found."""
    if history is None and store is None and not history_folders():
        return None
    return open_lab(store or default_store(), history)


def _import(lab: Lab, say: Callable[[str], object]) -> None:
    report = lab.ingest(progress=sys.stderr.isatty())
    say(
        f"Your own hands: {report.hands_added:,} new, {report.duplicates:,} there already, {report.rejects:,} not "
        f"understood, from {', '.join(map(str, lab.folders))}"
    )


def _simulated(stack: ExitStack, say: Callable[[str], object]) -> Lab:
    work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pokerlab-lab-", ignore_cleanup_errors=True)))
    lab = demo.prepare(work)
    stack.enter_context(demo.Table(lab.folders[0], seed=1))
    say(f"Simulated hands of {lab.hero}: {lab.store.counts()['hands']:,}, and a table that goes on playing")
    say("(for your own: pokerlab lab --history FOLDER)")
    return lab


def copy_notebooks(folder: Path) -> list[Path]:
    """Copy the notebooks that ``folder`` lacks; give the new ones.

    Raises
    ------
    PokerlabError
        A file cannot be written there.

    Examples
    --------
    >>> import tempfile
    >>> [path.name for path in copy_notebooks(Path(tempfile.mkdtemp()))][0]
    '00_tour.ipynb'
    """
    source = _PACKAGED if _PACKAGED.is_dir() else _IN_REPOSITORY
    new = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for notebook in sorted(source.glob("*.ipynb")):
            copy = folder / notebook.name
            if not copy.exists():
                shutil.copyfile(notebook, copy)
                new.append(copy)
    except OSError as error:
        msg = f"the notebooks cannot be copied to {str(folder)!r} ({error.strerror}); name another folder"
        raise PokerlabError(msg) from error
    return new


def _command(folder: Path, port: int | None, browser: bool) -> list[str]:
    return [
        sys.executable, "-m", "jupyterlab",
        "-y",  # Ctrl-C asks nothing
        f"--ServerApp.root_dir={folder.absolute()}",
        f"--LabApp.default_url=/lab/tree/{FIRST}",
        *_QUIET,
        *([] if port is None else [f"--ServerApp.port={port}"]),
        *([] if browser else ["--no-browser"]),
    ]  # fmt: skip


def _serve(command: list[str], environment: dict[str, str]) -> int:
    """Run JupyterLab to its end; whatever ends this process ends it too."""
    server = subprocess.Popen(command, env=environment)  # noqa: S603  (this Python, and the user's own arguments)
    try:
        while True:
            # Polars' handler of Ctrl-C restarts a wait without a time limit, which then never ends.
            with suppress(subprocess.TimeoutExpired):
                return server.wait(_BREATH_S)
    except KeyboardInterrupt:
        return 0
    finally:
        _end(server)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def _terminable() -> Iterator[None]:
    """Let SIGTERM unwind like Ctrl-C, so that what was started is ended and what is temporary is removed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
