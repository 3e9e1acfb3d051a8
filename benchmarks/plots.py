"""What grows, drawn over the number of conversations."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

FIGURES: Final = {
    "growth-message.svg": ("CPU of a message", "ms", {"customer's": "cpu_ms", "operator's": "answer_cpu_ms"}),
    "growth-start.svg": ("Start", "s", {"until ready": "ready_after_s", "CPU": "start_cpu_s"}),
    "growth-memory.svg": ("Memory", "MB", {"at rest": "rss_at_rest_mb", "after messages": "rss_after_mb"}),
    "growth-pages.svg": ("The slowest page", "ms", {"p95": "slowest_ms", "first request": "coldest_ms"}),
}
"""File, what it shows, unit, and the figures with their names."""
_COLOURS: Final = {"SQLite": "#0b6e4f", "PostgreSQL": "#1f5fa8"}
_LINES: Final = ("-", "--")


def draw(folder: Path, growth: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Write the plots; the same figures give the same files."""
    import matplotlib as mpl  # noqa: PLC0415 -- takes a second, and only this needs it
    from matplotlib.figure import Figure  # noqa: PLC0415

    folder.mkdir(parents=True, exist_ok=True)
    with mpl.rc_context({"svg.hashsalt": "livechat", "svg.fonttype": "none", "font.family": "sans-serif"}):
        for name, (title, unit, kinds) in FIGURES.items():
            figure = Figure(figsize=(6, 3.2), layout="constrained")
            axes = figure.subplots()
            for database, sizes in growth.items():
                for (kind, key), line in zip(kinds.items(), _LINES, strict=True):
                    axes.plot(
                        [size["conversations"] for size in sizes],
                        [size[key] for size in sizes],
                        line,
                        marker="o",
                        color=_COLOURS[database],
                        label=f"{database}, {kind}",
                    )
            axes.set_xscale("log")
            axes.set_ylim(bottom=0)
            axes.set_xlabel("open conversations, 10 messages in each")
            axes.set_ylabel(unit)
            axes.set_title(title, loc="left")
            axes.grid(visible=True, alpha=0.3)
            axes.legend(fontsize="small", frameon=False)
            figure.savefig(folder / name, format="svg", metadata={"Date": None, "Creator": None})
