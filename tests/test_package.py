"""The package as a whole: what importing it loads, who may import whom, names, dependencies, docstrings."""

from __future__ import annotations

import doctest
import importlib
import os
import pkgutil
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import pokerlab as pk

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "kernels")])}
HEAVY = ("polars", "numpy", "numba", "duckdb", "deltalake", "pyarrow")
HEAVY += ("anywidget", "fastapi", "watchfiles", "pydantic", "typer", "rich")


def test_import_loads_nothing_heavy() -> None:
    code = f"import sys, pokerlab; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, env=ENVIRONMENT
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", pk.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(pk, name) is not None
    assert name in dir(pk)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'pokerlab' has no attribute 'nonsense'"):
        pk.nonsense  # noqa: B018


def test_a_lazy_function_never_has_the_name_of_a_submodule() -> None:
    submodules = {module.name for module in pkgutil.iter_modules(pk.__path__)}
    assert not set(pk._HOMES) & submodules
    assert set(pk._MODULES) <= submodules


def test_imports_go_downwards_only() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=ENVIRONMENT,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_conda_and_pip_install_the_same() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {re.sub(r"\[.*?\]", "", requirement) for requirement in project["dependencies"]}
    lines = (ROOT / "environment.yml").read_text().splitlines()
    given = {line.strip().removeprefix("- ").split("  #")[0] for line in lines if ">=" in line}
    python = {f"python{project['requires-python']}"}
    assert given == wanted | python


def test_version_is_spelled_once_in_effect() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert pk.__version__ == project["version"]


def _modules() -> list[str]:
    names = ["pokerlab"]
    names += [module.name for module in pkgutil.walk_packages(pk.__path__, "pokerlab.")]
    return [name for name in names if not name.endswith("__main__")]


@pytest.mark.parametrize("name", _modules())
def test_the_examples_of_docstrings_run(name: str) -> None:
    module = importlib.import_module(name)
    failures, _ = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
    assert failures == 0
