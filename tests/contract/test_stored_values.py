"""What the stores promise about moments and words, wherever those stand."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from tests.contract.stores import NOW, Kept, add_conversation, add_live_chat


async def test_moments_come_back_in_utc_to_the_microsecond(kept: Kept) -> None:
    berlin = NOW.astimezone(timezone(timedelta(hours=2)))
    async with kept.store.begin() as unit:
        conversation = await add_conversation(unit)
        session = await unit.sessions.open(conversation.id, "Hello", berlin)
        await unit.commit()
    async with kept.store.read() as unit:
        found = await unit.sessions.get(session.number)
    assert found is not None
    assert found.opened_at == NOW
    assert found.opened_at.utcoffset() == timedelta()
    assert found.opened_at.microsecond == 999_999


async def test_moments_without_time_zone_are_refused(kept: Kept) -> None:
    naive: datetime = NOW.replace(tzinfo=None)
    async with kept.store.begin() as unit:
        conversation = await add_conversation(unit)
        with pytest.raises(Exception, match="has no time zone"):
            await unit.sessions.open(conversation.id, "Hello", naive)


async def test_words_in_any_script_come_back_as_they_were(kept: Kept) -> None:
    words = "Grüße 👋🏽, Ελληνικά, עברית, 漢字 'quoted' \"twice\" \\ % :x"
    async with kept.store.begin() as unit:
        live_chat = await unit.live_chats.add(
            replace(await add_live_chat(unit), slug="other", name=words, routing_settings={"ключ": words})
        )
        conversation = await add_conversation(unit)
        session = await unit.sessions.open(conversation.id, words, NOW)
        await unit.commit()
    async with kept.store.read() as unit:
        assert await unit.live_chats.get(live_chat.id) == live_chat
        assert await unit.sessions.get(session.number) == session


async def test_a_character_that_postgresql_cannot_keep_is_left_out(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        conversation = await add_conversation(unit)
        session = await unit.sessions.open(conversation.id, "nothing\0 at all", NOW)
        account = await unit.conversations.account("web", "visitor", "\0Eve")
        assert (await unit.sessions.get(session.number)) == replace(session, subject="nothing at all")
        assert account.display_name == "Eve"
