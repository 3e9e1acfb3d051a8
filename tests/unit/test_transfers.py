"""Operators hand a session on: to a person, to a group, and at the same moment as others."""

import asyncio
from dataclasses import replace

import pytest

from livechat_plugin import Priority, SessionState, Text, preview
from livechat_plugin.services.deliveries import ClearSessionRoom, Delivery, InviteGroup
from livechat_plugin.services.delivering.outcome import Done
from tests.unit.desk import ANNA, BORIS, CARLA, DAN, SAM, Desk
from tests.unit.handover_sights import audited, last_room_line, told
from tests.unit.wiring import SERVER

EVE, FRANK = f"@eve:{SERVER}", f"@frank:{SERVER}"
"""The second level, who are no operators."""


@pytest.fixture
def second_level(desk: Desk) -> str:
    for user in (EVE, FRANK):
        desk.homeserver.introduce(user)
    desk.stored.groups["second level"] = frozenset({EVE, FRANK})
    return "second level"


# --- transferring to a person ---


async def test_its_operator_hands_it_on_with_a_note(desk: Desk) -> None:
    await desk.write()
    await desk.take(ANNA)
    before = list(desk.chat().events)
    await desk.answer(ANNA, "!transfer @boris the customer's printer is on fire")
    assert desk.session().is_served_by(BORIS)
    assert desk.session_room().memberships[ANNA] == "leave"
    assert desk.session_room().memberships[BORIS] == "invite"
    assert last_room_line(desk) == (
        f"{ANNA} handed session #1 to {BORIS}. Note: the customer's printer is on fire"
    )
    [note] = [message for message in desk.stored.messages.values() if message.direction == "note"]
    assert (note.author, note.session_number) == (ANNA, 1)
    assert note.content == Text("the customer's printer is on fire")
    assert desk.chat().events == before
    assert told(desk, BORIS)[-1] == f"{ANNA} gave you session #1. Accept the invitation to its room."
    assert audited(desk)[-1] == (ANNA, "session.transferred", {"former": ANNA, "to": BORIS})


async def test_who_left_by_the_transfer_does_not_send_it_back_to_the_queue(desk: Desk) -> None:
    await desk.write()
    await desk.take(ANNA)
    await desk.answer(ANNA, "!transfer @boris")
    await desk.enter(BORIS)
    await desk.settle()
    assert desk.session().is_served_by(BORIS)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("!transfer", "Write to whom, and a note if you like"),
        ("!transfer @nobody", f"@nobody:{SERVER} is neither operator nor supervisor"),
        ("!transfer nowhere", "There is no group 'nowhere'."),
        ("!transfer empty", "Nobody is in the group empty who could serve the session."),
        ("!transfer customers", "Nobody is in the group customers who could serve the session."),
        ("!transfer crowd", "The group crowd has 51 members; a session can be handed to at most 50 at once."),
        ("!transfer @anna", f"{ANNA} already has session #1."),
        ("!transfer @carla", f"{CARLA} is neither operator nor supervisor"),
    ],
)
async def test_what_cannot_be_transferred_says_why_and_changes_nothing(
    desk: Desk, text: str, answer: str
) -> None:
    desk.stored.groups |= {
        "empty": frozenset[str](),
        "customers": frozenset({CARLA}),
        "crowd": frozenset(f"@x{number}:{SERVER}" for number in range(51)),
    }
    await desk.write()
    await desk.take(ANNA)
    before = desk.session()
    await desk.answer(ANNA, text)
    assert answer in last_room_line(desk)
    assert desk.session() == before


async def test_another_operator_transfers_nothing(desk: Desk) -> None:
    await desk.write()
    await desk.take(ANNA)
    desk.homeserver.change_membership(desk.session_room(), desk.session_room().creator, BORIS, "invite")
    await desk.enter(BORIS)
    await desk.answer(BORIS, "!transfer @boris")
    assert f"is served by {ANNA}. Only they or a supervisor can transfer it." in last_room_line(desk)


