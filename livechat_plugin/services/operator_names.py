"""Which operator a customer sees: an operator's ghost beside the live chat's, where the name is shown (requirement S5).

The ghost comes in when its operator gets the session and goes when they give it up. Both are deliveries in the
customer's lane, so that what an operator said before is theirs, and what the next one says is not.
"""

from dataclasses import dataclass

from livechat_plugin.core.conversations import MATRIX, Conversation
from livechat_plugin.core.naming import Naming
from livechat_plugin.core.operator_names import shows_operator
from livechat_plugin.core.sessions import Session, SessionState
from livechat_plugin.services.deliveries import (
    AdmitOperatorGhost,
    DismissOperatorGhost,
    DressOperatorGhost,
    LeaveRoom,
    operator_ghost_lane,
    to_customer_lane,
)
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.services.room_events import MembershipChanged
from livechat_plugin.services.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class OperatorNames:
    """Owes the customer who serves them, as far as they are to know it."""

    naming: Naming

    def is_shown(self, view: ConversationView) -> bool:
        """Whether this customer sees who serves them."""
        account = view.account
        is_internal = account.network == MATRIX and self.naming.is_local(account.external_id)
        return shows_operator(view.live_chat, is_internal=is_internal)

    def speaker(self, view: ConversationView, operator: str | None) -> str | None:
        """The ghost that speaks for this operator in the customer's room now; None if the live chat's does."""
        conversation = view.conversation
        is_there = operator is not None and conversation.shown_operator == operator
        return conversation.shown_ghost if is_there and self.is_shown(view) else None

    async def follow(self, work: UnitOfWork, view: ConversationView, before: Session, after: Session) -> None:
        """Owe what follows for the customer's room when the same session is served by somebody else, or by nobody."""
        was, now = _server(before), _server(after)
        if was != now:
            await self.leave(work, view, was)
            await self.enter(work, view, now)

    async def enter(self, work: UnitOfWork, view: ConversationView, operator: str | None) -> None:
        """Owe an operator's coming into the customer's room, if they are shown there."""
        if operator is not None and view.account.network == MATRIX and self.is_shown(view):
            admit = AdmitOperatorGhost(view.conversation.id, operator)
            await work.outbox.add(to_customer_lane(view.conversation.id), admit)

    async def leave(self, work: UnitOfWork, view: ConversationView, operator: str | None) -> None:
        """Owe an operator's going out of the customer's room, after all that is owed to it before."""
        is_there = view.conversation.shown_operator is not None
        if operator is not None and (is_there or self.is_shown(view)):
            dismiss = DismissOperatorGhost(view.conversation.id, operator)
            await work.outbox.add(to_customer_lane(view.conversation.id), dismiss)

    async def go_out(self, work: UnitOfWork, conversation: Conversation) -> None:
        """Owe the operator's ghost's going out of a customer's room that is given up."""
        if conversation.customer_room is not None and conversation.shown_ghost is not None:
            leave = LeaveRoom(conversation.customer_room, conversation.shown_ghost, "")
            await work.outbox.add(to_customer_lane(conversation.id), leave)

    async def renamed(self, work: UnitOfWork, event: MembershipChanged) -> None:
        """An employee has a new name or picture, as each room that they are in tells: their ghost gets it too."""
        if event.membership != "join":
            return
        ghost = await work.operator_ghosts.find(event.user_id)
        if ghost is None or (event.display_name, event.avatar_url) == (ghost.display_name, ghost.avatar_url):
            return
        await work.outbox.add(operator_ghost_lane(ghost.id), DressOperatorGhost(event.user_id))


def _server(session: Session) -> str | None:
    return session.operator if session.state is SessionState.ACTIVE else None
