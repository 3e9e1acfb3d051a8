"""What operators are shown about the customer of a session (requirement S18)."""

from dataclasses import dataclass

from livechat_plugin.core.apps import Field, Item
from livechat_plugin.core.conversations import Account
from livechat_plugin.core.links import MessageRegistration
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.sessions import Session


@dataclass(frozen=True, slots=True)
class Registered:
    """An item that was registered from a session, with the name of its app as people call it."""

    registration: MessageRegistration
    app: str


@dataclass(frozen=True, slots=True)
class CustomerInformation:
    """Everything about one customer in one live chat.

    Attributes:
        account: who they are on their network.
        live_chat: where they wrote.
        app: name of the app that the live chat is bound to, if it is bound to one.
        item: the item that they are connected to, if they are.
        fields: the app's fields, in their order; none if no hook offers the app now.
        values: the item's fields that are not empty, each with its label, as people read them.
        sessions: their sessions here, the latest first; the open one, if there is one, is among them.
        registered: the items registered for them, the latest first.
        trouble: why the place where items are stored could not be asked; then the item is what we remember of it.
    """

    account: Account
    live_chat: LiveChat
    app: str | None = None
    item: Item | None = None
    values: tuple[tuple[str, str], ...] = ()
    sessions: tuple[Session, ...] = ()
    registered: tuple[Registered, ...] = ()
    fields: tuple[Field, ...] = ()
    trouble: str | None = None