async def test_what_nobody_serves_is_no_operators_to_transfer(desk: Desk) -> None:
    await desk.write()
    desk.homeserver.change_membership(desk.session_room(), desk.session_room().creator, BORIS, "invite")
    await desk.enter(BORIS)
    await desk.answer(BORIS, "!transfer @anna")
    assert last_room_line(desk) == "Session #1 is not being served by anybody."


async def test_a_supervisor_hands_on_what_nobody_took_and_no_note_is_lost(desk: Desk) -> None:
    await desk.write()
    await desk.enter(SAM)
    await desk.answer(SAM, "!transfer @anna she knows her")
    assert desk.session().is_served_by(ANNA)
    assert last_room_line(desk) == f"{SAM} handed session #1 to {ANNA}. Note: she knows her"


# --- transferring to a group ---


async def test_a_group_may_take_what_is_handed_to_it(desk: Desk, second_level: str) -> None:
    await desk.write()
    await desk.take(ANNA)
    before = list(desk.chat().events)
    await desk.answer(ANNA, f'!transfer "{second_level}" too hard for me')
    session, room = desk.session(), desk.session_room()
    assert (session.state, session.operator, session.offered_to) == (SessionState.WAITING, None, second_level)
    assert f"{ANNA} handed it to the group second level. Waiting." in preview(desk.card().content, 1000)
    assert last_room_line(desk) == (
        f"{ANNA} handed session #1 to the group second level. Who writes !take serves it. Note: too hard for me"
    )
    assert room.memberships[ANNA] == "leave"
    assert (room.memberships[EVE], room.memberships[FRANK]) == ("invite", "invite")
    assert desk.chat().events == before

    await desk.enter(EVE)
    await desk.answer(EVE, "!take")
    assert desk.session().is_served_by(EVE)
    assert desk.session().offered_to is None
    assert room.memberships[FRANK] == "leave"
    assert room.reasons[FRANK] == f"Session #1 is served by {EVE} now."
    assert room.memberships[EVE] == "join"
    await desk.answer(EVE, "Second level here")
    assert desk.lines(desk.chat())[-1] == "livechat_support: Second level here"


async def test_an_operator_may_take_it_back(desk: Desk, second_level: str) -> None:
    await desk.write()
    await desk.take(ANNA)
    await desk.answer(ANNA, f'!transfer "{second_level}"')
    await desk.enter(EVE)
    await desk.command(BORIS, "!take 1")
    assert desk.session().is_served_by(BORIS)
    assert {desk.session_room().memberships[user] for user in (EVE, FRANK)} == {"leave"}


async def test_the_group_takes_nothing_else(desk: Desk, second_level: str) -> None:
    await desk.write()
    await desk.take(ANNA)
    await desk.answer(ANNA, f'!transfer "{second_level}"')
    await desk.enter(EVE)
    await desk.write(DAN)
    await desk.answer(EVE, "!take 2")
    assert "Only operators of Customer Support can take its sessions." in last_room_line(desk)


async def test_who_declines_the_invitation_changes_nothing(desk: Desk, second_level: str) -> None:
    await desk.write()
    await desk.take(ANNA)
    await desk.answer(ANNA, f'!transfer "{second_level}"')
    await desk.people.leave(EVE, desk.session_room().room_id)
    await desk.settle()
    assert desk.session().offered_to == second_level


async def test_a_member_who_cannot_be_invited_holds_up_nobody(desk: Desk, second_level: str) -> None:
    await desk.write()
    await desk.take(ANNA)
    desk.session_room().memberships[EVE] = "ban"
    await desk.answer(ANNA, f'!transfer "{second_level}"')
    assert desk.session_room().memberships[FRANK] == "invite"
    assert f"{EVE} could not be invited (M_FORBIDDEN: No.)." in "\n".join(desk.lines(desk.session_room()))


async def test_closing_what_a_group_was_offered_sends_the_group_away(desk: Desk, second_level: str) -> None:
    await desk.write()
    await desk.take(ANNA)
    await desk.answer(ANNA, f'!transfer "{second_level}"')
    await desk.enter(EVE)
    await desk.enter(SAM)
    await desk.answer(SAM, "!close")
    assert {desk.session_room().memberships[user] for user in (EVE, FRANK)} == {"leave"}
    assert desk.session_room().memberships[SAM] == "join"


