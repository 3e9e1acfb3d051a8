"""`livechat chats`: create and list live chats."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.table import Table

from livechat_plugin.bootstrap import Configuration, configure, load_configured_hooks, routing_rules
from livechat_plugin.cli.options import DEFAULT_CONFIG, ConfigPath, say
from livechat_plugin.cli.storing import show, with_store
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.hookcalls import Hooks
from livechat_plugin.services.live_chats import NewLiveChat, create_live_chat
from livechat_plugin.store.database import Database

chats = typer.Typer(help="Create and list live chats.", no_args_is_help=True)

WAIT = 60.0
"""Seconds to wait for the running plugin to set a new live chat up."""


@chats.command()
def add(
    slug: Annotated[str, typer.Argument(help="Short name for Matrix ids and commands: a-z, 0-9 and -.")],
    name: Annotated[str, typer.Argument(help="Name that customers and operators see.")],
    operator: Annotated[list[str], typer.Option(help="Matrix id of an operator; repeat for more.")],
    supervisor: Annotated[list[str] | None, typer.Option(help="Matrix id of a supervisor; repeat.")] = None,
    customer: Annotated[
        list[str] | None,
        typer.Option(help="Who may write: a Matrix id, a pattern such as @*:example.org, a group; repeat."),
    ] = None,
    rule: Annotated[str, typer.Option(help="Routing rule.")] = "first_response",
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Create a live chat; the running plugin sets it up on the homeserver."""
    configuration = configure(config)
    new = NewLiveChat(slug, name, tuple(operator), tuple(supervisor or ()), tuple(customer or ()), rule)
    live_chat = asyncio.run(with_store(configuration, lambda store: _add(configuration, store, new)))
    ghost = configuration.naming.live_chat(live_chat.slug)
    if live_chat.queue_room is None:
        say(f"{live_chat.name} is kept. `livechat serve` sets it up on the homeserver when it runs.")
    else:
        say(f"{live_chat.name} is ready: customers write to {ghost}.")


@chats.command("list")
def list_(config: ConfigPath = DEFAULT_CONFIG) -> None:
    """List the live chats."""
    configuration = configure(config)
    live_chats = asyncio.run(with_store(configuration, _all))
    if not live_chats:
        say("There are no live chats yet; `livechat chats add` creates one.")
        return
    table = Table("Name", "Customers write to", "Open to", "Rule", "State")
    for chat in live_chats:
        state = "ready" if chat.queue_room else "waits for the plugin to run"
        who = ", ".join(chat.customers) or "external customers only"
        table.add_row(chat.name, configuration.naming.live_chat(chat.slug), who, chat.routing_rule, state)
    show(table)


async def _add(configuration: Configuration, store: Database, new: NewLiveChat) -> LiveChat:
    hooks = Hooks(load_configured_hooks(configuration.file, configuration.settings))
    rules = {rule.name for rule in await routing_rules(hooks)}
    async with store.begin() as work:
        live_chat = await create_live_chat(work, new, rules)
        await work.commit()
    return await _set_up(configuration, store, live_chat)


async def _set_up(configuration: Configuration, store: Database, live_chat: LiveChat) -> LiveChat:
    """Wait until the running plugin has made the rooms; at once if none runs."""
    if not await _is_serving(configuration):
        return live_chat
    deadline = asyncio.get_running_loop().time() + WAIT
    while live_chat.queue_room is None and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(0.2)
        async with store.read() as work:
            live_chat = await work.live_chats.get(live_chat.id) or live_chat
    return live_chat


async def _is_serving(configuration: Configuration) -> bool:
    web = configuration.settings.web
    try:
        _, writer = await asyncio.open_connection(web.listen_host, web.listen_port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


async def _all(store: Database) -> Sequence[LiveChat]:
    async with store.read() as work:
        return await work.live_chats.all()
