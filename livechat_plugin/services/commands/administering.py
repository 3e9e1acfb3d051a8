"""What administrators do to live chats in the bot's chat: `!chats add`, `edit`, `show`, `delete`."""

from collections.abc import Awaitable, Callable, Mapping

from livechat_plugin.core import wording
from livechat_plugin.core.command_lines import Arguments, nearest, read_arguments
from livechat_plugin.core.errors import Refused
from livechat_plugin.services.commands.calling import Call, NoReply, Reply
from livechat_plugin.services.live_chat_forms import ADD, DELETE, EDIT

_Run = Callable[[Call, Arguments], Awaitable[Reply | NoReply]]

USAGE = (
    "!chats add, !chats add <slug> <name> operators=…, !chats edit <slug>, !chats edit <slug> key=value…,"
    " !chats show <slug> or !chats delete <slug>"
)


async def administer(call: Call) -> Reply | NoReply:
    """What follows `!chats` when it is more than the list; for administrators only, whatever it is."""
    await call.services.roles.require_administrator(call.work, call.event.sender)
    verb, _, rest = call.argument.partition(" ")
    verbs: Mapping[str, _Run] = {"add": _add, "edit": _edit, "show": _show, "delete": _delete}
    run = verbs.get(verb.casefold())
    if run is None:
        near = nearest(verb.casefold(), verbs)
        hint = f" Did you mean !chats {near}?" if near else ""
        raise Refused(f"I do not know !chats {verb[:50]}.{hint} Write {USAGE}.")
    return await run(call, read_arguments(rest))


async def _add(call: Call, arguments: Arguments) -> NoReply:
    slug, *name = arguments.words or ("",)
    given = {"slug": slug, "name": " ".join(name)} | dict(arguments.named)
    return await call.ask(ADD, {key: value for key, value in given.items() if value})


async def _edit(call: Call, arguments: Arguments) -> NoReply:
    live_chat = await call.services.administration.find(call.work, _slug(arguments))
    if len(arguments.words) > 1:
        raise Refused(f"What is {arguments.words[1][:50]!r} meant to change? Write key=value, as in name=…")
    context = {"slug": live_chat.slug, "version": live_chat.version, "is_guided": not arguments.named}
    return await call.ask(EDIT, arguments.named, context)


async def _show(call: Call, arguments: Arguments) -> Reply:
    found = await call.services.administration.show(call.work, call.event.sender, _slug(arguments))
    return Reply(*wording.live_chat_settings([(section.title, section.rows) for section in found]))


async def _delete(call: Call, arguments: Arguments) -> NoReply:
    live_chat = await call.services.administration.find(call.work, _slug(arguments))
    given = {"name": " ".join(arguments.words[1:])} | dict(arguments.named)
    context = {"slug": live_chat.slug, "name": live_chat.name}
    return await call.ask(DELETE, {key: value for key, value in given.items() if value}, context)


def _slug(arguments: Arguments) -> str:
    if not arguments.words:
        raise Refused(f"Which live chat? Write {USAGE}.")
    return arguments.words[0]
