"""What the repositories of live chats, rooms and arrivals promise."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from livechat_plugin.core.errors import ConcurrentChange, InvalidLiveChat
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.sessions import close, offer
from livechat_plugin.services.repositories.rooms import RoomBinding, RoomKind
from livechat_plugin.services.room_events import AnyRoomEvent, EncryptedSent
from tests.contract.stores import NOW, Kept, add_conversation, add_live_chat, committed_conversation
from tests.fakes.store import FakeStore

FULL = LiveChat(
    0,
    "support",
    "Käufer & Co",
    operators="operators",
    customers=("@*:example.org", "staff", "@anna:x"),
    supervisors="bosses",
    routing_rule="assigned_to",
    routing_settings={
        "app": "contacts",
        "limits": {"each": 3, "share": 0.5},
        "days": ["mo", "tü"],
        "x": None,
    },
    show_operator_name=True,
    queue_room="!queue",
    supervisors_room="!supervisors",
    space="!space",
)


async def test_a_live_chat_comes_back_as_it_was(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        full = await unit.live_chats.add(FULL)
        assert full == replace(FULL, id=full.id)
        assert full.id > 0
        plain = await add_live_chat(unit, "plain")
        assert await unit.live_chats.get(full.id) == full
        assert await unit.live_chats.get(plain.id) == plain
        assert await unit.live_chats.by_slug("support") == full
        assert await unit.live_chats.by_slug("other") is None
        assert await unit.live_chats.get(99) is None


async def test_a_slug_is_given_once(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        first = await unit.live_chats.add(FULL)
        with pytest.raises(InvalidLiveChat, match="slug"):
            await unit.live_chats.add(FULL)
        # The unit of work is still good.
        assert await unit.live_chats.by_slug("support") == first


async def test_a_live_chat_changes_all_but_its_slug(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        before = await add_live_chat(unit, "first")
        await unit.live_chats.save(replace(FULL, id=before.id, slug="renamed", version=2))
        changed = replace(
            FULL, id=before.id, slug="first", version=2, queue_room=None, supervisors_room=None, space=None
        )
        assert await unit.live_chats.get(before.id) == changed
        await unit.live_chats.set_rooms(before.id, "!q", "!v", "!s")
        made = replace(changed, queue_room="!q", supervisors_room="!v", space="!s")
        assert await unit.live_chats.get(before.id) == made


async def test_of_two_changes_of_a_live_chat_the_later_one_learns_of_the_first(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        before = await add_live_chat(unit, "first")
        await unit.live_chats.save(replace(before, name="One", version=2))
        for version in (1, 2, 4):
            with pytest.raises(ConcurrentChange):
                await unit.live_chats.save(replace(before, name="Two", version=version))
        assert await unit.live_chats.by_slug("first") == replace(before, name="One", version=2)


async def test_deleted_live_chats_are_left_out_of_lists_and_keep_their_slug(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        gone, stays = await add_live_chat(unit, "gone"), await add_live_chat(unit, "stays")
        deleted = replace(gone, deleted_at=NOW, version=2)
        await unit.live_chats.save(deleted)
        assert await unit.live_chats.all() == [stays]
        assert await unit.live_chats.of_groups({"operators"}) == [stays]
        assert await unit.live_chats.by_slug("gone") == await unit.live_chats.get(gone.id) == deleted
        with pytest.raises(InvalidLiveChat, match="slug"):
            await add_live_chat(unit, "gone")


async def test_the_open_sessions_of_a_live_chat_come_oldest_first(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        other = await add_live_chat(unit, "other")
        conversations = [await add_conversation(unit, f"@carla{number}:x") for number in range(4)]
        sessions = [await unit.sessions.open(one.id, "Hello", NOW) for one in conversations]
        await unit.sessions.save(close(sessions[1], NOW))
        live_chat_id = conversations[0].live_chat_id
        numbers = [session.number for session in await unit.sessions.open_in(live_chat_id, 2)]
        assert numbers == [sessions[0].number, sessions[2].number]
        assert len(await unit.sessions.open_in(live_chat_id, 10)) == 3
        assert await unit.sessions.open_in(other.id, 10) == []


async def test_waiting_sessions_without_a_card_are_found_among_the_last_of_their_live_chat(
    kept: Kept,
) -> None:
    conversations = [await committed_conversation(kept, f"@carla{number}:x") for number in range(5)]
    async with kept.store.begin() as unit:
        sessions = [await unit.sessions.open(one.id, "Hello", NOW) for one in conversations]
        for session in sessions[:-1]:
            await unit.sessions.save(offer(session))
        await unit.sessions.save(close(offer(sessions[2]), NOW))
        await unit.sessions.set_card(sessions[1].number, "$card")
        first, _, _, last, opening = (session.number for session in sessions)
        live_chat_id = conversations[0].live_chat_id
        assert await unit.sessions.without_card(live_chat_id, 10, 10) == [first, last]
        assert await unit.sessions.without_card(live_chat_id, 10, 1) == [first]
        assert await unit.sessions.without_card(live_chat_id, 2, 10) == [last]
        assert opening > last, "nobody has routed it yet: it can have no card"
        assert await unit.sessions.without_card(live_chat_id + 1, 10, 10) == []


async def test_live_chats_are_sorted_by_name(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        assert await unit.live_chats.all() == []
        for slug, name in (("a", "Zebra"), ("b", "apple"), ("c", "Äpfel"), ("d", "Berta")):
            await unit.live_chats.add(replace(FULL, slug=slug, name=name))
        names = [live_chat.name for live_chat in await unit.live_chats.all()]
        assert names == ["apple", "Berta", "Zebra", "Äpfel"]


async def test_groups_have_members_and_people_have_groups(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        await unit.groups.set_members("operators", ["@otto:x", "@olga:x", "@otto:x"])
        await unit.groups.set_members("bosses", {"@olga:x"})
        await unit.groups.set_members("nobody", ())
        assert await unit.groups.names() == {"operators", "bosses", "nobody"}
        assert await unit.groups.members("operators") == {"@otto:x", "@olga:x"}
        assert await unit.groups.members("nobody") == frozenset()
        assert await unit.groups.members("unknown") == frozenset()
        assert await unit.groups.of("@olga:x") == {"operators", "bosses"}
        await unit.groups.set_members("operators", {"@new:x"})
        assert await unit.groups.members("operators") == {"@new:x"}
        assert await unit.groups.of("@otto:x") == frozenset()


async def test_rooms_are_known_by_what_they_belong_to(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        conversation = await add_conversation(unit)
        bindings = [
            RoomBinding(f"!{kind}", kind, conversation.live_chat_id, conversation.id) for kind in RoomKind
        ]
        bindings.append(RoomBinding("!direct", RoomKind.BOT))
        for binding in bindings:
            await unit.rooms.bind(binding)
        everything = {binding.room_id: binding for binding in bindings}
        assert await unit.rooms.bindings([*everything, "!unknown"]) == everything
        assert await unit.rooms.bindings(["!direct"]) == {"!direct": bindings[-1]}
        assert await unit.rooms.bindings({"!unknown"}) == {}
        assert await unit.rooms.bindings([]) == {}

        moved = RoomBinding("!direct", RoomKind.CUSTOMER, conversation.live_chat_id, conversation.id)
        await unit.rooms.bind(moved)
        assert await unit.rooms.bindings(["!direct"]) == {"!direct": moved}
        await unit.rooms.forget("!direct")
        await unit.rooms.forget("!direct")
        assert await unit.rooms.bindings(["!direct"]) == {}


async def test_a_room_belongs_to_nothing_that_does_not_exist(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        with pytest.raises(ConcurrentChange):
            await unit.rooms.bind(RoomBinding("!room", RoomKind.CUSTOMER, 7, 8))


async def test_events_are_new_once(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        assert await unit.inbox.mark_seen(["$1"], NOW) == {"$1"}
        assert await unit.inbox.mark_seen(["$1"], NOW) == frozenset()
        assert await unit.inbox.mark_seen(["$3", "$1", "$2", "$3"], NOW) == {"$2", "$3"}
        assert await unit.inbox.mark_seen([], NOW) == frozenset()
        await unit.commit()
    async with kept.store.begin() as unit:
        assert await unit.inbox.mark_seen([f"${number}" for number in range(1, 2001)], NOW) == {
            f"${number}" for number in range(4, 2001)
        }


async def test_old_events_are_forgotten(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        await unit.inbox.mark_seen(["$old"], NOW - timedelta(days=8))
        await unit.inbox.mark_seen(["$edge", "$new"], NOW)
        await unit.inbox.forget_seen(NOW)
        assert await unit.inbox.mark_seen(["$old", "$edge", "$new"], NOW) == {"$old"}


async def test_the_last_events_are_remembered_however_old_they_seem(kept: Kept) -> None:
    """The clock may have been set ahead by a year since, and the homeserver repeats what was not acknowledged."""
    async with kept.store.begin() as unit:
        for number in range(5):
            await unit.inbox.mark_seen([f"${number}"], NOW + timedelta(seconds=number))
        a_year_ahead = NOW + timedelta(days=366)
        await unit.inbox.forget_seen(a_year_ahead, keep=6)
        assert not await unit.inbox.mark_seen([f"${number}" for number in range(5)], NOW)
        await unit.inbox.forget_seen(a_year_ahead, keep=3)
        assert await unit.inbox.mark_seen([f"${number}" for number in range(5)], NOW) == {"$0", "$1"}


async def test_held_events_are_released_a_few_at_a_time(kept: Kept) -> None:
    one, two = await committed_conversation(kept), await committed_conversation(kept, "@second:x")
    events = [EncryptedSent(f"${number}", "!room", "@carla:x", NOW) for number in range(7)]
    async with kept.store.begin() as unit:
        for event in events:
            await unit.inbox.hold(one.id, event)
            await unit.inbox.hold(two.id, event)
        await unit.commit()
    released: list[AnyRoomEvent] = []
    for expected in (3, 3, 1, 0):
        async with kept.store.begin() as unit:
            few = await unit.inbox.release(one.id, 3)
            await unit.commit()
        assert len(few) == expected
        released += few
    assert released == events
    async with kept.store.begin() as unit:
        assert await unit.inbox.release(two.id) == events


async def test_held_events_are_released_per_conversation(kept: Kept) -> None:
    one, two = await committed_conversation(kept), await committed_conversation(kept, "@second:x")
    events = [EncryptedSent(f"${number}", "!room", "@carla:x", NOW) for number in range(20)]
    async with kept.store.begin() as unit:
        for number, event in enumerate(events):
            await unit.inbox.hold(two.id if number % 3 else one.id, event)
        assert await unit.inbox.release(one.id) == events[::3]
        assert await unit.inbox.release(two.id) == [event for event in events if event not in events[::3]]
        assert await unit.inbox.release(99) == []


async def test_rejected_events_are_recorded(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        await unit.inbox.reject("$bad", "content.body: must be a string", NOW)
        await unit.inbox.reject(None, "event_id: is missing", NOW)
        await unit.commit()


async def test_old_rejected_events_are_forgotten(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        await unit.inbox.reject("$old", "content.body: must be a string", NOW - timedelta(days=31))
        await unit.inbox.reject("$new", "content.body: must be a string", NOW)
        await unit.inbox.forget_rejected(NOW - timedelta(days=30))
        assert await rejected(kept, unit) == ["$new"]


async def rejected(kept: Kept, unit: Any) -> list[str]:
    if isinstance(kept.store, FakeStore):
        return [event_id for event_id, _, _ in unit._unit.stored.rejected]
    return list((await unit.inbox._db.execute(text("SELECT event_id FROM rejected_events"))).scalars())


async def test_notes_are_kept_under_their_names(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        assert await unit.inbox.note("mark") is None
        await unit.inbox.keep_note("mark", "s1")
        await unit.inbox.keep_note("other", "x")
        await unit.inbox.keep_note("mark", "s2")
        assert await unit.inbox.note("mark") == "s2"
