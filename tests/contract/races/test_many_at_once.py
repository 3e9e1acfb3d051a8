"""Many do something at the same moment: exactly one wins, everybody else is told, and nothing is lost or doubled."""

import asyncio

import pytest

from livechat_plugin.core.employees import OperatorStatus
from livechat_plugin.core.sessions import SessionState
from livechat_plugin.services.unit_of_work import UnitOfWork
from tests.contract.races.service import ANNA, BORIS, CARLA, DAN, SAM, Deed, Process, Service
from tests.unit.wiring import ADA, SERVER

CROWD = [f"@operator{number}:{SERVER}" for number in range(50)]


async def in_queue(service: Service, user: str, text: str, reply_to: str | None = None) -> None:
    queue = (await service.live_chat()).queue_room or ""
    await service.people.say(user, queue, text, reply_to)


def take(process: Process, operator: str) -> Deed:
    return lambda work, view, session: process.use_cases.assignments.take(work, view, session, operator)


def assign(process: Process, operator: str, by: str = SAM) -> Deed:
    return lambda work, view, session: process.use_cases.handovers.assign(work, view, session, operator, by)


def transfer(process: Process, operator: str, by: str) -> Deed:
    return lambda work, view, session: process.use_cases.handovers.transfer(work, view, session, operator, by)


def close(process: Process, by: str) -> Deed:
    return lambda work, view, session: process.use_cases.session_care.close(work, view, session, by)


async def open_sessions(process: Process) -> list[int]:
    async with process.store.read() as work:
        return [session.number for session in await work.sessions.open_in(1, 100)]


async def test_of_fifty_operators_who_take_a_session_at_once_one_wins_and_the_others_are_told_who(
    database_url: str,
) -> None:
    async with Service(database_url, processes=2).working() as service:
        for user in CROWD:
            service.homeserver.introduce(user)
        await service.add_live_chat(operators=CROWD)
        await service.write(CARLA, "Hello")
        told = await asyncio.gather(
            *(
                service.processes[number % 2].do(1, take(service.processes[number % 2], user))
                for number, user in enumerate(CROWD)
            )
        )
        session = await service.first.session(1)
        assert [user for user, words in zip(CROWD, told, strict=True) if words is None] == [session.operator]
        assert sum(words is not None and str(session.operator) in words for words in told) == 49
        assert session.version == 3  # offered, taken once
        await service.settle()
        room = await service.session_room()
        assert [user for user in room.memberships if user in CROWD] == [session.operator]


async def test_of_fifty_who_react_or_write_in_the_queue_room_one_wins_and_49_are_told_who(
    database_url: str,
) -> None:
    async with Service(database_url, processes=2).working() as service:
        for user in CROWD:
            service.homeserver.introduce(user)
        live_chat = await service.add_live_chat(operators=CROWD)
        await service.write(CARLA, "Hello")
        card, queue = (await service.first.session(1)).card or "", service.room(live_chat.queue_room)
        for number, user in enumerate(CROWD):
            if number % 2:
                await service.people.react(user, queue.room_id, card, "✋")
            else:
                await service.people.say(user, queue.room_id, "!take 1")
        events = list(service.homeserver.unpushed)
        service.homeserver.unpushed.clear()
        await asyncio.gather(
            service.push(*events[:25], process=service.processes[0]),
            service.push(*events[25:], process=service.processes[1]),
        )
        await service.settle()
        session = await service.first.session(1)
        winner = str(session.operator)
        name = service.homeserver.profiles[winner].display_name
        answers = {
            user
            for shown in queue.shown()
            for user in queue.mentioned.get(shown.event_id, ())
            if winner in f"{shown.content} {name}" and user in CROWD
        }
        assert answers == set(CROWD) - {winner} or answers == set(CROWD)
        assert session.version == 3


async def test_take_assign_and_transfer_at_once_leave_one_operator_whom_everybody_sees(
    service: Service,
) -> None:
    one, two = service.processes
    for attempt in range(4):
        number = attempt + 1
        await service.write(CARLA, f"Hello {number}")
        before = (await one.session(number)).version
        told = await asyncio.gather(
            one.do(number, take(one, ANNA)),
            two.do(number, take(two, BORIS)),
            one.do(number, assign(one, BORIS)),
            two.do(number, assign(two, ANNA)),
            one.do(number, transfer(one, BORIS, ANNA)),
            two.do(number, transfer(two, ANNA, BORIS)),
        )
        await service.settle()
        session = await two.session(number)
        assert session.state is SessionState.ACTIVE
        assert session.version - before == told.count(None) >= 1
        room = await service.session_room()
        present = {user for user, how in room.memberships.items() if how in {"join", "invite"}}
        assert present & {ANNA, BORIS} == {session.operator}
        assert await one.do(number, close(one, SAM)) is None
        await service.settle()


@pytest.mark.parametrize("is_new", [True, False])
async def test_two_first_messages_at_once_open_one_conversation_with_one_session(
    service: Service, *, is_new: bool
) -> None:
    """Two replicas have a transaction each; the homeserver repeats whichever is not acknowledged."""
    ghost = service.naming.live_chat("support")
    room_id = await service.people.open_room(CARLA, ghost)
    if not is_new:
        await service.settle()
    await service.first.kill()
    await service.people.say(CARLA, room_id, "first")
    await service.people.say(CARLA, room_id, "second")
    events = list(service.homeserver.unpushed)
    service.homeserver.unpushed.clear()
    if is_new:  # what comes before we are in the room is held, in the order in which it is taken in
        await service.push(*events)
    await asyncio.gather(
        service.push(*events, process=service.processes[0]),
        service.push(*reversed(events), process=service.processes[1]),
    )
    service.first.start()
    await service.settle()
    assert await open_sessions(service.first) == [1]
    assert sorted(service.said_by_ghosts(await service.session_room())) == ["first", "second"]
    async with service.first.store.read() as work:
        assert len(await work.conversations.of_customer("matrix", CARLA)) == 1


