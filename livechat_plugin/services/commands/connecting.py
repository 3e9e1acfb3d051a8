"""Commands on the customer's data: connecting, registering, Customer Information."""

from livechat_plugin.core import wording
from livechat_plugin.core.command_lines import read_arguments
from livechat_plugin.core.errors import Refused
from livechat_plugin.core.help_topics import Topic
from livechat_plugin.services.commands.calling import Call, Command, NoReply, Reply
from livechat_plugin.services.item_forms import CONNECT, REGISTER, about
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.services.repositories.rooms import RoomKind

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
    names = {app.name.casefold(): app.key for app in offered} | {
        one: one for one in view.live_chat.message_apps
    }
    key = names.get(key.casefold(), key)
    session = await connecting.to_be_registered(call.work, view, call.event.sender, key)
    context = about(view.conversation.id, key, session=session.number)
    return await call.ask(REGISTER, arguments.named, context)


async def _customer(call: Call) -> Reply | NoReply:
    await call.services.connecting.show_customer(
        call.work, _view(call), call.event.sender, call.event.event_id
    )
    return NoReply.NEEDED


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
        Topic.CUSTOMER,
    ),
    Command(
        "connect",
        "!connect [words, #item, new, or field=value …]",
        "Connect the customer to an item: search for one, choose it by its number, or make a new one.",
        _SESSION,
        _connect,
        Topic.CUSTOMER,
    ),
    Command(
        "register",
        "!register [app] [field=value …]",
        "Create an item of an app, such as a complaint; alone, list the apps.",
        _SESSION,
        _register,
        Topic.CUSTOMER,
    ),
)
