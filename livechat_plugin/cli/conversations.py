"""`livechat conversations export`: everything that was said with a customer, in a file."""

import asyncio
import os
import sys
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from livechat_plugin.bootstrap.configuration import configure
from livechat_plugin.bootstrap.office import office
from livechat_plugin.bootstrap.use_cases import UseCases
from livechat_plugin.cli.options import DEFAULT_CONFIG, ConfigPath, complain, say
from livechat_plugin.cli.storing import actor
from livechat_plugin.core.content import Media
from livechat_plugin.core.errors import HomeserverRefused, HomeserverUnavailable, Refused
from livechat_plugin.core.pictures import without_metadata
from livechat_plugin.services.delivering.veiling import is_picture
from livechat_plugin.services.exporting import Exported
from livechat_plugin.services.exporting.writing import WRITERS, file_name

conversations = typer.Typer(help="Export what was said with a customer.", no_args_is_help=True)


@conversations.callback()
def _conversations() -> None:
    """Makes `export` a command of its own, although it is the only one."""


@conversations.command()
def export(
    which: Annotated[
        str,
        typer.Argument(
            help="Number of a session, for its conversation; or a customer's id, for all of theirs."
        ),
    ],
    *,
    form: Annotated[str, typer.Option("--format", help="html or json.")] = "html",
    output: Annotated[
        Path | None,
        typer.Option(help="The file to write; it must not exist yet. Standard output if left out."),
    ] = None,
    files: Annotated[
        bool, typer.Option("--files", help="Make a ZIP archive with all files that were sent in it.")
    ] = False,
    internal: Annotated[
        bool, typer.Option("--internal", help="With notes for colleagues, and who of them wrote what.")
    ] = False,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Export what was said with a customer: times, writers, edits, deletions and, if wanted, notes and files."""
    configuration = configure(config)
    if files and output is None:
        raise Refused("output: an archive with files is not printed; name a file for it.")
    if output is not None and output.exists():
        raise Refused(f"output: {output} exists already; choose another name.")

    async def write() -> None:
        async with office(configuration) as use_cases:
            exported = await use_cases.exporting.export(actor(), which, form, is_internal=internal)
            written = WRITERS[form](use_cases.exporting, exported, with_files=files)
            if output is None:
                await _write(written, sys.stdout.buffer)
            elif files:
                await archive(use_cases, exported, written, form, output)
            else:
                with output.open("xb") as target:
                    await _write(written, target)

    os.umask(0o077)  # what is written is read by its owner only
    asyncio.run(write())
    if output is not None:
        say(f"{output} holds the conversation.")


async def _write(written: AsyncIterator[str], target: BinaryIO) -> None:
    async for piece in written:
        target.write(piece.encode())
    target.flush()


async def archive(
    use_cases: UseCases, exported: Exported, written: AsyncIterator[str], form: str, output: Path
) -> None:
    """The conversation with its files beside it, each written as it comes."""
    with zipfile.ZipFile(output, "x", zipfile.ZIP_DEFLATED) as packed:
        with packed.open(f"conversation.{form}", "w", force_zip64=True) as target:
            async for piece in written:
                target.write(piece.encode())
        ports = use_cases.ports
        for one in exported.conversations:
            ghost = ports.naming.live_chat(one.live_chat.slug)
            async for message in use_cases.exporting.said(exported, one):
                name = file_name(message)
                if name is None or not isinstance(message.content, Media) or message.content.url is None:
                    continue
                try:
                    if not exported.is_internal and message.direction == "out":
                        details = await ports.homeserver.file_details(message.content.url, ghost)
                        if is_picture(details):
                            picture = await ports.homeserver.load_file(message.content.url, ghost)
                            packed.writestr(name, without_metadata(picture))
                            continue
                    async with ports.homeserver.open_file(message.content.url, ghost) as opened:
                        with packed.open(name, "w", force_zip64=True) as target:
                            async for data in opened.pieces:
                                target.write(data)
                except (HomeserverRefused, HomeserverUnavailable) as error:
                    complain(f"the file of message {message.id} is left out: {error}")
