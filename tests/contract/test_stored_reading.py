"""What is kept of who has read what."""

from datetime import timedelta

from livechat_plugin.core.content import Text
from livechat_plugin.core.sessions import SessionState, assign, close, offer, take
from livechat_plugin.services.live import conversation_topic, live_chat_topic, person_topic
from livechat_plugin.services.repositories.reading import UNREAD_COUNTED
from livechat_plugin.services.repositories.session_lists import WAITING
from livechat_plugin.services.unit_of_work import UnitOfWork
from livechat_plugin.store.database import Database
from tests.contract.stores import NOW, Kept, add_conversation

ANNA, BORIS, CARLA = "@anna:example.org", "@boris:example.org", "@carla:example.org"


async def served(unit: UnitOfWork, customer: str = CARLA) -> tuple[int, int]:
    """A conversation and its session, which Anna serves."""
    conversation = await add_conversation(unit, customer)
    session = offer(await unit.sessions.open(conversation.id, "Hello", NOW))
    await unit.sessions.save(session)
    await unit.sessions.save(take(session, ANNA, NOW))
    return conversation.id, session.number


async def said(unit: UnitOfWork, conversation_id: int, number: int, words: str = "Hello") -> int:
    return await unit.messages.add(
        conversation_id, "in", NOW, session_number=number, author=CARLA, content=Text(words)
    )


