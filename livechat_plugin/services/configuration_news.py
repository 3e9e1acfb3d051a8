"""What is new about the configuration in use: written into the audit log, and told to the administrators (S14, E18)."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from livechat_plugin.core import wording
from livechat_plugin.core.audit import PLUGIN
from livechat_plugin.core.errors import ConcurrentChange, StoreUnavailable
from livechat_plugin.services.deliveries import ADMINISTRATORS_LANE, TellAdministrators
from livechat_plugin.services.ports import Clock, Store
from livechat_plugin.services.roles import Roles
from livechat_plugin.services.unit_of_work import UnitOfWork

log = structlog.get_logger()

SWITCHES, PROBLEM, RESTART = "configuration_switches", "configuration_problem", "configuration_restart"
"""Notes under which is kept what was written down and told last."""

STORE_AWAY = 1.0
"""Seconds between two attempts while the database cannot be reached."""


@dataclass(frozen=True, slots=True)
class InUse:
    """What the configuration in use says.

    Attributes:
        is_on: whether the plugin is switched on.
        hooks: those that are switched on, each with its settings' keys and a fingerprint of each value.
        problem: why the file as it stands is not used; empty if it is.
        restart: keys that were changed and count after a restart.
    """

    is_on: bool
    hooks: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    problem: str = ""
    restart: Sequence[str] = ()


class ConfigurationNews:
    """Compares what the configuration says with what it said last, in the store; so a kill tells nothing twice.

    Attributes:
        in_use: what the configuration says now.
    """

    def __init__(self, store: Store, clock: Clock, roles: Roles, in_use: InUse) -> None:
        self._store = store
        self._clock = clock
        self._roles = roles
        self._changed = asyncio.Event()
        self.in_use = in_use

    def changed(self, in_use: InUse) -> None:
        """The configuration says something else now."""
        self.in_use = in_use
        self._changed.set()

    async def run(self) -> None:
        """Write down and tell what is new, until cancelled."""
        while True:
            self._changed.clear()
            try:
                await self._tell(self.in_use)
            except (StoreUnavailable, ConcurrentChange) as error:
                log.warning("news of the configuration wait for the database", reason=str(error))
                await asyncio.sleep(STORE_AWAY)
                continue
            await self._changed.wait()

    async def _tell(self, in_use: InUse) -> None:
        async with self._store.begin() as work:
            await self._write_down(work, in_use)
            for words in [*await self._about_problem(work, in_use), *await self._about_restart(work, in_use)]:
                if await self._roles.all_administrators(work):
                    await work.outbox.add(ADMINISTRATORS_LANE, TellAdministrators(words))
            await work.commit()

    async def _write_down(self, work: UnitOfWork, in_use: InUse) -> None:
        now = {"is_on": in_use.is_on, "hooks": {name: dict(keys) for name, keys in in_use.hooks.items()}}
        kept = await work.inbox.note(SWITCHES)
        before: dict[str, Any] = json.loads(kept) if kept else now
        if before == now and kept:
            return
        await work.inbox.keep_note(SWITCHES, json.dumps(now))
        at = self._clock.now()
        if before["is_on"] != in_use.is_on:
            action = "plugin.switched_on" if in_use.is_on else "plugin.switched_off"
            await work.audit.add(at, PLUGIN, action, "plugin")
        for name in sorted({*before["hooks"], *in_use.hooks}):
            was, is_now = before["hooks"].get(name), in_use.hooks.get(name)
            if was is None or is_now is None:
                action = "hook.switched_off" if is_now is None else "hook.switched_on"
                await work.audit.add(at, PLUGIN, action, name)
            elif keys := sorted(key for key in {*was, *is_now} if was.get(key) != is_now.get(key)):
                await work.audit.add(at, PLUGIN, "hook.configured", name, keys=keys)

    async def _about_problem(self, work: UnitOfWork, in_use: InUse) -> list[str]:
        told = await work.inbox.note(PROBLEM) or ""
        if told == in_use.problem:
            return []
        await work.inbox.keep_note(PROBLEM, in_use.problem)
        refused = wording.configuration_refused(in_use.problem)
        return [refused if in_use.problem else wording.CONFIGURATION_MENDED]

    async def _about_restart(self, work: UnitOfWork, in_use: InUse) -> list[str]:
        told, keys = await work.inbox.note(RESTART) or "", ",".join(in_use.restart)
        if told == keys:
            return []
        await work.inbox.keep_note(RESTART, keys)
        return [wording.restart_needed(in_use.restart)] if keys else []
