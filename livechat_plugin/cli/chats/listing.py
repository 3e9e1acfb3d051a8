"""`livechat chats list` and `livechat chats sources`."""

import asyncio
from collections.abc import Sequence

from rich.table import Table

from livechat_plugin.bootstrap.configuration import configure
from livechat_plugin.cli.options import DEFAULT_CONFIG, ConfigPath, say
from livechat_plugin.cli.storing import add_row, with_store
from livechat_plugin.cli.storing import show as show_table
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.session_names import CHANNELS
from livechat_plugin.services.live_chats import sources
from livechat_plugin.store.database import Database


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
        add_row(table, chat.name, configuration.naming.live_chat(chat.slug), who, chat.routing_rule, state)
    show_table(table)


def sources_(config: ConfigPath = DEFAULT_CONFIG) -> None:
    """List every account that customers reach a live chat by, with its state."""
    configuration = configure(config)
    table = Table("Network", "Account", "Live chat", "State")
    for chat in asyncio.run(with_store(configuration, _all)):
        for source in sources(chat, configuration.naming):
            state = "ready" if source.is_ready else "waits for the plugin to run"
            add_row(table, CHANNELS.get(source.network, source.network), source.account, chat.name, state)
    show_table(table)


async def _all(store: Database) -> Sequence[LiveChat]:
    async with store.read() as work:
        return await work.live_chats.all()
