"""Learning that a file has changed, on every file system."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

import structlog
from watchfiles import awatch

log = structlog.get_logger()

LOOK_EVERY = 2.0
"""Seconds between two looks at the file where nobody tells of changes: network drives, some containers."""

SETTLED = 50
"""Milliseconds for which changes are collected: an editor makes several in saving once."""


async def changes(file: Path) -> AsyncGenerator[None, None]:
    """Say each time that the file is another one than before: changed, replaced, removed or made anew.

    The folder is watched and not the file: editors put a new file in the place of the old one.
    """
    before = _state(file)
    async with aclosing(_occasions(file.parent)) as occasions:
        async for _ in occasions:
            now = _state(file)
            if now != before:
                before = now
                yield


async def _occasions(folder: Path) -> AsyncGenerator[None, None]:
    """Moments to look at the folder: at once when something happened in it, and every now and then."""
    try:
        async for _ in awatch(
            folder,
            watch_filter=None,
            recursive=False,
            debounce=SETTLED,
            rust_timeout=int(LOOK_EVERY * 1000),
            yield_on_timeout=True,
        ):
            yield
    except (OSError, RuntimeError) as error:
        log.warning(
            "a folder cannot be watched, and is looked at instead", folder=str(folder), reason=str(error)
        )
    while True:
        await asyncio.sleep(LOOK_EVERY)
        yield


def _state(file: Path) -> tuple[int, ...] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
