"""Items of our own apps, for people: who may look at them, make, change and delete them (requirements S21, E12).

Operators and supervisors of the live chats that are bound to an app, or register messages in it, work with its items, and
so do administrators. Items of apps that their items refer to can be looked at. Items of apps that other hooks store are
changed where they are stored.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from livechat_plugin.core import wording
from livechat_plugin.core.apps import App, AppNotFound, Field, FieldType, Item, StaleItem, account_parts
from livechat_plugin.core.conversations import Account
from livechat_plugin.core.errors import Refused
from livechat_plugin.core.links import MessageRegistration
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.sessions import SessionState
from livechat_plugin.services.app_catalogue import AppCatalogue
from livechat_plugin.services.items.keeping import Items
from livechat_plugin.services.ports import Clock
from livechat_plugin.services.repositories.session_lists import ListedSession
from livechat_plugin.services.roles import Roles
from livechat_plugin.services.standing import Standing, standing_of
from livechat_plugin.services.unit_of_work import UnitOfWork

PAGE = 50
"""Items on a page."""

SESSIONS = 20
"""Sessions of its customers that an item shows, and accounts that are looked through for them."""

SHOWN_NEEDS = 3
"""Of each sort of what needs an item, how many are named."""

LONGEST_QUERY = 200


class NotOfTheApp(Refused):
    """Somebody works in no live chat that uses the app."""

    def __init__(self, app: str) -> None:
        super().__init__(wording.not_of_the_app(app))


class StoredElsewhere(Refused):
    """Another hook stores the app's items; they are changed there."""

    def __init__(self, app: str) -> None:
        super().__init__(wording.stored_elsewhere(app))


