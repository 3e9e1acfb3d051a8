"""Which apps the hooks offer, so that live chats can be bound to them and items made of them."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import structlog

from livechat_plugin.core.apps import AccountFieldMissing, App, AppNotFound
from livechat_plugin.core.errors import ConfigurationError
from livechat_plugin.hookcalls import Hooks

log = structlog.get_logger()

_Apps = Mapping[str, App]


@dataclass(frozen=True, slots=True)
class OfferedApps:
    """What the hooks answered.

    Attributes:
        account: apps that live chats can be bound to, by key (requirement S9).
        message: apps whose items operators register, by key (requirement S10).
        left_out: names of apps without an Account field, by key; nothing can be done with them.
    """

    account: _Apps = field(default_factory=lambda: MappingProxyType({}))
    message: _Apps = field(default_factory=lambda: MappingProxyType({}))
    left_out: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


class AppCatalogue:
    """The apps of all hooks, remembered.

    The methods that are awaited may ask the hooks, so they must not be called within a unit of work; there, `known`
    says what was last answered. Who changes apps owes a `RefreshApps`; until it is delivered, what is known here is
    older than what another process has kept, so nobody is refused by it before `renew`.

    Args:
        hooks: those who offer apps.
    """

    def __init__(self, hooks: Hooks) -> None:
        self._hooks = hooks
        self._offered = OfferedApps()
        self._asking = asyncio.Lock()
        self._begun = 0
        self._has_answer = False

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
            await self.renew()
        return self.known_account_app(key)

    async def message_app(self, key: str) -> App:
        """An app whose items can be registered; the hooks are asked again before it is said to be missing.

        Raises:
            AppNotFound: no hook offers it.
            AccountFieldMissing: it has no Account field.
        """
        if key not in self._offered.message:
            await self.renew()
        return self.known_message_app(key)

    async def refresh(self) -> None:
        """Ask all hooks now.

        Raises:
            ConfigurationError: a hook fails, or two offer apps of one key; what was known before stays.
        """
        async with self._asking:
            await self._ask()

    async def renew(self) -> None:
        """Ask all hooks for what holds now, before somebody is refused.

        Those who wait for it together share one answer. Trouble is logged, and what was known before stays.
        """
        begun = self._begun
        async with self._asking:
            if self._begun == begun:  # else another one asked for it after we came
                try:
                    await self._ask()
                except ConfigurationError as error:
                    log.warning("the apps that hooks offer could not be read anew", reason=str(error))

    async def _ask_once(self) -> None:
        if not self._has_answer:
            await self.renew()

    async def _ask(self) -> None:
        self._begun += 1
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
        )
        self._has_answer = True


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
