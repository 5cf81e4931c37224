"""One ES module out of several: what a widget sends to its page is a single text, that imports nothing.

The files of ``static/`` are plain modules that import from each other with lines of one shape,
``import { make, money } from "./page.js";``, so that tests and type checkers read them as they are. In the joined text
each imported file stands once, before those that need it, in a scope of its own.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"

_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([a-z_]+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|class|const|let) (\w+))", re.MULTILINE)
_DEFAULT = re.compile(r"^export default .*;$", re.MULTILINE)
_LEFT_OVER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


@cache
def module(name: str) -> str:
    """Give ``static/{name}.js`` with all that it imports as the text of one module.

    Raises
    ------
    ValueError
        A file imports or exports in another way than this module reads, or files import each other in a ring.

    Examples
    --------
    >>> module("cards").count("const $page =")
    1
    """
    scopes: dict[str, str] = {}
    text = _linked(name, scopes, ())
    return "\n".join([*scopes.values(), text])


def _linked(name: str, scopes: dict[str, str], needed_by: tuple[str, ...]) -> str:
    """Give a file's text that takes its imports from scopes, which are added in the order in which they are needed."""
    if name in needed_by:
        msg = f"{' -> '.join([*needed_by, name])} import each other in a ring; give what they share a file of its own"
        raise ValueError(msg)
    text = (STATIC / f"{name}.js").read_text("utf-8")
    for _, other in _IMPORT.findall(text):
        if other not in scopes:
            scopes[other] = _scope(other, _linked(other, scopes, (*needed_by, name)))
    return _IMPORT.sub(lambda found: f"const {{{found[1].replace(' as ', ': ')}}} = ${found[2]};", text)


def _scope(name: str, text: str) -> str:
    exported = _EXPORT.findall(text)
    inner = _DEFAULT.sub("", _EXPORT.sub("", text))
    if other := _LEFT_OVER.search(inner):
        msg = f"{name}.js: {other[0]!r} is not understood; write 'export' before a name, and imports in one line"
        raise ValueError(msg)
    return f"const ${name} = (() => {{\n{inner}\nreturn {{ {', '.join(exported)} }};\n}})();"
