"""When a form comes from somebody who is no longer signed in: nothing that they wrote may be lost.

With scripts, the page never left the browser (frontend/src/signed-out.ts). For browsers without scripts, this page shows
what was written, to be copied.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from livechat_plugin.web.console.going import local_path, remember_next
from livechat_plugin.web.console.proofs import CSRF_FIELD
from livechat_plugin.web.console.rendering import Pages

MOST_SHOWN = 50


async def ask_to_sign_in_again(request: Request) -> Response:
    """The page for who is signed out in the middle of a form."""
    pages: Pages = request.app.state.pages
    back = came_from(request)
    written = await _written(request)
    response = pages.public(
        request, "sign_in/again_page.html", 401, bot=pages.desk.naming.bot, back=back, written=written
    )
    if back is not None:
        remember_next(request, response, back)
    return response


def came_from(request: Request) -> str | None:
    """The page of the console on which a form was."""
    parts = urlsplit(request.headers.get("referer", ""))
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return local_path(path, request.scope.get("root_path", ""))


async def _written(request: Request) -> Sequence[tuple[str, str]]:
    """What a form of our own pages brought. Of another site's nothing is shown: it would look like words of ours."""
    if request.headers.get("sec-fetch-site") != "same-origin":
        return ()
    try:
        form = await request.form()
    except HTTPException:
        return ()
    found: list[tuple[str, Any]] = list(form.multi_items())
    texts = [
        (name, value) for name, value in found if isinstance(value, str) and value and name != CSRF_FIELD
    ]
    return texts[:MOST_SHOWN]
