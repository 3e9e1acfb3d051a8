"""What people are told when the plugin is switched off, or its configuration changes while it runs."""

from collections.abc import Sequence

from livechat_plugin.core.live_chats import LiveChat

SWITCHED_OFF = (
    "Live chats are switched off at the moment."
    " What you write and do here is kept, and will be handled in its order when they are on again."
)
"""For operators, supervisors and whoever asks the bot; told once for each time it is off."""

CONFIGURATION_MENDED = "The configuration is right again, and in use."
"""For administrators who were told of a broken one."""


def switched_off_for_customer(live_chat: LiveChat) -> str:
    """For a customer who writes while the plugin is switched off; told once for each time it is off."""
    return (
        f"{live_chat.name} is closed at the moment. What you write here is kept, and somebody will read it"
        " as soon as we are back."
    )


def configuration_refused(reason: str) -> str:
    """For administrators: the file has a mistake, and what is done about it."""
    return (
        "The changed configuration is not used, because of a mistake in it."
        f" Everything goes on with the last good one.\n{reason}"
    )


def restart_needed(keys: Sequence[str]) -> str:
    """For administrators: some of what was changed is read at the start only."""
    return f"These settings were changed, and count after a restart of the plugin: {', '.join(keys)}."
