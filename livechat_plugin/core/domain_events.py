"""What has happened, in the past tense; announced to hooks after the commit."""

from dataclasses import dataclass

from livechat_plugin.core.apps import Item
from livechat_plugin.core.conversations import Account
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.sessions import Session


@dataclass(frozen=True, slots=True)
class SessionEvent:
    """Common to all: the session as committed, its live chat and its customer."""

    session: Session
    live_chat: LiveChat
    customer: Account


@dataclass(frozen=True, slots=True)
class SessionOpened(SessionEvent):
    """A session was admitted and routed."""


@dataclass(frozen=True, slots=True)
class SessionAssigned(SessionEvent):
    """An operator got a session."""


@dataclass(frozen=True, slots=True)
class SessionEnded(SessionEvent):
    """A session was closed."""


@dataclass(frozen=True, slots=True)
class AccountLinked:
    """A customer's account was connected to an item."""

    item: Item
    customer: Account
    live_chat: LiveChat


@dataclass(frozen=True, slots=True)
class MessageRegistered:
    """An item was created from a session."""

    item: Item
    session: Session
    customer: Account
