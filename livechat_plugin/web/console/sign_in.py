"""Signing in with a link from the bot, and signing out."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from livechat_plugin.core.signing_in import KeptFromServing, LinkNotUsable, LinkUnknown, NoRole
from livechat_plugin.services.again import anew
from livechat_plugin.web.console.going import forget_next, local_path, remember_next, remembered_next
from livechat_plugin.web.console.limiting import Limited
from livechat_plugin.web.console.rendering import Pages, PagesOf, flash_of, forget_flash
from livechat_plugin.web.console.visitor import Known, Visitors

router = APIRouter()


@router.get("/sign-in", dependencies=[Limited])
async def how_to(request: Request, pages: PagesOf, next: str = "") -> Response:  # noqa: A002 - its name in addresses
    """What to do to sign in; `next` is the page to come back to."""
    back = local_path(next, request.scope.get("root_path", ""))
    visitors: Visitors = request.app.state.visitors
    if visitors.of(request) is not None:
        return RedirectResponse(back or f"{request.scope.get('root_path', '')}/", 303)
    bot = pages.desk.naming.bot
    response = pages.public(request, "sign_in/how_to.html", bot=bot, flash=flash_of(request))
    forget_flash(response)
    if back is not None:
        remember_next(request, response, back)
    return response


@router.get("/sign-in/{token}", dependencies=[Limited])
async def show_link(request: Request, token: str, pages: PagesOf) -> Response:
    """Who one is about to be; homeservers and clients come here for their previews, so nothing is used up."""
    try:
        async with pages.desk.store.read() as work:
            link = await pages.desk.signing_in.look(work, token)
    except LinkNotUsable as error:
        return _not_usable(request, pages, error)
    visitors: Visitors = request.app.state.visitors
    carrier = Response()
    proof = visitors.begin_form(request, carrier)
    response = pages.public(
        request, "sign_in/confirm.html", user_id=link.user_id, proof=proof, is_now=visitors.of(request)
    )
    response.headers["set-cookie"] = carrier.headers["set-cookie"]
    return _unreferred(response)


@router.post("/sign-in/{token}", dependencies=[Limited])
@anew
async def use_link(request: Request, token: str, pages: PagesOf) -> Response:
    """Sign in; of two who try at once, one is let in."""
    visitors: Visitors = request.app.state.visitors
    await visitors.check_form(request)
    try:
        async with pages.desk.store.begin() as work:
            user_id = await pages.desk.signing_in.use(work, token)
            await work.commit()
    except (LinkNotUsable, NoRole, KeptFromServing) as error:
        return _not_usable(request, pages, error)
    response = RedirectResponse(remembered_next(request), 303)
    forget_next(request, response)
    visitors.sign_in(response, user_id)
    return _unreferred(response)


@router.post("/sign-out")
async def sign_out(request: Request, _: Known, pages: PagesOf) -> Response:
    """Sign out in this browser."""
    visitors: Visitors = request.app.state.visitors
    response = pages.go(request, "/sign-in", "You are signed out.")
    visitors.sign_out(response)
    return response


def _not_usable(request: Request, pages: Pages, error: Exception) -> Response:
    status = 404 if isinstance(error, LinkUnknown) else 410 if isinstance(error, LinkNotUsable) else 403
    bot = pages.desk.naming.bot
    return _unreferred(
        pages.public(
            request,
            "sign_in/not_usable.html",
            status,
            words=str(error),
            bot=bot,
            can_ask=isinstance(error, LinkNotUsable),
        )
    )


def _unreferred(response: Response) -> Response:
    """Nobody learns the link from where one went next."""
    response.headers["referrer-policy"] = "no-referrer"
    return response
