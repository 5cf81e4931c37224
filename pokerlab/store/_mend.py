"""Mending a log that a power loss has damaged: what cannot be read is moved aside, never deleted."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING

import polars as pl

from pokerlab.errors import StoreError
from pokerlab.store._checkpoint import CHECKPOINT
from pokerlab.store._log import _create, _load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pokerlab.store._place import Folder

_ENTRY = re.compile(r"(\d{20})\.json")


def mend_log(root: Folder) -> list[str]:
    """Bring the log into a state that can be read, and tell what was wrong; call it under the lock.

    A commit that cannot be read becomes one that does nothing, so that those after it stand. What it has added or taken
    away is then to be found out from the files of rows.
    """
    log = root.path / "_delta_log"
    problems = list(_mend(log)) if log.is_dir() else []
    try:
        if root.has_log():
            _load(root)
            return problems
        problems.append("the log is gone, a new one was made")
    except StoreError as error:
        problems.append(f"the log cannot be read and was moved to {_aside(log)}, a new one was made: {error}")
    _create(root)
    return problems


def _mend(log: Path) -> Iterator[str]:
    checkpoints = {int(found[1]): path for path in log.iterdir() if (found := CHECKPOINT.fullmatch(path.name))}
    for version, path in list(checkpoints.items()):
        if not _is_checkpoint(path):
            del checkpoints[version]
            yield f"the checkpoint {path.name} cannot be read and was moved to {_aside(path)}"
    last = log / "_last_checkpoint"
    if last.exists() and _last(last) not in checkpoints:
        yield f"_last_checkpoint names no checkpoint that is there and was moved to {_aside(last)}"
    entries = {int(found[1]): path for path in log.iterdir() if (found := _ENTRY.fullmatch(path.name))}
    first = max(checkpoints, default=-1) + 1
    if not checkpoints and not (0 in entries and _is_entry(entries[0])):
        return  # nothing to build on
    for version in range(first, max(entries, default=0) + 1):
        path = entries.get(version, log / f"{version:020}.json")
        if not path.exists():
            yield f"the commit {path.name} is missing"
        elif _is_entry(path):
            continue
        else:
            yield f"the commit {path.name} cannot be read and was moved to {_aside(path)}"
        _write_nothing(path)


def _is_checkpoint(path: Path) -> bool:
    try:
        return pl.read_parquet(path).height > 0
    except (OSError, pl.exceptions.PolarsError):
        return False


def _is_entry(path: Path) -> bool:
    try:
        lines = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line]
    except (OSError, ValueError):
        return False
    return bool(lines) and all(isinstance(line, dict) for line in lines)


def _last(path: Path) -> object:
    try:
        return json.loads(path.read_text("utf-8"))["version"]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _aside(path: Path) -> str:
    """Rename a file, or the folder of the log, so that nothing takes it for what it was; give the name."""
    name = f"{path.name}.broken-{time.time_ns()}"
    path.rename(path.with_name(name))
    return name


def _write_nothing(path: Path) -> None:
    """Put a commit that does nothing in a place where one is missing."""
    info = {"timestamp": int(time.time() * 1000), "operation": "REPAIR", "operationParameters": {}}
    unfinished = path.with_suffix(".tmp")
    unfinished.write_text(json.dumps({"commitInfo": info}) + "\n", "utf-8")
    unfinished.replace(path)
