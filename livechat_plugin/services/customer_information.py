"""Customer Information: everything about the customer of a session in one place (requirement S18)."""

from dataclasses import dataclass

from livechat_plugin.core.apps import App, Item
from livechat_plugin.core.customer_information import CustomerInformation, Registered
from livechat_plugin.core.errors import Refused
from livechat_plugin.services.app_catalogue import AppCatalogue
from livechat_plugin.services.customer_items import CustomerItems
from livechat_plugin.services.items import show_value
from livechat_plugin.services.ports import Store

AT_MOST = 10
"""Sessions and registered items that are shown, the latest of each."""


@dataclass(frozen=True, slots=True)
class CustomerInformationDesk:
    """Gathers it. Not to be called within a unit of work: hooks are asked."""

    store: Store
    catalogue: AppCatalogue
    items: CustomerItems

    async def about(self, conversation_id: int) -> CustomerInformation:
        """Name, account, network, connected item, earlier sessions, registered items."""
        async with self.store.read() as work:
            view = await work.conversations.view(conversation_id)
            sessions = await work.sessions.latest(conversation_id, AT_MOST)
            registrations = await work.registrations.of_account(view.account.id, AT_MOST)
        app = await self._app(view.live_chat.account_app)
        item = await self.items.connected(view.live_chat, view.account)
        names = {key: found.name for key, found in self.catalogue.known.message.items()}
        return CustomerInformation(
            view.account,
            view.live_chat,
            app.name if app is not None else view.live_chat.account_app,
            item,
            _values(app, item),
            tuple(sessions),
            tuple(Registered(one, names.get(one.app, one.app)) for one in registrations),
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
