"""Which item a customer is connected to: asked of the hooks, and remembered by us."""

from dataclasses import dataclass

import structlog

from livechat_plugin.core.apps import App, Item
from livechat_plugin.core.conversations import Account
from livechat_plugin.core.errors import Refused
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.hookcalls import Hooks
from livechat_plugin.services.app_catalogue import AppCatalogue
from livechat_plugin.services.ports import Store

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class CustomerItems:
    """Finds the items that customers are connected to. Not to be called within a unit of work: hooks are asked."""

    store: Store
    hooks: Hooks
    catalogue: AppCatalogue

    async def connected(self, live_chat: LiveChat, account: Account) -> Item | None:
        """The item of the live chat's account app that the account is connected to (requirements S16, S18, S19).

        The place where items are stored has the first word. If it knows of none, or cannot be asked, the link that
        we keep stands for the item, with its title and address only.
        """
        if live_chat.account_app is None:
            return None
        item = await self._asked(live_chat.account_app, account)
        if item is not None:
            return item
        async with self.store.read() as work:
            link = await work.links.get(account.id, live_chat.account_app)
        return link.as_item() if link is not None else None

    async def _asked(self, key: str, account: Account) -> Item | None:
        try:
            app = await self.catalogue.account_app(key)
        except Refused as error:
            log.warning("the app that a live chat is bound to is not offered", app=key, reason=str(error))
            return None
        answer = await self.hooks.ask("livechat_choose_account_item", Item, app=app, customer=account)
        if answer.refusal is not None:
            log.warning("the connected item cannot be looked up", app=key, reason=str(answer.refusal))
        return believable(answer.value, app)


def believable(item: Item | None, app: App) -> Item | None:
    """A hook's answer if it is an item of this app; a hook can be wrong (invariant 7)."""
    if item is not None and (item.app != app.key or not item.id):
        log.warning("a hook answered with something else than an item of the app", app=app.key)
        return None
    return item
