"""Items: their values, and keeping them in our own database."""

from livechat_plugin.services.items.values import check_values, read_changes, read_values, show_value

__all__ = ["check_values", "read_changes", "read_values", "show_value"]
