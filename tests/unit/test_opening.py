"""A customer's first message: session, card, session room, and what the hooks say to it."""

import asyncio
from dataclasses import replace

from livechat_plugin import (
    Admission,
    AssignTo,
    Content,
    Hook,
    HookSettings,
    OfferToGroup,
    Priority,
    Refuse,
    Route,
    Session,
    SessionState,
    hookimpl,
    preview,
)
from tests.unit.desk import ANNA, CARLA, DAN, MALLORY, SAM, SUPPORT, Desk


async def test_the_first_message_opens_a_session_and_its_card(desk: Desk) -> None:
    await desk.write(CARLA, "My bicycle is late")
    assert desk.session().state is SessionState.WAITING
    assert desk.session().subject == "My bicycle is late"
    card = preview(desk.card().content, 1000)
    assert "#1 Carla" in card
    assert "My bicycle is late" in card
    assert "Waiting" in card
    assert desk.card().reactions == ("✋",)
    assert desk.card().sender == SUPPORT


async def test_the_message_stands_in_a_session_room_under_the_customers_name(desk: Desk) -> None:
    await desk.homeserver.set_profile(SUPPORT, desk.homeserver.profiles[CARLA])
    await desk.write(CARLA, "My bicycle is late")
    room = desk.session_room()
    assert desk.lines(room) == ["livechat_support_c1: My bicycle is late"]
    assert desk.homeserver.profiles[desk.ghost()].display_name == "Carla"
    assert room.name == "#1 Carla"
    assert room.room_id in desk.homeserver.rooms[desk.live_chat.space or ""].children
    assert CARLA not in room.memberships


async def test_the_next_message_belongs_to_the_same_session(desk: Desk) -> None:
    await desk.write(CARLA, "one")
    await desk.write(CARLA, "two")
    assert len(desk.stored.sessions) == 1
    assert len(desk.queue.shown()) == 1
    assert desk.lines(desk.session_room()) == ["livechat_support_c1: one", "livechat_support_c1: two"]


async def test_every_customer_has_a_session_of_their_own(desk: Desk) -> None:
    await desk.write(CARLA, "from Carla")
    await desk.write(DAN, "from Dan")
    assert desk.session_room(CARLA) is not desk.session_room(DAN)
    assert desk.lines(desk.session_room(DAN)) == [f"{desk.ghost(DAN)[1:].partition(':')[0]}: from Dan"]
    assert "#2 Dan" in preview(desk.card(2).content, 1000)


async def test_rooms_are_made_when_no_spare_one_is_left(desk: Desk) -> None:
    customers = [f"@customer{number}:example.org" for number in range(5)]
    for customer in customers:
        await desk.write(customer, "Hello")
    assert len({desk.session_room(customer).room_id for customer in customers}) == 5
    for customer in customers:
        assert desk.lines(desk.session_room(customer)) == [
            f"{desk.ghost(customer)[1:].partition(':')[0]}: Hello"
        ]


async def test_a_taken_spare_room_is_replaced_a_little_later(desk: Desk) -> None:
    await desk.write()
    spare = [room for room in desk.stored.session_rooms.values() if room.conversation_id is None]
    assert [room.room_id is not None for room in spare] == [True, False]
    desk.clock.advance(3)
    await desk.settle()
    spare = [room for room in desk.stored.session_rooms.values() if room.conversation_id is None]
    assert [room.room_id is not None for room in spare] == [True, True]


async def test_after_the_close_the_next_message_opens_another_session_in_the_same_room(desk: Desk) -> None:
    await desk.write(CARLA, "first")
    await desk.take()
    await desk.answer(ANNA, "!close")
    room = desk.session_room()
    await desk.write(CARLA, "second")
    assert desk.session(2).state is SessionState.WAITING
    assert desk.session_room() is room
    assert desk.lines(room)[0] == "livechat_support_c1: first"
    assert desk.lines(room)[-1] == "livechat_support_c1: second"
    assert room.name == "#2 Carla"


async def test_a_session_that_was_closed_before_it_was_routed_stays_closed(desk: Desk) -> None:
    await desk.write()
    desk.stored.sessions[1] = replace(desk.session(), state=SessionState.OPENING)
    async with desk.store.begin() as work:
        view = await work.conversations.view(1)
        assert view.session is not None
        await desk.assignments.close(work, view, view.session, by=SAM)
        await work.commit()
    await desk.settle()
    assert desk.session().state is SessionState.CLOSED


