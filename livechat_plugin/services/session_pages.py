"""One session as somebody sees it: its conversation, and what they can do (requirements S6, S12, S18).

A session is seen by its operator, by the supervisors of its live chat, and while it waits by those who can take it.
Whoever sees the open session of a conversation sees the earlier ones, too: they are its history. The sessions of a
live chat that was deleted are the administrators'.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from livechat_plugin.core.errors import NotOfTheLiveChat, SessionHidden, SessionNotFound
from livechat_plugin.core.session_names import session_name
from livechat_plugin.core.sessions import Session, SessionState
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.services.repositories.messages import Message
from livechat_plugin.services.roles import Roles
from livechat_plugin.services.unit_of_work import UnitOfWork

PAGE = 50
"""Messages that are shown at first, and added each time one asks for earlier ones."""

GROWS_TO = 500
"""Messages that a page which stays open shows at most before it begins anew."""


@dataclass(frozen=True, slots=True)
class SessionSight:
    """A session as one person sees it. What it says they can do is checked again when they do it.

    Attributes:
        view: its conversation, with the session that is open there now.
        session: the session that the page is about; an earlier one, maybe.
        is_operator: whether they take sessions of the live chat.
        is_supervisor: whether they moderate it.
        is_invited: whether the session was handed to a group of theirs.
    """

    view: ConversationView
    session: Session
    asker: str
    is_operator: bool = False
    is_supervisor: bool = False
    is_invited: bool = False

    @property
    def name(self) -> str:
        """How the session is called."""
        return session_name(self.session, self.view.live_chat, self.view.account)

    @property
    def serves(self) -> bool:
        """Whether what they write reaches the customer."""
        return self.session.is_served_by(self.asker)

    @property
    def can_take(self) -> bool:
        """Whether it waits for somebody like them."""
        is_free = self.session.state is SessionState.WAITING
        return is_free and (self.is_operator or self.is_invited) and not self.is_customer

    @property
    def can_take_over(self) -> bool:
        """Whether they may take it from whoever has it."""
        is_ready = self.session.is_open and self.session.state is not SessionState.OPENING
        return is_ready and self.is_supervisor and not self.serves and not self.is_customer

    @property
    def can_assign(self) -> bool:
        """Whether they may give it to somebody."""
        return self.session.is_open and self.session.state is not SessionState.OPENING and self.is_supervisor

    @property
    def can_tend(self) -> bool:
        """Whether they name it and say how urgent it is."""
        is_free = self.session.state is not SessionState.ACTIVE
        is_theirs = self.serves or self.is_supervisor or (is_free and (self.is_operator or self.is_invited))
        return self.session.is_open and is_theirs

    @property
    def can_transfer(self) -> bool:
        """Whether they hand it to somebody else."""
        return self.serves or self.can_assign

    @property
    def can_close(self) -> bool:
        """Whether they end it."""
        return self.session.is_open and (self.serves or self.is_supervisor)

    @property
    def can_note(self) -> bool:
        """Whether they leave notes for colleagues."""
        return self.is_operator or self.is_supervisor or self.is_invited or self.serves

    @property
    def is_customer(self) -> bool:
        """Whether they are its customer, whom nobody serves less than they themselves."""
        return self.asker == self.view.account.external_id


@dataclass(frozen=True, slots=True)
class Timeline:
    """A part of a conversation, oldest first.

    Attributes:
        sessions: those that the messages belong to, by number.
        has_earlier: whether there is more before it.
        is_full: whether it shows as much as a page that stays open may.
    """

    messages: Sequence[Message]
    sessions: Mapping[int, Session]
    has_earlier: bool
    is_full: bool = False


@dataclass(frozen=True, slots=True)
class SessionPages:
    """Shows sessions to those who may see them."""

    roles: Roles

    async def look(self, work: UnitOfWork, asker: str, number: int) -> SessionSight:
        """A session with its conversation.

        Raises:
            SessionNotFound: there is none of this number.
            SessionHidden: it is somebody else's.
            NotOfTheLiveChat: they have nothing to do with its live chat.
        """
        session = await work.sessions.get(number)
        if session is None:
            raise SessionNotFound(number)
        view = await work.conversations.view(session.conversation_id)
        # Read again: in a writing unit of work, the conversation is locked from here on.
        session = await work.sessions.get(number) or session
        if view.live_chat.deleted_at is not None:
            if not await self.roles.is_administrator(work, asker):
                raise NotOfTheLiveChat(asker, view.live_chat.name)
            return SessionSight(view, session, asker)
        groups = await work.groups.of(asker)
        sight = SessionSight(
            view,
            session,
            asker,
            is_operator=view.live_chat.operators in groups,
            is_supervisor=view.live_chat.supervisors in groups,
            is_invited=_is_invited(session, groups),
        )
        if not (_sees(sight, session, groups) or (view.session and _sees(sight, view.session, groups))):
            if not (sight.is_operator or sight.is_invited):
                raise NotOfTheLiveChat(asker, view.live_chat.name)
            raise SessionHidden(number, view.live_chat.name)
        return sight

    async def look_at_message(self, work: UnitOfWork, asker: str, message_id: int) -> Message:
        """A message of a session that they may see.

        Raises:
            LookupError: there is no such message.
            SessionHidden: it is of a session that is somebody else's.
            NotOfTheLiveChat: they have nothing to do with its live chat.
        """
        message = await work.messages.get(message_id)
        if message is None:
            raise LookupError(f"there is no message {message_id}")
        number = message.session_number
        if number is None:
            latest = await work.sessions.latest(message.conversation_id, 1)
            if not latest:
                raise LookupError(f"message {message_id} belongs to no session")
            number = latest[0].number
        await self.look(work, asker, number)
        return message

    async def timeline(
        self, work: UnitOfWork, sight: SessionSight, *, since: int | None = None, before: int | None = None
    ) -> Timeline:
        """What was said up to the end of the session: the last page, or what is there since or before a message."""
        conversation_id, end = sight.view.conversation.id, before
        if not sight.session.is_open:
            following = await self._end(work, sight.session)
            end = min((place for place in (before, following) if place is not None), default=None)
        limit = GROWS_TO if since is not None else PAGE
        found = list(await work.messages.page(conversation_id, limit + 1, before=end, since=since))
        is_full = since is not None and len(found) > limit
        messages = found[-limit:]
        has_earlier = len(found) > limit
        if since is not None and messages and not has_earlier:
            has_earlier = bool(await work.messages.page(conversation_id, 1, before=messages[0].id))
        numbers = {message.session_number for message in messages} - {None}
        sessions = {}
        for number in numbers:
            session = await work.sessions.get(number) if number is not None else None
            if session is not None:
                sessions[session.number] = session
        return Timeline(messages, sessions, has_earlier, is_full)

    async def read_by_customer(self, work: UnitOfWork, sight: SessionSight) -> int | None:
        """The last message that the customer has read, as far as their network tells."""
        conversation_id, reader = sight.view.conversation.id, sight.view.account.external_id
        mark = (await work.reading.marks_of(reader, [conversation_id])).get(conversation_id)
        return mark.message_id if mark is not None else None

    async def receivers(self, work: UnitOfWork, sight: SessionSight) -> tuple[Sequence[str], Sequence[str]]:
        """The people and the groups that the session could be given to, for those who may give it."""
        if not sight.can_transfer:
            return [], []
        chat = sight.view.live_chat
        people = set(await work.groups.members(chat.operators))
        if chat.supervisors is not None:
            people |= await work.groups.members(chat.supervisors)
        people -= {sight.session.operator or "", sight.view.account.external_id}
        return sorted(people), sorted(await work.groups.names())

    async def _end(self, work: UnitOfWork, session: Session) -> int | None:
        """Where the next session of the conversation begins; None if there is none."""
        following = await work.sessions.following(session)
        return await work.messages.first_of(following) if following is not None else None


def _is_invited(session: Session, groups: frozenset[str]) -> bool:
    return session.is_open and session.offered_to is not None and session.offered_to in groups


def _sees(sight: SessionSight, session: Session, groups: frozenset[str]) -> bool:
    """Whether somebody sees this session, by itself."""
    if sight.is_supervisor or session.is_served_by(sight.asker):
        return True
    if session.state in {SessionState.OPENING, SessionState.WAITING}:
        return sight.is_operator or _is_invited(session, groups)
    return sight.is_operator and session.operator == sight.asker
