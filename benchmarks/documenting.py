"""Puts what was measured into `docs/performance.md`: a table for each part, and the plots."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from benchmarks import plots, tables
from benchmarks.figures import Report

DOCS: Final = Path(__file__).parent.parent / "docs"
PAGE: Final = DOCS / "performance.md"


def document(machine: str, reports: Mapping[str, Report]) -> None:
    """Write the tables of these parts anew between their marks; the others stay as they are."""
    page = PAGE.read_text(encoding="utf-8")
    for part, report in reports.items():
        text = f"{tables.markdown_of(report)}\nMachine: {machine}"
        if part == "growth":
            plots.draw(DOCS / "images", report.figures)
            text += "\n\n" + "\n".join(
                f"![{title} over the number of conversations](images/{name})"
                for name, (title, *_) in plots.FIGURES.items()
            )
        page = replaced(page, part, text)
    PAGE.write_text(page, encoding="utf-8")


def replaced(page: str, part: str, text: str) -> str:
    """The page with this text between the marks of a part.

    Raises:
        ValueError: the page has no such marks.
    """
    begin, end = f"<!-- {part} -->", f"<!-- /{part} -->"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if not pattern.search(page):
        raise ValueError(f"the page has no marks for {part}")
    return pattern.sub(lambda _: f"{begin}\n{text.strip()}\n{end}", page)
