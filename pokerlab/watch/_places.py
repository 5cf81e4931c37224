"""Where Winamax keeps hand histories on this machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_NEW = "winamax/documents/accounts/*/history"
_OLD = "Winamax Poker/accounts/*/history"
_PREFIXES = (".PlayOnLinux/wineprefix", ".local/share/bottles/bottles", "Games")
"""Where PlayOnLinux, Bottles and Lutris keep their Wine prefixes."""


def history_folders(home: Path | None = None, environ: Mapping[str, str] | None = None) -> list[Path]:
    """Find the folders in which Winamax writes the hands of each account.

    Looked at are the client's folders on Windows (also where OneDrive took the documents), macOS, Linux and in Wine
    prefixes. Nothing is read, only names are listed.

    Parameters
    ----------
    home, environ
        The user's folder and environment; those of this process unless given.

    Examples
    --------
    >>> all(folder.name == "history" for folder in history_folders())
    True
    """
    found: dict[Path, None] = {}
    for base, pattern in places(home or Path.home(), os.environ if environ is None else environ):
        if base.is_dir():
            found |= dict.fromkeys(folder.resolve() for folder in sorted(base.glob(pattern)) if folder.is_dir())
    return list(found)


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
