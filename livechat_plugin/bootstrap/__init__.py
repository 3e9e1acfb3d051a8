"""Putting everything together: the only place that knows every part and reads the configuration."""

from livechat_plugin.bootstrap.clock import SystemClock
from livechat_plugin.bootstrap.configuration import (
    Configuration,
    check_registrations,
    configure,
    hooks_on,
    load_configured_hooks,
    migrate,
    routing_rules,
)
from livechat_plugin.bootstrap.office import office
from livechat_plugin.bootstrap.plugin import Plugin

__all__ = [
    "Configuration",
    "Plugin",
    "SystemClock",
    "check_registrations",
    "configure",
    "hooks_on",
    "load_configured_hooks",
    "migrate",
    "office",
    "routing_rules",
]
