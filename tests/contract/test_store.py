"""What a unit of work promises: all or nothing, announcements, and several writers at once."""

import asyncio
from datetime import timedelta

import pytest

from livechat_plugin.core.errors import ConcurrentChange
from livechat_plugin.core.sessions import Session, offer, take
from livechat_plugin.services.deliveries import ShowCard
from livechat_plugin.services.unit_of_work import UnitOfWork
from tests.contract.stores import NOW, Kept, add_conversation, committed_conversation, owe, seen_by_reader


async def write_everywhere(unit: UnitOfWork) -> None:
    """Something in every repository."""
    conversation = await add_conversation(unit)
    await unit.session_rooms.add(conversation.live_chat_id)
    await unit.sessions.open(conversation.id, "Hello", NOW)
    await unit.messages.add(conversation.id, "in", NOW, customer_event="$hello")
    await unit.outbox.add("lane", ShowCard(1))
    await unit.groups.set_members("operators", {"@otto:example.org"})
    await unit.inbox.mark_seen(["$hello"], NOW)
    await unit.inbox.keep_note("mark", "s1")
    unit.after_commit("a domain event")


async def what_is_there(unit: UnitOfWork) -> list[object]:
    return [
        [live_chat.slug for live_chat in await unit.live_chats.all()],
        await unit.groups.members("operators"),
        await unit.session_rooms.count_spare(1),
        (session := await unit.sessions.get(1)) and session.subject,
        (message := await unit.messages.by_event("customer", "$hello")) and message.direction,
        [delivery.payload for delivery in await unit.outbox.pending(0, 10)],
        await unit.inbox.note("mark"),
    ]


NOTHING = [[], frozenset(), 0, None, None, [], None]
EVERYTHING = [["support"], {"@otto:example.org"}, 1, "Hello", "in", [ShowCard(1)], "s1"]