async def test_marks_only_go_forward(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        conversation, number = await served(unit)
        first, second = [await said(unit, conversation, number) for _ in range(2)]
        assert await unit.reading.advance(conversation, ANNA, second, NOW)
        assert not await unit.reading.advance(conversation, ANNA, first, NOW + timedelta(hours=1))
        assert not await unit.reading.advance(conversation, ANNA, second, NOW + timedelta(hours=1))
        [mark] = await unit.reading.marks(conversation)
        assert (mark.reader, mark.message_id, mark.at) == (ANNA, second, NOW)


async def test_everybody_has_a_mark_of_their_own_in_each_conversation(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        conversation, number = await served(unit)
        other, _ = await served(unit, "@dan:example.org")
        first, second = [await said(unit, conversation, number) for _ in range(2)]
        await unit.reading.advance(conversation, ANNA, first, NOW)
        await unit.reading.advance(conversation, CARLA, second, NOW + timedelta(minutes=1))
        assert [mark.reader for mark in await unit.reading.marks(conversation)] == [CARLA, ANNA]
        marks = await unit.reading.marks_of(ANNA, [conversation, other])
        assert {of: mark.message_id for of, mark in marks.items()} == {conversation: first}
        assert await unit.reading.marks_of(ANNA, []) == {}
        assert await unit.reading.marks(other) == []


async def test_unread_is_what_the_customer_said_after_the_mark(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        conversation, number = await served(unit)
        _, quiet = await served(unit, "@dan:example.org")
        first = await said(unit, conversation, number)
        assert await unit.reading.unread(ANNA, [number, quiet, 99]) == {number: 1}
        await unit.reading.advance(conversation, ANNA, first, NOW)
        assert await unit.reading.unread(ANNA, [number]) == {}
        assert await unit.reading.unread(BORIS, [number]) == {number: 1}
        second = await said(unit, conversation, number)
        for direction in ("out", "note", "system"):
            await unit.messages.add(conversation, direction, NOW, session_number=number, content=Text("ours"))
        await unit.messages.add(conversation, "in", NOW, session_number=number)  # a reaction
        await unit.messages.add(
            conversation, "in", NOW, session_number=number, content=Text("…"), part_of=second
        )
        assert await unit.reading.unread(ANNA, [number]) == {number: 1}
        await unit.messages.change(second, None)
        assert await unit.reading.unread(ANNA, [number]) == {}
        assert await unit.reading.unread(ANNA, []) == {}


async def test_no_more_is_counted_than_matters(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        conversation, number = await served(unit)
        for _ in range(UNREAD_COUNTED + 5):
            await said(unit, conversation, number)
        assert await unit.reading.unread(ANNA, [number]) == {number: UNREAD_COUNTED}


async def test_lists_know_what_was_said_last(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        conversation, number = await served(unit)
        _, quiet = await served(unit, "@dan:example.org")
        assert await unit.session_lists.last_said([number]) == {}
        await said(unit, conversation, number, "first")
        answer = await unit.messages.add(
            conversation, "out", NOW, session_number=number, author=ANNA, content=Text("second")
        )
        await unit.messages.add(conversation, "note", NOW, session_number=number, content=Text("third"))
        await unit.messages.add(conversation, "in", NOW, session_number=number)
        last = (await unit.session_lists.last_said([number, quiet, 99]))[number]
        assert (last.direction, last.author, last.content) == ("out", ANNA, Text("second"))
        await unit.messages.change(answer, None)
        assert (await unit.session_lists.last_said([number]))[number].content == Text("first")
        assert await unit.session_lists.last_said([]) == {}


async def test_sessions_are_counted_as_far_as_it_matters(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        conversation, number = await served(unit)
        live_chat = (await unit.conversations.view(conversation)).live_chat.id
        waiting = []
        for name in ("dan", "eve", "frank"):
            theirs = await add_conversation(unit, f"@{name}:example.org")
            waiting.append(offer(await unit.sessions.open(theirs.id, "Hello", NOW)))
            await unit.sessions.save(waiting[-1])
        await unit.sessions.save(close(waiting[-1], NOW))
        active = frozenset({SessionState.ACTIVE})
        assert await unit.session_lists.count([live_chat], WAITING, 99) == 2
        assert await unit.session_lists.count([live_chat, 99], WAITING, 1) == 1
        assert await unit.session_lists.count([live_chat], active, 99) == 1
        assert await unit.session_lists.count([99], active, 99) == 0
        assert await unit.session_lists.count([], active, 99) == 0
        assert await unit.session_lists.served_by(ANNA, 9) == [number]
        assert await unit.session_lists.served_by(ANNA, 0) == []
        assert await unit.session_lists.served_by(BORIS, 9) == []


async def test_open_pages_learn_what_concerns_them(database_url: str) -> None:
    touched: list[frozenset[str]] = []
    database = Database(database_url, print, print, lambda topics: touched.append(frozenset(topics)))
    try:
        async with database.begin() as unit:
            conversation, number = await served(unit)
            live_chat = (await unit.conversations.view(conversation)).live_chat.id
            await unit.commit()
        of_conversation, of_chat = conversation_topic(conversation), live_chat_topic(live_chat)
        assert touched == [{of_conversation, of_chat, person_topic(ANNA)}]
        async with database.begin() as unit:
            message = await unit.messages.add(
                conversation, "in", NOW, session_number=number, content=Text("Hi"), touches=["more"]
            )
            await unit.commit()
        assert touched[1:] == [{of_conversation, "more"}]
        for moved in (True, False):
            async with database.begin() as unit:
                assert await unit.reading.advance(conversation, BORIS, message, NOW) is moved
                await unit.commit()
        assert touched[2:] == [{of_conversation, person_topic(BORIS)}]
    finally:
        await database.close()


async def test_what_follows_from_answers_is_kept_with_the_commit_and_goes_only_forward(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        conversation, number = await served(unit)
        first, second, third = [await said(unit, conversation, number) for _ in range(3)]
        await unit.reading.follow(conversation, ANNA, third, NOW)
        await unit.reading.follow(conversation, ANNA, second, NOW)
        await unit.reading.follow(conversation, BORIS, first, NOW)
        await unit.commit()

    async with kept.store.read() as unit:
        marks = {mark.reader: mark.message_id for mark in await unit.reading.marks(conversation)}
    assert marks == {ANNA: third, BORIS: first}


async def test_what_follows_from_an_answer_is_seen_in_the_same_unit_of_work(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        conversation, number = await served(unit)
        message = await said(unit, conversation, number)
        await unit.reading.follow(conversation, ANNA, message, NOW)

        assert not await unit.reading.unread(ANNA, [number])


async def test_who_loses_a_session_learns_of_it(database_url: str) -> None:
    touched: list[frozenset[str]] = []
    database = Database(database_url, print, print, lambda topics: touched.append(frozenset(topics)))
    try:
        async with database.begin() as unit:
            conversation, _ = await served(unit)
            await unit.commit()
        async with database.begin() as unit:
            session = (await unit.conversations.view(conversation)).session
            assert session is not None
            await unit.sessions.save(assign(session, BORIS, NOW))
            await unit.commit()
        assert {person_topic(ANNA), person_topic(BORIS)} <= touched[-1]
    finally:
        await database.close()
