"""How values are written in pages: filters of the templates."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from livechat_plugin.core.content import Content, preview
from livechat_plugin.core.durations import in_words
from livechat_plugin.core.session_names import CHANNELS


def channel(network: str) -> str:
    """How a network is called."""
    return CHANNELS.get(network, network)


def at_most(count: int, most: int = 99) -> str:
    """A number that is not counted further than it matters."""
    return f"{most}+" if count > most else str(count)


def long(moment: datetime, now: datetime) -> str:
    """How long ago something was, in words; scripts keep it true while the page is open."""
    return in_words(now - moment)


def line(content: Content) -> str:
    """What was said, in one line."""
    return preview(content, 160)


FILTERS: Mapping[str, Callable[..., Any]] = {
    "at_most": at_most,
    "channel": channel,
    "line": line,
    "long": long,
}
"""By the names under which templates know them."""
