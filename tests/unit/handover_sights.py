"""What tests of handovers see and do: the last lines, what somebody was told, what was written down."""

from livechat_plugin import preview
from livechat_plugin.core.employees import OperatorStatus
from tests.unit.desk import Desk


def last_line(desk: Desk) -> str:
    return desk.lines(desk.queue)[-1].removeprefix("livechat_support: ")


def last_room_line(desk: Desk) -> str:
    return desk.lines(desk.session_room())[-1].removeprefix("livechat_support: ")


def told(desk: Desk, user: str) -> list[str]:
    """What somebody was told by name in the queue room."""
    return [
        preview(shown.content, 1000)
        for shown in desk.queue.shown()
        if user in desk.queue.mentioned.get(shown.event_id, ())
    ]


def audited(desk: Desk) -> list[tuple[str, str, dict[str, object]]]:
    return [
        (entry.actor, entry.action, dict(entry.details))
        for entry in desk.stored.audit.values()
        if entry.action.startswith("session.")
    ]


async def set_status(desk: Desk, user: str, status: OperatorStatus) -> None:
    async with desk.store.begin() as work:
        await work.employees.set_status(user, status)
        await work.commit()
