"""The customers' own spaces "Live chats", with a room for each live chat that is open to them.

A space is personal: one for all would show every live chat to everybody, and its members to each other. The rooms in
it are the customer's own, too; where there is none yet, the live chat's ghost makes one ahead, which the customer may
enter because they are in the space. Writing in it opens a session as in any other.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import structlog

from livechat_plugin.core import wording
from livechat_plugin.core.conversations import MATRIX, Conversation, CustomerRoomState
from livechat_plugin.core.errors import HomeserverRefused
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.naming import Naming
from livechat_plugin.services.access import open_to
from livechat_plugin.services.deliveries import Delivery, LeaveRoom, ShowLiveChats, to_customer_lane
from livechat_plugin.services.delivering.introducing import introduce_bot
from livechat_plugin.services.delivering.outcome import Done
from livechat_plugin.services.ports import Homeserver, RoomPlan, Store
from livechat_plugin.services.repositories.customer_spaces import CustomerSpace
from livechat_plugin.services.repositories.rooms import RoomBinding, RoomKind
from livechat_plugin.services.unit_of_work import UnitOfWork

log = structlog.get_logger()

_LIVING = {CustomerRoomState.JOINING, CustomerRoomState.READY, CustomerRoomState.JOINED}


@dataclass(frozen=True, slots=True)
class FindingDelivery:
    """Makes the spaces and what is in them; done again, it finds what is there."""

    store: Store
    homeserver: Homeserver
    naming: Naming

    async def show(self, _: Delivery, payload: ShowLiveChats) -> Done:
        """Let the space show what is open to its customer now, and nothing else."""
        user_id = payload.user_id
        async with self.store.read() as work:
            space = await work.customer_spaces.get(user_id)
            if space is None:
                return Done()
            chats = [chat for chat in await open_to(work, self.naming, user_id) if chat.space is not None]
            known = await work.conversations.of_customer(MATRIX, user_id)
        if not chats and space.room_id is None:
            return Done()
        room_id = await self._make_space(space)
        rooms = {
            known.live_chat_id: known.customer_room for known in known if known.customer_state in _LIVING
        }
        made = {
            chat.id: await self._make_room(chat, space, room_id) for chat in chats if chat.id not in rooms
        }
        shown = [room for chat in chats if (room := made.get(chat.id) or rooms.get(chat.id)) is not None]
        await self._show(room_id, shown)

        async def keep(work: UnitOfWork) -> None:
            await work.customer_spaces.made(user_id, room_id)
            await work.rooms.bind(RoomBinding(room_id, RoomKind.CUSTOMER_SPACE))
            await self._keep_rooms(work, user_id, chats, made)

        return Done(keep)

    async def _make_space(self, space: CustomerSpace) -> str:
        bot = self.naming.bot
        await introduce_bot(self.homeserver, self.naming)
        plan = RoomPlan(
            self.naming.customer_space_alias(space.token),
            bot,
            *wording.LIVE_CHATS_SPACE,
            speak_level=100,
            is_space=True,
        )
        room_id = await self.homeserver.create_room(plan)
        # They may want no invitations; then the links in the bot's answer are their way.
        with suppress(HomeserverRefused):
            await self.homeserver.invite(room_id, bot, space.user_id)
        return room_id

    async def _make_room(self, chat: LiveChat, space: CustomerSpace, space_id: str) -> str:
        """A room with the live chat, which its customer may enter through their space."""
        plan = RoomPlan(
            self.naming.customer_room_alias(chat.slug, space.token),
            self.naming.live_chat(chat.slug),
            chat.name,
            wording.room_made_ahead(chat),
            join_through=space_id,
        )
        return await self.homeserver.create_room(plan)

    async def _show(self, space_id: str, rooms: Sequence[str]) -> None:
        bot = self.naming.bot
        there = {child.room_id for child in (await self.homeserver.look(space_id, bot)).children}
        for room_id in rooms:
            if room_id not in there:
                await self.homeserver.put_into_space(space_id, bot, room_id, is_in=True, is_suggested=True)
        for room_id in sorted(there - set(rooms)):
            await self.homeserver.put_into_space(space_id, bot, room_id, is_in=False)

    async def _keep_rooms(
        self, work: UnitOfWork, user_id: str, chats: Sequence[LiveChat], made: Mapping[int, str]
    ) -> None:
        """Each room that was made ahead is the conversation's now, unless the customer opened one meanwhile."""
        for chat in chats:
            if chat.id not in made:
                continue
            account = await work.conversations.account(MATRIX, user_id, user_id[1:].partition(":")[0])
            conversation = await work.conversations.find(chat.id, account.id)
            if conversation is None:
                conversation = await work.conversations.add(chat.id, account.id, made[chat.id])
            else:
                conversation = (await work.conversations.view(conversation.id)).conversation
                former = conversation.customer_room
                if conversation.customer_state in _LIVING:
                    if former != made[chat.id]:
                        await self._drop(work, chat, conversation, made[chat.id])
                    continue
                if former is not None and former != made[chat.id]:
                    await work.rooms.forget(former)
            ready = replace(conversation, customer_room=made[chat.id], customer_state=CustomerRoomState.READY)
            await work.conversations.save(ready)
            await work.rooms.bind(RoomBinding(made[chat.id], RoomKind.CUSTOMER, chat.id, conversation.id))

    async def _drop(self, work: UnitOfWork, chat: LiveChat, conversation: Conversation, room_id: str) -> None:
        ghost = self.naming.live_chat(chat.slug)
        leave = LeaveRoom(room_id, ghost, wording.moved_elsewhere(chat))
        await work.outbox.add(to_customer_lane(conversation.id), leave)
