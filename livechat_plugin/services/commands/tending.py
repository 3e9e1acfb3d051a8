"""Commands that say how a session is called and how urgent it is."""

from livechat_plugin.core.errors import Refused
from livechat_plugin.core.help_topics import Topic
from livechat_plugin.core.session_names import session_name
from livechat_plugin.core.sessions import Priority
from livechat_plugin.services.commands.calling import Call, Command, NoReply, Reply
from livechat_plugin.services.commands.handing_over import EVERYWHERE
from livechat_plugin.services.commands.naming_sessions import leading_number, named_session
from livechat_plugin.services.repositories.rooms import RoomKind

PRIORITIES = {
    "high": Priority.HIGH,
    "medium": Priority.MEDIUM,
    "low": Priority.LOW,
    "none": Priority.NONE,
}
"""How priorities are written in commands."""


async def _rename(call: Call) -> Reply | NoReply:
    view, session = await named_session(call)
    care = call.services.session_care
    session = await care.rename(call.work, view, session, call.argument, call.event.sender)
    return Reply(
        f"Session #{session.number} is called: {session_name(session, view.live_chat, view.account)}"
    )


async def _prioritize(call: Call) -> Reply | NoReply:
    number, word = leading_number(call.argument)
    priority = PRIORITIES.get(word.lower())
    if priority is None:
        raise Refused(f"Write how urgent it is: !{call.name} {', '.join(PRIORITIES)}.")
    view, session = await named_session(call, number)
    await call.services.session_care.prioritize(call.work, view, session, priority, call.event.sender)
    return Reply(f"Priority of session #{session.number}: {priority.value}.")


TENDING = (
    Command(
        "rename",
        "!rename [name]",
        "Give the session a name; without one, it is called again as the live chat calls its sessions.",
        frozenset({RoomKind.SESSION}),
        _rename,
        Topic.SESSION,
    ),
    Command(
        "priority",
        "!priority [number] <high, medium, low or none>",
        "Say how urgent a session is; its card shows it.",
        EVERYWHERE,
        _prioritize,
        Topic.SESSION,
    ),
)
