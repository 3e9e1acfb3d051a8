"""`livechat chats delete`."""

import asyncio
from typing import Annotated

import typer

from livechat_plugin.bootstrap.configuration import Configuration, configure
from livechat_plugin.bootstrap.office import office
from livechat_plugin.cli.chats.options import Slug
from livechat_plugin.cli.options import DEFAULT_CONFIG, ConfigPath, say
from livechat_plugin.cli.storing import actor
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.services.again import anew
from livechat_plugin.services.live_chats import Administration
from livechat_plugin.services.ports import Store


def delete(
    slug: Slug,
    name: Annotated[
        str | None,
        typer.Option(help="The live chat's name, which confirms it; asked for if it is not given."),
    ] = None,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Delete a live chat: its open sessions end, everybody leaves its rooms, administrators keep its history."""
    deleted = asyncio.run(_delete(configure(config), slug, name))
    say(f"{deleted.name} is deleted. Administrators find its history in its supervisors' room.")


async def _delete(configuration: Configuration, slug: str, name: str | None) -> LiveChat:
    async with office(configuration) as use_cases:
        administration, store = use_cases.administration, use_cases.ports.store
        if name is None:
            async with store.read() as work:
                found = await administration.find(work, slug)
            say("Open sessions are closed, everybody leaves its rooms, and its short name stays taken.")
            name = str(await asyncio.to_thread(typer.prompt, f"To delete {found.name}, write its name"))
        return await _deleted(administration, store, slug, name)


@anew
async def _deleted(administration: Administration, store: Store, slug: str, name: str) -> LiveChat:
    async with store.begin() as work:
        deleted = await administration.delete(work, actor(), slug, name)
        await work.commit()
    return deleted
