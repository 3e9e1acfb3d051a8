"""Who is in a live chat's rooms follows its groups, in both directions (requirement S12)."""

from collections.abc import Collection

import pytest

from livechat_plugin.core.sessions import SessionState
from livechat_plugin.services.deliveries import AlignMembers, AlignPerson
from livechat_plugin.services.delivering.giving_up import LATER
from tests.fakes.faults import refusal
from tests.unit.desk import ANNA, BORIS, CARLA, DAN, SAM, SUPPORT, Desk

BOTH_WAYS = pytest.mark.parametrize("how", ["whole", "person"])


async def set_group(desk: Desk, name: str, *members: str, how: str = "whole") -> None:
    """Give a group other members, and let the rooms follow in one way or the other."""
    async with desk.store.begin() as work:
        before = await work.groups.members(name)
        await work.groups.set_members(name, members)
        await owe(desk, work, before ^ set(members), how)
        await work.commit()
    await desk.settle()


async def owe(desk: Desk, work: object, changed: Collection[str], how: str) -> None:
    outbox = work.outbox  # type: ignore[attr-defined]
    payloads = [AlignMembers(1)] if how == "whole" else [AlignPerson(1, who) for who in sorted(changed)]
    for payload in payloads:
        await outbox.add("members:1", payload)


def inside(desk: Desk, room_id: str | None) -> set[str]:
    memberships = desk.homeserver.rooms[room_id or ""].memberships
    return {user for user, membership in memberships.items() if membership in {"join", "invite"}}


@BOTH_WAYS
async def test_who_comes_into_the_operators_is_invited_where_operators_are(desk: Desk, how: str) -> None:
    await set_group(desk, "support-operators", ANNA, BORIS, DAN, how=how)
    chat = desk.live_chat
    assert inside(desk, chat.queue_room) == inside(desk, chat.space) == {ANNA, BORIS, DAN, SAM, SUPPORT}
    assert inside(desk, chat.supervisors_room) == {SAM, SUPPORT}


@BOTH_WAYS
async def test_who_leaves_the_operators_is_taken_out_and_told_why(desk: Desk, how: str) -> None:
    await set_group(desk, "support-operators", ANNA, how=how)
    chat = desk.live_chat
    assert inside(desk, chat.queue_room) == inside(desk, chat.space) == {ANNA, SAM, SUPPORT}
    assert desk.queue.reasons[BORIS] == "You are no longer in the groups of Customer Support."


@BOTH_WAYS
async def test_an_invitation_not_answered_is_taken_back(desk: Desk, how: str) -> None:
    await set_group(desk, "support-operators", ANNA, BORIS, DAN, how=how)
    await set_group(desk, "support-operators", ANNA, BORIS, how=how)
    assert DAN not in inside(desk, desk.live_chat.queue_room)


@BOTH_WAYS
async def test_who_is_a_supervisor_still_stays_in_the_queue_room(desk: Desk, how: str) -> None:
    await set_group(desk, "support-operators", ANNA, BORIS, SAM, how=how)
    await set_group(desk, "support-operators", ANNA, BORIS, how=how)
    assert SAM in inside(desk, desk.live_chat.queue_room)
    assert SAM in inside(desk, desk.live_chat.supervisors_room)


@BOTH_WAYS
async def test_a_session_goes_on_to_its_end_with_who_is_no_operator_any_more(desk: Desk, how: str) -> None:
    await desk.write()
    await desk.take()
    await set_group(desk, "support-operators", BORIS, how=how)
    assert ANNA not in inside(desk, desk.live_chat.queue_room)
    assert desk.session_room().has(ANNA)
    await desk.answer(ANNA, "Still here")
    assert desk.lines(desk.chat())[-1] == "livechat_support: Still here"
    await desk.answer(ANNA, "!close")
    assert desk.session().state is SessionState.CLOSED
    assert not desk.session_room().has(ANNA)
    await desk.write(CARLA, "And again")
    await desk.command(BORIS, "!take 2")
    assert desk.session(2).operator == BORIS


