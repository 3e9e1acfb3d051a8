"""What the repository of postponed events promises."""

from livechat_plugin.core.content import Text
from livechat_plugin.services.repositories.postponed import PostponedEvent
from livechat_plugin.services.room_events import EncryptedSent, MessageSent
from tests.contract.stores import NOW, Kept, committed_conversation
from tests.fakes.store import FakeStore

EVENTS = [MessageSent(f"${n}", "!room", "@carla:x", NOW, Text(f"word {n}")) for n in range(5)]


async def test_events_come_back_in_the_order_of_their_arrival(kept: Kept) -> None:
    conversation = await committed_conversation(kept)
    async with kept.store.begin() as unit:
        for number, event in enumerate(EVENTS):
            await unit.postponed.add(event, conversation.id if number % 2 else None)
        await unit.commit()
    async with kept.store.begin() as unit:
        first = await unit.postponed.oldest(3)
        assert [(one.event, one.conversation_id) for one in first] == [
            (EVENTS[0], None),
            (EVENTS[1], conversation.id),
            (EVENTS[2], None),
        ]
        assert await unit.postponed.oldest(3) == first
        await unit.postponed.remove([one.id for one in first])
        assert [one.event for one in await unit.postponed.oldest(10)] == EVENTS[3:]
        assert not await unit.postponed.is_empty()
        await unit.postponed.remove([one.id for one in await unit.postponed.oldest(10)])
        await unit.postponed.remove([])
        assert await unit.postponed.is_empty()


async def test_a_number_is_never_given_again(kept: Kept) -> None:
    numbers = []
    for event in EVENTS[:2]:
        async with kept.store.begin() as unit:
            await unit.postponed.add(event)
            [one] = await unit.postponed.oldest(10)
            numbers.append(one.id)
            await unit.postponed.remove([one.id])
            await unit.commit()
    assert numbers[1] > numbers[0]


async def test_what_cannot_be_read_holds_up_no_other(kept: Kept) -> None:
    if isinstance(kept.store, FakeStore):
        return  # it keeps values, not texts
    encrypted = EncryptedSent("$good", "!room", "@carla:x", NOW)
    async with kept.store.begin() as unit:
        for event in EVENTS[:3]:
            await unit.postponed.add(event)
        spoilt = await unit.postponed.oldest(3)
        await unit.postponed.add(encrypted)
        for one in spoilt:
            await unit.postponed.remove([one.id])
            await _spoil(unit, one)
        found = await unit.postponed.oldest(2)
        assert [one.event for one in found] == [encrypted]


async def _spoil(unit: object, one: PostponedEvent) -> None:
    from sqlalchemy import text

    statement = text("INSERT INTO postponed_events (id, event) VALUES (:id, '{}')").bindparams(id=one.id)
    await unit.postponed._db.execute(statement)  # type: ignore[attr-defined]


async def test_an_off_period_has_its_name(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        assert await unit.postponed.period() is None
        await unit.postponed.begin_period("one")
        assert await unit.postponed.period() == "one"
        await unit.postponed.begin_period("two")
        await unit.commit()
    async with kept.store.begin() as unit:
        assert await unit.postponed.period() == "two"
        await unit.postponed.end_period()
        assert await unit.postponed.period() is None
        await unit.commit()
    async with kept.store.begin() as unit:
        assert await unit.postponed.period() is None
