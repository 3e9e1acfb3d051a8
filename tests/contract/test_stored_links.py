"""What the repositories of links and registrations promise."""

from datetime import timedelta

import pytest

from livechat_plugin.core.apps import Item
from livechat_plugin.core.errors import ConcurrentChange
from livechat_plugin.core.links import AccountLink, MessageRegistration
from tests.contract.stores import NOW, Kept, add_conversation

ANNA = "@anna:example.org"
ITEM = Item("complaints", "17", "Broken \0pump", link="https://crm.example.org/17")


async def test_an_account_is_linked_to_one_item_of_an_app(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        account = (await add_conversation(unit)).account_id
        first = AccountLink(account, "contacts", "1", "Carla", "https://crm/1", ANNA, NOW)
        await unit.links.set(first)
        await unit.links.set(AccountLink(account, "debtors", "1", "Debtor", None, ANNA, NOW))
        assert await unit.links.get(account, "contacts") == first
        assert await unit.links.get(account, "others") is None
        assert await unit.links.get(account + 1, "contacts") is None
        second = AccountLink(account, "contacts", "2", "Carla Corp", None, "@boris:x", NOW + timedelta(1))
        await unit.links.set(second)
        await unit.commit()
    async with kept.store.read() as unit:
        assert await unit.links.get(account, "contacts") == second


async def test_an_items_new_title_stands_in_the_links_to_it_and_in_no_others(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        carla, dan = (await add_conversation(unit)), (await add_conversation(unit, "@dan:example.org"))
        await unit.links.set(
            AccountLink(carla.account_id, "contacts", "1", "Carla", "https://c/1", ANNA, NOW)
        )
        await unit.links.set(AccountLink(dan.account_id, "contacts", "2", "Dan", None, ANNA, NOW))
        await unit.links.set(AccountLink(carla.account_id, "debtors", "1", "Debtor", None, ANNA, NOW))
        await unit.links.retitle("contacts", "1", "Carla Corp")
        await unit.links.retitle("contacts", "99", "Nobody")
        await unit.commit()
    async with kept.store.read() as unit:
        renamed = AccountLink(carla.account_id, "contacts", "1", "Carla Corp", "https://c/1", ANNA, NOW)
        assert await unit.links.get(carla.account_id, "contacts") == renamed
        assert await unit.links.get(dan.account_id, "contacts") == AccountLink(
            dan.account_id, "contacts", "2", "Dan", None, ANNA, NOW
        )
        other = await unit.links.get(carla.account_id, "debtors")
        assert other is not None
        assert other.title == "Debtor"


async def test_the_links_to_a_deleted_app_are_forgotten(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        account = (await add_conversation(unit)).account_id
        for app in ("contacts", "debtors"):
            await unit.links.set(AccountLink(account, app, "1", "Carla", None, ANNA, NOW))
        await unit.links.forget_all("contacts")
        assert await unit.links.get(account, "contacts") is None
        assert await unit.links.get(account, "debtors") is not None


async def test_nobody_is_linked_who_does_not_exist(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        with pytest.raises(ConcurrentChange):
            await unit.links.set(AccountLink(99, "contacts", "1", "Carla", None, ANNA, NOW))


async def test_a_link_stands_in_for_its_item() -> None:
    link = AccountLink(1, "contacts", "7", "Carla", "https://crm/7", ANNA, NOW)
    assert link.as_item() == Item("contacts", "7", "Carla", link="https://crm/7")


async def test_an_item_is_registered_once(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        conversation = await add_conversation(unit)
        session = await unit.sessions.open(conversation.id, "Hello", NOW)
        assert await unit.registrations.add(session.number, conversation.account_id, ITEM, ANNA, NOW)
        assert not await unit.registrations.add(session.number, conversation.account_id, ITEM, "@b:x", NOW)
        other = Item("requests", "17", "Needs help")
        assert await unit.registrations.add(session.number, conversation.account_id, other, ANNA, NOW)
        await unit.commit()
    async with kept.store.read() as unit:
        latest, first = await unit.registrations.of_account(conversation.account_id, 10)
        assert (latest.app, latest.link) == ("requests", None)
        assert first == MessageRegistration(
            first.id,
            session.number,
            conversation.account_id,
            "complaints",
            "17",
            "Broken pump",
            "https://crm.example.org/17",
            ANNA,
            NOW,
        )
        assert latest.id > first.id
        assert await unit.registrations.of_account(conversation.account_id, 1) == [latest]
        assert await unit.registrations.of_account(99, 10) == []


async def test_nothing_is_registered_from_what_does_not_exist(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        conversation = await add_conversation(unit)
        with pytest.raises(ConcurrentChange):
            await unit.registrations.add(99, conversation.account_id, ITEM, ANNA, NOW)


async def test_an_item_knows_its_accounts_and_where_it_was_registered(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        conversation = await add_conversation(unit)
        other = await add_conversation(unit, "@dan:example.org")
        for account, item_id in (
            (conversation.account_id, "1"),
            (other.account_id, "1"),
            (other.account_id, "2"),
        ):
            app = "contacts" if item_id == "1" else "debtors"
            await unit.links.set(AccountLink(account, app, item_id, "Carla", None, ANNA, NOW))
        found = await unit.links.accounts("contacts", "1", 9)
        assert [account.external_id for account in found] == ["@carla:example.org", "@dan:example.org"]
        assert await unit.links.accounts("contacts", "1", 1) == found[:1]
        assert await unit.links.accounts("contacts", "2", 9) == []
        session = await unit.sessions.open(conversation.id, "Hello", NOW)
        await unit.registrations.add(session.number, conversation.account_id, ITEM, ANNA, NOW)
        registered = await unit.registrations.of_item("complaints", "17")
        assert registered is not None
        assert registered.session_number == session.number
        assert await unit.registrations.of_item("requests", "17") is None
