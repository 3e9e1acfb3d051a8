"""Pages of the console within the panel: a layout of its own, and no cookies."""

import json

from starlette.requests import Request
from starlette.responses import Response

from livechat_plugin.web.console.rendering import Pages


class PanelPages(Pages):
    """Renders with `templates/panel/` in front of the other templates."""

    def go(self, request: Request, path: str, told: str | None = None) -> Response:
        """After something was done, it is told, and the parts of the panel follow by themselves.

        A path without words is the next step of what goes on in a dialog.
        """
        if told is None:
            return super().go(request, path)
        events = {"close-dialog": None, "toast": told}
        return Response(status_code=204, headers={"hx-trigger": json.dumps(events)})
