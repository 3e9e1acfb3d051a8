"""Commands with which employees say whether they work, and see who does."""

import re
from datetime import date

from livechat_plugin.core import wording
from livechat_plugin.core.employees import InvalidAbsence, OperatorStatus
from livechat_plugin.core.field_values import NotAValue, read_date
from livechat_plugin.core.help_topics import Topic
from livechat_plugin.services.commands.calling import Call, Command, Reply
from livechat_plugin.services.repositories.rooms import RoomKind

PLACES = frozenset({RoomKind.QUEUE, RoomKind.SUPERVISORS, RoomKind.SESSION, RoomKind.BOT})

_DAY = r"\d[\d./-]*\d"
_UNTIL = re.compile(rf"until\s+(?P<last>{_DAY})(?:\s+(?P<reason>.+))?", re.IGNORECASE | re.DOTALL)
_DAYS = re.compile(
    rf"(?P<first>{_DAY})(?:\s+(?:(?:-|\u2013|to|until)\s+)?(?P<last>{_DAY}))?(?:\s+(?P<reason>.+))?",
    re.IGNORECASE | re.DOTALL,
)
_HOW = (
    "Write, for example, !absent 2026-12-01 2026-12-05 holidays, !absent until 2026-12-05, !absent for the list, "
    "or !absent clear."
)


async def _online(call: Call) -> Reply:
    return await _be(call, OperatorStatus.ONLINE)


async def _away(call: Call) -> Reply:
    return await _be(call, OperatorStatus.AWAY)


async def _offline(call: Call) -> Reply:
    return await _be(call, OperatorStatus.OFFLINE)


async def _be(call: Call, status: OperatorStatus) -> Reply:
    attendance = call.services.attendance
    employee, served = await attendance.set_status(call.work, call.event.sender, status)
    return Reply(wording.status_set(employee, served, attendance.clock.now()))


async def _absent(call: Call) -> Reply:
    attendance, sender, wanted = call.services.attendance, call.event.sender, call.argument.strip()
    if not wanted:
        return Reply(wording.absences(await attendance.absences(call.work, sender)))
    if wanted.lower() == "clear":
        return Reply(wording.absences_cleared(await attendance.clear_absences(call.work, sender)))
    found = _UNTIL.fullmatch(wanted) or _DAYS.fullmatch(wanted)
    if found is None:
        raise InvalidAbsence(f"{wanted[:50]!r} tells no days. {_HOW}")
    days = found.groupdict()
    first = _day(days["first"]) if days.get("first") else None
    last = _day(days["last"] or days["first"])
    reason = " ".join((days["reason"] or "").split())[:200]
    absence = await attendance.be_absent(call.work, sender, first, last, reason)
    return Reply(wording.absence_added(absence))


def _day(word: str) -> date:
    try:
        return date.fromisoformat(read_date(word))
    except NotAValue as error:
        raise InvalidAbsence(f"{error}. {_HOW}") from None


async def _who(call: Call) -> Reply:
    attendance = call.services.attendance
    live_chat_id = call.place.binding.live_chat_id
    told = [
        wording.who_works(found.live_chat.name, found.people, found.supervisors, attendance.clock.now())
        for found in await attendance.who(call.work, call.event.sender, live_chat_id)
    ]
    return Reply("\n".join(text for text, _ in told), "".join(html for _, html in told))


ATTENDING = (
    Command(
        "online",
        "!online",
        "Work: rules can give you sessions, and you can take them.",
        PLACES,
        _online,
        Topic.WORK,
    ),
    Command(
        "away",
        "!away",
        "Be given no sessions by rules; you can still take them and answer.",
        PLACES,
        _away,
        Topic.WORK,
    ),
    Command(
        "offline", "!offline", "Look on only: neither take sessions nor answer.", PLACES, _offline, Topic.WORK
    ),
    Command(
        "absent",
        "!absent [from] [to] [reason]",
        "Be absent on these days, in UTC; also !absent until <day>, !absent for the list, !absent clear.",
        PLACES,
        _absent,
        Topic.WORK,
    ),
    Command("who", "!who", "Show who works now.", PLACES, _who, Topic.LISTS),
)
