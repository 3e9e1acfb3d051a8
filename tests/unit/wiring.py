"""The use cases put together as the composition root does it, with everything outside replaced by fakes."""

from collections.abc import Sequence

import pluggy

from livechat_plugin import hookspecs
from livechat_plugin.bootstrap.ports import Ports
from livechat_plugin.bootstrap.use_cases import UseCases
from livechat_plugin.channels.matrix import MatrixChannel
from livechat_plugin.core.conversations import MATRIX
from livechat_plugin.core.naming import Naming
from livechat_plugin.hookcalls import Hooks
from livechat_plugin.plugins import AnyHook, register
from livechat_plugin.services.announcements import Announcements
from livechat_plugin.services.deliveries import Delivery
from livechat_plugin.services.session_panel import NO_PANEL, SessionPanel
from tests.fakes.bus import FakeBus
from tests.fakes.clock import FakeClock
from tests.fakes.homeserver import FakeHomeserver
from tests.fakes.meter import FakeMeter
from tests.fakes.stored import Stored
from tests.fakes.troubled_store import TroubledStore

SERVER = "example.org"
ADA = f"@ada:{SERVER}"
"""The administrator."""
SPARE_ROOMS = 2
ADDRESS = "https://livechat.example.org"
"""Where browsers reach us."""


class Wiring:
    """One process of the plugin on fakes.

    Args:
        hooks: what is switched on.
        stored: what an earlier process has kept, to begin where that ended.
        homeserver: the earlier process's.
        panel: what session rooms show.
    """

    def __init__(
        self,
        *hooks: AnyHook,
        stored: Stored | None = None,
        homeserver: FakeHomeserver | None = None,
        panel: SessionPanel = NO_PANEL,
    ) -> None:
        self.naming = Naming("livechat", SERVER)
        self.clock, self.meter = FakeClock(), FakeMeter()
        self.homeserver = homeserver or FakeHomeserver(self.naming)
        self.hooks = Hooks(hook_manager(*hooks), time_limit=0.2, on_failure=self._hook_failed)
        self.announcements = Announcements(self.hooks)
        self.bus = FakeBus()
        self.store = TroubledStore(self._wake, self.announcements.publish)
        self.store.stored = stored or Stored()
        self.use_cases = UseCases(
            Ports(
                store=self.store,
                homeserver=self.homeserver,
                channels={MATRIX: MatrixChannel(self.homeserver)},
                clock=self.clock,
                meter=self.meter,
                hooks=self.hooks,
                naming=self.naming,
                administrators=(ADA,),
                spare_rooms=SPARE_ROOMS,
                panel=panel,
                public_address=ADDRESS,
                secret=b"known to nobody else",
                bus=self.bus,
            )
        )
        self.relay = self.use_cases.relay
        self.assignments = self.use_cases.assignments
        self.customers = self.use_cases.customers
        self.inbox = self.use_cases.inbox
        self.dispatcher = self.use_cases.new_dispatcher()
        self.reconciliation = self.use_cases.reconciliation
        self.signals = self.use_cases.signals

    def _wake(self, deliveries: Sequence[Delivery]) -> None:
        self.dispatcher.wake(deliveries)

    def _hook_failed(self, name: str) -> None:
        self.meter.count("hook_failures", name)


def hook_manager(*hooks: AnyHook) -> pluggy.PluginManager:
    """Hooks as if they had been found under their classes' names."""
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    for family in hookspecs.FAMILIES:
        manager.add_hookspecs(family)
    for hook in hooks:
        register(manager, type(hook).__name__, hook)
    return manager
