"""Commands of those who are being asked something."""

from livechat_plugin.core import wording
from livechat_plugin.core.help_topics import Topic
from livechat_plugin.services.commands.calling import Call, Command, NoReply, Reply
from livechat_plugin.services.repositories.rooms import RoomKind

_PLACES = frozenset({RoomKind.BOT, RoomKind.SESSION})


async def _answer(call: Call) -> Reply | NoReply:
    if await call.services.dialogs.answer(call.work, call.event, call.argument):
        return NoReply.NEEDED
    return Reply(wording.NOTHING_IS_ASKED)


async def _cancel(call: Call) -> Reply | NoReply:
    if await call.services.dialogs.cancel(call.work, call.event.room_id, call.event.sender):
        return Reply(wording.CANCELLED)
    return Reply(wording.NOTHING_IS_ASKED)


ANSWERING = (
    Command(
        "answer",
        "!answer <text>",
        "Answer the question that you are asked; a reply to it does the same.",
        _PLACES,
        _answer,
        Topic.QUESTIONS,
    ),
    Command("cancel", "!cancel", "End the questions; nothing is changed.", _PLACES, _cancel, Topic.QUESTIONS),
)
