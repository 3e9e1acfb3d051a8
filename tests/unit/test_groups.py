"""Groups: lists, and the rooms and units that they follow live."""

import pytest

from livechat_plugin.core.errors import InvalidGroup
from livechat_plugin.core.groups import check_group_name, check_members, find_loop
from livechat_plugin.services.deliveries import ReadGroupRoom
from livechat_plugin.services.delivering.giving_up import LATER
from tests.contract.stores import owe
from tests.unit.desk import ANNA, BORIS, BOT, CARLA, DAN, MALLORY, SAM, Desk
from tests.unit.grouping import Grouping
from tests.unit.wiring import ADA


@pytest.fixture
async def ada(desk: Desk) -> Grouping:
    return await Grouping.begin(desk)


def test_names_are_trimmed() -> None:
    assert check_group_name("  Sales \n North ") == "Sales North"


@pytest.mark.parametrize("name", ["", " ", "@x", "#x", "!x", "a,b", "a*", "a=b", 'a"b', "x" * 61, "a\x07b"])
def test_impossible_names(name: str) -> None:
    with pytest.raises(InvalidGroup, match=r"^name: "):
        check_group_name(name)


@pytest.mark.parametrize("member", ["anna", "@anna", "@:x", "@*:x", "@anna:", "@a b:x", "staff"])
def test_impossible_members(member: str) -> None:
    with pytest.raises(InvalidGroup, match=r"^members: ") as error:
        check_members([ANNA, member])
    assert error.value.field == "members"


@pytest.mark.parametrize(
    ("children", "loop"),
    [
        ({}, None),
        ({"a": ["b", "c"], "b": ["d"], "c": ["d"]}, None),
        ({"a": ["a"]}, ("a", "a")),
        ({"a": ["b"], "b": ["c"], "c": ["b"]}, ("c", "b")),
        ({"a": ["b", "c"], "c": ["a"]}, ("c", "a")),
    ],
)
def test_loops_are_found_and_two_ways_to_a_space_are_none(
    children: dict[str, list[str]], loop: tuple[str, str] | None
) -> None:
    assert find_loop(children, "a") == loop


# --- lists ---


async def test_a_list_is_made_shown_changed_and_deleted(ada: Grouping) -> None:
    assert await ada.ask(f"!groups add vips {CARLA} {DAN}") == "The group 'vips' has 2 members."
    assert await ada.members("vips") == {CARLA, DAN}
    shown = await ada.ask("!groups show vips")
    assert shown == f"vips: a list, 2 members Used by: nothing {CARLA} {DAN}"
    assert await ada.ask(f"!groups edit vips +{SAM} -{DAN}") == "The group 'vips' has 2 members."
    assert await ada.members("vips") == {CARLA, SAM}
    assert "vips: a list" in await ada.ask("!groups")
    assert await ada.ask("!groups delete vips") == "The group 'vips' is deleted."
    assert await ada.of(CARLA) == frozenset()
    actions = [(entry.actor, entry.action, entry.subject) for entry in ada.desk.stored.audit.values()]
    assert actions == [
        (ADA, "group.created", "vips"),
        (ADA, "group.changed", "vips"),
        (ADA, "group.deleted", "vips"),
    ]


async def test_an_empty_group_is_made_and_said_to_be_empty(ada: Grouping) -> None:
    assert "As long as it is empty, it lets nobody in" in await ada.ask("!groups add vips")


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("!groups add vips anna", "members: 'anna' is not a Matrix id"),
        ("!groups add support-operators", "name: there is a group 'support-operators' already"),
        ("!groups show nobody", "There is no group 'nobody'"),
        ("!groups add", "Which group?"),
        ("!groups paint vips", "I do not know !groups paint"),
        ("!groups edit support-operators @dan:example.org", "write + before who comes"),
        ("!groups edit support-operators", "write + before who comes"),
        ('!groups edit support-operators ""', "write + before who comes"),
        (
            "!groups edit support-operators -@dan:example.org",
            "@dan:example.org is not in 'support-operators'",
        ),
        ("!groups edit nobody +@dan:example.org", "There is no group 'nobody'"),
        ("!groups add vips color=blue", "I do not know color="),
        ("!groups add vips room=!a unit=!b", "one room or one space"),
        ("!groups add vips @dan:example.org room=!a", "a group follows a room or is a list"),
        ("!groups refresh support-operators", "follows no room; it is a list"),
        ("!groups edit support-operators room=!a", "follows no room"),
        ("!groups add vips room=nonsense", "neither an alias"),
        ("!groups add vips room=#nowhere:example.org", "there is no room #nowhere:example.org"),
        (
            "!groups add vips room=!nowhere",
            "I am not in !nowhere and cannot join it; invite @livechat:example.org",
        ),
    ],
)
async def test_mistakes_are_explained_and_change_nothing(ada: Grouping, said: str, answer: str) -> None:
    groups = dict(ada.desk.stored.groups)
    assert answer in await ada.ask(said)
    assert ada.desk.stored.groups == groups


