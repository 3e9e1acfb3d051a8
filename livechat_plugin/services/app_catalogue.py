"""Which apps the hooks offer, so that live chats can be bound to them and items made of them."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

import structlog

from livechat_plugin.core.apps import AccountFieldMissing, App, AppNotFound
from livechat_plugin.core.errors import ConfigurationError
from livechat_plugin.hookcalls import Hooks
from livechat_plugin.services.ports import Clock

log = structlog.get_logger()

ASK_AGAIN_AFTER = timedelta(seconds=2)
"""How long a lookup that finds nothing is believed, before the hooks are asked again."""

_Apps = Mapping[str, App]


@dataclass(frozen=True, slots=True)
class OfferedApps:
    """What the hooks answered.

    Attributes:
        account: apps that live chats can be bound to, by key (requirement S9).
        message: apps whose items operators register, by key (requirement S10).
        left_out: names of apps without an Account field, by key; nothing can be done with them.
        at: when they were asked.
    """

    account: _Apps = field(default_factory=lambda: MappingProxyType({}))
    message: _Apps = field(default_factory=lambda: MappingProxyType({}))
    left_out: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    at: datetime | None = None


class AppCatalogue:
    """The apps of all hooks, remembered.

    The methods that are awaited may ask the hooks, so they must not be called within a unit of work; there, `known`
    says what was last answered. Who changes apps owes a `RefreshApps`.

    Args:
        hooks: those who offer apps.
        clock: tells how old an answer is.
    """

    def __init__(self, hooks: Hooks, clock: Clock) -> None:
        self._hooks = hooks
        self._clock = clock
        self._offered = OfferedApps()
        self._asking = asyncio.Lock()

    @property
    def known(self) -> OfferedApps:
        """What the hooks answered last, without asking them."""
        return self._offered

    def known_account_app(self, key: str) -> App:
        """An app that live chats can be bound to, as last answered.

        Raises:
            AppNotFound: no hook offered it.
            AccountFieldMissing: it has no Account field.
        """
        return _find(self._offered, self._offered.account, key)

    def known_message_app(self, key: str) -> App:
        """An app whose items can be registered, as last answered.

        Raises:
            AppNotFound: no hook offered it.
            AccountFieldMissing: it has no Account field.
        """
        return _find(self._offered, self._offered.message, key)

    async def account_apps(self) -> Sequence[App]:
        """The apps that live chats can be bound to, in the order of their names."""
        await self._ask_once()
        return _by_name(self._offered.account)

    async def message_apps(self) -> Sequence[App]:
        """The apps whose items can be registered, in the order of their names."""
        await self._ask_once()
        return _by_name(self._offered.message)

    async def account_app(self, key: str) -> App:
        """An app that live chats can be bound to; the hooks are asked again before it is said to be missing.

        Raises:
            AppNotFound: no hook offers it.
            AccountFieldMissing: it has no Account field.
        """
        if key not in self._offered.account:
            await self._ask_again()
        return self.known_account_app(key)

    async def message_app(self, key: str) -> App:
        """An app whose items can be registered; the hooks are asked again before it is said to be missing.

        Raises:
            AppNotFound: no hook offers it.
            AccountFieldMissing: it has no Account field.
        """
        if key not in self._offered.message:
            await self._ask_again()
        return self.known_message_app(key)

    async def refresh(self) -> None:
        """Ask all hooks now.

        Raises:
            ConfigurationError: a hook fails, or two offer apps of one key; what was known before stays.
        """
        async with self._asking:
            await self._ask()

    async def _ask_once(self) -> None:
        if self._offered.at is None:
            await self._ask_again()

    async def _ask_again(self) -> None:
        """Ask, unless that was done a moment ago; trouble is logged, and what was known before stays."""
        async with self._asking:
            at = self._offered.at
            if at is not None and self._clock.now() - at < ASK_AGAIN_AFTER:
                return
            try:
                await self._ask()
            except ConfigurationError as error:
                log.warning("the apps that hooks offer could not be read anew", reason=str(error))

    async def _ask(self) -> None:
        account = await self._hooks.register("livechat_register_account_apps", App, _key)
        message = await self._hooks.register("livechat_register_message_apps", App, _key)
        left_out = {app.key: app.name for app in (*account, *message) if not _has_account_field(app)}
        for key, name in left_out.items():
            if key not in self._offered.left_out:
                # Nothing is wrong with it: others may refer to its items.
                log.info("an app cannot be chosen", app=key, reason=str(AccountFieldMissing(name)))
        self._offered = OfferedApps(
            MappingProxyType({app.key: app for app in account if app.key not in left_out}),
            MappingProxyType({app.key: app for app in message if app.key not in left_out}),
            MappingProxyType(left_out),
            self._clock.now(),
        )


def _find(offered: OfferedApps, apps: _Apps, key: str) -> App:
    if key in apps:
        return apps[key]
    if key in offered.left_out:
        raise AccountFieldMissing(offered.left_out[key])
    raise AppNotFound(key)


def _key(app: App) -> str:
    return app.key


def _by_name(apps: _Apps) -> Sequence[App]:
    return sorted(apps.values(), key=lambda app: (app.name.casefold(), app.key))


def _has_account_field(app: App) -> bool:
    try:
        app.account_field()
    except AccountFieldMissing:
        return False
    return True
