"""The one decorator that compiles, the folder that compiled code is kept in, and the lock around parallel launches.

Numba's cache looks at the outer function's file only: an edited callee in another file would keep running its old
code. So the cache folder carries a digest of all kernel sources, and a changed source starts an empty folder.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numba
from numba.core import config as _config

if TYPE_CHECKING:
    from collections.abc import Callable

config: Any = _config
launch = threading.Lock()
"""Held around every ``parallel=True`` call: two at once abort the process under Numba's workqueue layer."""


@cache
def user_cache() -> Path:
    """Give pokerlab's cache folder: ``POKERLAB_CACHE_DIR``, the system's place, or a temporary one if read-only."""
    chosen = os.environ.get("POKERLAB_CACHE_DIR")
    if chosen:
        folder = Path(chosen)
    elif sys.platform == "win32":
        folder = Path(os.environ.get("LOCALAPPDATA", Path.home())) / "pokerlab" / "Cache"
    elif sys.platform == "darwin":
        folder = Path.home() / "Library" / "Caches" / "pokerlab"
    else:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pokerlab"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        writable = os.access(folder, os.W_OK)
    except OSError:
        writable = False
    if writable:
        return folder
    return Path(tempfile.mkdtemp(prefix="pokerlab-"))


@cache
def _code_folder() -> str:
    digest = blake2b(numba.__version__.encode(), digest_size=8)
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    folder = user_cache() / f"kernels-{digest.hexdigest()}"
    folder.mkdir(parents=True, exist_ok=True)
    return str(folder)


def kernel(
    *, parallel: bool = False, inline: bool = False, counted: bool = True
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Compile a function with the options that all kernels share, cached by a digest of all sources.

    Parameters
    ----------
    parallel
        Let ``numba.prange`` use threads. The Python wrapper must then hold `launch` around each call.
    inline
        Hint LLVM to inline the function at each call.
    counted
        Count references to arrays. A kernel that makes no array needs none; the atomic counting took a quarter of the
        time of the scan of histories, which passes arrays through many small functions.
    """

    def compile_(function: Callable[..., Any]) -> Callable[..., Any]:
        with launch:
            before = config.CACHE_DIR
            config.CACHE_DIR = _code_folder()
            try:
                njit: Any = numba.njit  # its type stub leaves some options out
                return njit(
                    cache=True,
                    nogil=True,
                    error_model="numpy",
                    parallel=parallel,
                    forceinline=inline,
                    _nrt=counted,
                )(function)
            finally:
                config.CACHE_DIR = before

    return compile_


def inner(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function that only other kernels call and that makes no array.

    It has no wrapper for Python, which saves half of its compilation, and counts no references. Its code is kept in the
    cache file of the kernel that calls it.
    """
    njit: Any = numba.njit
    options = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "_nrt": False}
    return njit(nogil=True, error_model="numpy", **options)(function)
