"""How apps are defined: what is possible, in one line of a command, and as plain values of a file."""

from livechat_plugin.core.app_definitions.checking import InvalidApp, check_app, check_field
from livechat_plugin.core.app_definitions.lines import field_line, read_field, read_fields
from livechat_plugin.core.app_definitions.plain import app_from_plain, app_to_plain

__all__ = [
    "InvalidApp",
    "app_from_plain",
    "app_to_plain",
    "check_app",
    "check_field",
    "field_line",
    "read_field",
    "read_fields",
]
