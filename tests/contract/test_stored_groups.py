"""What the repositories of groups and of rooms' members promise."""

from dataclasses import replace

import pytest

from livechat_plugin.core.errors import GroupExists
from livechat_plugin.core.groups import Group, GroupSource
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.services.repositories.room_members import Guest
from livechat_plugin.services.repositories.rooms import RoomBinding, RoomKind
from tests.contract.stores import Kept, add_conversation

UNIT = Group("sales", GroupSource.UNIT, "!sales")


async def test_a_group_comes_back_as_it_was(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        await unit.groups.add(UNIT)
        await unit.groups.add(Group("list"))
        await unit.groups.set_members("made by its members", {"@anna:x"})
        assert await unit.groups.get("sales") == UNIT
        assert await unit.groups.get("list") == Group("list")
        assert await unit.groups.get("made by its members") == Group("made by its members")
        assert await unit.groups.get("unknown") is None
        await unit.groups.save(Group("sales", GroupSource.ROOM, "!other"))
        assert await unit.groups.get("sales") == Group("sales", GroupSource.ROOM, "!other")
        assert [group.name for group in await unit.groups.all()] == ["list", "made by its members", "sales"]


async def test_a_group_of_the_same_name_is_refused(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        await unit.groups.add(Group("vips"))
        await unit.groups.set_members("vips", {"@anna:x"})
        with pytest.raises(GroupExists, match="there is a group 'vips' already"):
            await unit.groups.add(Group("vips", GroupSource.ROOM, "!room"))
        assert await unit.groups.members("vips") == {"@anna:x"}


async def test_members_of_rooms_are_members_of_the_groups_that_follow_them(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        await unit.groups.add(UNIT)
        await unit.groups.set_rooms("sales", {"!sales": None, "!north": "!sales", "!south": "!sales"})
        await unit.groups.add(Group("north", GroupSource.ROOM, "!north"))
        await unit.groups.set_rooms("north", {"!north": None})
        await unit.room_members.replace("!sales", {"@boss:x"})
        await unit.room_members.replace("!north", {"@anna:x", "@boris:x"})
        await unit.room_members.replace("!other", {"@anna:x"})
        await unit.groups.set_members("list", {"@anna:x"})
        assert await unit.groups.members("sales") == {"@boss:x", "@anna:x", "@boris:x"}
        assert await unit.groups.members("north") == {"@anna:x", "@boris:x"}
        assert await unit.groups.of("@anna:x") == {"sales", "north", "list"}
        assert await unit.groups.of("@boss:x") == {"sales"}
        assert await unit.groups.of("@nobody:x") == frozenset()
        assert await unit.groups.following("!north") == {"sales", "north"}
        assert await unit.groups.following("!other") == frozenset()
        assert await unit.groups.followed() == {"!sales", "!north", "!south"}
        assert await unit.groups.rooms("sales") == {"!sales": None, "!north": "!sales", "!south": "!sales"}
        assert await unit.groups.rooms("list") == {}


async def test_a_group_follows_other_rooms(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        await unit.groups.add(UNIT)
        await unit.room_members.replace("!north", {"@anna:x"})
        await unit.groups.set_rooms("sales", {"!sales": None, "!north": "!sales"})
        await unit.groups.set_rooms("sales", {"!sales": None})
        assert await unit.groups.members("sales") == frozenset()
        assert await unit.groups.rooms("sales") == {"!sales": None}
        await unit.groups.set_rooms("sales", {})
        assert await unit.groups.rooms("sales") == {}


async def test_a_deleted_group_is_gone_with_its_members_and_rooms(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        await unit.groups.add(UNIT)
        await unit.groups.set_rooms("sales", {"!sales": None})
        await unit.room_members.replace("!sales", {"@anna:x"})
        await unit.groups.set_members("vips", {"@anna:x"})
        for name in ("sales", "vips", "unknown"):
            await unit.groups.delete(name)
        assert await unit.groups.names() == frozenset()
        assert await unit.groups.of("@anna:x") == frozenset()
        assert await unit.groups.followed() == frozenset()
        await unit.groups.add(Group("vips"))
        assert await unit.groups.members("vips") == frozenset()


async def test_people_come_into_rooms_and_leave_them(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        for _ in range(2):
            await unit.room_members.add("!room", "@anna:x")
        await unit.room_members.add("!room", "@boris:x")
        assert await unit.room_members.of("!room") == {"@anna:x", "@boris:x"}
        for _ in range(2):
            await unit.room_members.remove("!room", "@anna:x")
        assert await unit.room_members.of("!room") == {"@boris:x"}
        await unit.room_members.replace("!room", {"@carla:x", "@dan:x"})
        assert await unit.room_members.of("!room") == {"@carla:x", "@dan:x"}
        await unit.room_members.replace("!room", ())
        assert await unit.room_members.of("!room") == frozenset()
        assert await unit.room_members.of("!unknown") == frozenset()


async def test_rooms_with_thousands_of_members(kept: Kept) -> None:
    people = {f"@user{number}:x" for number in range(5_000)}
    async with kept.store.begin() as unit:
        await unit.groups.add(Group("all", GroupSource.ROOM, "!all"))
        await unit.groups.set_rooms("all", {"!all": None})
        await unit.room_members.replace("!all", people)
        assert await unit.groups.members("all") == people
        assert await unit.groups.of("@user4999:x") == {"all"}


async def test_guests_are_the_people_in_session_rooms_of_one_live_chat(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        conversation = await add_conversation(unit)
        chat, number = conversation.live_chat_id, conversation.id
        await unit.rooms.bind(RoomBinding("!session", RoomKind.SESSION, chat, number))
        await unit.rooms.bind(RoomBinding("!spare", RoomKind.SESSION, chat))
        await unit.rooms.bind(RoomBinding("!queue", RoomKind.QUEUE, chat))
        for room_id in ("!session", "!spare", "!queue"):
            await unit.room_members.replace(room_id, {"@sam:x", "@anna:x"})
        both = [Guest("!session", number, "@anna:x"), Guest("!session", number, "@sam:x")]
        assert list(await unit.room_members.guests(chat)) == both
        assert list(await unit.room_members.guests(chat, "@sam:x")) == both[1:]
        assert list(await unit.room_members.guests(chat, "@nobody:x")) == []
        assert list(await unit.room_members.guests(chat + 1)) == []


async def test_live_chats_are_found_by_their_groups(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        await unit.live_chats.add(LiveChat(0, "b", "Berta", operators="first", supervisors="bosses"))
        await unit.live_chats.add(LiveChat(0, "a", "Anton", operators="first", customers=("third",)))
        await unit.live_chats.add(LiveChat(0, "c", "Cäsar", operators="second", supervisors="first"))

        async def found(*groups: str) -> list[str]:
            return [live_chat.slug for live_chat in await unit.live_chats.of_groups(groups)]

        assert await found("first") == ["a", "b", "c"]
        assert await found("bosses", "second") == ["b", "c"]
        assert await found("third") == []
        assert await found() == []


async def test_a_customer_has_one_space_with_a_token_of_its_own(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        assert await unit.customer_spaces.get("@carla:x") is None
        space = await unit.customer_spaces.ensure("@carla:x")
        assert (space.user_id, space.room_id) == ("@carla:x", None)
        assert await unit.customer_spaces.ensure("@carla:x") == space
        assert (await unit.customer_spaces.ensure("@dan:x")).token != space.token
        await unit.customer_spaces.made("@carla:x", "!space")
        await unit.customer_spaces.made("@nobody:x", "!space")
        assert await unit.customer_spaces.get("@carla:x") == replace(space, room_id="!space")
        assert await unit.customer_spaces.get("@nobody:x") is None


async def test_the_conversations_of_a_customer_are_those_of_every_live_chat(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        first = await add_conversation(unit)
        await add_conversation(unit, "@dan:x")
        other = await unit.live_chats.add(LiveChat(0, "it", "IT", operators="operators"))
        second = await unit.conversations.add(other.id, first.account_id, "!it")
        carla = await unit.conversations.of_customer("matrix", "@carla:example.org")
        assert list(carla) == [first, second]
        assert list(await unit.conversations.of_customer("web", "@carla:example.org")) == []
