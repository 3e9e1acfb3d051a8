"""Counting what happens, for Prometheus."""

import re
from collections.abc import Collection

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from livechat_plugin.services.ports import METERS


class PrometheusMeter:
    """Implements the `Meter` port, and measures transactions for the web side."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._counters = {
            name: Counter(f"livechat_{name}", text, _labels(text), registry=self.registry)
            for name, text in METERS.items()
        }
        self.transactions = Histogram(
            "livechat_transaction_seconds",
            "Time from a transaction's arrival until it is acknowledged.",
            registry=self.registry,
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5),
        )
        self.waiting = Gauge(
            "livechat_deliveries_waiting", "Deliveries in memory, not made yet.", registry=self.registry
        )
        self.open_pages = Gauge(
            "livechat_open_pages",
            "Pages of the console and panels that are open and follow what happens.",
            registry=self.registry,
        )
        self.slots = Gauge(
            "livechat_lane_slots",
            "Shares of the deliveries' lanes, of 64, that this process works on.",
            registry=self.registry,
        )
        self.leads = Gauge(
            "livechat_leads",
            "1 in the one process that does what is done once, as reconciliation.",
            registry=self.registry,
        )
        self.replicas = Gauge(
            "livechat_replicas",
            "Processes at work on this database, as far as this one knows.",
            registry=self.registry,
        )
        self._is_on = Gauge(
            "livechat_switched_on",
            "1 while the plugin is switched on, 0 while it is off.",
            registry=self.registry,
        )
        self._is_refused = Gauge(
            "livechat_configuration_refused",
            "1 while the configuration file has a mistake and the last good one is in use.",
            registry=self.registry,
        )
        self._hooks = Gauge(
            "livechat_hook_switched_on",
            "1 for each hook that is switched on.",
            ["hook"],
            registry=self.registry,
        )

    def configured(self, *, is_on: bool, is_refused: bool, hooks: Collection[str]) -> None:
        """Show what the configuration in use says."""
        self._is_on.set(is_on)
        self._is_refused.set(is_refused)
        self._hooks.clear()
        for name in hooks:
            self._hooks.labels(name).set(1)

    def count(self, what: str, label: str = "") -> None:
        """Count one occurrence."""
        counter = self._counters[what]
        (counter.labels(label) if label else counter).inc()

    def text(self) -> bytes:
        """Everything, in Prometheus' text format."""
        return generate_latest(self.registry)


def _labels(text: str) -> list[str]:
    """The label that a help text announces with ", by …"."""
    found = re.search(r", by (\w+)\.$", text)
    return [found.group(1)] if found else []
