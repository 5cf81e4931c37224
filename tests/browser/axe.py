"""axe-core in a page: what of a widget those who see, hear or type otherwise cannot use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
_RUN = """async selector => {
  const { passes, violations } = await axe.run(selector);
  if (!passes.length) throw new Error(`axe-core saw nothing in ${selector}`);
  return violations.filter(fault => fault.impact === "serious" || fault.impact === "critical")
    .map(fault => `${fault.id}: ${fault.help}: ${fault.nodes.slice(0, 3).map(node => node.html).join(" ")}`);
}"""


def serious_faults(page: Page, selector: str) -> list[str]:
    """Give what axe-core calls serious or critical within a part of the page."""
    if not AXE.is_file():
        pytest.skip("axe-core is not there: run `npm ci` first")
    page.evaluate(AXE.read_text("utf-8"))  # evaluated, not added as a tag, which a page's policy may forbid
    faults: list[str] = page.evaluate(_RUN, selector)
    return faults
