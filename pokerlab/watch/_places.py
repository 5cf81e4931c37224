"""Where Winamax keeps hand histories on this machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from pokerlab.errors import HistoryError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

VARIABLE = "POKERLAB_HISTORY"
"""The environment variable that names the history folders."""

_NEW = "winamax/documents/accounts/*/history"
_OLD = "Winamax Poker/accounts/*/history"
_PREFIXES = (".PlayOnLinux/wineprefix", ".local/share/bottles/bottles", "Games")
"""Where PlayOnLinux, Bottles and Lutris keep their Wine prefixes."""


def history_folders(home: Path | None = None, environ: Mapping[str, str] | None = None) -> list[Path]:
    """Find the folders in which Winamax writes the hands of each account.

    Looked at are the client's folders on Windows (also where OneDrive took the documents), macOS, Linux and in Wine
    prefixes. Nothing is read, only names are listed. Where ``POKERLAB_HISTORY`` is set, the folders that it names (with
    the separator of ``PATH`` between them) are taken instead.

    Parameters
    ----------
    home, environ
        The user's folder and environment; those of this process unless given.

    Raises
    ------
    HistoryError
        ``POKERLAB_HISTORY`` names a folder that does not exist.

    Examples
    --------
    >>> history_folders(environ={"POKERLAB_HISTORY": "."}) == [Path.cwd()]
    True
    """
    environ = os.environ if environ is None else environ
    if environ.get(VARIABLE):
        return [_named(text) for text in environ[VARIABLE].split(os.pathsep) if text]
    found: dict[Path, None] = {}
    for base, pattern in places(home or Path.home(), environ):
        if base.is_dir():
            found |= dict.fromkeys(folder.resolve() for folder in sorted(base.glob(pattern)) if folder.is_dir())
    return list(found)


def _named(text: str) -> Path:
    folder = Path(text).expanduser().absolute()
    if not folder.is_dir():
        msg = f"{VARIABLE} names {text!r}, which is no folder; set it to the folder named 'history' of your account"
        raise HistoryError(msg)
    return folder


def places(home: Path, environ: Mapping[str, str]) -> Iterator[tuple[Path, str]]:
    """Give each base folder that is looked at, and the pattern of the history folders in it."""
    for name in ("APPDATA", "XDG_CONFIG_HOME"):
        if environ.get(name):
            yield Path(environ[name]), _NEW
    for inner in (".config", "AppData/Roaming", "Library/Application Support"):
        yield home / inner, _NEW
    drives = [
        Path(environ[name]) for name in ("OneDrive", "OneDriveConsumer", "OneDriveCommercial") if environ.get(name)
    ]
    for base in (home, home / "OneDrive", *drives):
        yield base / "Documents", _OLD
    prefix = Path(environ["WINEPREFIX"]) if environ.get("WINEPREFIX") else home / ".wine"
    yield prefix / "drive_c/users", f"*/AppData/Roaming/{_NEW}"
    yield prefix / "drive_c/users", f"*/Documents/{_OLD}"
    for inner in _PREFIXES:
        yield home / inner, f"*/drive_c/users/*/AppData/Roaming/{_NEW}"
        yield home / inner, f"*/drive_c/users/*/Documents/{_OLD}"
