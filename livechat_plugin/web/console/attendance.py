"""What employees say of themselves: online, away, offline, absent (requirement E1)."""

from datetime import date

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from livechat_plugin.core import wording
from livechat_plugin.core.employees import InvalidAbsence, OperatorStatus
from livechat_plugin.core.errors import Refused
from livechat_plugin.services.again import anew
from livechat_plugin.web.console.forms import text_of
from livechat_plugin.web.console.rendering import Pages, PagesOf
from livechat_plugin.web.console.settings_forms import FormErrors, sent_form
from livechat_plugin.web.console.visitor import SignedIn, Visitor

LONGEST_REASON = 200

router = APIRouter(prefix="/attendance")


@router.get("")
async def attendance(request: Request, visitor: SignedIn, pages: PagesOf) -> Response:
    """One's own status, and the periods in which one is absent."""
    return await _page(request, visitor, pages)


@router.post("/status")
@anew
async def set_status(request: Request, visitor: SignedIn, pages: PagesOf) -> Response:
    """Be online, away or offline from now on."""
    form = await sent_form(request)
    wanted = text_of(form, "status")
    if wanted not in set(OperatorStatus):
        raise Refused("status: it is online, away or offline")
    office = pages.desk.administering.attendance
    async with pages.desk.store.begin() as work:
        employee, served = await office.set_status(work, visitor.user_id, OperatorStatus(wanted))
        await work.commit()
    told = wording.status_set(employee, served, office.clock.now())
    return pages.go(request, _local(text_of(form, "back")), told)


@router.post("")
@anew
async def absent(request: Request, visitor: SignedIn, pages: PagesOf) -> Response:
    """Be absent on some days."""
    form = await sent_form(request)
    written = {key: text_of(form, key)[:1_000] for key in ("first", "last", "reason")}
    errors: dict[str, str] = {}
    first = _day(written["first"], "first", errors)
    last = _day(written["last"], "last", errors)
    if last is None and "last" not in errors:
        errors["last"] = "is required: until which day are you absent?"
    if len(written["reason"]) > LONGEST_REASON:
        errors["reason"] = f"has {len(written['reason'])} characters; at most {LONGEST_REASON} are possible"
    if errors or last is None:
        return await _page(request, visitor, pages, written, errors, 422)
    office = pages.desk.administering.attendance
    try:
        async with pages.desk.store.begin() as work:
            reason = " ".join(written["reason"].split())
            absence = await office.be_absent(work, visitor.user_id, first, last, reason)
            await work.commit()
    except InvalidAbsence as error:
        return await _page(request, visitor, pages, written, {"last": str(error)}, 422)
    return pages.go(request, "/attendance", f"You are absent {wording.period(absence)}.")


@router.post("/clear")
@anew
async def clear(request: Request, visitor: SignedIn, pages: PagesOf) -> Response:
    """Be absent no more."""
    async with pages.desk.store.begin() as work:
        number = await pages.desk.administering.attendance.clear_absences(work, visitor.user_id)
        await work.commit()
    return pages.go(request, "/attendance", wording.absences_cleared(number))


async def _page(
    request: Request,
    visitor: Visitor,
    pages: Pages,
    written: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    desk = pages.desk
    async with desk.store.read() as work:
        absences = await desk.administering.attendance.absences(work, visitor.user_id)
        employee = await work.employees.get(visitor.user_id, desk.clock.now())
    return await pages.page(
        request,
        visitor,
        "attendance.html",
        status,
        employee=employee,
        periods=[wording.period(absence) for absence in absences],
        written=written or {"first": "", "last": "", "reason": ""},
        errors=FormErrors(errors),
        today=desk.clock.now().date().isoformat(),
        standing_words=wording.standing(employee, desk.clock.now()),
    )


def _day(written: str, key: str, errors: dict[str, str]) -> date | None:
    if not written.strip():
        return None
    try:
        return date.fromisoformat(written.strip())
    except ValueError:
        errors[key] = "is no day; write it like 2026-12-24"
        return None


def _local(back: str) -> str:
    """Where to go on: a page of the console, and nowhere else."""
    is_ours = (
        back.startswith("/") and not back.startswith(("//", "/\\")) and "\n" not in back and "\r" not in back
    )
    return back[:500] if is_ours else "/attendance"
