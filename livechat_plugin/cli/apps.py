"""`livechat apps`: the record types for customers' data and requests."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer
from rich.table import Table

from livechat_plugin.bootstrap.clock import SystemClock
from livechat_plugin.bootstrap.configuration import configure
from livechat_plugin.bootstrap.hooks import hooks_on
from livechat_plugin.cli.options import DEFAULT_CONFIG, ConfigPath, say
from livechat_plugin.cli.storing import actor, add_row, show, with_store
from livechat_plugin.core import wording
from livechat_plugin.core.app_definitions import app_to_plain, read_fields
from livechat_plugin.core.apps import App
from livechat_plugin.services.again import anew
from livechat_plugin.services.app_catalogue import AppCatalogue
from livechat_plugin.services.apps import Apps
from livechat_plugin.services.roles import Roles
from livechat_plugin.services.unit_of_work import UnitOfWork
from livechat_plugin.store.database import Database

T = TypeVar("T")

apps = typer.Typer(help="Make and change apps for customers' data and requests.", no_args_is_help=True)
fields = typer.Typer(help="Add, change, remove and order the fields of an app.", no_args_is_help=True)
apps.add_typer(fields, name="fields")

Key = Annotated[str, typer.Argument(metavar="APP", help="The app's key.")]
Lines = Annotated[
    list[str],
    typer.Argument(
        metavar="FIELD...",
        help="key:type Label, with ! after the type for a required one: name:string! or 'level:choice(a,b) Level'.",
    ),
]
FieldNames = Annotated[list[str], typer.Argument(metavar="FIELD...", help="Keys of fields.")]


@apps.command("list")
def list_(config: ConfigPath = DEFAULT_CONFIG) -> None:
    """List the apps: those made here, and those that hooks offer."""

    async def read(service: Apps, work: UnitOfWork) -> tuple[list[App], list[App]]:
        ours = await service.all(work, actor())
        return list(ours), list(service.offered_by_others(ours))

    ours, others = _do(config, read)
    if not ours and not others:
        say("There are no apps yet; `livechat apps add` makes one.")
        return
    table = Table("Key", "Name", "Fields", "Kept")
    for app in (*ours, *others):
        kept = "here" if app in ours else "by a hook"
        cells = (app.key, app.name, ", ".join(field.key for field in app.fields), kept)
        add_row(table, *cells)
    show(table)


@apps.command("show")
def show_(
    key: Key,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, with all that is known.")] = False,  # noqa: FBT002 -- a flag
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Show an app: its fields as they can be written again, its items, and the live chats that use it."""
    view = _do(config, lambda service, work: service.show(work, actor(), key))
    if as_json:
        used_by = [chat.slug for chat in view.users]
        plain = {**app_to_plain(view.app), "items": view.items, "used_by": used_by}
        typer.echo(json.dumps(plain, ensure_ascii=False, indent=2))
    else:
        say(wording.app_shown(view.app, view.items, view.users))


@apps.command()
def add(
    key: Annotated[str, typer.Argument(metavar="APP", help="Short name for commands: a-z, 0-9, _ and -.")],
    name: Annotated[str, typer.Argument(help="Name that people see.")],
    field: Lines,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Make an app with its fields. For customers' data, one of them must be account:account."""
    app = App(key, name, read_fields(field))
    say(wording.app_made(_do(config, lambda service, work: service.create(work, actor(), app))))


@apps.command()
def edit(
    key: Key,
    name: Annotated[str, typer.Option(help="Another name that people see.")],
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Rename an app; for its fields see `livechat apps fields`."""
    say(wording.app_changed(_do(config, lambda service, work: service.rename(work, actor(), key, name))))


@apps.command()
def delete(
    key: Key,
    confirm: Annotated[str | None, typer.Option(help="The app's key again, to say that you mean it.")] = None,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Delete an app with all its items, unless a live chat uses it."""
    count = _do(config, lambda service, work: service.delete(work, actor(), key, confirm))
    say(wording.app_deleted(key, count))


@fields.command("add")
def add_fields(key: Key, field: Lines, config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Add fields at the end. A required one only as long as there are no items."""
    new = read_fields(field)
    say(wording.app_changed(_do(config, lambda service, work: service.add_fields(work, actor(), key, new))))


@fields.command("change")
def change_fields(key: Key, field: Lines, config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Replace fields that have these keys. Values are converted; if one cannot be, nothing is changed."""
    new = read_fields(field)
    say(
        wording.app_changed(_do(config, lambda service, work: service.change_fields(work, actor(), key, new)))
    )


@fields.command("remove")
def remove_fields(
    key: Key,
    field: FieldNames,
    lose_values: Annotated[  # noqa: FBT002 -- a flag
        bool, typer.Option("--lose-values", help="Also if items have values in them, which are lost.")
    ] = False,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Remove fields."""
    app = _do(
        config,
        lambda service, work: service.remove_fields(work, actor(), key, field, may_lose_values=lose_values),
    )
    say(wording.app_changed(app))


@fields.command("order")
def order_fields(key: Key, field: FieldNames, config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Put these fields first, in this order; the first of the type string is an item's title."""
    say(wording.app_changed(_do(config, lambda service, work: service.reorder(work, actor(), key, field))))


def _do(config: ConfigPath, use: Callable[[Apps, UnitOfWork], Awaitable[T]]) -> T:
    """One use of apps in one unit of work; the running plugin learns of it from the database."""
    configuration = configure(config)

    @anew
    async def in_one_unit(store: Database) -> T:
        catalogue = AppCatalogue(hooks_on(configuration, store))
        await catalogue.account_apps()
        roles = Roles(tuple(configuration.settings.access.administrators))
        async with store.begin() as work:
            outcome = await use(Apps(roles, SystemClock(), catalogue), work)
            await work.commit()
        return outcome

    return asyncio.run(with_store(configuration, in_one_unit))
