"""What the pages call."""

from dataclasses import dataclass

from livechat_plugin.core.naming import Naming
from livechat_plugin.services.answers import Answers
from livechat_plugin.services.app_catalogue import AppCatalogue
from livechat_plugin.services.assignments import Assignments
from livechat_plugin.services.connecting import Connecting
from livechat_plugin.services.customer_information import CustomerInformationDesk
from livechat_plugin.services.customer_items import CustomerItems
from livechat_plugin.services.dashboard import Dashboard
from livechat_plugin.services.exporting import Exporting
from livechat_plugin.services.handovers import Handovers
from livechat_plugin.services.item_desk import ItemDesk
from livechat_plugin.services.items.keeping import Items
from livechat_plugin.services.live import Live
from livechat_plugin.services.people_names import PeopleNames
from livechat_plugin.services.ports import Clock, Homeserver, Store
from livechat_plugin.services.reading import Reading
from livechat_plugin.services.roles import Roles
from livechat_plugin.services.session_board import SessionBoard
from livechat_plugin.services.session_care import SessionCare
from livechat_plugin.services.session_desk import SessionDesk
from livechat_plugin.services.session_lists import SessionLists
from livechat_plugin.services.session_pages import SessionPages
from livechat_plugin.services.session_reading import SessionReading
from livechat_plugin.services.signing_in import SigningIn
from livechat_plugin.web.console.administering_desk import AdministeringDesk


@dataclass(frozen=True, slots=True)
class ConsoleDesk:
    """The use cases behind the pages; each checks by itself who may do what."""

    store: Store
    clock: Clock
    naming: Naming
    homeserver: Homeserver
    live: Live
    roles: Roles
    session_lists: SessionLists
    session_board: SessionBoard
    session_care: SessionCare
    assignments: Assignments
    dashboard: Dashboard
    connecting: Connecting
    customer_information: CustomerInformationDesk
    signing_in: SigningIn
    session_pages: SessionPages
    session_desk: SessionDesk
    answers: Answers
    session_reading: SessionReading
    names: PeopleNames
    administering: AdministeringDesk
    customer_items: CustomerItems
    item_desk: ItemDesk
    items: Items
    app_catalogue: AppCatalogue
    handovers: Handovers
    exporting: Exporting
    reading: Reading
