"""What can be done with a session from a list of sessions: take it, give it to somebody, say how urgent it is."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from livechat_plugin.core.employees import NotOnDuty
from livechat_plugin.core.errors import (
    ConcurrentChange,
    NotAvailable,
    Refused,
    SessionAlreadyTaken,
    SessionClosed,
    SessionNotReady,
)
from livechat_plugin.core.people import read_person
from livechat_plugin.core.session_names import session_name
from livechat_plugin.services.again import anew
from livechat_plugin.services.colleagues import Colleagues, colleagues_of
from livechat_plugin.services.commands.tending import PRIORITIES
from livechat_plugin.services.session_board import session_at_hand
from livechat_plugin.web.console.desk import ConsoleDesk
from livechat_plugin.web.console.rendering import DeskOf, Pages, PagesOf
from livechat_plugin.web.console.visitor import SignedIn, Visitor

router = APIRouter()

_BACK = {"queue", "mine", "active", "closed", "session"}
"""Where one can come from and goes back to: a list, or the page of the session."""


@router.post("/sessions/{number:int}/take")
@anew
async def take(number: int, request: Request, visitor: SignedIn, pages: PagesOf, desk: DeskOf) -> Response:
    """Take a session that waits; on to its page, or back to the queue with the name of who was faster."""
    desk.session_desk.require_on()
    try:
        async with desk.store.begin() as work:
            view, session = await session_at_hand(work, visitor.user_id, number)
            if not session.is_served_by(visitor.user_id):
                await desk.assignments.take(work, view, session, visitor.user_id)
                await work.commit()
    except (SessionAlreadyTaken, SessionClosed, SessionNotReady, NotOnDuty) as error:
        return pages.go(request, "/sessions/queue", str(error))
    return pages.go(request, f"/sessions/{number}", f"You serve session #{number} now.")


@router.get("/sessions/{number:int}/assign")
async def choose(
    number: int,
    request: Request,
    visitor: SignedIn,
    pages: PagesOf,
    search: str = "",
    back: str = "queue",
) -> Response:
    """Choose who gets a session: a dialog over the list, or a page of its own."""
    return await _choosing(number, request, visitor, pages, search=search[:200], back=_list_of(back))


@router.post("/sessions/{number:int}/assign")
async def assign(
    number: int,
    request: Request,
    visitor: SignedIn,
    pages: PagesOf,
    desk: DeskOf,
    operator: Annotated[str, Form()] = "",
    anyway: Annotated[str, Form()] = "",
    back: Annotated[str, Form()] = "queue",
) -> Response:
    """A supervisor gives a session to an operator."""
    back = _list_of(back)
    if not operator:
        error = "Choose who gets the session."
        return await _choosing(number, request, visitor, pages, back=back, error=error)
    try:
        await _assign(desk, number, read_person(operator, desk.naming.server_name), visitor, anyway)
    except (SessionClosed, SessionNotReady, ConcurrentChange) as error:
        told = f"{error}" if isinstance(error, Refused) else "Somebody else changed the session. Look again."
        return pages.go(request, _path(back, number), told)
    except NotAvailable as error:
        told = f"{error.user_id} {error.obstacle}."
        return await _choosing(number, request, visitor, pages, back=back, error=told, chosen=operator)
    except Refused as error:
        return await _choosing(number, request, visitor, pages, back=back, error=str(error), chosen=operator)
    return pages.go(request, _path(back, number), f"Session #{number} is {operator}'s now.")


@router.post("/sessions/{number:int}/priority")
@anew
async def prioritize(
    number: int,
    request: Request,
    visitor: SignedIn,
    pages: PagesOf,
    desk: DeskOf,
    priority: Annotated[str, Form()] = "",
    back: Annotated[str, Form()] = "queue",
) -> Response:
    """Say how urgent a session is."""
    wanted = PRIORITIES.get(priority)
    if wanted is None:
        raise Refused(f"priority: choose one of {', '.join(PRIORITIES)}.")
    desk.session_desk.require_on()
    async with desk.store.begin() as work:
        view, session = await session_at_hand(work, visitor.user_id, number)
        await desk.session_care.prioritize(work, view, session, wanted, visitor.user_id)
        await work.commit()
    return pages.go(request, _path(_list_of(back), number), f"Priority of session #{number}: {wanted.value}.")


@anew
async def _assign(desk: ConsoleDesk, number: int, operator: str, visitor: Visitor, anyway: str) -> None:
    desk.session_desk.require_on()
    async with desk.store.begin() as work:
        view, session = await session_at_hand(work, visitor.user_id, number)
        await desk.handovers.assign(work, view, session, operator, visitor.user_id, anyway=bool(anyway))
        await work.commit()


async def _choosing(
    number: int,
    request: Request,
    visitor: Visitor,
    pages: Pages,
    *,
    search: str = "",
    back: str,
    error: str | None = None,
    chosen: str = "",
) -> Response:
    desk = pages.desk
    async with desk.store.read() as work:
        view, session = await session_at_hand(work, visitor.user_id, number)
        colleagues: Colleagues = await colleagues_of(
            work, desk.roles, desk.clock, view, visitor.user_id, search
        )
    people = {one.user_id for one in colleagues.found} | ({session.operator} if session.operator else set())
    return await pages.page(
        request,
        visitor,
        "sessions/assign.html",
        422 if error else 200,
        names=await desk.names.of(people),
        session=session,
        name=session_name(session, view.live_chat, view.account),
        colleagues=colleagues,
        search=search,
        back=back,
        error=error,
        chosen=chosen,
    )


def _path(back: str, number: int) -> str:
    return f"/sessions/{number if back == 'session' else back}"


def _list_of(back: str) -> str:
    return back if back in _BACK else "queue"
