"""A unit of work on one SQL transaction."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from livechat_plugin.core.errors import StoreUnavailable
from livechat_plugin.services.deliveries import Delivery
from livechat_plugin.store.connections import SqlConnection
from livechat_plugin.store.later import Later
from livechat_plugin.store.repositories.apps import SqlApps
from livechat_plugin.store.repositories.audit import SqlAudit
from livechat_plugin.store.repositories.conversations import SqlConversations
from livechat_plugin.store.repositories.customer_spaces import SqlCustomerSpaces
from livechat_plugin.store.repositories.dialogs import SqlDialogs
from livechat_plugin.store.repositories.employees import SqlEmployees
from livechat_plugin.store.repositories.erasure import SqlErasure
from livechat_plugin.store.repositories.figures import SqlFigures
from livechat_plugin.store.repositories.groups import SqlGroups
from livechat_plugin.store.repositories.inbox import SqlInbox
from livechat_plugin.store.repositories.item_requests import SqlItemRequests
from livechat_plugin.store.repositories.items import SqlItems
from livechat_plugin.store.repositories.links import SqlLinks
from livechat_plugin.store.repositories.live_chats import SqlLiveChats
from livechat_plugin.store.repositories.messages import SqlMessages
from livechat_plugin.store.repositories.operator_ghosts import SqlOperatorGhosts
from livechat_plugin.store.repositories.outbox import SqlOutbox
from livechat_plugin.store.repositories.postponed import SqlPostponed
from livechat_plugin.store.repositories.reading import SqlReading
from livechat_plugin.store.repositories.registrations import SqlRegistrations
from livechat_plugin.store.repositories.retention import SqlRetention
from livechat_plugin.store.repositories.room_members import SqlRoomMembers
from livechat_plugin.store.repositories.rooms import SqlRooms
from livechat_plugin.store.repositories.session_lists import SqlSessionLists
from livechat_plugin.store.repositories.session_rooms import SqlSessionRooms
from livechat_plugin.store.repositories.sessions import SqlSessions
from livechat_plugin.store.repositories.sign_in_links import SqlSignInLinks
from livechat_plugin.store.repositories.views import Views
from livechat_plugin.store.uninterrupted import finished

OnCommit = Callable[[Sequence[Delivery]], None]
OnEvents = Callable[[Sequence[object]], None]
OnTouched = Callable[[Collection[str]], None]
OnDoubt = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Announcements:
    """Who learns what a commit has brought."""

    on_commit: OnCommit
    on_events: OnEvents
    on_touched: OnTouched
    on_doubt: OnDoubt


class SqlUnitOfWork:
    """All repositories on one connection; they change together or not at all."""

    def __init__(self, connection: SqlConnection, announcements: Announcements) -> None:
        self._db = db = Later(connection)
        self._announcements = announcements
        self._events: list[object] = []
        self._touched: set[str] = set()
        views = Views(db)
        self.conversations = SqlConversations(db, views)
        self.session_rooms = SqlSessionRooms(db, views)
        self.sessions = SqlSessions(db, views, self._touched)
        self.session_lists = SqlSessionLists(db)
        self.figures = SqlFigures(db)
        self.messages = SqlMessages(db, views, self._touched)
        self.reading = SqlReading(db, self._touched)
        self.outbox = SqlOutbox(db)
        self.rooms = SqlRooms(db)
        self.live_chats = SqlLiveChats(db, views, self._touched)
        self.groups = SqlGroups(db)
        self.customer_spaces = SqlCustomerSpaces(db)
        self.room_members = SqlRoomMembers(db)
        self.employees = SqlEmployees(db, self._touched)
        self.links = SqlLinks(db, self._touched)
        self.registrations = SqlRegistrations(db, self._touched)
        self.inbox = SqlInbox(db)
        self.apps = SqlApps(db)
        self.items = SqlItems(db)
        self.item_requests = SqlItemRequests(db, self._touched)
        self.operator_ghosts = SqlOperatorGhosts(db)
        self.audit = SqlAudit(db)
        self.dialogs = SqlDialogs(db)
        self.postponed = SqlPostponed(db)
        self.sign_in_links = SqlSignInLinks(db)
        self.erasure = SqlErasure(db, views)
        self.retention = SqlRetention(db, views)

    def after_commit(self, event: object) -> None:
        """Announce a domain event once this is committed."""
        self._events.append(event)

    async def commit(self) -> None:
        """Commit, then announce without awaiting anything in between.

        A cancellation waits until both are done: what is committed must not go unannounced. When the database
        does not acknowledge it, nobody knows whether it is: that is announced, too.
        """
        await self._db.flush()
        committing = self._db.commit()
        cancellation = await finished(committing)
        if isinstance(committing.exception(), StoreUnavailable):
            self._announcements.on_doubt()
        committing.result()
        deliveries, self.outbox.added = self.outbox.added, []
        events, self._events = self._events, []
        touched = frozenset(self._touched)
        self._touched.clear()
        if deliveries:
            self._announcements.on_commit(deliveries)
        if events:
            self._announcements.on_events(events)
        if touched:
            self._announcements.on_touched(touched)
        if cancellation is not None:
            raise cancellation
