"""Which sessions somebody may see, page by page: for `!sessions`, and for every other interface (requirement S12).

Supervisors see all sessions of their live chats. Operators see the queue and their own. Nobody else sees anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from livechat_plugin.core.conversations import Account
from livechat_plugin.core.errors import NotOfTheLiveChat, Refused
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.session_names import session_name
from livechat_plugin.core.sessions import Priority, Session, SessionState
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.services.repositories.session_lists import (
    OPEN,
    WAITING,
    ListedSession,
    PastSession,
    SessionFilter,
)
from livechat_plugin.services.unit_of_work import UnitOfWork

PAGE = 20
"""Sessions on a page."""

PAGES_AT_MOST = 50
"""Who has turned as many pages finds sessions sooner by what they know of them."""


class Shown(StrEnum):
    """Which sessions a list shows."""

    OPEN = "open"
    WAITING = "waiting"
    ACTIVE = "active"
    CLOSED = "closed"
    MINE = "mine"
    """Those that the asker serves now."""
    ALL = "all"


_STATES = {
    Shown.OPEN: OPEN,
    Shown.WAITING: WAITING,
    Shown.ACTIVE: frozenset({SessionState.ACTIVE}),
    Shown.CLOSED: frozenset({SessionState.CLOSED}),
    Shown.MINE: frozenset({SessionState.ACTIVE}),
    Shown.ALL: frozenset(SessionState),
}


@dataclass(frozen=True, slots=True)
class SessionQuery:
    """What somebody wants to see.

    Attributes:
        operator: Matrix id of who serves or served them.
        customer: the customer's id, or a part of their name.
        since: not those that opened before.
        text: a part of the subject, or of the name that somebody gave the session.
        anywhere: a part of the subject, of the name or of the customer's name; or the customer's id.
        network: the customer's.
        page: counted from 1.
        beyond: the last session of the page before; the page begins after it, whatever `page` says. Who turns
            pages in this way may go as far back as they like.
    """

    shown: Shown = Shown.OPEN
    operator: str | None = None
    customer: str | None = None
    priority: Priority | None = None
    since: datetime | None = None
    text: str | None = None
    anywhere: str | None = None
    network: str | None = None
    page: int = 1
    beyond: int | None = None


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session as lists show it.

    Attributes:
        session: with its number, state, operator, priority, since when it waits, and why it went to whom.
        name: how it is called.
        account: its customer, with name and network.
        room_id: the session room; given to supervisors, who may step in.
    """

    session: Session
    name: str
    account: Account
    live_chat: LiveChat
    room_id: str | None


@dataclass(frozen=True, slots=True)
class SessionPage:
    """A page of a list; `is_cut` if a search looked through the newest sessions only."""

    query: SessionQuery
    rows: Sequence[SessionRow]
    has_more: bool
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Earlier sessions of a conversation, the newest first."""

    sessions: Sequence[PastSession]
    has_more: bool


class SessionLists:
    """Lists sessions for those who may see them."""

    async def page(
        self, work: UnitOfWork, asker: str, query: SessionQuery, live_chat: LiveChat | None = None
    ) -> SessionPage:
        """A page of the sessions that somebody may see, in one live chat or in all where they work.

        Nobody works in one that was deleted: its history is the administrators'.

        Sessions that are over come newest first, all others oldest first, as their customers came.

        Raises:
            NotOfTheLiveChat: they are neither operator nor supervisor of the live chat.
            Refused: they work in no live chat, or the page is too far back.
        """
        if not 1 <= query.page <= PAGES_AT_MOST:
            raise Refused(
                f"page: {query.page} is not between 1 and {PAGES_AT_MOST}. Narrow the list instead,"
                " for example with since= or customer=."
            )
        groups = await work.groups.of(asker)
        candidates = [live_chat] if live_chat is not None else await work.live_chats.of_groups(groups)
        live_chats = [
            chat
            for chat in candidates
            if chat.deleted_at is None and groups & {chat.operators, chat.supervisors}
        ]
        if not live_chats:
            if live_chat is not None:
                raise NotOfTheLiveChat(asker, live_chat.name)
            raise Refused("You are neither operator nor supervisor of any live chat.")
        first = (query.page - 1) * PAGE if query.beyond is None else 0
        wanted_rows = first + PAGE + 1
        oldest_first = query.shown not in {Shown.CLOSED, Shown.ALL}
        rows: dict[int, SessionRow] = {}
        is_cut = False
        for chat in live_chats:
            is_supervisor = chat.supervisors in groups
            for wanted in _parts(chat, query, asker, is_supervisor=is_supervisor):
                found = await work.session_lists.listed(
                    wanted, wanted_rows, beyond=query.beyond, oldest_first=oldest_first
                )
                is_cut |= found.is_cut
                for listed in found.sessions:
                    rows[listed.session.number] = _row(listed, chat, is_supervisor=is_supervisor)
        numbers = sorted(rows, reverse=not oldest_first)
        page = [rows[number] for number in numbers[first : first + PAGE]]
        return SessionPage(query, page, has_more=len(numbers) > first + PAGE, is_cut=is_cut)

    async def history(
        self, work: UnitOfWork, asker: str, view: ConversationView, before: int | None = None
    ) -> HistoryPage:
        """The earlier sessions of a conversation (requirement S6), for those who work with it.

        Raises:
            NotOfTheLiveChat: they do not.
        """
        session, chat = view.session, view.live_chat
        offered_to = session.offered_to if session is not None else None
        is_theirs = session is not None and session.is_served_by(asker)
        groups = await work.groups.of(asker)
        if not is_theirs and not groups & {chat.operators, chat.supervisors, offered_to}:
            raise NotOfTheLiveChat(asker, chat.name)
        found = await work.session_lists.history(view.conversation.id, PAGE + 1, before=before)
        return HistoryPage(found[:PAGE], has_more=len(found) > PAGE)


def _parts(chat: LiveChat, query: SessionQuery, asker: str, *, is_supervisor: bool) -> list[SessionFilter]:
    """What is to be looked for in a live chat, each part along an index of its own."""
    states = _STATES[query.shown]
    wanted = SessionFilter(
        chat.id,
        states,
        query.operator,
        query.customer,
        query.priority,
        query.since,
        query.text,
        query.anywhere,
        query.network,
    )
    if query.shown is Shown.MINE:
        return [replace(wanted, operator=asker)]
    if is_supervisor:
        return [wanted]
    waiting = _STATES[Shown.WAITING] & states
    parts = [replace(wanted, states=waiting)] if waiting and query.operator is None else []
    if states - waiting and query.operator in {None, asker}:
        parts.append(replace(wanted, states=states - waiting, operator=asker))
    return parts


def _row(listed: ListedSession, chat: LiveChat, *, is_supervisor: bool) -> SessionRow:
    session, account = listed.session, listed.account
    return SessionRow(
        session,
        session_name(session, chat, account),
        account,
        chat,
        listed.room_id if is_supervisor else None,
    )
