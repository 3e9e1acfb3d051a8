"""Commands on the customer's data: connecting, registering, Customer Information."""

from collections.abc import Mapping

from livechat_plugin.core import wording
from livechat_plugin.core.apps import App, FieldType, InvalidItem
from livechat_plugin.core.command_lines import read_arguments
from livechat_plugin.core.errors import Refused
from livechat_plugin.services.commands.calling import Call, Command, NoReply, Reply
from livechat_plugin.services.connecting import asked_fields
from livechat_plugin.services.item_forms import CONNECT, REGISTER, about
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.services.repositories.rooms import RoomKind

LAST_FILE = "last"
"""Stands for the file that was sent last, as the value of a field that holds a file."""

_SESSION = frozenset({RoomKind.SESSION})


async def _connect(call: Call) -> Reply | NoReply:
    view, connecting = _view(call), call.services.connecting
    app = await connecting.to_be_connected(call.work, view, call.event.sender)
    words, named = (arguments := read_arguments(call.argument)).words, arguments.named
    context = about(view.conversation.id, app)
    if words and named:
        raise Refused(
            'Write either words to search for or fields of a new item: !connect carla, or !connect name="Carla Corp".'
        )
    if not words or words == ("new",):
        if words:
            context["is_new"] = True
        return await call.ask(CONNECT, named, context)
    to = (call.work, view, call.event.sender)
    if len(words) == 1 and words[0].startswith("#"):
        await connecting.connect_to(*to, words[0][1:], call.event.event_id)
        return NoReply.NEEDED
    searched = words[1:] if words[0].lower() == "find" else words
    await connecting.find(*to, " ".join(searched), call.event.event_id)
    return NoReply.NEEDED


async def _register(call: Call) -> Reply | NoReply:
    view, connecting = _view(call), call.services.connecting
    arguments = read_arguments(call.argument)
    if not arguments.words:
        if arguments.named:
            raise Refused(
                "Which app? Write its name first: !register complaints text=… . !register lists them."
            )
        await connecting.require_serving(call.work, view, call.event.sender)
        return Reply(*wording.message_apps(connecting.message_apps(view.live_chat)))
    key = " ".join(arguments.words)
    offered = connecting.message_apps(view.live_chat)
    key = next((app.key for app in offered if key.casefold() in {app.key, app.name.casefold()}), key)
    app, session = await connecting.to_be_registered(call.work, view, call.event.sender, key)
    given = await _with_files(call, app, session.number, arguments.named)
    return await call.ask(REGISTER, given, about(view.conversation.id, app.key))


async def _customer(call: Call) -> Reply | NoReply:
    await call.services.connecting.show_customer(
        call.work, _view(call), call.event.sender, call.event.event_id
    )
    return NoReply.NEEDED


async def _with_files(
    call: Call, app: App, session_number: int, given: Mapping[str, str]
) -> Mapping[str, str]:
    """The same with the address of the last file where that is meant."""
    files = {field.key for field in asked_fields(app) if field.type is FieldType.FILE}
    meant = {key for key, raw in given.items() if key in files and raw.strip().lower() == LAST_FILE}
    if not meant:
        return given
    file = await call.work.messages.last_file(session_number)
    if file is None or file.url is None:
        raise InvalidItem(dict.fromkeys(sorted(meant), wording.NO_SUCH_FILE))
    return {**given, **dict.fromkeys(meant, file.url)}


def _view(call: Call) -> ConversationView:
    if call.place.view is None:
        raise Refused("This room belongs to no customer yet.")
    return call.place.view


CONNECTING = (
    Command(
        "customer",
        "!customer",
        "Show the Customer Information: account, connected item, earlier sessions, registered items.",
        _SESSION,
        _customer,
    ),
    Command(
        "connect",
        "!connect [words, #item, new, or field=value …]",
        "Connect the customer to an item: search for one, choose it by its number, or make a new one.",
        _SESSION,
        _connect,
    ),
    Command(
        "register",
        "!register [app] [field=value …]",
        "Create an item of an app, such as a complaint; alone, list the apps.",
        _SESSION,
        _register,
    ),
)
