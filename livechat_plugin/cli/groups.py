"""`livechat groups`: groups of people, which live chats and access are configured with."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer

from livechat_plugin.bootstrap.clock import SystemClock
from livechat_plugin.bootstrap.configuration import Configuration, configure
from livechat_plugin.bootstrap.group_use_cases import GroupUseCases
from livechat_plugin.bootstrap.hooks import load_configured_hooks
from livechat_plugin.bootstrap.outside import client_of, homeserver_on
from livechat_plugin.cli.options import DEFAULT_CONFIG, ConfigPath, say
from livechat_plugin.cli.storing import actor, with_store
from livechat_plugin.core import wording
from livechat_plugin.core.errors import InvalidGroup
from livechat_plugin.core.groups import GroupSource
from livechat_plugin.hookcalls import Hooks
from livechat_plugin.services.again import anew
from livechat_plugin.services.roles import Roles
from livechat_plugin.store.database import Database

T = TypeVar("T")

groups = typer.Typer(
    no_args_is_help=True, help="Groups of people: lists, the members of a room, organizational units."
)

Name = Annotated[str, typer.Argument(help="The group's name.")]
Room = Annotated[
    str | None, typer.Option(help="Follow the members of this room: its alias or id. The bot must be in it.")
]
Unit = Annotated[str | None, typer.Option(help="Follow this space and all spaces below it: its alias or id.")]


@groups.command("list")
def list_(config: ConfigPath = DEFAULT_CONFIG) -> None:
    """List the groups."""

    @anew
    async def run(store: Database, use_cases: GroupUseCases) -> str:
        async with store.read() as work:
            return wording.groups_listed(await use_cases.groups.all(work, actor()))

    say(_run(config, run))


@groups.command()
def show(name: Name, config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Show a group, and what is configured with it."""

    @anew
    async def run(store: Database, use_cases: GroupUseCases) -> str:
        async with store.read() as work:
            view = await use_cases.groups.show(work, actor(), name)
        return wording.group_shown(view.group, view.members, len(view.rooms), view.users)

    say(_run(config, run))


@groups.command()
def members(name: Name, config: ConfigPath = DEFAULT_CONFIG) -> None:
    """List everybody in a group, one a line."""

    @anew
    async def run(store: Database, use_cases: GroupUseCases) -> str:
        async with store.read() as work:
            return "\n".join((await use_cases.groups.show(work, actor(), name)).members)

    if people := _run(config, run):
        say(people)


@groups.command()
def add(
    name: Name,
    *,
    member: Annotated[list[str] | None, typer.Option(help="Matrix id of a member; repeat for more.")] = None,
    room: Room = None,
    unit: Unit = None,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Make a group: a list of people, or one that follows a room or an organizational unit."""
    followed = _followed(room, unit)
    if followed is not None and member:
        raise InvalidGroup("members", "a group follows a room or is a list of people, not both")

    @anew
    async def run(store: Database, use_cases: GroupUseCases) -> str:
        if followed is not None:
            return await use_cases.making.make(actor(), name, *followed, is_new=True)
        async with store.begin() as work:
            group = await use_cases.groups.make_list(work, actor(), name, member or ())
            await work.commit()
        return wording.group_made(group, None, len(set(member or ())))

    say(_run(config, run))


@groups.command()
def edit(
    name: Name,
    *,
    add: Annotated[list[str] | None, typer.Option(help="Matrix id of who comes; repeat for more.")] = None,
    remove: Annotated[list[str] | None, typer.Option(help="Matrix id of who goes; repeat for more.")] = None,
    room: Room = None,
    unit: Unit = None,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Change who is on a list, or which room or unit a group follows."""
    followed = _followed(room, unit)
    if followed is not None and (add or remove):
        raise InvalidGroup("members", "a group follows a room or is a list of people, not both")
    if followed is None and not (add or remove):
        raise InvalidGroup("members", "say what changes: --add, --remove, --room or --unit")

    @anew
    async def run(store: Database, use_cases: GroupUseCases) -> str:
        if followed is not None:
            return await use_cases.making.make(actor(), name, *followed, is_new=False)
        async with store.begin() as work:
            group = await use_cases.groups.change_list(
                work, actor(), name, added=add or (), removed=remove or ()
            )
            count = len(await work.groups.members(group.name))
            await work.commit()
        return wording.group_made(group, None, count)

    say(_run(config, run))


@groups.command()
def refresh(name: Name, config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Let the running plugin read anew who is in a group's rooms."""

    @anew
    async def run(store: Database, use_cases: GroupUseCases) -> str:
        async with store.begin() as work:
            group = await use_cases.groups.refresh(work, actor(), name)
            await work.commit()
        return wording.group_refreshed(group)

    say(_run(config, run))


@groups.command()
def delete(name: Name, config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Delete a group that nothing is configured with."""

    @anew
    async def run(store: Database, use_cases: GroupUseCases) -> str:
        async with store.begin() as work:
            group = await use_cases.groups.delete(work, actor(), name)
            await work.commit()
        return wording.group_deleted(group)

    say(_run(config, run))


def _followed(room: str | None, unit: str | None) -> tuple[GroupSource, str] | None:
    if room is not None and unit is not None:
        raise InvalidGroup("room", "a group follows one room or one unit, not both")
    if room is not None:
        return GroupSource.ROOM, room
    return (GroupSource.UNIT, unit) if unit is not None else None


def _run(config: ConfigPath, use: Callable[[Database, GroupUseCases], Awaitable[T]]) -> T:
    """Do something with the database and, where a group follows a room, the homeserver."""
    configuration = configure(config)
    return asyncio.run(with_store(configuration, lambda store: _with_homeserver(configuration, store, use)))


async def _with_homeserver(
    configuration: Configuration, store: Database, use: Callable[[Database, GroupUseCases], Awaitable[T]]
) -> T:
    settings = configuration.settings
    client = client_of(configuration)
    await client.start()
    try:
        homeserver = homeserver_on(configuration, client)
        roles = Roles(tuple(settings.access.administrators))
        hooks = Hooks(load_configured_hooks(configuration.file, settings))
        interval = settings.groups.directory_minutes * 60
        naming = configuration.naming
        use_cases = GroupUseCases(store, homeserver, SystemClock(), naming, roles, hooks, interval)
        return await use(store, use_cases)
    finally:
        await client.close()
