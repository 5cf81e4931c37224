"""How long a finished hand takes from the file to a row on the screen of a real JupyterLab in Chromium.

Simulated hands are appended to the files of several tables one at a time; the page notes when each row is in its
document. Measured with an idle kernel, while a cell sleeps, and while a cell computes in pure Python, which never lets
the interpreter go by itself; then a burst of hands, with the longest time in which the page did not answer. The clock
of all is the machine's.

    python benchmarks/notebook.py                             # 500 hands each, with 1,000,000 in the store
    python benchmarks/notebook.py --hands 30 --stored 20000   # a short look
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from live import fill, tables
from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.driver import Jupyter, Notebook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pokerlab.sample import PlayedHand

_OBSERVE = """() => {
  globalThis.arrivals = {};
  const body = document.querySelector(".pkl-live tbody");
  new MutationObserver(() => {
    for (const row of body.children) globalThis.arrivals[row.dataset.hand] ??= Date.now();
  }).observe(body, { childList: true });
}"""
_WATCH_ANSWERS = """() => {
  globalThis.silence = 0;
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    globalThis.silence = Math.max(globalThis.silence, now - last - 50);
    last = now;
  }, 50);
}"""
_CELLS = {
    "sleeping": "import time\ntime.sleep(36000)",
    "computing": "while True: sum(range(10_000))",
}


def delays(page: Page, played: list[PlayedHand]) -> list[float]:
    """Append hands one by one; give the milliseconds from each write's return to its row."""
    written = {}
    pause = random.Random(0)
    for hand in played:
        append(hand)
        written[hand.hand_id] = time.time() * 1000
        page.wait_for_function("id => globalThis.arrivals[id]", arg=hand.hand_id, timeout=30_000)
        time.sleep(pause.uniform(0.05, 0.35))
    arrived = page.evaluate("() => globalThis.arrivals")
    return sorted(arrived[hand_id] - at for hand_id, at in written.items())


def append(hand: PlayedHand) -> None:
    """Write a hand to the end of its file."""
    with hand.path.open("ab") as handle:
        handle.write(hand.data)


def tell(name: str, found: list[float]) -> None:
    """Print a row of the table."""
    high = found[min(len(found) - 1, int(len(found) * 0.99))]
    middle = statistics.median(found)
    print(f"{name:<10} {len(found):>5} hands   median {middle:4.0f} ms   p99 {high:4.0f} ms   most {found[-1]:4.0f} ms")


def burst(page: Page, played: list[PlayedHand]) -> None:
    """Write hands as fast as possible, and a last one behind all others; wait for its row."""
    page.evaluate(_WATCH_ANSWERS)
    begin = time.time() * 1000
    for hand in played[:-1]:
        append(hand)
    time.sleep(1)  # the watcher has seen all the others
    append(played[-1])
    last = played[-1].hand_id
    page.wait_for_function("id => globalThis.arrivals[id]", arg=last, timeout=120_000)
    seconds = (page.evaluate("id => globalThis.arrivals[id]", last) - begin) / 1000
    silence = page.evaluate("() => globalThis.silence")
    rows = page.locator(".pkl-live tbody tr").count()
    print(
        f"burst of {len(played)} hands: the last one's row after {seconds:.1f} s, {rows} rows in the page, which "
        f"did not answer for {silence:.0f} ms at most"
    )


def write_notebook(path: Path, store: Path, history: Path) -> None:
    """Write a notebook with the live cell, and a cell for each way of being busy."""
    live = f"import pokerlab as pk\nfeed = pk.live({str(history)!r}, store={str(store)!r})\nfeed"
    cells = [nbformat.v4.new_code_cell(cell) for cell in (live, *_CELLS.values())]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), path)


def measure(book: Notebook, hands: Iterator[PlayedHand], options: argparse.Namespace) -> None:
    """Measure with a kernel that is idle, and busy in each way, then the burst."""
    first = next(hands)
    book.open()
    book.run(0)
    append(first)
    book.page.locator(".pkl-live tbody tr").first.wait_for(timeout=60_000)
    book.page.evaluate(_OBSERVE)
    delays(book.page, list(islice(hands, 5)))  # the first hands warm up all the way
    tell("idle", delays(book.page, list(islice(hands, options.hands))))
    for number, name in enumerate(_CELLS, 1):
        book.start(number)
        book.wait_until_busy()
        tell(name, delays(book.page, list(islice(hands, options.hands))))
        assert book.is_busy
        book.command("notebook:interrupt-kernel")
        book.wait_for_cell(number)
        book.wait_for_kernel()
    burst(book.page, list(islice(hands, options.burst)))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hands", type=int, default=500, help="hands of each row")
    parser.add_argument("--tables", type=int, default=20)
    parser.add_argument("--stored", type=int, default=1_000_000, help="hands in the store before")
    parser.add_argument("--burst", type=int, default=5_000)
    parser.add_argument("--folder", type=Path, help="keep the filled store there, for another run")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        store = (options.folder or work) / f"store-{options.stored}"
        store.parent.mkdir(parents=True, exist_ok=True)
        fill(store, options.stored)
        history = work / "history"
        history.mkdir()
        count = 6 + 3 * options.hands + options.burst
        hands = chain.from_iterable(zip(*tables(history, options.tables, count), strict=True))
        with Jupyter(work) as jupyter, sync_playwright() as playwright:
            write_notebook(jupyter.folder / "live.ipynb", store, history)
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
            measure(Notebook(browser.new_page(), jupyter.url, "live.ipynb"), hands, options)
            browser.close()


if __name__ == "__main__":
    main()
