"""The settings of a live chat as its supervisors read them (requirement S12); administrators change them."""

from collections.abc import Sequence
from dataclasses import dataclass

from livechat_plugin.core.errors import LiveChatNotFound
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.naming import Naming
from livechat_plugin.services.app_catalogue import AppCatalogue
from livechat_plugin.services.live_chats import Section, sections
from livechat_plugin.services.roles import Roles
from livechat_plugin.services.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class SupervisedSettings:
    """Shows settings to those who may see them."""

    roles: Roles
    naming: Naming
    catalogue: AppCatalogue

    async def show(self, work: UnitOfWork, actor: str, live_chat: LiveChat) -> Sequence[Section]:
        """Everything that is set about a live chat.

        Raises:
            LiveChatNotFound: it was deleted, and they are no administrator.
            NotASupervisor: they neither supervise it nor are they administrators.
        """
        if not await self.roles.is_administrator(work, actor):
            if live_chat.deleted_at is not None:
                raise LiveChatNotFound(live_chat.slug)
            await self.roles.require_supervisor(work, live_chat, actor)
        return await sections(work, live_chat, self.naming, self.catalogue.known)
