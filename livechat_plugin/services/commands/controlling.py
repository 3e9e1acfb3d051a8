"""Commands with which administrators say who may serve."""

from livechat_plugin.core import wording
from livechat_plugin.core.errors import Refused
from livechat_plugin.core.help_topics import Topic
from livechat_plugin.core.people import read_person
from livechat_plugin.services.commands.calling import Call, Command, Reply
from livechat_plugin.services.commands.naming_sessions import argument_with_ids
from livechat_plugin.services.repositories.rooms import RoomKind

_HOW = "Write !operators for the list, !operators disable @boris:example.org, or !operators enable @boris:example.org."


async def _operators(call: Call) -> Reply:
    control, actor = call.services.operator_control, call.event.sender
    what, *named = argument_with_ids(call).split() or ["list"]
    match what.lower(), named:
        case "list", []:
            found = await control.all(call.work, actor)
            shown = [(one.employee, one.live_chats) for one in found]
            text, html = wording.roster(shown, control.clock.now())
            return Reply(text, html)
        case "disable", [name]:
            user_id = read_person(name, call.services.naming.server_name)
            requeued = await control.disable(call.work, actor, user_id)
            return Reply(wording.disabled(user_id, requeued))
        case "enable", [name]:
            user_id = read_person(name, call.services.naming.server_name)
            await control.enable(call.work, actor, user_id)
            return Reply(wording.enabled(user_id))
        case _:
            await call.services.roles.require_administrator(call.work, actor)
            raise Refused(_HOW)


CONTROLLING = (
    Command(
        "operators",
        "!operators [disable or enable <Matrix id>]",
        "List everybody who serves, keep somebody from serving, or let them serve again.",
        frozenset({RoomKind.BOT}),
        _operators,
        Topic.ADMINISTRATION,
    ),
)
