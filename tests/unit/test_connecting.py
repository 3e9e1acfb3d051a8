"""Connecting a customer to an item: by new values, by choice, and nothing half done (requirement S19)."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from livechat_plugin import AppUnavailable, InvalidItem, Item
from livechat_plugin.core.links import AccountLink
from livechat_plugin.services.deliveries import Delivery, FindItems, LinkAccount, RegisterItem, ShowCustomer
from livechat_plugin.services.delivering.items import ATTEMPTS
from tests.fakes.clock import FakeClock
from tests.unit.crm import Crm, last_line, link, served
from tests.unit.desk import ANNA, BORIS, CARLA, DAN, SAM, Desk


@pytest.fixture
def crm() -> Crm:
    return Crm()


@pytest.fixture
async def desk(crm: Crm) -> AsyncIterator[Desk]:
    async with served(crm) as desk:
        yield desk


async def test_one_line_makes_an_item_and_connects_the_customer(desk: Desk, crm: Crm) -> None:
    asked = await desk.answer(ANNA, '!connect name="Carla Corp" phone="+49 30 123456"')
    [item] = crm.items.values()
    assert item.values == {"name": "Carla Corp", "phone": "+4930123456", "account": [f"matrix:{CARLA}"]}
    kept = link(desk)
    assert kept is not None
    assert kept == AccountLink(
        1, "contacts", "1", "Carla Corp", "https://crm.example.org/contacts/1", ANNA, kept.linked_at
    )
    assert last_line(desk) == f"🔗 Carla is connected to Carla Corp (Contacts), by {ANNA}."
    assert desk.session_room().shown()[-1].reply_to == asked
    await desk.until(lambda: crm.told)
    assert crm.told == [("Carla Corp", "Carla")]
    [entry] = [entry for entry in desk.stored.audit.values() if entry.action == "account.linked"]
    assert (entry.actor, entry.subject, entry.live_chat) == (ANNA, CARLA, "support")
    assert entry.details == {"app": "contacts", "item": "1"}
    assert not any("Corp" in line for line in desk.lines(desk.chat()))


async def test_a_search_shows_what_to_choose_and_the_number_chooses(desk: Desk, crm: Crm) -> None:
    crm.items["contacts", "17"] = Item("contacts", "17", "Carla Corp")
    crm.items["contacts", "18"] = Item("contacts", "18", "Carla & Sons <Ltd>", link="https://crm/18")
    crm.items["contacts", "19"] = Item("contacts", "19", "Dan")
    await desk.answer(ANNA, "!connect find carla")
    found = last_line(desk)
    assert "#17 Carla Corp" in found
    assert "#18 Carla & Sons <Ltd>" in found
    assert "Dan" not in found
    assert link(desk) is None
    await desk.answer(ANNA, "!connect #18")
    kept = link(desk)
    assert kept is not None
    assert (kept.item_id, kept.title) == ("18", "Carla & Sons <Ltd>")
    assert crm.items["contacts", "18"].values["account"] == [f"matrix:{CARLA}"]
    await desk.answer(ANNA, "!connect #17")
    kept = link(desk)
    assert kept is not None
    assert kept.item_id == "17"


async def test_what_is_not_found_leads_to_the_way_out(desk: Desk) -> None:
    await desk.answer(ANNA, "!connect 17")
    assert last_line(desk).startswith("Contacts has nothing like '17'.")
    assert "!connect new" in last_line(desk)


async def test_a_search_leaves_out_what_is_no_item_of_the_app(desk: Desk, crm: Crm) -> None:
    crm.items["contacts", "17"] = Item("contacts", "17", "Carla Corp")
    crm.lie = Item("others", "3", "Carla of another app")
    await desk.answer(ANNA, "!connect carla")
    assert "#17 Carla Corp" in last_line(desk)
    assert "another app" not in last_line(desk)
    crm.lie = "nonsense"
    await desk.answer(ANNA, "!connect carla")
    assert "#17 Carla Corp" in last_line(desk)


@pytest.mark.parametrize("none", ["-", "new", "New"])
async def test_without_arguments_it_is_asked_question_by_question(desk: Desk, crm: Crm, none: str) -> None:
    await desk.answer(ANNA, "!connect")
    assert "Existing item?" in last_line(desk)
    await desk.answer(ANNA, f"!answer {none}")
    assert "Name?" in last_line(desk)
    await desk.answer(ANNA, "!answer Carla Corp")
    await desk.answer(ANNA, "!answer no number at all")
    assert "Phone?" in last_line(desk)
    await desk.answer(ANNA, "!answer +49 30 123456")
    await desk.answer(ANNA, "!answer -")
    [item] = crm.items.values()
    assert item.values["phone"] == "+4930123456"
    assert "Carla is connected to Carla Corp" in last_line(desk)


async def test_the_first_answer_may_be_a_number_or_a_search(desk: Desk, crm: Crm) -> None:
    crm.items["contacts", "17"] = Item("contacts", "17", "Carla Corp")
    await desk.answer(ANNA, "!connect")
    await desk.answer(ANNA, "!answer corp")
    assert "#17 Carla Corp" in last_line(desk)
    await desk.answer(ANNA, "!connect")
    await desk.answer(ANNA, "!answer #17")
    assert "Carla is connected to Carla Corp" in last_line(desk)


async def test_new_asks_for_the_fields_at_once(desk: Desk) -> None:
    await desk.answer(ANNA, "!connect new")
    assert "Name?" in last_line(desk)


async def test_what_is_missing_or_wrong_in_one_line_is_asked_again(desk: Desk, crm: Crm) -> None:
    await desk.answer(ANNA, "!connect phone=12")
    assert "Phone?" in last_line(desk)
    await desk.answer(ANNA, "!answer +49 30 123456")
    assert "Name?" in last_line(desk)
    await desk.answer(ANNA, "!answer Carla Corp")
    assert [item.title for item in crm.items.values()] == ["Carla Corp"]


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("!connect carla name=Carla", "either words to search for or fields"),
        ("!connect surname=Carla", "There is no field 'surname'"),
        ('!connect name="Carla', "has no partner"),
        ("!connect #", "write the number that the search shows"),
        ("!connect find", "Search for what?"),
        ("!connect #" + "9" * 300, "write the number that the search shows"),
    ],
)
async def test_mistakes_are_explained_and_nothing_is_stored(
    desk: Desk, crm: Crm, written: str, words: str
) -> None:
    await desk.answer(ANNA, written)
    assert words in last_line(desk)
    assert not crm.asked
    assert link(desk) is None


async def test_only_who_serves_the_session_connects_and_supervisors(desk: Desk, crm: Crm) -> None:
    await desk.people.join(SAM, desk.session_room().room_id)
    await desk.people.invite(desk.session_room().creator, desk.session_room().room_id, BORIS)
    await desk.enter(BORIS)
    await desk.answer(BORIS, "!connect name=Carla")
    assert (
        last_line(desk) == "Only the operator of session #1 or a supervisor can do this. Take it with !take."
    )
    assert link(desk) is None
    await desk.answer(SAM, "!connect name=Carla")
    kept = link(desk)
    assert kept is not None
    assert kept.linked_by == SAM
    await desk.answer(ANNA, "!close")
    await desk.answer(SAM, "!connect name=Another")
    assert last_line(desk).startswith("No session is open here.")


async def test_a_live_chat_without_an_app_says_so(desk: Desk) -> None:
    desk.change_live_chat(account_app=None)
    await desk.answer(ANNA, "!connect name=Carla")
    assert last_line(desk).startswith("Customer Support is not bound to an app")


async def test_an_app_that_no_hook_offers_is_told(desk: Desk) -> None:
    desk.change_live_chat(account_app="gone")
    await desk.answer(ANNA, "!connect name=Carla")
    assert last_line(desk) == "There is no app 'gone'."
    await desk.answer(ANNA, "!connect carla")
    assert last_line(desk) == "Not searched: There is no app 'gone'."
    await desk.answer(ANNA, "!connect #17")
    assert last_line(desk) == "Not connected: There is no app 'gone'."


async def test_a_refusal_names_each_field_and_nothing_is_kept(desk: Desk, crm: Crm) -> None:
    crm.troubles.append(InvalidItem({"phone": "is known already", "tax_id": "is missing"}))
    await desk.answer(ANNA, "!connect name=Carla")
    assert last_line(
        desk
    ) == "Not connected. Contacts refuses it: Phone: is known already tax_id: is missing" or (
        "Phone: is known already" in last_line(desk) and "tax_id: is missing" in last_line(desk)
    )
    assert link(desk) is None
    assert crm.told == []
    assert not [entry for entry in desk.stored.audit.values() if entry.action == "account.linked"]


async def test_a_broken_hook_is_told_and_nothing_is_kept(desk: Desk, crm: Crm) -> None:
    crm.troubles.append(RuntimeError("out of order"))
    await desk.answer(ANNA, "!connect name=Carla")
    assert last_line(desk).startswith("Not connected: the hook that stores Contacts failed.")
    crm.lie = Item("others", "1", "Of another app")
    await desk.answer(ANNA, "!connect name=Carla")
    assert last_line(desk).startswith("Not connected: the hook that stores Contacts failed.")
    assert link(desk) is None


async def test_who_cannot_be_reached_is_asked_again_with_the_same_token(desk: Desk, crm: Crm) -> None:
    crm.troubles.extend([AppUnavailable("no route")] * 2)
    await desk.answer(ANNA, "!connect name=Carla")
    assert last_line(desk).startswith("Not connected yet: Contacts cannot be reached (no route).")
    for _ in range(2):
        desk.clock.advance(61)
        await desk.until(lambda: not desk.dispatcher.waiting)
        await desk.settle()
    await desk.until(lambda: link(desk))
    await desk.settle()
    assert len(crm.asked) == 3
    assert len(set(crm.asked)) == 1
    assert "Carla is connected" in last_line(desk)
    assert len([line for line in desk.lines(desk.session_room()) if "Not connected yet" in line]) == 1


async def test_who_cannot_be_reached_for_long_is_given_up(desk: Desk, crm: Crm) -> None:
    crm.troubles.extend([AppUnavailable("no route")] * ATTEMPTS)
    await desk.answer(ANNA, "!connect name=Carla")
    for _ in range(ATTEMPTS):
        desk.clock.advance(61)
        await desk.settle()
    assert len(crm.asked) == ATTEMPTS
    assert last_line(desk).startswith("Not connected: Contacts still cannot be reached (no route).")
    assert link(desk) is None


async def test_killed_between_storing_and_keeping_makes_one_item_and_one_link(crm: Crm) -> None:
    crm.hangs_after_storing = True
    async with served(crm) as desk:
        await desk.people.say(ANNA, desk.session_room().room_id, "!connect name=Carla")
        await desk.push_pending()
        await desk.until(lambda: crm.items)
    assert not desk.stored.links
    crm.hangs_after_storing = False
    async with Desk(crm, stored=desk.stored, homeserver=desk.homeserver).working() as again:
        await again.settle()
        assert len(again.stored.links) == 1
        assert last_line(again) == f"🔗 Carla is connected to Carla (Contacts), by {ANNA}."
        await again.until(lambda: crm.told)
    assert len(crm.items) == 1
    assert len(crm.asked) == 2
    assert len(set(crm.asked)) == 1


async def test_the_connection_of_one_customer_is_not_anothers(desk: Desk, crm: Crm) -> None:
    await desk.answer(ANNA, "!connect name=Carla")
    await desk.write(DAN, "Hello")
    assert {key[0] for key in desk.stored.links} == {1}
    customers = desk.use_cases.customer_items
    assert await customers.connected(desk.live_chat, desk.stored.accounts[2]) is None


async def test_a_connection_made_elsewhere_is_followed(desk: Desk, crm: Crm) -> None:
    account = desk.stored.accounts[1]
    crm.items["contacts", "5"] = Item("contacts", "5", "Carla", {"account": [f"matrix:{CARLA}"]})
    assert await desk.use_cases.customer_items.connected(desk.live_chat, account) is not None
    kept = link(desk)
    assert kept is not None
    assert (kept.item_id, kept.linked_by) == ("5", "plugin")
    before = len(desk.stored.audit)
    await desk.use_cases.customer_items.connected(desk.live_chat, account)
    assert len(desk.stored.audit) == before
    later = replace(kept, item_id="6", linked_at=FakeClock().now().replace(year=9999))
    desk.stored.links[1, "contacts"] = later
    await desk.use_cases.customer_items.connected(desk.live_chat, account)
    assert link(desk) == later


async def test_a_question_that_breaks_is_told_where_it_was_asked(desk: Desk) -> None:
    asked = await desk.answer(ANNA, "!note nothing")
    for payload in (
        LinkAccount(1, "contacts", None, {}, ANNA, asked),
        RegisterItem(1, 1, "complaints", {}, ANNA, asked),
        FindItems(1, "contacts", "carla", asked),
        ShowCustomer(1, asked),
    ):
        async with desk.store.begin() as work:
            await desk.use_cases.giving_up.tell(work, Delivery(99, "lane", "token", payload), "no memory")
            await work.commit()
        await desk.settle()
        assert last_line(desk) == "This could not be done: no memory. Nothing was changed."
        assert desk.session_room().shown()[-1].reply_to == asked
