"""What a command is, and one being carried out."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from livechat_plugin.core.help_topics import Topic
from livechat_plugin.core.naming import Naming
from livechat_plugin.services.apps import Apps
from livechat_plugin.services.assignments import Assignments
from livechat_plugin.services.attendance import Attendance
from livechat_plugin.services.audit import AuditLog
from livechat_plugin.services.connecting import Connecting
from livechat_plugin.services.dialogs import Dialogs
from livechat_plugin.services.groups import Groups
from livechat_plugin.services.handovers import Handovers
from livechat_plugin.services.live_chats import Administration
from livechat_plugin.services.operator_control import OperatorControl
from livechat_plugin.services.ports import Clock
from livechat_plugin.services.relay import Relay
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.services.repositories.rooms import RoomBinding, RoomKind
from livechat_plugin.services.roles import Roles
from livechat_plugin.services.room_events import MessageSent
from livechat_plugin.services.session_care import SessionCare
from livechat_plugin.services.session_lists import SessionLists
from livechat_plugin.services.signing_in import SigningIn
from livechat_plugin.services.supervised_settings import SupervisedSettings
from livechat_plugin.services.unit_of_work import UnitOfWork

PLACE_NAMES: Mapping[RoomKind, str] = {
    RoomKind.QUEUE: "the queue room",
    RoomKind.SUPERVISORS: "the supervisors' room",
    RoomKind.SESSION: "session rooms",
    RoomKind.BOT: "the bot's direct chat",
}
"""How the kinds of rooms that take commands are called."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a command was written; `view` is the conversation, in a session room."""

    binding: RoomBinding
    view: ConversationView | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What the person who wrote the command is told."""

    text: str
    html: str | None = None


class NoReply(StrEnum):
    """A command whose effect is its own answer."""

    NEEDED = "needed"


@dataclass(frozen=True, slots=True)
class Call:
    """One command being carried out; `name` is how it was called."""

    work: UnitOfWork
    place: Place
    event: MessageSent
    argument: str
    services: "Services"
    name: str = ""

    async def ask(
        self, form: str, given: Mapping[str, str] | None = None, context: Mapping[str, Any] | None = None
    ) -> NoReply:
        """Begin a form with whoever wrote the command; `given` is what they wrote with it, `context` what it is about."""
        await self.services.dialogs.begin(self.work, self.event, form, given, context)
        return NoReply.NEEDED


@dataclass(frozen=True, slots=True)
class Services:
    """The use cases that commands call."""

    apps: Apps
    assignments: Assignments
    relay: Relay
    naming: Naming
    roles: Roles
    groups: Groups
    dialogs: Dialogs
    attendance: Attendance
    handovers: Handovers
    session_care: SessionCare
    connecting: Connecting
    administration: Administration
    operator_control: OperatorControl
    session_lists: SessionLists
    supervised_settings: SupervisedSettings
    clock: Clock
    audit: AuditLog
    signing_in: SigningIn


Run = Callable[[Call], Awaitable[Reply | NoReply]]


@dataclass(frozen=True, slots=True)
class Usage:
    """One way to write a command, what it does, and the topic under which `!help` shows it, and to whom."""

    usage: str
    summary: str
    topic: Topic


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its name, how to write it, what it does, the kinds of rooms where it works, and what it is about.

    Attributes:
        more: other ways to write it, which are for others or about something else.
    """

    name: str
    usage: str
    summary: str
    places: frozenset[RoomKind]
    run: Run
    topic: Topic
    more: tuple[Usage, ...] = ()

    @property
    def usages(self) -> tuple[Usage, ...]:
        """Every way to write it."""
        return (Usage(self.usage, self.summary, self.topic), *self.more)
