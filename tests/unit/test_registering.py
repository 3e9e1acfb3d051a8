"""Registering items from a session: never before the customer is connected (requirement S20)."""

from collections.abc import AsyncIterator

import pytest

from livechat_plugin import AppUnavailable, InvalidItem, Item, Media
from livechat_plugin.core.links import MessageRegistration
from tests.unit.crm import Crm, last_line, served
from tests.unit.desk import ANNA, CARLA, SAM, Desk


@pytest.fixture
def crm() -> Crm:
    return Crm()


@pytest.fixture
async def desk(crm: Crm) -> AsyncIterator[Desk]:
    async with served(crm) as desk:
        yield desk


@pytest.fixture
async def connected(desk: Desk) -> Desk:
    await desk.answer(ANNA, "!connect name=Carla")
    return desk


def registered(desk: Desk) -> list[MessageRegistration]:
    return list(desk.stored.registrations.values())


async def test_nothing_is_registered_before_the_customer_is_connected(desk: Desk, crm: Crm) -> None:
    await desk.answer(ANNA, "!register complaints text=Broken")
    assert last_line(desk) == "Carla is not connected to an item yet. Connect first: !connect"
    assert not registered(desk)
    assert not crm.asked
    desk.change_live_chat(account_app=None)
    await desk.answer(ANNA, "!register complaints text=Broken")
    assert "is not bound to an app" in last_line(desk)


async def test_one_line_registers(connected: Desk, crm: Crm) -> None:
    asked = await connected.answer(ANNA, '!register complaints text="The pump is broken"')
    [one] = registered(connected)
    assert one == MessageRegistration(
        one.id,
        1,
        1,
        "complaints",
        "2",
        "The pump is broken (#1)",
        "https://crm.example.org/complaints/2",
        ANNA,
        one.at,
    )
    assert crm.items["complaints", "2"].values["account"] == [f"matrix:{CARLA}"]
    assert last_line(connected) == f"🗂 Complaints: The pump is broken (#1) was registered by {ANNA}."
    assert connected.session_room().shown()[-1].reply_to == asked
    await connected.until(lambda: len(crm.told) == 2)
    assert crm.told[-1] == ("The pump is broken (#1)", "#1")
    [entry] = [entry for entry in connected.stored.audit.values() if entry.action == "message.registered"]
    assert (entry.actor, entry.subject, entry.details) == (ANNA, "#1", {"app": "complaints", "item": "2"})


async def test_alone_it_lists_the_apps_and_by_name_it_asks(connected: Desk) -> None:
    await connected.answer(ANNA, "!register")
    assert "complaints: Complaints (text, photo)" in last_line(connected)
    await connected.answer(ANNA, "!register Complaints")
    assert "What happened?" in last_line(connected)
    await connected.answer(ANNA, "!answer It broke")
    await connected.answer(ANNA, "!answer -")
    assert [one.title for one in registered(connected)] == ["It broke (#1)"]
    connected.change_live_chat(message_apps=())
    await connected.answer(ANNA, "!register")
    assert last_line(connected).startswith("This live chat registers no items.")


async def test_the_last_file_of_the_session_can_be_a_value(connected: Desk, crm: Crm) -> None:
    await connected.answer(ANNA, "!register complaints text=Broken photo=last")
    assert "Nobody has sent a file in this session" in last_line(connected)
    await connected.write(CARLA, Media("image", "mxc://example.org/pump", "pump.jpg"))
    await connected.write(CARLA, "This is the pump")
    await connected.answer(ANNA, "!register complaints text=Broken photo=last")
    assert crm.items["complaints", "2"].values["photo"] == "mxc://example.org/pump"


