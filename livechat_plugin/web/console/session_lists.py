"""The lists of sessions: queue, my sessions, active and closed ones; each with filters that stand in the address."""

from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from livechat_plugin.core.command_lines import read_number
from livechat_plugin.core.errors import Refused
from livechat_plugin.core.moments import read_moment
from livechat_plugin.core.people import read_person
from livechat_plugin.core.session_names import CHANNELS
from livechat_plugin.core.sessions import Priority
from livechat_plugin.services.commands.tending import PRIORITIES
from livechat_plugin.services.live import conversation_topic
from livechat_plugin.services.repositories.session_lists import LOOKED_THROUGH
from livechat_plugin.services.session_board import Board, board_topics
from livechat_plugin.services.session_lists import SessionPage, SessionQuery, Shown
from livechat_plugin.services.standing import Standing
from livechat_plugin.services.unit_of_work import UnitOfWork
from livechat_plugin.web.console.rendering import DeskOf, Pages, PagesOf
from livechat_plugin.web.console.visitor import SignedIn, Visitor

router = APIRouter()

LONGEST_SEARCH = 200
"""Letters; nobody looks for more."""

FILTERS = ("q", "chat", "operator", "priority", "network", "since")
"""What stands in the address, besides where the page begins."""


@dataclass(frozen=True, slots=True)
class SessionList:
    """One of the lists.

    Attributes:
        key: the last part of its address.
        by_operator: whether it can be narrowed to one operator.
        empty: what is told when there is nothing in it.
        icon: shown beside that.
    """

    key: str
    title: str
    shown: Shown
    by_operator: bool
    empty: tuple[str, str]
    icon: str


QUEUE = SessionList(
    "queue",
    "Queue",
    Shown.WAITING,
    by_operator=False,
    empty=("Nobody is waiting", "New sessions appear here by themselves."),
    icon="queue",
)
MINE = SessionList(
    "mine",
    "My sessions",
    Shown.MINE,
    by_operator=False,
    empty=("You serve nobody at the moment", "Take a session from the queue, and it appears here."),
    icon="my-sessions",
)
ACTIVE = SessionList(
    "active",
    "Active sessions",
    Shown.ACTIVE,
    by_operator=True,
    empty=("No session is being served", "As soon as an operator takes one, it appears here."),
    icon="active",
)
CLOSED = SessionList(
    "closed",
    "Closed sessions",
    Shown.CLOSED,
    by_operator=True,
    empty=("No session is over yet", "Sessions appear here when they are closed."),
    icon="closed",
)


