"""The one decorator that compiles, the folder that compiled code is kept in, and the lock around parallel launches.

Numba's cache looks at the outer function's file only: an edited callee in another file would keep running its old
code. So the cache folder carries a digest of all kernel sources, and a changed source starts an empty folder.
"""

from __future__ import annotations

import os
import stat
import sys
import tempfile
import threading
from contextlib import suppress
from functools import cache, wraps
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numba
from numba.core import config as _config
from numba.core.caching import FunctionCache

if TYPE_CHECKING:
    from collections.abc import Callable

config: Any = _config
_FunctionCache: Any = FunctionCache
launch = threading.RLock()
"""Held around every ``parallel=True`` call: two at once abort the process under Numba's workqueue layer."""


class _Own(threading.local):
    alone = False


own = _Own()
"""Whether the parallel kernels that this thread calls use no other thread."""


@cache
def user_cache() -> Path:
    """Give pokerlab's cache folder: ``POKERLAB_CACHE_DIR``, the system's place, or a temporary one if read-only."""
    try:
        folder = _chosen_cache()
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK | os.X_OK):
            return folder
    except (OSError, RuntimeError):  # RuntimeError: a container's user without a home folder
        pass
    return _temporary_cache()


def _chosen_cache() -> Path:
    if chosen := os.environ.get("POKERLAB_CACHE_DIR"):
        return Path(chosen).expanduser().absolute()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home()) / "pokerlab" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "pokerlab"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pokerlab"


def _temporary_cache() -> Path:
    """Give a folder that lasts beyond this process, if nobody else can have put code into it."""
    if sys.platform != "win32":
        user = os.getuid()
        folder = Path(tempfile.gettempdir()) / f"pokerlab-{user}"
        with suppress(OSError):
            folder.mkdir(mode=0o700, exist_ok=True)
            found = folder.lstat()
            if stat.S_ISDIR(found.st_mode) and found.st_uid == user and not found.st_mode & 0o077:
                return folder
    return Path(tempfile.mkdtemp(prefix="pokerlab-"))


@cache
def _code_folder() -> str:
    # Code that checks bounds (NUMBA_BOUNDSCHECK) must not be mistaken for code that does not.
    digest = blake2b(f"{numba.__version__} {config.BOUNDSCHECK}".encode(), digest_size=8)
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    folder = user_cache() / f"kernels-{digest.hexdigest()}"
    folder.mkdir(parents=True, exist_ok=True)
    return str(folder)


class _ForgivingCache(_FunctionCache):  # type: ignore[misc]
    """Numba's cache, to which a damaged file is an absent one, and a full disk costs only the next start."""

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # what pickle raises on garbage has no common class
            with suppress(OSError):
                self.flush()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        with suppress(OSError):
            super().save_overload(sig, data)


def kernel(
    *, parallel: bool = False, inline: bool = False, counted: bool = True
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Compile a function with the options that all kernels share, cached by a digest of all sources.

    Parameters
    ----------
    parallel
        Let ``numba.prange`` use threads. The Python wrapper must then be inside of `_threads.parallel`, which may
        choose the same code compiled without.
    inline
        Have LLVM inline the function at each call. Only kernels can call it; its code is in their cache files.
    counted
        Count references to arrays. A kernel that makes no array needs none; the atomic counting took a quarter of the
        time of the scan of histories, which passes arrays through many small functions.
    """

    def compile_(function: Callable[..., Any]) -> Callable[..., Any]:
        compiled = _compile(function, parallel=parallel, inline=inline, counted=counted)
        if not parallel:
            return compiled
        serial = _compile(function, parallel=False, inline=inline, counted=counted)

        @wraps(function)
        def run(*arguments: Any) -> None:
            (serial if own.alone else compiled)(*arguments)

        return run

    return compile_


def _compile(function: Callable[..., Any], *, parallel: bool, inline: bool, counted: bool) -> Any:
    with launch:
        before = config.CACHE_DIR
        # Numba's cache tells functions apart by their source, not by their options.
        config.CACHE_DIR = str(Path(_code_folder()) / "parallel") if parallel else _code_folder()
        try:
            njit: Any = numba.njit  # its type stub leaves some options out
            compiled = njit(
                nogil=True,
                error_model="numpy",
                parallel=parallel,
                forceinline=inline,
                _nrt=counted,
                no_cpython_wrapper=inline,
                no_cfunc_wrapper=inline,
            )(function)
            if not inline:
                compiled._cache = _ForgivingCache(function)  # in the place of what cache=True sets
            return compiled
        finally:
            config.CACHE_DIR = before


def inner(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function that only other kernels call and that makes no array.

    It has no wrapper for Python, which saves half of its compilation, and counts no references. Its code is kept in the
    cache file of the kernel that calls it.
    """
    njit: Any = numba.njit
    options = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "_nrt": False}
    return njit(nogil=True, error_model="numpy", **options)(function)