async def test_a_file_can_be_the_answer_to_a_question(connected: Desk, crm: Crm) -> None:
    await connected.write(CARLA, Media("image", "mxc://example.org/pump", "pump.jpg"))
    await connected.answer(ANNA, "!register complaints")
    await connected.answer(ANNA, "!answer Broken")
    assert "Photo? Its address; or last" in last_line(connected)
    await connected.answer(ANNA, "!answer somewhere")
    assert "Photo?" in last_line(connected)
    assert not registered(connected)
    await connected.answer(ANNA, "!answer last")
    assert crm.items["complaints", "2"].values["photo"] == "mxc://example.org/pump"
    await connected.answer(ANNA, "!register complaints")
    await connected.answer(ANNA, "!answer Leaking")
    question = connected.session_room().shown()[-1].event_id
    await connected.answer(ANNA, Media("image", "mxc://example.org/leak", "leak.jpg"), question)
    assert crm.items["complaints", "3"].values["photo"] == "mxc://example.org/leak"
    assert not any("leak" in line for line in connected.lines(connected.chat()))


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (
            "!register contacts name=Carla",
            "does not register items of an app 'contacts'; there are: complaints.",
        ),
        ("!register text=Broken", "Which app? Write its name first"),
        ("!register complaints what=Broken", "There is no field 'what'"),
        ('!register complaints text="Broken', "has no partner"),
    ],
)
async def test_mistakes_are_explained_and_nothing_is_stored(
    connected: Desk, written: str, words: str
) -> None:
    await connected.answer(ANNA, written)
    assert words in last_line(connected)
    assert not registered(connected)


async def test_only_who_serves_the_session_registers(connected: Desk) -> None:
    await connected.answer(ANNA, "!close")
    await connected.people.join(SAM, connected.session_room().room_id)
    await connected.answer(SAM, "!register complaints text=Broken")
    assert last_line(connected).startswith("No session is open here.")
    await connected.write(CARLA, "Hello again")
    await connected.answer(SAM, "!register complaints text=Broken")
    assert [one.session_number for one in registered(connected)] == [2]


async def test_a_refusal_names_each_field_and_nothing_is_kept(connected: Desk, crm: Crm) -> None:
    crm.troubles.append(InvalidItem({"text": "is too short"}))
    await connected.answer(ANNA, "!register complaints text=Broken")
    assert last_line(connected) == "Not registered. Complaints refuses it: What happened: is too short"
    assert not registered(connected)


async def test_who_cannot_be_reached_is_asked_again(connected: Desk, crm: Crm) -> None:
    crm.troubles.append(AppUnavailable("no route"))
    await connected.answer(ANNA, "!register complaints text=Broken")
    assert last_line(connected).startswith("Not registered yet: Complaints cannot be reached (no route).")
    connected.clock.advance(61)
    await connected.settle()
    await connected.until(lambda: registered(connected))
    assert len(set(crm.asked)) == 2  # the connection's, and one for both attempts


async def test_an_item_that_was_registered_before_is_not_registered_again(connected: Desk, crm: Crm) -> None:
    await connected.answer(ANNA, "!register complaints text=Broken")
    crm.lie = Item("complaints", "2", "Broken (#1)")
    await connected.answer(ANNA, "!register complaints text=Again")
    assert "was registered already" in last_line(connected)
    assert len(registered(connected)) == 1


async def test_an_app_that_no_hook_offers_any_more_is_told(connected: Desk) -> None:
    connected.change_live_chat(message_apps=("complaints", "gone"))
    await connected.answer(ANNA, "!register gone text=Broken")
    assert last_line(connected) == "There is no app 'gone'."


async def test_questions_about_one_session_register_nothing_from_the_next(connected: Desk) -> None:
    await connected.answer(ANNA, "!register complaints")
    question = connected.session_room().shown()[-1].event_id
    await connected.answer(ANNA, "!close")
    await connected.write(CARLA, "Something else")
    await connected.take(ANNA, 2)
    await connected.answer(ANNA, "The pump is broken", question)
    while connected.stored.dialogs:
        await connected.answer(ANNA, "!answer -")
    assert not registered(connected)
    assert "#1 " in last_line(connected)
    assert not any("pump" in line for line in connected.lines(connected.chat()))
