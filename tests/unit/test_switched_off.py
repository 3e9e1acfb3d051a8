"""The whole plugin switched off and on while it runs: one polite answer, and nothing lost (requirement S14)."""

from typing import Any

import pytest

from livechat_plugin import SessionState, Text
from livechat_plugin.core import wording
from livechat_plugin.core.errors import ConcurrentChange, StoreUnavailable
from livechat_plugin.services import reopening
from livechat_plugin.services.customers import CustomerSide
from livechat_plugin.services.room_events import AnyRoomEvent, MessageSent, ReadUpTo, TypingChanged
from livechat_plugin.services.unit_of_work import UnitOfWork
from tests.fakes.stored import Stored
from tests.unit.desk import ANNA, BORIS, BOT, CARLA, DAN, MALLORY, SAM, SUPPORT, Desk, event_ids

CLOSED = "livechat_support: Customer Support is closed at the moment."


async def off(desk: Desk) -> None:
    desk.clock.advance(1)
    desk.use_cases.reopening.switch(is_on=False)
    await desk.until(lambda: desk.stored.off_period)


async def on(desk: Desk) -> None:
    desk.use_cases.reopening.switch(is_on=True)
    await desk.until(lambda: desk.use_cases.gate.is_open)
    await desk.settle()


def said(desk: Desk, customer: str = CARLA) -> list[str]:
    """What a session room shows of a customer."""
    return [line.partition(": ")[2] for line in desk.lines(desk.session_room(customer)) if "_c" in line]


def closed_answers(desk: Desk, customer: str = CARLA) -> int:
    return sum(line.startswith(CLOSED) for line in desk.lines(desk.chat(customer)))


async def test_a_customer_gets_one_answer_and_is_served_when_it_is_on_again(desk: Desk) -> None:
    await desk.open_chat()
    await off(desk)
    for words in ("one", "two", "three"):
        await desk.write(said=words)
    assert closed_answers(desk) == 1
    assert not desk.stored.sessions
    assert [event.event.room_id for event in desk.stored.postponed.values()] == [desk.chat().room_id] * 3
    await on(desk)
    assert said(desk) == ["one", "two", "three"]
    assert desk.session().state is SessionState.WAITING
    assert closed_answers(desk) == 1
    assert not desk.stored.postponed


async def test_each_time_it_is_off_is_told_once_and_to_each_conversation(desk: Desk) -> None:
    for times in (1, 2):
        await off(desk)
        for customer in (CARLA, DAN, CARLA):
            await desk.write(customer, "Hello?")
        assert closed_answers(desk, CARLA) == times
        assert closed_answers(desk, DAN) == times
        await on(desk)


async def test_a_chat_opened_meanwhile_is_accepted(desk: Desk) -> None:
    await off(desk)
    room_id = await desk.people.open_room(CARLA, SUPPORT)
    await desk.people.say(CARLA, room_id, "before you came")
    await desk.settle()
    assert desk.homeserver.rooms[room_id].has(SUPPORT)
    await desk.write(said="after you came")
    assert closed_answers(desk) == 1
    await on(desk)
    assert said(desk) == ["before you came", "after you came"]


async def test_what_was_written_in_a_room_that_the_customer_left_for_another_is_not_lost(desk: Desk) -> None:
    await desk.open_chat()
    await off(desk)
    await desk.write(said="in the first room")
    await desk.open_chat()
    await desk.write(said="in the second room")
    await on(desk)
    assert said(desk) == ["in the first room", "in the second room"]


async def test_what_operators_do_is_answered_once_each_and_done_later(desk: Desk) -> None:
    await desk.write()
    await off(desk)
    answer = wording.SWITCHED_OFF.partition(".")[0]
    await desk.command(BORIS, "Just talking to you, Anna")
    assert not any(answer in line for line in desk.lines(desk.queue))
    await desk.people.react(ANNA, desk.queue.room_id, desk.session().card or "", "✋")
    await desk.command(BORIS, "!take 1")
    await desk.command(BORIS, "!take 1")
    assert sum(answer in line for line in desk.lines(desk.queue)) == 2
    assert frozenset().union(*desk.queue.mentioned.values()) == {ANNA, BORIS}
    assert desk.session().operator is None
    await on(desk)
    assert desk.session().operator == ANNA
    assert any("already" in line for line in desk.lines(desk.queue))


async def test_an_operators_answer_reaches_the_customer_later(desk: Desk) -> None:
    await desk.write()
    await desk.take()
    await off(desk)
    await desk.answer(ANNA, "I look into it")
    await desk.answer(ANNA, "!note hm")
    told = [line for line in desk.lines(desk.session_room()) if "switched off" in line]
    assert len(told) == 1
    assert not event_ids(desk.chat().shown(), "I look into it")
    await on(desk)
    assert event_ids(desk.chat().shown(), "I look into it")
    assert [m.content for m in desk.stored.messages.values() if m.direction == "note"] == [Text("hm")]


