"""How long a finished hand takes from the file to a row on the screen of a real JupyterLab in Chromium.

Hands are appended to a watched file one at a time; the page notes when each row is in its document. Measured with an
idle kernel, while a cell sleeps, and while a cell computes in pure Python, which never lets the interpreter go by
itself. The clock of all is the machine's.

    python benchmarks/notebook.py [HANDS]
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.driver import Jupyter, Notebook
from tests.widgets import feed

_OBSERVE = """() => {
  globalThis.arrivals = {};
  const body = document.querySelector(".pkl-live tbody");
  new MutationObserver(() => {
    for (const row of body.children) globalThis.arrivals[row.dataset.hand] ??= Date.now();
  }).observe(body, { childList: true });
}"""
_CELLS = {
    "sleeping": "import time\ntime.sleep(3600)",
    "computing": "while True: sum(range(10_000))",
}


def delays(page: Page, file: Path, numbers: range) -> list[float]:
    """Append hands one by one; give the milliseconds from each write's return to its row."""
    written = {}
    pause = random.Random(0)
    for number in numbers:
        feed.append(file, number)
        written[feed.hand_id(number)] = time.time() * 1000
        page.wait_for_function("id => globalThis.arrivals[id]", arg=feed.hand_id(number), timeout=10_000)
        time.sleep(pause.uniform(0.05, 0.35))
    arrived = page.evaluate("() => globalThis.arrivals")
    return sorted(arrived[hand_id] - at for hand_id, at in written.items())


def tell(name: str, found: list[float]) -> None:
    """Print a row of the table."""
    high = found[min(len(found) - 1, int(len(found) * 0.99))]
    middle = statistics.median(found)
    print(f"{name:<10} {len(found):>5} hands   median {middle:4.0f} ms   p99 {high:4.0f} ms   most {found[-1]:4.0f} ms")


def write_notebook(path: Path, history: Path) -> None:
    """Write a notebook with the live cell, and a cell for each way of being busy."""
    live = f"import pokerlab as pk\nfeed = pk.live({str(history)!r}, replay=1)\nfeed"
    cells = [nbformat.v4.new_code_cell(cell) for cell in (live, *_CELLS.values())]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), path)


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    with tempfile.TemporaryDirectory() as folder, Jupyter(Path(folder)) as jupyter, sync_playwright() as playwright:
        file = Path(folder) / "history" / "nice.txt"
        file.parent.mkdir()
        feed.append(file, 1)
        write_notebook(jupyter.folder / "live.ipynb", file.parent)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        book = Notebook(browser.new_page(), jupyter.url, "live.ipynb")
        book.open()
        book.run(0)
        book.page.evaluate(_OBSERVE)
        delays(book.page, file, range(2, 7))  # the first hands warm up all the way
        tell("idle", delays(book.page, file, range(7, 7 + count)))
        for number, name in enumerate(_CELLS, 1):
            book.start(number)
            book.wait_until_busy()
            first = 7 + number * count
            tell(name, delays(book.page, file, range(first, first + count)))
            assert book.is_busy
            book.command("notebook:interrupt-kernel")
            book.wait_for_cell(number)
            book.wait_for_kernel()
        browser.close()


if __name__ == "__main__":
    main()
