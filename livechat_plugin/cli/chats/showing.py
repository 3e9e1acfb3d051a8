"""`livechat chats list` and `livechat chats show`."""

import asyncio
from collections.abc import Sequence

from rich.table import Table

from livechat_plugin.bootstrap import Configuration, configure, office
from livechat_plugin.cli.chats.options import Slug
from livechat_plugin.cli.options import DEFAULT_CONFIG, ConfigPath, say
from livechat_plugin.cli.storing import actor, with_store
from livechat_plugin.cli.storing import show as show_table
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.session_names import CHANNELS
from livechat_plugin.services.live_chats import Section, sources
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
        table.add_row(chat.name, configuration.naming.live_chat(chat.slug), who, chat.routing_rule, state)
    show_table(table)


def show(slug: Slug, config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Show everything that is set about a live chat."""
    for section in asyncio.run(_show(configure(config), slug)):
        table = Table(title=section.title, title_justify="left", show_header=False, min_width=60)
        for label, value in section.rows:
            table.add_row(label, value)
        show_table(table)


async def _show(configuration: Configuration, slug: str) -> Sequence[Section]:
    async with office(configuration) as use_cases:
        await use_cases.app_catalogue.account_apps()
        async with use_cases.ports.store.begin() as work:
            shown = await use_cases.administration.show(work, actor(), slug)
            await work.commit()
        return shown


async def _all(store: Database) -> Sequence[LiveChat]:
    async with store.read() as work:
        return await work.live_chats.all()


def sources_(config: ConfigPath = DEFAULT_CONFIG) -> None:
    """List every account that customers reach a live chat by, with its state."""
    configuration = configure(config)
    table = Table("Network", "Account", "Live chat", "State")
    for chat in asyncio.run(with_store(configuration, _all)):
        for source in sources(chat, configuration.naming):
            state = "ready" if source.is_ready else "waits for the plugin to run"
            table.add_row(CHANNELS.get(source.network, source.network), source.account, chat.name, state)
    show_table(table)