@pytest.mark.parametrize(
    "said",
    [
        "!groups",
        "!groups show support-operators",
        "!groups add vips",
        "!groups add vips room=!x",
        "!groups edit support-operators +@carla:example.org",
        "!groups delete support-operators",
        "!groups refresh support-operators",
    ],
)
async def test_nobody_but_administrators_has_to_do_with_groups(desk: Desk, said: str) -> None:
    carla = await Grouping.begin(desk, CARLA)
    assert ADA in await carla.ask(said)
    assert "vips" not in desk.stored.groups
    assert await carla.members("support-operators") == {ANNA, BORIS}


async def test_a_group_in_use_stays_and_its_users_are_named(ada: Grouping) -> None:
    await ada.ask(f"!groups add vips {CARLA}")
    ada.desk.change_live_chat(customers=("vips",), routing_settings={"group": "vips"})
    assert "customers and routing rule of support" in await ada.ask("!groups delete vips")
    assert "operators of support" in await ada.ask("!groups delete support-operators")
    assert "supervisors of support" in await ada.ask("!groups delete support-supervisors")
    assert await ada.members("vips") == {CARLA}
    ada.desk.change_live_chat(deleted_at=ada.desk.clock.now())
    assert "is deleted" in await ada.ask("!groups delete vips")


async def test_the_rooms_of_live_chats_follow_a_list(ada: Grouping) -> None:
    await ada.ask(f"!groups edit support-operators +{DAN} -{BORIS}")
    assert ada.desk.queue.memberships[DAN] == "invite"
    assert ada.desk.queue.memberships[BORIS] == "leave"


# --- rooms ---


async def room_with_bot(ada: Grouping, *people: str) -> str:
    """A room of Ada's, with the bot invited before anything else is known of it."""
    room_id = await ada.desk.people.open_room(ADA, BOT, is_direct=False)
    for user in people:
        await ada.desk.people.invite(ADA, room_id, user)
        await ada.desk.people.join(user, room_id)
    await ada.desk.settle()
    return room_id


async def test_a_group_follows_the_members_of_a_room(ada: Grouping) -> None:
    desk = ada.desk
    room_id = await room_with_bot(ada, CARLA)
    assert "has 2 members" in await ada.ask(f"!groups add sales room={room_id}")
    assert await ada.members("sales") == {ADA, CARLA}
    await desk.people.invite(ADA, room_id, DAN)
    await desk.settle()
    assert DAN not in await ada.members("sales")  # invited is not in
    await desk.people.join(DAN, room_id)
    await desk.people.leave(CARLA, room_id)
    await desk.settle()
    assert await ada.members("sales") == {ADA, DAN}
    assert await ada.of(DAN) == {"sales"}
    await desk.people.kick(ADA, room_id, DAN, is_banned=True)
    await desk.settle()
    assert await ada.members("sales") == {ADA}


async def test_a_room_is_named_by_its_alias_too(ada: Grouping) -> None:
    room_id = await room_with_bot(ada, CARLA)
    ada.desk.homeserver.aliases["#sales:example.org"] = room_id
    await ada.ask("!groups add sales room=#sales:example.org")
    assert await ada.members("sales") == {ADA, CARLA}


async def test_people_of_other_homeservers_and_our_own_users_do_not_count(ada: Grouping) -> None:
    room_id = await room_with_bot(ada, MALLORY)
    await ada.ask(f"!groups add sales room={room_id}")
    assert await ada.members("sales") == {ADA}
    await ada.desk.people.leave(MALLORY, room_id)
    await ada.desk.people.invite(ADA, room_id, MALLORY)
    await ada.desk.people.join(MALLORY, room_id)
    await ada.desk.settle()
    assert await ada.members("sales") == {ADA}