class ItemInUse(Refused):
    """Something needs the item, so it stays; `reasons` name what does."""

    def __init__(self, item: Item, reasons: Sequence[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__(wording.item_in_use(item, reasons))


@dataclass(frozen=True, slots=True)
class ItemPage:
    """A page of an app's items, newest first; `newer` and `older` tell whether there are others."""

    app: App
    items: Sequence[Item]
    newer: bool
    older: bool
    may_change: bool


@dataclass(frozen=True, slots=True)
class CustomerSession:
    """A session of one of an item's customers; `may_open` tells whether its page is open to who looks."""

    listed: ListedSession
    live_chat: LiveChat
    may_open: bool


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item with what belongs to it.

    Attributes:
        accounts: the accounts in its Account field that have written to us, as people know them.
        registration: the session that it comes from, if it was registered from one.
        sessions: of its customers, in live chats where who looks works (requirement E12); the newest first.
        is_cut: whether there are more sessions.
    """

    app: App
    item: Item
    accounts: Sequence[Account]
    registration: MessageRegistration | None
    sessions: Sequence[CustomerSession]
    is_cut: bool
    may_change: bool


@dataclass(frozen=True, slots=True)
class ItemDesk:
    """The use cases of those who work with items."""

    roles: Roles
    items: Items
    catalogue: AppCatalogue
    clock: Clock

    async def apps(self, work: UnitOfWork, actor: str) -> Sequence[App]:
        """The apps of ours whose items somebody works with, by name."""
        standing = await standing_of(work, self.roles, actor)
        return [app for app in await work.apps.all() if _uses(standing, app.key)]

    async def page(
        self,
        work: UnitOfWork,
        actor: str,
        app_key: str,
        query: str = "",
        *,
        before: str | None = None,
        after: str | None = None,
    ) -> ItemPage:
        """A page of the items with all words of the query: older than an item, newer than one, or the newest.

        Raises:
            AppNotFound: there is no such app.
            StoredElsewhere: another hook keeps its items.
            NotOfTheApp: they work in no live chat that uses it.
        """
        app, may_change = await self._readable(work, actor, app_key)
        query = query[:LONGEST_QUERY]
        found = await work.items.page(app.key, query, PAGE + 1, before=before, after=after)
        if before is None and after is not None:
            return ItemPage(app, found[-PAGE:], newer=len(found) > PAGE, older=True, may_change=may_change)
        return ItemPage(app, found[:PAGE], before is not None, len(found) > PAGE, may_change)

    async def show(self, work: UnitOfWork, actor: str, app_key: str, item_id: str) -> ItemView:
        """An item; raises as `page`, and `ItemNotFound`."""
        app, may_change = await self._readable(work, actor, app_key)
        item = await self.items.get(work, app.key, item_id)
        standing = await standing_of(work, self.roles, actor)
        chats = {chat.id: chat for chat in await self._readable_chats(work, standing)}
        accounts: list[Account] = []
        conversations: list[int] = []
        for network, external_id in list(dict.fromkeys(_accounts(app, item)))[:SESSIONS]:
            for conversation in await work.conversations.of_customer(network, external_id):
                view = await work.conversations.view(conversation.id)
                if view.account not in accounts:
                    accounts.append(view.account)
                if conversation.live_chat_id in chats:
                    conversations.append(conversation.id)
        listed = (
            await work.session_lists.of_conversations(conversations, SESSIONS + 1) if conversations else []
        )
        chat_of = {
            number: chats[(await work.conversations.view(number)).live_chat.id] for number in conversations
        }
        sessions = [
            CustomerSession(one, chat, _may_open(standing, one, chat))
            for one in listed[:SESSIONS]
            for chat in [chat_of[one.session.conversation_id]]
        ]
        registration = await work.registrations.of_item(app.key, item.id)
        return ItemView(app, item, accounts, registration, sessions, len(listed) > SESSIONS, may_change)

    async def find(self, work: UnitOfWork, actor: str, app_key: str, query: str) -> Sequence[Item]:
        """Some items that a reference could mean; raises as `page`."""
        app, _ = await self._readable(work, actor, app_key)
        return await self.items.find(work, app.key, query[:LONGEST_QUERY])

    async def form(self, work: UnitOfWork, actor: str, app_key: str) -> App:
        """The app, for those who make and change its items; with the countries and time zones that its hook adds.

        Raises:
            AppNotFound: there is no such app.
            StoredElsewhere: another hook keeps its items.
            NotOfTheApp: they work in no live chat that uses it.
        """
        app, may_change = await self._readable(work, actor, app_key)
        if not may_change:
            raise NotOfTheApp(app.name)
        return self._at_home(app)

    async def add(
        self, work: UnitOfWork, actor: str, app_key: str, values: Mapping[str, Any], token: str | None = None
    ) -> Item:
        """Make an item; with a token that was used before, the item of then. Raises as `form`, and `InvalidItem`."""
        app = await self.form(work, actor, app_key)
        began = self.clock.now()
        # Of one's own form: with that of somebody else, nothing of theirs is found.
        own = hashlib.sha256(f"{actor} {token}".encode(errors="replace")).hexdigest() if token else None
        item = await self.items.add(work, app.key, values, actor, token=own)
        if item.created_at is None or item.created_at >= began:
            await self._note(work, actor, "item.created", item)
        return item

    async def change(
        self,
        work: UnitOfWork,
        actor: str,
        app_key: str,
        item_id: str,
        values: Mapping[str, Any],
        version: int,
    ) -> Item:
        """Change the fields that are given; None empties one. Raises as `form`, `InvalidItem`, `StaleItem`."""
        app = await self.form(work, actor, app_key)
        before = await self.items.get(work, app.key, item_id)
        item = await self.items.change(work, app.key, item_id, values, actor, version=version)
        changed = sorted(
            key
            for key in before.values.keys() | item.values.keys()
            if before.values.get(key) != item.values.get(key)
        )
        await work.links.retitle(
            app.key, item.id, item.title
        )  # whoever looks at the customer sees the change
        await self._note(work, actor, "item.changed", item, fields=changed)
        return item

    async def delete(self, work: UnitOfWork, actor: str, app_key: str, item_id: str, version: int) -> Item:
        """Delete an item that nothing needs. Raises as `form`, `StaleItem`, and `ItemInUse`."""
        app = await self.form(work, actor, app_key)
        item = await self.items.get(work, app.key, item_id)
        if item.version != version:
            raise StaleItem(item)
        await work.items.claim(item)
        reasons = await self._needs(work, app, item)
        if reasons:
            raise ItemInUse(item, reasons)
        await work.items.delete(item)
        await self._note(work, actor, "item.deleted", item)
        return item

    async def _needs(self, work: UnitOfWork, app: App, item: Item) -> list[str]:
        """What would be left without the item."""
        accounts = await work.links.accounts(app.key, item.id, SHOWN_NEEDS)
        reasons = [wording.item_connected(account) for account in accounts]
        registration = await work.registrations.of_item(app.key, item.id)
        if registration is not None:
            reasons.append(wording.item_registered(registration.session_number))
        for other in await work.apps.all():
            keys = [each.key for each in other.fields if _refers(each, app)]
            if keys:
                found = await work.items.search(other.key, f"#{item.id}", PAGE)
                referring = [one for one in found if item.id in [one.values.get(key) for key in keys]]
                reasons += [wording.item_referred_to(other, one) for one in referring[:SHOWN_NEEDS]]
        return reasons

    async def _readable(self, work: UnitOfWork, actor: str, key: str) -> tuple[App, bool]:
        """The app, and whether its items are theirs to change."""
        app = await work.apps.get(key)
        if app is None:
            known = self.catalogue.known
            other = known.account.get(key) or known.message.get(key)
            raise StoredElsewhere(other.name) if other is not None else AppNotFound(key)
        standing = await standing_of(work, self.roles, actor)
        if _uses(standing, app.key):
            return app, True
        used = [other for other in await work.apps.all() if _uses(standing, other.key)]
        if any(_refers(each, app) for other in used for each in other.fields):
            return app, False
        raise NotOfTheApp(app.name)

    def _at_home(self, app: App) -> App:
        """With what the hook that offers it adds: what is meant where people leave something out."""
        known = self.catalogue.known
        offered = known.account.get(app.key) or known.message.get(app.key)
        return offered if offered is not None and _same(offered, app) else app

    async def _readable_chats(self, work: UnitOfWork, standing: Standing) -> Sequence[LiveChat]:
        return await work.live_chats.all() if standing.is_administrator else standing.live_chats

    async def _note(self, work: UnitOfWork, actor: str, action: str, item: Item, **details: Any) -> None:
        subject = f"{item.app} #{item.id}"
        await work.audit.add(self.clock.now(), actor, action, subject, app=item.app, item=item.id, **details)


def _uses(standing: Standing, key: str) -> bool:
    if standing.is_administrator:
        return True
    return any(key == chat.account_app or key in chat.message_apps for chat in standing.live_chats)


def _refers(field: Field, app: App) -> bool:
    return field.type is FieldType.REFERENCE and field.app == app.key


def _same(one: App, other: App) -> bool:
    """Whether two descriptions of an app differ in nothing but what is meant where people leave something out."""
    return [replace(field, locale=None) for field in one.fields] == [
        replace(field, locale=None) for field in other.fields
    ]


def _accounts(app: App, item: Item) -> Iterator[tuple[str, str]]:
    for field in app.fields:
        if field.type is FieldType.ACCOUNT:
            yield from map(account_parts, item.values.get(field.key) or ())


def _may_open(standing: Standing, listed: ListedSession, chat: LiveChat) -> bool:
    """As the session's page decides."""
    session = listed.session
    if session.operator == standing.user_id or chat in standing.supervisor_of:
        return True
    return session.state is SessionState.WAITING and chat in standing.operator_of
