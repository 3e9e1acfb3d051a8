"""Which item a customer is connected to: asked of the hooks, and remembered by us."""

from dataclasses import dataclass
from datetime import datetime

import structlog

from livechat_plugin.core import wording
from livechat_plugin.core.apps import App, Item
from livechat_plugin.core.conversations import Account
from livechat_plugin.core.errors import Refused
from livechat_plugin.core.links import AccountLink
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.hookcalls import Answer, Hooks
from livechat_plugin.hookcalls.answers import Nonsense, checked
from livechat_plugin.services.again import anew
from livechat_plugin.services.app_catalogue import AppCatalogue
from livechat_plugin.services.ports import Clock, Store

log = structlog.get_logger()

PLUGIN = "plugin"
"""Who has linked an account that the place where items are stored connects by itself."""


@dataclass(frozen=True, slots=True)
class Connected:
    """What is known of the item that a customer is connected to.

    Attributes:
        item: it, if they are connected; from the link that we keep if nobody else knows of it.
        trouble: why the place where items are stored could not be asked.
    """

    item: Item | None = None
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class CustomerItems:
    """Finds the items that customers are connected to. Not to be called within a unit of work: hooks are asked."""

    store: Store
    hooks: Hooks
    catalogue: AppCatalogue
    clock: Clock

    async def connected(self, live_chat: LiveChat, account: Account) -> Item | None:
        """The item of the live chat's account app that the account is connected to (requirements S16, S18, S19).

        The place where items are stored has the first word, and the link that we keep follows it. If it knows of
        none, or cannot be asked, the link stands for the item, with its title and address only.
        """
        return (await self.look(live_chat, account)).item

    async def look(self, live_chat: LiveChat, account: Account) -> Connected:
        """The same, with what hindered it."""
        if live_chat.account_app is None:
            return Connected()
        asked_at = self.clock.now()
        found = await self._asked(live_chat.account_app, account)
        async with self.store.read() as work:
            link = await work.links.get(account.id, live_chat.account_app)
        if found.item is None:
            return Connected(link.as_item() if link is not None else None, found.trouble)
        if link is None or _is_other(link, found.item):
            await self._follow(live_chat, account, found.item, asked_at)
        return found

    async def find(self, app: App, query: str) -> Answer[list[Item]]:
        """The items of an app that a customer could be, best first; what is no item of the app is left out."""
        answer = await self.hooks.ask("livechat_choose_account_candidates", list, app=app, query=query)
        if answer.value is None:
            return answer
        items = [believable(_checked(entry), app) for entry in answer.value]
        return Answer([item for item in items if item is not None])

    async def _asked(self, key: str, account: Account) -> Connected:
        try:
            app = await self.catalogue.account_app(key)
        except Refused as error:
            log.warning("the app that a live chat is bound to is not offered", app=key, reason=str(error))
            return Connected(trouble=str(error))
        answer = await self.hooks.ask("livechat_choose_account_item", Item, app=app, customer=account)
        if answer.refusal is not None:
            log.warning("the connected item cannot be looked up", app=key, reason=str(answer.refusal))
            return Connected(trouble=str(answer.refusal))
        if answer.value is None and answer.has_failed:
            return Connected(trouble=wording.app_does_not_answer(app))
        return Connected(believable(answer.value, app))

    @anew
    async def _follow(self, live_chat: LiveChat, account: Account, item: Item, asked_at: datetime) -> None:
        """Keep a connection that was made where items are stored, unless somebody has made another one meanwhile."""
        async with self.store.begin() as work:
            link = await work.links.get(account.id, item.app)
            if link is not None and (link.linked_at >= asked_at or not _is_other(link, item)):
                return
            new = AccountLink(account.id, item.app, item.id, item.title, item.link, PLUGIN, asked_at)
            await work.links.set(new)
            await work.audit.add(
                asked_at,
                PLUGIN,
                "account.linked",
                account.external_id,
                live_chat=live_chat.slug,
                app=item.app,
                item=item.id,
            )
            await work.commit()


def believable(item: Item | None, app: App) -> Item | None:
    """A hook's answer if it is an item of this app; a hook can be wrong (invariant 7)."""
    if item is not None and (item.app != app.key or not item.id):
        log.warning("a hook answered with something else than an item of the app", app=app.key)
        return None
    return item


def _is_other(link: AccountLink, item: Item) -> bool:
    return link.item_id != item.id


def _checked(entry: object) -> Item | None:
    try:
        item: Item = checked(entry, Item)
    except Nonsense as error:
        log.warning("a hook found something else than items", what=str(error))
        return None
    return item
