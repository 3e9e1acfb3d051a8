"""Showing reports: on a terminal, as Markdown for the README, and as JSON."""

from collections.abc import Sequence
from pathlib import Path

import orjson
from rich.console import Console
from rich.table import Table

from benchmarks.figures import Report

_CHECK_COLUMNS = ("held against its target", "measured", "target", "")


def show(console: Console, report: Report) -> None:
    """One report on the terminal."""
    console.print()
    console.print(_table(report.columns, report.rows, report.title))
    if report.checks:
        checks = Table(*_CHECK_COLUMNS)
        for check in report.checks:
            mark = "[green]pass[/]" if check.is_met else "[bold red]FAIL[/]"
            checks.add_row(check.what, check.value, check.target, mark)
        console.print(checks)
    for note in report.notes:
        console.print(note, style="dim", markup=False)


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]], title: str) -> Table:
    table = Table(title=title, title_justify="left")
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left")
    for row in rows:
        table.add_row(*row)
    return table


def markdown(machine: str, reports: Sequence[Report]) -> str:
    """All reports, ready for the README."""
    return "\n".join([*(markdown_of(report) for report in reports), f"Machine: {machine}", ""])


def markdown_of(report: Report) -> str:
    """One report."""
    parts = [f"**{report.title}**", "", *_markdown_rows(report.columns, report.rows), ""]
    if report.checks:
        rows = [
            (one.what, one.value, one.target, "pass" if one.is_met else "**FAIL**") for one in report.checks
        ]
        parts += [*_markdown_rows(_CHECK_COLUMNS, rows), ""]
    for note in report.notes:
        parts += [note, ""]
    return "\n".join(parts)


def _markdown_rows(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    rule = ["---", *("---:" for _ in columns[1:])]
    return [f"| {' | '.join(cells)} |" for cells in (columns, rule, *rows)]


def save_json(path: Path, machine: str, reports: dict[str, Report]) -> None:
    """Every figure, for a machine."""
    content = {"machine": machine, "parts": {name: report.figures for name, report in reports.items()}}
    path.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2) + b"\n")
