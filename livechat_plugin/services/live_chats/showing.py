"""The settings of a live chat as administrators and supervisors see them (requirements S8, S12, S13)."""

from collections.abc import Sequence
from dataclasses import dataclass

from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.naming import Naming
from livechat_plugin.core.session_names import CHANNELS
from livechat_plugin.services.app_catalogue import OfferedApps
from livechat_plugin.services.unit_of_work import UnitOfWork

MANY = 20
"""Members of a group named one by one; of more, only their number is told."""


@dataclass(frozen=True, slots=True)
class Source:
    """One account that customers reach a live chat by, on one network; it belongs to no other live chat (S13).

    Attributes:
        account: what customers write to.
        is_ready: whether messages arrive.
    """

    network: str
    account: str
    is_ready: bool

    @property
    def title(self) -> str:
        """The network as people call it."""
        return CHANNELS.get(self.network, self.network)

    def __str__(self) -> str:
        """One line for people."""
        state = "ready" if self.is_ready else "waits for the plugin to run"
        return f"{self.title}: {self.account} ({state})"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the settings: labels with values in words."""

    title: str
    rows: Sequence[tuple[str, str]]


def sources(live_chat: LiveChat, naming: Naming) -> Sequence[Source]:
    """The accounts that are connected to a live chat; nobody can be reached by those of one that was deleted."""
    is_ready = live_chat.queue_room is not None and live_chat.deleted_at is None
    return (Source("matrix", naming.live_chat(live_chat.slug), is_ready),)


async def sections(
    work: UnitOfWork, live_chat: LiveChat, naming: Naming, apps: OfferedApps
) -> Sequence[Section]:
    """Every setting of a live chat, in words."""
    settings = ", ".join(f"{key}: {value}" for key, value in live_chat.routing_settings.items())
    deleted = [("Deleted", f"{live_chat.deleted_at:%Y-%m-%d %H:%M} UTC")] if live_chat.deleted_at else []
    named = {key: app.name for key, app in (*apps.account.items(), *apps.message.items())}
    return (
        Section(live_chat.name, (("Short name", live_chat.slug), *deleted)),
        Section(
            "Apps",
            (
                ("Bind account", _app(live_chat.account_app, named) if live_chat.account_app else "none"),
                (
                    "Register messages",
                    ", ".join(_app(key, named) for key in live_chat.message_apps) or "none",
                ),
            ),
        ),
        Section(
            "Customers",
            (
                ("Internal customers", ", ".join(live_chat.customers) or "nobody"),
                ("Operator's name", _shown(is_shown=live_chat.show_operator_name)),
                (
                    "Operator's name to external customers",
                    _shown(is_shown=live_chat.show_operator_name_to_external),
                ),
                ("External sources", ", ".join(map(str, sources(live_chat, naming)))),
            ),
        ),
        Section(
            "Employees",
            (
                (
                    "Routing rule",
                    f"{live_chat.routing_rule} ({settings})" if settings else live_chat.routing_rule,
                ),
                ("Operators", await _group(work, live_chat.operators)),
                ("Supervisors", await _group(work, live_chat.supervisors)),
                ("Names of sessions", live_chat.session_name),
                (
                    "Waiting alert",
                    f"after {live_chat.waiting_alert} min" if live_chat.waiting_alert else "none",
                ),
            ),
        ),
    )


def _app(key: str, named: dict[str, str]) -> str:
    return f"{named[key]} ({key})" if key in named else f"{key} (no hook offers it)"


def _shown(*, is_shown: bool) -> str:
    return "shown" if is_shown else "hidden"


async def _group(work: UnitOfWork, name: str | None) -> str:
    if name is None:
        return "none"
    members = sorted(await work.groups.members(name))
    who = ", ".join(members) if len(members) <= MANY else f"{len(members)} people"
    return f"{name}: {who or 'nobody'}"
