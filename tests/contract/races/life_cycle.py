"""The life cycle as a machine that Hypothesis drives: people and failures on the one side, the model on the other."""

import asyncio
from dataclasses import replace
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from livechat_plugin.core.employees import OperatorStatus
from livechat_plugin.core.sessions import Priority
from livechat_plugin.services.live_chats import form_of
from tests.contract.races.comparing import CHATS, Comparing
from tests.contract.races.model import Chat, Status
from tests.contract.races.service import ANNA, BORIS, EVE, SAM
from tests.fakes.faults import absence, refusal
from tests.unit.wiring import ADA

T = TypeVar("T")

OPERATORS = [ANNA, BORIS, EVE]

chats = st.sampled_from(CHATS)
operators = st.sampled_from(OPERATORS)
which = st.integers(0, 3)
"""The last session, or one of those before it."""


class LifeCycle(Comparing):
    """What people do, and what fails."""

    # --- people ---

    @rule(chat=chats)
    def a_customer_writes(self, chat: Chat) -> None:
        self.run(self._says(chat))

    @rule(number=which, who=operators, in_room=st.booleans())
    def an_operator_takes(self, number: int, who: str, *, in_room: bool) -> None:
        one = self._session(number)
        is_theirs = one.state == "active" and one.operator == who
        expected = self.model.take(one.number, who)
        queue = self.run(self._queue(one.chat))
        if in_room and queue.has(who):
            self.run(self._write(who, queue.room_id, f"!take {one.number}"))
        elif not is_theirs:
            self._do(
                one,
                expected,
                lambda work, view, session: self._cases.assignments.take(work, view, session, who),
            )

    @rule(number=which, who=operators)
    def an_operator_reacts_to_a_card(self, number: int, who: str) -> None:
        one = self._session(number)
        if (card := self.run(self._stored(one.number)).card) is None:
            return
        queue = self.run(self._queue(one.chat))
        if queue.has(who):
            self.model.take(one.number, who)
            self.run(self._react(who, queue.room_id, card))

    @rule(number=which, who=operators, anyway=st.booleans())
    def the_supervisor_assigns(self, number: int, who: str, *, anyway: bool) -> None:
        one = self._session(number)
        expected = self.model.assign(one.number, who, anyway=anyway)
        self._do(
            one,
            expected,
            lambda work, view, session: self._cases.handovers.assign(
                work, view, session, who, SAM, anyway=anyway
            ),
        )

    @rule(number=which, who=operators)
    def a_session_is_transferred(self, number: int, who: str) -> None:
        one = self._session(number)
        by, expected = one.operator or SAM, self.model.assign(one.number, who)
        self._do(
            one,
            expected,
            lambda work, view, session: self._cases.handovers.transfer(work, view, session, who, by),
        )

    @rule(number=which)
    def a_session_is_handed_to_a_group(self, number: int) -> None:
        one = self._session(number)
        by, expected = one.operator or SAM, self.model.hand_to(one.number, "second")
        self._do(
            one,
            expected,
            lambda work, view, session: self._cases.handovers.transfer_to_group(
                work, view, session, "second", by
            ),
        )

    @rule(number=which)
    def a_session_is_closed(self, number: int) -> None:
        one = self._session(number)
        by, expected = one.operator or SAM, self.model.close(one.number)
        self._do(
            one,
            expected,
            lambda work, view, session: self._cases.session_care.close(work, view, session, by),
        )

    @rule(number=which)
    def a_message_arrives_while_a_session_is_closed(self, number: int) -> None:
        one = self._session(number)
        if one.state == "closed":
            return
        before = len(self.model.sessions)
        text = self._words()
        self.run(self._close_while(one, text))
        opened = self.run(self._latest())
        if opened > before:
            self.model.close(one.number)
            self.model.wrote(one.chat, text)
        else:
            self.model.wrote(one.chat, text)
            self.model.close(one.number)

    @rule(number=which, name=st.sampled_from(["Refund", "Delivery"]))
    def a_session_is_renamed(self, number: int, name: str) -> None:
        one = self._session(number)
        expected = self.model.change(one.number, name=name)
        self._do(
            one,
            expected,
            lambda work, view, session: self._cases.session_care.rename(work, view, session, name, SAM),
        )

    @rule(number=which, priority=st.sampled_from(list(Priority)))
    def a_session_is_more_or_less_urgent(self, number: int, priority: Priority) -> None:
        one = self._session(number)
        expected = self.model.change(one.number, priority=priority)
        if one.state != "closed":
            self._do(
                one,
                expected,
                lambda work, view, session: self._cases.session_care.prioritize(
                    work, view, session, priority, SAM
                ),
            )

    @rule(number=which)
    def an_operator_answers(self, number: int) -> None:
        one = self._session(number)
        if one.operator is None:
            return
        room = self.run(self._room(one))
        if room is None or not room.has(one.operator):
            return
        text = self._words()
        if one.state == "active" and self.model.is_on_duty(one.operator):
            self.model.answers[one.chat].append(text)
        current = self.model.open_in(one.chat)
        is_theirs_again = current is not None and current.operator == one.operator
        if one.state == "closed" and is_theirs_again and self.model.is_on_duty(one.operator):
            self.model.answers[one.chat].append(text)
        self.run(self._write(one.operator, room.room_id, text))

    @rule(number=which)
    def an_operator_leaves_the_room(self, number: int) -> None:
        one = self._session(number)
        if one.state != "active" or one.operator is None:
            return
        room = self.run(self._room(one))
        if room is not None and room.has(one.operator):
            self.model.hand_to(one.number, "")
            self.model.sessions[one.number] = self._without_group(one.number)
            self.run(self._leave(one.operator, room.room_id))

    @rule(who=operators, status=st.sampled_from(["online", "away", "offline"]))
    def an_operator_comes_or_goes(self, who: str, status: Status) -> None:
        async def say() -> None:
            async with self.service.first.store.begin() as work:
                await self._cases.commands.services.attendance.set_status(work, who, OperatorStatus(status))
                await work.commit()

        if any(who in members for slug, members in self.model.groups.items() if slug != "second"):
            self.model.status[who] = status
            self.run(say())

    @rule(who=operators)
    def an_administrator_disables_or_enables(self, who: str) -> None:
        async def control() -> None:
            async with self.service.first.store.begin() as work:
                operator_control = self._cases.commands.services.operator_control
                if who in self.model.disabled:
                    await operator_control.enable(work, ADA, who)
                else:
                    await operator_control.disable(work, ADA, who)
                await work.commit()
            await self._follow()

        is_disabled = who in self.model.disabled
        if not is_disabled and who not in self.model.groups["support"] | self.model.groups["sales"]:
            return
        self.run(control())
        if is_disabled:
            self.model.disabled.discard(who)
        else:
            self.model.disabled.add(who)
            self.model.give_back(who)

    @rule()
    def eve_joins_or_leaves_the_operators(self) -> None:
        is_in = EVE in self.model.groups["support"]

        async def change() -> None:
            async with self.service.first.store.begin() as work:
                await self._cases.group_side.groups.change_list(
                    work,
                    ADA,
                    "support-operators",
                    added=() if is_in else (EVE,),
                    removed=(EVE,) if is_in else (),
                )
                await work.commit()
            await self._follow()

        self.run(change())
        (self.model.groups["support"].discard if is_in else self.model.groups["support"].add)(EVE)

    @rule()
    def a_live_chat_is_edited(self) -> None:
        async def edit() -> None:
            administration = self._cases.administration
            async with self.service.first.store.read() as work:
                before = await administration.find(work, "support")
            wanted = form_of(before).changed({"show_operator_name": not before.show_operator_name})
            checked = await administration.checking.look(wanted)
            async with self.service.first.store.begin() as work:
                after = await administration.edit(work, ADA, checked, before.version)
                await work.commit()
            assert after.version == before.version + 1
            await self._follow()

        self.run(edit())

    # --- failures ---

    @rule(attempts=st.integers(1, 3))
    @precondition(lambda self: not self.is_down)
    def the_homeserver_fails(self, attempts: int) -> None:
        self.service.homeserver.faults.fail(absence(), attempts)

    @rule(answers=st.integers(1, 3))
    @precondition(lambda self: not self.is_down)
    def the_homeservers_answers_are_lost(self, answers: int) -> None:
        self.service.homeserver.faults.lose_answers(answers)

    @rule(begin=st.integers(0, 1000), count=st.integers(1, 20))
    def events_are_repeated(self, begin: int, count: int) -> None:
        if self.happened:
            begin %= len(self.happened)
            again = self.happened[begin : begin + count]
            self.run(self.service.push(*again))
            self.run(self._follow())

    @rule(number=which)
    @precondition(lambda self: not self.is_down)
    def an_answer_cannot_be_delivered(self, number: int) -> None:
        """Its author is told, and the next one goes through."""
        one = self._session(number)
        if one.state != "active" or not self.model.is_on_duty(one.operator or ""):
            return
        room = self.run(self._room(one))
        if room is None or not room.has(one.operator or ""):
            return
        customer_room = self.service.chats_of(one.chat[0], self._ghost(one.chat))[-1]
        faults = self.service.homeserver.faults
        faults.break_down(customer_room, refusal())
        told = len(room.shown())
        self.run(self._write(one.operator or "", room.room_id, self._words()))
        faults.mend(customer_room)
        assert len(room.shown()) == told + 2, "who wrote it is not told"

    @rule(turns=st.integers(0, 40), chat=chats)
    @precondition(lambda self: not self.is_down)
    def the_process_is_killed_while_it_works(self, turns: int, chat: Chat) -> None:
        async def kill() -> None:
            words = self._words()
            self.model.wrote(chat, words)
            await self.service.people.say(
                chat[0], self.service.chats_of(chat[0], self._ghost(chat))[-1], words
            )
            await self._push()
            for _ in range(turns):
                await asyncio.sleep(0)
            await self.service.first.kill()

        self.run(kill())
        self.is_down = True
        # It may have come as far as offering new sessions.
        for number, one in self.model.sessions.items():
            if one.state == "opening" and self.run(self._stored(number)).state.value == "waiting":
                self.model.sessions[number] = replace(one, state="waiting")

    @rule()
    @precondition(lambda self: self.is_down)
    def the_process_is_started(self) -> None:
        self.is_down = False
        self.service.homeserver.faults.mend("")

        async def start() -> None:
            self.service.first.start()
            await self._follow()

        self.run(start())

    @rule(seconds=st.sampled_from([1, 10, 100]))
    def time_passes(self, seconds: int) -> None:
        self.service.clock.advance(seconds)
        self.run(self._follow())
