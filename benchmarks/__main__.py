"""`python -m benchmarks`: measure, and print what came out."""

import argparse
import asyncio
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from benchmarks import alone, burst, documenting, growth, open_pages, opening, pages, relay, replicas, tables
from benchmarks.figures import Report
from benchmarks.machine import describe
from benchmarks.world import running_world

CUSTOMERS: Final = 10
RELAY_ROUNDS: Final = 120
OPENING_ROUNDS: Final = 16
BURST_ROUNDS: Final = 3
WIDTH: Final = 120
"""Columns of the output when it goes into a file."""
PARTS: Final = ("relay", "opening", "burst", "alone", "replicas", "growth", "open-pages")
ALONE: Final = ("pages",)
"""Parts that are measured only when they are asked for: the growth has the same pages."""
_IN_A_WORLD: Final = {"relay", "opening", "burst"}


def main() -> None:
    """Read the options and run the parts."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="less of everything: a rough idea in a minute")
    parser.add_argument("--only", choices=(*PARTS, *ALONE), help="one part only")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep every figure in a file")
    parser.add_argument("--markdown", action="store_true", help="print the tables once more, as Markdown")
    parser.add_argument(
        "--docs", action="store_true", help="put the tables and plots into docs/performance.md"
    )
    options = parser.parse_args()
    parts = (options.only,) if options.only else PARTS
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDTH)
    with tempfile.TemporaryDirectory(prefix="livechat-bench-") as folder:
        machine = describe(Path(folder))
        console.print(machine, style="dim", markup=False)
        reports = asyncio.run(_measure(console, Path(folder), parts, quick=options.quick))
    if options.json:
        tables.save_json(options.json, machine, reports)
    if options.docs:
        documenting.document(machine, reports)
    if options.markdown:
        print(f"\n{tables.markdown(machine, list(reports.values()))}")


async def _measure(
    console: Console, folder: Path, parts: tuple[str, ...], *, quick: bool
) -> dict[str, Report]:
    """The parts in their order; each report is shown as soon as it is there."""
    reports: dict[str, Report] = {}

    def keep(part: str, report: Report) -> None:
        reports[part] = report
        tables.show(console, report)

    if _IN_A_WORLD & set(parts):
        console.print("Starting Synapse and the plugin, and opening sessions …", style="dim")
        customers = CUSTOMERS if "burst" in parts else 1
        async with running_world(folder / "world", customers) as world:
            if "relay" in parts:
                keep("relay", await relay.measure(world, RELAY_ROUNDS // 5 if quick else RELAY_ROUNDS))
            if "opening" in parts:
                keep(
                    "opening", await opening.measure(world, OPENING_ROUNDS // 4 if quick else OPENING_ROUNDS)
                )
            if "burst" in parts:
                keep("burst", await burst.measure(world, 1 if quick else BURST_ROUNDS))
    for part, (words, begin) in _without_a_world(folder, quick=quick).items():
        if part in parts:
            console.print(words, style="dim")
            keep(part, await begin())
    return reports


def _without_a_world(
    folder: Path, *, quick: bool
) -> dict[str, tuple[str, Callable[[], Coroutine[Any, Any, Report]]]]:
    """The parts with a homeserver that only says yes: what is told before they begin, and how they do."""
    size = alone.QUICK if quick else alone.FULL
    rounds = open_pages.ROUNDS // 3 if quick else open_pages.ROUNDS
    return {
        "alone": (
            "Starting the plugin against a homeserver that only says yes …",
            lambda: alone.measure(folder / "alone", size),
        ),
        "replicas": (
            "Starting one plugin on PostgreSQL, and another one beside it …",
            lambda: replicas.measure(folder / "replicas", 1 if quick else replicas.ROUNDS),
        ),
        "growth": (
            "Filling databases with up to a million messages …",
            lambda: growth.measure(folder / "growth", growth.QUICK if quick else growth.SIZES),
        ),
        "pages": (
            "Filling databases with conversations, and opening the console's pages …",
            lambda: pages.measure(folder / "pages", pages.QUICK if quick else pages.MUCH),
        ),
        "open-pages": (
            "Opening hundreds of pages that follow what happens …",
            lambda: open_pages.measure(folder / "open-pages", rounds),
        ),
    }


if __name__ == "__main__":
    main()
