"""S16: the employee in a User field of the customer's item gets the session; the operators get it if nobody can."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from tests.integration.installation import SLUG, Desk, Installation, Served, card_says, says
from tests.integration.requirements.bound_desk import bound_desk, order, run
from tests.integration.requirements.contacts import Contacts, card_of_new_session

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]


@dataclass
class Company:
    """A desk and its customers' data."""

    desk: Desk
    contacts: Contacts


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def company(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Company]:
    installation = Installation(tmp_path_factory.mktemp("assigned"))
    try:
        await installation.set_up()
        contacts = await Contacts.install(installation)
        yield Company(await Desk.open(installation), contacts)
    finally:
        await installation.end()


async def test_the_manager_of_the_customers_company_gets_the_session_at_once(company: Company) -> None:
    desk = company.desk
    carla = await desk.installation.customer()
    company.contacts.write(carla, manager=desk.boris.user_id)
    room, number, _ = await desk.write(carla, "Is my manager there?")
    session_room = await desk.session_room("Is my manager there?", desk.boris)
    await desk.boris.say(session_room, "Your manager is here")
    await carla.wait_for(room, says("Your manager is here"))
    await desk.anna.wait_for(desk.queue, card_says(number, "Taken by Boris"))
    await desk.anna.wait_for(
        desk.queue, card_says(number, f"Given to {desk.boris.user_id} (Manager of Acme Ltd.)")
    )
    assert session_room not in desk.anna.rooms


async def test_the_author_of_the_item_can_be_chosen_as_well(company: Company) -> None:
    desk = company.desk
    await company.contacts.set_rule("assigned_to", field="author")
    try:
        carla = await desk.installation.customer()
        company.contacts.write(carla, author=desk.anna.user_id, manager=desk.boris.user_id)
        _, number, _ = await desk.write(carla, "Who wrote me down?")
        await desk.session_room("Who wrote me down?", desk.anna)
        await desk.boris.wait_for(desk.queue, card_says(number, "Taken by Anna"))
    finally:
        await company.contacts.set_rule("assigned_to", field="manager")


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (None, "The customer is not connected to an item of Contacts"),
        ({}, "Manager of Acme Ltd. is empty"),
        ({"manager": "Boris"}, "Manager of Acme Ltd. is not a Matrix id"),
        (
            {"manager": "@stranger:example.org"},
            "@stranger:example.org (Manager of Acme Ltd.) is neither an operator nor a supervisor here",
        ),
    ],
)
async def test_where_nobody_is_found_the_operators_get_it_and_the_card_says_why(
    company: Company, values: dict[str, Any] | None, reason: str
) -> None:
    desk = company.desk
    carla = await desk.installation.customer()
    if values is not None:
        company.contacts.write(carla, **values)
    words = f"Hello, I am {carla.user_id}"
    number, card = await card_of_new_session(desk, carla, words)
    assert f"{reason}; offered to the operators." in card
    assert "Waiting." in card
    await desk.anna.say(desk.queue, f"!take {number}")
    await desk.session_room(words)


async def test_a_field_that_was_taken_out_of_the_app_leads_to_the_operators(company: Company) -> None:
    desk = company.desk
    await company.contacts.forget_the_field()
    try:
        carla = await desk.installation.customer()
        company.contacts.write(carla, manager=desk.boris.user_id)
        _, card = await card_of_new_session(desk, carla, "The field is gone")
        assert "Contacts has no user field 'assistant'; offered to the operators." in card
    finally:
        await company.contacts.set_rule("assigned_to", field="manager")


async def test_whom_an_operator_wrote_into_the_customers_item_gets_the_next_session(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    async with bound_desk(tmp_path_factory.mktemp("connected")) as desk:
        options = ["--rule=assigned_to", "--rule-setting=field=manager"]
        await run(desk.installation, "chats", "edit", SLUG, *options)
        carla = await desk.installation.customer()
        room, first, _ = await desk.write(carla, "I am new here")
        await desk.anna.wait_for(
            desk.queue, card_says(first, "The customer is not connected to an item of Contacts")
        )
        await desk.anna.say(desk.queue, f"!take {first}")
        session_room = await desk.session_room("I am new here")
        served = Served(carla, desk.anna, room, session_room, first)
        await order(served, f"!connect name=Acme manager={desk.boris.user_id}", "is connected to Acme")
        await desk.anna.say(session_room, "!close")
        await carla.wait_for(room, says("closed now"))

        await carla.say(room, "Now I have a manager")
        number, _ = await desk.card("Now I have a manager")
        await desk.anna.wait_for(desk.queue, card_says(number, "Taken by Boris"))
        await desk.session_room("Now I have a manager", desk.boris)
        await desk.boris.say(session_room, "!close")
        await desk.anna.wait_for(desk.queue, card_says(number, "Closed."))

        await run(desk.installation, "chats", "edit", SLUG, "--rule-setting=field=author")
        await carla.say(room, "And who wrote me down?")
        number, _ = await desk.card("And who wrote me down?")
        await desk.boris.wait_for(desk.queue, card_says(number, f"{desk.anna.user_id} (Author of Acme)"))
        await desk.boris.wait_for(desk.queue, card_says(number, "Taken by Anna"))