async def test_two_direct_chats_opened_at_once_are_one_conversation(service: Service) -> None:
    ghost = service.naming.live_chat("support")
    for words in ("here", "there"):
        room_id = await service.people.open_room(CARLA, ghost)
        await service.people.say(CARLA, room_id, words)
    events = list(service.homeserver.unpushed)
    service.homeserver.unpushed.clear()
    await asyncio.gather(
        service.push(*events[:2], process=service.processes[0]),
        service.push(*events[2:], process=service.processes[1]),
    )
    await service.settle()
    assert await open_sessions(service.first) == [1]
    assert sorted(service.said_by_ghosts(await service.session_room())) == ["here", "there"]


async def test_a_message_that_arrives_while_the_session_is_closed_is_never_lost(service: Service) -> None:
    one, two = service.processes
    expected: list[str] = []
    for attempt in range(6):
        await service.write(CARLA, f"question {attempt}")
        [number] = await open_sessions(one)
        await one.do(number, take(one, ANNA))
        await service.settle()
        room_id = service.chats_of(CARLA, service.naming.live_chat("support"))[-1]
        await service.people.say(CARLA, room_id, f"while closing {attempt}")
        await asyncio.gather(one.do(number, close(one, ANNA)), service.push_pending(two))
        await service.settle()
        expected += [f"question {attempt}", f"while closing {attempt}"]
        assert service.said_by_ghosts(await service.session_room()) == expected
        opened = await open_sessions(one)
        assert opened in ([], [number + 1])  # it went to the old session, or opened the next one
        for each in opened:
            await one.do(each, close(one, SAM))
            await service.settle()


async def test_a_transfer_to_somebody_who_goes_offline_or_is_disabled_at_that_moment(
    service: Service,
) -> None:
    """Either they serve it, and are told of it as they go; or it is refused."""
    one, two = service.processes
    for attempt in range(8):
        number = attempt + 1
        await service.write(CARLA, f"Hello {number}")
        await one.do(number, take(one, ANNA))
        serving: list[int] = []

        async def go_offline(work: UnitOfWork, into: list[int]) -> None:
            _, served = await two.use_cases.commands.services.attendance.set_status(
                work, BORIS, OperatorStatus.OFFLINE
            )
            into += [session.number for session in served]

        async def leave(into: list[int] = serving) -> None:
            async with two.store.begin() as work:
                await go_offline(work, into)
                await work.commit()

        refused, _ = await asyncio.gather(one.do(number, transfer(one, BORIS, ANNA)), leave())
        session = await one.session(number)
        if refused is None:
            assert (session.operator, serving) == (BORIS, [number])
        else:
            assert (session.operator, serving) == (ANNA, [])
        async with one.store.begin() as work:
            await one.use_cases.commands.services.attendance.set_status(work, BORIS, OperatorStatus.ONLINE)
            await work.commit()
        await one.do(number, close(one, SAM))
        await service.settle()


async def test_nobody_serves_a_session_who_was_disabled_while_they_took_it(service: Service) -> None:
    one, two = service.processes
    control = two.use_cases.commands.services.operator_control
    for attempt in range(8):
        number = attempt + 1
        await service.write(CARLA, f"Hello {number}")

        async def disable() -> list[int]:
            while True:
                try:
                    async with two.store.begin() as work:
                        given_back = await control.disable(work, ADA, ANNA)
                        await work.commit()
                        return list(given_back)
                except Exception as error:
                    if type(error).__name__ != "ConcurrentChange":
                        raise

        refused, given_back = await asyncio.gather(one.do(number, take(one, ANNA)), disable())
        session = await one.session(number)
        assert session.state is SessionState.WAITING, "a disabled operator serves it"
        assert given_back == ([number] if refused is None else [])
        async with one.store.begin() as work:
            await one.use_cases.commands.services.operator_control.enable(work, ADA, ANNA)
            await work.commit()
        await one.do(number, close(one, SAM))
        await service.settle()


async def test_a_live_chat_deleted_while_customers_write_leaves_nobody_waiting(service: Service) -> None:
    one, two = service.processes
    ghost = service.naming.live_chat("support")
    await service.write(CARLA, "Hello")
    dans = await service.people.open_room(DAN, ghost)
    await service.settle()

    async def delete() -> None:
        async with one.store.begin() as work:
            await one.use_cases.administration.delete(work, ADA, "support", "Support")
            await work.commit()

    await service.people.say(CARLA, service.chats_of(CARLA, ghost)[-1], "And another thing")
    await service.people.say(DAN, dans, "Good day")
    await asyncio.gather(delete(), service.push_pending(two))
    await service.settle()
    assert await open_sessions(one) == []
    for customer in (CARLA, DAN):
        chat = service.room(service.chats_of(customer, ghost)[-1])
        last = [shown for shown in chat.shown() if service.naming.is_ours(shown.sender)]
        assert last, f"{customer} was told nothing"
