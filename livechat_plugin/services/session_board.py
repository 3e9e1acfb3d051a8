"""Lists of sessions with everything that a page shows beside each: last words, what is new, what one can do."""

from collections.abc import Sequence
from dataclasses import dataclass

from livechat_plugin.core.errors import SessionNotFound
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.sessions import Session, SessionState
from livechat_plugin.services.live import live_chat_topic, person_topic
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.services.repositories.session_lists import WAITING, LastSaid
from livechat_plugin.services.session_lists import SessionLists, SessionPage, SessionQuery, SessionRow
from livechat_plugin.services.standing import Standing
from livechat_plugin.services.unit_of_work import UnitOfWork

COUNTED = 100
"""Sessions, and messages, that are counted; more are shown as "99+"."""

SERVED_COUNTED = 50
"""Sessions of one operator whose unread messages are counted."""


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One session as a page shows it to somebody.

    Attributes:
        last: what was said last; None if nothing stands.
        unread: messages of the customer that the viewer has not read, at most `COUNTED`.
        is_new: whether the viewer has never looked at this session.
        can_take: whether it waits, and they are one of those who may take it.
        can_assign: whether they may give it to others.
        can_prioritize: whether they may say how urgent it is.
    """

    row: SessionRow
    last: LastSaid | None
    unread: int
    is_new: bool
    can_take: bool
    can_assign: bool
    can_prioritize: bool

    @property
    def session(self) -> Session:
        """The session itself."""
        return self.row.session


@dataclass(frozen=True, slots=True)
class Board:
    """A page of a list."""

    page: SessionPage
    rows: Sequence[BoardRow]

    @property
    def next_beyond(self) -> int | None:
        """Where the next page begins, if there is one."""
        return self.rows[-1].session.number if self.rows and self.page.has_more else None


@dataclass(frozen=True, slots=True)
class Counters:
    """Numbers beside the lists, each at most `COUNTED`.

    Attributes:
        waiting: sessions in the queues of somebody's live chats.
        served: sessions that they serve.
        unread: messages of their customers that they have not read.
        active: sessions that operators of the live chats serve which they supervise.
    """

    waiting: int = 0
    served: int = 0
    unread: int = 0
    active: int = 0


@dataclass(frozen=True, slots=True)
class SessionBoard:
    """What pages with lists of sessions show; who may see what is the lists' decision."""

    lists: SessionLists

    async def board(
        self, work: UnitOfWork, standing: Standing, query: SessionQuery, live_chat: LiveChat | None = None
    ) -> Board:
        """A page of a list.

        Raises:
            NotOfTheLiveChat: they are neither operator nor supervisor of the live chat.
            Refused: they work in no live chat.
        """
        viewer = standing.user_id
        page = await self.lists.page(work, viewer, query, live_chat)
        numbers = [row.session.number for row in page.rows]
        last = await work.session_lists.last_said(numbers)
        marks = await work.reading.marks_of(viewer, {row.session.conversation_id for row in page.rows})
        theirs = [row.session.number for row in page.rows if row.session.is_served_by(viewer)]
        unread = await work.reading.unread(viewer, theirs)
        operated = {chat.id for chat in standing.operator_of}
        supervised = {chat.id for chat in standing.supervisor_of}
        rows: list[BoardRow] = []
        for row in page.rows:
            session, chat_id = row.session, row.live_chat.id
            mark = marks.get(session.conversation_id)
            is_free = session.state is SessionState.WAITING and row.account.external_id != viewer
            is_supervisor = chat_id in supervised
            rows.append(
                BoardRow(
                    row,
                    last.get(session.number),
                    unread.get(session.number, 0),
                    is_new=session.is_open and (mark is None or mark.at < session.opened_at),
                    can_take=is_free and chat_id in operated,
                    can_assign=is_supervisor and session.state in {SessionState.WAITING, SessionState.ACTIVE},
                    can_prioritize=session.is_open
                    and (is_supervisor or session.is_served_by(viewer) or is_free),
                )
            )
        return Board(page, rows)

    async def counters(self, work: UnitOfWork, standing: Standing) -> Counters:
        """The numbers beside the lists, at a cost that does not grow with the sessions."""
        served = await work.session_lists.served_by(standing.user_id, COUNTED)
        unread = await work.reading.unread(standing.user_id, served[:SERVED_COUNTED])
        active = frozenset({SessionState.ACTIVE})
        supervised = {chat.id for chat in standing.supervisor_of}
        return Counters(
            await work.session_lists.count({chat.id for chat in standing.live_chats}, WAITING, COUNTED),
            len(served),
            min(sum(unread.values()), COUNTED),
            await work.session_lists.count(supervised, active, COUNTED),
        )


def board_topics(standing: Standing) -> list[str]:
    """What changes the lists and numbers of somebody: sessions of their live chats, and what is said to them."""
    return [*(live_chat_topic(chat.id) for chat in standing.live_chats), person_topic(standing.user_id)]


async def session_at_hand(work: UnitOfWork, asker: str, number: int) -> tuple[ConversationView, Session]:
    """A session, for somebody who works in its live chat or may take it; what they may do, use cases decide.

    In a writing unit of work its conversation is locked against other writers from here on.

    Raises:
        SessionNotFound: there is none, or it is none of their business.
    """
    found = await work.sessions.get(number)
    if found is None:
        raise SessionNotFound(number)
    view = await work.conversations.view(found.conversation_id)
    session = await work.sessions.get(number) or found  # read again now that the conversation is locked
    concerned = {view.live_chat.operators, view.live_chat.supervisors, session.offered_to}
    if not session.is_served_by(asker) and not concerned & await work.groups.of(asker):
        raise SessionNotFound(number)
    return view, session
