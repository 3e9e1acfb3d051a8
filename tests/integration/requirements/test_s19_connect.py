"""S19: an operator connects the customer to an item of the bound app, new or existing; it stays for later sessions."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.integration.installation import Desk, body, says
from tests.integration.requirements.bound_desk import bound_desk, order, run, told

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with bound_desk(tmp_path_factory.mktemp("connect")) as desk:
        yield desk


async def test_a_new_item_in_one_line_stays_connected_in_the_next_session(desk: Desk) -> None:
    carla = await desk.installation.customer()
    served = await desk.serve(carla, "Connect me, please")
    await order(
        served,
        f'!connect name="Carla Corp" phone="+49 30 123456" manager={desk.boris.user_id}',
        "is connected to Carla Corp (Contacts)",
    )
    shown = await order(served, "!customer", "Carla Corp (Contacts #")
    assert "Phone: +49 30 123456" in shown
    assert f"Manager: {desk.boris.user_id}" in shown
    await desk.anna.say(served.session_room, "!close")
    await carla.wait_for(served.customer_room, says("closed now"))

    await carla.say(served.customer_room, "Me again")
    number, _ = await desk.card("Me again")
    await desk.boris.say(desk.queue, f"!take {number}")
    room = await desk.session_room("Me again", desk.boris)
    await desk.boris.say(room, "!customer")
    shown = body(await told(desk.boris, room, "Carla Corp (Contacts #"))
    assert "Connect me, please" in shown
    assert not any("Corp" in body(event) for event in carla.events(served.customer_room))
    audited = await run(desk.installation, "audit", "--action", "account.linked")
    assert desk.anna.user_id in audited.replace("\n", "")


async def test_an_existing_item_is_searched_and_chosen_by_its_number(desk: Desk) -> None:
    first, second = await desk.installation.customer(), await desk.installation.customer()
    served = await desk.serve(first, "I am of Globex")
    await order(served, "!connect name=Globex", "is connected to Globex")
    other = await desk.serve(second, "I am of Globex, too")
    found = await order(other, "!connect find globex", "Globex")
    number = next(word for word in found.split() if word.startswith("#"))
    connected = await order(other, f"!connect {number}", "is connected to Globex")
    assert desk.anna.user_id in connected
    shown = await order(other, "!customer", "Globex (Contacts #")
    assert first.user_id in shown  # one item, two accounts
    assert second.user_id in shown


async def test_questions_are_answered_one_by_one_and_never_reach_the_customer(desk: Desk) -> None:
    carla = await desk.installation.customer()
    served = await desk.serve(carla, "Ask about me")
    await order(served, "!connect", "Existing item?")
    await order(served, "!answer -", "Name?")
    question = await told(desk.anna, served.session_room, "Name?")
    await desk.anna.reply(served.session_room, question["event_id"], "Initech")
    await told(desk.anna, served.session_room, "Phone?")
    await order(served, "!answer 12", "Phone?")
    await order(served, "!answer -", "Manager?")
    await order(served, "!answer -", "is connected to Initech")
    await desk.anna.say(served.session_room, "All done")
    await carla.wait_for(served.customer_room, says("All done"))
    assert not any("Initech" in body(event) for event in carla.events(served.customer_room))


async def test_only_who_serves_connects_and_wrong_values_are_explained(desk: Desk) -> None:
    carla = await desk.installation.customer()
    served = await desk.serve(carla, "Do not let everybody")
    await desk.sam.join(served.session_room)
    await order(served, "!connect surname=Corp", "There is no field 'surname'")
    await order(served, "!connect #999", "Not connected")
    await desk.anna.say(served.session_room, "!close")
    await carla.wait_for(served.customer_room, says("closed now"))
    await desk.sam.say(served.session_room, "!connect name=Late")
    await told(desk.sam, served.session_room, "No session is open here.")
    await carla.say(served.customer_room, "Once more")
    await desk.card("Once more")
    await desk.sam.say(served.session_room, '!connect name="By a supervisor"')
    await told(desk.sam, served.session_room, "is connected to By a supervisor")
