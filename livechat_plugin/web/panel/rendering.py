"""Pages of the console within the panel: a layout of its own, and no cookies."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from livechat_plugin.web.console.rendering import Pages


class PanelPages(Pages):
    """Renders with `templates/panel/` in front of the other templates."""

    def go(self, request: Request, path: str, told: str | None = None) -> Response:  # noqa: ARG002 - as in the console
        """After something was done: the parts of the panel follow by themselves."""
        events: dict[str, Any] = {"close-dialog": None, **({"toast": told} if told else {})}
        return Response(status_code=204, headers={"hx-trigger": json.dumps(events)})
