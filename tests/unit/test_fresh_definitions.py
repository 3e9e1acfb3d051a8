"""What another process has just changed about apps counts at once, before the delivery that tells of it."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from hooks.assigned_to import AssignedTo
from livechat_plugin import App, Field, FieldType, HookSettings, Item
from tests.unit.crm import COMPLAINTS, CONTACTS, Crm, last_line, served
from tests.unit.desk import ANNA, BOT, Desk
from tests.unit.wiring import ADA

CITY = Field("city", "City", FieldType.STRING)
KEEPER = Field("keeper", "Keeper", FieldType.USER)


@pytest.fixture
def crm() -> Crm:
    return Crm()


@pytest.fixture
async def desk(crm: Crm) -> AsyncIterator[Desk]:
    async with served(crm) as desk:
        yield desk


def with_field(app: App, *fields: Field) -> App:
    new = {field.key: field for field in fields}
    kept = [new.pop(field.key, field) for field in app.fields]
    return replace(app, fields=(*kept, *new.values()))


async def test_a_field_that_was_just_added_is_filled_in(desk: Desk, crm: Crm) -> None:
    crm.account_apps = [with_field(CONTACTS, CITY)]
    await desk.answer(ANNA, "!connect name=Newest city=Berlin")
    assert "Carla is connected to Newest (Contacts)" in last_line(desk)
    [item] = crm.items.values()
    assert item.values["city"] == "Berlin"


async def test_a_question_goes_by_the_field_as_it_is_now(desk: Desk, crm: Crm) -> None:
    await desk.answer(ANNA, "!connect new")
    await desk.answer(ANNA, "!answer Newest")
    assert "Phone?" in last_line(desk)
    crm.account_apps = [with_field(CONTACTS, Field("phone", "Phone", FieldType.STRING), CITY)]
    await desk.answer(ANNA, "!answer ask for Carla")
    assert "Manager?" in last_line(desk)
    await desk.answer(ANNA, "!answer -")
    assert "City?" in last_line(desk)
    await desk.answer(ANNA, "!answer Berlin")
    [item] = crm.items.values()
    assert (item.values["phone"], item.values["city"]) == ("ask for Carla", "Berlin")


async def test_an_answer_stays_with_its_question_when_the_fields_change_places(desk: Desk, crm: Crm) -> None:
    await desk.answer(ANNA, "!connect new")
    await desk.answer(ANNA, "!answer Newest")
    assert "Phone?" in last_line(desk)
    crm.account_apps = [replace(CONTACTS, fields=(CITY, *CONTACTS.fields))]
    await desk.answer(ANNA, "!answer 12")
    assert "Phone?" in last_line(desk)
    await desk.answer(ANNA, "!answer +49 30 123456")
    assert "City?" in last_line(desk)


async def test_what_is_wrong_now_too_is_told_once(desk: Desk, crm: Crm) -> None:
    crm.account_apps = [with_field(CONTACTS, CITY)]
    said = len(desk.lines(desk.session_room()))
    await desk.answer(ANNA, "!connect name=Newest town=Berlin")
    assert len(desk.lines(desk.session_room())) == said + 2
    assert last_line(desk).startswith("There is no field 'town' here; there are: ")
    assert "city" in last_line(desk)
    assert not crm.asked


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("!connect", "Existing item?"),
        ("!connect name=Newest", "Carla is connected to Newest (Debtors)"),
        ("!connect corp", "#17 Carla Corp"),
        ("!connect #17", "Carla is connected to Carla Corp (Debtors)"),
    ],
)
async def test_an_app_that_was_just_made_and_bound_is_there(
    desk: Desk, crm: Crm, command: str, answer: str
) -> None:
    crm.account_apps = [replace(CONTACTS, key="debtors", name="Debtors")]
    crm.items["debtors", "17"] = Item("debtors", "17", "Carla Corp")
    desk.change_live_chat(account_app="debtors")
    await desk.answer(ANNA, command)
    assert answer in last_line(desk)


@pytest.mark.parametrize("name", ["requests", "Requests"])
async def test_an_app_that_was_just_made_and_chosen_registers(desk: Desk, crm: Crm, name: str) -> None:
    await desk.answer(ANNA, "!connect name=Carla")
    crm.message_apps = [replace(COMPLAINTS, key="requests", name="Requests")]
    desk.change_live_chat(message_apps=("requests",))
    await desk.answer(ANNA, f"!register {name} text=Broken")
    assert "Requests: Broken (#1) was registered" in last_line(desk)


async def test_a_field_that_was_just_added_is_filled_in_when_registering(desk: Desk, crm: Crm) -> None:
    await desk.answer(ANNA, "!connect name=Carla")
    crm.message_apps = [with_field(COMPLAINTS, CITY)]
    await desk.answer(ANNA, "!register complaints text=Broken city=Berlin")
    assert "Complaints: Broken (#1) was registered" in last_line(desk)
    assert crm.items["complaints", "2"].values["city"] == "Berlin"


async def test_a_live_chat_goes_by_a_field_that_was_just_added(crm: Crm) -> None:
    async with Desk(crm, AssignedTo(HookSettings())).working() as desk:
        await desk.set_up()
        desk.change_live_chat(account_app="contacts")
        await desk.use_cases.app_catalogue.refresh()
        crm.account_apps = [with_field(CONTACTS, KEEPER)]
        room = desk.homeserver.rooms[await desk.people.open_room(ADA, BOT)]
        await desk.settle()
        for line, answer in (
            ("rule_field=keepers", "'keepers' is no choice"),
            ("rule_field=keeper", "Customer Support is changed."),
        ):
            await desk.people.say(ADA, room.room_id, f"!chats edit support rule=assigned_to {line}")
            await desk.settle()
            assert answer in desk.lines(room)[-1]
        assert desk.live_chat.routing_settings == {"field": "keeper"}
