"""The page of pictures: its code runs, and draws the images that it shows."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

DOCS = Path(__file__).resolve().parents[1] / "docs"


def test_the_pages_code_draws_its_images(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("pictures", DOCS / "pictures.py")
    assert spec
    assert spec.loader
    pictures = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pictures)
    text = (DOCS / "pictures.md").read_text("utf-8").replace("10_000", "1_000")
    (tmp_path / "pictures.md").write_text(text, "utf-8")
    drawn = pictures.draw(tmp_path / "pictures.md", tmp_path)
    shown = re.findall(r"\]\((images/\S+?)\)", text)
    assert [str(path.relative_to(tmp_path)) for path in drawn] == shown
    for name in shown:
        for folder in (tmp_path, DOCS):
            assert (folder / name).read_bytes().startswith(b"\x89PNG")


def test_every_picture_of_statistics_is_on_the_page() -> None:
    text = (DOCS / "pictures.md").read_text("utf-8")
    for name in ("winnings", "stat_by", "stat_grid", "range_grid", "calendar", "percentiles", "leaks"):
        assert f"plots.{name}(" in text
