"""What pokerlab finds on this machine, and why not: history folders, store, kernels, libraries. Nothing is sent."""

from __future__ import annotations

import os
import platform
import tempfile
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pokerlab import watch
from pokerlab._lab import default_store
from pokerlab.errors import HistoryError, PokerlabError
from pokerlab.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

LIBRARIES = ("numba", "numpy", "polars", "pyarrow", "duckdb", "deltalake", "fastapi", "watchfiles", "anywidget")
_SAMPLE_FILES = 5
_SAMPLE_BYTES = 1 << 20
_PLACEHOLDER = 0x1000 | 0x400000
"""Windows marks files whose content is still in a cloud: offline, recall on data access."""


@dataclass(frozen=True, slots=True)
class Place:
    """A folder that was looked at for histories; ``found`` is why it has none, or how many accounts it has."""

    path: str
    accounts: int
    found: str


@dataclass(frozen=True, slots=True)
class History:
    """A folder of histories: ``hands`` is guessed from a few files; ``problem`` is empty where there is none."""

    path: str
    account: str
    files: int
    megabytes: float
    hands: int
    last_change: datetime | None
    problem: str


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: ``ok`` is None where it is a matter of taste."""

    name: str
    ok: bool | None
    detail: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What `examine` found.

    Attributes
    ----------
    origin
        What decides where histories are looked for: ``"POKERLAB_HISTORY"`` or ``"this machine"``.
    places, histories, checks
        The places that were looked at, the history folders found there, and everything else.
    """

    origin: str
    places: tuple[Place, ...]
    histories: tuple[History, ...]
    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether there are histories to read and nothing is wrong."""
        healthy = all(not history.problem for history in self.histories)
        return bool(self.histories) and healthy and all(check.ok is not False for check in self.checks)

    def to_dict(self) -> dict[str, Any]:
        """Give all of it as plain values, for JSON."""
        return {"ok": self.ok, **asdict(self)}

    def lines(self) -> Iterator[str]:
        """Give the report as people read it."""
        yield f"History folders (from {self.origin}):"
        for history in self.histories:
            when = f", last change {history.last_change:%Y-%m-%d %H:%M} UTC" if history.last_change else ""
            yield f"  {_mark(not history.problem)} {plain(history.path)}"
            yield (
                f"     account {plain(history.account)}: {history.files:,} files, {history.megabytes:,.1f} MB, "
                f"about {history.hands:,} hands{when}"
            )
            if history.problem:
                yield f"     {history.problem}"
        if not self.histories:
            yield "  ✗ none. Name one: `pokerlab import FOLDER`, or set POKERLAB_HISTORY"
        yield "Looked at:"
        for place in self.places:
            yield f"  {'·' if not place.accounts else '✓'} {plain(place.path)}: {place.found}"
        yield "Checks:"
        for check in self.checks:
            yield f"  {_mark(check.ok)} {check.name}: {plain(check.detail)}"


def _mark(ok: bool | None) -> str:
    return {True: "✓", False: "✗", None: "·"}[ok]


def examine(home: Path | None = None, environ: Mapping[str, str] | None = None) -> Diagnosis:
    """Look at history folders, store, kernels and libraries; nothing is written but a test of the cache, nothing sent.

    Parameters
    ----------
    home, environ
        The user's folder and environment, to say which places were looked at; those of this process unless given.

    Examples
    --------
    >>> diagnosis = examine()
    >>> {check.name for check in diagnosis.checks} >= {"python", "store", "kernel cache", "threads"}
    True
    """
    variables = os.environ if environ is None else environ
    user = home or Path.home()
    chosen = variables.get("POKERLAB_HISTORY")
    try:
        folders, wrong = watch.history_folders(home, environ), []
    except HistoryError as error:
        folders, wrong = [], [Check("POKERLAB_HISTORY", ok=False, detail=str(error))]
    if chosen:
        places = [_named(Path(part).expanduser()) for part in chosen.split(os.pathsep) if part]
    else:
        places = [_place(base, pattern) for base, pattern in dict.fromkeys(watch.places(user, variables))]
    return Diagnosis(
        origin="POKERLAB_HISTORY" if chosen else "this machine",
        places=tuple(places),
        histories=tuple(map(_history, folders)),
        checks=(*wrong, *_checks(variables), *_networks(folders)),
    )


def _named(folder: Path) -> Place:
    return Place(str(folder), int(folder.is_dir()), _why(folder) or "is read")


def _place(base: Path, pattern: str) -> Place:
    shown = str(base / pattern)
    if why := _why(base):
        return Place(shown, 0, why)
    try:
        accounts = sum(folder.is_dir() for folder in base.glob(pattern))
    except OSError as error:
        return Place(shown, 0, f"cannot be read: {error.strerror}")
    if accounts:
        return Place(shown, accounts, f"{accounts} account{'s' if accounts > 1 else ''}")
    client = base / pattern.partition("/accounts")[0]
    if "*" not in str(client) and client.is_dir():
        return Place(shown, 0, "Winamax was here, but no account has a folder 'history': let the client save hands")
    return Place(shown, 0, "no Winamax folder in it")


def _why(folder: Path) -> str:
    """Tell why a folder cannot be looked into; empty where it can."""
    try:
        if not folder.exists():
            return "does not exist"
        if not folder.is_dir():
            return "is no folder"
        next(folder.iterdir(), None)
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return ""


def _history(folder: Path) -> History:
    account = folder.parent.name if folder.parent.parent.name == "accounts" else folder.name
    if problem := _why(folder):
        return History(str(folder), account, 0, 0.0, 0, None, problem)
    sizes: dict[Path, int] = {}
    last = 0.0
    closed: list[str] = []
    clouded = 0
    for place, _, names in os.walk(folder, onerror=lambda error: closed.append(str(error.filename))):
        for path in (Path(place, name) for name in names if name.endswith(".txt")):
            try:
                facts = path.stat()
            except OSError:
                closed.append(str(path))
                continue
            if not os.access(path, os.R_OK):
                closed.append(str(path))
            clouded += bool(getattr(facts, "st_file_attributes", 0) & _PLACEHOLDER)
            sizes[path] = facts.st_size
            last = max(last, facts.st_mtime)
    problem = "no history file in it yet" if not sizes and not closed else ""
    if closed:
        problem = f"{len(closed)} files or folders cannot be read, such as {plain(closed[0])}"
    elif clouded:
        problem = f"{clouded} files are in the cloud only: let OneDrive keep this folder on this machine"
    return History(
        path=str(folder),
        account=account,
        files=len(sizes),
        megabytes=round(sum(sizes.values()) / 1e6, 1),
        hands=_guess_hands(sizes),
        last_change=datetime.fromtimestamp(last, UTC) if sizes else None,
        problem=problem,
    )


def _guess_hands(sizes: Mapping[Path, int]) -> int:
    """Guess from the hands in the beginnings of a few of the largest files."""
    plays = {path: size for path, size in sizes.items() if not path.stem.endswith("_summary")}
    read = hands = 0
    for path in sorted(plays, key=lambda one: -plays[one])[:_SAMPLE_FILES]:
        try:
            with path.open("rb") as handle:
                data = handle.read(_SAMPLE_BYTES)
        except OSError:
            continue
        read += len(data)
        hands += data.count(watch.SIGNATURE)
    return round(sum(plays.values()) * hands / read) if read else 0


def _checks(variables: Mapping[str, str]) -> Iterator[Check]:
    yield Check("python", ok=True, detail=f"{platform.python_version()} on {platform.platform()}")
    yield _libraries()
    yield _jupyter()
    yield _store("POKERLAB_STORE" if variables.get("POKERLAB_STORE") else "your own")
    yield from _kernels()


def _networks(folders: Iterable[Path]) -> Iterator[Check]:
    for folder in folders:
        if kind := watch.network_of(folder):
            told = f"{folder} is on {kind}, which tells of no change: it is looked at three times a second instead"
            yield Check("network folder", ok=None, detail=told)


def _libraries() -> Check:
    missing = [name for name in LIBRARIES if find_spec(name) is None]
    if missing:
        return Check("libraries", ok=False, detail=f"{', '.join(missing)} cannot be imported; install pokerlab again")
    return Check("libraries", ok=True, detail=", ".join(f"{name} {_version(name)}" for name in LIBRARIES))


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "of unknown version"


def _jupyter() -> Check:
    if find_spec("jupyterlab") is None:
        return Check("jupyterlab", ok=None, detail='not in this environment; `pip install "pokerlab[lab]"` adds it')
    return Check("jupyterlab", ok=True, detail=_version("jupyterlab"))


def _store(origin: str) -> Check:
    from pokerlab.store import Store

    try:
        path = default_store()
        if not (path / "_delta_log").is_dir():
            return Check("store", ok=None, detail=f"none yet at {path} ({origin}); `pokerlab import` makes it")
        report = Store(path).check()
    except (PokerlabError, OSError) as error:
        return Check("store", ok=False, detail=str(error))
    if not report.ok:
        first = report.problems[0]
        return Check(
            "store", ok=False, detail=f"{path} ({origin}) has {len(report.problems)} problems, such as: {first}"
        )
    return Check(
        "store", ok=True, detail=f"{path} ({origin}): {report.hands:,} hands in {report.files:,} files, healthy"
    )


def _kernels() -> Iterator[Check]:
    try:
        # Its type stubs lack what is asked for here.
        numba: Any = import_module("numba")
        _jit: Any = import_module("pokerlab_kernels._jit")
    except Exception as error:  # a broken llvmlite raises what it likes
        yield Check("kernels", ok=False, detail=f"numba cannot be loaded: {error}")
        return
    yield _kernel_cache(_jit.user_cache())
    try:
        pool: Any = import_module("numba.np.ufunc.parallel")
        with _jit.launch:
            pool._launch_threads()
            layer = numba.threading_layer()
    except Exception as error:
        yield Check("threads", ok=False, detail=f"numba cannot start its threads: {error}")
        return
    yield Check("threads", ok=True, detail=f"{numba.get_num_threads()}, numba's layer {layer!r}")


def _kernel_cache(folder: Path) -> Check:
    compiled = [path.stat().st_size for path in folder.rglob("*.nbc")]
    detail = f"{folder}: {len(compiled)} kernels compiled, {sum(compiled) / 1e6:.0f} MB"
    if not os.environ.get("POKERLAB_CACHE_DIR") and folder.is_relative_to(tempfile.gettempdir()):
        return Check("kernel cache", ok=False, detail=f"{detail}; it does not last, set POKERLAB_CACHE_DIR to a folder")
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Check("kernel cache", ok=False, detail=f"{folder} cannot be written: {error.strerror}")
    return Check("kernel cache", ok=True, detail=detail if compiled else f"{detail}; `pokerlab warmup` fills it")
