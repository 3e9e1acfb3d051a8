"""Following the configuration file while the plugin runs: what can be switched is switched at once (requirement S14)."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pluggy
import structlog

from livechat_plugin.bootstrap.configuration import Configuration
from livechat_plugin.bootstrap.file_changes import changes
from livechat_plugin.core.errors import LivechatError
from livechat_plugin.hookcalls import Hooks
from livechat_plugin.plugins import find_hooks
from livechat_plugin.resources import bundled
from livechat_plugin.services.configuration_news import InUse
from livechat_plugin.settings import Settings, load_settings

log = structlog.get_logger()

Load = Callable[[Settings], pluggy.PluginManager]
"""Loads the hooks that are switched on; what is wrong is a `ConfigurationError`."""

Check = Callable[[Hooks], Awaitable[None]]
"""Asks hooks for all that they register, before they are used and after; what is wrong is a `ConfigurationError`."""

AT_START_ONLY = ("homeserver", "database", "web", "access", "log")
"""The tables that are read at the start only."""


class Following:
    """Reads the configuration anew when its file changes, and uses it as a whole or not at all.

    Args:
        configuration: what the process was started with.
        hooks: those that are asked, to be exchanged.
        load: loads hooks.
        check: looks at what loaded hooks register.
        use: told what is in use after each reading, also of a file that is refused.

    Attributes:
        settings: those in use.
        problem: why the file as it stands is not used; empty if it is.
    """

    def __init__(
        self,
        configuration: Configuration,
        hooks: Hooks,
        load: Load,
        check: Check,
        use: Callable[[InUse], Awaitable[None]],
    ) -> None:
        self._file = configuration.file
        self._at_start = configuration.settings
        self._key = configuration.registration.as_token.get_secret_value().encode()
        self._hooks = hooks
        self._load = load
        self._check = check
        self._use = use
        self._sources = _sources(configuration.settings)
        self.settings = configuration.settings
        self.problem = ""

    @property
    def in_use(self) -> InUse:
        """What the configuration in use says, as far as others want to know of it."""
        configured = self.settings.hooks
        names = self._hooks.names()
        options = {name: configured[name].options if name in configured else {} for name in names}
        return InUse(
            is_on=self.settings.plugin.enabled,
            hooks={name: self._fingerprints(values) for name, values in options.items()},
            problem=self.problem,
            restart=_changed(self._at_start, self.settings),
        )

    async def run(self) -> None:
        """Follow the file until cancelled; it may have changed already since the start."""
        await self.read()
        async for _ in changes(self._file):
            await self.read()

    async def read(self) -> None:
        """Read the file, and use it; if anything in it is wrong, everything goes on as it was."""
        try:
            await self._take(*await self._read())
        except LivechatError as error:
            self._refuse(str(error))
        except Exception as error:
            log.exception("reading the configuration failed")
            self._refuse(f"{self._file}: reading it failed with {type(error).__name__}; the log says more")
        await self._use(self.in_use)

    async def _read(self) -> tuple[Settings, pluggy.PluginManager | None]:
        """The settings, and the hooks if anything about them has changed."""
        settings = load_settings(self._file)
        if settings.hooks == self.settings.hooks and _sources(settings) == self._sources:
            return settings, None
        manager = await asyncio.to_thread(self._load, settings)
        await self._check(Hooks(manager))
        return settings, manager

    async def _take(self, settings: Settings, manager: pluggy.PluginManager | None) -> None:
        before, were_on = self.settings, self._hooks.names()
        if self.problem:
            log.info("the configuration is right again")
        self.settings, self.problem = settings, ""
        if manager is not None:
            self._hooks.replace(manager)
            self._sources = _sources(settings)
            with suppress(LivechatError):  # What they registered a moment ago was all right.
                await self._check(self._hooks)
        restart = _changed(self._at_start, settings)
        if settings != before or manager is not None:
            log.info(
                "the configuration was read anew",
                enabled=settings.plugin.enabled,
                switched_on=sorted(set(self._hooks.names()) - set(were_on)),
                switched_off=sorted(set(were_on) - set(self._hooks.names())),
            )
        if restart and restart != _changed(self._at_start, before):
            log.warning("some of what was changed counts after a restart", keys=restart)

    def _refuse(self, reason: str) -> None:
        self.problem = reason
        log.error("the changed configuration is refused; going on with the last good one", reason=reason)

    def _fingerprints(self, options: Mapping[str, Any]) -> dict[str, str]:
        """What tells a value from another without telling the value, which may be a secret."""

        def fingerprint(value: Any) -> str:
            text = json.dumps(value, sort_keys=True, default=str)
            return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()[:12]

        return {key: fingerprint(value) for key, value in options.items()}


def _changed(before: Settings, now: Settings) -> list[str]:
    """The keys that are read at the start only, and say something else now."""
    return [
        f"{table}.{key}"
        for table in AT_START_ONLY
        for key, value in getattr(before, table)
        if getattr(getattr(now, table), key) != value
    ]


def _sources(settings: Settings) -> list[tuple[str, str, int]]:
    """Where the hooks are, and how old; none where that cannot be told."""
    try:
        found = find_hooks(bundled("hooks"), settings.plugin.hook_folders)
        return [
            (
                hook.name,
                str(hook.source),
                hook.source.stat().st_mtime_ns if isinstance(hook.source, Path) else 0,
            )
            for hook in found
        ]
    except (LivechatError, OSError):
        return []
