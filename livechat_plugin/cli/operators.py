"""`livechat operators`: who serves, and who may not."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer
from rich.table import Table

from livechat_plugin.bootstrap.clock import SystemClock
from livechat_plugin.bootstrap.configuration import Configuration, configure
from livechat_plugin.cli.options import DEFAULT_CONFIG, ConfigPath, say
from livechat_plugin.cli.storing import actor, add_row, show, with_store
from livechat_plugin.core import wording
from livechat_plugin.services.again import anew
from livechat_plugin.services.assignments import Assignments
from livechat_plugin.services.operator_control import OperatorControl
from livechat_plugin.services.roles import Roles
from livechat_plugin.services.unit_of_work import UnitOfWork
from livechat_plugin.store.database import Database

T = TypeVar("T")

operators = typer.Typer(help="See who serves, and keep somebody from serving.", no_args_is_help=True)

Person = Annotated[str, typer.Argument(help="Matrix id of an operator or supervisor.")]


@operators.command("list")
def list_(config: ConfigPath = DEFAULT_CONFIG) -> None:
    """List everybody who serves some live chat, with whether they work now."""
    people = _do(config, lambda control, work: control.all(work, actor()))
    if not people:
        say(wording.NOBODY_SERVES)
        return
    now = SystemClock().now()
    table = Table("Who", "Now", "Serves")
    for one in people:
        cells = (one.employee.user_id, wording.standing(one.employee, now), ", ".join(one.live_chats))
        add_row(table, *cells)
    show(table)


@operators.command()
def disable(user_id: Person, config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Keep somebody from taking sessions and answering; the sessions that they serve go back to the queue."""
    requeued = _do(config, lambda control, work: control.disable(work, actor(), user_id))
    say(wording.disabled(user_id, requeued))


@operators.command()
def enable(user_id: Person, config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Let somebody serve again."""
    _do(config, lambda control, work: control.enable(work, actor(), user_id))
    say(wording.enabled(user_id))


def _do(config: ConfigPath, use: Callable[[OperatorControl, UnitOfWork], Awaitable[T]]) -> T:
    configuration = configure(config)

    @anew
    async def in_one_unit(store: Database) -> T:
        async with store.begin() as work:
            result = await use(_control(configuration), work)
            await work.commit()
        return result

    return asyncio.run(with_store(configuration, in_one_unit))


def _control(configuration: Configuration) -> OperatorControl:
    clock = SystemClock()
    roles = Roles(tuple(configuration.settings.access.administrators))
    return OperatorControl(clock, roles, Assignments(clock, configuration.naming))
