"""Who may do what: administrators, and each live chat's supervisors and operators (requirements S7, S12, S15)."""

from dataclasses import dataclass

from livechat_plugin.core import wording
from livechat_plugin.core.errors import NotAnAdministrator, NotAnOperator, NotASupervisor
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.services.unit_of_work import UnitOfWork

COMMAND_LINE = "cli:"
"""How actors begin who run `livechat` on the machine; who can do that could as well write to the database."""


@dataclass(frozen=True, slots=True)
class Roles:
    """Tells who somebody is, for use cases to ask before they do anything.

    Attributes:
        administrators: Matrix ids and names of groups, from `[access] administrators`.
    """

    administrators: tuple[str, ...] = ()

    async def is_administrator(self, work: UnitOfWork, actor: str) -> bool:
        """Whether they create, edit and delete live chats: named themselves, or in a group that is."""
        if actor.startswith(COMMAND_LINE) or actor in self.administrators:
            return True
        named = {principal for principal in self.administrators if not principal.startswith("@")}
        return bool(named) and not named.isdisjoint(await work.groups.of(actor))

    async def all_administrators(self, work: UnitOfWork) -> frozenset[str]:
        """The Matrix ids of everybody who is one."""
        people = {principal for principal in self.administrators if principal.startswith("@")}
        for group in self.administrators:
            if not group.startswith("@"):
                people |= await work.groups.members(group)
        return frozenset(people)

    async def require_administrator(self, work: UnitOfWork, actor: str) -> None:
        """Go on for administrators only (requirement S7).

        Raises:
            NotAnAdministrator: they are none; it names whom to ask.
        """
        if not await self.is_administrator(work, actor):
            raise NotAnAdministrator(wording.whom_to_ask(self.administrators))

    async def is_supervisor(self, work: UnitOfWork, live_chat: LiveChat, user_id: str) -> bool:
        """Whether they moderate this live chat."""
        return live_chat.supervisors is not None and live_chat.supervisors in await work.groups.of(user_id)

    async def require_supervisor(self, work: UnitOfWork, live_chat: LiveChat, user_id: str) -> None:
        """Go on for this live chat's supervisors only (requirement S12).

        Raises:
            NotASupervisor: they are none.
        """
        if not await self.is_supervisor(work, live_chat, user_id):
            raise NotASupervisor(live_chat.name)

    async def is_operator(self, work: UnitOfWork, live_chat: LiveChat, user_id: str) -> bool:
        """Whether they take this live chat's sessions."""
        return live_chat.operators in await work.groups.of(user_id)

    async def require_operator(self, work: UnitOfWork, live_chat: LiveChat, user_id: str) -> None:
        """Go on for this live chat's operators only (requirement S15).

        Raises:
            NotAnOperator: they are none.
        """
        if not await self.is_operator(work, live_chat, user_id):
            raise NotAnOperator(live_chat.name)
