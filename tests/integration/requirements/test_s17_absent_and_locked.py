"""S17: whoever is absent or locked is given no session; the operators get it, and the card says why."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import pytest_asyncio

from livechat_plugin.core.employees import day_in_words
from livechat_plugin.demo.person import Person
from tests.integration.installation import Desk, Installation, card_says, livechat, says
from tests.integration.requirements.contacts import Contacts, card_of_new_session

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(400)]

ADMIN_API = "/_synapse/admin"


@dataclass
class Company:
    """A desk, its customers' data, and the server administrator's way to shut accounts."""

    desk: Desk
    contacts: Contacts
    admin_token: str

    async def shut(self, method: str, path: str, body: dict[str, object]) -> None:
        """What a server administrator does to an account."""
        headers = {"Authorization": f"Bearer {self.admin_token}"}
        async with httpx.AsyncClient(
            base_url=self.desk.installation.homeserver.url, headers=headers
        ) as client:
            answer = await client.request(method, f"{ADMIN_API}/{path}", json=body)
        assert answer.status_code == 200, answer.text

    async def hire(self, *names: str) -> list[str]:
        """More operators, who work with clients of their own."""
        people = [await self.desk.installation.person(name, auto_join=True) for name in names]
        await self.contacts.hire(*names)
        for person in people:
            await _come_in(person, self.desk.queue)
        return [person.user_id for person in people]

    async def customer_of(self, manager: str) -> Person:
        """A customer whose manager this is."""
        customer = await self.desk.installation.customer()
        self.contacts.write(customer, manager=manager)
        return customer


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def company(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Company]:
    installation = Installation(tmp_path_factory.mktemp("absent"))
    try:
        await installation.set_up()
        token = await installation.token("ada")
        contacts = await Contacts.install(installation, {"LIVECHAT_HOMESERVER__ADMIN_TOKEN": token})
        yield Company(await Desk.open(installation), contacts, token)
    finally:
        await installation.end()


async def _come_in(person: Person, room: str) -> None:
    await person.wait_until(lambda: room in person.rooms, 30)


async def assert_passed_over(company: Company, manager: str, obstacle: str) -> None:
    """A customer of theirs writes: the operators get it, and the card says why."""
    customer = await company.customer_of(manager)
    number, card = await card_of_new_session(company.desk, customer, f"Hello, I am {customer.user_id}")
    assert f"{manager} (Manager of Acme Ltd.) {obstacle}; offered to the operators." in card
    await company.desk.anna.say(company.desk.queue, f"!take {number}")
    await company.desk.anna.wait_for(company.desk.queue, card_says(number, "Taken by Anna"))


async def assert_given(company: Company, manager: str, name: str) -> None:
    """A customer of theirs writes: they get the session."""
    customer = await company.customer_of(manager)
    _, number, _ = await company.desk.write(customer, f"Hello, I am {customer.user_id}")
    await company.desk.anna.wait_for(company.desk.queue, card_says(number, f"Taken by {name}"))


@pytest.mark.parametrize("status", ["away", "offline"])
async def test_who_says_that_they_do_not_work_gets_none_until_they_are_online(
    company: Company, status: str
) -> None:
    desk = company.desk
    await desk.boris.say(desk.queue, f"!{status}")
    await desk.boris.wait_for(desk.queue, says(f"You are {status}."))
    await assert_passed_over(company, desk.boris.user_id, f"is {status}")
    told = len(desk.boris.events(desk.queue))
    await desk.boris.say(desk.queue, "!online")
    await desk.boris.wait_until(
        lambda: any(says("You are online.")(event) for event in desk.boris.events(desk.queue)[told:])
    )
    await assert_given(company, desk.boris.user_id, "Boris")


async def test_offline_operators_look_on_but_neither_take_nor_answer(company: Company) -> None:
    desk = company.desk
    carla = await desk.installation.customer()
    served = await desk.serve(carla, "Are you still there?")
    dan = await desk.installation.customer()
    await desk.anna.say(served.session_room, "!offline")
    await desk.anna.wait_for(served.session_room, says("You still serve #"))
    await desk.anna.say(served.session_room, "Only to myself")
    await desk.anna.wait_for(served.session_room, says("Not sent to the customer. You are offline"))
    _, number, card = await desk.write(dan, "Who takes me?")
    await desk.anna.react(desk.queue, card, "✋")
    await desk.anna.wait_for(desk.queue, says("Write !online first."))
    await desk.anna.say(served.session_room, "!online")
    await desk.anna.wait_for(served.session_room, says("You are online."))
    await desk.anna.say(served.session_room, "To you again")
    await carla.wait_for(served.customer_room, says("To you again"))
    assert not any(says("Only to myself")(event) for event in carla.events(served.customer_room))
    await desk.anna.say(desk.queue, f"!take {number}")
    await desk.anna.wait_for(desk.queue, card_says(number, "Taken by Anna"))


async def test_who_is_absent_for_some_days_gets_none(company: Company) -> None:
    desk = company.desk
    last = datetime.now(UTC).date() + timedelta(days=3)
    await desk.boris.say(desk.queue, f"!absent until {last} skiing")
    await desk.boris.wait_for(desk.queue, says("(skiing)"))
    await assert_passed_over(company, desk.boris.user_id, f"is absent until {day_in_words(last)}")
    await desk.sam.say(desk.queue, "!who")
    await desk.sam.wait_for(desk.queue, says(f"is absent until {day_in_words(last)} (skiing)"))
    await desk.boris.say(desk.queue, "!absent clear")
    await desk.boris.wait_for(desk.queue, says("You are not absent any more."))
    await assert_given(company, desk.boris.user_id, "Boris")


async def test_whom_an_administrator_disables_gets_none_and_their_sessions_wait_again(
    company: Company,
) -> None:
    desk = company.desk
    carla = await company.customer_of(desk.boris.user_id)
    _, number, _ = await desk.write(carla, "Will you be here tomorrow?")
    await desk.anna.wait_for(desk.queue, card_says(number, "Taken by Boris"))
    await control(desk.installation, "disable", desk.boris.user_id)
    await desk.anna.wait_for(desk.queue, card_says(number, f"{desk.boris.user_id} was disabled."))
    await assert_passed_over(company, desk.boris.user_id, "is disabled")
    await desk.boris.say(desk.queue, f"!take {number}")
    await desk.boris.wait_for(desk.queue, says("An administrator has disabled you"))
    await control(desk.installation, "enable", desk.boris.user_id)
    await assert_given(company, desk.boris.user_id, "Boris")


async def control(installation: Installation, what: str, user_id: str) -> None:
    done = await asyncio.to_thread(livechat, "operators", what, user_id, config=installation.config)
    assert done.returncode == 0, done.stderr


async def test_whose_account_is_locked_suspended_or_deactivated_gets_none(company: Company) -> None:
    lena, sven, dora = await company.hire("lena", "sven", "dora")
    await assert_given(company, lena, "Lena")
    await company.shut("PUT", f"v2/users/{lena}", {"locked": True})
    await assert_passed_over(company, lena, "has a locked account")
    await company.shut("PUT", f"v1/suspend/{sven}", {"suspend": True})
    await assert_passed_over(company, sven, "has a suspended account")
    await company.shut("POST", f"v1/deactivate/{dora}", {"erase": False})
    await assert_passed_over(company, dora, "has no account in use")


async def test_without_the_token_a_deactivated_account_is_recognized_all_the_same(company: Company) -> None:
    desk, installation = company.desk, company.desk.installation
    [erna] = await company.hire("erna")
    await installation.end_plugin()
    await installation.start_plugin()
    await assert_given(company, desk.boris.user_id, "Boris")
    await company.shut("POST", f"v1/deactivate/{erna}", {"erase": True})
    await assert_passed_over(company, erna, "has no account in use")
    # Boris is in the queue room and the space; leaving both is all that can be seen of it.
    await company.shut("POST", f"v1/deactivate/{desk.boris.user_id}", {"erase": False})
    await desk.anna.wait_for(
        desk.queue,
        lambda event: (
            event["type"] == "m.room.member"
            and event.get("state_key") == desk.boris.user_id
            and event["content"].get("membership") == "leave"
        ),
    )
    await assert_passed_over(company, desk.boris.user_id, "has no account in use")
