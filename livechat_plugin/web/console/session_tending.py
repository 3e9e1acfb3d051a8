"""What is done with a session on its page besides writing: its name and priority, who serves it, its end."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from livechat_plugin.core.errors import LivechatError, Refused
from livechat_plugin.core.people import read_person
from livechat_plugin.core.session_names import session_name
from livechat_plugin.core.sessions import Priority
from livechat_plugin.services.session_pages import SessionSight
from livechat_plugin.services.unit_of_work import UnitOfWork
from livechat_plugin.web.console.answering import done, gone_to
from livechat_plugin.web.console.rendering import DeskOf, Pages, PagesOf
from livechat_plugin.web.console.visitor import SignedIn, Visitor

router = APIRouter()

Words = Annotated[str, Form()]


@router.get("/sessions/{number:int}/rename")
async def rename_form(request: Request, visitor: SignedIn, pages: PagesOf, number: int) -> Response:
    """A new name for it."""
    sight = await _looked_at(pages, visitor, number)
    usual = session_name(replace(sight.session, name=None), sight.view.live_chat, sight.view.account)
    return await _form(request, visitor, pages, sight, "rename", usual_name=usual)


@router.post("/sessions/{number:int}/rename")
async def rename(
    request: Request,
    visitor: SignedIn,
    pages: PagesOf,
    desk: DeskOf,
    number: int,
    name: Words = "",
) -> Response:
    """Give the session a name; an empty one brings back the usual one."""
    await desk.session_desk.rename(visitor.user_id, number, name, await _seen(request))
    return done(request, pages, f"/sessions/{number}")


@router.get("/sessions/{number:int}/set-priority")
async def priority_form(request: Request, visitor: SignedIn, pages: PagesOf, number: int) -> Response:
    """How urgent it is."""
    sight = await _looked_at(pages, visitor, number)
    shown = [(each.value, each.value.capitalize()) for each in Priority]
    return await _form(request, visitor, pages, sight, "priority", priorities=shown)


@router.post("/sessions/{number:int}/set-priority")
async def set_priority(
    request: Request,
    visitor: SignedIn,
    pages: PagesOf,
    desk: DeskOf,
    number: int,
    priority: Words = "",
) -> Response:
    """Say how urgent it is."""
    if priority not in {each.value for each in Priority}:
        raise Refused(f"Priority: choose one of {', '.join(each.value for each in Priority)}.")
    await desk.session_desk.prioritize(visitor.user_id, number, Priority(priority), await _seen(request))
    return done(request, pages, f"/sessions/{number}")


@router.post("/sessions/{number:int}/take-over")
async def take_over(
    request: Request,
    visitor: SignedIn,
    pages: PagesOf,
    desk: DeskOf,
    number: int,
) -> Response:
    """A supervisor serves it from now on."""
    await desk.session_desk.take_over(visitor.user_id, number, await _seen(request))
    return gone_to(request, pages, f"/sessions/{number}", f"You serve session #{number} now.")


@router.get("/sessions/{number:int}/transfer")
async def transfer_form(
    request: Request, visitor: SignedIn, pages: PagesOf, desk: DeskOf, number: int
) -> Response:
    """Whom it could be given to."""
    async with desk.store.read() as work:
        sight = await desk.session_pages.look(work, visitor.user_id, number)
        people, groups = await desk.session_pages.receivers(work, sight)
    names = await desk.names.of(people)
    people = sorted(people, key=lambda person: names[person].casefold())
    return await _form(request, visitor, pages, sight, "transfer", people=people, groups=groups, names=names)


@router.post("/sessions/{number:int}/transfer")
async def transfer(
    request: Request,
    visitor: SignedIn,
    pages: PagesOf,
    desk: DeskOf,
    number: int,
    to: Words = "",
    note: Words = "",
) -> Response:
    """Hand it to somebody else, or to a group."""
    to = to.strip()
    if not to:
        raise Refused("Choose who gets the session.")
    if to.startswith("@"):
        operator = read_person(to, desk.naming.server_name)
        await desk.session_desk.transfer(visitor.user_id, number, operator, note, await _seen(request))
        told = f"Session #{number} is given to {await desk.names.one(operator)}."
    else:
        await desk.session_desk.transfer_to_group(visitor.user_id, number, to, note, await _seen(request))
        told = f"Session #{number} is offered to the group {to}."
    return await _on(request, pages, visitor, number, told)


@router.get("/sessions/{number:int}/close")
async def close_form(request: Request, visitor: SignedIn, pages: PagesOf, number: int) -> Response:
    """Whether it is really to end."""
    return await _form(request, visitor, pages, await _looked_at(pages, visitor, number), "close")


@router.post("/sessions/{number:int}/close")
async def close(
    request: Request,
    visitor: SignedIn,
    pages: PagesOf,
    desk: DeskOf,
    number: int,
) -> Response:
    """End it."""
    await desk.session_desk.close(visitor.user_id, number, await _seen(request))
    return await _on(request, pages, visitor, number, f"Session #{number} is closed.")


async def _seen(request: Request) -> str | None:
    """What the page showed; FastAPI takes an empty field for none, but "nobody" is something, too."""
    seen = (await request.form()).get("seen")
    return seen if isinstance(seen, str) else None


async def _looked_at(pages: Pages, visitor: Visitor, number: int) -> SessionSight:
    async with pages.desk.store.read() as work:
        return await pages.desk.session_pages.look(work, visitor.user_id, number)


async def _form(
    request: Request, visitor: Visitor, pages: Pages, sight: SessionSight, name: str, **context: Any
) -> Response:
    shown = {"session": sight.session, "account": sight.view.account, **context}
    return await pages.page(request, visitor, f"sessions/{name}.html", **shown)


async def _on(request: Request, pages: Pages, visitor: Visitor, number: int, told: str) -> Response:
    """Stay on the page for who may still see it; others go on to what is theirs."""
    async with pages.desk.store.read() as work:
        sight = await _sight(pages, work, visitor, number)
    path = f"/sessions/{number}" if sight is not None else "/sessions/mine"
    return gone_to(request, pages, path, told)


async def _sight(pages: Pages, work: UnitOfWork, visitor: Visitor, number: int) -> SessionSight | None:
    try:
        return await pages.desk.session_pages.look(work, visitor.user_id, number)
    except LivechatError:
        return None
