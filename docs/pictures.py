"""Draw the images of docs/pictures.md from the code beside them: ``python docs/pictures.py``."""

from __future__ import annotations

import ast
import json
import re
import zlib
from pathlib import Path
from typing import Any

PAGE = Path(__file__).with_name("pictures.md")
SCALE = 1.25
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_BLOCK = re.compile(r"```python\n(.*?)```\n(?:\n!\[[^]]*\]\((\S+?)\))?", re.DOTALL)


def draw(page: Path, folder: Path) -> list[Path]:
    """Run the page's code from top to bottom, and write an image of each block that one follows."""
    names: dict[str, Any] = {}
    drawn = []
    for code, image in _BLOCK.findall(page.read_text("utf-8")):
        value = _run(code, names)
        if image:
            drawn.append(folder / image)
            drawn[-1].parent.mkdir(parents=True, exist_ok=True)
            drawn[-1].write_bytes(_png(value))
    return drawn


def _run(code: str, names: dict[str, Any]) -> Any:
    """Run a block, and give the value of its last line, as a notebook does."""
    tree = ast.parse(code)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, str(PAGE), "exec"), names)  # noqa: S102  (the page of this repository)
    return last and eval(compile(ast.Expression(last.value), str(PAGE), "eval"), names)  # noqa: S307


def _png(chart: Any) -> bytes:
    import altair
    import vl_convert

    own = ".".join(altair.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
    known = vl_convert.get_vegalite_versions()
    spec = json.loads(chart.to_json())
    return _packed(vl_convert.vegalite_to_png(spec, vl_version=own if own in known else known[-1], scale=SCALE))


def _packed(png: bytes) -> bytes:
    """Compress the pixels again: the converter is quick about it, and its files are four times as large."""
    chunks = []
    at = len(_SIGNATURE)
    while at < len(png):
        size = int.from_bytes(png[at : at + 4], "big")
        chunks.append((png[at + 4 : at + 8], png[at + 8 : at + 8 + size]))
        at += size + 12
    pixels = zlib.decompress(b"".join(data for kind, data in chunks if kind == b"IDAT"))
    kept = [chunk for chunk in chunks if chunk[0] not in {b"IDAT", b"IEND"}]
    kept += [(b"IDAT", zlib.compress(pixels, 9)), (b"IEND", b"")]
    return _SIGNATURE + b"".join(
        len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big") for kind, data in kept
    )


if __name__ == "__main__":
    draw(PAGE, PAGE.parent)
