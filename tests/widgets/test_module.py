"""Several files of static/ as one module: each once, in its own scope, and nothing imported any more."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from pokerlab.widgets import _module
from pokerlab.widgets._module import STATIC, module

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "paint": 'const SECRET = "paint";\nexport const INK = "ink";\nexport function paint() {\n  return SECRET;\n}\n',
    "frame": 'import { INK as COLOUR } from "./paint.js";\nconst SECRET = "frame";\n'
    "export function frame() {\n  return SECRET + COLOUR;\n}\nexport default { frame };\n",
    "entry": 'import { INK, paint } from "./paint.js";\nimport { frame } from "./frame.js";\nconst SECRET = "entry";\n'
    "export const told = [INK, paint(), frame(), SECRET].join();\nexport default { told };\n",
}


@pytest.fixture
def static(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.items():
        (tmp_path / f"{name}.js").write_text(text, "utf-8")
    monkeypatch.setattr(_module, "STATIC", tmp_path)
    module.cache_clear()
    return tmp_path


def test_files_are_joined_once_each_and_keep_their_own_names(static: Path) -> None:
    text = module("entry")
    assert text.count('"paint"') == text.count('"frame"') == 1
    assert text.index('"paint"') < text.index('"frame"') < text.index('"entry"')
    assert not re.search(r"^import", text, re.MULTILINE)
    assert re.findall(r"^export .*", text, re.MULTILINE) == [
        "export const told = [INK, paint(), frame(), SECRET].join();",
        "export default { told };",
    ]


def test_a_joined_module_does_what_its_files_do(static: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs Node.js")
    (static / "joined.mjs").write_text(module("entry"), "utf-8")
    code = 'const { told } = await import("./joined.mjs"); console.log(told);'
    done = subprocess.run([node, "--input-type=module", "-e", code], cwd=static, capture_output=True, text=True)
    assert done.stdout == "ink,paint,frameink,entry\n", done.stderr


def test_files_that_import_each_other_are_refused(static: Path) -> None:
    (static / "paint.js").write_text('import { frame } from "./frame.js";\nexport const INK = frame;\n', "utf-8")
    with pytest.raises(ValueError, match="entry -> paint -> frame -> paint import each other in a ring"):
        module("entry")


def test_an_export_of_another_shape_is_refused(static: Path) -> None:
    (static / "paint.js").write_text("const INK = 1;\nexport { INK };\n", "utf-8")
    with pytest.raises(ValueError, match=r"paint\.js: 'export \{ INK \};' is not understood"):
        module("entry")


@pytest.mark.parametrize("name", sorted(path.stem for path in STATIC.glob("*.js")))
def test_every_file_of_the_package_can_be_joined(name: str) -> None:
    module.cache_clear()
    assert not re.search(r"^import\b", module(name), re.MULTILINE)