async def test_operators_follow_a_room_live(ada: Grouping) -> None:
    desk, room_id = ada.desk, await room_with_bot(ada, ANNA)
    await ada.ask(f"!groups add desk room={room_id}")
    desk.change_live_chat(operators="desk")
    await desk.people.invite(ADA, room_id, DAN)
    await desk.people.join(DAN, room_id)
    await desk.people.leave(ANNA, room_id)
    await desk.settle()
    assert desk.queue.memberships[DAN] == "invite"
    assert desk.queue.memberships[ANNA] == "leave"


async def test_who_has_no_invitation_yet_is_awaited(ada: Grouping) -> None:
    desk = ada.desk
    room_id = await desk.people.open_room(CARLA)
    assert f"invite {BOT} to it, then try again" in await ada.ask(f"!groups add sales room={room_id}")
    await desk.people.invite(CARLA, room_id, BOT)
    await desk.settle()
    assert desk.homeserver.rooms[room_id].has(BOT)
    assert "has 1 member." in await ada.ask(f"!groups add sales room={room_id}")


async def test_the_bot_declines_other_rooms_of_people_who_are_no_administrators(ada: Grouping) -> None:
    room_id = await ada.desk.people.open_room(CARLA, BOT, is_direct=False)
    await ada.desk.settle()
    assert ada.desk.homeserver.rooms[room_id].memberships[BOT] == "leave"


async def test_an_invitation_comes_too_late_after_a_day(ada: Grouping) -> None:
    desk = ada.desk
    room_id = await desk.people.open_room(CARLA)
    await ada.ask(f"!groups add sales room={room_id}")
    desk.clock.advance(25 * 3600)
    await desk.people.invite(CARLA, room_id, BOT)
    await desk.settle()
    assert desk.homeserver.rooms[room_id].memberships[BOT] == "leave"


async def test_a_group_follows_another_room(ada: Grouping) -> None:
    desk = ada.desk
    old, new = await room_with_bot(ada, CARLA), await room_with_bot(ada, DAN)
    await ada.ask(f"!groups add sales room={old}")
    desk.change_live_chat(operators="sales")
    assert "has 2 members" in await ada.ask(f"!groups edit sales room={new}")
    assert await ada.members("sales") == {ADA, DAN}
    assert desk.homeserver.rooms[old].memberships[BOT] == "leave"
    assert old not in desk.stored.rooms
    assert desk.queue.memberships[DAN] == "invite"
    await desk.people.leave(DAN, new)
    await desk.settle()
    assert await ada.members("sales") == {ADA}
    assert "their spaces" not in await ada.ask("!groups edit sales +@boris:example.org")


async def test_two_groups_of_one_room(ada: Grouping) -> None:
    desk, room_id = ada.desk, await room_with_bot(ada, CARLA)
    await ada.ask(f"!groups add one room={room_id}")
    await ada.ask(f"!groups add two room={room_id}")
    assert await ada.of(CARLA) == {"one", "two"}
    await ada.ask("!groups delete one")
    assert desk.homeserver.rooms[room_id].has(BOT)
    await desk.people.leave(CARLA, room_id)
    await desk.settle()
    assert await ada.members("two") == {ADA}
    await ada.ask("!groups delete two")
    assert not desk.homeserver.rooms[room_id].has(BOT)
    assert desk.stored.rooms.get(room_id) is None


async def test_the_live_chats_own_rooms_are_no_groups(ada: Grouping) -> None:
    desk = ada.desk
    desk.homeserver.change_membership(desk.queue, desk.queue.creator, BOT, "invite")
    assert "is one of the live chats' own rooms" in await ada.ask(f"!groups add x room={desk.queue.room_id}")
    assert "x" not in desk.stored.groups


async def test_a_large_room_is_read_at_once(ada: Grouping) -> None:
    desk, room_id = ada.desk, await room_with_bot(ada)
    for number in range(3_000):
        desk.homeserver.rooms[room_id].memberships[f"@user{number}:example.org"] = "join"
    calls = desk.homeserver.faults.calls
    assert "has 3001 members" in await ada.ask(f"!groups add all room={room_id}")
    assert desk.homeserver.faults.calls - calls < 15


# --- being put out, and having missed things ---


