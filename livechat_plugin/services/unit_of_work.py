"""Repositories that change together or not at all."""

from typing import Protocol

from livechat_plugin.services.repositories.apps import AppRepository
from livechat_plugin.services.repositories.audit import AuditRepository
from livechat_plugin.services.repositories.conversations import ConversationRepository
from livechat_plugin.services.repositories.customer_spaces import CustomerSpaceRepository
from livechat_plugin.services.repositories.dialogs import DialogRepository
from livechat_plugin.services.repositories.employees import EmployeeRepository
from livechat_plugin.services.repositories.erasure import ErasureRepository
from livechat_plugin.services.repositories.figures import FiguresRepository
from livechat_plugin.services.repositories.groups import GroupRepository
from livechat_plugin.services.repositories.inbox import InboxRepository
from livechat_plugin.services.repositories.item_requests import ItemRequestRepository
from livechat_plugin.services.repositories.items import ItemRepository
from livechat_plugin.services.repositories.links import LinkRepository
from livechat_plugin.services.repositories.live_chats import LiveChatRepository
from livechat_plugin.services.repositories.messages import MessageRepository
from livechat_plugin.services.repositories.operator_ghosts import OperatorGhostRepository
from livechat_plugin.services.repositories.outbox import OutboxRepository
from livechat_plugin.services.repositories.postponed import PostponedRepository
from livechat_plugin.services.repositories.reading import ReadingRepository
from livechat_plugin.services.repositories.registrations import RegistrationRepository
from livechat_plugin.services.repositories.retention import RetentionRepository
from livechat_plugin.services.repositories.room_members import RoomMemberRepository
from livechat_plugin.services.repositories.rooms import RoomRepository
from livechat_plugin.services.repositories.session_lists import SessionListRepository
from livechat_plugin.services.repositories.session_rooms import SessionRoomRepository
from livechat_plugin.services.repositories.sessions import SessionRepository
from livechat_plugin.services.repositories.sign_in_links import SignInLinkRepository


class UnitOfWork(Protocol):
    """Everything that is read and written together."""

    @property
    def conversations(self) -> ConversationRepository:
        """Conversations and accounts."""
        ...

    @property
    def session_rooms(self) -> SessionRoomRepository:
        """Session rooms and spare ones."""
        ...

    @property
    def sessions(self) -> SessionRepository:
        """Sessions."""
        ...

    @property
    def session_lists(self) -> SessionListRepository:
        """Lists of sessions."""
        ...

    @property
    def figures(self) -> FiguresRepository:
        """Figures of the live chats."""
        ...

    @property
    def messages(self) -> MessageRepository:
        """Everything said."""
        ...

    @property
    def reading(self) -> ReadingRepository:
        """How far everybody has read."""
        ...

    @property
    def outbox(self) -> OutboxRepository:
        """What is owed."""
        ...

    @property
    def rooms(self) -> RoomRepository:
        """What rooms belong to."""
        ...

    @property
    def live_chats(self) -> LiveChatRepository:
        """Live chats."""
        ...

    @property
    def groups(self) -> GroupRepository:
        """The groups of people."""
        ...

    @property
    def customer_spaces(self) -> CustomerSpaceRepository:
        """The customers' own spaces."""
        ...

    @property
    def room_members(self) -> RoomMemberRepository:
        """Who is in the rooms that access depends on."""
        ...

    @property
    def employees(self) -> EmployeeRepository:
        """Whether employees work."""
        ...

    @property
    def links(self) -> LinkRepository:
        """Which items accounts are connected to."""
        ...

    @property
    def registrations(self) -> RegistrationRepository:
        """What was registered from sessions."""
        ...

    @property
    def inbox(self) -> InboxRepository:
        """What has arrived."""
        ...

    @property
    def postponed(self) -> PostponedRepository:
        """What waits until the plugin is switched on again."""
        ...

    @property
    def audit(self) -> AuditRepository:
        """Who did what."""
        ...

    @property
    def operator_ghosts(self) -> OperatorGhostRepository:
        """Operators as customers see them."""
        ...

    @property
    def apps(self) -> AppRepository:
        """The apps of our own database."""
        ...

    @property
    def items(self) -> ItemRepository:
        """Their items."""
        ...

    @property
    def item_requests(self) -> ItemRequestRepository:
        """What was asked for in forms about items."""
        ...

    @property
    def dialogs(self) -> DialogRepository:
        """Forms that people are filling in."""
        ...

    @property
    def sign_in_links(self) -> SignInLinkRepository:
        """Links into the console."""
        ...

    @property
    def erasure(self) -> ErasureRepository:
        """Everything of one customer."""
        ...

    @property
    def retention(self) -> RetentionRepository:
        """What is old."""
        ...

    def after_commit(self, event: object) -> None:
        """Announce a domain event once this is committed."""
        ...

    async def commit(self) -> None:
        """Keep everything, durably, and hand the new deliveries to the dispatcher."""
        ...
