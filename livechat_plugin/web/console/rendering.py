"""Making pages from templates.

One template per page, one address per page. When a part of a page asks for itself (`hx-get` with its own id as the
target), the block of that name is rendered alone.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, unquote

from fastapi import Depends
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from jinja2.bccache import Bucket, BytecodeCache
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from livechat_plugin.services.session_board import board_topics
from livechat_plugin.services.standing import standing_of
from livechat_plugin.web.console.components import add_components
from livechat_plugin.web.console.desk import ConsoleDesk
from livechat_plugin.web.console.visitor import Visitor
from livechat_plugin.web.console.words import FILTERS
from livechat_plugin.web.static_files import Assets

TEMPLATES = Path(__file__).parent.parent / "templates"
FLASH = "livechat_flash"
"""Cookie with what is told on the next page: that something is done."""


@dataclass(frozen=True, slots=True)
class Pages:
    """Renders pages in the layout with the navigation of whoever looks at them."""

    desk: ConsoleDesk
    environment: Environment

    async def page(
        self,
        request: Request,
        visitor: Visitor,
        template: str,
        status: int = 200,
        **context: Any,
    ) -> Response:
        """A page; or, if a part of it asks for itself, that part."""
        shared = {**self._shared(request), "visitor": visitor, "flash": None, **context}
        shared["standing"] = getattr(request.state, "standing", None)
        if shared["standing"] is None:
            async with self.desk.store.read() as work:
                shared["standing"] = await standing_of(work, self.desk.roles, visitor.user_id)
        block = _asked_part(request)
        if block is not None and block in self.environment.get_template(template).blocks:
            if block == "main":  # a form was sent by our script, and its page is shown anew
                async with self.desk.store.read() as work:
                    shared["standing"] = await standing_of(work, self.desk.roles, visitor.user_id)
            return HTMLResponse(render_part(self.environment.get_template(template), block, shared), status)
        standing = shared["standing"]
        async with self.desk.store.read() as work:
            shared["counters"] = await self.desk.session_board.counters(work, standing)
            if standing.live_chats:
                shared["me"] = await work.employees.get(visitor.user_id, shared["now"])
        shared["counter_topics"] = board_topics(standing)
        shared["flash"] = flash_of(request)
        response = HTMLResponse(self.environment.get_template(template).render(**shared), status)
        if shared["flash"] is not None:
            forget_flash(response)
        return response

    def public(self, request: Request, template: str, status: int = 200, **context: Any) -> Response:
        """A page for somebody who is not signed in."""
        shared = {
            **self._shared(request),
            "visitor": None,
            "standing": None,
            "flash": None,
            "counters": None,
            **context,
        }
        return HTMLResponse(self.environment.get_template(template).render(**shared), status)

    def part(self, request: Request, template: str, status: int = 200, **context: Any) -> Response:
        """A template of its own, without the layout, for a place in a page."""
        rendered = self.environment.get_template(template).render(**self._shared(request), **context)
        return HTMLResponse(rendered, status)

    def go(self, request: Request, path: str, told: str | None = None) -> Response:
        """After something was done: on to a page (`/sessions/12`), where it is told."""
        address = request.scope.get("root_path", "") + path
        response: Response = RedirectResponse(address, 303)
        if told is not None:
            if _asked_part(request) == "main":
                # Scripts must not follow by themselves: the page that tells it is the one that people see.
                response = Response(status_code=204, headers={"HX-Redirect": address})
            response.set_cookie(
                FLASH,
                quote(json.dumps(told)),
                max_age=60,
                path="/console",
                secure=request.app.state.visitors.is_secure,
                httponly=True,
                samesite="lax",
            )
        return response

    def _shared(self, request: Request) -> dict[str, Any]:
        return {
            "request": request,
            "root": request.scope.get("root_path", ""),
            "path": request.url.path,
            "live_mark": note_live_mark(request, self.desk),
            "now": self.desk.clock.now(),
            "me": None,
            "configuration": self.desk.administering.installation.configuration(),
        }


def render_part(template: Template, block: str, context: Mapping[str, Any]) -> str:
    """One block of a template, which can use what the template imports and defines at its top, as in the whole page."""
    known = template.new_context(dict(context))
    page = template.root_render_func(known)
    next(page, None)  # up to the first words of the layout: by then, all of that is done
    return "".join(template.blocks[block](known))


class _Compiled(BytecodeCache):
    """What templates were compiled to: the console and the panel have most of them in common."""

    def __init__(self) -> None:
        self._codes: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """As it was compiled, if that is from the same source."""
        if bucket.key in self._codes:
            bucket.bytecode_from_string(self._codes[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        self._codes[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


def template_environment(
    assets: Assets, filters: Mapping[str, Any] | None = None, *, first: str | None = None
) -> Environment:
    """Everything that templates can use; what is written into a page is escaped, and a misspelt name is an error.

    Args:
        assets: the styles and scripts that pages name.
        filters: by the names that templates know them by.
        first: a folder of templates that stand in for others of the same name.
    """
    folders = [TEMPLATES / first, TEMPLATES] if first is not None else [TEMPLATES]
    environment = Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=_COMPILED,
    )
    environment.globals["asset"] = assets.url
    environment.filters.update({**FILTERS, **(filters or {})})
    add_components(environment)
    return environment


def note_live_mark(request: Request, desk: ConsoleDesk) -> str:
    """The mark of the moment before anything was read for a page: what changes while it is made is not missed."""
    state = request.state
    if not hasattr(state, "live_mark"):
        state.live_mark = desk.live.mark
    mark: str = state.live_mark
    return mark


async def _pages(request: Request) -> Pages:
    pages: Pages = request.app.state.pages
    note_live_mark(request, pages.desk)
    return pages


async def _desk(request: Request) -> ConsoleDesk:
    pages: Pages = request.app.state.pages
    note_live_mark(request, pages.desk)
    return pages.desk


PagesOf = Annotated[Pages, Depends(_pages)]
DeskOf = Annotated[ConsoleDesk, Depends(_desk)]


def _asked_part(request: Request) -> str | None:
    headers = request.headers
    if headers.get("hx-request") != "true" or headers.get("hx-boosted") == "true":
        return None
    target = headers.get("hx-target")
    return target.replace("-", "_") if target else None


def is_for_a_part(request: Request) -> bool:
    """Whether what is answered goes into a page that is open."""
    return "hx-request" in request.headers and "hx-boosted" not in request.headers


def forget_flash(response: Response) -> None:
    """It is told."""
    response.delete_cookie(FLASH, path="/console")


def flash_of(request: Request) -> str | None:
    """What was done on the page before."""
    try:
        told = json.loads(unquote(request.cookies.get(FLASH, "")))
    except ValueError:
        return None
    return told[:300] if isinstance(told, str) else None
