"""A service beside the model of it, and how the two are compared after each step."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, ClassVar, TypeVar

from hypothesis.stateful import RuleBasedStateMachine, invariant

from livechat_plugin.core import wording
from livechat_plugin.core.content import Text
from livechat_plugin.core.session_names import session_name
from livechat_plugin.core.sessions import Session
from livechat_plugin.services.deliveries import to_operators_lane
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.services.repositories.session_lists import WAITING
from livechat_plugin.services.session_lists import SessionQuery, Shown
from livechat_plugin.services.unit_of_work import UnitOfWork
from tests.contract.races.model import Chat, Model, ModelSession
from tests.contract.races.service import CARLA, DAN, SAM, Deed, Service
from tests.fakes.rooms import FakeRoom
from tests.unit.wiring import ADA

T = TypeVar("T")

CHATS: list[Chat] = [(CARLA, "support"), (CARLA, "sales"), (DAN, "support")]
LISTS_EVERY = 4
"""Steps until lists are looked at again, which takes its time."""


class Comparing(RuleBasedStateMachine):
    """A service beside the model; while the process is down, what is owed counts as not lost."""

    new_service: ClassVar[Callable[[], Service]]

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.service = type(self).new_service()
        self.model = Model()
        self.is_down = False
        self.written = 0
        self.happened: list[Any] = []
        self.versions: dict[int, int] = {}
        self.steps = 0
        self.run(self._begin())

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Do something in the machine's own loop."""
        return self.runner.run(coroutine)

    def teardown(self) -> None:
        """Close everything."""

        async def close() -> None:
            for process in self.service.processes:
                await process.close()

        self.run(close())
        self.runner.close()

    async def _begin(self) -> None:
        service = self.service
        service.first.start()
        for slug in ("support", "sales"):
            await service.add_live_chat(slug, sorted(self.model.groups[slug]))
        async with service.first.store.begin() as work:
            await service.first.use_cases.group_side.groups.make_list(
                work, ADA, "second", sorted(self.model.groups["second"])
            )
            await work.commit()
        for chat in CHATS:
            self.model.texts[chat], self.model.answers[chat] = [], []
            await service.people.open_room(chat[0], self._ghost(chat))
        await service.settle()
        for chat in CHATS:
            await self._says(chat)

    # --- what must hold ---

    @invariant()
    def everything_is_as_in_the_model(self) -> None:
        if not self.is_down:
            self.model.route()
        self.steps += 1
        self.run(self._look())

    async def _look(self) -> None:
        async with self.service.first.store.read() as work:
            await self._look_at_sessions(work)
            for chat in CHATS:
                view = await work.conversations.view(self._conversation(chat))
                room = view.conversation.session_room
                is_made = room is not None and room.room_id is not None
                await self._look_at_chat(
                    work, chat, self.service.room(room.room_id) if room and is_made else None
                )
                if not self.is_down:
                    for one in self.model.sessions.values():
                        if one.chat == chat:
                            await self._look_at_card(work, view, one)
            if self.steps % LISTS_EVERY == 0:
                await self._look_at_lists(work)
        assert self.is_down or await self.service.first.is_idle()

    async def _look_at_sessions(self, work: UnitOfWork) -> None:
        """One open session in each conversation, one operator each, and versions that only grow."""
        stored = {
            session.number: session
            for chat in CHATS
            for session in await work.sessions.latest(self._conversation(chat), 10_000)
        }
        assert stored.keys() == self.model.sessions.keys()
        for number, expected in self.model.sessions.items():
            assert _told(stored[number]) == _told_by_model(expected), stored[number]
            assert stored[number].version >= self.versions.get(number, 1)
            self.versions[number] = stored[number].version

    async def _look_at_chat(self, work: UnitOfWork, chat: Chat, room: FakeRoom | None) -> None:
        """Every message is delivered or owed once, in order; and those are in the room who have to do there."""
        texts = self.service.said_by_ghosts(room) if room is not None else []
        if self.is_down:
            assert texts + await self._owed(work, chat, room) == self.model.texts[chat]
            return
        assert texts == self.model.texts[chat]
        rooms = map(self.service.room, self.service.chats_of(chat[0], self._ghost(chat)))
        assert [words for each in rooms for words in self.service.said_by_ghosts(each)] == self.model.answers[
            chat
        ]
        current = self.model.open_in(chat)
        if room is None:
            assert current is None
            return
        present = {who for who, how in room.memberships.items() if how in {"join", "invite"}}
        people = {who for who in present if not self.service.naming.is_ours(who)}
        serving = {current.operator} if current is not None and current.operator else set()
        offered = self.model.groups.get(current.offered_to or "", set()) if current is not None else set()
        assert serving <= people <= serving | offered | {SAM}

    async def _look_at_card(self, work: UnitOfWork, view: ConversationView, one: ModelSession) -> None:
        """A card shows how its session stands."""
        session = await work.sessions.get(one.number)
        assert session is not None
        if session.card is None:
            assert one.state == "closed"  # before it came into the queue
            return
        queue = self.service.room(view.live_chat.queue_room)
        [content] = [shown.content for shown in queue.shown() if shown.event_id == session.card]
        name = session_name(session, view.live_chat, view.account)
        profiles = self.service.homeserver.profiles
        operator = profiles[session.operator].display_name if session.operator else None
        assert isinstance(content, Text)
        assert content.body == wording.card(session, view.account, name, operator)[0]

    async def _look_at_lists(self, work: UnitOfWork) -> None:
        """Lists and counters agree."""
        for slug, number in (("support", 1), ("sales", 2)):
            here = [one for one in self.model.sessions.values() if one.chat[1] == slug]
            waiting = {one.number for one in here if one.state in {"opening", "waiting"}}
            active = {one.number: one.operator for one in here if one.state == "active"}
            closed = sorted((one.number for one in here if one.state == "closed"), reverse=True)
            assert await self._listed(work, number, SAM, Shown.WAITING) == waiting
            assert await self._listed(work, number, SAM, Shown.ACTIVE) == active.keys()
            assert await self._listed(work, number, SAM, Shown.CLOSED) == set(closed[:20])
            assert await work.session_lists.count([number], WAITING, 100) == len(waiting)
            for who in self.model.groups[slug]:
                mine = {session for session, operator in active.items() if operator == who}
                assert await self._listed(work, number, who, Shown.MINE) == mine

    # --- how ---

    @property
    def _cases(self) -> Any:
        return self.service.first.use_cases

    def _ghost(self, chat: Chat) -> str:
        return self.service.naming.live_chat(chat[1])

    def _conversation(self, chat: Chat) -> int:
        return CHATS.index(chat) + 1

    def _session(self, number: int) -> ModelSession:
        return self.model.sessions[len(self.model.sessions) - number % len(self.model.sessions)]

    def _words(self) -> str:
        self.written += 1
        return f"words {self.written}"

    def _without_group(self, number: int) -> ModelSession:
        one = self.model.sessions[number]
        return ModelSession(one.number, one.chat, "waiting", None, None, one.name, one.priority)

    def _do(self, one: ModelSession, expected: bool, deed: Deed) -> None:  # noqa: FBT001 - what the model says
        async def do() -> str | None:
            refused = await self.service.first.do(one.number, deed)
            await self._follow()
            return refused

        refused = self.run(do())
        assert (refused is None) == expected, (one, refused)

    async def _follow(self) -> None:
        await self._push()
        if not self.is_down:
            await self.service.settle()
            await self.service.accept_invitations()

    async def _push(self) -> None:
        self.happened += self.service.homeserver.unpushed
        await self.service.push_pending()

    async def _says(self, chat: Chat) -> None:
        words = self._words()
        self.model.wrote(chat, words)
        await self._write(chat[0], self.service.chats_of(chat[0], self._ghost(chat))[-1], words)

    async def _write(self, who: str, room_id: str, words: str) -> None:
        await self.service.people.say(who, room_id, words)
        await self._follow()

    async def _react(self, who: str, room_id: str, card: str) -> None:
        await self.service.people.react(who, room_id, card, "✋")
        await self._follow()

    async def _leave(self, who: str, room_id: str) -> None:
        await self.service.people.leave(who, room_id)
        await self._follow()

    async def _close_while(self, one: ModelSession, words: str) -> None:
        by = one.operator or SAM
        room_id = self.service.chats_of(one.chat[0], self._ghost(one.chat))[-1]
        await self.service.people.say(one.chat[0], room_id, words)
        refused, _ = await asyncio.gather(
            self.service.first.do(
                one.number,
                lambda work, view, session: self._cases.session_care.close(work, view, session, by),
            ),
            self._push(),
        )
        assert refused is None
        await self._follow()

    async def _stored(self, number: int) -> Session:
        return await self.service.first.session(number)

    async def _latest(self) -> int:
        async with self.service.first.store.read() as work:
            number = len(self.model.sessions)
            while await work.sessions.get(number + 1) is not None:
                number += 1
        return number

    async def _queue(self, chat: Chat) -> Any:
        number = 1 if chat[1] == "support" else 2
        return self.service.room((await self.service.live_chat(number)).queue_room)

    async def _room(self, one: ModelSession) -> Any:
        return await self._room_of(self._conversation(one.chat))

    async def _room_of(self, conversation_id: int) -> Any:
        room = (await self.service.view(conversation_id)).conversation.session_room
        return self.service.room(room.room_id) if room is not None and room.room_id is not None else None

    async def _owed(self, work: UnitOfWork, chat: Chat, room: FakeRoom | None) -> list[str]:
        """What is still to be shown to the operators; what is shown but not struck off yet does not count twice."""
        lane = to_operators_lane(self._conversation(chat))
        found: list[str] = []
        for one in await work.outbox.pending(0, 10_000):
            content = getattr(getattr(one.payload, "act", None), "content", None)
            is_sent = room is not None and self.service.homeserver.was_sent(room.room_id, one.token)
            if one.lane == lane and isinstance(content, Text) and content.style == "text" and not is_sent:
                found.append(content.body)
        return found

    async def _listed(self, work: UnitOfWork, live_chat_id: int, who: str, shown: Shown) -> set[int]:
        live_chat = await work.live_chats.get(live_chat_id)
        page = await self._cases.session_lists.page(work, who, SessionQuery(shown), live_chat)
        return {row.session.number for row in page.rows}


def _told(session: Session) -> tuple[Any, ...]:
    return (session.state.value, session.operator, session.offered_to, session.name, session.priority)


def _told_by_model(one: ModelSession) -> tuple[Any, ...]:
    return (one.state, one.operator, one.offered_to, one.name, one.priority)
