"""The use cases connected with each other: the same graph in the running plugin and, on fakes, in the tests."""

from livechat_plugin.bootstrap.group_use_cases import GroupUseCases
from livechat_plugin.bootstrap.ports import Ports
from livechat_plugin.services import deliveries as owed
from livechat_plugin.services.answers import Answers
from livechat_plugin.services.app_catalogue import AppCatalogue
from livechat_plugin.services.app_forms import NewAppForm
from livechat_plugin.services.apps import Apps
from livechat_plugin.services.assignments import Assignments
from livechat_plugin.services.attempts import Handler
from livechat_plugin.services.attendance import Attendance
from livechat_plugin.services.audit import AuditLog
from livechat_plugin.services.availability import Availability
from livechat_plugin.services.bot_chats import BotChats
from livechat_plugin.services.commands import Commands, Services
from livechat_plugin.services.connecting import Connecting
from livechat_plugin.services.customer_information import CustomerInformationDesk
from livechat_plugin.services.customer_items import CustomerItems
from livechat_plugin.services.customers import CustomerSide
from livechat_plugin.services.deliveries import (
    CloseLiveChat,
    FindItems,
    LinkAccount,
    RefreshApps,
    RegisterItem,
    ShowCustomer,
    ShowLiveChats,
)
from livechat_plugin.services.delivering.acts import ActDelivery
from livechat_plugin.services.delivering.administrators import AdministratorDelivery
from livechat_plugin.services.delivering.alerts import AlertDelivery
from livechat_plugin.services.delivering.apps import AppsDelivery
from livechat_plugin.services.delivering.cards import CardDelivery
from livechat_plugin.services.delivering.closing import ClosingDelivery
from livechat_plugin.services.delivering.customer_acts import CustomerActDelivery
from livechat_plugin.services.delivering.dialogs import DialogDelivery
from livechat_plugin.services.delivering.doors import DoorDelivery
from livechat_plugin.services.delivering.early import EarlyDelivery
from livechat_plugin.services.delivering.erasing import ErasingDelivery
from livechat_plugin.services.delivering.finding import FindingDelivery
from livechat_plugin.services.delivering.giving_up import GivingUp
from livechat_plugin.services.delivering.handovers import HandoverDelivery
from livechat_plugin.services.delivering.items import ItemDelivery
from livechat_plugin.services.delivering.live_chats import LiveChatDelivery
from livechat_plugin.services.delivering.memberships import MembershipDelivery
from livechat_plugin.services.delivering.opening import Opening
from livechat_plugin.services.delivering.operator_ghosts import OperatorGhostDelivery
from livechat_plugin.services.delivering.session_rooms import SessionRoomDelivery
from livechat_plugin.services.delivering.signing_in import SignInDelivery
from livechat_plugin.services.delivering.slowed import SlowedDelivery
from livechat_plugin.services.delivering.veiling import Veiling
from livechat_plugin.services.delivering.whereabouts import Whereabouts
from livechat_plugin.services.dialogs import Dialogs, Form
from livechat_plugin.services.dialogs.telling import Telling
from livechat_plugin.services.dispatcher import Dispatcher
from livechat_plugin.services.erasure import Erasure
from livechat_plugin.services.exporting import Exporting
from livechat_plugin.services.gate import Gate
from livechat_plugin.services.handovers import Handovers
from livechat_plugin.services.house import OurHouse
from livechat_plugin.services.inbox import Inbox
from livechat_plugin.services.invitations import Invitations
from livechat_plugin.services.item_desk import ItemDesk
from livechat_plugin.services.item_forms import ConnectForm, RegisterForm
from livechat_plugin.services.items.keeping import Items
from livechat_plugin.services.ledger import Ledger
from livechat_plugin.services.live_chat_forms import AddLiveChatForm, DeleteLiveChatForm, EditLiveChatForm
from livechat_plugin.services.live_chats import Administration, Checking
from livechat_plugin.services.live_chats.applying import Applying
from livechat_plugin.services.operator_control import OperatorControl
from livechat_plugin.services.operator_names import OperatorNames
from livechat_plugin.services.operators import OperatorSide
from livechat_plugin.services.pace import Pace
from livechat_plugin.services.panel_access import PanelAccess
from livechat_plugin.services.people_names import PeopleNames
from livechat_plugin.services.queue_room import QueueRoom
from livechat_plugin.services.reading import Reading
from livechat_plugin.services.receivers import Receivers
from livechat_plugin.services.reconciliation import Reconciliation
from livechat_plugin.services.relay import Relay
from livechat_plugin.services.reopening import Reopening
from livechat_plugin.services.replicas import EveryLane, LaneShare
from livechat_plugin.services.roles import Roles
from livechat_plugin.services.routing import Routing
from livechat_plugin.services.routing_rules import RoutingRules
from livechat_plugin.services.session_care import SessionCare
from livechat_plugin.services.session_desk import SessionDesk
from livechat_plugin.services.session_lists import SessionLists
from livechat_plugin.services.session_pages import SessionPages
from livechat_plugin.services.signals import SignalRelay
from livechat_plugin.services.signing_in import SigningIn
from livechat_plugin.services.supervised_settings import SupervisedSettings


