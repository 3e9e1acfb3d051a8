"""A room in memory: who is in it, what happened there, and who may do what."""

from dataclasses import dataclass, field

from livechat_plugin.core.content import Content
from livechat_plugin.services.ports import RoomWidget
from livechat_plugin.services.room_events import (
    AnyRoomEvent,
    EventRedacted,
    Membership,
    MembershipChanged,
    MessageEdited,
    MessageSent,
    ReactionSent,
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as a client shows it now, edits applied, reactions as emoji in order."""

    event_id: str
    sender: str
    content: Content
    reply_to: str | None = None
    reactions: tuple[str, ...] = ()


@dataclass(slots=True)
class FakeRoom:
    """One room. `is_guarded` rooms are those that we make: their creator alone may invite and remove."""

    room_id: str
    creator: str
    name: str = ""
    speak_level: int = 0
    join_through: str | None = None
    is_guarded: bool = False
    is_space: bool = False
    is_public: bool = False
    memberships: dict[str, Membership] = field(default_factory=dict)
    events: list[AnyRoomEvent] = field(default_factory=list)
    redacted: set[str] = field(default_factory=set)
    typing: set[str] = field(default_factory=set)
    read: dict[str, str] = field(default_factory=dict)
    widget: RoomWidget | None = None
    successor: str | None = None
    predecessor: str | None = None
    children: set[str] = field(default_factory=set)
    reasons: dict[str, str] = field(default_factory=dict)
    """Why who was last let out of the room."""
    mentioned: dict[str, frozenset[str]] = field(default_factory=dict)
    """Who was mentioned, by event id."""

    def joined(self) -> frozenset[str]:
        """Who is in the room."""
        return frozenset(user for user, membership in self.memberships.items() if membership == "join")

    def has(self, user_id: str) -> bool:
        """Whether somebody is in the room."""
        return self.memberships.get(user_id) == "join"

    def may_speak(self, user_id: str) -> bool:
        """Whether somebody may write."""
        return self.has(user_id) and (self.speak_level == 0 or user_id == self.creator)

    def may_invite(self, user_id: str) -> bool:
        """Whether somebody may invite others."""
        return self.has(user_id) and (not self.is_guarded or user_id == self.creator)

    def reaction(self, sender: str, target: str, key: str) -> str | None:
        """The reaction with which somebody has attached this emoji there already."""
        for event in self.remaining():
            if isinstance(event, ReactionSent) and (event.sender, event.target, event.key) == (
                sender,
                target,
                key,
            ):
                return event.event_id
        return None

    def last_removal(self, user_id: str) -> str | None:
        """The event with which somebody who is out of the room left it, or was put out."""
        if self.memberships.get(user_id) not in {"leave", "ban"}:
            return None
        return next(
            event.event_id
            for event in reversed(self.events)
            if isinstance(event, MembershipChanged) and event.user_id == user_id
        )

    def has_left(self, user_id: str) -> bool:
        """Whether somebody went out of the room, rather than being put out."""
        last = self.last_removal(user_id)
        return any(event.event_id == last and event.sender == user_id for event in self.events)

    def remaining(self) -> list[AnyRoomEvent]:
        """What happened, without what was deleted since."""
        return [event for event in self.events if event.event_id not in self.redacted]

    def take_in(self, event: AnyRoomEvent) -> None:
        """Keep an event with what follows from it."""
        self.events.append(event)
        if isinstance(event, MembershipChanged):
            self.memberships[event.user_id] = event.membership
        elif isinstance(event, EventRedacted):
            self.redacted.add(event.target)

    def shown(self) -> list[Shown]:
        """The messages as a client shows them now."""
        remaining = self.remaining()
        edits = {event.target: event.content for event in remaining if isinstance(event, MessageEdited)}
        reactions = [event for event in remaining if isinstance(event, ReactionSent)]
        return [
            Shown(
                event.event_id,
                event.sender,
                edits.get(event.event_id, event.content),
                event.reply_to,
                tuple(reaction.key for reaction in reactions if reaction.target == event.event_id),
            )
            for event in remaining
            if isinstance(event, MessageSent)
        ]
