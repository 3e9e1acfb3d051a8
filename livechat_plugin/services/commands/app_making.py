"""Commands of administrators about apps, in the bot's direct chat."""

from livechat_plugin.core import wording
from livechat_plugin.core.app_definitions import read_fields
from livechat_plugin.core.apps import App
from livechat_plugin.core.command_lines import Arguments, read_arguments
from livechat_plugin.core.errors import Refused
from livechat_plugin.core.help_topics import Topic
from livechat_plugin.services.app_forms import NEW_APP
from livechat_plugin.services.apps import NotConfirmed
from livechat_plugin.services.commands.calling import Call, Command, NoReply, Reply
from livechat_plugin.services.repositories.rooms import RoomKind

_USAGE = (
    "!apps, !apps show <app>, !apps add, !apps add <app> <name> <field:type…>, !apps edit <app> name=…,"
    " !apps fields add|change|remove|order <app> …, or !apps delete <app>"
)


async def _apps(call: Call) -> Reply | NoReply:
    verb, _, rest = call.argument.partition(" ")
    verb = verb.casefold()
    if not verb or verb == "list":
        return await _list(call)
    run = {"show": _show, "add": _add, "edit": _edit, "fields": _fields, "delete": _delete}.get(verb)
    if run is None:
        raise Refused(f"I do not know !apps {verb[:50]}. Write {_USAGE}.")
    return await run(call, read_arguments(rest))


async def _list(call: Call) -> Reply:
    apps = call.services.apps
    ours = await apps.all(call.work, call.event.sender)
    return Reply(wording.apps_listed(ours, apps.offered_by_others(ours)))


async def _show(call: Call, arguments: Arguments) -> Reply:
    view = await call.services.apps.show(call.work, call.event.sender, _key(arguments))
    return Reply(wording.app_shown(view.app, view.items, view.users))


async def _add(call: Call, arguments: Arguments) -> Reply | NoReply:
    if arguments.named:
        raise Refused(f"I do not know {next(iter(arguments.named))}=…. Write fields like name:string.")
    if not arguments.words:
        await call.services.roles.require_administrator(call.work, call.event.sender)
        return await call.ask(NEW_APP)
    key, *rest = arguments.words
    if len(rest) < 2:
        raise Refused("Write !apps add <app> <name> <field:type…>, or !apps add alone to be asked.")
    app = App(key, rest[0], read_fields(rest[1:]))
    return Reply(wording.app_made(await call.services.apps.create(call.work, call.event.sender, app)))


async def _edit(call: Call, arguments: Arguments) -> Reply:
    key, name = _key(arguments), arguments.named.get("name")
    if name is None or len(arguments.named) > 1 or len(arguments.words) > 1:
        raise Refused(f'Write !apps edit {key} name="…". Its fields are changed with !apps fields.')
    return Reply(
        wording.app_changed(await call.services.apps.rename(call.work, call.event.sender, key, name))
    )


async def _fields(call: Call, arguments: Arguments) -> Reply:
    usage = "Write !apps fields add|change <app> <field:type…>, or !apps fields remove|order <app> <field…>."
    if len(arguments.words) < 3:
        raise Refused(usage)
    verb, key, *written = arguments.words
    apps, work, actor = call.services.apps, call.work, call.event.sender
    may_lose_values = arguments.named.get("confirm", "").casefold() in {"yes", *map(str.casefold, written)}
    if arguments.named.keys() - {"confirm"}:
        raise Refused(usage)
    match verb.casefold():
        case "add":
            app = await apps.add_fields(work, actor, key, read_fields(written))
        case "change":
            app = await apps.change_fields(work, actor, key, read_fields(written))
        case "remove":
            try:
                app = await apps.remove_fields(work, actor, key, written, may_lose_values=may_lose_values)
            except NotConfirmed as error:
                again = f"!apps fields remove {key} {' '.join(written)} confirm=yes"
                raise Refused(f"{error} To do it, write {again}") from error
        case "order":
            app = await apps.reorder(work, actor, key, written)
        case _:
            raise Refused(usage)
    return Reply(wording.app_changed(app))


async def _delete(call: Call, arguments: Arguments) -> Reply:
    key = _key(arguments)
    confirmation = " ".join(arguments.words[1:])
    try:
        count = await call.services.apps.delete(call.work, call.event.sender, key, confirmation)
    except NotConfirmed as error:
        raise Refused(f"{error}, as in !apps delete {key} {key}") from error
    return Reply(wording.app_deleted(key, count))


def _key(arguments: Arguments) -> str:
    if not arguments.words:
        raise Refused(f"Which app? Write {_USAGE}.")
    return arguments.words[0]


APP_MAKING = (
    Command(
        "apps",
        "!apps [show, add, edit, fields or delete] [app] …",
        "Apps for customers' data and requests; !apps alone lists them.",
        frozenset({RoomKind.BOT}),
        _apps,
        Topic.ADMINISTRATION,
    ),
)