async def test_members_stay_for_a_day_after_the_bot_was_put_out_and_administrators_are_told(
    ada: Grouping,
) -> None:
    desk, room_id = ada.desk, await room_with_bot(ada, CARLA)
    await ada.ask(f"!groups add sales room={room_id}")
    desk.change_live_chat(operators="sales")
    await desk.people.kick(ADA, room_id, BOT)
    await desk.settle()
    assert await ada.members("sales") == {ADA, CARLA}
    [told] = ada.alarms()
    assert room_id in told
    assert "'sales'" in told
    assert "24 hours" in told
    assert f"Invite {BOT}" in told
    desk.clock.advance(24 * 3600 + 1)
    await desk.settle()
    assert await ada.members("sales") == frozenset()
    assert "its members are no longer in the group 'sales'" in ada.alarms()[-1]


async def test_the_bot_comes_back_and_reads_what_it_missed(ada: Grouping) -> None:
    desk, room_id = ada.desk, await room_with_bot(ada, CARLA)
    await ada.ask(f"!groups add sales room={room_id}")
    await desk.people.kick(ADA, room_id, BOT)
    await desk.settle()
    await desk.people.leave(CARLA, room_id)
    await desk.people.invite(ADA, room_id, BOT)
    await desk.settle()
    assert await ada.members("sales") == {ADA}
    desk.clock.advance(24 * 3600 + 1)
    await desk.settle()
    assert await ada.members("sales") == {ADA}
    assert len(ada.alarms()) == 1


async def test_what_was_missed_is_fetched_when_the_homeserver_is_back(ada: Grouping) -> None:
    desk, room_id = ada.desk, await room_with_bot(ada, CARLA, DAN)
    await ada.ask(f"!groups add sales room={room_id}")
    await desk.homeserver.ensure_ghost(desk.naming.watcher)
    mark = await desk.homeserver.mark(desk.naming.watcher)
    async with desk.store.begin() as work:
        await work.inbox.keep_note("homeserver_mark", mark)
        await work.commit()
    await desk.people.leave(CARLA, room_id)
    desk.homeserver.unpushed.clear()  # the homeserver was killed before it could push this
    await desk.settle()
    assert CARLA in await ada.members("sales")
    await desk.reconciliation._catch_up()
    await desk.settle()
    assert await ada.members("sales") == {ADA, DAN}


async def test_being_put_out_unnoticed_is_found_out(ada: Grouping) -> None:
    desk, room_id = ada.desk, await room_with_bot(ada, CARLA)
    await ada.ask(f"!groups add sales room={room_id}")
    async with desk.store.begin() as work:
        await work.inbox.keep_note("homeserver_mark", "0")
        await work.commit()
    await desk.people.kick(ADA, room_id, BOT)
    desk.homeserver.unpushed.clear()
    await desk.reconciliation._catch_up()
    await desk.settle()
    assert len(ada.alarms()) == 1


async def test_events_of_the_past_change_nothing(ada: Grouping) -> None:
    """A look asks how things stand now, so an old event that comes late does no harm."""
    desk, room_id = ada.desk, await room_with_bot(ada, CARLA)
    await ada.ask(f"!groups add sales room={room_id}")
    joined = next(event for event in desk.homeserver.log if getattr(event, "user_id", "") == CARLA)
    await desk.people.leave(CARLA, room_id)
    late = [event for event in desk.homeserver.log if event.room_id == room_id and event is not joined]
    desk.homeserver.unpushed.clear()
    for event in reversed(late):
        await desk.push(event)
        await desk.settle()
    assert await ada.members("sales") == {ADA}


async def test_refresh_reads_everything_anew(ada: Grouping) -> None:
    desk, room_id = ada.desk, await room_with_bot(ada, CARLA)
    await ada.ask(f"!groups add sales room={room_id}")
    desk.homeserver.rooms[room_id].memberships[DAN] = "join"
    await ada.ask("!groups refresh sales")
    assert await ada.members("sales") == {ADA, CARLA, DAN}


async def test_a_look_that_fails_is_taken_again_later(ada: Grouping) -> None:
    """Whatever went wrong, nobody keeps access because of it."""
    desk, room_id = ada.desk, await room_with_bot(ada, CARLA)
    await ada.ask(f"!groups add sales room={room_id}")
    async with desk.store.begin() as work:
        look = await owe(work, "group_room:x", ReadGroupRoom(room_id))
        await desk.use_cases.giving_up.tell(work, look, "HTTP 500")
        await work.outbox.done(look.id)
        await work.commit()
    desk.homeserver.rooms[room_id].memberships[CARLA] = "leave"
    await desk.settle()
    assert CARLA in await ada.members("sales")
    desk.clock.advance(LATER.total_seconds())
    await desk.settle()
    assert await ada.members("sales") == {ADA}