class UseCases:
    """Every use case of one process. Who needs another stands below it.

    Args:
        ports: what they need from outside.
    """

    def __init__(self, ports: Ports) -> None:
        self.ports = ports

        # What the others build on
        self.roles = Roles(ports.administrators)
        self.relay = Relay(ports.naming)
        self.availability = Availability(ports.clock, ports.homeserver, ports.naming)
        self.gate = Gate(self.relay, ports.naming, ports.clock, ports.is_enabled)
        self.routing_rules = RoutingRules(ports.hooks)
        self.assignments = Assignments(ports.clock, ports.naming)
        self.group_side = GroupUseCases(
            ports.store,
            ports.homeserver,
            ports.clock,
            ports.naming,
            self.roles,
            ports.hooks,
            ports.directory_interval,
        )
        self.app_catalogue = AppCatalogue(ports.hooks)
        self.apps = Apps(self.roles, ports.clock, self.app_catalogue)
        self.items = Items(ports.clock)
        self.house = OurHouse(ports.store, self.items)
        ports.hooks.give_house(self.house)
        self.customer_items = CustomerItems(ports.store, ports.hooks, self.app_catalogue, ports.clock)
        self.routing = Routing(ports.hooks, self.availability, self.app_catalogue, self.customer_items)
        self.handovers = Handovers(
            ports.clock, ports.naming, self.roles, Receivers(self.availability), self.assignments
        )
        self.reading = Reading(ports.clock)
        self.session_lists = SessionLists()
        self.session_care = SessionCare(self.roles, self.assignments)
        self.connecting = Connecting(self.roles, self.app_catalogue, ports.clock)
        self.item_desk = ItemDesk(self.roles, self.items, self.app_catalogue, ports.clock)
        self.customer_information = CustomerInformationDesk(
            ports.store, self.app_catalogue, self.customer_items, self.roles
        )

        self.signing_in = SigningIn(self.roles, ports.clock, ports.secret, ports.public_address)
        self.panel_access = PanelAccess(
            ports.store, ports.homeserver, ports.naming, SessionPages(self.roles), self.signing_in
        )

        self.administration = Administration(
            Checking(self.app_catalogue, self.routing_rules, ports.homeserver, ports.naming, ports.store),
            self.roles,
            ports.clock,
        )

        self.applying = Applying(
            ports.store,
            self.administration,
            self.apps,
            self.group_side.groups,
            self.group_side.making.looking,
        )

        self.erasure = Erasure(self.roles, ports.clock)
        self.names = OperatorNames(ports.naming)
        self.veiling = Veiling(ports.store, ports.homeserver, self.names, ports.naming)
        self.exporting = Exporting(ports.store, self.roles, ports.clock, self.veiling)

        # What commands call
        self.commands = Commands(
            Services(
                apps=self.apps,
                assignments=self.assignments,
                relay=self.relay,
                naming=ports.naming,
                roles=self.roles,
                audit=AuditLog(self.roles),
                attendance=Attendance(ports.clock, self.roles),
                operator_control=OperatorControl(ports.clock, self.roles, self.assignments),
                groups=self.group_side.groups,
                dialogs=Dialogs(),
                handovers=self.handovers,
                session_care=self.session_care,
                connecting=self.connecting,
                session_lists=self.session_lists,
                supervised_settings=SupervisedSettings(self.roles, ports.naming, self.app_catalogue),
                clock=ports.clock,
                administration=self.administration,
                signing_in=self.signing_in,
            )
        )

        # What people are asked, question by question
        self.forms = _by_name(
            ConnectForm(self.connecting, self.app_catalogue),
            RegisterForm(ports.store, self.connecting, self.app_catalogue),
            AddLiveChatForm(self.administration, ports.store, ports.naming),
            EditLiveChatForm(self.administration, ports.store),
            DeleteLiveChatForm(self.administration),
            NewAppForm(self.apps, ports.store),
        )

        # The session's page
        self.people_names = PeopleNames(ports.homeserver, ports.clock)
        self.session_pages = SessionPages(self.roles)
        self.session_desk = SessionDesk(
            ports.store, self.session_pages, self.handovers, self.session_care, self.gate
        )
        self.answers = Answers(
            ports.store,
            ports.homeserver,
            ports.clock,
            self.relay,
            self.session_pages,
            self.people_names,
            self.gate,
        )

        # What happens in rooms, by the kind of room
        pace = Pace(ports.clock, ports.customer_messages_per_minute)
        self.customers = CustomerSide(self.relay, ports.naming, ports.clock, pace, ports.administrators)
        self.operators = OperatorSide(self.relay, self.assignments, self.commands)
        self.queue = QueueRoom(self.assignments, self.commands, ports.naming)
        self.invitations = Invitations(
            self.relay, ports.naming, ports.clock, self.group_side.events, self.roles, ports.administrators
        )
        self.bot_chats = BotChats(self.commands, ports.naming.bot)

        # What comes from the homeserver
        self.inbox = Inbox(
            ports.store,
            ports.clock,
            ports.meter,
            ports.naming,
            customers=self.customers,
            operators=self.operators,
            queue=self.queue,
            invitations=self.invitations,
            bot_chats=self.bot_chats,
            gate=self.gate,
            groups=self.group_side.events,
        )
        self.reopening = Reopening(ports.store, self.inbox, self.gate, ports.meter)
        self.reconciliation = Reconciliation(
            ports.store, ports.homeserver, self.inbox, ports.naming, ports.clock, ports.meter
        )
        self.signals = SignalRelay(
            ports.store,
            ports.homeserver,
            ports.channels,
            ports.naming,
            ports.meter,
            self.gate,
            ports.clock,
            ports.bus,
        )

        self._connect_deliveries(ports)

    def _connect_deliveries(self, ports: Ports) -> None:
        """What makes deliveries."""
        self.opening = Opening(
            ports.store, ports.hooks, self.routing, self.assignments, self.relay, ports.clock
        )
        self.acts = ActDelivery(ports.store, ports.homeserver, ports.naming)
        names = self.names
        self.customer_acts = CustomerActDelivery(
            ports.store, ports.homeserver, ports.channels, names, self.veiling, Whereabouts(ports.store)
        )
        self.operator_ghosts = OperatorGhostDelivery(
            ports.store, ports.homeserver, self.relay, names, ports.naming
        )
        self.cards = CardDelivery(ports.store, ports.homeserver, ports.naming)
        self.doors = DoorDelivery(
            ports.store,
            ports.homeserver,
            self.customers,
            self.bot_chats,
            self.gate,
            ports.naming,
            ports.clock,
        )
        self.slowed = SlowedDelivery(self.customers, self.gate)
        self.early = EarlyDelivery(self.queue, self.customers, self.operators)
        self.session_rooms = SessionRoomDelivery(
            ports.store, ports.homeserver, ports.naming, self.availability, self.assignments, ports.panel
        )
        self.handing_over = HandoverDelivery(ports.store, ports.homeserver, ports.naming, self.relay)
        self.alerts = AlertDelivery(ports.naming, ports.clock)
        self.live_chats = LiveChatDelivery(ports.store, ports.homeserver, ports.naming, ports.spare_rooms)
        self.administrators = AdministratorDelivery(ports.store, ports.homeserver, ports.naming, self.roles)
        self.memberships = MembershipDelivery(ports.store, ports.homeserver, ports.naming, self.roles)
        self.finding = FindingDelivery(ports.store, ports.homeserver, ports.naming)
        self.apps_delivery = AppsDelivery(self.app_catalogue, ports.bus)
        self.item_delivery = ItemDelivery(
            ports.store,
            ports.hooks,
            self.app_catalogue,
            self.customer_items,
            self.customer_information,
            self.relay,
            ports.clock,
        )
        self.telling = Telling(self.relay, ports.naming)
        self.dialogs = DialogDelivery(ports.store, self.telling, self.forms, self.app_catalogue)
        self.closing = ClosingDelivery(self.assignments, self.relay, ports.clock)
        self.sign_in_links = SignInDelivery(ports.store, ports.homeserver, ports.naming, self.signing_in)
        self.erasing = ErasingDelivery(
            ports.store, ports.homeserver, self.assignments, ports.naming, ports.clock
        )
        self.giving_up = GivingUp(self.relay, self.assignments, ports.naming, ports.clock)

    def handlers(self) -> dict[type[owed.Payload], Handler]:
        """How each kind of delivery is made."""
        return {
            # Acts and words
            owed.ActInSessionRoom: self.acts.in_session_room,
            owed.ActForCustomer: self.customer_acts.deliver,
            owed.SayInRoom: self.acts.in_room,
            # Sessions
            owed.RouteSession: self.opening.route,
            owed.SayFarewell: self.opening.farewell,
            owed.ShowCard: self.cards.show,
            owed.TakeByCard: self.early.take,
            owed.RelayEarly: self.early.relay,
            # Session rooms
            owed.PrepareSessionRoom: self.session_rooms.prepare,
            owed.PrepareSpareRoom: self.session_rooms.prepare_spare,
            owed.AdmitOperator: self.session_rooms.admit,
            owed.TidySession: self.session_rooms.tidy,
            owed.InviteGroup: self.handing_over.invite_group,
            owed.ClearSessionRoom: self.handing_over.clear,
            owed.AlertWaiting: self.alerts.alert,
            # Coming and going
            owed.JoinCustomerRoom: self.doors.join_customer,
            owed.AdmitOperatorGhost: self.operator_ghosts.admit,
            owed.DismissOperatorGhost: self.operator_ghosts.dismiss,
            owed.DressOperatorGhost: self.operator_ghosts.dress,
            owed.PassOnSlowed: self.slowed.pass_on,
            owed.JoinRoom: self.doors.join,
            owed.LeaveRoom: self.doors.leave,
            # Signing in
            owed.SendSignInLink: self.sign_in_links.send,
            # Customers' data
            owed.EraseCustomer: self.erasing.erase,
            owed.DeleteFiles: self.erasing.delete_files,
            # Questions
            owed.ContinueDialog: self.dialogs.go_on,
            # Live chats
            CloseLiveChat: self.closing.close,
            owed.ProvisionLiveChat: self.live_chats.provision,
            # Who is in their rooms
            owed.TellAdministrators: self.administrators.tell,
            owed.AlignMembers: self.memberships.align,
            owed.AlignPerson: self.memberships.align_person,
            **self.group_side.handlers(),
            ShowLiveChats: self.finding.show,
            # Apps and items
            RefreshApps: self.apps_delivery.refresh,
            LinkAccount: self.item_delivery.link,
            RegisterItem: self.item_delivery.register,
            FindItems: self.item_delivery.find,
            ShowCustomer: self.item_delivery.show_customer,
        }

    def new_dispatcher(self, share: LaneShare | None = None) -> Dispatcher:
        """A dispatcher with nothing in memory; a process takes a new one for each of its terms.

        Args:
            share: the lanes to work on; all, if nothing is said.
        """
        store, clock, meter = self.ports.store, self.ports.clock, self.ports.meter
        ours = share or EveryLane()
        return Dispatcher(store, Ledger(store), self.handlers(), self.giving_up, clock, meter, ours)


def _by_name(*forms: Form) -> dict[str, Form]:
    return {form.name: form for form in forms}
