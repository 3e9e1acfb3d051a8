"""What was measured on the plugin alone, and how it is told."""

from dataclasses import dataclass, field
from typing import Any, Final

from benchmarks.figures import Check, Latencies, Report, at_least, at_most, median
from benchmarks.machine import load

PACE: Final = 0.02
"""Seconds from one single transaction to the next."""


CPU_TARGET: Final = 1.0
"""Milliseconds for a message."""
MEMORY_TARGET: Final = 120.0
"""MB before the first message."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    conversations: int
    messages: int
    rounds: int
    singles: int


@dataclass(slots=True)
class Outcome:
    """What one database gave."""

    database: str
    settings: str
    per_second_target: int
    per_second: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    answers_per_second: list[float] = field(default_factory=list)
    answer_cpu_ms: list[float] = field(default_factory=list)
    single_cpu_ms: float = 0.0
    acknowledged: Latencies = field(default_factory=lambda: Latencies([]))
    empty: Latencies = field(default_factory=lambda: Latencies([]))
    sent: int = 0
    delivered: int = 0
    in_order: bool = False
    ready_after: float = 0.0
    ready_again_after: float = 0.0
    start_cpu: float = 0.0
    start_again_cpu: float = 0.0
    rss_at_rest: float = 0.0
    rss_after: float = 0.0


def report(outcomes: list[Outcome], size: Size) -> Report:
    """What the plugin alone did on each database."""
    told = Report(
        "Alone: the plugin against a homeserver that answers at once",
        (
            "",
            "customers' messages/s in hundreds",
            "CPU ms each",
            "operators' messages/s in hundreds",
            "CPU ms each",
            "CPU ms each one by one",
            "acknowledged p50 ms",
            "p95 ms",
            "p99 ms",
        ),
        notes=[
            (
                f"{size.conversations} open conversations. In hundreds: {size.messages} messages a round in transactions"
                f" of 100, one after the other, as Synapse pushes when it is behind; medians of {size.rounds} rounds,"
                f" each round in brackets. One by one: {size.singles} transactions with a single message, one every"
                f" {PACE * 1000:.0f} ms, which is everyday traffic; acknowledged is when it is committed. {load()}."
            )
        ],
    )
    for one in outcomes:
        told.rows.append(
            (
                one.database,
                _with_rounds(one.per_second, 0),
                _with_rounds(one.cpu_ms, 2),
                _with_rounds(one.answers_per_second, 0),
                _with_rounds(one.answer_cpu_ms, 2),
                f"{one.single_cpu_ms:.2f}",
                *(f"{one.acknowledged.milliseconds(percent):.1f}" for percent in (50, 95, 99)),
            )
        )
        told.notes.append(
            f"{one.database} ({one.settings}): RSS {one.rss_at_rest:.0f} MB at rest, {one.rss_after:.0f} MB after;"
            f" an empty transaction is acknowledged after {one.empty.milliseconds(50):.1f} ms (p50); ready after"
            f" {one.ready_after:.2f} s ({one.start_cpu:.2f} s of CPU), and after {one.ready_again_after:.2f} s"
            f" ({one.start_again_cpu:.2f} s of CPU) with all conversations, medians of three starts."
        )
        told.checks += [
            Check(f"{one.database}: delivered", str(one.delivered), str(one.sent), one.delivered == one.sent),
            Check(f"{one.database}: order", "yes" if one.in_order else "no", "yes", one.in_order),
            at_least(
                f"{one.database}: customers' messages in a second",
                median(one.per_second),
                one.per_second_target,
                "/s",
            ),
            at_least(
                f"{one.database}: operators' messages in a second",
                median(one.answers_per_second),
                one.per_second_target,
                "/s",
            ),
            at_most(f"{one.database}: CPU of a customer's message", median(one.cpu_ms), CPU_TARGET, " ms"),
            at_most(
                f"{one.database}: CPU of an operator's message", median(one.answer_cpu_ms), CPU_TARGET, " ms"
            ),
            at_most(f"{one.database}: memory at rest", one.rss_at_rest, MEMORY_TARGET, " MB"),
            at_most(
                f"{one.database}: ready with {size.conversations} conversations",
                one.ready_again_after,
                2.0,
                " s",
            ),
        ]
        told.figures[one.database] = _figures(one)
    return told


def _with_rounds(values: list[float], digits: int) -> str:
    rounds = ", ".join(f"{value:.{digits}f}" for value in values)
    return f"{median(values):.{digits}f} ({rounds})" if len(values) > 1 else rounds


def _figures(one: Outcome) -> dict[str, Any]:
    return {
        "messages_per_second": one.per_second,
        "cpu_ms_per_message": one.cpu_ms,
        "answers_per_second": one.answers_per_second,
        "cpu_ms_per_answer": one.answer_cpu_ms,
        "single_cpu_ms": one.single_cpu_ms,
        "acknowledged": one.acknowledged.figures(),
        "acknowledged_empty": one.empty.figures(),
        "sent": one.sent,
        "delivered": one.delivered,
        "in_order": one.in_order,
        "ready_after_s": one.ready_after,
        "ready_again_after_s": one.ready_again_after,
        "start_cpu_s": one.start_cpu,
        "start_again_cpu_s": one.start_again_cpu,
        "rss_at_rest_mb": one.rss_at_rest,
        "rss_after_mb": one.rss_after,
    }
