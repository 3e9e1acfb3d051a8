"""What the repositories of conversations and session rooms promise."""

from dataclasses import replace

import pytest

from livechat_plugin.core.conversations import Account, Conversation, CustomerRoomState, SessionRoom
from livechat_plugin.core.errors import ConcurrentChange
from livechat_plugin.core.sessions import close, offer
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.services.unit_of_work import UnitOfWork
from tests.contract.stores import (
    NOW,
    Kept,
    add_conversation,
    add_live_chat,
    committed_conversation,
    seen_by_reader,
)


async def test_an_account_is_made_once_per_network(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        carla = await unit.conversations.account("matrix", "@carla:x", "Carla")
        assert carla == Account(carla.id, "matrix", "@carla:x", "Carla")
        assert await unit.conversations.account("matrix", "@carla:x", "Somebody else") == carla
        other = await unit.conversations.account("web", "@carla:x", "Carla")
        assert other.id != carla.id


async def test_an_account_changes_name_and_picture(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        carla = await unit.conversations.account("matrix", "@carla:x", "Carla")
        changed = replace(carla, display_name="Carla Ω", avatar_url="mxc://x/y")
        await unit.conversations.save_account(changed)
        assert await unit.conversations.account("matrix", "@carla:x", "") == changed


async def test_a_conversation_is_found_by_live_chat_and_account(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        live_chat = await add_live_chat(unit)
        account = await unit.conversations.account("matrix", "@carla:x", "Carla")
        assert await unit.conversations.find(live_chat.id, account.id) is None
        added = await unit.conversations.add(live_chat.id, account.id, "!room")
        assert added == Conversation(
            added.id, live_chat.id, account.id, "!room", CustomerRoomState.JOINING, session_room=None
        )
        assert await unit.conversations.find(live_chat.id, account.id) == added
        assert await unit.conversations.find(live_chat.id, account.id + 1) is None


async def test_an_account_has_one_conversation_in_a_live_chat(kept: Kept) -> None:
    conversation = await committed_conversation(kept)
    async with kept.store.begin() as unit:
        with pytest.raises(ConcurrentChange):
            await unit.conversations.add(conversation.live_chat_id, conversation.account_id, "!other")


async def test_a_conversation_needs_its_live_chat_and_account(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        with pytest.raises(ConcurrentChange):
            await unit.conversations.add(7, 8, "!room")


async def test_a_conversation_changes_its_rooms(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        conversation = await add_conversation(unit)
        room = await unit.session_rooms.take_spare(conversation.live_chat_id, conversation.id)
        changed = replace(
            conversation, customer_room=None, customer_state=CustomerRoomState.LEFT, session_room=room
        )
        await unit.conversations.save(changed)
        assert await unit.conversations.find(conversation.live_chat_id, conversation.account_id) == changed
        await unit.session_rooms.made(room.id, "!session")
        await unit.commit()
    view = await seen_by_reader(kept, conversation.id)
    assert view.conversation == replace(changed, session_room=replace(room, room_id="!session"))


async def test_a_view_shows_everything_of_one_conversation(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        live_chat = await add_live_chat(unit)
        await add_noise(unit)
        conversation = await add_conversation(unit)
        account = await unit.conversations.account("matrix", "@carla:example.org", "")
        session = await unit.sessions.open(conversation.id, "Hello", NOW)
        expected = ConversationView(conversation, account, live_chat, session)
        for _ in range(2):
            assert await unit.conversations.view(conversation.id) == expected
        await unit.commit()
    assert await seen_by_reader(kept, conversation.id) == expected


async def add_noise(unit: UnitOfWork) -> None:
    """Another conversation with an open session and a session room."""
    conversation = await add_conversation(unit, "@noise:example.org")
    room = await unit.session_rooms.take_spare(conversation.live_chat_id, conversation.id)
    await unit.conversations.save(replace(conversation, session_room=room))
    await unit.sessions.open(conversation.id, "Noise", NOW)


async def test_a_view_keeps_up_with_the_changes_of_its_own_unit(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        conversation = await add_conversation(unit)
        view = await unit.conversations.view(conversation.id)
        assert view.session is None

        session = await unit.sessions.open(conversation.id, "Hello", NOW)
        assert (await unit.conversations.view(conversation.id)).session == session
        await unit.sessions.save(offer(session))
        assert (await unit.conversations.view(conversation.id)).session == offer(session)
        await unit.sessions.set_card(session.number, "$card")
        assert (await unit.conversations.view(conversation.id)).session == replace(
            offer(session), card="$card"
        )
        await unit.sessions.save(close(offer(session), NOW))
        assert (await unit.conversations.view(conversation.id)).session is None

        room = await unit.session_rooms.take_spare(conversation.live_chat_id, conversation.id)
        await unit.conversations.save(replace(conversation, session_room=room))
        await unit.session_rooms.made(room.id, "!session")
        await unit.live_chats.save(replace(view.live_chat, name="Other", version=2))
        await unit.conversations.save_account(replace(view.account, display_name="Carla C."))
        assert await unit.conversations.view(conversation.id) == ConversationView(
            replace(conversation, session_room=replace(room, room_id="!session")),
            replace(view.account, display_name="Carla C."),
            replace(view.live_chat, name="Other", version=2),
            None,
        )


async def test_there_is_no_view_of_no_conversation(kept: Kept) -> None:
    async with kept.store.read() as unit:
        with pytest.raises(LookupError, match="no conversation 7"):
            await unit.conversations.view(7)


async def test_spare_rooms_are_taken_oldest_first_once_they_are_ready(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        one, two = await add_conversation(unit), await add_conversation(unit, "@second:x")
        live_chat_id = one.live_chat_id
        elsewhere = await add_live_chat(unit, "elsewhere")
        await unit.session_rooms.made((await unit.session_rooms.add(elsewhere.id)).id, "!elsewhere")
        first, second, unmade = [await unit.session_rooms.add(live_chat_id) for _ in range(3)]
        assert first == SessionRoom(first.id, live_chat_id)
        await unit.session_rooms.made(second.id, "!second")
        await unit.session_rooms.made(first.id, "!first")
        assert await unit.session_rooms.count_spare(live_chat_id) == 3

        taken = await unit.session_rooms.take_spare(live_chat_id, one.id)
        assert taken == SessionRoom(first.id, live_chat_id, "!first", one.id)
        assert await unit.session_rooms.get(first.id) == taken
        assert (await unit.session_rooms.take_spare(live_chat_id, two.id)).id == second.id
        assert await unit.session_rooms.count_spare(live_chat_id) == 1

        made_anew = await unit.session_rooms.take_spare(live_chat_id, two.id)
        assert made_anew.id > unmade.id
        assert made_anew == SessionRoom(made_anew.id, live_chat_id, None, two.id)
        assert await unit.session_rooms.get(99) is None


async def test_a_session_room_remembers_which_panel_it_shows(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        conversation = await add_conversation(unit)
        room = await unit.session_rooms.take_spare(conversation.live_chat_id, conversation.id)
        await unit.conversations.save(replace(conversation, session_room=room))
        await unit.session_rooms.made(room.id, "!session", "https://old.example.org/panel/")
        for shown in ("https://new.example.org/panel/", None):
            before = (await unit.conversations.view(conversation.id)).conversation.session_room
            assert before is not None
            assert before.panel != shown
            await unit.session_rooms.panel_shown(room.id, shown)
            after = (await unit.conversations.view(conversation.id)).conversation.session_room
            assert after == replace(room, room_id="!session", panel=shown)


async def test_views_that_are_read_together_are_the_same(kept: Kept) -> None:
    one, other = [await committed_conversation(kept, customer) for customer in ("@carla:x", "@dan:x")]
    async with kept.store.begin() as unit:
        expected = [await unit.conversations.view(conversation.id) for conversation in (one, other)]

    async with kept.store.begin() as unit:
        await unit.conversations.hold({one.id, other.id})
        await unit.conversations.load({one.id, other.id, 10**6})
        assert [await unit.conversations.view(conversation.id) for conversation in (one, other)] == expected


async def test_whether_a_customer_is_slowed_down_is_seen_at_once(kept: Kept) -> None:
    conversation, other = await committed_conversation(kept), await committed_conversation(kept, "@second:x")
    for is_slowed in (True, True, False, False):
        async with kept.store.begin() as unit:
            await unit.conversations.view(conversation.id)
            await unit.conversations.slow(conversation.id, is_slowed=is_slowed)
            assert (await unit.conversations.view(conversation.id)).conversation.is_slowed is is_slowed
            await unit.commit()
        async with kept.store.read() as unit:
            assert (await unit.conversations.view(conversation.id)).conversation.is_slowed is is_slowed
            assert not (await unit.conversations.view(other.id)).conversation.is_slowed
