"""Other parsers of hand histories: each a function from texts of hands to what it read, None where not installed."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import time
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple


class Result(NamedTuple):
    """How many of the hands a peer read, in how many CPU seconds, and its version."""

    read: int
    cpu: float
    version: str


def pkrhistoryparser(texts: list[str]) -> Result | None:
    """Winamax text to dicts, of tournaments only."""
    try:
        from pkrhistoryparser.history_parsers.abstract import AbstractHandHistoryParser
    except ImportError:
        return None
    Parser = type("Parser", (AbstractHandHistoryParser,), {})  # noqa: N806
    Parser.__abstractmethods__ = frozenset()
    parse = Parser().parse_hand
    started = time.process_time()
    read = 0
    for text in texts:
        with contextlib.suppress(Exception):  # what the peer cannot read does not count
            parse(text)
            read += 1
    return Result(read, time.process_time() - started, version("pkrhistoryparser"))


def pokerkit(texts: list[str]) -> Result | None:
    """PokerStars text to its hand histories."""
    try:
        from pokerkit.notation import PokerStarsParser
    except ImportError:
        return None
    started = time.process_time()
    # It prints and warns of each hand that it cannot read.
    with contextlib.redirect_stderr(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        read = sum(1 for _ in PokerStarsParser()("".join(texts)))
    return Result(read, time.process_time() - started, version("pokerkit"))


def pokerdf(texts: list[str]) -> Result | None:
    """PokerStars text to a pandas frame."""
    try:
        from pokerdf.core.read_and_convert import apply_regex
    except ImportError:
        return None
    started = time.process_time()
    read = apply_regex("".join(texts))["HandID"].nunique()
    return Result(read, time.process_time() - started, version("pokerdf"))


_SCRIPT = """
const hhp = require('hhp'), text = require('fs').readFileSync(0, 'utf8');
const read = hhp.parseHands(text).parsedHands.length;
const before = process.cpuUsage();
hhp.parseHands(text);
const used = process.cpuUsage(before);
const version = require('hhp/package.json').version;
console.log(JSON.stringify({read, cpu: (used.user + used.system) / 1e6, version}));
"""


def hhp(texts: list[str]) -> Result | None:
    """PokerStars text to objects, by node; ``HHP_FOLDER`` is where ``npm install hhp`` was run."""
    node = shutil.which("node")
    folder = os.environ.get("HHP_FOLDER", ".")
    if node is None or not Path(folder, "node_modules", "hhp").is_dir():
        return None
    run = [node, "-e", _SCRIPT]
    done = subprocess.run(run, input="".join(texts), capture_output=True, text=True, check=True, cwd=folder)
    return Result(**json.loads(done.stdout))
