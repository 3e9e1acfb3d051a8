"""Which item a customer is connected to: the hook's word first, then the link that we keep."""

from typing import Any

import pytest

from livechat_plugin import Account, App, AppUnavailable, Field, FieldType, Hook, HookSettings, Item, hookimpl
from livechat_plugin.core.links import AccountLink
from tests.fakes.clock import FakeClock
from tests.unit.desk import ANNA, Desk

APP = App("contacts", "Contacts", (Field("account", "Account", FieldType.ACCOUNT),))
FOUND = Item("contacts", "7", "Carla Corp", {"manager": ANNA})
LINKED = Item("contacts", "5", "Carla", link="https://crm/5")


class Contacts(Hook[HookSettings]):
    def __init__(self, answer: Any, app: App = APP) -> None:
        super().__init__(HookSettings())
        self.answer = answer
        self.app = app

    @hookimpl
    def livechat_register_account_apps(self) -> list[App]:
        return [self.app]

    @hookimpl
    def livechat_choose_account_item(self, app: App, customer: Account) -> Any:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer if (app, customer.display_name) == (APP, "Carla") else None


async def connected(
    hook: Contacts, bound_to: str | None = "contacts", *, is_linked: bool = True
) -> Item | None:
    async with Desk(hook).working() as desk:
        await desk.set_up()
        await desk.write()
        desk.change_live_chat(account_app=bound_to)
        if is_linked:
            async with desk.store.begin() as work:
                link = AccountLink(1, "contacts", "5", "Carla", "https://crm/5", ANNA, FakeClock().now())
                await work.links.set(link)
                await work.commit()
        return await desk.use_cases.customer_items.connected(desk.live_chat, desk.stored.accounts[1])


async def test_the_place_where_items_are_stored_has_the_first_word() -> None:
    assert await connected(Contacts(FOUND)) == FOUND
    assert await connected(Contacts(FOUND), is_linked=False) == FOUND


@pytest.mark.parametrize(
    "answer",
    [
        None,
        RuntimeError("out of order"),
        AppUnavailable("the CRM is away"),
        "nonsense",
        Item("others", "7", "Of another app"),
        Item("contacts", "", "Without an id"),
    ],
    ids=repr,
)
async def test_without_a_good_answer_the_link_stands_for_the_item(answer: Any) -> None:
    assert await connected(Contacts(answer)) == LINKED
    assert await connected(Contacts(answer), is_linked=False) is None


async def test_the_link_stands_also_when_nobody_offers_the_app_any_more() -> None:
    assert await connected(Contacts(FOUND, App("others", "Others", APP.fields))) == LINKED


async def test_a_live_chat_without_an_app_has_no_items() -> None:
    assert await connected(Contacts(FOUND), bound_to=None) is None