async def test_the_next_group_takes_the_place_of_the_first(desk: Desk, second_level: str) -> None:
    desk.stored.groups["third level"] = frozenset({DAN})
    await desk.write()
    await desk.take(ANNA)
    await desk.answer(ANNA, f'!transfer "{second_level}"')
    await desk.enter(SAM)
    await desk.answer(SAM, '!transfer "third level"')
    room = desk.session_room()
    assert desk.session().offered_to == "third level"
    assert (room.memberships[EVE], room.memberships[DAN], room.memberships[SAM]) == (
        "leave",
        "invite",
        "join",
    )


async def test_a_supervisor_hands_a_waiting_session_to_a_group(desk: Desk, second_level: str) -> None:
    await desk.write()
    await desk.enter(SAM)
    since = desk.session().waiting_since
    await desk.answer(SAM, f'!transfer "{second_level}"')
    assert (desk.session().offered_to, desk.session().waiting_since) == (second_level, since)


async def test_what_is_owed_does_no_harm_when_it_is_late_or_done_twice(desk: Desk, second_level: str) -> None:
    await desk.write()
    await desk.take(ANNA)
    room, deliver = desk.session_room(), desk.use_cases.handing_over
    before = dict(room.memberships)
    invite, clear = InviteGroup(1, 1, second_level), ClearSessionRoom(1, 1, "gone")
    for _ in range(2):
        await deliver.invite_group(Delivery(99, "lane", "token", invite), invite)  # somebody has it by now
        await deliver.clear(Delivery(98, "lane", "token", clear), clear)  # and is to stay
    assert room.memberships == before
    desk.homeserver.change_membership(room, room.creator, BORIS, "invite")
    for _ in range(2):
        await deliver.clear(Delivery(98, "lane", "token", clear), clear)
    assert (room.memberships[BORIS], room.reasons[BORIS]) == ("leave", "gone")
    assert room.memberships[ANNA] == "join"


async def test_nobody_is_put_out_of_a_room_that_is_not_made_yet(desk: Desk) -> None:
    await desk.write()
    number, made = next((n, r) for n, r in desk.stored.session_rooms.items() if r.conversation_id == 1)
    desk.stored.session_rooms[number] = replace(made, room_id=None)
    clear = ClearSessionRoom(1, 1, "gone")
    done = await desk.use_cases.handing_over.clear(Delivery(98, "lane", "token", clear), clear)
    assert done == Done()


# --- at the same time ---


async def test_of_many_at_the_same_moment_each_finds_the_session_as_it_then_is(
    desk: Desk, second_level: str
) -> None:
    await desk.write()
    await desk.take(ANNA)
    room = desk.session_room().room_id
    await desk.people.say(ANNA, room, "!transfer @boris")
    await desk.people.say(SAM, desk.queue.room_id, "!takeover 1")
    await desk.people.say(ANNA, room, f'!transfer "{second_level}"')
    await desk.people.say(ANNA, room, "!close")
    events = list(desk.homeserver.unpushed)
    desk.homeserver.unpushed.clear()
    await asyncio.gather(*(desk.push(event) for event in events))
    await desk.settle()
    assert desk.session().is_served_by(SAM)
    assert desk.session().version == 5  # offered, taken, transferred, taken over
    assert [action for _, action, _ in audited(desk)] == [
        "session.taken",
        "session.transferred",
        "session.taken_over",
    ]


async def test_an_invitation_that_fails_sends_it_back_with_the_reason(desk: Desk) -> None:
    await desk.write()
    desk.session_room().memberships[BORIS] = "ban"
    await desk.command(SAM, "!assign 1 @boris")
    assert desk.session().state is SessionState.WAITING
    assert f"{BORIS} could not be invited" in preview(desk.card().content, 1000)


async def test_priority_and_name_survive_a_handover(desk: Desk) -> None:
    await desk.write()
    await desk.take(ANNA)
    await desk.answer(ANNA, "!priority high")
    await desk.answer(ANNA, "!rename Burning printer")
    await desk.answer(ANNA, "!transfer @boris")
    assert (desk.session().priority, desk.session().name) == (Priority.HIGH, "Burning printer")
