"""Who a session can be given to: people of the live chat who work now, and groups of a sensible size."""

from dataclasses import dataclass

from livechat_plugin.core.employees import NotOnDuty
from livechat_plugin.core.errors import GroupNotFound, NotAvailable, NotOfTheLiveChat, Refused
from livechat_plugin.services.availability import Availability
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.services.unit_of_work import UnitOfWork

INVITED_AT_MOST = 50
"""Members of a group that a session is handed to; each of them is invited into its room."""


@dataclass(frozen=True, slots=True)
class Receivers:
    """Refuses those who cannot serve a session, and says why."""

    availability: Availability

    async def require_employee(self, work: UnitOfWork, view: ConversationView, user_id: str) -> None:
        """Go on for somebody who works in the session's live chat.

        Raises:
            NotOfTheLiveChat: they are neither operator nor supervisor of it.
        """
        groups = await work.groups.of(user_id)
        if not groups & {view.live_chat.operators, view.live_chat.supervisors}:
            raise NotOfTheLiveChat(user_id, view.live_chat.name)

    async def require_available(
        self, work: UnitOfWork, user_id: str, hint: str, *, anyway: bool = False
    ) -> None:
        """Go on for somebody who works now; with `anyway` also for who is away or absent, but not offline.

        Raises:
            NotAvailable: they do not; the words end with the hint, if it can help.
        """
        obstacle = await self.availability.obstacle(work, user_id)
        if obstacle is None:
            return
        try:
            await self.availability.require_on_duty(work, user_id)
        except NotOnDuty:
            raise NotAvailable(user_id, obstacle, "Choose somebody else.") from None
        if not anyway:
            raise NotAvailable(user_id, obstacle, hint)

    async def require_suitable(self, work: UnitOfWork, view: ConversationView, group: str) -> None:
        """Go on for a group that a session can be handed to.

        Raises:
            GroupNotFound: there is no such group.
            Refused: nobody is in it who could serve the session, or too many are.
        """
        if group not in await work.groups.names():
            raise GroupNotFound(group)
        members = await work.groups.members(group) - {view.account.external_id}
        if not members:
            raise Refused(f"Nobody is in the group {group} who could serve the session.")
        if len(members) > INVITED_AT_MOST:
            raise Refused(
                f"The group {group} has {len(members)} members; a session can be handed to at most"
                f" {INVITED_AT_MOST} at once. Choose a smaller group, or one person."
            )
