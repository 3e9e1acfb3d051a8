"""`livechat chats export` and `livechat chats apply`."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from livechat_plugin.bootstrap.configuration import Configuration, configure
from livechat_plugin.bootstrap.office import office
from livechat_plugin.bootstrap.use_cases import UseCases
from livechat_plugin.cli.chats.toml import read_document, write_document
from livechat_plugin.cli.options import DEFAULT_CONFIG, ConfigPath, say
from livechat_plugin.cli.storing import actor, add_row
from livechat_plugin.cli.storing import show as show_table
from livechat_plugin.core.errors import ConfigurationError
from livechat_plugin.refused_settings import refusal
from livechat_plugin.services.again import anew
from livechat_plugin.services.live_chats.applying import InvalidDocument, Prepared, shown
from livechat_plugin.services.live_chats.documents import Document


def export(
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="File to write; on standard output if it is not given."),
    ] = None,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Write all live chats, groups and apps into a readable file."""
    text = write_document(asyncio.run(_export(configure(config))))
    if output is None:
        say(text.rstrip("\n"))
        return
    output.write_text(text, encoding="utf-8")
    say(f"{output} is written.")


def apply(
    file: Annotated[Path, typer.Argument(help="A file as `livechat chats export` writes it.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before it is applied.")] = False,  # noqa: FBT002
    prune: Annotated[bool, typer.Option("--prune", help="Delete live chats that are not in it.")] = False,  # noqa: FBT002
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Make live chats, groups and apps what a file says; the plan is shown first."""
    configuration, document = configure(config), read_document(file)
    try:
        asyncio.run(_apply(configuration, document, yes=yes, prune=prune))
    except InvalidDocument as error:
        raise refusal(
            [ConfigurationError(str(file), key, reason) for key, reason in error.errors.items()]
        ) from None


async def _export(configuration: Configuration) -> Document:
    async with office(configuration) as use_cases, use_cases.ports.store.read() as work:
        return await use_cases.applying.export(work, actor())


async def _apply(configuration: Configuration, document: Document, *, yes: bool, prune: bool) -> None:
    async with office(configuration) as use_cases:
        prepared = await use_cases.applying.prepare(actor(), document, prune=prune)
        if not prepared.plan:
            say("Everything is like this already.")
            return
        _show(prepared)
        if not await _is_wanted(prepared, yes=yes):
            say("Nothing is changed.")
            raise typer.Exit(1)
        await _carry_out(use_cases, prepared)
    say(f"Applied: {len(prepared.plan)} of {len(prepared.plan)}.")


def _show(prepared: Prepared) -> None:
    table = Table("Step", "What", "Field", "Now", "Then", title="Plan", title_justify="left")
    for step in prepared.plan:
        add_row(table, step.action, f"{step.kind} {step.name}", "", "", "", end_section=not step.changes)
        for field, (before, after) in step.changes.items():
            if before is not None or shown(after) != "-":
                add_row(table, "", "", field, shown(before), shown(after))
    show_table(table)


@anew
async def _carry_out(use_cases: UseCases, prepared: Prepared) -> None:
    async with use_cases.ports.store.begin() as work:
        await use_cases.applying.apply(work, actor(), prepared)
        await work.commit()


async def _is_wanted(prepared: Prepared, *, yes: bool) -> bool:
    """Deleting is asked for by name, even when nothing else is."""
    for step in prepared.plan:
        if step.action == "delete":
            said = await asyncio.to_thread(
                typer.prompt,
                f"To delete the live chat {step.name} with its open sessions, write {step.name!r}",
            )
            if said != step.name:
                return False
    return yes or bool(await asyncio.to_thread(typer.confirm, "Apply this?"))
