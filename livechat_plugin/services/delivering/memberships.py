"""Who is in a live chat's rooms: its operators and supervisors, as their groups have them now (requirement S12).

Membership follows the groups in both directions: who is entitled is invited, who is entitled no more is taken out.
A session that somebody serves is theirs to its end all the same: they are taken out of its room when it is closed
(see `services/operators.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from livechat_plugin.core import wording
from livechat_plugin.core.errors import HomeserverRefused
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.naming import Naming
from livechat_plugin.services.deliveries import AlignMembers, AlignPerson, Delivery, SayInRoom, room_lane
from livechat_plugin.services.delivering.outcome import Done
from livechat_plugin.services.ports import Homeserver, Store
from livechat_plugin.services.repositories.room_members import Guest
from livechat_plugin.services.roles import Roles
from livechat_plugin.services.unit_of_work import UnitOfWork

log = structlog.get_logger()

_INSIDE = {"join", "invite"}


@dataclass(frozen=True, slots=True)
class _Entitled:
    """Who is meant to be in a live chat's rooms."""

    operators: frozenset[str]
    supervisors: frozenset[str]

    def rooms(self, live_chat: LiveChat) -> Mapping[str, frozenset[str]]:
        """Each room that the homeserver has, with those who are meant to be in it."""
        everybody = self.operators | self.supervisors if live_chat.deleted_at is None else frozenset()
        wanted = (
            (live_chat.queue_room, everybody),
            (live_chat.space, everybody),
            (live_chat.supervisors_room, self.supervisors),
        )
        return {room_id: people for room_id, people in wanted if room_id is not None}


@dataclass(slots=True)
class _Outcome:
    """What came of it: who is out of which session room, and what operators are to be told."""

    gone: list[Guest] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class MembershipDelivery:
    """Lets people in and out; done again, it mends what is still amiss."""

    store: Store
    homeserver: Homeserver
    naming: Naming
    roles: Roles

    async def align(self, _: Delivery, payload: AlignMembers) -> Done:
        """The whole of a live chat: everybody who is missing, and everybody who should not be there."""
        async with self.store.read() as work:
            live_chat = await work.live_chats.get(payload.live_chat_id)
            if live_chat is None:
                return Done()
            entitled = await self._entitled(work, live_chat)
            guests = await work.room_members.guests(live_chat.id)
            unserved = await _not_serving(work, guests)
        ghost, outcome = self.naming.live_chat(live_chat.slug), _Outcome()
        for room_id, wanted in entitled.rooms(live_chat).items():
            people = await self.homeserver.people(room_id, ghost)
            inside = {user for user, membership in people.items() if membership in _INSIDE}
            for user_id in sorted(wanted - inside):
                await self._invite(room_id, ghost, user_id, outcome)
            for user_id in sorted(user for user in inside - wanted if not self.naming.is_ours(user)):
                await self._remove(room_id, ghost, user_id, live_chat, outcome)
        await self._show_out(unserved, entitled, live_chat, outcome)
        return self._done(live_chat, outcome)

    async def align_person(self, _: Delivery, payload: AlignPerson) -> Done:
        """One person, at a cost that does not grow with how many others there are."""
        async with self.store.read() as work:
            live_chat = await work.live_chats.get(payload.live_chat_id)
            if live_chat is None:
                return Done()
            groups, whom = await work.groups.of(payload.user_id), frozenset({payload.user_id})
            entitled = _Entitled(
                whom if live_chat.operators in groups and not live_chat.deleted_at else frozenset(),
                whom if live_chat.supervisors in groups and not live_chat.deleted_at else frozenset(),
            )
            guests = await work.room_members.guests(live_chat.id, payload.user_id)
            unserved = await _not_serving(work, guests)
        ghost, outcome = self.naming.live_chat(live_chat.slug), _Outcome()
        for room_id, wanted in entitled.rooms(live_chat).items():
            if wanted:
                await self._invite(room_id, ghost, payload.user_id, outcome)
            else:
                await self._remove(room_id, ghost, payload.user_id, live_chat, outcome)
        await self._show_out(unserved, entitled, live_chat, outcome)
        return self._done(live_chat, outcome)

    async def _show_out(
        self, guests: Sequence[Guest], entitled: _Entitled, live_chat: LiveChat, outcome: _Outcome
    ) -> None:
        """Who stepped into session rooms as a supervisor, and is one no more, leaves them."""
        ghost = self.naming.live_chat(live_chat.slug)
        for guest in guests:
            if guest.user_id not in entitled.supervisors:
                await self._remove(guest.room_id, ghost, guest.user_id, live_chat, outcome)
                outcome.gone.append(guest)

    async def _invite(self, room_id: str, ghost: str, user_id: str, outcome: _Outcome) -> None:
        try:
            await self.homeserver.invite(room_id, ghost, user_id)
        except HomeserverRefused as error:
            log.warning("somebody cannot be invited", user=user_id, room_id=room_id, reason=str(error))
            outcome.trouble.append(wording.invitation_failed(user_id, str(error)))

    async def _remove(
        self, room_id: str, ghost: str, user_id: str, live_chat: LiveChat, outcome: _Outcome
    ) -> None:
        try:
            await self.homeserver.remove(room_id, ghost, user_id, wording.not_entitled(live_chat))
        except HomeserverRefused as error:
            log.warning("somebody cannot be taken out", user=user_id, room_id=room_id, reason=str(error))
            outcome.trouble.append(wording.removal_failed(user_id, str(error)))

    async def _entitled(self, work: UnitOfWork, live_chat: LiveChat) -> _Entitled:
        """In a live chat that was deleted only administrators: they find its history through the supervisors' room."""
        if live_chat.deleted_at is not None:
            return _Entitled(frozenset(), await self.roles.all_administrators(work))
        supervisors = (
            await work.groups.members(live_chat.supervisors) if live_chat.supervisors else frozenset()
        )
        return _Entitled(await work.groups.members(live_chat.operators), supervisors)

    def _done(self, live_chat: LiveChat, outcome: _Outcome) -> Done:
        async def keep(work: UnitOfWork) -> None:
            await work.conversations.hold([guest.conversation_id for guest in outcome.gone])
            for guest in outcome.gone:
                await work.room_members.remove(guest.room_id, guest.user_id)
            if live_chat.queue_room is not None:
                speaker = self.naming.live_chat(live_chat.slug)
                for words in dict.fromkeys(outcome.trouble):
                    say = SayInRoom(live_chat.queue_room, speaker, words)
                    await work.outbox.add(room_lane(live_chat.queue_room), say)

        return Done(keep)


async def _not_serving(work: UnitOfWork, guests: Sequence[Guest]) -> list[Guest]:
    """Those who neither serve the session of the room that they are in, nor are of the group that may take it."""
    unserved: list[Guest] = []
    for guest in guests:
        session = (await work.conversations.view(guest.conversation_id)).session
        if session is not None and session.is_served_by(guest.user_id):
            continue
        if session is not None and session.offered_to in await work.groups.of(guest.user_id):
            continue
        unserved.append(guest)
    return unserved
