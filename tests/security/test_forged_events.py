"""Events that claim to be more than they are, commands of people who may not give them, and ghosts put out (SEC-EVENT)."""

from typing import Any

import pytest

from livechat_plugin.core.naming import Naming
from livechat_plugin.matrix.events import read_event
from livechat_plugin.services.live_chats import LiveChatForm
from livechat_plugin.services.room_events import RejectedEvent
from tests.security.test_belonging_elsewhere import DORA, ERIC, state
from tests.unit.desk import ANNA, BOT, CARLA, DAN, SUPPORT, Desk
from tests.unit.wiring import SERVER

NAMING = Naming("livechat", SERVER)
SECRET = "a secret of Carla's"


def raw(**changes: Any) -> dict[str, Any]:
    return {
        "type": "m.room.message",
        "event_id": "$1",
        "room_id": "!r",
        "sender": CARLA,
        "origin_server_ts": 1_700_000_000_000,
        "content": {"msgtype": "m.text", "body": "hello"},
        **changes,
    }


@pytest.mark.parametrize(
    "sender", [BOT, SUPPORT, f"@livechat_support_c1:{SERVER}", f"@livechat_op_1:{SERVER}"]
)
def test_what_claims_to_be_ours_is_an_echo_and_nothing_else(sender: str) -> None:
    assert read_event(raw(sender=sender), NAMING) is None
    member = raw(type="m.room.member", sender=sender, state_key=CARLA, content={"membership": "join"})
    assert read_event(member, NAMING) is None


@pytest.mark.parametrize(
    "sender", [f"@livechat_support:{SERVER}.evil.org", "@livechat_support:evil.org", f"@Livechat:{SERVER}"]
)
def test_a_name_like_ours_elsewhere_is_somebody_else(sender: str) -> None:
    assert not NAMING.is_ours(sender)
    assert read_event(raw(sender=sender), NAMING) is not None


@pytest.mark.parametrize("changes", [{"state_key": ""}, {"state_key": "x"}, {"state_key": None}])
def test_state_is_no_message(changes: dict[str, Any]) -> None:
    assert read_event(raw(**changes), NAMING) is None


def test_a_membership_without_whose_it_is_is_rejected() -> None:
    member = raw(type="m.room.member", content={"membership": "join"})
    assert isinstance(read_event(member, NAMING), RejectedEvent)


@pytest.fixture
async def busy(desk: Desk) -> Desk:
    """Carla is served by Anna; Dora and Eric work in a live chat of their own."""
    for user in (DORA, ERIC):
        desk.homeserver.introduce(user)
    await desk.add_live_chat(LiveChatForm("sales", "Sales", (DORA,), (ERIC,), (f"@*:{SERVER}",)))
    await desk.write(CARLA, SECRET)
    await desk.take(ANNA)
    await desk.enter(ANNA)
    return desk


COMMANDS = (
    "!take 1", "!close 1", "!assign 1 @dora:example.org", "!transfer 1 @dora:example.org", "!show 1", "!name 1 forged",
    "!priority 1 high", "!note 1 forged", "!customer 1", "!connect 1 contacts", "!register 1 complaints", "!takeover 1",
    "!subject 1 forged", "!chats edit support name=forged", "!chats delete support", "!groups add x @dora:example.org",
    "!apps delete contacts", "!operators disable @anna:example.org", "!disable @anna:example.org", "!audit", "!sessions",
    "!queue", "!active", "!closed", "!online @anna:example.org", "!offline @anna:example.org", "!rename 1 forged", "!leave",
)  # fmt: skip


@pytest.mark.parametrize("user", [DORA, ERIC, DAN])
async def test_commands_of_people_who_belong_elsewhere_do_nothing_in_any_room(busy: Desk, user: str) -> None:
    bot = await busy.people.open_room(user, BOT)
    await busy.settle()
    rooms = [bot]
    sales = next(chat for chat in busy.stored.live_chats.values() if chat.slug == "sales")
    for room_id, who in ((sales.queue_room, DORA), (sales.supervisors_room, ERIC)):
        if who == user and room_id is not None:
            await busy.people.join(who, room_id)
            rooms.append(room_id)
    await busy.settle()
    before = state(busy)
    for room_id in rooms:
        for command in COMMANDS:
            await busy.people.say(user, room_id, command)
            await busy.settle()
    assert state(busy) == before
    said = "\n".join(line for room_id in rooms for line in busy.lines(busy.homeserver.rooms[room_id]))
    assert SECRET not in said


async def test_a_customers_commands_are_words(busy: Desk) -> None:
    room_id = busy.chat().room_id
    for command in ("!close", "!take 1", "!transfer @dan:example.org", "!note x"):
        await busy.people.say(CARLA, room_id, command)
    await busy.settle()
    assert busy.session().operator == ANNA
    shown = busy.lines(busy.session_room())
    assert sum(": !" in line for line in shown) == 4


async def test_who_comes_into_a_customers_room_is_not_heard(busy: Desk) -> None:
    room_id = busy.chat().room_id
    busy.homeserver.rooms[room_id].memberships[DAN] = "join"
    await busy.people.say(DAN, room_id, "I am Carla, trust me")
    await busy.settle()
    assert not [line for line in busy.lines(busy.session_room()) if "trust me" in line]


async def test_a_takers_reaction_in_another_room_takes_nothing(busy: Desk) -> None:
    await busy.write(DAN, "Hello")
    card = busy.card(2).event_id
    elsewhere = await busy.people.open_room(DORA, BOT)
    await busy.settle()
    await busy.people.react(DORA, elsewhere, card, "✋")
    await busy.settle()
    assert busy.session(2).operator is None


# --- ghosts that are put out ---


@pytest.mark.parametrize("how", ["kick", "ban"])
async def test_a_live_chat_put_out_by_the_customer_is_told_to_the_operators(busy: Desk, how: str) -> None:
    await busy.people.kick(CARLA, busy.chat().room_id, SUPPORT, is_banned=how == "ban")
    await busy.settle()
    assert "has left the chat" in busy.lines(busy.session_room())[-1]
    await busy.answer(ANNA, "Are you there?")
    assert "did not reach the customer" in busy.lines(busy.session_room())[-1]


async def test_a_ghost_that_is_put_out_of_a_room_of_ours_costs_one_message_and_not_the_conversation(
    busy: Desk,
) -> None:
    """A server's administrator can do that. The customer learns that the message did not arrive; the others go on."""
    room = busy.session_room()
    room.memberships[busy.ghost()] = "ban"
    await busy.people.say(CARLA, busy.chat().room_id, "Lost?")
    await busy.settle()
    assert "could not be passed on" in busy.lines(busy.chat())[-1]
    await busy.answer(ANNA, "I am still here")
    assert "I am still here" in busy.lines(busy.chat())[-1]


async def test_a_live_chat_that_is_put_out_of_its_queue_room_still_serves(busy: Desk) -> None:
    busy.queue.memberships[SUPPORT] = "leave"
    await busy.write(DAN, "Hello")
    await busy.settle()
    assert len(busy.stored.sessions) == 2
    await busy.people.say(CARLA, busy.chat().room_id, "And me?")
    await busy.settle()
    assert "And me?" in busy.lines(busy.session_room())[-1]
