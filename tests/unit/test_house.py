"""What hooks find in the house, and the hook that keeps items there (requirements S9, S10, S19, S20, S21)."""

from typing import Any

import pytest

from hooks.local_apps import LocalApps, LocalAppsSettings
from livechat_plugin import (
    Account,
    App,
    AppNotFound,
    AppUnavailable,
    Hook,
    HookSettings,
    InvalidItem,
    Item,
    ItemNotFound,
    StaleItem,
)
from livechat_plugin.core.app_definitions import read_field
from livechat_plugin.core.apps import AccountFieldMissing
from livechat_plugin.core.errors import ConcurrentChange
from livechat_plugin.services.again import ATTEMPTS
from livechat_plugin.services.items import read_values
from tests.unit.desk import ANNA, BORIS, Desk

LINES = ("name:string!", "phone:phone", "due:datetime", "account:account")
CONTACTS = App("contacts", "Contacts", tuple(map(read_field, LINES)))
NOTES = App("notes", "Notes", (read_field("text:text"),))
ELSEWHERE = App("crm", "CRM", CONTACTS.fields)
CARLA = Account(1, "matrix", "@carla:example.org", "Carla")


@pytest.fixture
async def hook() -> LocalApps:
    return LocalApps(LocalAppsSettings())


@pytest.fixture
async def desk(hook: LocalApps) -> Desk:
    desk = Desk(hook)
    async with desk.store.begin() as work:
        await work.apps.add(CONTACTS)
        await work.apps.add(NOTES)
        await work.commit()
    return desk


async def connect(
    hook: LocalApps, item_id: str | None = None, token: str = "t", **values: Any
) -> Item | None:
    return await hook.livechat_choose_linked_item(CONTACTS, CARLA, item_id, values, ANNA, token)


async def test_a_hook_keeps_items_without_knowing_of_units_of_work(desk: Desk, hook: LocalApps) -> None:
    items = hook.house.items
    assert [app.key for app in await items.apps()] == ["contacts", "notes"]
    made = await items.add("contacts", {"name": "Acme"}, ANNA, token="x")
    assert await items.add("contacts", {"name": "Acme"}, ANNA, token="x") == made
    changed = await items.change("contacts", made.id, {"name": "Acme Inc."}, BORIS, version=made.version)
    linked = await items.link("contacts", made.id, CARLA, BORIS)
    assert linked.values == {"name": "Acme Inc.", "account": ["matrix:@carla:example.org"]}
    assert await items.get("contacts", made.id) == linked
    assert await items.get("contacts", "99") is None
    assert await items.find("contacts", "acme") == [linked]
    assert await items.by_account("contacts", CARLA) == linked
    assert desk.stored.items[1].item == linked
    with pytest.raises(StaleItem):
        await items.change("contacts", made.id, {"name": "x"}, BORIS, version=changed.version)
    with pytest.raises(InvalidItem):
        await items.add("contacts", {}, ANNA)
    with pytest.raises(ItemNotFound):
        await items.link("contacts", "99", CARLA, ANNA)
    for call in (items.find("crm", ""), items.add("crm", {}, ANNA), items.link("crm", "1", CARLA, ANNA)):
        with pytest.raises(AppNotFound):
            await call
    assert await items.by_account("crm", CARLA) is None


