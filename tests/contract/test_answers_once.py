"""A form of the console sends once, however often and wherever it comes at the same time."""

import asyncio
from dataclasses import replace

from livechat_plugin.core.content import Text
from livechat_plugin.core.conversations import CustomerRoomState
from livechat_plugin.core.errors import ConcurrentChange
from livechat_plugin.core.naming import Naming
from livechat_plugin.core.sessions import offer, take
from livechat_plugin.services.answers import Answers, Draft
from livechat_plugin.services.gate import Gate
from livechat_plugin.services.people_names import PeopleNames
from livechat_plugin.services.relay import Relay
from livechat_plugin.services.roles import Roles
from livechat_plugin.services.session_pages import SessionPages
from tests.contract.stores import NOW, Kept, add_conversation
from tests.fakes.clock import FakeClock
from tests.fakes.homeserver import FakeHomeserver

OTTO = "@otto:example.org"


async def answers_on(kept: Kept) -> tuple[Answers, int]:
    naming, clock = Naming("livechat", "example.org"), FakeClock()
    homeserver, relay = FakeHomeserver(naming), Relay(naming)
    async with kept.store.begin() as work:
        await work.groups.set_members("operators", {OTTO})
        conversation = await add_conversation(work)
        await work.conversations.save(replace(conversation, customer_state=CustomerRoomState.JOINED))
        opened = await work.sessions.open(conversation.id, "Hello", NOW)
        await work.sessions.save(waiting := offer(opened))
        await work.sessions.save(take(waiting, OTTO, NOW))
        await work.commit()
    pages, names = SessionPages(Roles()), PeopleNames(homeserver, clock)
    answers = Answers(kept.store, homeserver, clock, relay, pages, names, Gate(relay, naming, clock))
    return answers, opened.number


async def test_a_form_that_comes_several_times_at_once_sends_once(kept: Kept) -> None:
    answers, number = await answers_on(kept)

    async def send(token: str) -> bool:
        try:
            return await answers.send(OTTO, number, Draft(token, "once"))
        except ConcurrentChange:
            return False

    sent = await asyncio.gather(*(send("the-same-token") for _ in range(4)))
    assert sorted(sent) == [False, False, False, True]
    async with kept.store.read() as work:
        session = await work.sessions.get(number)
        assert session is not None
        said = await work.messages.page(session.conversation_id, 10)
        assert [message.content for message in said] == [Text("once")]
        assert len(await work.outbox.pending(0, 10)) == 2, "one for the customer, one for the session room"


async def test_different_forms_are_kept_in_their_order(kept: Kept) -> None:
    answers, number = await answers_on(kept)
    for word in ("one", "two", "three"):
        assert await answers.send(OTTO, number, Draft(f"token-of-{word}", word))
    async with kept.store.read() as work:
        session = await work.sessions.get(number)
        assert session is not None
        said = await work.messages.page(session.conversation_id, 10)
        assert [message.content for message in said] == [Text("one"), Text("two"), Text("three")]
