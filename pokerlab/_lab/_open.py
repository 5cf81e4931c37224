"""Opening a lab: the user's store and the folders that Winamax has on this machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from pokerlab import stats, watch
from pokerlab._lab._lab import Lab
from pokerlab.errors import HistoryError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pokerlab.store import Store
    from pokerlab.watch import WatchSettings


def open_lab(
    store: Store | str | os.PathLike[str] | None = None,
    history: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] | None = None,
    *,
    live_delay_s: float = 0.0,
    settings: WatchSettings | None = None,
    catch_up: bool = True,
) -> Lab:
    """Open the user's store and find the history folders; nothing is imported or watched yet.

    The statistics of the user's own file are registered: see `pokerlab.stats.register_users`.

    Parameters
    ----------
    store
        A store or its folder; None for the user's own: see `default_store`.
    history
        One or several folders of hand histories; None for those of ``POKERLAB_HISTORY``, else all that Winamax has on
        this machine.
    live_delay_s
        Seconds that a finished hand is held back before it is announced.
    settings
        How the folders are watched.
    catch_up
        Import at each `Lab.start`, in the background, what was written while no lab ran; it is not announced.

    Raises
    ------
    HistoryError
        A folder of ``history`` does not exist.
    StoreError
        The store cannot be opened.
    StatError
        The file of own statistics is wrong.

    Examples
    --------
    >>> import pokerlab as pk, tempfile
    >>> pk.open(tempfile.mkdtemp(), history=tempfile.mkdtemp()).hero is None
    True
    """
    from pokerlab.store import Store

    stats.register_users()
    folders = watch.history_folders() if history is None else [_folder(given) for given in _several(history)]
    if not isinstance(store, Store):
        store = Store(default_store() if store is None else store)
    return Lab(store, folders, live_delay_s=live_delay_s, settings=settings, catch_up=catch_up)


def default_store() -> Path:
    """Give the folder of the user's own store: ``POKERLAB_STORE``, else ``pokerlab/store`` in the system's data folder.

    Examples
    --------
    >>> default_store().name
    'store'
    """
    from platformdirs import user_data_path

    if os.environ.get("POKERLAB_STORE"):
        return Path(os.environ["POKERLAB_STORE"]).expanduser().absolute()
    return user_data_path("pokerlab", appauthor=False) / "store"


def _several(
    history: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
) -> Iterable[str | os.PathLike[str]]:
    return [history] if isinstance(history, (str, os.PathLike)) else history


def _folder(given: str | os.PathLike[str]) -> Path:
    folder = Path(given).expanduser().absolute()
    if not folder.is_dir():
        msg = f"{str(given)!r} is not a folder of hand histories; give the folder named 'history' of your account"
        raise HistoryError(msg)
    return folder
