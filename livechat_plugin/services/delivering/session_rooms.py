"""The rooms where operators serve: made ahead of need, dressed for a session, entered and tidied."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import ParamSpec

import structlog

from livechat_plugin.core import wording
from livechat_plugin.core.conversations import SessionRoom
from livechat_plugin.core.errors import HomeserverRefused
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.naming import Naming
from livechat_plugin.core.session_names import session_name
from livechat_plugin.core.sessions import SessionState
from livechat_plugin.services.assignments import Assignments
from livechat_plugin.services.availability import Availability
from livechat_plugin.services.deliveries import (
    AdmitOperator,
    Delivery,
    PrepareSessionRoom,
    PrepareSpareRoom,
    TidySession,
)
from livechat_plugin.services.delivering.not_made import not_made
from livechat_plugin.services.delivering.outcome import Done
from livechat_plugin.services.ports import Homeserver, Profile, RoomPlan, Store
from livechat_plugin.services.repositories.rooms import RoomBinding, RoomKind
from livechat_plugin.services.session_panel import KEY, SessionPanel
from livechat_plugin.services.unit_of_work import UnitOfWork

log = structlog.get_logger()

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class SessionRoomDelivery:
    """Makes and tends session rooms."""

    store: Store
    homeserver: Homeserver
    naming: Naming
    availability: Availability
    assignments: Assignments
    panel: SessionPanel

    async def prepare_spare(self, _: Delivery, payload: PrepareSpareRoom) -> Done:
        """Make one session room ahead of need."""
        async with self.store.read() as work:
            room = await work.session_rooms.get(payload.session_room_id)
            live_chat = await work.live_chats.get(room.live_chat_id) if room else None
        if room is None or live_chat is None or room.room_id is not None:
            return Done()
        room_id = await self._make(live_chat, room.id)

        async def keep(work: UnitOfWork) -> None:
            await work.session_rooms.made(room.id, room_id, self.panel.address)
            binding = RoomBinding(room_id, RoomKind.SESSION, live_chat.id, room.conversation_id)
            await work.rooms.bind(binding)

        return Done(keep)

    async def prepare(self, _: Delivery, payload: PrepareSessionRoom) -> Done:
        """Dress the conversation's room for a session, making it if there was no spare one.

        It is made even if the session is over by then: what was said in it is owed to the room, and the conversation
        keeps it for later sessions.
        """
        async with self.store.read() as work:
            view = await work.conversations.view(payload.conversation_id)
            session = await work.sessions.get(payload.session_number)
        live_chat, room = view.live_chat, view.conversation.session_room
        if room is None or session is None or (room.room_id is not None and not session.is_open):
            return Done()
        room_id = room.room_id or await self._make(live_chat, room.id)
        owner = self.naming.live_chat(live_chat.slug)
        customer = self.naming.customer(live_chat.slug, room.id)
        profile = Profile(view.account.display_name, view.account.avatar_url)
        await asyncio.gather(
            _dress(self.homeserver.set_profile, customer, profile),
            _dress(
                self.homeserver.rename_room, room_id, owner, session_name(session, live_chat, view.account)
            ),
            _dress(self._put_into_space, live_chat, room_id, is_in=session.is_open),
        )

        async def keep(work: UnitOfWork) -> None:
            if room.room_id is None:
                await work.session_rooms.made(room.id, room_id, self.panel.address)
                binding = RoomBinding(room_id, RoomKind.SESSION, live_chat.id, payload.conversation_id)
                await work.rooms.bind(binding)

        return Done(keep)

    async def admit(self, _: Delivery, payload: AdmitOperator) -> Done:
        """Invite the operator, if the session is still theirs."""
        async with self.store.read() as work:
            view = await work.conversations.view(payload.conversation_id)
        room, session = view.conversation.session_room, view.session
        is_theirs = session is not None and session.number == payload.session_number
        if room is None or session is None or not is_theirs:
            return Done()
        if room.room_id is None:
            raise not_made(view.live_chat, "the session room")
        if session.is_served_by(payload.operator):
            obstacle = payload.is_given and await self.availability.account_obstacle(
                payload.operator, view.live_chat
            )
            if obstacle:
                return self._sent_back(payload, wording.not_available(payload.operator, obstacle))
            owner = self.naming.live_chat(view.live_chat.slug)
            await self.homeserver.invite(room.room_id, owner, payload.operator)
            return await self._with_panel(room, room.room_id, owner)
        return Done()

    async def _with_panel(self, room: SessionRoom, room_id: str, owner: str) -> Done:
        """A room that was made under other settings is set right, once; the invitation does not wait for it."""
        wanted = self.panel.widget
        if room.panel == self.panel.address:
            return Done()
        try:
            if wanted is not None:
                await self.homeserver.show_widget(room_id, owner, wanted)
            else:
                await self.homeserver.hide_widget(room_id, owner, KEY)
        except HomeserverRefused as error:
            log.warning("a session room cannot show the panel as it should", reason=str(error))
            return Done()

        async def keep(work: UnitOfWork) -> None:
            await work.session_rooms.panel_shown(room.id, self.panel.address)

        return Done(keep)

    def _sent_back(self, payload: AdmitOperator, why: str) -> Done:
        """Who got the session from somebody else cannot be in its room, so it waits again."""

        async def keep(work: UnitOfWork) -> None:
            view = await work.conversations.view(payload.conversation_id)
            if view.session is not None and view.session.is_served_by(payload.operator):
                await self.assignments.requeue(work, view, view.session, why)

        return Done(keep)

    async def tidy(self, _: Delivery, payload: TidySession) -> Done:
        """After the close: the operator leaves the room and the room leaves the space, unless a new one began."""
        async with self.store.read() as work:
            view = await work.conversations.view(payload.conversation_id)
        room, session = view.conversation.session_room, view.session
        if room is None or room.room_id is None:
            return Done()
        is_again_theirs = session is not None and session.operator == payload.operator
        if payload.operator is not None and not is_again_theirs:
            owner = self.naming.live_chat(view.live_chat.slug)
            reason = wording.removal_reason(payload.session_number)
            await self.homeserver.remove(room.room_id, owner, payload.operator, reason)
        if session is None or session.state is SessionState.CLOSED:
            await self._put_into_space(view.live_chat, room.room_id, is_in=False)
        return Done()

    async def _make(self, live_chat: LiveChat, number: int) -> str:
        """A session room with its two ghosts; done again after a crash, it finds what was there."""
        if live_chat.supervisors_room is None:  # who may join is decided when the room is made
            raise not_made(live_chat, "the supervisors' room")
        customer = self.naming.customer(live_chat.slug, number)
        await self.homeserver.ensure_ghost(customer)
        # Until a conversation gets the room; it is what the room's history begins with.
        await _dress(self.homeserver.set_profile, customer, Profile("Customer"))
        plan = RoomPlan(
            alias=self.naming.session_alias(live_chat.slug, number),
            creator=self.naming.live_chat(live_chat.slug),
            name=live_chat.name,
            topic=f"A customer of {live_chat.name}. What the operator of the session writes reaches them.",
            invite=(customer,),
            join_through=live_chat.supervisors_room,
            widget=self.panel.widget,
        )
        room_id = await self.homeserver.create_room(plan)
        await self.homeserver.join(room_id, customer)
        return room_id

    async def _put_into_space(self, live_chat: LiveChat, room_id: str, *, is_in: bool) -> None:
        if live_chat.space is not None:
            owner = self.naming.live_chat(live_chat.slug)
            await self.homeserver.put_into_space(live_chat.space, owner, room_id, is_in=is_in)


async def _dress(act: Callable[P, Awaitable[None]], *args: P.args, **kwargs: P.kwargs) -> None:
    """Names and pictures may be forbidden on a homeserver; the room serves without them."""
    try:
        await act(*args, **kwargs)
    except HomeserverRefused as error:
        log.warning("a session room cannot be dressed as it should be", reason=str(error))
