"""The database, and the live chats in it."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from livechat_plugin.core.errors import StoreUnavailable
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.diagnosis.finding import Finding, doubtful, fine, wrong
from livechat_plugin.setting_values import SQLITE
from livechat_plugin.settings import DatabaseSettings, Settings
from livechat_plugin.store.database import Database
from livechat_plugin.store.schema import SchemaState

PATIENCE = 10.0
"""Seconds to wait for the database."""


@dataclass(frozen=True, slots=True)
class DatabaseReport:
    """What was found, and the live chats as far as they could be read."""

    findings: Sequence[Finding]
    live_chats: Sequence[LiveChat] = ()


async def look_at_database(settings: Settings) -> DatabaseReport:
    """Whether it is there and up to date, and whether live chats are in it and ready."""
    database = settings.database
    if database.is_embedded and not (file := Path(database.url.removeprefix(SQLITE))).exists():
        # Connecting would make an empty file, perhaps owned by the wrong user.
        return DatabaseReport([_not_there_yet(file)])
    store = Database(database.async_url, lambda _: None, lambda _: None)
    try:
        async with asyncio.timeout(PATIENCE):
            return await _look(store, database)
    except (StoreUnavailable, TimeoutError) as error:
        reason = str(error) or f"no answer in {PATIENCE:.0f} s"
        way_out = "start it, or mend database.url"
        return DatabaseReport([wrong("database", f"{database.printable_url}: {reason}", way_out)])
    finally:
        await store.close()


def _not_there_yet(file: Path) -> Finding:
    if not file.parent.is_dir():
        return wrong(
            "database", f"there is no folder {file.parent}", "make it, for the plugin's user to write"
        )
    return fine("database", f"{file} is made when the plugin starts")


async def _look(store: Database, database: DatabaseSettings) -> DatabaseReport:
    await store.ping()
    state = await store.schema()
    if state is SchemaState.NEWER:
        return DatabaseReport([wrong("database", "was migrated by a newer version", state.remedy)])
    if state is SchemaState.OLDER:
        if database.is_embedded:
            return DatabaseReport([fine("database", "is brought up to date when the plugin starts")])
        return DatabaseReport([wrong("database", "is not up to date", "run `livechat migrate`")])
    findings = [fine("database", f"{database.printable_url} is up to date")]
    async with store.read() as work:
        live_chats = await work.live_chats.all()
        members = {chat.slug: await work.groups.members(chat.operators) for chat in live_chats}
    if not live_chats:
        way_out = "`livechat chats add` creates one"
        return DatabaseReport([*findings, doubtful("live chats", "there are none yet", way_out)])
    findings.extend(finding for chat in live_chats for finding in _look_at(chat, len(members[chat.slug])))
    return DatabaseReport(findings, live_chats)


def _look_at(chat: LiveChat, operators: int) -> Iterator[Finding]:
    if chat.queue_room is None:
        fact = f"{chat.name} is not set up on the homeserver yet"
        yield doubtful("live chats", fact, "`livechat serve` does it when it runs")
    elif not operators:
        way_out = f"put Matrix ids into the group {chat.operators!r}"
        yield doubtful("live chats", f"{chat.name} has no operators", way_out)
    else:
        yield fine("live chats", f"{chat.name} is set up; operators: {operators}")
