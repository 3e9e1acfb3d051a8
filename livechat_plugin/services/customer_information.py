"""Customer Information: everything about the customer of a session in one place (requirement S18)."""

from dataclasses import dataclass

from livechat_plugin.core.apps import App, Item
from livechat_plugin.core.customer_information import CustomerInformation, Registered
from livechat_plugin.core.errors import NotOfTheLiveChat, Refused, SessionNotFound
from livechat_plugin.core.sessions import Session
from livechat_plugin.services.app_catalogue import AppCatalogue
from livechat_plugin.services.customer_items import CustomerItems
from livechat_plugin.services.items import show_value
from livechat_plugin.services.ports import Store
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.services.roles import Roles
from livechat_plugin.services.unit_of_work import UnitOfWork

AT_MOST = 10
"""Sessions and registered items that are shown, the latest of each."""

LARGEST_NUMBER = 2**31 - 1
"""Of a session, in every database."""


@dataclass(frozen=True, slots=True)
class SessionCustomer:
    """The customer of a session, as far as we know them without asking anybody.

    Attributes:
        session: the one asked for, open or closed; `view.session` is the open one of the same conversation.
        may_act: whether who asks may connect the customer and register items: it is open, and theirs to serve.
        is_connected: whether the customer is connected to an item, as far as we remember.
        message_apps: key and name of the apps whose items can be registered.
    """

    view: ConversationView
    session: Session
    may_act: bool
    is_connected: bool
    message_apps: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CustomerInformationDesk:
    """Gathers it. `about` must not be called within a unit of work: hooks are asked."""

    store: Store
    catalogue: AppCatalogue
    items: CustomerItems
    roles: Roles

    async def of_session(self, work: UnitOfWork, actor: str, number: int) -> SessionCustomer:
        """Whose session it is, for those who work with it; asks no hook.

        Raises:
            SessionNotFound: there is no such session.
            NotOfTheLiveChat: they are neither operator nor supervisor of its live chat, nor was it handed to them; or
                the live chat was deleted, and they are no administrator.
        """
        session = await work.sessions.get(number) if number <= LARGEST_NUMBER else None
        if session is None:
            raise SessionNotFound(number)
        view = await work.conversations.view(session.conversation_id)
        is_supervisor = await self.roles.is_supervisor(work, view.live_chat, actor)
        is_theirs = view.session is not None and view.session.is_served_by(actor)
        if view.live_chat.deleted_at is not None:
            if not await self.roles.is_administrator(work, actor):
                raise NotOfTheLiveChat(actor, view.live_chat.name)
        elif not is_supervisor and not is_theirs:
            groups = await work.groups.of(actor)
            offered_to = view.session.offered_to if view.session is not None else None
            if not groups & {view.live_chat.operators, offered_to}:
                raise NotOfTheLiveChat(actor, view.live_chat.name)
        is_current = view.session is not None and view.session.number == number
        link = None
        if view.live_chat.account_app is not None:
            link = await work.links.get(view.account.id, view.live_chat.account_app)
        message_apps = [
            (key, app.name) if (app := self.catalogue.known.message.get(key)) else (key, key)
            for key in view.live_chat.message_apps
        ]
        return SessionCustomer(
            view, session, is_current and (is_supervisor or is_theirs), link is not None, tuple(message_apps)
        )

    async def about(self, conversation_id: int) -> CustomerInformation:
        """Name, account, network, connected item, earlier sessions, registered items."""
        async with self.store.read() as work:
            view = await work.conversations.view(conversation_id)
            sessions = await work.sessions.latest(conversation_id, AT_MOST)
            registrations = await work.registrations.of_account(view.account.id, AT_MOST)
        app = await self._app(view.live_chat.account_app)
        connected = await self.items.look(view.live_chat, view.account)
        item = connected.item
        names = {key: found.name for key, found in self.catalogue.known.message.items()}
        return CustomerInformation(
            view.account,
            view.live_chat,
            app.name if app is not None else view.live_chat.account_app,
            item,
            _values(app, item),
            tuple(sessions),
            tuple(Registered(one, names.get(one.app, one.app)) for one in registrations),
            app.fields if app is not None else (),
            connected.trouble,
        )

    async def _app(self, key: str | None) -> App | None:
        if key is None:
            return None
        try:
            return await self.catalogue.account_app(key)
        except Refused:
            return None


def _values(app: App | None, item: Item | None) -> tuple[tuple[str, str], ...]:
    if app is None or item is None:
        return ()
    shown = ((field.label, show_value(field, item.values.get(field.key))) for field in app.fields)
    return tuple((label, value) for label, value in shown if value)
