"""The dashboard: what goes on, and how quickly customers are answered, as plots and as the tables they are made of."""

from datetime import timedelta
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from livechat_plugin.services.dashboard import DashboardView, Period
from livechat_plugin.services.live import OPERATORS, live_chat_topic
from livechat_plugin.web.console.rendering import PagesOf
from livechat_plugin.web.console.visitor import SignedIn

ZONE = "livechat_zone"
"""Cookie with the time zone of the browser."""

router = APIRouter()


@router.get("/dashboard")
async def dashboard(
    request: Request, visitor: SignedIn, pages: PagesOf, period: str = "", live_chat: str = ""
) -> Response:
    """The figures of one live chat, or of all that somebody moderates."""
    asked = Period(period) if period in set(Period) else Period.DAY
    zone = zone_of(request)
    async with pages.desk.store.read() as work:
        view = await pages.desk.dashboard.show(work, visitor.user_id, asked, zone, live_chat or None)
    about = [view.chosen] if view.chosen is not None else view.live_chats
    waits = pages.desk.clock.now() - view.now.waiting_since if view.now.waiting_since else None
    return await pages.page(
        request,
        visitor,
        "dashboard.html",
        view=view,
        zone=zone.key,
        waits=waits,
        topics=" ".join([OPERATORS, *(live_chat_topic(chat.id) for chat in about)]),
        periods=(
            (Period.DAY, "Last 24 hours"),
            (Period.WEEK, "Last 7 days"),
            (Period.MONTH, "Last 30 days"),
        ),
        short=short_duration,
        **_plotted(view),
    )


def _plotted(view: DashboardView) -> dict[str, Any]:
    """The rows of the tables that plots are drawn from: names, and each cell as people read it and as a number."""
    form = "%H:%M" if view.period is Period.DAY else "%d %b"
    named = [(step.start.strftime(form), step.figures) for step in view.steps]
    return {
        "counts": [(name, [_count(one.opened), _count(one.answered)]) for name, one in named],
        "times": [(name, [_time(one.first_response), _time(one.duration)]) for name, one in named],
        "by_hour": [(f"{hour:02}:00", [_count(one.opened)]) for hour, one in enumerate(view.by_hour)],
    }


def _count(number: int) -> tuple[str, int]:
    return f"{number:,}", number


def _time(duration: timedelta | None) -> tuple[str, int | None]:
    return short_duration(duration), round(duration.total_seconds()) if duration is not None else None


def zone_of(request: Request) -> ZoneInfo:
    """The time zone of the browser, which our script tells; UTC until then, and where there is no such zone."""
    try:
        return ZoneInfo(unquote(request.cookies.get(ZONE, "UTC")))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def short_duration(duration: timedelta | None) -> str:
    """A duration in two units at most, as in `2 h 5 min`; a dash for none."""
    if duration is None:
        return "\N{EN DASH}"
    seconds = max(0, round(duration.total_seconds()))
    for unit, smaller, name, smaller_name in (
        (86_400, 3600, "d", "h"),
        (3600, 60, "h", "min"),
        (60, 1, "min", "s"),
    ):
        if seconds >= unit:
            rest = seconds % unit // smaller
            return f"{seconds // unit} {name}" + (f" {rest} {smaller_name}" if rest else "")
    return f"{seconds} s"
