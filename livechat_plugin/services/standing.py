"""What somebody is to the live chats: the navigation of the console, and which topics they may follow."""

from dataclasses import dataclass

from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.services.roles import Roles
from livechat_plugin.services.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody's roles.

    Attributes:
        operator_of: the live chats whose sessions they take, by name.
        supervisor_of: the live chats that they moderate, by name.
    """

    user_id: str
    is_administrator: bool
    operator_of: tuple[LiveChat, ...]
    supervisor_of: tuple[LiveChat, ...]

    @property
    def live_chats(self) -> tuple[LiveChat, ...]:
        """All where they work, by name."""
        both = {chat.id: chat for chat in (*self.operator_of, *self.supervisor_of)}
        return tuple(sorted(both.values(), key=_by_name))

    @property
    def is_anybody(self) -> bool:
        """Whether there is anything for them to see."""
        return self.is_administrator or bool(self.operator_of or self.supervisor_of)


async def standing_of(work: UnitOfWork, roles: Roles, user_id: str) -> Standing:
    """Somebody's roles, as they are now; deleted live chats have none."""
    groups = await work.groups.of(user_id)
    chats = [chat for chat in await work.live_chats.of_groups(groups) if chat.deleted_at is None]
    return Standing(
        user_id,
        await roles.is_administrator(work, user_id),
        tuple(chat for chat in chats if chat.operators in groups),
        tuple(chat for chat in chats if chat.supervisors in groups),
    )


def _by_name(chat: LiveChat) -> tuple[str, int]:
    return chat.name.casefold(), chat.id
