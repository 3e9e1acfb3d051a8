"""What the use cases need from outside, all in one."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from livechat_plugin.core.naming import Naming
from livechat_plugin.hookcalls import Hooks
from livechat_plugin.services.bus import Bus, Silent
from livechat_plugin.services.ports import Channel, Clock, Homeserver, Meter, Store
from livechat_plugin.services.session_panel import NO_PANEL, SessionPanel


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What the use cases need from outside.

    Attributes:
        channels: ways to reach customers, by network.
        administrators: Matrix ids and groups of those who configure the plugin.
        is_enabled: whether the plugin is switched on at its start; `Reopening.switch` changes it.
        spare_rooms: how many session rooms are kept ready for each live chat.
        public_address: where browsers reach us.
        secret: known to the plugin's processes only; keys are made of it.
        directory_interval: seconds after which hooks are asked again who is in the groups that they know.
        panel: the session panel that session rooms show.
        bus: the other processes on the same database.
        customer_messages_per_minute: what a customer may write before it is passed on more slowly; 0 for anything.
    """

    store: Store
    homeserver: Homeserver
    channels: Mapping[str, Channel]
    clock: Clock
    meter: Meter
    hooks: Hooks
    naming: Naming
    administrators: tuple[str, ...]
    spare_rooms: int
    public_address: str
    secret: bytes
    is_enabled: bool = True
    directory_interval: float = 900.0
    panel: SessionPanel = NO_PANEL
    bus: Bus = field(default_factory=Silent)
    customer_messages_per_minute: int = 0
