"""Everybody who works in a live chat: how they stand, what they serve, who may serve at all (requirements E1, S17)."""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from livechat_plugin.core import wording
from livechat_plugin.core.employees import Employee, obstacle_to_getting
from livechat_plugin.services.again import anew
from livechat_plugin.services.unit_of_work import UnitOfWork
from livechat_plugin.web.console.forms import text_of
from livechat_plugin.web.console.rendering import Pages, PagesOf
from livechat_plugin.web.console.settings_forms import sent_form
from livechat_plugin.web.console.visitor import SignedIn, Visitor

MOST_SHOWN = 500

router = APIRouter(prefix="/operators")


SERVED_SHOWN = 50
"""Sessions of one employee that are counted and named."""


@dataclass(frozen=True, slots=True)
class Row:
    """One employee.

    Attributes:
        standing: how they stand, in a few words.
        dot: which dot says so: `online`, `away`, `offline` or `bad`.
        is_moderating: whether they only moderate, in all of these live chats.
        sessions: numbers of the sessions that they serve, the oldest first, no more than are shown.
        has_more: whether they serve further ones.
    """

    employee: Employee
    standing: str
    dot: str
    live_chats: tuple[str, ...]
    is_moderating: bool
    sessions: tuple[int, ...]
    has_more: bool


@router.get("")
async def operators(request: Request, visitor: SignedIn, pages: PagesOf) -> Response:
    """All for administrators; for everybody else those of their own live chats."""
    async with pages.desk.store.read() as work:
        is_administrator = await pages.desk.roles.is_administrator(work, visitor.user_id)
        rows = await (_everybody if is_administrator else _colleagues)(pages, visitor, work)
    return await pages.page(
        request,
        visitor,
        "operators/list.html",
        rows=rows[:MOST_SHOWN],
        left_out=len(rows) - len(rows[:MOST_SHOWN]),
        may_change=is_administrator,
    )


@router.post("")
@anew
async def change(request: Request, visitor: SignedIn, pages: PagesOf) -> Response:
    """Disable or enable somebody."""
    form = await sent_form(request)
    user_id, control = text_of(form, "user")[:300], pages.desk.administering.operator_control
    async with pages.desk.store.begin() as work:
        if text_of(form, "do") == "disable":
            told = wording.disabled(user_id, await control.disable(work, visitor.user_id, user_id))
        else:
            await control.enable(work, visitor.user_id, user_id)
            told = wording.enabled(user_id)
        await work.commit()
    return pages.go(request, "/operators", told)


async def _everybody(pages: Pages, visitor: Visitor, work: UnitOfWork) -> list[Row]:
    found = await pages.desk.administering.operator_control.all(work, visitor.user_id)
    moderating: dict[str, bool] = {}
    for chat in await work.live_chats.all():
        for user_id in await work.groups.members(chat.operators):
            moderating[user_id] = False
    return [
        await _row(
            pages,
            work,
            one.employee,
            one.live_chats,
            is_moderating=moderating.get(one.employee.user_id, True),
        )
        for one in found
    ]


async def _colleagues(pages: Pages, visitor: Visitor, work: UnitOfWork) -> list[Row]:
    people: dict[str, Employee] = {}
    slugs: dict[str, set[str]] = {}
    moderating: dict[str, bool] = {}
    for standing in await pages.desk.administering.attendance.who(work, visitor.user_id, None):
        for employee in standing.people:
            user_id = employee.user_id
            people[user_id] = employee
            slugs.setdefault(user_id, set()).add(standing.live_chat.slug)
            moderating[user_id] = moderating.get(user_id, True) and user_id in standing.supervisors
    return [
        await _row(
            pages, work, people[user_id], tuple(sorted(slugs[user_id])), is_moderating=moderating[user_id]
        )
        for user_id in sorted(people)
    ]


async def _row(
    pages: Pages, work: UnitOfWork, employee: Employee, live_chats: tuple[str, ...], *, is_moderating: bool
) -> Row:
    now = pages.desk.clock.now()
    served = await work.session_lists.served_by(employee.user_id, SERVED_SHOWN + 1)
    if employee.is_disabled:
        dot = "bad"
    elif employee.status.value == "online" and obstacle_to_getting(employee, now) is not None:
        dot = "away"
    else:
        dot = employee.status.value
    words = wording.standing(employee, now)
    return Row(
        employee,
        words,
        dot,
        live_chats,
        is_moderating,
        tuple(served[:SERVED_SHOWN]),
        len(served) > SERVED_SHOWN,
    )