@BOTH_WAYS
async def test_who_is_a_supervisor_no_more_leaves_the_session_rooms(desk: Desk, how: str) -> None:
    await desk.write()
    await desk.take()
    await desk.enter(SAM)
    await set_group(desk, "support-supervisors", how=how)
    assert not desk.session_room().has(SAM)
    assert desk.session_room().has(ANNA)
    assert SAM not in inside(desk, desk.live_chat.supervisors_room)
    assert desk.stored.room_members[desk.session_room().room_id] == {ANNA}


async def test_a_supervisor_who_serves_a_session_serves_it_to_its_end(desk: Desk) -> None:
    await set_group(desk, "support-operators", ANNA, BORIS, SAM)
    await desk.write()
    await desk.take(SAM)
    await set_group(desk, "support-operators", ANNA, BORIS)
    await set_group(desk, "support-supervisors")
    assert desk.session_room().has(SAM)
    await desk.answer(SAM, "!close")
    assert not desk.session_room().has(SAM)


async def test_who_left_a_session_room_is_not_remembered_there(desk: Desk) -> None:
    await desk.write()
    await desk.take()
    await desk.enter(SAM)
    await desk.people.leave(SAM, desk.session_room().room_id)
    await desk.settle()
    assert desk.stored.room_members[desk.session_room().room_id] == {ANNA}


@BOTH_WAYS
async def test_who_cannot_be_invited_is_named_in_the_queue_room(desk: Desk, how: str) -> None:
    desk.homeserver.faults.break_down(DAN, refusal())
    await set_group(desk, "support-operators", ANNA, BORIS, DAN, how=how)
    told = [line for line in desk.lines(desk.queue) if DAN in line]
    assert len(told) == 1
    assert "could not be invited" in told[0]


async def test_who_cannot_be_removed_is_named_in_the_queue_room(desk: Desk) -> None:
    desk.queue.creator = CARLA  # so that the ghost may not
    await set_group(desk, "support-operators", ANNA)
    assert f"{BORIS} is no longer in the groups of this live chat" in desk.lines(desk.queue)[-1]


async def test_what_cannot_be_done_now_is_attempted_later(desk: Desk) -> None:
    desk.homeserver.faults.break_down(desk.queue.room_id, refusal())
    await set_group(desk, "support-operators", ANNA)
    assert BORIS in inside(desk, desk.live_chat.queue_room)
    desk.homeserver.faults.mend(desk.queue.room_id)
    desk.clock.advance(LATER.total_seconds())
    await desk.settle()
    assert BORIS not in inside(desk, desk.live_chat.queue_room)


async def test_a_live_chat_without_rooms_and_one_that_is_gone_are_left_alone(desk: Desk) -> None:
    async with desk.store.begin() as work:
        for payload in (AlignMembers(9), AlignPerson(9, ANNA)):
            await work.outbox.add("members:9", payload)
        await work.commit()
    await desk.settle()
    assert desk.stored.failed == {}


async def test_nobody_is_entitled_in_a_deleted_live_chat(desk: Desk) -> None:
    desk.change_live_chat(deleted_at=desk.clock.now())
    async with desk.store.begin() as work:
        await work.outbox.add("members:1", AlignMembers(1))
        await work.commit()
    await desk.settle()
    assert inside(desk, desk.live_chat.queue_room) == {SUPPORT}


async def test_who_may_take_a_session_for_their_group_stays_in_its_room(desk: Desk) -> None:
    desk.stored.groups["second"] = frozenset({DAN})
    await desk.write()
    await desk.take(ANNA)
    await desk.answer(ANNA, "!transfer second")
    await desk.enter(DAN)
    async with desk.store.begin() as work:
        await work.outbox.add("members:1", AlignMembers(1))
        await work.commit()
    await desk.settle()
    assert desk.session_room().memberships[DAN] == "join"


async def test_a_supervisors_coming_that_we_learn_of_too_late_keeps_nobody_in(desk: Desk) -> None:
    await desk.write()
    desk.use_cases.reopening.switch(is_on=False)
    await desk.enter(SAM)
    await set_group(desk, "support-supervisors", how="person")
    desk.use_cases.reopening.switch(is_on=True)
    await desk.until(lambda: SAM not in inside(desk, desk.session_room().room_id))