async def test_a_change_is_made_anew_when_somebody_was_faster(
    desk: Desk, hook: LocalApps, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await hook.house.items.add("contacts", {"name": "Acme"}, ANNA)
    real, failures = type(desk.use_cases.items).change, [ConcurrentChange("x")] * 4

    async def change(*arguments: Any, **named: Any) -> Item:
        if failures:
            raise failures.pop()
        return await real(*arguments, **named)

    monkeypatch.setattr(type(desk.use_cases.items), "change", change)
    assert (await hook.house.items.change("contacts", made.id, {"name": "B"}, ANNA)).title == "B"
    failures.extend([ConcurrentChange("x")] * ATTEMPTS)
    with pytest.raises(ConcurrentChange):
        await hook.house.items.change("contacts", made.id, {"name": "C"}, ANNA)


async def test_a_hook_by_itself_has_an_empty_house() -> None:
    house = Hook(HookSettings()).house
    assert await house.items.apps() == ()
    assert await house.items.get("contacts", "1") is None
    assert await house.items.find("contacts", "") == ()
    assert await house.items.by_account("contacts", CARLA) is None
    with pytest.raises(RuntimeError, match=r"hook.house = …"):
        await house.items.add("contacts", {}, ANNA)
    with pytest.raises(RuntimeError):
        await house.items.change("contacts", "1", {}, ANNA)
    with pytest.raises(RuntimeError):
        await house.items.link("contacts", "1", CARLA, ANNA)


async def test_apps_are_offered_for_both_uses(desk: Desk) -> None:
    catalogue = desk.use_cases.app_catalogue
    assert await catalogue.account_apps() == [CONTACTS]
    assert await catalogue.message_apps() == [CONTACTS]
    with pytest.raises(AccountFieldMissing, match="'Notes' has no field of the type Account"):
        await catalogue.account_app("notes")


async def test_what_is_left_out_is_meant_as_configured(desk: Desk) -> None:
    hook = LocalApps(LocalAppsSettings(phone_country="DE", time_zone="Europe/Berlin"))
    hook.house = desk.hooks._manager.get_plugin("LocalApps").house  # type: ignore[union-attr]
    [contacts, _] = await hook.livechat_register_account_apps()
    values = read_values(contacts.fields, {"name": "A", "phone": "030 123456", "due": "2026-07-01 18:00"})
    assert values == {"name": "A", "phone": "+4930123456", "due": "2026-07-01T18:00:00+02:00"}


@pytest.mark.parametrize(
    "wrong",
    [{"phone_country": "Germany"}, {"phone_country": "XX"}, {"time_zone": "Nowhere"}, {"country": "DE"}],
)
def test_settings_that_mean_nothing_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        LocalAppsSettings.model_validate(wrong)


async def test_a_customer_is_connected_to_a_new_item_once(desk: Desk, hook: LocalApps) -> None:
    made = await connect(hook, name="Acme", account=["web:7"])
    assert made is not None
    assert made.values["account"] == ["web:7", "matrix:@carla:example.org"]
    assert await connect(hook, name="Acme", account=["web:7"]) == made
    assert len(desk.stored.items) == 1
    assert await hook.livechat_choose_account_item(CONTACTS, CARLA) == made


async def test_a_customer_is_connected_to_an_item_that_is_there(desk: Desk, hook: LocalApps) -> None:
    first = await connect(hook, name="Acme")
    assert first is not None
    second = await hook.house.items.add("contacts", {"name": "Other"}, BORIS)
    assert (await hook.livechat_choose_account_candidates(CONTACTS, "other")) == [second]
    linked = await connect(hook, second.id)
    assert linked is not None
    assert (linked.id, linked.editor) == (second.id, ANNA)
    # The last connection counts, also back to the first one.
    assert (await hook.livechat_choose_account_item(CONTACTS, CARLA)) == linked
    desk.clock.advance(1)
    again = await connect(hook, first.id)
    assert await hook.livechat_choose_account_item(CONTACTS, CARLA) == again
    with pytest.raises(InvalidItem, match="item_id: There is no item #99 of contacts"):
        await connect(hook, "99")
    with pytest.raises(InvalidItem, match="name: is required"):
        await connect(hook, token="other")


async def test_a_message_becomes_an_item_of_the_customer_once(desk: Desk, hook: LocalApps) -> None:
    async def register(token: str, app: App = CONTACTS) -> Item | None:
        return await hook.livechat_choose_registered_item(app, CARLA, {"name": "Broken"}, ANNA, token)

    made = await register("a")
    assert made is not None
    assert made.values == {"name": "Broken", "account": ["matrix:@carla:example.org"]}
    assert await register("a") == made
    other = await register("b")
    assert other is not None
    assert other.id != made.id
    with pytest.raises(InvalidItem, match="account: "):
        await register("c", NOTES)


async def test_apps_of_others_are_none_of_its_business(desk: Desk, hook: LocalApps) -> None:
    assert await hook.livechat_choose_account_item(ELSEWHERE, CARLA) is None
    assert await hook.livechat_choose_account_candidates(ELSEWHERE, "x") is None
    assert await hook.livechat_choose_linked_item(ELSEWHERE, CARLA, None, {"name": "A"}, ANNA, "t") is None
    assert await hook.livechat_choose_linked_item(ELSEWHERE, CARLA, "1", {}, ANNA, "t") is None
    assert await hook.livechat_choose_registered_item(ELSEWHERE, CARLA, {"name": "A"}, ANNA, "t") is None
    assert desk.stored.items == {}


async def test_what_the_hook_refuses_is_an_answer(desk: Desk) -> None:
    arguments = {
        "app": CONTACTS,
        "customer": CARLA,
        "item_id": "99",
        "values": {},
        "author": ANNA,
        "token": "t",
    }
    answer = await desk.hooks.ask("livechat_choose_linked_item", Item, **arguments)
    assert isinstance(answer.refusal, InvalidItem)
    assert not isinstance(answer.refusal, AppUnavailable)
