"""What the repository of messages promises to pages that show conversations."""

from datetime import timedelta

import pytest

from livechat_plugin.core.content import Text
from livechat_plugin.core.conversations import Conversation
from livechat_plugin.core.errors import ConcurrentChange
from livechat_plugin.core.sessions import close
from livechat_plugin.services.unit_of_work import UnitOfWork
from tests.contract.stores import NOW, Kept, add_conversation, committed_conversation


async def say(unit: UnitOfWork, conversation: Conversation, session: int | None, *bodies: str) -> list[int]:
    return [
        await unit.messages.add(conversation.id, "in", NOW, session_number=session, content=Text(body))
        for body in bodies
    ]


async def test_a_page_holds_the_last_messages_of_a_conversation_across_its_sessions(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        conversation, other = await add_conversation(unit), await add_conversation(unit, "@noise:x")
        first = await unit.sessions.open(conversation.id, "one", NOW)
        ids = await say(unit, conversation, first.number, "a", "b")
        await say(unit, other, None, "noise")
        await unit.sessions.save(close(first, NOW))
        second = await unit.sessions.open(conversation.id, "two", NOW)
        ids += await say(unit, conversation, second.number, "c", "d", "e")

        async def page(limit: int, **where: int) -> list[int]:
            return [message.id for message in await unit.messages.page(conversation.id, limit, **where)]

        assert await page(10) == ids
        assert await page(2) == ids[-2:]
        assert await page(2, before=ids[-2]) == ids[1:3]
        assert await page(10, before=ids[0]) == []
        assert await page(10, since=ids[3]) == ids[3:]
        assert await page(1, since=ids[1], before=ids[4]) == [ids[3]]
        assert await unit.messages.first_of(second.number) == ids[2]
        assert await unit.messages.first_of(99) is None
        assert await unit.sessions.following(first) == second.number
        assert await unit.sessions.following(second) is None


async def test_a_page_holds_what_was_taken_back_but_no_reactions(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        conversation = await add_conversation(unit)
        session = await unit.sessions.open(conversation.id, "one", NOW)
        first, taken_back = await say(unit, conversation, session.number, "a", "b")
        further = await unit.messages.add(
            conversation.id, "in", NOW, session_number=session.number, content=Text("c"), part_of=taken_back
        )
        await unit.messages.add(conversation.id, "in", NOW, customer_event="$a_reaction")
        for gone in (taken_back, further):
            await unit.messages.change(gone, None)
        page = await unit.messages.page(conversation.id, 10)
        assert [(message.id, message.content) for message in page] == [(first, Text("a")), (taken_back, None)]


async def test_a_message_tells_when_it_was_edited_and_where_it_was_written(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        conversation = await add_conversation(unit)
        message_id = await unit.messages.add(
            conversation.id, "out", NOW, content=Text("Helo"), written_in="console"
        )
        later = NOW + timedelta(minutes=1)
        [message] = await unit.messages.page(conversation.id, 1)
        assert (message.written_in, message.edited_at, message.failure) == ("console", None, None)
        await unit.messages.change(message_id, Text("Hello"), later)
        await unit.messages.fail(message_id, "the homeserver says \0 no")
        [message] = await unit.messages.page(conversation.id, 1)
        assert (message.content, message.edited_at) == (Text("Hello"), later)
        assert message.failure == "the homeserver says  no"
        await unit.messages.change(message_id, Text("Hello!"))
        changed = await unit.messages.get(message_id)
        assert changed is not None
        assert changed.edited_at == later


async def test_a_conversation_is_read_forwards_page_by_page(kept: Kept) -> None:
    conversation, other = (
        await committed_conversation(kept),
        await committed_conversation(kept, "@dan:example.org"),
    )
    async with kept.store.begin() as unit:
        ids = []
        for number in range(5):
            ids.append(await unit.messages.add(conversation.id, "in", NOW, content=Text(str(number))))
            await unit.messages.add(other.id, "in", NOW, content=Text("other"))
        await unit.messages.add(conversation.id, "in", NOW)  # a reaction
        await unit.commit()
    async with kept.store.read() as unit:
        first = await unit.messages.following(conversation.id, 0, 3)
        rest = await unit.messages.following(conversation.id, first[-1].id, 3)
    assert [message.id for message in [*first, *rest]] == ids


async def test_expected_messages_are_kept_in_their_order_with_those_that_nobody_expected(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        held, other = await add_conversation(unit), await add_conversation(unit, "@other:x")
        await unit.commit()
    async with kept.store.begin() as unit:
        await unit.conversations.hold([held.id])
        await unit.messages.expect(4)
        ids = await say(unit, held, None, "a", "b")
        ids += await say(unit, other, None, "c")
        ids += await say(unit, held, None, "d", "e", "f")
        assert ids == sorted(set(ids))
        await unit.messages.shown(ids[0], "operators", "$a", of=held.id)
        first = await unit.messages.by_event("operators", "$a")
        assert first is not None
        assert first.id == ids[0]
        await unit.commit()
    async with kept.store.begin() as unit:
        await unit.conversations.hold([held.id])
        await unit.messages.expect(3)
        ids += await say(unit, held, None, "g")
        assert ids == sorted(set(ids))
        page = await unit.messages.page(held.id, 10)
        assert [message.content for message in page] == [Text(body) for body in "abdefg"]
        assert [message.id for message in page] == [number for number in ids if number != ids[2]]


async def test_an_event_that_is_there_already_is_no_second_expected_message(kept: Kept) -> None:
    conversation = await committed_conversation(kept)

    async def keep_twice() -> None:
        async with kept.store.begin() as unit:
            await unit.conversations.hold([conversation.id])
            await unit.messages.expect(2)
            for _ in range(2):
                await unit.messages.add(conversation.id, "out", NOW, operators_event="$same")
            await unit.commit()

    with pytest.raises(ConcurrentChange):
        await keep_twice()
    async with kept.store.read() as unit:
        assert await unit.messages.by_event("operators", "$same") is None