async def test_the_bot_answers_politely_and_carries_out_commands_later(desk: Desk) -> None:
    room_id = await desk.people.open_room(CARLA, BOT)
    await desk.settle()
    await off(desk)
    await desk.people.say(CARLA, room_id, "!chats")
    await desk.settle()
    room = desk.homeserver.rooms[room_id]
    assert "switched off" in desk.lines(room)[-1]
    await on(desk)
    assert "Customer Support" in desk.lines(room)[-1]


async def test_programs_get_no_answer(desk: Desk) -> None:
    await desk.open_chat()
    await off(desk)
    await desk.write(said=Text("I am a program", style="notice"))
    assert closed_answers(desk) == 0


async def test_who_may_not_write_is_told_so_at_once(desk: Desk) -> None:
    await desk.open_chat()
    desk.change_live_chat(customers=())
    await off(desk)
    await desk.write()
    assert "is not open to you" in desk.lines(desk.chat())[-1]
    assert not desk.stored.postponed


async def test_what_cannot_be_read_is_told_at_once(desk: Desk) -> None:
    await desk.open_chat()
    await off(desk)
    await desk.people.say_encrypted(CARLA, desk.chat().room_id)
    await desk.settle()
    assert "encrypt" in desk.lines(desk.chat())[-1]
    assert not desk.stored.postponed


async def test_strangers_in_a_customers_room_are_seen_to_later(desk: Desk) -> None:
    await desk.open_chat()
    await off(desk)
    await desk.people.invite(CARLA, desk.chat().room_id, MALLORY)
    await desk.people.join(MALLORY, desk.chat().room_id)
    await desk.settle()
    assert desk.chat().has(SUPPORT)
    await on(desk)
    assert not desk.chat().has(SUPPORT)


async def test_what_was_owed_before_is_delivered_all_the_same(desk: Desk) -> None:
    await desk.open_chat()
    await desk.push(message(desk, "$before", "before"))
    await off(desk)
    await desk.settle()
    assert said(desk) == ["before"]
    assert desk.session().state is SessionState.WAITING


async def test_signals_are_dropped(desk: Desk) -> None:
    await desk.write()
    await desk.take()
    await off(desk)
    room = desk.session_room().room_id
    [shown] = event_ids(desk.session_room().shown(), "Hello")
    await desk.signals.relay([TypingChanged(room, frozenset({ANNA})), ReadUpTo(room, ANNA, shown)])
    assert not desk.chat().typing
    assert not desk.chat().read


def message(desk: Desk, event_id: str, body: str) -> MessageSent:
    return MessageSent(event_id, desk.chat().room_id, CARLA, desk.clock.now(), Text(body))


async def test_what_comes_while_the_rest_is_handled_waits_behind_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reopening, "BATCH", 3)
    await desk.open_chat()
    await off(desk)
    await desk.push(*(message(desk, f"$m{n}", f"{n}") for n in range(20)))
    desk.use_cases.reopening.switch(is_on=True)
    for n in range(20, 40):
        await desk.push(message(desk, f"$m{n}", f"{n}"))
    await desk.until(lambda: desk.use_cases.gate.is_open)
    await desk.settle()
    assert said(desk) == [str(n) for n in range(40)]
    assert closed_answers(desk) == 1


async def test_switched_off_again_in_the_middle_it_goes_on_later_and_tells_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reopening, "BATCH", 1)
    await desk.open_chat()
    await off(desk)
    await desk.push(*(message(desk, f"$m{n}", f"{n}") for n in range(20)))
    first = desk.stored.off_period
    desk.clock.advance(1)
    desk.use_cases.reopening.switch(is_on=True)
    await desk.until(lambda: len(desk.stored.postponed) < 15)
    desk.use_cases.reopening.switch(is_on=False)
    await desk.until(lambda: desk.stored.off_period not in {first, ""})
    assert desk.stored.postponed
    await desk.write(said="20")
    assert closed_answers(desk) == 2
    await on(desk)
    assert said(desk) == [str(n) for n in range(21)]


@pytest.mark.parametrize("trouble", [StoreUnavailable("away"), ConcurrentChange("faster")])
async def test_a_database_in_trouble_is_waited_for(
    desk: Desk, trouble: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reopening, "STORE_AWAY", 0.01)
    await desk.open_chat()
    await off(desk)
    await desk.push(*(message(desk, f"$m{n}", f"{n}") for n in range(5)))
    await desk.settle()
    desk.store.commit_failures.extend([trouble] * 3)
    await on(desk)
    assert said(desk) == [str(n) for n in range(5)]


async def test_an_event_that_we_fail_on_is_told_to_who_wrote_it_and_the_others_go_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle = CustomerSide.handle

    async def failing(self: CustomerSide, work: UnitOfWork, event: AnyRoomEvent, *rest: Any) -> None:
        if isinstance(event, MessageSent) and event.content == Text("bug"):
            raise ValueError("a fault of ours")
        await handle(self, work, event, *rest)

    monkeypatch.setattr(CustomerSide, "handle", failing)
    await desk.open_chat()
    await off(desk)
    await desk.push(*(message(desk, f"${words}", words) for words in ("one", "bug", "two")))
    await on(desk)
    assert said(desk) == ["one", "two"]
    assert [event_id for event_id, _, _ in desk.stored.rejected] == ["$bug"]
    assert "could not be passed on" in desk.lines(desk.chat())[-1] or "not" in desk.lines(desk.chat())[-1]