async def test_what_is_committed_stays(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        await write_everywhere(unit)
        assert await what_is_there(unit) == EVERYTHING
        await unit.commit()
    async with kept.store.read() as unit:
        assert await what_is_there(unit) == EVERYTHING


async def test_what_is_not_committed_vanishes(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        await write_everywhere(unit)
    async with kept.store.begin() as unit:
        assert await what_is_there(unit) == NOTHING
        assert await unit.inbox.mark_seen(["$hello"], NOW) == {"$hello"}
    assert kept.announced.deliveries == []
    assert kept.announced.events == []


async def test_what_was_never_seen_is_told_from_the_rest(kept: Kept) -> None:
    seen = [f"$seen{number}" for number in range(1200)]
    async with kept.store.begin() as unit:
        await unit.inbox.mark_seen(seen, NOW)
        await unit.commit()
    async with kept.store.read() as unit:
        assert await unit.inbox.unseen([*seen, "$one", "$two", "$one"]) == {"$one", "$two"}
        assert await unit.inbox.unseen([]) == frozenset()


async def test_an_error_undoes_everything(kept: Kept) -> None:
    async def fail() -> None:
        async with kept.store.begin() as unit:
            await write_everywhere(unit)
            raise OSError("no more")

    with pytest.raises(OSError, match="no more"):
        await fail()
    async with kept.store.read() as unit:
        assert await what_is_there(unit) == NOTHING


async def test_a_unit_for_looking_keeps_nothing(kept: Kept) -> None:
    async with kept.store.read() as unit:
        with pytest.raises(RuntimeError, match="looking only"):
            await unit.commit()


async def test_nothing_goes_on_after_the_commit(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        await unit.commit()
        with pytest.raises(RuntimeError, match="open another one"):
            await unit.inbox.keep_note("late", "lost")
        with pytest.raises(RuntimeError, match="open another one"):
            await unit.commit()
    async with kept.store.read() as unit:
        assert await unit.inbox.note("late") is None


async def test_a_commit_announces_deliveries_and_events_in_their_order(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        first = await owe(unit, "b", ShowCard(1))
        unit.after_commit("one")
        second = await owe(unit, "a", ShowCard(2), NOW)
        unit.after_commit("two")
        assert kept.announced.deliveries == []
        await unit.commit()
        assert kept.announced.deliveries == [[first, second]]
        assert kept.announced.events == [["one", "two"]]


async def test_a_commit_with_nothing_to_announce_is_silent(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        await unit.inbox.keep_note("mark", "s1")
        await unit.commit()
    assert (kept.announced.deliveries, kept.announced.events) == ([], [])


async def test_a_cancelled_unit_of_work_is_either_whole_or_undone(kept: Kept) -> None:
    async def write() -> None:
        async with kept.store.begin() as unit:
            await write_everywhere(unit)
            await unit.commit()

    for steps in range(20):
        task = asyncio.create_task(write())
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        async with kept.store.read() as unit:
            is_there = await what_is_there(unit) == EVERYTHING
        assert len(kept.announced.deliveries) == is_there
        if is_there:
            return


async def test_a_commit_under_way_is_not_interrupted(kept: Kept) -> None:
    is_committing = asyncio.Event()

    async def write() -> None:
        async with kept.store.begin() as unit:
            await write_everywhere(unit)
            is_committing.set()
            await unit.commit()

    task = asyncio.create_task(write())
    await is_committing.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with kept.store.read() as unit:
        assert await what_is_there(unit) == EVERYTHING
    assert (len(kept.announced.deliveries), len(kept.announced.events)) == (1, 1)


async def test_a_cancelled_clean_up_leaves_the_store_usable(kept: Kept) -> None:
    is_cleaning = asyncio.Event()

    async def clean_up() -> None:
        async with kept.store.begin() as unit:
            await unit.inbox.mark_seen(["$old"], NOW)
            is_cleaning.set()
            await unit.inbox.forget_seen(NOW + timedelta(days=1))
            await asyncio.sleep(1)
            await unit.commit()

    task = asyncio.create_task(clean_up())
    await is_cleaning.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with kept.store.begin() as unit:
        assert await unit.inbox.mark_seen(["$old"], NOW) == {"$old"}
        await unit.commit()


async def test_readers_see_the_last_commit_and_wait_for_no_writer(kept: Kept) -> None:
    conversation = await committed_conversation(kept)
    async with kept.store.begin() as unit:
        await unit.sessions.open(conversation.id, "Hello", NOW)
        async with asyncio.timeout(2):
            assert (await seen_by_reader(kept, conversation.id)).session is None
        await unit.commit()
    assert (await seen_by_reader(kept, conversation.id)).session is not None


async def test_of_two_operators_exactly_one_gets_the_session(kept: Kept) -> None:
    conversation = await committed_conversation(kept)
    async with kept.store.begin() as unit:
        waiting = offer(await unit.sessions.open(conversation.id, "Hello", NOW))
        await unit.sessions.save(waiting)
        await unit.commit()

    async def attempt(operator: str) -> Session:
        async with kept.store.begin() as unit:
            session = take(waiting, operator, NOW)
            await unit.sessions.save(session)
            await asyncio.sleep(0.01)
            await unit.commit()
            return session

    outcomes = await asyncio.gather(*(attempt(f"@{name}:x") for name in "abcde"), return_exceptions=True)
    winners = [outcome for outcome in outcomes if isinstance(outcome, Session)]
    assert len(winners) == 1
    assert sum(isinstance(outcome, ConcurrentChange) for outcome in outcomes) == 4
    async with kept.store.read() as unit:
        assert await unit.sessions.get(waiting.number) == winners[0]


async def test_of_two_first_messages_exactly_one_opens_the_session(kept: Kept) -> None:
    conversation = await committed_conversation(kept)

    async def attempt(subject: str) -> None:
        async with kept.store.begin() as unit:
            await unit.sessions.open(conversation.id, subject, NOW)
            await asyncio.sleep(0.01)
            await unit.commit()

    outcomes = await asyncio.gather(attempt("one"), attempt("two"), return_exceptions=True)
    assert [outcome for outcome in outcomes if outcome is not None] == [
        outcome for outcome in outcomes if isinstance(outcome, ConcurrentChange)
    ]
    assert sorted(outcome is None for outcome in outcomes) == [False, True]


async def test_a_writer_who_views_a_conversation_sees_what_the_one_before_did(kept: Kept) -> None:
    """So that of two messages that arrive together, the second finds the session of the first."""
    conversation = await committed_conversation(kept)

    async def receive(words: str) -> int:
        async with kept.store.begin() as unit:
            session = (await unit.conversations.view(conversation.id)).session
            if session is None:
                session = await unit.sessions.open(conversation.id, words, NOW)
            await asyncio.sleep(0.01)
            await unit.messages.add(conversation.id, "in", NOW, session_number=session.number)
            await unit.commit()
            return session.number

    assert len(set(await asyncio.gather(*(receive(words) for words in "abcdef")))) == 1


async def test_many_writers_get_through(kept: Kept) -> None:
    async def receive(number: int) -> None:
        async with kept.store.begin() as unit:
            await unit.inbox.mark_seen([f"${number}"], NOW)
            await asyncio.sleep(0)
            await unit.outbox.add(f"lane {number % 3}", ShowCard(number))
            await unit.commit()

    await asyncio.gather(*(receive(number) for number in range(40)))
    async with kept.store.read() as unit:
        pending = await unit.outbox.pending(0, 100)
    assert {delivery.payload for delivery in pending} == {ShowCard(number) for number in range(40)}
    assert len(kept.announced.deliveries) == 40
