"""Commands that give a session to somebody else."""

from livechat_plugin.core import wording
from livechat_plugin.core.errors import Refused
from livechat_plugin.core.help_topics import Topic
from livechat_plugin.core.people import read_person
from livechat_plugin.services.commands.calling import Call, Command, NoReply, Reply
from livechat_plugin.services.commands.naming_sessions import (
    argument_with_ids,
    leading_number,
    named_session,
)
from livechat_plugin.services.repositories.rooms import RoomKind

ANYWAY = "anyway"
"""What supervisors add to give a session to somebody who is away or absent."""

EVERYWHERE = frozenset({RoomKind.QUEUE, RoomKind.SUPERVISORS, RoomKind.SESSION, RoomKind.BOT})


async def _assign(call: Call) -> Reply | NoReply:
    number, rest = leading_number(argument_with_ids(call))
    whom, _, more = rest.partition(" ")
    if not whom or more.strip().lower() not in {"", ANYWAY}:
        raise Refused("Write which session goes to whom, as in !assign 12 @boris.")
    operator = read_person(whom, call.services.naming.server_name)
    view, session = await named_session(call, number)
    by, anyway = call.event.sender, bool(more)
    await call.services.handovers.assign(call.work, view, session, operator, by, anyway=anyway)
    return Reply(*wording.now_given(session.number, operator))


async def _take_over(call: Call) -> Reply | NoReply:
    view, session = await named_session(call, call.argument)
    await call.services.handovers.take_over(call.work, view, session, call.event.sender)
    return Reply(wording.now_yours(session.number)) if call.place.view is None else NoReply.NEEDED


async def _transfer(call: Call) -> Reply | NoReply:
    to, note = _receiver(argument_with_ids(call))
    if not to:
        raise Refused("Write to whom, and a note if you like: !transfer @boris the invoice is wrong.")
    view, session = await named_session(call)
    handovers, by = call.services.handovers, call.event.sender
    if to.startswith("@"):
        operator = read_person(to, call.services.naming.server_name)
        await handovers.transfer(call.work, view, session, operator, by, note)
    else:
        await handovers.transfer_to_group(call.work, view, session, to, by, note)
    return NoReply.NEEDED


def _receiver(argument: str) -> tuple[str, str]:
    """A person or a group, whose name may stand in quotation marks, and the note."""
    if argument.startswith('"') and (end := argument.find('"', 1)) > 0:
        return argument[1:end], argument[end + 1 :].strip()
    to, _, note = argument.partition(" ")
    return to, note.strip()


HANDING_OVER = (
    Command(
        "assign",
        "!assign [number] <operator> [anyway]",
        "Give a session, waiting or served, to an operator; with anyway, also to one who is away.",
        EVERYWHERE,
        _assign,
        Topic.SUPERVISION,
    ),
    Command(
        "takeover",
        "!takeover [number]",
        "Take a session, also one that an operator serves.",
        EVERYWHERE,
        _take_over,
        Topic.SUPERVISION,
    ),
    Command(
        "transfer",
        "!transfer <operator or group> [note]",
        "Hand the session to another operator, or to a group whose members may take it. The customer notices nothing.",
        frozenset({RoomKind.SESSION}),
        _transfer,
        Topic.SESSION,
    ),
)
