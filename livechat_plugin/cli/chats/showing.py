"""`livechat chats show`."""

import asyncio
from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from livechat_plugin.bootstrap.configuration import Configuration, configure
from livechat_plugin.bootstrap.office import office
from livechat_plugin.cli.chats.options import Slug
from livechat_plugin.cli.options import DEFAULT_CONFIG, ConfigPath
from livechat_plugin.cli.storing import actor, add_row
from livechat_plugin.cli.storing import show as show_table
from livechat_plugin.core.disguises import with_disguises_told
from livechat_plugin.services.again import anew
from livechat_plugin.services.live_chats import Section


def show(slug: Slug, config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Show everything that is set about a live chat."""
    for section in asyncio.run(_show(configure(config), slug)):
        table = Table(
            title=Text(with_disguises_told(section.title)),
            title_justify="left",
            show_header=False,
            min_width=60,
        )
        for label, value in section.rows:
            add_row(table, label, value)
        show_table(table)


@anew
async def _show(configuration: Configuration, slug: str) -> Sequence[Section]:
    async with office(configuration) as use_cases:
        await use_cases.app_catalogue.account_apps()
        async with use_cases.ports.store.begin() as work:
            shown = await use_cases.administration.show(work, actor(), slug)
            await work.commit()
        return shown
