"""Somebody invites one of our users into a room, or takes one out of it."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from livechat_plugin.core import wording
from livechat_plugin.core.conversations import MATRIX, CustomerRoomState
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.naming import Naming
from livechat_plugin.services.access import is_open_to
from livechat_plugin.services.deliveries import (
    JoinCustomerRoom,
    JoinRoom,
    LeaveRoom,
    room_lane,
    to_customer_lane,
)
from livechat_plugin.services.group_events import GroupEvents
from livechat_plugin.services.operator_names import OperatorNames
from livechat_plugin.services.ports import Clock
from livechat_plugin.services.relay import Relay
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.services.repositories.rooms import RoomBinding, RoomKind
from livechat_plugin.services.roles import Roles
from livechat_plugin.services.room_events import MembershipChanged
from livechat_plugin.services.unit_of_work import UnitOfWork
from livechat_plugin.services.upgrades import of_bot, of_customer, succeeds

SETTLED_ELSEWHERE: Final = timedelta(seconds=5)
"""Until then another homeserver has its own invitation in the room. It sends it to ours before that, and refuses what is
declined too soon; ours then tells nobody, and for who invited us the invitation would be open for ever."""


@dataclass(frozen=True, slots=True)
class Invitations:
    """Handles what happens to the membership of our own users."""

    relay: Relay
    naming: Naming
    clock: Clock
    groups: GroupEvents
    roles: Roles
    administrators: tuple[str, ...] = ()

    async def handle(self, work: UnitOfWork, event: MembershipChanged, binding: RoomBinding | None) -> None:
        """One change of the membership of one of our users, made by somebody else."""
        if event.membership == "invite":
            await self._invited(work, event, binding)
        elif event.membership in {"leave", "ban"} and binding is not None:
            await self._removed(work, event, binding)

    async def _invited(self, work: UnitOfWork, event: MembershipChanged, binding: RoomBinding | None) -> None:
        slug = self.naming.slug_of(event.user_id)
        if binding is not None and await _is_in_use(work, event, binding, slug):
            await self._decline(work, event, wording.ROOM_IN_USE)
        elif event.user_id == self.naming.bot:
            await self._bot_invited(
                work, event, is_followed=binding is not None and binding.kind is RoomKind.GROUP
            )
        elif slug is not None and (live_chat := await work.live_chats.by_slug(slug)) is not None:
            await self._live_chat_invited(work, event, live_chat)
        else:
            await self._decline(work, event, "This user only speaks for others.")

    async def _bot_invited(self, work: UnitOfWork, event: MembershipChanged, *, is_followed: bool) -> None:
        if not self.naming.is_local(event.sender):
            await self._decline(work, event, "This bot serves the people of its own homeserver only.")
        elif not await _is_direct(work, event, of_bot(event.sender)) or is_followed:
            is_trusted = await self.roles.is_administrator(work, event.sender)
            if not await self.groups.invited(work, event, by_administrator=is_trusted):
                await self._decline(work, event, wording.direct_chats_only("The live chat's bot"))
        else:
            await work.rooms.bind(RoomBinding(event.room_id, RoomKind.BOT))
            await work.outbox.add(room_lane(event.room_id), JoinRoom(event.room_id, event.user_id))

    async def _live_chat_invited(
        self, work: UnitOfWork, event: MembershipChanged, live_chat: LiveChat
    ) -> None:
        if not await _is_direct(work, event, of_customer(live_chat.slug, event.sender)):
            await self._decline(work, event, wording.direct_chats_only(live_chat.name))
            return
        is_open = await is_open_to(work, self.naming, live_chat, event.sender)
        if not self.naming.is_local(event.sender) and not is_open:
            # Joining a stranger's room would already tell their homeserver more than they need to know.
            await self._decline(work, event, wording.access_refused(live_chat, ()))
            return
        localpart = event.sender[1:].partition(":")[0]
        account = await work.conversations.account(MATRIX, event.sender, localpart)
        conversation = await work.conversations.find(live_chat.id, account.id)
        if conversation is None:
            conversation = await work.conversations.add(live_chat.id, account.id, event.room_id)
        # Where there is another room already, it stays in use until we are in this one and know that it is fit.
        binding = RoomBinding(event.room_id, RoomKind.JOINING, live_chat.id, conversation.id)
        await work.rooms.bind(binding)
        join = JoinCustomerRoom(conversation.id, event.room_id)
        await work.outbox.add(to_customer_lane(conversation.id), join)

    async def _decline(self, work: UnitOfWork, event: MembershipChanged, reason: str) -> None:
        """In one lane for each of those who invite, or for each homeserver of theirs: however many rooms somebody
        makes for it, this takes up one place, and nobody else waits.
        """
        leave = LeaveRoom(event.room_id, event.user_id, reason)
        if self.naming.is_local(event.sender):
            await work.outbox.add(f"declined:{event.sender}", leave)
        else:
            homeserver = event.sender.partition(":")[2]
            await work.outbox.add(f"declined:{homeserver}", leave, self.clock.now() + SETTLED_ELSEWHERE)

    async def _removed(self, work: UnitOfWork, event: MembershipChanged, binding: RoomBinding) -> None:
        """A ghost was put out of a customer's room: as good as the customer leaving."""
        if binding.kind is RoomKind.BOT:
            await work.rooms.forget(event.room_id)
        elif binding.kind is RoomKind.GROUP:
            await self.groups.removed(work, event.room_id)
        if binding.kind is not RoomKind.CUSTOMER or binding.conversation_id is None:
            return
        view = await work.conversations.view(binding.conversation_id)
        conversation = view.conversation
        if conversation.customer_room != event.room_id:
            return
        if self.naming.is_operator(event.user_id):
            await self._operator_ghost_removed(work, view, event)
            return
        await work.conversations.save(
            replace(
                conversation, customer_state=CustomerRoomState.LEFT, shown_operator=None, shown_ghost=None
            )
        )
        await OperatorNames(self.naming).go_out(work, conversation)
        if view.session is not None:
            await self.relay.tell_operators(work, view, wording.customer_left(view.account))

    async def _operator_ghost_removed(
        self, work: UnitOfWork, view: ConversationView, event: MembershipChanged
    ) -> None:
        """The customer wants no operator's ghost in the room: the live chat's goes on speaking."""
        operator = view.conversation.shown_operator
        if operator is None or view.conversation.shown_ghost != event.user_id:
            return
        await work.conversations.save(replace(view.conversation, shown_operator=None, shown_ghost=None))
        if view.session is not None:
            words = wording.name_put_out(operator, view.account, view.live_chat)
            await self.relay.tell_operators(work, view, words)


async def _is_direct(work: UnitOfWork, event: MembershipChanged, whose: str) -> bool:
    """Whether it is a direct chat, or goes on for one of theirs that was upgraded: clients do not say so of that."""
    return event.is_direct or await succeeds(work, event.room_id, whose)


async def _is_in_use(
    work: UnitOfWork, event: MembershipChanged, binding: RoomBinding, slug: str | None
) -> bool:
    """Whether another of our users needs the room, so that what is written there would be lost for it."""
    match binding.kind:
        case RoomKind.BOT | RoomKind.GROUP:
            return slug is not None
        case RoomKind.JOINING | RoomKind.CUSTOMER if binding.conversation_id is not None:
            view = await work.conversations.view(binding.conversation_id)
            if slug == view.live_chat.slug:
                return False
            conversation = view.conversation
            is_left = conversation.customer_state is CustomerRoomState.LEFT
            is_theirs = conversation.customer_room == event.room_id and not is_left
            return is_theirs or binding.kind is RoomKind.JOINING
        case _:
            return True