async def test_killed_at_any_moment_each_is_handled_once_and_in_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reopening, "BATCH", 2)
    for commits in range(1, 12):
        async with Desk().working() as desk:
            await desk.set_up()
            await desk.open_chat()
            await off(desk)
            await desk.push(*(message(desk, f"$m{n}", f"{n}") for n in range(9)))
            await desk.settle()
            kept = await killed_after(desk, commits)
            homeserver = desk.homeserver
        async with Desk(stored=kept, homeserver=homeserver).working() as desk:
            await desk.push(message(desk, "$m9", "9"))
            await desk.until(lambda: desk.use_cases.gate.is_open)
            await desk.settle()
            assert said(desk) == [str(n) for n in range(10)], commits
            assert closed_answers(desk) == 1


async def killed_after(desk: Desk, commits: int) -> Stored:
    """Switch on, and let the process end after so many commits; returns what is kept."""
    last = desk.store.commits + commits
    kept: list[Stored] = []
    keep = desk.store._keep

    def keep_until_then(stored: Stored, *announced: Any) -> None:
        if desk.store.commits >= last:
            desk.store.is_away = True
        keep(stored, *announced)
        if desk.store.commits == last and not kept:
            kept.append(desk.stored.copy())

    desk.store._keep = keep_until_then  # type: ignore[method-assign, assignment]
    desk.use_cases.reopening.switch(is_on=True)
    await desk.until(lambda: kept or (desk.use_cases.gate.is_open and not desk.dispatcher.waiting))
    return kept[0] if kept else desk.stored.copy()


async def test_started_again_while_off_nobody_is_told_twice(desk: Desk) -> None:
    await off(desk)
    await desk.write(said="one")
    again = Desk(stored=desk.stored, homeserver=desk.homeserver)
    again.use_cases.gate.switch(is_on=False)
    async with again.working():
        await again.write(said="two")
        assert closed_answers(again) == 1
        await on(again)
        assert said(again) == ["one", "two"]


async def test_off_from_the_start_keeps_the_first_event_already(desk: Desk) -> None:
    await desk.open_chat()
    again = Desk(stored=desk.stored, homeserver=desk.homeserver)
    again.use_cases.gate.switch(is_on=False)
    await again.push(message(again, "$first", "first"))  # before anything else ran
    assert again.stored.postponed
    assert again.stored.off_period


async def test_a_supervisors_command_is_answered_too(desk: Desk) -> None:
    await off(desk)
    await desk.command(SAM, "!help")
    assert "switched off" in desk.lines(desk.queue)[-1]
    await on(desk)
    assert "!take" in desk.lines(desk.queue)[-1]


async def test_while_another_replica_is_off_everybody_keeps_what_happens(desk: Desk) -> None:
    """Later events of a conversation may come to any of them, and must not overtake those that were kept."""
    await desk.open_chat()
    async with desk.store.begin() as work:  # the other one keeps the first event of its off-period
        await work.postponed.begin_period("theirs")
        await work.postponed.add(message(desk, "$theirs", "one"), 1)
        await work.commit()
    await desk.push(message(desk, "$ours", "two"))
    await desk.settle()
    assert len(desk.stored.postponed) == 2
    assert closed_answers(desk) == 0  # who is off tells people so
    desk.use_cases.reopening.follow_others(are_on=False)  # we lead, and hear of it
    desk.use_cases.reopening.follow_others(are_on=True)
    await desk.until(lambda: not desk.stored.off_period)
    await desk.settle()
    assert said(desk) == ["one", "two"]


async def test_who_leads_waits_until_the_last_replica_is_on(desk: Desk) -> None:
    await off(desk)
    await desk.write(said="one")
    desk.use_cases.reopening.follow_others(are_on=False)
    desk.use_cases.reopening.switch(is_on=True)
    await desk.write(said="two")
    await desk.settle()
    assert len(desk.stored.postponed) == 2
    assert desk.stored.off_period
    desk.use_cases.reopening.follow_others(are_on=True)
    await desk.until(lambda: desk.use_cases.gate.is_open)
    await desk.settle()
    assert said(desk) == ["one", "two"]
    await desk.write(said="three")
    await desk.settle()
    assert said(desk) == ["one", "two", "three"]


async def test_who_leads_keeps_what_happens_while_another_is_off(desk: Desk) -> None:
    desk.use_cases.reopening.follow_others(are_on=False)
    await desk.until(lambda: desk.stored.off_period)
    await desk.write(said="one")
    await desk.settle()
    assert len(desk.stored.postponed) == 1
    desk.use_cases.reopening.follow_others(are_on=True)
    await desk.until(lambda: not desk.stored.off_period)
    await desk.settle()
    assert said(desk) == ["one"]