class Doorman(Hook[HookSettings]):
    @hookimpl
    def livechat_choose_admission(self, first_message: Content) -> Admission | None:
        return Refuse("No links, please.") if "http" in preview(first_message) else None


async def test_a_refused_session_tells_the_customer_why_and_shows_no_one_waiting() -> None:
    async with Desk(Doorman(HookSettings())).working() as desk:
        await desk.set_up()
        await desk.write(CARLA, "look at http://example.org")
        assert desk.session().state is SessionState.CLOSED
        assert desk.lines(desk.chat())[-1] == "livechat_support: No links, please."
        assert desk.session().card is None
        await desk.write(CARLA, "in my own words")
        assert desk.session(2).state is SessionState.WAITING


class Concierge(Hook[HookSettings]):
    @hookimpl
    async def livechat_choose_greeting(self, session: Session) -> str:
        return f"Welcome, this is #{session.number}."

    @hookimpl
    async def livechat_choose_farewell(self, session: Session) -> str:
        return f"Bye, this was #{session.number}."

    @hookimpl
    async def livechat_choose_priority(self) -> Priority:
        return Priority.HIGH


async def test_greeting_farewell_and_priority_come_from_hooks() -> None:
    async with Desk(Concierge(HookSettings())).working() as desk:
        await desk.set_up()
        await desk.write()
        assert desk.session().priority is Priority.HIGH
        assert desk.lines(desk.chat())[-1] == "livechat_support: Welcome, this is #1."
        assert desk.lines(desk.session_room())[-1] == "livechat_support: Welcome, this is #1."
        await desk.take()
        await desk.answer(ANNA, "!close")
        assert desk.lines(desk.chat())[-1] == "livechat_support: Bye, this was #1."


class Router(Hook[HookSettings]):
    operator = ANNA

    @hookimpl
    async def livechat_choose_route(self) -> Route:
        return AssignTo(self.operator)


async def test_a_hook_gives_the_session_to_an_operator() -> None:
    async with Desk(Router(HookSettings())).working() as desk:
        await desk.set_up()
        await desk.write()
        assert desk.session().is_served_by(ANNA)
        assert desk.session_room().memberships[ANNA] == "invite"
        assert "Taken by Anna" in preview(desk.card().content, 1000)


class Misrouter(Router):
    operator = MALLORY


async def test_a_hook_that_names_nobody_of_the_desk_gives_the_session_to_all_operators() -> None:
    async with Desk(Misrouter(HookSettings())).working() as desk:
        await desk.set_up()
        await desk.write()
        assert desk.session().state is SessionState.WAITING
        assert MALLORY not in desk.session_room().memberships


class Broken(Hook[HookSettings]):
    @hookimpl
    async def livechat_choose_admission(self) -> Admission:
        raise RuntimeError("out of order")

    @hookimpl
    async def livechat_choose_greeting(self) -> int:
        return 42

    @hookimpl
    async def livechat_choose_route(self) -> Route:
        raise RuntimeError("out of order")


class Calm(Hook[HookSettings]):
    @hookimpl
    async def livechat_choose_route(self) -> Route:
        return OfferToGroup()


async def test_hooks_that_raise_or_answer_nonsense_stop_no_message() -> None:
    async with Desk(Calm(HookSettings()), Broken(HookSettings())).working() as desk:
        await desk.set_up()
        await desk.write(CARLA, "Hello")
        assert desk.session().state is SessionState.WAITING
        assert desk.lines(desk.session_room()) == ["livechat_support_c1: Hello"]
        assert desk.meter.of("hook_failures", "Broken") == 3


async def test_a_room_waits_for_the_supervisors_room_that_lets_people_in(desk: Desk) -> None:
    made = desk.live_chat
    desk.stored.session_rooms.clear()
    desk.change_live_chat(supervisors_room=None)  # as long as the live chat is being set up
    writing = asyncio.create_task(desk.write(CARLA))
    await desk.until(lambda: desk.meter.of("delivery_retries", "prepare_session_room"))
    async with desk.store.begin() as work:
        rooms = (made.queue_room or "", made.supervisors_room or "", made.space or "")
        await work.live_chats.set_rooms(made.id, *rooms)
        await work.commit()
    await writing
    assert desk.session_room().join_through == made.supervisors_room
