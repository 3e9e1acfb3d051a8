"""The live chats as their list shows them: to administrators all, to supervisors those that they moderate (S8, S12)."""

from collections.abc import Sequence
from dataclasses import dataclass

from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.naming import Naming
from livechat_plugin.core.sessions import SessionState
from livechat_plugin.services.live_chats import Source, sources
from livechat_plugin.services.repositories.session_lists import OPEN
from livechat_plugin.services.roles import Roles
from livechat_plugin.services.unit_of_work import UnitOfWork

COUNTED = 1_000
"""Sessions of one live chat that are counted; more are told as so many and more."""

_SERVED = frozenset({SessionState.ACTIVE})


@dataclass(frozen=True, slots=True)
class People:
    """A group of a live chat, and how many are in it."""

    group: str
    count: int


@dataclass(frozen=True, slots=True)
class LiveChatAtWork:
    """A live chat with what is going on in it.

    Attributes:
        supervisors: None if it has none.
        waiting: open sessions that nobody serves; `active` those that somebody does. `COUNTED` stands for more, too.
    """

    live_chat: LiveChat
    sources: Sequence[Source]
    operators: People
    supervisors: People | None
    waiting: int
    active: int

    @property
    def is_ready(self) -> bool:
        """Whether its rooms are there, so that customers reach it."""
        return all(source.is_ready for source in self.sources)


@dataclass(frozen=True, slots=True)
class Workspace:
    """Lists live chats for those who may see their settings."""

    roles: Roles
    naming: Naming

    async def live_chats(self, work: UnitOfWork, actor: str) -> Sequence[LiveChatAtWork]:
        """All live chats for administrators, theirs for supervisors, by name.

        Raises:
            NotAnAdministrator: who asks is neither.
        """
        if await self.roles.is_administrator(work, actor):
            found = await work.live_chats.all()
        else:
            groups = await work.groups.of(actor)
            found = [chat for chat in await work.live_chats.of_groups(groups) if chat.supervisors in groups]
            if not found:
                await self.roles.require_administrator(work, actor)
        return [await self._at_work(work, live_chat) for live_chat in found]

    async def _at_work(self, work: UnitOfWork, live_chat: LiveChat) -> LiveChatAtWork:
        count = work.session_lists.count
        return LiveChatAtWork(
            live_chat,
            sources(live_chat, self.naming),
            People(live_chat.operators, len(await work.groups.members(live_chat.operators))),
            await self._supervisors(work, live_chat.supervisors),
            await count([live_chat.id], OPEN - _SERVED, COUNTED),
            await count([live_chat.id], _SERVED, COUNTED),
        )

    async def _supervisors(self, work: UnitOfWork, group: str | None) -> People | None:
        return People(group, len(await work.groups.members(group))) if group is not None else None
