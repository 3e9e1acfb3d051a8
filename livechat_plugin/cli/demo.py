"""`livechat demo`: a whole installation to try, on this machine, gone again with Ctrl-C."""

import asyncio
import os
import signal
from collections.abc import Coroutine
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from livechat_plugin.core.errors import LivechatError

T = TypeVar("T")

INTERRUPTED = 130


def demo(
    directory: Annotated[
        Path | None,
        typer.Option(
            "--dir", file_okay=False, help="Keep the data here between runs; a temporary folder otherwise."
        ),
    ] = None,
    once: Annotated[  # noqa: FBT002 -- a flag of the command line
        bool, typer.Option("--once", help="Play one scripted conversation, print what both sides saw, end.")
    ] = False,
    ready_file: Annotated[
        Path | None,
        typer.Option(
            dir_okay=False, help="Write addresses, accounts and process ids here as JSON, once all answer."
        ),
    ] = None,
) -> None:
    """Try it: a real homeserver, the plugin and a small world, on this machine only; Ctrl-C stops it.

    With --once the exit status is 0 if every step was seen on the other side, and 1 otherwise.
    """
    try:
        version("matrix-synapse")
    except PackageNotFoundError:
        raise LivechatError(
            "the demo needs a homeserver, which is not installed: pip install 'livechat-plugin[demo]'"
        ) from None
    # Here, since every other command would load the demo's clients for nothing.
    from livechat_plugin.demo.screen import Screen  # noqa: PLC0415
    from livechat_plugin.demo.stage import Stage  # noqa: PLC0415

    # What this shell knows of another installation is not meant for the demo's.
    for name in [name for name in os.environ if name.startswith("LIVECHAT_")]:
        del os.environ[name]
    stage = Stage(Screen(), directory, ready_file)
    try:
        if once:
            if not asyncio.run(_interruptible(stage.play_once())):
                raise typer.Exit(1)
        else:
            asyncio.run(_interruptible(stage.stay()))
    except asyncio.CancelledError:
        raise typer.Exit(INTERRUPTED) from None


async def _interruptible(work: Coroutine[Any, Any, T]) -> T:
    """Let the first signal to end cancel the work; stopping takes its time, so later ones change nothing."""
    task = asyncio.ensure_future(work)
    is_asked = False

    def end() -> None:
        nonlocal is_asked
        if not is_asked:
            is_asked = True
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, end)
    return await task
