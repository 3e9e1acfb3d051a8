"""The state events by which clients with widgets show a page within a room.

Not `m.widget`: no client reads it yet. The layout is a key of Element's; others list the widget where they list all.
"""

from typing import Any

from livechat_plugin.services.ports import RoomWidget

WIDGET = "im.vector.modular.widgets"
LAYOUT = "io.element.widgets.layout"
HEIGHT = 35
"""Percent of the height that Element gives at most to what is above the timeline; each person can change it."""

_State = tuple[str, str, dict[str, Any]]
"""Type, state key and content."""


def shown(widget: RoomWidget, creator: str) -> list[_State]:
    """What shows a widget."""
    content = {
        "id": widget.key,
        "type": "m.custom",
        "name": widget.name,
        "url": widget.address,
        "creatorUserId": creator,
        "waitForIframeLoad": True,
        "data": {},
    }
    place = {"container": "top", "index": 0, "width": 100, "height": HEIGHT}
    return [(WIDGET, widget.key, content), (LAYOUT, "", {"widgets": {widget.key: place}})]


def hidden(key: str) -> list[_State]:
    """What takes it away."""
    return [(WIDGET, key, {}), (LAYOUT, "", {})]
