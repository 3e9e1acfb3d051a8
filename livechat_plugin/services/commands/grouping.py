"""Commands of administrators about groups, in the bot's direct chat."""

from livechat_plugin.core import wording
from livechat_plugin.core.command_lines import Arguments, read_arguments
from livechat_plugin.core.errors import InvalidGroup, Refused
from livechat_plugin.core.groups import GroupSource
from livechat_plugin.core.help_topics import Topic
from livechat_plugin.services.commands.calling import Call, Command, NoReply, Reply
from livechat_plugin.services.deliveries import GROUPS_LANE, MakeGroup
from livechat_plugin.services.repositories.rooms import RoomKind

_FOLLOWED = {"room": GroupSource.ROOM, "unit": GroupSource.UNIT}
_USAGE = (
    "!groups, !groups show <name>, !groups add <name> <Matrix ids…>, !groups add <name> room=<room>,"
    " !groups add <name> unit=<space>, !groups edit <name> +@coming:… -@going:…, !groups refresh <name> or"
    " !groups delete <name>"
)


async def _groups(call: Call) -> Reply | NoReply:
    verb, _, rest = call.argument.partition(" ")
    verb = verb.casefold()
    if not verb or verb == "list":
        return Reply(wording.groups_listed(await call.services.groups.all(call.work, call.event.sender)))
    run = {
        "show": _show,
        "add": _add,
        "edit": _edit,
        "refresh": _refresh,
        "delete": _delete,
    }.get(verb)
    if run is None:
        raise Refused(f"I do not know !groups {verb[:50]}. Write {_USAGE}.")
    arguments = read_arguments(rest)
    if not arguments.words:
        raise Refused(f"Which group? Write {_USAGE}.")
    return await run(call, arguments)


async def _show(call: Call, arguments: Arguments) -> Reply:
    view = await call.services.groups.show(call.work, call.event.sender, " ".join(arguments.words))
    return Reply(wording.group_shown(view.group, view.members, len(view.rooms), view.users))


async def _add(call: Call, arguments: Arguments) -> Reply | NoReply:
    name, *members = arguments.words
    if arguments.named:
        if members:
            raise InvalidGroup("members", "a group follows a room or is a list of people, not both")
        return await _follow(call, name, arguments, is_new=True)
    group = await call.services.groups.make_list(call.work, call.event.sender, name, members)
    return Reply(wording.group_made(group, None, len(set(members))))


async def _edit(call: Call, arguments: Arguments) -> Reply | NoReply:
    name, *changes = arguments.words
    if arguments.named:
        return await _follow(call, name, arguments, is_new=False)
    added = [change[1:] for change in changes if change.startswith("+")]
    removed = [change[1:] for change in changes if change.startswith("-")]
    if not changes or len(added) + len(removed) < len(changes):
        raise InvalidGroup("members", "write + before who comes and - before who goes: +@anna:… -@boris:…")
    groups = call.services.groups
    group = await groups.change_list(call.work, call.event.sender, name, added=added, removed=removed)
    return Reply(wording.group_made(group, None, len(await call.work.groups.members(group.name))))


async def _follow(call: Call, name: str, arguments: Arguments, *, is_new: bool) -> NoReply:
    """The homeserver has to be asked, which takes a moment: the answer comes when it is made."""
    await call.services.roles.require_administrator(call.work, call.event.sender)
    if unknown := sorted(arguments.named.keys() - _FOLLOWED.keys()):
        raise Refused(f"I do not know {unknown[0]}=…. Write room=<room> or unit=<space>.")
    if len(arguments.named) != 1:
        raise InvalidGroup("room", "a group follows one room or one space: write room=… or unit=…")
    [(key, address)] = arguments.named.items()
    event = call.event
    make = MakeGroup(name, _FOLLOWED[key], address, is_new, event.sender, event.room_id, event.event_id)
    await call.work.outbox.add(GROUPS_LANE, make)
    return NoReply.NEEDED


async def _refresh(call: Call, arguments: Arguments) -> Reply:
    group = await call.services.groups.refresh(call.work, call.event.sender, " ".join(arguments.words))
    return Reply(wording.group_refreshed(group))


async def _delete(call: Call, arguments: Arguments) -> Reply:
    group = await call.services.groups.delete(call.work, call.event.sender, " ".join(arguments.words))
    return Reply(wording.group_deleted(group))


GROUPING = (
    Command(
        "groups",
        "!groups [show, add, edit, refresh or delete] [name] …",
        "Groups of people: lists, the members of a room, units; !groups alone lists them.",
        frozenset({RoomKind.BOT}),
        _groups,
        Topic.ADMINISTRATION,
    ),
)
