"""The use cases put together as the composition root does it, with everything outside replaced by fakes."""

from collections.abc import Mapping, Sequence

import pluggy

from livechat_plugin import hookspecs
from livechat_plugin.channels.matrix import MatrixChannel
from livechat_plugin.core.naming import Naming
from livechat_plugin.hookcalls import Hooks
from livechat_plugin.plugins import AnyHook, register
from livechat_plugin.services import deliveries as owed
from livechat_plugin.services.announcements import Announcements
from livechat_plugin.services.assignments import Assignments
from livechat_plugin.services.bot_chats import BotChats
from livechat_plugin.services.commands import Commands, Services
from livechat_plugin.services.customers import CustomerSide
from livechat_plugin.services.delivering.acts import ActDelivery
from livechat_plugin.services.delivering.cards import CardDelivery
from livechat_plugin.services.delivering.doors import DoorDelivery
from livechat_plugin.services.delivering.giving_up import GivingUp
from livechat_plugin.services.delivering.live_chats import LiveChatDelivery
from livechat_plugin.services.delivering.opening import Opening
from livechat_plugin.services.delivering.session_rooms import SessionRoomDelivery
from livechat_plugin.services.dispatcher import Dispatcher, Handler
from livechat_plugin.services.inbox import Inbox
from livechat_plugin.services.invitations import MATRIX, Invitations
from livechat_plugin.services.ledger import Ledger
from livechat_plugin.services.operators import OperatorSide
from livechat_plugin.services.ports import Channel
from livechat_plugin.services.queue_room import QueueRoom
from livechat_plugin.services.reconciliation import Reconciliation
from livechat_plugin.services.relay import Relay
from livechat_plugin.services.signals import SignalRelay
from tests.fakes.clock import FakeClock
from tests.fakes.homeserver import FakeHomeserver
from tests.fakes.meter import FakeMeter
from tests.fakes.stored import Stored
from tests.fakes.troubled_store import TroubledStore

SERVER = "example.org"
ADA = f"@ada:{SERVER}"
"""The administrator."""
SPARE_ROOMS = 2


class Wiring:
    """One process of the plugin on fakes.

    Args:
        hooks: what is switched on.
        stored: what an earlier process has kept, to begin where that ended.
        homeserver: the earlier process's.
    """

    def __init__(
        self, *hooks: AnyHook, stored: Stored | None = None, homeserver: FakeHomeserver | None = None
    ) -> None:
        self.naming = Naming("livechat", SERVER)
        self.clock, self.meter = FakeClock(), FakeMeter()
        self.homeserver = homeserver or FakeHomeserver(self.naming)
        self.hooks = Hooks(hook_manager(*hooks), time_limit=0.2, on_failure=self._hook_failed)
        self.announcements = Announcements(self.hooks)
        self.store = TroubledStore(self._wake, self.announcements.publish)
        self.store.stored = stored or Stored()
        self.channels: Mapping[str, Channel] = {MATRIX: MatrixChannel(self.homeserver)}
        self.relay = Relay(self.naming)
        self.assignments = Assignments(self.clock, self.naming)
        commands = Commands(Services(self.assignments, self.relay, self.naming))
        self.customers = CustomerSide(self.relay, self.naming, self.clock, (ADA,))
        self.inbox = Inbox(
            self.store,
            self.clock,
            self.meter,
            self.naming,
            customers=self.customers,
            operators=OperatorSide(self.relay, self.assignments, commands),
            queue=QueueRoom(self.assignments, commands, self.naming),
            invitations=Invitations(self.relay, self.naming, (ADA,)),
            bot_chats=BotChats(commands, self.naming.bot),
        )
        self.dispatcher = Dispatcher(
            self.store,
            Ledger(self.store),
            self._handlers(),
            GivingUp(self.relay, self.assignments, self.naming, self.clock),
            self.clock,
            self.meter,
        )
        self.reconciliation = Reconciliation(
            self.store, self.homeserver, self.inbox, self.naming, self.clock, self.meter
        )
        self.signals = SignalRelay(self.store, self.homeserver, self.channels, self.naming, self.meter)

    def _handlers(self) -> dict[type[owed.Payload], Handler]:
        store, homeserver, naming = self.store, self.homeserver, self.naming
        acts = ActDelivery(store, homeserver, self.channels, naming)
        opening = Opening(store, self.hooks, self.assignments, self.relay, self.clock)
        cards = CardDelivery(store, homeserver, naming)
        session_rooms = SessionRoomDelivery(store, homeserver, naming)
        doors = DoorDelivery(store, homeserver, self.customers, naming, self.clock)
        live_chats = LiveChatDelivery(store, homeserver, naming, SPARE_ROOMS)
        return {
            owed.ActInSessionRoom: acts.in_session_room,
            owed.ActForCustomer: acts.for_customer,
            owed.SayInRoom: acts.in_room,
            owed.RouteSession: opening.route,
            owed.SayFarewell: opening.farewell,
            owed.ShowCard: cards.show,
            owed.PrepareSessionRoom: session_rooms.prepare,
            owed.PrepareSpareRoom: session_rooms.prepare_spare,
            owed.AdmitOperator: session_rooms.admit,
            owed.TidySession: session_rooms.tidy,
            owed.JoinCustomerRoom: doors.join_customer,
            owed.JoinRoom: doors.join,
            owed.LeaveRoom: doors.leave,
            owed.ProvisionLiveChat: live_chats.provision,
        }

    def _wake(self, deliveries: Sequence[owed.Delivery]) -> None:
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
