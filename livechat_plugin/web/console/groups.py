"""Groups of people: lists, members of rooms, organizational units, groups of a directory (requirement S3)."""

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from livechat_plugin.core import wording
from livechat_plugin.core.errors import (
    GroupInUse,
    HomeserverRefused,
    HomeserverUnavailable,
    InvalidGroup,
)
from livechat_plugin.core.groups import GroupSource
from livechat_plugin.services.again import anew
from livechat_plugin.services.live_chats.form import read_people
from livechat_plugin.web.console.forms import text_of
from livechat_plugin.web.console.rendering import Pages, PagesOf
from livechat_plugin.web.console.settings_forms import FormErrors, sent_form
from livechat_plugin.web.console.visitor import SignedIn, Visitor

MOST_SHOWN = 500
"""Members on the page of one group; of more, the number is told."""
LONGEST = 50_000

SOURCES = {
    GroupSource.LIST: "List of people",
    GroupSource.ROOM: "Members of a room",
    GroupSource.UNIT: "Organizational unit",
    GroupSource.DIRECTORY: "Directory",
}

router = APIRouter(prefix="/groups")


@router.get("")
async def groups(request: Request, visitor: SignedIn, pages: PagesOf, add: str = "") -> Response:
    """All groups; with `add`, the form for another one."""
    return await _list(request, visitor, pages, kind=add if add in {"list", "room", "unit"} else "")


@router.post("")
@anew
async def create(request: Request, visitor: SignedIn, pages: PagesOf) -> Response:
    """Make a group: a list of people, or one that follows a room or a space."""
    await _require_administrator(pages, visitor)
    form = await sent_form(request)
    kind = text_of(form, "kind")
    written = {key: text_of(form, key)[:LONGEST] for key in ("name", "members", "room")}
    office = pages.desk.administering
    try:
        if kind == "list":
            members = read_people(written["members"])
            async with pages.desk.store.begin() as work:
                group = await office.groups.make_list(work, visitor.user_id, written["name"], members)
                await work.commit()
            name, told = group.name, wording.group_made(group, None, len(members))
        else:
            source = GroupSource.UNIT if kind == "unit" else GroupSource.ROOM
            name = " ".join(written["name"].split())
            told = await office.group_making.make(
                visitor.user_id, written["name"], source, written["room"], is_new=True
            )
    except InvalidGroup as error:
        errors = {error.field: error.reason}
        return await _list(request, visitor, pages, 422, kind=kind, written=written, errors=errors)
    except (HomeserverUnavailable, HomeserverRefused):
        errors = {"room": "the homeserver does not answer now; nothing is made, try again in a moment"}
        return await _list(request, visitor, pages, 503, kind=kind, written=written, errors=errors)
    return pages.go(request, _path(name), told)


@router.get("/{name:path}")
async def group(request: Request, visitor: SignedIn, pages: PagesOf, name: str) -> Response:
    """One group: who is in it, where they come from, who uses it."""
    return await _page(request, visitor, pages, name)


@router.post("/{name:path}")
@anew
async def change(request: Request, visitor: SignedIn, pages: PagesOf, name: str) -> Response:
    """Add or remove members, follow another room, read anew, delete: what the button says."""
    await _require_administrator(pages, visitor)
    form = await sent_form(request)
    what, office = text_of(form, "do"), pages.desk.administering
    added = text_of(form, "added")[:LONGEST]
    room = text_of(form, "room")[:LONGEST]
    written = {"added": added, "room": room}
    try:
        if what == "follow":
            async with pages.desk.store.read() as work:
                view = await office.groups.show(work, visitor.user_id, name)
            told = await office.group_making.make(
                visitor.user_id, name, view.group.source, room, is_new=False
            )
            return pages.go(request, _path(name), told)
        async with pages.desk.store.begin() as work:
            if what == "delete":
                deleted = await office.groups.delete(work, visitor.user_id, name)
                await work.commit()
                return pages.go(request, "/groups", wording.group_deleted(deleted))
            if what == "refresh":
                read_anew = await office.groups.refresh(work, visitor.user_id, name)
                told = wording.group_refreshed(read_anew)
            else:
                going = [one for one in form.getlist("removed") if isinstance(one, str)]
                coming = read_people(added) if what == "add" else ()
                await office.groups.change_list(
                    work, visitor.user_id, name, added=coming, removed=going if what == "remove" else ()
                )
                told = f"{name} is changed."
            await work.commit()
    except InvalidGroup as error:
        where = "added" if error.field == "members" and what == "add" else error.field
        return await _page(request, visitor, pages, name, 422, errors={where: error.reason}, written=written)
    except GroupInUse as error:
        return await _page(request, visitor, pages, name, 409, refused=str(error))
    except (HomeserverUnavailable, HomeserverRefused):
        errors = {"room": "the homeserver does not answer now; nothing is changed, try again in a moment"}
        return await _page(request, visitor, pages, name, 503, errors=errors, written=written)
    return pages.go(request, _path(name), told)


async def _list(request: Request, visitor: Visitor, pages: Pages, status: int = 200, **more: Any) -> Response:
    async with pages.desk.store.read() as work:
        found = await pages.desk.administering.groups.all(work, visitor.user_id)
        counts = {each.name: len(await work.groups.members(each.name)) for each in found}
    errors = FormErrors(more.pop("errors", {}))
    context = {"kind": "", "written": {"name": "", "members": "", "room": ""}, **more}
    return await pages.page(
        request,
        visitor,
        "groups/list.html",
        status,
        groups=found,
        counts=counts,
        sources=SOURCES,
        errors=errors,
        bot=pages.desk.naming.bot,
        **context,
    )


async def _page(
    request: Request, visitor: Visitor, pages: Pages, name: str, status: int = 200, **more: Any
) -> Response:
    async with pages.desk.store.read() as work:
        view = await pages.desk.administering.groups.show(work, visitor.user_id, name)
    errors = FormErrors(more.pop("errors", {}))
    context = {"refused": "", "written": {"added": "", "room": ""}, **more}
    return await pages.page(
        request,
        visitor,
        "groups/group.html",
        status,
        view=view,
        shown=view.members[:MOST_SHOWN],
        sources=SOURCES,
        errors=errors,
        bot=pages.desk.naming.bot,
        **context,
    )


async def _require_administrator(pages: Pages, visitor: Visitor) -> None:
    async with pages.desk.store.read() as work:
        await pages.desk.roles.require_administrator(work, visitor.user_id)


def _path(name: str) -> str:
    return f"/groups/{quote(name, safe='')}"
