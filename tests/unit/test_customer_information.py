"""Customer Information in the session room (requirement S18)."""

from collections.abc import AsyncIterator

import pytest

from livechat_plugin.core.content import Text
from livechat_plugin.core.sessions import SessionState
from livechat_plugin.services.customer_information import AT_MOST
from tests.unit.crm import Crm, served
from tests.unit.desk import ANNA, BORIS, CARLA, DAN, SAM, Desk


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with served(Crm()) as desk:
        yield desk


def told(desk: Desk) -> Text:
    content = desk.session_room().shown()[-1].content
    assert isinstance(content, Text)
    return content


async def test_it_shows_who_writes_and_what_is_known_of_them(desk: Desk) -> None:
    await desk.answer(ANNA, f'!connect name="Carla Corp" phone="+49 30 123456" manager={ANNA}')
    await desk.answer(ANNA, "!register complaints text=Broken")
    await desk.answer(ANNA, "!close")
    await desk.write(CARLA, "Me again")
    await desk.command(ANNA, "!take 2")
    await desk.enter(ANNA)
    await desk.answer(ANNA, "!customer")
    body = told(desk).body
    for part in (
        f"Carla · Matrix · {CARLA}",
        "Carla Corp (Contacts #1) https://crm.example.org/contacts/1",
        "Phone: +49 30 123456",
        f"Manager: {ANNA}",
        "#1 ",
        f"{ANNA}: Hello (closed)",
        f"{ANNA}: Me again (active)",
        "Complaints: Broken (#1), session #1",
    ):
        assert part in body
    assert '<a href="https://crm.example.org/contacts/1">Carla Corp</a>' in (told(desk).html or "")


async def test_it_says_how_to_connect_and_what_is_not_there(desk: Desk) -> None:
    await desk.answer(ANNA, "!customer")
    assert "not connected to Contacts; connect with !connect" in told(desk).body
    assert "- nothing" in told(desk).body
    desk.change_live_chat(account_app=None)
    await desk.answer(ANNA, "!customer")
    assert "Customer Support is bound to no app" in told(desk).body
    desk.change_live_chat(account_app="gone")
    await desk.answer(ANNA, "!customer")
    assert "not connected to gone" in told(desk).body


async def test_it_shows_the_latest_sessions_only(desk: Desk) -> None:
    await desk.answer(ANNA, "!close")
    for number in range(2, AT_MOST + 3):
        await desk.write(CARLA, f"visit {number}")
        await desk.take(ANNA, number)
        await desk.answer(ANNA, "!close")
    await desk.people.join(SAM, desk.session_room().room_id)
    await desk.answer(SAM, "!customer")
    assert told(desk).body.count("visit") == AT_MOST
    assert f"visit {AT_MOST + 2} (closed)" in told(desk).body
    assert "visit 2 " not in told(desk).body


async def test_operators_and_supervisors_see_it_and_nobody_else(desk: Desk) -> None:
    room = desk.session_room()
    for person in (BORIS, DAN):
        await desk.people.invite(room.creator, room.room_id, person)
        await desk.people.join(person, room.room_id)
    await desk.answer(DAN, "!customer")
    assert told(desk).body.startswith("Only operators of Customer Support")
    await desk.answer(BORIS, "!customer")
    assert "Carla · Matrix" in told(desk).body
    assert desk.session().state is SessionState.ACTIVE
