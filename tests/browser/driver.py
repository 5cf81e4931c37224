"""What the browser tests do with JupyterLab: start it, open a notebook, run cells, wait for what they show."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from playwright.sync_api import Locator, Page

START_S = 60.0
_SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},  # cells out of sight stay in the page
}
_CELL_DONE = """index => {
  const cell = jupyterapp.shell.currentWidget.content.widgets[index].model;
  return cell.executionCount !== null && cell.executionState === "idle";
}"""


_KERNEL = "wanted => globalThis.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel?.status"


class Jupyter:
    """A JupyterLab on a free port of loopback, with folders for settings and notebooks of its own.

    Attributes
    ----------
    folder
        Where its notebooks are.
    url
        With its token.
    """

    def __init__(self, work: Path) -> None:
        self.work = work
        self.folder = work / "notebooks"
        self.folder.mkdir()
        self.url = ""

    def __enter__(self) -> Self:
        token = secrets.token_hex(16)
        self._log = (self.work / "jupyter.log").open("wb")
        self._process = subprocess.Popen(
            [
                sys.executable, "-m", "jupyterlab", "-y", "--no-browser", "--allow-root", "--ip=127.0.0.1",
                "--ServerApp.port=0", f"--ServerApp.root_dir={self.folder}", f"--IdentityProvider.token={token}",
                "--LabApp.expose_app_in_browser=True",
            ],
            env=own_folders(self.work),
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.url = wait_for_server(self.work, self._process)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(timeout=30)
        self._log.close()


def own_folders(work: Path) -> dict[str, str]:
    """Give an environment in which JupyterLab keeps everything below ``work``, with quiet settings."""
    settings = work / "settings"
    for name, content in _SETTINGS.items():
        file = settings / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content))
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_WORKSPACES_DIR", "IPYTHONDIR")
    places = {name: str(work / name.lower()) for name in names}
    # The debugger logs an error where a page is left while it still asks the kernel.
    page_config = Path(places["JUPYTER_CONFIG_DIR"]) / "labconfig" / "page_config.json"
    page_config.parent.mkdir(parents=True, exist_ok=True)
    page_config.write_text(json.dumps({"disabledExtensions": {"@jupyterlab/debugger-extension": True}}))
    return {**os.environ, **places, "JUPYTERLAB_SETTINGS_DIR": str(settings)}


def wait_for_server(work: Path, process: subprocess.Popen[bytes]) -> str:
    """Wait until a JupyterLab with `own_folders` of ``work`` answers; give its address with token."""
    limit = time.monotonic() + START_S
    while time.monotonic() < limit:
        assert process.poll() is None, f"JupyterLab ended with {process.returncode}: see {work}"
        for file in (work / "jupyter_runtime_dir").glob("jpserver-*.json"):
            info = json.loads(file.read_text() or "{}")
            if info and _answers(f"{info['url']}api/status?token={info['token']}"):
                return f"{info['url']}lab?token={info['token']}"
        time.sleep(0.1)
    msg = f"JupyterLab did not answer in {START_S:.0f} s: see {work}"
    raise TimeoutError(msg)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except (OSError, urllib.error.URLError):
        return False


class Notebook:
    """One notebook in the page."""

    def __init__(self, page: Page, url: str, name: str) -> None:
        self.page = page
        self.name = name
        self._url = url.replace("/lab?", f"/lab/tree/{name}?") + "&reset"

    def open(self) -> None:
        """Open it, or open it again as after a reload, and wait for its kernel."""
        self.page.goto(self._url)
        self.wait_for_kernel()

    def wait_for_kernel(self) -> None:
        """Wait until the kernel of the notebook in front says that it is idle."""
        self._wait_for_kernel("idle")

    def command(self, name: str, **args: object) -> None:
        """Run a command of JupyterLab, without waiting for what it starts."""
        self.page.evaluate("([name, args]) => { jupyterapp.commands.execute(name, args); }", [name, args])

    def start(self, index: int) -> None:
        """Start a cell and do not wait for it."""
        self.page.evaluate("index => { jupyterapp.shell.currentWidget.content.activeCellIndex = index; }", index)
        self.command("notebook:run-cell")

    def run(self, index: int, *, seconds: float = 60) -> None:
        """Run a cell to its end."""
        self.start(index)
        self.wait_for_cell(index, seconds=seconds)

    def run_all(self, *, seconds: float = 120) -> None:
        """Run all cells to their end."""
        self.command("notebook:run-all-cells")
        count = self.page.evaluate("() => jupyterapp.shell.currentWidget.content.widgets.length")
        for index in range(count):
            if self.page.evaluate("i => jupyterapp.shell.currentWidget.content.widgets[i].model.type", index) == "code":
                self.wait_for_cell(index, seconds=seconds)

    def wait_for_cell(self, index: int, *, seconds: float = 60) -> None:
        """Wait until a cell has run."""
        self.page.wait_for_function(_CELL_DONE, arg=index, timeout=seconds * 1000)

    def restart_kernel(self) -> None:
        """Restart the kernel as the menu does, without its question."""
        self.page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.restartKernel()")
        self.wait_for_kernel()

    def shut_down(self) -> None:
        """End the kernel."""
        self.page.evaluate("() => jupyterapp.serviceManager.sessions.shutdownAll()")

    def wait_until_busy(self) -> None:
        """Wait until the kernel runs something."""
        self._wait_for_kernel("busy")

    def _wait_for_kernel(self, status: str) -> None:
        self.page.wait_for_function(_KERNEL + " === wanted", arg=status)

    @property
    def is_busy(self) -> bool:
        """Whether the kernel is running something."""
        return bool(self.page.evaluate(_KERNEL + " === wanted", "busy"))

    def cell(self, index: int) -> Locator:
        """Give a cell."""
        return self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-Cell").nth(index)

    def output(self, index: int) -> Locator:
        """Give what a cell put out."""
        return self.cell(index).locator(".jp-OutputArea")
