"""`livechat customers`: erasing what there is of one of them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer

from livechat_plugin.bootstrap.clock import SystemClock
from livechat_plugin.bootstrap.configuration import configure
from livechat_plugin.cli.options import DEFAULT_CONFIG, ConfigPath, say
from livechat_plugin.cli.storing import actor, with_store
from livechat_plugin.core.wording import erasure as wording
from livechat_plugin.services.erasure import Erasure
from livechat_plugin.services.roles import Roles
from livechat_plugin.services.unit_of_work import UnitOfWork
from livechat_plugin.store.database import Database

T = TypeVar("T")

customers = typer.Typer(help="Erase a customer's data, and see what became of it.", no_args_is_help=True)

Who = Annotated[
    str, typer.Argument(help="The customer's id on their network, or the number of their account.")
]
Items = Annotated[
    bool, typer.Option("--items", help="Erase the customer's items in the plugin's own apps, too.")
]


@customers.command()
def erase(
    who: Who,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell what there is, and what would stay.")
    ] = False,
    items: Items = False,
    confirm: Annotated[
        str | None, typer.Option(help="The customer's name or id, to confirm it without being asked.")
    ] = None,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Erase the data of one customer: rooms, files, rows; the running plugin does it and reports."""
    plan = _do(config, lambda erasure, work: erasure.plan(work, actor(), who, with_items=items))
    say(wording.erasure_planned(plan.account, plan.rows, plan.remains))
    if dry_run:
        return
    if confirm is None:
        confirm = typer.prompt("To erase all of it for ever, write the customer's name or id")
    name, number = confirm.strip(), str(plan.account.id)
    account = _do(config, lambda erasure, work: erasure.order(work, actor(), number, name, with_items=items))
    say(wording.erasure_ordered(account.id))


@customers.command()
def report(
    account: Annotated[int, typer.Argument(help="Number of the account that was erased.")],
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Show what an erasure has erased, and what remains and why."""
    say(wording.erasure_report(_do(config, lambda erasure, work: erasure.report(work, actor(), account))))


def _do(config: ConfigPath, use: Callable[[Erasure, UnitOfWork], Awaitable[T]]) -> T:
    configuration = configure(config)
    roles = Roles(tuple(configuration.settings.access.administrators))
    erasure = Erasure(roles, SystemClock())

    async def in_one_unit(store: Database) -> T:
        async with store.begin() as work:
            result = await use(erasure, work)
            await work.commit()
        return result

    return asyncio.run(with_store(configuration, in_one_unit))
