"""A homeserver in memory that behaves like a real one; `tests/contract` holds both to the same promises."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import TypeGuard

from livechat_plugin.core.acts import Act, Edit, React, Redact, Say, Target
from livechat_plugin.core.content import Content, Mention, Text
from livechat_plugin.core.employees import AccountState
from livechat_plugin.core.errors import HomeserverUnavailable
from livechat_plugin.core.naming import Naming
from livechat_plugin.services.ports import Changes, Profile, RoomPlan, RoomView, RoomWidget, SpaceChild
from livechat_plugin.services.room_events import (
    AnyRoomEvent,
    EventRedacted,
    Membership,
    MembershipChanged,
    MessageEdited,
    MessageSent,
    ReactionSent,
    RejectedEvent,
    RoomReplaced,
    SpaceChildChanged,
)
from tests.fakes.erasing import FakeErasing
from tests.fakes.faults import Faults, refusal
from tests.fakes.files import FakeFiles
from tests.fakes.rooms import FakeRoom

_PRESENT: set[Membership] = {"join", "invite", "ban"}


class FakeHomeserver(FakeFiles, FakeErasing):
    """Implements the `Homeserver` port. What others than our ghosts do comes from `tests.fakes.people`.

    Attributes:
        ghosts: our users that exist.
        faults: makes calls fail.
        has_admin_token: whether it tells us how accounts stand.
    """

    def __init__(self, naming: Naming) -> None:
        super().__init__(naming)
        self.ghosts = {naming.bot}
        self.faults = Faults()
        self.has_admin_token = False
        self._aliases: dict[str, str] = {}
        self._sent: dict[tuple[str, str], str] = {}
        self._waits: asyncio.Queue[Exception | None] = asyncio.Queue()

    def was_sent(self, room_id: str, token: str) -> bool:
        """Whether something was sent into a room under this token."""
        return (room_id, token) in self._sent

    def end_wait(self, error: Exception | None = None) -> None:
        """Let the next `wait` come back at once, or fail."""
        self._waits.put_nowait(error)

    async def act(self, room_id: str, as_user: str, act: Act, token: str) -> str:
        match act:
            case Say():
                reply_to = _event(act.reply_to) if act.reply_to else None
                return await self._send(room_id, as_user, token, act.content, reply_to)
            case Edit():
                return await self._send(room_id, as_user, token, act.content, edited=_event(act.target))
            case React():
                return await self.react(room_id, as_user, _event(act.target), act.key, token)
            case Redact():
                return await self._redact(room_id, as_user, _event(act.target), token)

    async def notice(
        self,
        room_id: str,
        as_user: str,
        body: str,
        token: str,
        *,
        html: str | None = None,
        reply_to: str | None = None,
        mentions: Collection[str] = (),
    ) -> str:
        said = Text(body, html, "notice", tuple(Mention(user_id) for user_id in mentions))
        event_id = await self._send(room_id, as_user, token, said, reply_to)
        if mentions:
            self.rooms[room_id].mentioned[event_id] = frozenset(mentions)
        return event_id

    async def react(self, room_id: str, as_user: str, event_id: str, key: str, token: str) -> str:
        room = await self._speaking(room_id, as_user)
        if (known := self._sent.get((room_id, token))) is not None:
            return known
        if (same := room.reaction(as_user, event_id, key)) is not None:
            return same
        reaction = ReactionSent(self.new_id("$"), room_id, as_user, self.now(), event_id, key)
        return self._sent_as(token, reaction)

    async def set_typing(self, room_id: str, as_user: str, *, is_typing: bool) -> None:
        room = await self._inside(room_id, as_user)
        (room.typing.add if is_typing else room.typing.discard)(as_user)

    async def mark_read(self, room_id: str, as_user: str, event_id: str) -> None:
        (await self._inside(room_id, as_user)).read[as_user] = event_id

    async def join(self, room_id: str, as_user: str) -> None:
        room = await self._room(room_id, as_user)
        if room.memberships.get(as_user) == "ban" or not self._is_visible(room_id, as_user):
            raise refusal()
        if not room.has(as_user):
            self.change_membership(room, as_user, as_user, "join")

    async def leave(self, room_id: str, as_user: str, reason: str) -> None:
        await self.faults.meet(room_id, as_user)
        room = self.rooms.get(room_id)
        if room is not None and room.memberships.get(as_user) in {"invite", "join"}:
            self.change_membership(room, as_user, as_user, "leave")
            room.reasons[as_user] = reason

    async def invite(self, room_id: str, as_user: str, user_id: str) -> None:
        room = await self._room(room_id, as_user, user_id)
        if room.memberships.get(user_id) in {"invite", "join"}:
            return
        if not room.may_invite(as_user) or room.memberships.get(user_id) == "ban":
            raise refusal()
        self.change_membership(room, as_user, user_id, "invite")

    async def remove(self, room_id: str, as_user: str, user_id: str, reason: str) -> None:
        room = await self._room(room_id, as_user)
        if room.memberships.get(user_id) not in {"invite", "join"}:
            return
        if as_user != room.creator:
            raise refusal()
        self.change_membership(room, as_user, user_id, "leave")
        room.reasons[user_id] = reason

    async def members(self, room_id: str, as_user: str) -> frozenset[str]:
        return (await self._inside(room_id, as_user)).joined()

    async def people(self, room_id: str, as_user: str) -> Mapping[str, Membership]:
        known = (await self._inside(room_id, as_user)).memberships
        return {user: membership for user, membership in known.items() if membership in _PRESENT}

    async def membership(self, room_id: str, as_user: str, user_id: str) -> Membership | None:
        return (await self._inside(room_id, as_user)).memberships.get(user_id)

    async def resolve(self, address: str) -> str:
        await self.faults.meet(address)
        if not address.startswith("#"):
            return address
        if address not in self.aliases:
            raise refusal("M_NOT_FOUND")
        return self.aliases[address]

    async def look(self, room_id: str, as_user: str) -> RoomView:
        room = await self._inside(room_id, as_user)
        children = [
            SpaceChild(child, self.rooms[child].is_space if self._is_visible(child, as_user) else None)
            for child in sorted(room.children)
        ]
        return RoomView(room_id, room.name or None, room.is_space, tuple(children))

    async def successor(self, room_id: str, as_user: str) -> str | None:
        return (await self._inside(room_id, as_user)).successor

    async def predecessor(self, room_id: str, as_user: str) -> str | None:
        return (await self._inside(room_id, as_user)).predecessor

    async def missed(self, room_id: str, as_user: str, mark: str) -> Sequence[AnyRoomEvent] | None:
        await self._inside(room_id, as_user)
        return [
            event
            for event in self.log[int(mark) :]
            if event.room_id == room_id
            and isinstance(event, MembershipChanged | SpaceChildChanged | RoomReplaced)
            and not self.naming.is_ours(event.sender)
        ]

    def _is_visible(self, room_id: str, as_user: str) -> bool:
        room = self.rooms.get(room_id)
        if room is None:
            return False
        through = self.rooms.get(room.join_through or "")
        is_welcome = room.is_public or (through is not None and through.has(as_user))
        return is_welcome or room.memberships.get(as_user) in {"invite", "join"}

    async def profile(self, user_id: str) -> Profile:
        await self.faults.meet(user_id)
        return self.profiles.get(user_id, Profile())

    async def account_state(
        self, user_id: str, as_user: str | None = None, rooms: Collection[str] = ()
    ) -> AccountState:
        await self.faults.meet(user_id)
        if not self.naming.is_local(user_id):
            return AccountState.UNKNOWN
        if self.has_admin_token:
            is_known = user_id in self.profiles or user_id in self.accounts
            return self.accounts.get(user_id, AccountState.ACTIVE if is_known else AccountState.DEACTIVATED)
        has_left = bool(rooms) and all(self.rooms[room_id].has_left(user_id) for room_id in rooms)
        is_gone = user_id not in self.profiles or has_left
        return AccountState.DEACTIVATED if is_gone else AccountState.UNKNOWN

    async def verify_openid(self, token: str) -> str | None:
        await self.faults.meet()
        user_id = self.openid_tokens.get(token)
        return user_id if user_id is not None and self.naming.is_local(user_id) else None

    async def ensure_ghost(self, user_id: str) -> None:
        await self.faults.meet(user_id)
        if not self.naming.is_ours(user_id):
            raise refusal("M_EXCLUSIVE")
        self.ghosts.add(user_id)

    async def set_profile(self, user_id: str, profile: Profile) -> None:
        await self._ghost(user_id)
        known = self.profiles.get(user_id, Profile())
        kept = known.avatar_url if profile.avatar_url is None else profile.avatar_url
        self.profiles[user_id] = Profile(profile.display_name, kept or None)

    async def create_room(self, plan: RoomPlan) -> str:
        await self._ghost(plan.creator, plan.alias)
        room_id = self._aliases.get(plan.alias)
        if room_id is not None and not self.rooms[room_id].has(plan.creator):
            room_id = None  # what nobody of ours is in is of no use
        if room_id is None:
            room = FakeRoom(
                self.new_id("!"),
                plan.creator,
                plan.name,
                plan.speak_level,
                plan.join_through,
                is_guarded=True,
                is_space=plan.is_space,
            )
            self.rooms[room.room_id] = room
            self._aliases[plan.alias] = room_id = room.room_id
            self.change_membership(room, plan.creator, plan.creator, "join")
        for user_id in plan.invite:
            if self.rooms[room_id].memberships.get(user_id) not in {"invite", "join"}:
                self.change_membership(self.rooms[room_id], plan.creator, user_id, "invite")
        if plan.widget is not None:
            self.rooms[room_id].widget = plan.widget
        self.faults.answer()
        return room_id

    async def show_widget(self, room_id: str, as_user: str, widget: RoomWidget) -> None:
        (await self._owned(room_id, as_user)).widget = widget

    async def hide_widget(self, room_id: str, as_user: str, key: str) -> None:
        room = await self._owned(room_id, as_user)
        if room.widget is not None and room.widget.key == key:
            room.widget = None

    async def rename_room(self, room_id: str, as_user: str, name: str) -> None:
        (await self._owned(room_id, as_user)).name = name

    async def put_into_space(
        self, space: str, as_user: str, room_id: str, *, is_in: bool, is_suggested: bool = False
    ) -> None:
        room = await self._owned(space, as_user)
        (room.children.add if is_in else room.children.discard)(room_id)

    async def recent(self, room_id: str, as_user: str, limit: int) -> Sequence[AnyRoomEvent | RejectedEvent]:
        room = await self._inside(room_id, as_user)
        return [event for event in room.remaining()[-limit:] if not self.naming.is_ours(event.sender)]

    async def mark(self, as_user: str) -> str:
        await self._watching(as_user)
        return str(len(self.log))

    async def wait(self, as_user: str, mark: str, seconds: float) -> str:
        await self._watching(as_user)
        error = None
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                error = await self._waits.get()
        if error is not None:
            raise error
        return str(len(self.log))

    async def changes(self, as_user: str, mark: str) -> Changes:
        await self._watching(as_user)
        events: list[AnyRoomEvent | RejectedEvent] = []
        invitations: list[MembershipChanged] = []
        news = self.log[int(mark) :]
        out = {room_id: room.last_removal(as_user) for room_id, room in self.rooms.items()}
        seen = {event.room_id for event in news if event.event_id == out[event.room_id]}
        unheard: defaultdict[str, set[str | None]] = defaultdict(set)
        for event in news:
            room = self.rooms[event.room_id]
            is_seen = room.has(as_user) or event.room_id in seen
            if event.event_id == out[event.room_id]:
                seen.remove(event.room_id)
            if isinstance(event, MembershipChanged) and event.user_id == as_user:
                if event.membership == "join" and event.previous != "join":  # nothing of the time before it
                    events[:] = [e for e in events if e.event_id not in unheard[event.room_id]]
                if event.membership in {"leave", "ban"}:
                    unheard[event.room_id].clear()
            if self.naming.is_ours(event.sender) or event.event_id in room.redacted:
                continue
            if not _invites(event, as_user):
                unheard[event.room_id].add(event.event_id)
            if is_seen:
                events.append(event)
            elif room.memberships.get(as_user) == "invite" and _invites(event, as_user):
                invitations.append(event)
        return Changes(events, invitations, str(len(self.log)))

    async def _send(
        self,
        room_id: str,
        as_user: str,
        token: str,
        content: Content,
        reply_to: str | None = None,
        edited: str | None = None,
    ) -> str:
        await self._speaking(room_id, as_user)
        if (known := self._sent.get((room_id, token))) is not None:
            return known
        event_id = self.new_id("$")
        if edited is not None:
            return self._sent_as(
                token, MessageEdited(event_id, room_id, as_user, self.now(), edited, content)
            )
        return self._sent_as(token, MessageSent(event_id, room_id, as_user, self.now(), content, reply_to))

    async def _redact(self, room_id: str, as_user: str, target: str, token: str) -> str:
        room = await self._speaking(room_id, as_user)
        if (known := self._sent.get((room_id, token))) is not None:
            return known
        author = next((event.sender for event in room.events if event.event_id == target), None)
        if as_user not in {author, room.creator}:
            raise refusal()
        return self._sent_as(token, EventRedacted(self.new_id("$"), room_id, as_user, self.now(), target))

    def _sent_as(self, token: str, event: AnyRoomEvent) -> str:
        self.happen(event)
        self._sent[event.room_id, token] = event.event_id
        self.faults.answer()
        return event.event_id

    async def _ghost(self, user_id: str, *concerned: str) -> None:
        await self.faults.meet(user_id, *concerned)
        if user_id not in self.ghosts:
            raise refusal()

    async def _watching(self, user_id: str) -> None:
        await self._ghost(user_id)
        if user_id == self.naming.bot:  # as Synapse does
            raise HomeserverUnavailable("internal server error", is_reachable=True)

    async def _room(self, room_id: str, as_user: str, *concerned: str) -> FakeRoom:
        await self._ghost(as_user, room_id, *concerned)
        if room_id not in self.rooms:
            raise refusal("M_NOT_FOUND")
        return self.rooms[room_id]

    async def _inside(self, room_id: str, as_user: str) -> FakeRoom:
        room = await self._room(room_id, as_user)
        if not room.has(as_user):
            raise refusal()
        return room

    async def _owned(self, room_id: str, as_user: str) -> FakeRoom:
        room = await self._inside(room_id, as_user)
        if as_user != room.creator:
            raise refusal()
        return room

    async def _speaking(self, room_id: str, as_user: str) -> FakeRoom:
        room = await self._room(room_id, as_user)
        if not room.may_speak(as_user):
            raise refusal()
        return room


def _event(target: Target) -> str:
    if target.event_id is None:
        raise ValueError("a target is looked up before the act is sent")
    return target.event_id


def _invites(event: AnyRoomEvent, user_id: str) -> TypeGuard[MembershipChanged]:
    return isinstance(event, MembershipChanged) and (event.user_id, event.membership) == (user_id, "invite")
