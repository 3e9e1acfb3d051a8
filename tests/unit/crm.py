"""A company's own records, as a hook stores them: for tests of what is asked of such hooks."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from livechat_plugin import Account, App, Field, FieldType, Hook, HookSettings, Item, Session, hookimpl
from livechat_plugin.core.links import AccountLink
from tests.unit.desk import Desk

ACCOUNT = Field("account", "Account", FieldType.ACCOUNT)
CONTACTS = App(
    "contacts",
    "Contacts",
    (
        Field("name", "Name", FieldType.STRING, is_required=True),
        Field("phone", "Phone", FieldType.PHONE),
        Field("manager", "Manager", FieldType.USER),
        ACCOUNT,
    ),
)
COMPLAINTS = App(
    "complaints",
    "Complaints",
    (
        Field("text", "What happened", FieldType.TEXT, is_required=True),
        Field("photo", "Photo", FieldType.FILE),
        ACCOUNT,
    ),
)


class Crm(Hook[HookSettings]):
    """Keeps items in memory; what was made with a token is found by it again.

    Attributes:
        items: by app and id.
        asked: the tokens of what it was asked to store.
        troubles: raised one after another instead of storing.
        told: what it was told afterwards.
        away: raised when it is asked who a customer is, or for items.
        hangs: whether it never answers such a question.
        account_apps: what it offers; the plugin learns of a change when it asks again.
        message_apps: likewise.
    """

    def __init__(self) -> None:
        super().__init__(HookSettings())
        self.items: dict[tuple[str, str], Item] = {}
        self.asked: list[str] = []
        self.made: dict[str, Item] = {}
        self.troubles: list[Exception] = []
        self.told: list[tuple[str, str]] = []
        self.lie: Any = None
        self.hangs_after_storing = False
        self.away: Exception | None = None
        self.hangs = False
        self.account_apps, self.message_apps = [CONTACTS], [COMPLAINTS]

    @hookimpl
    def livechat_register_account_apps(self) -> list[App]:
        return list(self.account_apps)

    @hookimpl
    def livechat_register_message_apps(self) -> list[App]:
        return list(self.message_apps)

    @hookimpl
    async def livechat_choose_account_item(self, app: App, customer: Account) -> Item | None:
        await self._looked_at()
        return next((item for item in self.items.values() if self._holds(item, app, customer)), None)

    @hookimpl
    async def livechat_choose_account_candidates(self, app: App, query: str) -> list[Item]:
        await self._looked_at()
        if self.lie is not None:
            return [self.lie, *self.items.values()]
        return [item for item in self.items.values() if query.lower() in item.title.lower()]

    @hookimpl
    async def livechat_choose_linked_item(
        self,
        app: App,
        customer: Account,
        item_id: str | None,
        values: Mapping[str, Any],
        author: str,
        token: str,
    ) -> Any:
        if item_id is not None:
            self._ask(token)
            known = self.items[app.key, item_id]
            self.items[app.key, item_id] = replace(
                known, values={**known.values, "account": [_key(customer)]}
            )
            return self.lie or self.items[app.key, item_id]
        return await self._store(app, values.get("name", ""), values, customer, token)

    @hookimpl
    async def livechat_choose_registered_item(
        self, app: App, session: Session, customer: Account, values: Mapping[str, Any], token: str
    ) -> Any:
        return await self._store(app, f"{values['text']} (#{session.number})", values, customer, token)

    @hookimpl
    async def livechat_on_account_linked(self, item: Item, customer: Account) -> None:
        self.told.append((item.title, customer.display_name))

    @hookimpl
    async def livechat_on_message_registered(self, item: Item, session: Session) -> None:
        self.told.append((item.title, f"#{session.number}"))

    async def _looked_at(self) -> None:
        if self.hangs:
            await asyncio.Event().wait()
        if self.away is not None:
            raise self.away

    def _ask(self, token: str) -> None:
        self.asked.append(token)
        if self.troubles:
            raise self.troubles.pop(0)

    async def _store(
        self, app: App, title: str, values: Mapping[str, Any], customer: Account, token: str
    ) -> Any:
        self._ask(token)
        if token not in self.made:
            number = str(len(self.items) + 1)
            held = {**values, "account": [_key(customer)]}
            item = Item(app.key, number, title, held, f"https://crm.example.org/{app.key}/{number}")
            self.items[app.key, number] = self.made[token] = item
        if self.hangs_after_storing:
            await asyncio.Event().wait()
        return self.lie or self.made[token]

    @staticmethod
    def _holds(item: Item, app: App, customer: Account) -> bool:
        return item.app == app.key and _key(customer) in item.values.get("account", ())


def _key(customer: Account) -> str:
    return f"{customer.network}:{customer.external_id}"


@asynccontextmanager
async def served(crm: Crm) -> AsyncIterator[Desk]:
    """A desk that is bound to these records, where anna serves Carla."""
    async with Desk(crm).working() as desk:
        await desk.set_up()
        desk.change_live_chat(account_app="contacts", message_apps=("complaints",))
        await desk.use_cases.app_catalogue.refresh()
        await desk.write()
        await desk.take()
        yield desk


def last_line(desk: Desk) -> str:
    """What was said last in Carla's session room."""
    return desk.lines(desk.session_room())[-1].removeprefix("livechat_support: ")


def link(desk: Desk) -> AccountLink | None:
    """Which contact Carla is connected to."""
    return desk.stored.links.get((1, "contacts"))
