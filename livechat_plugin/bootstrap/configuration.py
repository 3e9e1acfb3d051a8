"""Reading the configuration, and what it leads to before anything is started."""

from dataclasses import dataclass
from pathlib import Path

import pluggy

from livechat_plugin.bootstrap.clock import SystemClock
from livechat_plugin.core.naming import Naming
from livechat_plugin.core.routing import RoutingRule
from livechat_plugin.hookcalls import Hooks
from livechat_plugin.matrix.registration import AppserviceRegistration
from livechat_plugin.plugins import HookSwitch, find_hooks, load_hooks
from livechat_plugin.resources import bundled
from livechat_plugin.services.app_catalogue import AppCatalogue
from livechat_plugin.services.house import OurHouse
from livechat_plugin.services.items.keeping import Items
from livechat_plugin.settings import Settings, load_settings
from livechat_plugin.store.database import Database


@dataclass(frozen=True, slots=True)
class Configuration:
    """The configuration file and what it leads to, before anything is started."""

    file: Path
    settings: Settings
    registration: AppserviceRegistration
    naming: Naming


def configure(file: Path) -> Configuration:
    """Read the configuration and the registration that it names.

    Raises:
        ConfigurationError: either is missing, broken or refused.
    """
    settings = load_settings(file)
    registration = AppserviceRegistration.load(settings.homeserver.registration)
    naming = Naming(settings.homeserver.user_prefix, settings.homeserver.server_name)
    return Configuration(file, settings, registration, naming)


def load_configured_hooks(file: Path, settings: Settings) -> pluggy.PluginManager:
    """The hooks that are switched on.

    Raises:
        ConfigurationError: one cannot be loaded or its settings are refused.
    """
    found = find_hooks(bundled("hooks"), settings.plugin.hook_folders)
    switches = {name: HookSwitch(hook.enabled, hook.options) for name, hook in settings.hooks.items()}
    return load_hooks(found, switches, str(file))


def hooks_on(configuration: Configuration, store: Database) -> Hooks:
    """The hooks that are switched on, for a command that asks them beside the running plugin.

    Args:
        configuration: as read by `configure`.
        store: the plugin's database, where hooks find what they keep.

    Raises:
        ConfigurationError: one cannot be loaded or its settings are refused.
    """
    hooks = Hooks(load_configured_hooks(configuration.file, configuration.settings))
    hooks.give_house(OurHouse(store, Items(SystemClock())))
    return hooks


async def routing_rules(hooks: Hooks) -> list[RoutingRule]:
    """The routing rules that the hooks offer."""
    return await hooks.register("livechat_register_routing_rules", RoutingRule, lambda rule: rule.name)


async def check_registrations(hooks: Hooks, catalogue: AppCatalogue) -> None:
    """Ask every `livechat_register_…` hook once, so that a wrong one stops the start.

    Raises:
        ConfigurationError: a hook fails, or two entries share a key.
    """
    await routing_rules(hooks)
    await catalogue.refresh()


async def migrate(settings: Settings) -> None:
    """Bring the database up to date; quick if it is.

    Raises:
        StoreUnavailable: it cannot be reached.
    """
    store = Database(settings.database.async_url, lambda _: None, lambda _: None)
    try:
        if await store.is_current():
            return
    finally:
        await store.close()
    from livechat_plugin.store.migrate import upgrade  # noqa: PLC0415 - loading alembic takes its time

    await upgrade(settings.database.async_url, bundled("migrations"))
