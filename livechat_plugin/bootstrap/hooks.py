"""The hooks that the configuration switches on, and what they register."""

from pathlib import Path

import pluggy

from livechat_plugin.bootstrap.clock import SystemClock
from livechat_plugin.bootstrap.configuration import Configuration
from livechat_plugin.core.routing import RoutingRule
from livechat_plugin.hookcalls import Hooks
from livechat_plugin.plugins import HookSwitch, find_hooks, load_hooks
from livechat_plugin.resources import bundled
from livechat_plugin.services.app_catalogue import AppCatalogue
from livechat_plugin.services.hook_tasks import tasks_of
from livechat_plugin.services.house import OurHouse
from livechat_plugin.services.items.keeping import Items
from livechat_plugin.settings import Settings
from livechat_plugin.store.database import Database


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
    await tasks_of(hooks)
    await catalogue.refresh()
