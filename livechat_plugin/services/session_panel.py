"""The session panel: a page of ours that clients with widgets show within the session room."""

from dataclasses import dataclass

from livechat_plugin.core import wording
from livechat_plugin.services.ports import RoomWidget

KEY = "livechat_panel"
QUERY = "room=$matrix_room_id&theme=$org.matrix.msc2873.client_theme"
"""What clients fill in. Who looks is not among it: an address proves nothing."""


@dataclass(frozen=True, slots=True)
class SessionPanel:
    """Which panel session rooms are to show.

    Attributes:
        address: of the panel's page, as clients are told it; None if no client may show it.
    """

    address: str | None = None

    @property
    def widget(self) -> RoomWidget | None:
        """The widget for rooms that are to have one."""
        return RoomWidget(KEY, wording.SESSION_PANEL_NAME, self.address) if self.address else None


NO_PANEL = SessionPanel()


def panel_address(public_address: str) -> str:
    """The address that clients are told, from where browsers reach us."""
    return f"{public_address.rstrip('/')}/panel/?{QUERY}"
