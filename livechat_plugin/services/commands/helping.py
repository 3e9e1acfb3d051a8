"""What `!help` shows: the commands of the room that whoever asks may use, and no others."""

from collections.abc import Iterable, Mapping

from livechat_plugin.core import wording
from livechat_plugin.core.help_topics import Audience, Topic
from livechat_plugin.services.commands.calling import Call, Command, Reply
from livechat_plugin.services.repositories.rooms import RoomKind

EXPLANATIONS: Mapping[RoomKind, str] = {
    RoomKind.QUEUE: wording.HELP_IN_QUEUE,
    RoomKind.SUPERVISORS: wording.HELP_FOR_SUPERVISORS,
    RoomKind.SESSION: wording.HELP_IN_SESSION,
    RoomKind.BOT: wording.HELP_FROM_BOT,
}


async def explain(call: Call, commands: Iterable[Command]) -> Reply:
    """Answer `!help`: what works in this room for whoever asks, by topic."""
    kind = call.place.binding.kind
    audiences = await _audiences(call)
    found: dict[Topic, list[tuple[str, str]]] = {topic: [] for topic in Topic}
    for command in commands:
        if kind in command.places:
            for usage in command.usages:
                if usage.topic.audience in audiences:
                    found[usage.topic].append((usage.usage, usage.summary))
    if audiences == {Audience.EVERYBODY}:  # a customer: two lines, which need no headings
        groups = [("", [line for lines in found.values() for line in lines])]
    else:
        groups = [(topic.heading, lines) for topic, lines in found.items() if lines]
    return Reply(*wording.help_shown(EXPLANATIONS[kind], groups))


async def _audiences(call: Call) -> frozenset[Audience]:
    """For whom the commands are that this person may use here."""
    work, roles, sender = call.work, call.services.roles, call.event.sender
    kind, live_chat_id = call.place.binding.kind, call.place.binding.live_chat_id
    groups = await work.groups.of(sender)
    served = [
        live_chat
        for live_chat in await work.live_chats.of_groups(groups)
        if live_chat_id is None or live_chat.id == live_chat_id
    ]
    audiences = {Audience.EVERYBODY}
    if served or kind is not RoomKind.BOT:
        audiences |= {Audience.EMPLOYEES, Audience.ASKED, Audience.CONSOLE}
    if any(live_chat.supervisors in groups for live_chat in served):
        audiences.add(Audience.SUPERVISORS)
    if await roles.is_administrator(work, sender):
        audiences |= {Audience.ADMINISTRATORS, Audience.ASKED, Audience.CONSOLE}
    return frozenset(audiences)
