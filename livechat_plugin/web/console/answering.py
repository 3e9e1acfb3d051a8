"""What a page answers when something is done: without scripts another page, with them a word and no new page."""

import json

from starlette.requests import Request
from starlette.responses import Response

from livechat_plugin.web.console.rendering import Pages


def is_in_background(request: Request) -> bool:
    """Whether a script of ours asks, and the page stays."""
    return request.headers.get("hx-request") == "true" and request.headers.get("hx-boosted") != "true"


def done(request: Request, pages: Pages, path: str, told: str | None = None, **events: object) -> Response:
    """It is done. The page shows by itself what has changed, since it is live."""
    if not is_in_background(request):
        return pages.go(request, path, told)
    happened = {"close-dialog": True, **({"toast": told} if told else {}), **events}
    return Response(status_code=204, headers={"HX-Trigger": json.dumps(happened)})


def gone_to(request: Request, pages: Pages, path: str, told: str | None = None) -> Response:
    """It is done, and there is nothing to see on this page any more."""
    response = pages.go(request, path, told)
    if is_in_background(request) and "location" in response.headers:
        response.headers["HX-Redirect"] = response.headers["location"]
        del response.headers["location"]
        response.status_code = 204
    return response
