"""Where to go after signing in: to a page of ours, and nowhere else."""

from datetime import timedelta
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import Response

NEXT = "livechat_next"
"""Cookie with the page to come back to: the link is opened from a Matrix client, which knows nothing of it."""
_LASTS = timedelta(minutes=30)
_LONGEST = 2000


def local_path(wanted: str, root: str) -> str | None:
    """A page of the console to go to; None for anything else, whoever wrote it."""
    is_ours = wanted.startswith(f"{root}/") and not wanted.startswith("//")
    # Browsers read a backslash as a slash, and leave out line breaks and tabs.
    is_plain = wanted.isascii() and wanted.isprintable() and "\\" not in wanted
    is_signing = wanted.startswith((f"{root}/sign-in", f"{root}/sign-out"))
    return wanted if is_ours and is_plain and not is_signing and len(wanted) <= _LONGEST else None


def remember_next(request: Request, response: Response, path: str) -> None:
    """Let the browser come back to this page when it is signed in."""
    response.set_cookie(
        NEXT,
        quote(path, safe="/?&=#"),
        max_age=int(_LASTS.total_seconds()),
        path=_cookie_path(request),
        secure=request.app.state.visitors.is_secure,
        httponly=True,
        samesite="lax",
    )


def remembered_next(request: Request) -> str:
    """That page, or the beginning of the console."""
    root = request.scope.get("root_path", "")
    return local_path(unquote(request.cookies.get(NEXT, "")), root) or f"{root}/"


def forget_next(request: Request, response: Response) -> None:
    """The browser is there."""
    response.delete_cookie(NEXT, path=_cookie_path(request))


def _cookie_path(request: Request) -> str:
    return f"{request.scope.get('root_path', '')}/sign-in"