@dataclass(slots=True)
class Filters:
    """What somebody has filled in above a list: as they wrote it, as it is meant, and what is wrong with it."""

    values: dict[str, str]
    query: SessionQuery
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is filled in."""
        return any(self.values.values())

    def address(self, **changes: str) -> str:
        """The query string of the same list with something changed."""
        wanted = {**self.values, **changes}
        return urlencode({name: value for name, value in wanted.items() if value})


@router.get("/sessions/queue")
async def queue(request: Request, visitor: SignedIn, pages: PagesOf) -> Response:
    """The sessions that wait, the oldest first."""
    return await _list(request, visitor, pages, QUEUE)


@router.get("/sessions/mine")
async def mine(request: Request, visitor: SignedIn, pages: PagesOf) -> Response:
    """The sessions that somebody serves, with what is unread."""
    return await _list(request, visitor, pages, MINE)


@router.get("/sessions/active")
async def active(request: Request, visitor: SignedIn, pages: PagesOf) -> Response:
    """The sessions that are served: supervisors see all of their live chats, operators their own."""
    return await _list(request, visitor, pages, ACTIVE)


@router.get("/sessions/closed")
async def closed(request: Request, visitor: SignedIn, pages: PagesOf) -> Response:
    """The sessions that are over, the newest first: supervisors see all, operators their own."""
    return await _list(request, visitor, pages, CLOSED)


@router.get("/sessions/counters")
async def counters(visitor: SignedIn, request: Request, pages: PagesOf, desk: DeskOf) -> Response:
    """The numbers beside the lists, for the navigation of an open page."""
    del visitor
    standing: Standing = request.state.standing
    async with desk.store.read() as work:
        counted = await desk.session_board.counters(work, standing)
    topics = board_topics(standing)
    return pages.part(
        request, "sessions/counters.html", standing=standing, counters=counted, counter_topics=topics
    )


async def _list(request: Request, visitor: Visitor, pages: Pages, wanted: SessionList) -> Response:
    desk = pages.desk
    filters = _filters(request.query_params, wanted, desk.naming.server_name)
    standing: Standing = request.state.standing
    async with desk.store.read() as work:
        board = await _look(work, pages, standing, filters)
    topics = board_topics(standing)
    names = await desk.names.of(_named(board))
    if wanted is ACTIVE:
        topics += [conversation_topic(row.session.conversation_id) for row in board.rows]
    return await pages.page(
        request,
        visitor,
        "sessions/list.html",
        422 if filters.errors else 200,
        list=wanted,
        filters=filters,
        board=board,
        names=names,
        chat_options=[(chat.slug, chat.name) for chat in standing.live_chats],
        priority_options=[(key, "Not set" if key == "none" else key.capitalize()) for key in PRIORITIES],
        network_options=list(CHANNELS.items()),
        live_chats=standing.live_chats,
        networks=CHANNELS,
        priorities=PRIORITIES,
        is_supervisor=bool(standing.supervisor_of),
        topics=" ".join(topics),
        looked_through=LOOKED_THROUGH,
    )


def _named(board: Board) -> set[str]:
    """The employees whose names stand in the rows."""
    people = {found.session.operator for found in board.rows}
    people |= {found.last.author for found in board.rows if found.last and found.last.direction == "out"}
    return {person for person in people if person is not None}


async def _look(work: UnitOfWork, pages: Pages, standing: Standing, filters: Filters) -> Board:
    """What was asked for; nothing if that cannot be understood."""
    live_chat = None
    if slug := filters.values["chat"]:
        live_chat = next((chat for chat in standing.live_chats if chat.slug == slug), None)
        if live_chat is None:
            filters.errors["chat"] = "You work in no such live chat."
    if filters.errors:
        return Board(SessionPage(filters.query, [], has_more=False), [])
    return await pages.desk.session_board.board(work, standing, filters.query, live_chat)


def _filters(given: QueryParams, wanted: SessionList, server_name: str) -> Filters:
    # PostgreSQL takes no U+0000, and nobody looks for it.
    values = {name: given.get(name, "").replace("\0", "").strip()[:LONGEST_SEARCH] for name in FILTERS}
    if not wanted.by_operator:
        values["operator"] = ""
    filters = Filters(values, SessionQuery(wanted.shown))
    priority: Priority | None = None
    if values["priority"]:
        priority = PRIORITIES.get(values["priority"])
        if priority is None:
            filters.errors["priority"] = f"There is no such priority; there are {', '.join(PRIORITIES)}."
    beyond = read_number(given["beyond"]) if given.get("beyond") else None
    filters.query = SessionQuery(
        wanted.shown,
        operator=_person(filters, server_name),
        priority=priority,
        since=_since(filters),
        anywhere=values["q"] or None,
        network=values["network"] or None,
        beyond=beyond,
    )
    return filters


def _person(filters: Filters, server_name: str) -> str | None:
    if not filters.values["operator"]:
        return None
    try:
        return read_person(filters.values["operator"], server_name)
    except Refused as error:
        filters.errors["operator"] = str(error)
        return None


def _since(filters: Filters) -> datetime | None:
    if not filters.values["since"]:
        return None
    try:
        return read_moment("since", filters.values["since"])
    except Refused as error:
        filters.errors["since"] = str(error)
        return None
