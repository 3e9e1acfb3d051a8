"""What the repositories of sessions and messages promise."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from livechat_plugin.core.content import Media, Text
from livechat_plugin.core.errors import ConcurrentChange
from livechat_plugin.core.sessions import (
    Priority,
    Session,
    SessionState,
    close,
    hand_to_group,
    note_alert,
    offer,
    prioritize,
    rename,
    requeue,
    take,
)
from livechat_plugin.services.repositories.messages import LOOKED_AT_FOR_FILES, Message
from tests.contract.stores import NOW, Kept, add_conversation, committed_conversation


async def test_a_session_opens_with_the_next_number(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        one, two = await add_conversation(unit), await add_conversation(unit, "@second:x")
        first = await unit.sessions.open(one.id, "Hello", NOW)
        assert first == Session(first.number, one.id, SessionState.OPENING, "Hello", NOW)
        second = await unit.sessions.open(two.id, "Hi", NOW)
        assert second.number > first.number
        assert await unit.sessions.get(first.number) == first
        assert await unit.sessions.get(99) is None


async def test_a_conversation_has_one_open_session(kept: Kept) -> None:
    conversation = await committed_conversation(kept)
    async with kept.store.begin() as unit:
        first = await unit.sessions.open(conversation.id, "Hello", NOW)
        await unit.sessions.save(close(first, NOW))
        second = await unit.sessions.open(conversation.id, "Hello again", NOW)
        assert second.number > first.number
        with pytest.raises(ConcurrentChange):
            await unit.sessions.open(conversation.id, "And again", NOW)


async def test_a_session_needs_its_conversation(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        with pytest.raises(ConcurrentChange):
            await unit.sessions.open(7, "Hello", NOW)


async def test_a_session_is_kept_through_its_life(kept: Kept) -> None:
    conversation = await committed_conversation(kept)
    async with kept.store.begin() as unit:
        session = await unit.sessions.open(conversation.id, "Hello", NOW)
        changes: list[Callable[[Session], Session]] = [
            lambda session: offer(session, Priority.HIGH),
            lambda session: take(session, "@otto:x", NOW + timedelta(seconds=1)),
            lambda session: requeue(session, "gone home", NOW),
            note_alert,
            lambda session: hand_to_group(session, "second-level", "too hard", NOW),
            lambda session: rename(session, "Printer"),
            lambda session: prioritize(session, Priority.LOW),
            lambda session: take(session, "@olga:x", NOW + timedelta(seconds=2)),
            lambda session: close(session, NOW + timedelta(seconds=3), "solved"),
        ]
        for change in changes:
            session = change(session)
            await unit.sessions.save(session)
            assert await unit.sessions.get(session.number) == session
        await unit.commit()
    async with kept.store.read() as unit:
        assert await unit.sessions.get(session.number) == session
        assert session.operator == "@olga:x"


async def test_a_stale_session_is_not_saved(kept: Kept) -> None:
    conversation = await committed_conversation(kept)
    async with kept.store.begin() as unit:
        session = offer(await unit.sessions.open(conversation.id, "Hello", NOW))
        await unit.sessions.save(session)
        await unit.sessions.save(take(session, "@fast:x", NOW))
        with pytest.raises(ConcurrentChange):
            await unit.sessions.save(take(session, "@slow:x", NOW))
        with pytest.raises(ConcurrentChange):
            await unit.sessions.save(take(replace(session, number=99), "@fast:x", NOW))
        assert await unit.sessions.get(session.number) == take(session, "@fast:x", NOW)


async def test_a_session_is_found_by_its_card(kept: Kept) -> None:
    conversation = await committed_conversation(kept)
    async with kept.store.begin() as unit:
        session = await unit.sessions.open(conversation.id, "Hello", NOW)
        assert await unit.sessions.by_card("$card") is None
        await unit.sessions.set_card(session.number, "$card")
        # The one who saves may not know yet that the card was posted meanwhile.
        await unit.sessions.save(offer(session))
        assert await unit.sessions.by_card("$card") == replace(offer(session), card="$card")


async def test_the_latest_sessions_of_a_conversation_come_first(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        first, other = await add_conversation(unit), await add_conversation(unit, "@dan:example.org")
        for conversation in (first, other, first, first):
            session = await unit.sessions.open(conversation.id, "subject", NOW)
            await unit.sessions.save(close(session, NOW))
        latest = await unit.sessions.latest(first.id, 2)
        assert [session.number for session in latest] == [4, 3]
        assert await unit.sessions.get(4) == latest[0]
        assert [session.number for session in await unit.sessions.latest(other.id, 9)] == [2]
        assert await unit.sessions.latest(99, 9) == []


async def test_the_last_file_of_a_session_is_found_among_its_last_messages(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        conversation = await add_conversation(unit)
        session = await unit.sessions.open(conversation.id, "subject", NOW)
        number = session.number
        assert await unit.messages.last_file(number) is None
        for content in (
            Media("image", "mxc://x/1", "a.png"),
            Media("file", "mxc://x/2", "b.pdf"),
            Text("c"),
            None,
        ):
            await unit.messages.add(conversation.id, "in", NOW, session_number=number, content=content)
        await unit.messages.add(conversation.id, "in", NOW, content=Media("file", "mxc://x/3", "other.pdf"))
        assert await unit.messages.last_file(number) == Media("file", "mxc://x/2", "b.pdf")
        for _ in range(LOOKED_AT_FOR_FILES):
            await unit.messages.add(conversation.id, "in", NOW, session_number=number, content=Text("words"))
        assert await unit.messages.last_file(number) is None


async def test_a_message_is_found_by_its_ids(kept: Kept) -> None:
    conversation = await committed_conversation(kept)
    async with kept.store.begin() as unit:
        session = await unit.sessions.open(conversation.id, "Hello", NOW)
        number = await unit.messages.add(
            conversation.id,
            "in",
            NOW,
            session_number=session.number,
            author="@carla:x",
            content=Text("Hello"),
            customer_event="$theirs",
        )
        message = Message(
            number, conversation.id, session.number, "in", "@carla:x", NOW, Text("Hello"), "$theirs"
        )
        assert await unit.messages.get(number) == message
        assert await unit.messages.by_event("customer", "$theirs") == message
        assert await unit.messages.by_event("operators", "$theirs") is None
        await unit.messages.shown(number, "operators", "$ours")
        await unit.messages.shown(number, "operators", "$ours")
        shown = replace(message, operators_event="$ours")
        assert await unit.messages.by_event("operators", "$ours") == shown
        assert await unit.messages.get(99) is None


async def test_a_message_may_lack_everything_that_is_optional(kept: Kept) -> None:
    conversation = await committed_conversation(kept)
    async with kept.store.begin() as unit:
        number = await unit.messages.add(conversation.id, "system", NOW)
        assert await unit.messages.get(number) == Message(number, conversation.id, None, "system", None, NOW)
        await unit.messages.shown(number, "customer", "$theirs")
        assert (await unit.messages.by_event("customer", "$theirs")) is not None


async def test_customers_ids_may_repeat_between_networks_but_event_ids_may_not(kept: Kept) -> None:
    conversation = await committed_conversation(kept)
    async with kept.store.begin() as unit:
        await unit.messages.add(conversation.id, "in", NOW, customer_event="1")
        latest = await unit.messages.add(conversation.id, "in", NOW, customer_event="1")
        found = await unit.messages.by_event("customer", "1")
        assert found is not None
        assert found.id == latest
        await unit.messages.add(conversation.id, "out", NOW, operators_event="$ours")
        with pytest.raises(ConcurrentChange):
            await unit.messages.add(conversation.id, "out", NOW, operators_event="$ours")


async def test_the_parts_of_a_message_are_found_in_order_until_they_are_taken_back(kept: Kept) -> None:
    conversation = await committed_conversation(kept)
    async with kept.store.begin() as unit:
        first = await unit.messages.add(conversation.id, "in", NOW, content=Text("1"), customer_event="$x")
        other = await unit.messages.add(conversation.id, "in", NOW, content=Text("other"))
        second, third = [
            await unit.messages.add(conversation.id, "in", NOW, content=Text(words), part_of=first)
            for words in ("2", "3")
        ]
        part = Message(second, conversation.id, None, "in", None, NOW, Text("2"), part_of=first)
        assert await unit.messages.get(second) == part
        assert [message.id for message in await unit.messages.parts(first)] == [second, third]
        assert await unit.messages.parts(other) == []

        await unit.messages.change(second, None)
        assert [message.id for message in await unit.messages.parts(first)] == [third]
        assert await unit.messages.get(second) == replace(part, content=None)


async def test_a_message_changes_its_content(kept: Kept) -> None:
    conversation = await committed_conversation(kept)
    async with kept.store.begin() as unit:
        number = await unit.messages.add(conversation.id, "out", NOW, content=Text("Good mourning"))
        await unit.messages.change(number, Text("Good morning"))
        message = await unit.messages.get(number)
        assert message is not None
        assert message.content == Text("Good morning")
        await unit.messages.change(99, None)


async def test_a_part_needs_what_it_is_a_part_of(kept: Kept) -> None:
    conversation = await committed_conversation(kept)
    async with kept.store.begin() as unit:
        with pytest.raises(ConcurrentChange):
            await unit.messages.add(conversation.id, "in", NOW, part_of=99)


async def test_who_serves_what_is_told_in_the_order_of_the_conversations(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        served: list[Session] = []
        conversations = [await add_conversation(unit, f"@customer{number}:x") for number in range(4)]
        for conversation in reversed(conversations):
            session = await unit.sessions.open(conversation.id, "Hello", NOW)
            waiting = offer(session)
            await unit.sessions.save(waiting)
            active = take(waiting, "@anna:x", NOW)
            await unit.sessions.save(active)
            served.insert(0, active)
        await unit.sessions.save(close(served[0], NOW))
        await unit.sessions.save(requeue(served[1], "Gone.", NOW))
        assert await unit.sessions.served_by("@anna:x") == served[2:]
        assert await unit.sessions.served_by("@boris:x") == []


async def test_many_messages_are_shown_with_one_commit(kept: Kept) -> None:
    conversation = await committed_conversation(kept)
    async with kept.store.begin() as unit:
        first, second = [await unit.messages.add(conversation.id, "in", NOW) for _ in range(2)]
        await unit.messages.shown(first, "operators", "$one", of=conversation.id)
        await unit.messages.shown(second, "operators", "$two", of=conversation.id)
        await unit.messages.shown(second, "customer", "$three", "@ghost:x", of=conversation.id)
        found = await unit.messages.by_event("operators", "$one")
        assert found is not None, "seen at once by whoever looks"
        assert found.id == first
        await unit.commit()

    async with kept.store.read() as unit:
        message = await unit.messages.get(second)
    assert message is not None
    assert (message.operators_event, message.customer_event, message.speaker) == (
        "$two",
        "$three",
        "@ghost:x",
    )
