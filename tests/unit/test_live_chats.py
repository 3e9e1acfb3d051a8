"""Live chats: what is a possible name, who may write, and creating one."""

import pytest

from livechat_plugin.core.errors import InvalidLiveChat
from livechat_plugin.core.live_chats import LiveChat, check_name, check_principal, check_slug, may_write
from livechat_plugin.services.deliveries import ProvisionLiveChat
from livechat_plugin.services.live_chats import LiveChatForm
from tests.unit.desk import ANNA, BORIS, CARLA, SAM, SUPPORT, Desk
from tests.unit.wiring import ADA


def test_names_are_trimmed() -> None:
    assert check_name("  Customer \n Support ") == "Customer Support"
    assert check_name("x" * 100) == "x" * 100


@pytest.mark.parametrize("name", ["", "  ", "x" * 101])
def test_impossible_names(name: str) -> None:
    with pytest.raises(InvalidLiveChat, match=r"^name: ") as error:
        check_name(name)
    assert error.value.field == "name"


@pytest.mark.parametrize("slug", ["support", "it", "a", "a-1", "x" * 40, "ops"])
def test_possible_slugs(slug: str) -> None:
    assert check_slug(slug) == slug


@pytest.mark.parametrize(
    "slug", ["", "1a", "-a", "A", "a_b", "a b", "ä", "a:b", "a/b", "a\n", "x" * 41, "op", "²a"]
)
def test_impossible_slugs(slug: str) -> None:
    with pytest.raises(InvalidLiveChat, match=r"^slug: "):
        check_slug(slug)


@pytest.mark.parametrize("principal", ["@carla:example.org", "@*:example.org", "@*:*", "vips"])
def test_possible_customers(principal: str) -> None:
    assert check_principal(principal, {"vips"}) == principal


@pytest.mark.parametrize(
    "principal", ["carla", "@carla", "@:example.org", "@carla:", "", "#room:example.org"]
)
def test_impossible_customers(principal: str) -> None:
    with pytest.raises(InvalidLiveChat, match=r"^customers: "):
        check_principal(principal, {"vips"})


@pytest.mark.parametrize(
    ("customers", "is_allowed"),
    [
        ((), False),
        (("@carla:example.org",), True),
        (("@Carla:example.org",), False),
        (("@dan:example.org", "@*:example.org"), True),
        (("@*:elsewhere.org",), False),
        (("@*:example.org.evil.com",), False),
        (("vips",), True),
        (("carla",), False),
        (("others",), False),
    ],
)
def test_who_may_write(customers: tuple[str, ...], *, is_allowed: bool) -> None:
    live_chat = LiveChat(1, "support", "Support", "operators", customers=customers)
    assert may_write(live_chat, "@carla:example.org", {"vips"}) is is_allowed


async def create(desk: Desk, new: LiveChatForm) -> LiveChat:
    checked = await desk.use_cases.administration.checking.look(new)
    async with desk.store.begin() as work:
        live_chat = await desk.use_cases.administration.create(work, ADA, checked)
        await work.commit()
    return live_chat


async def test_a_live_chat_is_created_with_its_groups_and_the_debt_to_set_it_up() -> None:
    desk = Desk()
    live_chat = await create(desk, LiveChatForm("it", " IT  Help ", (ANNA, BORIS), (SAM,), (CARLA,)))
    assert live_chat == desk.stored.live_chats[live_chat.id]
    assert (live_chat.name, live_chat.customers) == ("IT Help", (CARLA,))
    assert desk.stored.groups == {"it-operators": {ANNA, BORIS}, "it-supervisors": {SAM}}
    assert [d.payload for d in desk.stored.deliveries.values()] == [ProvisionLiveChat(live_chat.id)]


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (LiveChatForm("IT", "IT", (ANNA,)), "slug"),
        (LiveChatForm("it", "", (ANNA,)), "name"),
        (LiveChatForm("it", "IT", ()), "operators"),
        (LiveChatForm("it", "IT", ("anna",)), "operators"),
        (LiveChatForm("it", "IT", ("@*:example.org",)), "operators"),
        (LiveChatForm("it", "IT", (ANNA,), ("sam",)), "supervisors"),
        (LiveChatForm("it", "IT", (ANNA,), customers=("nobody",)), "customers"),
        (LiveChatForm("it", "IT", (ANNA,), rule="nonsense"), "rule"),
    ],
)
async def test_a_live_chat_with_a_wrong_field_is_refused_and_nothing_kept(
    new: LiveChatForm, field: str
) -> None:
    desk = Desk()
    with pytest.raises(InvalidLiveChat) as error:
        await create(desk, new)
    assert error.value.field == field
    assert not desk.stored.live_chats
    assert not desk.stored.groups


async def test_two_live_chats_of_one_slug_are_refused() -> None:
    desk = Desk()
    await create(desk, LiveChatForm("it", "IT", (ANNA,)))
    with pytest.raises(InvalidLiveChat, match="slug"):
        await create(desk, LiveChatForm("it", "Other", (ANNA,)))


async def test_setting_up_makes_rooms_and_invites_people_where_they_belong(desk: Desk) -> None:
    live_chat, rooms = desk.live_chat, desk.homeserver.rooms
    space, supervisors = rooms[live_chat.space or ""], rooms[live_chat.supervisors_room or ""]
    people = {ANNA, BORIS, SAM, SUPPORT}
    assert desk.queue.memberships.keys() == space.memberships.keys() == people
    assert supervisors.memberships.keys() == {SAM, SUPPORT}
    assert desk.queue.room_id in space.children
    assert space.speak_level == 100
    spare = [room for room in desk.stored.session_rooms.values() if room.room_id]
    assert len(spare) == 2
    assert all(rooms[room.room_id or ""].join_through == supervisors.room_id for room in spare)
    assert desk.homeserver.profiles[SUPPORT].display_name == "Customer Support"


async def test_setting_up_again_mends_what_is_missing_and_doubles_nothing(desk: Desk) -> None:
    rooms = set(desk.homeserver.rooms)
    desk.homeserver.change_membership(desk.queue, BORIS, BORIS, "leave")
    async with desk.store.begin() as work:
        await work.outbox.add("live_chat:1", ProvisionLiveChat(1))
        await work.commit()
    await desk.settle()
    assert set(desk.homeserver.rooms) == rooms
    assert desk.queue.memberships[BORIS] == "invite"


async def test_setting_up_a_live_chat_that_is_gone_does_nothing(desk: Desk) -> None:
    async with desk.store.begin() as work:
        await work.outbox.add("live_chat:9", ProvisionLiveChat(9))
        await work.commit()
    await desk.settle()
    assert desk.stored.failed == {}
